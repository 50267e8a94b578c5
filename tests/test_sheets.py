"""What cards are made of."""

import json

import pytest
from PIL import Image

from train.data import BadData
from train.sheets import batch_of, counted, figures_table, hand_drawings, notes, number, pairs_sheet, rasterize, sheet, shown, steps_of


def test_drawings_and_sheets():
    drawing = rasterize({"width": 10, "strokes": [[[100, 256], [400, 256]]]})
    assert drawing.getpixel((250, 256)) == 0 and drawing.getpixel((250, 300)) == 255
    assert drawing.getpixel((250, 252)) == 0 and drawing.getpixel((250, 248)) == 255
    assert sheet([[drawing, drawing], [drawing]], side=50, gap=4).size == (112, 112)
    assert sheet([[drawing.resize((80, 60))] * 3], side=40, gap=4).size == (136, 38)  # a street is no square


@pytest.mark.parametrize(("count", "columns", "rows"), [(1, 1, 2), (8, 8, 2), (10, 10, 2), (23, 10, 6), (60, 10, 12)])
def test_every_drawing_stands_above_its_picture(count, columns, rows):
    drawings = [Image.new("L", (256, 256), 4 * i) for i in range(count)]
    pictures = [Image.new("RGB", (256, 256), (255, 4 * i, 0)) for i in range(count)]
    page = pairs_sheet(drawings, pictures, width=600)
    side = 600 // columns
    assert page.size == (columns * side + 4, rows * side + 4)
    for i in range(count):
        x, y = i % columns * side + side // 2, 2 * (i // columns) * side + side // 2
        assert page.getpixel((x, y)) == (4 * i,) * 3 and page.getpixel((x, y + side)) == (255, 4 * i, 0)


def test_a_count_begins_a_sentence():
    assert [counted(n, "drawing") for n in (1, 8, 12, 60)] == ["One drawing", "Eight drawings", "Twelve drawings", "60 drawings"]


def test_a_file_that_holds_no_strokes_is_named(tmp_path):
    path = tmp_path / "shoes.json"
    path.write_text(json.dumps([{"width": 4, "strokes": [[[20, 20], [200, 200]]]}]))
    assert [drawing.size for drawing in hand_drawings(path, 64)] == [(64, 64)]
    for content, said in (("[]", "no drawing"), ('{"a": 1}', "not a stroke file"), ('[{"width": 4}]', "not a stroke file")):
        path.write_text(content)
        with pytest.raises(BadData, match=f"shoes.json: {said}"):
            hand_drawings(path, 64)
    with pytest.raises(BadData, match="not a stroke file"):
        hand_drawings(tmp_path / "none.json", 64)


def test_numbers_show_what_matters():
    assert [number(v) for v in (2250.5, 12.34, 0.17625, -140.6)] == ["2,250", "12.3", "0.176", "-141"]
    assert shown(0.5) == "0.500" and shown([12.34, 0.5]) == "12.3 ± 0.500" and shown([324, 290.2, 360]) == "324 (290 to 360)"


@pytest.mark.parametrize(
    ("facts", "batch", "said"),
    [
        ({"step": 2400, "pictures": 400, "settings": {"epochs": 12.0, "batch": 2}}, 2, "2,400"),
        ({"step": 8829, "pictures": [1067, 1334], "settings": {"epochs": 30.0, "batch": 1}}, 1, "8,829 of 40,020, where it was stopped"),
        (
            {"step": 400, "pictures": 100, "val": [[200, 0.7], [400, 0.6]], "settings": {"epochs": 9.0, "batch": 1}},
            1,
            "400 of 900, where the validation figure was lowest",
        ),
        (
            {"step": 450, "pictures": 100, "val": [[200, 0.7], [400, 0.6]], "settings": {"epochs": 9.0, "batch": 1}},
            1,
            "450 of 900, where it was stopped",
        ),
        ({"step": 870, "pictures": 1089, "settings": {"epochs": 1.6, "batch": 2}}, 2, "870"),  # the odd picture is left out
        ({"step": 100, "pictures": 800, "processes": 2, "settings": {"epochs": 1.0, "batch": 4}}, 8, "100"),
    ],
)
def test_a_run_says_how_far_it_went_of_what_was_planned(facts, batch, said):
    assert (batch_of(facts), steps_of(facts)) == (batch, said)


def test_tables_of_figures():
    measured = {
        "KID x 1000": {"translated": [324, 290, 360], "the floor": [5.28, -17.7, 30]},
        "SSIM": {"translated": [0.5, 0.4, 0.6]},
        "against train and test": {"pictures": 1506, "FID": {"translated": [88.0, 80, 97]}},
        "KID x 1000 by pen width": {"1": [1.0, 0.1], "8": [2.0, 0.1]},
        "KID x 1000 by pen width, L1 only": {"1": [3.0, 1], "8": [4.0, 1]},
        "pictures": 230,
    }
    table = figures_table(measured)
    assert "| figure | translated | the floor |" in table
    assert "| KID × 1000 | 324 (290 to 360) | 5.280 (-17.7 to 30.0) |" in table and "| SSIM | 0.500 (0.400 to 0.600) |  |" in table
    assert "Against train and test (1,506 pictures):\n\n| figure | translated |" in table
    assert "| translated | 1.000 | 2.000 |" in table and "| L1 only | 3.000 | 4.000 |" in table


def test_notes_say_what_the_figures_are():
    facts = {"features": "Inception", "pictures": 106, "protocol": "test folder"}
    assert notes(facts).startswith("Features: Inception. 106 pictures; test folder. Such a figure")
    assert "In brackets: 95 % by bootstrap." in notes({**facts, "interval": "95 % by bootstrap"})
