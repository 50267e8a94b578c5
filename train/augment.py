"""Differentiable augmentation: Zhao, Liu, Lin, Zhu & Han, "Differentiable Augmentation for Data-Efficient GAN Training", NeurIPS 2020.

Few pictures are soon known by heart. What D is shown, real or generated, is therefore changed at random, and G learns through the change.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

Seen = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]  # what a discriminator of pairs is shown of x and y
SHIFT, HOLE = 1 / 8, 1 / 2  # how far a picture is moved at most, and the sides of what is cut out of it, as shares of its sides


class Change:
    """A change for every picture of a batch like `y` (N, C, H, W), drawn from torch's own state, on the CPU, so that a seed gives the same
    on every device: colours, place, and a hole.
    """

    def __init__(self, y: Tensor):
        count, _, height, width = y.shape

        def uniform(low: float, high: float) -> Tensor:
            return torch.empty(count, 1, 1, 1).uniform_(low, high).to(y.device)

        def drawn(most: int) -> Tensor:
            return torch.randint(most, (count, 1, 1, 1)).to(y.device)

        self.brightness, self.saturation, self.contrast = uniform(-0.5, 0.5), uniform(0, 2), uniform(0.5, 1.5)
        self.most = round(SHIFT * height), round(SHIFT * width)
        self.corners = [torch.randint(2 * most + 1, (count,)).tolist() for most in self.most]
        rows, columns = (torch.arange(side, device=y.device) for side in (height, width))
        tall = 2 * (rows[:, None] - drawn(height)).abs() < HOLE * height  # (N, 1, H, 1)
        self.hole = tall & (2 * (columns - drawn(width)).abs() < HOLE * width)  # (N, 1, H, W)

    def coloured(self, y: Tensor) -> Tensor:
        """Brighter or darker by up to 0.5, saturation times 0 to 2, contrast times 0.5 to 1.5."""
        y = y + self.brightness.to(y)
        grey = y.mean(1, keepdim=True)
        y = grey + self.saturation.to(y) * (y - grey)
        mean = y.mean((1, 2, 3), keepdim=True)
        return mean + self.contrast.to(y) * (y - mean)

    def moved(self, y: Tensor) -> Tensor:
        """By up to an eighth of the sides; what comes in from outside is 0."""
        (height, width), (down, right) = y.shape[2:], self.most
        padded = F.pad(y, (right, right, down, down))
        return torch.stack([one[:, top : top + height, left : left + width] for one, top, left in zip(padded, *self.corners, strict=True)])

    def cut(self, y: Tensor) -> Tensor:
        """Without a rectangle of half the sides, somewhere, also over the border: 0 there."""
        return y.masked_fill(self.hole, 0).contiguous(memory_format=torch.channels_last)

    def picture(self, y: Tensor) -> Tensor:
        """Pictures (N, 3, H, W) in [-1, 1]."""
        return self.cut(self.moved(self.coloured(y)))

    def __call__(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures y, and beside them what they are of, x (N, C, H, W): in the same place and with the same hole."""
        return self.cut(self.moved(x)), self.picture(y)


def unchanged(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    return x, y


def augmented(y: Tensor) -> Tensor:
    """Pictures (N, 3, H, W), changed anew at every call."""
    return Change(y).picture(y)
