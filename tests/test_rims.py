"""Flat corners of straightened photos."""

import pytest
import torch

from train.rims import BLURRED, LEVEL, rims, without_rims


def photo(width: int = 40) -> torch.Tensor:
    """Noise without black or grey, 40 pixels high."""
    return torch.rand(1, 3, 40, width, generator=torch.Generator().manual_seed(0)) * 0.5 + 0.3


@pytest.mark.parametrize("level", [0, 11, 20, 129, 135])
@pytest.mark.parametrize("turned", range(4))
def test_a_flat_wedge_at_any_side_is_found_up_to_its_blurred_edge(level, turned):
    y = photo()
    wedge = torch.ones(40, 40, dtype=torch.bool).tril(-20).rot90(turned)
    y[..., wedge] = level * LEVEL - 1
    found = rims(y)[0, 0]
    assert found[wedge].all()
    far = torch.nn.functional.max_pool2d(wedge[None].float(), 4 * BLURRED + 1, 1, 2 * BLURRED)[0] == 0
    assert not found[far].any()


def test_what_is_dark_or_grey_inside_or_bright_at_a_side_is_none():
    y = photo()
    y[..., 10:30, 10:30] = -1
    y[..., :8, :] = 1
    assert not rims(y).any()


def test_a_line_between_black_and_grey_breaks_no_corner():
    y = photo()
    y[..., :20], y[..., :10], y[..., 10] = 0, -1, -0.5
    assert rims(y)[..., :20].all()


def test_what_a_jpeg_leaves_of_black_is_flat():
    y = photo()
    y[..., :12] = -1 + LEVEL * torch.randint(6, 17, (1, 3, 40, 12), generator=torch.Generator().manual_seed(0))
    assert rims(y)[..., :12].all()


def test_a_corner_has_its_tips_and_a_dark_window_at_a_side_is_none():
    y = photo(120)
    corner, tip, window = (slice(30), slice(12)), (slice(30, 38), slice(3)), (slice(20, 24), slice(-4, None))
    for place in (corner, tip, window):
        y[..., *place] = -0.95
    found = rims(y)[0, 0]
    assert found[corner].all() and found[tip].all() and not found[window].any()


@pytest.mark.parametrize("turned", range(4))
def test_a_thin_wedge_is_one_if_it_is_long(turned):
    y = photo(180).mT.contiguous()  # (1, 3, 180, 40)
    wedge, window = (slice(20, 80), slice(4)), (slice(150, 156), slice(-4, None))  # too far away to be its tip
    for place in (wedge, window):
        y[..., *place] = -0.95
    found = rims(y.rot90(turned, (-2, -1))).rot90(-turned, (-2, -1))[0, 0]
    assert found[wedge].all() and not found[window].any()


def test_no_gradient_flows_where_a_rim_is():
    y, y_fake = photo(), photo().neg().requires_grad_()
    y[..., :12] = 0
    real, shown = without_rims(y, y_fake)
    shown.sum().backward()
    mean = real[..., :1, :1]
    assert (real[..., :12] == mean).all() and (shown[..., :12] == mean).all() and not y_fake.grad[..., :12].any()
    assert torch.allclose(mean.flatten(), y[..., 20:].mean((0, 2, 3)), atol=0.02) and mean.min() > 0.3  # neither black nor grey
    assert torch.equal(real[..., 20:], y[..., 20:]) and torch.equal(shown[..., 20:], y_fake[..., 20:]) and y_fake.grad[..., 20:].all()


def test_nothing_is_left_of_a_picture_that_is_all_rim():
    real, shown = without_rims(torch.full((1, 3, 40, 40), -1.0), photo())
    assert torch.equal(real, shown) and real.isfinite().all()
