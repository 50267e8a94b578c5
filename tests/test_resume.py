"""What a run can meet, in all three loops: it is killed, stopped, resumed, its checkpoint is damaged, a loss breaks."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from tests.tiny_runs import LOOPS, SETTINGS, STEPS, options, write_data
from train import engine
from train.data import StepSampler
from train.engine import BadCheckpoint
from train.ranks import Ranks
from train.stopping import Finite

ROOT = Path(__file__).resolve().parents[1]
every_loop = pytest.mark.parametrize("name", LOOPS)


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> dict[str, Path]:
    return write_data(tmp_path_factory.mktemp("data"))


def run(name: str, data: dict[str, Path], out: Path, **more):
    return LOOPS[name].train(data[name], out, SETTINGS[name], **{"workers": 0, "save_every": 3, "log_every": 2, **more})


def run_until_killed(name: str, data: dict[str, Path], out: Path, step: int, moment: str) -> None:
    """Dies by SIGKILL in the step that follows `step`: at its beginning, or when its weights are new already."""
    torch.set_num_threads(1)
    reached, original = [0], {name: getattr(engine, name) for name in ("linear_decay", "update_average")}

    def watched(function: str, *given):
        if function == "linear_decay":
            reached[0] = given[0]
        if function == moment and reached[0] == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return original[function](*given)

    engine.linear_decay = lambda *given: watched("linear_decay", *given)
    engine.update_average = lambda *given: watched("update_average", *given)
    run(name, data, out)


def in_a_process(way: str, work, *given) -> None:
    """Runs it in a process of its own, which must die by SIGKILL."""
    process = multiprocessing.get_context(way).Process(target=work, args=given)
    process.start()
    process.join(150)
    assert process.exitcode == -signal.SIGKILL


def differing(a, b, place: str = "") -> list[str]:
    """Where two checkpoints are not the same, bit for bit."""
    if isinstance(a, Tensor):
        return [] if torch.equal(a, b) else [place]
    if isinstance(a, dict | list | tuple):
        if len(a) != len(b):
            return [place]
        keys = a if isinstance(a, dict) else range(len(a))
        return [found for key in keys for found in differing(a[key], b[key], f"{place}/{key}")]
    return [] if a == b else [place]


def kept(folder: Path, file: str = "last.pt") -> dict:
    """A checkpoint without its times."""
    return {name: value for name, value in torch.load(folder / file, weights_only=True).items() if name != "seconds"}


@pytest.mark.parametrize(
    ("name", "step", "moment"), [("pix2pix", 4, "update_average"), ("cyclegan", 8, "update_average"), ("pix2pixhd", 9, "linear_decay")]
)
def test_a_run_killed_in_a_step_and_resumed_ends_as_one_that_was_not(name, step, moment, data, tmp_path, one_thread):
    """Networks, averages, optimizers, pools and random states, and the log besides."""
    in_a_process("spawn", run_until_killed, name, data, tmp_path / "killed", step, moment)
    assert kept(tmp_path / "killed")["step"] == step - step % 3
    with (tmp_path / "killed" / "log.jsonl").open("a") as log:
        log.write('{"step": 100, "L1": 0.')  # and the kill may fall into a line
    run(name, data, tmp_path / "killed", resume=True)
    run(name, data, tmp_path / "whole")
    assert differing(kept(tmp_path / "whole"), kept(tmp_path / "killed")) == [], f"killed in step {step + 1}, {moment}"
    steps = [record["step"] for record in engine.records(tmp_path / "killed" / "log.jsonl")]
    assert steps == sorted(set(steps)) and steps[-1] == STEPS


def save_until_killed(folder: Path, function: str, call: int) -> None:
    calls = [0]
    original = getattr(os, function)

    def watched(*given):
        calls[0] += 1
        if calls[0] == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*given)

    setattr(os, function, watched)
    for step in (1, 2, 3):
        engine.save_checkpoint(folder, {"step": step})


@pytest.mark.parametrize(("function", "call", "left"), [("fsync", 3, 2), ("replace", 4, 2), ("replace", 5, 2)])
def test_a_kill_while_a_checkpoint_is_written_leaves_the_one_before(function, call, left, tmp_path):
    """In the third: before its bytes are safe, before the second becomes the previous one, and before it takes the second's place."""
    in_a_process("fork", save_until_killed, tmp_path, function, call)
    assert engine.load_checkpoint(tmp_path)["step"] == left


@every_loop
def test_the_last_two_checkpoints_are_kept_and_a_damaged_one_is_passed_over(name, data, tmp_path, capsys):
    run(name, data, tmp_path, stop_at=9)
    assert (kept(tmp_path)["step"], kept(tmp_path, "previous.pt")["step"]) == (9, 6)
    whole = (tmp_path / "last.pt").read_bytes()
    (tmp_path / "last.pt").write_bytes(whole[: len(whole) // 2])
    run(name, data, tmp_path, resume=True, stop_at=8, save_every=2)
    assert "last.pt is damaged" in capsys.readouterr().out
    assert (kept(tmp_path)["step"], kept(tmp_path, "previous.pt")["step"]) == (8, 6)  # the damaged one has not pushed it out


def test_where_no_checkpoint_can_be_read_it_is_said(tmp_path):
    with pytest.raises(BadCheckpoint, match=r"no checkpoint \(last.pt, previous.pt\)"):
        engine.load_checkpoint(tmp_path)
    (tmp_path / "previous.pt").write_bytes(b"")
    said: list[str] = []
    with pytest.raises(BadCheckpoint, match="no readable checkpoint"):
        engine.load_checkpoint(tmp_path, said.append)
    assert said[0].startswith(f"{tmp_path / 'previous.pt'} is damaged")


@every_loop
def test_a_new_run_does_not_write_over_another(name, data, tmp_path):
    run(name, data, tmp_path, stop_at=3)
    with pytest.raises(BadCheckpoint, match="holds a run already"):
        run(name, data, tmp_path)
    assert kept(tmp_path)["step"] == 3


def test_what_an_older_checkpoint_does_not_know_was_as_by_default(data, tmp_path):
    run("pix2pix", data, tmp_path, stop_at=3)
    old = torch.load(tmp_path / "last.pt", weights_only=True)
    for name in ("palette", "resize", "norm", "scales", "lambda_r1", "r1_every"):
        del old["settings"][name]
    engine.save_checkpoint(tmp_path, old)
    run("pix2pix", data, tmp_path, resume=True, stop_at=4)
    engine.save_checkpoint(tmp_path, old)
    with pytest.raises(BadCheckpoint, match="made with palette=, not cmp"):
        engine.refuse_other_settings(tmp_path, old["settings"], LOOPS["pix2pix"].Settings(**{**old["settings"], "palette": "cmp"}))


@every_loop
def test_ctrl_c_saves_and_says_how_to_go_on(name, data, tmp_path):
    words = ["--data", str(data[name]), "--out", str(tmp_path / "run"), *options(name), "--epochs", "100000", "--device", "cpu"]
    command = [sys.executable, "-m", f"train.{name}", *words, "--workers", "0"]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    log = tmp_path / "run" / "log.jsonl"
    deadline = time.monotonic() + 120
    while not (log.exists() and log.stat().st_size):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert "the same command with --resume goes on" in said
    assert engine.load_checkpoint(tmp_path / "run")["step"] >= 50


@every_loop
def test_a_loss_that_is_not_finite_stops_at_its_step_and_leaves_the_good_checkpoint(name, data, tmp_path, monkeypatch):
    loop, calls = LOOPS[name], [0]
    whole = loop.generator_loss

    def breaks(*given, **named):
        calls[0] += 1
        total, *rest = whole(*given, **named)
        return total * float("nan") if calls[0] == 8 else total, *rest

    monkeypatch.setattr(loop, "generator_loss", breaks)
    ((_, place),) = next(iter(StepSampler(4, 1, 0, start=7, steps=8)))
    with pytest.raises(FloatingPointError, match=rf"^step 8: the loss of G.* is nan on {place}.*Look at these files"):
        run(name, data, tmp_path, log_every=100)
    left = kept(tmp_path)
    assert left["step"] == 6 and all(value.isfinite().all() for value in left["G"].values())


def test_on_a_graphics_card_the_losses_are_looked_at_together_and_the_first_bad_step_is_named():
    finite = Finite(torch.device("cuda"), Ranks())
    for step, loss in enumerate([1.0, 2.0, float("inf"), float("nan")], 1):
        finite.notice(step, {"D": torch.tensor(0.5), "G": torch.tensor(loss)}, [f"{step}.png"])
    with pytest.raises(FloatingPointError, match=r"^step 3: the loss of G is inf on 3\.png; the checkpoint before it is kept"):
        finite.settle()
    finite.settle()  # nothing waits


def test_weights_that_are_not_finite_are_never_saved():
    finite, network = Finite(torch.device("cpu"), Ranks()), nn.Linear(2, 2)
    finite.settle_all(5, [network])
    nn.init.constant_(network.weight, float("inf"))
    with pytest.raises(FloatingPointError, match="step 5: the weights are not finite"):
        finite.settle_all(5, [network])
