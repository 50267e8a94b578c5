"""The objects of a scene on the page: their boundaries, and a style for the one that was picked. Only where the network takes styles."""

from typing import Any

from studio.component import Part


class Objects(Part):
    """Speaks with the label canvas alone."""

    def __init__(self, *, channel: str, **props: Any):
        super().__init__("objects", channel=channel, **props)
