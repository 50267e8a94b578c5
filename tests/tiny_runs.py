"""Runs of a dozen steps, for tests that hold for every loop: a data set that suits all three, and settings for nets of a few channels."""

from pathlib import Path
from types import ModuleType

import numpy as np
from PIL import Image
from torch import nn

from train import cyclegan, pix2pix, pix2pixhd

LOOPS: dict[str, ModuleType] = {"pix2pix": pix2pix, "cyclegan": cyclegan, "pix2pixhd": pix2pixhd}
STEPS = 12
SCHEDULE = {"epochs": 3, "decay_epochs": 1, "average": 0.9, "discriminator_channels": 4, "patch": 16, "base_channels": 4}
SETTINGS = {
    "pix2pix": pix2pix.Settings(size=64, downs=6, **SCHEDULE),  # with a layer of dropout
    "cyclegan": cyclegan.Settings(size=16, scale_low=18, scale_high=20, blocks=1, pool=2, **SCHEDULE),
    "pix2pixhd": pix2pixhd.Settings(
        classes=3, height=16, width=32, downs=2, blocks=1, encoder_channels=4, scales=2, lambda_perceptual=0.0, **SCHEDULE
    ),
}


def write_data(root: Path, count: int = 4) -> dict[str, Path]:
    """The folder of a data set for every loop: `count` pictures of smooth noise a split, label maps with three classes."""
    rng = np.random.default_rng(0)

    def noise(width: int, height: int) -> Image.Image:
        coarse = Image.fromarray(rng.integers(0, 256, (4, 4 * width // height, 3), np.uint8))
        return coarse.resize((width, height), Image.Resampling.BICUBIC)

    places = {name: root / name for name in LOOPS}
    for split in ("train", "val", "test"):
        for i in range(count):
            ids = Image.fromarray(rng.integers(0, 3, (4, 8), np.uint8)).resize((128, 64), Image.Resampling.NEAREST)
            files = {
                places["pix2pix"] / split / f"{i}.png": noise(128, 64),
                places["cyclegan"] / f"{split}A" / f"{i}.png": noise(64, 64),
                places["cyclegan"] / f"{split}B" / f"{i}.png": noise(64, 64),
                places["pix2pixhd"] / split / "image" / f"{i}.png": noise(128, 64),
                places["pix2pixhd"] / split / "label" / f"{i}.png": ids,
            }
            for path, picture in files.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                picture.save(path)
    return places


def options(name: str) -> list[str]:
    """The tiny settings as words of the command line."""
    settings, words = SETTINGS[name], []
    for field, value in vars(settings).items():
        if value != getattr(type(settings)(), field):
            words += [f"--{field.replace('_', '-')}", str(value)]
    return words


def generator(name: str, result) -> nn.Module:
    """G, among what a loop returns."""
    return result[0] if name == "pix2pix" else result["G"]
