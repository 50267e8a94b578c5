"""The scenes of the ablations: the discriminator's eye, the losses and patches side by side, and training as a film."""

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from lessons import eye
from studio.learn.lesson import answered, one_of
from studio.learn.pad import labels_of
from studio.picture import data_url
from translators import TranslationError, ablations
from translators.images import to_image, to_tensor
from translators.labels import CMP, coloured, ids_of

generator = lru_cache(maxsize=32)(ablations.generator)
discriminator = lru_cache(ablations.discriminator)


def painted(name: str, x: Tensor, step: int | None = None) -> Tensor:
    """Labels (1, 3, H, W) → the picture of that run, always with the same noise."""
    with torch.inference_mode():
        return generator(name, step)(x, seed=0)


def labels_in(asked: dict[str, Any]) -> Tensor:
    return to_tensor(coloured(labels_of(asked.get("drawing")), CMP))


def look(asked: dict[str, Any]) -> dict[str, Any]:
    """A patch's map over the painted picture and, for a sample, over its photo."""

    def work() -> dict[str, Any]:
        if not ablations.installed():
            return {"missing": True}
        patch = one_of(asked, "patch", ablations.PATCHES)
        x = labels_in(asked)
        pairs = {"painted": (x, painted(ablations.FILMED, x))}
        if sample := asked["drawing"].get("sample"):
            photo, labels = ablations.sample(sample)
            pairs["real"] = to_tensor(coloured(ids_of(labels, CMP), CMP)), to_tensor(photo)
        judge = discriminator(patch)
        maps = {kind: eye.judged(judge, *pair) for kind, pair in pairs.items()}
        return {
            "patch": patch,
            "window": eye.window(judge)._asdict(),
            "pictures": {kind: data_url(to_image(y)) for kind, (_, y) in pairs.items()},
            "maps": {kind: data_url(grey(cells)) for kind, cells in maps.items()},
            "means": {kind: float(cells.mean()) for kind, cells in maps.items()},
        }

    return answered(asked, work)


def grey(cells: Tensor) -> Image.Image:
    """(h, w) in [0, 1] → one grey pixel a cell, 255 for 1."""
    return Image.fromarray((cells.numpy() * 255).round().astype(np.uint8))


def compare(asked: dict[str, Any]) -> dict[str, Any]:
    """The drawing through every run that is here, and the table of figures."""

    def work() -> dict[str, Any]:
        if not (names := ablations.installed()):
            return {"missing": True}
        x, pictures = labels_in(asked), {}
        for name in names:
            try:
                pictures[name] = data_url(to_image(painted(name, x)))
            except TranslationError as error:
                pictures[name] = {"error": str(error)}
        sample = asked["drawing"].get("sample")
        return {"pictures": pictures, "table": ablations.table(), "real": data_url(ablations.sample(sample)[0]) if sample else ""}

    return answered(asked, work)


def film(asked: dict[str, Any]) -> dict[str, Any]:
    """The drawing as the filmed run painted it at one of its steps (the first where none is named), its steps and its losses."""

    def work() -> dict[str, Any]:
        steps = ablations.snapshots()
        if not steps:
            return {"missing": True}
        step = one_of(asked, "step", steps) if asked.get("step") is not None else steps[0]
        picture = data_url(to_image(painted(ablations.FILMED, labels_in(asked), step)))
        return {"step": step, "steps": steps, "picture": picture, "curves": ablations.curves() if asked.get("curves") else None}

    return answered(asked, work)
