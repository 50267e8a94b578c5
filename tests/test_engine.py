"""The log, its curves, the warning that a discriminator has won, compiled steps, the moving average, and how the loops use Adam."""

import functools
import json
import sys
from dataclasses import replace

import pytest
import torch
from torch import nn

from tests.tiny_runs import LOOPS, SETTINGS, generator, write_data
from train import engine
from train.data import BadData
from train.engine import Balance, Log, facts_of, records, update_average


def test_a_resumed_log_drops_what_lies_past_its_step(tmp_path):
    log = Log(tmp_path, 0)
    for step in (50, 100, 150):
        assert log.write(step, {"L1": torch.tensor(0.5), "lr": 2e-4}) == {"L1": 0.5, "lr": 0.0002}
    Log(tmp_path, 100).write(150, {"L1": 0.25})
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [(line["step"], line["L1"]) for line in lines] == [(50, 0.5), (100, 0.5), (150, 0.25)]


def test_tensorboard_gets_the_same_numbers(tmp_path):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    log = Log(tmp_path, 0, tensorboard=True)
    for step in (1, 2):
        log.write(step, {"L1": 1 / step})
    log.curves.close()
    events = accumulator.EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    assert [(event.step, event.value) for event in events.Scalars("L1")] == [(1, 1.0), (2, 0.5)]


def test_a_missing_tensorboard_is_said(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(BadData, match="pip install tensorboard"):
        Log(tmp_path, 0, tensorboard=True)


def test_a_discriminator_that_wins_is_named_once():
    balance = Balance(low=0.02, patience=3)
    losses = [0.01, 0.01, 0.5, 0.01, 0.01, 0.01, 0.01]
    said = [balance.notice({"D_X": 0.3, "D_Y": loss}) for loss in losses]
    assert [bool(sentence) for sentence in said] == [False, False, False, False, False, True, False]
    assert said[5].startswith("D_Y has won: its loss has been below 0.02 for 3 records.")


@pytest.mark.parametrize("name", LOOPS)
def test_compiled_steps_teach_the_same(name, tmp_path, monkeypatch):
    """What torch.compile makes of networks and losses, run by its backend that generates no code: the same weights, bit for bit."""
    monkeypatch.setattr(torch, "compile", functools.partial(torch.compile, backend="eager"))
    monkeypatch.setattr(nn.Module, "compile", functools.partialmethod(nn.Module.compile, backend="eager"))
    data, ends = write_data(tmp_path)[name], []
    for compiled in (False, True):
        result = LOOPS[name].train(data, tmp_path / f"run-{compiled}", SETTINGS[name], workers=0, stop_at=2, compiled=compiled)
        ends.append(generator(name, result).state_dict())
    assert ends[0].keys() == ends[1].keys() and all(torch.equal(ends[0][key], ends[1][key]) for key in ends[0])


def test_an_average_keeps_as_much_as_its_decay_says_and_copies_buffers():
    average, network = nn.BatchNorm1d(1), nn.BatchNorm1d(1)  # of weight 1, and running mean 0
    nn.init.constant_(network.weight, 2)
    network.running_mean.fill_(3)
    update_average(average, network, 0.9)
    assert average.weight.item() == pytest.approx(1.1) and average.running_mean.item() == 3


@pytest.mark.parametrize("name", LOOPS)
def test_adam_has_the_papers_betas_and_a_rate_that_falls_to_the_end(name, tmp_path):
    settings = replace(SETTINGS[name], epochs=1, decay_epochs=0.5)  # four steps, the last at half the rate
    LOOPS[name].train(write_data(tmp_path)[name], tmp_path / "run", settings, workers=0, log_every=1)
    assert [record["lr"] for record in records(tmp_path / "run" / "log.jsonl")] == [2e-4, 2e-4, 2e-4, 1e-4]
    kept = torch.load(tmp_path / "run" / "last.pt", weights_only=True)
    groups = [group for optimizer in ("opt_G", "opt_D") for group in kept[optimizer]["param_groups"]]
    assert [(group["betas"], group["lr"]) for group in groups] == [((0.5, 0.999), pytest.approx(1e-4))] * 2


def test_the_cores_of_all_processes_are_told(monkeypatch):
    monkeypatch.setattr(engine.os, "cpu_count", lambda: 8)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    cpu = torch.device("cpu")
    assert engine.hardware(cpu).startswith("2 of 8 CPU cores (") and engine.hardware(cpu, 3).startswith("6 of 8 CPU cores (")
    assert engine.hardware(cpu, 4).startswith("8 CPU cores (")


def test_a_run_s_facts_hold_its_looks_at_the_validation_pictures(tmp_path):
    kept = {"command": "c", "settings": {}, "step": 20, "hardware": "h", "pictures": 3, "seconds": 120.0, "random": [0, 0]}
    lines = ['{"step": 10, "L1": 0.5, "val": 0.7}', '{"step": 15, "L1": 0.4}', '{"step": 20, "val": 0.6}', '{"step": 30, "val": 0.5}']
    (tmp_path / "log.jsonl").write_text("\n".join(lines) + "\n")
    facts = facts_of(kept, tmp_path)
    assert facts["val"] == [[10, 0.7], [20, 0.6]] and facts["minutes"] == 2
    assert "val" not in facts_of(kept)
