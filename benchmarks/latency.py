"""How long a drawing waits for its picture: `python -m benchmarks.latency [--translator shoes]`.

First, in turns on one drawing: `translate` against the plain network (float32, eager, as it is read from disk), and the PSNR between
the two pictures. Then, in headless Chromium on a fresh server: the time from the pen's lifting to the frame that shows its picture, over
30 strokes. The last line is JSON.
"""

import json
import tempfile
from pathlib import Path
from typing import Annotated

import torch
import typer
from PIL import Image
from playwright.sync_api import Page

from benchmarks.page import ROOT, opened, server
from benchmarks.turns import against_plain, likeness, summary
from translators import CARDS, load
from translators.images import to_image
from translators.weights import find, read

CANVAS = 512

WATCH = """() => {
  const canvas = document.querySelector('#canvas [data-ready]');
  const picture = document.querySelector('#picture [data-ready]');
  window.waits = [];
  addEventListener('pointerup', () => {
    const lifted = performance.now();
    const look = () => {  // the picture's serial is set in the frame that shows it
      const shown = +picture.dataset.serial >= +canvas.dataset.sent && !canvas.hasAttribute('data-waiting');
      if (shown) window.waits.push(performance.now() - lifted);
      else requestAnimationFrame(look);
    };
    setTimeout(() => requestAnimationFrame(look));  // after the canvas has heard of the lift
  }, true);
}"""


def by_itself(name: str, drawing: Image.Image, rounds: int) -> dict[str, float]:
    """`translate` against the plain network."""
    shipped = load(name)
    plain, config = read(find(CARDS[name]))
    colour = torch.tensor([config["translator"]["colours"][1]]) / 127.5 - 1  # what seed 1 picks

    @torch.inference_mode()
    def paint_plainly() -> Image.Image:
        return to_image(plain(shipped.given(drawing), colour, seed=1))

    return against_plain(lambda: shipped.translate(drawing, seed=1), paint_plainly, rounds)


def draw_strokes(page: Page, strokes: list[list[list[float]]]) -> None:
    """Draws strokes (points on the 512 canvas) with the mouse, and waits after each until its picture is there."""
    box = page.locator("#canvas canvas").first.bounding_box()
    scale = box["width"] / CANVAS
    for stroke in strokes:
        page.mouse.move(box["x"] + stroke[0][0] * scale, box["y"] + stroke[0][1] * scale)
        page.mouse.down()
        for x, y in stroke[1:]:
            page.mouse.move(box["x"] + x * scale, box["y"] + y * scale)
        done = page.evaluate("() => window.waits.length")
        page.mouse.up()
        page.wait_for_function(f"() => window.waits.length > {done}", timeout=30_000)
        page.wait_for_timeout(150)


def in_the_browser(name: str, strokes: list[list[list[float]]]) -> list[float]:
    """Milliseconds from pen-up to the frame with the picture, one for each stroke."""
    with (
        tempfile.TemporaryDirectory() as folder,
        server(Path(folder) / "log") as (address, _),
        opened(address, "canvas", "picture") as page,
    ):
        page.get_by_role("radio", name=CARDS[name].title).click()
        page.evaluate(WATCH)
        draw_strokes(page, strokes[:2])  # the first strokes load the network
        page.evaluate("() => { window.waits.length = 0; }")
        draw_strokes(page, strokes[2:])
        return page.evaluate("() => window.waits")


def main(
    translator: Annotated[str, typer.Option(help="Name of a translator that takes drawings.")] = "shoes",
    strokes: Annotated[int, typer.Option(help="Strokes drawn in the browser.")] = 30,
    rounds: Annotated[int, typer.Option(help="Pictures timed for the ratio.")] = 40,
):
    """Measures a drawing translator, by itself and in the browser."""
    drawings = json.loads((ROOT / "benchmarks" / "drawings" / f"{translator}.json").read_text())
    sample = Image.open(sorted((CARDS[translator].weights / "samples").glob("*.png"))[0]).convert("L")
    drawing = sample.resize((CARDS[translator].size,) * 2, Image.Resampling.BOX)
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}")
    plain = by_itself(translator, drawing, rounds)
    print(f"translate {plain['translate']} ms, plain float32 eager {plain['plain']} ms")
    print(f"ratio {plain['ratio']}, {likeness(plain)}")
    waits = in_the_browser(translator, [stroke for drawing in drawings for stroke in drawing["strokes"]][: strokes + 2])
    pen_up = summary(waits)
    print(f"pen-up to picture over {len(waits)} strokes: median {pen_up['median']} ms, p90 {pen_up['p90']} ms")
    print(json.dumps({"translator": translator, "ratio": plain["ratio"], "psnr": plain["psnr"], "pen_up_ms": pen_up}))


if __name__ == "__main__":
    typer.run(main)
