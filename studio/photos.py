"""The Photos page: what stands on it, and what happens when the person does something."""

import gradio as gr

from studio import jobs, networks
from studio.component import parse, refuse
from studio.cycle import Cycle, explore
from studio.identity import Identity, identity
from studio.picker import Picker, known, offers
from studio.picture import file_of
from studio.restyled import KIND, Restyled, photo_at, restyle
from studio.samples import Samples, samples
from studio.source import Source, received
from studio.styles import Styles, all_styles
from translators import TranslationError

CHANNEL = "photos"


def photo(photo: dict, translator: str = "horse2zebra", resolution: str = "quick", strength: float = 1.0) -> dict:
    """Restyle a photo and return the picture as a PNG file.

    photo: a picture file of any size and shape: PNG, JPEG, WebP, GIF, BMP or TIFF. translator: a name from the page.
    resolution: "quick" (the shorter side reduced to 256 pixels), "fine" (512) or "full" (every pixel, in tiles; the longer side to 4096).
    strength: the share 0..1 of the translation in a blend with the photo. The aspect ratio is kept; nothing is enlarged.
    """
    name = known(translator, KIND)
    try:
        restyler = networks.get(name)
        with jobs.working(resolution == "full"):
            given = photo_at(parse(photo), resolution)
            picture = restyler.translate(given, resolution=resolution, strength=strength, progress=jobs.turn.pass_on)
    except TranslationError as error:
        raise refuse(error) from None
    return file_of(picture, f"trazo-{restyler.card.name}")


def place(page: gr.Blocks) -> None:
    """Put the parts and their events on the page; call it inside `with page`."""
    picker = Picker(kind=KIND, channel=CHANNEL, store="trazo-photos-translator", elem_id="photos-picker")
    with gr.Row(elem_classes="desk"):
        with gr.Column(elem_classes="side"):
            source = Source(channel=CHANNEL, elem_id="source")
            strip = Samples(channel=CHANNEL, elem_id="samples")
        with gr.Column(elem_classes="side"):
            restyled = Restyled(channel=CHANNEL, elem_id="restyled")
    styles = Styles(channel=CHANNEL, elem_id="styles")
    cycle, trip = Cycle(channel=CHANNEL, elem_id="cycle"), gr.State(None)
    card = Identity(elem_id="photos-identity")

    quiet = {"show_progress": "hidden", "api_visibility": "private"}
    # One photo at a time, beside the drawings. "multiple", because the browser stops the job that it no longer wants.
    line = {**quiet, **jobs.QUEUE, "trigger_mode": "multiple"}
    source.given(received, source, source, trigger_mode="multiple", concurrency_limit=1, **quiet)
    restyled.input(restyle, restyled, restyled, **line)
    styles.input(all_styles, styles, styles, **line)
    cycle.input(explore, [cycle, trip], [cycle, trip], **line)
    picker.input(samples, picker, strip, trigger_mode="always_last", **quiet)
    picker.input(identity, picker, card, trigger_mode="always_last", **quiet)
    page.load(lambda: offers(KIND), None, picker, queue=False, **quiet)
    gr.api(photo, api_name="photo", **jobs.QUEUE)
