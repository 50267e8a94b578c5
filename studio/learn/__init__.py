"""The Learn page: scenes in order, each an experiment beside its paper's equation."""

import gradio as gr

from studio import jobs
from studio.component import Part
from studio.cycle import Cycle, explore
from studio.learn import facades, sketches, streets
from studio.learn.equations import EQUATIONS, GAME
from studio.learn.game import GamePart, play
from studio.learn.lesson import CHANNEL, Lesson, equation
from studio.learn.pad import FACADES, STREETS, strokes
from studio.picker import Picker, offers
from studio.samples import Samples, samples
from studio.source import Source, received
from translators import ablations_hd

SCENES = {  # and the drawing that each is about
    "game": "",
    "eye": "boxes",
    "compare": "boxes",
    "film": "boxes",
    "skips": "strokes",
    "noise": "strokes",
    "replay": "strokes",
    "rounds": "",
    "street": "streets",
}
WORKS = {
    "eye": facades.look,
    "compare": facades.compare,
    "film": facades.film,
    "skips": sketches.skips,
    "noise": sketches.noise,
    "replay": sketches.replay,
    "street": streets.street,
}
SCRIPTS = {  # what goes before a scene's own
    "eye": ("learn/heat",),
    "compare": ("learn/table",),
    "film": ("learn/curves", "learn/player"),
    "replay": ("learn/player",),
    "street": ("learn/heat", "learn/table"),
}
LIVE = {"show_progress": "hidden", "api_visibility": "private", "trigger_mode": "multiple", "concurrency_limit": 1}


def place(page: gr.Blocks) -> None:
    """Put the scenes and their events on the page; call it inside `with page`."""
    Part("learn/scenes", channel=CHANNEL, scripts=("learn/ask",), name="scenes", elem_id="scenes", scenes=SCENES)
    with gr.Row(elem_classes="lectern"):
        with gr.Column(elem_classes="pads"):
            strokes()
            boxes = [(kind, kind.pad()) for kind in (FACADES, STREETS)]
        with gr.Column(elem_classes="scenes-column"):
            with scene("game"):
                for loss, (tex, source) in GAME.items():
                    equation(tex, source, f"loss-{loss}")
                game, kept = GamePart(), gr.State(None, time_to_live=900)
            facts = {"translators": sketches.names(), "runs": ablations_hd.installed(), "size": list(STREETS.size)}
            parts = {}
            for name in WORKS:
                with scene(name):
                    equation(*EQUATIONS[name])
                    parts[name] = Lesson(name, scripts=SCRIPTS.get(name, ()), **facts)
            with scene("rounds"):
                equation(*EQUATIONS["rounds"])
                cycle(page)

    game.input(play, [game, kept], [game, kept], concurrency_id="game", **LIVE)
    for name, work in WORKS.items():
        parts[name].input(work, parts[name], parts[name], concurrency_id="lessons", **LIVE)
    for kind, pad in boxes:
        page.load(kind.offers, None, pad, queue=False, show_progress="hidden", api_visibility="private")


def scene(name: str) -> gr.Column:
    return gr.Column(elem_classes="lesson", elem_id=f"scene-{name}")


def cycle(page: gr.Blocks) -> None:
    """The cycle explorer of the Photos page, on a photo of its own."""
    channel, quiet = "learn-cycle", {"show_progress": "hidden", "api_visibility": "private"}
    picker = Picker(kind="photo", channel=channel, store="trazo-learn-translator", opens=False, elem_id="rounds-picker")
    with gr.Row(elem_classes="round-trip"):
        with gr.Column():
            source = Source(channel=channel, elem_id="rounds-source")
            strip = Samples(channel=channel, elem_id="rounds-samples")
        with gr.Column():
            explorer, trip = Cycle(channel=channel, elem_id="rounds-cycle"), gr.State(None)
    source.given(received, source, source, trigger_mode="multiple", concurrency_limit=1, **quiet)
    explorer.input(explore, [explorer, trip], [explorer, trip], **LIVE | jobs.QUEUE)
    picker.input(samples, picker, strip, trigger_mode="always_last", **quiet)
    page.load(lambda: offers("photo"), None, picker, queue=False, **quiet)
