"""The border: outside RGB `PIL.Image`, inside float (N, 3, H, W) in [-1, 1]; and the guarded way in for files that people send."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from translators.errors import BadPicture

if TYPE_CHECKING:
    import torch

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
MAX_PIXELS = 25_000_000  # decoded whole: 100 MB as RGBA
MAX_SIDE = 16_384  # a JPEG of one scan is decoded at 1/2, 1/4 or 1/8 and may be larger than MAX_PIXELS


def on_white(image: Image.Image) -> Image.Image:
    """Any mode -> RGB: transparency laid on white paper, 16-bit grey scaled (Pillow's own `convert` clips it to white).

    Raises:
        BadPicture: floating point numbers, whose white nothing says.
    """
    if image.mode == "F":
        raise BadPicture("The picture holds floating point numbers; expected 8 or 16 bits.")
    if image.mode.startswith("I"):
        grey = np.asarray(image).astype(np.float32) / 257  # 65535 -> 255
        image = Image.fromarray(grey.clip(0, 255).round().astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def to_tensor(image: Image.Image) -> "torch.Tensor":
    """Any picture -> float32 (1, 3, H, W) in [-1, 1]; 0 is -1, 255 is 1."""
    import torch  # here, so that opening pictures and measuring drawings need no torch

    pixels = np.array(on_white(image), dtype=np.float32)  # (H, W, 3)
    return torch.from_numpy(pixels).permute(2, 0, 1)[None] / 127.5 - 1


def to_image(tensor: "torch.Tensor") -> Image.Image:
    """(1, 3, H, W) or (3, H, W) in [-1, 1], any float type and device -> RGB; values outside are clipped. One channel is grey."""
    pixels = (tensor.reshape(tensor.shape[-3:]).float().expand(3, -1, -1) + 1) * 127.5
    return Image.fromarray(pixels.clamp(0, 255).round().byte().permute(1, 2, 0).cpu().numpy())


def open_picture(path: str | Path, longest: int = 2048) -> Image.Image:
    """Read a file that someone sent, and never decode what its header shows to be too large.

    Returns RGB, upright (EXIF), the first frame of an animation, reduced so that no side exceeds `longest` pixels.

    Raises:
        BadPicture: one sentence with the file's name, when it is missing, is no PNG, JPEG, WebP, GIF, BMP or TIFF, is damaged, or holds
            more than 25 million pixels (a one-scan JPEG: 16,384 a side and Pillow's own limit of 179 million).
    """
    with _opened(path) as picture:
        picture.draft("RGB", (longest, longest))  # a JPEG is decoded at the smallest of its sizes that suffices
        picture.load()
        upright = on_white(ImageOps.exif_transpose(picture))
    upright.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return upright


def open_label_map(path: str | Path) -> Image.Image:
    """The same for a label map, whose values stay as they are in the file: its own mode and size, ids as ids. Raises as `open_picture`."""
    with _opened(path) as picture:
        picture.load()
        return picture.copy()


def open_hints(path: str | Path, longest: int = 2048) -> Image.Image:
    """The same for colour hints, reduced as `open_picture` reduces a drawing, but never blended: RGBA, transparent where there is none.

    Raises:
        BadPicture: as `open_picture`, or the picture has no transparency.
    """
    with _opened(path) as picture:
        picture.load()
        if not picture.has_transparency_data:
            raise BadPicture(f"{Path(path).name} has no transparency: expected a picture that is transparent where there is no hint.")
        hints = ImageOps.exif_transpose(picture).convert("RGBA")
    hints.thumbnail((longest, longest), Image.Resampling.NEAREST)
    return hints


@contextmanager
def _opened(path: str | Path) -> Iterator[Image.Image]:
    """The file of a picture, its header looked at; whatever goes wrong inside becomes one sentence."""
    name = Path(path).name
    try:
        with Image.open(path, formats=FORMATS) as picture:
            _refuse_large(picture, name)
            yield picture
    except BadPicture:
        raise
    except FileNotFoundError:
        raise BadPicture(f"There is no file {name}.") from None
    except PermissionError:
        raise BadPicture(f"{name} may not be read: permission is denied.") from None
    except UnidentifiedImageError:
        raise BadPicture(f"{name} is not a picture that can be read here (PNG, JPEG, WebP, GIF, BMP or TIFF).") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadPicture(f"{name} is too large: at most {MAX_PIXELS // 10**6} million pixels can be read.") from None
    except Exception:  # a hostile file makes decoders raise OSError, SyntaxError, ValueError, struct.error, zlib.error ...
        raise BadPicture(f"{name} is damaged: its picture could not be read to the end.") from None


def _refuse_large(picture: Image.Image, name: str) -> None:
    width, height = picture.size
    if max(width, height) > MAX_SIDE or (width * height > MAX_PIXELS and not _reducible(picture)):
        limit = f"{MAX_SIDE:,} a side" if max(width, height) > MAX_SIDE else f"{MAX_PIXELS // 10**6} million in all"
        raise BadPicture(f"{name} is too large: {width:,} x {height:,} pixels, at most {limit} can be read.")


def _reducible(picture: Image.Image) -> bool:
    """Whether that is a JPEG of one scan: of several, all coefficients are kept in memory whatever size it is decoded at."""
    if picture.format not in ("JPEG", "MPO") or picture.info.get("progressive"):
        return False
    place = picture.fp.tell()
    try:
        picture.fp.seek(2)
        components = 0
        while len(head := picture.fp.read(4)) == 4 and head[0] == 0xFF:
            marker, length = head[1], int.from_bytes(head[2:])
            body = picture.fp.read(length - 2) if length > 2 else b""
            if marker in (0xC0, 0xC1) and len(body) > 5:
                components = body[5]
            elif marker == 0xDA:  # the first scan names its components
                return bool(body) and body[0] == components
        return False
    finally:
        picture.fp.seek(place)
