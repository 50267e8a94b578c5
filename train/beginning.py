"""What a run begins with, where that is not chance: the networks of another run, or generators that were shipped."""

from collections.abc import Collection, Sequence
from pathlib import Path

from torch import Tensor, nn

from train import engine
from train.data import BadData
from translators.errors import TranslationError
from translators.pix2pix import ResizeConv, resized
from translators.weights import read


def runs_before(kept: dict, generator: str) -> list[dict]:
    """The facts of the runs that a generator had been through when the checkpoint's own began; a list alone goes for every generator."""
    before = kept.get("before", [])
    return before[generator] if isinstance(before, dict) else before


def begin_with(
    networks: dict[str, nn.Module], start_from: Sequence[Path], generators: str, anew: Collection[str] = ()
) -> dict[str, list[dict]]:
    """Fills networks, by name, from the folder of another run, for example one at a smaller size, or the `generators` alone from one
    weights folder each: their discriminators then begin anew, as those in `anew` may in either case. One that doubles by nearest
    neighbours can begin with one that does not. Returns the facts of the runs before, of every generator.

    Raises:
        BadData: something there does not fit these networks, or there are too few or too many folders.
    """
    if len(start_from) == len(generators) and not engine.begun(start_from[0]):
        shipped = dict(zip(generators, start_from, strict=True))
        try:
            states = {name: read(folder)[0].state_dict() for name, folder in shipped.items()}
            facts = {name: engine.read_facts(folder / "run.json") for name, folder in shipped.items()}
        except TranslationError as error:
            raise BadData(f"--start-from: {error}") from error
        before = {name: [*last.pop("before", []), last] for name, last in facts.items()}
    elif len(start_from) == 1:
        kept = engine.load_checkpoint(*start_from)
        states = {name: kept.get(name, {}) for name in networks if name in kept or name not in anew}
        before = {name: [*runs_before(kept, name), engine.facts_of(kept, *start_from)] for name in generators}
    else:
        folders = " and ".join(generators)
        raise BadData(f"--start-from takes the folder of a run, or one weights folder each for {folders}, not {len(start_from)} folders.")
    for name, state in states.items():
        try:
            networks[name].load_state_dict(resized_as(networks[name], state))
        except RuntimeError as error:
            where = " and ".join(map(str, start_from))
            raise BadData(f"{where}: its {name} does not fit these settings ({str(error).splitlines()[0]})") from error
    return before


def resized_as(network: nn.Module, state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The state of a network with transposed convolutions for one like it with nearest doublings: what of the kernels is a checkerboard is
    lost. Any other as it is.
    """
    state = dict(state)
    for name, module in network.named_modules():
        if isinstance(module, ResizeConv) and module.mode == "nearest" and f"{name}.weight" in state:
            state[f"{name}.conv.weight"] = resized(state.pop(f"{name}.weight"))
            if f"{name}.bias" in state:
                state[f"{name}.conv.bias"] = state.pop(f"{name}.bias")
    return state
