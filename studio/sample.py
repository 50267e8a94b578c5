"""Which sample of all that a network could paint: the seed, and whether it throws its dice (dropout) at all."""

from typing import Any

from studio.component import Part, refuse
from translators import Translator
from translators.cards import NOISE, SEED


def controls_of(translator: Translator, **given: Any) -> dict[str, Any]:
    """Those of the page's controls that this translator has."""
    return {control.name: given[control.name] for control in translator.controls if control.name in given}


class Sample(Part):
    """Gives events {"seed": int, "noise": bool}; the translator checks the values."""

    def __init__(self, *, channel: str, **props):
        super().__init__("sample", value={"seed": SEED.default, "noise": NOISE.default}, channel=channel, **props)

    def preprocess(self, payload: Any) -> dict[str, Any]:
        if not isinstance(payload, dict) or payload.keys() != {"seed", "noise"}:
            raise refuse("A sample is chosen by a seed and by noise being true or false.")
        return payload
