"""One front for training: every command is there, its help needs no torch, and a run records the command that started it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from train import engine, pix2pix
from train.__main__ import COMMANDS, app

ROOT = Path(__file__).resolve().parents[1]


def front(*words: str):
    argv = sys.argv
    try:
        return CliRunner().invoke(app, words, env={"COLUMNS": "200", "TERMINAL_WIDTH": "200"}, prog_name="python -m train")
    finally:
        sys.argv = argv


def in_a_process(*words: str) -> str:
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_help_names_every_command_in_the_order_of_the_work():
    shown = front("--help").output
    places = [shown.index(f"│ {name} ") for name in COMMANDS]
    assert places == sorted(places)
    assert front().output.strip() == shown.strip()


@pytest.mark.parametrize("words", [["--help"], ["doctor", "--help"], ["publish", "--help"]])
def test_help_needs_no_torch(words):
    program = (
        f"import atexit, runpy, sys; sys.argv = ['train', *{words!r}];"
        "atexit.register(lambda: print({'torch', 'numpy', 'PIL'} & set(sys.modules)));"
        "runpy.run_module('train', run_name='__main__')"
    )
    assert in_a_process("-c", program).splitlines()[-1] == "set()"


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (["doctor"], "--sheet"),
        (["pix2pix"], "--lambda-l1"),
        (["pix2pix", "export"], "--weights"),
        (["cyclegan"], "--lambda-cycle"),
        (["cyclegan", "export"], "--backward"),
        (["pix2pixhd"], "--phase"),
        (["ablations"], "--base-channels"),
        (["trials", "cyclegan"], "--pictures"),
        (["trials", "pix2pix"], "--downs"),
        (["watch"], "[folder]"),
        (["evaluate"], "--features"),
        (["card"], "--failures"),
        (["publish"], "--dry-run"),
    ],
)
def test_every_command_explains_itself(words, option):
    done = front(*words, "--help")
    assert done.exit_code == 0
    assert f"Usage: python -m train {' '.join(words)} " in done.output and option in done.output


def test_every_command_still_runs_by_its_own_module():
    assert "--lambda-l1" in in_a_process("-m", "train.pix2pix", "--help")
    assert "--sheet" in in_a_process("-m", "train.doctor", "--help")


def test_a_word_that_is_no_command_is_answered_with_the_nearest():
    done = front("docter")
    assert done.exit_code == 2 and "Did you mean 'doctor'?" in done.output


def test_options_arrive_and_the_recorded_command_can_be_run_again(monkeypatch, tmp_path):
    seen = {}
    monkeypatch.setattr(pix2pix, "train", lambda *given, **_: seen.update(data=given[0], settings=given[2], typed=engine.command()))
    done = front("pix2pix", "--data", str(tmp_path), "--patch", "16", "--drawn", "--no-doctor")
    assert done.exit_code == 0, done.output
    assert seen["data"] == tmp_path and seen["settings"].patch == 16 and seen["settings"].drawn
    assert seen["typed"] == f"python -m train.pix2pix --data {tmp_path} --patch 16 --drawn --no-doctor"


def test_the_recorded_command_does_the_whole_of_a_run_and_is_the_one_that_was_typed(monkeypatch):
    """A loop that another command runs is told of by that command."""
    monkeypatch.setattr(sys, "argv", ["/somewhere/train/ablations.py", "--data", "my data", "--resume", "--steps", "3"])
    assert engine.command() == "python -m train.ablations --data 'my data' --steps 3"


def test_the_recorded_command_of_several_processes_starts_as_many(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/somewhere/train/cyclegan.py", "--data", "d", "--resume"])
    for name, value in (("WORLD_SIZE", "8"), ("LOCAL_WORLD_SIZE", "8")):
        monkeypatch.setenv(name, value)
    assert engine.command() == "torchrun --nproc-per-node 8 -m train.cyclegan --data d"
    monkeypatch.setenv("WORLD_SIZE", "16")
    assert engine.command() == "torchrun --nnodes 2 --nproc-per-node 8 -m train.cyclegan --data d"


def test_a_mistake_in_an_option_is_said_by_the_command_itself():
    done = front("pix2pix", "--data", "x", "--gan", "imaginary")
    assert done.exit_code == 2 and "must be one of vanilla, least-squares" in done.output
    done = front("cyclegan", "--data", "x", "--resize-back", "cubic")
    assert done.exit_code == 2 and "--resize-back" in done.output and "must be one of nearest, bilinear" in done.output
