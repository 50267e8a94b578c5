"""The model card of a translator that takes drawings: README.md and the pictures in it."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from train import hint_figures
from train.comparisons import named
from train.data import open_paired, split_of
from train.evaluate import PEN_WIDTHS, at_pen_width
from train.hint_figures import hinted
from train.sheets import batch_of, counted, facts_and_figures, figures_table, hand_drawings, notes, pairs_sheet, sheet, steps_of
from translators.cards import CARDS, Card
from translators.hints import laid_over
from translators.images import to_image
from translators.loading import translator_in
from translators.translator import Translator

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
*{drawn}, unpicked, each above its picture: strokes with a hand's drift and tremor (`benchmarks/drawings/{card.name}.json`).*

{told}{widths}
*One test drawing gone over with pens of {pens} pixels.{thinned}*

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
| steps of {batch} | {steps} |{begun}
| seed | {settings[seed]} |
| hardware | {facts[hardware]} |
| minutes, by the clock, other work beside it | {facts[minutes]} |
| torch | {facts[torch]} |

Network: `UNetGenerator`, base_channels {settings[base_channels]}, downs {settings[downs]}, statistics "{settings[statistics]}" (every
picture is normalised by itself, in training as at test), a colour as condition{besides}; weights are the moving average over steps
({settings[average]}), in float16. Objective: {objective}, {settings[patch]}×{settings[patch]} PatchGAN of width
{settings[discriminator_channels]}. Inputs are hand drawings simulated from the edges at every step (`train/drawings.py`).

## Figures

{figures}
{notes}{caution}

Printed by `{measured[command]}`.
"""


CAUTION = """
The perceptual loss looked through the same network that these features come from, which flatters the figure: judge by eye too."""
TOLD = """![hints](card/hints.jpg)
*Eight test drawings with colour hints made as in training, the same as the network sees them, spread over the regions that they lie in,
what it paints, and the target; some regions were painted anew: nothing but the hint tells their colour.*

"""
THINNED = " Lines wider than {over:g} pixels are drawn again, {to:g} wide, before the network sees them."
BEGUN = """
| begun with the networks of | `{command}`, {steps} steps of {batch}, {minutes} minutes |"""
WEIGHED = {"lambda_l1": "L1", "lambda_feature": "feature matching", "lambda_perceptual": "perceptual loss"}


def objective(settings: dict) -> str:
    """The parts of G's loss with their weights, in words, and what is done besides; pix2pixHD's settings name no GAN: it is always
    least-squares.
    """
    scales = f"{settings['scales']}-scale " if settings.get("scales", 1) > 1 else ""
    parts = [f"{settings[name]:g} {what}" for name, what in WEIGHED.items() if settings.get(name)]
    told = " + ".join([f"{scales}{settings.get('gan', 'least-squares')} cGAN", *parts])
    told += f" ({settings['features']})" if settings.get("lambda_perceptual") else ""
    more = {
        "lambda_r1": "R1 of γ {lambda_r1:g} for D",
        "lambda_projected": "beside D, heads on the features of {features} (Sauer 2021), of weight {lambda_projected:g}",
        "augment": "D sees pictures changed at random (Zhao 2020)",
        "margin": "{margin} pixels more are painted at every side, and cut off",
        "mask_rims": "flat black or grey at a photo's sides is not learned",
    }
    return "; ".join([told, *(what.format(**settings) for name, what in more.items() if settings.get(name))])


def besides(settings: dict) -> str:
    """What of G is not as by default, beyond its size; a run from before there was the choice has the default."""
    return "".join(
        f", {name} {value}" for name, usual in (("norm", "batch"), ("resize", "")) if (value := settings.get(name, usual)) != usual
    )


def painted(translator: Translator, drawings: list[Image.Image]) -> list[Image.Image]:
    return [translator.translate(drawing, seed=i) for i, drawing in enumerate(drawings)]


def write(folder: Path, data: Path, drawings: Path, failures: list[str], failure_caption: str, license: str) -> Path:
    """Writes README.md, thumbnail.jpg and card/*.jpg of a drawing translator; returns the card's path."""
    card: Card = CARDS[folder.name]
    facts, measured = facts_and_figures(folder)
    translator = translator_in(folder, card)
    test = open_paired(data, split_of(data), **named(facts["settings"]))
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
        "hands": pairs_sheet(hands, painted(translator, hands)),
        "widths": sheet([strokes, [translator.translate(stroke) for stroke in strokes]]),
        "failures": sheet([failing, painted(translator, failing)]),
    }
    told = translator.takes_hints
    if told:
        x, c, y = zip(*hinted(data, facts["settings"])[:8], strict=True)
        y_fake = [hint_figures.painted(translator, *given, seed=i) for i, given in enumerate(zip(x, c, strict=True))]
        spread = torch.stack(x)
        strokes = torch.cat([spread[:, :3], torch.where(spread[:, 6:] == 1, spread[:, 3:], 0)], 1)
        rows = [laid_over(strokes), laid_over(spread), torch.stack(y_fake), torch.stack(y)]
        sheet([[to_image(picture[None]) for picture in row] for row in rows]).save(folder / "card" / "hints.jpg", quality=85)
    for name, page in pages.items():
        page.save(folder / "card" / f"{name}.jpg", quality=85)
    thumbnail = Image.new("RGB", (256, 256), "white")
    thumbnail.paste(translator.translate(hands[min(3, len(hands) - 1)]))
    thumbnail.resize((160, 160), Image.Resampling.LANCZOS).save(folder / "thumbnail.jpg", quality=88)
    text = README.format(
        card=card,
        drawn=counted(len(hands), "drawing"),
        license=license,
        facts=facts,
        settings=facts["settings"],
        batch=batch_of(facts),
        steps=steps_of(facts),
        command=facts["command"],
        measured=measured,
        pens=", ".join(map(str, PEN_WIDTHS)),
        thinned=THINNED.format(**translator.thin) if translator.thin else "",
        figures=figures_table(measured),
        notes=notes(measured),
        failure_caption=failure_caption,
        besides=besides(facts["settings"]),
        objective=objective(facts["settings"]),
        told=TOLD if told else "",
        begun="".join(BEGUN.format(**run, batch=batch_of(run), steps=steps_of(run)) for run in facts.get("before", [])),
        caution=CAUTION if facts["settings"].get("lambda_perceptual") and facts["settings"]["features"] == "squeezenet" else "",
        **{name: f"![{name}](card/{name}.jpg)" for name in pages},
    )
    (folder / "README.md").write_text(text, "utf-8")
    return folder / "README.md"
