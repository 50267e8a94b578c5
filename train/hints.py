"""Colour hints as a person would leave them: a few strokes inside the thing, each in the one colour that the target has there.

Zhang et al. 2017 (§3.2) reveal square patches of the picture at random; a hand scribbles, inside one region mostly, and its colour is
never quite the picture's. Most things have one colour, which the network is told anyway; so that hints are listened to, some regions are
painted in a colour that nothing but a hint can tell.
"""

import colorsys

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
REPAINTED, REGIONS = 0.7, 3  # share of the hinted samples of which regions are painted anew, and how many at most
ALIKE, DARK = 0.35, -0.4  # how far, of -1 … 1, a region's colours lie apart at most; what is darker than this is a line, and stays
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


def repainted(target: np.ndarray, start: np.ndarray, silhouette: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The target (H, W, 3) in [-1, 1] with the region around `start` (x, y) in a colour of its own; its lines and shades stay.

    Colours are scaled, from black, so that the soft rim of a black line stays one. What is outside `silhouette` (H, W) stays too: a white
    shoe is one region with the white paper.
    """
    x, y = start
    old = target[y, x]
    if old.max() < DARK:
        return target
    alike, _ = ndimage.label(np.abs(target - old).max(2) < ALIKE)
    region = alike == alike[y, x]
    rim = ndimage.binary_dilation(region, iterations=2) & (target <= old + 0.1).all(2)  # between its colour and a line's
    region, rim = region & silhouette, rim & silhouette
    new = np.array(colorsys.hsv_to_rgb(rng.random(), rng.uniform(0.3, 1), rng.uniform(0.4, 1)), np.float32)
    scaled = ((target + 1) / 2 * new / ((old + 1) / 2).clip(0.15)).clip(0, 1) * 2 - 1
    return np.where((region | rim)[..., None], scaled, target)


def hints_of(y: Tensor, silhouette: np.ndarray, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """The target y (3, H, W) in [-1, 1], some of its regions painted anew, and its hints (4, H, W) as `translators.hints.to_channels` makes
    them. `silhouette` (H, W) is true inside the thing. No hints at all, and the target as it was, in 1 - `HINTED` of the draws.
    """
    size = y.shape[-1]
    hints = torch.zeros(4, size, size)
    if rng.random() >= HINTED or not silhouette.any():
        return y, hints
    around = ndimage.maximum_filter(silhouette, 2 * round(BESIDE * size / 256) + 1) & ~silhouette
    inside, beside = np.argwhere(silhouette), np.argwhere(around)  # (n, 2) as y, x
    target = y.permute(1, 2, 0).numpy()  # (H, W, 3)
    uneven = np.abs(target - ndimage.uniform_filter(target, (9, 9, 0))).max(2)

    def somewhere(places: np.ndarray) -> np.ndarray:
        """One of them as x, y, rather in a field than on a line."""
        return min(places[rng.integers(len(places), size=3)], key=lambda at: uneven[*at])[::-1]

    starts = [somewhere(inside) for _ in range(rng.integers(1, REGIONS + 1))] if rng.random() < REPAINTED else []
    for start in starts:  # each has a hint, for nothing else tells its colour
        target = repainted(target, start, silhouette, rng)
    blurred = ndimage.uniform_filter(target, (9, 9, 0))
    starts += [somewhere(beside if rng.random() < BACKGROUND and len(beside) else inside) for _ in range(rng.integers(1, MOST + 1))]
    painted, mask = np.zeros_like(target), np.zeros((size, size), bool)
    for start in starts[:MOST]:
        points = stroke(start.astype(float), size, rng)
        if rng.random() >= CARELESS:
            points = within_colour(points, blurred)
        here = covered(points, float(np.exp(rng.uniform(np.log(3), np.log(16)))) * size / 256, size)
        colour = np.median(target[here], 0) + rng.normal(0, NOISE, 3)
        painted[here], mask = colour.clip(-1, 1), mask | here
    hints = torch.cat([torch.from_numpy(painted).permute(2, 0, 1), torch.from_numpy(mask)[None].float()])
    return torch.from_numpy(np.ascontiguousarray(target.transpose(2, 0, 1))), hints
