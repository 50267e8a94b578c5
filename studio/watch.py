"""A page of its own that watches runs in training: `python -m studio.watch runs/`, which is what `python -m train watch` starts.

It reads what a run writes, `log.jsonl` and `samples/<step>.jpg`, and nothing else; it never writes.
"""

import json
import os
from pathlib import Path
from typing import Any

import gradio as gr
import pandas as pd
import typer
from PIL import Image

from studio import LAUNCH, sweeping
from studio.words import I18N

PLOTS = 12
POINTS = 500  # of one curve: a longer one is thinned out
NO_CURVES = ("step", "seconds")
EVERY = 3  # seconds between looks at the folder


def runs_in(folder: Path) -> list[str]:
    """The runs below a folder, the one that was written to last first."""
    logs = sorted(folder.rglob("log.jsonl"), key=lambda path: -path.stat().st_mtime)
    return [log.parent.relative_to(folder).as_posix() for log in logs]


def records(log: Path) -> list[dict[str, float]]:
    """The lines of a log; the last one may be half written."""
    lines = log.read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line.endswith("}")]


def curves(folder: Path, runs: list[str]) -> dict[str, pd.DataFrame]:
    """For every part of the losses, in the order of the log: step, value and run."""
    found: dict[str, list[tuple[int, float, str]]] = {}
    for run in runs:
        own: dict[str, list[tuple[int, float, str]]] = {}
        for record in records(folder / run / "log.jsonl"):
            for part in record.keys() - set(NO_CURVES):
                own.setdefault(part, []).append((record["step"], record[part], run))
        for part, points in own.items():
            found.setdefault(part, []).extend(points[:: -(-len(points) // POINTS)])
    order = sorted(found, key=lambda part: (part in ("lr", "images/s"), part != "val", part))
    return {part: pd.DataFrame(found[part], columns=["step", "value", "run"]) for part in order[:PLOTS]}


def grids(folder: Path, run: str | None) -> list[Path]:
    """The sample grids of a run, by step."""
    return sorted((folder / run / "samples").glob("*.jpg")) if run else []


def state_of(folder: Path, chosen: list[str], shown: str | None) -> list:
    """What the page would show, in short: as long as it stays equal there is nothing to do."""
    sizes = [(run, (folder / run / "log.jsonl").stat().st_size) for run in runs_in(folder)]
    return [sizes, chosen, shown, [path.name for path in grids(folder, shown)]]


def grid_at(folder: Path, run: str | None, place: int) -> Any:
    """The grid at a place of the scrubber, with its step; hidden where there is none."""
    there = grids(folder, run if run in runs_in(folder) else None)
    if not there:
        return gr.Image(visible=False)
    path = there[min(int(place), len(there) - 1)]
    with Image.open(path) as picture:
        return gr.Image(picture.convert("RGB"), label=f"{int(path.stem):,}", visible=True)


def unless(same: bool, value: Any) -> dict[str, Any]:
    """A value to set, left out where it is there already: the person may have chosen another one while the answer was on its way."""
    return {} if same else {"value": value}


def page(folder: Path) -> gr.Blocks:
    """The page for the runs below a folder."""

    def look(chosen: list[str] | None, shown: str | None, place: int, before: list | None) -> list:
        try:
            return looked(chosen, shown, place, before)
        except FileNotFoundError:  # a run was removed in the middle of the look; the next one sees what is left
            return [gr.skip()] * (6 + PLOTS)

    def looked(chosen: list[str] | None, shown: str | None, place: int, before: list | None) -> list:
        there, given = runs_in(folder), (chosen, shown, place)
        chosen = [run for run in chosen or [] if run in there] or there[:1]
        shown = shown if shown in chosen else next(iter(chosen), None)
        now = state_of(folder, chosen, shown)
        if now == before:
            return [gr.skip()] * (6 + PLOTS)
        last = len(now[3]) - 1
        follows = before is None or before[2] != shown or place >= len(before[3]) - 1  # at the newest grid, it goes on to the newest
        place = last if follows else int(place)
        several = "run" if len(chosen) > 1 else None
        plots = [gr.LinePlot(frame, title=part, color=several, visible=True) for part, frame in curves(folder, chosen).items()]
        plots += [gr.LinePlot(visible=False)] * (PLOTS - len(plots))
        return [
            now,
            gr.Markdown(visible=not there),
            gr.Dropdown(choices=there, visible=bool(there), **unless(chosen == given[0], chosen)),
            gr.Dropdown(choices=chosen, visible=len(chosen) > 1, **unless(shown == given[1], shown)),
            gr.Slider(maximum=max(last, 1), visible=last > 0, **unless(place == given[2], max(place, 0))),
            grid_at(folder, shown, max(place, 0)),
            *plots,
        ]

    def move(run: str | None, place: int) -> Any:
        try:
            return grid_at(folder, run, place)
        except FileNotFoundError:
            return gr.skip()

    with gr.Blocks(title="Trazo", analytics_enabled=False, delete_cache=sweeping.AT_THE_END) as blocks, gr.Column():
        seen = gr.State(None)
        empty = gr.Markdown(I18N("watch_empty"), visible=False)
        runs = gr.Dropdown([], label=I18N("watch_runs"), multiselect=True, elem_id="runs")
        with gr.Row(elem_id="curves"):
            looks = {"x_title": " ", "y_title": " ", "color_title": " ", "height": 240, "min_width": 300}
            plots = [gr.LinePlot(x="step", y="value", visible=False, **looks) for _ in range(PLOTS)]
        shown = gr.Dropdown([], label=I18N("watch_shown"), visible=False, elem_id="shown")
        scrubber = gr.Slider(0, 1, step=1, label=I18N("watch_scrubber"), buttons=[], visible=False, elem_id="scrubber")
        grid = gr.Image(format="jpeg", interactive=False, buttons=["download", "fullscreen"], visible=False, elem_id="grid")
        timer = gr.Timer(EVERY)
        quiet = {"show_progress": "hidden", "api_visibility": "private", "trigger_mode": "always_last"}
        inputs, outputs = [runs, shown, scrubber, seen], [seen, empty, runs, shown, scrubber, grid, *plots]
        gr.on([blocks.load, timer.tick, runs.input, shown.input], look, inputs, outputs, **quiet)
        scrubber.input(move, [shown, scrubber], grid, **quiet)
    return blocks


def main(folder: Path) -> None:
    sweeping.own_folder()
    sweeping.start()
    page(folder).launch(
        server_name=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"),
        server_port=int(os.environ["GRADIO_SERVER_PORT"]) if "GRADIO_SERVER_PORT" in os.environ else None,
        **{**LAUNCH, "footer_links": []},
    )


if __name__ == "__main__":
    typer.run(main)
