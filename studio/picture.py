"""The painted picture in the browser, with its drawing beneath for comparison, its speed and its downloads."""

import base64
import io
from pathlib import Path
from typing import Any

from gradio.processing_utils import save_bytes_to_cache
from gradio.utils import get_upload_folder
from PIL import Image

from studio.canvas import SIDE
from studio.component import Part


def png(picture: Image.Image) -> bytes:
    """Lossless, and ten times sooner than at Pillow's own level."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def data_url(picture: Image.Image) -> str:
    """A PNG inside the answer itself: a file would cost the browser one more request."""
    return "data:image/png;base64," + base64.b64encode(png(picture)).decode()


def file_of(picture: Image.Image, name: str) -> dict[str, Any]:
    """A PNG file that Gradio serves, and removes after an hour: for pictures that are too large for the answer itself."""
    return served(save_bytes_to_cache(png(picture), f"{name}.png", get_upload_folder()))


def served(path: str | Path) -> dict[str, Any]:
    """A file of the upload folder as an answer names it: Gradio adds its address."""
    return {"path": str(path), "meta": {"_type": "gradio.FileData"}}


class Picture(Part):
    """Takes an answer: serial, translator, title, seed, colour, ms and picture (a data URL), or error; shows the newest only.

    Beneath it lies what was sent: ink on paper, of the drawing canvas's size and colours, or a label map in the flat colours of the
    translator's classes, of its size.
    """

    def __init__(self, *, channel: str, labels: bool = False, **props: Any):
        paper = {} if labels else {"size": {"width": SIDE, "height": SIDE}, "colours": [[255, 255, 255], [24, 24, 27]]}
        super().__init__(
            "picture", channel=channel, scripts=("raster", "flat" if labels else "ink", "save"), labels=labels, **paper, **props
        )
