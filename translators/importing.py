"""A checkpoint of the original code becomes a translator: a folder in `weights/` that the page and `translators.load` find."""

import hashlib
import json
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

from safetensors.torch import save_file
from torch import nn

from translators.cards import CARDS, COLOUR, HINTS, NOISE, RESOLUTION, SEED, STRENGTH, WEIGHTS, Card, Control, write_card
from translators.cyclegan import ResNetGenerator
from translators.errors import BadCheckpoint, NoGenerator, TranslationError
from translators.labels import PALETTES, palette_of
from translators.upstream import open_checkpoint
from translators.weights import ARCHITECTURES, CONFIG, MODEL

SUFFIXES = {".pth", ".pt", ".ckpt", ".bin", ".safetensors"}
UNTOLD = "Not said yet: fill in weights/{name}/card.json"
README = """---
license: other
library_name: trazo
pipeline_tag: image-to-image
tags:
- gan
- image-to-image
---

# {card.title}

{card.method}. Takes a {card.takes}. Imported from `{source[file]}` by `python -m translators import`.

## Origin

To be filled in here and, for the page, in `card.json` beside this file.

| what | value |
|---|---|
| trained by | |
| on which data | |
| licence of the weights | |
| where the file is from | |
| file | `{source[file]}`{part} |
| SHA-256 | `{source[sha256]}` |

## What the file says, and what it does not

| argument of `{architecture}` | value |
|---|---|
{arguments}

{assumed}

The values stand in `config.json` and can be changed there.

## Known failures

To be filled in.
"""


def bring_in(path: Path, name: str, takes: str, **choices) -> tuple[Card, dict]:
    """Writes `weights/<name>/` from a checkpoint and adds its card to `CARDS`; returns the card and the config. `choices` as in `opened`.

    Raises:
        BadCheckpoint: as `opened`.
        TranslationError: the name is taken or no name for a folder, or the folder cannot be written.
    """
    folder = WEIGHTS / name
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", name):
        raise TranslationError(f"A name is made of a-z, 0-9, - and _, at most 64 of them, and {name!r} is not.")
    if name in CARDS or folder.exists():
        raise TranslationError(f"There is a translator {name} already: choose another name, or remove {folder}.")
    card, module, config = opened(path, name, takes, **choices)
    untold = UNTOLD.format(name=name)
    card = replace(card, credit=untold, data=untold, licence=untold)
    _write(folder, module, config, card)
    CARDS[name] = card
    return card, config


def opened(
    path: Path,
    name: str,
    takes: str,
    *,
    part: str | None = None,
    palette: str | None = None,
    size: int | None = None,
    statistics: str | None = None,
    dropout: bool | None = None,
) -> tuple[Card, nn.Module, dict]:
    """A checkpoint as a card, a network and a config, of which a translator is made (`translators.loading.KINDS`). Writes nothing.

    What the file leaves open is as in the original's test.py without --eval, unless `statistics` or `dropout` say otherwise; a photo is
    translated without dropout, since no seed comes with it. `part` is as in `open_checkpoint`. `palette` names the classes of a label map,
    by default those that the number of channels suggests. `size` is the side in pixels of the pictures it was trained on, by default 256.

    Raises:
        BadCheckpoint: as `open_checkpoint`, or a network that cannot take what it is said to take.
        NoGenerator: a discriminator or an encoder.
    """
    if takes == "photo" and dropout:
        raise BadCheckpoint(f"No seed comes with a photo, so {path.name} translates it without dropout.")
    settled = {"statistics": statistics, "dropout_at_test": dropout}
    settled = {key: value for key, value in settled.items() if value is not None}
    tested = ["statistics"] if takes == "photo" else ["statistics", "dropout_at_test"]
    module, config = open_checkpoint(path, part=part, as_tested=tested, **settled)
    title, assumed, place, others = (config.pop(key) for key in ("title", "assumed", "part", "others"))
    if config["architecture"] not in ARCHITECTURES:
        raise NoGenerator(f"{path.name} is a {title}, which translates nothing by itself: import the generator.")
    if takes == "photo":
        without_dice(module, config)
    card = card_of(path.name, name, takes, config, title, palette=palette, size=size)
    if card.palette and not palette:
        assumed.append(f"Its {config['in_channels']} channels are taken for {card.palette} and the boundaries between objects (palette).")
    with path.open("rb") as file:
        source = {"file": path.name, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
    if others or part:
        source |= {"part": place, "others": others}
    return card, module, config | {"translator": {"size": card.size, "source": source, "assumed": assumed}}


def without_dice(module: nn.Module, config: dict) -> None:
    """Switches dropout off, in the network and its config: no seed comes with a photo, and the same photo is to give the same picture."""
    if config.get("dropout_at_test"):
        config["dropout_at_test"] = module.dropout_at_test = False


def card_of(
    file: str, name: str, takes: str, config: dict, method: str, *, palette: str | None = None, size: int | None = None, features: int = 0
) -> Card:
    """The card of a network that came without one, under that `name`. `config` holds every argument of the network; `features` counts
    those of its channels that carry the styles of a label map or a drawing's colour hints. BadCheckpoint names the `file` where the network
    cannot take what it is said to take.
    """
    return Card(
        name=name,
        title=name.replace("-", " ").replace("_", " ").capitalize(),
        method=method,
        takes=takes,
        controls=_controls(takes, config),
        credit="",
        data="",
        licence="",
        failures="",
        size=size or _size(config),
        palette=_palette(file, takes, config, palette, features),
    )


def checkpoints_in(folder: Path) -> list[Path]:
    """The files in a folder that may be checkpoints, by their suffix; TranslationError where there is none."""
    found = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix.lower() in SUFFIXES)
    if not found:
        raise TranslationError(f"{folder} holds no checkpoint ({', '.join(sorted(SUFFIXES))}).")
    return found


def slug(stem: str) -> str:
    """A file's stem as a translator's name: "latest_net_G_A" → "latest-net-g-a"."""
    return re.sub("[^a-z0-9]+", "-", stem.lower()).strip("-")[:64] or "imported"


def _palette(file: str, takes: str, config: dict, palette: str | None, features: int) -> str:
    """The palette's name, empty for drawings and photos; BadCheckpoint where the channels cannot be what the network is said to take."""
    ins, outs, is_map = config["in_channels"] - features, config["out_channels"], takes == "label map"
    colours = ins in (1, 3)  # a picture: of a label map, the palette's colours
    if outs not in (1, 3):
        raise BadCheckpoint(f"{file} gives {outs} channels, which are no picture.")
    if not colours and (not is_map or config["architecture"] == "UNetGenerator"):
        what = "the colours of a label map" if is_map else f"a {takes}"
        raise BadCheckpoint(f"{file} takes {ins} channels, and {what} would be 3: it cannot take a {takes}.")
    if config.get("condition_size") and takes != "drawing":
        raise BadCheckpoint(f"{file} takes a colour beside its picture, as only translators of drawings do: it cannot take a {takes}.")
    if not is_map:
        if palette:
            raise BadCheckpoint(f"A palette is for label maps: {file} takes a {takes}.")
        return ""
    if not palette:
        fitting = [name for name, known in PALETTES.items() if len(known) + 1 == ins]
        palette = fitting[0] if len(fitting) == 1 else "" if fitting or colours else f"{ins - 1} classes"
    if (known := palette_of(palette)) is None:
        why = f"There is no palette {palette!r}" if palette else f"{file} does not say which classes its label maps have"
        raise BadCheckpoint(f'{why}: name one of {", ".join(PALETTES)}, or "N classes" (palette).')
    if not colours and len(known) + 1 != ins:
        raise BadCheckpoint(
            f"{file} takes {ins} channels; the {len(known)} classes of {palette} and their boundaries are {len(known) + 1}."
        )
    return palette


def _controls(takes: str, config: dict) -> tuple[Control, ...]:
    dropout = config.get("dropout", config.get("dropout_layers", 0) > 0)
    if takes != "photo":
        noise = (replace(NOISE, default=config["dropout_at_test"]),) if dropout else ()
        colour = (COLOUR,) if config.get("condition_size") else ()
        hints = (HINTS,) if takes == "drawing" and config.get("translator", {}).get("hints") else ()
        seed = (SEED,) if noise or colour or takes == "label map" else ()
        return (*seed, *noise, *colour, *hints)
    if config["architecture"] == ResNetGenerator.__name__:
        return (RESOLUTION, STRENGTH)
    return (replace(RESOLUTION, choices=("quick", "fine")), STRENGTH)  # no other network shares its norms' moments with tiles


def _size(config: dict) -> int:
    """The side that the original code trains such a network on by default, where it was not said."""
    return max(256, 2 ** config["downs"]) if config["architecture"] == "UNetGenerator" else 256


def _write(folder: Path, module: nn.Module, config: dict, card: Card) -> None:
    """Writes the folder under another name first, so that it is whole as soon as it is there."""
    state = module.state_dict()
    halves = {key: value.half() if value.is_floating_point() else value for key, value in state.items()}
    if all(value.float().equal(state[key].float()) for key, value in halves.items()):  # float16 already, as it came
        state = halves
    part = folder.with_name(f".{folder.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        save_file({key: value.contiguous() for key, value in state.items()}, part / MODEL)
        (part / CONFIG).write_text(json.dumps(config, indent=2) + "\n", "utf-8")
        (part / "README.md").write_text(_readme(config, card), "utf-8")
        write_card(card, part / "card.json")
        os.replace(part, folder)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise TranslationError(f"{folder} could not be written: {error.strerror or error}.") from None


def _readme(config: dict, card: Card) -> str:
    told = config["translator"]
    arguments = {key: value for key, value in config.items() if key not in ("architecture", "translator")}
    return README.format(
        card=card,
        source=told["source"],
        part=f", {told['source']['part']}" if "part" in told["source"] else "",
        architecture=config["architecture"],
        arguments="\n".join(f"| {key} | {value} |" for key, value in arguments.items()),
        assumed="\n".join(f"- {sentence}" for sentence in told["assumed"]),
    )
