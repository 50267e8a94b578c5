"""Colour hints as a person would leave them: a few strokes inside the thing, each in the one colour that the target has there.

Zhang et al. 2017 (§3.2) reveal square patches of the picture at random; a hand scribbles, inside one region mostly, and its colour is
never quite the picture's.
"""

import numpy as np
import torch
from PIL import Image, ImageDraw
from scipy import ndimage
from torch import Tensor

HINTED = 0.6  # share of the samples with hints; the others teach what to do without
MOST, LONGEST = 12, 100.0  # strokes a sample; their length in pixels of 256
BACKGROUND, BESIDE = 0.1, 10  # share of the strokes on the paper beside the thing, and how far from it, in pixels of 256
CARELESS = 0.2  # share of the strokes that mind no border between colours
SAME = 0.4  # how far, of -1 … 1, a colour may lie from the stroke's first for the stroke to go on
NOISE = 0.04  # standard deviation of a hint's colour from the true one
STEP = 3.0  # pixels of 256 between the points of a stroke


def stroke(start: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """The points (n, 2) as x, y of a stroke from `start`: a dab, a line, an arc or a scribble, of up to `LONGEST`."""
    length = float(np.exp(rng.uniform(np.log(2.0), np.log(LONGEST))))
    steps = 1 + int(length / STEP)
    heading = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.uniform(-0.5, 0.5) + rng.normal(0, 0.15, steps))
    moves = STEP * size / 256 * np.stack([np.cos(heading), np.sin(heading)], 1)
    return start + np.concatenate([np.zeros((1, 2)), np.cumsum(moves, 0)])


def within_colour(points: np.ndarray, blurred: np.ndarray) -> np.ndarray:
    """The points of a stroke up to where the colour (H, W, 3) under it becomes another."""
    x, y = points.round().astype(int).clip(0, len(blurred) - 1).T
    other = np.abs(blurred[y, x] - blurred[y[0], x[0]]).max(1) > SAME
    return points[: other.argmax()] if other.any() else points


def covered(points: np.ndarray, width: float, size: int) -> np.ndarray:
    """What a round brush `width` pixels wide paints along the points: boolean (size, size)."""
    canvas, r = Image.new("1", (size, size)), width / 2
    brush = ImageDraw.Draw(canvas)
    brush.line([tuple(point) for point in points], fill=1, width=max(round(width), 1))
    for x, y in points:
        brush.ellipse((x - r, y - r, x + r, y + r), fill=1)
    return np.array(canvas)


def hints_of(y: Tensor, silhouette: np.ndarray, rng: np.random.Generator) -> Tensor:
    """Hints for a target y (3, H, W) in [-1, 1] whose silhouette (H, W) is true inside the thing: (4, H, W), as
    `translators.hints.to_channels` makes them. None at all in 1 - `HINTED` of the draws.
    """
    size = y.shape[-1]
    hints = torch.zeros(4, size, size)
    if rng.random() >= HINTED or not silhouette.any():
        return hints
    around = ndimage.maximum_filter(silhouette, 2 * round(BESIDE * size / 256) + 1) & ~silhouette
    inside, beside = np.argwhere(silhouette), np.argwhere(around)  # (n, 2) as y, x
    target = y.permute(1, 2, 0).numpy()  # (H, W, 3)
    blurred = ndimage.uniform_filter(target, (9, 9, 0))
    uneven = np.abs(target - blurred).max(2)
    painted, mask = np.zeros_like(target), np.zeros((size, size), bool)
    for _ in range(rng.integers(1, MOST + 1)):
        starts = beside if rng.random() < BACKGROUND and len(beside) else inside
        y_start, x_start = min(starts[rng.integers(len(starts), size=3)], key=lambda at: uneven[*at])  # rather in a field than on a line
        points = stroke(np.array([x_start, y_start], float), size, rng)
        if rng.random() >= CARELESS:
            points = within_colour(points, blurred)
        here = covered(points, float(np.exp(rng.uniform(np.log(3), np.log(16)))) * size / 256, size)
        colour = np.median(target[here], 0) + rng.normal(0, NOISE, 3)
        painted[here], mask = colour.clip(-1, 1), mask | here
    return torch.cat([torch.from_numpy(painted).permute(2, 0, 1), torch.from_numpy(mask)[None].float()])
