"""From a card's name to a translator that is ready to paint."""

from pathlib import Path

import torch

from translators import weights
from translators.cards import CARDS, Card
from translators.errors import UnknownTranslator
from translators.from_drawing import DrawingTranslator
from translators.from_labels import LabelTranslator
from translators.from_photo import PhotoTranslator
from translators.translator import Translator, to_fastest

KINDS: dict[str, type[Translator]] = {"drawing": DrawingTranslator, "label map": LabelTranslator, "photo": PhotoTranslator}


def translator_in(folder: Path, card: Card) -> Translator:
    """The translator of that card with the weights of a folder, on the CPU in float32: what figures are measured on.

    Raises:
        WeightsDamaged: the folder cannot be used.
    """
    return KINDS[card.takes](card, *weights.read(folder))


def load(name: str, device: str = "cpu") -> Translator:
    """The translator of that card, ready to paint on `device`, in bfloat16 where the device computes it.

    Raises:
        UnknownTranslator: no such card.
        WeightsMissing: its weights are nowhere to be had.
        WeightsDamaged: they are there and cannot be used.
    """
    if name not in CARDS:
        raise UnknownTranslator(f"There is no translator {name!r}; there are {', '.join(CARDS)}.")
    card = CARDS[name]
    return ready(card, *weights.read(weights.find(card)), device)


def ready(card: Card, module: torch.nn.Module, config: dict, device: str = "cpu") -> Translator:
    """The translator of a card and its network, as `load` makes it; the network is changed in place. WeightsDamaged as its kind has it."""
    return KINDS[card.takes](card, to_fastest(module, torch.device(device)), config)
