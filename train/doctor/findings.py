"""What is wrong with the files themselves: unreadable, without a partner, of another size, of a strange mode, blank."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from train.data import HELD_OUT
from train.doctor.layout import LABELS, SIDE_BY_SIDE, SPLITS, UNPAIRED, Layout
from train.doctor.look import Look, Seen

LEVELS = ("note", "warning", "error")
FLAT = 1.0  # grey levels: a picture with less contrast shows nothing
GREY = 2.0  # mean chroma below which a picture is black and white
SMALLEST = 64  # pixels: the networks halve a picture six times and more
LONG = 3.0  # times as long as wide


@dataclass(frozen=True)
class Finding:
    """One line: `level` is "error" (training stops or learns nonsense), "warning" (look at it) or "note"; `files` are all it speaks of."""

    level: str
    about: str
    text: str
    files: tuple[str, ...] = ()


Pair = tuple[tuple[Path, Look], tuple[Path, Look]]


@dataclass(frozen=True)
class Gallery:
    """A data set with all its pictures looked at. `flip`, `classes` and `palette` are what the person said about it."""

    root: Path
    layout: Layout
    seen: dict[Path, Seen]
    flip: bool = False
    classes: int | None = None
    palette: str | None = None
    _by_side: dict = field(default_factory=dict, repr=False, compare=False)

    def name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    @cached_property
    def sides(self) -> tuple[str, str]:
        """Input and target as training takes them (or the two domains)."""
        return self.layout.sides[::-1] if self.flip and self.layout.kind == SIDE_BY_SIDE else self.layout.sides

    def files(self, split: str, side: str) -> tuple[Path, ...]:
        files = self.layout.splits[split].files
        return files.get(side, files.get("both", ()))

    def of(self, split: str, side: str) -> dict[Path, Look]:
        """The readable pictures of one side of a split."""
        if (split, side) not in self._by_side:
            place = self.layout.sides.index(side) if self.layout.kind == SIDE_BY_SIDE else 0
            looks = {path: self.seen[path].looks for path in self.files(split, side)}
            self._by_side[split, side] = {path: look[place] for path, look in looks.items() if len(look) > place}
        return self._by_side[split, side]

    def pairs(self, split: str) -> Iterator[Pair]:
        """The pairs of a split, input and target, as far as both are there and readable."""
        x, y = (self.of(split, side) for side in self.sides)
        if self.layout.kind == SIDE_BY_SIDE:
            yield from (((path, x[path]), (path, y[path])) for path in x.keys() & y.keys())
        else:
            targets = {path.stem: path for path in y}
            yield from (((path, x[path]), (targets[path.stem], y[targets[path.stem]])) for path in x if path.stem in targets)

    def paths(self, split: str) -> Iterator[tuple[Path, Path]]:
        """The files of the pairs of a split that lie in two folders, as far as both are there and readable."""
        x, y = ({path.stem: path for path in self.files(split, side) if not self.seen[path].trouble} for side in self.sides)
        yield from ((x[stem], y[stem]) for stem in x if stem in y)

    def listed(self, paths: list[Path], most: int = 3) -> str:
        shown = ", ".join(self.name(path) for path in paths[:most])
        return shown + (f" and {len(paths) - most:,} more" if len(paths) > most else "")

    def finding(self, level: str, about: str, text: str, paths: list[Path]) -> Finding:
        """A finding about files; `text` ends before their names."""
        return Finding(level, about, f"{text}: {self.listed(paths)}.", tuple(self.name(path) for path in paths))


def counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size(pixels: tuple[int, int]) -> str:
    return f"{pixels[0]}×{pixels[1]}"


def splits(gallery: Gallery) -> Iterator[Finding]:
    """Folders that are missing, or that nobody reads."""
    there, layout = gallery.layout.splits, gallery.layout
    if "" in there:
        yield Finding("error", "splits", f"The pictures lie in {gallery.root.name}/ itself; training reads them from train/ in it.")
    elif "train" not in there:
        yield Finding("error", "splits", f"There is no train split, only {' and '.join(there)}.")
    for split in there.values():
        for side, files in split.files.items():
            if not files:
                place = f"{split.name}{side}" if layout.kind == UNPAIRED else split.name
                yield Finding("error", "splits", f"{place}/ holds no pictures.")
    if "train" in there and "test" not in there:
        yield Finding("note", "splits", "There is no test split: the figures of python -m train evaluate need one.")
    if "train" in there and "val" not in there and layout.paired:
        few = layout.kind == LABELS or len(list(gallery.pairs("train"))) < HELD_OUT
        held = "train is watched, but not measured" if few else f"every {HELD_OUT}th pair of train is held out instead"
        yield Finding("note", "splits", f"There is no val split: {held}.")
    if layout.ignored:
        near = [name for name in layout.ignored if any(name.lower().startswith(split[:3]) for split in SPLITS)]
        yield Finding("warning" if near else "note", "splits", f"Training does not read {', '.join(f'{n}/' for n in layout.ignored)}.")
    for split in there.values():
        if split.others:
            kinds = ", ".join(sorted({path.suffix.lower() or path.name for path in split.others})[:5])
            place = split.name or gallery.root.name
            text = f"{counted(len(split.others), 'file')} in {place} that training does not take for pictures ({kinds})"
            yield gallery.finding("warning", "files", text, list(split.others))


def unreadable(gallery: Gallery) -> Iterator[Finding]:
    by_trouble: dict[str, list[Path]] = {}
    for path, seen in gallery.seen.items():
        if seen.trouble:
            by_trouble.setdefault(seen.trouble, []).append(path)
    for trouble, paths in by_trouble.items():
        yield gallery.finding("error", "unreadable", f"{counted(len(paths), 'file')} cannot be read ({trouble})", paths)


def partners(gallery: Gallery) -> Iterator[Finding]:
    """Pairs in two folders: a partner for every picture, and one only."""
    if gallery.layout.kind in (SIDE_BY_SIDE, UNPAIRED):
        return
    for split in gallery.layout.splits:
        x, y = gallery.sides
        for side, other in ((x, y), (y, x)):
            files, there = gallery.files(split, side), {path.stem for path in gallery.files(split, other)}
            if lonely := [path for path in files if path.stem not in there]:
                yield gallery.finding("error", "pairs", f"{counted(len(lonely), 'picture')} without a partner in {other}/", lonely)
            stems = Counter(path.stem for path in files)
            if twice := [path for path in files if stems[path.stem] > 1]:
                text = f"{counted(len(twice), 'picture')} whose name occurs twice in {side}/, with other endings"
                yield gallery.finding("error", "pairs", text, twice)


def sizes(gallery: Gallery) -> Iterator[Finding]:
    kind = gallery.layout.kind
    if kind == SIDE_BY_SIDE:
        if odd := [path for path, seen in gallery.seen.items() if seen.size[0] % 2]:
            yield gallery.finding("error", "sizes", f"{counted(len(odd), 'picture')} of an odd width, which has no halves", odd)
    elif gallery.layout.paired:
        for split in gallery.layout.splits:
            pairs = [(x, y) for x, y in gallery.paths(split) if gallery.seen[x].size != gallery.seen[y].size]
            if pairs:
                x, y = pairs[0]
                first = f"{gallery.name(x)} is {size(gallery.seen[x].size)} and {gallery.name(y)} {size(gallery.seen[y].size)}"
                text = f"{counted(len(pairs), 'pair')} of unequal sizes in {split}: {first}."
                yield Finding("error", "sizes", text, tuple(gallery.name(x) for x, _ in pairs))

    looks = {path: look for split in gallery.layout.splits for side in gallery.sides for path, look in gallery.of(split, side).items()}
    if not looks:
        return
    half = "Halves" if kind == SIDE_BY_SIDE else "Pictures"
    usual, count = Counter(look.size for look in looks.values()).most_common(1)[0]
    if strange := [path for path, look in looks.items() if look.size != usual]:
        smallest = min((looks[path].size for path in strange), key=min)
        largest = max((looks[path].size for path in strange), key=max)
        most = f"most are {size(usual)}" if count > len(looks) / 2 else f"the most frequent size is {size(usual)}"
        text = f"{counted(len(strange), 'picture')} of another size than the rest ({most}; these {size(smallest)} to {size(largest)})"
        yield gallery.finding("note" if kind in (UNPAIRED, LABELS) else "warning", "sizes", text, strange)
    if tiny := [path for path, look in looks.items() if min(look.size) < SMALLEST]:
        yield gallery.finding("warning", "sizes", f"{half} with a side of less than {SMALLEST} pixels ({len(tiny):,})", tiny)
    if long := [path for path, look in looks.items() if max(look.size) > LONG * min(look.size)]:
        yield gallery.finding("warning", "sizes", f"{half} more than {LONG:.0f} times as long as wide ({len(long):,})", long)
    oblong = [path for path, look in looks.items() if not 0.98 < look.size[0] / look.size[1] < 1.02]
    if oblong and kind not in (UNPAIRED, LABELS):
        text = f"{half} that are not square, which pix2pix's training squeezes into squares ({len(oblong):,})"
        yield gallery.finding("warning", "sizes", text, oblong)


def modes(gallery: Gallery) -> Iterator[Finding]:
    """What a conversion to RGB loses: bits, transparency, the way up, and inks."""
    ids = {path for split in gallery.layout.splits for path in gallery.files(split, "label")} if gallery.layout.kind == LABELS else set()
    photos = {path: seen for path, seen in gallery.seen.items() if path not in ids and not seen.trouble}
    strange = {
        ("error", "of 16 bits or more, which training cuts to white"): [p for p, s in photos.items() if s.mode[0] in "IF"],
        ("warning", "with transparent parts, under which training sees whatever colours are hidden there"): [
            p for p, s in photos.items() if s.transparent
        ],
        ("warning", "in printer's or other colours (CMYK, YCbCr, LAB ...), which shift when training converts them"): [
            p for p, s in photos.items() if s.mode in ("CMYK", "YCbCr", "LAB", "HSV")
        ],
        ("warning", "turned by their EXIF data only, which training does not look at: it sees them lying on their side"): [
            p for p, s in photos.items() if s.turned
        ],
    }
    for (level, what), paths in strange.items():
        if paths:
            yield gallery.finding(level, "modes", f"{counted(len(paths), 'picture')} {what}", paths)


def blank(gallery: Gallery) -> Iterator[Finding]:
    """Pictures that show nothing; black-and-white photos among coloured ones."""
    for side in gallery.sides:
        looks = {path: look for split in gallery.layout.splits for path, look in gallery.of(split, side).items()}
        if gallery.layout.kind == LABELS and side == "label":
            continue
        if empty := [path for path, look in looks.items() if look.contrast < FLAT]:
            level = "warning" if len(empty) > len(looks) / 100 else "note"
            what = f"{counted(len(empty), 'picture')} of {len(looks):,} in {side} that are one plain colour"
            yield gallery.finding(level, "blank", what, empty)
        if gallery.layout.kind in (UNPAIRED, LABELS):
            grey = [path for path, look in looks.items() if look.chroma < GREY and look.contrast >= FLAT]
            if grey and len(grey) < len(looks) / 2:
                text = f"{counted(len(grey), 'photo')} of {len(looks):,} in {side} are black and white, the others coloured"
                yield gallery.finding("note", "colours", text, grey)
