"""What the Learn page computes, against what the papers say and what a hand can work out."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from lessons import eye, unet
from lessons.game import CLASSES, Game, Rules, coverage, divergence
from lessons.losses import LOSSES, gradient_penalty
from translators.pix2pix import PatchGAN, UNetGenerator, initialize
from translators.pix2pixhd import MultiScale

RING = np.array([[math.cos(a), math.sin(a)] for a in np.arange(240) * math.pi / 4]) * 0.75
RING_CLASSES = np.arange(240) % CLASSES


def test_losses_by_hand():
    real, fake = torch.tensor([0.0, 2.0]), torch.tensor([1.0])
    log_sigma = {x: -math.log(1 + math.exp(-x)) for x in (-1, 0, 1, 2)}
    expected = -(log_sigma[0] + log_sigma[2]) / 2 - log_sigma[-1]  # 1 − σ(x) = σ(−x)
    values = {
        "minimax": (expected, log_sigma[-1]),
        "non_saturating": (expected, -log_sigma[1]),
        "least_squares": (((0 - 1) ** 2 + (2 - 1) ** 2) / 2 / 2 + 1 / 2, 0),
        "wasserstein": (1 - 1, -1),
        "wasserstein_gp": (1 - 1, -1),
    }
    assert values.keys() == LOSSES.keys()
    for name, (discriminator, generator) in values.items():
        assert LOSSES[name].discriminator(real, fake).item() == pytest.approx(discriminator, abs=1e-6), name
        assert LOSSES[name].generator(fake).item() == pytest.approx(generator, abs=1e-6), name


@pytest.mark.parametrize("slope", [(3.0, 4.0), (0.6, 0.8), (0.0, 0.0)])
def test_gradient_penalty_of_a_plane(slope):
    """D(x) = a · x has the gradient a everywhere."""
    random = torch.Generator().manual_seed(0)
    real, fake, between = (torch.rand(5, n, generator=random) for n in (2, 2, 1))
    penalty = gradient_penalty(lambda x: x @ torch.tensor(slope), real, fake, between)
    assert penalty.item() == pytest.approx((math.hypot(*slope) - 1) ** 2, abs=1e-5)


def test_gradient_penalty_is_taken_between_the_points():
    """D(x) = |x|²/2 has the gradient x itself: at ε = 1 it is the real point, at 0 the generated one."""
    real, fake = torch.tensor([[3.0, 4.0]]), torch.tensor([[0.0, 1.0]])
    bowl = lambda x: (x**2).sum(1) / 2  # noqa: E731
    assert gradient_penalty(bowl, real, fake, torch.ones(1, 1)).item() == pytest.approx(16)
    assert gradient_penalty(bowl, real, fake, torch.zeros(1, 1)).item() == pytest.approx(0)


def test_divergence_runs_from_nothing_to_log_2():
    left, right = torch.full((50, 2), -0.9), torch.full((70, 2), 0.9)
    assert divergence(left, left) == pytest.approx(0, abs=1e-6)
    assert divergence(left, right) == pytest.approx(math.log(2), abs=1e-6)
    # p all on the left, q half on each side: ½ KL(p ‖ m) + ½ KL(q ‖ m) with m = (¾, ¼)
    half = torch.cat([left[:20], right[:20]])
    assert divergence(left, half) == pytest.approx((math.log(4 / 3) + (math.log(2 / 3) + math.log(2)) / 2) / 2, abs=1e-6)


def test_coverage_counts_data_with_a_sample_near_by():
    data = torch.tensor([[0.0, 0.0], [0.5, 0.5], [0.5, 0.55], [-1.0, 0.0]])
    assert coverage(data, torch.tensor([[0.5, 0.5]])) == 0.5


def test_a_game_can_be_played_again():
    views = []
    for _ in range(2):
        game = Game(RING, RING_CLASSES, Rules("wasserstein_gp", 2), seed=3)
        for _ in range(5):
            game.step()
        views.append(game.samples())
    assert torch.equal(*views)


def weights(network: torch.nn.Module) -> Tensor:
    return torch.cat([weight.detach().flatten().clone() for weight in network.parameters()])


def test_one_player_moves_at_a_time():
    game = Game(RING, RING_CLASSES)
    G, D = weights(game.G), weights(game.D)
    game.discriminator_step()
    assert torch.equal(weights(game.G), G) and not torch.equal(weights(game.D), D)
    D = weights(game.D)
    game.generator_step()
    assert torch.equal(weights(game.D), D) and not torch.equal(weights(game.G), G)


def test_d_moves_k_times():
    game, moved = Game(RING, RING_CLASSES, Rules(d_steps=4)), []
    game.discriminator_step = lambda: moved.append("D")
    game.generator_step = lambda: moved.append("G")
    game.step()
    assert moved == ["D"] * 4 + ["G"]


def test_clipping_keeps_the_weights_small():
    game = Game(RING, RING_CLASSES, Rules("wasserstein"))
    game.discriminator_step()
    assert weights(game.D).abs().max() <= LOSSES["wasserstein"].clip


@pytest.mark.parametrize("loss", LOSSES)
def test_g_comes_nearer_to_the_data_and_can_be_made_to_collapse(loss):
    game = Game(RING, RING_CLASSES, Rules(loss, d_steps=2))
    game.remember()
    for _ in range(150):
        game.step()
    game.remember()
    first, learnt = game.curves[0], game.curves[-1]
    assert learnt[3] < first[3] - 0.05 and learnt[4] > 0.1
    game.collapse()
    game.remember()
    assert game.curves[-1][4] < learnt[4] / 2


def test_arrows_are_the_way_down_of_gs_loss():
    game = Game(RING, RING_CLASSES)
    for _ in range(40):
        game.step()
    points, arrows, step = game.samples(), game.arrows(), 1e-2
    loss = LOSSES["non_saturating"].generator
    with torch.no_grad():
        before, after = (loss(game.judge(x, game.z_labels)).item() for x in (points, points + step * arrows))
    assert before - after == pytest.approx(step * (arrows**2).sum(1).mean().item(), rel=0.05)


def test_a_class_is_told_to_both_players():
    """Two classes at two places: told the class, G puts each where it belongs."""
    points = np.repeat([[-0.6, 0.0], [0.6, 0.0]], 100, 0)
    game = Game(points, np.repeat([0, 1], 100), Rules(conditional=True))
    for _ in range(400):
        game.step()
    x = game.samples()[:, 0]
    assert x[game.z_labels == 0].mean() < -0.2 and x[game.z_labels == 1].mean() > 0.2


def test_curves_stay_short():
    game = Game(RING[:8], RING_CLASSES[:8])
    for game.steps in range(1000):
        game.remember()
    assert len(game.curves) <= 400 and game.curves[0][0] == 0 and game.curves[-1][0] == 999
    assert [point[0] for point in game.curves] == sorted({point[0] for point in game.curves})


@pytest.mark.parametrize("patch", [1, 16, 70, 286])
def test_the_window_of_a_cell_is_where_its_gradient_lives(patch):
    torch.manual_seed(0)
    judge = initialize(PatchGAN(base_channels=2, patch=patch, statistics="running")).eval()
    side = max(2 * patch, 64)
    y = torch.randn(1, 3, side, side, requires_grad=True)
    logits = judge(torch.zeros_like(y), y)[0, 0]
    seen = eye.window(judge)
    assert seen.size == patch
    row, column = logits.shape[0] // 2, logits.shape[1] // 2 - 1
    (gradient,) = torch.autograd.grad(logits[row, column], y)
    touched = gradient.abs().sum(1)[0] > 0
    for axis, cell in ((1, row), (0, column)):
        inside = touched.any(axis).nonzero()
        low = seen.start + cell * seen.step
        assert (inside.min(), inside.max()) == (max(low, 0), min(low + patch, side) - 1)


def small_unet(**arguments) -> UNetGenerator:
    torch.manual_seed(1)
    return initialize(UNetGenerator(base_channels=4, downs=6, **arguments)).eval()


def test_without_skips_only_the_bottleneck_speaks():
    """Gains of 0 make an encoder-decoder: what the decoder is given of the picture is the innermost code alone."""
    network, x = small_unet(), torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        for up in network.ups[1:]:  # cut what the decoder would do with the skips
            up.weight[: up.in_channels // 2] = 0
        cut = network(x, seed=0, noise=False)
        for up in network.ups[1:]:
            up.weight[: up.in_channels // 2] = 7
        silenced = network(x, seed=0, noise=False, gains=[0] * 5)
        open_ = network(x, seed=0, noise=False, gains=[1] * 5)
    assert torch.allclose(cut, silenced, atol=1e-6) and not torch.allclose(open_, silenced, atol=1e-2)


def test_gains_of_one_change_nothing():
    network, x = small_unet(), torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        assert torch.equal(network(x, seed=0), network(x, seed=0, gains=[1] * 5))


def test_noise_is_dropout_and_nothing_else():
    network, x = small_unet(), torch.randn(1, 3, 64, 64)
    assert unet.mean_and_deviation(unet.samples(network, x, None, range(4), noise=False))[1].max() < 1e-3
    assert unet.mean_and_deviation(unet.samples(network, x, None, range(4), noise=True))[1].max() > 0


def test_mean_and_deviation_by_hand():
    y = torch.tensor([-1.0, 1.0]).reshape(2, 1, 1, 1).expand(2, 3, 2, 2)
    mean, deviation = unet.mean_and_deviation(y)
    assert mean.shape == (1, 3, 2, 2) and not mean.any() and torch.equal(deviation, torch.full((2, 2), 127.5))


def test_running_statistics_of_one_picture_are_nearly_its_own():
    """Only the unbiased variance differs; of other pictures they are others, and the network itself is left as it was."""
    network, x, other = small_unet(), torch.randn(1, 3, 256, 256), torch.rand(1, 3, 256, 256)
    kept = {name: value.clone() for name, value in network.state_dict().items()}
    with torch.no_grad():
        own = network(x, noise=False)
        same = unet.with_running_statistics(network, [(x, None)])(x, noise=False)
        others = unet.with_running_statistics(network, [(other, None)])(x, noise=False)
    assert (own - same).abs().mean() < 0.3 * (own - others).abs().mean()
    assert network.statistics == "image" and all(torch.equal(value, kept[name]) for name, value in network.state_dict().items())


def test_the_windows_of_three_scales_by_gradient():
    """Which pixels a logit depends on, at every scale, where the window lies inside the picture; the norms look at all of it."""
    torch.manual_seed(0)
    judges = MultiScale(0, 1, base_channels=2, patch=16, scales=3)
    for judge in judges.discriminators:
        judge.norms = torch.nn.ModuleList(torch.nn.Identity() for _ in judge.norms)
    y = torch.rand(1, 1, 160, 160, requires_grad=True)
    x = torch.zeros(1, 0, 160, 160)
    found = eye.windows(judges)
    assert found[0] == eye.window(judges.discriminators[0])
    for (start, step, size), logits in zip(found, judges(x, y), strict=True):
        cell = logits.shape[-1] // 2
        (gradient,) = torch.autograd.grad(logits[0, 0, cell, cell], y, retain_graph=True)
        rows = gradient[0, 0].abs().sum(1).nonzero().flatten()
        assert (rows[0], rows[-1]) == (start + cell * step, start + cell * step + size - 1)


def test_scores_of_least_squares_are_cut_to_their_range():
    class Judges:
        def __call__(self, x, y):
            return [torch.tensor([[[[-1.0, 0.25], [1.0, 3.0]]]])]

    assert eye.judged_at_scales(Judges(), None, None)[0].tolist() == [[0.0, 0.25], [1.0, 1.0]]
