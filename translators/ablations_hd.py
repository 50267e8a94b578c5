"""What pix2pixHD's parts are for: small networks trained with and without each of them (Wang 2018, §3.2 to §3.5).

weights/ablations_hd/<name>/            model.safetensors, config.json: CamVid labels → street
weights/ablations_hd/full/discriminator/   the same two files: its three PatchGANs
weights/ablations_hd/table.json            figures, by name
weights/ablations_hd/samples/              photo and labels side by side, none of them trained on
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from translators import cards, weights
from translators.errors import BadControl, WeightsDamaged, WeightsMissing
from translators.from_labels import LabelTranslator
from translators.images import open_picture
from translators.labels import CAMVID, ids_of, instances
from translators.pix2pixhd import MultiScale

NAMES = ("full", "global", "no_boundary", "no_perceptual")
FULL = "full"
SIZE = 256, 192  # width and height


def folder() -> Path:
    return cards.WEIGHTS / "ablations_hd"


def installed() -> list[str]:
    """The names of the runs whose generator is here, in the order of `NAMES`."""
    return [name for name in NAMES if (folder() / name / weights.MODEL).is_file()]


def generator(name: str) -> LabelTranslator:
    """The translator of that run, float32.

    Raises:
        BadControl: no such run.
        WeightsMissing, WeightsDamaged: its weights are not here, or cannot be used.
    """
    if name not in NAMES:
        raise BadControl(f"There is no ablation {name!r:.40}; there are {', '.join(NAMES)}.")
    return in_folder(_present(folder() / name))


def in_folder(place: Path) -> LabelTranslator:
    """The translator whose weights lie there. WeightsDamaged."""
    return LabelTranslator(replace(cards.CARDS["street"], name=f"{place.parent.name}/{place.name}", folder=place), *weights.read(place))


def painted(translator: LabelTranslator, ids: np.ndarray, objects: np.ndarray | None = None, **controls) -> Image.Image:
    """Class ids (H, W) → the street, of their size. A global generator alone paints half of it (§3.2), which is enlarged here.

    `objects` and `controls` are `LabelTranslator.translate`'s.
    """
    objects = instances(ids) if objects is None else objects
    step = 2 if translator.size == (ids.shape[1] // 2, ids.shape[0] // 2) else 1
    small = Image.fromarray(np.ascontiguousarray(ids[step // 2 :: step, step // 2 :: step]))
    picture = translator.translate(small, objects=objects[step // 2 :: step, step // 2 :: step], **controls)
    return picture.resize(ids.shape[::-1], Image.Resampling.BICUBIC)


def discriminator() -> MultiScale:
    """D1, D2 and D3 of the full run, float32. Raises like `generator`."""
    place = _present(folder() / FULL / "discriminator")
    return weights.read(place, {MultiScale.__name__: MultiScale})[0]


def table() -> dict[str, Any]:
    """The figures by run; empty where nothing was measured. WeightsDamaged where the file is no JSON object."""
    return weights.json_object(folder() / "table.json").get("figures", {})


def samples() -> list[str]:
    """The names of the pictures in `samples/`."""
    return sorted(path.stem for path in (folder() / "samples").glob("*.png"))


def sample(name: str) -> tuple[Image.Image, np.ndarray]:
    """Photo, and class ids (H, W), of that name. BadControl where there is no such sample."""
    if name not in samples():
        raise BadControl(f"There is no sample {name!r:.40} of the streets.")
    both = open_picture(folder() / "samples" / f"{name}.png")
    if both.size != (2 * SIZE[0], SIZE[1]):
        raise WeightsDamaged(f"ablations_hd/samples/{name}.png is not {2 * SIZE[0]}×{SIZE[1]}: a photo with its labels to the right.")
    return both.crop((0, 0, *SIZE)), ids_of(both.crop((SIZE[0], 0, 2 * SIZE[0], SIZE[1])), CAMVID)


def _present(place: Path) -> Path:
    if not (place / weights.MODEL).is_file():
        raise WeightsMissing(
            f"The weights of the ablations are not on this machine: weights/{place.relative_to(cards.WEIGHTS)} is not there."
        )
    return place
