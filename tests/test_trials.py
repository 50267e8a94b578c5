"""One change at a time, in a few steps: held-out pictures, every trial, the table; stopped and gone on with."""

import json
import re
import shutil
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from tests.test_train_pix2pix import picture
from train import cyclegan, engine, pix2pix, trials
from train.__main__ import app

TRIALS = {"cyclegan": trials.CYCLEGAN, "pix2pix": trials.PIX2PIX}
SETTINGS = {"cyclegan": cyclegan.Settings(), "pix2pix": pix2pix.Settings()}


def unpaired(root: Path) -> Path:
    """40 reddish and 30 bluish pictures."""
    rng = np.random.default_rng(0)
    for domain, count, channel in (("trainA", 40, 0), ("trainB", 30, 2)):
        (root / domain).mkdir(parents=True)
        for i in range(count):
            pixels = rng.integers(0, 90, (40, 56, 3), np.uint8)
            pixels[..., channel] += 160
            Image.fromarray(pixels).save(root / domain / f"{i:02d}.png")
    return root


def paired(root: Path) -> Path:
    """20 drawings of ellipses and their colours."""
    for i in range(20):
        for kind, half in zip(("edges", "photo"), picture(i, 256), strict=True):
            (root / "train" / kind).mkdir(parents=True, exist_ok=True)
            half.save(root / "train" / kind / f"{i:02d}.png")
    return root


DATA = {"cyclegan": unpaired, "pix2pix": paired}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def words(method: str, data: Path, folder: Path, squeezenet: Path) -> list[str]:
    small = {"cyclegan": ["--size", 32, "--blocks", 1], "pix2pix": ["--batch", 1]}[method]
    words = ["trials", method, "--data", data, "--out", folder / "runs", "--to", folder / "table", "--pictures", 4, "--base-channels", 4]
    return list(map(str, [*words, *small, "--workers", 0, "--device", "cpu", "--features", "squeezenet", "--feature-weights", squeezenet]))


def test_every_tenth_picture_is_held_out_and_none_is_in_both(tmp_path):
    data = unpaired(tmp_path / "data")
    folder = trials.held_out(data, tmp_path / "links")
    assert trials.held_out(data, tmp_path / "links") == folder  # again, over what is there
    assert names(folder / "valA") == ["09.png", "19.png", "29.png", "39.png"] and names(folder / "valB") == ["09.png", "19.png", "29.png"]
    assert sorted(names(folder / "trainA") + names(folder / "valA")) == names(data / "trainA")
    assert (folder / "valA" / "09.png").read_bytes() == (data / "trainA" / "09.png").read_bytes()


def test_pairs_are_held_out_together(tmp_path):
    data = paired(tmp_path / "data")
    folder = trials.held_out(data, tmp_path / "links")
    assert names(folder / "val" / "edges") == names(folder / "val" / "photo") == ["09.png", "19.png"]
    assert len(names(folder / "train" / "edges")) == len(names(folder / "train" / "photo")) == 18


@pytest.mark.parametrize("method", TRIALS)
def test_every_trial_changes_something_and_the_changes_differ(method):
    changes = [changes for _, changes in TRIALS[method].values()]
    assert changes[0] == {} and len({tuple(sorted(change.items())) for change in changes}) == len(changes)
    defaults = {field.name: getattr(SETTINGS[method], field.name) for field in fields(SETTINGS[method])}
    assert all(defaults[name] != value for change in changes for name, value in change.items())


@pytest.mark.parametrize(("method", "figures"), [("cyclegan", 4), ("pix2pix", 2)])
def test_all_are_trained_measured_and_printed_and_a_stopped_command_goes_on(method, figures, tmp_path, squeezenet, stopped_after):
    command = words(method, DATA[method](tmp_path / "data"), tmp_path, squeezenet)
    second = list(TRIALS[method])[1]
    with stopped_after(tmp_path / "runs" / "paper" / "last.pt"):
        done = CliRunner().invoke(app, command)
    assert done.exit_code == 0 and f"Stopped in {second} at step 1; the same command goes on." in done.output, done.output
    card = (tmp_path / "table" / "README.md").read_text("utf-8")
    assert f"Not trained yet: {TRIALS[method][second][0]}, " in card and "| as in the paper |" in card
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0 and f"{second}: goes on." in done.output, done.output
    card = (tmp_path / "table" / "README.md").read_text("utf-8")
    assert "Not trained yet" not in card
    rows = [line for line in card.splitlines() if re.match(r"\| [^|]", line) and ".jpg" not in line]
    assert [line.split(" | ")[0].removeprefix("| ") for line in rows] == ["untouched", *(title for title, _ in TRIALS[method].values())]
    number = r"-?\d[\d.,]*"  # but where next to nothing is held out, a bootstrap can draw one picture alone, which has no KID
    assert all(len(re.findall(rf"\| {number} \(({number}|nan) to ({number}|nan)\)", line)) == figures for line in rows[1:]), card
    for name, title in (("untouched", "untouched"), *((name, title) for name, (title, _) in TRIALS[method].items())):
        assert f"| {title} | ![{title}]({name}.jpg) |" in card and Image.open(tmp_path / "table" / f"{name}.jpg").height == 104
    for name, (_, changes) in TRIALS[method].items():
        kept = engine.load_checkpoint(tmp_path / "runs" / name)
        assert all(kept["settings"][key] == value for key, value in changes.items())
        assert kept["step"] == 4 // changes.get("batch", 1)


def test_the_table_outlives_its_runs_and_takes_no_row_of_other_settings(tmp_path, squeezenet):
    command = words("cyclegan", unpaired(tmp_path / "data"), tmp_path, squeezenet)
    done = CliRunner().invoke(app, [*command, "--only", "average"])
    assert done.exit_code == 0 and "paper" not in done.output, done.output
    before = json.loads((tmp_path / "table" / "figures.json").read_text("utf-8"))
    shutil.rmtree(tmp_path / "runs")
    done = CliRunner().invoke(app, [*command, "--only", "paper,average"])
    assert done.exit_code == 0 and "paper: begins." in done.output and "average: measured before." in done.output, done.output
    after = json.loads((tmp_path / "table" / "figures.json").read_text("utf-8"))
    assert after["figures"]["average"] == before["figures"]["average"] and not (tmp_path / "runs" / "average").exists()
    rows = [line for line in (tmp_path / "table" / "README.md").read_text("utf-8").splitlines() if line.endswith(".jpg) |")]
    assert [line.split(" | ")[0] for line in rows] == ["| untouched", "| as in the paper", "| moving average of the weights (0.995)"]
    done = CliRunner().invoke(app, [*command, "--only", "paper", "--pictures", "8"])
    assert done.exit_code == 1 and "figures.json: its rows have other settings (epochs, decay_epochs, pictures seen)" in done.output
    assert json.loads((tmp_path / "table" / "figures.json").read_text("utf-8")) == after


def test_an_unknown_trial_is_refused(tmp_path, squeezenet):
    done = CliRunner().invoke(app, [*words("cyclegan", tmp_path, tmp_path, squeezenet), "--only", "paper,luck"])
    assert done.exit_code == 2 and "luck" in done.output
