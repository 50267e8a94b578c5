"""Which side is the drawing or the label map: A and B swapped is the mistake that no loss shows."""

from collections.abc import Iterator

import numpy as np

from train.doctor.findings import Finding, Gallery, Pair
from train.doctor.layout import LABELS, SIDE_BY_SIDE, UNPAIRED
from train.doctor.look import Look

FLATTER = 1.5  # times less rough, in the middle of the set, counts as a flat side
MUCH_FLATTER = 2.0  # the other way round by this much, one pair is called swapped


def direction(gallery: Gallery) -> Iterator[Finding]:
    """Line drawings, or flat colours, on one side and photos on the other: is it the side that training takes for the input?"""
    layout = gallery.layout
    if layout.kind == UNPAIRED:
        return
    pairs = [pair for split in layout.splits for pair in gallery.pairs(split)]
    if layout.kind == LABELS:
        yield from swapped_labels(gallery, pairs)
        return
    if not pairs:
        return
    x, y = gallery.sides
    kind, side, numbers = told_apart(pairs)
    named = (f"the {x} halves", f"the {y} halves") if layout.kind == SIDE_BY_SIDE else (f"{x}/", f"{y}/")
    if side is None:
        yield Finding("note", "direction", f"Neither {named[0]} nor {named[1]} look like drawings or label maps beside the other.")
        return
    looks = f"{named[side].capitalize() if layout.kind == SIDE_BY_SIDE else named[side]} look like {kind} ({numbers})"
    if side == 0:
        yield Finding("note", "direction", f"{looks}, and training takes them for the input.")
    elif layout.kind == SIDE_BY_SIDE:
        turn = "leave --flip out" if gallery.flip else "train with --flip"
        yield Finding("warning", "direction", f"{looks}, and training takes them for the target: to paint photos from them, {turn}.")
    else:
        text = f"{looks}, and training takes them for the target: are the folders swapped? To paint photos from them: --x {y} --y {x}."
        yield Finding("warning", "direction", text)
    turned = [pair[0][0] for pair in pairs if _turned(pair[side][1], pair[1 - side][1], kind)]
    if turned:
        noun = "pair lies" if len(turned) == 1 else "pairs lie"
        yield gallery.finding("warning", "direction", f"{len(turned):,} {noun} the other way round than the rest", turned)


def told_apart(pairs: list[Pair]) -> tuple[str, int | None, str]:
    """What the one side is, which one (0 is the input, 1 the target, None neither), and by which numbers."""
    x, y = [look for (_, look), _ in pairs], [look for _, (_, look) in pairs]
    if not pairs:
        return "", None, ""
    drawn = [float(np.mean([look.is_drawing for look in side])) for side in (x, y)]
    if max(drawn) >= 0.8 and abs(drawn[0] - drawn[1]) >= 0.3:
        side = int(drawn[1] > drawn[0])
        return "line drawings", side, f"{drawn[side]:.0%} are dark lines on white, {drawn[1 - side]:.0%} on the other side"
    rough = [np.array([look.rough for look in side]) for side in (x, y)]
    for side in (0, 1):
        flatter = rough[side] < rough[1 - side]
        if flatter.mean() >= 0.9 and FLATTER * np.median(rough[side]) <= np.median(rough[1 - side]):
            plain = [f"{1 - np.median(rough[s]):.0%}" for s in (side, 1 - side)]
            return "label maps", side, f"{plain[0]} of their pixels are as their neighbours, {plain[1]} on the other side"
    return "", None, ""


def _turned(flat: Look, rough: Look, kind: str) -> bool:
    """Whether, of one pair, what should be the drawing or label map is the photo."""
    if kind == "line drawings":
        return rough.is_drawing and not flat.is_drawing
    return flat.rough > MUCH_FLATTER * rough.rough


def label_side(gallery: Gallery) -> str | None:
    """The side with label maps in flat colours, of a paired set."""
    kind, side, _ = told_apart([pair for split in gallery.layout.splits for pair in gallery.pairs(split)])
    return gallery.sides[side] if kind == "label maps" else None


def photo_side(gallery: Gallery) -> str:
    """The side of a paired set that is no drawing and no label map; where it cannot be told, the target."""
    if gallery.layout.kind == LABELS:
        return "image"
    _, side, _ = told_apart([pair for split in gallery.layout.splits for pair in gallery.pairs(split)])
    return gallery.sides[1 if side is None else 1 - side]


def swapped_labels(gallery: Gallery, pairs: list[Pair]) -> Iterator[Finding]:
    """Photos in label/ and ids in image/."""
    modes = [(gallery.seen[label].mode, gallery.seen[image].mode) for (label, _), (image, _) in pairs]
    swapped = [label == "RGB" and image in ("L", "P", "1") for label, image in modes]
    if swapped and np.mean(swapped) > 0.5:
        yield Finding("error", "direction", "label/ holds coloured pictures and image/ single-channel ones: the two folders are swapped.")
