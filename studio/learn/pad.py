"""The drawing that the scenes share: a list of strokes, or of boxes of a facade's classes, to be kept, linked and replayed."""

from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from studio.canvas import SIDE
from studio.component import Part
from studio.learn.lesson import CHANNEL
from translators import BadControl, BadPicture, ablations
from translators.labels import CMP, ids_of

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


class Pad(Part):
    """`kind` is "strokes" or "boxes". Speaks to its neighbours in the browser only."""

    def __init__(self, kind: str):
        start = {"width": 5, "strokes": SHOE} if kind == "strokes" else {"sample": None, "boxes": FACADE}
        colours = ["#{:02x}{:02x}{:02x}".format(*colour) for colour in CMP.colours]
        super().__init__(
            "learn/pad",
            channel=CHANNEL,
            scripts=("learn/ask", "save"),
            name=f"pad_{kind}",
            elem_id=f"pad_{kind}",
            kind=kind,
            start=start,
            names=list(CMP.names),
            colours=colours,
            most=BOXES,
        )


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


def labels_of(drawing: Any) -> np.ndarray:
    """Boxes {"sample", "boxes": [[class, x0, y0, x1, y1], …]} on 256 × 256, over a sample's labels where one is named → ids (256, 256)."""
    drawing = drawing if isinstance(drawing, dict) else {}
    boxes, sample = drawing.get("boxes"), drawing.get("sample")
    if not isinstance(boxes, list) or len(boxes) > BOXES or not all(_numbers(box, 5, -ablations.SIDE, 2 * ablations.SIDE) for box in boxes):
        raise BadControl(f"A facade is at most {BOXES} boxes [class, x0, y0, x1, y1].")
    if not all(type(box[0]) is int and 0 <= box[0] < len(CMP) for box in boxes):
        raise BadControl(f"A facade's classes are whole numbers from 0 to {len(CMP) - 1}.")
    side = ablations.SIDE
    ids = np.zeros((side, side), np.uint8) if sample is None else ids_of(ablations.sample(sample)[1], CMP).copy()
    for label, *corners in boxes:
        x0, y0, x1, y1 = (min(side, max(0, round(value))) for value in corners)
        ids[min(y0, y1) : max(y0, y1), min(x0, x1) : max(x0, x1)] = label
    return ids


def _numbers(values: Any, count: int, low: float, high: float) -> bool:
    return (
        isinstance(values, list) and len(values) == count and all(type(value) in (int, float) and low <= value <= high for value in values)
    )
