"""The Learn page's answers without a browser: the game of a session, drawings as lists, and wrong questions."""

import itertools
import re

import numpy as np
import pytest

from lessons.losses import LOSSES
from studio import words
from studio.learn import SCENES, sketches
from studio.learn import game as game_scene
from studio.learn.equations import EQUATIONS, GAME
from studio.learn.game import MOST, play, points_of
from studio.learn.pad import FACADE, SHOE, labels_of, sketch_of
from translators import BadControl
from translators.pix2pix import UNetGenerator

RULES = {"loss": "non_saturating", "d_steps": 1, "conditional": False}
START = {"serial": 1, "act": "start", "label": 0, "rules": RULES, "points": [[0.5, 0.5, 0], [-0.5, 0, 1]], "seed": 7}


def told(act: str, game, **more):
    answer, game = play({"serial": 2, "act": act, "label": 0, "rules": RULES, **more}, game)
    return answer.get("answer", answer), game


def test_a_session_plays_its_own_game():
    (first, mine), (_, other) = play(START, None), play(START, None)
    assert first["serial"] == 1 and first["answer"]["step"] == 0
    for count in (1, 2, 3):
        answer, mine = told("step", mine)
        assert answer["step"] == count
    assert other.steps == 0
    assert told("play", mine)[0]["step"] > 3
    assert told("step", None)[0] == {"gone": True}


def test_a_game_gets_less_where_others_play(monkeypatch):
    clock = itertools.count()  # 128ths of a second: how many rounds fit must not depend on this machine
    monkeypatch.setattr(game_scene.time, "perf_counter", lambda: next(clock) / 128)
    slept = []
    monkeypatch.setattr(game_scene.time, "sleep", slept.append)
    monkeypatch.setattr(game_scene, "RECENT", 1000.0)
    game_scene.asked_last.clear()
    _, mine = play(START, None)
    alone = told("play", mine)[0]["step"]
    assert alone == 20 and not slept
    _, other = play(START, None)
    in_company, _ = told("play", mine)
    assert in_company["step"] - alone == 4 and slept
    game_scene.asked_last[other] -= game_scene.RECENT
    assert told("play", mine)[0]["step"] - in_company["step"] == alone


def test_steps_of_one_player_move_what_is_his():
    _, game = play(START, None)
    before, _ = told("look", game)
    judged, _ = told("discriminator", game)
    assert judged["samples"] == before["samples"] and judged["field"] != before["field"]
    moved, _ = told("generator", game)
    assert moved["field"] == judged["field"] and moved["samples"] != judged["samples"]


def test_other_rules_want_another_game_but_k_does_not():
    _, game = play(START, None)
    for rules in ({**RULES, "loss": "minimax"}, {**RULES, "conditional": True}):
        assert told("look", game, rules=rules)[0] == {"gone": True}
    assert "samples" in told("step", game, rules={**RULES, "d_steps": 5})[0] and game.rules.d_steps == 5


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"act": "win"}, "act must be one of"),
        ({"label": 3}, "label must be a whole number from 0 to 2"),
        ({"rules": None}, "loss must be one of"),
        ({"rules": {**RULES, "d_steps": 11}}, "d_steps must be a whole number from 1 to 10"),
        ({"rules": {**RULES, "conditional": 1}}, "conditional must be one of True, False"),
        ({"seed": -1}, "seed must be"),
        ({"points": []}, f"points must be 1 to {MOST}"),
        ({"points": [[0, 0, 0]] * (MOST + 1)}, "points must be"),
        ({"points": [[0, 2, 0]]}, "points must be"),
        ({"points": [[0, float("nan"), 0]]}, "points must be"),
        ({"points": [[0, 0, True]]}, "points must be"),
    ],
)
def test_wrong_moves_are_refused_and_lose_no_game(change, part):
    _, game = play(START, None)
    answer, kept = play({**START, **change}, game)
    assert re.search(part, answer["error"]) and kept is game


def test_points_become_arrays():
    points, labels = points_of([[0.25, -1, 2]])
    assert points.tolist() == [[0.25, -1]] and labels.tolist() == [2]


def test_strokes_become_ink():
    sketch = np.asarray(sketch_of({"width": 5, "strokes": [[[100, 200], [300, 200]]]}))
    assert sketch.shape == (512, 512) and not sketch[200, 100:301].any() and sketch[190].all()
    assert 4 <= (sketch[:, 200] == 0).sum() <= 6


def test_boxes_become_ids():
    ids = labels_of({"sample": None, "boxes": [[1, 10, 10, 100, 100], [2, 90, 90, 50, 300]]})
    assert ids[10, 10] == 1 and ids[95, 60] == 2 and ids[255, 60] == 2 and ids[9, 9] == 0
    assert (ids == 2).sum() == 40 * (256 - 90)


def test_the_first_drawings_are_drawings():
    assert sketch_of({"width": 5, "strokes": SHOE}).getextrema() == (0, 255)
    assert len(np.unique(labels_of({"sample": None, "boxes": FACADE}))) > 4


DRAWING = {"width": 5, "strokes": SHOE}


@pytest.mark.parametrize(
    ("work", "question", "part"),
    [
        (sketches.skips, {"translator": "nobody"}, "translator must be one of"),
        (sketches.noise, {"translator": "own:drawing:gone", "drawing": DRAWING, "count": 4}, "translator must be one of"),
        (sketches.replay, {"translators": ["nobody"], "drawing": DRAWING, "count": 1}, "translator must be one of"),
        (sketches.skips, {"translator": "shoes", "drawing": DRAWING, "gains": [1, 2]}, "gains must be 6 numbers"),
        (sketches.skips, {"translator": "shoes", "drawing": {"width": 5, "strokes": []}}, "draw something"),
        (sketches.skips, {"translator": "shoes", "drawing": {"width": 99, "strokes": SHOE}}, "width from 1 to 64"),
        (sketches.skips, {"translator": "shoes", "drawing": {"width": 5, "strokes": [[[1, "2"]]]}}, "width from 1 to 64"),
        (sketches.noise, {"translator": "shoes", "drawing": DRAWING, "count": 5}, "count must be one of 4, 9, 16"),
        (sketches.replay, {"translators": [], "drawing": DRAWING, "count": 1}, "translators must be"),
        (sketches.replay, {"translators": ["shoes"], "drawing": DRAWING, "count": 99}, "count must be a whole number from 1 to 7"),
    ],
)
def test_wrong_questions_about_a_drawing(work, question, part):
    assert re.search(part, work({"serial": 1, **question})["error"])


def test_every_scene_and_loss_has_its_equation():
    assert GAME.keys() == LOSSES.keys()
    assert {*EQUATIONS, "game"} == SCENES.keys()
    for scene in SCENES:
        assert {f"title_{scene}", f"explain_{scene}"} <= words.LEARN["scenes"].keys()


def test_every_word_is_there_in_three_languages():
    for room, entries in words.LEARN.items():
        for key, row in entries.items():
            assert len(row) == 3 and all(isinstance(text, str) and text for text in row), (room, key)
            holes = [set(re.findall(r"\{\w+\}", text)) for text in row]
            assert holes[0] == holes[1] == holes[2], (room, key)


def test_instance_norms_have_no_running_statistics_to_show(monkeypatch):
    monkeypatch.setattr(sketches, "plain", lambda name: UNetGenerator(base_channels=2, downs=2, batch_norm=False))
    with pytest.raises(BadControl, match="has instance norms, which keep no running statistics"):
        sketches.running("shoes")
