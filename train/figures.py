"""Figures: pictures against pictures, each with the 95 % interval of a bootstrap over the pictures.

Sets are compared by their features: FID (Heusel 2017, eq. 6) and KID (Bińkowski 2018, §4). Pairs are compared one by one: L1, PSNR, SSIM,
and a perceptual distance (`train.features`). The figures are torchmetrics'; what a resample of the pictures would give is computed here,
from the same features, by the same formulas.
"""

from collections.abc import Callable

import numpy as np
import torch
from PIL import Image
from skimage.color import rgb2lab
from torch import Tensor, nn
from torchmetrics.functional.image import peak_signal_noise_ratio, structural_similarity_index_measure
from torchmetrics.image.fid import FrechetInceptionDistance
from torchmetrics.image.kid import KernelInceptionDistance

Figure = list[float]  # the figure, and the lower and the upper end of its interval
RESAMPLES, SEED = 300, 0
INTERVAL = f"95 % by bootstrap over pictures, {RESAMPLES} resamples, seed {SEED}"
SUBSETS, SUBSET = 100, 100  # of KID's mean
BINS = 100
LAB = ((0, 100), (-110, 110), (-110, 110))  # what L, a and b run over
EQUAL = 100.0  # dB: the PSNR of equal pictures, which would be infinite
NEAR = 16


class Given(nn.Module):
    """What torchmetrics takes for a network where the features are there already."""

    def __init__(self, channels: int):
        super().__init__()
        self.num_features = channels

    def forward(self, features: Tensor) -> Tensor:
        return features


def interval(value: float, resampled: np.ndarray, within: tuple[float, float] = (-np.inf, np.inf)) -> Figure:
    """The figure with the percentiles 2.5 and 97.5 of its resamples, moved so that their mean lies on the figure, but not out of `within`.

    A resample holds some pictures twice and is less varied than the set, which lifts every FID by nearly the same amount.
    """
    low, high = np.clip(np.percentile(resampled, [2.5, 97.5]) + value - resampled.mean(), *within)
    return [float(f"{v:.5g}") for v in (value, low, high)]


def counts(pictures: int, stream: int = 0) -> np.ndarray:
    """How often each picture is drawn in each resample: (RESAMPLES, pictures). Another `stream` draws independently."""
    return np.random.default_rng((SEED, stream)).multinomial(pictures, np.full(pictures, 1 / pictures), RESAMPLES)


def mean(values: np.ndarray) -> Figure:
    """The mean of a value (N,) that every picture has."""
    return interval(float(values.mean()), counts(len(values)) @ values / len(values), (values.min(), values.max()))


def of_sum(parts: np.ndarray, measure: Callable[[np.ndarray], float]) -> Figure:
    """What `measure` makes of the sum of what every picture has (N, ...): of a confusion matrix, for example."""
    sums = np.tensordot(counts(len(parts)), parts, 1)
    return interval(measure(parts.sum(0)), np.array([measure(one) for one in sums]))


def fid(real: Tensor, fake: Tensor) -> Figure:
    """Fréchet distance of features (N, D) and (M, D), both more than one. It falls with the number of pictures: compare equal numbers."""
    metric = FrechetInceptionDistance(feature=Given(real.shape[1]))
    metric.update(real, real=True)
    metric.update(fake, real=False)
    draws = zip(*(torch.from_numpy(counts(len(f), i)) for i, f in enumerate((real, fake))), strict=True)
    return interval(float(metric.compute()), np.array([float(frechet(real, fake, v, w)) for v, w in draws]))


def frechet(x: Tensor, y: Tensor, v: Tensor, w: Tensor) -> Tensor:
    """|µx - µy|² + tr(Σx + Σy - 2 (Σx Σy)^½) of features (N, D) and (M, D), the rows counted v (N,) and w (M,) times.

    The trace of the root is the sum of the singular values of x yᵀ, centred; where a set has more pictures than features, its rows are
    turned to triangular form first, which leaves them what they are.
    """
    (mean_x, x), (mean_y, y) = centred(x, v), centred(y, w)
    traces = x.square().sum() + y.square().sum()
    x, y = (torch.linalg.qr(rows, "r").R if len(rows) > rows.shape[1] else rows for rows in (x, y))
    return (mean_x - mean_y).square().sum() + traces - 2 * torch.linalg.matrix_norm(x @ y.T, "nuc")


def centred(x: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """The mean (D,) of rows (N, D) that count v (N,) times, and X with XᵀX their covariance."""
    x, v = x[v > 0].double(), v[v > 0].double()
    mean = v @ x / v.sum()
    return mean, (x - mean) * (v / (v.sum() - 1)).sqrt()[:, None]


def kid(real: Tensor, fake: Tensor) -> Figure:
    """1000 × the unbiased MMD² of the cubic kernel k(x, y) = (x·y / D + 1)³ between features (N, D) and (M, D).

    The mean over 100 subsets of 100, or of the smaller set where that has fewer: of two sets of 50, the MMD² of all.
    """
    torch.manual_seed(SEED)
    metric = KernelInceptionDistance(feature=Given(real.shape[1]), subsets=SUBSETS, subset_size=min(SUBSET, len(real), len(fake)))
    metric.update(real, real=True)
    metric.update(fake, real=False)
    v, w = (torch.from_numpy(counts(len(f), i)) for i, f in enumerate((real, fake)))
    draws = 1000 * mmd(real, fake, v, w)
    return interval(1000 * float(metric.compute()[0]), draws[draws.isfinite()].numpy())  # of few pictures some draw the same one always


def mmd(x: Tensor, y: Tensor, v: Tensor, w: Tensor) -> Tensor:
    """The unbiased MMD² of features (N, D) and (M, D) for every row of v (B, N) and w (B, M), which say how often a picture counts: (B,).

    No picture is compared with itself, nor with its own copy.
    """
    x, y, v, w = (t.double() for t in (x, y, v, w))
    k_xx, k_yy, k_xy = ((a @ b.T / a.shape[1] + 1) ** 3 for a, b in ((x, x), (y, y), (x, y)))
    within = [((n @ k.fill_diagonal_(0)) * n).sum(1) / (n.sum(1).square() - n.square().sum(1)) for n, k in ((v, k_xx), (w, k_yy))]
    return sum(within) - 2 * ((v @ k_xy) * w).sum(1) / (v.sum(1) * w.sum(1))


def pixels(picture: Image.Image) -> Tensor:
    """uint8 (1, 3, H, W)."""
    return torch.from_numpy(np.array(picture.convert("RGB"))).permute(2, 0, 1)[None]


def compare(fake: Image.Image, real: Image.Image) -> dict[str, float]:
    """What one picture of a pair gives; both of equal size.

    L1 is of pictures in [0, 1], as where others give 0.176 for the facades: their mean training photo has 0.1745 to the first 50 test
    photos, and twice that in [-1, 1]. SSIM (Wang 2004) has a Gaussian window of 11 pixels.
    """
    y_fake, y = pixels(fake) / 255, pixels(real) / 255
    return {
        "SSIM": float(structural_similarity_index_measure(y_fake, y, data_range=1.0)),
        "PSNR, dB": min(float(peak_signal_noise_ratio(y_fake, y, data_range=1.0)), EQUAL),
        "L1, pictures in 0..1": float((y_fake - y).abs().mean()),
    }


def share_near(fake: Image.Image, real: Image.Image) -> float:
    """The share of pixels of which no channel is more than 16 of 255 from the true one: whether a map has a map's colours."""
    difference = (pixels(fake).int() - pixels(real).int()).abs().amax(1)
    return float((difference <= NEAR).float().mean())


def lab_histograms(picture: Image.Image) -> np.ndarray:
    """How many pixels fall into each of 100 bins of L, of a and of b (CIE 1976, D65): (3, 100)."""
    lab = rgb2lab(np.asarray(picture.convert("RGB"))).reshape(-1, 3)
    return np.stack([np.histogram(lab[:, i].clip(*LAB[i]), BINS, LAB[i])[0] for i in range(3)])


def histogram_intersection(fake: np.ndarray, real: np.ndarray) -> dict[str, Figure]:
    """Σ min(p, q) of two sets' marginal distributions of L, a and b over all pixels (Isola 2017, Figure 7); 1 where they agree.

    Of histograms (N, 3, BINS) and (M, 3, BINS). An L1 loss makes colours grey and narrows a and b; a GAN widens them.
    """
    figures = {}
    for i, channel in enumerate("Lab"):
        p, q = (np.concatenate([np.ones((1, len(h))), counts(len(h), s)]) @ h[:, i] for s, h in enumerate((fake, real)))
        value, *resampled = np.minimum(p / p.sum(1, keepdims=True), q / q.sum(1, keepdims=True)).sum(1)
        figures[f"Lab histogram intersection: {channel}"] = interval(float(value), np.array(resampled))
    return figures
