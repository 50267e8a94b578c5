"""What discriminators are shown in place of a picture."""

import pytest
import torch

from train.augment import Change, Placed, augmented


@pytest.fixture
def y():
    torch.manual_seed(0)
    return torch.rand(8, 3, 32, 48) * 2 - 1


@pytest.mark.parametrize("kind", ["coloured", "moved", "cut", "picture"])
def test_every_picture_is_changed_in_its_own_way_and_a_seed_repeats_it(y, kind):
    same = y[:1].expand(8, -1, -1, -1)

    def change(y):
        return getattr(Change(y), kind)(y)

    torch.manual_seed(1)
    first = change(same)
    torch.manual_seed(1)
    assert first.shape == y.shape and torch.equal(first, change(same))
    assert len({picture.numpy().tobytes() for picture in first}) > 1
    assert not torch.equal(first, change(same))


def test_colours_change_for_the_whole_picture_alike(y):
    z = Change(y).coloured(y)
    for before, after in zip(y, z, strict=True):  # an affine map of three channels: what it leaves over is nothing
        inputs = torch.cat([before.flatten(1), torch.ones(1, 32 * 48)]).T
        solution = torch.linalg.lstsq(inputs, after.flatten(1).T).solution
        torch.testing.assert_close(inputs @ solution, after.flatten(1).T, atol=1e-4, rtol=0)


def test_moved_pictures_are_the_old_pixels_elsewhere(y):
    for before, after in zip(y, Change(y).moved(y), strict=True):
        shifts = [(d, r) for d in range(-4, 5) for r in range(-6, 7)]
        inside = [torch.equal(after[:, 8 + d : 24 + d, 8 + r : 40 + r], before[:, 8:24, 8:40]) for d, r in shifts]
        assert sum(inside) == 1


def test_a_hole_of_half_the_sides_is_cut_and_the_rest_stays(y):
    z = Change(y).cut(y)
    for before, after in zip(y, z, strict=True):
        hole = (after == 0).all(0)
        assert torch.equal(after[:, ~hole], before[:, ~hole])
        rows, columns = hole.any(1).sum(), hole.any(0).sum()
        assert 0 < rows <= 16 and 0 < columns <= 24 and hole.sum() == rows * columns


def test_what_lies_beside_a_picture_is_moved_and_cut_with_it(y):
    change = Change(y)
    x = torch.arange(1.0, 1 + 32 * 48).reshape(1, 1, 32, 48).expand(8, -1, -1, -1)
    given, seen = change(x, y)
    places = given[:, 0].long() - 1
    for before, place, after in zip(change.coloured(y), places, seen, strict=True):
        inside = place >= 0
        assert 0.3 < inside.float().mean() < 1
        assert torch.equal(before.flatten(1)[:, place[inside]], after[:, inside]) and not after[:, ~inside].any()
    assert torch.equal(change(x, y)[1], seen)  # one change is the same for real and for generated


def test_gradients_pass_through(y):
    y.requires_grad_(True)
    augmented(y).square().sum().backward()
    assert y.grad.abs().sum((1, 2, 3)).min() > 0


def test_the_gradient_of_moved_and_cut_pictures_goes_the_same_way_back():
    torch.manual_seed(0)
    y = torch.rand(4, 2, 9, 7, dtype=torch.float64, requires_grad=True)
    moves, holes = [(0, 0), (3, -2), (-4, 1), (2, 5)], [((2, 6), (0, 3)), ((0, 4), (5, 8)), ((7, 11), (2, 4)), ((0, 0), (0, 0))]
    assert torch.autograd.gradcheck(lambda y: Placed.apply(y, moves, holes), y)
    assert torch.autograd.gradgradcheck(lambda y: Placed.apply(y, moves, holes).square(), y)


def test_colours_are_brightness_then_saturation_then_contrast(y):
    change = Change(y)
    z = y + change.brightness[..., None]
    grey = z.mean(1, keepdim=True)
    z = grey + change.saturation[..., None] * (z - grey)
    mean = z.mean((1, 2, 3), keepdim=True)
    torch.testing.assert_close(change.coloured(y), mean + change.contrast[..., None] * (z - mean), atol=1e-5, rtol=0)
