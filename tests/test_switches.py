"""What others have changed in pix2pix since, each a switch: doublings by interpolation, instance norm, several scales, R1."""

import dataclasses
from unittest import mock

import pytest
import torch
from torch import nn

from tests.test_resume import differing, kept
from tests.test_train_pix2pix import TINY, side_by_side
from train import engine, pix2pix
from train.data import BadData
from train.export import export_pix2pix
from train.pix2pix import Settings, discriminator_loss, generator_loss, gradient_penalty, least_squares, train
from translators.pix2pix import PatchGAN, UNetGenerator, initialize
from translators.pix2pixhd import MultiScale, halved
from translators.weights import read

ALL = dataclasses.replace(TINY, resize="bilinear", norm="instance", scales=2, lambda_r1=1.0, r1_every=3, lambda_feature=10.0, drawn=True)
ALL = dataclasses.replace(ALL, augment=True)


class Weighed(nn.Module):
    """At every position the logit Σ_c w_c y_c, which does not hang on x."""

    def __init__(self, weights: torch.Tensor):
        super().__init__()
        self.weights = nn.Parameter(weights)

    def features(self, x, y):
        return [torch.einsum("nchw,c->nhw", y, self.weights)[:, None]]


class Known(MultiScale):
    """Two scales of features and logits that follow from the picture's mean."""

    def __init__(self):
        nn.Module.__init__(self)

    def features(self, x, y):
        mean = y.mean().reshape(1, 1, 1, 1)
        return [[mean, 2 * mean, mean], [mean, mean, mean + 1]]


def pictures(*shape: int, count: int = 3) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.rand(shape, generator=generator) * 2 - 1 for _ in range(count)]


@pytest.mark.parametrize("shape", [(1, 3, 1, 1), (1, 3, 5, 7), (4, 3, 5, 7)])
def test_r1_of_a_known_gradient(shape):
    """Of a single logit it is the paper's γ/2 |w|², and no larger for more windows or more pictures."""
    D = Weighed(torch.tensor([1.0, -2.0, 3.0]))
    penalty = gradient_penalty(D, *pictures(*shape, count=2), gamma=10.0)
    assert penalty.item() == pytest.approx(10 / 2 * (1 + 4 + 9), rel=1e-5)
    penalty.backward()
    torch.testing.assert_close(D.weights.grad, 10 * D.weights.detach())  # ∇_w γ/2 |w|² = γ w


def test_r1_is_of_the_real_picture_alone_and_a_mean_over_the_batch():
    class Squares(nn.Module):
        def features(self, x, y):
            return [9 * x.sum(1, keepdim=True) + y.square().sum((1, 2, 3), keepdim=True) / 2]  # ∇_y = y

    x, y = pictures(2, 3, 4, 4, count=2)
    given = y.clone().requires_grad_(True)
    expected = 10 / 2 * (16 * y).square().sum().item() / 2 / 16  # each of 16 logits has the gradient y
    assert gradient_penalty(Squares(), x.requires_grad_(True), given, 10.0).item() == pytest.approx(expected, rel=1e-5)
    assert x.grad is None and given.grad is None


def test_r1_reaches_the_discriminator_in_float32_whatever_the_precision_around_it():
    torch.manual_seed(0)
    D = initialize(PatchGAN(base_channels=4, patch=16))
    x, y = pictures(2, 3, 32, 32, count=2)
    expected = gradient_penalty(D, x, y, 1.0)
    with torch.autocast("cpu", torch.bfloat16):
        penalty = gradient_penalty(D, x, y, 1.0)
    assert penalty.dtype == torch.float32 and penalty.item() == expected.item() > 0
    penalty.backward()
    assert all(conv.weight.grad.abs().sum() > 0 for conv in D.convs)


def test_the_penalties_of_several_scales_add_up():
    torch.manual_seed(0)
    D = initialize(MultiScale(3, base_channels=4, patch=16, scales=2))
    x, y = pictures(1, 3, 32, 32, count=2)

    class Coarse(nn.Module):
        def features(self, x, y):
            return D.discriminators[1].features(halved(x), halved(y))

    apart = gradient_penalty(D.discriminators[0], x, y, 2.0) + gradient_penalty(Coarse(), x, y, 2.0)
    torch.testing.assert_close(gradient_penalty(D, x, y, 2.0), apart)


def test_r1_comes_at_every_nth_step_and_is_n_times_as_heavy(tmp_path):
    root, losses = side_by_side(tmp_path / "data"), []
    settings = dataclasses.replace(TINY, lambda_r1=1.0, r1_every=3)
    with (
        mock.patch.object(pix2pix, "gradient_penalty", lambda *given: torch.tensor(1000.0)),
        mock.patch.object(pix2pix.Finite, "notice", lambda self, step, parts, names: losses.append(parts["D"].item())),
    ):
        train(root, tmp_path / "run", settings, workers=0, log_every=4, stop_at=8)
    assert [round(loss / 1000) for loss in losses] == [3, 0, 0, 3, 0, 0, 3, 0]
    logged = engine.records(tmp_path / "run" / "log.jsonl")
    assert [(record["step"], record["D_r1"]) for record in logged] == [(4, 1000), (8, 1000)]  # the last one, unweighed
    assert all(record["D_real"] < 10 for record in logged)


def test_one_scale_is_the_plain_discriminator():
    torch.manual_seed(0)
    plain, one = PatchGAN(base_channels=4, patch=16), MultiScale(3, base_channels=4, patch=16, scales=1)
    one.discriminators[0].load_state_dict(plain.state_dict())
    x, y, y_fake = pictures(2, 3, 32, 32)
    for loss in (discriminator_loss, lambda *given: generator_loss(*given, lambda_feature=10.0)):
        (expected, parts), (total, same) = loss(plain, x, y, y_fake), loss(one, x, y, y_fake)
        assert torch.equal(total, expected) and parts == same
    assert type(Settings().discriminator()) is PatchGAN


def test_losses_of_two_scales_by_hand():
    x, y, y_fake = torch.zeros(1, 1, 2, 2), torch.full((1, 3, 2, 2), 0.5), torch.full((1, 3, 2, 2), 0.25)
    loss, parts = discriminator_loss(Known(), x, y, y_fake, least_squares)
    assert parts["D_real"] == pytest.approx(0.25 + 0.25)  # (1 - 0.5)² and (1 - 1.5)²
    assert parts["D_fake"] == pytest.approx(0.0625 + 1.5625)  # 0.25² and 1.25²
    assert loss == pytest.approx((0.5 + 1.625) / 2)
    total, parts = generator_loss(Known(), x, y, y_fake, least_squares, lambda_feature=10.0)
    assert parts["G_gan"] == pytest.approx(0.5625 + 0.0625)
    assert parts["G_feature"] == pytest.approx((0.25 + 0.5) / 2 + 0.25)  # the mean over layers, summed over scales
    assert total == pytest.approx(100 * 0.25 + 0.625 + 10 * 0.625)


def test_the_second_scale_judges_halved_pictures():
    torch.manual_seed(0)
    D = MultiScale(3, base_channels=4, patch=16, scales=2)
    x, y, y_fake = pictures(2, 3, 32, 32)
    fine, _ = discriminator_loss(D.discriminators[0], x, y, y_fake)
    coarse, _ = discriminator_loss(D.discriminators[1], halved(x), halved(y), halved(y_fake))
    torch.testing.assert_close(discriminator_loss(D, x, y, y_fake)[0], fine + coarse)


@pytest.mark.parametrize(("patch", "least"), [(1, 2), (16, 6), (70, 24)])
def test_pictures_too_small_for_the_coarsest_scale_are_refused(patch, least):
    D = Settings(size=2 * least, patch=patch, scales=2, discriminator_channels=2).discriminator()
    assert D(*pictures(1, 3, 2 * least, 2 * least, count=2))[1].numel() > 0
    with pytest.raises((RuntimeError, ValueError)):
        D(*pictures(1, 3, 2 * least - 2, 2 * least - 2, count=2))
    with pytest.raises(BadData, match=f"coarsest D would see {least - 1} pixels a side, and with --patch {patch} needs {least}"):
        Settings(size=2 * least - 2, patch=patch, scales=2)


def test_instance_norm_trains_both_networks(tmp_path):
    root = side_by_side(tmp_path / "one", count=1)
    settings = Settings(size=64, base_channels=8, downs=5, discriminator_channels=8, patch=16, epochs=20, decay_epochs=0, lr=2e-3)
    G, _, D = train(root, tmp_path / "run", dataclasses.replace(settings, norm="instance"), workers=0, log_every=1)
    assert not [key for network in (G, D) for key in network.state_dict() if "norms" in key]
    l1 = [record["L1"] for record in engine.records(tmp_path / "run" / "log.jsonl")]
    assert sum(l1[-3:]) < 0.8 * sum(l1[:3])
    with pytest.raises(ValueError, match="statistics must be 'image': this network has instance norms"):
        dataclasses.replace(settings, norm="instance", statistics="running").generator()


def test_with_all_of_them_resume_equals_an_uninterrupted_run_bit_for_bit(tmp_path):
    root = side_by_side(tmp_path / "data")
    train(root, tmp_path / "whole", ALL, workers=0)
    train(root, tmp_path / "halves", ALL, workers=0, stop_at=7)  # between two steps with R1
    with pytest.raises(engine.BadCheckpoint, match=r"made with norm=instance, not batch"):
        train(root, tmp_path / "halves", dataclasses.replace(ALL, norm="batch"), workers=0, resume=True)
    G, *_ = train(root, tmp_path / "halves", ALL, workers=0, resume=True)
    assert differing(kept(tmp_path / "whole"), kept(tmp_path / "halves")) == []
    started = initialize(ALL.generator())  # every modulation has learned to listen
    assert all(m.bias.abs().sum() > 0 for m in G.modulations) and not any(m.bias.any() for m in started.modulations)


def test_with_all_of_them_another_run_begins_and_the_export_is_read(tmp_path):
    root = side_by_side(tmp_path / "data", size=128)
    settings = dataclasses.replace(ALL, size=128, epochs=1, decay_epochs=0)
    train(root, tmp_path / "first", settings, workers=0, stop_at=1)
    train(root, tmp_path / "second", settings, workers=0, stop_at=1, start_from=tmp_path / "first")
    with pytest.raises(BadData, match="its D does not fit these settings"):
        train(root, tmp_path / "plain", dataclasses.replace(settings, scales=1), workers=0, start_from=tmp_path / "first")
    export_pix2pix(tmp_path / "second", root, tmp_path / "shoes")
    network, config = read(tmp_path / "shoes")
    assert isinstance(network, UNetGenerator) and (config["resize"], config["batch_norm"]) == ("bilinear", False)
