"""The ablations of pix2pix: one small network trained under each of the losses and patches of Isola 2017 (§4.2 to §4.4, Fig. 4 and 6).

weights/ablations/<name>/            model.safetensors, config.json: the U-Net, CMP facade labels → photo
weights/ablations/<name>/discriminator/   the same two files: its PatchGAN, where the run had one
weights/ablations/l1_cgan/snapshots/      <step, seven digits>.safetensors: the U-Net on its way
weights/ablations/table.json              figures, by name, beside the paper's
weights/ablations/samples/                photo and labels side by side, none of them trained on
"""

from pathlib import Path
from typing import Any

from PIL import Image
from torch import nn

from translators import cards, weights
from translators.errors import BadControl, WeightsMissing
from translators.images import open_picture
from translators.pix2pix import PatchGAN, UNetGenerator

NAMES = ("l1", "cgan", "l1_cgan", "encoder_decoder", "encoder_decoder_l1", "patch_1", "patch_16", "patch_286")
PATCHES = {1: "patch_1", 16: "patch_16", 70: "l1_cgan", 286: "patch_286"}
FILMED = "l1_cgan"
SIDE = 256


def folder() -> Path:
    return cards.WEIGHTS / "ablations"


def installed() -> list[str]:
    """The names of the runs whose generator is here, in the order of `NAMES`."""
    return [name for name in NAMES if (folder() / name / weights.MODEL).is_file()]


def generator(name: str, step: int | None = None) -> UNetGenerator:
    """The U-Net of that run, float32; at `step`, as it was then.

    Raises:
        BadControl: no such run, or no snapshot of that step.
        WeightsMissing, WeightsDamaged: its weights are not here, or cannot be used.
    """
    if name not in NAMES:
        raise BadControl(f"There is no ablation {name!r:.40}; there are {', '.join(NAMES)}.")
    if step is None:
        return _read(folder() / name, UNetGenerator)
    if step not in snapshots():
        raise BadControl(f"There is no snapshot of step {step!r:.20}; there are {', '.join(map(str, snapshots()))}.")
    return _read(folder() / name, UNetGenerator, folder() / name / "snapshots" / f"{step:07d}.safetensors")


def discriminator(patch: int) -> PatchGAN:
    """The PatchGAN of that patch, float32. Raises like `generator`."""
    if patch not in PATCHES:
        raise BadControl(f"patch must be one of {', '.join(map(str, PATCHES))}, not {patch!r:.20}.")
    return _read(folder() / PATCHES[patch] / "discriminator", PatchGAN)


def snapshots() -> list[int]:
    """The steps of the filmed run that were kept, the first first."""
    return sorted(int(path.stem) for path in (folder() / FILMED / "snapshots").glob("[0-9]" * 7 + ".safetensors"))


def table() -> dict[str, Any]:
    """The figures by run; empty where nothing was measured. WeightsDamaged where the file is no JSON object."""
    return weights.json_object(folder() / "table.json").get("figures", {})


def curves() -> dict[str, Any]:
    """The losses of the filmed run, by name lists of [step, value]; empty where none were kept. Raises like `table`."""
    return weights.json_object(folder() / FILMED / "curves.json")


def samples() -> list[str]:
    """The names of the pictures in `samples/`."""
    return sorted(path.stem for path in (folder() / "samples").glob("*.jpg"))


def sample(name: str) -> tuple[Image.Image, Image.Image]:
    """Photo and label picture of that name, 256 × 256 each. BadControl where there is no such sample."""
    if name not in samples():
        raise BadControl(f"There is no sample {name!r:.40} of the facades.")
    both = open_picture(folder() / "samples" / f"{name}.jpg")
    half = both.width // 2
    return tuple(both.crop(box).resize((SIDE, SIDE)) for box in ((0, 0, half, both.height), (half, 0, 2 * half, both.height)))


def _read(place: Path, network: type[nn.Module], model: Path | None = None) -> Any:
    if not (place / weights.MODEL).is_file():
        path = place.relative_to(folder().parent)
        raise WeightsMissing(f"The weights of the ablations are not on this machine: weights/{path} is not there.")
    return weights.read(place, {network.__name__: network}, model)[0]
