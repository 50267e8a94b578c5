"""What the field adds to the two papers, one change at a time, every network after as many pictures: which of it helps, in small.

What is chosen by a figure must not be measured where the figure will be reported: a part of the training pictures is held out, and the
test folder is left alone.
"""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer
from PIL import Image, ImageOps
from torch import Tensor
from tqdm import tqdm

from train import cyclegan, engine, pix2pix
from train.command import refuse_others, said
from train.data import BadData, open_paired, pictures_in, read
from train.features import FEATURES
from train.figures import Figure, mean
from train.judges import Judge, judge_for
from train.sheets import sheet, shown
from translators.images import to_image, to_tensor
from translators.weights import json_object

UNTOUCHED = "untouched"  # the row of what the networks are given
EVERY = 10  # of the training pictures, one of so many is held out
AVERAGE = 0.995  # a moving average that short runs can fill
Trials = dict[str, tuple[str, dict[str, Any]]]  # name -> its row's title, and what it changes
Row = tuple[dict[str, Figure], list[Image.Image]]  # figures by title, and pictures for the sheet

CYCLEGAN: Trials = {
    "paper": ("as in the paper", {}),
    "average": (f"moving average of the weights ({AVERAGE})", {"average": AVERAGE}),
    "resize": ("resize-convolution (nearest)", {"resize": "nearest"}),
    "augment": ("differentiable augmentation", {"augment": True}),
    "no_identity": ("no identity loss", {"lambda_identity": 0.0}),
    "nce": ("PatchNCE beside the cycle", {"lambda_nce": 1.0}),
    "cut": ("PatchNCE instead of the cycle", {"lambda_nce": 1.0, "lambda_cycle": 0.0}),
    "spectral": ("spectral norms in D", {"spectral": True}),
    "heads": ("heads on frozen features beside D", {"lambda_projected": 1.0}),
    "batch": ("batch of 4", {"batch": 4}),
}
PIX2PIX: Trials = {
    "paper": ("as in the paper", {}),
    "instance": ("instance norm without gain and shift", {"norm": "instance"}),
    "resize": ("resize-convolution (nearest)", {"resize": "nearest"}),
    "scales": ("two discriminators, with feature matching", {"scales": 2, "lambda_feature": 10.0}),
    "perceptual": ("perceptual loss", {"lambda_perceptual": 10.0}),
    "average": (f"moving average of the weights ({AVERAGE})", {"average": AVERAGE}),
    "r1": ("R1", {"lambda_r1": 1.0}),
    "heads": ("heads on frozen features beside D", {"lambda_projected": 1.0}),
}


def held_out(data: Path, folder: Path) -> Path:
    """A data set of links to the training pictures of `data`, every tenth of them in val (or valA and valB); returns its folder."""
    for split in sorted(data.glob("train*")):
        for source in [path for path in sorted(split.iterdir()) if path.is_dir()] or [split]:
            for place, path in enumerate(pictures_in(source), 1):
                name = split.name if place % EVERY else split.name.replace("train", "val")
                link = folder / name / source.relative_to(split) / path.name
                link.parent.mkdir(parents=True, exist_ok=True)
                if not link.is_symlink():
                    link.symlink_to(os.path.abspath(path))
    return folder


def kid_of(fakes: list[Tensor], reals: list[Tensor], judge: Judge) -> Figure:
    """KID × 1000 of pictures (1, 3, H, W) in [-1, 1]."""
    real, fake = (torch.stack([judge.features(to_image(y)) for y in pictures]) for pictures in (reals, fakes))
    return judge.kid(real, fake)


@torch.inference_mode()
def translated(network: torch.nn.Module, given: list[tuple], title: str) -> list[Tensor]:
    return [network(*one) for one in tqdm(given, desc=title, leave=False)]


def ready(network: torch.nn.Module, state: dict[str, Tensor]) -> torch.nn.Module:
    """A generator with the weights of a run's checkpoint."""
    network.load_state_dict(state)
    return network.eval()


class Unpaired:
    """The held-out photos of two domains, and what a CycleGAN makes of them."""

    SHOWN, CAPTION = 4, "The first 4 held-out pictures of each domain by name, unpicked."

    def __init__(self, data: Path, size: int, judge: Judge):
        self.judge = judge
        self.photos = {
            domain: [
                to_tensor(ImageOps.fit(read(path), (size, size), Image.Resampling.LANCZOS)) for path in pictures_in(data / f"val{domain}")
            ]
            for domain in "AB"
        }
        self.count = f"{len(self.photos['A'])} and {len(self.photos['B'])}"

    def untouched(self) -> Row:
        a, b = self.photos["A"], self.photos["B"]
        figures = {"KID × 1000, A to B": kid_of(a, b, self.judge), "KID × 1000, B to A": kid_of(b, a, self.judge)}
        return figures, [to_image(x) for x in (*a[: self.SHOWN], *b[: self.SHOWN])]

    def measured(self, kept: dict, settings: cyclegan.Settings) -> Row:
        networks = {name: ready(settings.generator(name), kept[f"average_{name}"]) for name in "GF"}
        figures, pictures = {}, []
        for source, target, there, back in (("A", "B", "G", "F"), ("B", "A", "F", "G")):
            x = self.photos[source]
            fakes = translated(networks[there], [(one,) for one in x], f"{source} to {target}")
            cycled = translated(networks[back], [(one,) for one in fakes], "and back")
            errors = [float((again - one).abs().mean()) * 127.5 for again, one in zip(cycled, x, strict=True)]
            figures[f"KID × 1000, {source} to {target}"] = kid_of(fakes, self.photos[target], self.judge)
            figures[f"cycle error of {source}, of 255"] = mean(np.array(errors))
            pictures += map(to_image, fakes[: self.SHOWN])
        return figures, pictures


class Drawn:
    """Hand drawings of the held-out pictures, and what a pix2pix makes of them."""

    SHOWN, CAPTION = 8, "Drawings of the first 8 held-out pictures by name, unpicked."

    def __init__(self, data: Path, settings: pix2pix.Settings, judge: Judge):
        self.judge = judge
        pairs = open_paired(data, "val", settings.x, settings.y, flip=settings.flip)
        dataset = settings.dataset(pairs)
        samples = [dataset[0, i] for i in range(len(pairs))]
        self.given, self.real = [(x[None], c[None]) for x, c, *_ in samples], [y[None] for _, _, y, _ in samples]
        self.count = str(len(pairs))

    def row(self, fakes: list[Tensor]) -> Row:
        distances = np.array([float(self.judge.distance(fake, y)) for fake, y in zip(fakes, self.real, strict=True)])
        figures = {"KID × 1000": kid_of(fakes, self.real, self.judge), self.judge.distance_name: mean(distances)}
        return figures, [to_image(y) for y in fakes[: self.SHOWN]]

    def untouched(self) -> Row:
        return self.row([x for x, _ in self.given])

    def measured(self, kept: dict, settings: pix2pix.Settings) -> Row:
        return self.row(translated(ready(settings.generator(), kept["average"]), self.given, "painting"))


def table(rows: dict[str, dict[str, Figure]]) -> str:
    """The figures of every row as Markdown, by title."""
    columns = list(dict.fromkeys(column for figures in rows.values() for column in figures))
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for title, figures in rows.items():
        lines.append("| " + " | ".join([title, *(shown(figures[column]) if column in figures else "" for column in columns)]) + " |")
    return "\n".join(lines)


README = """# {title}: one change at a time

Every network saw {seen:,} pictures of {size} pixels a side and is {width} wide: young networks, whose order can change with hours of
training. Measured on {count} pictures that were held out of the training folder.

{table}

{missing}Features: {features}.
In brackets: 95 % by bootstrap over the pictures; other seeds would move the figures too. What was trained through the network that these
features come from is flattered by them. Printed by `{command}`.

| | {caption} |
|---|---|
{pictures}
"""


@dataclass(frozen=True)
class Place:
    """Where runs are kept, where the table is written, and what `python -m train.trials` was told beside."""

    out: Path
    to: Path
    title: str
    save_every: int
    feature_weights: Path | None
    device: str
    workers: int


class Table:
    """The rows that were measured, by name: figures in `figures.json`, pictures in `<name>.jpg`, all of them in README.md.

    It outlives the runs: a row that is there is not trained again, on whatever machine the rest follow.
    """

    def __init__(self, place: Place, trials: Trials, equal, seen: int, held: Unpaired | Drawn):
        """Raises BadData where the folder holds a table of other settings."""
        self.place, self.trials, self.equal, self.seen, self.held = place, trials, equal, seen, held
        self.path = place.to / "figures.json"
        self.about = {"settings": asdict(equal), "pictures seen": seen, "held out": held.count, "features": held.judge.name}
        kept = json_object(self.path)
        self.rows: dict[str, dict[str, Figure]] = kept.get("figures", {})
        settings = kept.get("settings", {})
        others = [name for name, value in settings.items() if self.about["settings"].get(name) != value]
        others += [name for name in list(self.about)[1:] if kept and kept.get(name) != self.about[name]]
        if others:
            raise BadData(f"{self.path}: its rows have other settings ({', '.join(others)}); expected another folder for --to.")

    def add(self, name: str, row: Row) -> None:
        figures, pictures = row
        self.rows[name] = figures
        self.place.to.mkdir(parents=True, exist_ok=True)
        sheet([pictures], side=96).save(self.place.to / f"{name}.jpg", quality=85)
        self.path.write_text(json.dumps(self.about | {"figures": self.rows}, indent=2, ensure_ascii=False) + "\n", "utf-8")
        (self.place.to / "README.md").write_text(self.card(), "utf-8")

    def titled(self) -> dict[str, dict[str, Figure]]:
        """The rows by title, in the order of the trials."""
        titles = {UNTOUCHED: UNTOUCHED} | {name: title for name, (title, _) in self.trials.items()}
        return {title: self.rows[name] for name, title in titles.items() if name in self.rows}

    def card(self) -> str:
        missing = [title for name, (title, _) in self.trials.items() if name not in self.rows]
        names = [name for name in (UNTOUCHED, *self.trials) if name in self.rows]
        return README.format(
            title=self.place.title,
            seen=self.seen,
            width=self.equal.base_channels,
            size=self.equal.size,
            count=self.held.count,
            table=table(self.titled()),
            missing=f"Not trained yet: {', '.join(missing)}.\n\n" if missing else "",
            features=self.held.judge.name,
            command=engine.command(),
            caption=self.held.CAPTION,
            pictures="\n".join(f"| {title} | ![{title}]({name}.jpg) |" for name, title in zip(names, self.titled(), strict=True)),
        )


def compare(
    place: Place, trials: Trials, only: Trials, equal, loop: Callable, data: Path, per_epoch: int, seen: int, held: Unpaired | Drawn
) -> None:
    """Trains what the table of `trials` lacks of `only` on `data`, goes on with what was begun, and measures each."""
    measured = Table(place, trials, equal, seen, held)
    if UNTOUCHED not in measured.rows:
        measured.add(UNTOUCHED, held.untouched())
    for name, (_, changes) in only.items():
        if name in measured.rows:
            typer.echo(f"{name}: measured before.")
            continue
        run, settings = place.out / name, replace(equal, **changes)
        begun = engine.begun(run)
        typer.echo(f"{name}: {'goes on' if begun else 'begins'}.")
        rhythm = {"save_every": place.save_every, "sample_every": place.save_every, "feature_weights": place.feature_weights}
        loop(data, run, settings, resume=begun, device=place.device, workers=place.workers, **rhythm)
        kept = engine.load_checkpoint(run)
        if kept["step"] < round(settings.epochs * (per_epoch // settings.batch)):
            typer.echo(f"Stopped in {name} at step {kept['step']}; the same command goes on.")
            return
        measured.add(name, held.measured(kept, settings))
    typer.echo(table(measured.titled()))


def chosen(only: str, trials: Trials) -> Trials:
    """Some trials by name, all without one; BadParameter for a name that is none."""
    names = only.split(",") if only else list(trials)
    if unknown := [name for name in names if name not in trials]:
        raise typer.BadParameter(f"must be some of {', '.join(trials)}, not {unknown[0]}.", param_hint="--only")
    return {name: trials[name] for name in names}


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True, help=__doc__)
Data = Annotated[Path, typer.Option(help="Folder of the data set; of its training pictures every tenth is held out.")]
Out = Annotated[Path, typer.Option(help="Folder of the runs.")]
To = Annotated[Path, typer.Option(help="Folder to write the table and the sheet of pictures to.")]
Seen = Annotated[int, typer.Option(help="Pictures that every network sees.")]
Width = Annotated[int, typer.Option(help="Width of the first layer of G and D (64 in the papers).")]
Features = Annotated[str, typer.Option(help="What losses and figures look through: vgg19 (figures: Inception) or squeezenet.")]
FeatureWeights = Annotated[Path | None, typer.Option(help="With squeezenet: file with its weights.")]
Seed = Annotated[int, typer.Option(help="Seed of everything random.")]
Device = Annotated[str, typer.Option(help="cpu or cuda.")]
Workers = Annotated[int, typer.Option(help="Processes that prepare pictures.")]
SaveEvery = Annotated[int, typer.Option(help="Steps between checkpoints.")]
Only = Annotated[str, typer.Option(help="Some of the trials, with commas between them.")]
OWN = "cuda" if torch.cuda.is_available() else "cpu"


@app.command("cyclegan")
def cyclegan_trials(
    data: Data,
    out: Out = Path("runs/trials_cyclegan"),
    to: To = Path("benchmarks/trials/cyclegan"),
    pictures: Seen = 1200,
    size: Annotated[int, typer.Option(help="Side of the pictures.")] = 128,
    base_channels: Width = 16,
    blocks: Annotated[int, typer.Option(help="Residual blocks in G.")] = 6,
    features: Features = "vgg19",
    feature_weights: FeatureWeights = None,
    seed: Seed = 0,
    device: Device = OWN,
    workers: Workers = 1,
    save_every: SaveEvery = 200,
    only: Only = "",
):
    """Trains CycleGAN with one change after the other, measures each and prints the table. What is done stays done: the same command goes
    on where it was stopped.
    """
    refuse_others(locals(), features=FEATURES)
    some = chosen(only, CYCLEGAN)
    with said():
        judge, links = judge_for(features, feature_weights), held_out(data, out / "data")
        larger = max(len(pictures_in(links / f"train{domain}")) for domain in "AB")
        scales = {"scale_low": size * 9 // 8, "scale_high": size * 9 // 8}
        widths = {"base_channels": base_channels, "discriminator_channels": base_channels, "blocks": blocks}
        equal = cyclegan.Settings(size=size, **scales, **widths, features=features, seed=seed)
        equal = replace(equal, epochs=pictures / larger, decay_epochs=pictures / larger / 2)
        place = Place(out, to, f"CycleGAN on {data.name}", save_every, feature_weights, device, workers)
        compare(place, CYCLEGAN, some, equal, cyclegan.train, links, larger, pictures, Unpaired(links, size, judge))


@app.command("pix2pix")
def pix2pix_trials(
    data: Data,
    out: Out = Path("runs/trials_pix2pix"),
    to: To = Path("benchmarks/trials/pix2pix"),
    pictures: Seen = 2400,
    base_channels: Width = 12,
    downs: Annotated[int, typer.Option(help="Halvings in G (8 in the paper).")] = 7,
    batch: Annotated[int, typer.Option(help="Pictures a step.")] = 2,
    features: Features = "vgg19",
    feature_weights: FeatureWeights = None,
    seed: Seed = 0,
    device: Device = OWN,
    workers: Workers = 1,
    save_every: SaveEvery = 200,
    only: Only = "",
):
    """The same for pix2pix on hand drawings made from edges, each with its picture's colour."""
    refuse_others(locals(), features=FEATURES)
    some = chosen(only, PIX2PIX)
    with said():
        judge, links = judge_for(features, feature_weights), held_out(data, out / "data")
        count = len(open_paired(links, "train"))
        equal = pix2pix.Settings(drawn=True, base_channels=base_channels, discriminator_channels=base_channels, downs=downs, batch=batch)
        equal = replace(equal, features=features, seed=seed, epochs=pictures / count, decay_epochs=pictures / count / 2)
        place = Place(out, to, f"pix2pix on {data.name}", save_every, feature_weights, device, workers)
        compare(place, PIX2PIX, some, equal, pix2pix.train, links, count, pictures, Drawn(links, equal, judge))


if __name__ == "__main__":
    app()
