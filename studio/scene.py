"""The label canvas: class ids that a person paints in the browser, the lines that divide objects, and the styles of single objects."""

from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from studio import classes, networks, uploads
from studio.canvas import decode, encode
from studio.component import Part, refuse
from studio.picker import known
from translators import BadPicture, TranslationError
from translators.from_labels import LabelTranslator, Styles
from translators.labels import Palette, ids_of, instances

KIND = "label map"
SPLIT = 128  # added to the class of a pixel where a line divides an object; a palette of more classes has no such lines
SHAPE = 0.02  # how far a label map's aspect ratio may be from the canvas's

Points = list[tuple[int, int, int]]


class Scene(NamedTuple):
    """A label map: `ids` (H, W) uint8, and `objects` (H, W) int32 as `translators.labels.instances` numbers them."""

    ids: np.ndarray
    objects: np.ndarray


def scene_of(value: Any, translator: LabelTranslator) -> Scene:
    """A canvas value that came over the wire, checked. Raises gr.Error as `studio.canvas.decode` does."""
    count = len(translator.palette)
    flag = SPLIT if count <= SPLIT else 0
    sent = decode(value, count, translator.size, "label map", flag).ids
    ids = sent & (SPLIT - 1) if flag else sent
    return Scene(ids, instances(ids, sent != ids))


def styles_of(points: Any, objects: np.ndarray) -> Styles:
    """Styles given by places, [[x, y, style], ...], as styles by object; of two in one object the last counts."""
    height, width = objects.shape
    if not isinstance(points, list) or not all(isinstance(p, list) and len(p) == 3 and all(type(v) is int for v in p) for p in points):
        raise refuse("Styles are a list of [x, y, style], whole numbers.")
    if outside := [point for point in points if not (0 <= point[0] < width and 0 <= point[1] < height)]:
        raise refuse(f"The style at {outside[0][0]}, {outside[0][1]} lies outside the label map of {width} x {height}.")
    return {int(objects[y, x]): style for x, y, style in points}


class LabelCanvas(Part):
    """Gives events what the browser sends, unchecked: `input` a scene to paint, `given` a file or sample to load.

    Takes what `received` says.
    """

    def __init__(self, *, channel: str, store: str, **props: Any):
        scripts = ("raster", "flat", "regions", "pen", "undoable", "sending", "viewport")
        super().__init__("scene", channel=channel, scripts=scripts, store=store, pen=24, steps=40, patience=20000, **props)

    def preprocess(self, payload: Any) -> dict[str, Any]:
        return payload if isinstance(payload, dict) else {}


def received(given: dict[str, Any]) -> dict[str, Any]:
    """A file or a sample as ids of the canvas's size; what is wrong with it comes back as `error`, in one sentence."""
    name = known(given.get("translator"), KIND)
    answer = {"number": given.get("number"), "translator": name}
    try:
        translator = networks.get(name)
        picture = _sample(translator, given["sample"]) if "sample" in given else uploads.label_map(given)
        return {**answer, "loaded": encode(fitted(picture, translator.size, translator.palette))["runs"]}
    except TranslationError as error:
        return {**answer, "error": str(error)}


def _sample(translator: LabelTranslator, name: Any) -> Image.Image:
    paths = {path.name: path for path in classes.samples_of(translator.card)}
    if name not in paths:
        raise BadPicture(f"There is no sample {name!r:.40} in {translator.card.name}/samples.")
    return Image.open(paths[name])


def fitted(picture: Image.Image, size: tuple[int, int], palette: Palette) -> np.ndarray:
    """The ids of a label picture (H, W), scaled to the canvas without blending.

    Raises:
        BadPicture: another shape than the canvas, or as `translators.labels.ids_of`.
    """
    (width, height), (w, h) = size, picture.size
    if abs(w * height / (h * width) - 1) > SHAPE:
        raise BadPicture(f"The label map is {w} x {h}; expected {width} x {height}, or that shape at another size.")
    return ids_of(picture if picture.size == size else picture.resize(size, Image.Resampling.NEAREST), palette)
