"""What a translator is measured on: what it is given from the test folder, and what its answers are held against."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from train.data import open_labels, open_paired, pictures_in, read, split_of
from translators.labels import Palette, coloured, ids_of, palette_of
from translators.translator import Translator

Pictures = Iterable[Image.Image]
PLAIN = {"drawing": "drawings themselves", "photo": "photos themselves", "label map": "label pictures themselves"}


@dataclass(frozen=True)
class Comparison:
    """What a translator is given, and what its answers are held against, all of the size that it was trained on.

    `inputs` are as it takes them, `plain` the same as RGB and `plain_name` their row. `real` are the pictures that the answers should
    look like: where `paired`, of the same scenes in the same order. `train` reads the training pictures of that kind one by one.
    """

    inputs: list[Image.Image]
    plain: list[Image.Image]
    plain_name: str
    real: list[Image.Image]
    train: Pictures
    protocol: str
    paired: bool = True


def trained_size(translator: Translator) -> tuple[int, int]:
    """Width and height."""
    size = translator.config.get("translator", {}).get("size", translator.card.size)
    return (size, size) if isinstance(size, int) else tuple(size)


def fitted(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    return picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)


def named(settings: dict) -> dict:
    """Of a run's settings those that say where its pairs lie: `open_paired`'s arguments."""
    return {name: settings[name] for name in ("x", "y", "flip") if name in settings}


def pairs(translator: Translator, data: Path, settings: dict) -> Comparison:
    """Drawings, label pictures or photos with their targets: two folders or side by side, as the network was trained (`settings`)."""
    split, size, palette = split_of(data), trained_size(translator), palette_of(translator.card.palette)
    test, train = (open_paired(data, name, **named(settings)) for name in (split, "train"))
    given, real = zip(*(test.pair(i) for i in range(len(test))), strict=True)
    targets = (train.pair(i)[1] for i in range(len(train)))
    if palette:
        return of_labels([ids_of(picture, palette, much=1) for picture in given], palette, real, targets, split, size)
    inputs = [fitted(picture, size) for picture in given]
    return Comparison(inputs, inputs, PLAIN[translator.card.takes], *all_fitted(real, targets, size), described(split, size))


def label_folders(translator: Translator, data: Path) -> Comparison:
    """Label maps of ids and their photos, `image` and `label` in each split."""
    split, size, palette = split_of(data), trained_size(translator), translator.palette
    test, train = (open_labels(data, name, len(palette)) for name in (split, "train"))
    real, labels = zip(*(test.pair(i) for i in range(len(test))), strict=True)
    return of_labels(map(np.array, labels), palette, real, (train.pair(i)[0] for i in range(len(train))), split, size)


def of_labels(
    ids: Iterable[np.ndarray], palette: Palette, real: Pictures, train: Pictures, split: str, size: tuple[int, int]
) -> Comparison:
    inputs = [Image.fromarray(one).resize(size, Image.Resampling.NEAREST) for one in ids]
    plain = [coloured(np.array(one), palette) for one in inputs]
    return Comparison(inputs, plain, PLAIN["label map"], *all_fitted(real, train, size), described(split, size))


def all_fitted(real: Pictures, train: Pictures, size: tuple[int, int]) -> tuple[list[Image.Image], Pictures]:
    return [fitted(picture, size) for picture in real], (fitted(picture, size) for picture in train)


def described(split: str, size: tuple[int, int]) -> str:
    return f"{split} folder, {size[0]}×{size[1]} pixels"


def unpaired(data: Path, direction: list[str]) -> Comparison:
    """Photos of one domain, and the other domain's; `direction` is ["A", "B"] or ["B", "A"]."""
    source, target = direction
    split = split_of(data, source)
    photos = [read(path) for path in pictures_in(data / f"{split}{source}")]
    real = [read(path) for path in pictures_in(data / f"{split}{target}")]
    targets = (read(path) for path in pictures_in(data / f"train{target}"))
    protocol = f"{split}{source} to {split}{target}, {len(photos)} and {len(real)} pictures"
    return Comparison(photos, photos, "photos untouched", real, targets, protocol, paired=False)
