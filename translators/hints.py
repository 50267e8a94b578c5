"""Colour hints: strokes in colour that say what colour a drawing's regions have, after Zhang et al., "Real-Time User-Guided Image
Colorization with Learned Deep Priors", SIGGRAPH 2017, §3.2: the colours and a mask are four more channels of the generator's input.

A photo says where its regions end by its greys; a drawing says it by its lines, which a convolution does not follow far. So a stroke's
colour is spread over the region of the drawing that it lies in before the network sees it, and the network learns what to make of it.
"""

import numpy as np
import torch
from PIL import Image
from scipy import ndimage
from torch import Tensor

from translators.errors import BadPicture

CHANNELS = 4  # RGB in [-1, 1], 0 where there is no hint, and the mask, 1 where there is one and SPREAD where one was spread to
SPREAD = 0.5
INK = 0.5  # what of -1 … 1 is darker is a line
GAPS = (6, 3, 1)  # pixels: lines this much thicker on both sides close an outline; the thickest that leave a region count
TOUCHED = 0.25  # share of a stroke that must lie in a region to speak for it: hands slip over a line


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


def spread(drawing: Tensor, hints: Tensor) -> Tensor:
    """The hints (4, H, W), each stroke's colour spread over the regions of the drawing (C, H, W), in [-1, 1], that it lies in.

    A region ends at lines; openings of up to twice `GAPS` count as closed. In a region with several strokes every pixel takes the nearest's
    colour. What reaches the rim of the picture is the paper around the thing, and strokes there stay as they are.
    """
    told, free = hints[3].numpy() > 0, (drawing.mean(0) > INK).numpy()
    if not told.any() or free.all():
        return hints
    away, (pieces, _), (strokes, count) = ndimage.distance_transform_edt(free), ndimage.label(free), ndimage.label(told)
    least, left = TOUCHED * np.bincount(strokes.ravel(), minlength=count + 1), told.copy()
    colours, filled = hints[:3].numpy().copy(), told.copy()
    for gap in GAPS:
        if not left.any():
            break
        regions = _enclosed(away > gap, pieces)
        boxes = ndimage.find_objects(regions)
        (stroke, region), touched = np.unique(np.stack([strokes[left], regions[left]]), axis=1, return_counts=True)
        speaks = (region > 0) & (touched >= least[stroke])
        left &= ~np.isin(strokes, stroke[speaks])
        for number in np.unique(region[speaks]):
            box = boxes[number - 1]
            inside, part = regions[box] == number, colours[:, *box]
            y, x = ndimage.distance_transform_edt(~(inside & told[box]), return_distances=False, return_indices=True)
            fresh = inside & ~filled[box]
            part[:, fresh] = part[:, y[fresh], x[fresh]]
            filled[box] |= inside
    mask = np.where(told, 1.0, SPREAD * filled)[None]
    return torch.from_numpy(np.concatenate([colours, mask]).astype(np.float32))


def _enclosed(core: np.ndarray, pieces: np.ndarray) -> np.ndarray:
    """Numbers (H, W) of the regions whose insides, free of thickened lines, are `core`, grown back to the lines; 0 for the rest and for
    what reaches the rim. `pieces` (H, W) numbers what no line parts.
    """
    numbers, _ = ndimage.label(core)
    y, x = ndimage.distance_transform_edt(~core, return_distances=False, return_indices=True)
    grown = np.where(pieces == pieces[y, x], numbers[y, x], 0) * (pieces > 0)
    rim = np.concatenate([grown[0], grown[-1], grown[:, 0], grown[:, -1]])
    return np.where(np.isin(grown, rim), 0, grown)


def laid_over(x: Tensor) -> Tensor:
    """What a person sees of a generator's input (N, 3 or 7, H, W): the drawing with its hints on it, (N, 3, H, W)."""
    drawing, hints = x[:, :3], x[:, 3:]
    return torch.where(hints[:, 3:] > 0, hints[:, :3], drawing) if hints.shape[1] else drawing
