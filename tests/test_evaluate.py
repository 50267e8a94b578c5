"""From a folder of weights and a data set to figures.json, for every kind of translator; and what is said of wrong input."""

import dataclasses
import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

from tests.small_weights import edit_config, save, write_photo_weights, write_weights
from train import evaluate as command
from train import judges
from train.__main__ import app
from train.comparisons import Comparison, label_folders, pairs, unpaired
from train.evaluate import FLOOR, NEAR_TITLE, REAL, at_pen_width, cycle_error, label_consistency, measured
from train.judges import Judge, squeezenet
from train.segmenter import Settings
from translators.cards import CARDS, NOISE, RESOLUTION, SEED, Control
from translators.labels import CAMVID, CMP, coloured
from translators.loading import translator_in
from translators.pix2pix import UNetGenerator, initialize
from translators.pix2pixhd import GlobalGenerator

SHARED = Path(__file__).resolve().parents[2] / "shared"
SQUEEZENET = SHARED / "metrics" / "squeezenet1_1_imagenet.pth"
RNG = np.random.default_rng(0)


def colours(pictures: torch.Tensor) -> torch.Tensor:
    """Twelve numbers of a picture: the mean colours of its quarters."""
    return torch.nn.functional.adaptive_avg_pool2d(pictures.float() / 255, 2).flatten(1)


STAND_IN = Judge("mean colours", colours, "distance, none", lambda y_fake, y: (y_fake - y).square().mean(), unit=True)


@pytest.fixture
def measure(monkeypatch):
    """Runs the command with features that need no file, and gives what it wrote."""
    monkeypatch.setattr(judges, "squeezenet", lambda weights: STAND_IN)

    def run(weights: Path, data: Path, *more: str, code: int = 0) -> dict | str:
        options = ["--data", str(data), "--features", "squeezenet", "--feature-weights", "none", *more]
        result = CliRunner().invoke(app, ["evaluate", str(weights), *options])
        assert result.exit_code == code, (result.output, result.exception)
        return json.loads((weights / "figures.json").read_text()) if code == 0 else result.stderr

    return run


def photo(size: tuple[int, int]) -> Image.Image:
    return Image.fromarray(RNG.integers(0, 255, (4, 4, 3), np.uint8)).resize(size, Image.Resampling.BICUBIC)


def ids(size: tuple[int, int], classes: int) -> np.ndarray:
    return np.array(Image.fromarray(RNG.integers(0, classes, (4, 4), np.uint8)).resize(size, Image.Resampling.NEAREST))


def side_by_side(folder: Path, count: int, left, right) -> None:
    folder.mkdir(parents=True)
    for i in range(count):
        a, b = left(), right()
        both = Image.new("RGB", (2 * a.width, a.height))
        both.paste(a, (0, 0))
        both.paste(b, (a.width, 0))
        both.save(folder / f"{i:02d}.png")


def run_json(folder: Path, **facts) -> Path:
    (folder / "run.json").write_text(json.dumps({"settings": {}, **facts}))
    return folder


@pytest.fixture
def facade(tmp_path, monkeypatch):
    """A U-Net that takes CMP labels, its run, and 12 test pairs: photo left, label picture right."""
    monkeypatch.setattr(command, "FIRST", 5)
    monkeypatch.setitem(CARDS, "facade", replace(CARDS["shoes"], name="facade", takes="label map", palette="cmp", controls=(SEED, NOISE)))
    torch.manual_seed(0)
    network = initialize(UNetGenerator(base_channels=4, downs=4))
    save(network, tmp_path / "facade")
    edit_config(tmp_path / "facade", translator={"size": 32})
    (tmp_path / "run").mkdir()
    torch.save({"average": network.state_dict(), "step": 1200}, tmp_path / "run" / "last.pt")
    for split, count in (("train", 8), ("test", 12)):
        side_by_side(tmp_path / "facades" / split, count, lambda: photo((40, 40)), lambda: coloured(ids((40, 40), len(CMP)), CMP))
    return run_json(tmp_path / "facade", settings={"flip": True})


def test_label_pictures(facade, measure):
    figures = measure(facade, facade.parent / "facades", "--run", str(facade.parent / "run"))
    assert figures["pictures"] == 12 and "32×32" in figures["protocol"] and figures["features"] == "mean colours"
    assert "no best checkpoint" in figures["protocol"] and "resamples, seed 0" in figures["interval"]
    rows = {"translated", "last checkpoint, step 1,200", "label pictures themselves"}
    for title in ("FID", "KID x 1000"):
        assert figures[title].keys() == rows | {FLOOR} and figures["against train and test"][title].keys() == rows
    assert figures["against train and test"]["pictures"] == 20
    for title in ("distance, none", "SSIM", "PSNR, dB", "L1, pictures in 0..1", "Lab histogram intersection: a"):
        assert figures[title].keys() == rows
        for value, low, high in figures[title].values():
            assert low <= value <= high
    exported, last = (figures["L1, pictures in 0..1"][name][0] for name in ("translated", "last checkpoint, step 1,200"))
    assert exported == pytest.approx(last, abs=1e-3)
    first = figures["first 5"]
    assert first.keys() >= {"FID", "KID x 1000", "distance, none", "L1, pictures in 0..1"}
    assert first["L1, pictures in 0..1"]["translated"] != figures["L1, pictures in 0..1"]["translated"]


def test_the_label_pictures_are_read_through_the_palette_and_lie_on_the_right(facade, measure):
    """A test set whose photos are the label pictures themselves, in the palette's colours: no difference is left."""
    for path in (facade.parent / "facades" / "test").iterdir():
        both = Image.open(path)
        both.paste(both.crop((40, 0, 80, 40)), (0, 0))
        noise = np.array(both).astype(int)
        noise[:, 40:] += RNG.integers(-9, 10, (40, 40, 3))  # JPEG's, on the label side alone
        Image.fromarray(noise.clip(0, 255).astype(np.uint8)).save(path)
    save(initialize(UNetGenerator(base_channels=4, downs=3)), facade)
    edit_config(facade, translator={"size": 40})
    assert measure(facade, facade.parent / "facades")["L1, pictures in 0..1"]["label pictures themselves"] == [0, 0, 0]


def test_both_checkpoints(facade, measure):
    run = facade.parent / "run"
    kept = torch.load(run / "last.pt", weights_only=True)
    torch.save({"average": {name: value * 1.5 for name, value in kept["average"].items()}, "step": 900}, run / "best.pt")
    figures = measure(facade, facade.parent / "facades", "--run", str(run))
    l1 = figures["L1, pictures in 0..1"]
    assert list(l1)[:3] == ["translated", "best checkpoint, step 900", "last checkpoint, step 1,200"]
    assert l1["best checkpoint, step 900"] != l1["last checkpoint, step 1,200"] and "checkpoint" not in figures["protocol"]


def test_the_checkpoint_of_a_run_with_nearest_doublings(facade, measure):
    """It is exported as a network with transposed convolutions, which paints the same."""
    torch.manual_seed(0)
    network = initialize(UNetGenerator(base_channels=4, downs=4, resize="nearest"))
    kept = {"average": network.state_dict(), "step": 30, "settings": {"resize": "nearest"}}
    torch.save(kept, facade.parent / "run" / "last.pt")
    save(network.with_transposed(), facade)
    edit_config(facade, translator={"size": 32})
    figures = measure(facade, facade.parent / "facades", "--run", str(facade.parent / "run"))
    exported, last = (figures["L1, pictures in 0..1"][name][0] for name in ("translated", "last checkpoint, step 30"))
    assert exported == pytest.approx(last, abs=1e-3)


def test_label_folders(tmp_path, monkeypatch, measure):
    controls = (SEED, Control("styles", "styles"))
    monkeypatch.setitem(CARDS, "street", replace(CARDS["shoes"], name="street", takes="label map", palette="camvid", controls=controls))
    torch.manual_seed(0)
    save(GlobalGenerator(in_channels=13, base_channels=4, downs=2, blocks=1), tmp_path / "street")
    edit_config(tmp_path / "street", translator={"size": [48, 32]})
    for split in ("train", "test"):
        for name in ("image", "label"):
            (tmp_path / "camvid" / split / name).mkdir(parents=True)
        for i in range(4):
            photo((60, 45)).save(tmp_path / "camvid" / split / "image" / f"{i}.png")
            Image.fromarray(ids((60, 45), len(CAMVID))).save(tmp_path / "camvid" / split / "label" / f"{i}.png")
    network = Settings(height=32, width=48)
    state = network.network().state_dict()
    (tmp_path / "segmenter").mkdir()
    torch.save({"settings": dataclasses.asdict(network), "best": state, "iou": 0.1}, tmp_path / "segmenter" / "last.pt")
    figures = measure(run_json(tmp_path / "street"), tmp_path / "camvid", "--segmenter", str(tmp_path / "segmenter"))
    assert figures["pictures"] == 4 and "48×32" in figures["protocol"] and "first 5" not in figures
    assert figures["SSIM"].keys() == {"translated", "label pictures themselves"}
    assert figures["mean IoU"].keys() == figures["pixel accuracy"].keys() == {REAL, "translated"}
    assert all(0 <= value <= 1 for value, _, _ in (*figures["mean IoU"].values(), *figures["pixel accuracy"].values()))
    said = measure(tmp_path / "street", tmp_path / "camvid", "--segmenter", str(tmp_path), code=1)
    assert said.startswith("Error:") and "no checkpoint" in said


@pytest.fixture
def measure_maps(tmp_path, monkeypatch, measure):
    """The figures of a photo translator with a truth, trained at a size, on `count` pairs in train/ and in another split."""

    def run(size: int, count: int, split: str) -> dict:
        monkeypatch.setitem(CARDS, "aerial2map", replace(CARDS["horse2zebra"], name="aerial2map", inverse="", controls=(RESOLUTION,)))
        weights = write_photo_weights(tmp_path / "aerial2map")
        edit_config(weights, translator={"size": size})
        for folder in ("train", split):
            side_by_side(tmp_path / "maps" / folder, count, lambda: photo((36, 36)), lambda: photo((36, 36)))
        return measure(run_json(weights, settings={"flip": False}), tmp_path / "maps")

    return run


def test_photos_with_their_truth(measure_maps):
    figures = measure_maps(size=32, count=6, split="val")
    assert figures["protocol"] == "val folder, 32×32 pixels"
    assert figures[NEAR_TITLE].keys() == {"translated", "photos themselves"} == figures["SSIM"].keys()
    assert all(0 <= low <= value <= high <= 1 for value, low, high in figures[NEAR_TITLE].values())


def test_photos_that_were_trained_on_larger_than_quick_keep_their_size(measure_maps):
    figures = measure_maps(size=320, count=2, split="test")
    assert figures["protocol"] == "test folder, 320×320 pixels" and 0 < figures["L1, pictures in 0..1"]["translated"][0] < 1


def test_unpaired_photos(tmp_path, measure):
    there, back = (write_photo_weights(tmp_path / name, seed) for seed, name in enumerate(("horse2zebra", "zebra2horse")))
    for name, count in (("trainA", 9), ("trainB", 9), ("testA", 5), ("testB", 7)):
        (tmp_path / "animals" / name).mkdir(parents=True)
        for i in range(count):
            photo((40, 36)).save(tmp_path / "animals" / name / f"{i}.png")
    figures = measure(run_json(there, direction=["A", "B"]), tmp_path / "animals")
    assert figures["FID"].keys() == {"translated", "photos untouched", FLOOR} and "SSIM" not in figures
    assert figures["against train and test"]["pictures"] == 16 and "5 and 7 pictures" in figures["protocol"]
    value, low, high = figures["cycle error, L1 of 255"]
    assert 0 < low < value < high
    networks = (translator_in(folder, CARDS[folder.name]) for folder in (there, back))
    photos = [Image.open(path) for path in sorted((tmp_path / "animals" / "testA").iterdir())]
    assert [value, low, high] == cycle_error(*networks, photos)
    run = tmp_path / "run"
    run.mkdir()
    network = command.translator_in(back, CARDS["zebra2horse"]).module.state_dict()
    torch.save({"average_F": network, "step": 7}, run / "last.pt")
    backward = measure(run_json(back, direction=["B", "A"]), tmp_path / "animals", "--run", str(run))
    assert backward["FID"]["last checkpoint, step 7"] == backward["FID"]["translated"]
    for domain in "AB":
        (tmp_path / "animals" / f"test{domain}").rename(tmp_path / "animals" / f"val{domain}")
    again = measure(there, tmp_path / "animals")
    assert again["protocol"] == "valA to valB, 5 and 7 pictures" and again["FID"] == figures["FID"]
    shutil.rmtree(back)
    assert "cycle error, L1 of 255" not in measure(there, tmp_path / "animals")


class Brighter:
    """A way there or back that adds so much to every pixel."""

    def __init__(self, light: float):
        self.light = light

    def restyle(self, x):
        return x + self.light


@pytest.mark.parametrize(("light", "error"), [(-0.25, 0), (0.25, 0.5 * 127.5), (0.5, 0.75 * 127.5)])
def test_the_cycle_error_goes_there_and_back(light, error):
    assert cycle_error(Brighter(0.25), Brighter(light), [photo((8, 8)), photo((8, 8))])[0] == pytest.approx(error, abs=0.01)


def test_the_floor_is_of_training_pictures_and_the_other_protocol_of_both():
    real, train = ([photo((16, 16)) for _ in range(6)] for _ in range(2))
    test = Comparison(real, real, "photos untouched", real, train, "", paired=False)
    figures = measured(STAND_IN, test, {"as the test": real, "as training": train, "as both": [*train, *real]})
    alone, both = ({row: value for row, (value, *_) in table["FID"].items()} for table in (figures, figures["against train and test"]))
    nothing = pytest.approx(0, abs=1e-3)
    assert alone["as the test"] == nothing and alone[FLOOR] == pytest.approx(alone["as training"]) != nothing
    assert both["as both"] == nothing and both["as the test"] != nothing and both["as training"] != nothing


def test_training_pictures_are_of_the_training_folder_and_of_the_kind_of_the_answers(tmp_path):
    """Those are white here, and all others are black."""
    wanted, of_test = ("trainB", "train/image", "train/photo"), [f"test/{name}" for name in ("image", "photo", "label", "edges")]
    for folder in (*wanted, "trainA", "testA", "testB", "train/label", "train/edges", *of_test):
        (tmp_path / folder).mkdir(parents=True)
        for i in range(2):
            Image.new("L", (8, 8), 255 * (folder in wanted)).save(tmp_path / folder / f"{i}.png")
    translator = SimpleNamespace(card=CARDS["shoes"], palette=CAMVID, config={"translator": {"size": 8}})
    for test in (unpaired(tmp_path, ["A", "B"]), label_folders(translator, tmp_path), pairs(translator, tmp_path, {})):
        assert [picture.convert("L").getextrema() for picture in test.train] == [(255, 255)] * 2
        assert [picture.convert("L").getextrema() for picture in test.real] == [(0, 0)] * 2


class Shades:
    """Reads classes as grey levels."""

    def confusion(self, picture: Image.Image, ids: np.ndarray) -> np.ndarray:
        return np.histogram2d(ids.ravel(), np.asarray(picture.convert("L")).ravel(), bins=range(4))[0]


def test_the_segmenters_ceiling_is_what_it_reads_out_of_the_photos():
    labels = [Image.fromarray(ids((16, 16), 3)) for _ in range(3)]
    dark = [Image.new("RGB", (16, 16))] * 3
    found = label_consistency(Shades(), Comparison(labels, dark, "label pictures", labels, [], ""), {"translated": dark})
    assert found["pixel accuracy"][REAL] == found["mean IoU"][REAL] == [1, 1, 1]
    assert found["pixel accuracy"]["translated"][0] == pytest.approx(np.mean([np.array(one) == 0 for one in labels]), abs=1e-4)


def test_drawings(tmp_path, monkeypatch, measure):
    weights = write_weights(tmp_path / "shoes")
    for split in ("train", "test"):
        for name in ("edges", "photo"):
            (tmp_path / "data" / split / name).mkdir(parents=True)
        for i in range(3):
            drawing = Image.new("L", (256, 256), 255)
            drawing.paste(0, (20, 60 + 20 * i, 236, 63 + 20 * i))
            drawing.save(tmp_path / "data" / split / "edges" / f"{i}.png")
            photo((256, 256)).save(tmp_path / "data" / split / "photo" / f"{i}.png")
    figures = measure(run_json(weights), tmp_path / "data", "--l1-only", str(write_weights(tmp_path / "l1", seed=1)), "--no-pen-widths")
    assert figures["FID"].keys() == {"translated", "L1 only, same width and steps", "drawings themselves", FLOOR}
    assert "KID x 1000 by pen width" not in figures and figures["command"].startswith("python -m train.evaluate")
    monkeypatch.setattr(command, "PEN_WIDTHS", (2, 8))
    widths = measure(weights, tmp_path / "data")["KID x 1000 by pen width"]
    assert widths.keys() == {"2", "8"} and widths["2"] != widths["8"]


def test_at_pen_width_widens_a_drawing():
    drawing = Image.new("L", (128, 128), 255)
    drawing.paste(0, (20, 60, 108, 63))
    amounts = [np.asarray(at_pen_width(drawing, width)).mean() for width in (1, 4, 8)]
    assert amounts[0] > amounts[1] > amounts[2]


@pytest.mark.skipif(not SQUEEZENET.exists(), reason="SqueezeNet's weights (../shared/metrics) are not here")
def test_squeezenet_tells_shoes_from_their_edges():
    folder = SHARED / "data" / "shoes" / "train"
    stems = sorted(path.stem for path in (folder / "photo").iterdir())[:24]
    judge = squeezenet(SQUEEZENET)
    photos = torch.stack([judge.features(Image.open(folder / "photo" / f"{stem}.jpg")) for stem in stems])
    edges = torch.stack([judge.features(Image.open(folder / "edges" / f"{stem}.png")) for stem in stems])
    assert photos.shape == (24, 512)
    floor, apart = (judge.sets(photos[:12], other)["KID x 1000"] for other in (photos[12:], edges[12:]))
    assert apart[0] > 5 * abs(floor[0]) + 100 and apart[1] > floor[2]
    scaled = judge.sets(7 * photos[:12], 7 * edges[12:])["KID x 1000"]
    assert scaled == pytest.approx(apart, rel=1e-3)  # of unit mean square, whatever they were


def test_what_is_wrong_is_said_in_one_sentence(facade, measure, monkeypatch):
    data, run = facade.parent / "facades", facade.parent / "run"
    said = measure(facade, data / "train", code=1)
    assert said.startswith("Error:") and "no such folder" in said
    assert "reads streets (camvid classes)" in measure(facade, data, "--segmenter", str(run), code=1)
    (run / "last.pt").write_bytes(b"PK")
    assert "last.pt: not a checkpoint of facade's network" in measure(facade, data, "--run", str(run), code=1)
    assert "last.pt: there is no such file" in measure(facade, data, "--run", str(data), code=1)
    for path in sorted((data / "test").iterdir())[1:]:
        path.unlink()
    assert "One picture has no FID and no KID" in measure(facade, data, code=1)
    (facade / "run.json").write_text("{")
    assert "run.json: not readable" in measure(facade, data, code=1)
    assert "there is no card" in " ".join(measure(facade.parent / "castle", data, code=2).split())
    assert "must be alex or vgg" in " ".join(measure(facade, data, "--lpips", "dino", code=2).split())
    assert "must be inception or squeezenet" in " ".join(measure(facade, data, "--features", "clip", code=2).split())


def test_features_that_cannot_be_had_are_said(monkeypatch):
    def missing(**_):
        raise ModuleNotFoundError

    def offline(**_):
        raise OSError("no route")

    for broken, expected in ((missing, "pip install torch-fidelity"), (offline, "cannot be downloaded .OSError.; --features squeezenet")):
        monkeypatch.setattr(judges, "KernelInceptionDistance", broken)
        with pytest.raises(judges.BadData, match=expected):
            judges.inception()
