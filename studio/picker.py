"""The picker: one card a translator, and the reason where one cannot paint."""

import base64
from functools import lru_cache
from pathlib import Path
from typing import Any

from studio import classes, guests, networks
from studio.component import Part, refuse
from translators.cards import HINTS, NOISE


def jpeg_url(path: Path) -> str:
    """A picture file inside the page; empty where there is none."""
    return _jpeg_url(path, path.stat().st_mtime_ns) if path.is_file() else ""


@lru_cache(maxsize=256)
def _jpeg_url(path: Path, changed: int) -> str:
    """One text for all sessions: Gradio keeps what each of them was given."""
    return "data:image/jpeg;base64," + base64.b64encode(path.read_bytes()).decode()


def offer(name: str) -> dict[str, Any]:
    """What the browser needs to know of a translator before anything is painted."""
    card, own, facts = networks.card(name), guests.is_guest(name), networks.facts(name)
    return {
        "name": name,
        "own": own,
        "title": card.title,
        "method": card.method,
        "missing": "" if own else networks.missing(card),
        "thumbnail": jpeg_url(card.weights / "thumbnail.jpg"),
        "inverse": card.inverse,
        "controls": [control.name for control in card.controls if control.name != HINTS.name or networks.takes_hints(name)],
        "noise": next((control.default for control in card.controls if control.name == NOISE.name), NOISE.default),
        "colours": ["#{:02x}{:02x}{:02x}".format(*colour) for colour in facts.get("colours", [])],
    } | (classes.facts(card, facts) if card.takes == "label map" else {})


class Picker(Part):
    """Takes `offers` and gives events the name of a translator that takes a `kind` of input: "drawing" or "photo".

    Where the page `opens` networks of one's own for it, a plus stands beside the cards.
    """

    def __init__(self, *, kind: str, channel: str, store: str, opens: bool = True, **props):
        super().__init__("picker", kind=kind, channel=channel, store=store, opens=opens, **props)

    def preprocess(self, payload: Any) -> str:
        name, kind = payload.get("name") if isinstance(payload, dict) else payload, self.props["kind"]
        return networks.default(kind) if name is None else known(name, kind)


def known(name: Any, kind: str) -> str:
    """The name of a translator of that kind that there is, or was: a guest may be gone, which is told where it is used.

    Raises:
        gr.Error: one sentence for anything else.
    """
    if isinstance(name, str) and name.startswith(guests.prefix(kind)):
        return name
    cards = networks.taking(kind)
    if not isinstance(name, str) or name not in cards:
        raise refuse(f"There is no translator {name!r:.40} for a {kind}; there are {', '.join(cards)}.")
    return name


def offers(kind: str) -> dict[str, Any]:
    return {"offers": [offer(name) for name in networks.taking(kind)]}
