"""The loop, its losses and its data, on a handful of made pictures."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from torch import nn
from torch.utils.data import default_collate

from train import data as train_data
from train import engine, pix2pix
from train.data import BadData, PairedFolder, StepSampler, hue_rotation, open_paired
from train.export import export_pix2pix
from train.features import Views
from train.pix2pix import Settings, discriminator_loss, feature_matching, generator_loss, least_squares, train, vanilla
from translators import CARDS
from translators.from_drawing import DrawingTranslator
from translators.from_labels import LabelTranslator
from translators.from_photo import PhotoTranslator
from translators.labels import CMP, coloured
from translators.pix2pix import PatchGAN, UNetGenerator, initialize, resized, transposed
from translators.weights import read

ROOT = Path(__file__).resolve().parents[1]
TINY = Settings(size=64, base_channels=4, downs=6, discriminator_channels=4, patch=16, batch=2, epochs=5, decay_epochs=2, average=0.9)


def picture(i: int, size: int) -> tuple[Image.Image, Image.Image]:
    """A line drawing of an ellipse, and the same filled with a colour."""
    rng = np.random.default_rng(i)
    box = [
        int(v)
        for v in (rng.uniform(0.1, 0.2) * size, rng.uniform(0.2, 0.3) * size, rng.uniform(0.8, 0.9) * size, rng.uniform(0.7, 0.8) * size)
    ]
    drawing, target = Image.new("RGB", (size, size), "white"), Image.new("RGB", (size, size), "white")
    ImageDraw.Draw(drawing).ellipse(box, outline="black", width=2)
    ImageDraw.Draw(target).ellipse(box, fill=tuple(int(v) for v in rng.integers(60, 230, 3)), outline="black", width=2)
    return drawing, target


def side_by_side(root: Path, count: int = 8, size: int = 64) -> Path:
    for split, offset in (("train", 0), ("test", 100)):
        (root / split).mkdir(parents=True)
        for i in range(count):
            both = Image.new("RGB", (2 * size, size))
            for half, place in zip(picture(i + offset, size), (0, size), strict=True):
                both.paste(half, (place, 0))
            both.save(root / split / f"{i:02d}.png")
    return root


@pytest.fixture
def data(tmp_path) -> Path:
    return side_by_side(tmp_path / "data")


def equal_states(a: dict, b: dict) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


def test_gan_losses_against_values_by_hand():
    logits = torch.tensor([0.0, 2.0])
    assert vanilla(logits, True).item() == pytest.approx((math.log(2) + math.log(1 + math.exp(-2))) / 2, rel=1e-5)
    assert vanilla(logits, False).item() == pytest.approx((math.log(2) + math.log(1 + math.exp(2))) / 2, rel=1e-5)
    assert least_squares(logits, True).item() == pytest.approx((1 + 1) / 2)
    assert least_squares(logits, False).item() == pytest.approx((0 + 4) / 2)


def test_the_objective_is_the_sum_of_its_parts():
    torch.manual_seed(0)
    D = PatchGAN(base_channels=4, patch=16)
    x, y, y_fake = (torch.rand(1, 3, 32, 32) for _ in range(3))
    total, parts = generator_loss(D, x, y, y_fake, vanilla, lambda_l1=100.0, lambda_feature=10.0)
    assert total.item() == pytest.approx((100 * parts["L1"] + parts["G_gan"] + 10 * parts["G_feature"]).item(), rel=1e-5)
    assert parts["L1"].item() == pytest.approx((y - y_fake).abs().mean().item(), rel=1e-5)
    loss, parts = discriminator_loss(D, x, y, y_fake)
    assert loss.item() == pytest.approx((parts["D_real"] + parts["D_fake"]).item() / 2, rel=1e-5)
    only_l1, parts = generator_loss(D, x, y, y_fake, lambda_gan=0.0)
    assert parts.keys() == {"L1"}
    assert only_l1.item() == pytest.approx(100 * parts["L1"].item(), rel=1e-5)


def test_the_perceptual_loss_joins_the_objective_with_its_weight():
    y, y_fake = torch.full((1, 3, 4, 4), 0.5), torch.full((1, 3, 4, 4), -0.5)
    ours, real = ([torch.full((1, 2, 1, 1), value)] for value in (1.0, -1.0))  # mean square 1, a squared difference of 4 everywhere
    total, parts = generator_loss(None, y, y, y_fake, lambda_gan=0.0, lambda_l1=1.0, lambda_perceptual=10.0, views=Views(ours, real))
    assert parts["G_perceptual"].item() == pytest.approx(4)
    assert total.item() == pytest.approx(1 + 10 * 4)


def test_the_discriminator_loss_does_not_reach_the_generator():
    y_fake = torch.rand(1, 3, 32, 32, requires_grad=True)
    discriminator_loss(PatchGAN(base_channels=4, patch=16), torch.rand(1, 3, 32, 32), torch.rand(1, 3, 32, 32), y_fake)[0].backward()
    assert y_fake.grad is None


def test_feature_matching_by_hand():
    real, fake = (
        [torch.zeros(1, 1, 2, 2), torch.ones(1, 1, 2, 2), torch.full((1,), 9.0)],
        [torch.ones(1, 1, 2, 2), torch.full((1, 1, 2, 2), 4.0), torch.zeros(1)],
    )
    assert feature_matching(real, fake).item() == pytest.approx((1 + 3) / 2)  # the logits, last, do not count


def test_learning_rate_is_constant_then_falls_to_zero():
    factors = [engine.linear_decay(step, 200, 100) for step in (0, 99, 100, 150, 200)]
    assert factors == [1.0, 1.0, 1.0, 0.5, 0.0]


def test_the_decay_of_a_run_that_is_shorter_than_it_begins_at_the_full_rate():
    assert [engine.linear_decay(step, 50, -50) for step in (0, 25, 50)] == [1.0, 0.5, 0.0]


def test_every_picture_is_seen_once_an_epoch_and_a_start_in_the_middle_sees_the_same():
    whole = list(StepSampler(10, 3, seed=4, start=0, steps=9))
    assert len({index for batch in whole[:3] for _, index in batch}) == 9
    assert [epoch for batch in whole for epoch, _ in batch] == [0] * 9 + [1] * 9 + [2] * 9
    assert list(StepSampler(10, 3, seed=4, start=5, steps=9)) == whole[5:]
    with pytest.raises(BadData, match="2 training pictures are fewer than one batch of 3"):
        StepSampler(2, 3, 0, 0, 1)


def test_twenty_steps_on_one_pair_lower_l1(tmp_path):
    root = side_by_side(tmp_path / "one", count=1)
    settings = Settings(size=64, base_channels=8, downs=5, discriminator_channels=8, patch=16, batch=1, epochs=20, decay_epochs=0, lr=2e-3)
    train(root, tmp_path / "run", settings, workers=0, log_every=1)
    l1 = [json.loads(line)["L1"] for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert len(l1) == 20
    assert np.mean(l1[-3:]) < 0.8 * np.mean(l1[:3])


def test_resume_equals_an_uninterrupted_run_bit_for_bit(data, tmp_path):
    whole = train(data, tmp_path / "whole", TINY, workers=0)
    train(data, tmp_path / "halves", TINY, workers=0, stop_at=7)  # in the middle of the second epoch
    halves = train(data, tmp_path / "halves", TINY, workers=0, resume=True)
    for a, b in zip(whole, halves, strict=True):
        assert equal_states(a.state_dict(), b.state_dict())
    steps = [json.loads(line)["step"] for line in (tmp_path / "halves" / "log.jsonl").read_text().splitlines()]
    assert steps == sorted(set(steps))


def test_heads_and_a_perceptual_loss_join_the_game_and_resume(data, tmp_path, squeezenet):
    """The network that they look through is not drawn from the random state that dropout goes on with."""
    settings = replace(TINY, lambda_projected=1.0, lambda_perceptual=1.0, features="squeezenet", epochs=1, decay_epochs=0)
    more = {"workers": 0, "feature_weights": squeezenet}
    whole = train(data, tmp_path / "whole", settings, **more)
    train(data, tmp_path / "halves", settings, **more, stop_at=2)
    halves = train(data, tmp_path / "halves", settings, **more, resume=True)
    for a, b in zip(whole, halves, strict=True):
        assert equal_states(a.state_dict(), b.state_dict())
    first, last = (torch.load(tmp_path / run / "last.pt", weights_only=True)["P"] for run in ("whole", "halves"))
    assert equal_states(first, last)
    unjudged = train(data, tmp_path / "unjudged", replace(settings, lambda_projected=0.0), **more)
    assert not equal_states(unjudged[0].state_dict(), whole[0].state_dict())
    assert {"P", "P_G", "G_perceptual"} <= json.loads((tmp_path / "whole" / "log.jsonl").read_text().splitlines()[-1]).keys()


def test_heads_can_judge_alone(data, tmp_path, squeezenet):
    """Without the PatchGAN's loss the heads learn all the same, and D stays as it began."""
    settings = replace(TINY, lambda_gan=0.0, lambda_projected=1.0, features="squeezenet", epochs=1, decay_epochs=0)
    _, _, D = train(data, tmp_path / "run", settings, workers=0, feature_weights=squeezenet, save_every=1, log_every=1)
    first, last = (torch.load(tmp_path / "run" / f"{name}.pt", weights_only=True) for name in ("previous", "last"))
    assert not equal_states(first["P"], last["P"]) and equal_states(first["D"], last["D"]) and equal_states(D.state_dict(), last["D"])
    numbers = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert all({"P", "P_G", "L1"} <= record.keys() and "D_real" not in record for record in numbers)


class AsTheyAre(nn.Module):
    """In place of a network that pictures are looked at through: the pictures themselves."""

    channels = (3,)

    def forward(self, y):
        return [y]


def test_d_and_g_are_judged_beside_the_drawing_and_its_colour(data, tmp_path, monkeypatch):
    judged = []
    for name, loss in (("discriminator_loss", discriminator_loss), ("generator_loss", generator_loss)):
        monkeypatch.setattr(pix2pix, name, lambda D, *given, loss=loss, **more: judged.append(given) or loss(D, *given, **more))
    settings = replace(TINY, drawn=True)
    train(data, tmp_path / "run", settings, workers=0, stop_at=1)
    samples = settings.dataset(open_paired(data, "train"))
    x, c, y, _ = default_collate([samples[place] for place in next(iter(StepSampler(8, 2, TINY.seed, 0, 1)))])
    assert len(judged) == 2
    for seen, real, *_ in judged:
        assert torch.equal(seen[:, :3], x) and torch.equal(real, y)
        assert all(torch.equal(seen[:, 3:, row, column], c) for row, column in ((0, 0), (63, 20)))


def test_the_weights_of_the_objective_are_the_settings(data, tmp_path, monkeypatch):
    told = {"lambda_gan": 2.0, "lambda_l1": 7.0, "lambda_feature": 3.0, "lambda_perceptual": 5.0}
    given = []
    monkeypatch.setattr(pix2pix, "taps", lambda *_: AsTheyAre())
    monkeypatch.setattr(pix2pix, "generator_loss", lambda *a, **more: given.append((a[4], more)) or generator_loss(*a, **more))
    train(data, tmp_path / "run", replace(TINY, gan="least-squares", **told), workers=0, stop_at=1)
    ((gan, more),) = given
    assert gan is least_squares and told.items() <= more.items()


@pytest.mark.parametrize("part", ["lambda_gan", "lambda_l1", "lambda_perceptual", "lambda_projected"])
def test_every_part_of_the_objective_teaches_g_alone(data, tmp_path, monkeypatch, part):
    monkeypatch.setattr(pix2pix, "taps", lambda *_: AsTheyAre())
    alone = replace(TINY, **{"lambda_gan": 0.0, "lambda_l1": 0.0, part: 1.0})
    still, moved = (train(data, tmp_path / str(lr), replace(alone, lr=lr), workers=0, stop_at=1)[0].state_dict() for lr in (0.0, TINY.lr))
    assert not equal_states(still, moved)


def test_what_reads_the_condition_learns_ten_times_faster(data, tmp_path):
    settings = replace(TINY, drawn=True)
    train(data, tmp_path / "run", settings, workers=0, stop_at=1)
    common, conditional = torch.load(tmp_path / "run" / "last.pt", weights_only=True)["opt_G"]["param_groups"]
    assert (common["lr"], conditional["lr"]) == pytest.approx((2e-4, 2e-3))
    with_colour, without = (len(list(one.generator().parameters())) for one in (settings, TINY))
    assert len(common["params"]) == without and len(conditional["params"]) == with_colour - without


@pytest.mark.parametrize("more", [{"lambda_feature": 10.0}, {"lambda_r1": 1.0}, {"augment": True}])
def test_what_needs_d_is_refused_without_it(more):
    with pytest.raises(BadData, match="--lambda-feature, --lambda-r1 and --augment are of D, which --lambda-gan 0 leaves out"):
        Settings(lambda_gan=0.0, **more)


def test_a_palette_for_drawings_is_refused():
    with pytest.raises(BadData, match="--palette is for label pictures: it does not go with --drawn"):
        Settings(drawn=True, palette="cmp")


@pytest.mark.parametrize("size", [32, 96])
def test_sizes_that_g_does_not_take_are_refused(data, tmp_path, size):
    with pytest.raises(BadData, match=rf"--size {size}: this generator's halvings need a multiple of 64, 64 or more"):
        train(data, tmp_path / "run", replace(TINY, size=size), workers=0)


def test_a_grid_of_few_pictures_keeps_its_rows(tmp_path):
    rows = [torch.full((3, 3, 16, 16), level) for level in (-1.0, 0.0, 1.0)]
    engine.save_grid(tmp_path / "grid.jpg", rows, columns=8)
    with Image.open(tmp_path / "grid.jpg") as grid:
        assert grid.size == (3 * 18 + 2, 3 * 18 + 2)
        middles = [[grid.convert("L").getpixel((10 + 18 * column, 10 + 18 * row)) for column in range(3)] for row in range(3)]
        assert np.abs(np.array(middles) - [[0], [128], [255]]).max() < 12


def test_flat_rims_are_not_learned(tmp_path):
    """Photos that are one flat rim teach G nothing."""
    for i in range(2):
        (folder := tmp_path / "data" / "train").mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (128, 64), "black").save(folder / f"{i}.png")
    still, moved = (
        train(tmp_path / "data", tmp_path / str(masked), replace(TINY, mask_rims=masked), workers=0, stop_at=1)[0].state_dict()
        for masked in (True, False)
    )
    engine.seed_everything(TINY.seed)
    fresh = initialize(TINY.generator()).state_dict()
    assert equal_states(still, fresh) and not equal_states(moved, fresh)


def test_a_run_can_begin_with_the_generator_of_a_weights_folder(data, tmp_path, squeezenet):
    train(data, tmp_path / "run", TINY, workers=0, stop_at=2)
    export_pix2pix(tmp_path / "run", data, tmp_path / "weights")
    still = replace(TINY, lr=0.0, seed=1, lambda_projected=1.0, features="squeezenet")
    G, *_ = train(data, tmp_path / "on", still, start_from=tmp_path / "weights", workers=0, stop_at=1, feature_weights=squeezenet)
    kept = torch.load(tmp_path / "run" / "last.pt", weights_only=True)["average"]
    assert all(torch.equal(value.half(), G.state_dict()[key].half()) for key, value in kept.items())
    assert [facts["step"] for facts in torch.load(tmp_path / "on" / "last.pt", weights_only=True)["before"]] == [2]
    with pytest.raises(BadData, match=r"--start-from: .*nowhere"):
        train(data, tmp_path / "none", TINY, start_from=tmp_path / "nowhere", workers=0)


def test_a_run_with_nearest_doublings_can_begin_with_one_without_and_is_shipped_as_one(data, tmp_path):
    train(data, tmp_path / "plain", TINY, workers=0, stop_at=2)
    nearest = replace(TINY, resize="nearest", lr=0.0)
    G, *_ = train(data, tmp_path / "nearest", nearest, start_from=tmp_path / "plain", workers=0, stop_at=1)
    first = torch.load(tmp_path / "plain" / "last.pt", weights_only=True)["G"]
    assert torch.equal(G.ups[0].conv.weight, resized(first["ups.0.weight"])) and torch.equal(G.ups[-1].conv.bias, first["ups.5.bias"])
    assert torch.equal(G.downs[0].weight, first["downs.0.weight"])
    export_pix2pix(tmp_path / "nearest", data, tmp_path / "weights")
    shipped, config = read(tmp_path / "weights")
    kept = torch.load(tmp_path / "nearest" / "last.pt", weights_only=True)["average"]
    assert config["resize"] is None
    assert torch.equal(shipped.ups[0].weight, transposed(kept["ups.0.conv.weight"]).half().float())
    again, *_ = train(data, tmp_path / "again", nearest, start_from=tmp_path / "weights", workers=0, stop_at=1)
    for name, value in again.state_dict().items():
        torch.testing.assert_close(value, kept[name], atol=1e-3, rtol=2e-3)  # nothing but float16 was lost


def test_a_run_does_not_depend_on_its_workers(data, tmp_path):
    alone = train(data, tmp_path / "a", TINY, workers=0, stop_at=4)
    helped = train(data, tmp_path / "b", TINY, workers=2, stop_at=4)
    assert equal_states(alone[0].state_dict(), helped[0].state_dict())


def test_resume_with_other_settings_is_refused_in_words(data, tmp_path):
    train(data, tmp_path / "run", TINY, workers=0, stop_at=1)
    with pytest.raises(engine.BadCheckpoint, match=r"made with lr=0\.0002, not 0\.1"):
        train(data, tmp_path / "run", Settings(**{**TINY.__dict__, "lr": 0.1}), workers=0, resume=True)


def test_hand_drawings_are_ink_on_paper_and_depend_on_seed_epoch_and_index_alone(data):
    folder = open_paired(data, "train")
    dataset = Settings(size=64, drawn=True).dataset(folder)
    x, c, y, name = dataset[3, 5]
    again = Settings(size=64, drawn=True).dataset(folder)[3, 5]
    assert torch.equal(x, again[0]) and torch.equal(y, again[2]) and name == "05"
    assert x.shape == y.shape == (3, 64, 64) and c.shape == (3,)
    assert -1 <= x.min() < -0.5 and x.max() == 1
    assert not torch.equal(x, dataset[4, 5][0])


def test_a_drawings_colour_is_the_targets(data):
    dataset = Settings(size=64, drawn=True).dataset(open_paired(data, "train"))
    for i in range(4):
        expected = np.random.default_rng(i)
        expected.uniform(size=4)
        colour = expected.integers(60, 230, 3)
        assert np.abs((dataset.colour(i) + 1) * 127.5 - colour).max() < 3


def test_only_so_many_drafts_stay_in_memory(data, monkeypatch):
    monkeypatch.setattr(train_data, "KEPT", 3)
    dataset, whole = (Settings(size=64, drawn=True).dataset(open_paired(data, "train")) for _ in range(2))
    for i in (0, 1, 2, 3, 4, 3):
        assert torch.equal(dataset[0, i][0], whole[0, i][0])
    assert list(dataset._drafts) == [0, 1, 2]


def test_hue_rotation_keeps_greys_and_sends_red_to_green():
    turn = hue_rotation(2 * math.pi / 3)
    np.testing.assert_allclose(turn @ np.full(3, 0.3), np.full(3, 0.3), atol=1e-6)
    np.testing.assert_allclose(turn @ [1, 0, 0], [0, 1, 0], atol=1e-6)


def test_bad_data_is_named(data, tmp_path):
    with pytest.raises(BadData, match="no such folder"):
        open_paired(tmp_path / "nothing", "train")
    (data / "train" / "00.png").write_bytes(b"not a picture")
    with pytest.raises(BadData, match=r"00\.png: not a readable picture"):
        open_paired(data, "train").pair(0)
    for folder, names in (("edges", "ab"), ("photo", "b")):
        (tmp_path / "two" / "train" / folder).mkdir(parents=True)
        for name in names:
            Image.new("L", (8, 8)).save(tmp_path / "two" / "train" / folder / f"{name}.png")
    with pytest.raises(BadData, match="1 pictures have no partner in the other folder, the first is a"):
        open_paired(tmp_path / "two", "train")
    with pytest.raises(BadData, match=r"two/train: there is no folder input, but edges, photo; name the inputs with --x, the targets"):
        open_paired(tmp_path / "two", "train", x="input")


@pytest.mark.parametrize("workers", [0, 1])
def test_a_picture_that_is_found_damaged_while_training_is_named_in_one_line(data, tmp_path, workers):
    (data / "train" / "03.png").write_bytes(b"not a picture")
    with pytest.raises(BadData) as raised:
        train(data, tmp_path / "run", TINY, workers=workers)
    assert str(raised.value).startswith(f"{data / 'train' / '03.png'}: not a readable picture") and "\n" not in str(raised.value)


def test_held_out_pairs_are_not_trained_on(data):
    folder = open_paired(data, "train")
    kept, held = folder.hold_out(4)
    assert isinstance(kept, PairedFolder)
    assert {pair.name for pair in held.pairs} == {"03", "07"}
    assert {pair.name for pair in kept.pairs} & {pair.name for pair in held.pairs} == set()


def test_export_paints_what_the_average_of_the_run_paints(tmp_path):
    data = side_by_side(tmp_path / "data", count=4, size=128)
    settings = Settings(
        size=128, base_channels=4, downs=5, discriminator_channels=4, patch=16, batch=2, epochs=2, decay_epochs=0, average=0.9, drawn=True
    )
    _, average, _ = train(data, tmp_path / "run", settings, workers=0)
    facts = export_pix2pix(tmp_path / "run", data, tmp_path / "weights" / "shoes")
    assert facts["step"] == 4
    module, config = read(tmp_path / "weights" / "shoes")
    assert config["architecture"] == "UNetGenerator" and len(config["translator"]["colours"]) == 4
    assert {"width", "ink", "enclosed"} == config["translator"]["lines"].keys()
    drawing, _ = open_paired(data, "test").pair(0)
    painted = DrawingTranslator(CARDS["shoes"], module, config).translate(drawing, seed=1, noise=False)
    colour = torch.tensor([config["translator"]["colours"][1]]) / 127.5 - 1
    x = torch.from_numpy(np.array(drawing, np.float32)).permute(2, 0, 1)[None] / 127.5 - 1
    with torch.no_grad():
        expected = average.eval()(x, colour, noise=False)
    difference = np.asarray(painted, np.float32) - (expected[0].permute(1, 2, 0).numpy() + 1) * 127.5
    assert np.abs(difference).mean() < 1.0
    assert list((tmp_path / "weights" / "shoes" / "samples").glob("*.png"))
    assert isinstance(UNetGenerator.from_pretrained(tmp_path / "weights" / "shoes"), UNetGenerator)  # the Hub's own way in


def labelled(root: Path, splits: tuple[str, ...]) -> Path:
    """Side by side: a picture, and its label picture in CMP's colours with the noise of a JPEG."""
    for split in splits:
        (root / split).mkdir(parents=True)
        for i in range(4):
            ids = np.zeros((64, 64), np.uint8)
            ids[16 + 4 * i :, 8:56] = 1
            both = Image.new("RGB", (128, 64), "grey")
            both.paste(coloured(ids, CMP), (64, 0))
            both.save(root / split / f"{i:02d}.jpg", quality=95, subsampling=0)
    return root


def test_export_of_label_pictures_keeps_their_histogram_and_samples(tmp_path):
    data = labelled(tmp_path / "data", ("train", "val"))
    settings = Settings(**{**TINY.__dict__, "palette": "cmp", "flip": True, "epochs": 1})
    train(data, tmp_path / "run", settings, workers=0)
    export_pix2pix(tmp_path / "run", data, tmp_path / "facade")
    module, config = read(tmp_path / "facade")
    shares = config["translator"]["histogram"]["shares"]
    expected = np.mean([48 * (48 - 4 * i) / 64**2 for i in range(4)])
    assert shares[1] == pytest.approx(expected, abs=0.02) and sum(shares[:2]) > 0.98
    samples = [Image.open(path) for path in sorted((tmp_path / "facade" / "samples").glob("*.png"))]
    assert [(picture.mode, picture.size) for picture in samples] == [("L", (64, 64))] * 4  # of val: there is no test
    translator = LabelTranslator(CARDS["facade"], module, config)
    assert translator.translate(samples[0]).size == translator.size == (64, 64)
    assert np.mean([len(np.unique(picture)) == 2 for picture in samples]) == 1


def test_export_of_photos_keeps_some_as_samples(tmp_path, data):
    train(data, tmp_path / "run", TINY, workers=0, stop_at=1)
    export_pix2pix(tmp_path / "run", data, tmp_path / "photos")
    samples = sorted((tmp_path / "photos" / "samples").iterdir())
    assert len(samples) == 6 and {Image.open(path).format for path in samples} == {"JPEG"}
    translator = PhotoTranslator(CARDS["aerial2map"], *read(tmp_path / "photos"))
    photo = Image.open(samples[0]).convert("RGB")
    assert translator.module.dropout_layers == 1
    assert translator.translate(photo).tobytes() == translator.translate(photo).tobytes()  # no noise that no seed could bring back
    with pytest.raises(BadData, match=r"--thin-over .* it is 4\.5, and .*run takes none"):
        export_pix2pix(tmp_path / "run", data, tmp_path / "none", thin_over=4.5)


def test_a_run_can_begin_with_the_networks_of_another(data, tmp_path):
    first, _, D = train(data, tmp_path / "first", TINY, workers=0, stop_at=2)
    still = replace(TINY, lr=0.0, seed=1)
    G, _, judge = train(data, tmp_path / "second", still, start_from=tmp_path / "first", workers=0, stop_at=1)
    assert equal_states(first.state_dict(), G.state_dict()) and equal_states(D.state_dict(), judge.state_dict())
    assert [facts["step"] for facts in torch.load(tmp_path / "second" / "last.pt", weights_only=True)["before"]] == [2]
    train(data, tmp_path / "second", still, start_from=tmp_path / "first", workers=0, resume=True, stop_at=2)
    assert [facts["step"] for facts in torch.load(tmp_path / "second" / "last.pt", weights_only=True)["before"]] == [2]
    with pytest.raises(BadData, match="its G does not fit these settings"):
        train(data, tmp_path / "wide", replace(TINY, base_channels=8), start_from=tmp_path / "first", workers=0)


def test_a_margin_is_painted_in_training_too_and_shipped(tmp_path, monkeypatch):
    seen = []
    forward = UNetGenerator.forward
    monkeypatch.setattr(UNetGenerator, "forward", lambda self, x, *given, **more: seen.append(x) or forward(self, x, *given, **more))
    data = labelled(tmp_path / "data", ("train", "val"))
    settings = replace(TINY, palette="cmp", flip=True, epochs=1, margin=32)
    train(data, tmp_path / "run", settings, workers=0, stop_at=1)
    assert {tuple(x.shape[-2:]) for x in seen} == {(128, 128)}
    assert torch.equal(seen[0][..., 32:64, :32], seen[0][..., 32:64, 33:65].flip(-1))  # the labels go on, mirrored
    export_pix2pix(tmp_path / "run", data, tmp_path / "facade")
    module, config = read(tmp_path / "facade")
    translator = LabelTranslator(CARDS["facade"], module, config)
    assert translator.margin == 32 and config["translator"]["margin"] == 32


@pytest.mark.parametrize(("margin", "more"), [(32, {}), (20, {"palette": "cmp"}), (-32, {"palette": "cmp"}), (160, {"palette": "cmp"})])
def test_a_margin_that_cannot_be_is_refused(margin, more):
    with pytest.raises(BadData, match=r"--margin is a multiple of 32 pixels \(6 halvings\), 128 at most, and goes with --palette"):
        Settings(downs=6, margin=margin, **more)
