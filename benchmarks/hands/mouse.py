"""A hand on a mouse: where the pointer is, forty times a second, while someone draws lines through a few places.

The hand misses the places that it aims at, rounds corners, drifts and trembles; it stops short of a line's end or goes past it, lifts in
the middle of a long line and does not quite find the place again, and goes over some lines twice. It slows down in bends by the
two-thirds power law, v ∝ κ^(-1/3) (Lacquaniti, Terzuolo and Viviani 1983), and starts and ends slowly.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import gaussian_filter1d

RATE = 40  # places a second: as many as a browser on a busy machine tells of
BEND = 1 / 60  # curvature, 1/pixels, from which on the hand slows down
SLOWEST = 0.08  # of its speed, where a line starts and ends
RUN_UP = 60.0  # pixels until it is at full speed
LONG = 160.0  # pixels: lines shorter than this are drawn without a lift


@dataclass(frozen=True)
class Hand:
    """How someone draws. Lengths are in pixels of a canvas of 512 and, where they vary, standard deviations."""

    speed: float = 650.0  # pixels a second where the line is straight
    miss: float = 4.0  # of every place that is aimed at
    drift: float = 2.0  # slow, over a third of a second
    tremor: float = 0.5  # fast, about ten a second
    cut: float = 5.0  # how far corners are rounded
    ends: float = 6.0  # how far a line ends from its end: past it, or short of it
    lifts: float = 0.2  # share of long lines drawn in two strokes
    again: float = 0.1  # share of lines of which a part is gone over again


def noise(count: int, slowness: float, rng: np.random.Generator) -> np.ndarray:
    """Noise (count, 2) of unit deviation that changes over about `slowness` samples."""
    white = rng.standard_normal((count + 8 * int(np.ceil(slowness)), 2))
    smooth = gaussian_filter1d(white, slowness, axis=0) * np.sqrt(2 * np.sqrt(np.pi) * slowness)
    return smooth[(len(smooth) - count) // 2 :][:count]


def lengths(points: np.ndarray) -> np.ndarray:
    """How far along a line (N, 2) each of its points is: (N,), from 0."""
    return np.concatenate([[0], np.hypot(*np.diff(points, axis=0).T).cumsum()])


def curve(anchors: np.ndarray, cut: float) -> np.ndarray:
    """A line through anchors (N, 2), in steps of about a pixel, its corners rounded by `cut` pixels."""
    along = lengths(anchors)
    anchors, along = anchors[np.diff(along, prepend=-1) > 0], along[np.diff(along, prepend=-1) > 0]
    dense = PchipInterpolator(along, anchors)(np.linspace(0, along[-1], max(8, int(along[-1]))))
    ends = dense[[0, -1]].copy()
    dense = gaussian_filter1d(dense, cut, axis=0, mode="nearest") if cut else dense
    dense[[0, -1]] = ends
    return dense


def ended(line: np.ndarray, excess: float) -> np.ndarray:
    """A line (N, 2) that goes on straight for `excess` pixels or, where that is negative, ends so much earlier."""
    if excess < 0:
        return line[: max(8, int(np.searchsorted(lengths(line), lengths(line)[-1] + excess)))]
    heading = line[-1] - line[-min(6, len(line))]
    steps = np.arange(1, 1 + int(excess))[:, None]
    return np.concatenate([line, line[-1] + steps * heading / max(1e-6, np.hypot(*heading))])


def at_its_speed(line: np.ndarray, speed: float) -> np.ndarray:
    """The places (M, 2) on a line (N, 2) where the hand is at every tick."""
    along = lengths(line)
    heading = np.unwrap(np.arctan2(*gaussian_filter1d(np.gradient(line, axis=0), 4, axis=0).T[::-1]))
    bend = np.abs(np.gradient(heading)) / np.gradient(along).clip(1e-6)
    to_the_end = np.minimum(along, along[-1] - along)
    share = np.minimum(1, (BEND / bend.clip(1e-9)) ** (1 / 3)) * np.sqrt(to_the_end / RUN_UP).clip(SLOWEST, 1)
    time = np.concatenate([[0], (np.diff(along) / (speed * (share[1:] + share[:-1]) / 2)).cumsum()])
    ticks = np.append(np.arange(0, time[-1], 1 / RATE), time[-1])
    return np.stack([np.interp(ticks, time, line[:, i]) for i in (0, 1)], 1)


def stroke(anchors: np.ndarray, hand: Hand, rng: np.random.Generator) -> np.ndarray:
    """What the hand makes of one line through anchors (N, 2): places (M, 2). One anchor is a dot."""
    aimed = anchors + hand.miss * rng.standard_normal(anchors.shape)
    if len(anchors) == 1:
        return aimed
    line = ended(curve(aimed, hand.cut), float(np.clip(hand.ends * rng.standard_normal(), -30, 30)))
    places = at_its_speed(line, hand.speed)
    return places + hand.drift * noise(len(places), RATE / 6, rng) + hand.tremor * noise(len(places), 1.5, rng)


def lifted(anchors: np.ndarray, hand: Hand, rng: np.random.Generator) -> list[np.ndarray]:
    """The line as a whole or, where the hand lifts, in two."""
    if len(anchors) < 4 or lengths(anchors)[-1] < LONG or rng.random() >= hand.lifts:
        return [anchors]
    middle = int(rng.integers(1, len(anchors) - 1))
    return [anchors[: middle + 1], anchors[middle:]]


def strokes(lines: Sequence[np.ndarray], hand: Hand, rng: np.random.Generator) -> list[np.ndarray]:
    """The strokes, each (M, 2), in which the hand draws lines, each of anchors (N, 2)."""
    drawn = []
    for anchors in lines:
        drawn += [stroke(part, hand, rng) for part in lifted(anchors, hand, rng)]
        if len(anchors) > 1 and rng.random() < hand.again:
            start = int(rng.integers(0, max(1, len(anchors) - 3)))
            drawn.append(stroke(anchors[start : start + int(rng.integers(4, 9))], hand, rng))
    return drawn
