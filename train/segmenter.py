"""A segmenter that judges whether a painted street shows what was asked for: the papers' label consistency (Isola 2017, §4; Wang 2018, §4).

It learns from real photos alone; then it reads real and painted pictures, and what it reads is held against the label maps. The network is
torchvision's LR-ASPP on MobileNetV3-large (Howard 2019, §6.4), from scratch.
"""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import torch.nn.functional as F
import typer
from PIL import Image
from torch import Tensor, nn
from torchvision.models.segmentation import lraspp_mobilenet_v3_large
from tqdm import tqdm

from train import engine
from train.data import BadData, LabelCrops, LabelFolder, loader, open_labels
from train.ranks import Ranks, device_named
from translators.images import to_tensor


@dataclass(frozen=True)
class Settings:
    """What a run is. Ids from `classes` on (void) do not count, neither in training nor in figures.

    The network reads pictures of `height` × `width`. It trains on crops of the share `crop` of both, enlarged by up to `zoom`: things have
    the same sizes there, at a third of the cost.
    """

    classes: int = 11
    height: int = 240
    width: int = 320
    crop: float = 0.6
    zoom: float = 2.4
    colour: float = 0.3
    epochs: float = 40.0
    batch: int = 8
    lr: float = 2e-3
    seed: int = 0

    def network(self) -> nn.Module:
        return lraspp_mobilenet_v3_large(weights=None, weights_backbone=None, num_classes=self.classes)


@dataclass(frozen=True)
class Segmenter:
    """A network that reads pictures: y (1, 3, H, W) in [-1, 1], scaled to its own size → classes of every pixel."""

    network: nn.Module
    settings: Settings

    @torch.no_grad()
    def confusion(self, picture: Image.Image, ids: np.ndarray) -> np.ndarray:
        """Pixels by true class and class that was read: (classes, classes). `ids` (h, w) may have another size than the picture."""
        y = to_tensor(picture.resize((self.settings.width, self.settings.height), Image.Resampling.BICUBIC))
        logits = self.network(y.to(next(self.network.parameters()).device))["out"]
        read = F.interpolate(logits, ids.shape, mode="bilinear", align_corners=False)[0].argmax(0)
        return confusion(torch.from_numpy(ids).long(), read.cpu(), self.settings.classes).numpy()


def confusion(truth: Tensor, read: Tensor, classes: int) -> Tensor:
    """Pixels by true class (rows) and class that was read (columns): (classes, classes); where the truth is beyond them, none counts."""
    counted = truth < classes
    return torch.bincount(truth[counted] * classes + read[counted], minlength=classes**2).reshape(classes, classes)


def pixel_accuracy(confusion: np.ndarray) -> float:
    return float(np.trace(confusion) / confusion.sum())


def mean_iou(confusion: np.ndarray) -> float:
    """Mean over the classes that occur of |read and true| / |read or true|."""
    both, truth, read = np.diag(confusion), confusion.sum(1), confusion.sum(0)
    return float((both / np.maximum(truth + read - both, 1))[truth > 0].mean())


def class_weights(folder: LabelFolder, classes: int) -> Tensor:
    """√(median frequency / frequency) (classes,): rare classes weigh more (Eigen & Fergus 2015, §6.3.2), by the root, so that a pole is not
    worth thirty roads; 0 for a class that never occurs.
    """
    frequency = sum(np.bincount(np.array(folder.pair(i)[1]).ravel(), minlength=256)[:classes] for i in range(len(folder))).astype(float)
    present = frequency > 0
    weights = np.sqrt(np.median(frequency[present]) / np.where(present, frequency, 1)) * present
    return torch.from_numpy(weights).float()


def measure(segmenter: Segmenter, folder: LabelFolder) -> dict[str, float]:
    """Pixel accuracy and mean IoU on real photos."""
    total = sum(segmenter.confusion(photo, np.array(labels)) for photo, labels in map(folder.pair, range(len(folder))))
    return {"accuracy": pixel_accuracy(total), "iou": mean_iou(total)}


def read_segmenter(run: Path) -> Segmenter:
    """The network of a run that had the highest mean IoU on val.

    Raises:
        BadData: the folder holds no run of this command, or a damaged one, or one that has not looked at val yet.
    """
    try:
        kept = engine.load_checkpoint(run)
        settings = Settings(**kept["settings"])
        network = settings.network()
        if looked := kept["iou"] >= 0:
            network.load_state_dict(kept["best"])
    except engine.BadCheckpoint as error:
        raise BadData(str(error)) from error
    except (ValueError, KeyError, TypeError, RuntimeError) as error:
        raise BadData(f"{run}: not a run of python -m train.segmenter ({str(error).splitlines()[0]}).") from error
    if not looked:
        raise BadData(f"{run}: stopped at step {kept['step']}, before its first look at val; --resume goes on with it.")
    return Segmenter(network.eval().requires_grad_(False), settings)


def train(data: Path, out: Path, settings: Settings, resume=False, device: torch.device | str = "cpu", workers=1, stop_at=None) -> dict:
    """Runs the loop to its end, or to `stop_at` steps, and returns what out/last.pt holds besides: the network that did best on val, where
    it was measured every fourth epoch.

    Raises:
        BadData: the data set has no train or no val folder of photos and label maps, or ids beyond the classes and void.
    """
    device = torch.device(device)
    if not resume:
        engine.refuse_to_overwrite(out)
    pairs, val = (open_labels(data, split, settings.classes + 1) for split in ("train", "val"))
    per_epoch = len(pairs) // settings.batch
    steps = round(settings.epochs * per_epoch)

    engine.seed_everything(settings.seed)
    network = settings.network().to(device, memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), settings.lr, weight_decay=1e-2, fused=True)
    weights = class_weights(pairs, settings.classes).to(device)
    kept: dict = {"step": 0, "seconds": 0.0, "iou": -1.0}
    if resume:
        kept = engine.load_checkpoint(out)
        engine.refuse_other_settings(out, kept["settings"], settings)
        network.load_state_dict(kept["network"])
        optimizer.load_state_dict(kept["optimizer"])
    log, clock, step = engine.Log(out, kept["step"]), engine.Clock(kept["seconds"]), kept["step"]

    size = round(settings.crop * settings.height), round(settings.crop * settings.width)
    dataset = LabelCrops(pairs, size, settings.seed, settings.zoom, settings.colour)
    last, every = min(steps, stop_at or steps), 4 * per_epoch
    batches = loader(dataset, len(pairs), settings.batch, settings.seed, step, last, workers, Ranks(), device)
    bar = tqdm(total=steps, initial=step, unit="step", dynamic_ncols=True)
    with engine.stop_requests() as asked_to_stop:
        for label_map, _, y, _ in batches:
            for group in optimizer.param_groups:
                group["lr"] = settings.lr * engine.linear_decay(step, steps, 0)
            label_map, y = label_map.to(device), y.to(device, memory_format=torch.channels_last)
            loss = F.cross_entropy(network(y)["out"].float(), label_map.where(label_map < settings.classes, -100), weights)  # -100: void
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
            bar.update()
            stopping = asked_to_stop()
            looked = step % every == 0 or step == steps  # not where it is stopped: a run that goes on chooses as an unbroken one does
            if looked:
                measured = measure(Segmenter(network.eval(), settings), val)
                network.train()
                bar.set_postfix(log.write(step, {"loss": loss.detach(), **measured, "seconds": clock.seconds()}))
                if measured["iou"] > kept["iou"]:
                    best = {name: value.detach().clone() for name, value in network.state_dict().items()}
                    kept |= {"best": best, "best_step": step, **measured}
            if looked or step == last or stopping:
                kept |= {"settings": dataclasses.asdict(settings), "step": step, "seconds": clock.seconds()}
                engine.save_checkpoint(out, kept | {"network": network.state_dict(), "optimizer": optimizer.state_dict()})
            if stopping:
                bar.write(f"Saved {out / 'last.pt'} at step {step} of {steps}; the same command with --resume goes on.")
                break
    bar.close()
    return kept


DEFAULT = Settings()


def main(
    data: Annotated[Path, typer.Option(help="Folder with train/ and val/, each with image/ and label/.")],
    out: Annotated[Path, typer.Option(help="Folder of the run.")] = Path("runs/segmenter"),
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the run's last checkpoint.")] = False,
    classes: Annotated[int, typer.Option(help="How many classes count; the id after them is void.")] = DEFAULT.classes,
    height: Annotated[int, typer.Option(help="Height of the pictures that the network reads.")] = DEFAULT.height,
    width: Annotated[int, typer.Option(help="Width of the pictures that the network reads.")] = DEFAULT.width,
    epochs: Annotated[float, typer.Option(help="Passes over the data.")] = DEFAULT.epochs,
    batch: Annotated[int, typer.Option(min=1, help="Pictures a step.")] = DEFAULT.batch,
    lr: Annotated[float, typer.Option(help="AdamW's learning rate, which falls linearly to 0.")] = DEFAULT.lr,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = DEFAULT.seed,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cuda" if torch.cuda.is_available() else "cpu",
    workers: Annotated[int, typer.Option(help="Processes that prepare pictures.")] = 1,
):
    """Trains the segmenter that python -m train.evaluate --segmenter reads street pictures with."""
    settings = Settings(classes=classes, height=height, width=width, epochs=epochs, batch=batch, lr=lr, seed=seed)
    try:
        kept = train(data, out, settings, resume, device_named(device), workers)
    except ValueError as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from error
    if kept["iou"] < 0:
        typer.echo(f"{out}: stopped at step {kept['step']}, before its first look at val.")
        return
    typer.echo(f"{out}: mean IoU {kept['iou']:.3f} and pixel accuracy {kept['accuracy']:.3f} on val, at step {kept['best_step']:,}.")


if __name__ == "__main__":
    typer.run(main)
