"""The colour to paint in: the one that the seed picks, one of the training colours, or one's own."""

from typing import Any

from studio.component import Part


class Colour(Part):
    """Gives events "#rrggbb", or None: the seed picks. The translator checks the value."""

    def __init__(self, *, channel: str, **props: Any):
        super().__init__("colour", value={"colour": None}, channel=channel, most=10, **props)

    def preprocess(self, payload: Any) -> Any:
        return payload.get("colour") if isinstance(payload, dict) else payload
