"""The translator's card on the page: where it learnt, what was measured, where it fails."""

from typing import Any

from studio import networks
from studio.component import Part, refuse
from studio.picker import jpeg_url
from translators import Card, TranslationError


class Identity(Part):
    """Takes what `identity` gives."""

    def __init__(self, **props: Any):
        super().__init__("identity", **props)


def identity(name: str) -> dict[str, Any]:
    try:
        card = networks.card(name)
    except TranslationError as error:
        raise refuse(error) from None
    return {
        "name": name,
        "takes": card.takes,
        "title": card.title,
        "method": card.method,
        "data": card.data,
        "licence": card.licence,
        "failures": card.failures,
        "credit": card.credit,
        "figures": headline(card.figures),
        "shelves": shelves(card),
    }


def headline(figures: dict) -> dict:
    """The translator's own figures, and what they were measured on; what they are compared with stands in the card's README."""
    own = {title: value.get("translated") if isinstance(value, dict) else value for title, value in figures.items()}
    return {title: value for title, value in own.items() if value is not None and title != "command"}


def shelves(card: Card) -> list[dict[str, str]]:
    """The sheets of pictures in `weights/<name>/card/`, those whose names the page knows first, in its order."""
    order = ["test", "hands", "hints", "widths", "cycle", "failures"]
    found = sorted((card.weights / "card").glob("*.jpg"), key=lambda path: path.stem)
    found.sort(key=lambda path: order.index(path.stem) if path.stem in order else len(order))
    return [{"name": path.stem, "picture": jpeg_url(path)} for path in found]
