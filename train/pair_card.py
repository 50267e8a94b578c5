"""The model card of a translator whose test pictures have a truth beside them: label maps to photos, and pix2pix from photo to photo."""

from pathlib import Path

from PIL import Image

from train.comparisons import Comparison, label_folders, named, pairs
from train.data import open_labels, open_paired, split_of
from train.drawing_card import CAUTION, besides, objective
from train.evaluate import translations
from train.sheets import batch_of, facts_and_figures, figures_table, notes, refuse_missing, sheet, steps_of
from translators.cards import CARDS, Card
from translators.loading import translator_in

FIRST = 24
ARCHITECTURES = {"UNetGenerator": "pix2pix", "GlobalGenerator": "pix2pixhd", "LocalEnhancer": "pix2pixhd"}

README = """---
license: {license}
library_name: trazo
pipeline_tag: image-to-image
tags:
- {tag}
- gan
- image-to-image
---

# {card.title}

{card.method}. Takes a {card.takes}.{classes}

![test](card/test.jpg)
*The first {shown} test pictures by file name, unpicked: {what}, what the network makes of it, and the photo or map that it never saw.*

## Known failures

{card.failures}

![failures](card/failures.jpg)
*{failure_caption}*

## Data

{card.data}. {card.licence}. Credit: {card.credit}.

## Training

{runs}
Network: `{network}`, {arguments}; weights in float16{added}. Objective: {objective}.

## Figures

{figures}
{notes}{caution}

Printed by `{measured[command]}`.
"""

RUN = """| what | value |
|---|---|
| command | `{facts[command]}` |
| pictures | {facts[pictures]:,} |
| steps of {batch} | {steps} |
| seed | {facts[settings][seed]} |
| hardware | {facts[hardware]} |
| minutes, by the clock, other work beside it | {facts[minutes]} |
"""


def told(run: dict) -> str:
    """A run as a table, with the figures on the validation pictures, which rise again where a network learns its pictures by heart."""
    looks = ", ".join(f"{figure:.3f} at step {step:,}" for step, figure in run.get("val", []))
    return RUN.format(facts=run, batch=batch_of(run), steps=steps_of(run)) + (
        f"| on validation pictures, lower is better | {looks} |\n" if looks else ""
    )


def added(told: dict, settings: dict) -> str:
    """What the config tells beside the network that was no part of the training."""
    parts = []
    if scenes := told.get("scenes"):
        parts.append(f"a seed picks the styles that the classes have in one of {len(scenes)} training pictures")
    if "margin" in told and "margin" not in settings:
        parts.append(f"{told['margin']} pixels more are painted at every side, and cut off")
    return "".join(f"; {part}" for part in parts)


def triples(test: Comparison, made: list[Image.Image], across: int = 2) -> list[list[Image.Image]]:
    """Input, translation and truth side by side, `across` of them in a row."""
    each = list(zip(test.plain, made, test.real, strict=False))
    return [[picture for triple in each[i : i + across] for picture in triple] for i in range(0, len(each), across)]


def picked(test: Comparison, places: list[int]) -> Comparison:
    inputs, plain, real = ([pictures[i] for i in places] for pictures in (test.inputs, test.plain, test.real))
    return Comparison(inputs, plain, test.plain_name, real, [], test.protocol)


def write(folder: Path, data: Path, failures: list[str], failure_caption: str, license: str) -> Path:
    """Writes README.md, thumbnail.jpg and card/*.jpg; returns the card's path. `failures` are test pictures by name.

    Raises:
        BadData: a test picture of that name is not there.
    """
    card: Card = CARDS[folder.name]
    facts, measured = facts_and_figures(folder)
    translator, settings = translator_in(folder, card), facts["settings"]
    split = split_of(data)
    if card.takes == "label map" and (data / split / "label").is_dir():
        test = label_folders(translator, data)
        names = [path.stem for path in open_labels(data, split, len(translator.palette)).photos]
    else:
        test = pairs(translator, data, settings)
        names = [pair.name for pair in open_paired(data, split, **named(settings)).pairs]
    refuse_missing(failures, names, data / split)
    first = picked(test, list(range(min(FIRST, len(test.inputs)))))
    failing = picked(test, [names.index(name) for name in failures])
    made = translations(translator, first.inputs)
    (folder / "card").mkdir(exist_ok=True)
    sheet(triples(first, made), side=160).save(folder / "card" / "test.jpg", quality=85)
    sheet(triples(failing, translations(translator, failing.inputs))).save(folder / "card" / "failures.jpg", quality=85)
    made[0].resize((160, 160), Image.Resampling.LANCZOS).save(folder / "thumbnail.jpg", quality=88)
    arguments = {key: value for key, value in translator.config.items() if key not in ("architecture", "translator", "resize")}
    text = README.format(
        card=card,
        license=license,
        tag=ARCHITECTURES[translator.config["architecture"]],
        classes=f" Its classes: {', '.join(translator.palette.names)}." if card.takes == "label map" else "",
        what="label map" if card.takes == "label map" else "photo",
        shown=len(first.inputs),
        runs="\n".join(told(run) for run in [*facts.get("before", []), facts]),
        network=translator.config["architecture"],
        arguments=", ".join(f"{key} {value}" for key, value in arguments.items()) + besides(settings),
        added=added(translator.config.get("translator", {}), settings),
        objective=objective(settings),
        measured=measured,
        figures=figures_table(measured),
        notes=notes(measured),
        failure_caption=failure_caption,
        caution=CAUTION if settings.get("lambda_perceptual") and settings["features"] == "squeezenet" else "",
    )
    (folder / "README.md").write_text(text, "utf-8")
    return folder / "README.md"
