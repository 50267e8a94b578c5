"""Differentiable augmentation: Zhao, Liu, Lin, Zhu & Han, "Differentiable Augmentation for Data-Efficient GAN Training", NeurIPS 2020.

Few pictures are soon known by heart. What D is shown, real or generated, is therefore changed at random, and G learns through the change.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

SHIFT, HOLE = 1 / 8, 1 / 2  # how far a picture is moved at most, and the side of what is cut out of it, as shares of its side


def uniform(y: Tensor, low: float, high: float) -> Tensor:
    """One number for every picture (N, 1, 1, 1), drawn on the CPU so that a seed gives the same on every device."""
    return torch.empty(len(y), 1, 1, 1).uniform_(low, high).to(y)


def coloured(y: Tensor) -> Tensor:
    """Brighter or darker by up to 0.5, saturation times 0 to 2, contrast times 0.5 to 1.5."""
    y = y + uniform(y, -0.5, 0.5)
    grey = y.mean(1, keepdim=True)
    y = grey + uniform(y, 0, 2) * (y - grey)
    mean = y.mean((1, 2, 3), keepdim=True)
    return mean + uniform(y, 0.5, 1.5) * (y - mean)


def moved(y: Tensor) -> Tensor:
    """Every picture by up to an eighth of its sides; what comes in from outside is 0."""
    height, width = y.shape[2:]
    down, right = round(SHIFT * height), round(SHIFT * width)
    padded = F.pad(y, (right, right, down, down))
    tops, lefts = (torch.randint(2 * most + 1, (len(y),)).tolist() for most in (down, right))
    return torch.stack([one[:, t : t + height, f : f + width] for one, t, f in zip(padded, tops, lefts, strict=True)])


def cut(y: Tensor) -> Tensor:
    """Without a rectangle of half its sides, somewhere, also over the border: 0 there."""
    height, width = y.shape[2:]
    rows = torch.arange(height, device=y.device)[:, None] - torch.randint(height, (len(y), 1, 1, 1)).to(y.device)
    columns = torch.arange(width, device=y.device) - torch.randint(width, (len(y), 1, 1, 1)).to(y.device)
    hole = (2 * rows.abs() < HOLE * height) & (2 * columns.abs() < HOLE * width)  # (N, 1, H, W)
    return y.masked_fill(hole, 0)


def augmented(y: Tensor) -> Tensor:
    """y (N, C, H, W) in [-1, 1], its colours, place and a hole drawn anew for every picture at every call, from torch's own state."""
    return cut(moved(coloured(y))).contiguous(memory_format=torch.channels_last)
