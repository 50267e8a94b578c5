"""Figures on a test folder, through torchmetrics: kernel inception distance (Bińkowski 2018) of what a translator paints.

Inception features are the default and the field's own. Where they cannot be downloaded, `--features squeezenet` takes SqueezeNet 1.1 from
a file; such a figure compares only with others on the same features, so every figure carries their name.
"""

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from PIL import Image
from torch import Tensor, nn
from torchmetrics.image.kid import KernelInceptionDistance
from tqdm import tqdm

from train.data import PairedFolder, open_paired, pictures_in, read
from train.drawings import drafts_of_drawing, pen
from train.features import SqueezeNetTaps
from translators.cards import CARDS, Card
from translators.images import to_tensor
from translators.loading import translator_in
from translators.translator import Translator

PEN_WIDTHS = (1, 2, 3, 4, 5, 6, 8)
SUBSET = 100


class SqueezeNetFeatures(nn.Module):
    """SqueezeNet 1.1's last features, averaged over positions: RGB uint8 (N, 3, H, W) → (N, 512).

    `scale` is set by `fit` so that the real set's features have unit mean square; the cubic kernel of KID depends on it.
    """

    name = "SqueezeNet-1.1, last features averaged over positions, unit mean square on the real set"

    def __init__(self, weights: Path):
        super().__init__()
        self.last = SqueezeNetTaps(weights, taps=(12,))
        self.register_buffer("scale", torch.tensor(1.0))

    @torch.no_grad()
    def forward(self, pictures: Tensor) -> Tensor:
        return self.last(pictures / 127.5 - 1)[0].mean((2, 3)) * self.scale

    def fit(self, pictures: Tensor) -> None:
        self.scale.fill_(1)
        self.scale.fill_(self(pictures).square().mean().rsqrt())


def stack(pictures: Iterable[Image.Image]) -> Tensor:
    """RGB pictures of one size as uint8 (N, 3, H, W)."""
    return torch.stack([torch.from_numpy(np.array(picture.convert("RGB"))).permute(2, 0, 1) for picture in pictures])


def kid(
    feature: nn.Module | int, real: Tensor, fake: Tensor, subsets: int = 100, subset_size: int = SUBSET, seed: int = 0
) -> tuple[float, float]:
    """KID × 1000 of uint8 pictures (N, 3, H, W): mean and standard deviation over `subsets` random subsets."""
    torch.manual_seed(seed)
    metric = KernelInceptionDistance(feature=feature, subsets=subsets, subset_size=min(subset_size, len(real), len(fake)))
    for pictures, is_real in ((real, True), (fake, False)):
        for batch in pictures.split(32):
            metric.update(batch, real=is_real)
    mean, deviation = metric.compute()
    return round(1000 * float(mean), 2), round(1000 * float(deviation), 2)


def translations(translator: Translator, pictures: list[Image.Image]) -> Tensor:
    """What a translator makes of every picture; the i-th with seed i where there is a seed, so that its colours are a sample too."""
    seeded = translator.control("seed") is not None
    bar = tqdm(pictures, desc=translator.card.name, leave=False)
    return stack(translator.translate(picture, **({"seed": i} if seeded else {})) for i, picture in enumerate(bar))


def drawings_of(folder: PairedFolder) -> list[Image.Image]:
    return [folder.pair(i)[0] for i in range(len(folder))]


def at_pen_width(drawing: Image.Image, width: float) -> Image.Image:
    """A clean drawing gone over with a pen of `width` pixels."""
    ink = pen(drafts_of_drawing(drawing).full, width)
    return Image.fromarray((255 * (1 - ink)).round().astype(np.uint8)).convert("RGB")


def sample(paths_or_pairs: list, count: int) -> list:
    """As many of a training set as there are test pictures, always the same ones."""
    return [paths_or_pairs[int(i)] for i in np.random.default_rng(0).permutation(len(paths_or_pairs))[:count]]


def drawing_figures(card: Card, weights: Path, data: Path, measure: Callable, l1_only: Path | None, pen_widths: bool, flip: bool) -> dict:
    """KID of the paintings, of the drawings themselves, of a network trained on L1 alone and, for the floor, of training pictures."""
    test, train = open_paired(data, "test", flip=flip), open_paired(data, "train", flip=flip)
    drawings, real = drawings_of(test), stack(test.pair(i)[1] for i in range(len(test)))
    kid_to_real = measure(real)
    translator = translator_in(weights, card)
    rows = {"translated": translations(translator, drawings), "drawings themselves": stack(drawings)}
    if l1_only:
        rows["L1 only, same width and steps"] = translations(translator_in(l1_only, card), drawings)
    rows["training pictures (the floor)"] = stack(train.pair(i)[1] for i in sample(list(range(len(train))), len(real)))
    figures = {"KID x 1000": {name: kid_to_real(pictures) for name, pictures in rows.items()}, "pictures": len(real)}
    figures["protocol"] = "test folder, 256 px; colours by seed, from the training set; mean and deviation over 100 subsets of 100"
    if pen_widths:
        pens = {str(width): [at_pen_width(drawing, width) for drawing in drawings] for width in PEN_WIDTHS}
        painters = {"KID x 1000 by pen width": weights} | ({"KID x 1000 by pen width, L1 only": l1_only} if l1_only else {})
        for name, folder in painters.items():
            painter = translator_in(folder, card)
            figures[name] = {width: kid_to_real(translations(painter, drawn)) for width, drawn in pens.items()}
    return figures


def photo_figures(card: Card, weights: Path, data: Path, measure: Callable) -> dict:
    """KID to the other domain's test photos of the translations, of the photos untouched and, for the floor, of the other domain's
    training pictures; and the cycle error, where the inverse lies beside.
    """
    source, target = json.loads((weights / "run.json").read_text("utf-8"))["direction"]  # "A" and "B"
    photos = [read(path) for path in pictures_in(data / f"test{source}")]
    real = stack(read(path) for path in pictures_in(data / f"test{target}"))
    kid_to_real = measure(real)
    translated = translations(translator_in(weights, card), photos)
    rows = {
        "translated": translated,
        "photos untouched": stack(photos),
        "training pictures (the floor)": stack(read(path) for path in sample(pictures_in(data / f"train{target}"), len(real))),
    }
    figures = {"KID x 1000": {name: kid_to_real(pictures) for name, pictures in rows.items()}, "pictures": len(photos)}
    subset = min(SUBSET, len(real), len(photos))
    figures["protocol"] = (
        f"test{source} to test{target}, {len(photos)} and {len(real)} pictures of 256 px; mean and deviation over 100 subsets of {subset}"
    )
    inverse = weights.parent / card.inverse
    if inverse.is_dir():
        there, back = translator_in(weights, card), translator_in(inverse, CARDS[card.inverse])
        errors = []
        for photo in tqdm(photos, desc="cycle", leave=False):
            x = to_tensor(photo)
            errors.append(float((back.restyle(there.restyle(x)) - x).abs().mean()) * 127.5)
        figures["cycle error, L1 of 255"] = round(float(np.mean(errors)), 2)
    return figures


def main(
    weights: Annotated[Path, typer.Argument(help="Folder of the translator, for example weights/shoes.")],
    data: Annotated[Path, typer.Option(help="Folder of the data set; its test split is measured.")],
    features: Annotated[str, typer.Option(help="inception or squeezenet.")] = "inception",
    feature_weights: Annotated[Path | None, typer.Option(help="With squeezenet: file with its weights.")] = None,
    l1_only: Annotated[Path | None, typer.Option(help="Drawings: folder of an equal network trained on L1 alone.")] = None,
    pen_widths: Annotated[bool, typer.Option(help="Drawings: measure how the pictures hold up from pen width 1 to 8.")] = True,
    flip: Annotated[bool, typer.Option("--flip", help="Side-by-side pictures: the right half is the input.")] = False,
):
    """Measures a translator on the test folder, prints the figures and writes them to figures.json in its folder."""
    if features == "squeezenet" and feature_weights is None:
        raise typer.BadParameter("name the weights of squeezenet.", param_hint="--feature-weights")
    feature: nn.Module | int = SqueezeNetFeatures(feature_weights) if features == "squeezenet" else 2048

    def measure(real: Tensor) -> Callable[[Tensor], tuple[float, float]]:
        """KID to these pictures; SqueezeNet's features are scaled to them."""
        if isinstance(feature, SqueezeNetFeatures):
            feature.fit(real)
        return lambda fake: kid(feature, real, fake)

    card = CARDS[weights.name]
    if card.takes == "photo":
        figures = photo_figures(card, weights, data, measure)
    else:
        figures = drawing_figures(card, weights, data, measure, l1_only, pen_widths, flip)
    figures["features"] = feature.name if isinstance(feature, nn.Module) else "Inception v3, 2048"
    figures["command"] = "python -m " + " ".join(["train.evaluate", *sys.argv[1:]])
    (weights / "figures.json").write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
    typer.echo(json.dumps(figures, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    typer.run(main)
