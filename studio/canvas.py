"""The canvas: a square of class ids that a person draws on in the browser, and that Python checks before it believes it."""

import re
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from studio.component import Part, parse, refuse

SIDE = 512
PAPER, INK, HINT = 0, 1, 2  # and from HINT on, one class for every colour of the drawing's hints
MOST_COLOURS = 250  # in one drawing
SWATCHES = {  # to begin with
    "red": "#c8102e",
    "orange": "#f07d1a",
    "yellow": "#f7c948",
    "green": "#3a9d5d",
    "blue": "#2f6fd0",
    "violet": "#7b4fb5",
    "pink": "#e98fb3",
    "brown": "#8a5a34",
    "grey": "#8d8d8d",
    "black": "#1b1b1e",
    "white": "#ffffff",
}


class Sheet(NamedTuple):
    """What a canvas sends: `ids` (H, W) uint8, and the number that its answer carries back; on the drawing canvas the ids after INK are
    colour hints, and `colours` ("#rrggbb") says which.
    """

    ids: np.ndarray
    serial: int
    colours: tuple[str, ...] = ()

    @property
    def ink(self) -> int:
        """How many pixels are ink."""
        return int(np.count_nonzero(self.ids == INK))

    @property
    def drawing(self) -> Image.Image:
        """Black on white, L; hints are no ink."""
        return Image.fromarray(np.where(self.ids == INK, 0, 255).astype(np.uint8))

    @property
    def hints(self) -> Image.Image | None:
        """RGBA, opaque where a hint is; None where there is none."""
        if not (self.ids > INK).any():
            return None
        shades = [bytes(4)] * HINT + [bytes.fromhex(colour[1:]) + b"\xff" for colour in self.colours]
        return Image.fromarray(np.frombuffer(b"".join(shades), np.uint8).reshape(-1, 4)[self.ids])

    def with_ink(self, drawing: Image.Image) -> "Sheet":
        """The same hints under other ink."""
        hints = np.where(self.ids == INK, PAPER, self.ids)
        return self._replace(ids=np.where(ids_of(drawing), INK, hints).astype(np.uint8))


def encode(ids: np.ndarray) -> dict[str, Any]:
    """Ids (H, W) as row-major run lengths, the way the canvas holds them."""
    flat = ids.ravel()
    starts = np.flatnonzero(np.diff(flat, prepend=flat[0] ^ 1))
    lengths = np.diff(starts, append=flat.size)
    return {"width": ids.shape[1], "height": ids.shape[0], "runs": np.stack([flat[starts], lengths], 1).ravel().tolist()}


def decode(value: Any, classes: int = 2, size: tuple[int, int] = (SIDE, SIDE), what: str = "drawing", flag: int = 0) -> Sheet:
    """A canvas value that came over the wire, checked: its runs are a list of whole numbers, or the same as text with spaces between.

    `size` is width and height; a class may have the bit `flag` added.

    Raises:
        gr.Error: one sentence, when it is not a drawing of that size whose runs name known classes and fill it exactly.
    """
    value, (width, height) = parse(value), size
    if not isinstance(value, dict):
        raise refuse(f"This is not a {what}: a canvas value has width, height and runs.")
    if (value.get("width"), value.get("height")) != size:
        raise refuse(f"The {what} must be {width} x {height}, not {value.get('width')!r:.20} x {value.get('height')!r:.20}.")
    runs, serial = value.get("runs"), value.get("serial", 0)
    if isinstance(runs, str) and len(runs) < 4 * width * height and re.fullmatch(r"\d{1,6}( \d{1,6})*", runs):
        runs = [int(number) for number in runs.split(" ")]
    if not isinstance(runs, list) or len(runs) % 2 or len(runs) > 2 * width * height or not all(type(number) is int for number in runs):
        raise refuse(f"The {what}'s runs must be pairs of whole numbers: class, length, class, length ...")
    if type(serial) is not int or serial < 0:
        raise refuse(f"The {what}'s serial must be a whole number from 0.")
    known = {*range(classes), *range(flag, flag + classes)} if flag else range(classes)
    if strange := sorted({number for number in runs[::2] if number not in known}):
        named = ", ".join(map(str, strange[:5])) + (" …" if len(strange) > 5 else "")
        raise refuse(f"The {what}'s runs name a class that is not there: {named}; the classes are 0 to {classes - 1}.")
    lengths = runs[1::2]
    if any(number < 1 for number in lengths) or sum(lengths) != width * height:
        raise refuse(f"The {what}'s runs must have lengths from 1 that add up to {width * height}.")
    return Sheet(np.repeat(np.array(runs[::2], np.uint8), lengths).reshape(height, width), serial)


def sheet_of(value: Any) -> Sheet:
    """A value of the drawing canvas that came over the wire, checked, with the "colours" of its hints where there are any.

    Raises:
        gr.Error: one sentence, as `decode`, or where the colours are not a list of "#rrggbb".
    """
    value = parse(value)
    colours = value.get("colours", []) if isinstance(value, dict) else []
    fine = isinstance(colours, list) and len(colours) <= MOST_COLOURS
    if not fine or not all(isinstance(colour, str) and re.fullmatch("#[0-9a-fA-F]{6}", colour) for colour in colours):
        raise refuse(f'The drawing\'s colours must be a list of at most {MOST_COLOURS} times "#rrggbb".')
    return decode(value, HINT + len(colours))._replace(colours=tuple(colours))


def ids_of(drawing: Image.Image) -> np.ndarray:
    """Dark ink on white, 512 x 512, any mode -> class ids."""
    return (np.asarray(drawing.convert("L")) < 128).astype(np.uint8)


class Canvas(Part):
    """Gives events a `Sheet` and takes a drawing (`PIL.Image`, 512 x 512), or a `Sheet` made of one that it gave, to load: that one only
    while nothing was drawn since.

    `input` fires while the pen moves and when it lifts, never before the last answer has come; `settled` when nothing is left to paint.
    """

    def __init__(self, *, channel: str, store: str, **props):
        super().__init__(
            "canvas",
            channel=channel,
            scripts=("raster", "ink", "pen", "undoable", "sending", "hints"),
            store=store,
            size={"width": SIDE, "height": SIDE},
            colours=[[255, 255, 255], [24, 24, 27]],
            pen=5,
            eraser=28,
            brush=20,
            swatches=SWATCHES,
            most=MOST_COLOURS,
            steps=40,
            patience=4000,
            **props,
        )

    def preprocess(self, payload: Any) -> Sheet:
        return Sheet(np.zeros((SIDE, SIDE), np.uint8), 0) if payload is None else sheet_of(payload)

    def postprocess(self, value: Image.Image | Sheet | None) -> dict[str, Any] | None:
        if isinstance(value, Sheet):
            return {**encode(value.ids), "colours": list(value.colours), "of": value.serial}
        return None if value is None else encode(ids_of(value))
