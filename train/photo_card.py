"""The model card of a translator that takes photos: README.md and the pictures in it."""

from pathlib import Path

import numpy as np
from PIL import Image

from train import engine
from train.cyclegan import Settings
from train.data import pictures_in, read, split_of
from train.drawing_card import besides
from train.sheets import batch_of, facts_and_figures, figures_table, notes, refuse_missing, sheet, shown, steps_of
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

{card.method}. Takes a photo of any size and shape; its way back is `{card.inverse}`{apart}.

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
In all {seen:,} pictures of each kind were seen: {passes[0]:.0f} and {passes[1]:.0f} times as many as there are.

Network: `ResNetGenerator`, base_channels {settings[base_channels]}, {settings[blocks]} blocks, instance norm{besides}; weights are the
moving average over steps ({settings[average]}), in float16. Objective of the last run: least-squares GAN, cycle loss
{cycle_weight}, identity loss {settings[lambda_identity]:g} of that, at one step in {settings[identity_every]},
{settings[patch]}×{settings[patch]} PatchGAN of width {settings[discriminator_channels]}, pool of {settings[pool]}{more}.

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
| steps of {batch} | {steps} |
| seed | {settings[seed]} |
| hardware | {facts[hardware]} |
| minutes, by the clock, other work beside it | {facts[minutes]} |
"""

MORE = {  # what the field adds to the paper, where a run had it
    "lambda_nce": "PatchNCE (Park 2020) of weight {lambda_nce:g}",
    "lambda_projected": "beside each PatchGAN, discriminators on the features of {features} (Sauer 2021), of weight {lambda_projected:g}",
    "lambda_droplets": "large spots behind the norms (Karras 2020, §2) at a price of {lambda_droplets:g}",
    "cycle_noise": "noise of deviation {cycle_noise:g} over a translation on its way back (Bashkirova 2019)",
    "spectral": "spectral norm in the discriminators",
    "augment": "the discriminators see pictures changed at random (Zhao 2020)",
}
CAUTION = """
The discriminators looked through the same network that these features come from, which flatters the figures: judge by eye too."""


def write(folder: Path, data: Path, failures: list[str], failure_caption: str, license: str) -> Path:
    """Writes README.md, thumbnail.jpg and card/*.jpg of a photo translator whose inverse lies beside it; returns the card's path.
    `failures` are test pictures by name.

    Raises:
        BadData: a test picture of that name is not there.
    """
    card: Card = CARDS[folder.name]
    inverse = folder.parent / card.inverse
    facts, measured = facts_and_figures(folder)
    there, back = translator_in(folder, card), translator_in(inverse, CARDS[card.inverse])
    domain = facts["direction"][0]
    paths = pictures_in(data / f"{split_of(data, domain)}{domain}")
    by_name = {path.stem: path for path in paths}
    refuse_missing(failures, list(by_name), paths[0].parent)

    pairs = [(photo, there.translate(photo)) for photo in map(read, paths[:FIRST])]
    rows = [[picture for pair in pairs[i : i + 4] for picture in pair] for i in range(0, len(pairs), 4)]
    travelled = [round_trip(there, back, read(paths[int(i)])) for i in np.linspace(0, len(paths) - 1, 6)]
    failing = [read(by_name[name]) for name in failures]
    pages = {
        "test": sheet(rows, side=160),
        "cycle": sheet([list(row) for row in zip(*travelled, strict=True)], side=160),
        "failures": sheet([failing, [there.translate(photo) for photo in failing]]),
    }
    settings, runs = facts["settings"], [*facts["before"], facts]
    seen = sum(run["step"] * batch_of(run) for run in runs)
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
        apart="" if same_run(facts, engine.read_facts(inverse / "run.json")) else ", of another run",
        runs="\n".join(RUN.format(facts=run, settings=run["settings"], batch=batch_of(run), steps=steps_of(run)) for run in runs),
        seen=seen,
        passes=[seen / count for count in facts["pictures"]],
        besides=besides(settings | {"resize": Settings(**settings).resize_of("G" if domain == "A" else "F")}),
        cycle_weight=cycle_weight(settings),
        more="".join(f"; {what.format(**settings)}" for name, what in MORE.items() if settings.get(name)),
        measured=measured,
        figures=figures_table(measured),
        cycle=shown(measured["cycle error, L1 of 255"]),
        notes=notes(measured),
        caution=CAUTION if judged else "",
        failure_caption=failure_caption,
    )
    (folder / "README.md").write_text(text, "utf-8")
    return folder / "README.md"


def cycle_weight(settings: dict) -> str:
    both, from_y = settings["lambda_cycle"], settings.get("lambda_cycle_y")
    return f"{both:g}" if from_y in (None, both) else f"{both:g} ({from_y:g} from trainB and back)"


def same_run(facts: dict, others: dict) -> bool:
    """Did both directions come out of one run? One that was replaced by itself has run for more, or otherwise, than its way back."""
    return all(facts[what] == others[what] for what in ("command", "step", "settings"))


def round_trip(there, back, photo: Image.Image) -> tuple[Image.Image, Image.Image, Image.Image]:
    y = there.restyle(to_tensor(photo))
    return photo, to_image(y), to_image(back.restyle(y))
