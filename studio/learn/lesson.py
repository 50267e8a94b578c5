"""What the scenes of the Learn page share: a question with a number, its answer, an equation beside it."""

from collections.abc import Callable, Collection
from typing import Any

import gradio as gr

from studio.component import Part, refuse
from translators import BadControl, TranslationError

CHANNEL = "learn"


class Lesson(Part):
    """Gives events a question, a dict with a whole number `serial`, and takes what `answered` gives."""

    def __init__(self, name: str, *, scripts: tuple[str, ...] = (), **props: Any):
        super().__init__(f"learn/{name}", channel=CHANNEL, scripts=("learn/ask", *scripts), name=name, elem_id=name, **props)

    def preprocess(self, payload: Any) -> dict[str, Any]:
        if not isinstance(payload, dict) or type(payload.get("serial")) is not int:
            raise refuse("A question of a lesson has a serial, a whole number.")
        return payload


def answered(asked: dict[str, Any], work: Callable[[], Any]) -> dict[str, Any]:
    """The answer with the question's number; what the person can mend comes back as `error`."""
    try:
        return {"serial": asked["serial"], "answer": work()}
    except TranslationError as error:
        return {"serial": asked["serial"], "error": str(error)}


def one_of(asked: dict[str, Any], name: str, among: Collection) -> Any:
    """A field of the question that must be one of a few; BadControl."""
    value = asked.get(name)
    if not any(type(value) is type(choice) and value == choice for choice in among):
        raise BadControl(f"{name} must be one of {', '.join(map(str, among))}, not {value!r:.40}.")
    return value


def whole(asked: dict[str, Any], name: str, low: int, high: int) -> int:
    value = asked.get(name)
    if type(value) is not int or not low <= value <= high:
        raise BadControl(f"{name} must be a whole number from {low} to {high}, not {value!r:.40}.")
    return value


def equation(tex: str, source: str, *classes: str) -> None:
    """An equation of a paper, set by the KaTeX that comes with Gradio, and where it stands."""
    gr.Markdown(
        f"$${tex}$$\n\n<small>{source}</small>",
        latex_delimiters=[{"left": "$$", "right": "$$", "display": True}],
        elem_classes=["equation", *classes],
    )
