"""From a file that someone sent to the state dicts in it. Nothing in the file is run, whatever it asks for."""

import itertools
import mmap
import pickletools
import zipfile
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
MOST = 20_000  # of dicts and keys: a pickle of a kilobyte can show one dict in a million places
PICKLES, OPERATIONS = 5, 100_000  # of a refused file, how much is looked through for what it wanted to call


def read(path: Path) -> object:
    """What a checkpoint file holds, on the CPU: of pickles only what `weights_only` lets through, or a safetensors file.

    Raises:
        BadCheckpoint: there is no such file, it is empty, cut off, compressed, a picture, or something else, or wants code run or memory.
    """
    name = path.name
    try:
        if not path.stat().st_size:
            raise BadCheckpoint(f"{name} is empty (0 bytes).")
        if path.suffix.lower() == ".safetensors":
            return load_file(path)
        if zipfile.is_zipfile(path) and (size := _compressed(path)):
            raise BadCheckpoint(f"{name} is compressed, which torch's own files are not: it would unpack to {size:,} bytes.")
        if _asks_for_memory(path):
            raise BadCheckpoint(f"{name} asks for memory beyond its weights (bytearray), so it stays closed.")
        return torch.load(path, map_location="cpu", weights_only=True)
    except BadCheckpoint:
        raise
    except FileNotFoundError:
        raise BadCheckpoint(f"There is no file {name}.") from None
    except (IsADirectoryError, PermissionError) as error:
        raise BadCheckpoint(f"{name} cannot be read: {error.strerror}.") from None
    except Exception as error:  # a hostile or damaged file makes the unpickler raise whatever it likes
        raise BadCheckpoint(_why(path, str(error))) from None


def dicts(name: str, held: object) -> list[tuple[str, State]]:
    """Every dict of tensors in what the file of that name holds, with the keys that lead to it ("" at the top).

    Raises:
        BadCheckpoint: more than 20,000 dicts and keys.
    """
    found, todo, seen = [], [("", held, 0)], 0
    while todo:
        place, here, depth = todo.pop()
        if not isinstance(here, dict) or depth > DEEPEST:
            continue
        if (seen := seen + 1 + len(here)) > MOST:
            raise BadCheckpoint(f"{name} holds too many dicts and keys: at most {MOST:,} are looked through.")
        named = {key: value for key, value in here.items() if isinstance(key, str)}
        if tensors := {key: value for key, value in named.items() if isinstance(value, Tensor)}:
            found.append((place, tensors))
        todo += [(joined(place, key), value, depth + 1) for key, value in reversed(named.items()) if isinstance(value, dict)]
    return found


def joined(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _compressed(path: Path) -> int:
    """To how many bytes an archive would unpack; 0 where its members lie in it as they are."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    size = sum(member.file_size for member in members)
    return size if size > path.stat().st_size or any(member.compress_type for member in members) else 0


def _asks_for_memory(path: Path) -> bool:
    """Whether a pickle that is not compressed may call bytearray(n), which `weights_only` lets through: n bytes for a hundred."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(b"\nbytearray\n") >= 0  # as torch's unpickler reads a name: the opcode GLOBAL and two lines


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
