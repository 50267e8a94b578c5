"""The sketch doctor: what to change about the lines, and what the network sees of them."""

from dataclasses import asdict
from typing import Any

from PIL import Image

from studio import networks
from studio.component import Part
from studio.picture import data_url
from translators import TranslationError, drawing

SHARES = ("little", "much", "open")


class Doctor(Part):
    """Takes what `examine` says; its `thin` fires when the person accepts thinner lines."""

    def __init__(self, **props: Any):
        super().__init__("doctor", **props)


def examine(sketch: Image.Image, name: str, hints: Image.Image | None = None) -> dict[str, Any]:
    """One line of advice against what the translator was trained on, and the exact input; `sketch` and `hints` as it is given them."""
    facts = drawing.measure(sketch)
    lines = networks.facts(name).get("lines")
    advice = drawing.advise(facts, lines) if lines or not facts.ink else drawing.Advice("unknown")
    try:
        seen = data_url(networks.get(name).sees(sketch, hints=hints)) if facts.ink else ""
    except TranslationError:  # the picture says so already
        seen = ""
    return {**asdict(advice), "unit": "share" if advice.code in SHARES else "pixels", "seen": seen}
