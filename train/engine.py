"""What every loop needs and no paper is about: schedule, precision, weight averaging, checkpoints, the log."""

import dataclasses
import json
import os
import platform
import random
import shlex
import signal
import sys
import time
import zipfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor, nn
from torchvision.utils import make_grid

from train.data import BadData
from translators.pix2pix import halvings
from translators.translator import computes_bfloat16, least


class BadCheckpoint(ValueError):
    """No checkpoint can be used; the message names the file."""


def linear_decay(step: int, steps: int, decay_from: int) -> float:
    """The learning rate's factor: 1 up to `decay_from`, then linearly to 0 at `steps` (Zhu 2017, §7.1; the pix2pix code does the same).

    It is 1 at the first step too where the decay would have begun before it: of a run that is shorter than its decay.
    """
    decay_from = max(decay_from, 0)
    return 1.0 if step < decay_from else (steps - step) / max(steps - decay_from, 1)


def refuse_sides(G: nn.Module, **sides: int) -> None:
    """BadData where a side of the training pictures, by the name of its option, is none that G can halve and double again."""
    for name, side in sides.items():
        if side % G.multiple or side < least(G):
            raise BadData(f"--{name} {side}: this generator's halvings need a multiple of {G.multiple}, {least(G)} or more.")


def refuse_too_small(patch: int, scales: int = 1, **sides: int) -> None:
    """BadData where the coarsest of D's scales has too few pixels of a side of the training pictures, by the name of its option."""
    needed = 3 * 2 ** halvings(patch) if patch > 1 else 2
    for name, side in sides.items():
        if (seen := -(-side // 2 ** (scales - 1))) < needed:
            option = f"--{name} {side}" if scales == 1 else f"--scales {scales}"
            raise BadData(f"{option}: the coarsest D would see {seen} pixels a side, and with --patch {patch} needs {needed}.")


def autocast(device: torch.device):
    """bfloat16 autocast where the hardware has it."""
    return torch.autocast(device.type, torch.bfloat16) if computes_bfloat16(device) else nullcontext()


def seed_everything(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def random_states() -> dict:
    """The states that the loop draws from; samples draw from generators of their own (see `train.data`)."""
    return {"cpu": torch.get_rng_state(), "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []}


def set_random_states(states: dict) -> None:
    torch.set_rng_state(states["cpu"])
    if states["cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(states["cuda"][: torch.cuda.device_count()])


@torch.no_grad()
def update_average(average: nn.Module, network: nn.Module, decay: float) -> None:
    """Exponential moving average of a network's parameters; its buffers are copied."""
    torch._foreach_lerp_(list(average.parameters()), list(network.parameters()), 1 - decay)
    for kept, buffer in zip(average.buffers(), network.buffers(), strict=True):
        kept.copy_(buffer)


def save_checkpoint(folder: Path, state: dict, name: str = "last.pt") -> None:
    """Writes a checkpoint atomically; of `last.pt` the one before stays, as `previous.pt`."""
    folder.mkdir(parents=True, exist_ok=True)
    path, fresh = folder / name, folder / "fresh.pt"
    with fresh.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    if name == "last.pt" and zipfile.is_zipfile(path):  # one that was cut off does not push out the good one before it
        os.replace(path, folder / "previous.pt")
    os.replace(fresh, path)


def save_snapshot(path: Path, network: nn.Module) -> None:
    """A network's weights alone, as float16 safetensors, written atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    state = {name: (value.half() if value.is_floating_point() else value).contiguous() for name, value in network.state_dict().items()}
    save_file(state, fresh := path.with_suffix(".fresh"))
    os.replace(fresh, path)


def begun(folder: Path) -> bool:
    """Whether the folder holds a run: after a kill at the wrong moment the checkpoint before the last may be all of it."""
    return (folder / "last.pt").exists() or (folder / "previous.pt").exists()


def refuse_to_overwrite(folder: Path) -> None:
    """BadCheckpoint where a new run would begin in the folder of another, and soon write over its checkpoints."""
    if begun(folder):
        raise BadCheckpoint(f"{folder}: holds a run already. --resume goes on with it; another --out begins a new one.")


def load_checkpoint(folder: Path, report=print, best: bool = False) -> dict:
    """The newest readable checkpoint of a run, or the `best`; a damaged one is named through `report`. BadCheckpoint where none is left."""
    names = ("best.pt",) if best else ("last.pt", "previous.pt")
    paths = [path for name in names if (path := folder / name).exists()]
    for path in paths:
        try:
            return torch.load(path, map_location="cpu", weights_only=True)
        except Exception as error:  # torch raises many kinds for a damaged file; each is reported, none is hidden
            report(f"{path} is damaged ({type(error).__name__}){'' if best else '; trying the checkpoint before it'}.")
    raise BadCheckpoint(f"{folder}: no {'readable ' if paths else ''}checkpoint ({', '.join(names)}).")


def refuse_other_world(folder: Path, kept: dict, world: int) -> None:
    """BadCheckpoint where a run of N processes would go on with another number of them: its pools and random states are N."""
    if len(kept["random"]) != world:
        raise BadCheckpoint(f"{folder}: the checkpoint was made by {len(kept['random'])} processes, not {world}.")


def read_facts(path: Path, origin: str = "the export of the training command") -> dict:
    """A JSON file of a folder of weights; BadData where it is missing or damaged, with what writes it."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        raise BadData(f"{path}: not readable; it comes from {origin}.") from None


def command() -> str:
    """What was typed to start this program, as cards tell it: "python -m train.pix2pix --data …", "torchrun --nproc-per-node 2 -m …".
    Without --resume, so that it does the whole of a run that was stopped.
    """
    world, local = (int(os.environ.get(name, "1")) for name in ("WORLD_SIZE", "LOCAL_WORLD_SIZE"))
    nodes = ["--nnodes", str(world // local)] if world > local else []
    start = ["torchrun", *nodes, "--nproc-per-node", str(local)] if world > 1 else ["python"]
    return shlex.join([*start, "-m", f"train.{Path(sys.argv[0]).stem}", *(word for word in sys.argv[1:] if word != "--resume")])


def facts_of(kept: dict, run: Path | None = None) -> dict:
    """What the card tells of a run, from its checkpoint and, with its folder, the validation figures of its log as [step, figure]."""
    facts = {name: kept[name] for name in ("command", "settings", "step", "hardware", "pictures")}
    facts |= {"minutes": round(kept["seconds"] / 60), "processes": len(kept["random"])}
    if run:
        looks = (record for record in records(run / "log.jsonl") if "val" in record and record["step"] <= kept["step"])
        facts["val"] = [[record["step"], record["val"]] for record in looks]
    return facts


def refuse_other_settings(folder: Path, kept: dict, settings) -> None:
    """BadCheckpoint, naming the first difference, where a run would go on with settings that it was not started with. What an older
    checkpoint does not know was as by default.
    """
    for field in dataclasses.fields(settings):
        before, now = kept.get(field.name, field.default), getattr(settings, field.name)
        if before != now:
            raise BadCheckpoint(f"{folder}: the checkpoint was made with {field.name}={before}, not {now}.")


@contextmanager
def stop_requests():
    """Yields a function that says whether Ctrl-C or SIGTERM came, so that a loop can save before it ends."""
    asked: list[int] = []
    before = {number: signal.signal(number, lambda n, _: asked.append(n)) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def records(path: Path) -> list[dict]:
    """The records of a log; a last line that a kill cut off is left out."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    if lines and not lines[-1].endswith("}"):
        lines.pop()
    return [json.loads(line) for line in lines]


class Log:
    """One JSON line a record in `log.jsonl`, and, with `tensorboard`, curves beside it; a resumed run drops what lies past its step.
    `silent` writes nothing: one rank of several keeps the log.

    Raises:
        BadData: tensorboard is asked for and not installed.
    """

    def __init__(self, folder: Path, step: int, tensorboard: bool = False, silent: bool = False):
        self.path, self.curves, self.silent = folder / "log.jsonl", None, silent
        if silent:
            return
        folder.mkdir(parents=True, exist_ok=True)
        kept = [record for record in records(self.path) if record["step"] <= step] if step else []
        fresh = self.path.with_suffix(".fresh")
        fresh.write_text("".join(json.dumps(record) + "\n" for record in kept))
        os.replace(fresh, self.path)
        if tensorboard:
            try:
                from torch.utils.tensorboard import SummaryWriter
            except ImportError:
                raise BadData("--tensorboard needs another package: pip install tensorboard") from None
            self.curves = SummaryWriter(str(folder / "tensorboard"), purge_step=step + 1)

    def write(self, step: int, values: dict[str, float | Tensor]) -> dict[str, float]:
        numbers = {name: round(float(value), 5) for name, value in values.items()}
        if self.silent:
            return numbers
        with self.path.open("a") as file:
            file.write(json.dumps({"step": step, **numbers}) + "\n")
        if self.curves:
            for name, value in numbers.items():
                self.curves.add_scalar(name, value, step)
        return numbers


class Balance:
    """Notices when a discriminator has won: its loss has stayed below `low` for `patience` records on end. Says so once, with advice."""

    ADVICE = (
        "{name} has won: its loss has been below {low:g} for {count} records. What G learns from it now is little; try a narrower "
        "discriminator, a smaller patch, more augmentation, or a larger weight of the other losses."
    )

    def __init__(self, low: float = 0.02, patience: int = 20):
        self.low, self.patience, self.counts = low, patience, {}

    def notice(self, losses: dict[str, float]) -> str | None:
        """The losses of the discriminators by name → a sentence, or None."""
        for name, loss in losses.items():
            self.counts[name] = self.counts.get(name, 0) + 1 if loss < self.low else 0
            if self.counts[name] == self.patience:
                return self.ADVICE.format(name=name, low=self.low, count=self.patience)
        return None


def compiled(asked: bool, networks: Iterable[nn.Module], *losses: Callable) -> Sequence[Callable]:
    """The losses; where it is asked for, they and (in place) the networks are compiled by torch.compile."""
    if not asked:
        return losses
    for network in networks:
        network.compile()
    return [torch.compile(loss) for loss in losses]


def spread(count: int, most: int) -> list[int]:
    """Up to `most` places out of `count`, from the first to the last, evenly."""
    return [int(place) for place in np.linspace(0, count - 1, min(count, most))]


def save_grid(path: Path, rows: list[Tensor], columns: int) -> None:
    """Pictures (N, 3, H, W) in [-1, 1], a row of the grid for each tensor, as a JPEG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = min(columns, len(rows[0]))
    grid = make_grid(torch.cat([row[:columns].float().cpu() for row in rows]), nrow=columns, value_range=(-1, 1), normalize=True)
    Image.fromarray((grid.permute(1, 2, 0).numpy() * 255).round().astype(np.uint8)).save(path, quality=88)


def hardware(device: torch.device, processes: int = 1) -> str:
    """One phrase for the card. On the CPU all processes count as on one machine; of cards this process's own is named."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    cores, threads = os.cpu_count(), processes * torch.get_num_threads()
    used = f"{threads} of " if threads < cores else ""
    return f"{used}{cores} CPU cores ({platform.machine()}{', bfloat16' if computes_bfloat16(device) else ''})"


class Clock:
    """Seconds of training, carried over a resume, and its speed."""

    def __init__(self, before: float = 0.0, step: int = 0):
        self.start, self.lap = time.monotonic() - before, (step, before)

    def seconds(self) -> float:
        return time.monotonic() - self.start

    def steps_a_second(self, step: int) -> float:
        """Since this was asked last."""
        (before, then), self.lap = self.lap, (step, self.seconds())
        return (step - before) / max(self.lap[1] - then, 1e-9)
