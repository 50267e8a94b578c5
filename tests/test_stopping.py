"""The validation figure: logged, its lowest kept as best.pt, and the end of a run that no longer gets better."""

import dataclasses
import shutil
from pathlib import Path

import pytest
import torch
import typer
from safetensors.torch import load_file

from tests.tiny_runs import LOOPS, SETTINGS, STEPS, write_data
from train import engine
from train.command import steps_named
from train.data import BadData
from train.export import export_pix2pix
from train.stopping import Best

every_loop = pytest.mark.parametrize("name", LOOPS)


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> dict[str, Path]:
    return write_data(tmp_path_factory.mktemp("data"))


def run(name: str, data: dict[str, Path], out: Path, lr: float = 2e-4, **more):
    settings = dataclasses.replace(SETTINGS[name], lr=lr)
    return LOOPS[name].train(data[name], out, settings, **{"workers": 0, "save_every": 100, "log_every": 100, **more})


def looks(folder: Path) -> dict[int, float]:
    return {record["step"]: record["val"] for record in engine.records(folder / "log.jsonl") if "val" in record}


@every_loop
def test_the_network_with_the_lowest_figure_is_kept(name, data, tmp_path):
    run(name, data, tmp_path, validate_every=5)
    seen = looks(tmp_path)
    assert list(seen) == [5, 10, STEPS]
    best = engine.load_checkpoint(tmp_path, best=True)
    assert best["step"] == min(seen, key=seen.get)
    assert engine.load_checkpoint(tmp_path)["best"]["value"] == pytest.approx(min(seen.values()), abs=1e-5)


@every_loop
def test_a_run_that_no_longer_gets_better_ends_and_goes_on_with_more_patience(name, data, tmp_path, capsys):
    """Without a learning rate the figure stays as it is: the first look is the best one."""
    still = {"lr": 0.0, "validate_every": 2}
    run(name, data, tmp_path, **still, patience=2)
    assert list(looks(tmp_path)) == [2, 4, 6]
    assert engine.load_checkpoint(tmp_path)["step"] == 6 and engine.load_checkpoint(tmp_path, best=True)["step"] == 2
    assert "in 2 looks; best.pt holds that network, of step 2" in capsys.readouterr().out
    run(name, data, tmp_path, **still, patience=2, resume=True)
    assert engine.load_checkpoint(tmp_path)["step"] == 6
    run(name, data, tmp_path, **still, patience=3, resume=True)
    assert list(looks(tmp_path)) == [2, 4, 6, 8]


@every_loop
def test_validation_leaves_the_training_as_it_is(name, data, tmp_path):
    ends = []
    for folder, every in (("often", 1), ("never", 0)):
        run(name, data, tmp_path / folder, validate_every=every)
        ends.append(torch.load(tmp_path / folder / "last.pt", weights_only=True)["G"])
    assert all(torch.equal(ends[0][key], ends[1][key]) for key in ends[0])


@every_loop
def test_patience_without_a_validation_figure_is_refused(name, data, tmp_path):
    with pytest.raises(BadData, match="--patience needs pictures that are not trained on"):
        run(name, data, tmp_path, patience=2)


def test_patience_on_the_training_pictures_is_refused(data, tmp_path):
    for part in (data["pix2pix"] / "train").iterdir():
        (tmp_path / "data" / "train").mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / "train" / part.name).write_bytes(part.read_bytes())
    with pytest.raises(BadData, match="in a val split"):
        run("pix2pix", {"pix2pix": tmp_path / "data"}, tmp_path / "run", patience=2, validate_every=2)


@pytest.mark.parametrize("name", ["pix2pix", "pix2pixhd"])
def test_training_pictures_give_no_validation_figure(name, data, tmp_path):
    """Without a val folder, and with too few pairs to hold some out: no figure is logged as one, and no network is called the best."""
    shutil.copytree(data[name] / "train", tmp_path / "data" / "train")
    run(name, {name: tmp_path / "data"}, tmp_path / "run", validate_every=2, log_every=2)
    assert looks(tmp_path / "run") == {} and engine.load_checkpoint(tmp_path / "run")["step"] == STEPS
    assert not (tmp_path / "run" / "best.pt").exists()


def test_a_figure_that_is_no_number_is_never_the_best():
    best = Best(2, judged=True)
    assert not best.notice(1, float("nan")) and best.notice(2, 0.5) and not best.notice(3, 0.5)
    assert not best.given_up
    best.notice(4, float("nan"))
    assert best.given_up and "below 0.5 in 2 looks" in best.why()


def test_the_best_network_can_be_exported(data, tmp_path):
    run("pix2pix", data, tmp_path / "run", lr=0.0, validate_every=2)
    facts = [export_pix2pix(tmp_path / "run", data["pix2pix"], tmp_path / "weights", best=best)["step"] for best in (True, False)]
    assert facts == [2, STEPS]


@pytest.mark.parametrize(
    ("name", "parts"),
    [("pix2pix", {"": "average"}), ("cyclegan", {"G": "average_G", "F": "average_F"}), ("pix2pixhd", {"G": "average", "E": "average_E"})],
)
def test_snapshots_are_kept_at_the_steps_asked_for_and_at_the_last(name, parts, data, tmp_path):
    run(name, data, tmp_path, snapshots=[0, 5], stop_at=7)
    run(name, data, tmp_path, snapshots=[0, 5], resume=True)
    last = torch.load(tmp_path / "last.pt", weights_only=True)
    for part, network in parts.items():
        folder = tmp_path / "snapshots" / part
        assert sorted(path.name for path in folder.glob("*.*")) == [f"{step:07d}.safetensors" for step in (0, 5, STEPS)]
        kept = load_file(folder / f"{STEPS:07d}.safetensors")
        assert kept.keys() == last[network].keys()
        assert all(torch.equal(value, last[network][key].to(value.dtype)) for key, value in kept.items())


def test_steps_are_named_with_commas():
    assert steps_named("") == [] and steps_named("0, 100,300") == [0, 100, 300]
    for wrong in ("1k", "-5", "0;1"):
        with pytest.raises(typer.BadParameter, match="expected steps with commas"):
            steps_named(wrong)
