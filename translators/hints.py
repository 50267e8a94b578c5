"""Colour hints: strokes in colour that say what colour a drawing's regions have, after Zhang et al., "Real-Time User-Guided Image
Colorization with Learned Deep Priors", SIGGRAPH 2017, §3.2: the colours and a mask are four more channels of the generator's input.
"""

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from translators.errors import BadPicture

CHANNELS = 4  # RGB in [-1, 1], 0 where there is no hint, and the mask, 1 where there is one


def refuse_other_size(hints: Image.Image, size: tuple[int, int]) -> None:
    """BadPicture where hints have another size than the drawing's."""
    if hints.size != size:
        sizes = f"{hints.width:,} x {hints.height:,} pixels, the drawing has {size[0]:,} x {size[1]:,}"
        raise BadPicture(f"The colour hints have {sizes}: the two must be equal.")


def to_channels(hints: Image.Image) -> Tensor:
    """An RGBA picture, opaque where a hint is → (1, 4, H, W)."""
    pixels = torch.from_numpy(np.array(hints.convert("RGBA"), np.float32)).permute(2, 0, 1)[None]  # (1, 4, H, W)
    mask = (pixels[:, 3:] >= 128).float()
    return torch.cat([(pixels[:, :3] / 127.5 - 1) * mask, mask], 1)


def laid_over(x: Tensor) -> Tensor:
    """What a person sees of a generator's input (N, 3 or 7, H, W): the drawing with its hints on it, (N, 3, H, W)."""
    drawing, hints = x[:, :3], x[:, 3:]
    return torch.where(hints[:, 3:] > 0, hints[:, :3], drawing) if hints.shape[1] else drawing
