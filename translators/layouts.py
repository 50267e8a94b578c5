"""Whether a label map is like those that a network was trained on: how much of each class it holds, and where in the picture. No torch."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.cluster.vq import kmeans2

GRID = (3, 4)  # rows and columns: sky is above, road below, trees are at the sides
TYPICAL = 8  # layouts that stand for all of a training set
NEAR = 0.05  # of a picture: a layout that differs in less is never far, however alike a training set's own are
DIGITS = 5  # of a share
RARE = 0.01  # of a training set's pixels: a class below this share was rare

Histogram = dict[str, list[float] | list[str] | float]


@dataclass(frozen=True)
class Remark:
    """`code` "rare": class `label` takes `share` of the scene, and took `usual` of the training set. "far": so is no layout there."""

    code: str
    label: int = 0
    share: float = 0.0
    usual: float = 0.0


def layout(ids: np.ndarray, classes: int) -> np.ndarray:
    """The shares of the classes in every cell of a grid: ids (H, W) → (rows × columns, classes); each row adds up to 1."""
    (height, width), (rows, columns) = ids.shape, GRID
    cell = np.add.outer(np.arange(height) * rows // height * columns, np.arange(width) * columns // width)
    counts = np.bincount((cell * classes + ids).ravel(), minlength=rows * columns * classes).reshape(-1, classes)
    return counts / np.maximum(counts.sum(1, keepdims=True), 1)


def distance(one: np.ndarray, layouts: np.ndarray) -> float:
    """From a layout (cells, classes) to the nearest of `layouts` (N, cells, classes): the share of the picture that has to change."""
    return float((np.abs(layouts - one).sum(-1) / 2).mean(-1).min())


def histogram(maps: Iterable[np.ndarray], classes: int, seed: int = 0) -> Histogram:
    """What `remarks` needs to know of a training set, small enough for config.json.

    `shares` of all pixels by class; `most`, the 95th percentile over the maps of each class's share; `layouts`, a few typical ones
    (k-means), each a line of percents, cell by cell; `far`, the 99th percentile of the maps' own distances to these.
    """
    grids = np.stack([layout(ids, classes) for ids in maps])  # (N, cells, classes)
    shares = grids.mean(1)
    centres, _ = kmeans2(grids.reshape(len(grids), -1), min(TYPICAL, len(grids)), minit="++", seed=seed)
    centres = centres.reshape(-1, *grids.shape[1:])
    return {
        "shares": [round(float(v), DIGITS) for v in shares.mean(0)],
        "most": [round(float(v), DIGITS) for v in np.percentile(shares, 95, axis=0)],
        "layouts": [" ".join(f"{v:.0f}" for v in 100 * centre.ravel()) for centre in centres],
        "far": round(max(NEAR, float(np.percentile([distance(grid, centres) for grid in grids], 99))), 4),
    }


def remarks(ids: np.ndarray, known: Histogram) -> list[Remark]:
    """What to say about a scene (H, W) against a training set's `histogram`: nothing where it is like the scenes there."""
    usual, most = np.array(known["shares"]), np.array(known["most"])
    grid = layout(ids, len(usual))
    shares = grid.mean(0)
    rare = np.flatnonzero((usual < RARE) & (shares.round(DIGITS) > most))
    said = [Remark("rare", int(label), float(shares[label]), float(usual[label])) for label in rare[np.argsort(-shares[rare])]]
    layouts = np.array([line.split() for line in known["layouts"]], float).reshape(-1, *grid.shape) / 100
    return said + [Remark("far")] * (distance(grid, layouts) > known["far"])
