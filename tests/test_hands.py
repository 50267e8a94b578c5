"""The sixty hand drawings: the hand that draws them, the file, and a drawing made anew with the browser's mouse."""

import json
from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from benchmarks.hands.mouse import RATE, Hand, lengths, strokes
from benchmarks.hands.plans import CALM, CANVAS, HASTY, PLANS, WOBBLY, Plan, parts
from benchmarks.hands.recording import open_file, open_pad, planned, record
from benchmarks.page import ROOT
from studio.learn.pad import sketch_of
from train.sheets import rasterize
from translators.drawing import ink

DRAWINGS = json.loads((ROOT / "benchmarks" / "drawings" / "shoes.json").read_text("utf-8"))
SQUARE = np.array([[100, 100], [300, 100], [300, 300], [100, 300], [100, 100]], float)
STRAIGHT = np.array([[60, 250], [450, 250]], float)


def drawn(lines, hand: Hand, seed: int = 0) -> list[np.ndarray]:
    return strokes(lines, hand, np.random.default_rng(seed))


def apart(a: Image.Image, b: Image.Image) -> float:
    """The farthest that ink of either drawing lies from the other's, in pixels."""
    inks = ink(a), ink(b)
    return max(ndimage.distance_transform_edt(~one)[other].max() for one, other in (inks, inks[::-1]))


@pytest.mark.parametrize("hand", [CALM, HASTY, WOBBLY])
def test_the_hand_passes_near_the_places_it_aims_at(hand):
    reach = 4 * hand.miss + 4 * hand.drift + 2 * hand.cut
    for seed in range(5):
        places = np.concatenate(drawn([SQUARE], hand, seed))
        assert np.hypot(*(places[:, None] - SQUARE[None]).T).min(1).max() < reach


def test_the_same_seed_draws_the_same_and_another_does_not():
    one, again, other = (np.concatenate(drawn([SQUARE, STRAIGHT], Hand(), seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert one.shape != other.shape or not np.allclose(one, other)


def test_the_hand_starts_and_ends_slowly_and_slows_down_in_corners():
    steady = Hand(miss=0, drift=0, tremor=0, ends=0, lifts=0, again=0)
    (straight,), (square,) = drawn([STRAIGHT], steady), drawn([SQUARE], steady)
    pace = np.diff(lengths(straight)) * RATE
    assert pace.max() == pytest.approx(steady.speed, rel=0.02) and max(pace[0], pace[-2]) < 0.5 * steady.speed
    pace = np.diff(lengths(square)) * RATE
    corner = np.hypot(*(square[:-1] - SQUARE[1]).T).argmin()
    assert pace[corner - 2 : corner + 2].min() < 0.75 * pace.max()


def test_lifts_ends_and_second_strokes_are_as_the_hand_is():
    assert len(drawn([SQUARE], Hand(lifts=0, again=0))) == 1
    assert len(drawn([SQUARE], Hand(lifts=1, again=0))) == 2
    assert len(drawn([SQUARE], Hand(lifts=0, again=1))) == 2
    last = np.array([drawn([STRAIGHT], Hand(miss=0, drift=0, tremor=0, ends=10), seed)[0][-1, 0] for seed in range(30)])
    assert last.min() < 445 and last.max() > 455
    assert [stroke.shape for stroke in drawn([np.array([[7.0, 8.0]])], Hand())] == [(1, 2)]


def test_parts_are_mirrored_turned_and_shifted():
    shape = {"line": "256,256 356,256", "dot": "10,20"}
    assert np.allclose(parts(shape, "line", mirror=True)[0], [[256, 256], [156, 256]])
    assert np.allclose(parts(shape, "line", scale=0.5, turn=90, shift=(5, 0))[0], [[261, 256], [261, 306]])
    assert [len(line) for line in parts(shape, "line dot")] == [2, 1]


def test_there_are_sixty_of_many_kinds_and_every_width():
    assert [(plan.name, plan.kind, plan.picture) for plan in PLANS] == [(one["name"], one["kind"], one.get("picture")) for one in DRAWINGS]
    assert len({one["name"] for one in DRAWINGS}) == len(DRAWINGS) == 60
    assert sum("picture" in one for one in DRAWINGS) == 20
    kinds = {"low sneaker", "high-top", "boot", "running shoe", "slip-on", "sandal", "heel", "child's", "outline only", "outline and sole"}
    kinds |= {"no sole line", "open contour", "wobbly", "over-stroked", "small", "off-centre", "tilted", "two shoes", "front view"}
    assert kinds <= {one["kind"] for one in DRAWINGS}
    assert {one["width"] / 2 for one in DRAWINGS} == set(range(1, 9))  # on the network's scale


def test_every_point_is_on_the_canvas_and_where_the_hand_was():
    """The browser rounds to pixels, and tells of one place less where two are the same."""
    for i, (plan, drawing) in enumerate(zip(PLANS, DRAWINGS, strict=True)):
        meant = planned(plan, (0, i))
        assert len(meant) == len(drawing["strokes"]), plan.name
        for places, points in zip(meant, np.array(drawing["strokes"], object), strict=True):
            points = np.array(list(points), float)
            assert points.min() >= 0 and points.max() <= CANVAS
            assert abs(points[0] - places[0]).max() <= 1 and abs(points[-1] - places[-1]).max() <= 1, plan.name
            between = abs(points[:, None] - places[None]).max(-1)
            assert between.min(0).max() <= 1 and between.min(1).max() <= 1, plan.name


@pytest.mark.parametrize("drawing", DRAWINGS[::7], ids=lambda drawing: drawing["name"])
def test_the_page_replays_what_the_card_shows(drawing):
    assert apart(rasterize(drawing), sketch_of(drawing)) <= 2


def test_the_mouse_draws_a_plan_and_the_pad_shows_it_again(open_page):
    page = open_page()
    open_pad(page)
    lines = tuple(line * 0.6 + 80 for line in (SQUARE[:4], STRAIGHT))
    plan = Plan("corner", "test", lines, 4, HASTY)
    drawing = record(page, plan, (0,))
    assert (drawing["name"], drawing["kind"], drawing["width"]) == ("corner", "test", 8)
    for places, points in zip(planned(plan, (0,)), drawing["strokes"], strict=True):
        assert abs(np.array(points[-1]) - places[-1]).max() <= 1
    open_file(page, {"width": 3, "strokes": [[[5, 5], [9, 9]]]})
    open_file(page, drawing)
    url = page.locator("#pad_strokes canvas").evaluate("canvas => canvas.toDataURL()")
    shown = Image.open(BytesIO(b64decode(url.partition(",")[2])))
    assert apart(shown, rasterize(drawing)) <= 2
