"""What training makes of a pair: input and target stay one above the other."""

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from scipy import ndimage

from train import data
from train.data import DrawnPairs, PaperPairs, open_paired
from translators.labels import PALETTES, ids_of

SIDE = 64


@pytest.fixture
def twice(tmp_path):
    """A picture that is its own target: an arrow, black on white."""
    arrow = Image.new("RGB", (SIDE, SIDE), "white")
    ImageDraw.Draw(arrow).line([(12, 50), (50, 50), (40, 14), (30, 30)], fill="black", width=3)
    both = Image.new("RGB", (2 * SIDE, SIDE))
    both.paste(arrow, (0, 0))
    both.paste(arrow, (SIDE, 0))
    (tmp_path / "train").mkdir()
    both.save(tmp_path / "train" / "arrow.png")
    return open_paired(tmp_path, "train")


def test_the_papers_jitter_treats_both_pictures_alike(twice):
    samples = [PaperPairs(twice, SIDE, seed=0)[epoch, 0] for epoch in range(8)]
    assert all(torch.equal(x, y) for x, _, y, _ in samples)
    assert len({y.numpy().tobytes() for _, _, y, _ in samples}) > 4


def test_a_crop_is_a_part_of_the_enlarged_picture(twice):
    side = 24
    pairs = PaperPairs(twice, SIDE, seed=0, crop=side)
    samples = [pairs[epoch, 0] for epoch in range(8)]
    enlarged = PaperPairs(twice, round(SIDE * 286 / 256), seed=0).whole(0)[0]
    parts = enlarged.unfold(1, side, 1).unfold(2, side, 1).permute(1, 2, 0, 3, 4).reshape(-1, 3, side, side)
    for x, _, y, _ in samples:
        assert torch.equal(x, y) and any((parts == crop).all((1, 2, 3)).any() for crop in (x, x.flip(-1)))
    assert len({y.numpy().tobytes() for _, _, y, _ in samples}) > 4


def test_a_drawing_as_it_is_lies_where_its_target_lies(twice):
    samples = [DrawnPairs(twice, SIDE, seed=0, hue_share=0, as_drawn=1)[epoch, 0] for epoch in range(8)]
    assert all(torch.equal(x, y) for x, _, y, _ in samples)
    assert len({y.numpy().tobytes() for _, _, y, _ in samples}) == 8


def test_a_hand_drawing_lies_where_its_target_lies(twice):
    samples = [DrawnPairs(twice, SIDE, seed=0, hue_share=0)[epoch, 0] for epoch in range(8)]
    for x, _, y, _ in samples:
        from_target = ndimage.distance_transform_edt(y[0] > 0)  # pixels
        assert from_target[x[0] < 0].max() < 12


def test_a_label_map_is_read_once_and_stays_the_same(tmp_path, monkeypatch):
    (tmp_path / "train").mkdir()
    rng = np.random.default_rng(0)
    colours = np.array(PALETTES["maps"].colours, np.uint8)
    for name in "ab":
        labels = colours[rng.integers(0, len(colours), (SIDE, SIDE))]
        Image.fromarray(np.concatenate([labels, rng.integers(0, 256, labels.shape, np.uint8)], 1)).save(tmp_path / "train" / f"{name}.png")
    folder = open_paired(tmp_path, "train")
    asked = []
    monkeypatch.setattr(data, "ids_of", lambda picture, *more, **options: asked.append(picture) or ids_of(picture, *more, **options))
    monkeypatch.setattr(data, "KEPT", 1)
    pairs = PaperPairs(folder, SIDE, seed=0, palette=PALETTES["maps"])
    for epoch in range(3):
        for index in range(2):
            (x, _, y, _), fresh = pairs[epoch, index], PaperPairs(folder, SIDE, seed=0, palette=PALETTES["maps"])[epoch, index]
            assert torch.equal(x, fresh[0]) and torch.equal(y, fresh[2])
    assert len(asked) == 6 + 1 + 3  # the fresh ones, and of those that keep one: "a" once, "b" every time
