"""Hand drawings out of edge maps: what a mouse draws is not what an edge detector finds.

A picture's lines exist in several drafts (all its edges, the strong ones, the outline alone); `draw` picks one, forgets parts of it,
moves it, and goes over it with a pen of another width. Lines are kept as distance fields until the pen touches them, so that they can be
scaled and bent without breaking.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw
from scipy import ndimage
from skimage.measure import approximate_polygon, find_contours
from skimage.morphology import skeletonize
from torch import Tensor

FAR = 24.0  # pixels: beyond this no pen reaches, so the distance field is cut there
CRUMB = 12  # pixels: a hand draws no line so short
STRAY, PAIR = 0.2, 0.06  # share of the drawings that are small, in a corner or askew; of those that show the thing twice


@dataclass(frozen=True)
class Drafts:
    """The one-pixel lines of one picture, boolean (H, W): all of them, thinner selections, the outline, and the filled silhouette."""

    full: np.ndarray
    selections: tuple[np.ndarray, ...]
    outline: np.ndarray
    silhouette: np.ndarray


def fill(lines: np.ndarray) -> np.ndarray:
    """What lines (H, W) enclose, small gaps closed: boolean (H, W), the largest piece and those at least a tenth of it."""
    closed = ndimage.binary_closing(np.pad(lines, 8), iterations=4)[8:-8, 8:-8]
    filled = ndimage.binary_opening(ndimage.binary_fill_holes(closed), iterations=2)
    pieces, count = ndimage.label(filled)
    if not count:
        return closed
    sizes = np.bincount(pieces.ravel())[1:]
    return np.isin(pieces, 1 + np.flatnonzero(sizes >= sizes.max() / 10))


def border(silhouette: np.ndarray) -> np.ndarray:
    """The one-pixel outline of a silhouette, boolean (H, W)."""
    return silhouette & ~ndimage.binary_erosion(silhouette)


def drafts_of_edges(thin: Image.Image, soft: Image.Image) -> Drafts:
    """Drafts of a photo: its thin edges (black on white) and its soft edge strength (dark is strong)."""
    full = np.asarray(thin.convert("L")) < 128
    strength = 1 - np.asarray(soft.convert("L"), np.float32) / 255
    silhouette = fill(strength > 0.45)
    selections = [full & (ndimage.grey_dilation(strength, 5) > t) for t in (0.5, 0.75)]
    selections += [skeletonize(strength > t) for t in (0.3, 0.5, 0.7)]
    return Drafts(full, tuple(selections), border(silhouette), silhouette)


def drafts_of_drawing(drawing: Image.Image) -> Drafts:
    """Drafts of a clean line drawing, dark on white."""
    ink = np.asarray(drawing.convert("L")) < 128
    full = skeletonize(ink)
    silhouette = fill(ink)
    return Drafts(full, (full,), border(silhouette), silhouette)


def smooth_noise(size: int, cells: int, channels: int, rng: np.random.Generator) -> Tensor:
    """Smooth noise (1, channels, size, size) with about `cells` bumps a side, standard normal at the bumps."""
    coarse = torch.from_numpy(rng.standard_normal((1, channels, cells, cells), np.float32))
    return F.interpolate(coarse, (size, size), mode="bicubic", align_corners=False)


def simplified(outline: np.ndarray, silhouette: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The outline redrawn with few straight strokes: a polygon that leaves it by 1.5 to 4 pixels at most."""
    canvas = Image.new("1", outline.shape[::-1])
    pen = ImageDraw.Draw(canvas)
    for contour in find_contours(np.pad(silhouette, 1).astype(np.float32), 0.5):
        corners = approximate_polygon(contour - 1, rng.uniform(1.5, 4.0))
        if len(corners) > 2:
            pen.line([(float(x), float(y)) for y, x in corners], fill=1)
    return np.array(canvas)


def without_crumbs(lines: np.ndarray) -> np.ndarray:
    """Lines (H, W) without the pieces of fewer than `CRUMB` pixels."""
    pieces, count = ndimage.label(lines, np.ones((3, 3)))
    return (np.bincount(pieces.ravel(), minlength=count + 1) >= CRUMB)[pieces] & lines


def choose_lines(drafts: Drafts, rng: np.random.Generator) -> np.ndarray:
    """One draft of the drawing, boolean (H, W): every line, the strong lines, half-forgotten inner lines, or the outline alone."""
    kind = rng.random()
    if kind < 0.30:
        lines = drafts.full
    elif kind < 0.60:
        lines = drafts.selections[rng.integers(len(drafts.selections))]
    elif kind < 0.82:  # some of the inner lines are missing, the outline is there
        lines = drafts.selections[rng.integers(len(drafts.selections))]
        kept = smooth_noise(len(lines), int(rng.integers(4, 12)), 1, rng)[0, 0].numpy() > rng.uniform(-0.6, 0.6)
        lines = (lines & kept) | drafts.outline
    elif kind < 0.92:
        lines = drafts.outline
    else:
        lines = simplified(drafts.outline, drafts.silhouette, rng)
    lines = without_crumbs(lines)
    if rng.random() < 0.4 and lines.any():  # open contours: bites of 2 to 6 pixels
        lines = lines.copy()
        points = np.argwhere(lines)
        y, x = np.ogrid[: len(lines), : lines.shape[1]]
        for cy, cx in points[rng.integers(len(points), size=rng.integers(1, 4))]:
            lines &= (y - cy) ** 2 + (x - cx) ** 2 > rng.uniform(2, 6) ** 2
    return lines if lines.any() else drafts.full


def pen(lines: np.ndarray, width: float, zoom: int = 1) -> np.ndarray:
    """One-pixel lines (H, W) gone over with a round pen `width` pixels wide, `zoom` times as large: ink (zoom·H, zoom·W) in 0..1."""
    distance = ndimage.distance_transform_edt(~lines)
    if zoom > 1:
        distance = ndimage.zoom(distance, zoom, order=1, grid_mode=True, mode="nearest") * zoom
    return (width * zoom / 2 - distance + 0.5).clip(0, 1)


@dataclass(frozen=True)
class Placement:
    """Where the picture lies on the canvas: scale, rotation in radians, shift as a share of the side, mirrored or not."""

    scale: float = 1.0
    angle: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)
    mirror: bool = False

    def grid(self, size: int) -> Tensor:
        """Sampling grid (1, size, size, 2) for `F.grid_sample`."""
        c, s = np.cos(self.angle) / self.scale, np.sin(self.angle) / self.scale
        flip = -1.0 if self.mirror else 1.0
        theta = torch.tensor([[[flip * c, flip * -s, 2 * self.shift[0]], [s, c, 2 * self.shift[1]]]], dtype=torch.float32)
        return F.affine_grid(theta, [1, 1, size, size], align_corners=False)


def random_placement(rng: np.random.Generator) -> Placement:
    """Near to filling the canvas, or, in `STRAY` of the draws, small, as far off the middle as it fits, and tilted."""
    mirror = bool(rng.random() < 0.5)
    if rng.random() >= STRAY:
        shift = float(rng.uniform(-0.05, 0.05)), float(rng.uniform(-0.08, 0.08))
        return Placement(float(rng.uniform(0.78, 1.08)), float(rng.normal(0, 0.04)), shift, mirror)
    scale = float(rng.uniform(0.4, 0.8))
    right, down = rng.uniform(-1, 1, 2) * (1 - scale) / (2 * scale)
    return Placement(scale, float(rng.normal(0, 0.15)), (float(right), float(down)), mirror)


def random_placements(rng: np.random.Generator) -> list[Placement]:
    """One, or, in `PAIR` of the draws, two of about half the size that lie apart: one shoe makes a pair."""
    if rng.random() >= PAIR:
        return [random_placement(rng)]
    mirror = bool(rng.random() < 0.5)
    aside, along = rng.permutation([rng.uniform(0.24, 0.27), rng.uniform(-0.1, 0.1)])  # shares of the canvas' side
    both = []
    for way in (1, -1):
        scale = float(rng.uniform(0.42, 0.58))
        both.append(Placement(scale, float(rng.normal(0, 0.06)), (float(way * aside / scale), float(way * along / scale)), mirror))
    return both


def place(picture: Tensor, placement: Placement) -> Tensor:
    """A picture (3, H, W) in [-1, 1] laid on white by a placement."""
    grid = placement.grid(picture.shape[-1])
    return F.grid_sample(picture[None] - 1, grid, mode="bilinear", padding_mode="zeros", align_corners=False)[0] + 1


def draw(drafts: Drafts, placement: Placement, rng: np.random.Generator, wobble: float = 1.6, width: float | None = None) -> Tensor:
    """A hand drawing of the picture: (1, H, W) in [-1, 1], black ink on white.

    `wobble` is the greatest standard deviation, in pixels, of the hand; `width` is the pen's, in pixels, drawn from 1 to 9 where None:
    the square of a number drawn evenly from 1 to 3, so that half of the pens are wider than 4 pixels.
    """
    lines = choose_lines(drafts, rng)
    size = len(lines)
    distance = ndimage.distance_transform_edt(~lines).astype(np.float32).clip(0, FAR)
    field = torch.from_numpy(distance)[None, None] - FAR
    width = float(rng.uniform(1, 3) ** 2) if width is None else width

    ink = torch.zeros(1, size, size)
    for _ in range(2 if rng.random() < 0.15 else 1):  # a second stroke over the first
        bend = smooth_noise(size, int(rng.integers(6, 20)), 2, rng) * rng.uniform(0, wobble) * 2 / size
        grid = placement.grid(size) + bend.permute(0, 2, 3, 1)
        reach = (F.grid_sample(field, grid, padding_mode="zeros", align_corners=False)[0] + FAR) * placement.scale
        pressure = (smooth_noise(size, 8, 1, rng)[0] * rng.uniform(0, 0.2) + 1).clamp(0.6, 1.5)
        ink = torch.maximum(ink, (width * pressure / 2 - reach + 0.5).clamp(0, 1))
    if rng.random() < 0.4:  # a pen without anti-aliasing
        ink = (ink > 0.5).float()
    return 1 - 2 * ink
