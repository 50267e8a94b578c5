"""How far the simulated hand drawings (`train.drawings`) are from drawings that were made with a mouse: `python -m train.hand_figures`.

Of three sets of drawings, the hands', as many simulated ones and as many edge maps of the same test pictures: what the sketch doctor
measures, and where the lines end and lie; and KID between the drawings, which would be 0 if the simulator drew as hands do.
"""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from PIL import Image
from scipy import ndimage

from train.data import BadData, DrawnPairs, PairedFolder, open_paired
from train.figures import Figure
from train.judges import Judge, judge_for
from train.sheets import hand_drawings, shown
from translators.drawing import ink, measure, skeleton
from translators.images import to_image

HANDS, SIMULATED, EDGES = "hands", "simulated", "edge maps"
Sets = dict[str, list[Image.Image]]  # name -> drawings, square and of one size
NAMES = {
    "width": "pen width, px of 256",
    "ink": "share of ink",
    "enclosed": "enclosed, share of the box",
    "ends": "line ends",
    "pieces": "pieces of line",
    "off": "off centre, share of the side",
    "across": "extent across, share of the side",
    "down": "extent down, share of the side",
}


def lie_of_the_lines(drawing: Image.Image) -> dict[str, float]:
    """How many loose ends and unconnected pieces the lines of a square drawing have, how far the centre of their box lies from that of the
    paper, and how wide and high the box is, in sides of the paper. BadData where there is no line.
    """
    lines = ink(drawing)
    if not lines.any():
        raise BadData("A drawing without ink cannot be measured.")
    middle = skeleton(lines, spur=measure(drawing).width * len(lines) / 256)
    neighbours = ndimage.convolve(middle.astype(np.uint8), np.ones((3, 3), np.uint8), mode="constant") - middle
    rows, columns = (np.flatnonzero(lines.any(axis)) / len(lines) for axis in (1, 0))
    centre = ((columns[0] + columns[-1]) / 2 - 0.5, (rows[0] + rows[-1]) / 2 - 0.5)
    return {
        "ends": float((middle & (neighbours == 1)).sum()),
        "pieces": float(ndimage.label(lines, np.ones((3, 3)))[1]),
        "off": float(np.hypot(*centre)),
        "across": float(columns[-1] - columns[0]),
        "down": float(rows[-1] - rows[0]),
    }


def facts(drawings: Iterable[Image.Image]) -> dict[str, np.ndarray]:
    """Every measure of every drawing: (N,) by name."""
    each = [asdict(measure(drawing)) | lie_of_the_lines(drawing) for drawing in drawings]
    return {name: np.array([one[name] for one in each]) for name in NAMES}


def drawing_sets(hands: list[Image.Image], folder: PairedFolder, size: int, seed: int = 0) -> Sets:
    """The hands' drawings beside as many simulated ones, as training makes them, and edge maps of pictures spread over a folder."""
    dataset = DrawnPairs(folder, size, seed)
    chosen = [int(i) for i in np.linspace(0, len(folder) - 1, len(hands))]
    simulated = [to_image(dataset[0, i][0][None]) for i in chosen]
    return {HANDS: hands, SIMULATED: simulated, EDGES: [folder.pair(i)[0] for i in chosen]}


def distances(sets: Sets, judge: Judge) -> dict[str, Figure]:
    """KID × 1000 of every other set to the hands'."""
    described = {name: torch.stack([judge.features(drawing) for drawing in drawings]) for name, drawings in sets.items()}
    return {name: judge.sets(described[HANDS], features)["KID x 1000"] for name, features in described.items() if name != HANDS}


def table(sets: Sets, judge: Judge) -> str:
    """Mean and, in brackets, 5th and 95th percentile of every measure of every set; KID with its interval."""
    measured = {name: facts(drawings) for name, drawings in sets.items()}
    rows = [f"| measure | {' | '.join(sets)} |", "|---" * (len(sets) + 1) + "|"]
    for key, title in NAMES.items():
        values = [shown([float(one[key].mean()), *map(float, np.percentile(one[key], [5, 95]))]) for one in measured.values()]
        rows.append(f"| {title} | {' | '.join(values)} |")
    far = distances(sets, judge)
    rows.append(f"| KID × 1000 to the hands | {' | '.join(shown(far[name]) if name in far else '' for name in sets)} |")
    return "\n".join(rows)


def main(
    drawings: Annotated[Path, typer.Option(help="Stroke file with hand drawings.")],
    data: Annotated[Path, typer.Option(help="Folder of the data set; its test pictures are drawn by the simulator.")],
    size: Annotated[int, typer.Option(help="Side of the pictures.", min=32)] = 256,
    seed: Annotated[int, typer.Option(help="Of the simulator.")] = 0,
    features: Annotated[str, typer.Option(help="inception or squeezenet.")] = "inception",
    feature_weights: Annotated[Path | None, typer.Option(help="With squeezenet: file with its weights.")] = None,
):
    """Prints the measures of hand drawings, simulated drawings and edge maps as a table."""
    if features not in ("inception", "squeezenet"):
        raise typer.BadParameter("must be inception or squeezenet.", param_hint="--features")
    if features == "squeezenet" and feature_weights is None:
        raise typer.BadParameter("name the weights of squeezenet.", param_hint="--feature-weights")
    try:
        judge = judge_for(features, feature_weights)
        sets = drawing_sets(hand_drawings(drawings, size), open_paired(data, "test"), size, seed)
        typer.echo(f"{len(sets[HANDS])} drawings each; {judge.name}\n\n{table(sets, judge)}")
    except BadData as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    typer.run(main)
