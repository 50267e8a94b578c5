"""The card of a translator that takes photos, and has a way back."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from tests.small_weights import write_photo_weights
from tests.test_evaluate import photo
from tests.test_pair_card import shows
from train.__main__ import app
from train.cyclegan import Settings
from train.sheets import batch_of
from translators.cards import CARDS
from translators.images import to_image, to_tensor
from translators.loading import translator_in

SHIPPED = Path(__file__).resolve().parents[1] / "weights"
FIGURES = {
    "FID": {"translated": [167.0, 149.0, 187.0], "photos untouched": [392.0, 365.0, 423.0]},
    "cycle error, L1 of 255": [18.7, 17.7, 19.7],
    "pictures": 26,
    "protocol": "testA to testB",
    "features": "SqueezeNet-1.1",
    "command": "python -m train.evaluate weights/horse2zebra",
}


def run(command: str, step: int, **settings) -> dict:
    facts = {"command": command, "settings": asdict(Settings(**settings)), "step": step, "hardware": "2 CPU cores", "minutes": 7}
    return {**facts, "pictures": [40, 80]}


def write_run(folder: Path, direction: str, *runs: dict) -> None:
    *before, last = runs
    (folder / "run.json").write_text(json.dumps({**last, "before": before, "direction": list(direction)}))


@pytest.fixture
def weights(tmp_path) -> Path:
    """What export and evaluate leave behind for both directions of one run, and a data set of 26 test pictures of each kind."""
    for seed, (name, direction) in enumerate((("horse2zebra", "AB"), ("zebra2horse", "BA"))):
        folder = write_photo_weights(tmp_path / name, seed)
        write_run(folder, direction, run("python -m train.cyclegan --epochs 1", 200))
        (folder / "figures.json").write_text(json.dumps(FIGURES))
        (folder / "samples").mkdir()
        photo((40, 40)).save(folder / "samples" / "01.jpg")
        (tmp_path / "data" / f"test{direction[0]}").mkdir(parents=True)
        for i in range(26):
            photo((40, 40)).save(tmp_path / "data" / f"test{direction[0]}" / f"{i:02}.png")
    return tmp_path


def card(folder: Path, *failures: str):
    options = [option for name in failures for option in ("--failures", name)]
    options += ["--failure-caption", "A black one stays black.", "--data", str(folder.parent / "data")]
    return CliRunner().invoke(app, ["card", str(folder), *options])


def text_of(folder: Path) -> str:
    assert card(folder, "07").exit_code == 0
    return (folder / "README.md").read_text("utf-8")


def test_the_card_shows_the_first_24_unpicked_and_six_on_their_round_trip(weights):
    text = text_of(weights / "horse2zebra")
    assert "The first 24 test pictures by file name, unpicked" in text and "A black one stays black." in text
    assert "| FID | 167 (149 to 187) | 392 (365 to 423) |" in text and "= 18.7 (17.7 to 19.7) grey levels" in text
    pages = {name: Image.open(weights / "horse2zebra" / "card" / f"{name}.jpg") for name in ("test", "cycle", "failures")}
    assert pages["test"].size == (8 * 164 + 4, 6 * 164 + 4) and pages["cycle"].size == (6 * 164 + 4, 3 * 164 + 4)
    for place, name in ((0, "00"), (2, "01"), (4, "02"), (6, "03")):  # each photo stands left of its translation
        shown = pages["test"].crop((4 + 164 * place, 4, 164 * (place + 1), 164))
        given = Image.open(weights / "data" / "testA" / f"{name}.png").convert("RGB")
        assert np.asarray(shown).mean((0, 1)) == pytest.approx(np.asarray(given).mean((0, 1)), abs=8)
    assert (weights / "horse2zebra" / "thumbnail.jpg").is_file()


def test_beside_every_photo_stands_what_the_networks_make_of_it(weights):
    assert card(weights / "horse2zebra", "07").exit_code == 0
    there, back = (translator_in(weights / name, CARDS[name]) for name in ("horse2zebra", "zebra2horse"))
    x, failing = (Image.open(weights / "data" / "testA" / f"{name}.png") for name in ("00", "07"))
    pages = weights / "horse2zebra" / "card"
    assert shows(pages / "test.jpg", 1, 0, there.translate(x)) and not shows(pages / "test.jpg", 1, 0, x)
    assert shows(pages / "failures.jpg", 0, 1, there.translate(failing), 192)
    y = there.restyle(to_tensor(x.convert("RGB")))
    for row, picture in enumerate((x, to_image(y), to_image(back.restyle(y)))):
        assert shows(pages / "cycle.jpg", 0, row, picture)


def test_a_picture_that_is_not_there_is_named(weights):
    result = card(weights / "horse2zebra", "07", "99")
    assert result.exit_code == 1 and "testA: there is no test picture 99; the first is 00." in result.stderr


def test_the_way_back_is_of_the_same_run_or_said_not_to_be(weights):
    assert "its way back is `horse2zebra`.\n" in text_of(weights / "zebra2horse")
    write_run(
        weights / "zebra2horse", "BA", run("python -m train.cyclegan --epochs 1", 200), run("python -m train.cyclegan --epochs 2", 400)
    )
    assert "its way back is `horse2zebra`, of another run.\n" in text_of(weights / "zebra2horse")
    assert "its way back is `zebra2horse`, of another run.\n" in text_of(weights / "horse2zebra")


def test_the_two_halves_of_the_cycle_and_each_direction_s_own_doublings_are_told(weights):
    assert "cycle loss\n10, identity" in text_of(weights / "horse2zebra")
    settings = {
        "lambda_cycle": 6.0,
        "lambda_cycle_y": 2.0,
        "cycle_noise": 0.1,
        "lambda_droplets": 2.0,
        "resize": "bilinear",
        "resize_back": "nearest",
    }
    for name, direction, resize in (("horse2zebra", "AB", "bilinear"), ("zebra2horse", "BA", "nearest")):
        write_run(weights / name, direction, run("python -m train.cyclegan", 200, **settings))
        text = text_of(weights / name)
        assert "cycle loss\n6 (2 from trainB and back), identity" in text and "noise of deviation 0.1 over a translation" in text
        assert f"instance norm, resize {resize}; weights" in text and "(Karras 2020, §2) at a price of 2" in text


def test_all_pictures_that_were_seen_are_counted(weights):
    assert "In all 200 pictures of each kind were seen: 5 and 2 times as many as there are." in text_of(weights / "horse2zebra")
    runs = run("python -m train.cyclegan", 200), run("python -m train.cyclegan", 150, batch=4)
    write_run(weights / "horse2zebra", "AB", *runs)
    assert "In all 800 pictures of each kind were seen: 20 and 10 times as many as there are." in text_of(weights / "horse2zebra")


def test_the_objective_names_what_a_run_added_to_the_paper(weights):
    plain = text_of(weights / "horse2zebra")
    assert "9 blocks, instance norm; weights" in plain and "pool of 50.\n" in plain and "flatters" not in plain
    added = {"resize": "nearest", "lambda_nce": 1.0, "lambda_projected": 0.5, "features": "squeezenet", "spectral": True, "augment": True}
    write_run(weights / "horse2zebra", "AB", run("python -m train.cyclegan", 200, **added))
    text = text_of(weights / "horse2zebra")
    assert "9 blocks, instance norm, resize nearest; weights" in text and "flatters" in text
    assert (
        "; PatchNCE (Park 2020) of weight 1; beside each PatchGAN, discriminators on the features of squeezenet (Sauer 2021), of weight"
        in text
    )
    assert "of weight 0.5; spectral norm in the discriminators; the discriminators see pictures changed at random (Zhao 2020).\n" in text


@pytest.mark.parametrize("name", [name for name, card in CARDS.items() if card.inverse and (SHIPPED / name).is_dir()])
def test_a_shipped_card_is_of_its_run_and_its_way_back(name):
    text = (SHIPPED / name / "README.md").read_text("utf-8")
    facts, others = (json.loads((SHIPPED / folder / "run.json").read_text("utf-8")) for folder in (name, CARDS[name].inverse))
    assert (", of another run.\n" in text) == (facts["command"] != others["command"])
    assert f"In all {sum(run['step'] * batch_of(run) for run in [*facts['before'], facts]):,} pictures of each kind were seen" in text
