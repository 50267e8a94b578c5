"""The examination: every file looked at, every rule asked."""

import os
from collections import Counter
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from train.data import BadData
from train.doctor import findings, layout, sources
from train.doctor.classes import classes, histogram
from train.doctor.direction import direction
from train.doctor.findings import LEVELS, Finding, Gallery
from train.doctor.layout import LABELS, SIDE_BY_SIDE
from train.doctor.look import see
from train.doctor.sheet import contact_sheet
from train.doctor.twins import Twins, twins
from translators.labels import PALETTES

RULES = (findings.splits, findings.unreadable, findings.partners, findings.sizes, findings.modes, direction, classes, findings.blank)

SAMPLE = 24  # pictures of each folder: enough to tell drawings from photos, and a few seconds at most


@dataclass(frozen=True)
class Report:
    """What the doctor says of a data set.

    `splits`: files of each split by side; `sizes`: how often each size of file occurs; `shares`: by split, the share of pixels of each of
    the `classes`; `nearest`: the most similar pictures of two splits, the same or not.
    """

    source: str
    layout: str = ""
    sides: tuple[str, str] = ("", "")
    splits: dict[str, dict[str, int]] | None = None
    sizes: dict[str, int] | None = None
    findings: tuple[Finding, ...] = ()
    classes: tuple[str, ...] = ()
    shares: dict[str, list[float]] | None = None
    nearest: tuple[Twins, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 fine (notes at most), 1 warnings, 2 errors."""
        return max((LEVELS.index(finding.level) for finding in self.findings), default=0)


def examine(
    data: str | Path,
    x: str = "edges",
    y: str = "photo",
    flip: bool = False,
    classes: int | None = None,
    palette: str | None = None,
    sheet: Path | None = None,
    quiet: bool = True,
) -> Report:
    """Looks at every picture of a data set: a folder, a zip archive or hf://owner/name@revision; what cannot be opened is a finding too.

    `x`, `y`, `flip` are training's; `classes` and `palette` (a name of `translators.labels.PALETTES`) say what label maps hold; `sheet` is
    where to write the contact sheet.
    """
    try:
        if palette is not None and palette not in PALETTES:
            raise BadData(f"There is no palette {palette!r}; there are {', '.join(PALETTES)}.")
        with sources.opened(data) as folder:
            root = layout.root_of(folder)
            found = layout.recognise(root, x, y)
            gallery = Gallery(root, found, look_at(found, quiet), flip, classes, palette)
            report = conclude(str(data), gallery)
            if root != folder:
                inside = root.relative_to(folder).as_posix()
                report = replace(report, findings=(*report.findings, Finding("note", "splits", f"The data set lies in {inside}/ of it.")))
            if sheet is not None:
                sheet.parent.mkdir(parents=True, exist_ok=True)
                contact_sheet(gallery, report.findings, report.nearest).save(sheet, "PNG")
            return report
    except BadData as refused:
        return Report(str(data), findings=(Finding("error", "data", str(refused)),))


def examine_quickly(
    data: Path, kinds: Collection[str], x: str = "edges", y: str = "photo", flip: bool = False, classes: int | None = None
) -> tuple[Finding, ...]:
    """What can be told of the splits that training reads in a second or two: the headers of all files, and a sample of the pictures.

    Without the comparison of all pictures with each other. Empty where the folder lies in none of these `kinds` of layout: training says
    what it expected.
    """
    try:
        found = layout.recognise(data, x, y)
    except BadData:
        return ()
    read = {name: split for name, split in found.splits.items() if name in ("train", "val")}
    if found.kind not in kinds or "train" not in read:
        return ()
    found = replace(found, splits=read)
    gallery = Gallery(data, found, look_at(found, quiet=True, decoded=SAMPLE), flip, classes)
    return tuple(finding for rule in RULES for finding in rule(gallery))


def look_at(found: layout.Layout, quiet: bool, decoded: int | None = None) -> dict:
    """Every file of the layout, read on all cores: Pillow and numpy let go of the interpreter while they work.

    Of each folder `decoded` pictures are read to the end, evenly chosen, and of the others the headers; None: all of them.
    """
    halves, labels = found.kind == SIDE_BY_SIDE, found.kind == LABELS
    tasks = []
    for side, files in ((side, files) for split in found.splits.values() for side, files in split.files.items()):
        whole = set(range(len(files)) if decoded is None else np.linspace(0, len(files) - 1, min(decoded, len(files))).astype(int))
        tasks += [(path, halves, labels and side == "label", place not in whole) for place, path in enumerate(files)]
    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        bar = tqdm(pool.map(lambda task: see(*task), tasks), total=len(tasks), desc="pictures", leave=False, disable=quiet or None)
        return {seen.path: seen for seen in bar}
    finally:
        pool.shutdown(cancel_futures=True)  # Ctrl-C does not wait for the rest


def conclude(source: str, gallery: Gallery) -> Report:
    about_twins, nearest = twins(gallery)
    said = [finding for rule in RULES for finding in rule(gallery)] + about_twins
    names, shares = histogram(gallery)
    return Report(
        source=source,
        layout=gallery.layout.kind,
        sides=gallery.sides,
        splits={name: {side: len(files) for side, files in split.files.items()} for name, split in gallery.layout.splits.items()},
        sizes={f"{w}×{h}": n for (w, h), n in Counter(s.size for s in gallery.seen.values() if not s.trouble).most_common()},
        findings=tuple(sorted(said, key=lambda finding: -LEVELS.index(finding.level))),
        classes=tuple(names),
        shares={split: [round(float(v), 5) for v in share] for split, share in shares.items()},
        nearest=tuple(nearest),
    )
