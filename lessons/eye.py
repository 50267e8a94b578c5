"""What a PatchGAN looks at: Isola, Zhu, Zhou & Efros, CVPR 2017, §3.3 ("Markovian discriminator") and Fig. 6; and what several do that
judge a picture at several scales: Wang et al., CVPR 2018, §3.2.

The window is that of the convolutions. A norm with the statistics of the picture looks at all of it, if only for mean and variance.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from translators.pix2pix import PatchGAN
from translators.pix2pixhd import MultiScale


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


def windows(discriminators: MultiScale) -> list[Window]:
    """For every scale, the finest first, the window of a cell in pixels of the finest."""
    found = []
    for level, discriminator in enumerate(discriminators.discriminators):
        start, step, size = window(discriminator)
        for _ in range(level):  # a pixel is the mean of three pixels a side of the finer scale, 2i - 1 to 2i + 1
            start, step, size = 2 * start - 1, 2 * step, 2 * size + 1
        found.append(Window(start, step, size))
    return found


@torch.inference_mode()
def judged_at_scales(discriminators: MultiScale, x: Tensor, y: Tensor) -> list[Tensor]:
    """x, y (1, C, H, W) → for every scale the logits of all cells, (h, w), cut to [0, 1]: trained by least squares, they are near 1 where
    the window looks real and near 0 where it looks painted.
    """
    return [logits[0, 0].clamp(0, 1) for logits in discriminators(x, y)]
