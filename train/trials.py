"""What the field adds to CycleGAN, one change at a time, every network after as many pictures: which of it helps, in small.

What is chosen by a figure must not be measured where the figure will be reported: a part of the training pictures is held out, and the
test folder is left alone.
"""

import dataclasses
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer
from PIL import Image, ImageOps
from torch import Tensor
from tqdm import tqdm

from train import cyclegan, engine
from train.command import refuse_others, said
from train.data import pictures_in, read
from train.features import FEATURES
from train.figures import Figure, mean
from train.judges import Judge, inception, squeezenet
from train.sheets import sheet, shown
from translators.images import to_image, to_tensor

EVERY = 10  # of the training pictures, one of so many is held out
SHOWN = 4  # pictures of each direction on the sheet
BASE = "paper"
TRIALS: dict[str, tuple[str, dict[str, Any]]] = {
    BASE: ("as in the paper", {}),
    "average": ("moving average of the weights (0.995)", {"average": 0.995}),
    "resize": ("resize-convolution (nearest)", {"resize": "nearest"}),
    "augment": ("differentiable augmentation", {"augment": True}),
    "no_identity": ("no identity loss", {"lambda_identity": 0.0}),
    "nce": ("PatchNCE beside the cycle", {"lambda_nce": 1.0}),
    "cut": ("PatchNCE instead of the cycle", {"lambda_nce": 1.0, "lambda_cycle": 0.0}),
    "spectral": ("spectral norms in D", {"spectral": True}),
    "heads": ("heads on frozen features beside D", {"lambda_projected": 1.0}),
    "batch": ("batch of 4", {"batch": 4}),
}


def held_out(data: Path, folder: Path) -> Path:
    """A data set of links to the training pictures of `data`, every tenth of them in valA and valB; returns its folder."""
    for domain in "AB":
        for place, path in enumerate(pictures_in(data / f"train{domain}"), 1):
            link = folder / f"{'train' if place % EVERY else 'val'}{domain}" / path.name
            link.parent.mkdir(parents=True, exist_ok=True)
            if not link.is_symlink():
                link.symlink_to(os.path.abspath(path))
    return folder


@torch.inference_mode()
def translated(network: torch.nn.Module, pictures: list[Tensor], title: str) -> list[Tensor]:
    """Each (1, 3, H, W)."""
    return [network(x) for x in tqdm(pictures, desc=title, leave=False)]


def measured(kept: dict, photos: dict[str, list[Tensor]], judge: Judge) -> tuple[dict[str, Figure], list[Image.Image]]:
    """The figures of a run's checkpoint on the held-out photos of both domains, "A" and "B", and its first translations of each."""
    settings = cyclegan.Settings(**kept["settings"])
    networks = {}
    for name in "GF":
        networks[name] = settings.generator()
        networks[name].load_state_dict(kept[f"average_{name}"])
        networks[name].eval()
    figures, pictures = {}, []
    for source, target, there, back in (("A", "B", "G", "F"), ("B", "A", "F", "G")):
        fakes = translated(networks[there], photos[source], f"{source} to {target}")
        figures |= kid_of(fakes, photos[target], judge, f"{source} to {target}")
        cycled = translated(networks[back], fakes, "and back")
        errors = [float((again - x).abs().mean()) * 127.5 for again, x in zip(cycled, photos[source], strict=True)]
        figures[f"cycle error {source}, of 255"] = mean(np.array(errors))
        pictures += map(to_image, fakes[:SHOWN])
    return figures, pictures


def kid_of(fakes: list[Tensor], reals: list[Tensor], judge: Judge, direction: str) -> dict[str, Figure]:
    features = [torch.stack([judge.features(to_image(y)) for y in pictures]) for pictures in (reals, fakes)]
    return {f"KID × 1000, {direction}": judge.kid(*features)}


def fitted(path: Path, size: int) -> Tensor:
    """The middle square of a picture, `size` pixels a side: (1, 3, size, size) in [-1, 1]."""
    return to_tensor(ImageOps.fit(read(path), (size, size), Image.Resampling.LANCZOS))


def table(rows: dict[str, dict[str, Figure]]) -> str:
    """The figures of every trial as Markdown, by title."""
    columns = list(next(iter(rows.values())))
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for title, figures in rows.items():
        lines.append("| " + " | ".join([title, *(shown(figures[column]) if column in figures else "" for column in columns)]) + " |")
    return "\n".join(lines)


README = """# {name}: one change at a time

Every network saw {pictures:,} pictures of each domain, {equal.base_channels} wide, {equal.blocks} blocks, {equal.size} pixels a side: young
networks, whose order can change with hours of training. Measured on {a} and {b} pictures that were held out of the training folders.

{table}

Features: {features}. In brackets: 95 % by bootstrap over the pictures; other seeds would move the figures too. The heads look through the
network that these features come from, which flatters their row. Printed by `{command}`.

![The first pictures](sheet.jpg)
*From top to bottom: {rows}. The first {shown} held-out pictures of each domain by name, unpicked.*
"""


def main(
    data: Annotated[Path, typer.Option(help="Folder with trainA/ and trainB/.")],
    out: Annotated[Path, typer.Option(help="Folder of the runs.")] = Path("runs/trials"),
    to: Annotated[Path, typer.Option(help="Folder to write the table and the sheet of pictures to.")] = Path("benchmarks/trials"),
    pictures: Annotated[int, typer.Option(help="Pictures of each domain that every network sees.")] = 1200,
    size: Annotated[int, typer.Option(help="Side of the pictures.")] = 128,
    base_channels: Annotated[int, typer.Option(help="Width of the first layer of G and D (64 in the paper).")] = 16,
    blocks: Annotated[int, typer.Option(help="Residual blocks in G.")] = 6,
    features: Annotated[str, typer.Option(help="What heads and figures look through: vgg19 (KID: Inception) or squeezenet.")] = "vgg19",
    feature_weights: Annotated[Path | None, typer.Option(help="With squeezenet: file with its weights.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cuda" if torch.cuda.is_available() else "cpu",
    workers: Annotated[int, typer.Option(help="Processes that prepare pictures.")] = 1,
    save_every: Annotated[int, typer.Option(help="Steps between checkpoints.")] = 200,
    only: Annotated[str, typer.Option(help=f"Some of {', '.join(TRIALS)}, with commas between them.")] = "",
):
    """Trains CycleGAN with one change after the other, measures each and prints the table.

    What is done stays done: the same command goes on where it was stopped.
    """
    refuse_others(locals(), features=FEATURES)
    chosen = only.split(",") if only else list(TRIALS)
    if unknown := [name for name in chosen if name not in TRIALS]:
        raise typer.BadParameter(f"must be some of {', '.join(TRIALS)}, not {unknown[0]}.", param_hint="--only")
    with said():
        judge = squeezenet(feature_weights) if features == "squeezenet" else inception()
        links = held_out(data, out / "data")
        larger = max(len(pictures_in(links / f"train{domain}")) for domain in "AB")
        photos = {domain: [fitted(path, size) for path in pictures_in(links / f"val{domain}")] for domain in "AB"}
        equal = cyclegan.Settings(size=size, scale_low=size * 9 // 8, scale_high=size * 9 // 8, base_channels=base_channels)
        equal = dataclasses.replace(equal, blocks=blocks, discriminator_channels=base_channels, features=features, seed=seed)
        equal = dataclasses.replace(equal, epochs=pictures / larger, decay_epochs=pictures / larger / 2)
        to.mkdir(parents=True, exist_ok=True)
        rows = {"untouched": kid_of(photos["A"], photos["B"], judge, "A to B") | kid_of(photos["B"], photos["A"], judge, "B to A")}
        sheets = {"untouched": [to_image(x) for domain in "AB" for x in photos[domain][:SHOWN]]}
        for name in chosen:
            title, changes = TRIALS[name]
            run, settings = out / name, dataclasses.replace(equal, **changes)
            begun = (run / "last.pt").exists()
            typer.echo(f"{name}: {'goes on' if begun else 'begins'}.")
            rhythm = {"save_every": save_every, "sample_every": save_every, "feature_weights": feature_weights}
            cyclegan.train(links, run, settings, begun, (), device, workers, **rhythm)
            kept = engine.load_checkpoint(run)
            if kept["step"] < round(settings.epochs * (larger // settings.batch)):
                typer.echo(f"Stopped in {name} at step {kept['step']}; the same command goes on.")
                return
            rows[title], sheets[title] = measured(kept, photos, judge)
            sheet(list(sheets.values()), side=96).save(to / "sheet.jpg", quality=85)
            text = README.format(
                name=data.name,
                pictures=pictures,
                equal=equal,
                a=len(photos["A"]),
                b=len(photos["B"]),
                table=table(rows),
                features=judge.name,
                command=" ".join(["python -m train.trials", *sys.argv[1:]]),
                rows=", ".join(sheets),
                shown=SHOWN,
            )
            (to / "README.md").write_text(text, "utf-8")
    typer.echo(table(rows))


if __name__ == "__main__":
    typer.run(main)
