"""A translator's network for other programs: in the original code's key names, as ONNX, as TorchScript; each checked before it is kept."""

import copy
import importlib.util
import logging
import os
import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from translators.cyclegan import ResNetGenerator
from translators.errors import BadControl, TranslationError
from translators.hints import CHANNELS
from translators.pix2pix import UNetGenerator
from translators.translator import least
from translators.upstream import open_checkpoint, original_state

WORST = 1e-3  # difference from torch, of outputs in [-1, 1]
ONNX = ("onnx", "onnxruntime", "onnxscript")
MISSING = '{} is not installed, which --format onnx needs; this brings it: pip install "onnx~=1.23" "onnxruntime~=1.31" "onnxscript~=0.7.2"'

Answer = Callable[..., Tensor]


class Quiet(nn.Module):
    """A generator without its noise: a function of the picture x (N, C, H, W) and, where it takes one, of the condition c (N, size)."""

    def __init__(self, generator: nn.Module):
        super().__init__()
        self.generator = generator

    def forward(self, x: Tensor, c: Tensor | None = None) -> Tensor:
        if isinstance(self.generator, UNetGenerator):
            return self.generator(x, c, noise=False)
        return self.generator(x, noise=False) if isinstance(self.generator, ResNetGenerator) else self.generator(x)


def write_pth(generator: nn.Module, path: Path, colour: tuple[int, int, int] | None = None) -> float:
    """Writes a state dict that the original code opens; returns its largest difference from the generator.

    The original network takes no colour beside the picture, so one that does here is written as it paints in `colour`, RGB 0..255.

    Raises:
        TranslationError: the generator is none of the original code's, or the file cannot be written.
        BadControl: a colour is missing, or one too many.
    """
    size = getattr(generator, "condition_size", 0)
    if size and colour is None:
        raise BadControl("The original network takes no colour: say in which one it is to paint.")
    if colour is not None and size != 3:
        raise BadControl("This network takes no colour.")
    c = None if colour is None else torch.tensor([colour]) / 127.5 - 1  # (1, 3)
    try:
        state = original_state(generator if c is None else in_colour(generator, c))
    except ValueError as error:
        raise TranslationError(f"It cannot be written in the original's key names: {error}.") from None

    def write(part: Path) -> Answer:
        torch.save(state, part)
        return Quiet(open_checkpoint(part)[0])

    return _checked(generator, path, write, c)


def write_onnx(generator: nn.Module, path: Path) -> float:
    """Writes ONNX: x (1, C, H, W) and, where it takes one, the condition c (1, size) → y (1, C', H, W), for all H and W that it takes.

    Returns its largest difference from torch in onnxruntime.

    Raises:
        TranslationError: onnx, onnxruntime or onnxscript is missing, or the file cannot be written.
    """
    if missing := [name for name in ONNX if not importlib.util.find_spec(name)]:
        raise TranslationError(MISSING.format(missing[0]))
    import onnxruntime

    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    unit, shortest = generator.multiple, least(generator) // generator.multiple
    inputs = _inputs(generator, 2, 3)
    sides = {axis: unit * torch.export.Dim(name, min=shortest) for axis, name in ((2, "height"), (3, "width"))}

    def write(part: Path) -> Answer:
        program = torch.onnx.export(
            Quiet(generator).eval(),
            inputs,
            dynamo=True,
            dynamic_shapes={"x": sides, "c": None} if len(inputs) == 2 else {"x": sides},
            input_names=["x", "c"][: len(inputs)],
            output_names=["y"],
            verbose=False,
        )
        program.save(part)
        session = onnxruntime.InferenceSession(part, providers=["CPUExecutionProvider"])
        return lambda *given: torch.from_numpy(session.run(["y"], {name: v.numpy() for name, v in zip("xc", given, strict=False)})[0])

    return _checked(generator, path, write)


def write_torchscript(generator: nn.Module, path: Path) -> float:
    """Writes a TorchScript program that takes x and, where the generator does, c; returns its largest difference from the generator.

    Raises:
        TranslationError: the file cannot be written.
    """

    def write(part: Path) -> Answer:
        torch.jit.trace(Quiet(generator).eval(), _inputs(generator, 2, 3), check_trace=False).save(part)
        return torch.jit.load(part, "cpu")

    return _checked(generator, path, write)


def in_colour(generator: UNetGenerator, c: Tensor) -> UNetGenerator:
    """The same network without a condition: what it asks of the norms for c (1, size) goes into their gains and shifts.

    ValueError where its norms are instance norms, which have neither.
    """
    if not generator.up_norms[0].affine:
        raise ValueError("in the original code instance norms have no gain and shift, which are what the colour sets here")
    plain = copy.deepcopy(generator)
    code = plain.condition(c)  # (1, 64)
    for norm, modulation in zip(plain.up_norms, plain.modulations, strict=True):
        gain, shift = modulation(code)[0].chunk(2)  # (width,) each
        norm.bias.copy_(norm.bias * (1 + gain) + shift)
        norm.weight.mul_(1 + gain)
    del plain.condition, plain.modulations
    plain.condition_size = 0
    return plain


def without_hints(generator: UNetGenerator) -> UNetGenerator:
    """The same network of drawings alone: where there is no hint, its channels are 0 and add nothing."""
    plain = copy.deepcopy(generator)
    first = plain.downs[0]
    first.in_channels -= CHANNELS
    first.weight = nn.Parameter(first.weight[:, : first.in_channels].clone(), requires_grad=False)
    return plain


@torch.no_grad()
def _checked(generator: nn.Module, path: Path, write: Callable[[Path], Answer], c: Tensor | None = None) -> float:
    """Writes under another name, compares on a picture of another size than it was written with, and only then gives the file its name."""
    if not path.name:
        raise TranslationError(f"{path} is a folder: name a file.")
    part = path.with_name(f".{path.name}.part")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of tracing: the check says what matters
            answer = write(part)
        worst = 0.0
        for rows, columns in ((1, 2), (3, 2)):
            x, *condition = _inputs(generator, rows, columns)
            expected = Quiet(generator)(x, *([c] if c is not None else condition))
            worst = max(worst, float((answer(x, *([] if c is not None else condition)) - expected).abs().max()))
        if not worst <= WORST:
            raise TranslationError(f"{path.name} was not kept: it differs from torch by {worst:.1e}, at most {WORST:.0e} is allowed.")
        os.replace(part, path)
    except (OSError, RuntimeError) as error:  # the latter is torch's, for files and networks alike
        raise TranslationError(f"{path} could not be written: {str(error).splitlines()[0]}") from error
    finally:
        part.unlink(missing_ok=True)
    return worst


def _inputs(generator: nn.Module, rows: int, columns: int) -> tuple[Tensor, ...]:
    """A random picture, that many times the shortest side high and wide, and a random condition where there is one."""
    random = torch.Generator().manual_seed(0)
    first = next(value for value in generator.parameters() if value.ndim == 4)
    x = torch.rand(1, first.shape[1], rows * least(generator), columns * least(generator), generator=random) * 2 - 1
    size = getattr(generator, "condition_size", 0)
    return (x, torch.rand(1, size, generator=random) * 2 - 1) if size else (x,)
