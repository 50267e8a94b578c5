"""Whether a network listens to colour hints: what it paints under them, with and without them."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from train.data import open_paired, split_of
from train.figures import Figure, mean
from train.pix2pix import Settings
from translators.from_drawing import DrawingTranslator

TITLE = "colour under the hints, L1 of 255"
Sample = tuple[Tensor, Tensor, Tensor]  # x (7, H, W), c (3,), y (3, H, W)


def hinted(data: Path, settings: dict) -> list[Sample]:
    """Those of the test pictures that the simulator, as in training (`settings`), gives hints; some of their regions are painted anew."""
    dataset = Settings(**settings).dataset(open_paired(data, split_of(data), settings["x"], settings["y"], flip=settings["flip"]))
    samples = (dataset[0, i][:3] for i in range(len(dataset.folder)))
    return [(x, c, y) for x, c, y in samples if x[6].any()]


@torch.inference_mode()
def painted(translator: DrawingTranslator, x: Tensor, c: Tensor, seed: int) -> Tensor:
    """(3, H, W) of one sample."""
    return translator.module(x[None], c[None], seed=seed)[0].clamp(-1, 1)


def hint_error(translator: DrawingTranslator, samples: list[Sample]) -> dict[str, Figure]:
    """Mean difference, in grey levels of 255, between the colour of the hints' strokes and what is painted under them; and where they are
    not given.
    """
    errors: dict[str, list[float]] = {"translated": [], "without the hints": []}
    for i, (x, c, _) in enumerate(samples):
        silent = torch.cat([x[:3], torch.zeros_like(x[3:])])
        for name, given in zip(errors, (x, silent), strict=True):
            under = (painted(translator, given, c, i) - x[3:6]).abs()[:, x[6] == 1]
            errors[name].append(float(under.mean()) * 127.5)
    return {name: mean(np.array(values)) for name, values in errors.items()}
