"""A photo goes in, the same photo in another style comes out."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from translators.cyclegan import Moments
from translators.errors import BadControl
from translators.images import on_white, to_image, to_tensor
from translators.translator import Translator, least, refuse_size

SHORT_SIDES = {"quick": 256, "fine": 512}
LONGEST = 4  # of a strip: quick and fine keep at most this many short sides of length
MAX_SIDE, MAX_PIXELS = 8192, 25_000_000
TILE = 512
SMALLEST = 16  # what a ResNet generator can reflect at its borders

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class PhotoTranslator(Translator):
    """Restyles photos of any size and shape; the aspect ratio is kept."""

    def translate(
        self,
        image: Image.Image,
        *,
        resolution: str = "quick",
        strength: float = 1.0,
        progress: Progress | None = None,
        **unknown,
    ) -> Image.Image:
        """Restyle `image`.

        `resolution` is "quick" (the shorter side reduced to 256 pixels), "fine" (512) or "full": every pixel, where "fine" would lose
        any in overlapping tiles that share the norms' moments of the whole photo at "fine", so that they join without a seam. Nothing is
        ever enlarged. `strength` is the share 0..1 of the translation in a blend with the photo. `progress(done, tiles)` is told of
        every tile; what it raises ends the work.

        Raises:
            BadPicture: no pixel, more than 8,192 pixels a side or 25,000,000 in all.
            BadControl: a control out of its range, or one that this translator has not.
        """
        self._refuse(unknown)
        if (control := self.control("resolution")) and resolution not in control.choices:
            raise BadControl(f"resolution must be {', '.join(control.choices[:-1])} or {control.choices[-1]}, not {resolution!r}.")
        if isinstance(strength, bool) or not isinstance(strength, int | float) or not 0 <= strength <= 1:
            raise BadControl(f"strength must be a number from 0 to 1, not {strength!r}.")
        photo = self.sees(image, resolution=resolution)
        fine = reduced(photo, "fine")
        if fine.size != photo.size:
            restyled = self._tiled(photo, fine, progress)
        else:
            restyled = to_image(self.restyle(to_tensor(photo)))
            if progress:
                progress(1, 1)
        return restyled if strength == 1 else Image.blend(photo, restyled, strength)

    def sees(self, image: Image.Image, *, resolution: str = "quick") -> Image.Image:
        """The photo as the network is given it: RGB, transparency on white, reduced to the resolution. Raises as `translate` does."""
        refuse_size(image, MAX_SIDE, MAX_PIXELS)
        return reduced(on_white(image), resolution)

    @torch.inference_mode()
    def restyle(self, x: Tensor, moments: Moments | None = None) -> Tensor:
        """One picture (1, 3, H, W) in [-1, 1] of any size → its translation, float32, of the same size."""
        padded = extended(self._prepared(x), self.module.multiple, least(self.module))
        y = self.module(padded) if moments is None else self.module(padded, moments)
        return y[..., : x.shape[2], : x.shape[3]].float()

    @torch.inference_mode()
    def _tiled(self, photo: Image.Image, fine: Image.Image, progress: Progress | None) -> Image.Image:
        moments = self.module.moments(extended(self._prepared(to_tensor(fine)), self.module.multiple, least(self.module)))
        page, tiles = Image.new("RGB", photo.size), list(tiled(photo.size, TILE, self.module.margin))
        for done, (inner, outer) in enumerate(tiles, 1):
            y = to_image(self.restyle(to_tensor(photo.crop(outer)), moments))
            page.paste(y.crop((inner[0] - outer[0], inner[1] - outer[1], inner[2] - outer[0], inner[3] - outer[1])), inner[:2])
            if progress:
                progress(done, len(tiles))
        return page


def reduced(photo: Image.Image, resolution: str) -> Image.Image:
    """The photo at "quick", "fine" or "full" (itself), in its own shape and never enlarged; BadControl for another resolution."""
    if resolution not in (*SHORT_SIDES, "full"):
        raise BadControl(f"resolution must be quick, fine or full, not {resolution!r}.")
    if resolution == "full":
        return photo
    short = SHORT_SIDES[resolution]
    scale = min(short / min(photo.size), LONGEST * short / max(photo.size))
    return photo if scale >= 1 else photo.resize([max(1, round(side * scale)) for side in photo.size], Image.Resampling.LANCZOS)


def extended(x: Tensor, multiple: int, shortest: int = SMALLEST) -> Tensor:
    """Edge pixels repeated to the right and below, up to the next multiple and to at least 16 pixels, or `shortest` (N, 3, H, W)."""
    height, width = (max(SMALLEST, shortest, math.ceil(side / multiple) * multiple) for side in x.shape[2:])
    return F.pad(x, (0, width - x.shape[3], 0, height - x.shape[2]), "replicate")


Box = tuple[int, int, int, int]


def tiled(size: tuple[int, int], tile: int, margin: int) -> Iterator[tuple[Box, Box]]:
    """Boxes (left, top, right, bottom) that cover a picture without overlap, each with the box around it that reaches `margin` further."""
    width, height = size
    for top in range(0, height, tile):
        for left in range(0, width, tile):
            right, bottom = min(left + tile, width), min(top + tile, height)
            yield (
                (left, top, right, bottom),
                (max(left - margin, 0), max(top - margin, 0), min(right + margin, width), min(bottom + margin, height)),
            )
