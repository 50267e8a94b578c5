"""The sixty shoe drawings: what is drawn, how thick, and by what kind of hand."""

from dataclasses import dataclass

import numpy as np

from benchmarks.hands.mouse import Hand
from benchmarks.hands.shapes import SHAPES, lines_of
from benchmarks.hands.traced import TRACED

CANVAS = 512
NETWORK = 256  # a network's picture of it: the scale of pen widths

USUAL = Hand()
CALM = Hand(speed=420, miss=2, drift=1, tremor=0.3, cut=3, ends=3, lifts=0.1, again=0)
HASTY = Hand(speed=1100, miss=7, drift=3, cut=11, ends=12, lifts=0.3, again=0.05)
WOBBLY = Hand(speed=350, miss=7, drift=6, tremor=2.4, cut=4, ends=10, lifts=0.3)
SEARCHING = Hand(miss=5, drift=2.5, ends=10, lifts=0.6, again=0.9)
LOOSE = Hand(speed=800, miss=5, ends=18, lifts=1, again=0)


@dataclass(frozen=True)
class Plan:
    """One drawing: `lines`, each of anchors (N, 2) on the canvas of 512, by `hand`, `width` pixels wide of the network's 256.

    `picture` is the test picture under a traced one.
    """

    name: str
    kind: str
    lines: tuple[np.ndarray, ...]
    width: int
    hand: Hand = USUAL
    picture: str | None = None


def parts(
    shape: dict[str, str], names: str, scale: float = 1, turn: float = 0, shift: tuple[float, float] = (0, 0), mirror: bool = False
) -> tuple[np.ndarray, ...]:
    """The lines of some parts: mirrored, scaled and turned, by degrees, about the canvas's centre, then shifted by pixels."""
    angle = np.radians(turn)
    spin = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    middle, flip = CANVAS / 2, np.array([-1 if mirror else 1, 1])
    return tuple((line - middle) * flip @ spin + middle + shift for name in names.split() for line in lines_of(shape[name]))


def traced(picture: str, width: int, hand: Hand = USUAL, without: str = "") -> Plan:
    """A test picture traced, some parts of it left out."""
    shape = TRACED[picture]
    return Plan(f"traced {picture}", "traced", parts(shape, " ".join(name for name in shape if name not in without)), width, hand, picture)


def shoe(name: str, kind: str, shape: str, names: str, width: int, hand: Hand = USUAL, **placed) -> Plan:
    return Plan(name, kind, parts(SHAPES[shape], names, **placed), width, hand)


PLANS = (
    traced("0028", 3),
    traced("0035", 2, CALM),
    traced("0103", 4),
    traced("0160", 2, HASTY),
    traced("0251", 3, SEARCHING),
    traced("0287", 3, CALM),
    traced("0383", 5),
    traced("0448", 2, LOOSE),
    traced("0526", 4, CALM, without="star"),
    traced("0621", 3, HASTY),
    traced("0898", 6),
    traced("0967", 1, CALM),
    traced("1033", 3, WOBBLY),
    traced("1055", 2, SEARCHING),
    traced("1433", 7, HASTY, without="laces swoosh"),
    traced("1640", 4),
    traced("2284", 3),
    traced("2408", 2),
    traced("2650", 5, CALM),
    traced("2807", 3, HASTY, without="heel"),
    shoe("low sneaker", "low sneaker", "low sneaker", "outline sole laces toe heel", 3),
    shoe("low sneaker in a hurry", "low sneaker", "low sneaker", "outline sole laces", 2, HASTY, mirror=True),
    shoe("skate shoe", "low sneaker", "skate shoe", "outline sole laces stripe toe", 2, CALM),
    shoe("platform sneaker", "low sneaker", "platform sneaker", "outline sole laces grooves", 3),
    shoe("high-top", "high-top", "high-top", "outline sole laces toe star", 3, CALM),
    shoe("high-top, thick", "high-top", "high-top", "outline sole laces collar", 6, mirror=True),
    shoe("ankle boot", "boot", "ankle boot", "outline sole elastic", 3),
    shoe("rubber boot", "boot", "rubber boot", "outline sole band", 4, HASTY),
    shoe("cowboy boot", "boot", "cowboy boot", "outline sole stitch", 2),
    shoe("work boot", "boot", "work boot", "outline sole laces collar seam", 3, mirror=True),
    shoe("running shoe", "running shoe", "running shoe", "outline sole stripes laces heel", 2),
    shoe("sock runner", "running shoe", "sock runner", "outline sole strap loop", 5),
    shoe("slip-on", "slip-on", "slip-on", "outline sole elastic", 3),
    shoe("loafer", "slip-on", "loafer", "outline sole strap", 2, CALM),
    shoe("slipper", "slip-on", "slipper", "outline sole pompom", 5),
    shoe("sandal", "sandal", "sandal", "outline straps buckle", 3, CALM),
    shoe("gladiator sandal", "sandal", "gladiator sandal", "outline straps", 4),
    shoe("clog", "sandal", "clog", "outline inside", 3, HASTY),
    shoe("stiletto", "heel", "stiletto", "outline inside", 2),
    shoe("block heel", "heel", "block heel", "outline strap", 4, CALM),
    shoe("flat with a bow", "flat", "flat", "outline inside bow", 1),
    shoe("flat with a strap", "flat", "flat", "outline inside strap", 3, mirror=True),
    shoe("oxford", "laced shoe", "oxford", "outline sole laces toe vamp", 1, CALM),
    shoe("child's shoe", "child's", "child's shoe", "outline laces bow", 6, WOBBLY),
    shoe("child's shoe on wheels", "child's", "child's shoe", "outline laces wheels", 8, WOBBLY, scale=0.9, mirror=True),
    shoe("box", "child's", "box", "outline sole laces", 5, WOBBLY),
    shoe("outline only", "outline only", "low sneaker", "outline", 3),
    shoe("outline only, thick boot", "outline only", "work boot", "outline", 8, HASTY),
    shoe("outline and sole", "outline and sole", "skate shoe", "outline sole", 7, mirror=True),
    shoe("laces but no sole", "no sole line", "running shoe", "outline laces", 2),
    shoe("open outline", "open contour", "low sneaker", "open sole laces", 3, LOOSE),
    shoe("open high-top", "open contour", "high-top", "outline sole laces", 1, LOOSE, turn=-4),
    shoe("very wobbly", "wobbly", "skate shoe", "outline sole laces", 4, WOBBLY),
    shoe("gone over again and again", "over-stroked", "low sneaker", "outline outline sole laces sole", 1, SEARCHING),
    shoe("in one line", "one line", "one line", "outline", 3, HASTY),
    shoe("half size", "small", "running shoe", "outline sole laces", 2, CALM, scale=0.5),
    shoe("small in the corner", "off-centre", "skate shoe", "outline sole laces", 3, scale=0.55, shift=(105, 95)),
    shoe("tilted", "tilted", "low sneaker", "outline sole laces", 4, turn=20),
    Plan(
        "two shoes", "two shoes", tuple(
            line for place in ({"shift": (-98, -70)}, {"shift": (96, 62), "turn": -6})
            for line in parts(SHAPES["low sneaker"], "outline sole laces", scale=0.56, **place)
        ), 2,
    ),
    shoe("from the front", "front view", "front", "outline sole tongue laces toe", 3),
)  # fmt: skip
