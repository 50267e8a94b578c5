"""What pix2pixHD's paper shows by leaving something out (Wang 2018, §3.2, §3.3, §3.5 and Table 1), trained anew in small.

Everything against the global generator alone, no boundary map, no perceptual loss; all see as many pictures. The generators are trained
as the paper trains them: the global one at half the size first, then, around it, the local enhancer with everything.
"""

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from PIL import Image
from tqdm import tqdm

from train import ablation_card, engine
from train.command import refuse_others, said
from train.data import LabelFolder, open_labels
from train.export import evenly, export_pix2pixhd, save_network
from train.features import FEATURES
from train.figures import mean
from train.judges import Judge, judge_for
from train.pix2pixhd import Settings
from train.pix2pixhd import train as train_pix2pixhd
from translators.ablations_hd import FULL, NAMES, SIZE, in_folder, painted
from translators.from_labels import LabelTranslator
from translators.labels import CAMVID, coloured
from translators.weights import json_object

CHANGES = {"no_boundary": {"boundary": False}, "no_perceptual": {"lambda_perceptual": 0.0}}
TITLES = {FULL: "everything", "global": "global generator alone", "no_boundary": "no boundary map", "no_perceptual": "no perceptual loss"}


CARD = {
    "method": "pix2pixHD",
    "title": "The parts of pix2pixHD, in small",
    "what": (
        "Streets from label maps: with everything, with the global generator alone, without the boundary map, and without "
        "the perceptual loss (Wang 2018, §3.2, §3.3, §3.5); all saw as many pictures. The Learn tab compares them and "
        "shows what the three discriminators of the first, in `full/discriminator/`, make of its streets."
    ),
    "failures": (
        "They are narrow and young, so that each is trained in minutes on two cores: cars are smears, poles and people "
        "dissolve, and distant buildings are a texture. The global generator alone paints a quarter of the pixels and "
        "loses what is small. That the one without a boundary map came out nearer to the photos than the one with "
        "everything is one seed and 1,800 pictures, not a finding: the map is there to tell objects apart that touch. "
        "They are there to be compared; the Street translator is the one to paint with."
    ),
    "data": (
        "367 frames of drives through Cambridge with their label maps (CamVid). Research use. Credit: Brostow, Fauqueur & "
        "Cipolla, Semantic Object Classes in Video, 2009."
    ),
}


def phases(name: str, equal: Settings, steps: int, pictures: int) -> list[Settings]:
    """The phases of a run: half of the steps each, or all in one. `equal` has the size of the whole."""
    settings = dataclasses.replace(equal, **CHANGES.get(name, {}))
    half = {"phase": "global", "height": settings.height // 2, "width": settings.width // 2, "base_channels": settings.base_channels}
    epochs = steps / pictures
    if name == "global":
        return [dataclasses.replace(settings, **half, epochs=epochs, decay_epochs=epochs / 4)]
    return [
        dataclasses.replace(settings, **half, epochs=epochs / 2, decay_epochs=0.0),
        dataclasses.replace(settings, phase="joint", epochs=epochs / 2, decay_epochs=epochs / 4),
    ]


@torch.inference_mode()
def figures_of(translator: LabelTranslator, pairs: LabelFolder, judge: Judge) -> dict:
    """KID × 1000 and the perceptual distance, each with its interval, of the streets painted of all pairs to their photos. Seed i picks
    the styles of the i-th.
    """
    real, fake, distances = [], [], []
    for i in tqdm(range(len(pairs)), desc="figures", leave=False):
        photo, labels = pairs.pair(i)
        y = photo.resize(SIZE, Image.Resampling.LANCZOS)
        y_fake = painted(translator, np.array(labels.resize(SIZE, Image.Resampling.NEAREST)), seed=i)
        distances.append(judge.compare(y_fake, y)[judge.distance_name])
        real.append(judge.features(y))
        fake.append(judge.features(y_fake))
    kid = judge.kid(torch.stack(real), torch.stack(fake))
    return {"KID x 1000": kid, "perceptual distance": mean(np.array(distances))}


def export(run: Path, data: Path, folder: Path) -> dict:
    """The weights folder of a run, for the full one with its discriminators in discriminator/; returns the facts of the run."""
    facts = export_pix2pixhd(run, data, folder, samples=0)
    if folder.name == FULL:
        kept = engine.load_checkpoint(run)
        D = Settings(**kept["settings"]).discriminator()
        D.load_state_dict(kept["D"])
        save_network(D, folder / "discriminator", {}, facts)
    ablation_card.keep_network_alone(folder)
    return facts


def save_samples(folder: Path, pairs: LabelFolder, count: int = 6) -> None:
    """Some pairs as side by side pictures, the photo to the left, the labels in their palette's colours."""
    folder.mkdir(parents=True, exist_ok=True)
    for i in evenly(len(pairs), count):
        photo, labels = pairs.pair(i)
        both = Image.new("RGB", (2 * SIZE[0], SIZE[1]))
        both.paste(photo.resize(SIZE, Image.Resampling.LANCZOS), (0, 0))
        both.paste(coloured(np.array(labels.resize(SIZE, Image.Resampling.NEAREST)), CAMVID), (SIZE[0], 0))
        both.save(folder / f"{pairs.photos[i].stem}.png", optimize=True)


def tables(measured: dict[str, dict]) -> str:
    """The figures as Markdown; a run that is not there yet has dashes."""
    lines = ["| | KID × 1000 | perceptual distance | minutes |", "|---|---|---|---|"]
    for name, title in TITLES.items():
        cells = ["–"] * 3
        if row := measured.get(name):
            (kid, *kids), (distance, *distances) = row["KID x 1000"], row["perceptual distance"]
            cells = [f"{kid:.0f} ({kids[0]:.0f} to {kids[1]:.0f})", f"{distance:.3f} ({distances[0]:.3f} to {distances[1]:.3f})"]
            cells.append(str(row["minutes"]))
        lines.append("| " + " | ".join([title, *cells]) + " |")
    return "\n".join([*lines, "", "Distances of streets to the photos of the same label maps: smaller is better."])


def write_card(weights: Path, pairs: LabelFolder, measured: dict[str, dict], split: str, count: int = 6) -> Path:
    """The card, with the first pictures of `pairs` through every run."""
    photos, labels = zip(*(pairs.pair(i) for i in range(min(count, len(pairs)))), strict=True)
    ids = [np.array(one.resize(SIZE, Image.Resampling.NEAREST)) for one in labels]
    rows = {"labels": [coloured(one, CAMVID) for one in ids]}
    rows |= {TITLES[name]: [painted(in_folder(weights / name), one, seed=i) for i, one in enumerate(ids)] for name in measured}
    rows["the photo"] = [photo.resize(SIZE, Image.Resampling.LANCZOS) for photo in photos]
    missing = ", ".join(title for name, title in TITLES.items() if name not in measured)
    told = CARD | {"what": CARD["what"] + f" Not trained yet: {missing}." * bool(missing)}
    return ablation_card.write(weights, told, tables(measured), split, rows)


def write_table(path: Path, about: dict, name: str, figures: dict) -> dict[str, dict]:
    """Adds a run's figures to those in the file that were measured in the same way, whoever did; returns all of them. A setting that an
    older file does not know was as by default.
    """
    before = json_object(path)
    before["settings"] = about.get("settings", {}) | before.get("settings", {})
    same = all(before.get(key) == value for key, value in about.items() if key != "command")
    found = (before.get("figures", {}) if same else {}) | {name: figures}
    measured = {name: found[name] for name in NAMES if name in found}
    path.write_text(json.dumps(about | {"figures": measured}, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return measured


def main(
    data: Annotated[Path, typer.Option(help="Folder of CamVid: image/ and label/ in train/, val/ and test/.")],
    out: Annotated[Path, typer.Option(help="Folder of the runs.")] = Path("runs/ablations_hd"),
    weights: Annotated[Path, typer.Option(help="Folder to write the networks and table.json to.")] = Path("weights/ablations_hd"),
    steps: Annotated[int, typer.Option(help="Steps of every run, over its phases; the learning rate decays over the last quarter.")] = 2400,
    base_channels: Annotated[int, typer.Option(help="Width of the global generator (64 in the paper); D's is the same.")] = 16,
    downs: Annotated[int, typer.Option(help="Halvings in the global generator.")] = 3,
    blocks: Annotated[int, typer.Option(help="Its residual blocks (9 in the paper).")] = 4,
    split: Annotated[str, typer.Option(help="Where the figures are measured: val or test.")] = "test",
    features: Annotated[
        str, typer.Option(help="What the loss and the figures look through: vgg19 (KID: Inception) or squeezenet.")
    ] = "vgg19",
    feature_weights: Annotated[Path | None, typer.Option(help="With squeezenet: file with its weights.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cuda" if torch.cuda.is_available() else "cpu",
    workers: Annotated[int, typer.Option(help="Processes that prepare pictures.")] = 1,
    save_every: Annotated[int, typer.Option(help="Steps between checkpoints.")] = 200,
    only: Annotated[str, typer.Option(help=f"Some of {', '.join(NAMES)}, with commas between them: several commands share the work.")] = "",
):
    """Trains pix2pixHD with and without its parts, one run after the other, measures them and prints the table.

    What is done stays done: the same command goes on where it was stopped.
    """
    refuse_others(locals(), features=FEATURES, split=("val", "test"))
    chosen = only.split(",") if only else list(NAMES)
    if unknown := [name for name in chosen if name not in NAMES]:
        raise typer.BadParameter(f"must be some of {', '.join(NAMES)}, not {unknown[0]}.", param_hint="--only")
    with said():
        judge = judge_for(features, feature_weights)
        train_pairs, pairs = (open_labels(data, name, len(CAMVID)) for name in ("train", split))
        equal = Settings(width=SIZE[0], height=SIZE[1], base_channels=base_channels, discriminator_channels=base_channels)
        equal = dataclasses.replace(equal, downs=downs, blocks=blocks, encoder_channels=8, features=features, average=0.998, seed=seed)
        save_samples(weights / "samples", pairs)
        measured = {}
        for name in chosen:
            before, minutes = None, 0
            for settings in phases(name, equal, steps, len(train_pairs)):
                run = out / f"{name}_{settings.phase}"
                begun = engine.begun(run)
                typer.echo(f"{run.name}: {'goes on' if begun else 'begins'}.")
                rhythm = {"save_every": save_every, "sample_every": save_every, "feature_weights": feature_weights}
                train_pix2pixhd(data, run, settings, begun, before, device, workers, **rhythm)
                kept = engine.load_checkpoint(run)
                if kept["step"] < round(settings.epochs * len(train_pairs)):
                    typer.echo(f"Stopped in {run.name} at step {kept['step']}; the same command goes on.")
                    return
                before, minutes = run, minutes + engine.facts_of(kept)["minutes"]
            facts = export(run, data, weights / name)
            figures = {"minutes": minutes, **figures_of(in_folder(weights / name), pairs, judge)}
            about: dict = {
                "command": engine.command(),
                "settings": dataclasses.asdict(equal),
                "steps": steps,
                "split": f"{split}, {len(pairs)} pairs",
                "hardware": facts["hardware"],
                "features": {"perceptual distance": judge.distance_name.removeprefix("perceptual distance, "), "KID × 1000": judge.name},
            }
            measured = write_table(weights / "table.json", about, name, figures)
        write_card(weights, pairs, measured, split)
    typer.echo(tables(measured))


if __name__ == "__main__":
    typer.run(main)
