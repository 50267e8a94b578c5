"""The scene of pix2pixHD without a browser: its weights' folder, its answers, and what is said where something is missing or wrong."""

import re
import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from studio.learn import streets
from studio.learn.pad import STREETS, labels_of
from tests.small_weights import write_ablations_hd
from translators import BadControl, WeightsDamaged, WeightsMissing, ablations_hd, cards
from translators.from_labels import LabelTranslator
from translators.labels import CAMVID, instances

QUESTION = {"serial": 4, "run": "full", "judged": "painted", "drawing": {"sample": None, "boxes": STREETS.start}}
ROAD, CAR = CAMVID.names.index("road"), CAMVID.names.index("car")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(cards, "WEIGHTS", tmp_path)
    streets.generator.cache_clear()
    streets.discriminator.cache_clear()
    yield write_ablations_hd(tmp_path / "ablations_hd")
    streets.generator.cache_clear()
    streets.discriminator.cache_clear()


def asked(**more) -> dict:
    told = streets.street({**QUESTION, **more})
    assert told["serial"] == 4
    return told["answer"]


def test_every_run_paints_the_whole_street(folder):
    ids = labels_of(QUESTION["drawing"], STREETS)
    pictures = [np.array(ablations_hd.painted(ablations_hd.generator(name), ids)) for name in ablations_hd.installed()]
    assert [picture.shape for picture in pictures] == 4 * [(192, 256, 3)]
    assert len({picture.tobytes() for picture in pictures}) == 4
    full, without = (ablations_hd.generator(name) for name in ("full", "no_boundary"))
    assert full.sees_boundaries and not without.sees_boundaries


def test_a_global_generator_is_given_half_of_the_street(folder, monkeypatch):
    """Every second pixel of the labels, and the objects as the whole numbers them: a style finds its object."""
    ids, translator, given = labels_of(QUESTION["drawing"], STREETS), ablations_hd.generator("global"), []
    objects, paint = instances(ids), LabelTranslator.translate
    monkeypatch.setattr(LabelTranslator, "translate", lambda self, image, **more: given.append((image, more)) or paint(self, image, **more))
    ablations_hd.painted(translator, ids, objects, styles={int(objects[128, 88]): 1})
    ((image, more),) = given
    assert np.array_equal(np.array(image), ids[1::2, 1::2]) and np.array_equal(more["objects"], objects[1::2, 1::2])


def test_the_object_under_a_click_and_its_cluster(folder):
    translator = ablations_hd.generator("full")
    ids = labels_of(QUESTION["drawing"], STREETS)
    objects = instances(ids)
    seeded = int(np.random.default_rng((streets.SEED, CAR)).integers(3))
    found = streets.object_at({"x": 88, "y": 128}, translator, ids, objects)
    assert found == {"number": int(objects[128, 88]), "class": "car", "count": 3, "style": seeded}
    assert streets.object_at({"x": 88, "y": 128, "style": 2}, translator, ids, objects)["style"] == 2
    assert streets.object_at({"x": 5, "y": 191}, translator, ids, objects)["class"] == "road"
    assert streets.object_at({"x": None}, translator, ids, objects) is None


def test_a_style_changes_its_object_and_all_of_them_are_shown(folder):
    plain = asked()
    assert plain["object"] is None and plain["styles"] == []
    chosen = asked(x=88, y=128, styles=True)
    assert chosen["picture"] == plain["picture"] and len(set(chosen["styles"])) == 3
    others = [asked(x=88, y=128, style=k)["picture"] for k in range(3)]
    assert len(set(others)) == 3 and others[chosen["object"]["style"]] == plain["picture"]


def test_three_discriminators_judge_the_street_and_the_photo(folder):
    answer = asked()
    assert [window["size"] for window in answer["windows"]] == [70, 141, 283]
    assert [window["step"] for window in answer["windows"]] == [8, 16, 32]
    assert len(answer["maps"]) == 3 and all(0 <= mean <= 1 for mean in answer["means"]) and answer["photo"] == ""
    photo = asked(judged="photo", drawing={"sample": "street", "boxes": []})
    assert photo["photo"].startswith("data:image/png") and photo["maps"] != answer["maps"]


def test_a_veil_lies_over_all_but_the_object():
    veil = np.array(streets.shade(np.array([[True, False], [True, True]])))
    assert veil[..., 0].max() == 0 and (veil[..., 1] > 0).tolist() == [[True, False], [True, True]]


def test_what_is_not_there_is_named(folder):
    with pytest.raises(BadControl, match="'half'; there are full, global, no_boundary, no_perceptual"):
        ablations_hd.generator("half")
    with pytest.raises(BadControl, match=r"no sample '\.\./table'"):
        ablations_hd.sample("../table")
    (folder / "samples" / "street.png").unlink()
    Image.new("RGB", (512, 200)).save(folder / "samples" / "street.png")
    with pytest.raises(WeightsDamaged, match=r"street\.png is not 512×192"):
        ablations_hd.sample("street")
    shutil.rmtree(folder / "full" / "discriminator")
    with pytest.raises(WeightsMissing, match=r"weights/ablations_hd/full/discriminator is not there\."):
        ablations_hd.discriminator()
    assert "discriminator is not there" in streets.street(QUESTION)["error"]


def test_an_empty_house_is_no_error(tmp_path, monkeypatch):
    monkeypatch.setattr(cards, "WEIGHTS", tmp_path)
    assert not ablations_hd.installed() and not ablations_hd.samples() and ablations_hd.table() == {}
    assert asked() == {"missing": True} and STREETS.offers() == {"samples": []}


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"run": "half"}, "run must be one of full, global"),
        ({"judged": "photo"}, "judged must be one of painted, not 'photo'"),
        ({"x": 256, "y": 0}, "x must be a whole number from 0 to 255"),
        ({"x": 1}, "y must be a whole number from 0 to 191"),
        ({"x": 1, "y": 1, "style": 3}, "style must be a whole number from 0 to 2"),
        ({"drawing": None}, "A label map is at most 400 boxes"),
        ({"drawing": {"boxes": [[12, 0, 0, 9, 9]]}}, "whole numbers from 0 to 11"),
        ({"drawing": {"boxes": [], "sample": "nowhere"}}, "no sample 'nowhere'"),
    ],
)
def test_wrong_questions_are_answered_in_one_sentence(folder, change, part):
    assert re.search(part, streets.street({**QUESTION, **change})["error"])


def test_what_the_discriminators_see(folder):
    ids = labels_of({"sample": None, "boxes": [[ROAD, 0, 96, 256, 192]]}, STREETS)
    x = streets.seen(ids, instances(ids))
    assert x.shape == (1, 13, 192, 256)
    assert torch.equal(x[0, ROAD, 96:], torch.ones(96, 256)) and x[0, ROAD, :96].sum() == 0
    assert x[0, -1].sum() == 2 * 256  # the boundary map: a row on each side of the kerb
