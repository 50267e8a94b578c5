"""The card of a translator that takes drawings."""

import json
import shutil
from dataclasses import asdict, replace

import numpy as np
import pytest
from PIL import Image, ImageDraw
from typer.testing import CliRunner

from benchmarks.page import ROOT
from tests.small_weights import edit_config, write_weights
from tests.test_evaluate import run_json
from tests.test_pair_card import shows
from train import pix2pix
from train.__main__ import app
from translators.cards import CARDS
from translators.loading import translator_in

FIGURES = {
    "FID": {"translated": [88.0, 80.0, 97.0]},
    "pictures": 8,
    "protocol": "test folder",
    "features": "SqueezeNet-1.1",
    "command": "python -m train.evaluate weights/shoes",
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """What export and evaluate leave behind, and a data set of eight pairs of 64 pixels."""
    monkeypatch.setitem(CARDS, "shoes", replace(CARDS["shoes"], size=64))
    write_weights(tmp_path / "shoes")
    edit_config(tmp_path / "shoes", translator={"colours": [[200, 30, 30]], "size": 64})
    for kind, fill in (("edges", None), ("photo", (200, 30, 30))):
        (tmp_path / "data" / "test" / kind).mkdir(parents=True)
        for i in range(8):
            picture = Image.new("RGB", (64, 64), "white")
            ImageDraw.Draw(picture).rectangle((12, 14 + 2 * i, 50, 52), outline=0, fill=fill)
            picture.save(tmp_path / "data" / "test" / kind / f"{i}.png")
    (tmp_path / "shoes" / "figures.json").write_text(json.dumps(FIGURES))
    facts = {"command": "python -m train.pix2pix", "pictures": 8, "step": 10, "hardware": "2 CPU cores", "minutes": 1, "torch": "2"}
    return run_json(tmp_path / "shoes", settings=asdict(pix2pix.Settings(drawn=True)), **facts)


def card(folder, drawings):
    options = ["--data", str(folder.parent / "data"), "--drawings", str(drawings), "--failures", "3", "--failure-caption", "Blots."]
    return CliRunner().invoke(app, ["card", str(folder), *options])


@pytest.mark.parametrize(("name", "said", "columns", "rows"), [("shoes", "60 drawings", 10, 12), ("emoji", "Eight drawings", 8, 2)])
def test_the_card_shows_every_hand_drawing_above_its_picture(folder, name, said, columns, rows):
    result = card(folder, ROOT / "benchmarks" / "drawings" / f"{name}.json")
    assert result.exit_code == 0, (result.output, result.exception)
    text = (folder / "README.md").read_text("utf-8")
    assert f"![hands](card/hands.jpg)\n*{said}, unpicked, each above its picture" in text
    path, side = folder / "card" / "hands.jpg", 1400 // columns
    assert path.stat().st_size < 400_000
    with Image.open(path) as page:
        assert page.size == (columns * side + 4, rows * side + 4)
        paper = np.asarray(page.convert("L"))[6 : side - 6, 6 : side - 6]  # the first drawing
        assert np.median(paper) > 250 and paper.min() < 120


def test_under_every_test_drawing_stands_what_the_network_paints(folder):
    assert card(folder, ROOT / "benchmarks" / "drawings" / "emoji.json").exit_code == 0
    translator, data = translator_in(folder, CARDS["shoes"]), folder.parent / "data" / "test"
    for i in (0, 7):
        drawing, target = (Image.open(data / kind / f"{i}.png") for kind in ("edges", "photo"))
        for row, picture in enumerate((drawing, translator.translate(drawing, seed=i), target)):
            assert shows(folder / "card" / "test.jpg", i, row, picture, 192)
    assert not shows(folder / "card" / "test.jpg", 7, 1, target, 192)
    failing = translator.translate(Image.open(data / "edges" / "3.png"), seed=0)
    assert shows(folder / "card" / "failures.jpg", 0, 1, failing, 192)


def test_pictures_beside_their_drawings_and_a_single_hand_drawing(folder):
    """The run says on which side the drawings lie."""
    data = folder.parent / "data" / "test"
    for i in range(8):
        both = Image.new("RGB", (128, 64))
        both.paste(Image.open(data / "photo" / f"{i}.png"), (0, 0))
        both.paste(Image.open(data / "edges" / f"{i}.png"), (64, 0))
        both.save(data / f"{i}.png")
    for kind in ("edges", "photo"):
        shutil.rmtree(data / kind)
    facts = json.loads((folder / "run.json").read_text())
    facts["settings"]["flip"] = True
    (folder / "run.json").write_text(json.dumps(facts))
    drawing = json.loads((ROOT / "benchmarks" / "drawings" / "emoji.json").read_text())[0]
    (folder / "one.json").write_text(json.dumps([drawing]))
    result = card(folder, folder / "one.json")
    assert result.exit_code == 0, (result.output, result.exception)
    with Image.open(folder / "card" / "test.jpg") as page:
        assert np.asarray(page.crop((4, 4, 196, 196)).convert("HSV"))[..., 1].mean() < 20  # black on white: the drawing, not the red photo


def test_a_stroke_file_that_is_not_there_is_named(folder):
    result = card(folder, folder / "none.json")
    assert result.exit_code == 1 and "none.json: not a stroke file" in result.stderr
