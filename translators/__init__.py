"""Picture in, picture out: `load(name)` gives a `Translator`, and `Translator.translate` paints. Nothing happens at import."""

from typing import TYPE_CHECKING

from translators.cards import CARDS, Card, Control
from translators.errors import BadControl, BadPicture, TranslationError, UnknownTranslator, WeightsDamaged, WeightsMissing

if TYPE_CHECKING:
    from translators.translator import Translator, load

__all__ = [
    "CARDS",
    "BadControl",
    "BadPicture",
    "Card",
    "Control",
    "TranslationError",
    "Translator",
    "UnknownTranslator",
    "WeightsDamaged",
    "WeightsMissing",
    "load",
]


def __getattr__(name: str):
    """`Translator` and `load` bring torch, so they are imported when first asked for (PEP 562): cards and drawings do without."""
    if name in ("Translator", "load"):
        from translators import translator

        return getattr(translator, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
