"""How long a scene waits for its picture: `python -m benchmarks.labels [--translator street]`.

First, in turns on one test label map, for the preview and for the full picture: `translate` against the plain translator (float32, eager,
as it is read from disk), and the PSNR between the two pictures. Then, in headless Chromium on a fresh server: the time from a movement of
the brush to the frame with its preview, and from the brush's lifting to the frame with the full picture. The last line is JSON.
"""

import json
import tempfile
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from PIL import Image

from benchmarks.page import opened, server
from benchmarks.turns import against_plain, likeness, summary
from studio.classes import samples_of
from studio.labels import halved
from studio.scene import Scene, fitted
from translators import CARDS, load
from translators.labels import instances
from translators.loading import translator_in
from translators.weights import find

PATIENCE = 60_000  # milliseconds

WATCH = """() => {
  const picture = document.querySelector('#labels-picture [data-ready]');
  window.waits = { true: [], false: [] };  // previews, and full pictures
  new MutationObserver(() => window.waits[picture.dataset.preview].push(+picture.dataset.roundTrip))
    .observe(picture, { attributeFilter: ['data-serial'] });
}"""
SETTLED = """() => {
  const [scene, picture] = ['#scene', '#labels-picture'].map(part => document.querySelector(`${part} [data-ready]`).dataset);
  return scene.sent && scene.sent === picture.serial && picture.preview === 'false' && !('waiting' in scene);
}"""


def by_itself(name: str, rounds: int) -> dict[str, dict[str, float]]:
    """Preview and full picture of the first sample, shipped against plain."""
    shipped, plain = load(name), translator_in(find(CARDS[name]), CARDS[name])
    ids = fitted(Image.open(samples_of(CARDS[name])[0]), shipped.size, shipped.palette)
    whole = Scene(ids, instances(ids))
    figures = {}
    for quality, scene in (("preview", halved(whole, shipped)), ("full", whole)):
        painters = [
            lambda painter=painter, scene=scene: painter.translate(Image.fromarray(scene.ids), objects=scene.objects)
            for painter in (shipped, plain)
        ]
        figures[quality] = against_plain(*painters, rounds)
    return figures


def in_the_browser(name: str, strokes: int) -> dict[str, list[float]]:
    """Milliseconds from what was painted to the frame with its picture: "preview", one or more a stroke, and "full", one a stroke."""
    with tempfile.TemporaryDirectory() as folder, server(Path(folder) / "log") as (address, _), opened(address, "picker") as page:
        page.get_by_role("tab").nth(2).click()
        page.wait_for_selector("#scene [data-ready]")
        page.locator(f"#labels-picker [data-name={name}]").click()
        page.wait_for_function(SETTLED, timeout=PATIENCE)
        page.evaluate(WATCH)
        box = page.locator("#scene canvas").first.bounding_box()
        heights = np.linspace(0.2, 0.9, strokes + 2)
        for number, height in enumerate(heights):
            page.locator("#scene .classes button").nth(number % 4).click()
            page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * height)
            page.mouse.down()
            for share in np.linspace(0.2, 0.8, 16):
                page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] * height)
                page.wait_for_timeout(25)
            page.mouse.up()
            page.wait_for_function(SETTLED, timeout=PATIENCE)
            if number == 1:  # the first strokes warm everything up
                page.evaluate("() => { window.waits = { true: [], false: [] }; }")
        waits = page.evaluate("() => window.waits")
    return {"preview": waits["true"], "full": waits["false"]}


def main(
    translator: Annotated[str, typer.Option(help="Name of a translator that takes label maps.")] = "street",
    strokes: Annotated[int, typer.Option(help="Strokes painted in the browser.")] = 20,
    rounds: Annotated[int, typer.Option(help="Pictures timed for the ratio.")] = 20,
):
    """Measures a label translator, by itself and in the browser."""
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}")
    figures: dict = {"translator": translator, **by_itself(translator, rounds)}
    for quality in ("preview", "full"):
        facts = figures[quality]
        print(
            f"{quality}: translate {facts['translate']} ms, plain float32 eager {facts['plain']} ms, "
            f"ratio {facts['ratio']}, {likeness(facts)}"
        )
    for quality, waits in in_the_browser(translator, strokes).items():
        figures[quality]["in_the_browser_ms"] = told = summary(waits)
        print(f"{quality} in the browser, {len(waits)} times: median {told['median']} ms, p90 {told['p90']} ms")
    print(json.dumps(figures))


if __name__ == "__main__":
    typer.run(main)
