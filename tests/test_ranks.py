"""Two processes over gloo: equal weights on both, the same as one process with the double batch, no picture twice, one writer."""

import dataclasses
import os
import socket
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.multiprocessing as mp
from PIL import Image

from train import cyclegan, engine, pix2pix
from train.data import StepSampler
from train.engine import BadCheckpoint
from train.ranks import Ranks, all_ranks

# No dropout (downs 5), float32 Adam with a small rate, and norms that look at one picture alone.
PAIRED = pix2pix.Settings(size=32, base_channels=4, downs=5, discriminator_channels=4, patch=16, batch=1, epochs=10, decay_epochs=5)
PAIRED = dataclasses.replace(PAIRED, average=0.9, gan="least-squares")
UNPAIRED = cyclegan.Settings(size=16, scale_low=18, scale_high=20, base_channels=4, blocks=1, discriminator_channels=4, patch=16)
UNPAIRED = dataclasses.replace(UNPAIRED, pool=0, epochs=10, decay_epochs=5)


@pytest.fixture
def data(tmp_path):
    """4 pairs side by side, and two domains of 4 pictures."""
    rng = np.random.default_rng(0)
    for split in ("train", "val", "trainA", "trainB"):
        (tmp_path / "data" / split).mkdir(parents=True)
        for i in range(4):
            width = 64 if split in ("train", "val") else 32
            coarse = Image.fromarray(rng.integers(0, 256, (4, width // 8, 3), np.uint8))
            coarse.resize((width, 32), Image.Resampling.BICUBIC).save(tmp_path / "data" / split / f"{i}.png")
    return tmp_path / "data"


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def work(rank: int, port: int, loop: str, data: Path, out: Path, settings, resume: bool, stop_at: int | None) -> None:
    os.environ.update(RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE="2", MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
    torch.set_num_threads(1)
    engine.autocast = lambda device: nullcontext()
    train = {"pix2pix": pix2pix, "cyclegan": cyclegan}[loop].train
    with all_ranks("cpu") as (ranks, device):
        result = train(data, out, settings, resume=resume, device=device, workers=0, log_every=5, stop_at=stop_at, ranks=ranks)
    networks = result if loop == "pix2pix" else [result[name] for name in ("G", "F", "D_X", "D_Y")]
    torch.save([network.state_dict() for network in networks], out.parent / f"{out.name}-{rank}.pt")


def run_two(loop: str, data: Path, out: Path, settings, resume: bool = False, stop_at: int | None = None) -> list:
    """What both ranks hold at the end: state dicts of their networks."""
    mp.spawn(work, (free_port(), loop, data, out, settings, resume, stop_at), nprocs=2)
    return [torch.load(out.parent / f"{out.name}-{rank}.pt", weights_only=True) for rank in (0, 1)]


def weights_of(state: dict) -> dict:
    return {name: value for name, value in state.items() if name.endswith("weight")}


def largest_difference(a: list[dict], b: list[dict]) -> float:
    pairs = [(x[key].float(), y[key].float()) for x, y in zip(a, b, strict=True) for key in x]
    return max((x - y).abs().max().item() for x, y in pairs if x.numel())


LOOPS = pytest.mark.parametrize(("loop", "settings"), [("pix2pix", PAIRED), ("cyclegan", UNPAIRED)])


@LOOPS
def test_after_twenty_steps_both_ranks_hold_the_same_and_one_has_written(data, tmp_path, loop, settings):
    first, second = run_two(loop, data, tmp_path / "two", settings)
    assert largest_difference(first, second) == 0
    assert torch.load(tmp_path / "two" / "last.pt", weights_only=True)["step"] == 20
    assert len((tmp_path / "two" / "log.jsonl").read_text().splitlines()) == 4


@LOOPS
def test_two_ranks_do_what_one_does_with_the_double_batch(data, tmp_path, loop, settings, monkeypatch):
    """In float32, over 5 steps: later, rounding grows as it does in every GAN."""
    monkeypatch.setattr(engine, "autocast", lambda device: nullcontext())
    there, _ = run_two(loop, data, tmp_path / "two", settings, stop_at=5)
    module = {"pix2pix": pix2pix, "cyclegan": cyclegan}[loop]
    result = module.train(data, tmp_path / "one", dataclasses.replace(settings, batch=2), workers=0, stop_at=5)
    alone = [network.state_dict() for network in (result if loop == "pix2pix" else [result[name] for name in ("G", "F", "D_X", "D_Y")])]
    # A bias before a norm has no effect, and its gradient is rounding alone, which Adam blows up to full steps: weights only.
    assert largest_difference([weights_of(state) for state in there], [weights_of(state) for state in alone]) < 2e-5


def test_batch_norm_keeps_equal_running_averages(data, tmp_path):
    running = dataclasses.replace(PAIRED, statistics="running", batch=2)
    first, second = run_two("pix2pix", data, tmp_path / "two", running)
    assert largest_difference(first, second) == 0
    assert any("running_mean" in key and first[0][key].abs().sum() > 0 for key in first[0])


def test_two_ranks_resume_exactly_and_refuse_another_number(data, tmp_path):
    settings = dataclasses.replace(UNPAIRED, pool=2)
    whole, _ = run_two("cyclegan", data, tmp_path / "whole", settings)
    run_two("cyclegan", data, tmp_path / "parts", settings, stop_at=7)
    with pytest.raises(BadCheckpoint, match="made by 2 processes, not 1"):
        cyclegan.train(data, tmp_path / "parts", settings, resume=True, workers=0)
    resumed, _ = run_two("cyclegan", data, tmp_path / "parts", settings, resume=True)
    assert largest_difference(whole, resumed) == 0


def test_shares_are_disjoint_and_together_the_whole_step():
    alone = list(StepSampler(13, 4, seed=3, start=2, steps=8))
    shares = [list(StepSampler(13, 2, seed=3, start=2, steps=8, rank=rank, world=2)) for rank in (0, 1)]
    assert [a + b for a, b in zip(*shares, strict=True)] == alone


def test_one_process_alone_talks_to_nobody():
    ranks = Ranks()
    assert ranks.main and ranks.gather(5) == [5] and ranks.any(True) and not ranks.any(False)
    with all_ranks("cpu") as (ranks, device):
        assert (ranks.world, device) == (1, torch.device("cpu"))


def test_a_device_that_is_not_there_is_said(monkeypatch):
    with pytest.raises(ValueError, match="--device gpu: there is no such device; expected cpu or cuda"), all_ranks("gpu"):
        pass
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match="--device cuda: torch finds no graphics card"), all_ranks("cuda"):
        pass
