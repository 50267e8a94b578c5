"""The same picture twice: in train and in test it makes figures too good."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from train.doctor.direction import photo_side
from train.doctor.findings import Finding, Gallery, counted
from train.doctor.layout import LABELS, UNPAIRED
from train.doctor.look import THUMBNAIL

NEAR = 10  # bits of 64 that two hashes may differ in to be compared at all
SAME = 0.1  # root mean square difference of two thumbnails over their contrast, up to which they are called the same picture
PLAIN = 4.0  # grey levels: pictures of less contrast are all alike
WITHIN = 10_000  # pictures: larger splits are compared with the others, and not within themselves


@dataclass(frozen=True)
class Twins:
    """Two pictures by name, their difference (0 the same, about 1.4 unrelated), and whether one is the other's mirror image."""

    a: str
    b: str
    difference: float
    mirrored: bool = False


@dataclass(frozen=True)
class Prints:
    """What is compared of n pictures: hashes (n,) uint64, thumbnails (n, 3072) float32, and their contrasts (n,)."""

    names: list[str]
    hashes: np.ndarray
    thumbnails: np.ndarray
    contrasts: np.ndarray

    def mirrored(self, hashes: np.ndarray) -> "Prints":
        turned = self.thumbnails.reshape(-1, THUMBNAIL, THUMBNAIL, 3)[:, :, ::-1].reshape(self.thumbnails.shape)
        return Prints(self.names, hashes, turned, self.contrasts)


def prints(gallery: Gallery, split: str, side: str) -> tuple[Prints, Prints]:
    """The prints of one side of a split, and those of its mirror images; plain pictures are left out."""
    looks = {path: look for path, look in gallery.of(split, side).items() if look.contrast >= PLAIN}
    thumbnails = np.array([look.thumbnail for look in looks.values()], np.float32).reshape(len(looks), THUMBNAIL * THUMBNAIL * 3)
    names = [gallery.name(path) for path in looks]
    plain = Prints(names, np.array([look.hash for look in looks.values()], np.uint64), thumbnails, thumbnails.std(1).clip(1))
    return plain, plain.mirrored(np.array([look.mirrored for look in looks.values()], np.uint64))


def nearest(a: Prints, b: Prints, mirrored: bool = False) -> Iterator[Twins]:
    """For every picture of b the nearest of a, as far as their hashes are near; with b = a, every pair once."""
    for j, code in enumerate(b.hashes):
        near = np.flatnonzero(np.bitwise_count(a.hashes ^ code) <= NEAR)
        if a is b:
            near = near[near < j]
        if len(near):
            square = ((a.thumbnails[near] - b.thumbnails[j]) ** 2).mean(1)
            difference = np.sqrt(square / (a.contrasts[near] * b.contrasts[j]))
            best = int(difference.argmin())
            yield Twins(a.names[near[best]], b.names[j], round(float(difference[best]), 3), mirrored)


def across(gallery: Gallery, side: str) -> dict[tuple[str, str], list[Twins]]:
    """The nearest pictures between every two splits, nearest first."""
    all_prints = {split: prints(gallery, split, side) for split in gallery.layout.splits}
    found = {}
    for a, b in combinations(gallery.layout.splits, 2):
        plain = {twins.b: twins for twins in nearest(all_prints[a][0], all_prints[b][0])}
        for twins in nearest(all_prints[a][0], all_prints[b][1], mirrored=True):
            if twins.b not in plain or twins.difference < plain[twins.b].difference:
                plain[twins.b] = twins
        found[a, b] = sorted(plain.values(), key=lambda twins: twins.difference)
    return found


def twins(gallery: Gallery) -> tuple[list[Finding], list[Twins]]:
    """Findings, and the nearest pairs between two splits for the contact sheet, whether they are the same or not."""
    findings, shown = [], []
    sides = gallery.sides if gallery.layout.kind == UNPAIRED else (photo_side(gallery),)  # drawings and label maps may be alike
    for side in sides:
        for (a, b), pairs in across(gallery, side).items():
            shown += pairs[:6]
            same = [pair for pair in pairs if pair.difference <= SAME]
            if same:
                where = f"{a}{side} and {b}{side}" if gallery.layout.kind == UNPAIRED else f"{a} and {b}"
                findings.append(_finding("warning", f"{counted(len(same), 'picture')} in both {where}, or nearly", same))
        for split in gallery.layout.splits:
            own, _ = prints(gallery, split, side)
            if len(own.names) <= WITHIN:
                same = [pair for pair in nearest(own, own) if pair.difference <= SAME]
                if same:
                    where = f"{split}{side}" if gallery.layout.kind == UNPAIRED else split
                    findings.append(_finding("note", f"{counted(len(same), 'picture')} of {where} that look like an earlier one", same))
    if gallery.layout.kind == UNPAIRED:
        for split in gallery.layout.splits:
            pairs = nearest(prints(gallery, split, "A")[0], prints(gallery, split, "B")[0])
            if same := [pair for pair in pairs if pair.difference <= SAME]:
                findings.append(_finding("warning", f"{counted(len(same), 'picture')} in both {split}A and {split}B, or nearly", same))
    elif gallery.layout.kind != LABELS:
        findings += ambiguous(gallery)
    return findings, sorted(shown, key=lambda pair: pair.difference)


def ambiguous(gallery: Gallery) -> list[Finding]:
    """Inputs that look the same and have different targets: no network can know which one is meant."""
    x = gallery.sides[0]
    every = [prints(gallery, split, x)[0] for split in gallery.layout.splits]
    if sum(len(own.names) for own in every) > WITHIN:
        return []
    joined = Prints(
        [name for own in every for name in own.names],
        np.concatenate([own.hashes for own in every]),
        np.concatenate([own.thumbnails for own in every]),
        np.concatenate([own.contrasts for own in every]),
    )
    targets = {gallery.name(a): b for split in gallery.layout.splits for (a, _), (_, b) in gallery.pairs(split)}
    differing = []
    for pair in nearest(joined, joined):
        if pair.difference <= SAME / 4 and pair.a in targets and pair.b in targets:
            a, b = (targets[name].thumbnail.astype(np.float32) for name in (pair.a, pair.b))
            if np.sqrt(((a - b) ** 2).mean() / max(1e-6, a.std() * b.std())) > SAME:
                differing.append(pair)
    if not differing:
        return []
    return [_finding("note", f"{counted(len(differing), 'input')} that look like an earlier one and have another target", differing)]


def _finding(level: str, text: str, pairs: list[Twins]) -> Finding:
    shown = ", ".join(f"{pair.b} {'mirrors' if pair.mirrored else 'is like'} {pair.a}" for pair in pairs[:3])
    more = f" and {len(pairs) - 3:,} more" if len(pairs) > 3 else ""
    return Finding(level, "twins", f"{text}: {shown}{more}.", tuple(name for pair in pairs for name in (pair.a, pair.b)))
