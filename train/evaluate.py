"""Figures on a test folder, through torchmetrics: kernel inception distance (Bińkowski 2018) of what a translator paints.

Inception features are the default and the field's own. Where they cannot be downloaded, `--features squeezenet` takes SqueezeNet 1.1 from
a file; such a figure compares only with others on the same features, so every figure carries their name.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from PIL import Image
from torch import Tensor, nn
from torchmetrics.image.kid import KernelInceptionDistance
from tqdm import tqdm

from train.data import PairedFolder, open_paired
from train.drawings import drafts_of_drawing, pen
from train.features import SqueezeNetTaps
from translators.cards import CARDS
from translators.loading import translator_in
from translators.translator import Translator

PEN_WIDTHS = (1, 2, 3, 4, 5, 6, 8)


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
    feature: nn.Module | int, real: Tensor, fake: Tensor, subsets: int = 100, subset_size: int = 100, seed: int = 0
) -> tuple[float, float]:
    """KID × 1000 of uint8 pictures (N, 3, H, W): mean and standard deviation over `subsets` random subsets."""
    torch.manual_seed(seed)
    metric = KernelInceptionDistance(feature=feature, subsets=subsets, subset_size=min(subset_size, len(real), len(fake)))
    for pictures, is_real in ((real, True), (fake, False)):
        for batch in pictures.split(32):
            metric.update(batch, real=is_real)
    mean, deviation = metric.compute()
    return round(1000 * float(mean), 2), round(1000 * float(deviation), 2)


def translations(translator: Translator, drawings: list[Image.Image]) -> Tensor:
    """What a translator paints of every drawing; the i-th with seed i, so that its colours are a sample too."""
    painted = (translator.translate(drawing, seed=i) for i, drawing in enumerate(tqdm(drawings, desc=translator.card.name, leave=False)))
    return stack(painted)


def drawings_of(folder: PairedFolder) -> list[Image.Image]:
    return [folder.pair(i)[0] for i in range(len(folder))]


def at_pen_width(drawing: Image.Image, width: float) -> Image.Image:
    """A clean drawing gone over with a pen of `width` pixels."""
    ink = pen(drafts_of_drawing(drawing).full, width)
    return Image.fromarray((255 * (1 - ink)).round().astype(np.uint8)).convert("RGB")


def main(
    weights: Annotated[Path, typer.Argument(help="Folder of the translator, for example weights/shoes.")],
    data: Annotated[Path, typer.Option(help="Folder of the data set; its test split is measured.")],
    features: Annotated[str, typer.Option(help="inception or squeezenet.")] = "inception",
    feature_weights: Annotated[Path | None, typer.Option(help="With squeezenet: file with its weights.")] = None,
    l1_only: Annotated[Path | None, typer.Option(help="Folder of a network of equal width and steps, trained on L1 alone.")] = None,
    pen_widths: Annotated[bool, typer.Option(help="Measure how the pictures hold up from pen width 1 to 8.")] = True,
    flip: Annotated[bool, typer.Option("--flip", help="Side-by-side pictures: the right half is the input.")] = False,
):
    """Measures a translator on the test folder, prints the figures and writes them to figures.json in its folder."""
    if features == "squeezenet" and feature_weights is None:
        raise typer.BadParameter("name the weights of squeezenet.", param_hint="--feature-weights")
    card = CARDS[weights.name]
    test = open_paired(data, "test", flip=flip)
    drawings, real = drawings_of(test), stack(test.pair(i)[1] for i in range(len(test)))
    train = open_paired(data, "train", flip=flip)
    other = stack(train.pair(int(i))[1] for i in np.random.default_rng(0).permutation(len(train))[: len(real)])

    feature: nn.Module | int = 2048
    if features == "squeezenet":
        feature = SqueezeNetFeatures(feature_weights)
        feature.fit(real)
    translator = translator_in(weights, card)
    rows = {"translated": translations(translator, drawings), "drawings themselves": stack(drawings)}
    if l1_only:
        rows["L1 only, same width and steps"] = translations(translator_in(l1_only, card), drawings)
    rows["training photos (the floor)"] = other
    figures = {
        "KID x 1000": {name: kid(feature, real, pictures) for name, pictures in rows.items()},
        "features": feature.name if isinstance(feature, nn.Module) else "Inception v3, 2048",
        "pictures": len(real),
        "protocol": "test folder, 256 px; colours by seed, from the training set; mean and deviation over 100 subsets of 100",
        "command": "python -m " + " ".join(["train.evaluate", *sys.argv[1:]]),
    }
    if pen_widths and card.takes == "drawing":
        figures["KID x 1000 by pen width"] = {
            str(width): kid(feature, real, translations(translator, [at_pen_width(drawing, width) for drawing in drawings]))
            for width in PEN_WIDTHS
        }
    (weights / "figures.json").write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
    typer.echo(json.dumps(figures, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    typer.run(main)
