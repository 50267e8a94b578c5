"""The perceptual loss: what it measures, on which layers, and what it says of a wrong file."""

from pathlib import Path
from urllib.error import URLError

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from train import features
from train.data import BadData
from train.features import Normalise, SqueezeNetTaps, Taps, normalised, perceptual_distance, taps
from train.heads import Heads

WEIGHTS = Path(__file__).resolve().parents[2] / "shared" / "metrics" / "squeezenet1_1_imagenet.pth"


class Plain(Taps):
    """Two layers that can be computed by hand: the picture itself, and the picture with its sign turned."""

    def __init__(self):
        turn = nn.Conv2d(3, 3, 1, bias=False)
        turn.weight.data.copy_(-torch.eye(3)[:, :, None, None])
        super().__init__(nn.Sequential(nn.Identity(), turn), (0, 1), "plain")

    def prepare(self, y):
        return y


def constant(*channels: float) -> torch.Tensor:
    return torch.tensor(channels)[None, :, None, None].expand(1, 3, 4, 5).clone()


def test_the_distance_by_hand():
    """Unit vectors at a right angle are 2 apart, squared; opposite ones 4; a length does not count."""
    x, z = constant(3.0, 0.0, 0.0), constant(0.0, 0.0, 0.5)
    assert perceptual_distance(Plain(), x, z).item() == pytest.approx(2)
    assert perceptual_distance(Plain(), x, -x).item() == pytest.approx(4)
    assert perceptual_distance(Plain(), x, 2 * x).item() == pytest.approx(0)


def test_the_gradient_reaches_the_generated_picture_alone():
    y_fake, y = constant(1.0, 0.2, 0.0).requires_grad_(), constant(0.0, 1.0, 0.3).requires_grad_()
    perceptual_distance(Plain(), y_fake, y).backward()
    assert y_fake.grad.abs().sum() > 0 and y.grad is None


@pytest.mark.skipif(not WEIGHTS.exists(), reason="SqueezeNet's weights (../shared/metrics) are not here")
def test_squeezenet_sees_structure_and_not_only_colour():
    torch.manual_seed(0)
    network = taps("squeezenet", WEIGHTS)
    assert isinstance(network, SqueezeNetTaps)
    y = torch.nn.functional.interpolate(torch.rand(1, 3, 8, 8) * 2 - 1, size=128, mode="bilinear")
    assert [f.shape[1] for f in network(y)] == [64, 128, 256, 384, 384, 512, 512]
    noisy, darker = (y + 0.15 * torch.randn_like(y)).clamp(-1, 1), (y - 0.15).clamp(-1, 1)
    assert perceptual_distance(network, y, y) < 1e-6
    assert perceptual_distance(network, noisy, y) > 3 * perceptual_distance(network, darker, y)


def test_features_are_normalised_over_channels_whatever_their_scale_and_zeros_stay():
    features = [torch.rand(2, 8, 6, 5), torch.rand(2, 16, 3, 2)]
    for given, once, again in zip(features, normalised(features), normalised([7 * f for f in features]), strict=True):
        assert torch.allclose(once.square().mean(1), torch.ones(()), atol=1e-5) and torch.allclose(once, again, atol=1e-5)
        assert torch.allclose(once, F.normalize(given) * given.shape[1] ** 0.5, atol=1e-5)
    nothing = torch.zeros(1, 4, 2, 2, requires_grad=True)
    normalised([nothing])[0].sum().backward()
    assert not normalised([nothing])[0].any() and nothing.grad.isfinite().all()


def test_the_gradient_of_the_normalised_features_is_the_one_of_differences():
    torch.manual_seed(0)
    f = torch.randn(2, 3, 2, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(Normalise.apply, (f,))


def test_a_head_judges_every_tap_where_it_is_the_finest_at_half_size():
    heads = Heads([8, 16], width=4).eval()
    logits = heads([torch.rand(2, 8, 6, 5), torch.rand(2, 16, 3, 2)])
    assert [tuple(judged.shape) for judged in logits] == [(2, 1, 3, 3), (2, 1, 3, 2)]


def test_a_wrong_file_is_named(tmp_path):
    with pytest.raises(BadData, match="--feature-weights"):
        taps("squeezenet", None)
    with pytest.raises(BadData, match=r"none\.pth: there is no such file"):
        taps("squeezenet", tmp_path / "none.pth")
    torch.save({"features.0.weight": torch.zeros(3)}, tmp_path / "other.pth")
    with pytest.raises(BadData, match=r"other\.pth: not the weights"):
        taps("squeezenet", tmp_path / "other.pth")


def test_vgg_that_cannot_be_downloaded_is_said(monkeypatch):
    def offline(**_):
        raise URLError("no network")

    monkeypatch.setattr(features, "vgg19", offline)
    with pytest.raises(BadData, match=r"VGG-19's weights cannot be downloaded .*; --features squeezenet takes its own from a file"):
        taps("vgg19", None)
