"""Figures on the test folder, of every kind of translator: what each is, stands in `train.figures`; on which features, in `train.judges`.

Both protocols of the field: against the test pictures alone, and against training and test pictures together. Beside the translations
stand rows to read them by: the inputs themselves, and, for the floor of FID and KID, training pictures.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from train import engine, hint_figures, pix2pixhd
from train.command import refuse_unknown
from train.comparisons import Comparison, label_folders, pairs, trained_size, unpaired
from train.data import BadData, split_of
from train.drawings import drafts_of_drawing, pen
from train.export import encoder_of, training_styles
from train.figures import INTERVAL, NEAR, SEED, Figure, histogram_intersection, lab_histograms, mean, of_sum, share_near
from train.judges import LPIPS, Judge, judge_for
from train.segmenter import Segmenter, mean_iou, pixel_accuracy, read_segmenter
from translators.cards import CARDS, Card
from translators.errors import TranslationError
from translators.from_photo import reduced
from translators.images import to_tensor
from translators.loading import translator_in
from translators.translator import Translator

PEN_WIDTHS = (1, 2, 3, 4, 5, 6, 8)
FIRST = 50  # label translators are measured on the first 50 test pictures too: where the original's figures for the facades are known
FLOOR, REAL = "training pictures (the floor)", "real photos (the ceiling)"
SEGMENTED = "camvid"  # the palette whose classes the segmenter knows
NEAR_TITLE = f"share of pixels within {NEAR} of the true colour"


def translations(translator: Translator, pictures: list[Image.Image]) -> list[Image.Image]:
    """What a translator makes of every picture; the i-th with seed i, so that the colours of a drawing are a sample too. A photo of the
    size that the network was trained on keeps it.
    """
    seeded, resolution = translator.control("seed") is not None, translator.control("resolution")
    made = []
    for i, picture in enumerate(tqdm(pictures, desc=translator.card.name, leave=False)):
        controls: dict = {"seed": i} if seeded else {}
        if resolution and picture.size == trained_size(translator):
            controls["resolution"] = next((name for name in resolution.choices if reduced(picture, name).size == picture.size), "full")
        torch.manual_seed(i)  # dropout's, where the translator has no seed to set
        made.append(translator.translate(picture, **controls))
    return made


def at_pen_width(drawing: Image.Image, width: float) -> Image.Image:
    """A clean drawing gone over with a pen of `width` pixels."""
    ink = pen(drafts_of_drawing(drawing).full, width)
    return Image.fromarray((255 * (1 - ink)).round().astype(np.uint8)).convert("RGB")


def sample(count: int, of: int) -> list[int]:
    """`count` of so many training pictures, always the same ones."""
    return [int(i) for i in np.random.default_rng(SEED).permutation(of)[:count]]


def described(judge: Judge, pictures: Iterable[Image.Image], name: str) -> Tensor:
    """The features (N, D) of pictures of any size."""
    return torch.stack([judge.features(picture) for picture in tqdm(pictures, desc=f"features: {name}", leave=False)])


Table = dict[str, dict[str, Figure]]  # figure -> row -> value


def set_figures(judge: Judge, real: Tensor, rows: dict[str, Tensor]) -> Table:
    """FID and KID of every row of features to those of the real pictures."""
    return by_figure({name: judge.sets(real, fake) for name, fake in rows.items()})


def pair_figures(judge: Judge, test: Comparison, rows: dict[str, list[Image.Image]]) -> dict[str, dict[str, np.ndarray]]:
    """Row → figure → its value for every picture (N,)."""
    values = {}
    for name, pictures in rows.items():
        each = [judge.compare(fake, y) for fake, y in zip(tqdm(pictures, desc=f"pairs: {name}", leave=False), test.real, strict=True)]
        values[name] = {title: np.array([one[title] for one in each]) for title in each[0]}
    return values


def by_figure(rows: dict[str, dict[str, Figure]]) -> Table:
    """Row → figure → value, turned round."""
    return {title: {name: row[title] for name, row in rows.items()} for title in next(iter(rows.values()))}


def measured(judge: Judge, test: Comparison, rows: dict[str, list[Image.Image]], first: int = 0) -> dict:
    """All figures of the rows, by protocol; with `first`, on that many test pictures by themselves too."""
    real, train = described(judge, test.real, "test"), described(judge, test.train, "training")
    if min(len(test.inputs), len(real), len(train)) < 2:
        raise BadData("One picture has no FID and no KID; expected two or more to train on, and two or more to test with.")
    features = {name: described(judge, pictures, name) for name, pictures in rows.items()}
    floor = train[sample(len(real), len(train))]
    figures: dict = {"pictures": len(test.inputs), **set_figures(judge, real, features | {FLOOR: floor})}
    values = pair_figures(judge, test, rows) if test.paired else {}
    if values:
        figures |= by_figure({name: {title: mean(v) for title, v in row.items()} for name, row in values.items()})
        true = np.stack([lab_histograms(picture) for picture in test.real])
        colours = {name: np.stack([lab_histograms(picture) for picture in pictures]) for name, pictures in rows.items()}
        figures |= by_figure({name: histogram_intersection(fake, true) for name, fake in colours.items()})
    everything = torch.cat([train, real])
    figures["against train and test"] = {"pictures": len(everything), **set_figures(judge, everything, features)}
    if 0 < first < len(real):
        figures[f"first {first}"] = {
            **set_figures(judge, real[:first], {name: f[:first] for name, f in features.items()} | {FLOOR: floor[:first]}),
            **by_figure({name: {title: mean(v[:first]) for title, v in row.items()} for name, row in values.items()}),
        }
    return figures


def label_consistency(segmenter: Segmenter, test: Comparison, rows: dict[str, list[Image.Image]]) -> Table:
    """How much of the label maps a segmenter reads out of every row's pictures; what it reads out of the photos is the most to expect."""
    labels = [np.array(one) for one in test.inputs]
    found = {}
    for name, pictures in ({REAL: test.real} | rows).items():
        parts = zip(tqdm(pictures, desc=f"segmenter: {name}", leave=False), labels, strict=True)
        confusions = np.stack([segmenter.confusion(picture, ids) for picture, ids in parts])
        found[name] = {"pixel accuracy": of_sum(confusions, pixel_accuracy), "mean IoU": of_sum(confusions, mean_iou)}
    return by_figure(found)


def pen_width_figures(painters: dict[str, Translator], drawings: list[Image.Image], judge: Judge, real: Tensor) -> dict:
    """How KID holds up where the same drawings are gone over with other pens."""
    pens = {str(width): [at_pen_width(drawing, width) for drawing in drawings] for width in PEN_WIDTHS}
    return {
        title: {width: judge.kid(real, described(judge, translations(painter, drawn), f"pen {width}")) for width, drawn in pens.items()}
        for title, painter in painters.items()
    }


def cycle_error(there: Translator, back: Translator, photos: list[Image.Image]) -> Figure:
    """Mean |F(G(x)) - x| in grey levels of 255."""
    errors = []
    for photo in tqdm(photos, desc="cycle", leave=False):
        x = to_tensor(photo)
        errors.append(float((back.restyle(there.restyle(x)) - x).abs().mean()) * 127.5)
    return mean(np.array(errors))


def checkpoints(run: Path, translator: Translator, direction: list[str] | None, data: Path) -> dict[str, Translator]:
    """The translator with the averages of a run's best and last checkpoint, each named by its step; the best only where the run kept it.
    Where an encoder was trained beside, its styles are that checkpoint's own: generator and encoder learn one language together.

    Raises:
        BadData: there is no last.pt, a file is damaged, or it holds another network.
    """
    key = "average" if direction is None else f"average_{'G' if direction[0] == 'A' else 'F'}"
    found = {}
    for name in ("best", "last"):
        path = run / f"{name}.pt"
        if name == "best" and not path.exists():
            continue
        try:
            kept = torch.load(path, map_location="cpu", weights_only=True)
            resize = kept.get("settings", {}).get("resize") or None  # a U-Net's is exported as transposed convolutions
            module = type(translator.module)(**arguments_of(translator) | {"resize": resize})
            module.load_state_dict(kept[key])
            step, encoder = kept["step"], encoder_of(kept) if "average_E" in kept else None
        except FileNotFoundError:
            raise BadData(f"{path}: there is no such file; --run takes the folder of a training run.") from None
        except Exception as error:  # torch raises many kinds for a damaged file
            raise BadData(f"{path}: not a checkpoint of {translator.card.name}'s network ({type(error).__name__}).") from error
        config = translator.config
        if encoder:
            styles = training_styles(encoder, pix2pixhd.Settings(**kept["settings"]), data)
            config = config | {"translator": config["translator"] | styles}
        found[f"{name} checkpoint, step {step:,}"] = replace(translator, module=module.eval().requires_grad_(False), config=config)
    return found


def arguments_of(translator: Translator) -> dict:
    return {key: value for key, value in translator.config.items() if key not in ("architecture", "translator")}


def evaluate(
    card: Card,
    weights: Path,
    data: Path,
    judge: Judge,
    run: Path | None = None,
    l1_only: Path | None = None,
    pen_widths: bool = True,
    segmenter: Path | None = None,
) -> dict:
    """All figures of a folder of weights on a data set's test folder, ready for figures.json.

    Raises:
        BadData, TranslationError: what is missing or damaged, in one sentence.
    """
    facts, translator = engine.read_facts(weights / "run.json"), translator_in(weights, card)
    if segmenter and card.palette != SEGMENTED:
        raise BadData(f"--segmenter reads streets ({SEGMENTED} classes); {card.name} takes a {card.takes} of other classes.")
    settings, direction, reader = facts.get("settings", {}), facts.get("direction"), read_segmenter(segmenter) if segmenter else None
    if direction:
        test = unpaired(data, direction)
    elif (data / split_of(data) / "label").is_dir() and card.takes == "label map":
        test = label_folders(translator, data)
    else:
        test = pairs(translator, data, settings)
    painters = {"translated": translator} | (checkpoints(run, translator, direction, data) if run else {})
    if l1_only:
        painters["L1 only, same width and steps"] = translator_in(l1_only, card)
    rows = {name: translations(painter, test.inputs) for name, painter in painters.items()}
    consistency = label_consistency(reader, test, rows) if reader else {}
    rows[test.plain_name] = test.plain
    figures = consistency | measured(judge, test, rows, FIRST if card.takes == "label map" else 0)
    if card.takes == "photo" and test.paired:
        near = {name: mean(np.array(list(map(share_near, pictures, test.real)))) for name, pictures in rows.items()}
        figures[NEAR_TITLE] = near
    if card.takes == "drawing" and pen_widths:
        titles = {"KID x 1000 by pen width": translator}
        if l1_only:
            titles["KID x 1000 by pen width, L1 only"] = painters["L1 only, same width and steps"]
        figures |= pen_width_figures(titles, test.inputs, judge, described(judge, test.real, "test"))
    if settings.get("hints"):
        figures[hint_figures.TITLE] = hint_figures.hint_error(translator, hint_figures.hinted(data, settings))
    if direction and card.inverse and (weights.parent / card.inverse).is_dir():
        back = translator_in(weights.parent / card.inverse, CARDS[card.inverse])
        figures["cycle error, L1 of 255"] = cycle_error(translator, back, test.inputs)
    figures["protocol"] = test.protocol + ("; colours by seed, from the training set" if card.takes == "drawing" else "")
    if run and not (run / "best.pt").exists():
        figures["protocol"] += f"; {run.name} kept no best checkpoint"
    return figures | {"interval": INTERVAL, "features": judge.name}


def main(
    weights: Annotated[Path, typer.Argument(help="Folder of the translator, for example weights/shoes.")],
    data: Annotated[Path, typer.Option(help="Folder of the data set; its test split is measured.")],
    features: Annotated[str, typer.Option(help="inception or squeezenet.")] = "inception",
    feature_weights: Annotated[Path | None, typer.Option(help="With squeezenet: file with its weights.")] = None,
    lpips: Annotated[str, typer.Option(help="With inception: what LPIPS looks through, alex or vgg.")] = "alex",
    run: Annotated[Path | None, typer.Option(help="Folder of the run: its best and last checkpoint are measured beside.")] = None,
    l1_only: Annotated[Path | None, typer.Option(help="Folder of an equal network trained on L1 alone, to stand beside.")] = None,
    segmenter: Annotated[Path | None, typer.Option(help="Streets: folder of a run of python -m train.segmenter.")] = None,
    pen_widths: Annotated[bool, typer.Option(help="Drawings: measure how the pictures hold up from pen width 1 to 8.")] = True,
):
    """Measures a translator on the test folder, prints the figures and writes them to figures.json in its folder."""
    for value, allowed, hint in ((features, ("inception", "squeezenet"), "--features"), (lpips, LPIPS, "--lpips")):
        if value not in allowed:
            raise typer.BadParameter(f"must be {' or '.join(allowed)}.", param_hint=hint)
    if features == "squeezenet" and feature_weights is None:
        raise typer.BadParameter("name the weights of squeezenet.", param_hint="--feature-weights")
    refuse_unknown(weights)
    try:
        judge = judge_for(features, feature_weights, lpips)
        figures = evaluate(CARDS[weights.name], weights, data, judge, run, l1_only, pen_widths, segmenter)
    except (BadData, TranslationError) as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from error
    figures["command"] = engine.command()
    text = json.dumps(figures, indent=2, ensure_ascii=False) + "\n"
    (weights / "figures.json").write_text(text, "utf-8")
    typer.echo(text)


if __name__ == "__main__":
    typer.run(main)
