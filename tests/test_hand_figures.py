"""Figures of hand drawings beside simulated ones, on drawings whose answer is known."""

import json

import numpy as np
import pytest
import typer
from PIL import Image, ImageDraw
from typer.testing import CliRunner

from tests.test_evaluate import STAND_IN
from train import hand_figures, judges
from train.data import BadData, open_paired
from train.hand_figures import EDGES, HANDS, SIMULATED, distances, drawing_sets, facts, lie_of_the_lines, main

SIDE = 64


def sketch(*lines, side: int = 256, width: int = 3) -> Image.Image:
    picture = Image.new("L", (side, side), 255)
    pencil = ImageDraw.Draw(picture)
    for line in lines:
        pencil.line(line, fill=0, width=width, joint="curve")
    return picture


BOX = [(40, 40), (200, 40), (200, 140), (40, 140), (40, 40), (60, 40)]


def test_a_closed_line_has_no_end_and_a_cross_has_four():
    assert lie_of_the_lines(sketch(BOX))["ends"] == 0
    cross = lie_of_the_lines(sketch([(50, 128), (206, 128)], [(128, 50), (128, 206)]))
    assert (cross["ends"], cross["pieces"]) == (4, 1)
    assert lie_of_the_lines(sketch(BOX, [(50, 200), (150, 200)]))["pieces"] == 2


def test_where_a_drawing_lies():
    lie = lie_of_the_lines(sketch(BOX, width=1))
    assert (lie["across"], lie["down"]) == (160 / 256, 100 / 256)
    assert lie["off"] == pytest.approx(np.hypot(120 / 256 - 0.5, 90 / 256 - 0.5))
    middle = lie_of_the_lines(sketch([(28, 128), (228, 128)], width=1))
    assert middle["off"] == 0


def test_a_drawing_without_ink_is_refused():
    with pytest.raises(BadData, match="without ink"):
        lie_of_the_lines(Image.new("L", (64, 64), 255))


@pytest.fixture
def folder(tmp_path):
    """Six pairs of a box as edges and filled, of different heights."""
    for kind in ("edges", "photo"):
        (tmp_path / "test" / kind).mkdir(parents=True)
    for i in range(6):
        corners = (12, 14 + 3 * i, 50, 52)
        for kind, fill in (("edges", None), ("photo", (200, 30, 30))):
            picture = Image.new("RGB", (SIDE, SIDE), "white")
            ImageDraw.Draw(picture).rectangle(corners, outline=0, fill=fill)
            picture.save(tmp_path / "test" / kind / f"{i}.png")
    return tmp_path


def stroke_file(folder, count: int):
    corners = [[100, 120], [400, 120], [400, 420], [100, 420]]
    path = folder / "hands.json"
    path.write_text(json.dumps([{"name": str(i), "width": 10 + i, "strokes": [corners]} for i in range(count)]))
    return path


def test_as_many_simulated_drawings_and_edge_maps_as_the_hands_made(folder):
    hands = [sketch(BOX[:4], side=SIDE, width=2)] * 4
    sets = drawing_sets(hands, open_paired(folder, "test"), SIDE)
    assert {name: len(drawings) for name, drawings in sets.items()} == {HANDS: 4, SIMULATED: 4, EDGES: 4}
    assert {drawing.size for drawings in sets.values() for drawing in drawings} == {(SIDE, SIDE)}
    again = drawing_sets(hands, open_paired(folder, "test"), SIDE)
    assert all(np.array_equal(a, b) for a, b in zip(sets[SIMULATED], again[SIMULATED], strict=True))
    edges = facts(sets[EDGES])
    assert (edges["ends"] == 0).all() and edges["width"] == pytest.approx(np.full(4, 4.0))  # one pixel of 64


def test_drawings_like_the_hands_are_nearer_than_others():
    hands = [sketch([(x, 60), (200, 200), (60, 200 - x)]) for x in range(40, 56)]
    alike = [sketch([(x, 60), (200, 200), (60, 200 - x)]) for x in range(41, 57)]
    far = distances({HANDS: hands, SIMULATED: alike, EDGES: [Image.new("L", (256, 256), x) for x in range(0, 80, 5)]}, STAND_IN)
    assert set(far) == {SIMULATED, EDGES}
    assert far[SIMULATED][0] < 1 < far[EDGES][0]


def test_the_table_is_printed(folder, monkeypatch):
    monkeypatch.setattr(judges, "squeezenet", lambda weights: STAND_IN)
    result = run(folder, stroke_file(folder, 5))
    assert result.exit_code == 0, result.output
    assert "5 drawings each; mean colours" in result.output
    assert "| measure | hands | simulated | edge maps |" in result.output
    rows = [line for line in result.output.splitlines() if line.startswith("| ")]
    assert len(rows) == 1 + len(hand_figures.NAMES) + 1 and all(row.count("|") == 5 for row in rows)
    assert "| line ends | 2.000 (2.000 to 2.000) |" in result.output


@pytest.mark.parametrize(
    ("content", "said"), [("[]", "no drawing in it"), ('[{"width": 3}]', "not a stroke file"), ("no", "not a stroke file")]
)
def test_a_file_of_something_else_is_named(folder, monkeypatch, content, said):
    monkeypatch.setattr(judges, "squeezenet", lambda weights: STAND_IN)
    path = folder / "hands.json"
    path.write_text(content)
    result = run(folder, path)
    assert result.exit_code == 1 and said in result.stderr and str(path) in result.stderr


def run(folder, path):
    app = typer.Typer()
    app.command()(main)
    options = ["--features", "squeezenet", "--feature-weights", "none"]
    return CliRunner().invoke(app, ["--drawings", str(path), "--data", str(folder), "--size", str(SIDE), *options])
