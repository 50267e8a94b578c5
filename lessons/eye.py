"""What a PatchGAN looks at: Isola, Zhu, Zhou & Efros, CVPR 2017, §3.3 ("Markovian discriminator") and Fig. 6.

The window is that of the convolutions. A norm with the statistics of the picture looks at all of it, if only for mean and variance.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from translators.pix2pix import PatchGAN


class Window(NamedTuple):
    """The logit of cell i sees the pixels from `start + i * step` on, `size` of them along each side; some may lie outside the picture."""

    start: int
    step: int
    size: int


def window(discriminator: PatchGAN) -> Window:
    start, step, size = 0, 1, 1
    for conv in discriminator.convs:
        start -= conv.padding[0] * step
        size += (conv.kernel_size[0] - 1) * step
        step *= conv.stride[0]
    return Window(start, step, size)


@torch.inference_mode()
def judged(discriminator: PatchGAN, x: Tensor, y: Tensor) -> Tensor:
    """x, y (1, C, H, W) → σ(logit) of every cell, (h, w): near 1 where the window looks real, near 0 where it looks painted."""
    return torch.sigmoid(discriminator(x, y))[0, 0]
