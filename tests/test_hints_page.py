"""Strokes in colour on the Draw page and in `/draw`: a network that takes hints (shoes), and one that does not (emoji)."""

import functools
import io
import json

import numpy as np
import pytest
from gradio_client import Client, handle_file
from PIL import Image
from playwright.sync_api import expect

from studio.canvas import SWATCHES, Sheet, encode, ids_of, sheet_of
from tests.conftest import outline, refusal, serving, write_stand_in
from tests.test_api import ask, same
from tests.test_page import PHONE, SHOE, at_rest, button, image_of, nothing_sticks_out, picture, reload, stroke

LINE = [(150, 300), (260, 320)]  # inside the shoe
RED, BLUE = "#c8102e", "#2f6fd0"


@pytest.fixture(scope="module")
def url(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("hinted")
    write_stand_in(folder / "weights" / "shoes", 0, hints=True)
    write_stand_in(folder / "weights" / "emoji", 1)
    with serving(folder, "app.py", TRAZO_WEIGHTS=str(folder / "weights")) as (address, _):
        yield address


@pytest.fixture(params=[{}, PHONE], ids=["desktop", "phone"])
def page(open_page, request):
    page = open_page(**request.param)
    stroke(page, SHOE)
    at_rest(page)
    return page


def kept(page) -> Sheet:
    """What the browser keeps for the next visit."""
    return sheet_of(json.loads(page.evaluate("localStorage.getItem('trazo-draw')")))


def hinted(page) -> dict[str, int]:
    """How many pixels every colour has on the sheet that the browser keeps."""
    sheet = kept(page)
    counts = {colour: int((sheet.ids == number).sum()) for number, colour in enumerate(sheet.colours, 2)}
    return {colour: count for colour, count in counts.items() if count}


def brush(page, colour: str = "red") -> None:
    button(page, "Brush").click()
    page.locator("#canvas").get_by_role("radio", name=colour, exact=True).click()


def test_strokes_in_colour_change_the_picture_and_are_no_ink(page):
    plain, ink = picture(page), at_rest(page)
    expect(page.locator("#canvas .hints")).to_be_hidden()
    brush(page)
    stroke(page, LINE)
    assert at_rest(page) == ink == kept(page).ink
    red = picture(page)
    assert red != plain and hinted(page).keys() == {RED}
    brush(page, "blue")
    stroke(page, [(300, 320), (400, 330)])
    at_rest(page)
    assert hinted(page).keys() == {RED, BLUE} and picture(page) != red
    button(page, "Undo").click()
    at_rest(page)
    assert hinted(page).keys() == {RED} and picture(page) == red
    button(page, "Undo").click()
    at_rest(page)
    assert hinted(page) == {} and picture(page) == plain
    button(page, "Redo").click()
    at_rest(page)
    assert picture(page) == red
    nothing_sticks_out(page, ".cards, .sr, .own")


def test_ink_covers_hints_and_hints_spare_the_ink(page):
    ink = at_rest(page)
    brush(page)
    stroke(page, [(100, 330), (400, 360)])  # over the sole's line, which stays
    assert at_rest(page) == ink
    red = hinted(page)[RED]
    button(page, "Pen").click()
    stroke(page, [(250, 300), (250, 356)])
    assert at_rest(page) > ink and hinted(page)[RED] < red
    button(page, "Eraser").click()
    for x in range(90, 420, 15):
        stroke(page, [(x, 300), (x, 390)])
    at_rest(page)
    assert hinted(page) == {}


def test_a_reload_keeps_the_colours_and_clear_takes_them(page):
    brush(page)
    page.locator("#canvas .hints input[type=color]").fill("#12ab34")
    stroke(page, LINE)
    at_rest(page)
    before, colours = picture(page), hinted(page)
    assert colours.keys() == {"#12ab34"}
    reload(page)
    page.wait_for_selector("#canvas [data-ready]")
    at_rest(page)
    assert picture(page) == before and hinted(page) == colours
    button(page, "Clear").click()
    assert at_rest(page) == 0 and hinted(page) == {}


def test_another_network_ignores_them_and_says_so(page):
    brush(page)
    stroke(page, LINE)
    at_rest(page)
    note = page.get_by_text("This network ignores the strokes in colour.")
    expect(note).to_be_hidden()
    page.get_by_role("radio", name="Emoji").click()
    at_rest(page)
    expect(note).to_be_visible()
    expect(button(page, "Brush")).to_be_hidden()
    expect(button(page, "Pen")).to_have_attribute("aria-pressed", "true")
    emoji = picture(page)
    assert hinted(page)[RED]
    button(page, "Undo").click()
    at_rest(page)
    assert picture(page) == emoji  # the stroke made no difference to it
    expect(note).to_be_hidden()
    page.keyboard.press("c")
    expect(page.locator("#canvas .hints")).to_be_hidden()


def test_the_keyboard_paints_in_colour(open_page):
    page = open_page()
    page.locator("#canvas canvas").focus()
    page.keyboard.press("c")
    expect(button(page, "Brush")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Space")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    at_rest(page)
    assert hinted(page)[RED] > 20 * 40 and kept(page).ink == 0
    swatches = page.get_by_role("radiogroup", name="Brush colour").get_by_role("radio")
    expect(swatches).to_have_count(len(SWATCHES))
    swatches.first.focus()
    page.keyboard.press("ArrowRight")
    expect(swatches.nth(1)).to_be_checked()
    expect(swatches.nth(1)).to_be_focused()


def test_thinner_lines_keep_the_hints(open_page):
    page = open_page()
    page.locator("#canvas input[type=range]").fill("34")
    stroke(page, SHOE)
    brush(page)
    stroke(page, LINE)
    thick, red = at_rest(page), hinted(page)[RED]
    button(page, "Thin the lines").click()
    expect(page.locator("#doctor .advice")).not_to_contain_text("Thick lines")
    assert 0 < at_rest(page) < thick / 2 and hinted(page)[RED] == pytest.approx(red, rel=0.1)


def test_the_saved_drawing_and_what_the_network_sees_show_the_colours(open_page):
    page = open_page()
    stroke(page, SHOE)
    brush(page)
    stroke(page, LINE)
    at_rest(page)
    with page.expect_download() as download:
        button(page, "Drawing").click()
    saved = np.asarray(Image.open(io.BytesIO(download.value.path().read_bytes())).convert("RGB"))
    sheet = kept(page)
    assert (saved[sheet.ids == 2] == list(bytes.fromhex(RED[1:]))).all() and (saved[sheet.ids == 1] == 0).all()
    assert (saved[sheet.ids == 0] == 255).all()
    page.get_by_text("What the network sees").click()
    seen = image_of(page.locator("#doctor img").get_attribute("src"))
    assert seen.size == (256, 256) and seen.convert("RGB").getpixel((205 // 2, 310 // 2)) == tuple(bytes.fromhex(RED[1:]))


@pytest.fixture(scope="module")
def client(url, tmp_path_factory):
    return Client(url, verbose=False, download_files=tmp_path_factory.mktemp("answers"))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A drawing of 512×512, and hints for it."""
    folder = tmp_path_factory.mktemp("files")
    outline().save(folder / "sketch.png")
    hints = Image.new("RGBA", (512, 512))
    hints.paste(RED, (150, 300, 260, 320))
    hints.save(folder / "hints.png")
    return folder


def test_draw_takes_hints_as_a_file_or_on_the_canvas(client, files):
    sketch, hints = handle_file(files / "sketch.png"), handle_file(files / "hints.png")
    plain, red = ask(client, sketch), ask(client, sketch, hints=hints)
    assert plain.size == red.size == (256, 256) and not same(plain, red)
    ids = ids_of(outline())
    ids[300:320, 150:260] = 2
    canvas = {**encode(ids), "colours": [RED]}
    assert same(ask(client, canvas), red)
    assert same(ask(client, canvas, translator="emoji"), ask(client, sketch, translator="emoji"))


def test_hints_that_draw_refuses(client, files, tmp_path):
    sketch = handle_file(files / "sketch.png")
    asked = functools.partial(refusal, client, "/draw")
    assert "emoji takes no colour hints" in asked(drawing=sketch, translator="emoji", hints=handle_file(files / "hints.png"))
    Image.new("RGBA", (40, 30)).save(tmp_path / "small.png")
    assert "have 40 x 30 pixels, the drawing has 512 x 512" in asked(drawing=sketch, hints=handle_file(tmp_path / "small.png"))
    assert "no transparency" in asked(drawing=sketch, hints=sketch)
    assert "Upload a picture" in asked(drawing=sketch, hints={"path": "/etc/passwd"})
    assert '"#rrggbb"' in asked(drawing={**encode(ids_of(outline())), "colours": ["red"]})
