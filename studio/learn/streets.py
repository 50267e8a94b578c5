"""The scene of pix2pixHD: a street with and without each of its parts, a style for every object, and what three discriminators see."""

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from lessons import eye
from studio.learn.facades import grey
from studio.learn.lesson import answered, one_of, whole
from studio.learn.pad import STREETS, labels_of
from studio.picture import data_url
from translators import ablations_hd
from translators.from_labels import LabelTranslator
from translators.images import to_tensor
from translators.labels import CAMVID, instances
from translators.pix2pixhd import boundary_map, one_hot

generator = lru_cache(ablations_hd.generator)
discriminator = lru_cache(ablations_hd.discriminator)
SEED, SMALL = 0, (160, 120)


def street(asked: dict[str, Any]) -> dict[str, Any]:
    """The drawing as one of the runs paints it; the object at a place, where one is named, with its style; with `styles`, the street in
    all styles of that object; and the maps of D1, D2 and D3 for the painted street or for the sample's photo.
    """

    def work() -> dict[str, Any]:
        if not (names := ablations_hd.installed()):
            return {"missing": True}
        run = one_of(asked, "run", names)
        ids, sample = labels_of(asked.get("drawing"), STREETS), asked["drawing"].get("sample")
        translator, objects = generator(run), instances(ids)
        chosen = object_at(asked, translator, ids, objects)
        own = {chosen["number"]: chosen["style"]} if chosen and asked.get("style") is not None else None
        picture = ablations_hd.painted(translator, ids, objects, seed=SEED, styles=own)
        photo = ablations_hd.sample(sample)[0] if sample else None
        judged = one_of(asked, "judged", ("painted", "photo") if photo else ("painted",))
        judge = discriminator()
        maps = eye.judged_at_scales(judge, seen(ids, objects), to_tensor(photo if judged == "photo" else picture))
        return {
            "run": run,
            "runs": names,
            "picture": data_url(picture),
            "photo": data_url(photo) if photo else "",
            "object": chosen and {**chosen, "shade": data_url(shade(objects != chosen["number"]))},
            "styles": styles(translator, ids, objects, chosen) if chosen and asked.get("styles") else [],
            "judged": judged,
            "windows": [window._asdict() for window in eye.windows(judge)],
            "maps": [data_url(grey(cells)) for cells in maps],
            "means": [float(cells.mean()) for cells in maps],
            "table": ablations_hd.table(),
        }

    return answered(asked, work)


def object_at(asked: dict[str, Any], translator: LabelTranslator, ids: np.ndarray, objects: np.ndarray) -> dict[str, Any] | None:
    """The object at the pixel (x, y) of the question: its number, its class, how many styles that has, and which of them it is painted in
    (the question's, or else the seed's; None where it has none). None where no place is named.
    """
    if asked.get("x") is None:
        return None
    x, y = (whole(asked, name, 0, side - 1) for name, side in zip("xy", reversed(ids.shape), strict=True))
    label = int(ids[y, x])
    count = len(translator.clusters.get(label, ()))
    style = whole(asked, "style", 0, count - 1) if count and asked.get("style") is not None else translator.style_of(label, SEED)
    return {"number": int(objects[y, x]), "class": CAMVID.names[label], "count": count, "style": style}


def styles(translator: LabelTranslator, ids: np.ndarray, objects: np.ndarray, chosen: dict[str, Any]) -> list[str]:
    """The street, small, with the chosen object in each of its class's styles."""
    streets = (ablations_hd.painted(translator, ids, objects, seed=SEED, styles={chosen["number"]: k}) for k in range(chosen["count"]))
    return [data_url(picture.resize(SMALL, Image.Resampling.LANCZOS)) for picture in streets]


def seen(ids: np.ndarray, objects: np.ndarray) -> Tensor:
    """What the discriminators see beside the picture: (1, classes + 1, H, W)."""
    label_map, instance_map = (torch.from_numpy(a.astype(np.int64))[None] for a in (ids, objects))
    return torch.cat([one_hot(label_map, len(CAMVID)), boundary_map(instance_map)], 1)


def shade(where: np.ndarray) -> Image.Image:
    """A veil (H, W) over all but the chosen object."""
    return Image.merge("LA", [Image.new("L", where.shape[::-1]), Image.fromarray((where * 120).astype(np.uint8))])
