"""The networks that this server has read so far: each is read once, when it is first needed, and kept; and the guests of its sessions."""

import json
import logging
import threading
from typing import Any

from PIL import Image

import translators
from studio import guests
from translators import CARDS, Card, TranslationError, Translator, weights

log = logging.getLogger(__name__)
_loaded: dict[str, Translator] = {}
_loading = threading.Lock()


def get(name: str) -> Translator:
    """The translator of that name; raises what `translators.load` and `guests.find` raise, and tries again the next time."""
    if guests.is_guest(name):
        return guests.find(name)
    if name not in _loaded:
        with _loading:
            if name not in _loaded:
                _loaded[name] = translators.load(name)
    return _loaded[name]


def card(name: str) -> Card:
    """The card of a translator that there is; UnknownTranslator where it was a guest and is gone."""
    return guests.find(name).card if guests.is_guest(name) else CARDS[name]


def facts(name: str) -> dict[str, Any]:
    """The "translator" part of its config.json; empty where the weights are not here or damaged, which loading them will tell."""
    if guests.is_guest(name):
        return guests.find(name).config["translator"]
    if missing(CARDS[name]):
        return {}
    try:
        return json.loads((weights.find(CARDS[name]) / "config.json").read_text("utf-8")).get("translator", {})
    except (ValueError, AttributeError):
        return {}


def takes_hints(name: str) -> bool:
    """Whether a translator of drawings takes colour hints."""
    return facts(name).get("hints") is True


def missing(card: Card) -> str:
    """Empty where the card's weights are on this machine, else the sentence that says how to get them."""
    return weights.available(card) or ""


def taking(kind: str) -> dict[str, Card]:
    """The cards of the translators that take a "drawing" or a "photo"."""
    return {name: card for name, card in CARDS.items() if card.takes == kind}


def default(kind: str) -> str:
    """The first translator of that kind that is ready; the first of all where none is."""
    cards = taking(kind)
    return next((name for name, card in cards.items() if not missing(card)), next(iter(cards)))


def warm() -> None:
    """Read the network that paints drawings by default, and paint once in the background, so that the first stroke does not wait."""
    threading.Thread(target=_warm, daemon=True, name="warm").start()


def _warm() -> None:
    name = default("drawing")
    try:
        translator = get(name)
    except TranslationError as error:
        log.warning("%s", error)
        return
    dot = Image.new("L", (translator.card.size,) * 2, 255)
    dot.putpixel((0, 0), 0)
    translator.translate(dot)
