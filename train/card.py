"""The model card of a folder in `weights/`: README.md and the pictures in it, made from run.json, figures.json and the test folder."""

import json
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from PIL import Image, ImageDraw

from train.data import open_paired
from train.evaluate import PEN_WIDTHS, at_pen_width
from translators.cards import CARDS, Card
from translators.loading import translator_in
from translators.translator import Translator

CANVAS = 512

README = """---
license: {license}
library_name: trazo
pipeline_tag: image-to-image
tags:
- pix2pix
- gan
- image-to-image
---

# {card.title}

{card.method}. Takes a {card.takes} of {card.size}×{card.size} pixels, black lines on white.

{test}
*Eight pictures of the test folder: drawing, what the network paints, and the original, which it never saw. The colours are the seed's.*

{hands}
*Eight drawings, written as strokes with a hand's drift and tremor (`benchmarks/drawings/{card.name}.json`).*

{widths}
*One test drawing gone over with pens of {pens} pixels.*

## Known failures

{card.failures}

{failures}
*{failure_caption}*

## Data

{card.data}. {card.licence}. Credit: {card.credit}.

## Training

| what | value |
|---|---|
| command | `{command}` |
| pictures | {facts[pictures]:,} |
| steps of {settings[batch]} | {facts[step]:,} |
| seed | {settings[seed]} |
| hardware | {facts[hardware]} |
| minutes, by the clock, other work beside it | {facts[minutes]} |
| torch | {facts[torch]} |

Network: `UNetGenerator`, base_channels {settings[base_channels]}, downs {settings[downs]}, statistics "{settings[statistics]}" (every
picture is normalised by itself, in training as at test), a colour as condition; weights are the moving average over steps
({settings[average]}), in float16. Objective: {settings[gan]} cGAN + {settings[lambda_l1]:g} L1 + {settings[lambda_feature]:g} feature
matching, {settings[patch]}×{settings[patch]} PatchGAN of width {settings[discriminator_channels]}. Inputs are hand drawings simulated
from the edges at every step (`train/drawings.py`).

## Figures

{figures}
Features: {measured[features]}. {measured[pictures]} pictures; {measured[protocol]}.
Such a figure compares only with others on the same features.

Printed by `{measured[command]}`.
"""


def rasterize(drawing: dict) -> Image.Image:
    """A drawing of `benchmarks/drawings/*.json` ("width", "strokes" of [x, y] on a 512 canvas) as L, 512×512."""
    canvas = Image.new("L", (CANVAS, CANVAS), 255)
    pencil, r = ImageDraw.Draw(canvas), drawing["width"] / 2
    for stroke in drawing["strokes"]:
        points = [tuple(point) for point in stroke]
        pencil.line(points, fill=0, width=drawing["width"])
        for x, y in points:
            pencil.ellipse((x - r, y - r, x + r, y + r), fill=0)
    return canvas


def hand_drawings(path: Path, size: int) -> list[Image.Image]:
    """The drawings of a stroke file, each L, `size` pixels a side."""
    return [rasterize(drawing).resize((size, size), Image.Resampling.BOX) for drawing in json.loads(path.read_text("utf-8"))]


def sheet(rows: list[list[Image.Image]], side: int = 192, gap: int = 4) -> Image.Image:
    """Pictures in rows, each `side` pixels a side."""
    width, height = (max(len(row) for row in rows) * (side + gap) + gap, len(rows) * (side + gap) + gap)
    page = Image.new("RGB", (width, height), (228, 228, 224))
    for r, row in enumerate(rows):
        for c, picture in enumerate(row):
            page.paste(
                picture.convert("RGB").resize((side, side), Image.Resampling.LANCZOS), (gap + c * (side + gap), gap + r * (side + gap))
            )
    return page


def painted(translator: Translator, drawings: list[Image.Image]) -> list[Image.Image]:
    return [translator.translate(drawing, seed=i) for i, drawing in enumerate(drawings)]


def figures_table(measured: dict) -> str:
    lines = ["| pictures | KID × 1000 |", "|---|---|"]
    lines += [f"| {name} | {mean:.1f} ± {deviation:.1f} |" for name, (mean, deviation) in measured["KID x 1000"].items()]
    if by_width := measured.get("KID x 1000 by pen width"):
        lines += ["", f"| pen width, px | {' | '.join(by_width)} |", "|---" * (len(by_width) + 1) + "|"]
        lines += [f"| KID × 1000 | {' | '.join(f'{mean:.1f}' for mean, _ in by_width.values())} |"]
    return "\n".join(lines) + "\n"


def write(folder: Path, data: Path, drawings: Path, failures: list[str], failure_caption: str, license: str) -> Path:
    """Writes README.md, thumbnail.jpg and card/*.jpg of a drawing translator; returns the card's path."""
    card: Card = CARDS[folder.name]
    facts, measured = (json.loads((folder / name).read_text("utf-8")) for name in ("run.json", "figures.json"))
    translator = translator_in(folder, card)
    test = open_paired(data, "test")
    by_name = {pair.name: i for i, pair in enumerate(test.pairs)}
    eight = [int(i) for i in np.linspace(0, len(test) - 1, 8)]
    inputs, targets = zip(*(test.pair(i) for i in eight), strict=True)
    hands = hand_drawings(drawings, card.size)
    failing = [test.pair(by_name[name])[0] for name in failures if name in by_name]
    others = [name for name in failures if name not in by_name]  # stroke files: things it was never shown
    failing += [drawing for name in others for drawing in hand_drawings(Path(name), card.size)[:4]]
    strokes = [at_pen_width(inputs[3], width) for width in PEN_WIDTHS]

    (folder / "card").mkdir(exist_ok=True)
    pages = {
        "test": sheet([list(inputs), painted(translator, list(inputs)), list(targets)]),
        "hands": sheet([hands[:8], painted(translator, hands[:8])]),
        "widths": sheet([strokes, [translator.translate(stroke) for stroke in strokes]]),
        "failures": sheet([failing, painted(translator, failing)]),
    }
    for name, page in pages.items():
        page.save(folder / "card" / f"{name}.jpg", quality=85)
    thumbnail = Image.new("RGB", (256, 256), "white")
    thumbnail.paste(translator.translate(hands[3]))
    thumbnail.resize((160, 160), Image.Resampling.LANCZOS).save(folder / "thumbnail.jpg", quality=88)
    text = README.format(
        card=card,
        license=license,
        facts=facts,
        settings=facts["settings"],
        command=facts["command"],
        measured=measured,
        pens=", ".join(map(str, PEN_WIDTHS)),
        figures=figures_table(measured),
        failure_caption=failure_caption,
        **{name: f"![{name}](card/{name}.jpg)" for name in pages},
    )
    (folder / "README.md").write_text(text, "utf-8")
    return folder / "README.md"


def main(
    weights: Annotated[Path, typer.Argument(help="Folder of the translator, with run.json and figures.json.")],
    data: Annotated[Path, typer.Option(help="Folder of the data set.")],
    drawings: Annotated[Path, typer.Option(help="Stroke file with the hand drawings.")],
    failures: Annotated[list[str], typer.Option(help="Test pictures by name, or stroke files, that show the failures.")],
    failure_caption: Annotated[str, typer.Option(help="What the failures show.")],
    license: Annotated[str, typer.Option(help="License key of the Hub.")] = "other",
):
    """Writes the model card."""
    typer.echo(write(weights, data, drawings, failures, failure_caption, license))


if __name__ == "__main__":
    typer.run(main)
