"""The contact sheet: some pairs of every split, the most similar pictures of two splits, and what the findings speak of."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from train.doctor.direction import photo_side
from train.doctor.findings import Finding, Gallery
from train.doctor.layout import LABELS, SIDE_BY_SIDE
from train.doctor.twins import Twins
from translators.images import on_white
from translators.labels import PALETTES

COLUMNS, SIDE, GAP, LINE = 10, 136, 6, 16
PAPER, INK, FAINT = (250, 250, 248), (30, 30, 30), (110, 110, 110)


class Page:
    """A column of captions and rows of pictures, as long as it takes."""

    def __init__(self):
        self.rows: list[tuple[str, list[tuple[list[Image.Image], str]]]] = []

    def add(self, title: str, cells: list[tuple[list[Image.Image], str]]) -> None:
        """A row: each cell is a stack of pictures, and a caption."""
        if cells:
            self.rows.append((title, cells[:COLUMNS]))

    def draw(self) -> Image.Image:
        bold, small = ImageFont.load_default(14), ImageFont.load_default(10)
        heights = [LINE + 6 + max(len(stack) for stack, _ in cells) * (SIDE + 2) + LINE + GAP for _, cells in self.rows]
        page = Image.new("RGB", (COLUMNS * (SIDE + GAP) + GAP, sum(heights) + GAP), PAPER)
        pen, top = ImageDraw.Draw(page), GAP
        for (title, cells), height in zip(self.rows, heights, strict=True):
            pen.text((GAP, top), title, INK, bold)
            for column, (stack, caption) in enumerate(cells):
                left, y = GAP + column * (SIDE + GAP), top + LINE + 6
                for picture in stack:
                    page.paste(fitted(picture), (left, y))
                    y += SIDE + 2
                pen.text((left, y), _cut(caption, pen, small), FAINT, small)
            top += height
        return page


def fitted(picture: Image.Image) -> Image.Image:
    """A picture on a square of the sheet."""
    cell = Image.new("RGB", (SIDE, SIDE), (225, 225, 222))
    picture = picture.convert("RGB")
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    cell.paste(picture, ((SIDE - picture.width) // 2, (SIDE - picture.height) // 2))
    return cell


def _cut(caption: str, pen: ImageDraw.ImageDraw, font) -> str:
    """A caption that fits; what goes is in its middle, for names differ at their ends."""
    shown, kept = caption, len(caption) - 5
    while pen.textlength(shown, font) > SIDE and kept > 0:
        shown, kept = f"{caption[:4]}…{caption[-kept:]}", kept - 1
    return shown


def contact_sheet(gallery: Gallery, findings: tuple[Finding, ...], nearest: tuple[Twins, ...]) -> Image.Image:
    page = Page()
    for split in gallery.layout.splits:
        if gallery.layout.paired:
            pairs = sorted(gallery.pairs(split))[:: max(1, sum(1 for _ in gallery.pairs(split)) // COLUMNS)]
            x, y = gallery.sides
            cells = [([shown(gallery, a, x), shown(gallery, b, y)], a.name) for (a, _), (b, _) in pairs[:COLUMNS]]
            page.add(f"{split or gallery.root.name}: {x} above, {y} below", cells)
        else:
            for side in gallery.sides:
                paths = sorted(gallery.of(split, side))
                paths = paths[:: max(1, len(paths) // COLUMNS)][:COLUMNS]
                page.add(f"{split}{side}", [([shown(gallery, path, side)], path.name) for path in paths])
    side = photo_side(gallery) if gallery.layout.paired else ""
    cells = [
        ([shown(gallery, gallery.root / name, side) for name in (pair.a, pair.b)], f"{pair.difference:.2f} {pair.b}") for pair in nearest
    ]
    page.add("The most similar pictures of two splits, the earlier split above (0 the same, 1.4 unrelated)", cells)
    for finding in findings:
        paths = [gallery.root / name for name in finding.files]
        readable = [path for path in paths if path in gallery.seen and gallery.seen[path].looks]
        if finding.level == "note" or finding.about in ("sizes", "twins") or not readable:
            continue
        page.add(finding.text[:150], [([shown(gallery, path, "")], path.name) for path in readable])
    return page.draw()


def shown(gallery: Gallery, path: Path, side: str) -> Image.Image:
    """A picture, or the half that a side stands for; label maps of ids in colours."""
    with Image.open(path) as picture:
        if gallery.layout.kind == LABELS and side == "label" and picture.mode in ("L", "P", "1"):
            return coloured(np.array(picture, np.uint8), gallery.palette)
        rgb = on_white(picture)
    if gallery.layout.kind == SIDE_BY_SIDE and side:
        half = rgb.width // 2
        return rgb.crop((0, 0, half, rgb.height) if side == "left" else (rgb.width - half, 0, rgb.width, rgb.height))
    return rgb


def coloured(ids: np.ndarray, palette: str | None) -> Image.Image:
    """Ids (H, W) in the colours of a palette, or in 256 that are far from each other where neighbours are."""
    i = np.arange(256)
    hsv = np.stack([i * 97 % 256, 150 + i * 37 % 90, 130 + i * 53 % 120], -1).astype(np.uint8)
    colours = np.array(Image.fromarray(hsv[None], "HSV").convert("RGB"))[0]
    if palette:
        colours[: len(PALETTES[palette])] = PALETTES[palette].colours
    return Image.fromarray(colours[ids])
