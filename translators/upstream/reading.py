"""From a file that someone sent to the state dicts in it. Nothing in the file is run, whatever it asks for."""

import itertools
import pickletools
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor

from translators.errors import BadCheckpoint
from translators.images import FORMATS

State = dict[str, Tensor]
DEEPEST = 6  # of dicts in dicts
PICKLES, OPERATIONS = 5, 100_000  # of a refused file, how much is looked through for what it wanted to call


def read(path: Path) -> object:
    """What a checkpoint file holds, on the CPU: of pickles only what `weights_only` lets through, or a safetensors file.

    Raises:
        BadCheckpoint: there is no such file, it is empty, cut off, compressed, a picture, something else, or it wants to run code.
    """
    name = path.name
    try:
        if not path.stat().st_size:
            raise BadCheckpoint(f"{name} is empty (0 bytes).")
        if path.suffix == ".safetensors":
            return load_file(path)
        if zipfile.is_zipfile(path) and (size := _unpacked(path)) > path.stat().st_size:
            raise BadCheckpoint(f"{name} is compressed, which torch's own files are not: it would unpack to {size:,} bytes.")
        return torch.load(path, map_location="cpu", weights_only=True)
    except BadCheckpoint:
        raise
    except FileNotFoundError:
        raise BadCheckpoint(f"There is no file {name}.") from None
    except (IsADirectoryError, PermissionError) as error:
        raise BadCheckpoint(f"{name} cannot be read: {error.strerror}.") from None
    except Exception as error:  # a hostile or damaged file makes the unpickler raise whatever it likes
        raise BadCheckpoint(_why(path, str(error))) from None


def dicts(held: object, place: str = "", depth: int = 0) -> Iterator[tuple[str, State]]:
    """Every dict of tensors in what a file holds, with the keys that lead to it ("" at the top)."""
    if not isinstance(held, dict) or depth > DEEPEST:
        return
    if tensors := {key: value for key, value in held.items() if isinstance(key, str) and isinstance(value, Tensor)}:
        yield place, tensors
    for key, value in held.items():
        if isinstance(key, str):
            yield from dicts(value, joined(place, key), depth + 1)


def joined(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _unpacked(path: Path) -> int:
    with zipfile.ZipFile(path) as archive:
        return sum(member.file_size for member in archive.infolist())


def _why(path: Path, error: str) -> str:
    """One sentence on why a file could not be read, from the words in which torch refused it."""
    name = path.name
    if picture := _picture(path):
        return f"{name} is a picture ({picture}), not a checkpoint."
    if code := _code(path):
        return (
            f"{name} wants to run code when it is opened ({code}), so it stays closed: a checkpoint that opens holds weights alone, "
            "as torch.save(network.state_dict(), path) writes them."
        )
    if "TorchScript" in error:
        return f"{name} is a TorchScript program, not a checkpoint: what opens here is a state dict."
    return f"{name} is no checkpoint that torch can read, or only a part of one."


def _code(path: Path) -> str:
    """The first thing in a file's pickle that it would have Python call and that no tensor needs; empty without. Read, not run."""
    try:
        if not zipfile.is_zipfile(path):
            with path.open("rb") as file:
                return _called(file)
        with zipfile.ZipFile(path) as archive:
            pickled = next(name for name in archive.namelist() if name.endswith("data.pkl"))
            with archive.open(pickled) as file:
                return _called(file)
    except Exception:  # a damaged archive has no one error; what cannot be read cannot be named
        return ""


def _called(file: IO[bytes]) -> str:
    for _ in range(PICKLES):  # torch wrote several, one behind the other, before it wrote archives
        words = ["", ""]
        for operation, argument, _ in itertools.islice(pickletools.genops(file), OPERATIONS):
            if operation.name in ("GLOBAL", "STACK_GLOBAL", "INST"):
                module, name = words[-2:] if operation.name == "STACK_GLOBAL" else argument.split(" ")
                if module not in ("collections", "torch._utils") and not (module == "torch" and name.endswith("Storage")):
                    return f"{module}.{name}"
            elif isinstance(argument, str):
                words.append(argument)
    return ""


def _picture(path: Path) -> str:
    try:
        with Image.open(path, formats=FORMATS) as picture:
            return picture.format or ""
    except Exception:  # Pillow has no one error for what is no picture; then it is none
        return ""
