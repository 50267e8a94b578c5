"""Picture in, picture out: `load(name)` gives a `Translator`, and `Translator.translate` paints. Nothing happens at import."""

from typing import TYPE_CHECKING

from translators.cards import CARDS, Card, Control
from translators.errors import BadCheckpoint, BadControl, BadPicture, TranslationError, UnknownTranslator, WeightsDamaged, WeightsMissing

if TYPE_CHECKING:
    from translators.loading import load
    from translators.translator import Translator

__all__ = [
    "CARDS",
    "BadCheckpoint",
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
    if name == "Translator":
        from translators.translator import Translator

        return Translator
    if name == "load":
        from translators.loading import load

        return load
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
