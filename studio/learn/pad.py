"""The drawings that the scenes share: a list of strokes, or of boxes of a label map's classes, to be kept, linked and replayed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from studio.canvas import SIDE
from studio.component import Part
from studio.learn.lesson import CHANNEL
from studio.picture import data_url
from translators import BadControl, BadPicture, ablations, ablations_hd
from translators.labels import CAMVID, CMP, Palette, coloured, ids_of

POINTS, BOXES = 20000, 400
SHOE = [
    [[60, 330], [62, 290], [72, 240], [96, 205], [140, 188], [178, 182], [190, 196], [205, 226], [240, 252], [300, 266], [370, 276]],
    [[370, 276], [420, 284], [448, 300], [460, 330], [455, 352], [380, 360], [240, 361], [120, 360], [66, 356], [60, 330]],
    [[64, 334], [140, 340], [260, 342], [380, 340], [458, 330]],
    [[208, 226], [232, 214]],
    [[232, 246], [256, 230]],
    [[262, 256], [284, 240]],
    [[96, 205], [116, 238], [112, 290], [74, 300]],
]
FACADE = [
    [1, 16, 24, 240, 256], [9, 16, 24, 240, 40], *([2, x, y, x + 30, y + 44] for y in (54, 124) for x in (34, 92, 150, 196)),
    *([5, x, y, x + 30, y + 6] for y in (98, 168) for x in (34, 92, 150, 196)), [3, 100, 196, 146, 256],
    [2, 34, 196, 78, 236], [2, 168, 196, 226, 236],
]  # fmt: skip
STREET = [
    [1, 0, 16, 256, 120], [0, 88, 0, 172, 86], [5, 0, 48, 56, 120], [3, 0, 120, 256, 192], [4, 0, 120, 50, 149], [4, 210, 120, 256, 152],
    [8, 74, 110, 114, 138], [8, 149, 112, 171, 128], [8, 200, 112, 245, 149],
    [2, 61, 45, 63, 122], [6, 58, 53, 67, 64], [9, 24, 102, 32, 130],
]  # fmt: skip


@dataclass(frozen=True)
class Boxes:
    """A pad of boxes: its `kind`, the classes, width and height of its label maps, the boxes that it starts with, and the names and the
    label maps (H, W) of its samples.
    """

    kind: str
    palette: Palette
    size: tuple[int, int]
    start: list[list[int]]
    samples: Callable[[], list[str]]
    labels: Callable[[str], np.ndarray]

    def pad(self) -> "Pad":
        colours = ["#{:02x}{:02x}{:02x}".format(*colour) for colour in self.palette.colours]
        start = {"sample": None, "boxes": self.start}
        return Pad(self.kind, start=start, size=list(self.size), names=list(self.palette.names), colours=colours, most=BOXES)

    def offers(self) -> dict[str, Any]:
        """The samples, small, for the pad."""
        names = self.samples()[:8]
        return {"samples": [{"name": name, "picture": data_url(coloured(self.labels(name), self.palette))} for name in names]}


FACADES = Boxes("boxes", CMP, (256, 256), FACADE, ablations.samples, lambda name: ids_of(ablations.sample(name)[1], CMP))
STREETS = Boxes("streets", CAMVID, ablations_hd.SIZE, STREET, ablations_hd.samples, lambda name: ablations_hd.sample(name)[1])


class Pad(Part):
    """A pad of that kind. Speaks to its neighbours in the browser only. Gradio asks a component for the attributes that its constructor's
    parameters are named after, so each of them goes on to the page.
    """

    def __init__(self, kind: str, **facts: Any):
        scripts, name = ("learn/ask", "pen", "save"), f"pad_{kind}"
        super().__init__("learn/pad", channel=CHANNEL, scripts=scripts, name=name, elem_id=name, kind=kind, **facts)


def strokes() -> Pad:
    return Pad("strokes", start={"width": 5, "strokes": SHOE}, size=[SIDE, SIDE])


def sketch_of(drawing: Any) -> Image.Image:
    """Strokes {"width", "strokes": [[[x, y], …], …]} on a canvas of 512 × 512 → dark lines on white, L.

    BadControl; BadPicture where it is empty.
    """
    drawing = drawing if isinstance(drawing, dict) else {}
    width, strokes = drawing.get("width"), drawing.get("strokes")
    if not isinstance(strokes, list) or not all(isinstance(stroke, list) and stroke for stroke in strokes):
        raise BadControl("A drawing is a width and strokes, each a list of points [x, y].")
    points = [point for stroke in strokes for point in stroke]
    if len(points) > POINTS or not all(_numbers(point, 2, -SIDE, 2 * SIDE) for point in points) or not _numbers([width], 1, 1, 64):
        raise BadControl(f"A drawing has a width from 1 to 64 and at most {POINTS} points [x, y] near the canvas of {SIDE} × {SIDE}.")
    if not points:
        raise BadPicture("The canvas is empty: draw something first.")
    picture = Image.new("L", (SIDE, SIDE), 255)
    pen = ImageDraw.Draw(picture)
    for stroke in strokes:
        pen.line([tuple(point) for point in stroke], fill=0, width=round(width), joint="curve")
        for x, y in (stroke[0], stroke[-1]):
            pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=0)
    return picture


def labels_of(drawing: Any, pad: Boxes = FACADES) -> np.ndarray:
    """Boxes {"sample", "boxes": [[class, x0, y0, x1, y1], …]} in pixels, over a sample's labels where one is named → ids (H, W)."""
    drawing = drawing if isinstance(drawing, dict) else {}
    boxes, sample = drawing.get("boxes"), drawing.get("sample")
    width, height = pad.size
    if not isinstance(boxes, list) or len(boxes) > BOXES or not all(_numbers(box, 5, -width, 2 * width) for box in boxes):
        raise BadControl(f"A label map is at most {BOXES} boxes [class, x0, y0, x1, y1].")
    if not all(type(box[0]) is int and 0 <= box[0] < len(pad.palette) for box in boxes):
        raise BadControl(f"The classes of its boxes are whole numbers from 0 to {len(pad.palette) - 1}.")
    ids = np.zeros((height, width), np.uint8) if sample is None else pad.labels(sample).copy()
    for label, *corners in boxes:
        x0, y0, x1, y1 = (min(side, max(0, round(value))) for value, side in zip(corners, (width, height) * 2, strict=True))
        ids[min(y0, y1) : max(y0, y1), min(x0, x1) : max(x0, x1)] = label
    return ids


def _numbers(values: Any, count: int, low: float, high: float) -> bool:
    return (
        isinstance(values, list) and len(values) == count and all(type(value) in (int, float) and low <= value <= high for value in values)
    )
