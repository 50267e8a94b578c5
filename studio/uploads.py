"""Files that people send. A path counts only inside Gradio's upload folder: otherwise a caller could name any file of the server."""

from pathlib import Path
from typing import Any

from gradio.utils import get_upload_folder, is_in_or_equal
from PIL import Image

from studio.component import Part
from translators import BadPicture
from translators.images import open_hints, open_label_map, open_picture


class NotHere(BadPicture):
    """Nothing was uploaded, or the server has removed it since."""


def is_upload(path: Any) -> bool:
    """Whether that is the path of a file in the upload folder."""
    if not isinstance(path, str) or "\0" in path:
        return False
    try:
        return is_in_or_equal(path, get_upload_folder()) and Path(path).is_file()
    except (OSError, ValueError):  # a name too long for a file, or that no file system can write
        return False


def opened(payload: Any, longest: int = 2048) -> Image.Image:
    """An uploaded file, {"path": ...}, as RGB, no side longer than `longest` pixels.

    Raises:
        NotHere: one sentence, when nothing was uploaded, or it is not here any more.
        BadPicture: one sentence, when the file is no picture that can be read here.
    """
    return open_picture(_path(payload), longest)


def label_map(payload: Any) -> Image.Image:
    """The same for a label map, in the file's own mode and size: ids stay ids. Raises as `opened`."""
    return open_label_map(_path(payload))


def hints(payload: Any) -> Image.Image:
    """The same for colour hints: RGBA, transparent where there is none. Raises as `opened`, also where there is no transparency."""
    return open_hints(_path(payload))


def _path(payload: Any) -> str:
    path = payload.get("path") if isinstance(payload, dict) else None
    if not is_upload(path):
        raise NotHere("Upload a picture file, please.")
    return path


class Photo(Part):
    """A button that uploads a picture: {"path": ..., "number": ...}. What cannot be used is answered with {"number": ..., "error": ...}."""

    def __init__(self, **props: Any):
        super().__init__("uploads", **props)
