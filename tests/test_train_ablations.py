"""The paper's ablations in a few steps: every run, its weights and snapshots, the figures, the tables; stopped and gone on with."""

import json
import re
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from typer.testing import CliRunner

from tests.tiny_runs import write_data
from train import ablations
from train.__main__ import app
from train.data import BadData
from translators import ablations as shipped
from translators import cards
from translators.pix2pix import PatchGAN, UNetGenerator
from translators.weights import read

SQUEEZENET = Path(__file__).resolve().parents[2] / "shared" / "metrics" / "squeezenet1_1_imagenet.pth"


def command(data: Path, folder: Path) -> list[str]:
    words = ["ablations", "--data", str(data), "--out", str(folder / "runs"), "--weights", str(folder / "weights"), "--steps", "3"]
    words += ["--base-channels", "4", "--size", "128", "--downs", "6", "--palette", "", "--no-flip", "--workers", "0", "--device", "cpu"]
    return [*words, "--features", "squeezenet", "--feature-weights", str(SQUEEZENET)]


def test_without_skips_a_scale_takes_what_comes_from_below_alone():
    severed, whole = UNetGenerator(base_channels=4, downs=4, skips=False), UNetGenerator(base_channels=4, downs=4)
    assert [up.in_channels for up in severed.ups] == [32, 16, 8, 4]
    assert [up.in_channels for up in whole.ups] == [32, 32, 16, 8]
    assert severed.state_dict().keys() == whole.state_dict().keys()
    x = torch.rand(1, 3, 32, 32)
    assert severed(x).shape == (1, 3, 32, 32)
    with torch.no_grad():  # all that there is passes through the 2×2 bottleneck
        severed.downs[-1].weight.zero_()
        whole.downs[-1].weight.zero_()
        assert torch.equal(severed(x, noise=False), severed(1 - x, noise=False))
        assert not torch.equal(whole(x, noise=False), whole(1 - x, noise=False))


def test_every_row_of_the_paper_has_a_run():
    runs = {run for rows in ablations.TABLES.values() for run, _ in rows.values()}
    assert runs == set(ablations.CHANGES)
    printed = ablations.tables({"l1": {"L1 of 255": 40.0, "perceptual distance": 0.5, "KID x 1000": [100.0, 90.0, 110.0]}})
    assert "| L1 | 40.0 | 0.500 | 100 (90 to 110) | 0.42 | 0.15 | 0.11 |" in printed
    assert "| 70×70 | – | – | – | 0.66 | 0.23 | 0.17 |" in printed
    assert printed.endswith("The paper's: FCN scores on Cityscapes, larger is better.")


@pytest.mark.skipif(not SQUEEZENET.exists(), reason=f"needs SqueezeNet's weights, {SQUEEZENET}")
def test_a_run_ends_at_its_step_where_pairs_are_held_out(tmp_path, monkeypatch):
    """Without a val folder one pair of 50 is: an epoch has 49 steps."""
    data, asked = write_data(tmp_path, count=50)["pix2pix"], []

    def stopped(data, out, settings, *_, **__):
        asked.append(round(settings.epochs * 49))
        raise BadData("enough")

    shutil.rmtree(data / "val")
    monkeypatch.setattr(ablations, "train_pix2pix", stopped)
    done = CliRunner().invoke(app, [*command(data, tmp_path), "--steps", "1000"])
    assert asked == [1000] and "Error: enough" in done.output


@pytest.mark.skipif(not SQUEEZENET.exists(), reason=f"needs SqueezeNet's weights, {SQUEEZENET}")
def test_all_are_trained_measured_and_printed_and_a_stopped_command_goes_on(tmp_path, monkeypatch, stopped_after):
    data = write_data(tmp_path)["pix2pix"]
    words = command(data, tmp_path)
    monkeypatch.setattr(ablations, "SNAPSHOTS", (0, 2))
    with stopped_after(tmp_path / "runs" / "l1" / "last.pt"):
        done = CliRunner().invoke(app, words)
    assert done.exit_code == 0 and "Stopped in cgan at step 1; the same command goes on." in done.output, done.output
    assert not (tmp_path / "weights" / "cgan").exists()

    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    weights = tmp_path / "weights"
    assert {folder.name for folder in weights.iterdir() if folder.is_dir()} == {*ablations.CHANGES, "samples", "card"}
    assert len(re.findall(r"^\| .* \| \d", done.output, re.MULTILINE)) == 11
    table = json.loads((weights / "table.json").read_text())
    assert table["figures"].keys() == ablations.CHANGES.keys() and table["steps"] == 3
    for name in ablations.CHANGES:
        network, config = read(weights / name)
        assert isinstance(network, UNetGenerator) and config["skips"] == (not name.startswith("encoder_decoder"))
        judged = not name.endswith("l1")
        assert (weights / name / "discriminator" / "model.safetensors").exists() == judged
    assert PatchGAN.from_pretrained(weights / "patch_16" / "discriminator").convs[0].out_channels == 4
    assert {path.name for path in (weights / "l1").iterdir()} == {"model.safetensors", "config.json", "run.json"}
    card = (weights / "README.md").read_text()
    assert all(title in card for title in ablations.TITLES.values()) and "train.ablations --data" in card
    assert (weights / "card" / "test.jpg").exists()
    curves = json.loads((weights / "l1_cgan" / "curves.json").read_text())
    assert curves.keys() == {"D_real", "D_fake", "G_gan", "L1"} and curves["L1"][-1][0] == 3
    assert set(shipped.NAMES) == set(ablations.CHANGES)
    monkeypatch.setattr(cards, "WEIGHTS", tmp_path)
    weights.rename(tmp_path / "ablations")
    weights = tmp_path / "ablations"
    assert shipped.installed() == list(shipped.NAMES) and shipped.snapshots() == [0, 2, 3] and shipped.table().keys() == set(shipped.NAMES)
    assert shipped.discriminator(16)(torch.zeros(1, 3, 128, 128), torch.zeros(1, 3, 128, 128)).shape == (1, 1, 62, 62)
    assert shipped.samples()
    snapshots = sorted(path.name for path in (weights / "l1_cgan" / "snapshots").iterdir())
    assert snapshots == ["0000000.safetensors", "0000002.safetensors", "0000003.safetensors"]
    last = load_file(weights / "l1_cgan" / "snapshots" / snapshots[-1])
    exported = load_file(weights / "l1_cgan" / "model.safetensors")
    assert all(torch.equal(value, exported[key]) for key, value in last.items()) and last.keys() == exported.keys()
