"""A model that anyone published on the Hub, at one commit: safetensors and a config that is known here, nothing else, and nothing is kept.

The Hub is asked without a token, so that a server opens for its visitors only what is public.
"""

import copy
import inspect
import math
import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from huggingface_hub import HfFileMetadata, constants, get_hf_file_metadata, hf_hub_download, hf_hub_url
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HFValidationError,
    HTTPError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from torch import nn

from translators import hints as colour_hints
from translators import weights
from translators.cards import Card
from translators.errors import BadCheckpoint, WeightsMissing
from translators.from_labels import MAX_MARGIN, MAX_PIXELS, MAX_SIDE
from translators.importing import card_of, slug, without_dice
from translators.labels import palette_of
from translators.layouts import GRID
from translators.weights import ARCHITECTURES, CONFIG, HUB_SECONDS, MODEL

ADDRESS = re.compile(r"([\w.-]+/[\w.-]+)(?:@([\w./-]+))?", re.ASCII)
MOST_CONFIG = 1 << 20  # bytes
METHODS = {
    "UNetGenerator": "pix2pix U-Net",
    "ResNetGenerator": "CycleGAN ResNet",
    "GlobalGenerator": "pix2pixHD global generator",
    "LocalEnhancer": "pix2pixHD local enhancer",
}


class Pinned(NamedTuple):
    """A repository at a commit, and how many bytes its two files hold."""

    repo: str
    commit: str
    size: int


def pinned(address: str) -> Pinned:
    """The commit that "owner/name@revision" stands for now; without a revision, the newest of its main branch.

    Raises:
        BadCheckpoint: that is no such address; there is no such public model or revision; or it has no safetensors and config.
        WeightsMissing: the Hub cannot be asked.
    """
    match = ADDRESS.fullmatch(address.strip())
    if not match:
        raise BadCheckpoint(f"A model on the Hub is called owner/name or owner/name@revision, not {address.strip()[:80]!r}.")
    repo, revision = match[1], match[2] or "main"
    try:
        config = _asked(repo, CONFIG, revision)
        model = _asked(repo, MODEL, config.commit_hash)
    except GatedRepoError:
        raise BadCheckpoint(f"{repo} is open only to those whom its owner lets in: what opens here is public.") from None
    except (RepositoryNotFoundError, HFValidationError):
        raise BadCheckpoint(f"The Hub has no public model {repo}.") from None
    except RevisionNotFoundError:
        raise BadCheckpoint(f"{repo} has no revision {revision}.") from None
    except EntryNotFoundError:
        raise BadCheckpoint(
            f"{repo} at {revision} has not both {MODEL} and {CONFIG}: what opens is safetensors, with a config that is known here."
        ) from None
    except OfflineModeIsEnabled:
        raise WeightsMissing("HF_HUB_OFFLINE keeps this server away from the Hub.") from None
    except (OSError, HTTPError) as error:
        raise WeightsMissing(f"The Hub ({constants.ENDPOINT}) could not be asked for {repo} ({type(error).__name__}).") from error
    if config.size > MOST_CONFIG:
        raise BadCheckpoint(f"{repo}/{CONFIG} holds {config.size:,} bytes, which is no config.")
    return Pinned(repo, config.commit_hash, config.size + model.size)


def opened(place: Pinned, takes: str, *, palette: str | None = None) -> tuple[Card, nn.Module, dict]:
    """A published model as a card, a network and a config, of which a translator is made (`translators.loading.ready`).

    Raises:
        BadCheckpoint: its config says something impossible, or the network cannot take what it is said to take.
        WeightsDamaged: as `translators.weights.read`.
        WeightsMissing: the Hub stopped answering.
    """
    name = place.repo.split("/")[1]
    with TemporaryDirectory() as folder:
        try:
            for file in (CONFIG, MODEL):
                hf_hub_download(
                    place.repo, file, revision=place.commit, local_dir=Path(folder, name), token=False, etag_timeout=HUB_SECONDS
                )
        except (OSError, HTTPError) as error:
            raise WeightsMissing(f"{place.repo} could not be had from the Hub ({type(error).__name__}).") from error
        module, config = weights.read(Path(folder, name))
        module = copy.deepcopy(module)  # what was read is still a view of the file
    usual = inspect.signature(ARCHITECTURES[config["architecture"]]).parameters.items()
    config = {argument: parameter.default for argument, parameter in usual if parameter.default is not parameter.empty} | config
    if hasattr(module, "dropout_layers"):
        config["dropout_layers"] = module.dropout_layers  # fewer than was said, where the network is shallow
    told = config.setdefault("translator", {})
    _check(told, f"{name}/{CONFIG}", takes)
    features, assumed = 0, []
    if takes == "label map" and told.get("clusters"):
        features = len(next(iter(told["clusters"].values()))[0])
    if takes == "photo":
        without_dice(module, config)
    if takes == "drawing" and told.get("hints") and config["in_channels"] == 3 + colour_hints.CHANNELS:
        features = colour_hints.CHANNELS
    method = f"{METHODS[config['architecture']]}, {config['base_channels']} wide"
    size = max(told["size"]) if isinstance(told.get("size"), list) else told.get("size")
    card = card_of(name, slug(name), takes, config, method, palette=palette, size=size, features=features)
    if card.palette and "histogram" in told and len(told["histogram"]["shares"]) != (classes := len(palette_of(card.palette))):
        raise BadCheckpoint(f"{name}/{CONFIG}: histogram in its translator must have the shares of {classes} classes.")
    if card.palette and not palette:
        assumed.append(f"Its {config['in_channels']} channels are taken for {card.palette} and the boundaries between objects (palette).")
    card = replace(card, title=name, credit=f"{place.repo}@{place.commit}", repo=place.repo, revision=place.commit)
    return card, module, config | {"translator": told | {"assumed": assumed}}


def _asked(repo: str, file: str, revision: str) -> HfFileMetadata:
    told = get_hf_file_metadata(hf_hub_url(repo, file, revision=revision), timeout=HUB_SECONDS, token=False)
    if told.size is None or told.commit_hash is None:
        raise BadCheckpoint(f"The Hub does not say how large {repo}/{file} is and of which commit.")
    return told


def _check(told: dict, file: str, takes: str) -> None:
    """BadCheckpoint where what a config says beside its network is of another kind."""
    for key, (fine, expected) in CHECKS.items():
        if key in told and not fine(told[key]):
            raise BadCheckpoint(f"{file}: {key} in its translator must be {expected}.")
    width, height = told["size"] if isinstance(told.get("size"), list) else 2 * [told.get("size", 0)]
    if takes == "label map" and (max(width, height) > MAX_SIDE or width * height > MAX_PIXELS):
        limit = f"at most {MAX_SIDE:,} a side and {MAX_PIXELS:,} pixels in all are painted"
        raise BadCheckpoint(f"{file}: size in its translator is {width:,} x {height:,}, and {limit}.")


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


def _side(value: object) -> bool:
    return type(value) is int and 16 <= value <= 4096


def _numbers(value: object, length: int) -> bool:
    return isinstance(value, list) and len(value) == length and all(map(_number, value))


def _clusters(value: object) -> bool:
    """Class id → one row of features for each of its styles, all of one length."""
    if not isinstance(value, dict) or not all(
        key.isdecimal() and len(key) < 4 and isinstance(rows, list) and rows for key, rows in value.items()
    ):
        return False
    rows = [row for rows in value.values() for row in rows]
    return all(isinstance(row, list) and row and _numbers(row, len(rows[0])) for row in rows)


def _colour(value: object) -> bool:
    return isinstance(value, list) and len(value) == 3 and all(type(part) is int and 0 <= part <= 255 for part in value)


def _histogram(value: object) -> bool:
    """What `translators.layouts.histogram` writes."""
    if not isinstance(value, dict) or not all(isinstance(value.get(key), list) and value[key] for key in ("shares", "most", "layouts")):
        return False
    classes, cells = len(value["shares"]), math.prod(GRID)
    lines = [line.split() if isinstance(line, str) else [] for line in value["layouts"]]
    percents = all(len(line) == cells * classes and all(re.fullmatch(r"\d{1,3}", part, re.ASCII) for part in line) for line in lines)
    return percents and _numbers(value["shares"], classes) and _numbers(value["most"], classes) and _number(value.get("far"))


CHECKS = {
    "size": (
        lambda size: _side(size) or (isinstance(size, list) and len(size) == 2 and all(map(_side, size))),
        "the side in pixels of its pictures, or width and height",
    ),
    "colours": (
        lambda colours: isinstance(colours, list) and all(map(_colour, colours)),
        "a list of colours of three whole numbers each, 0 to 255",
    ),
    "hints": (lambda hints: isinstance(hints, bool), "true or false"),
    "lines": (
        lambda lines: isinstance(lines, dict) and all(_numbers(bounds, 2) for bounds in lines.values()),
        "the lowest and highest value of every fact about lines",
    ),
    "clusters": (_clusters, "rows of features for every class id"),
    "scenes": (
        lambda scenes: isinstance(scenes, list) and all(isinstance(row, list) and all(type(k) is int for k in row) for row in scenes),
        "rows of whole numbers, the style of every class that has clusters",
    ),
    "histogram": (_histogram, "shares and most for every class, layouts of them, and the number far"),
    "margin": (lambda margin: type(margin) is int and 0 <= margin <= MAX_MARGIN, f"a whole number of pixels from 0 to {MAX_MARGIN}"),
}
