"""pix2pixHD with and without its parts in a few steps: the phases, the weights, the table; stopped and gone on with."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from tests.test_train_ablations import SQUEEZENET
from tests.tiny_runs import write_data
from train import ablations_hd
from train.__main__ import app
from train.pix2pixhd import Settings
from translators import ablations_hd as shipped
from translators import cards
from translators.pix2pixhd import GlobalGenerator, LocalEnhancer, MultiScale

NETWORK = {"model.safetensors", "config.json", "run.json"}


def command(data: Path, folder: Path, *more: str) -> list[str]:
    words = ["ablations-hd", "--data", str(data), "--out", str(folder / "runs"), "--weights", str(folder / "ablations_hd"), "--steps", "4"]
    words += ["--base-channels", "4", "--downs", "2", "--blocks", "1", "--workers", "0", "--device", "cpu"]
    return [*words, "--features", "squeezenet", "--feature-weights", str(SQUEEZENET), *more]


def test_all_runs_see_as_many_pictures():
    equal = Settings(width=96, height=48, patch=16, base_channels=8)
    for name in shipped.NAMES:
        found = ablations_hd.phases(name, equal, steps=80, pictures=20)
        assert sum(round(settings.epochs * 20) for settings in found) == 80
        assert found[-1].decay_epochs == 1.0
        assert [settings.phase for settings in found] == (["global"] if name == "global" else ["global", "joint"])
        assert (found[0].width, found[0].height) == (48, 24)
        assert all(settings.boundary == (name != "no_boundary") for settings in found)
        assert all((settings.lambda_perceptual == 0) == (name == "no_perceptual") for settings in found)


def test_figures_of_several_commands_meet_in_one_table(tmp_path):
    path, about = tmp_path / "table.json", {"command": "a", "steps": 4}
    ablations_hd.write_table(path, about, "no_boundary", {"KID x 1000": 2})
    both = ablations_hd.write_table(path, about | {"command": "b"}, "full", {"KID x 1000": 1})
    assert list(both) == ["full", "no_boundary"] == list(json.loads(path.read_text())["figures"])
    assert list(ablations_hd.write_table(path, {"command": "b", "steps": 5}, "full", {"KID x 1000": 1})) == ["full"]


def test_the_table_has_a_row_for_every_run():
    printed = ablations_hd.tables({"full": {"KID x 1000": [50.2, 49, 51], "perceptual distance": [0.5, 0.4, 0.6], "minutes": 3}})
    assert "| everything | 50 (49 to 51) | 0.500 (0.400 to 0.600) | 3 |" in printed
    assert printed.count("| – | – | – |") == len(shipped.NAMES) - 1


def test_an_unknown_run_is_refused(tmp_path):
    done = CliRunner().invoke(app, command(tmp_path, tmp_path, "--only", "full,half"))
    assert done.exit_code == 2 and "not half" in done.output


@pytest.mark.skipif(not SQUEEZENET.exists(), reason=f"needs SqueezeNet's weights, {SQUEEZENET}")
def test_all_are_trained_measured_and_printed_and_a_stopped_command_goes_on(tmp_path, monkeypatch, stopped_after):
    data = write_data(tmp_path)["pix2pixhd"]
    with stopped_after(tmp_path / "runs" / "full_global" / "last.pt"):
        done = CliRunner().invoke(app, command(data, tmp_path))
    assert done.exit_code == 0 and "Stopped in full_joint at step 1; the same command goes on." in done.output, done.output
    done = CliRunner().invoke(app, command(data, tmp_path))
    assert done.exit_code == 0, done.output
    assert len(re.findall(r"^\| .* \| \d+ \(", done.output, re.MULTILINE)) == 4

    monkeypatch.setattr(cards, "WEIGHTS", tmp_path)
    assert shipped.installed() == list(shipped.NAMES) and list(shipped.table()) == list(shipped.NAMES)
    kinds = {name: type(shipped.generator(name).module) for name in shipped.NAMES}
    assert kinds == {"full": LocalEnhancer, "global": GlobalGenerator, "no_boundary": LocalEnhancer, "no_perceptual": LocalEnhancer}
    assert [name for name in shipped.NAMES if not shipped.generator(name).sees_boundaries] == ["no_boundary"]
    judge = shipped.discriminator()
    assert isinstance(judge, MultiScale) and judge.discriminators[0].convs[0].in_channels == 12 + 1 + 3
    photo, ids = shipped.sample(shipped.samples()[0])
    assert photo.size == shipped.SIZE and ids.shape == shipped.SIZE[::-1] and set(np.unique(ids)) <= {0, 1, 2}
    assert all(shipped.painted(shipped.generator(name), ids).size == shipped.SIZE for name in shipped.NAMES)
    card = (tmp_path / "ablations_hd" / "README.md").read_text()
    assert all(title in card for title in ablations_hd.TITLES.values()) and "train.ablations_hd --data" in card
    with Image.open(tmp_path / "ablations_hd" / "card" / "test.jpg") as sheet:
        assert sheet.height // sheet.width == 1  # six rows of four streets
    assert {path.name for path in (tmp_path / "ablations_hd" / "full").iterdir()} == {*NETWORK, "encoder", "discriminator"}


def test_a_table_from_before_there_was_a_setting_is_gone_on_with(tmp_path):
    path, older = tmp_path / "table.json", {"command": "a", "settings": {"seed": 0}}
    ablations_hd.write_table(path, older, "full", {"KID x 1000": 1})
    newer = {"command": "b", "settings": {"seed": 0, "augment": False}}
    assert list(ablations_hd.write_table(path, newer, "global", {"KID x 1000": 2})) == ["full", "global"]
    other = {"command": "c", "settings": {"seed": 1, "augment": False}}
    assert list(ablations_hd.write_table(path, other, "global", {"KID x 1000": 3})) == ["global"]
