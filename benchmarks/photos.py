"""How long a photo takes: `python -m benchmarks.photos [--translator horse2zebra]`.

In turns on one photo, at "quick" and at "fine": `translate` against the plain network (float32, eager, as it is read from disk), with the
PSNR between the two pictures; then, once, "full" on the photo enlarged, in tiles, and how far its tiles lie from one untiled run that has
moments of its own. The last line is JSON.
"""

import json
from typing import Annotated

import numpy as np
import torch
import typer
from PIL import Image

from benchmarks.turns import against_plain, likeness, milliseconds
from translators import CARDS, load
from translators.images import open_picture, to_image, to_tensor
from translators.loading import translator_in
from translators.weights import find


def enlarged(photo: Image.Image, short_side: int) -> Image.Image:
    scale = short_side / min(photo.size)
    return photo.resize([round(side * scale) for side in photo.size], Image.Resampling.LANCZOS)


def by_itself(name: str, photo: Image.Image, resolution: str, rounds: int) -> dict[str, float]:
    """The shipped translator against the plain one."""
    shipped, plain = load(name), translator_in(find(CARDS[name]), CARDS[name])
    return against_plain(*(lambda painter=painter: painter.translate(photo, resolution=resolution) for painter in (shipped, plain)), rounds)


def tiled(name: str, photo: Image.Image) -> dict[str, float]:
    """Seconds of "full", and the mean difference, of 255, to the same network over the whole photo at once."""
    translator, pictures = load(name), []
    seconds = milliseconds(lambda: pictures.append(translator.translate(photo, resolution="full"))) / 1000
    whole = to_image(translator.restyle(to_tensor(photo)))
    difference = np.abs(np.asarray(pictures[0], float) - np.asarray(whole, float)).mean()
    return {"size": list(photo.size), "seconds": round(seconds, 2), "difference": round(float(difference), 2)}


def main(
    translator: Annotated[str, typer.Option(help="Which translator.")] = "horse2zebra",
    rounds: Annotated[int, typer.Option(help="Turns of each.")] = 15,
):
    """Prints the figures."""
    samples = sorted((CARDS[translator].weights / "samples").glob("*.jpg"))
    photo = open_picture(samples[0])
    typer.echo(f"{torch.get_num_threads()} threads, torch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}")
    figures: dict = {"translator": translator}
    for resolution, side in (("quick", 256), ("fine", 512)):
        figures[resolution] = facts = by_itself(translator, enlarged(photo, side), resolution, rounds)
        typer.echo(f"{resolution}: translate {facts['translate']} ms, plain {facts['plain']} ms, ratio {facts['ratio']}, {likeness(facts)}")
    figures["full"] = facts = tiled(translator, enlarged(photo, 1280))
    typer.echo(f"full: {facts['size'][0]}×{facts['size'][1]} in {facts['seconds']} s, {facts['difference']} of 255 from an untiled run")
    typer.echo(json.dumps(figures))


if __name__ == "__main__":
    typer.run(main)
