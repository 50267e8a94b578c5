"""CycleGAN's losses by hand, the pool, and the loop: resumed, continued at another size, exported."""

import dataclasses
import functools
import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from tests.test_train_pix2pix import AsTheyAre
from train import cyclegan
from train.cyclegan import ImagePool, Settings, discriminator_loss, generator_loss, train
from train.data import BadData, UnpairedCrops, open_unpaired
from train.engine import BadCheckpoint
from train.export import export_cyclegan
from train.features import Views, normalised
from train.heads import heads_loss, judging_loss
from translators import CARDS
from translators.cyclegan import ResNetGenerator
from translators.loading import translator_in
from translators.pix2pix import resized

SMALL = Settings(
    size=32, scale_low=36, scale_high=44, base_channels=4, blocks=1, discriminator_channels=4, patch=16, pool=4, epochs=4, decay_epochs=2
)
SMALL = dataclasses.replace(SMALL, average=0.9, identity_every=2)


class Constant(nn.Module):
    """Logits that are known."""

    def __init__(self, value: float):
        super().__init__()
        self.value = value

    def forward(self, y):
        return torch.full((len(y), 1, 2, 2), self.value)


class Brighter(nn.Module):
    def forward(self, x):
        return x + 0.25


@pytest.fixture
def data(tmp_path):
    """5 reddish and 3 bluish pictures, and 2 of each to test on."""
    rng = np.random.default_rng(0)
    for folder, count, channel in (("trainA", 5, 0), ("trainB", 3, 2), ("testA", 2, 0), ("testB", 2, 2)):
        (tmp_path / "data" / folder).mkdir(parents=True)
        for i in range(count):
            pixels = rng.integers(0, 90, (48, 64, 3), np.uint8)
            pixels[..., channel] += 160
            Image.fromarray(pixels).save(tmp_path / "data" / folder / f"{i}.png")
    return tmp_path / "data"


def test_identity_generators_cost_only_what_the_discriminators_say():
    x, y = torch.rand(2, 3, 8, 8), torch.rand(2, 3, 8, 8)
    total, parts, x_fake, y_fake = generator_loss(nn.Identity(), nn.Identity(), Constant(0.25), Constant(0.5), x, y)
    assert parts["cycle_x"] == parts["cycle_y"] == parts["identity"] == 0
    assert parts["G"] == pytest.approx(0.25) and parts["F"] == pytest.approx(0.5625)  # (1 - 1/2)², judged by D_Y; (1 - 1/4)², by D_X
    assert total == pytest.approx(0.8125)
    assert torch.equal(y_fake, x) and torch.equal(x_fake, y)


def test_the_weights_of_the_paper_multiply_what_each_part_measures():
    x, y = torch.zeros(1, 3, 8, 8), torch.zeros(1, 3, 8, 8)
    total, parts, *_ = generator_loss(Brighter(), Brighter(), Constant(1.0), Constant(1.0), x, y, lambda_cycle=10, lambda_identity=0.5)
    assert parts["G"] == parts["F"] == 0
    assert parts["cycle_x"] == parts["cycle_y"] == pytest.approx(0.5)  # brighter twice
    assert parts["identity"] == pytest.approx(0.5)  # 0.25 for G(y), 0.25 for F(x)
    assert total == pytest.approx(10 * 1.0 + 10 * 0.5 * 0.5)
    without, parts, *_ = generator_loss(Brighter(), Brighter(), Constant(1.0), Constant(1.0), x, y, lambda_identity=0)
    assert "identity" not in parts and without == pytest.approx(10)


def test_the_cycle_that_begins_in_y_may_weigh_less():
    x, y = torch.zeros(1, 3, 8, 8), torch.ones(1, 3, 8, 8)
    judges = Constant(1.0), Constant(1.0)
    total, parts, *_ = generator_loss(nn.Identity(), Brighter(), *judges, x, y, lambda_identity=0, lambda_cycle_y=2)
    assert parts["cycle_x"] == parts["cycle_y"] == pytest.approx(0.25)
    assert total == pytest.approx(10 * 0.25 + 2 * 0.25)
    alone, *_ = generator_loss(nn.Identity(), Brighter(), *judges, x, y, lambda_cycle=0, lambda_identity=0, lambda_cycle_y=2)
    assert alone == pytest.approx(2 * 0.25)


def test_noise_lies_over_what_goes_back_and_over_nothing_else():
    """Of identity generators the cycle then loses the noise alone, whose mean size is σ √(2/π)."""
    torch.manual_seed(0)
    x, y, judges = torch.zeros(2, 3, 64, 64), torch.ones(2, 3, 64, 64), (Constant(1.0), Constant(1.0))
    _, parts, x_fake, y_fake = generator_loss(nn.Identity(), nn.Identity(), *judges, x, y, cycle_noise=0.1)
    assert parts["cycle_x"] == pytest.approx(0.1 * math.sqrt(2 / math.pi), rel=0.03)
    assert parts["cycle_y"] == pytest.approx(0.1 * math.sqrt(2 / math.pi), rel=0.03)
    assert parts["identity"] == 0 and torch.equal(y_fake, x) and torch.equal(x_fake, y)


def test_the_discriminator_s_loss_is_halved_and_reaches_no_generator():
    y_fake = torch.zeros(1, 3, 8, 8, requires_grad=True)
    loss, share = discriminator_loss(Constant(0.75), torch.zeros(1, 3, 8, 8), y_fake)
    assert loss == pytest.approx((0.0625 + 0.5625) / 2)
    assert share == 1 and not loss.requires_grad


def test_the_pool_keeps_the_first_and_then_exchanges_half():
    torch.manual_seed(0)
    pool = ImagePool(4)
    picture = lambda i: torch.full((1, 3, 2, 2), float(i))  # noqa: E731
    assert [pool.exchange(picture(i)).mean().item() for i in range(4)] == [0, 1, 2, 3]
    old = 0
    for i in range(4, 204):
        before = [kept.mean().item() for kept in pool.pictures]
        given = pool.exchange(picture(i)).mean().item()
        after = [kept.mean().item() for kept in pool.pictures]
        if given == i:
            assert after == before
        else:
            old += 1
            place = before.index(given)
            assert after == [*before[:place], i, *before[place + 1 :]]
    assert 70 < old < 130
    assert pool.exchange(torch.zeros(3, 3, 2, 2)).shape == (3, 3, 2, 2)


def test_the_pool_keeps_its_pictures_and_not_the_batches_they_come_from():
    torch.manual_seed(0)
    pool, batch = ImagePool(2), torch.rand(8, 3, 2, 2)
    for _ in range(5):
        pool.exchange(batch.split(4)[1])
    assert [picture.untyped_storage().nbytes() for picture in pool.state_dict()["pictures"]] == [3 * 2 * 2 * 4] * 2


def test_an_empty_pool_size_gives_every_picture_back():
    pool, y_fake = ImagePool(0), torch.rand(5, 3, 4, 4)
    assert torch.equal(pool.exchange(y_fake), y_fake)


def test_crops_depend_on_seed_epoch_and_index_alone(data):
    folder = open_unpaired(data, "train")
    assert len(folder) == 5
    crops = UnpairedCrops(folder, 32, (36, 44), seed=1)
    x, y, names = crops[3, 2]
    assert x.shape == y.shape == (3, 32, 32)
    assert names.startswith("2.png and ")
    assert x[0].mean() > x[2].mean() + 0.5 and y[2].mean() > y[0].mean() + 0.5
    again, other = crops[3, 2][0], crops[4, 2][0]
    assert torch.equal(x, again) and not torch.equal(x, other)
    partners = {crops[epoch, 2][2] for epoch in range(20)}
    assert len(partners) == 3  # the smaller domain is drawn from at random


def test_a_crop_larger_than_the_picture_is_refused(data):
    with pytest.raises(BadData, match="--scale-low 30"):
        UnpairedCrops(open_unpaired(data, "train"), 32, (30, 44), seed=1)
    with pytest.raises(BadData, match="--scale-high 44 is smaller than --scale-low 60"):
        UnpairedCrops(open_unpaired(data, "train"), 32, (60, 44), seed=1)
    with pytest.raises(BadData, match="valA"):
        open_unpaired(data, "val")


def test_sizes_that_the_networks_do_not_take_are_refused(data, tmp_path):
    with pytest.raises(BadData, match=r"--size 34: this generator's halvings need a multiple of 4"):
        train(data, tmp_path / "run", dataclasses.replace(SMALL, size=34, scale_low=36, scale_high=44), workers=0)
    with pytest.raises(BadData, match=r"--size 20: the coarsest D would see 20 pixels a side, and with --patch 70 needs 24"):
        Settings(size=20)


def same_state(a: dict, b: dict) -> bool:
    for name in ("G", "F", "D_X", "D_Y", "average_G", "average_F"):
        for key, value in a[name].state_dict().items():
            if not torch.equal(value, b[name].state_dict()[key]):
                return False
    return True


@pytest.mark.parametrize("stop", [3, 8])
def test_resume_equals_uninterrupted(data, tmp_path, stop):
    """Networks, averages, optimizers, pools, random states: after the same step they are the same, bit for bit."""
    whole = train(data, tmp_path / "whole", SMALL, workers=0, save_every=100)
    train(data, tmp_path / "parts", SMALL, workers=0, save_every=100, stop_at=stop)
    resumed = train(data, tmp_path / "parts", SMALL, workers=0, save_every=100, resume=True)
    assert same_state(whole, resumed)
    assert all(torch.equal(a, b) for a, b in zip(whole["pool_X"].pictures, resumed["pool_X"].pictures, strict=True))
    with pytest.raises(BadCheckpoint, match="blocks=1, not 2"):
        train(data, tmp_path / "parts", dataclasses.replace(SMALL, blocks=2), workers=0, resume=True)


@pytest.mark.usefixtures("one_thread")
def test_heads_on_a_frozen_network_join_the_game_and_resume(data, tmp_path, squeezenet):
    settings = dataclasses.replace(SMALL, lambda_projected=1.0, features="squeezenet", resize="nearest", epochs=1, decay_epochs=0)
    more = {"workers": 0, "save_every": 100, "feature_weights": squeezenet}
    whole = train(data, tmp_path / "whole", settings, **more)
    train(data, tmp_path / "parts", settings, **more, stop_at=2)
    assert same_state(whole, train(data, tmp_path / "parts", settings, **more, resume=True))
    unjudged = train(data, tmp_path / "unjudged", dataclasses.replace(settings, lambda_projected=0.0), **more)
    assert not torch.equal(unjudged["G"].stem.weight, whole["G"].stem.weight)
    assert {"P_G", "P_F", "P_X", "P_Y"} <= json.loads((tmp_path / "whole" / "log.jsonl").read_text().splitlines()[-1]).keys()
    with pytest.raises(BadData, match="--feature-weights"):
        train(data, tmp_path / "none", settings, workers=0)


ADDED = dataclasses.replace(SMALL, lambda_nce=1.0, augment=True, spectral=True, epochs=1, decay_epochs=0)


def test_what_the_field_added_joins_the_game_and_resumes(data, tmp_path):
    whole = train(data, tmp_path / "whole", ADDED, workers=0, save_every=100)
    train(data, tmp_path / "parts", ADDED, workers=0, save_every=100, stop_at=2)
    resumed = train(data, tmp_path / "parts", ADDED, workers=0, save_every=100, resume=True)
    assert same_state(whole, resumed)
    for name in ("bond_G", "bond_F"):
        assert all(torch.equal(value, resumed[name].state_dict()[key]) for key, value in whole[name].state_dict().items())
    for change in ({"lambda_nce": 0.0}, {"augment": False}, {"spectral": False}):
        without = train(data, tmp_path / next(iter(change)), dataclasses.replace(ADDED, **change), workers=0)
        assert not torch.equal(without["G"].stem.weight, whole["G"].stem.weight)


def test_the_bond_learns_with_the_generator_and_can_do_without_the_cycle(data, tmp_path):
    cut = dataclasses.replace(ADDED, lambda_cycle=0.0)
    still = train(data, tmp_path / "still", dataclasses.replace(cut, lr=0.0), workers=0)
    moved = train(data, tmp_path / "moved", cut, workers=0)
    weights = [state["bond_G"].projections[1][0].weight for state in (still, moved)]
    assert not torch.equal(*weights)
    logged = json.loads((tmp_path / "moved" / "log.jsonl").read_text().splitlines()[-1])
    assert "bond_G" in logged and not {"cycle_x", "cycle_y", "identity"} & logged.keys()


def test_spectral_norms_hold_every_layer_to_a_gain_of_one():
    torch.manual_seed(0)
    D = ADDED.discriminator()
    with torch.no_grad():
        for _ in range(30):
            D(torch.rand(1, 3, 32, 32))
        gains = [torch.linalg.matrix_norm(conv.weight.flatten(1), 2) for conv in D.eval().convs]
    assert gains == pytest.approx([1.0] * len(D.convs), abs=0.05)
    plain = SMALL.discriminator()
    assert len(D.convs) == len(plain.convs) and not any(isinstance(norm, type(plain.norms[0])) for norm in D.norms)


def test_only_what_they_are_shown_reaches_the_discriminators():
    """Seen through a constant, real and generated pictures are told apart by nothing; the cycle still sees the pictures."""
    blank = torch.zeros_like
    x, y = torch.rand(1, 3, 8, 8), torch.rand(1, 3, 8, 8)

    class Mean(nn.Module):
        def forward(self, y):
            return y.mean((1, 2, 3), keepdim=True)

    loss, _ = discriminator_loss(Mean(), y, x, blank)
    assert loss == pytest.approx(0.5)
    _, parts, *_ = generator_loss(Brighter(), Brighter(), Mean(), Mean(), x, y, seen=blank)
    assert parts["G"] == parts["F"] == 1 and parts["cycle_x"] == pytest.approx(0.5)


def test_heads_may_join_the_networks_of_a_run_that_had_none(data, tmp_path, squeezenet):
    train(data, tmp_path / "without", SMALL, workers=0, stop_at=2)
    settings = dataclasses.replace(SMALL, lambda_projected=1.0, features="squeezenet", lr=0.0, epochs=1, decay_epochs=0)
    state = train(data, tmp_path / "with", settings, start_from=[tmp_path / "without"], workers=0, feature_weights=squeezenet)
    kept = torch.load(tmp_path / "without" / "last.pt", weights_only=True)
    assert "P_X" in state and all(torch.equal(value, state["D_X"].state_dict()[key]) for key, value in kept["D_X"].items())


def test_the_heads_loss_by_hand():
    """Every head counts alike, whatever the size of its map: (1 - 1/2)² and (1 - 0)² for real, 1/4 and 0 for generated."""
    half, zero = (torch.full((1, 1, size, size), value) for size, value in ((4, 0.5), (2, 0.0)))
    assert heads_loss(nn.Identity(), [half, zero], True) == pytest.approx(0.625)
    assert heads_loss(nn.Identity(), [half, zero], False) == pytest.approx(0.125)


def test_what_heads_learn_from_does_not_reach_the_generator():
    """Half of both halves, as D's loss: (1 - 1/2)² for the real picture, 3/4² for the generated one."""
    fake = torch.full((1, 1, 2, 2), 0.75, requires_grad=True)
    scale = nn.Parameter(torch.ones(()))
    loss = judging_loss(lambda features: [scale * f for f in features], Views([fake], [torch.full((1, 1, 2, 2), 0.5)]))
    loss.backward()
    assert loss.item() == pytest.approx((0.25 + 0.5625) / 2) and scale.grad is not None and fake.grad is None


def runs_before_of(run: Path) -> dict[str, list[int]]:
    """The steps of the runs that each generator of a run's checkpoint has behind it."""
    before = torch.load(run / "last.pt", weights_only=True)["before"]
    return {name: [facts["step"] for facts in runs] for name, runs in before.items()}


def test_a_run_can_begin_with_the_networks_of_another(data, tmp_path):
    train(data, tmp_path / "small", SMALL, workers=0, stop_at=2)
    larger = dataclasses.replace(SMALL, size=40, scale_low=44, lr=0.0, epochs=1, decay_epochs=0)
    state = train(data, tmp_path / "large", larger, start_from=[tmp_path / "small"], workers=0)
    kept = torch.load(tmp_path / "small" / "last.pt", weights_only=True)
    assert all(torch.equal(value, state["G"].state_dict()[key]) for key, value in kept["G"].items())
    assert runs_before_of(tmp_path / "large") == {"G": [2], "F": [2]}
    nearest = dataclasses.replace(larger, resize="nearest")
    state = train(data, tmp_path / "nearest", nearest, start_from=[tmp_path / "small"], workers=0, stop_at=1)
    assert torch.equal(state["G"].ups[0].conv.weight, resized(kept["G"]["ups.0.weight"]))
    with pytest.raises(BadData, match="its G does not fit"):
        train(data, tmp_path / "wide", dataclasses.replace(SMALL, base_channels=8), start_from=[tmp_path / "small"], workers=0)


def test_a_run_can_begin_with_the_generators_of_two_weights_folders(data, tmp_path):
    train(data, tmp_path / "run", SMALL, workers=0, stop_at=2)
    folders = [tmp_path / "weights" / name for name in ("horse2zebra", "zebra2horse")]
    export_cyclegan(tmp_path / "run", data, *folders, photos=1)
    path = folders[1] / "run.json"  # the way back has a history of its own
    path.write_text(path.read_text().replace('"step": 2', '"step": 7'))
    still = dataclasses.replace(SMALL, lr=0.0, epochs=1, decay_epochs=0, seed=1)
    state = train(data, tmp_path / "on", still, start_from=folders, workers=0)
    kept = torch.load(tmp_path / "run" / "last.pt", weights_only=True)
    for name in "GF":
        assert all(torch.equal(value.half(), state[name].state_dict()[key].half()) for key, value in kept[f"average_{name}"].items())
    assert not all(torch.equal(value, state["D_X"].state_dict()[key]) for key, value in kept["D_X"].items())
    assert runs_before_of(tmp_path / "on") == {"G": [2], "F": [7]}
    both = [tmp_path / "shipped" / folder.name for folder in folders]
    export_cyclegan(tmp_path / "on", data, *both, photos=1)
    assert [[run["step"] for run in json.loads((folder / "run.json").read_text())["before"]] for folder in both] == [[2], [7]]
    with pytest.raises(BadData, match="its G does not fit"):
        train(data, tmp_path / "wide", dataclasses.replace(SMALL, base_channels=8), start_from=folders, workers=0)
    with pytest.raises(BadData, match="not 3 folders"):
        train(data, tmp_path / "three", SMALL, start_from=[*folders, tmp_path], workers=0)
    (folders[1] / "model.safetensors").unlink()
    with pytest.raises(BadData, match="zebra2horse"):
        train(data, tmp_path / "none", SMALL, start_from=folders, workers=0)
    shutil.copy(folders[0] / "model.safetensors", folders[1])
    (folders[0] / "run.json").write_text("{torn")
    with pytest.raises(BadData, match=r"horse2zebra.run\.json: not readable"):
        train(data, tmp_path / "none", SMALL, start_from=folders, workers=0)


def test_each_generator_has_its_own_doublings(data, tmp_path):
    """F with nearest doublings and G without, begun with networks that have none, and exported so."""
    train(data, tmp_path / "small", SMALL, workers=0, stop_at=2)
    apart = dataclasses.replace(SMALL, resize_back="nearest", lr=0.0, epochs=1, decay_epochs=0)
    state = train(data, tmp_path / "apart", apart, start_from=[tmp_path / "small"], workers=0, stop_at=1)
    kept = torch.load(tmp_path / "small" / "last.pt", weights_only=True)
    assert torch.equal(state["G"].ups[0].weight, kept["G"]["ups.0.weight"])
    assert torch.equal(state["F"].ups[0].conv.weight, resized(kept["F"]["ups.0.weight"]))
    folders = [tmp_path / "weights" / name for name in ("horse2zebra", "zebra2horse")]
    export_cyclegan(tmp_path / "apart", data, *folders, photos=1)
    assert [json.loads((folder / "config.json").read_text())["resize"] for folder in folders] == [None, "nearest"]
    back = dataclasses.replace(SMALL, resize="nearest", resize_back="")
    assert back.generator("G").resize == "nearest" and back.generator("F").resize is None
    assert dataclasses.replace(SMALL, resize="bilinear").generator("F").resize == "bilinear"


def test_a_run_can_begin_with_one_whose_last_checkpoint_was_lost(data, tmp_path):
    """A kill between the two moves of a save leaves the checkpoint before alone."""
    train(data, tmp_path / "small", SMALL, workers=0, stop_at=2, save_every=1)
    (tmp_path / "small" / "last.pt").unlink()
    train(data, tmp_path / "on", SMALL, start_from=[tmp_path / "small"], workers=0, stop_at=1)
    assert runs_before_of(tmp_path / "on") == {"G": [1], "F": [1]}


@pytest.fixture
def one_step(data, tmp_path, monkeypatch):
    """Takes one step of a run, and gives its state and, of every loss by name, what it was given, call for call. What comes from a pool
    is 0.5 brighter than what was put into it.
    """
    asked: dict[str, list] = {}
    exchange = ImagePool.exchange

    def watched(loss, *given):
        result = loss(*given)
        asked.setdefault(loss.__name__, []).append((given, result))
        return result

    monkeypatch.setattr(ImagePool, "exchange", lambda pool, fake: exchange(pool, fake) + 0.5)
    monkeypatch.setattr(cyclegan, "taps", lambda *_: AsTheyAre())
    for loss in (generator_loss, discriminator_loss, heads_loss, judging_loss):
        monkeypatch.setattr(cyclegan, loss.__name__, functools.partial(watched, loss))

    def step(**more):
        settings = dataclasses.replace(SMALL, **more)
        return train(data, tmp_path / "run", settings, workers=0, stop_at=1), asked

    return step


def is_red(picture: torch.Tensor) -> bool:
    return bool(picture[:, 0].mean() > picture[:, 2].mean())


def test_each_discriminator_learns_its_own_domain_from_its_pool(one_step):
    state, asked = one_step()
    (((*networks, x, y, _, _, _, _, _), (_, _, x_fake, y_fake)),) = asked["generator_loss"]
    assert networks == [state[name] for name in ("G", "F", "D_X", "D_Y")] and is_red(x) and not is_red(y)
    expected = [(state["D_X"], x, x_fake, state["pool_X"]), (state["D_Y"], y, y_fake, state["pool_Y"])]
    for ((D, real, old, _), _), (judge, picture, fake, pool) in zip(asked["discriminator_loss"], expected, strict=True):
        assert D is judge and torch.equal(real, picture) and torch.equal(old, fake + 0.5)
        assert len(pool.pictures) == 1 and torch.equal(pool.pictures[0], fake)


def test_each_head_judges_its_own_domain(one_step):
    state, asked = one_step(lambda_projected=1.0)
    (((*_, x, y, _, _, _, _, _), (_, _, x_fake, y_fake)),) = asked["generator_loss"]
    (given_G, _), (given_F, _) = asked["heads_loss"]
    assert (given_G[0], given_F[0]) == (state["P_Y"], state["P_X"])
    assert torch.equal(*given_G[1], *normalised([y_fake])) and torch.equal(*given_F[1], *normalised([x_fake]))
    judged = [(P, views.real[0], views.fake[0]) for (P, views), _ in asked["judging_loss"]]
    for (P, real, old), (name, picture, fake) in zip(judged, (("P_X", x, x_fake), ("P_Y", y, y_fake)), strict=True):
        assert P is state[name] and torch.equal(real, *normalised([picture])) and torch.equal(old, *normalised([fake + 0.5]))


class Told(nn.Module):
    """In place of PatchNCE: keeps what it is to hold together."""

    def __init__(self, channels):
        super().__init__()

    def forward(self, *given):
        self.given = given
        return given[1][1].mean()


def test_the_bonds_hold_pictures_and_their_translations_together(one_step, monkeypatch):
    monkeypatch.setattr(cyclegan, "PatchNCE", Told)
    monkeypatch.setattr(ResNetGenerator, "encoded", lambda network, picture: (network, picture))
    state, asked = one_step(lambda_nce=1.0)
    (((*_, x, y, _, _, _, _, _), (_, _, x_fake, y_fake)),) = asked["generator_loss"]
    for name, picture, fake in (("G", x, y_fake), ("F", y, x_fake)):
        (encoder, given), (same, painted) = state[f"bond_{name}"].given
        assert encoder is same is state[name] and torch.equal(given, picture) and torch.equal(painted, fake)


def test_every_fourth_step_asks_both_generators_for_their_droplets(data, tmp_path, monkeypatch):
    asked, normed = [], ResNetGenerator.normed
    monkeypatch.setattr(ResNetGenerator, "normed", lambda network, picture: asked.append((network, picture)) or normed(network, picture))
    monkeypatch.setattr(cyclegan, "droplets", lambda normed: normed[0].abs().mean())  # which is never 0
    priced, free = (
        train(data, tmp_path / str(price), dataclasses.replace(SMALL, lambda_droplets=price), workers=0, stop_at=5) for price in (1.0, 0.0)
    )
    assert [network is priced[name] for (network, _), name in zip(asked, "GFGF", strict=True)] == [True] * 4
    assert [is_red(picture) for _, picture in asked] == [True, False] * 2
    assert not any(torch.equal(free[name].stem.weight, priced[name].stem.weight) for name in "GF")


def test_the_identity_loss_may_come_at_every_second_step(data, tmp_path, monkeypatch):
    weights = []
    monkeypatch.setattr(cyclegan, "generator_loss", lambda *a: weights.append(a[7]) or generator_loss(*a))
    train(data, tmp_path / "run", SMALL, workers=0, stop_at=4)
    assert weights == [1.0, 0.0, 1.0, 0.0]


def test_both_directions_are_exported_and_paint(data, tmp_path):
    state = train(data, tmp_path / "run", SMALL, workers=0)
    forward, backward = tmp_path / "weights" / "horse2zebra", tmp_path / "weights" / "zebra2horse"
    export_cyclegan(tmp_path / "run", data, forward, backward, photos=2)
    photo = Image.open(data / "testA" / "0.png").convert("RGB")
    x = torch.from_numpy(np.array(photo, np.float32)).permute(2, 0, 1)[None] / 127.5 - 1
    for folder, network, direction, channel in ((forward, "average_G", ["A", "B"], 0), (backward, "average_F", ["B", "A"], 2)):
        painted = translator_in(folder, CARDS[folder.name]).translate(photo)
        with torch.no_grad():
            expected = (state[network](x)[0].permute(1, 2, 0).numpy() + 1) * 127.5
        assert np.abs(np.asarray(painted, np.float32) - expected).mean() < 1
        assert json.loads((folder / "run.json").read_text())["direction"] == direction
        samples = [np.asarray(Image.open(path)) for path in (folder / "samples").glob("*.jpg")]
        assert [sample.mean((0, 1)).argmax() for sample in samples] == [channel] * 2  # X is red, Y blue


def test_a_set_without_a_test_folder_gives_its_samples_from_val(data, tmp_path):
    train(data, tmp_path / "run", SMALL, workers=0, stop_at=1)
    for domain in "AB":
        (data / f"test{domain}").rename(data / f"val{domain}")
    export_cyclegan(tmp_path / "run", data, tmp_path / "there", tmp_path / "back", photos=2)
    assert len(list((tmp_path / "there" / "samples").glob("*.jpg"))) == 2
