"""KID and the features it is measured on."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from train.evaluate import SqueezeNetFeatures, at_pen_width, kid, stack
from train.sheets import figures_table, rasterize, sheet

SHARED = Path(__file__).resolve().parents[2] / "shared"
WEIGHTS = SHARED / "metrics" / "squeezenet1_1_imagenet.pth"


class Pixels(torch.nn.Module):
    """Four numbers of a picture: a feature that can be computed by hand."""

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.adaptive_avg_pool2d(pictures.float() / 255, 2).mean(1).flatten(1)


def noise(count: int, level: int, seed: int) -> torch.Tensor:
    return (torch.rand(count, 3, 8, 8, generator=torch.Generator().manual_seed(seed)) * 60 + level).byte()


def test_kid_of_equal_distributions_is_near_zero_and_grows_with_their_distance():
    same, _ = kid(Pixels(), noise(60, 100, 0), noise(60, 100, 1), subsets=10, subset_size=50)
    near, _ = kid(Pixels(), noise(60, 100, 0), noise(60, 120, 1), subsets=10, subset_size=50)
    far, _ = kid(Pixels(), noise(60, 100, 0), noise(60, 180, 1), subsets=10, subset_size=50)
    assert abs(same) < near < far


def test_kid_is_the_unbiased_mmd_of_the_cubic_kernel():
    """All pictures of a set alike: MMD² = k(a, a) + k(b, b) - 2 k(a, b), k(x, y) = (x·y / d + 1)³."""
    black, white = torch.zeros(20, 3, 8, 8, dtype=torch.uint8), torch.full((20, 3, 8, 8), 255, dtype=torch.uint8)
    value, deviation = kid(Pixels(), black, white, subsets=5, subset_size=10)
    assert value == pytest.approx(1000 * (1 + 2**3 - 2 * 1), rel=1e-4)
    assert deviation == 0


@pytest.mark.skipif(not WEIGHTS.exists(), reason="SqueezeNet's weights (../shared/metrics) are not here")
def test_squeezenet_features_have_unit_mean_square_on_the_real_set_and_tell_shoes_from_their_edges():
    folder = SHARED / "data" / "shoes" / "train"
    stems = sorted(path.stem for path in (folder / "photo").iterdir())[:24]
    photos = stack(Image.open(folder / "photo" / f"{stem}.jpg") for stem in stems)
    edges = stack(Image.open(folder / "edges" / f"{stem}.png") for stem in stems)
    features = SqueezeNetFeatures(WEIGHTS)
    features.fit(photos)
    assert features(photos).shape == (24, 512)
    assert features(photos).square().mean().item() == pytest.approx(1, rel=1e-4)
    floor, _ = kid(features, photos[:12], photos[12:], subsets=10, subset_size=12)
    apart, _ = kid(features, photos[:12], edges[12:], subsets=10, subset_size=12)
    assert apart > 5 * abs(floor) + 100


def test_at_pen_width_widens_a_drawing():
    drawing = Image.new("L", (128, 128), 255)
    drawing.paste(0, (20, 60, 108, 63))
    amounts = [np.asarray(at_pen_width(drawing, width)).mean() for width in (1, 4, 8)]
    assert amounts[0] > amounts[1] > amounts[2]


def test_card_parts():
    drawing = rasterize({"width": 10, "strokes": [[[100, 256], [400, 256]]]})
    assert drawing.getpixel((250, 256)) == 0 and drawing.getpixel((250, 300)) == 255
    assert drawing.getpixel((250, 252)) == 0 and drawing.getpixel((250, 248)) == 255
    assert sheet([[drawing, drawing], [drawing]], side=50, gap=4).size == (112, 112)
    by_width = {
        "KID x 1000 by pen width": {"1": (1.0, 0.1), "8": (2.0, 0.1)},
        "KID x 1000 by pen width, L1 only": {"1": (3, 1), "8": (4, 1)},
    }
    table = figures_table({"KID x 1000": {"translated": (12.34, 0.5)}, **by_width})
    assert "| translated | 12.3 ± 0.5 |" in table and "| translated | 1.0 | 2.0 |" in table and "| L1 only | 3.0 | 4.0 |" in table
