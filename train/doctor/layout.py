"""How a data set lies on disk: the four layouts that training reads, told apart by their folders."""

from dataclasses import dataclass
from pathlib import Path

from train.data import PICTURES, BadData

SPLITS = ("train", "val", "test")
SIDE_BY_SIDE, TWO_FOLDERS, LABELS, UNPAIRED = "side by side", "two folders", "photos and label maps", "unpaired"
EXPECTED = (
    "expected train/ (and val/, test/) with pictures side by side in one file, with two folders of equal names, or with image/ and label/; "
    "or trainA/ and trainB/ (and testA/, testB/)"
)


@dataclass(frozen=True)
class Split:
    """The picture files of one split, by side; side by side both sides are in the files of "both". `others`: what is no picture."""

    name: str
    files: dict[str, tuple[Path, ...]]
    others: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Layout:
    """`sides`: input and target, or the two domains. `ignored`: folders that training does not read."""

    kind: str
    sides: tuple[str, str]
    splits: dict[str, Split]
    ignored: tuple[str, ...] = ()

    @property
    def paired(self) -> bool:
        return self.kind != UNPAIRED


def root_of(folder: Path) -> Path:
    """Archives often hold one folder that holds everything."""
    inside = visible(folder)
    while len(inside) == 1 and inside[0].is_dir() and inside[0].name.rstrip("AB") not in SPLITS:
        folder = inside[0]
        inside = visible(folder)
    return folder


def recognise(root: Path, x: str = "edges", y: str = "photo") -> Layout:
    """The layout of a folder; `x` and `y` name the two folders of pairs, where there are more. BadData where it is none of the four."""
    folders = {path.name: path for path in visible(root) if path.is_dir()}
    if domains := [name for name in folders if name[:-1] in SPLITS and name[-1:] in "AB"]:
        splits = {}
        for name in (split for split in SPLITS if f"{split}A" in domains or f"{split}B" in domains):
            split = {side: pictures(folders.get(f"{name}{side}")) for side in "AB"}
            splits[name] = Split(name, split, tuple(path for side in "AB" for path in others(folders.get(f"{name}{side}"))))
        return Layout(UNPAIRED, ("A", "B"), splits, tuple(sorted(folders.keys() - set(domains))))

    named = {name: folders[name] for name in SPLITS if name in folders}
    found = named or {"": root}
    kinds = {name: _paired(folder, x, y) for name, folder in found.items()}
    if missing := [name for name, kind in kinds.items() if kind is None]:
        inside = ", ".join(sorted(path.name + "/" for path in visible(found[missing[0]]) if path.is_dir())[:8])
        held = f"holds {inside}" if inside else "holds no pictures"
        more = "; --x and --y name the two folders to take" if inside and missing[0] in SPLITS else ""
        raise BadData(f"{found[missing[0]]}: {held}; {EXPECTED}{more}.")
    if len(set(kinds.values())) > 1:
        described = ", ".join(f"{name}/ {kind} ({sides[0]}, {sides[1]})" for name, (kind, sides) in kinds.items())
        raise BadData(f"{root}: the splits do not lie alike: {described}.")
    kind, sides = next(iter(kinds.values()))
    splits = {name: _split(name, folder, kind, sides) for name, folder in found.items()}
    return Layout(kind, sides, splits, tuple(sorted(folders.keys() - found.keys())) if named else ())


def _paired(folder: Path, x: str, y: str) -> tuple[str, tuple[str, str]] | None:
    names = sorted(path.name for path in visible(folder) if path.is_dir() and pictures(path))
    if {"image", "label"} <= set(names):
        return LABELS, ("label", "image")
    if {x, y} <= set(names):
        return TWO_FOLDERS, (x, y)
    if pictures(folder):
        return SIDE_BY_SIDE, ("left", "right")
    plain = [name for name in names if not name.endswith("_soft")]
    return (TWO_FOLDERS, tuple(plain)) if len(plain) == 2 else None


def _split(name: str, folder: Path, kind: str, sides: tuple[str, str]) -> Split:
    if kind == SIDE_BY_SIDE:
        return Split(name, {"both": pictures(folder)}, others(folder))
    files = {side: pictures(folder / side) for side in sides}
    return Split(name, files, tuple(path for side in sides for path in others(folder / side)))


def visible(folder: Path | None) -> list[Path]:
    """What a folder holds, by name, without what systems leave behind (.DS_Store, Thumbs.db)."""
    if folder is None or not folder.is_dir():
        return []
    left_behind = ("__MACOSX", "Thumbs.db", "desktop.ini")
    return sorted(path for path in folder.iterdir() if path.name not in left_behind and (not path.name.startswith(".") or _taken(path)))


def _taken(path: Path) -> bool:
    """Training goes by the ending alone: it takes ._cat.jpg, which macOS leaves in archives, for a picture."""
    return path.is_file() and path.suffix.lower() in PICTURES


def pictures(folder: Path | None) -> tuple[Path, ...]:
    """The files that training takes for pictures, by their ending."""
    return tuple(path for path in visible(folder) if _taken(path))


def others(folder: Path | None) -> tuple[Path, ...]:
    return tuple(path for path in visible(folder) if path.is_file() and not _taken(path))
