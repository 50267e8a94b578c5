"""Label maps: which classes there are, how much of each, and ids that no class has."""

from collections.abc import Iterator

import numpy as np

from train.doctor.direction import label_side
from train.doctor.findings import Finding, Gallery, counted
from train.doctor.layout import LABELS, UNPAIRED
from translators.labels import PALETTES

FAR = 0.2  # of a picture's pixels at most are far from every palette colour, in the middle of the set: JPEG blurs every border
MUCH_FAR = 0.5  # of one picture's pixels
JUMP = 64  # ids: what lies farther above the others is no class, most often 255 for "unlabelled"


def histogram(gallery: Gallery) -> tuple[list[str], dict[str, np.ndarray]]:
    """Names of the classes, and the share of pixels of each by split; ids of label maps, or nearest colours where a palette fits."""
    side, key = _labelled(gallery)
    if not side:
        return [], {}
    counts = {
        split: sum((look.classes[key] for look in _maps(gallery, split, side).values()), np.zeros(1)) for split in gallery.layout.splits
    }
    if key == "ids":
        used = 1 + max((int(np.flatnonzero(count).max(initial=0)) for count in counts.values()), default=0)
        named = PALETTES[gallery.palette].names if gallery.palette else ()
        names = [f"{i} {named[i]}" if i < len(named) else str(i) for i in range(max(used, gallery.classes or 0, len(named)))]
    else:
        names = list(PALETTES[key].names)
    return names, {split: _share(count, len(names)) for split, count in counts.items() if count.sum()}


def _share(count: np.ndarray, classes: int) -> np.ndarray:
    count = np.pad(count, (0, max(0, classes - len(count))))[:classes]
    return count / max(1, count.sum())


def _maps(gallery: Gallery, split: str, side: str) -> dict:
    kind = "ids" if gallery.layout.kind == LABELS else next(iter(PALETTES))
    return {path: look for path, look in gallery.of(split, side).items() if kind in look.classes}


def _labelled(gallery: Gallery) -> tuple[str, str]:
    """The side that holds label maps, and "ids" or the palette whose colours they are in; empty where there is none."""
    if gallery.layout.kind == LABELS:
        return "label", "ids"
    if gallery.layout.kind == UNPAIRED or not (side := label_side(gallery)):
        return "", ""
    looks = [look for split in gallery.layout.splits for look in gallery.of(split, side).values()]
    for name in PALETTES:
        if np.median([look.classes[name][-1] / look.classes[name].sum() for look in looks]) < FAR:
            return side, name
    return "", ""


def classes(gallery: Gallery) -> Iterator[Finding]:
    side, key = _labelled(gallery)
    if not side:
        return
    if key == "ids":
        yield from ids(gallery)
    else:
        strange = []
        for split in gallery.layout.splits:
            for path, look in _maps(gallery, split, side).items():
                if look.classes[key][-1] > MUCH_FAR * look.classes[key].sum():
                    strange.append(path)
        yield Finding("note", "classes", f"The {side} pictures are painted in the palette {key}.")
        if strange:
            text = f"{counted(len(strange), 'label picture')} with more than {MUCH_FAR:.0%} of the pixels far from every colour of {key}"
            yield gallery.finding("warning", "classes", text, strange)
    names, shares = histogram(gallery)
    if "train" not in shares:
        return
    for split, share in shares.items():
        if missing := [name for name, here, learnt in zip(names, share, shares["train"], strict=True) if here and not learnt]:
            yield Finding("warning", "classes", f"{split} has classes that train never shows: {', '.join(missing)}.")
    absent = [name for i, name in enumerate(names) if not any(share[i] for share in shares.values())]
    if absent and (gallery.classes or key != "ids"):
        yield Finding("note", "classes", f"No picture shows the classes {', '.join(absent)}.")


def ids(gallery: Gallery) -> Iterator[Finding]:
    """Label maps of ids: their mode, ids beyond the classes, and the number of classes to train with."""
    paths = [path for split in gallery.layout.splits for path in gallery.files(split, "label") if not gallery.seen[path].trouble]
    if coloured := [path for path in paths if gallery.seen[path].mode not in ("L", "P", "1")]:
        found = ", ".join(sorted({gallery.seen[path].mode for path in coloured}))
        text = f"{counted(len(coloured), 'label map')} in mode {found}, where 8-bit class ids (mode L) belong"
        yield gallery.finding("error", "classes", text, coloured)
    maps = {path: look.classes["ids"] for split in gallery.layout.splits for path, look in _maps(gallery, split, "label").items()}
    if not maps:
        return
    used = np.flatnonzero(sum(maps.values()))
    count = gallery.classes or (len(PALETTES[gallery.palette]) if gallery.palette else None)
    if count is not None:
        if beyond := [path for path, ids in maps.items() if ids[count:].any()]:
            strange = ", ".join(map(str, used[used >= count]))
            text = f"{counted(len(beyond), 'label map')} with ids beyond the {count} classes ({strange})"
            yield gallery.finding("error", "classes", text, beyond)
        return
    together, apart = used, used[:0]
    if len(jumps := np.flatnonzero(np.diff(used) > JUMP)):
        together, apart = used[: jumps[0] + 1], used[jumps[0] + 1 :]
    if len(apart):
        strange, far = [path for path, ids in maps.items() if ids[apart].any()], ", ".join(map(str, apart))
        text = f"Beside the ids up to {together.max()} there is {far}, beyond --classes {together.max() + 1}"
        yield gallery.finding("warning", "classes", text, strange)
    train = f"train with --classes {int(together.max()) + 1}"
    yield Finding("note", "classes", f"The label maps hold {len(together)} ids from {together.min()} to {together.max()}: {train}.")
