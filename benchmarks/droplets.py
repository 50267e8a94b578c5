"""How much of CycleGAN's energy lies in spots: `python -m benchmarks.droplets ../shared/data/horse2zebra/testA weights/horse2zebra …`.

Of every folder of weights, over the first photos by name at 256×256: the share of the energy behind the norms that `train.droplets` has a
price for, in the residual blocks, in the doublings and at most in one layer, and the largest spot, in standard deviations of all its
channels together.
"""

from pathlib import Path
from typing import Annotated

import torch
import typer
from PIL import Image

from train.data import pictures_in
from train.droplets import droplets
from translators.images import open_picture, to_tensor
from translators.weights import read

SIDE = 256


def squares(photos: Path, count: int) -> torch.Tensor:
    """The folder's first pictures by name (N, 3, 256, 256), in [-1, 1]."""
    opened = (open_picture(path) for path in pictures_in(photos)[:count])
    return torch.cat([to_tensor(picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS)) for picture in opened])


def main(
    photos: Annotated[Path, typer.Argument(help="Folder of photos, or of paintings for what takes these.")],
    weights: Annotated[list[Path], typer.Argument(help="Folders of weights of CycleGANs.")],
    count: Annotated[int, typer.Option(help="How many photos.")] = 8,
):
    """Prints a line for every folder of weights."""
    x = squares(photos, count)
    for folder in weights:
        network, _ = read(folder)
        with torch.no_grad():
            normed = network.normed(x)
        shares = torch.stack([droplets([h]) for h in normed])
        blocks, ups = (part.mean() for part in shares.split([2 * len(network.blocks), len(network.ups)]))
        largest = max(h.square().mean(1).max() for h in normed) ** 0.5
        most = shares.max()
        said = f"share {blocks:.2f} in the blocks, {ups:.2f} in the doublings, {most:.2f} at most; largest spot {largest:.0f} deviations"
        typer.echo(f"{folder.name}: {said}")


if __name__ == "__main__":
    typer.run(main)
