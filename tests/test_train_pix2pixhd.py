"""pix2pixHD's losses by hand, its three phases, and the loop: resumed bit for bit."""

import dataclasses
import json
import shutil

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from typer.testing import CliRunner

from train.data import BadData, LabelCrops, open_labels
from train.evaluate import checkpoints
from train.export import export_pix2pixhd, restyle, scenes_of, styles_of, write_config
from train.pix2pixhd import Settings, app, discriminator_loss, generator_loss, train
from translators.cards import CARDS
from translators.layouts import remarks
from translators.loading import translator_in
from translators.pix2pix import resized
from translators.pix2pixhd import Encoder, MultiScale, instance_means
from translators.weights import read

SHAPE = {"height": 32, "width": 48, "base_channels": 4, "downs": 2, "blocks": 1, "local_blocks": 1, "encoder_channels": 4}
JUDGED = {"discriminator_channels": 4, "patch": 16, "scales": 2, "lambda_perceptual": 0.0}
SMALL = Settings(classes=3, epochs=3, decay_epochs=1, average=0.9, **SHAPE, **JUDGED)


class Known(nn.Module):
    """Two scales of features and logits that follow from the picture's mean."""

    def features(self, x, y):
        mean = y.mean().reshape(1, 1, 1, 1)
        return [[mean, 2 * mean, mean], [mean, mean, mean + 1]]

    def forward(self, x, y):
        return [features[-1] for features in self.features(x, y)]


@pytest.fixture
def data(tmp_path):
    """Two splits of scenes: a lower half of class 1 under a sky of class 0, and a box of class 2."""
    rng = np.random.default_rng(0)
    for split, count in (("train", 4), ("val", 2)):
        for folder in ("image", "label"):
            (tmp_path / "data" / split / folder).mkdir(parents=True)
        for i in range(count):
            ids = np.zeros((40, 60), np.uint8)
            ids[20:] = 1
            left = int(rng.integers(5, 40))
            ids[15:28, left : left + 12] = 2
            photo = np.array([(120, 180, 240), (90, 90, 90), (200, 40, 40)], np.uint8)[ids]
            Image.fromarray(photo).save(tmp_path / "data" / split / "image" / f"{i}.jpg")
            Image.fromarray(ids).save(tmp_path / "data" / split / "label" / f"{i}.png")
    return tmp_path / "data"


def test_losses_by_hand():
    x, y, y_fake = torch.zeros(1, 1, 2, 2), torch.full((1, 3, 2, 2), 0.5), torch.full((1, 3, 2, 2), 0.25)
    loss, parts = discriminator_loss(Known(), x, y, y_fake)
    assert parts["D_real"] == pytest.approx(0.25 + 0.25)  # (1 - 0.5)² and (1 - 1.5)²
    assert parts["D_fake"] == pytest.approx(0.0625 + 1.5625)  # 0.25² and 1.25²
    assert loss == pytest.approx((0.5 + 1.625) / 2)
    total, parts = generator_loss(Known(), x, y, y_fake, lambda_feature=10, lambda_perceptual=0)
    assert parts["G_gan"] == pytest.approx(0.5625 + 0.0625)
    assert parts["G_feature"] == pytest.approx((0.25 + 0.5) / 2 + 0.25)  # the mean over layers, summed over scales; logits do not count
    assert total == pytest.approx(0.625 + 10 * 0.625)


def test_every_scale_judges_half_of_the_one_before():
    D = MultiScale(2, base_channels=2, patch=16, scales=3)
    sides = [logits.shape[-1] for logits in D(torch.zeros(1, 2, 128, 128), torch.zeros(1, 3, 128, 128))]
    assert sides == [62, 30, 14]


def equal(a: nn.Module, b: nn.Module) -> bool:
    return all(torch.equal(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values(), strict=True))


@pytest.mark.parametrize("augment", [False, True])
def test_resume_equals_uninterrupted(data, tmp_path, augment):
    settings = dataclasses.replace(SMALL, augment=augment)
    whole = train(data, tmp_path / "whole", settings, workers=0)
    train(data, tmp_path / "parts", settings, workers=0, stop_at=5)
    resumed = train(data, tmp_path / "parts", settings, workers=0, resume=True)
    assert all(equal(whole[name], resumed[name]) for name in ("G", "D", "E", "average", "average_E"))


@pytest.mark.usefixtures("one_thread")
def test_heads_on_a_frozen_network_join_the_game_and_resume(data, tmp_path, squeezenet):
    more = {"workers": 0, "feature_weights": squeezenet}
    settings = dataclasses.replace(SMALL, lambda_projected=1.0, features="squeezenet", epochs=1, decay_epochs=0)
    whole = train(data, tmp_path / "whole", settings, **more)
    train(data, tmp_path / "parts", settings, **more, stop_at=2)
    resumed = train(data, tmp_path / "parts", settings, **more, resume=True)
    assert all(equal(whole[name], resumed[name]) for name in ("G", "D", "E", "P", "average", "average_E"))
    assert {"P", "P_G"} <= json.loads((tmp_path / "whole" / "log.jsonl").read_text().splitlines()[-1]).keys()
    without = train(data, tmp_path / "without", dataclasses.replace(settings, lambda_projected=0.0), **more)
    assert not equal(without["G"], whole["G"]) and "P" not in without
    still = dataclasses.replace(settings, lr=0.0)
    anew, gone_on = (train(data, tmp_path / f"on_{run}", still, start_from=tmp_path / run, **more) for run in ("without", "whole"))
    assert equal(anew["G"], without["average"])
    taken = [all(map(torch.equal, run["P"].parameters(), whole["P"].parameters())) for run in (anew, gone_on)]
    assert taken == [False, True]


def test_only_what_they_are_shown_reaches_the_discriminators():
    """Shown a blank, they cannot tell the pictures apart, and features match; the perceptual term still sees the pictures."""
    torch.manual_seed(0)
    D = SMALL.discriminator()
    x, y, y_fake = torch.rand(1, SMALL.seen, 64, 64), torch.rand(1, 3, 64, 64), torch.rand(1, 3, 64, 64)

    def blank(x, y):
        return torch.zeros_like(x), torch.zeros_like(y)

    _, parts = generator_loss(D, x, y, y_fake, lambda_perceptual=0.0, seen=blank)
    assert parts["G_feature"] == 0 < generator_loss(D, x, y, y_fake, lambda_perceptual=0.0)[1]["G_feature"]
    told = [discriminator_loss(D, x, a, b, blank)[0] for a, b in ((y, y_fake), (y_fake, y))]
    assert told[0] == told[1] != discriminator_loss(D, x, y, y_fake)[0]


def test_the_phases_follow_each_other(data, tmp_path):
    first = train(data, tmp_path / "global", SMALL, workers=0)
    fine = dataclasses.replace(SMALL, phase="local", height=64, width=96, epochs=1, decay_epochs=0)
    second = train(data, tmp_path / "local", fine, start_from=tmp_path / "global", workers=0)
    trunk = {name: value for name, value in first["average"].state_dict().items() if not name.startswith("head.")}
    assert all(torch.equal(value, second["G"].coarse.state_dict()[name]) for name, value in trunk.items())
    joint = dataclasses.replace(fine, phase="joint")
    third = train(data, tmp_path / "joint", joint, start_from=tmp_path / "local", workers=0)
    assert not equal(second["G"].coarse, third["G"].coarse)
    before = torch.load(tmp_path / "joint" / "last.pt", weights_only=True)["before"]
    assert [facts["settings"]["phase"] for facts in before] == ["global", "local"]
    with pytest.raises(BadData, match="do not fit"):
        train(data, tmp_path / "wide", dataclasses.replace(joint, base_channels=8), start_from=tmp_path / "local", workers=0)


def test_a_run_can_begin_with_shipped_weights(data, tmp_path):
    train(data, tmp_path / "run", SMALL, workers=0)
    shutil.copytree(data / "val", data / "test")
    facts = export_pix2pixhd(tmp_path / "run", data, tmp_path / "weights", samples=0)
    still = dataclasses.replace(SMALL, lr=0.0)
    on = train(data, tmp_path / "on", still, start_from=tmp_path / "weights", workers=0, stop_at=1)
    G, encoder = read(tmp_path / "weights")[0], Encoder.from_pretrained(tmp_path / "weights" / "encoder")
    assert equal(on["G"], G) and equal(on["E"], encoder)
    (before,) = torch.load(tmp_path / "on" / "last.pt", weights_only=True)["before"]
    assert (before["command"], before["step"]) == (facts["command"], 12)
    fine = dataclasses.replace(still, phase="local", height=64, width=96)
    local = train(data, tmp_path / "local", fine, start_from=tmp_path / "weights", workers=0, stop_at=1)
    assert all(
        torch.equal(value, local["G"].coarse.state_dict()[name]) for name, value in G.state_dict().items() if not name.startswith("head.")
    )
    with pytest.raises(BadData, match="do not fit"):
        train(data, tmp_path / "wide", dataclasses.replace(SMALL, base_channels=8), start_from=tmp_path / "weights", workers=0)
    torch.save({"settings": {"gan": "vanilla"}, "step": 3, "before": []}, tmp_path / "last.pt")
    with pytest.raises(BadData, match=r"holds a run of another command than train\.pix2pixhd"):
        train(data, tmp_path / "none", SMALL, start_from=tmp_path, workers=0)
    shutil.rmtree(tmp_path / "weights" / "encoder")
    with pytest.raises(BadData, match=r"--start-from: .*encoder"):
        train(data, tmp_path / "none", SMALL, start_from=tmp_path / "weights", workers=0)


def test_a_run_with_nearest_doublings_can_begin_with_one_without(data, tmp_path):
    first = train(data, tmp_path / "global", SMALL, workers=0, stop_at=2)
    ups = first["average"].state_dict()
    nearest = dataclasses.replace(SMALL, resize="nearest", lr=0.0, average=0.0)
    same = train(data, tmp_path / "same", nearest, start_from=tmp_path / "global", workers=0, stop_at=1)["G"]
    fine = dataclasses.replace(nearest, phase="local", height=64, width=96)
    local = train(data, tmp_path / "local", fine, start_from=tmp_path / "global", workers=0, stop_at=1)["G"]
    for trunk in (same, local.coarse):
        assert torch.equal(trunk.ups[0].conv.weight, resized(ups["ups.0.weight"]))
        assert torch.equal(trunk.ups[1].conv.bias, ups["ups.1.bias"])
        assert torch.equal(trunk.stem.weight, ups["stem.weight"])
    shutil.copytree(data / "val", data / "test")
    export_pix2pixhd(tmp_path / "local", data, tmp_path / "weights", samples=0)
    shipped, config = read(tmp_path / "weights")
    kept = local.enhancers[0].up.conv.weight.half().float()
    assert config["resize"] == "nearest" and torch.equal(shipped.enhancers[0].up.conv.weight, kept)


def test_every_network_learns_from_the_first_step_on(data, tmp_path):
    """The encoder too, which no loss but G's reaches."""
    still, moved = (train(data, tmp_path / str(lr), dataclasses.replace(SMALL, lr=lr), workers=0, stop_at=1) for lr in (0.0, SMALL.lr))
    assert not any(equal(still[name], moved[name]) for name in ("G", "D", "E", "average", "average_E"))


def test_without_encoder_and_boundary_g_sees_the_classes_alone(data, tmp_path):
    plain = dataclasses.replace(SMALL, boundary=False, feature_channels=0, epochs=1, decay_epochs=0)
    state = train(data, tmp_path / "run", plain, workers=0)
    assert state["G"].stem.in_channels == 3 and "E" not in state


def test_validation_is_logged(data, tmp_path):
    train(data, tmp_path / "run", SMALL, workers=0, log_every=2, validate_every=4, stop_at=8)
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines if "val" in line] == [4, 8]


def test_crops_keep_photo_and_labels_together(data):
    crops = LabelCrops(open_labels(data, "train", 3), (32, 48), seed=0, zoom=2.0, colour=0.0)
    for epoch in range(6):
        label_map, instance_map, y, _ = crops[epoch, 1]
        red = (y[0] > 0.3) & (y[2] < -0.3)
        assert (red == (label_map == 2)).float().mean() > 0.92  # JPEG blurs the border
        assert len(instance_map.unique()) >= len(label_map.unique())


@pytest.mark.parametrize(("photo", "crop"), [((600, 450), (448, 576)), ((800, 600), (352, 480)), ((500, 500), (480, 480))])
def test_the_whole_of_a_picture_of_any_size_is_a_crop(tmp_path, photo, crop):
    """The photo's side, divided by the crop's and multiplied again, may come out a hair longer than it is."""
    for name, picture in (("image", Image.new("RGB", photo)), ("label", Image.new("L", photo))):
        (tmp_path / "train" / name).mkdir(parents=True)
        picture.save(tmp_path / "train" / name / "1.png")
    label_map, _, y, _ = LabelCrops(open_labels(tmp_path, "train", 3), crop, seed=0, zoom=1.0, colour=0.0)[0, 0]
    assert label_map.shape == y.shape[1:] == crop


def test_the_local_phase_alone_is_refused(data, tmp_path):
    with pytest.raises(BadData, match="--phase local trains around a generator that is there already"):
        train(data, tmp_path / "run", dataclasses.replace(SMALL, phase="local"), workers=0)


def test_sizes_that_the_networks_do_not_take_are_refused(data, tmp_path):
    with pytest.raises(BadData, match=r"--height 38: this generator's halvings need a multiple of 4, 8 or more"):
        train(data, tmp_path / "run", dataclasses.replace(SMALL, height=38), workers=0)
    with pytest.raises(BadData, match=r"--scales 3: the coarsest D would see 8 pixels a side, and with --patch 70 needs 24"):
        dataclasses.replace(SMALL, patch=70, scales=3)


def test_a_palette_picture_holds_ids(data):
    path = data / "train" / "label" / "1.png"
    ids = Image.open(path)
    palette = Image.fromarray(np.asarray(ids))
    palette.putpalette([200, 10, 10, 10, 200, 10, 10, 10, 200])
    palette.save(path)
    assert Image.open(path).mode == "P"
    assert open_labels(data, "train", 3).pair(1)[1].tobytes() == ids.tobytes()


def test_bad_labels_are_named(data):
    label = data / "train" / "label" / "2.png"
    Image.fromarray(np.full((40, 60), 7, np.uint8)).save(label)
    with pytest.raises(BadData, match=r"2\.png: class 7; ids run from 0 to 2"):
        open_labels(data, "train", 3).pair(2)
    Image.new("L", (10, 10)).save(label)
    with pytest.raises(BadData, match=r"2\.png is 10×10 and its photo 60×40"):
        open_labels(data, "train", 3).pair(2)
    Image.new("RGB", (60, 40)).save(label)
    with pytest.raises(BadData, match=r"2\.png: mode RGB"):
        open_labels(data, "train", 3).pair(2)
    label.unlink()
    with pytest.raises(BadData, match="no partner"):
        open_labels(data, "train", 3)


def test_export_keeps_the_network_and_gives_every_class_its_styles(data, tmp_path):
    shutil.copytree(data / "val", data / "test")
    state = train(data, tmp_path / "run", SMALL, workers=0)
    export_pix2pixhd(tmp_path / "run", data, tmp_path / "scene", samples=2)
    module, config = read(tmp_path / "scene")
    assert config["translator"]["size"] == [48, 32] and sum(config["translator"]["histogram"]["shares"]) == pytest.approx(1, abs=1e-3)
    assert remarks(np.array(open_labels(data, "train", 3).pair(0)[1]), config["translator"]["histogram"]) == []
    clusters = config["translator"]["clusters"]
    assert clusters.keys() == {"0", "1", "2"} and all(len(row) == 3 for rows in clusters.values() for row in rows)
    scenes = config["translator"]["scenes"]
    assert len(scenes) == len(open_labels(data, "train", 3)) and {len(row) for row in scenes} == {3}
    x = torch.rand(1, 3 + 1 + 3, 32, 48)
    with torch.inference_mode():
        assert (module(x) - state["average"](x)).abs().mean() < 0.01
    encoder = Encoder.from_pretrained(tmp_path / "scene" / "encoder")
    assert all((a - b).abs().max() < 1e-3 for a, b in zip(encoder.parameters(), state["E"].parameters(), strict=True))
    assert [Image.open(path).mode for path in sorted((tmp_path / "scene" / "samples").iterdir())] == ["L", "L"]


def test_export_sets_a_margin_or_refuses_it(data, tmp_path):
    shutil.copytree(data / "val", data / "test")
    train(data, tmp_path / "run", SMALL, workers=0)
    export_pix2pixhd(tmp_path / "run", data, tmp_path / "street", samples=0, margin=16)
    assert translator_in(tmp_path / "street", CARDS["street"]).margin == 16
    with pytest.raises(BadData, match="--margin is 0 to 128 pixels, not 129"):
        export_pix2pixhd(tmp_path / "run", data, tmp_path / "other", margin=129)
    assert not (tmp_path / "other").exists()


def test_the_styles_of_an_exported_network_are_found_again(data, tmp_path):
    shutil.copytree(data / "val", data / "test")
    train(data, tmp_path / "run", SMALL, workers=0)
    folder = tmp_path / "street"
    export_pix2pixhd(tmp_path / "run", data, folder, samples=0)
    config = json.loads((folder / "config.json").read_text())
    write_config(folder, config | {"translator": {"size": [48, 32], "clusters": {"0": [[0, 0, 0]]}, "margin": 8}})
    found = CliRunner().invoke(app, ["styles", str(folder), "--data", str(data)])
    assert found.exit_code == 0 and f"styles of 3 classes, {len(config['translator']['scenes'])} scenes" in found.output
    told = json.loads((folder / "config.json").read_text())["translator"]
    assert told.keys() == {"size", "clusters", "scenes", "margin"} and told["clusters"].keys() == config["translator"]["clusters"].keys()
    assert json.loads((folder / "config.json").read_text()) | {"translator": 0} == config | {"translator": 0}
    assert told["margin"] == 8
    assert restyle(folder, data, 16) == told | {"margin": 16}
    assert restyle(folder, data, 0) == told | {"margin": 0}
    shutil.rmtree(folder / "encoder")
    with pytest.raises(BadData, match="there is no encoder/"):
        restyle(folder, data)


def test_a_checkpoint_is_measured_with_the_styles_of_its_own_encoder(data, tmp_path):
    shutil.copytree(data / "val", data / "test")
    train(data, tmp_path / "run", SMALL, workers=0)
    export_pix2pixhd(tmp_path / "run", data, tmp_path / "street", samples=0)
    kept = torch.load(tmp_path / "run" / "last.pt", weights_only=True)
    other = {name: -value for name, value in kept["average_E"].items()}
    torch.save(kept | {"step": 5, "average_E": other}, tmp_path / "run" / "best.pt")
    street = translator_in(tmp_path / "street", CARDS["street"])
    best, last = checkpoints(tmp_path / "run", street, None, data).values()
    assert last.config["translator"] == street.config["translator"]
    assert best.config["translator"]["clusters"] != street.config["translator"]["clusters"]


def test_styles_are_the_centres_of_the_objects_features(data):
    class Colour(nn.Module):
        """The mean colour of every object: what an encoder might find."""

        def forward(self, y, instance_map):
            return instance_means(y, instance_map)

    styles = styles_of(Colour(), LabelCrops(open_labels(data, "train", 3), (32, 48), seed=0, zoom=1.0, colour=0.0), most=2)
    boxes = styles["clusters"]["2"]
    assert boxes[0][0] > boxes[0][2] + 0.5  # they are red
    assert all(0 <= row[2] < len(boxes) for row in styles["scenes"])


def test_a_scene_has_the_styles_of_one_picture_and_of_the_one_most_like_it_for_what_it_lacks():
    day, dusk, nothing = [0.9], [-0.9], [np.nan]
    looks = np.array([[day, day], [dusk, dusk], [[-0.5], nothing], [nothing, nothing]])
    styles = np.array([[0, 3], [1, 2], [4, -1], [-1, -1]])
    assert sorted(scenes_of(looks, styles, [0, 1, 2])) == [[0, 3], [1, 2], [4, 2]]
    assert scenes_of(looks, styles, [3]) == [[0, 3]]  # nothing to compare by: the first that shows each


def test_the_most_usual_scene_stands_first():
    looks = np.array([[[-0.9]], [[0.2]], [[0.9]], [[0.1]], [[np.nan]]])
    styles = np.array([[0], [1], [2], [3], [-1]])
    assert scenes_of(looks, styles, range(5)) == [[3], [1], [2], [0], [0]]  # what shows nothing is the last
