"""The picker: one card a translator, and the reason where one cannot paint."""

import base64
import json
from pathlib import Path
from typing import Any

from studio import networks
from studio.component import Part, refuse
from translators import CARDS, Card, weights


def jpeg_url(path: Path) -> str:
    """A picture file inside the page; empty where there is none."""
    return "data:image/jpeg;base64," + base64.b64encode(path.read_bytes()).decode() if path.is_file() else ""


def config(card: Card) -> dict[str, Any]:
    """The "translator" part of a card's config.json; empty where the weights are not here or damaged, which loading them will tell."""
    if networks.missing(card):
        return {}
    try:
        return json.loads((weights.find(card) / "config.json").read_text("utf-8")).get("translator", {})
    except (ValueError, AttributeError):
        return {}


def offer(card: Card) -> dict[str, Any]:
    """What the browser needs to know of a translator before anything is painted."""
    return {
        "name": card.name,
        "title": card.title,
        "method": card.method,
        "missing": networks.missing(card),
        "thumbnail": jpeg_url(card.weights / "thumbnail.jpg"),
        "controls": [control.name for control in card.controls],
        "colours": ["#{:02x}{:02x}{:02x}".format(*colour) for colour in config(card).get("colours", [])],
    }


class Picker(Part):
    """Takes {"offers": [...]} and gives events a name in `CARDS`."""

    def __init__(self, *, channel: str, store: str, **props):
        super().__init__("picker", channel=channel, store=store, **props)

    def preprocess(self, payload: Any) -> str:
        name = payload.get("name") if isinstance(payload, dict) else payload
        return networks.default() if name is None else known(name)


def known(name: Any) -> str:
    """The name of a translator that there is; raises one sentence for anything else."""
    if not isinstance(name, str) or name not in CARDS:
        raise refuse(f"There is no translator {name!r:.40}; there are {', '.join(CARDS)}.")
    return name


def offers() -> dict[str, Any]:
    return {"offers": [offer(card) for card in CARDS.values()]}
