"""Where the weights are, and how they are read: `weights/`, the Hub's cache, the Hub at the pinned commit; safetensors only, strictly.

Follows the Hub's own convention for a folder (`model.safetensors` beside `config.json`, huggingface_hub's `PyTorchModelHubMixin`).
"""

import json
from pathlib import Path

import torch
from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url, try_to_load_from_cache
from huggingface_hub.errors import HTTPError, OfflineModeIsEnabled
from safetensors import SafetensorError
from safetensors.torch import load_file

from translators.cards import Card
from translators.cyclegan import ResNetGenerator
from translators.errors import WeightsDamaged, WeightsMissing
from translators.pix2pix import UNetGenerator
from translators.pix2pixhd import GlobalGenerator, LocalEnhancer

MODEL, CONFIG = "model.safetensors", "config.json"
ARCHITECTURES = {network.__name__: network for network in (UNetGenerator, ResNetGenerator, GlobalGenerator, LocalEnhancer)}
HUB_SECONDS = 5  # how long the Hub may take to say that it is there
STAGES, MOST_STAGES = ("downs", "blocks", "enhancers", "local_blocks", "scales"), 64


def find(card: Card) -> Path:
    """The folder with the card's `model.safetensors` and `config.json`: `weights/`, else the Hub's cache, else the Hub.

    Raises:
        WeightsMissing: none of the three has them; the message holds the one command that brings them.
        WeightsDamaged: the local folder holds one of the two files without the other.
    """
    return _local(card) or _cached(card) or _downloaded(card)


def available(card: Card) -> str | None:
    """None where the weights lie on this machine, otherwise one sentence on how to get them. Asks no network and reads no weights."""
    try:
        if _local(card) or _cached(card):
            return None
    except WeightsDamaged as damaged:
        return str(damaged)
    return _how_to_get(card, "are not on this machine")


def read(folder: Path, architectures: dict = ARCHITECTURES, model: Path | None = None) -> tuple[torch.nn.Module, dict]:
    """A folder's network, float32, `eval()`, without gradients, and its whole `config.json`.

    `architectures` are those that it may have, by name; `model` is another file of weights for the same network.

    Raises:
        WeightsDamaged: one sentence naming the file: not JSON, not safetensors, an unknown architecture or argument, a tensor that is
            missing, left over, of another shape, or not finite.
    """
    config = _read_config(folder / CONFIG)
    module = _build(config, folder / CONFIG, architectures)
    state = _read_state(model or folder / MODEL, module.state_dict())
    module.load_state_dict(state, strict=True, assign=True)
    return module.eval().requires_grad_(False), config


def json_object(path: Path) -> dict:
    """The JSON object of a file; empty where there is no such file. WeightsDamaged where it holds something else."""
    return _read_config(path) if path.is_file() else {}


def unfilled(network: type[torch.nn.Module], arguments: dict) -> torch.nn.Module:
    """The network without memory for its weights: they come from a file, and a damaged one cannot ask for terabytes, nor for hours.

    TypeError, ValueError, RuntimeError or OverflowError where the arguments make no network.
    """
    if deep := [name for name in STAGES if isinstance(arguments.get(name), int) and arguments[name] > MOST_STAGES]:
        raise ValueError(f"{deep[0]} is {arguments[deep[0]]}, and at most {MOST_STAGES} can be built")
    with torch.device("meta"):
        return network(**arguments)


def _local(card: Card) -> Path | None:
    present = [name for name in (MODEL, CONFIG) if (card.weights / name).is_file()]
    if len(present) == 1:
        absent = CONFIG if present == [MODEL] else MODEL
        raise WeightsDamaged(f"{card.weights.name}/{present[0]} is there without {absent}: add it, or remove the folder.")
    return card.weights if present else None


def _cached(card: Card) -> Path | None:
    if not card.repo:
        return None
    paths = [try_to_load_from_cache(card.repo, name, revision=card.revision) for name in (MODEL, CONFIG)]
    return Path(paths[0]).parent if all(isinstance(path, str) for path in paths) else None


def _downloaded(card: Card) -> Path:
    if not card.repo:
        raise WeightsMissing(_how_to_get(card, "are not on this machine"))
    try:
        # Ask once, briefly and without retries: hf_hub_download itself goes on asking a silent Hub for minutes.
        get_hf_file_metadata(hf_hub_url(card.repo, MODEL, revision=card.revision), timeout=HUB_SECONDS)
        paths = [hf_hub_download(card.repo, name, revision=card.revision, etag_timeout=HUB_SECONDS) for name in (MODEL, CONFIG)]
    except OfflineModeIsEnabled:
        raise WeightsMissing(_how_to_get(card, "are not on this machine, and HF_HUB_OFFLINE keeps the Hub away")) from None
    except (OSError, HTTPError) as error:
        raise WeightsMissing(_how_to_get(card, f"could not be had from the Hub ({type(error).__name__})")) from error
    return Path(paths[0]).parent


def _how_to_get(card: Card, why: str) -> str:
    if not card.repo:
        return f"The weights of {card.name} {why}; this brings them back: git checkout -- weights/{card.name}"
    return f"The weights of {card.name} {why}; this brings them: hf download {card.repo} {MODEL} {CONFIG} --revision {card.revision}"


def _read_config(path: Path) -> dict:
    try:
        config = json.loads(path.read_text("utf-8"))
    except (ValueError, OSError, RecursionError):
        raise WeightsDamaged(f"{_short(path)} is not readable JSON.") from None
    if not isinstance(config, dict) or not isinstance(config.get("translator", {}), dict):
        raise WeightsDamaged(f"{_short(path)} is not a JSON object, or its translator is not.")
    return config


def _build(config: dict, path: Path, architectures: dict) -> torch.nn.Module:
    architecture = str(config.get("architecture"))
    if architecture not in architectures:
        raise WeightsDamaged(f"{_short(path)} names the architecture {architecture}; known: {', '.join(architectures)}.")
    arguments = {key: value for key, value in config.items() if key not in ("architecture", "translator")}
    try:
        return unfilled(architectures[architecture], arguments)
    except (TypeError, ValueError, RuntimeError, OverflowError) as error:
        raise WeightsDamaged(f"{_short(path)} does not fit {architecture}: {str(error).splitlines()[0]}.") from None


def _read_state(path: Path, expected: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    try:
        state = load_file(path)
    except (SafetensorError, OSError, ValueError):
        raise WeightsDamaged(f"{_short(path)} is not a whole safetensors file.") from None
    if strange := expected.keys() ^ state.keys():
        name = min(strange)
        kind = "is missing" if name in expected else "is left over"
        raise WeightsDamaged(f"{_short(path)} belongs to another network: {len(strange)} tensors differ, {name} {kind}.")
    for name, tensor in state.items():
        if tensor.shape != expected[name].shape:
            sizes = f"{tuple(tensor.shape)} where {tuple(expected[name].shape)} belongs"
            raise WeightsDamaged(f"{_short(path)} belongs to another network: {name} is {sizes}.")
        if wrong := wrong_kind(tensor, expected[name]):
            raise WeightsDamaged(f"{_short(path)} cannot be used: {name} {wrong}.")
        state[name] = tensor.to(expected[name].dtype)
        if not state[name].isfinite().all():
            raise WeightsDamaged(f"{_short(path)} is damaged: {name} holds values that are not finite.")
    return state


def wrong_kind(tensor: torch.Tensor, expected: torch.Tensor) -> str:
    """What is wrong with whole numbers where floating point ones belong; empty where nothing is."""
    if not expected.is_floating_point() or tensor.is_floating_point():
        return ""
    return f"holds {str(tensor.dtype).removeprefix('torch.')} numbers; expected float"


def _short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
