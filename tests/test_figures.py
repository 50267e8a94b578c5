"""Every figure against what can be computed by hand, or by a library."""

import numpy as np
import pytest
import torch
from PIL import Image
from skimage.metrics import mean_squared_error
from torchmetrics.image.fid import FrechetInceptionDistance
from torchmetrics.image.kid import poly_mmd
from torchmetrics.image.psnr import PeakSignalNoiseRatio
from torchmetrics.image.ssim import StructuralSimilarityIndexMeasure

from train import figures
from train.figures import Given, compare, counts, fid, frechet, histogram_intersection, interval, kid, lab_histograms, mean, mmd, share_near


def gaussian(count: int, centre: float, spread: float, seed: int, channels: int = 3) -> torch.Tensor:
    return centre + spread * torch.randn(count, channels, generator=torch.Generator().manual_seed(seed))


def plain(colour: tuple[int, int, int] | int, size: int = 32) -> Image.Image:
    return Image.new("RGB", (size, size), colour if isinstance(colour, tuple) else (colour,) * 3)


def noisy(seed: int, level: int = 90) -> Image.Image:
    return Image.fromarray((np.random.default_rng(seed).random((32, 32, 3)) * 60 + level).astype(np.uint8))


def test_fid_of_two_gaussians_is_the_closed_form():
    """|µ1 - µ2|² + Σ (σ1 - σ2)² for diagonal covariances: 3 · 2² + 3 · (3 - 1)² = 24."""
    value, low, high = fid(gaussian(1500, 0, 1, 0), gaussian(1500, 2, 3, 1))
    assert value == pytest.approx(24, rel=0.07) and low < value < high


def test_the_resampled_fid_is_torchmetrics_own_where_every_picture_counts_once():
    real, fake = gaussian(40, 0, 1, 0, channels=8), gaussian(30, 0.5, 2, 1, channels=8)
    metric = FrechetInceptionDistance(feature=Given(8))
    metric.update(real, real=True)
    metric.update(fake, real=False)
    assert float(frechet(real, fake, torch.ones(40), torch.ones(30))) == pytest.approx(float(metric.compute()), rel=1e-4)
    twice = torch.cat([real, real[:5]])
    weights = torch.ones(40).index_fill(0, torch.arange(5), 2)
    assert float(frechet(real, fake, weights, torch.ones(30))) == pytest.approx(float(frechet(twice, fake, torch.ones(45), torch.ones(30))))


def test_fid_knows_fewer_pictures_than_features():
    real = gaussian(10, 0, 1, 0, channels=32)
    assert fid(real, real)[0] == pytest.approx(0, abs=1e-2)
    assert fid(real, real + 1)[0] == pytest.approx(32, rel=1e-3)


def test_kid_is_the_unbiased_mmd_of_the_cubic_kernel():
    """All pictures of a set alike: MMD² = k(a, a) + k(b, b) - 2 k(a, b), k(x, y) = (x·y / D + 1)³."""
    a, b = torch.zeros(20, 4), torch.ones(20, 4)
    assert kid(a, b)[0] == pytest.approx(1000 * (1 + 2**3 - 2 * 1), rel=1e-4)


def test_kid_is_unbiased():
    """Two samples of one distribution: the mean over many pairs of small sets is 0, and single ones are negative."""
    values = [kid(gaussian(12, 0, 1, 2 * i), gaussian(12, 0, 1, 2 * i + 1))[0] for i in range(60)]
    assert min(values) < 0 and abs(np.mean(values)) < 3 * np.std(values) / np.sqrt(60)


def test_kid_grows_with_the_distance():
    at = {shift: kid(gaussian(60, 0, 1, 0), gaussian(60, shift, 1, 1)) for shift in (0.0, 0.5, 1.5)}
    assert at[0.0][0] < at[0.5][0] < at[1.5][0]
    assert at[0.0][1] < 0 < at[0.0][2] and at[1.5][1] > 0


def test_the_resampled_mmd_is_torchmetrics_own_where_every_picture_counts_once():
    real, fake = gaussian(25, 0, 1, 0, channels=8).double(), gaussian(25, 0.5, 2, 1, channels=8).double()
    assert float(mmd(real, fake, torch.ones(1, 25), torch.ones(1, 25))) == pytest.approx(float(poly_mmd(real, fake)), rel=1e-6)


def test_a_picture_drawn_twice_is_not_compared_with_its_copy():
    far, fake = torch.tensor([[10.0], [0.0], [0.0]]), torch.zeros(5, 1)
    once, alone = (mmd(far, fake, torch.tensor([v]), torch.ones(1, 5)) for v in ([1.0, 1.0, 1.0], [2.0, 1.0, 0.0]))
    assert float(once) == pytest.approx(0, abs=1e-9)  # k(10, 0) = 1: as far from the zeros as they are
    assert float(alone) == pytest.approx(0, abs=1e-9)  # k(10, 10) = 101³ does not count


def test_the_interval_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(0)
    covered = [low < 5 < high for _, low, high in (mean(rng.normal(5, 2, 60)) for _ in range(200))]
    assert 0.88 < np.mean(covered) <= 0.99


def test_the_interval_is_that_of_the_mean():
    values = np.random.default_rng(1).normal(0, 1, 400)
    value, low, high = mean(values)
    assert value == pytest.approx(values.mean(), rel=1e-4)
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.2)
    assert mean(np.full(9, 3.0)) == [3, 3, 3]
    assert interval(10.0, np.array([14.0, 15.0, 16.0])) == [10, pytest.approx(9.05), pytest.approx(10.95)]  # their spread, about the figure


def test_resamples_repeat_themselves_and_streams_differ():
    assert np.array_equal(counts(30), counts(30)) and not np.array_equal(counts(30), counts(30, 1))
    assert (counts(30).sum(1) == 30).all() and counts(30).shape == (figures.RESAMPLES, 30)


def test_pairs_are_compared_as_torchmetrics_does():
    fake, real = noisy(0), noisy(1)
    y_fake, y = (torch.from_numpy(np.array(p)).permute(2, 0, 1)[None] / 255 for p in (fake, real))
    found = compare(fake, real)
    assert found["SSIM"] == pytest.approx(float(StructuralSimilarityIndexMeasure(data_range=1.0)(y_fake, y)))
    assert found["PSNR, dB"] == pytest.approx(float(PeakSignalNoiseRatio(data_range=1.0)(y_fake, y)))
    error = mean_squared_error(np.array(fake) / 255, np.array(real) / 255)
    assert found["PSNR, dB"] == pytest.approx(-10 * np.log10(error), rel=1e-4)


def test_pairs_by_hand():
    half = compare(plain(0), plain(51))
    assert half["L1, pictures in 0..1"] == pytest.approx(0.2) and half["PSNR, dB"] == pytest.approx(-20 * np.log10(0.2), rel=1e-5)
    assert compare(noisy(0), noisy(0)) == {"SSIM": pytest.approx(1), "PSNR, dB": 100, "L1, pictures in 0..1": 0}


def test_the_share_of_near_pixels_by_hand():
    real = plain((100, 150, 200))
    fake = real.copy()
    fake.paste((116, 134, 200), (0, 0, 8, 32))  # a quarter: 16 off, and still near
    fake.paste((100, 150, 217), (8, 0, 24, 32))  # a half: 17 off in one channel
    assert share_near(fake, real) == 0.5


def test_lab_histograms_meet_where_colours_do():
    red, green, grey = (lab_histograms(plain(colour))[None] for colour in ((220, 30, 30), (30, 220, 30), (128, 128, 128)))
    assert red.shape == (1, 3, 100) and (red.sum(2) == 32 * 32).all()
    assert [v[0] for v in histogram_intersection(red, red).values()] == [1, 1, 1]
    apart = {title[-1]: value[0] for title, value in histogram_intersection(red, green).items()}
    assert apart["a"] == 0
    both = np.concatenate([red, grey])
    assert {title[-1]: value[0] for title, value in histogram_intersection(both, red).items()} == {"L": 0.5, "a": 0.5, "b": 0.5}


def test_the_interval_of_a_mean_lies_between_the_values():
    """However it is moved: a share is none below 0."""
    for seed in range(40):
        shares = np.random.default_rng(seed).choice([0.0, 1e-3, 2e-3], 6, p=[0.6, 0.3, 0.1])
        value, low, high = mean(shares)
        assert shares.min() <= low <= value <= high <= shares.max()


def test_of_very_few_pictures_a_figure_has_an_interval_all_the_same():
    """Of three pictures one resample in nine holds one of them alone, which has no distances."""
    for value in (fid, kid):
        assert np.isfinite(value(gaussian(3, 0, 1, 0, channels=8), gaussian(3, 1, 1, 1, channels=8))).all()
