"""The sample photos of the chosen translator, in a row under the photo."""

import base64
import io
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image

from studio.component import Part
from studio.source import samples_of

SIDE = 112  # pixels: twice what is shown, for dense displays


class Samples(Part):
    """Takes what `samples` gives; a press tells the source which one."""

    def __init__(self, *, channel: str, **props: Any):
        super().__init__("samples", channel=channel, **props)


def samples(name: str) -> dict[str, Any]:
    return {
        "translator": name,
        "samples": [{"name": path.name, "picture": thumbnail(path, path.stat().st_mtime_ns)} for path in samples_of(name)],
    }


@lru_cache(maxsize=256)
def thumbnail(path: Path, changed: int) -> str:
    """The middle square of a picture, small, as a data URL: one for all sessions, until the file has changed."""
    with Image.open(path) as picture:
        picture.draft("RGB", (2 * SIDE, 2 * SIDE))
        side = min(picture.size)
        left, top = (picture.width - side) // 2, (picture.height - side) // 2
        small = picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS, (left, top, left + side, top + side))
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=85)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
