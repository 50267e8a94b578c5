"""What pix2pix's paper shows by leaving something out (Isola 2017, §4.2–§4.4), trained anew under equal settings on a small scale.

Losses: L1, cGAN, L1 + cGAN. Generators: U-Net against encoder-decoder. Discriminators: patches of 1, 16, 70 and 286 pixels. All from the
labels of facades to their photos. The paper's scores are FCN scores on Cityscapes, larger for better pictures; ours are distances to the
photos, smaller for better ones. The two columns are to be compared in their order alone.
"""

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Annotated

import torch
import torch.nn.functional as F
import typer
from PIL import Image
from torch import nn
from tqdm import tqdm

from train import ablation_card, engine
from train.command import refuse_others, said
from train.data import PairedFolder, PaperPairs, open_paired
from train.export import export_pix2pix, save_network
from train.features import FEATURES, Taps, perceptual_distance, taps
from train.judges import Judge, judge_for
from train.pix2pix import Settings, folders
from train.pix2pix import train as train_pix2pix
from translators.images import to_image
from translators.labels import PALETTES
from translators.weights import read

CHANGES = {
    "l1": {"lambda_gan": 0.0},
    "cgan": {"lambda_l1": 0.0},
    "l1_cgan": {},
    "encoder_decoder_l1": {"skips": False, "lambda_gan": 0.0},
    "encoder_decoder": {"skips": False},
    "patch_1": {"patch": 1},
    "patch_16": {"patch": 16},
    "patch_286": {"patch": 286},
}
TABLES = {  # of the paper: a row's name, the run that repeats it, and per-pixel accuracy, per-class accuracy and class IOU
    "Table 1, losses": {
        "L1": ("l1", (0.42, 0.15, 0.11)),
        "cGAN": ("cgan", (0.57, 0.22, 0.16)),
        "L1 + cGAN": ("l1_cgan", (0.66, 0.23, 0.17)),
    },
    "Table 2, generators": {
        "encoder-decoder, L1": ("encoder_decoder_l1", (0.35, 0.12, 0.08)),
        "encoder-decoder, L1 + cGAN": ("encoder_decoder", (0.29, 0.09, 0.05)),
        "U-Net, L1": ("l1", (0.48, 0.18, 0.13)),
        "U-Net, L1 + cGAN": ("l1_cgan", (0.55, 0.20, 0.14)),
    },
    "Table 3, the discriminator's patch": {
        "1×1": ("patch_1", (0.39, 0.15, 0.10)),
        "16×16": ("patch_16", (0.65, 0.21, 0.17)),
        "70×70": ("l1_cgan", (0.66, 0.23, 0.17)),
        "286×286": ("patch_286", (0.42, 0.16, 0.11)),
    },
}
WATCHED = "l1_cgan"  # the run whose snapshots are kept
SNAPSHOTS = (0, 100, 300, 1000, 3000, 10000)


@torch.inference_mode()
def figures_of(network: nn.Module, pairs: PaperPairs, look: Taps, judge: Judge) -> dict:
    """L1 in grey levels of 255, the perceptual distance, and KID × 1000 with its interval, between paintings and photos of `pairs`."""
    l1, perceptual, real, fake = [], [], [], []
    for i in tqdm(range(len(pairs.folder)), desc="figures", leave=False):
        x, y = pairs.whole(i).split(1)  # (1, 3, H, W) each
        y_fake = network(x, seed=i).clamp(-1, 1)
        l1.append(F.l1_loss(y_fake, y) * 127.5)
        perceptual.append(perceptual_distance(look, y_fake, y))
        real.append(y)
        fake.append(y_fake)
    real, fake = (torch.cat([judge.describe(((y + 1) * 127.5).round().byte()).float() for y in pictures]) for pictures in (real, fake))
    return {
        "L1 of 255": round(float(torch.stack(l1).mean()), 2),
        "perceptual distance": round(float(torch.stack(perceptual).mean()), 4),
        "KID x 1000": judge.kid(real, fake),
    }


def export(run: Path, data: Path, folder: Path) -> dict:
    """The weights folder of a run, its discriminator (where one was trained) in discriminator/, its snapshots (where some were kept) in
    snapshots/ with the losses in curves.json; returns the facts of the run.
    """
    facts = export_pix2pix(run, data, folder)
    kept = engine.load_checkpoint(run)
    settings = Settings(**kept["settings"])
    if settings.lambda_gan:
        D = settings.discriminator()
        D.load_state_dict(kept["D"])
        save_network(D, folder / "discriminator", {}, facts)
    ablation_card.keep_network_alone(folder)
    if (run / "snapshots").is_dir():
        shutil.copytree(run / "snapshots", folder / "snapshots", dirs_exist_ok=True)
        (folder / "curves.json").write_text(json.dumps(curves(run)) + "\n", "utf-8")
    return facts


def curves(run: Path) -> dict[str, list[list[float]]]:
    """The parts of the loss that the run's log holds, by name as [step, value]."""
    records = engine.records(run / "log.jsonl")
    return {name: [[record["step"], record[name]] for record in records if name in record] for name in ("D_real", "D_fake", "G_gan", "L1")}


def save_samples(folder: Path, pairs: PairedFolder, count: int = 6) -> None:
    """Some pairs as side by side pictures, the photo to the left."""
    folder.mkdir(parents=True, exist_ok=True)
    for i in engine.spread(len(pairs), count):
        labels, photo = pairs.pair(i)
        both = Image.new("RGB", (2 * photo.width, photo.height))
        both.paste(photo, (0, 0))
        both.paste(labels, (photo.width, 0))
        both.save(folder / f"{pairs.pairs[i].name}.jpg", quality=90)


def tables(measured: dict[str, dict]) -> str:
    """Our figures beside the paper's rows, as Markdown; a run that is not there yet has dashes."""
    lines = []
    for title, rows in TABLES.items():
        lines += [f"{title} of Isola 2017", ""]
        lines += [
            "| | L1 of 255 | perceptual distance | KID × 1000 | the paper: per-pixel acc. | per-class acc. | class IOU |",
            "|---" * 7 + "|",
        ]
        for name, (run, paper) in rows.items():
            ours = ["–"] * 3
            if figures := measured.get(run):
                kid, low, high = figures["KID x 1000"]
                ours = [f"{figures['L1 of 255']:.1f}", f"{figures['perceptual distance']:.3f}", f"{kid:.0f} ({low:.0f} to {high:.0f})"]
            lines.append("| " + " | ".join([name, *ours, *(f"{value:.2f}" for value in paper)]) + " |")
        lines.append("")
    lines.append("Ours: facades, distances to the photos, smaller is better. The paper's: FCN scores on Cityscapes, larger is better.")
    return "\n".join(lines)


def write_table(path: Path, about: dict, measured: dict[str, dict]) -> None:
    """Everything that `tables` prints, and what was measured how, as JSON."""
    paper = {title: {row: {"run": run, "scores": scores} for row, (run, scores) in rows.items()} for title, rows in TABLES.items()}
    scores = ["per-pixel accuracy", "per-class accuracy", "class IOU"]
    found = {**about, "figures": measured, "paper": {"scores": scores, "measured on": "Cityscapes, by an FCN", "tables": paper}}
    path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", "utf-8")


CARD = {
    "method": "pix2pix",
    "title": "The ablations of pix2pix, in small",
    "what": (
        "U-Nets from the labels of facades to their photos, equal but for what their names say: the loss, the skips, or "
        "the patch of the discriminator (Isola 2017, §4.2 to §4.4). The Learn tab compares them; `l1_cgan/snapshots/` is "
        "the film of one of them in training."
    ),
    "failures": (
        "They are narrow and young, 15 epochs where the paper trains for 200, so that eight of them are trained in two "
        "hours on two cores. What the paper shows can be seen: L1 blurs, a GAN alone strays from the labels, both "
        "together draw windows, an encoder-decoder loses the layout, a patch of one pixel only tints. But these distances "
        "do not rank them as the paper's scores do: the blurred ones come out nearest to the photos, because the young "
        "GANs paint weaves and dark rims."
    ),
    "data": (
        "400 facades seen straight from the front with their label pictures (CMP Facade Database). Research use. Credit: "
        "Tyleček & Šára, Spatial Pattern Templates for Recognition of Objects with Regular Structure, 2013."
    ),
}
TITLES = {
    "l1": "L1",
    "cgan": "cGAN",
    "l1_cgan": "L1 + cGAN, the paper's",
    "encoder_decoder_l1": "encoder-decoder with L1",
    "encoder_decoder": "encoder-decoder with L1 + cGAN",
    "patch_1": "patches of 1",
    "patch_16": "patches of 16",
    "patch_286": "patches of 286",
}


@torch.inference_mode()
def write_card(weights: Path, pairs: PaperPairs, measured: dict[str, dict], split: str, count: int = 6) -> Path:
    """The card, with the first pictures of `pairs` through every run."""
    shown = [pairs.whole(i).split(1) for i in range(min(count, len(pairs.folder)))]
    rows = {"labels": [to_image(x) for x, _ in shown]}
    for name, title in TITLES.items():
        network, _ = read(weights / name)
        rows[title] = [to_image(network(x, seed=0)) for x, _ in shown]
    rows["the photo"] = [to_image(y) for _, y in shown]
    return ablation_card.write(weights, CARD, tables(measured), split, rows)


def main(
    data: Annotated[Path, typer.Option(help="Folder of facades: train/, val/ and test/, photo and labels side by side.")],
    out: Annotated[Path, typer.Option(help="Folder of the runs.")] = Path("runs/ablations"),
    weights: Annotated[Path, typer.Option(help="Folder to write the networks and table.json to.")] = Path("weights/ablations"),
    steps: Annotated[int, typer.Option(help="Steps of every run; the learning rate decays over the second half.")] = 2000,
    base_channels: Annotated[int, typer.Option(help="Width of the first layer of G and D (64 in the paper).")] = 16,
    size: Annotated[int, typer.Option(help="Side of the pictures.")] = 256,
    downs: Annotated[int, typer.Option(help="Halvings in G (8 in the paper).")] = 8,
    flip: Annotated[bool, typer.Option(help="The right half is the input.")] = True,
    palette: Annotated[str, typer.Option(help="Colours of the labels; empty takes the pictures as they are.")] = "cmp",
    split: Annotated[str, typer.Option(help="Where the figures are measured: val or test.")] = "test",
    features: Annotated[str, typer.Option(help="What figures look through: vgg19 (KID: Inception) or squeezenet.")] = "vgg19",
    feature_weights: Annotated[Path | None, typer.Option(help="With squeezenet: file with its weights.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cuda" if torch.cuda.is_available() else "cpu",
    workers: Annotated[int, typer.Option(help="Processes that prepare pictures.")] = 1,
    save_every: Annotated[int, typer.Option(help="Steps between checkpoints.")] = 500,
):
    """Trains the paper's ablations one after the other, measures them and prints our figures beside the paper's.

    What is done stays done: the same command goes on where it was stopped.
    """
    refuse_others(locals(), features=FEATURES, palette=("", *PALETTES), split=("val", "test"))
    with said():
        look = taps(features, feature_weights)
        pairs = open_paired(data, split, flip=flip)
        equal = Settings(flip=flip, palette=palette, size=size, base_channels=base_channels, discriminator_channels=base_channels)
        epochs = steps / len(folders(data, equal)[0])
        equal = dataclasses.replace(equal, downs=downs, epochs=epochs, decay_epochs=epochs / 2, seed=seed)
        judge = judge_for(features, feature_weights)

        save_samples(weights / "samples", pairs)
        measured = {}
        for name, changes in CHANGES.items():
            settings, run = dataclasses.replace(equal, **changes), out / name
            begun = engine.begun(run)
            typer.echo(f"{name}: {'goes on' if begun else 'begins'}.")
            rhythm = {"save_every": save_every, "sample_every": save_every, "validate_every": save_every}
            where = {"device": device, "workers": workers}
            train_pix2pix(data, run, settings, begun, snapshots=SNAPSHOTS if name == WATCHED else (), **where, **rhythm)
            if (done := engine.load_checkpoint(run)["step"]) < steps:
                typer.echo(f"Stopped in {name} at step {done}; the same command goes on.")
                return
            facts = export(run, data, weights / name)
            network, _ = read(weights / name)
            dataset = settings.dataset(pairs)
            measured[name] = {"minutes": facts["minutes"], **figures_of(network, dataset, look, judge)}
            about = {
                "command": engine.command(),
                "settings": dataclasses.asdict(equal),
                "steps": steps,
            }
            about |= {"split": f"{split}, {len(pairs)} pairs", "hardware": facts["hardware"]}
            about["features"] = {"perceptual distance": look.name, "KID × 1000": judge.name}
            write_table(weights / "table.json", about, measured)
        write_card(weights, dataset, measured, split)
    typer.echo(tables(measured))


if __name__ == "__main__":
    typer.run(main)
