"""What keys and shapes say, where single ones may be missing or wrong: the error then names that one key and not all others."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from torch import nn

from translators.upstream.reading import State


@dataclass(frozen=True)
class Open:
    """A question that the file leaves open: what is said of the answer that eval mode gives, and the one that the original's test.py gives
    without --eval where it gives another.
    """

    said: str = ""
    tested: object = None
    said_tested: str = ""


@dataclass(frozen=True)
class Found:
    """What a state dict turned out to be.

    `layers` gives, for the built network, the original's layer names with ours. `left_open` names the arguments that the file cannot
    answer; `notes` are assumptions that change no answer. `may_lack` are original keys for which zeros stand in.
    """

    title: str
    network: type[nn.Module]
    arguments: dict
    layers: Callable[[nn.Module], dict[str, str]]
    left_open: dict[str, Open] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    may_lack: frozenset[str] = frozenset()


STATISTICS = Open(
    "The batch norms divide by their running statistics, as in the original's eval mode (its test.py --eval); "
    "without --eval it takes those of the picture (statistics 'image').",
    "image",
    "The batch norms divide by the statistics of the picture, as in the original's test.py; with --eval it takes the running ones "
    "(statistics 'running').",
)
DROPOUT = Open(
    "Dropout is off, as in the original's eval mode; its test.py without --eval leaves it on (dropout_at_test).",
    True,
    "Dropout stays on, as in the original's test.py, and is the noise that a seed draws; with --eval it is off (dropout_at_test).",
)


def batch_normed(state: State) -> bool:
    """Whether norms have gain and shift beside running statistics: old instance norms have the latter too, convolutions four axes."""
    layers: dict[str, set[str]] = {}
    for key, value in state.items():
        layer, _, leaf = key.rpartition(".")
        if leaf in ("weight", "bias", "running_mean", "running_var"):
            layers.setdefault(layer, set()).add("kernel" if value.ndim == 4 else leaf)
    return any("kernel" not in leaves and leaves & {"weight", "bias"} and len(leaves) > 1 for leaves in layers.values())


def statistics_of(state: State) -> dict:
    """The arguments of a generator or discriminator that say how it is normed."""
    return {"batch_norm": True, "statistics": "running"} if batch_normed(state) else {"batch_norm": False, "statistics": "image"}


def open_statistics(state: State) -> dict[str, Open]:
    return {"statistics": STATISTICS} if batch_normed(state) else {}


def voted(state: State, *places: tuple[str, int, int], default: int = 1) -> int:
    """The number of channels that most places agree on: (key, axis, how many times the number stands there)."""
    votes = [state[key].shape[axis] // times for key, axis, times in places if key in state and state[key].ndim > axis]
    return max(1, Counter(votes).most_common(1)[0][0]) if votes else default


def convolutions(state: State, root: str) -> list[int]:
    """The places in a sequence at which convolutions stand, in order: those of "root.N.weight" with four axes."""
    found = ((re.fullmatch(rf"{root}\.(\d{{1,9}})\.weight", key), value) for key, value in state.items())
    return sorted(int(match[1]) for match, value in found if match and value.ndim == 4)


def last_place(state: State, root: str, first: int, step: int) -> int:
    """The last of the places `first`, `first + step` … in a sequence at which a layer stands; `first` where none does."""
    found = (re.match(rf"{root}\.(\d{{1,9}})\.\w+$", key) for key in state)
    places = [int(match[1]) for match in found if match]
    return max((place for place in places if place >= first and (place - first) % step == 0), default=first)


def residual_blocks(state: State, root: str) -> list[int]:
    """The places in a sequence at which residual blocks stand, in order: those of "root.N.conv_block"."""
    found = (re.match(rf"{root}\.(\d{{1,9}})\.conv_block\.", key) for key in state)
    return sorted({int(match[1]) for match in found if match})


def after(layer: str) -> str:
    """The next place in the same sequence: "model.4" → "model.5"."""
    sequence, _, number = layer.rpartition(".")
    return f"{sequence}.{int(number) + 1}"
