"""The sixty shoe drawings, drawn with the mouse in headless Chromium on a fresh server: `python -m benchmarks.hands`.

What the page saved of each becomes `benchmarks/drawings/shoes.json`, one drawing a line. The hand's path depends on the seed and the plan
alone, and every place of it waits until the browser has heard of the one before; so the same command writes the same file again.
"""

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from tqdm import tqdm

from benchmarks.hands.plans import PLANS
from benchmarks.hands.recording import open_pad, record
from benchmarks.page import ROOT, opened, server


def main(
    out: Annotated[Path, typer.Option(help="Where the stroke file goes.")] = ROOT / "benchmarks" / "drawings" / "shoes.json",
    seed: Annotated[int, typer.Option(help="Of the hand.")] = 0,
    only: Annotated[list[str] | None, typer.Option(help="Names of drawings to draw anew; the others stay as the file has them.")] = None,
):
    """Draws all of them and writes the stroke file."""
    if unknown := set(only or ()) - {plan.name for plan in PLANS}:
        raise typer.BadParameter(f"there is no drawing {min(unknown)!r}.", param_hint="--only")
    kept = {drawing["name"]: drawing for drawing in json.loads(out.read_text("utf-8")) if drawing["name"] not in only} if only else {}
    with tempfile.TemporaryDirectory() as folder, server(Path(folder) / "log") as (address, _), opened(address, "canvas") as page:
        open_pad(page)
        drawings = [kept.get(plan.name) or record(page, plan, (seed, i)) for i, plan in enumerate(tqdm(PLANS, desc="drawings"))]
    lines = [json.dumps(drawing, ensure_ascii=False, separators=(",", ":")) for drawing in drawings]
    out.write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")
    points = sum(len(stroke) for drawing in drawings for stroke in drawing["strokes"])
    typer.echo(f"{out}: {len(drawings)} drawings, {sum(len(drawing['strokes']) for drawing in drawings)} strokes, {points:,} points")


if __name__ == "__main__":
    typer.run(main)
