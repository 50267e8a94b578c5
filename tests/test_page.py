"""The Draw page in a real browser: what a person does, and what they then see."""

import base64
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import expect

from studio.canvas import decode
from studio.draw import fitted
from studio.identity import headline
from tests.conftest import drag
from tests.test_api import bomb, damaged, no_picture

SHOE = [(60, 330), (80, 230), (180, 180), (240, 250), (420, 280), (460, 330), (455, 360), (60, 360), (60, 330)]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def at(page, x: float, y: float) -> tuple[float, float]:
    """Canvas coordinates (512) -> the window's."""
    box = page.locator("#canvas canvas").bounding_box()
    return box["x"] + (x + 0.5) * box["width"] / 512, box["y"] + (y + 0.5) * box["height"] / 512


def stroke(page, points, lift: bool = True) -> None:
    drag(page, (at(page, *point) for point in points), lift)


def kept(page) -> np.ndarray:
    """The drawing that the browser keeps for the next visit, (512, 512)."""
    return decode(json.loads(page.evaluate("localStorage.getItem('trazo-draw')"))).ids


def calm(page) -> None:
    """Waits until the page asks nothing for a second, 15 at most: one that is left in the middle of a call makes Gradio log an error."""
    quiet = 0
    for _ in range(150):
        page.wait_for_timeout(100)
        quiet = 0 if page.calls else quiet + 1
        if quiet == 10:
            return


@contextmanager
def leaving(page) -> Iterator[None]:
    """Waits until the page is calm, and is left inside: what Gradio logs of calls that are cut off by that is none of its errors."""
    calm(page)
    before = len(page.wrong)
    yield
    page.wrong[before:] = [wrong for wrong in page.wrong[before:] if not re.search("AbortError|Connection errored out", wrong)]


def reload(page) -> None:
    with leaving(page):
        page.reload()


def load(page, address: str) -> None:
    """Loads that address, anew also where its hash alone is another one."""
    with leaving(page):
        page.goto("about:blank")
    page.goto(address)


def at_rest(page) -> int:
    """Waits until the newest drawing is painted; the ink that Python counted in it."""
    page.wait_for_function("""() => {
        const [canvas, picture] = ['#canvas', '#picture'].map(part => document.querySelector(`${part} [data-ready]`).dataset);
        return canvas.sent && canvas.sent === picture.serial && !('waiting' in canvas);
    }""")
    return int(page.locator("#picture [data-ready]").get_attribute("data-ink"))


def settled(page) -> int:
    """The same, which must be what the browser keeps."""
    ink = at_rest(page)
    assert ink == kept(page).sum()
    return ink


def picture(page) -> str:
    return page.locator("#picture img").get_attribute("src") or ""


def image_of(source: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(source.split(",")[1])))


def drawn(page) -> str:
    """A shoe on the canvas, painted."""
    stroke(page, SHOE)
    settled(page)
    return picture(page)


def button(page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def test_a_stroke_is_painted(page):
    expect(page.locator("#picture .note")).to_contain_text("Draw something")
    assert image_of(drawn(page)).size == (256, 256)
    expect(page.locator("#picture .note")).to_be_hidden()
    expect(page.locator("#picture .speed")).to_have_text(re.compile(r"^\d+ ms a picture · \d+ from the pen$"))
    first = settled(page)
    stroke(page, [(100, 100), (300, 100)])
    assert settled(page) > first


def test_undo_brings_the_picture_back(page):
    first = drawn(page)
    stroke(page, [(100, 100), (300, 100)])
    both = settled(page)
    second = picture(page)
    assert second != first
    button(page, "Undo").click()
    assert settled(page) < both and picture(page) == first
    button(page, "Redo").click()
    assert settled(page) == both and picture(page) == second


def test_undo_under_another_script(page):
    first = drawn(page)
    stroke(page, [(100, 100), (300, 100)])
    settled(page)
    canvas = page.locator("#canvas canvas")
    canvas.dispatch_event("keydown", {"key": "я", "code": "KeyZ", "ctrlKey": True, "bubbles": True})
    settled(page)
    assert picture(page) == first
    canvas.dispatch_event("keydown", {"key": "у", "code": "KeyE", "bubbles": True})
    expect(page.locator("#canvas [data-tool=eraser]")).to_have_attribute("aria-pressed", "true")


def test_forty_steps_can_be_undone(page):
    for i in range(42):
        page.mouse.click(*at(page, 20 + 11 * i, 256))
    settled(page)
    for _ in range(45):
        page.keyboard.press("Control+z")
    left = settled(page)
    assert left > 0
    expect(button(page, "Undo")).to_have_attribute("aria-disabled", "true")
    for _ in range(45):
        page.keyboard.press("Control+y")
    assert settled(page) == 21 * left


def test_a_reload_keeps_the_drawing(page):
    before = drawn(page)
    ink = settled(page)
    reload(page)
    page.wait_for_selector("#canvas [data-ready]")
    assert settled(page) == ink and picture(page) == before


def test_each_tab_finds_its_own_drawing_again(open_page):
    """The tabs share a profile: what the other one draws and chooses is for tabs to come."""
    one = open_page()
    drawn(one)
    mine = settled(one)
    other = open_page()
    assert at_rest(other) == mine
    other.locator("#picker [role=radio]:not([aria-disabled])").last.click()
    chosen = other.locator("#picker [aria-checked=true]").get_attribute("data-name")
    stroke(other, [(100, 100), (300, 100)])
    theirs = settled(other)
    assert theirs > mine
    reload(one)
    one.wait_for_selector("#canvas [data-ready]")
    assert at_rest(one) == mine
    assert one.locator("#picker [aria-checked=true]").get_attribute("data-name") != chosen
    newest = open_page()
    assert at_rest(newest) == theirs
    assert newest.locator("#picker [aria-checked=true]").get_attribute("data-name") == chosen


def test_a_stroke_ends_with_the_tool_that_it_began_with(page):
    stroke(page, [(100, 100), (200, 100)], lift=False)
    page.locator("#canvas canvas").focus()
    page.keyboard.press("e")
    page.mouse.move(*at(page, 300, 100), steps=4)
    page.mouse.up()
    settled(page)
    assert kept(page)[100, 100:301].all()


def test_eraser_and_clear(page):
    stroke(page, [(100, 256), (400, 256)])
    full = settled(page)
    button(page, "Eraser").click()
    stroke(page, [(200, 256), (300, 256)])
    assert 0 < settled(page) < full
    button(page, "Clear").click()
    assert settled(page) == 0
    expect(page.locator("#picture .note")).to_contain_text("Draw something")
    expect(button(page, "Picture")).to_be_disabled()


def test_keyboard_draws(page):
    canvas = page.locator("#canvas canvas")
    canvas.focus()
    page.keyboard.press("Space")
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    line = settled(page)
    rows, columns = np.nonzero(kept(page))
    assert np.ptp(columns) > 70 > 20 > np.ptp(rows)
    page.keyboard.press("]")
    expect(page.locator("#canvas output")).to_have_text("6")
    page.keyboard.press("[")
    expect(page.locator("#canvas output")).to_have_text("5")
    page.keyboard.press("e")
    expect(button(page, "Eraser")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    assert settled(page) < line
    page.keyboard.press("b")
    expect(button(page, "Pen")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Control+z")
    assert settled(page) == line


def test_a_finger_draws_on_a_phone(open_page):
    page = open_page(**PHONE)
    touch = page.context.new_cdp_session(page)
    points = [dict(zip("xy", at(page, x, y), strict=True)) for x, y in SHOE]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
    for point in points[1:]:
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert settled(page) > 1000
    assert page.evaluate("scrollY") == 0
    expect(page.locator("#picture img")).to_be_visible()


def test_a_pen_presses(page):
    pen = page.context.new_cdp_session(page)

    def line(y: float, force: float) -> int:
        before = kept(page).sum() if page.evaluate("'trazo-draw' in localStorage") else 0
        for kind, x in (("mousePressed", 100), ("mouseMoved", 200), ("mouseMoved", 300), ("mouseReleased", 300)):
            place = dict(zip("xy", at(page, x, y), strict=True))
            pressed = {"button": "left", "buttons": 1, "clickCount": 1, "force": force, "pointerType": "pen"}
            pen.send("Input.dispatchMouseEvent", {"type": kind, **place, **pressed})
        return settled(page) - before

    assert line(100, force=0.8) > 2 * line(300, force=0.2)


def test_the_picture_changes_while_the_pen_is_down(page):
    stroke(page, [(100, 100), (300, 300)], lift=False)
    expect(page.locator("#picture img")).to_have_attribute("src", re.compile("^data:image/png"))
    half = picture(page)
    page.mouse.move(*at(page, 100, 400), steps=8)
    expect(page.locator("#picture img")).not_to_have_attribute("src", half)
    page.mouse.up()
    settled(page)


def test_an_old_answer_never_overwrites_a_newer_one(page):
    """The first question is held up on its way; meanwhile the person chooses another translator."""
    drawn(page)
    held = []
    page.route("**/queue/join*", lambda route: held.append(route) if not held else route.continue_())
    page.evaluate("""() => {
        window.painters = [];
        const shown = document.querySelector('#picture [data-ready]');
        new MutationObserver(() => window.painters.push(shown.dataset.translator)).observe(shown, { attributeFilter: ['data-serial'] });
    }""")
    stroke(page, [(100, 100), (300, 100)])
    page.get_by_role("radio", name="Emoji").click()
    page.wait_for_timeout(300)
    held[0].continue_()
    settled(page)
    assert page.evaluate("window.painters") == ["emoji"]


def test_a_lost_answer_blocks_nothing(page):
    first = drawn(page)
    lost = []
    answer = {"event_id": "an event that the server never heard of"}
    page.route("**/queue/join*", lambda route: lost.append(route.fulfill(json=answer)) if not lost else route.continue_())
    stroke(page, [(100, 100), (300, 100)])
    settled(page)
    assert lost and picture(page) != first


def test_choosing_a_translator(page):
    shoes = drawn(page)
    radios = page.get_by_role("radiogroup", name="What the network paints").get_by_role("radio")
    expect(radios.nth(0)).to_be_checked()
    expect(page.locator("#identity h2")).to_have_text("Shoes")
    radios.nth(0).focus()
    page.keyboard.press("ArrowRight")
    expect(radios.nth(1)).to_be_checked()
    expect(radios.nth(1)).to_be_focused()
    settled(page)
    assert picture(page) != shoes
    expect(page.locator("#identity h2")).to_have_text("Emoji")
    reload(page)
    page.wait_for_selector("#picker [data-ready]")
    expect(radios.nth(1)).to_be_checked()
    radios.nth(0).click()
    settled(page)
    assert picture(page) == shoes


def test_seeds(page):
    seed = page.get_by_label("Seed")
    first = drawn(page)
    seed.fill("5")
    settled(page)
    fifth = picture(page)
    assert fifth != first
    button(page, "Another").click()
    settled(page)
    assert picture(page) != fifth and 0 <= int(seed.input_value()) <= 2**31 - 1
    seed.fill("5")
    settled(page)
    assert picture(page) == fifth
    for wrong in ("-1", "2147483648", "1.5", ""):
        seed.fill(wrong)
        expect(page.locator("#sample .wrong")).to_contain_text("whole number from 0 to 2147483647")
        settled(page)
        assert picture(page) == fifth
    seed.fill("0")
    settled(page)
    assert picture(page) == first


def test_noise_and_colour(page):
    first = drawn(page)
    page.get_by_role("switch", name="Noise").click(force=True)
    settled(page)
    without = picture(page)
    assert without != first
    colours = page.get_by_role("radiogroup", name="Colour").get_by_role("radio")
    automatic = colours.nth(0)
    picked = automatic.get_attribute("data-picked")
    assert re.fullmatch("#[0-9a-f]{6}", picked)
    page.locator(f"#colour [data-colour='{picked}']").or_(page.locator("#colour .swatch").first).first.click()
    settled(page)
    page.locator("#colour input[type=color]").fill(picked)
    settled(page)
    assert picture(page) == without  # the same colour, chosen by hand
    page.locator("#colour input[type=color]").fill("#12e05a")
    settled(page)
    green = picture(page)
    assert green != without
    page.get_by_label("Seed").fill("77")
    settled(page)
    assert picture(page) == green  # without noise a seed has only the colour to choose
    page.get_by_label("Seed").fill("0")
    automatic.click()
    settled(page)
    assert picture(page) == without


def test_a_reload_keeps_seed_noise_and_colour(page):
    drawn(page)
    page.get_by_label("Seed").fill("5")
    page.get_by_role("switch", name="Noise").click(force=True)
    page.locator("#colour input[type=color]").fill("#12e05a")
    settled(page)
    green = picture(page)
    reload(page)
    page.wait_for_selector("#canvas [data-ready]")
    settled(page)
    assert picture(page) == green
    assert page.get_by_label("Seed").input_value() == "5" and page.locator("#colour input[type=color]").input_value() == "#12e05a"
    expect(page.get_by_role("switch", name="Noise")).not_to_be_checked()


def test_ones_own_colour_shows_the_colour_in_use(page):
    page.locator("#colour .swatch").nth(1).click()
    chosen = page.locator("#colour .swatch").nth(1).get_attribute("data-colour")
    page.evaluate("""() => {
        const { last } = window.trazo.draw;
        window.trazo.draw.dispatchEvent(new CustomEvent('translator', { detail: { ...last.translator, colours: ['#010203'] } }));
    }""")
    expect(page.locator("#colour .own")).to_have_class("own chosen")
    own = page.locator("#colour .own input")
    assert own.input_value() == chosen
    own.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#colour .own")).to_have_css("outline-width", "4px")


def test_surprise(page, weights_folder):
    samples = [(np.asarray(Image.open(path).convert("L")) < 128).sum() for path in (weights_folder / "shoes" / "samples").glob("*.png")]
    first = drawn(page)
    button(page, "Surprise me").click()
    expect(page.locator("#picture img")).not_to_have_attribute("src", first)
    assert settled(page) in samples
    button(page, "Undo").click()
    settled(page)
    assert picture(page) == first


def photo(path):
    """A sketch on greyish paper in uneven light."""
    paper = np.linspace(150, 215, 640)[None, :] + np.random.default_rng(0).normal(0, 3, (480, 640))
    picture = Image.fromarray(paper.clip(0, 255).astype(np.uint8))
    ImageDraw.Draw(picture).line([(x * 1.1 + 40, y - 20) for x, y in SHOE], fill=60, width=6, joint="curve")
    picture.filter(ImageFilter.GaussianBlur(1)).save(path)
    return path


def send(page, path) -> None:
    with page.expect_file_chooser() as chooser:
        page.locator("#photo button").click()
    chooser.value.set_files(path)


def test_a_photo_becomes_lines(page, tmp_path):
    send(page, photo(tmp_path / "photo.jpg"))
    expect(page.locator("#picture img")).to_have_attribute("src", re.compile("^data:image/png"))
    assert settled(page) > 1000
    assert np.ptp(np.nonzero(kept(page))[1]) > 300


@pytest.mark.parametrize(("make", "words"), [(no_picture, "not a picture"), (damaged, "damaged"), (bomb, "too large")])
def test_a_bad_photo_costs_nothing(page, tmp_path, make, words):
    before = drawn(page)
    send(page, make(tmp_path / "<b>sent.png"))
    problem = page.locator("#photo .problem")
    expect(problem).to_contain_text(words)
    assert problem.locator("b").count() == 0  # a file's name is no markup
    assert settled(page) and picture(page) == before


@pytest.mark.parametrize(
    ("locale", "words"),
    [("es-ES", "sent.png no es una imagen que aquí se pueda leer"), ("ru-RU", "sent.png — не картинка, которую здесь можно прочитать")],
    ids=["es", "ru"],
)
def test_a_refusal_is_told_in_the_person_s_language(open_page, tmp_path, locale, words):
    page = open_page(locale=locale)
    send(page, no_picture(tmp_path / "sent.png"))
    expect(page.locator("#photo .problem")).to_contain_text(words)


def test_the_doctor_thins_thick_lines(page):
    page.locator("#canvas input[type=range]").fill("34")
    stroke(page, SHOE)
    thick = settled(page)
    advice = page.locator("#doctor .advice")
    expect(advice).to_contain_text("Thick lines")
    button(page, "Thin the lines").click()
    expect(advice).not_to_contain_text("Thick lines")
    assert 0 < settled(page) < thick / 2
    expect(button(page, "Thin the lines")).to_be_hidden()
    button(page, "Undo").click()
    assert settled(page) == thick


def thick_shoe(page) -> int:
    """A shoe in thick lines, painted; its ink."""
    page.locator("#canvas input[type=range]").fill("34")
    stroke(page, SHOE)
    ink = settled(page)
    expect(page.locator("#doctor .advice")).to_contain_text("Thick lines")
    return ink


def thinned_while_drawing(page) -> None:
    """Thinner lines are asked for while a stroke is under way, from (60, 60) to (200, 60) up to now."""
    stroke(page, [(60, 60), (200, 60)], lift=False)
    with page.expect_response(re.compile("/queue/join")):
        button(page, "Thin the lines").dispatch_event("click")


def test_thinner_lines_take_nothing_away_that_was_drawn_meanwhile(page):
    thick = thick_shoe(page)
    thinned_while_drawing(page)
    page.mouse.move(*at(page, 300, 60), steps=4)
    page.wait_for_timeout(1500)  # longer than the answer takes
    page.mouse.up()
    assert settled(page) > thick and kept(page)[60, [100, 250]].all()


def test_thinner_lines_take_nothing_away_that_was_not_sent_yet(page):
    """The stroke's beginning is held up on its way, and the rest of it waits for that."""
    thick, held = thick_shoe(page), []
    page.route("**/queue/join*", lambda route: held.append(route) if not held else route.continue_())
    thinned_while_drawing(page)
    page.wait_for_timeout(1500)  # longer than the answer takes
    page.mouse.up()
    held[0].continue_()
    assert settled(page) > thick and kept(page)[60, [100, 190]].all()


def test_of_two_photos_the_second_one_s_lines_stay(page, tmp_path):
    first, second = photo(tmp_path / "first.jpg"), tmp_path / "second.jpg"
    Image.open(first).transpose(Image.Transpose.ROTATE_180).save(second)
    send(page, second)
    expect(page.locator("#picture img")).to_have_attribute("src", re.compile("^data:image/png"))
    settled(page)
    expected = kept(page)
    button(page, "Clear").click()
    calm(page)
    held = []
    page.route(re.compile("/queue/join"), lambda route: held.append(route), times=1)
    send(page, first)
    while not held:
        page.wait_for_timeout(50)
    send(page, second)
    page.wait_for_timeout(500)  # it is sent, or it waits
    held[0].continue_()
    page.wait_for_function("ink => +document.querySelector('#canvas [data-ready]').dataset.ink === ink", arg=int(expected.sum()))
    settled(page)
    assert (kept(page) == expected).all()


def test_what_the_network_sees(page):
    drawn(page)
    page.get_by_text("What the network sees").click()
    seen = page.locator("#doctor img")
    expect(seen).to_be_visible()
    expect(page.locator("#doctor figcaption")).to_have_text("256 × 256 pixels")
    expected = Image.fromarray(np.where(kept(page), 0, 255).astype(np.uint8))
    assert (np.asarray(image_of(seen.get_attribute("src"))) == np.asarray(fitted(expected, 256).convert("RGB"))).all()


def test_downloads(page):
    source = drawn(page)
    saved = {}
    for name in ("Drawing", "Picture", "Both"):
        with page.expect_download() as download:
            button(page, name).click()
        assert download.value.suggested_filename.endswith(".png")
        saved[name] = download.value.path().read_bytes()
    drawing, both = (Image.open(io.BytesIO(saved[name])).convert("RGB") for name in ("Drawing", "Both"))
    assert (np.asarray(drawing.convert("L")) == np.where(kept(page), 0, 255)).all()
    assert saved["Picture"] == base64.b64decode(source.split(",")[1])
    assert both.size == (1024, 512)
    assert (np.asarray(both)[:, :512] == np.asarray(drawing)).all()
    enlarged = np.asarray(image_of(source).convert("RGB").resize((512, 512), Image.Resampling.BILINEAR), float)
    assert np.abs(np.asarray(both, float)[:, 512:] - enlarged).mean() < 6


def test_before_and_after(open_page):
    page = open_page()
    drawn(page)
    slider = page.get_by_label("Compare drawing and picture")
    cut = "document.querySelector('#picture .easel').style.getPropertyValue('--cut')"
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert float(page.evaluate(cut).rstrip("%")) == pytest.approx(50, abs=5)
    page.keyboard.press("Home")
    assert page.evaluate(cut) == "0%"
    page.keyboard.press("ArrowRight")
    assert page.evaluate(cut) == "1%"
    shown = page.evaluate("""() => {
        const c = document.querySelector('#picture canvas'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        let dark = 0;
        for (let i = 0; i < d.length; i += 4) dark += d[i] < 128;
        return dark / 4;
    }""")
    assert shown == pytest.approx(settled(page), rel=0.05)

    phone = open_page(**PHONE)
    stroke(phone, SHOE)
    settled(phone)
    box = phone.get_by_label("Compare drawing and picture").bounding_box()
    phone.touchscreen.tap(box["x"] + box["width"] * 0.75, box["y"] + 60)
    assert float(phone.evaluate(cut).rstrip("%")) == pytest.approx(75, abs=8)


def test_a_translator_without_weights(open_page, weights_folder):
    away = weights_folder / "away"
    (weights_folder / "emoji").rename(away)
    try:
        page = open_page()
        emoji = page.get_by_role("radio", name="Emoji")
        expect(emoji).to_have_attribute("aria-disabled", "true")
        expect(emoji).to_contain_text("not available")
        emoji.click(force=True)
        expect(page.locator("#picker .missing code")).to_have_text(re.compile("emoji"))
        expect(emoji).not_to_be_checked()
        assert drawn(page)
    finally:
        away.rename(weights_folder / "emoji")


def nothing_sticks_out(page, spared: str) -> None:
    """Nothing reaches beyond the window's sides but what lies in `spared`, a selector; nothing scrolls sideways."""
    outside = page.evaluate(
        """spared => [...document.querySelectorAll('main *')].filter(node => {
            const box = node.getBoundingClientRect();
            return box.width && !node.closest(spared) && (box.right > innerWidth + 1 || box.left < -1);
        }).map(node => node.outerHTML.slice(0, 200))""",
        spared,
    )
    assert outside == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("settings", [{}, PHONE], ids=["desktop", "phone"])
def test_layout(open_page, settings):
    page = open_page(**settings)
    drawn(page)
    page.get_by_text("What the network sees").click()
    nothing_sticks_out(page, ".cards, .sr, .own")
    page.evaluate("scrollTo(0, 0)")
    canvas, easel = (page.locator(part).bounding_box() for part in ("#canvas canvas", "#picture .easel"))
    if not settings:
        assert canvas["y"] == pytest.approx(easel["y"], abs=1) and canvas["height"] == pytest.approx(easel["height"], abs=1)
        assert max(box["y"] + box["height"] for box in (canvas, easel)) < page.viewport_size["height"]
    else:
        assert canvas["y"] + canvas["height"] < page.viewport_size["height"]
        assert easel["y"] + easel["height"] / 2 < page.viewport_size["height"]  # most of the picture is in sight while drawing
        page.locator("#surprise").scroll_into_view_if_needed()
        expect(page.locator("#surprise")).to_be_in_viewport()


NARROW = {"viewport": {"width": 320, "height": 568}, "has_touch": True, "is_mobile": True}


def test_everything_is_in_reach_on_the_narrowest_phone(open_page):
    page = open_page(**NARROW)
    nothing_sticks_out(page, ".cards, .sr, .own")
    assert page.locator("#canvas .width input").bounding_box()["width"] >= 60


def test_every_plus_opens_the_panel(page):
    opened = 0
    for tab in range(4):
        page.get_by_role("tab").nth(tab).click()
        if tab == 3:
            page.locator("#scenes [data-scene=rounds]").last.click()
            expect(page.locator("#rounds-picker .card").first).to_be_visible()
        for plus in page.locator(".plus:visible").all():
            plus.click()
            expect(page.locator("#opener dialog")).to_be_visible()
            page.keyboard.press("Escape")
            opened += 1
    assert opened == 3


@pytest.mark.parametrize("locale", ["en-GB", "es-ES", "ru-RU"])
def test_tabs_stand_in_two_columns_with_nothing_behind_them(open_page, locale):
    page = open_page(locale=locale)
    tabs = page.get_by_role("tab")
    expect(tabs.nth(3)).to_be_visible()
    boxes = [tabs.nth(i).bounding_box() for i in range(4)]
    assert boxes[0]["x"] == boxes[2]["x"] and boxes[1]["x"] == boxes[3]["x"] and boxes[0]["y"] == boxes[1]["y"]
    assert max(box["x"] + box["width"] for box in boxes) < page.locator("#picker").bounding_box()["x"]
    assert page.locator(".tab-container").evaluate("bar => getComputedStyle(bar).backgroundImage") == "none"  # Gradio rules it


@pytest.mark.parametrize(
    ("locale", "pen", "empty", "surprise"),
    [
        ("es-MX", "Lápiz", "Dibuja algo", "Sorpréndeme"),
        ("ru-RU", "Карандаш", "Нарисуйте", "Удивите меня"),
        ("fr-FR", "Pen", "Draw something", "Surprise me"),
    ],
)
def test_languages(open_page, locale, pen, empty, surprise):
    page = open_page(locale=locale)
    expect(button(page, pen)).to_be_visible()
    expect(page.locator("#picture .note")).to_contain_text(empty)
    expect(button(page, surprise)).to_be_visible()


def test_the_card_on_the_page_keeps_to_the_translators_own_figures():
    figures = {
        "FID": {"translated": [88.0, 80.0, 97.0], "drawings themselves": [300.0, 290.0, 310.0]},
        "against train and test": {"FID": {"translated": [70.0, 60.0, 80.0]}},
        "pictures": 230,
        "command": "python -m train.evaluate",
    }
    assert headline(figures) == {"FID": [88.0, 80.0, 97.0], "pictures": 230}


def test_the_page_opens_whole_while_the_queue_is_full(desktop, url):
    page = desktop.new_page()
    page.route("**/gradio_api/queue/join**", lambda route: route.fulfill(status=503, json={"detail": "Queue is full."}))
    page.goto(url)
    expect(page.locator("#picker .card").first).to_be_visible()
    for tab, picker in ((1, "#photos-picker"), (2, "#labels-picker")):
        page.get_by_role("tab").nth(tab).click()
        expect(page.locator(f"{picker} .card").first).to_be_visible()
    page.close()


@pytest.mark.parametrize("tab", range(4))
def test_a_reload_stays_on_its_tab(page, tab):
    tabs = page.get_by_role("tab")
    tabs.nth(tab).click()
    for _ in range(2):
        reload(page)
        expect(tabs.nth(tab)).to_have_attribute("aria-selected", "true")
