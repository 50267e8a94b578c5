"""The photo in its new style: asked for by the browser, answered while it is painted, compared, blended and saved in the browser."""

from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any, NamedTuple

from PIL import Image

from studio import jobs, networks, uploads
from studio.component import Part, refuse
from studio.picker import known
from studio.picture import file_of
from studio.source import LONGEST
from translators import TranslationError, Translator
from translators.from_photo import SHORT_SIDES

KIND = "photo"
RESOLUTIONS = (*SHORT_SIDES, "full")


class Question(NamedTuple):
    """What the browser asks: a job of its own making, the photo's path, a translator and a resolution."""

    job: str
    path: Any
    translator: str
    resolution: str


def question(payload: Any) -> Question:
    """A question that came over the wire, checked; the path is checked where the file is opened."""
    if not isinstance(payload, dict) or not isinstance(payload.get("job"), str) or not 1 <= len(payload["job"]) <= 64:
        raise refuse("A question about a photo has a job, a path and a translator.")
    resolution = payload.get("resolution", "quick")
    if resolution not in RESOLUTIONS:
        raise refuse(f"resolution must be quick, fine or full, not {resolution!r:.40}.")
    return Question(payload["job"], payload.get("path"), known(payload.get("translator"), KIND), resolution)


class Restyled(Part):
    """Gives events a `Question`, and takes the answers of `restyle`; `server.stop(job)` ends one."""

    def __init__(self, *, channel: str, **props: Any):
        super().__init__("restyled", channel=channel, scripts=("save",), server_functions=[jobs.stop], **props)

    def preprocess(self, payload: Any) -> Question:
        return question(payload)


def photo_at(upload: Any, resolution: str) -> Image.Image:
    """An uploaded photo, {"path": ...}, as large as that resolution can use it."""
    return uploads.opened(upload, LONGEST if resolution == "full" else 2048)


def painted(
    name: str, translator: Translator, photo: Image.Image, resolution: str, progress: Callable[[int, int], None] | None = None
) -> dict[str, Any]:
    """One translation as the page shows it: photo and picture as files of one size, and the milliseconds. The translator goes by `name`.

    Where `progress` raises, because nobody waits any more, no file is written.
    """
    file = translator.card.name
    seen = translator.sees(photo, resolution=resolution)
    start = perf_counter()
    picture = translator.translate(seen, resolution=resolution, progress=progress)
    ms = (perf_counter() - start) * 1000
    return {
        "translator": name,
        "title": translator.card.title,
        "file": file,
        "resolution": resolution,
        "width": picture.width,
        "height": picture.height,
        "photo": file_of(seen, f"trazo-{file}-photo"),
        "picture": file_of(picture, f"trazo-{file}"),
        "ms": ms,
    }


def restyle(asked: Question) -> Iterator[dict[str, Any]]:
    """First {"done", "total"} as often as there is news, at the end the picture; before one in tiles, the whole photo at "fine"."""

    def work(tell: jobs.Tell) -> None:
        tell({"done": 0, "total": 0})
        translator = networks.get(asked.translator)
        photo = photo_at({"path": asked.path}, asked.resolution)
        tiled = asked.resolution == "full" and translator.sees(photo, resolution="fine").size != photo.size
        whole = painted(asked.translator, translator, photo, "fine", lambda *_: tell({"done": 0, "total": 0})) if tiled else None
        if whole:
            tell({"whole": whole, "done": 0, "total": 0})
        picture = painted(asked.translator, translator, photo, asked.resolution, lambda done, total: tell({"done": done, "total": total}))
        tell({**picture, "whole": whole})

    yield from answers(asked.job, work, full=asked.resolution == "full")


def answers(job: str, work: Callable[[jobs.Tell], None], full: bool = False) -> Iterator[dict[str, Any]]:
    """What a job tells, with its name on it. What the person can mend comes back as `error`; `gone`: the photo is not here any more."""
    try:
        for news in jobs.told(job, work, full):
            yield {"job": job, **news}
    except jobs.Stopped:
        yield {"job": job, "stopped": True}
    except TranslationError as error:
        yield {"job": job, **wrong(error)}


def wrong(error: TranslationError) -> dict[str, Any]:
    return {"error": str(error)} | ({"gone": True} if isinstance(error, uploads.NotHere) else {})
