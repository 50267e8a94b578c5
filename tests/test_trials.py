"""One change at a time, in a few steps: held-out pictures, every trial, the table; stopped and gone on with."""

import re

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from train import engine, trials
from train.__main__ import app


@pytest.fixture
def data(tmp_path):
    """20 reddish and 10 bluish pictures of horses' size and beyond."""
    rng = np.random.default_rng(0)
    for domain, count, channel in (("trainA", 20, 0), ("trainB", 10, 2)):
        (tmp_path / "data" / domain).mkdir(parents=True)
        for i in range(count):
            pixels = rng.integers(0, 90, (40, 56, 3), np.uint8)
            pixels[..., channel] += 160
            Image.fromarray(pixels).save(tmp_path / "data" / domain / f"{i:02d}.png")
    return tmp_path / "data"


@pytest.fixture
def words(data, tmp_path, squeezenet):
    words = ["trials", "--data", data, "--out", tmp_path / "runs", "--to", tmp_path / "table", "--pictures", 2, "--size", 32]
    words += ["--base-channels", 4, "--blocks", 1, "--workers", 0, "--device", "cpu"]
    return list(map(str, [*words, "--features", "squeezenet", "--feature-weights", squeezenet]))


def test_every_tenth_picture_is_held_out_and_none_is_in_both(data, tmp_path):
    folder = trials.held_out(data, tmp_path / "links")
    assert trials.held_out(data, tmp_path / "links") == folder  # again, over what is there
    names = {split: sorted(path.name for path in (folder / split).iterdir()) for split in ("trainA", "valA", "trainB", "valB")}
    assert names["valA"] == ["09.png", "19.png"] and names["valB"] == ["09.png"]
    assert sorted(names["trainA"] + names["valA"]) == sorted(path.name for path in (data / "trainA").iterdir())
    assert (folder / "valA" / "09.png").read_bytes() == (data / "trainA" / "09.png").read_bytes()


def test_every_trial_changes_something_and_the_changes_differ():
    changes = [tuple(sorted(changes.items())) for _, changes in trials.TRIALS.values()]
    assert len(set(changes)) == len(changes) and trials.TRIALS[trials.BASE][1] == {}
    assert all(getattr(trials.cyclegan.DEFAULT, name) != value for _, change in trials.TRIALS.values() for name, value in change.items())


def test_all_are_trained_measured_and_printed_and_a_stopped_command_goes_on(data, words, tmp_path, monkeypatch):
    for domain, channel in (("trainA", 0), ("trainB", 2)):  # more than one held out of each, as KID needs
        for i in range(20, 40):
            Image.new("RGB", (48, 48), tuple(10 * i - 150 if c == channel else 40 for c in range(3))).save(data / domain / f"{i}.png")
    stopping = engine.stop_requests

    class Stopped:
        """Ctrl-C in the second run."""

        def __enter__(self):
            return lambda: (tmp_path / "runs" / "paper" / "last.pt").exists()

        def __exit__(self, *_):
            pass

    monkeypatch.setattr(engine, "stop_requests", Stopped)
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0 and "Stopped in average at step 1; the same command goes on." in done.output, done.output
    monkeypatch.setattr(engine, "stop_requests", stopping)
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0 and "average: goes on." in done.output, done.output
    card = (tmp_path / "table" / "README.md").read_text("utf-8")
    rows = [line for line in card.splitlines() if line.startswith("| ") and "KID" not in line]
    assert [line.split(" | ")[0].removeprefix("| ") for line in rows] == ["untouched", *(title for title, _ in trials.TRIALS.values())]
    assert all(len(re.findall(r"\d \([-\d.,]+ to [-\d.,]+\)", line)) == (2 if "untouched" in line else 4) for line in rows), card
    assert Image.open(tmp_path / "table" / "sheet.jpg").height == (1 + len(trials.TRIALS)) * 100 + 4
    for name, (_, changes) in trials.TRIALS.items():
        kept = engine.load_checkpoint(tmp_path / "runs" / name)
        assert kept["step"] == 2 // changes.get("batch", 1) or name == "batch"
        assert all(kept["settings"][key] == value for key, value in changes.items())


def test_an_unknown_trial_is_refused(words):
    done = CliRunner().invoke(app, [*words, "--only", "paper,luck"])
    assert done.exit_code == 2 and "luck" in done.output
