"""Drawings without a network: what the sketch doctor measures and advises, thinner lines, and lines out of a photo.

A drawing is dark ink on white, of any mode and size. Lengths are in pixels of the drawing scaled to 256, the size networks are trained on.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage
from skimage.color import rgb2lab
from skimage.filters import apply_hysteresis_threshold, threshold_otsu
from skimage.morphology import skeletonize

from translators.errors import BadPicture
from translators.images import on_white

SIDE = 256
WORK = 640  # photos are looked at with this longest side
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
DARK = 153  # ink is darker than this grey: half a pixel of black counts, as a 1-px line on a 512-px canvas leaves at 256
THICK = 0.1  # share of the ink at whose places squares as wide as the pen still fit: less of it, and no pen so wide drew the most of it
ROUND = np.ones((3, 3), bool)  # diagonal neighbours count as neighbours


@dataclass(frozen=True)
class LineFacts:
    """Typical stroke `width` in pixels; share of pixels that are `ink`; share of the ink's bounding box that is `enclosed` paper."""

    width: float
    ink: float
    enclosed: float


@dataclass(frozen=True)
class Advice:
    """The one thing to say about a drawing: `code` is "empty", "little", "thick", "thin", "open", "much" or "good".

    `value` is what was measured and `low`..`high` what the translator was trained on: pixels for "thick" and "thin", shares for "little",
    "much" and "open", 0 for the others.
    """

    code: str
    value: float = 0.0
    low: float = 0.0
    high: float = 0.0

    @property
    def message_key(self) -> str:
        return f"doctor_{self.code}"


def ink(drawing: Image.Image) -> np.ndarray:
    """Where the ink is: boolean (H, W)."""
    return np.asarray(on_white(drawing).convert("L")) < DARK


def skeleton(lines: np.ndarray, spur: float = 0.0) -> np.ndarray:
    """The one-pixel middle of lines, boolean (H, W); side branches shorter than `spur` pixels, which thick lines grow, are cut off."""
    thin = skeletonize(lines)
    for _ in range(2 if spur > 0 else 0):
        neighbours = ndimage.convolve(thin.astype(np.uint8), np.ones((3, 3), np.uint8), mode="constant") - 1
        forks = ndimage.binary_dilation(thin & (neighbours > 2), ROUND)
        branches, count = ndimage.label(thin & ~forks, ROUND)
        length = np.bincount(branches.ravel(), minlength=count + 1)
        loose = np.bincount(branches[thin & (neighbours == 1)], minlength=count + 1) == 1
        forked = np.bincount(branches[ndimage.binary_dilation(forks, ROUND)], minlength=count + 1) > 0
        cut = (length < spur) & loose & forked
        cut[0] = False
        thin = skeletonize(thin & ~cut[branches])
    return thin


def typical_width(lines: np.ndarray) -> float:
    """The stroke width in pixels: the mean of the middle half of the widths along the skeleton, a median that is not bound to whole pixels.

    Distances are taken on a grid twice as fine, where a line of w pixels, odd or even, has a ridge exactly w half-pixels from the paper.
    """
    fine = np.pad(lines, 1).repeat(2, 0).repeat(2, 1)
    reach = ndimage.distance_transform_edt(fine)[2:-2, 2:-2]  # (2H, 2W)
    height, width = lines.shape
    widths = np.sort(reach.reshape(height, 2, width, 2).max((1, 3))[skeletonize(lines)])
    quarter = len(widths) // 4
    return float(widths[quarter : len(widths) - quarter].mean())


def enclosed_paper(lines: np.ndarray) -> np.ndarray:
    """The paper that cannot be reached from outside, boolean (H, W); gaps of two pixels count as closed."""
    closed = ndimage.binary_closing(np.pad(lines, 2), ROUND)
    paper, _ = ndimage.label(~closed)  # through sides, not corners: a diagonal line is a wall
    return ((paper != paper[0, 0]) & ~closed)[2:-2, 2:-2]


def measure(drawing: Image.Image) -> LineFacts:
    """What a drawing's lines are like at 256 pixels (a drawing that is not square is laid on a white square first)."""
    lines = ink(_square(drawing))
    if not lines.any():
        return LineFacts(0.0, 0.0, 0.0)
    rows, columns = np.flatnonzero(lines.any(1)), np.flatnonzero(lines.any(0))
    box = (rows[-1] - rows[0] + 1) * (columns[-1] - columns[0] + 1)
    return LineFacts(typical_width(lines), float(lines.mean()), float(enclosed_paper(lines).sum() / box))


def advise(facts: LineFacts, lines: dict[str, list[float]]) -> Advice:
    """The most important advice: `lines` holds the range of each fact over the training drawings, as `config["translator"]["lines"]` does.

    Too little ink comes before all else, and width before the amount of ink, because thick lines are also much ink.
    """
    if facts.ink == 0:
        return Advice("empty")
    for code, name, too_low in (
        ("little", "ink", True),
        ("thick", "width", False),
        ("thin", "width", True),
        ("open", "enclosed", True),
        ("much", "ink", False),
    ):
        low, high = lines.get(name, (0.0, float("inf")))
        value = getattr(facts, name)
        if value < low if too_low else value > high:
            return Advice(code, value, low, high)
    return Advice("good")


def thin(drawing: Image.Image, width: float = 2.5) -> Image.Image:
    """The drawing with every line drawn again `width` pixels wide (of 256): L, 0 and 255, the same size."""
    lines = ink(drawing)
    if not lines.any():
        return Image.new("L", drawing.size, 255)
    return _redrawn(lines, typical_width(lines), width * max(drawing.size) / SIDE)


def thinned(drawing: Image.Image, over: float, to: float) -> Image.Image:
    """The drawing itself, or, where its lines are typically wider than `over`, its lines drawn again with a pen of `to`: L, 0 and 255, the
    same size. Both in the drawing's own pixels, `over` 1 at least.
    """
    lines = ink(drawing)
    thick = ndimage.minimum_filter(lines, int(over)).sum() > THICK * lines.sum()  # a look that costs little: most pens are not
    if not thick or (typical := typical_width(lines)) <= over:
        return drawing
    return _redrawn(lines, typical, to)


def _redrawn(lines: np.ndarray, typical: float, width: float) -> Image.Image:
    """Lines (H, W) of a typical width gone over with a pen of another: L, 0 and 255."""
    smooth = ndimage.gaussian_filter(lines.astype(np.float32), typical / 8) > 0.5  # a rough rim would grow side branches
    middle = skeleton(smooth | skeletonize(lines), spur=typical)
    return _stroke(ndimage.distance_transform_edt(~middle), width)


def from_photo(photo: Image.Image, size: int = 512) -> Image.Image:
    """A drawing out of a photo: the pen's or pencil's lines where it shows a sketch on paper, otherwise the edges of what it shows.

    The lines are drawn again 2.5 pixels wide (of 256), scaled to fit (aspect kept) and centred: L, 0 and 255, `size` x `size`.

    Raises:
        BadPicture: no lines were found.
    """
    picture = on_white(photo)
    picture.thumbnail((WORK, WORK), Image.Resampling.LANCZOS)
    rgb = np.asarray(picture, np.float32) / 255  # (H, W, 3)
    sheet = paper_sheet(rgb)
    lines = object_lines(rgb) if sheet is None else sketch_lines(rgb, sheet)
    if not lines.any():
        raise BadPicture("No lines were found in the photo: it needs more light, or a darker pen.")
    return _fitted(lines, size)


def paper_sheet(rgb: np.ndarray) -> np.ndarray | None:
    """Where the paper of a sketch is, boolean (H, W); None where the photo (H, W, 3), 0..1, shows something else.

    With thin dark lines closed over, a sketch is one sheet whose brightness changes slowly: light and shadow, no steps. A table around it
    is outside the sheet, and an object is a hole in it.
    """
    grey = rgb @ LUMA
    side = max(grey.shape)
    blank = ndimage.grey_closing(grey, (max(3, side // 24),) * 2)
    slope = ndimage.gaussian_gradient_magnitude(np.log(blank + 0.05), side / 160) * side  # in log brightness per picture side
    areas, count = ndimage.label(slope < 2.5)
    if not count:
        return None
    largest = areas == 1 + np.bincount(areas.ravel())[1:].argmax()
    sheet = ndimage.binary_fill_holes(largest)
    holes = ndimage.binary_opening(sheet & ~largest, iterations=max(1, side // 100))
    bright = np.median(grey[sheet]) > 0.5 * np.percentile(grey, 99)  # a night sky is even too, but it is not paper
    return sheet if bright and sheet.mean() > 0.4 and holes.sum() < 0.02 * sheet.sum() else None


def sketch_lines(rgb: np.ndarray, sheet: np.ndarray) -> np.ndarray:
    """The one-pixel middle of the lines on a sheet of paper, boolean (H, W), under uneven light."""
    grey = ndimage.gaussian_filter(rgb @ LUMA, max(rgb.shape) / 640)
    side = max(grey.shape)
    light = ndimage.gaussian_filter(ndimage.grey_closing(grey, (max(3, side // 24),) * 2), side / 80)
    dark = (1 - grey / light.clip(0.02)).clip(0, 1)
    dark -= np.median(dark[sheet])  # grain makes `light`, a maximum, brighter than bare paper
    noise = 1.48 * np.median(np.abs(dark[sheet]))
    strong = max(threshold_otsu(dark[sheet]), 5 * noise, 0.06)
    dark[~ndimage.binary_erosion(sheet, iterations=side // 80, border_value=1)] = 0
    lines = apply_hysteresis_threshold(dark, 0.5 * strong, strong)
    lines = ndimage.binary_closing(np.pad(lines, 4), ROUND, iterations=2)[4:-4, 4:-4]
    return _long(skeleton(lines, spur=side / 60), side / 25)


def object_lines(rgb: np.ndarray) -> np.ndarray:
    """One-pixel edges of the thing in a photo, boolean (H, W): its strong colour steps, and its outline where the background is plain."""
    side = max(rgb.shape)
    sigma = side / 130
    lab = ndimage.gaussian_filter(rgb2lab(rgb), (sigma, sigma, 0))  # a step of 2 is just visible
    slope = np.sqrt(sum(np.square(np.gradient(lab, axis=axis)).sum(2) for axis in (0, 1))) * sigma
    # Weave and grass are edges everywhere: what stands out from its surroundings is a line (surround suppression, Grigorescu 2003).
    lone = (slope - 0.8 * ndimage.gaussian_filter(slope, 6 * sigma)).clip(0)
    outline = _silhouette_outline(lab, sigma)
    if outline.any():  # an edge beside the outline is the outline again
        lone[ndimage.binary_dilation(outline, ROUND, iterations=round(3 * sigma))] = 0
    strong = max(0.5 * np.percentile(lone, 98), 1.5)
    lines = apply_hysteresis_threshold(lone, 0.5 * strong, strong)
    inner = _long(skeleton(lines, spur=side / 25), side / 14)
    return inner | outline


def _silhouette_outline(lab: np.ndarray, sigma: float) -> np.ndarray:
    """The rim of what differs from a plain background, boolean (H, W); nothing where the background is not plain."""
    rim = np.concatenate([lab[0], lab[-1], lab[:, 0], lab[:, -1]])
    plain = np.median(rim, 0)
    if np.percentile(np.linalg.norm(rim - plain, axis=1), 85) > 6:
        return np.zeros(lab.shape[:2], bool)
    apart = np.linalg.norm(lab - plain, axis=2)
    thing = apart > max(5.0, 0.08 * np.percentile(apart, 95))  # the softest shadow of a dark thing is background
    thing = ndimage.binary_closing(np.pad(thing, 4), ROUND, iterations=2)[4:-4, 4:-4]
    shape = ndimage.binary_opening(ndimage.binary_fill_holes(thing), ROUND, iterations=2)
    shape = ndimage.gaussian_filter(shape.astype(np.float32), sigma) > 0.5
    pieces, count = ndimage.label(shape)
    if not count:
        return shape
    sizes = np.bincount(pieces.ravel())[1:]
    shape = np.isin(pieces, 1 + np.flatnonzero(sizes > sizes.max() / 5))
    return shape & ~ndimage.binary_erosion(shape, ROUND)


def _long(middle: np.ndarray, least: float) -> np.ndarray:
    """Without the specks: connected lines of fewer than `least` pixels."""
    pieces, _ = ndimage.label(middle, ROUND)
    keep = np.bincount(pieces.ravel()) >= least
    keep[0] = False
    return keep[pieces]


def _fitted(middle: np.ndarray, size: int, width: float = 2.5, margin: float = 0.06) -> Image.Image:
    """One-pixel lines scaled to fit a white square and drawn `width` pixels wide (of 256), their box in its middle."""
    rows, columns = np.flatnonzero(middle.any(1)), np.flatnonzero(middle.any(0))
    top, left = rows[0], columns[0]
    height, breadth = rows[-1] - top + 1, columns[-1] - left + 1
    scale = size * (1 - 2 * margin) / max(height, breadth)
    pad = int(np.ceil(size / scale))
    far = ndimage.distance_transform_edt(np.pad(~middle, pad, constant_values=True)).astype(np.float32)  # scales without breaking lines
    steps = (np.arange(size) + 0.5 - size / 2) / scale + pad
    y, x = steps + top + (height - 1) / 2, steps + left + (breadth - 1) / 2
    distance = ndimage.map_coordinates(far, np.meshgrid(y, x, indexing="ij"), order=1, mode="nearest") * scale
    return _stroke(distance, width * size / SIDE)


def _stroke(distance: np.ndarray, width: float) -> Image.Image:
    return Image.fromarray(np.where(distance <= width / 2, 0, 255).astype(np.uint8))


def _square(drawing: Image.Image) -> Image.Image:
    picture = on_white(drawing)
    square = Image.new("RGB", (max(picture.size),) * 2, "white")
    square.paste(picture, ((square.width - picture.width) // 2, (square.height - picture.height) // 2))
    return square.resize((SIDE, SIDE), Image.Resampling.BOX)
