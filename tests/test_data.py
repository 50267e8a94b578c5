"""What training makes of a pair: input and target stay one above the other."""

import pytest
import torch
from PIL import Image, ImageDraw
from scipy import ndimage

from train.data import DrawnPairs, PaperPairs, open_paired

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


def test_a_drawing_as_it_is_lies_where_its_target_lies(twice):
    samples = [DrawnPairs(twice, SIDE, seed=0, hue_share=0, as_drawn=1)[epoch, 0] for epoch in range(8)]
    assert all(torch.equal(x, y) for x, _, y, _ in samples)
    assert len({y.numpy().tobytes() for _, _, y, _ in samples}) == 8


def test_a_hand_drawing_lies_where_its_target_lies(twice):
    samples = [DrawnPairs(twice, SIDE, seed=0, hue_share=0)[epoch, 0] for epoch in range(8)]
    for x, _, y, _ in samples:
        from_target = ndimage.distance_transform_edt(y[0] > 0)  # pixels
        assert from_target[x[0] < 0].max() < 12
