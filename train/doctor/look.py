"""What the doctor measures of a picture file: one pass, everything read to the last byte."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageStat, UnidentifiedImageError
from scipy.fft import dctn

from translators.images import MAX_PIXELS, on_white
from translators.labels import FAR, PALETTES, Palette

LONGEST = 512  # pixels: larger pictures are thinned out to about this before their colours are counted
THUMBNAIL = 32
VISIBLE = 4  # grey levels of 255: JPEG noise in flat areas stays below
TOO_LARGE = f"more than {MAX_PIXELS // 10**6} million pixels"
UPRIGHT = (None, 1)  # EXIF orientations that turn nothing


@dataclass(frozen=True)
class Look:
    """One picture, or one half of a side-by-side picture.

    `ink`, `paper`: shares of nearly black and nearly white pixels. `rough`: share of pixels unlike the one to the right or the one below.
    `chroma`: mean of max - min over the channels, `contrast`: standard deviation of the grey levels, both of 255.
    `hash`, `mirrored`: perceptual hashes of the picture and of its mirror image. `thumbnail` (32, 32, 3) uint8.
    `classes`: pixels by id, of a label map; or by nearest palette colour, for every palette, with those far from all at the end.
    """

    size: tuple[int, int]
    ink: float
    paper: float
    rough: float
    chroma: float
    contrast: float
    hash: int
    mirrored: int
    thumbnail: np.ndarray
    classes: dict[str, np.ndarray]

    @property
    def is_drawing(self) -> bool:
        """Dark lines on white paper, and nothing else."""
        return self.ink > 0.002 and self.paper > 0.5 and self.ink + self.paper > 0.9 and self.chroma < 8


@dataclass(frozen=True)
class Seen:
    """A picture file: `trouble` says in words why it cannot be read; then there are no `looks`. Side by side there are two."""

    path: Path
    mode: str = ""
    size: tuple[int, int] = (0, 0)
    turned: bool = False
    transparent: bool = False
    trouble: str = ""
    looks: tuple[Look, ...] = ()


def see(path: Path, halves: bool = False, ids: bool = False, header_only: bool = False) -> Seen:
    """Reads one file; `halves` looks at both sides of a side-by-side picture, `ids` counts the values of a label map. With `header_only`
    nothing is decoded: there are no looks, and damage behind the header is not seen.
    """
    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return Seen(path, picture.mode, picture.size, trouble=TOO_LARGE)
            if not header_only:
                picture.load()
            has_exif = not header_only or "exif" in picture.info  # where there is none, Pillow decodes a PNG to look for it at the end
            turned = has_exif and picture.getexif().get(0x0112) not in UPRIGHT
            facts = {"mode": picture.mode, "size": picture.size, "turned": turned, "transparent": picture.has_transparency_data}
            if header_only:
                return Seen(path, **facts)
            values = np.array(picture, np.uint8) if ids and picture.mode in ("L", "P", "1") else None
            rgb = on_white(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return Seen(path, trouble=TOO_LARGE)
    except UnidentifiedImageError:
        return Seen(path, trouble="not a picture")
    except Exception as error:  # a damaged file makes decoders raise OSError, SyntaxError, ValueError, struct.error, zlib.error ...
        return Seen(path, trouble=str(error).splitlines()[0] if str(error) else type(error).__name__)
    if halves:
        half = rgb.width // 2
        sides = (rgb.crop((0, 0, half, rgb.height)), rgb.crop((rgb.width - half, 0, rgb.width, rgb.height))) if half else (rgb,)
        return Seen(path, **facts, looks=tuple(look(side) for side in sides))
    return Seen(path, **facts, looks=(look(rgb, values),))


def look(rgb: Image.Image, ids: np.ndarray | None = None) -> Look:
    step = max(1, max(rgb.size) // LONGEST)
    red, green, blue = (np.asarray(channel)[::step, ::step].ravel() for channel in rgb.split())
    darkest, brightest = np.minimum(np.minimum(red, green), blue), np.maximum(np.maximum(red, green), blue)
    cells = (red >> 3).astype(np.uint16) << 10 | (green >> 3).astype(np.uint16) << 5 | blue >> 3
    cells = np.bincount(cells, minlength=32768)
    grey = rgb.convert("L")
    levels = np.asarray(grey)[:LONGEST, :LONGEST].astype(np.int16)
    uneven = np.maximum(np.abs(np.diff(levels, axis=0))[:, :-1], np.abs(np.diff(levels, axis=1))[:-1]) > VISIBLE
    plain, mirrored = hashes(np.asarray(grey.resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX), np.float32))
    if ids is None:
        classes = {name: np.bincount(nearest(name), cells, len(palette) + 1).astype(np.int64) for name, palette in PALETTES.items()}
    else:
        classes = {"ids": np.bincount(ids.ravel(), minlength=256)}
    return Look(
        size=rgb.size,
        ink=float((brightest < 64).mean()),
        paper=float((darkest > 192).mean()),
        rough=float(uneven.mean()) if uneven.size else 0.0,
        chroma=float((brightest - darkest).mean()),
        contrast=ImageStat.Stat(grey).stddev[0],
        hash=plain,
        mirrored=mirrored,
        thumbnail=np.asarray(rgb.resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX)),
        classes=classes,
    )


_NEAREST: dict[str, np.ndarray] = {}


def nearest(palette: str) -> np.ndarray:
    """For every cell of the colour cube (32768,) the class with the nearest colour, or the number of classes where all are far."""
    if palette not in _NEAREST:
        _NEAREST[palette] = _nearest(PALETTES[palette])
    return _NEAREST[palette]


def _nearest(palette: Palette) -> np.ndarray:
    centres = np.stack(np.meshgrid(*[np.arange(32) * 8 + 4] * 3, indexing="ij"), -1).reshape(-1, 3)  # (32768, 3)
    distance = np.stack([((centres - colour) ** 2).sum(1) for colour in palette.colours], 1)  # (32768, classes)
    return np.where(distance.min(1) > FAR**2, len(palette), distance.argmin(1))


def hashes(grey: np.ndarray) -> tuple[int, int]:
    """Perceptual hashes of grey levels (32, 32) and of their mirror image, 64 bits each.

    The signs, against their median, of the 8×8 lowest frequencies of the cosine transform (Zauner 2010, §3.2.1); mirrored, those of odd
    horizontal frequency change their sign.
    """
    low = dctn(grey, norm="ortho")[:8, :8]
    low[0, 0] = 0  # brightness says nothing
    return tuple(_bits(low * signs) for signs in (1.0, (-1.0) ** np.arange(8)))


def _bits(low: np.ndarray) -> int:
    return int.from_bytes(np.packbits(low > np.median(low)).tobytes(), "big")
