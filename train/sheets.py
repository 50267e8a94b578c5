"""What model cards are made of: sheets of pictures, drawings from stroke files, tables of figures."""

import json
from pathlib import Path

from PIL import Image, ImageDraw

CANVAS = 512


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
    """The drawings of a stroke file, each L, `size` pixels a side."""
    return [rasterize(drawing).resize((size, size), Image.Resampling.BOX) for drawing in json.loads(path.read_text("utf-8"))]


def sheet(rows: list[list[Image.Image]], side: int = 192, gap: int = 4) -> Image.Image:
    """Pictures in rows, each `side` pixels a side."""
    width, height = (max(len(row) for row in rows) * (side + gap) + gap, len(rows) * (side + gap) + gap)
    page = Image.new("RGB", (width, height), (228, 228, 224))
    for r, row in enumerate(rows):
        for c, picture in enumerate(row):
            page.paste(
                picture.convert("RGB").resize((side, side), Image.Resampling.LANCZOS), (gap + c * (side + gap), gap + r * (side + gap))
            )
    return page


def figures_table(measured: dict) -> str:
    lines = ["| pictures | KID × 1000 |", "|---|---|"]
    lines += [f"| {name} | {mean:.1f} ± {deviation:.1f} |" for name, (mean, deviation) in measured["KID x 1000"].items()]
    if by_width := measured.get("KID x 1000 by pen width"):
        lines += ["", f"| KID × 1000 by pen width, px | {' | '.join(by_width)} |", "|---" * (len(by_width) + 1) + "|"]
        rows = {"translated": by_width, "L1 only": measured.get("KID x 1000 by pen width, L1 only", {})}
        lines += [f"| {name} | {' | '.join(f'{mean:.1f}' for mean, _ in row.values())} |" for name, row in rows.items() if row]
    return "\n".join(lines) + "\n"
