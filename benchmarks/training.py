"""How fast the loops train: `python -m benchmarks.training [--method cyclegan] [--batch 8] [--compile]`.

For each method, in one run: the loop of `train/` as it is, pictures decoded and augmented on the way; its share of the machine's peak,
which is a product of large matrices measured here, in the type that the loop computes in; and the ratio to a plain loop, written as the
originals are: float32, channels first, torch's own norms, Adam that goes from tensor to tensor, a loss read out at every step. Both are
given the same pictures by the same workers. The arithmetic of a step is counted by torch (convolutions and matrix products). The last line
is JSON.
"""

import json
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any
from unittest import mock

import numpy as np
import torch
import torch.nn.functional as F
import typer
from PIL import Image
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from train import cyclegan, engine, pix2pix, pix2pixhd
from train.data import loader, open_labels, open_paired, open_unpaired
from train.ranks import Ranks
from translators.pix2pix import Norm, initialize
from translators.translator import computes_bfloat16

PICTURES = 64
LOOPS = {"pix2pix": pix2pix, "cyclegan": cyclegan, "pix2pixhd": pix2pixhd}
ON_CARD = {"pix2pix": (32, 64, 256), "cyclegan": (8, 64, 256), "pix2pixhd": (4, 64, 256)}  # batch, base_channels, height
ON_CPU = {"pix2pix": (4, 16, 128), "cyclegan": (1, 16, 128), "pix2pixhd": (1, 16, 128)}


def settings_for(method: str, batch: int, base_channels: int, size: int) -> Any:
    """The paper's networks at this width; pix2pixHD's first phase, without the encoder, and without the perceptual loss's VGG."""
    equal = {"batch": batch, "base_channels": base_channels, "discriminator_channels": base_channels, "epochs": 10**6, "decay_epochs": 0}
    if method == "pix2pix":
        return pix2pix.Settings(size=size, downs=size.bit_length() - 1, **equal)
    if method == "cyclegan":
        return cyclegan.Settings(size=size, scale_low=size * 286 // 256, scale_high=size * 286 // 256, **equal)
    return pix2pixhd.Settings(height=size, width=2 * size, feature_channels=0, lambda_perceptual=0.0, **equal)


def write_pictures(folder: Path, size: int) -> None:
    """A data set that suits all three loops: smooth noise as JPEG, label maps of twelve classes."""
    rng = np.random.default_rng(0)

    def noise(width: int, height: int) -> Image.Image:
        return Image.fromarray(rng.integers(0, 256, (16, 16 * width // height, 3), np.uint8)).resize(
            (width, height), Image.Resampling.BICUBIC
        )

    for i in range(PICTURES):
        ids = Image.fromarray(rng.integers(0, 12, (8, 16), np.uint8)).resize((2 * size, size), Image.Resampling.NEAREST)
        wide = noise(2 * size, size)
        files = {"train": wide, "trainA": noise(size, size), "trainB": noise(size, size), "hd/train/image": wide, "hd/train/label": ids}
        for place, picture in files.items():
            (folder / place).mkdir(parents=True, exist_ok=True)
            picture.save(folder / place / f"{i}.{'png' if picture is ids else 'jpg'}")


def synchronize(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()


def peak(device: torch.device, rounds: int = 5) -> tuple[float, str]:
    """FLOP/s of the best of several products of large matrices, and their type."""
    dtype = torch.bfloat16 if computes_bfloat16(device) else torch.float32
    n = 8192 if device.type == "cuda" else 2048
    a, b = (torch.randn(n, n, device=device, dtype=dtype) for _ in range(2))
    a @ b
    times = []
    for _ in range(rounds):
        synchronize(device)
        start = time.perf_counter()
        a @ b
        synchronize(device)
        times.append(time.perf_counter() - start)
    return 2 * n**3 / min(times), str(dtype).removeprefix("torch.")


def adam(*networks: nn.Module) -> torch.optim.Adam:
    return torch.optim.Adam([p for network in networks for p in network.parameters()], 2e-4, betas=(0.5, 0.999), foreach=False)


def learn(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def plain_pix2pix(settings: pix2pix.Settings, device: torch.device, batches: Iterable) -> Iterator[float]:
    G, D = (initialize(network).to(device) for network in (settings.generator(), settings.discriminator()))
    opt_G, opt_D = adam(G), adam(D)
    for x, _, y, _ in batches:
        x, y = x.to(device), y.to(device)
        y_fake = G(x)
        D.requires_grad_(True)
        loss_D, _ = pix2pix.discriminator_loss(D, x, y, y_fake)
        learn(opt_D, loss_D)
        D.requires_grad_(False)
        loss_G, _ = pix2pix.generator_loss(D, x, y, y_fake)
        learn(opt_G, loss_G)
        yield loss_G.item()


def plain_cyclegan(settings: cyclegan.Settings, device: torch.device, batches: Iterable) -> Iterator[float]:
    G, F_, D_X, D_Y = (initialize(make()).to(device) for make in (settings.generator,) * 2 + (settings.discriminator,) * 2)
    opt_G, opt_D = adam(G, F_), adam(D_X, D_Y)
    pool_X, pool_Y = cyclegan.ImagePool(settings.pool), cyclegan.ImagePool(settings.pool)
    for x, y, _ in batches:
        x, y = x.to(device), y.to(device)
        for D in (D_X, D_Y):
            D.requires_grad_(False)
        total, _, x_fake, y_fake = cyclegan.generator_loss(G, F_, D_X, D_Y, x, y, settings.lambda_cycle, 0.0)
        identity = F.l1_loss(G(y), y) + F.l1_loss(F_(x), x)  # in calls of their own
        loss_G = total + settings.lambda_cycle * settings.lambda_identity * identity
        learn(opt_G, loss_G)
        opt_D.zero_grad()
        for D, real, fake in ((D_X, x, pool_X.exchange(x_fake)), (D_Y, y, pool_Y.exchange(y_fake))):
            D.requires_grad_(True)
            cyclegan.discriminator_loss(D, real, fake)[0].backward()
        opt_D.step()
        yield loss_G.item()


def plain_pix2pixhd(settings: pix2pixhd.Settings, device: torch.device, batches: Iterable) -> Iterator[float]:
    G, D = (initialize(network).to(device) for network in (settings.generator(), settings.discriminator()))
    opt_G, opt_D = adam(G), adam(D)
    for label_map, instance_map, y, _ in batches:
        label_map, instance_map, y = label_map.to(device), instance_map.to(device), y.to(device)
        x = settings.label_input(label_map, instance_map)
        y_fake = G(x)
        loss_D, _ = pix2pixhd.discriminator_loss(D.requires_grad_(True), x, y, y_fake)
        learn(opt_D, loss_D)
        loss_G, _ = pix2pixhd.generator_loss(D.requires_grad_(False), x, y, y_fake, settings.lambda_feature, 0.0)
        learn(opt_G, loss_G)
        yield loss_G.item()


PLAIN = {"pix2pix": plain_pix2pix, "cyclegan": plain_cyclegan, "pix2pixhd": plain_pix2pixhd}
OPENED = {
    "pix2pix": lambda data, _: open_paired(data, "train"),
    "cyclegan": lambda data, _: open_unpaired(data, "train"),
    "pix2pixhd": lambda data, settings: open_labels(data, "train", settings.classes),
}


def plain_speed(method: str, data: Path, settings: Any, steps: int, device: torch.device, workers: int) -> float:
    """Images a second over `steps` steps, after as many to warm up."""
    torch.manual_seed(0)
    folder = OPENED[method](data, settings)
    batches = loader(settings.dataset(folder), len(folder), settings.batch, 0, 0, 2 * steps, workers, Ranks(), device)
    plain_batch_norm = mock.patch.object(Norm, "forward", nn.BatchNorm2d.forward)  # in place of the project's own way to instance norm
    with plain_batch_norm, mock.patch("translators.cyclegan.instance_norm", F.instance_norm):
        for step, _ in enumerate(PLAIN[method](settings, device, batches), 1):
            if step == steps:
                start = time.perf_counter()
    return steps * settings.batch / (time.perf_counter() - start)


def run(method: str, data: Path, out: Path, settings: Any, steps: int, device: torch.device, workers: int = 0, **more) -> None:
    quiet = {"sample_every": 10**9, "save_every": 10**9, "log_every": 10**9} | more
    LOOPS[method].train(data, out, settings, device=device, workers=workers, stop_at=steps, **quiet)


def loop_speed(method: str, data: Path, out: Path, settings: Any, steps: int, device: torch.device, workers: int, compiled: bool) -> float:
    """Images a second of the loop itself over `steps` steps, after as many to warm up: what its log says."""
    run(method, data, out, settings, 2 * steps, device, workers, log_every=steps, compiled=compiled)
    return engine.records(out / "log.jsonl")[-1]["images/s"]


def step_flops(method: str, data: Path, out: Path, settings: Any, device: torch.device) -> int:
    """Floating-point operations of one step: those of two steps less those of one, so that what a run does besides falls out."""
    counts = []
    for steps in (1, 2):
        with FlopCounterMode(display=False) as counter:
            run(method, data, out / str(steps), settings, steps, device)
        counts.append(counter.get_total_flops())
    return counts[1] - counts[0]


def main(
    method: Annotated[str, typer.Option(help=f"{', '.join(LOOPS)}, or all.")] = "all",
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cuda" if torch.cuda.is_available() else "cpu",
    batch: Annotated[int | None, typer.Option(help="Pictures a step; without it 32 for pix2pix on a card.")] = None,
    base_channels: Annotated[int | None, typer.Option(help="Width; without it 64 on a card, 16 on the CPU.")] = None,
    size: Annotated[int | None, typer.Option(help="Height of the pictures; without it 256 on a card.")] = None,
    steps: Annotated[int, typer.Option(help="Steps that are timed, after as many to warm up.")] = 20,
    workers: Annotated[int, typer.Option(help="Processes that prepare pictures.")] = 2,
    compiled: Annotated[bool, typer.Option("--compile", help="With torch.compile.")] = False,
):
    """Prints images/s, the share of the machine's peak, and the ratio to a plain loop."""
    card = torch.device(device)
    most, dtype = peak(card)
    typer.echo(f"{engine.hardware(card)}, {torch.get_num_threads()} threads, torch {torch.__version__}")
    typer.echo(f"peak: {most / 1e12:.3g} TFLOP/s, matrices of {dtype}")
    results = {}
    for name in LOOPS if method == "all" else (method,):
        defaults = (ON_CARD if card.type == "cuda" else ON_CPU)[name]
        given = [value or default for value, default in zip((batch, base_channels, size), defaults, strict=True)]
        settings = settings_for(name, *given)
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            write_pictures(root, given[2])
            data = root / "hd" if name == "pix2pixhd" else root
            flops = step_flops(name, data, root / "counted", settings, card)
            fast = loop_speed(name, data, root / "run", settings, steps, card, workers, compiled)
            plain = plain_speed(name, data, settings, steps, card, workers)
        each, share = flops / settings.batch, flops / settings.batch * fast / most
        results[name] = {"batch": given[0], "base_channels": given[1], "size": given[2], "images/s": round(fast, 2)}
        results[name] |= {"GFLOP an image": round(each / 1e9, 1), "share of peak": round(share, 3), "ratio": round(fast / plain, 2)}
        typer.echo(
            f"{name}, batch {given[0]}, {given[1]} wide, {given[2]} px: {fast:.1f} images/s, {share:.1%} of peak "
            f"({each / 1e9:.1f} GFLOP an image); plain {plain:.1f} images/s, ratio {fast / plain:.2f}"
        )
    typer.echo(json.dumps({"peak TFLOP/s": round(most / 1e12, 3), "dtype": dtype, "compiled": compiled, **results}))


if __name__ == "__main__":
    typer.run(main)
