"""Files that people send. A path counts only inside Gradio's upload folder: otherwise a caller could name any file of the server."""

from pathlib import Path
from typing import Any

from gradio.utils import get_upload_folder, is_in_or_equal
from PIL import Image

from studio.component import Part, refuse
from translators import TranslationError
from translators.images import open_picture


def picture(payload: Any) -> Image.Image:
    """An uploaded file, {"path": ...}, as RGB.

    Raises:
        gr.Error: one sentence, when nothing was uploaded or the file is no picture that can be read here.
    """
    path = payload.get("path") if isinstance(payload, dict) else None
    if not isinstance(path, str) or "\0" in path or not is_in_or_equal(path, get_upload_folder()) or not Path(path).is_file():
        raise refuse("Upload a picture file, please.")
    try:
        return open_picture(path)
    except TranslationError as error:
        raise refuse(error) from None


class Photo(Part):
    """A button that uploads a picture and gives events a `PIL.Image`."""

    def __init__(self, **props: Any):
        super().__init__("uploads", **props)

    def preprocess(self, payload: Any) -> Image.Image:
        return picture(payload)
