"""The picker: one card a translator, and the reason where one cannot paint."""

import base64
import json
from pathlib import Path
from typing import Any

from studio import classes, networks
from studio.component import Part, refuse
from translators import Card, weights


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
        "inverse": card.inverse,
        "controls": [control.name for control in card.controls],
        "colours": ["#{:02x}{:02x}{:02x}".format(*colour) for colour in config(card).get("colours", [])],
    } | (classes.facts(card, config(card)) if card.takes == "label map" else {})


class Picker(Part):
    """Takes `offers` and gives events the name of a translator that takes a `kind` of input: "drawing" or "photo"."""

    def __init__(self, *, kind: str, channel: str, store: str, **props):
        super().__init__("picker", kind=kind, channel=channel, store=store, **props)

    def preprocess(self, payload: Any) -> str:
        name, kind = payload.get("name") if isinstance(payload, dict) else payload, self.props["kind"]
        return networks.default(kind) if name is None else known(name, kind)


def known(name: Any, kind: str) -> str:
    """The name of a translator of that kind that there is; raises one sentence for anything else."""
    cards = networks.taking(kind)
    if not isinstance(name, str) or name not in cards:
        raise refuse(f"There is no translator {name!r:.40} for a {kind}; there are {', '.join(cards)}.")
    return name


def offers(kind: str) -> dict[str, Any]:
    return {"offers": [offer(card) for card in networks.taking(kind).values()]}
