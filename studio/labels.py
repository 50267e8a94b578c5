"""The Labels page: what stands on it, and what happens when the person does something."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import torch
from PIL import Image

from studio import classes, guests, networks, uploads
from studio.component import parse, refuse
from studio.identity import Identity, identity
from studio.objects import Objects
from studio.picker import Picker, known, offers
from studio.picture import Picture, data_url, file_of
from studio.sample import Sample, controls_of
from studio.samples import Samples
from studio.scene import KIND, LabelCanvas, Scene, received, scene_of, styles_of
from translators import TranslationError
from translators.from_labels import LabelTranslator
from translators.labels import coloured, ids_of, instances, palette_of
from translators.layouts import remarks
from translators.pix2pixhd import boundary_map
from translators.translator import least

CHANNEL = "labels"
THUMBNAIL = 112  # pixels: twice what is shown, for dense displays


def halved(scene: Scene, translator: LabelTranslator) -> Scene:
    """Every second pixel of every second row, where the network takes so few."""
    return Scene(*(each[::2, ::2] for each in scene)) if min(scene.ids.shape) // 2 >= least(translator.module) else scene


def paint(asked: dict[str, Any], sample: dict[str, Any]) -> dict[str, Any]:
    """The answer to one scene: a preview of half its size, or the whole picture with what there is to say of the scene.

    What the person can mend comes back as `error`, so that the canvas goes on at once.
    """
    name, preview = known(asked.get("translator"), KIND), asked.get("preview") is True
    answer = {"serial": asked.get("serial"), "translator": name, "seed": sample["seed"], "preview": preview}
    try:
        translator = networks.get(name)
        start = time.perf_counter()
        scene = scene_of(asked, translator)
        given = sample | {"styles": styles_of(asked.get("styles", []), scene.objects)}
        seen = halved(scene, translator) if preview else scene
        picture = translator.translate(Image.fromarray(seen.ids), objects=seen.objects, **controls_of(translator, **given))
        ms = (time.perf_counter() - start) * 1000
        answer |= {"title": translator.card.title, "file": translator.card.name, "picture": data_url(picture), "ms": ms}
    except TranslationError as error:
        return {**answer, "error": str(error)}
    if preview:
        return answer
    known_layouts = translator.config.get("translator", {}).get("histogram")
    if known_layouts:
        answer["remarks"] = [asdict(remark) for remark in remarks(scene.ids, known_layouts)]
    if translator.clusters and asked.get("boundaries") is True:
        answer["outline"] = outline(scene.objects)
    return answer


def outline(objects: np.ndarray) -> str:
    """The boundary map as the network is given it: black lines, else clear."""
    edges = boundary_map(torch.from_numpy(objects)[None])[0, 0].numpy() > 0
    return data_url(Image.fromarray(np.stack([np.zeros_like(edges, np.uint8), np.where(edges, 255, 0).astype(np.uint8)], -1), "LA"))


def samples(name: str) -> dict[str, Any]:
    """The translator's test label maps in its colours, small; a guest has none, and may be gone."""
    paths = [] if guests.is_guest(name) else classes.samples_of(networks.card(name))
    return {"translator": name, "samples": [{"name": path.name, "picture": thumbnail(path, name)} for path in paths]}


def thumbnail(path: Path, name: str) -> str:
    with Image.open(path) as picture:
        small = picture.resize((THUMBNAIL, round(THUMBNAIL * picture.height / picture.width)), Image.Resampling.NEAREST)
    palette = palette_of(networks.card(name).palette)
    return data_url(coloured(ids_of(small, palette), palette))


def labels(
    label_map: dict, translator: str = "street", seed: int = 0, noise: bool | None = None, styles: list[list[int]] | None = None
) -> dict:
    """Paint the scene of a label map and return the picture as a PNG file.

    label_map: a picture file of class ids (8-bit grey, or indexed) or in the colours of the translator's classes; or the canvas's own value
    {"width", "height", "runs": [class, length, class, length, ...]}, row by row, of the translator's size, where 128 is added to the
    class of a pixel on a line that divides two objects. translator: a name from the page. seed: 0..2147483647 picks the styles, or
    the noise. noise: true or false, where the network has any. styles: [[x, y, style], ...] for single objects, each by a place inside
    it. A file may have any size of at most 2,048 a side and 1,048,576 pixels in all; the picture has the same.
    """
    value, name = parse(label_map), known(translator, KIND)
    try:
        painter = networks.get(name)
        if isinstance(value, dict) and "path" in value:
            picture = painter.checked(uploads.label_map(value))
            ids = ids_of(picture, painter.palette)
            scene = Scene(ids, instances(ids))
        else:
            scene = scene_of(value, painter)
        given = {"seed": seed, "noise": noise, "styles": styles_of(styles, scene.objects) if styles else None}
        given = {key: value for key, value in given.items() if value is not None}
        picture = painter.translate(Image.fromarray(scene.ids), objects=scene.objects, **given)
    except TranslationError as error:
        raise refuse(error) from None
    return file_of(picture, f"trazo-{painter.card.name}")


def place(page: gr.Blocks) -> None:
    """Put the parts and their events on the page; call it inside `with page`."""
    picker = Picker(kind=KIND, channel=CHANNEL, store="trazo-labels-translator", elem_id="labels-picker")
    with gr.Row(elem_classes="desk"):
        with gr.Column(elem_classes="side"):
            scene = LabelCanvas(channel=CHANNEL, store="trazo-labels", elem_id="scene")
            strip = Samples(channel=CHANNEL, elem_id="labels-samples")
        with gr.Column(elem_classes="side"):
            sample = Sample(channel=CHANNEL, elem_id="labels-sample")
            picture = Picture(channel=CHANNEL, labels=True, elem_id="labels-picture")
            Objects(channel=CHANNEL, elem_id="objects")
    card = Identity(elem_id="labels-identity")

    quiet = {"show_progress": "hidden", "api_visibility": "private"}
    line = {"concurrency_limit": 1, "concurrency_id": "labels"}
    scene.input(paint, [scene, sample], picture, trigger_mode="multiple", **line, **quiet)
    scene.given(received, scene, scene, trigger_mode="multiple", **quiet)
    picker.input(samples, picker, strip, trigger_mode="always_last", **quiet)
    picker.input(identity, picker, card, trigger_mode="always_last", **quiet)
    page.load(lambda: offers(KIND), None, picker, queue=False, **quiet)
    gr.api(labels, api_name="labels", **line)
