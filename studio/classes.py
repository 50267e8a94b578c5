"""What the browser needs to know of a label translator before anything is painted: its canvas, classes, styles and samples."""

from pathlib import Path
from typing import Any

from translators import Card
from translators.from_labels import size_of
from translators.labels import palette_of


def facts(card: Card, told: dict[str, Any]) -> dict[str, Any]:
    """`told` is the "translator" part of config.json. A style is a colour that its features give, so that ten can be told apart."""
    palette, (width, height) = palette_of(card.palette), size_of(card, told)
    entries = zip(palette.names, palette.colours, strict=True) if palette else ()
    return {
        "size": {"width": width, "height": height},
        "classes": [{"name": name, "colour": list(colour)} for name, colour in entries],
        "styles": {label: [tint(features) for features in rows] for label, rows in told.get("clusters", {}).items()},
        "samples": [path.name for path in samples_of(card)],
    }


def samples_of(card: Card) -> list[Path]:
    """The label maps that the translator was shipped with."""
    return sorted((card.weights / "samples").glob("*.png"))


def tint(features: list[float]) -> str:
    """The first three features, -1..1, as red, green and blue."""
    return "#" + "".join(f"{round(min(1, max(0, (value + 1) / 2)) * 255):02x}" for value in [*features, 0, 0][:3])
