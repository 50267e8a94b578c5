"""The card of a label translator and of a photo translator whose test pictures have a truth beside them."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from typer.testing import CliRunner

from tests.small_weights import edit_config, save
from tests.test_evaluate import ids, photo, run_json, side_by_side
from train import pix2pix, pix2pixhd
from train.__main__ import app
from train.comparisons import pairs
from train.drawing_card import besides, objective
from train.evaluate import translations
from train.pair_card import added
from translators.cards import CARDS, NOISE, RESOLUTION, SEED
from translators.labels import CMP, coloured
from translators.loading import translator_in
from translators.pix2pix import UNetGenerator, initialize

SHIPPED = Path(__file__).resolve().parents[1] / "weights"
SETTINGS = {"batch": 2, "epochs": 7.5, "seed": 0, "gan": "vanilla", "lambda_l1": 20.0, "lambda_perceptual": 10.0, "features": "squeezenet"}
FIGURES = {
    "FID": {"translated": [88.0, 80.0, 97.0]},
    "pictures": 26,
    "protocol": "test folder, 32×32 pixels",
    "features": "SqueezeNet-1.1",
    "command": "python -m train.evaluate weights/facade",
}


@pytest.fixture(params=["label map", "photo"])
def folder(request, tmp_path, monkeypatch):
    """What export and evaluate leave behind, and a data set of 26 pairs."""
    like = CARDS["shoes"] if request.param == "label map" else CARDS["horse2zebra"]
    more = {"palette": "cmp", "controls": (SEED, NOISE)} if request.param == "label map" else {"controls": (RESOLUTION,)}
    monkeypatch.setitem(CARDS, "facade", replace(like, name="facade", takes=request.param, title="Facade", inverse="", **more))
    torch.manual_seed(0)
    save(initialize(UNetGenerator(base_channels=4, downs=4)), tmp_path / "facade")
    edit_config(tmp_path / "facade", translator={"size": 32})
    for split, count in (("train", 2), ("test", 26)):
        side_by_side(tmp_path / "data" / split, count, lambda: photo((40, 40)), lambda: coloured(ids((40, 40), len(CMP)), CMP))
    facts = {"command": "python -m train.pix2pix --flip", "pictures": 400, "step": 1000, "hardware": "2 CPU cores", "minutes": 7}
    (tmp_path / "facade" / "figures.json").write_text(json.dumps(FIGURES))
    return run_json(tmp_path / "facade", settings={"flip": request.param == "label map", **SETTINGS}, **facts)


def card(folder, *failures: str):
    options = [option for name in failures for option in ("--failures", name)]
    options += ["--failure-caption", "Doors melt.", "--data", str(folder.parent / "data")]
    return CliRunner().invoke(app, ["card", str(folder), *options])


def shows(page: Path, column: int, row: int, picture: Image.Image, side: int = 160) -> bool:
    """Does a sheet show this picture there, by the colours of its parts? A JPEG keeps no more."""
    left, top = (4 + place * (side + 4) for place in (column, row))
    shown = Image.open(page).crop((left, top, left + side, top + side))
    a, b = (np.asarray(one.convert("RGB").resize((8, 8), Image.Resampling.BOX), float) for one in (shown, picture))
    return np.abs(a - b).mean() < 15  # of sharp edges in colour a JPEG keeps so much less; another picture is 50 off


def test_the_card_shows_the_first_24_unpicked_with_their_truth(folder):
    assert card(folder, "07", "25").exit_code == 0
    text = (folder / "README.md").read_text("utf-8")
    takes_labels = CARDS["facade"].takes == "label map"
    assert "The first 24 test pictures by file name, unpicked" in text and "Doors melt." in text
    assert ("Its classes: background, wall" in text) == takes_labels
    assert "| steps of 2 | 1,000 of 1,500, where it was stopped |" in text
    assert "| FID | 88.0 (80.0 to 97.0) |" in text and "20 L1 + 10 perceptual loss (squeezenet)" in text and "flatters" in text
    with Image.open(folder / "card" / "test.jpg") as page:
        assert page.size == (6 * 164 + 4, 12 * 164 + 4)  # two triples in each of twelve rows
        third, truth = (
            page.crop((332, 4, 492, 164)),
            Image.open(folder.parent / "data" / "test" / "00.png").crop((0, 0, 40, 40) if takes_labels else (40, 0, 80, 40)),
        )
        ours, theirs = (list(p.convert("RGB").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))) for p in (third, truth))
        assert ours == pytest.approx(theirs, abs=4)
    assert (folder / "card" / "failures.jpg").is_file() and (folder / "thumbnail.jpg").is_file()


def test_between_input_and_truth_stands_what_the_network_makes_of_it(folder):
    assert card(folder, "07", "25").exit_code == 0
    translator = translator_in(folder, CARDS["facade"])
    test = pairs(translator, folder.parent / "data", json.loads((folder / "run.json").read_text())["settings"])
    for page, side, places in (("test", 160, [0, 1]), ("failures", 192, [7, 25])):
        made = translations(translator, [test.inputs[place] for place in places])
        for i, place in enumerate(places):
            for column, picture in enumerate((test.plain[place], made[i], test.real[place])):
                assert shows(folder / "card" / f"{page}.jpg", 3 * i + column, 0, picture, side)
            assert not shows(folder / "card" / f"{page}.jpg", 3 * i + 1, 0, test.real[place], side)


def test_a_picture_that_is_not_there_is_named(folder):
    result = card(folder, "99")
    assert result.exit_code == 1 and "there is no test picture 99; the first is 00." in result.stderr


def test_the_objective_is_told_from_the_settings():
    assert objective(asdict(pix2pix.Settings())) == "vanilla cGAN + 100 L1"
    changed = pix2pix.Settings(scales=2, lambda_r1=0.5, resize="nearest", norm="instance")
    assert objective(asdict(changed)) == "2-scale vanilla cGAN + 100 L1; R1 of γ 0.5 for D"
    judged = pix2pix.Settings(lambda_projected=0.5, features="squeezenet", augment=True, mask_rims=True)
    assert objective(asdict(judged)) == (
        "vanilla cGAN + 100 L1; beside D, heads on the features of squeezenet (Sauer 2021), of weight 0.5; "
        "D sees pictures changed at random (Zhao 2020); flat black or grey at a photo's sides is not learned"
    )
    assert besides(asdict(changed)) == ", norm instance, resize nearest" and besides(asdict(pix2pix.Settings())) == besides({}) == ""
    whole = pix2pixhd.Settings()
    assert objective(asdict(whole)) == "3-scale least-squares cGAN + 10 feature matching + 10 perceptual loss (vgg19)"
    assert objective(asdict(replace(whole, scales=2, lambda_perceptual=0.0))) == "2-scale least-squares cGAN + 10 feature matching"


@pytest.mark.parametrize("name", [name for name, card in CARDS.items() if not card.inverse and (SHIPPED / name).is_dir()])
def test_a_shipped_card_tells_its_objective(name):
    settings = json.loads((SHIPPED / name / "run.json").read_text("utf-8"))["settings"]
    assert f"Objective: {objective(settings)}" in (SHIPPED / name / "README.md").read_text("utf-8")


def test_what_was_no_part_of_the_training_is_told():
    styles = "a seed picks the styles that the classes have in one of 2 training pictures"
    assert added({"margin": 16, "scenes": [[0], [1]]}, {"size": 64}) == f"; {styles}; 16 pixels more are painted at every side, and cut off"
    assert added({"margin": 32}, {"margin": 32}) == added({}, {}) == ""


def test_what_is_missing_is_said(folder):
    (folder / "figures.json").unlink()
    result = card(folder, "07")
    assert result.exit_code == 1 and "figures.json: not readable; it comes from python -m train.evaluate." in result.stderr
    (folder / "model.safetensors").write_bytes(b"no")
    (folder / "figures.json").write_text(json.dumps(FIGURES))
    result = card(folder, "07")
    assert result.exit_code == 1 and result.stderr.startswith("Error:") and "model.safetensors" in result.stderr
    result = card(folder.parent / "castle", "07")
    assert result.exit_code == 2 and "there is no card 'castle' in translators/cards.py" in " ".join(
        result.stderr.replace("│", " ").split()
    )


def test_pictures_of_two_folders_are_found_by_name(folder):
    """Whatever else lies there."""
    data = folder.parent / "data"
    for split in ("train", "test"):
        for path in sorted((data / split).iterdir()):
            both = Image.open(path)
            for name, left in (("photo", 0), ("label", 40)):
                (data / split / f"the {name}").mkdir(exist_ok=True)
                both.crop((left, 0, left + 40, 40)).save(data / split / f"the {name}" / path.name)
            path.unlink()
        (data / split / "the photo" / ".DS_Store").write_bytes(b"0")
    x, y = ("the label", "the photo") if CARDS["facade"].takes == "label map" else ("the photo", "the label")
    facts = json.loads((folder / "run.json").read_text())
    facts["settings"] |= {"x": x, "y": y, "flip": False}
    (folder / "run.json").write_text(json.dumps(facts))
    result = card(folder, "07", "25")
    assert result.exit_code == 0, (result.output, result.exception)
    with Image.open(folder / "card" / "failures.jpg") as page:
        truth = Image.open(data / "test" / y / "07.png").convert("RGB").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
        side = (page.width - 4) // 6
        shown = page.crop((2 * side + 4, 4, 3 * side, side)).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
        assert list(shown) == pytest.approx(list(truth), abs=6)
