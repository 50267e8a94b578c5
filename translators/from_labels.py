"""A label map goes in, a photo of the scene that it describes comes out."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from translators.cards import Card
from translators.cyclegan import ResNetGenerator
from translators.errors import BadControl, WeightsDamaged
from translators.images import to_image, to_tensor
from translators.labels import Palette, coloured, ids_of, instances, palette_of
from translators.pix2pix import UNetGenerator
from translators.pix2pixhd import boundary_map, one_hot
from translators.translator import Translator, least, refuse_size

MAX_SIDE, MAX_PIXELS = 2048, 1024 * 1024
MAX_MARGIN = 128

Styles = dict[int, int]  # object number, as `translators.labels.instances` gives it -> cluster of its class


def size_of(card: Card, told: dict) -> tuple[int, int]:
    """Width and height of the label maps that a translator was trained on; `told` is the "translator" part of its config.json."""
    size = told.get("size", card.size)
    return (size, size) if isinstance(size, int) else tuple(size)


def soft(region: np.ndarray) -> Tensor:
    """A boolean region (H, W) as a mask (1, 1, H, W): 1 inside, falling to 0 within a sixty-fourth of the width."""
    reach = max(1, region.shape[1] // 128)
    window = {"kernel_size": 2 * reach + 1, "stride": 1, "padding": reach}
    wider = F.max_pool2d(torch.from_numpy(region).float()[None, None], **window)
    return F.avg_pool2d(wider, **window, count_include_pad=False)


@dataclass(frozen=True)
class LabelTranslator(Translator):
    """Paints label maps of any size: ids (mode L) or the palette's colours.

    A U-Net (pix2pix), and any network of three channels, is given the colours. A pix2pixHD network is given classes, boundaries and a
    style for every object: one of its class's clusters of encoder features (Wang 2018, §3.4), `config["translator"]["clusters"]`, by
    class id. `config["translator"]["scenes"]` says which of them occurred together in training pictures: (S, classes with clusters). Seed 0
    picks the first, which is the most usual, and every seed another until they begin anew.

    A network tells from its padding where a picture ends, and paints there what photos have at their sides. With
    `config["translator"]["margin"]` the label map goes on for so many pixels beyond every side, mirrored; what is painted there is cut off.
    """

    def __post_init__(self):
        if palette_of(self.card.palette) is None:
            raise WeightsDamaged(f"{self.card.name}: there is no palette {self.card.palette!r}.")
        if type(self.margin) is not int or not 0 <= self.margin <= MAX_MARGIN:
            raise WeightsDamaged(f"{self.card.name}/config.json: margin is {self.margin!r}, not 0 to {MAX_MARGIN} pixels.")
        styles = [range(len(rows)) for _, rows in sorted(self.clusters.items())]
        for row in self._told_scenes:
            if len(row) != len(styles) or any(style not in known for style, known in zip(row, styles, strict=True)):
                raise WeightsDamaged(f"{self.card.name}/config.json: scenes must name one style of every class that has clusters.")

    @property
    def palette(self) -> Palette:
        return palette_of(self.card.palette)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the label maps that it was trained on."""
        return size_of(self.card, self.config.get("translator", {}))

    @property
    def margin(self) -> int:
        """Pixels that are painted beyond every side and cut off."""
        return self.config.get("translator", {}).get("margin", 0)

    @cached_property
    def clusters(self) -> dict[int, np.ndarray]:
        """Class id → features (K, C) of its styles; empty where the network takes none."""
        return {int(label): np.array(rows, np.float32) for label, rows in self.config.get("translator", {}).get("clusters", {}).items()}

    @cached_property
    def scenes(self) -> list[dict[int, int]]:
        """Which style every class had in training pictures; empty where the config does not tell."""
        return [dict(zip(sorted(self.clusters), row, strict=True)) for row in self._told_scenes]

    @property
    def _told_scenes(self) -> list[list[int]]:
        return self.config.get("translator", {}).get("scenes", [])

    @property
    def sees_boundaries(self) -> bool:
        """Whether the network is given the boundary map beside the classes (Wang 2018, §3.3), as all but ablations are."""
        features = len(next(iter(self.clusters.values()))[0]) if self.clusters else 0
        return self.config.get("in_channels") != len(self.palette) + features

    def translate(
        self,
        image: Image.Image,
        *,
        seed: int = 0,
        noise: bool | None = None,
        styles: Styles | None = None,
        objects: np.ndarray | None = None,
        **unknown,
    ) -> Image.Image:
        """Paint the scene of a label map; the answer has its size.

        `seed` picks a scene, whose classes' styles belong together (without scenes a style for every class by itself); `styles` overrides
        it for single objects, and changes the picture there and at their rims alone; `objects` (H, W) are their numbers, by default the
        connected components. `noise` keeps dropout on where the network has any.

        Raises:
            BadPicture: ids beyond the classes, colours far from the palette, no pixels, more than 2,048 a side or 1,048,576 in all.
            BadControl: a control out of its range, or one that this translator has not.
        """
        given = {"noise": noise, "styles": styles}
        has = {control.name for control in self.card.controls}
        self._refuse([*unknown, *(name for name, value in given.items() if value is not None and name not in has)])
        control = self.control("seed")
        if isinstance(seed, bool) or not isinstance(seed, int) or not control.minimum <= seed <= control.maximum:
            raise BadControl(f"seed must be a whole number from {control.minimum} to {control.maximum}, not {seed!r}.")
        ids = ids_of(self.checked(image), self.palette)
        chance = {"seed": seed, "noise": noise} if isinstance(self.module, UNetGenerator | ResNetGenerator) else {}
        if isinstance(self.module, UNetGenerator) or self.config.get("in_channels") in (1, 3):
            return to_image(self._paint(to_tensor(coloured(self._beyond(ids), self.palette)), **chance))
        objects = instances(ids) if objects is None else objects
        if objects.shape != ids.shape:
            raise BadControl(
                f"objects must be {ids.shape[1]}×{ids.shape[0]} like the label map, not {objects.shape[1]}×{objects.shape[0]}."
            )
        y = self._paint(self._scene(ids, objects, seed, {}), **chance)
        if styles:  # deep blocks and norms carry a style over the whole picture, but it is its object that is to change
            styled = self._paint(self._scene(ids, objects, seed, styles), **chance)
            y = torch.lerp(y, styled, soft(np.isin(objects, list(styles))).to(y))
        return to_image(y)

    def checked(self, image: Image.Image) -> Image.Image:
        """The picture itself; BadPicture where it has no pixels or more than `translate` takes."""
        refuse_size(image, MAX_SIDE, MAX_PIXELS)
        return image

    def _beyond(self, ids: np.ndarray) -> np.ndarray:
        """(H, W) → (H + 2 margin, W + 2 margin), mirrored."""
        return np.pad(ids, self.margin, "reflect")

    def _scene(self, ids: np.ndarray, objects: np.ndarray, seed: int, styles: Styles) -> Tensor:
        """Of ids and objects (H, W), with the margin: one-hot classes, boundaries, and the features of every object's style,
        (1, classes [+ 1] + C, H + 2 margin, W + 2 margin).
        """
        ids, objects = self._beyond(ids), self._beyond(objects)
        label_map, instance_map = (torch.from_numpy(a.astype(np.int64))[None] for a in (ids, objects))
        parts = [one_hot(label_map, len(self.palette))]
        if self.sees_boundaries:
            parts.append(boundary_map(instance_map))
        if clusters := self.clusters:
            parts.append(torch.from_numpy(self._features(clusters, ids, objects, seed, styles)).permute(2, 0, 1)[None])
        return torch.cat(parts, 1)

    def _features(self, clusters: dict[int, np.ndarray], ids: np.ndarray, objects: np.ndarray, seed: int, styles: Styles) -> np.ndarray:
        """(H, W, C), constant inside every object; zero where its class has no styles."""
        numbers, first, place = np.unique(objects, return_index=True, return_inverse=True)
        labels, none = ids.ravel()[first].tolist(), np.zeros(len(next(iter(clusters.values()))[0]), np.float32)
        usual = {label: rows[self.style_of(label, seed)] for label, rows in clusters.items()}
        table = np.stack([usual.get(label, none) for label in labels])
        for row in np.flatnonzero(np.isin(numbers, list(styles))):
            if (rows := clusters.get(labels[row])) is not None:
                table[row] = rows[self._chosen(labels[row], len(rows), styles[int(numbers[row])])]
        return table[place.reshape(ids.shape)]

    def style_of(self, label: int, seed: int) -> int | None:
        """The cluster that `seed` picks for a class; None where the class has none."""
        if label not in self.clusters:
            return None
        if self.scenes:
            return self.scenes[seed % len(self.scenes)][label]
        return int(np.random.default_rng((seed, label)).integers(len(self.clusters[label])))

    def _chosen(self, label: int, count: int, chosen: int) -> int:
        if isinstance(chosen, bool) or not isinstance(chosen, int) or not 0 <= chosen < count:
            raise BadControl(f"a style of {self.palette.names[label]} must be a whole number from 0 to {count - 1}, not {chosen!r}.")
        return chosen

    @torch.inference_mode()
    def _paint(self, x: Tensor, **noise) -> Tensor:
        """One input (1, C, H + 2 margin, W + 2 margin) of any size → (1, 3, H, W): edge pixels are repeated up to the network's next
        multiple, and cropped, as the margin is.
        """
        height, width = x.shape[2:]
        down, right = (max(-side % self.module.multiple, least(self.module) - side) for side in (height, width))
        padded = F.pad(self._prepared(x), (0, right, 0, down), "replicate")
        m = self.margin
        return self.module(padded, **noise)[..., m : height - m, m : width - m].float()
