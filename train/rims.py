"""What of a picture was never photographed: the flat corners that a photo has where it was straightened."""

import torch
import torch.nn.functional as F
from torch import Tensor

NEAR = 8 / 127.5  # how far from black or middle grey a colour may be, in [-1, 1]
BLURRED = 2  # pixels that a corner's edge takes


def from_the_left(flat: Tensor) -> Tensor:
    return flat.cumprod(-1)


def rims(y: Tensor) -> Tensor:
    """Where pictures (N, 3, H, W) in [-1, 1] are black or middle grey from one of their sides on, without a break: (N, 1, H, W), bool."""
    black, grey = (y + 1).abs().amax(1, keepdim=True), y.abs().amax(1, keepdim=True)
    flat = (torch.minimum(black, grey) < NEAR).float()
    flat = F.max_pool2d(flat, 2 * BLURRED + 1, 1, BLURRED)  # edges count too, and break no row
    rows = from_the_left(flat) + from_the_left(flat.flip(-1)).flip(-1)
    columns = from_the_left(flat.mT).mT + from_the_left(flat.mT.flip(-1)).flip(-1).mT
    return rows + columns > 0


def without_rims(y_fake: Tensor, y: Tensor) -> Tensor:
    """y_fake with y's own rims: nothing is learned there. Pictures (N, 3, H, W) in [-1, 1]."""
    return torch.where(rims(y), y, y_fake)
