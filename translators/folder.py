"""A folder of pictures through one translator: which files, under which names, and one picture's way from file to file."""

import contextlib
import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from translators.errors import BadPicture, TranslationError
from translators.images import open_label_map, open_picture

if TYPE_CHECKING:
    from translators.translator import Translator

SUFFIXES = {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".gif", ".bmp", ".tif", ".tiff"}


@dataclass(frozen=True)
class Job:
    """A picture's file, and the PNG file that its translation becomes."""

    source: Path
    target: Path

    @property
    def done(self) -> bool:
        return self.target.is_file()  # a file of this name is whole: `write` gives the name last


def survey(pictures: Path, out: Path) -> tuple[list[Job], list[Path]]:
    """The jobs for every picture below a folder, sorted, and the other files there; hidden ones and what lies in `out` are not looked at.

    A translation keeps its picture's sub-folder and stem. Pictures of one folder that differ in their suffix alone keep it: `a.jpg` and
    `a.gif` become `a.jpg.png` and `a.gif.png`.

    Raises:
        TranslationError: there is no such folder, it holds no picture, or translations would come to lie among the pictures.
    """
    pictures, out = pictures.resolve(), out.resolve()
    if not pictures.exists():
        raise TranslationError(f"There is no folder {pictures}.")
    for path in (pictures, out):
        if path.exists() and not path.is_dir():
            raise TranslationError(f"{path} is a file, not a folder.")
    if pictures.is_relative_to(out):
        raise TranslationError(f"The translations need a folder of their own: {out} holds the pictures themselves.")
    jobs, others = [], []
    for place, folders, files in os.walk(pictures):
        folders[:] = [name for name in folders if not name.startswith(".") and Path(place, name) != out]
        seen = [Path(place, name) for name in files if not name.startswith(".")]
        found = [path for path in seen if path.suffix.lower() in SUFFIXES]
        others += [path for path in seen if path.suffix.lower() not in SUFFIXES]
        beside = out / Path(place).relative_to(pictures)
        jobs += [Job(path, beside / name) for path, name in zip(found, _named(found), strict=True)]
    if not jobs:
        raise TranslationError(f"{pictures} holds no picture (PNG, JPEG, WebP, GIF, BMP or TIFF).")
    return sorted(jobs, key=lambda job: job.source), sorted(others)


def ready(name: str, controls: dict, device: str = "cpu") -> "Translator":
    """The translator, after it has taken the controls once.

    Raises:
        TranslationError: an unknown name, missing or damaged weights, no such device, a control that it has not or that is out of range.
    """
    import torch  # here, so that looking for pictures needs no torch

    from translators.loading import load

    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError):  # torch's words for a device that it was not built for
        raise TranslationError(f"There is no device {device!r} on this machine.") from None
    translator = load(name, device)
    with contextlib.suppress(BadPicture):  # a black square need be no picture to it
        translator.translate(Image.new("RGB", (16, 16)), **controls)
    return translator


def paint(translator: "Translator", job: Job, controls: dict) -> str:
    """Does a job; one sentence on why it could not be done, empty where it was."""
    try:
        if translator.card.takes == "label map":
            picture = open_label_map(job.source)
        else:
            picture = open_picture(job.source, longest=4096 if controls.get("resolution") == "full" else 2048)
        write(translator.translate(picture, **controls), job.target)
    except BadPicture as error:
        return str(error)
    except OSError as error:
        return f"{job.target.name} could not be written: {error.strerror or error}."
    except (RuntimeError, MemoryError) as error:  # out of memory, in torch's words
        return f"{job.source.name} could not be painted: {(str(error) or type(error).__name__).splitlines()[0]}"
    return ""


def painted(translator: "Translator", jobs: list[Job], controls: dict, workers: int) -> Iterator[tuple[Job, str]]:
    """Does the jobs, `workers` at a time; each as it ends, with what `paint` says of it.

    One thread paints a picture from beginning to end: the order of a network's sums, and with it the last bit of some pixels, then depends
    on no number of cores, and pictures side by side are faster than threads that wait for each other.
    """
    import torch

    pool = ThreadPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(1,))
    try:
        running = {pool.submit(paint, translator, job, controls): job for job in jobs}
        for future in as_completed(running):
            yield running[future], future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def at_a_time(device: str) -> int:
    """How many pictures keep a device busy: one for every core that this process may use, one on a graphics card."""
    if not device.startswith("cpu"):
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def write(picture: Image.Image, path: Path) -> None:
    """Writes a PNG that is whole as soon as it has its name; what a killed run leaves, `.<name>.part`, is written over by the next."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        picture.save(file, "PNG")
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def _named(pictures: list[Path]) -> list[str]:
    """The translations' names for the pictures of one folder, none twice, capitals counted as small letters."""
    short = Counter(f"{path.stem}.png".casefold() for path in pictures)
    short.update({f"{path.name}.png".casefold() for path in pictures})
    return [f"{path.stem if short[f'{path.stem}.png'.casefold()] == 1 else path.name}.png" for path in pictures]
