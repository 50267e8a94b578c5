"""What model cards are made of: sheets of pictures, drawings from stroke files, tables of figures."""

import json
from pathlib import Path

from PIL import Image, ImageDraw

from train import engine
from train.data import BadData

CANVAS = 512
WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def rasterize(drawing: dict) -> Image.Image:
    """A drawing of `benchmarks/drawings/*.json` ("width", "strokes" of [x, y] on a 512 canvas) as L, 512×512."""
    canvas = Image.new("L", (CANVAS, CANVAS), 255)
    pencil, r = ImageDraw.Draw(canvas), drawing["width"] / 2
    for stroke in drawing["strokes"]:
        points = [tuple(point) for point in stroke]
        pencil.line(points, fill=0, width=drawing["width"])
        for x, y in points:
            pencil.ellipse((x - r, y - r, x + r, y + r), fill=0)
    return canvas


def hand_drawings(path: Path, size: int) -> list[Image.Image]:
    """The drawings of a stroke file, each L, `size` pixels a side; BadData where it cannot be read, or holds none."""
    try:
        drawn = [rasterize(drawing) for drawing in json.loads(path.read_text("utf-8"))]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BadData(f"{path}: not a stroke file; expected a JSON list of {{width, strokes}} ({type(error).__name__}).") from None
    if not drawn:
        raise BadData(f"{path}: no drawing in it.")
    return [drawing.resize((size, size), Image.Resampling.BOX) for drawing in drawn]


def sheet(rows: list[list[Image.Image]], side: int = 192, gap: int = 4) -> Image.Image:
    """Pictures in rows, each `side` pixels wide and of the first one's shape."""
    size = side, round(side * rows[0][0].height / rows[0][0].width)
    columns = max(len(row) for row in rows)
    page = Image.new("RGB", (columns * (size[0] + gap) + gap, len(rows) * (size[1] + gap) + gap), (228, 228, 224))
    for r, row in enumerate(rows):
        for c, picture in enumerate(row):
            place = gap + c * (size[0] + gap), gap + r * (size[1] + gap)
            page.paste(picture.convert("RGB").resize(size, Image.Resampling.LANCZOS), place)
    return page


def pairs_sheet(first: list[Image.Image], second: list[Image.Image], columns: int = 10, width: int = 1400, gap: int = 4) -> Image.Image:
    """Two pictures of everything, one above the other, in rows of at most `columns`; about `width` pixels wide, however many there are."""
    columns = min(columns, len(first))
    rows = [row[start : start + columns] for start in range(0, len(first), columns) for row in (first, second)]
    return sheet(rows, width // columns - gap, gap)


def batch_of(facts: dict) -> int:
    """Pictures a step, of all processes together."""
    return facts["settings"]["batch"] * facts.get("processes", 1)


def steps_of(facts: dict) -> str:
    """How far a run went and, where that is not its end, how far it would have gone and why this step: the validation figure, if it was
    lowest there, or else that it was stopped.
    """
    settings, pictures, looks = facts["settings"], facts["pictures"], facts.get("val")
    planned = round(settings["epochs"] * (max(pictures if isinstance(pictures, list) else [pictures]) // batch_of(facts)))
    if facts["step"] >= planned:
        return f"{facts['step']:,}"
    lowest = looks and min(looks, key=lambda look: look[1])[0] == facts["step"]
    return f"{facts['step']:,} of {planned:,}, where {'the validation figure was lowest' if lowest else 'it was stopped'}"


def facts_and_figures(folder: Path) -> tuple[dict, dict]:
    """run.json and figures.json of a translator; BadData where one is missing or damaged."""
    return engine.read_facts(folder / "run.json"), engine.read_facts(folder / "figures.json", "python -m train.evaluate")


def refuse_missing(failures: list[str], names: list[str], folder: Path) -> None:
    """BadData where a failure is none of the folder's test pictures, by name."""
    if missing := [name for name in failures if name not in names]:
        raise BadData(f"{folder}: there is no test picture {missing[0]}; the first is {names[0]}.")


def counted(count: int, thing: str) -> str:
    """How a sentence begins that tells of so many: "One drawing", "Eight drawings", "60 drawings"."""
    return f"{WORDS[count].capitalize() if count < len(WORDS) else f'{count:,}'} {thing}{'s' * (count != 1)}"


def number(value: float) -> str:
    return f"{value:,.{0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 3}f}"


def shown(value: list[float] | float) -> str:
    """A figure with its interval, or with its deviation, or by itself."""
    value, *rest = value if isinstance(value, list | tuple) else [value]
    around = {0: "", 1: " ± {}", 2: " ({} to {})"}[len(rest)]
    return number(value) + around.format(*map(number, rest))


def rows_table(measured: dict) -> str:
    """The figures that every row has a value of: a line each, and a column for each row."""
    tables = {title: rows for title, rows in measured.items() if isinstance(rows, dict) and "translated" in rows}
    columns = list(dict.fromkeys(name for rows in tables.values() for name in rows))
    lines = [f"| figure | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for title, rows in tables.items():
        values = [shown(rows[name]) if name in rows else "" for name in columns]
        lines.append(f"| {title.replace(' x ', ' × ')} | {' | '.join(values)} |")
    return "\n".join(lines) + "\n"


def figures_table(measured: dict) -> str:
    """All figures of `python -m train.evaluate`, as tables."""
    parts = [rows_table(measured)]
    for title, part in measured.items():
        if isinstance(part, dict) and any(isinstance(rows, dict) for rows in part.values()):
            count = f" ({part['pictures']:,} pictures)" if "pictures" in part else ""
            parts.append(f"{title[0].upper()}{title[1:]}{count}:\n\n{rows_table(part)}")
    if by_width := measured.get("KID x 1000 by pen width"):
        lines = [f"| KID × 1000 by pen width, px | {' | '.join(by_width)} |", "|---" * (len(by_width) + 1) + "|"]
        rows = {"translated": by_width, "L1 only": measured.get("KID x 1000 by pen width, L1 only", {})}
        lines += [f"| {name} | {' | '.join(shown(row[width][0]) for width in row)} |" for name, row in rows.items() if row]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def notes(measured: dict) -> str:
    """On what, and how, the figures were measured."""
    said = f"Features: {measured['features']}. {measured['pictures']} pictures; {measured['protocol']}."
    if interval := measured.get("interval"):
        said += f" In brackets: {interval}."
    return said + " Such a figure compares only with others on the same features."
