"""The painted picture in the browser, with its drawing beneath for comparison, its speed and its downloads."""

import base64
import io
from typing import Any

from PIL import Image

from studio.canvas import SIDE
from studio.component import Part


def data_url(picture: Image.Image) -> str:
    """A PNG, lossless, inside the answer itself: a file would cost the browser one more request."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=1)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


class Picture(Part):
    """Takes an answer: serial, ink, translator, title, seed, colour, ms and picture (a data URL), or error; shows the newest only."""

    def __init__(self, *, channel: str, **props: Any):
        super().__init__(
            "picture",
            channel=channel,
            scripts=("raster",),
            size={"width": SIDE, "height": SIDE},
            colours=[[255, 255, 255], [24, 24, 27]],
            **props,
        )
