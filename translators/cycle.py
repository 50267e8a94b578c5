"""There and back: what Zhu 2017 asks of a pair G: X → Y, F: Y → X, and how to look at what it does instead.

    cycle     F(G(x)) ≈ x                  Zhu, Park, Isola & Efros, ICCV 2017, equation 2
    identity  F(x) ≈ x, x already in X     the same, §5.2
    hiding    F(JPEG(G(x))) against F(G(x)): G may write what F needs into noise too faint to see, and a JPEG takes that noise away
              (Chu, Zhmoginov & Sandler, "CycleGAN, a Master of Steganography", 2017)

The tensors stay float between the networks: rounding G(x) to a picture would already take away some of what it hides.
"""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image
from torch import Tensor

from translators.from_photo import PhotoTranslator
from translators.images import to_image, to_tensor

HOTTEST = 128  # the difference, of 255, from which on the error map is white


@dataclass(frozen=True)
class Round:
    """y = G(start) and x_cycled = F(y), (1, 3, H, W) in [-1, 1]; `l1` is the mean of |x_cycled − x| on [0, 255], against the photo x."""

    y: Tensor
    x_cycled: Tensor
    l1: float


def round_trip(there: PhotoTranslator, back: PhotoTranslator, start: Tensor, x: Tensor) -> Round:
    """Once through G and F from `start`: the photo x itself, or the last round's `x_cycled`."""
    y = there.restyle(start)
    x_cycled = back.restyle(y)
    return Round(y, x_cycled, l1(x_cycled, x))


def rounds(there: PhotoTranslator, back: PhotoTranslator, photo: Image.Image, count: int) -> list[Round]:
    """`count` round trips, each from where the last one ended, all measured against the photo."""
    x = to_tensor(photo)
    trips: list[Round] = []
    for _ in range(count):
        trips.append(round_trip(there, back, trips[-1].x_cycled if trips else x, x))
    return trips


def jpeg(y: Tensor, quality: int = 75) -> Tensor:
    """The picture y as a JPEG file gives it back."""
    file = io.BytesIO()
    to_image(y).save(file, "JPEG", quality=quality)
    return to_tensor(Image.open(file))


def l1(a: Tensor, b: Tensor) -> float:
    """Mean absolute difference over pixels and channels, on [0, 255]."""
    return float((a - b).abs().mean() * 127.5)


def error_map(a: Tensor, b: Tensor) -> Image.Image:
    """The mean difference of every pixel's channels as heat, white from 128 of 255 on."""
    return heat((a - b).abs().mean(1)[0].cpu().numpy() * 127.5 / HOTTEST)


def heat(share: np.ndarray) -> Image.Image:
    """(H, W) → RGB: black 0, then red, yellow, white from 1 on."""
    ramps = np.stack([3 * share, 3 * share - 1, 3 * share - 2], -1)  # (H, W, 3)
    return Image.fromarray((ramps.clip(0, 1) * 255).round().astype(np.uint8))
