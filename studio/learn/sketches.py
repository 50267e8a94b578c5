"""The scenes of the drawing translators: the skips' gains, the noise, and a drawing that is replayed."""

from functools import lru_cache
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from lessons import unet
from studio import networks
from studio.draw import fitted
from studio.learn.lesson import answered, one_of, whole
from studio.learn.pad import sketch_of
from studio.picture import data_url
from translators import CARDS, BadControl, weights
from translators.cycle import heat
from translators.images import to_image
from translators.pix2pix import STATISTICS, UNetGenerator

KIND = "drawing"
HOTTEST = 32  # the deviation, of 255, from which on the map is white
COUNTS = (4, 9, 16)


def chosen(asked: dict[str, Any]) -> str:
    """The question's translator; BadControl where there is no such translator of drawings."""
    return one_of(asked, "translator", networks.taking(KIND))


@lru_cache
def plain(name: str) -> UNetGenerator:
    """The network in float32, as it is read from disk. BadControl where it is no U-Net: it has no skips and no dropout."""
    module = weights.read(weights.find(CARDS[name]))[0]
    if not isinstance(module, UNetGenerator):
        raise BadControl(f"{CARDS[name].title} is not a U-Net: choose another translator.")
    return module


@lru_cache
def running(name: str) -> UNetGenerator:
    """The same with the mean statistics of the drawings that it was shipped with. BadControl where its norms keep none."""
    if not list(plain(name).buffers()):
        raise BadControl(f"{CARDS[name].title} has instance norms, which keep no running statistics: choose those of the picture.")
    drawings = [Image.open(path) for path in sorted((CARDS[name].weights / "samples").glob("*.png"))]
    return unet.with_running_statistics(plain(name), [inputs(name, drawing) for drawing in drawings])


def inputs(name: str, sketch: Image.Image, seed: int = 0) -> tuple[Tensor, Tensor | None]:
    """x (1, 3, H, W), or (1, 7, H, W) with empty channels of hints, and c (1, 3), or None where the network takes no colour."""
    translator = networks.get(name)
    colour = translator.colour_of(seed)
    c = None if colour is None else torch.tensor([list(bytes.fromhex(colour[1:]))]) / 127.5 - 1
    return translator.given(fitted(sketch, translator.card.size)), c


def skips(asked: dict[str, Any]) -> dict[str, Any]:
    """The drawing painted with every skip at its gain, the outermost first; where there are none, all are 1."""

    def work() -> dict[str, Any]:
        name = chosen(asked)
        network = plain(name)
        count = len(network.downs) - 1
        gains = asked.get("gains") or [1] * count
        if not isinstance(gains, list) or len(gains) != count or not all(type(g) in (int, float) and 0 <= g <= 1 for g in gains):
            raise BadControl(f"gains must be {count} numbers from 0 to 1.")
        x, c = inputs(name, sketch_of(asked.get("drawing")))
        with torch.inference_mode():
            picture = network(x, c, seed=0, noise=False, gains=gains)
        return {"picture": data_url(to_image(picture)), "gains": gains, "sizes": [x.shape[-1] >> i + 1 for i in range(count)]}

    return answered(asked, work)


def noise(asked: dict[str, Any]) -> dict[str, Any]:
    """Several answers to one drawing, their mean, and the map of their deviation."""

    def work() -> dict[str, Any]:
        name, count = chosen(asked), one_of(asked, "count", COUNTS)
        network = running(name) if one_of(asked, "statistics", STATISTICS) == "running" else plain(name)
        x, c = inputs(name, sketch_of(asked.get("drawing")))
        y = unet.samples(network, x, c, range(count), one_of(asked, "noise", (True, False)))
        mean, deviation = unet.mean_and_deviation(y)
        return {
            "pictures": [data_url(to_image(picture)) for picture in y],
            "mean": data_url(to_image(mean)),
            "map": data_url(heat(deviation.numpy() / HOTTEST)),
            "deviation": float(deviation.mean()),
        }

    return answered(asked, work)


def replay(asked: dict[str, Any]) -> dict[str, Any]:
    """The first `count` strokes of the drawing through several translators."""

    def work() -> dict[str, Any]:
        drawing, names = asked.get("drawing"), asked.get("translators")
        if not isinstance(names, list) or not 1 <= len(names) <= len(CARDS):
            raise BadControl("translators must be a list of names.")
        sketch_of(drawing)  # all of it is checked, whatever the count
        count = whole(asked, "count", 1, len(drawing["strokes"]))
        sketch = sketch_of({**drawing, "strokes": drawing["strokes"][:count]})
        pictures = {}
        for name in names:
            translator = networks.get(chosen({"translator": name}))
            pictures[name] = data_url(translator.translate(fitted(sketch, translator.card.size)))
        return {"count": count, "pictures": pictures}

    return answered(asked, work)


def names() -> list[str]:
    """Drawing translators whose weights are here."""
    return [name for name, card in networks.taking(KIND).items() if not networks.missing(card)]
