"""Differentiable augmentation: Zhao, Liu, Lin, Zhu & Han, "Differentiable Augmentation for Data-Efficient GAN Training", NeurIPS 2020.

Few pictures are soon known by heart. What D is shown, real or generated, is therefore changed at random, and G learns through the change.
"""

from collections.abc import Callable

import torch
from torch import Tensor

Seen = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]  # what a discriminator of pairs is shown of x and y
Span = tuple[int, int]  # from, to
SHIFT, HOLE = 1 / 8, 1 / 2  # how far a picture is moved at most, and the sides of what is cut out of it, as shares of its sides


class Placed(torch.autograd.Function):
    """Pictures (N, C, H, W), each moved by its (down, right) and then with its hole, (rows, columns). Holes and what comes in from outside
    are 0.

    The gradient goes the same way back: moved by (-down, -right), with the holes where they were before the move.
    """

    @staticmethod
    def forward(ctx, y: Tensor, moves: list[tuple[int, int]], holes: list[tuple[Span, Span]]) -> Tensor:
        ctx.moves, ctx.holes = moves, holes
        height, width = y.shape[2:]
        z = torch.zeros_like(y)
        for old, new, (down, right), (rows, columns) in zip(y, z, moves, holes, strict=True):
            top, left, bottom, last = max(down, 0), max(right, 0), height + min(down, 0), width + min(right, 0)
            new[:, top:bottom, left:last] = old[:, top - down : bottom - down, left - right : last - right]
            new[:, slice(*rows), slice(*columns)] = 0
        return z

    @staticmethod
    def backward(ctx, g: Tensor) -> tuple[Tensor, None, None]:
        def before(span: Span, moved: int) -> Span:
            return max(span[0] - moved, 0), max(span[1] - moved, 0)

        back = [(-down, -right) for down, right in ctx.moves]
        holes = [tuple(map(before, hole, move)) for hole, move in zip(ctx.holes, ctx.moves, strict=True)]
        return Placed.apply(g, back, holes), None, None


class Change:
    """A change for every picture of a batch like `y` (N, C, H, W), drawn from torch's own state, on the CPU, so that a seed gives the same
    on every device: colours, place, and a hole.
    """

    def __init__(self, y: Tensor):
        count, _, *sides = y.shape

        def uniform(low: float, high: float) -> Tensor:
            return torch.empty(count, 1, 1).uniform_(low, high).to(y.device)

        def drawn(low: int, high: int) -> int:
            return int(torch.randint(low, high + 1, ()))

        def hole(side: int) -> Span:
            length, middle = round(HOLE * side), drawn(0, side - 1)
            return max(middle - length // 2, 0), middle - length // 2 + length

        self.brightness, self.saturation, self.contrast = uniform(-0.5, 0.5), uniform(0, 2), uniform(0.5, 1.5)
        shifts = [round(SHIFT * side) for side in sides]
        self.moves = [tuple(drawn(-shift, shift) for shift in shifts) for _ in range(count)]
        self.holes = [tuple(map(hole, sides)) for _ in range(count)]

    def coloured(self, y: Tensor) -> Tensor:
        """Brighter or darker by b, up to 0.5; then saturation times s, 0 to 2; then contrast times c, 0.5 to 1.5, about the mean m of the
        whole picture.

        In one: c s y + c (1 - s) · mean of y over channels + (1 - c) m + b.
        """
        mixed = self.contrast * (self.saturation * torch.eye(3, device=y.device) + (1 - self.saturation) / 3)  # (N, 3, 3), symmetric
        shift = (1 - self.contrast) * y.mean((1, 2, 3))[:, None, None] + self.brightness
        pixels = y.permute(0, 2, 3, 1)  # (N, H, W, 3): as channels-last pictures lie in memory
        changed = pixels.flatten(1, 2) @ mixed.to(y) + shift.to(y)
        return changed.view(pixels.shape).permute(0, 3, 1, 2)

    def moved(self, y: Tensor) -> Tensor:
        """By up to an eighth of the sides; what comes in from outside is 0."""
        return Placed.apply(y, self.moves, [((0, 0), (0, 0))] * len(y))

    def cut(self, y: Tensor) -> Tensor:
        """Without a rectangle of half the sides, somewhere, also over the border: 0 there."""
        return Placed.apply(y, [(0, 0)] * len(y), self.holes)

    def placed(self, y: Tensor) -> Tensor:
        """Moved, and then cut."""
        return Placed.apply(y, self.moves, self.holes)

    def picture(self, y: Tensor) -> Tensor:
        """Pictures (N, 3, H, W) in [-1, 1]."""
        return self.placed(self.coloured(y))

    def __call__(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures y, and beside them what they are of, x (N, C, H, W): in the same place and with the same hole."""
        return self.placed(x), self.picture(y)


def unchanged(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    return x, y


def augmented(y: Tensor) -> Tensor:
    """Pictures (N, 3, H, W), changed anew at every call."""
    return Change(y).picture(y)
