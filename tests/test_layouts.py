"""What is said of a scene against the training set's own: rare classes, and layouts that lie far from all of its."""

import json

import numpy as np
import pytest

from translators.layouts import Remark, distance, histogram, layout, remarks

CLASSES = 4


def street(horizon: int, car: bool = False, size: int = 48) -> np.ndarray:
    """Class 0 over class 1, and where asked a few pixels of class 2."""
    ids = np.zeros((size, size), np.uint8)
    ids[horizon * size // 48 :] = 1
    if car:
        ids[-2:, :4] = 2
    return ids


@pytest.fixture(scope="module")
def known() -> dict:
    """Of 40 streets, every fifth with a little of class 2; through JSON, as it is stored."""
    return json.loads(json.dumps(histogram((street(15 + i % 10, car=i % 5 == 0) for i in range(40)), CLASSES)))


def test_a_layout_is_the_classes_shares_in_every_cell():
    ids = np.zeros((6, 8), np.uint8)
    ids[:2, :2] = 3
    ids[4, 6:] = 1
    grid = layout(ids, CLASSES)
    assert grid.shape == (12, CLASSES) and grid.sum(1) == pytest.approx(1)
    assert grid[0].tolist() == [0, 0, 0, 1] and grid[11].tolist() == [0.5, 0.5, 0, 0]


def test_the_distance_is_the_share_that_has_to_change():
    ids = np.zeros((6, 8), np.uint8)
    other = ids.copy()
    other[:2, :2] = 3  # one cell of twelve
    one = layout(ids, CLASSES)
    assert distance(one, np.stack([layout(other, CLASSES), layout(other + 1, CLASSES)])) == pytest.approx(1 / 12)
    assert distance(one, one[None]) == 0


def test_the_histogram_counts_pixels_and_stays_small(known):
    assert known["shares"][2] == pytest.approx(8 / 48**2 / 5, abs=1e-5) and known["shares"][3] == 0
    assert sum(known["shares"]) == pytest.approx(1, abs=1e-4)
    assert len(json.dumps(known)) < 2000


def test_a_scene_like_the_training_scenes_gets_no_remark(known):
    assert remarks(street(19), known) == []
    assert remarks(street(19, size=200), known) == []  # at any size
    assert remarks(street(20, car=True), known) == []  # as much of the rare class as training had


def test_a_rare_class_and_a_far_layout_are_told(known):
    ids = street(19)
    ids[30:34, 10:20] = 2
    ids[:3, :3] = 3
    assert remarks(ids, known) == [
        Remark("rare", 2, pytest.approx(40 / 48**2), known["shares"][2]),
        Remark("rare", 3, pytest.approx(9 / 48**2), 0.0),
    ]
    assert [remark.code for remark in remarks(street(19)[::-1], known)] == ["far"]
