"""The model card of a translator that takes photos: README.md and the pictures in it."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

from train.data import pictures_in, read
from train.sheets import figures_table, notes, sheet, shown
from translators.cards import CARDS, Card
from translators.images import to_image, to_tensor
from translators.loading import translator_in

FIRST = 24

README = """---
license: {license}
library_name: trazo
pipeline_tag: image-to-image
tags:
- cyclegan
- gan
- image-to-image
---

# {card.title}

{card.method}. Takes a photo of any size and shape; its way back is `{card.inverse}`.

![test](card/test.jpg)
*The first {first} test pictures by file name, unpicked: photo and translation, side by side.*

![cycle](card/cycle.jpg)
*Six test pictures on their round trip: x, G(x), F(G(x)).*

## Known failures

{card.failures}

![failures](card/failures.jpg)
*{failure_caption}*

## Data

{card.data}. {card.licence}. Credit: {card.credit}.

## Training

{runs}

Network: `ResNetGenerator`, base_channels {settings[base_channels]}, {settings[blocks]} blocks, instance norm; weights are the moving
average over steps ({settings[average]}), in float16. Objective: least-squares GAN, cycle loss {settings[lambda_cycle]:g}, identity loss
{settings[lambda_identity]:g} of that, at one step in {settings[identity_every]}, {settings[patch]}×{settings[patch]} PatchGAN of width
{settings[discriminator_channels]}, pool of {settings[pool]}{heads}.

## Figures

{figures}
Cycle error: mean |F(G(x)) - x| = {cycle} grey levels of 255 over the test pictures.

{notes}{caution}

Printed by `{measured[command]}`.
"""

RUN = """| what | value |
|---|---|
| command | `{facts[command]}` |
| pictures | {facts[pictures][0]:,} and {facts[pictures][1]:,} |
| crops | {settings[size]}×{settings[size]}, from pictures of {settings[scale_low]} to {settings[scale_high]} pixels |
| steps of {settings[batch]} | {facts[step]:,} |
| seed | {settings[seed]} |
| hardware | {facts[hardware]} |
| minutes, by the clock, other work beside it | {facts[minutes]} |
"""

HEADS = """; beside each PatchGAN, discriminators on the features of {settings[features]} (Sauer 2021), of weight
{settings[lambda_projected]:g}"""
CAUTION = """
The discriminators looked through the same network that these features come from, which flatters the figures: judge by eye too."""


def write(folder: Path, data: Path, failures: list[str], failure_caption: str, license: str) -> Path:
    """Writes README.md, thumbnail.jpg and card/*.jpg of a photo translator whose inverse lies beside it; returns the card's path."""
    card: Card = CARDS[folder.name]
    facts, measured = (json.loads((folder / name).read_text("utf-8")) for name in ("run.json", "figures.json"))
    there, back = translator_in(folder, card), translator_in(folder.parent / card.inverse, CARDS[card.inverse])
    paths = pictures_in(data / f"test{facts['direction'][0]}")
    by_name = {path.stem: path for path in paths}

    pairs = [(photo, there.translate(photo)) for photo in map(read, paths[:FIRST])]
    rows = [[picture for pair in pairs[i : i + 4] for picture in pair] for i in range(0, len(pairs), 4)]
    travelled = [round_trip(there, back, read(paths[int(i)])) for i in np.linspace(0, len(paths) - 1, 6)]
    failing = [read(by_name[name]) for name in failures]
    pages = {
        "test": sheet(rows, side=160),
        "cycle": sheet([list(row) for row in zip(*travelled, strict=True)], side=160),
        "failures": sheet([failing, [there.translate(photo) for photo in failing]]),
    }
    settings = facts["settings"]
    judged = settings.get("lambda_projected") and settings["features"].split("-")[0] in measured["features"].lower()
    (folder / "card").mkdir(exist_ok=True)
    for name, page in pages.items():
        page.save(folder / "card" / f"{name}.jpg", quality=85)
    first = read(folder / "samples" / "01.jpg")
    there.translate(first).resize((160, 160), Image.Resampling.LANCZOS).save(folder / "thumbnail.jpg", quality=88)
    text = README.format(
        card=card,
        license=license,
        first=FIRST,
        settings=settings,
        runs="\n".join(RUN.format(facts=run, settings=run["settings"]) for run in [*facts["before"], facts]),
        measured=measured,
        figures=figures_table(measured),
        cycle=shown(measured["cycle error, L1 of 255"]),
        notes=notes(measured),
        heads=HEADS.format(settings=settings) if settings.get("lambda_projected") else "",
        caution=CAUTION if judged else "",
        failure_caption=failure_caption,
    )
    (folder / "README.md").write_text(text, "utf-8")
    return folder / "README.md"


def round_trip(there, back, photo: Image.Image) -> tuple[Image.Image, Image.Image, Image.Image]:
    y = there.restyle(to_tensor(photo))
    return photo, to_image(y), to_image(back.restyle(y))
