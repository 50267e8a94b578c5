"""What the simulator of hand drawings makes of real edges: lines of the width asked for, where the photo's are."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from scipy import ndimage

from train.drawings import (
    Placement,
    choose_lines,
    drafts_of_drawing,
    drafts_of_edges,
    draw,
    pen,
    place,
    random_placement,
    random_placements,
    without_crumbs,
)
from translators.drawing import measure
from translators.images import to_image

SHOES = Path(__file__).resolve().parents[2] / "shared" / "data" / "shoes" / "train"
real = pytest.mark.skipif(not SHOES.is_dir(), reason="the shoe photos (../shared/data) are not here")


def ring(size: int = 256) -> Image.Image:
    y, x = np.mgrid[:size, :size]
    radius = np.hypot(x - size / 2, y - size / 2)
    return Image.fromarray(np.where(abs(radius - size * 0.3) < 2, 0, 255).astype(np.uint8))


@pytest.fixture(scope="module")
def shoe():
    stem = sorted(path.stem for path in (SHOES / "photo").iterdir())[100]
    return drafts_of_edges(Image.open(SHOES / "edges" / f"{stem}.png"), Image.open(SHOES / "edges_soft" / f"{stem}.jpg"))


def test_drafts_of_a_ring():
    drafts = drafts_of_drawing(ring())
    assert drafts.silhouette[128, 128] and not drafts.silhouette[5, 5]
    assert drafts.silhouette.sum() == pytest.approx(np.pi * 77.8**2, rel=0.03)
    assert drafts.full.sum() < 0.4 * (np.asarray(ring()) < 128).sum()  # one pixel wide


@pytest.mark.parametrize("width", [1, 2, 4, 6, 8])
def test_the_pen_has_the_width_asked_for(width):
    lines = drafts_of_drawing(ring()).full
    length = 2 * np.pi * 0.3 * 256
    assert pen(lines, width).sum() / length == pytest.approx(width, rel=0.12)


def test_a_zoomed_pen_draws_the_same_thing_larger():
    lines = drafts_of_drawing(ring()).full
    small, large = pen(lines, 3), pen(lines, 3, zoom=2)
    assert large.shape == (512, 512)
    assert large.mean() == pytest.approx(small.mean(), rel=0.15)


def test_drawing_and_target_are_placed_alike():
    """The ring's photo and its drawing go through one placement: the drawn line lies where the placed ring's is."""
    drafts, target = drafts_of_drawing(ring()), torch.from_numpy(np.array(ring(), np.float32))[None].expand(3, -1, -1) / 127.5 - 1
    for i in range(12):
        rng = np.random.default_rng(i)
        placement = random_placement(rng)
        drawn = draw(drafts, placement, rng, wobble=0.0, width=3.0)[0].numpy() < 0
        placed = place(target, placement)[0].numpy() < 0
        off = ndimage.distance_transform_edt(~placed)[drawn]
        assert np.percentile(off, 95) <= 2.0


def test_mirroring_mirrors():
    half = torch.ones(3, 64, 64)
    half[:, :, :10] = -1  # ink on the left
    mirrored = place(half, Placement(mirror=True))
    assert mirrored[0, 32, :50].min() > 0.9 and mirrored[0, 32, 58] < -0.9


def test_some_are_small_and_lie_anywhere_that_they_fit():
    """A thing as wide and high as the canvas stays on it where it is small, but for its tilt."""
    placements = [random_placement(np.random.default_rng(i)) for i in range(400)]
    small = [one for one in placements if one.scale < 0.78]
    assert 40 < len(small) < 120
    offs = np.array([[one.scale * shift for shift in one.shift] for one in small])
    assert (np.abs(offs) <= (1 - np.array([[one.scale] for one in small])) / 2 + 1e-9).all() and np.abs(offs).max() > 0.2
    assert {one.mirror for one in placements} == {True, False}


def test_a_pair_is_the_thing_twice_apart_and_on_the_canvas():
    thing = torch.ones(3, 64, 64)
    thing[:, 20:44, 2:62] = -1  # as wide as a shoe
    pairs = [both for i in range(400) if len(both := random_placements(np.random.default_rng(i))) == 2]
    assert 10 < len(pairs) < 45
    for both in pairs:
        first, second = (place(thing, at)[0].numpy() < 0 for at in both)
        assert (first & second).mean() < 0.02
        for ink, at in ((first, both[0]), (second, both[1])):
            assert ink.sum() > 0.9 * at.scale**2 * 24 * 60  # nearly nothing was cut off


def test_crumbs_fall_off():
    lines = np.zeros((32, 32), bool)
    lines[4, 4:24] = lines[10, 4:10] = True
    lines[12:24, 12] = True
    kept = lines.copy()
    kept[10] = False
    assert np.array_equal(without_crumbs(lines), kept)
    assert not without_crumbs(np.zeros((8, 8), bool)).any()


@real
def test_every_kind_of_draft_occurs_and_none_is_empty(shoe):
    amounts = [choose_lines(shoe, np.random.default_rng(i)).sum() for i in range(60)]
    assert min(amounts) > 0
    assert min(amounts) < 0.8 * shoe.full.sum()  # lines are missing in some
    assert len(set(amounts)) > 20


@real
def test_a_shoe_drawing_stays_near_the_shoe(shoe):
    near = ndimage.binary_dilation(shoe.full | shoe.outline | shoe.selections[2], iterations=8)
    for i in range(10):
        rng = np.random.default_rng(i)
        x = draw(shoe, Placement(), rng)
        assert x.shape == (1, 256, 256) and x.min() >= -1 and x.max() == 1
        ink = x[0].numpy() < 0
        assert 0.002 < ink.mean() < 0.25
        assert near[ink].mean() > 0.97


@real
def test_pen_widths_in_training_span_1_to_9(shoe):
    widths = [measure(to_image(draw(shoe, Placement(), np.random.default_rng(i)).expand(3, -1, -1))).width for i in range(40)]
    assert min(widths) < 1.8 and max(widths) > 7 and 3 < np.median(widths) < 5
