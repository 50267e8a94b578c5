"""CycleGAN's generator: the paper's facts, and the original implementation's answer."""

from pathlib import Path

import pytest
import torch

from translators.cyclegan import ResNetGenerator, instance_norm, normalize
from translators.pix2pix import initialize
from translators.upstream import open_checkpoint

REFERENCE = Path(__file__).parents[2] / "shared" / "reference" / "resnet_9blocks.pth"


@pytest.mark.skipif(not REFERENCE.exists(), reason="the original network's answer (../shared/reference) is not on this machine")
def test_the_original_checkpoint_gives_the_original_answer():
    kept = torch.load(REFERENCE, weights_only=True)
    network, _ = open_checkpoint(REFERENCE)
    with torch.inference_mode():
        assert (network(kept["x"].float()) - kept["y"]).abs().max() < 1e-4


@pytest.mark.parametrize(("blocks", "millions"), [(6, 7.838), (9, 11.378)])
def test_the_paper_s_networks_have_their_number_of_parameters(blocks, millions):
    with torch.device("meta"):
        network = ResNetGenerator(blocks=blocks)
    assert sum(p.numel() for p in network.parameters()) / 1e6 == pytest.approx(millions, abs=0.001)


@pytest.mark.parametrize("blocks", [6, 9])
def test_any_multiple_of_four_keeps_its_size(blocks):
    network = ResNetGenerator(base_channels=2, blocks=blocks)
    assert network(torch.zeros(2, 3, 20, 36)).shape == (2, 3, 20, 36)


def test_a_picture_is_normalised_by_itself():
    h = torch.randn(3, 5, 8, 8) * 4 + 2
    assert torch.allclose(instance_norm(h), torch.nn.functional.instance_norm(h), atol=1e-5)
    assert torch.allclose(instance_norm(h)[1:2], instance_norm(h[1:2]), atol=1e-6)
    variance, mean = torch.var_mean(h, (2, 3), correction=0, keepdim=True)
    assert torch.allclose(normalize(h, mean, variance), instance_norm(h), atol=1e-5)


def test_a_picture_s_own_moments_change_nothing():
    torch.manual_seed(0)
    network, x = ResNetGenerator(base_channels=4, blocks=3), torch.randn(1, 3, 40, 48).clamp(-1, 1)
    with torch.inference_mode():
        assert torch.allclose(network(x, network.moments(x)), network(x), atol=1e-5)


@pytest.mark.parametrize("statistics", ["image", "running"])
def test_batch_norms_share_their_moments_with_tiles_too(statistics):
    torch.manual_seed(0)
    network = initialize(ResNetGenerator(base_channels=4, blocks=2, batch_norm=True, statistics=statistics)).eval()
    for norm in network.norms:
        norm.running_mean.uniform_(-0.1, 0.1)
        norm.running_var.uniform_(0.001, 0.1)
    x = torch.rand(1, 3, 40, 48) * 2 - 1
    with torch.inference_mode():
        y = network(x)
        assert torch.allclose(network(x, network.moments(x)), y, atol=1e-5)
        assert torch.allclose(network(torch.cat([x.flip(-1), x]))[1:], y, atol=1e-5)
        network.statistics = "running" if statistics == "image" else "image"
        assert not torch.allclose(network(x), y, atol=1e-2)


def test_dropout_in_the_blocks_is_a_seed_s_sample():
    torch.manual_seed(0)
    network, x = ResNetGenerator(base_channels=4, blocks=2, dropout=True).eval(), torch.rand(1, 3, 32, 32)
    with torch.inference_mode():
        assert torch.equal(network(x, seed=1), network(x, seed=1)) and not torch.equal(network(x, seed=1), network(x, seed=2))
        assert torch.equal(network(x, seed=1, noise=False), network(x, noise=False))
        network.dropout_at_test = False
        assert torch.equal(network(x), network(x, noise=False))
    with pytest.raises(ValueError, match="resize must be"):
        ResNetGenerator(resize="cubic")


@pytest.mark.parametrize("resize", [None, "bilinear", "nearest"])
def test_the_margin_is_how_far_an_input_pixel_reaches(resize):
    """With frozen moments, a change beyond the margin leaves a pixel untouched, and one just inside the reach does not."""
    torch.manual_seed(0)
    network = ResNetGenerator(base_channels=4, blocks=2, resize=resize).double()
    side, middle = 4 * network.margin, 2 * network.margin
    x = torch.rand(1, 3, side, side, dtype=torch.double) * 2 - 1
    with torch.inference_mode():
        moments = network.moments(x)
        changed = x.clone()
        changed[..., middle, middle] = -changed[..., middle, middle]
        moved = (network(x, moments) - network(changed, moments)).abs().sum((0, 1)).nonzero()
    reach = (moved - middle).abs().max().item()
    assert network.margin - 8 <= reach <= network.margin
