"""What of a picture was never photographed: the flat corners that a photo has where it was straightened."""

import torch
import torch.nn.functional as F
from torch import Tensor

LEVEL = 2 / 255  # of grey, in [-1, 1]
FILLS = {"black": (-1.0, -1.0 + 26 * LEVEL), "middle grey": (-7 * LEVEL, 15 * LEVEL)}  # 0 to 26 and 120 to 142 of 255
NOISE = 12 * LEVEL  # what a JPEG leaves of a flat colour
WIDE, FINE = 9, 3  # windows, in pixels: flat over the wide one is a corner; over the fine one also a dark window, or a corner's tip
BLURRED = 4  # pixels that the blurred, dark edge of a corner takes
LONG = 33  # pixels along a side that a wedge too thin for the wide window takes, with its edges
CELL, TIP = 8, 6  # a tip is sought in cells of so many pixels, and up to so many cells away


def highest_along(found: Tensor, window: int, dim: int) -> Tensor:
    """The highest value within `window` places, an odd number, around each along one dimension; nothing lies beyond the ends. Windows are
    made of two overlapping smaller ones: 6 steps for 33 places.
    """
    half = window // 2
    beyond = torch.full_like(found.narrow(dim, 0, 1), -torch.inf).repeat_interleave(half, dim)
    found, seen = torch.cat([beyond, found, beyond], dim), 1
    while seen < window:
        step = min(seen, window - seen)
        left = found.shape[dim] - step
        found, seen = torch.maximum(found.narrow(dim, 0, left), found.narrow(dim, step, left)), seen + step
    return found


def highest(found: Tensor, window: int) -> Tensor:
    """(N, 1, H, W) → as many: the highest value within a square window around each."""
    return highest_along(highest_along(found, window, -1), window, -2)


def long(found: Tensor) -> Tensor:
    """Of (N, 1, H, W), 0 or 1, what belongs to runs of `LONG` down or across; the picture's sides count as found."""
    return torch.maximum(*(highest_along(-highest_along(-found, LONG, dim), LONG, dim) for dim in (-2, -1)))


def from_the_left(found: Tensor) -> Tensor:
    return found.cumprod(-1)


def flat(y: Tensor, window: int) -> Tensor:
    """Where pictures (N, 3, H, W) in [-1, 1] are one black or one middle grey over a window, from a side of the picture on without a break:
    (N, 1, H, W), 0 or 1. Edges count too.
    """
    top, bottom = highest(y.amax(1, keepdim=True), window), -highest(-y.amin(1, keepdim=True), window)
    filled = sum((low <= bottom) & (top <= high) for low, high in FILLS.values())
    found = highest((filled * (top - bottom <= NOISE)).float(), 2 * (window // 2 + BLURRED) + 1)
    rows = from_the_left(found) + from_the_left(found.flip(-1)).flip(-1)
    columns = from_the_left(found.mT).mT + from_the_left(found.mT.flip(-1)).flip(-1).mT
    return (rows + columns > 0).float()


def rims(y: Tensor) -> Tensor:
    """The flat corners of pictures (N, 3, H, W) in [-1, 1]: (N, 1, H, W), bool. A flat place counts that is `WIDE` or `LONG`, and with it
    the fine ones near by, its tips.
    """
    fine = flat(y, FINE)
    corners = torch.maximum(flat(y, WIDE), long(fine))
    cells = F.max_pool2d(corners, CELL, ceil_mode=True)  # (N, 1, ⌈H/8⌉, ⌈W/8⌉)
    near = highest(cells, 2 * TIP + 1).repeat_interleave(CELL, -1).repeat_interleave(CELL, -2)[..., : y.shape[-2], : y.shape[-1]]
    return torch.maximum(corners, fine * near) > 0


def without_rims(y: Tensor, y_fake: Tensor) -> tuple[Tensor, Tensor]:
    """Both with one plain colour, the mean of the rest of y, where y has rims: nothing is learned there, and no discriminator is shown
    that a photo may be black at its sides. Pictures (N, 3, H, W) in [-1, 1].
    """
    found = rims(y)
    rest = (~found).to(y.dtype)
    mean = (y * rest).sum((2, 3), keepdim=True) / rest.sum((2, 3), keepdim=True).clamp_min(1)
    return torch.where(found, mean, y), torch.where(found, mean, y_fake)
