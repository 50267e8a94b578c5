"""The ablations' folder: what is read from it, and what is said where something is missing or wrong."""

import re
import shutil

import pytest
import torch

from studio.learn import facades
from studio.learn.pad import FACADES
from tests.small_weights import write_ablations
from translators import BadControl, WeightsDamaged, WeightsMissing, ablations, cards


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(cards, "WEIGHTS", tmp_path)
    facades.generator.cache_clear()
    facades.discriminator.cache_clear()
    yield write_ablations(tmp_path / "ablations")
    facades.generator.cache_clear()
    facades.discriminator.cache_clear()


QUESTION = {"serial": 4, "drawing": {"sample": None, "boxes": [[2, 20, 20, 90, 90]]}}


def test_every_run_is_read(folder):
    assert ablations.installed() == list(ablations.NAMES)
    x = torch.zeros(1, 3, 256, 256)
    assert ablations.generator("cgan")(x, seed=0).shape == x.shape
    sizes = {patch: tuple(ablations.discriminator(patch)(x, x).shape[2:]) for patch in ablations.PATCHES}
    assert sizes == {1: (256, 256), 16: (126, 126), 70: (30, 30), 286: (6, 6)}


def test_snapshots_are_other_moments_of_one_network(folder):
    assert ablations.snapshots() == [100, 2000]
    x = torch.rand(1, 3, 256, 256)
    pictures = [ablations.generator("l1_cgan", step)(x, seed=0) for step in (100, 2000, None)]
    assert not torch.equal(pictures[0], pictures[1]) and not torch.equal(pictures[1], pictures[2])


def test_what_is_not_there_is_named(folder):
    for wrong, part in ((lambda: ablations.generator("l2"), "'l2'"), (lambda: ablations.discriminator(17), "17")):
        with pytest.raises(BadControl, match=part):
            wrong()
    with pytest.raises(BadControl, match="step 7; there are 100, 2000"):
        ablations.generator("l1_cgan", 7)
    with pytest.raises(BadControl, match=r"no sample '\.\./table'"):
        ablations.sample("../table")
    shutil.rmtree(folder / "patch_16" / "discriminator")
    with pytest.raises(WeightsMissing, match=r"weights/ablations/patch_16/discriminator is not there\."):
        ablations.discriminator(16)
    (folder / "table.json").write_text("[]")
    with pytest.raises(WeightsDamaged, match=r"ablations/table.json is not a JSON object"):
        ablations.table()


def test_an_empty_house_is_no_error(tmp_path, monkeypatch):
    monkeypatch.setattr(cards, "WEIGHTS", tmp_path)
    assert not ablations.installed() and not ablations.snapshots() and not ablations.samples()
    assert ablations.table() == {} == ablations.curves()
    for work in (facades.look, facades.compare, facades.film):
        assert work({**QUESTION, "patch": 70}) == {"serial": 4, "answer": {"missing": True}}
    assert FACADES.offers() == {"samples": []}


def test_the_eye_judges_picture_and_photo(folder):
    answer = facades.look({**QUESTION, "patch": 16})["answer"]
    assert answer["window"] == {"start": -5, "step": 2, "size": 16} and answer["maps"].keys() == {"painted"}
    both = facades.look({"serial": 5, "patch": 70, "drawing": {"sample": "facade", "boxes": []}})["answer"]
    assert both["maps"].keys() == both["pictures"].keys() == {"painted", "real"}
    assert all(0 <= mean <= 1 for mean in both["means"].values())


def test_a_run_that_cannot_be_read_does_not_hide_the_others(folder):
    (folder / "cgan" / "model.safetensors").write_bytes(b"no")
    pictures = facades.compare(QUESTION)["answer"]["pictures"]
    assert "safetensors" in pictures["cgan"]["error"] and pictures["l1"].startswith("data:image/png")


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"patch": 71}, "patch must be one of 1, 16, 70, 286"),
        ({"drawing": None}, "A label map is at most 400 boxes"),
        ({"drawing": {"boxes": [[12, 0, 0, 9, 9]]}}, "whole numbers from 0 to 11"),
        ({"drawing": {"boxes": [[1, 0, 0, 9]]}}, r"boxes \[class"),
        ({"drawing": {"boxes": [[1, 0, 0, float("nan"), 9]]}}, r"boxes \[class"),
        ({"drawing": {"boxes": [], "sample": "nowhere"}}, "no sample 'nowhere'"),
    ],
)
def test_wrong_questions_are_answered_in_one_sentence(folder, change, part):

    told = facades.look({**QUESTION, "patch": 70, **change})
    assert told["serial"] == 4 and re.search(part, told["error"])
