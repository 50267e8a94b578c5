"""What the page's own components share: `gr.HTML` that carries its script, its words and a channel to its neighbours.

The markup is set by the script and never changes afterwards: Gradio's templates run as JavaScript again at every change of a value, so they
stay empty, and whatever a person typed reaches the page through `textContent` alone. Styles are the page's (`look.py`).
"""

import json
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from studio import words

HERE = Path(__file__).parent
PATIENCE = 30_000  # milliseconds after which an answer counts as lost, where a part does not say otherwise


class Part(gr.HTML):
    """A component made of `<part>.js` and, where there is one, `<part>.html`.

    The script finds `element`, `props`, `trigger` and `watch` (Gradio's), `word(key)` in the browser's language, `$` and `$$` to find
    elements, and `tell`, `hear` and `know` to speak with the other parts of the same `channel` without the server.
    """

    def __init__(
        self,
        part: str,
        *,
        value: Any = None,
        channel: str = "",
        scripts: tuple[str, ...] = (),
        patience: int = PATIENCE,
        **props,
    ):
        markup, name = HERE / f"{part}.html", Path(part).name
        sources = [(HERE / f"{script}.js").read_text("utf-8") for script in ("part", *scripts, part)]
        super().__init__(
            value=value,
            html_template="",
            css_template="",
            js_on_load="\n".join(sources),
            apply_default_css=False,
            elem_classes=["part", name],
            channel=channel,
            patience=patience,
            markup=markup.read_text("utf-8") if markup.exists() else "",
            words=words.room(name),
            **props,
        )

    def preprocess(self, payload: Any) -> Any:
        return payload

    def postprocess(self, value: Any) -> Any:
        return value

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}

    def example_payload(self) -> Any:
        return None

    def example_value(self) -> Any:
        return None


def refuse(reason: object) -> gr.Error:
    """The error to raise so that the page, which renders messages as HTML, shows one plain sentence."""
    return gr.Error(escape(str(reason), quote=False), print_exception=False)


def parse(payload: Any) -> Any:
    """A value that a client may have sent as JSON text."""
    try:
        return json.loads(payload) if isinstance(payload, str) else payload
    except (ValueError, RecursionError):  # the latter for what is nested too deep
        return None
