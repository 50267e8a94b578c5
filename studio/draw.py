"""The Draw page: what stands on it, and what happens when the person does something."""

import random
import time
from typing import Any

import gradio as gr
from gradio.processing_utils import save_pil_to_cache
from gradio.utils import get_upload_folder
from PIL import Image

from studio import guests, networks, uploads
from studio.canvas import Canvas, Sheet, sheet_of
from studio.colour import Colour
from studio.component import parse, refuse
from studio.doctor import Doctor, examine
from studio.identity import Identity, identity
from studio.picker import Picker, known, offers
from studio.picture import Picture, data_url
from studio.sample import Sample, controls_of
from studio.words import I18N
from translators import CARDS, TranslationError, UnknownTranslator, drawing
from translators.hints import refuse_other_size

CHANNEL, KIND = "draw", "drawing"


def fitted(sketch: Image.Image, size: int) -> Image.Image:
    """Reduced, never enlarged, to the side that the network was trained on; its shape is kept."""
    scale = size / max(sketch.size)
    return sketch if scale >= 1 else sketch.resize([max(1, round(side * scale)) for side in sketch.size], Image.Resampling.BOX)


def given_of(sheet: Sheet, name: str) -> tuple[Image.Image, Image.Image | None]:
    """What a translator is given of a sheet: the drawing and, where there are some and it takes them, its colour hints."""
    size, hints = networks.card(name).size, sheet.hints
    return fitted(sheet.drawing, size), fitted(hints, size) if hints and networks.takes_hints(name) else None


def paint(sheet: Sheet, name: str, sample: dict[str, Any], colour: str | None) -> dict[str, Any]:
    """The answer to one drawing. What the person can mend comes back as `error`, so that the canvas goes on at once."""
    answer = {"serial": sheet.serial, "ink": sheet.ink, "translator": name, "seed": sample["seed"]}
    if not sheet.ink:
        return answer
    try:
        translator = networks.get(name)
        start = time.perf_counter()
        sketch, hints = given_of(sheet, name)
        picture = translator.translate(sketch, **controls_of(translator, **sample, colour=colour, hints=hints))
        ms = (time.perf_counter() - start) * 1000
        painted = {"title": translator.card.title, "file": translator.card.name, "picture": data_url(picture), "ms": ms}
        return {**answer, **painted, "colour": colour or translator.colour_of(sample["seed"])}
    except TranslationError as error:
        return {**answer, "error": str(error)}


def surprise(name: str) -> Image.Image:
    """One of the drawings that the translator was shipped with; for a guest, one of another's."""
    card = CARDS[networks.default(KIND) if guests.is_guest(name) else name]
    samples = sorted((card.weights / "samples").glob("*.png"))
    if not samples:
        raise refuse(f"There are no sample drawings in {card.weights.name}/samples.")
    return Image.open(random.choice(samples))


def lines_of(sent: Any) -> tuple[Any, dict[str, Any]]:
    """A photo that was sent as lines for the canvas, which stays as it is where the photo cannot be used; the button then says why."""
    answer = {"number": sent.get("number")} if isinstance(sent, dict) else {}
    try:
        return drawing.from_photo(uploads.opened(sent)), answer
    except TranslationError as error:
        return gr.skip(), {**answer, "error": str(error)}


def thinner(sheet: Sheet) -> Sheet:
    """The same sheet with thinner ink; its colour hints stay."""
    if not sheet.ink:
        raise refuse("Draw something first.")
    return sheet.with_ink(drawing.thin(sheet.drawing))


def look(sheet: Sheet, name: str) -> dict[str, Any]:
    """The sketch doctor's line; it has nothing to say where the translator is gone, since the picture says so."""
    try:
        sketch, hints = given_of(sheet, name)
        return examine(sketch, name, hints)
    except UnknownTranslator:
        return {"code": "empty", "seen": ""}


def draw(
    drawing: dict,
    translator: str = "shoes",
    seed: int = 0,
    colour: str | None = None,
    noise: bool | None = None,
    hints: dict | None = None,
) -> dict:
    """Paint a drawing and return the picture as a PNG file.

    drawing: a picture file, dark lines on white, or the canvas's own value {"width": 512, "height": 512, "runs": [class, length, ...]},
    class 0 paper, 1 ink, row by row; runs may be the same numbers as text, with spaces between. With "colours": ["#rrggbb", ...] the
    classes from 2 on are hints in these colours, which a translator without hints ignores.
    translator: a name from the page. seed: 0..2147483647. colour: "#rrggbb", or nothing: the seed picks. noise: true or false.
    hints: where the translator takes them, a picture file of the drawing's size, opaque where it says the colour, transparent elsewhere.
    A drawing larger than the network's own size (256) is reduced to it, its shape kept; the picture has the reduced size.
    """
    value, name = parse(drawing), known(translator, KIND)
    try:
        if isinstance(value, dict) and "path" in value:
            sketch, strokes = uploads.opened(value), None
        else:
            sheet = sheet_of(value)
            sketch, strokes = sheet.drawing, sheet.hints if networks.takes_hints(name) else None
        if hints is not None:
            strokes = uploads.hints(parse(hints))
            refuse_other_size(strokes, sketch.size)
        painter = networks.get(name)
        fits = [picture and fitted(picture, painter.card.size) for picture in (sketch, strokes)]
        given = {"seed": seed, "colour": colour, "noise": noise, "hints": fits[1]}
        picture = painter.translate(fits[0], **{key: value for key, value in given.items() if value is not None})
    except TranslationError as error:
        raise refuse(error) from None
    path = save_pil_to_cache(picture, get_upload_folder(), name=f"trazo-{painter.card.name}", format="png")
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


def place(page: gr.Blocks) -> None:
    """Put the parts and their events on the page; call it inside `with page`."""
    picker = Picker(kind=KIND, channel=CHANNEL, store="trazo-draw-translator", elem_id="picker")
    with gr.Row(elem_classes="desk"):
        with gr.Column(elem_classes="side"):
            canvas = Canvas(channel=CHANNEL, store="trazo-draw", elem_id="canvas")
            doctor = Doctor(elem_id="doctor")
            with gr.Row(elem_classes="starts"):
                surprising = gr.Button(I18N("surprise"), elem_id="surprise")
                photo = uploads.Photo(channel=CHANNEL, elem_id="photo")
        with gr.Column(elem_classes="side"):
            sample = Sample(channel=CHANNEL, elem_id="sample")
            picture = Picture(channel=CHANNEL, elem_id="picture")
            colour = Colour(channel=CHANNEL, elem_id="colour")
    card = Identity(elem_id="identity")

    quiet = {"show_progress": "hidden", "api_visibility": "private"}
    # "multiple", because canvas and button wait for their answers themselves: Gradio's own waiting never ends after one that got lost.
    live = {**quiet, "trigger_mode": "multiple"}
    canvas.input(paint, [canvas, picker, sample, colour], picture, concurrency_limit=1, concurrency_id="network", **live)
    canvas.settled(look, [canvas, picker], doctor, **live)
    doctor.thin(thinner, canvas, canvas, **quiet)
    surprising.click(surprise, picker, canvas, **quiet)
    photo.upload(lines_of, photo, [canvas, photo], **live)
    picker.input(identity, picker, card, trigger_mode="always_last", **quiet)
    page.load(lambda: offers(KIND), None, picker, queue=False, **quiet)
    gr.api(draw, api_name="draw", concurrency_limit=1, concurrency_id="network")
