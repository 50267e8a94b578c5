"""Five visitors play the 2-D game while somebody draws: `python -m benchmarks.game [--visitors 5]`.

Pen-up to picture in headless Chromium, as in benchmarks.latency, on one fresh server: first alone, then while the visitors play, each
through the page's own questions at the page's own pace. They are clients without a screen, because theirs are other machines'. The last
line is JSON; `ratio` is what must stay under 2.
"""

import json
import random
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import httpx
import typer
from playwright.sync_api import Page

from benchmarks.latency import WATCH, draw_strokes
from benchmarks.page import ROOT, opened, server
from translators import CARDS

PACE = 0.22  # seconds between an answer and the next question, as in studio/learn/game.js
RULES = {"loss": "non_saturating", "d_steps": 1, "conditional": False}


class Visitor:
    """One session that plays until `stop`; `steps` is how far its game has come."""

    def __init__(self, address: str):
        self.address, self.session, self.steps, self.serial = address, uuid4().hex, 0, 0
        self.over = threading.Event()
        self.client = httpx.Client(timeout=60)
        config = self.client.get(f"{address}config").json()
        part = next(each["id"] for each in config["components"] if each["props"].get("elem_id") == "game")
        self.event = next(each["id"] for each in config["dependencies"] if [part, "input"] in each["targets"])
        self.thread = threading.Thread(target=self.play, daemon=True)
        self.thread.start()

    def ask(self, act: str, **more) -> None:
        self.serial += 1
        question = {"serial": self.serial, "act": act, "label": 0, "rules": RULES, **more}
        body = {"data": [question, None], "fn_index": self.event, "session_hash": self.session}
        self.client.post(f"{self.address}gradio_api/queue/join", json=body).raise_for_status()
        with self.client.stream("GET", f"{self.address}gradio_api/queue/data", params={"session_hash": self.session}) as events:
            for line in events.iter_lines():
                if line.startswith("data:") and (told := json.loads(line[5:])).get("msg") == "process_completed":
                    self.steps = told["output"]["data"][0]["answer"]["step"]

    def play(self) -> None:
        points = [[random.uniform(-1, 1), random.uniform(-1, 1), 0] for _ in range(600)]
        self.ask("start", points=points, seed=1)
        while not self.over.wait(PACE):
            self.ask("play")

    def stop(self) -> None:
        self.over.set()
        self.thread.join(60)


def waits(page: Page, strokes: list) -> list[float]:
    """Milliseconds from pen-up to picture of every stroke."""
    page.evaluate("() => { window.waits.length = 0; }")
    draw_strokes(page, strokes)
    return page.evaluate("() => window.waits")


def main(
    visitors: Annotated[int, typer.Option(help="How many play.")] = 5,
    strokes: Annotated[int, typer.Option(help="Strokes drawn alone, and again in company.")] = 30,
    translator: Annotated[str, typer.Option(help="Name of a translator that takes drawings.")] = "shoes",
):
    """Prints the figures."""
    drawings = json.loads((ROOT / "benchmarks" / "drawings" / f"{translator}.json").read_text())
    drawn = [stroke for drawing in drawings for stroke in drawing["strokes"]][: strokes + 2]
    with (
        tempfile.TemporaryDirectory() as folder,
        server(Path(folder) / "log") as (address, _),
        opened(address, "canvas", "picture") as page,
    ):
        page.get_by_role("radio", name=CARDS[translator].title).click()
        page.evaluate(WATCH)
        draw_strokes(page, drawn[:2])  # the first strokes load the network
        alone = statistics.median(waits(page, drawn[2:]))
        players = [Visitor(address) for _ in range(visitors)]
        start = time.monotonic()
        company = statistics.median(waits(page, drawn[2:]))
        seconds = time.monotonic() - start
        for player in players:
            player.stop()
    rates = [player.steps / seconds for player in players]
    typer.echo(f"pen-up to picture over {len(drawn) - 2} strokes: alone {alone:.1f} ms, with {visitors} players {company:.1f} ms")
    typer.echo(f"a game's rounds a second: {min(rates):.1f} to {max(rates):.1f}")
    figures = {"visitors": visitors, "alone_ms": round(alone, 1), "company_ms": round(company, 1), "ratio": round(company / alone, 2)}
    typer.echo(json.dumps(figures))


if __name__ == "__main__":
    typer.run(main)
