"""The photo on the page: chosen, dropped, pasted, taken with the camera, or one of the samples."""

from typing import Any

from gradio.processing_utils import save_file_to_cache, save_pil_to_cache
from gradio.utils import get_upload_folder
from PIL import ExifTags, Image

from studio import guests, networks, uploads
from studio.component import Part
from studio.picture import served
from translators import TranslationError

LONGEST = 4096  # of a photo at full size
PREVIEW = 1024


class Source(Part):
    """Gives events {"number", "path"} or {"number", "sample": {"translator", "name"}}, and takes what `received` says of it."""

    def __init__(self, *, channel: str, **props: Any):
        super().__init__("source", channel=channel, **props)


def received(given: Any) -> dict[str, Any]:
    """Where the photo lies from now on and what it looks like; what is wrong with it comes back as `error`, in one sentence."""
    given = given if isinstance(given, dict) else {}
    answer = {"number": given.get("number")}
    try:
        path = _sample(given["sample"]) if "sample" in given else given.get("path")
        photo = uploads.opened({"path": path}, PREVIEW)
    except TranslationError as error:
        return {**answer, "error": str(error)}
    width, height = _upright_size(path)
    preview = served(save_pil_to_cache(photo, get_upload_folder(), name="photo", format="jpeg"))
    return {**answer, "path": path, "preview": preview, "width": width, "height": height}


def _upright_size(path: str) -> tuple[int, int]:
    """Of a picture that was opened before, from its header."""
    with Image.open(path) as picture:
        lies = picture.format != "TIFF" and picture.getexif().get(ExifTags.Base.Orientation, 1) in (5, 6, 7, 8)  # Pillow turns TIFFs
        return picture.size[::-1] if lies else picture.size


def _sample(asked: Any) -> str | None:
    """A copy in the upload folder, so that all photos come from there; None where there is no such sample."""
    name, sample = (asked.get("translator"), asked.get("name")) if isinstance(asked, dict) else (None, None)
    cards = networks.taking("photo")
    if not isinstance(name, str) or name not in cards:
        return None
    path = {path.name: path for path in samples_of(name)}.get(str(sample))
    return path and save_file_to_cache(path, get_upload_folder())


def samples_of(name: str) -> list:
    """The sample photos that the translator was shipped with; a guest has none."""
    return [] if guests.is_guest(name) else sorted((networks.taking("photo")[name].weights / "samples").glob("*.jpg"))
