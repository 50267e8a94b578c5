"""The page that watches runs: what it reads of them, and the page itself in Chromium, on a desk and in a hand."""

import json
import shutil
import sys
from pathlib import Path

import gradio as gr
import pytest
from PIL import Image
from playwright.sync_api import expect
from typer.testing import CliRunner

from studio import watch
from tests.conftest import DESKTOP, PATIENCE, serving
from train.__main__ import app

STEPS = (50, 100, 150)


def write(run: Path, steps: tuple[int, ...], colour: str) -> None:
    """The log and the sample grids of a run."""
    (run / "samples").mkdir(parents=True, exist_ok=True)
    with (run / "log.jsonl").open("a") as log:
        for step in steps:
            log.write(json.dumps({"step": step, "L1": 10 / step, "D": 0.5, "val": 20 / step, "lr": 2e-4, "seconds": step / 3}) + "\n")
            Image.new("RGB", (256, 64 + step), colour).save(run / "samples" / f"{step:07d}.jpg")


@pytest.fixture
def runs(tmp_path) -> Path:
    write(tmp_path / "runs" / "facades" / "old", STEPS, "blue")
    write(tmp_path / "runs" / "new", STEPS, "red")
    return tmp_path / "runs"


def test_runs_are_found_at_any_depth_and_curves_keep_them_apart(runs):
    assert set(watch.runs_in(runs)) == {"facades/old", "new"}
    with (runs / "new" / "log.jsonl").open("a") as log:
        log.write('{"step": 200, "L1": 0.')  # the loop is writing this line
    found = watch.curves(runs, ["new", "facades/old"])
    assert list(found) == ["val", "D", "L1", "lr"]
    points = found["L1"].to_dict("list")
    assert points["step"] == [*STEPS] * 2 and points["value"] == [10 / step for step in STEPS] * 2
    assert points["run"] == ["new"] * 3 + ["facades/old"] * 3


def test_long_curves_are_thinned_out(tmp_path):
    (tmp_path / "log.jsonl").write_text("".join(f'{{"step": {step}, "L1": 0.5}}\n' for step in range(1, 1801)))
    assert watch.POINTS / 2 < len(watch.curves(tmp_path, ["."])["L1"]) <= watch.POINTS


def test_a_run_that_is_removed_in_the_middle_of_a_look_is_gone_at_the_next(runs, monkeypatch):
    handlers = {event.fn.__name__: event.fn for event in watch.page(runs).fns.values()}
    look, move, listed = handlers["look"], handlers["move"], watch.runs_in
    now, *_ = look(["new", "facades/old"], "new", 2, None)
    assert len(now[0]) == 2

    def listed_too_early(folder):
        there = listed(folder)
        shutil.rmtree(folder / "new", ignore_errors=True)
        return there

    with monkeypatch.context() as patch:
        patch.setattr(watch, "runs_in", listed_too_early)
        patch.setattr(watch, "grids", lambda folder, run: [folder / "new" / "samples" / "0000150.jpg"])
        assert all(answer == gr.skip() for answer in look(["new", "facades/old"], "new", 2, now))
        assert move("new", 0) == gr.skip()
    after, *_ = look(["new", "facades/old"], "new", 2, now)
    assert [run for run, _ in after[0]] == ["facades/old"] and after[1:3] == [["facades/old"], "facades/old"]


def test_the_command_starts_the_studio_s_page(runs, monkeypatch):
    started = []

    def run(command, cwd):
        started.append((command, cwd))
        return type("Done", (), {"returncode": 0})

    monkeypatch.setattr("train.watch.subprocess.run", run)
    assert CliRunner().invoke(app, ["watch", str(runs)]).exit_code == 0
    assert started == [([sys.executable, "-m", "studio.watch", str(runs)], Path(watch.__file__).parents[1])]
    done = CliRunner().invoke(app, ["watch", str(runs / "nothing")])
    assert done.exit_code == 2 and "there is no such folder" in done.output and len(started) == 1


@pytest.fixture
def address(runs, tmp_path):
    with serving(tmp_path, "-m", "studio.watch", str(runs)) as (address, _):
        yield address


def open_page(chromium, address: str, **settings):
    """The page, and what goes wrong on it."""
    page = chromium.new_context(**settings).new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
    page.on("request", lambda request: request.url.startswith((address, "data:", "blob:")) or wrong.append("outside: " + request.url))
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    return page, wrong


def shows(page, step: int) -> None:
    """Waits for the grid of a step; each has a height of its own."""
    page.wait_for_function("height => document.querySelector('#grid img')?.naturalHeight === height", arg=64 + step)
    expect(page.locator("#grid")).to_contain_text(str(step))


@pytest.mark.timeout(400)
def test_curves_and_samples_are_shown_and_follow_the_run(chromium, address, runs):
    hand = {"viewport": {"width": 390, "height": 844}, "locale": "ru-RU"}
    for settings, label in (({"viewport": DESKTOP, "locale": "en-GB"}, "Samples, from"), (hand, "Примеры, от первых")):
        page, wrong = open_page(chromium, address, **settings)
        expect(page.locator("#curves .vega-embed")).to_have_count(4)
        expect(page.locator("#scrubber")).to_contain_text(label)
        shows(page, 150)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.locator("#scrubber input[type=range]").fill("0")
        shows(page, 50)
        page.locator("#scrubber input[type=range]").fill("2")
        shows(page, 150)
        if settings is not hand:
            write(runs / "new", (200,), "red")  # the run goes on, and the page with it
            shows(page, 200)
            page.locator("#scrubber input[type=range]").fill("2")
            shows(page, 150)
            (runs / "new" / "samples" / "0000200.jpg").unlink()
        assert not wrong
        page.context.close()
