"""How long a drawing waits for its picture: `python -m benchmarks.latency [--translator shoes]`.

First, in turns on one drawing: `translate` against the plain network (float32, eager, as it is read from disk), and the PSNR between
the two pictures. Then, in headless Chromium on a fresh server: the time from the pen's lifting to the frame that shows its picture, over
30 strokes. The last line is JSON.
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from translators import CARDS, load
from translators.images import to_image, to_tensor
from translators.weights import find, read

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]
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


def psnr(a: Image.Image, b: Image.Image) -> float:
    """Peak signal-to-noise ratio in dB of two RGB pictures of one size."""
    error = np.square(np.asarray(a, np.float64) - np.asarray(b, np.float64)).mean()
    return float(10 * np.log10(255**2 / error)) if error else float("inf")


def milliseconds(work) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def against_plain(name: str, drawing: Image.Image, rounds: int) -> dict[str, float]:
    """Medians in ms of `translate` and of the plain network, taken in turns; their ratio and PSNR."""
    shipped = load(name)
    plain, config = read(find(CARDS[name]))
    colour = torch.tensor([config["translator"]["colours"][1]]) / 127.5 - 1  # what seed 1 picks

    @torch.inference_mode()
    def paint_plainly() -> Image.Image:
        return to_image(plain(to_tensor(drawing), colour, seed=1))

    painters = {"translate": lambda: shipped.translate(drawing, seed=1), "plain": paint_plainly}
    for painter in painters.values():
        for _ in range(5):
            painter()
    times = {key: [] for key in painters}
    for _ in range(rounds):
        for key, painter in painters.items():
            times[key].append(milliseconds(painter))
    medians = {key: statistics.median(values) for key, values in times.items()}
    pictures = [painter() for painter in painters.values()]
    return {**medians, "ratio": medians["plain"] / medians["translate"], "psnr": psnr(*pictures)}


@contextmanager
def server():
    """The address of a fresh `python app.py`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env={**os.environ, "GRADIO_SERVER_PORT": str(port)}, stdout=subprocess.DEVNULL
    )
    address, end = f"http://127.0.0.1:{port}/", time.monotonic() + 120
    try:
        while True:
            try:
                urllib.request.urlopen(address, timeout=5).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > end:
                    raise
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(20)


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
    with server() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(address)
        page.wait_for_selector("#canvas [data-ready]")
        page.wait_for_selector("#picture [data-ready]")
        page.get_by_role("radio", name=CARDS[name].title).click()
        page.evaluate(WATCH)
        draw_strokes(page, strokes[:2])  # the first strokes load the network
        page.evaluate("() => { window.waits.length = 0; }")
        draw_strokes(page, strokes[2:])
        waits = page.evaluate("() => window.waits")
        browser.close()
    return waits


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
    plain = against_plain(translator, drawing, rounds)
    print(f"translate {plain['translate']:.1f} ms, plain float32 eager {plain['plain']:.1f} ms")
    print(f"ratio {plain['ratio']:.2f}, PSNR {plain['psnr']:.1f} dB")
    waits = in_the_browser(translator, [stroke for drawing in drawings for stroke in drawing["strokes"]][: strokes + 2])
    pen_up = {"median": round(statistics.median(waits), 1), "p90": round(statistics.quantiles(waits, n=10)[8], 1)}
    print(f"pen-up to picture over {len(waits)} strokes: median {pen_up['median']} ms, p90 {pen_up['p90']} ms")
    print(json.dumps({"translator": translator, "ratio": round(plain["ratio"], 2), "psnr": round(plain["psnr"], 1), "pen_up_ms": pen_up}))


if __name__ == "__main__":
    typer.run(main)
