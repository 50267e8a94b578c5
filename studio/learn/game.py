"""The game on 2-D points: a session's two networks move a little at every question, and less where others play too."""

import time
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from lessons.game import CLASSES, Game, Rules
from lessons.losses import LOSSES
from studio.learn.lesson import Lesson, answered, one_of, whole
from translators import BadControl

MOST = 1500  # points that a person may draw
SLICE, ALONE = 0.03, 0.15  # seconds that a question may compute: in company, and where nobody else plays
RECENT = 2.0  # seconds after its last question for which a game is company to the others
ACTS = ("start", "play", "step", "discriminator", "generator", "collapse", "look")


class GamePart(Lesson):
    """Asks for one of `ACTS` under `rules`, for the class `label`; a "start" brings `points` [[x, y, class], …] and a seed."""

    def __init__(self, **props: Any):
        super().__init__("game", scripts=("learn/curves", "pen"), **props)


asked_last: WeakKeyDictionary[Game, float] = WeakKeyDictionary()  # of every game; this scene's questions come one at a time


def in_company(game: Game | None) -> bool:
    """Whether another game than this one is being played now."""
    now = time.monotonic()
    return any(other is not game and now - when < RECENT for other, when in asked_last.items())


def play(asked: dict[str, Any], game: Game | None) -> tuple[dict[str, Any], Game | None]:
    """The answer, and the session's game from then on; `gone` when its game is no longer kept."""
    start = time.perf_counter()
    kept = [game]
    crowded = in_company(game)
    answer = answered(asked, lambda: _moved(asked, kept, SLICE if crowded else ALONE))
    if kept[0] is not None:
        asked_last[kept[0]] = time.monotonic()
    if crowded:  # in the only line of this scene: all players together leave three quarters of a core; one alone rests between questions
        time.sleep(min(3 * (time.perf_counter() - start), 10 * SLICE))
    return answer, kept[0]


def _moved(asked: dict[str, Any], kept: list[Game | None], seconds: float) -> dict[str, Any]:
    act, label, rules = one_of(asked, "act", ACTS), whole(asked, "label", 0, CLASSES - 1), rules_of(asked.get("rules"))
    if act == "start":
        kept[0] = Game(*points_of(asked.get("points")), rules, whole(asked, "seed", 0, 2**31 - 1))
    game = kept[0]
    if game is None or (game.rules.loss, game.rules.conditional) != (rules.loss, rules.conditional):
        return {"gone": True}
    game.rules = rules
    move(game, act, seconds)
    if act != "look":
        game.remember()
    return view(game, label)


def move(game: Game, act: str, seconds: float) -> None:
    """One of `ACTS`; "play" goes on for so many seconds, one round at least."""
    if act == "play":
        end = time.perf_counter() + seconds
        game.step()
        while time.perf_counter() < end:
            game.step()
    elif act == "collapse":
        game.collapse()
    elif act in ("step", "discriminator", "generator"):
        {"step": game.step, "discriminator": game.discriminator_step, "generator": game.generator_step}[act]()


def view(game: Game, label: int) -> dict[str, Any]:
    """What the board shows: lists of numbers."""
    return {
        "step": game.steps,
        "samples": _rounded(game.samples()),
        "labels": game.z_labels.tolist(),
        "manifold": _rounded(game.manifold(label)),
        "field": _rounded(game.field(label), 2),
        "arrows": _rounded(game.arrows(), 5),
        "curves": [[None if isinstance(value, float) and value != value else round(value, 4) for value in point] for point in game.curves],
    }


def rules_of(value: Any) -> Rules:
    value = value if isinstance(value, dict) else {}
    return Rules(one_of(value, "loss", LOSSES), whole(value, "d_steps", 1, 10), one_of(value, "conditional", (True, False)))


def points_of(value: Any) -> tuple[np.ndarray, np.ndarray]:
    """Points (N, 2) and their classes (N,). BadControl for anything but 1 to MOST triples of x, y in [-1, 1] and a class."""
    rows = value if isinstance(value, list) and 1 <= len(value) <= MOST else []
    fine = [
        row
        for row in rows
        if isinstance(row, list)
        and len(row) == 3
        and all(type(number) in (int, float) and -1 <= number <= 1 for number in row[:2])
        and type(row[2]) is int
        and 0 <= row[2] < CLASSES
    ]
    if not fine or len(fine) != len(rows):
        raise BadControl(f"points must be 1 to {MOST} of [x, y, class], x and y from -1 to 1, class from 0 to {CLASSES - 1}.")
    return np.array([row[:2] for row in fine], np.float32), np.array([row[2] for row in fine])


def _rounded(tensor: Any, digits: int = 3) -> list:
    return np.round(tensor.numpy().astype(np.float64), digits).tolist()
