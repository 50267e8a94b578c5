"""Flat corners of straightened photos."""

import pytest
import torch

from train.rims import BLURRED, rims, without_rims


def photo() -> torch.Tensor:
    """Noise without black or grey, 40 x 40."""
    return torch.rand(1, 3, 40, 40, generator=torch.Generator().manual_seed(0)) * 0.5 + 0.3


@pytest.mark.parametrize("level", [-1.0, 0.004], ids=["black", "middle grey"])
@pytest.mark.parametrize("turned", range(4))
def test_a_flat_wedge_at_any_side_is_found_up_to_its_blurred_edge(level, turned):
    y = photo()
    wedge = torch.ones(40, 40, dtype=torch.bool).tril(-20).rot90(turned)
    y[..., wedge] = level
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
    y[..., :10], y[..., :4], y[..., 4] = 0, -1, -0.5
    assert rims(y)[..., :10].all()


def test_no_gradient_flows_where_a_rim_is():
    y, y_fake = photo(), photo().neg().requires_grad_()
    y[..., :12] = 0
    shown = without_rims(y_fake, y)
    shown.sum().backward()
    assert torch.equal(shown[..., :12], y[..., :12]) and not y_fake.grad[..., :12].any()
    assert torch.equal(shown[..., 20:], y_fake[..., 20:]) and y_fake.grad[..., 20:].all()
