"""From a file to a network here, and from a network here to what the original code opens."""

import re
from collections import OrderedDict
from collections.abc import Collection, Iterator
from pathlib import Path

import torch
from torch import Tensor, nn

from translators.cyclegan import ResNetGenerator
from translators.errors import BadCheckpoint, SeveralNetworks
from translators.pix2pix import PatchGAN, UNetGenerator
from translators.pix2pixhd import Encoder, GlobalGenerator, LocalEnhancer, MultiScale
from translators.upstream import patchgan, resnet, unet
from translators.upstream.evidence import Found
from translators.upstream.reading import DEEPEST, State, dicts, joined, read
from translators.weights import unfilled, wrong_kind

RECOGNIZERS = (
    unet.recognize,
    resnet.recognize_enhancer,
    resnet.recognize_generator,
    patchgan.recognize_scales,
    patchgan.recognize_pixel,
    resnet.recognize_encoder,
    patchgan.recognize_patchgan,
)
LAYERS = {
    UNetGenerator: unet.layers,
    ResNetGenerator: resnet.layers,
    GlobalGenerator: resnet.layers,
    LocalEnhancer: resnet.enhancer_layers,
    Encoder: resnet.layers,
    PatchGAN: patchgan.layers,
    MultiScale: patchgan.scale_layers,
}
GENERATORS = (UNetGenerator, ResNetGenerator, GlobalGenerator, LocalEnhancer)
# What the originals' files cannot answer, and ours note on their margin.
NOTED = ("statistics", "dropout_layers", "dropout_at_test", "resize", "padding")
RUNNING = ("running_mean", "running_var", "num_batches_tracked")
NOTE = "trazo"
TAKEN = "Of the networks in the file"
DIRECTION = "Which way it translates, A to B or B to A, does not stand in the file."


def open_checkpoint(path: str | Path, *, part: str | None = None, as_tested: Collection[str] = (), **settled) -> tuple[nn.Module, dict]:
    """The network in a file of the original pix2pix, CycleGAN or pix2pixHD code, told from keys and shapes alone, and its config.

    The network is float32, `eval()`, without gradients, and answers as the original does in eval mode. The config names its architecture
    and arguments, as `config.json` does, and under "title" and "assumed" says in sentences what it is and what the file could not answer;
    `settled` answers it, for example `statistics="image"` or `dropout_at_test=True`; `as_tested` names what is to be as in the original's
    test.py without --eval, where the file leaves it open. Of several networks in one file the generator is taken, its moving average
    first; `part` is the key of another. The config's "part" is the key of what was taken, and "others" those of the other
    generators.

    Raises:
        BadCheckpoint: one sentence with the file and, where it is about one, the key: see `read`; no network that is known here; a tensor
            that is missing, left over, of another shape, not finite.
        SeveralNetworks: none of them comes first.
    """
    path = Path(path)
    held = read(path)
    place, state, found = _chosen(path.name, held, part)
    if unknown := settled.keys() - found.left_open.keys():
        can = f"what can be: {', '.join(found.left_open)}" if found.left_open else "nothing can be"
        raise BadCheckpoint(f"{path.name} is a {found.title}: {min(unknown)} cannot be set; {can}.")
    answers = {key: value for key, value in _noted(held).items() if key in found.left_open} | settled
    guessed = {key: question for key, question in found.left_open.items() if key not in answers}
    tested = {key: question for key, question in guessed.items() if key in as_tested and question.tested is not None}
    answers |= {key: question.tested for key, question in tested.items()}
    module = _built(path.name, found, answers)
    module.load_state_dict(_fitted(path, place, state, found, module), strict=True, assign=True)
    assumed = [question.said_tested if key in tested else question.said for key, question in guessed.items()]
    if found.network in GENERATORS:
        assumed.append(DIRECTION)
    others = [(name, found.network) for name, _, found in _networks(path.name, held) if name != place] if place else []
    if others:
        assumed.append(f"{TAKEN} {place} was taken; {', '.join(name for name, _ in others)} can be (part).")
    config = {"architecture": found.network.__name__, **found.arguments, **answers, "title": found.title}
    config |= {"part": place, "others": [name for name, network in others if network in GENERATORS]}
    return module.eval().requires_grad_(False), config | {"assumed": [*found.notes, *assumed]}


def original_state(network: nn.Module) -> "OrderedDict[str, Tensor]":
    """A network's state dict in the original's key names, which `open_checkpoint` and the original code open.

    What the keys cannot say stands in a note beside them, where torch keeps a state dict's version and the original does not look.
    ValueError for a network that the original code has not: of another class, or with a condition, without skips or, where it is no
    `ResNetGenerator`, with doublings by interpolation.
    """
    if type(network) not in LAYERS:
        raise ValueError(f"the original code has no {type(network).__name__}")
    own = {
        "with a condition": getattr(network, "condition_size", 0),
        "without skips": not getattr(network, "skips", True),
        "with doublings by interpolation": getattr(network, "resize", None) and not isinstance(network, ResNetGenerator),
    }
    if strange := [what for what, there in own.items() if there]:
        raise ValueError(f"the original code has no {type(network).__name__} {' and '.join(strange)}")
    originals = {ours: original for original, ours in LAYERS[type(network)](network).items()}
    lacking = patchgan.lacks(network)
    state = OrderedDict()
    for key, value in network.state_dict().items():
        layer, _, leaf = key.rpartition(".")
        if key not in lacking:
            state[f"{originals[layer]}.{leaf}"] = value
    state._metadata = {"": {NOTE: {name: getattr(network, name) for name in NOTED if hasattr(network, name)}}}
    return state


def _recognized(state: State) -> Found | None:
    return next((found for recognize in RECOGNIZERS if (found := recognize(state))), None)


def _networks(name: str, held: object) -> Iterator[tuple[str, State, Found]]:
    for place, state in dicts(name, held):
        yield from _unwrapped(place, state)


def _unwrapped(place: str, state: State, depth: int = 0) -> Iterator[tuple[str, State, Found]]:
    """The networks in a dict of tensors, whose keys may carry prefixes: "module." is `DataParallel`'s, others tell networks apart."""
    bare = {re.sub(r"^(module\.)+", "", key): value for key, value in state.items()}
    if found := _recognized(bare):
        yield place, bare if len(bare) == len(state) else state, found
        return
    groups: dict[str, State] = {}
    for key, value in bare.items():
        head, dot, rest = key.partition(".")
        if dot:
            groups.setdefault(head, {})[rest] = value
    for head, group in groups.items() if depth < DEEPEST else ():
        yield from _unwrapped(joined(place, head), group, depth + 1)


def _chosen(name: str, held: object, part: str | None) -> tuple[str, State, Found]:
    networks = list(_networks(name, held))
    if not networks:
        first = next((key for _, state in dicts(name, held) for key in state), None)
        why = f"its first key is {first}" if first else "it holds no weights at all"
        raise BadCheckpoint(f"{name} holds no network of pix2pix, CycleGAN or pix2pixHD: {why}.")
    if part is not None:
        networks = [network for network in networks if network[0] == part] or networks
        if networks[0][0] != part:
            raise BadCheckpoint(f"{name} has no part {part}; it has {', '.join(place or 'one without a name' for place, *_ in networks)}.")
        return networks[0]

    def rank(network: tuple[str, State, Found]) -> tuple[bool, bool]:
        return network[2].network not in GENERATORS, "ema" not in network[0]

    networks.sort(key=rank)
    if len(networks) > 1 and rank(networks[0]) == rank(networks[1]):
        places, first = ", ".join(place for place, *_ in networks), rank(networks[0])
        generators = [network[0] for network in networks if rank(network) == first and network[2].network in GENERATORS]
        raise SeveralNetworks(f"{name} holds several networks, {places}: name one of them (part).", generators)
    return networks[0]


def _noted(held: object) -> dict:
    """What `original_state` noted beside the keys; empty in files of the original code."""
    note = getattr(held, "_metadata", None)
    for key in ("", NOTE):
        note = note.get(key) if isinstance(note, dict) else None
    return note if isinstance(note, dict) else {}


def _built(name: str, found: Found, answers: dict) -> nn.Module:
    try:
        return unfilled(found.network, found.arguments | answers)
    except (TypeError, ValueError, RuntimeError, OverflowError) as error:
        raise BadCheckpoint(f"{name} is no whole {found.title}: {str(error).splitlines()[0]}.") from None


def _fitted(path: Path, place: str, state: State, found: Found, module: nn.Module) -> dict[str, Tensor]:
    """The state dict under our keys, float32; without the running statistics that old instance norms left behind, which nothing reads."""
    name, names, ours = path.name, found.layers(module), module.state_dict()
    originals = {own: original for original, own in names.items()}
    wanted = {}
    for key in ours:
        layer, _, leaf = key.rpartition(".")
        wanted[f"{originals[layer]}.{leaf}"] = key
    held = {layer.rpartition(".")[0] for layer in ours}
    stale = {f"{original}.{leaf}" for original, own in names.items() if own not in held for leaf in RUNNING}
    optional = found.may_lack | {key for key in wanted if key.endswith(".num_batches_tracked")}  # torch counts them since 0.4.1

    def refuse(key: str, why: str) -> BadCheckpoint:
        return BadCheckpoint(f"{name} is no whole {found.title}: {joined(place, key)} {why}.")

    if missing := sorted(wanted.keys() - state.keys() - optional):
        raise refuse(missing[0], "is missing" + _more(missing))
    if extra := sorted(state.keys() - wanted.keys() - stale):
        raise refuse(extra[0], "is left over" + _more(extra))
    used = {original: state[original] for original in wanted if original in state}
    for original, value in used.items():
        if value.shape != ours[wanted[original]].shape:
            raise refuse(original, f"is {tuple(value.shape)} where {tuple(ours[wanted[original]].shape)} belongs")
        if value.layout != torch.strided or value.device.type != "cpu" or value.is_quantized or value.is_complex():
            raise refuse(original, "is not a plain tensor")
        if wrong := wrong_kind(value, ours[wanted[original]]):
            raise refuse(original, wrong)
    stored = {value.untyped_storage().data_ptr(): value.untyped_storage().nbytes() for value in used.values()}
    size = sum(value.nbytes for value in used.values())
    if size > min(sum(stored.values()), path.stat().st_size):  # one number shown many times, or none at all: small here, huge once copied
        raise BadCheckpoint(f"{name} claims more numbers than it holds.")
    fitted = {key: torch.zeros(ours[key].shape, dtype=ours[key].dtype) for original, key in wanted.items() if original not in used}
    for original, value in used.items():
        fitted[wanted[original]] = value.to(ours[wanted[original]].dtype, copy=True).contiguous()
        if not fitted[wanted[original]].isfinite().all():
            raise refuse(original, "holds values that are not finite")
    return fitted


def _more(keys: list[str]) -> str:
    return f" (and {len(keys) - 1} more)" if len(keys) > 1 else ""
