"""The Labels page in a real browser: what a person paints, what Python receives, and what they then see."""

import io
import json
import re
from contextlib import contextmanager

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect
from scipy import ndimage

from studio.canvas import decode
from studio.scene import SPLIT
from tests.conftest import drag, gradient, label_map
from tests.test_api import bomb, no_picture
from tests.test_page import NARROW, PHONE, image_of, nothing_sticks_out, reload
from translators.labels import CAMVID, coloured, ids_of

SIZE = (512, 384)
SKY, BUILDING, ROAD, CAR = (CAMVID.names.index(name) for name in ("sky", "building", "road", "car"))
BOX = CAMVID.names.index("bicyclist")  # of the stand-in's sample: see conftest.label_map


@pytest.fixture
def open_labels(open_page):
    """Opens the page's third tab, and keeps the scenes that the page sends."""

    def open_one(**settings):
        page = open_page(**settings)
        page.scenes = []
        page.on("request", lambda request: keep_scene(page, request))
        page.get_by_role("tab").nth(2).click()
        for part in ("scene", "labels-picture", "objects", "labels-picker"):
            page.wait_for_selector(f"#{part} [data-ready]", state="attached")
        settled(page)
        return page

    return open_one


def keep_scene(page, request) -> None:
    data = json.loads(request.post_data)["data"] if "/queue/join" in request.url else []
    if data and isinstance(data[0], dict) and "runs" in data[0] and "translator" in data[0]:
        page.scenes.append(data[0])


@pytest.fixture
def page(open_labels):
    return open_labels()


def settled(page) -> dict:
    """Waits until the newest scene is painted in full; what Python was sent for it, which must be what the browser keeps."""
    page.wait_for_function("""() => {
        const [scene, picture] = ['#scene', '#labels-picture'].map(part => document.querySelector(`${part} [data-ready]`).dataset);
        return scene.sent && scene.sent === picture.serial && picture.preview === 'false' && !('waiting' in scene);
    }""")
    sent = page.scenes[-1]
    kept = json.loads(page.evaluate(f"localStorage.getItem('trazo-labels-{sent['translator']}')") or "null")
    assert kept is None or (decode(kept, 12, (kept["width"], kept["height"]), flag=SPLIT).ids == ids(sent, flags=True)).all()
    return sent


def ids(sent: dict, flags: bool = False) -> np.ndarray:
    """The class ids of a scene as Python reads them, (H, W)."""
    values = decode(sent, 12, (sent["width"], sent["height"]), "label map", SPLIT).ids
    return values if flags else values % SPLIT


def at(page, x: float, y: float, size=SIZE) -> tuple[float, float]:
    """Places on the sheet -> the window's."""
    box = page.locator("#scene canvas").first.bounding_box()
    return box["x"] + (x + 0.5) * box["width"] / size[0], box["y"] + (y + 0.5) * box["height"] / size[1]


def click(page, x: float, y: float) -> None:
    page.mouse.click(*at(page, x, y))


def paint(page, *points, lift: bool = True) -> None:
    drag(page, (at(page, *point) for point in points), lift)


def tool(page, name: str) -> None:
    page.locator(f"#scene [data-tool={name}]").click()


def choose(page, name: str) -> None:
    page.locator("#scene .classes").get_by_role("radio", name=name, exact=True).click()


def blank(page) -> None:
    page.get_by_role("button", name="Blank scene").click()
    assert not ids(settled(page)).any()


def picture(page) -> np.ndarray:
    return np.asarray(image_of(page.locator("#labels-picture img").get_attribute("src")).convert("RGB"), float)


def colours_in_sight(page) -> set[tuple[int, int, int]]:
    """Every colour on the canvas itself."""
    pixels = page.evaluate("""() => {
        const canvas = document.querySelector('#scene canvas');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return [...new Set(new Uint32Array(data.buffer))];
    }""")
    return {(value & 255, value >> 8 & 255, value >> 16 & 255) for value in pixels}


def test_a_test_label_map_is_there_from_the_start(page):
    sent = settled(page)
    expected = np.array(label_map((480, 360), 12).resize(SIZE, Image.Resampling.NEAREST))
    assert (ids(sent) == expected).all()
    assert picture(page).shape == (384, 512, 3)
    expect(page.locator("#labels-samples button")).to_have_count(3)
    with loading(page):
        page.locator("#labels-samples button").nth(2).click()
    assert (ids(settled(page)) != expected).any()


def test_brush_and_rectangle_paint_ids_alone(page):
    blank(page)
    choose(page, "car")
    paint(page, (100, 100), (300, 160))
    brushed = ids(settled(page))
    assert set(np.unique(brushed)) == {SKY, CAR}
    assert brushed[100, 100] == brushed[130, 200] == brushed[160, 300] == CAR
    assert (brushed == CAR).sum() == pytest.approx(24 * np.hypot(200, 60) + np.pi * 12**2, rel=0.03)
    choose(page, "road")
    tool(page, "rectangle")
    paint(page, (50, 200), (449, 299))
    expected = brushed.copy()
    expected[200:300, 50:450] = ROAD
    assert (ids(settled(page)) == expected).all()
    assert colours_in_sight(page) == {CAMVID.colours[label] for label in (SKY, CAR, ROAD)}
    expect(page.locator("#labels-picture .speed")).to_contain_text(re.compile(r"\d+ ms full · \d+ ms preview · \d+ from the pen"))


def test_a_polygon_is_filled_and_fill_flows_to_its_edge(page):
    blank(page)
    choose(page, "building")
    tool(page, "polygon")
    for corner in ((100, 50), (400, 80), (250, 350)):
        click(page, *corner)
    sent = len(page.scenes)
    click(page, 102, 52)  # on the first corner
    triangle = ids(settled(page))
    assert len(page.scenes) == sent + 1  # nothing was sent before it was closed
    mask = Image.new("L", SIZE)
    ImageDraw.Draw(mask).polygon([(100, 50), (400, 80), (250, 350)], fill=BUILDING)
    rim = ndimage.binary_dilation(np.asarray(mask) > 0, iterations=2) & ~ndimage.binary_erosion(np.asarray(mask) > 0, iterations=2)
    assert (triangle == np.asarray(mask))[~rim].all()
    choose(page, "tree")
    tool(page, "fill")
    click(page, 250, 150)
    filled = ids(settled(page))
    assert ((filled == CAMVID.names.index("tree")) == (triangle == BUILDING)).all()
    assert len(colours_in_sight(page)) == 2
    choose(page, "void")
    tool(page, "polygon")
    for corner in ((20, 20), (60, 20), (60, 60)):
        click(page, *corner)
    page.locator("#scene canvas").first.press("Enter")
    assert ids(settled(page))[30, 55] == CAMVID.names.index("void")


def test_eraser_picker_undo_and_redo(page):
    blank(page)
    choose(page, "road")
    tool(page, "fill")
    click(page, 100, 100)
    road = ids(settled(page))
    assert (road == ROAD).all()
    tool(page, "eraser")
    page.get_by_label("Erases to").select_option("pavement")
    paint(page, (100, 100), (200, 100))
    assert ids(settled(page))[100, 150] == CAMVID.names.index("pavement")
    tool(page, "pick")
    click(page, 150, 100)
    expect(page.locator("#scene .classes [aria-checked=true]")).to_have_text("pavement")
    page.mouse.move(*at(page, 400, 300))
    page.keyboard.down("Alt")
    page.mouse.down()
    page.mouse.up()
    page.keyboard.up("Alt")
    expect(page.locator("#scene .classes [aria-checked=true]")).to_have_text("road")
    page.keyboard.press("Control+z")
    assert (ids(settled(page)) == road).all()
    page.keyboard.press("Control+y")
    assert ids(settled(page))[100, 150] == CAMVID.names.index("pavement")
    page.get_by_role("button", name="Blank scene").click()  # to the eraser's class
    assert set(np.unique(ids(settled(page)))) == {CAMVID.names.index("pavement")}


def test_a_preview_while_the_pen_is_down(page):
    blank(page)
    choose(page, "car")
    paint(page, (100, 100), (300, 160), lift=False)
    page.wait_for_function("document.querySelector('#labels-picture [data-ready]').dataset.preview === 'true'")
    assert picture(page).shape == (192, 256, 3)
    page.mouse.up()
    assert settled(page)["preview"] is False
    assert picture(page).shape == (384, 512, 3)


@contextmanager
def loading(page):
    """Waits until another label map than before is on the canvas."""
    before = page.locator("#scene [data-loaded]").get_attribute("data-loaded")
    yield
    page.wait_for_function("before => document.querySelector('#scene [data-loaded]').dataset.loaded !== before", arg=before)


def send(page, path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open a label map").click()
    chooser.value.set_files(path)


def test_a_label_map_is_opened(page, tmp_path):
    scene = label_map(SIZE, 12, 7)
    scene.save(tmp_path / "ids.png")
    coloured(np.array(label_map(SIZE, 12, 19)), CAMVID).save(tmp_path / "colours.jpg", quality=90, subsampling=0)
    with loading(page):
        send(page, tmp_path / "ids.png")
    assert (ids(settled(page)) == np.asarray(scene)).all()
    with loading(page):
        send(page, tmp_path / "colours.jpg")
    assert (ids(settled(page)) == np.asarray(label_map(SIZE, 12, 19))).mean() > 0.97
    page.locator("#scene [data-act=undo]").click()
    assert (ids(settled(page)) == np.asarray(scene)).all()


def beyond(path):
    Image.new("L", SIZE, 40).save(path)


def narrow(path):
    Image.new("L", (300, 300)).save(path)


def sixteen(path):
    Image.fromarray(np.zeros(SIZE[::-1], np.uint16)).save(path)


def photo(path):
    gradient(*SIZE).save(path)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (beyond, "ids 40; there are 12 classes"),
        (narrow, "300 x 300; expected 512 x 384"),
        (sixteen, "I;16 values; expected 8-bit ids"),
        (photo, "far from every colour"),
        (bomb, "too large"),
        (no_picture, "not a picture"),
    ],
)
def test_what_is_no_label_map_is_refused_in_words(page, tmp_path, make, words):
    before = settled(page)
    make(tmp_path / "sent.png")
    send(page, tmp_path / "sent.png")
    expect(page.locator("#scene .problem")).to_contain_text(words)
    paint(page, (10, 10), (30, 10))
    assert (ids(settled(page))[100:] == ids(before)[100:]).all()  # nothing is lost


def style(page, number: int) -> None:
    page.locator("#objects").get_by_role("radio", name=f"Style {number}").click()


def change(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    return np.abs(before - after).mean(-1)


def test_a_click_gives_an_object_its_style_and_the_rest_stays(page):
    scene = ids(settled(page))
    left = ndimage.label(scene == BOX)[0] == 1
    near = ndimage.binary_dilation(left, iterations=24)
    tool(page, "object")
    click(page, 120, 200)
    expect(page.locator("#objects .which")).to_have_text("Style of this object: bicyclist")
    pictures = []
    for number in (1, 2):
        style(page, number)
        sent = settled(page)
        assert sent["styles"] == [[120, 200, number - 1]]
        pictures.append(picture(page))
    changed = change(*pictures)
    assert changed[left].mean() > 5
    assert changed[~near].mean() < 0.01 * changed[left].mean()
    page.locator("#objects").get_by_role("radio", name="Seed").click()
    assert settled(page)["styles"] == []
    style(page, 2)
    settled(page)
    page.get_by_role("button", name="Shuffle all styles").click()
    page.wait_for_function("document.querySelector('#labels-sample input').value !== '0'")
    assert settled(page)["styles"] == []


def test_a_line_divides_an_object(page):
    scene = ids(settled(page))
    tool(page, "split")
    paint(page, (60, 200), (230, 200))  # across the left box, and beyond
    sent = settled(page)
    assert (ids(sent) == scene).all()
    assert (ids(sent, flags=True) >= SPLIT)[200, 60:231].all()
    tool(page, "object")
    click(page, 120, 150)
    pictures = []
    for number in (1, 2):
        style(page, number)
        settled(page)
        pictures.append(picture(page))
    changed = change(*pictures)
    assert changed[140:170, 100:160].mean() > 2 * changed[240:270, 100:160].mean()
    page.locator("#objects .switch").click()
    sheet = "document.querySelector('#scene .over')"
    page.wait_for_function(f"{sheet}.getContext('2d').getImageData(220, 400, 1, 1).data[3] > 200")  # the line is a boundary now
    choose(page, "bicyclist")
    tool(page, "rectangle")
    paint(page, (60, 190), (230, 210))  # paint takes the line away
    assert not (ids(settled(page), flags=True) >= SPLIT).any()


def test_the_palette_follows_the_translator(page):
    paint(page, (100, 100), (200, 100))
    street = ids(settled(page))
    page.get_by_role("radio", name=re.compile("^Facade")).click()
    page.wait_for_function("document.querySelector('#labels-picture [data-ready]').dataset.translator === 'facade'")
    sent = settled(page)
    assert (sent["width"], sent["height"]) == (256, 256) and picture(page).shape == (256, 256, 3)
    chips = page.locator("#scene .classes button")
    expect(chips).to_have_count(12)
    expect(chips.nth(1)).to_have_text("wall")
    for hidden in ("#objects .shuffle", "#scene [data-tool=split]", "#scene [data-tool=object]"):
        expect(page.locator(hidden)).to_be_hidden()
    choose(page, "door")
    tool(page, "rectangle")
    drag(page, (at(page, *corner, (256, 256)) for corner in ((10, 10), (40, 60))))
    assert (ids(settled(page))[10:61, 10:41] == 11).all()
    page.get_by_role("radio", name=re.compile("^Street")).click()
    page.wait_for_function("document.querySelector('#labels-picture [data-ready]').dataset.translator === 'street'")
    assert (ids(settled(page)) == street).all()  # every translator keeps its scene


def test_a_reload_keeps_the_scene(page):
    blank(page)
    choose(page, "tree")
    paint(page, (50, 50), (400, 300))
    before = ids(settled(page))
    reload(page)
    page.wait_for_selector("#scene [data-ready]")
    assert (ids(settled(page)) == before).all()


def test_label_map_and_picture_are_saved(page):
    sent = settled(page)
    for name in ("Label map", "Picture", "Both"):
        with page.expect_download() as saved:
            page.locator("#labels-picture").get_by_role("button", name=name, exact=True).click()
        file = Image.open(io.BytesIO(saved.value.path().read_bytes()))
        if name == "Label map":
            assert file.mode == "P" and (np.array(file) == ids(sent)).all()
            assert (ids_of(file.convert("RGB"), CAMVID) == ids(sent)).all()  # its colours say the same
        elif name == "Picture":
            assert (np.asarray(file.convert("RGB"), float) == picture(page)).all()
        else:
            assert file.size == (1024, 384)


def test_the_keyboard_paints(page):
    blank(page)
    choose(page, "car")
    canvas = page.locator("#scene canvas").first
    canvas.focus()
    page.keyboard.press("r")
    page.keyboard.press("Space")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expected = np.zeros(SIZE[::-1], np.uint8)
    expected[192:201, 256:297] = CAR
    assert (ids(settled(page)) == expected).all()
    page.keyboard.press("f")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    assert (ids(settled(page)) == CAR).all()
    page.keyboard.press("b")
    page.keyboard.press("[")
    expect(page.locator("#scene output")).to_have_text("23")
    for _ in range(3):
        page.keyboard.press("+")
    expect(page.locator("#scene [data-act=fit]")).to_have_text("338 %")
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    sight, frame = page.locator("#scene canvas").first.bounding_box(), page.locator("#scene .sheet").bounding_box()
    assert sight["x"] + sight["width"] <= frame["x"] + frame["width"] + 2  # what the pen reaches came into sight
    page.keyboard.press("0")
    expect(page.locator("#scene [data-act=fit]")).to_have_text("100 %")


def test_painting_while_zoomed_in(page):
    blank(page)
    choose(page, "car")
    tool(page, "rectangle")
    page.mouse.move(*at(page, 400, 300))
    page.keyboard.down("Control")
    page.mouse.wheel(0, -480)
    page.keyboard.up("Control")
    expect(page.locator("#scene [data-act=fit]")).to_have_text("400 %")
    paint(page, (390, 290), (410, 310))
    expected = np.zeros(SIZE[::-1], np.uint8)
    expected[290:311, 390:411] = CAR
    assert (ids(settled(page)) == expected).all()


def touches(page, *places) -> list[dict]:
    return [dict(zip("xy", at(page, *place), strict=True), id=number) for number, place in enumerate(places)]


def frames(page) -> None:
    """Touches that move reach the page with its frames: two of them."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def test_a_finger_paints_and_two_zoom(open_labels):
    page = open_labels(**PHONE)
    page.get_by_role("button", name="Blank scene").click()
    settled(page)
    choose(page, "building")
    page.evaluate("scrollTo(0, 0)")
    touch = page.context.new_cdp_session(page)

    def event(kind: str, *places) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches(page, *places)})
        frames(page)

    event("touchStart", (100, 100))
    event("touchMove", (200, 150))
    event("touchMove", (300, 100))
    event("touchEnd")
    painted = ids(settled(page))
    assert set(np.unique(painted)) == {SKY, BUILDING} and painted[100, 100] == BUILDING
    event("touchStart", (200, 200))
    event("touchStart", (200, 200), (240, 200))
    event("touchMove", (140, 200), (300, 200))
    event("touchEnd")
    expect(page.locator("#scene [data-act=fit]")).to_have_text(re.compile(r"[34]\d\d %"))
    assert (ids(settled(page)) == painted).all()  # nor does the picture show the dab that the first of them began
    assert page.evaluate("scrollY") == 0
    page.locator("#scene [data-act=fit]").click()
    choose(page, "road")
    page.evaluate("scrollTo(0, 0)")
    event("touchStart", (400, 300))
    event("touchEnd")
    after = ids(settled(page))
    assert after[300, 400] == ROAD and ((after == painted) | (after == ROAD)).all()  # the two fingers painted nothing


def test_what_lies_between_two_fingers_follows_them(open_labels):
    """Also from a stage that fills its frame, and with a third finger that comes and goes."""
    page = open_labels(**PHONE)
    page.evaluate("scrollTo(0, 0)")
    touch = page.context.new_cdp_session(page)

    def event(kind: str, *points) -> None:
        spots = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})
        frames(page)

    x, y = at(page, 120, 100)
    event("touchStart", (x - 20, y))
    event("touchStart", (x - 20, y), (x + 20, y))
    event("touchMove", (x, y + 10), (x + 80, y + 10))
    assert at(page, 120, 100) == pytest.approx((x + 40, y + 10), abs=1.5)
    event("touchStart", (x, y + 10), (x + 80, y + 10), (x + 40, y + 40))
    event("touchMove", (x - 30, y + 10), (x + 50, y + 10), (x + 40, y + 40))
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": [{"x": x + 40, "y": y + 40, "id": 2}]})
    event("touchMove", (x - 29, y + 10), (x + 51, y + 10))
    event("touchMove", (x - 24, y + 10), (x + 56, y + 10))
    assert at(page, 120, 100) == pytest.approx((x + 45, y + 10), abs=2.5)
    event("touchEnd")


def test_a_stroke_ends_with_the_tool_that_it_began_with(page):
    blank(page)
    choose(page, "car")
    paint(page, (100, 100), (200, 100), lift=False)
    page.locator("#scene canvas").first.focus()
    page.keyboard.press("p")
    page.mouse.move(*at(page, 300, 100), steps=4)
    page.mouse.up()
    painted = ids(settled(page))
    assert painted[100, 100] == painted[100, 300] == CAR
    page.keyboard.press("r")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("b")  # a rectangle that has one corner alone is none
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("r")  # the brush's stroke is done
    line = ids(settled(page))
    assert (line == CAR).sum() > (painted == CAR).sum()
    for key in ("Space", "ArrowRight", "Space"):
        page.keyboard.press(key)
    settled(page)
    for _ in range(3):
        page.keyboard.press("Control+z")
    assert (ids(settled(page)) == SKY).all()  # three strokes were three steps


def test_shortcuts_under_another_script(page):
    canvas = page.locator("#scene canvas").first
    for key, code, name in (("к", "KeyR", "rectangle"), ("У", "KeyE", "eraser"), ("ι", "KeyI", "pick"), ("b", "KeyN", "brush")):
        canvas.dispatch_event("keydown", {"key": key, "code": code, "bubbles": True})
        assert page.locator("#scene [data-tool]").first.evaluate("node => node.closest('[data-ready]').dataset.tool") == name
    canvas.dispatch_event("keydown", {"key": "х", "code": "BracketLeft", "bubbles": True})
    expect(page.locator("#scene output")).to_have_text("23")


def test_a_pen_presses(page):
    blank(page)
    choose(page, "car")
    pen = page.context.new_cdp_session(page)

    def line(y: float, force: float) -> int:
        before = (ids(page.scenes[-1]) == CAR).sum()
        for kind, x in (("mousePressed", 100), ("mouseMoved", 200), ("mouseMoved", 300), ("mouseReleased", 300)):
            place = dict(zip("xy", at(page, x, y), strict=True))
            pressed = {"button": "left", "buttons": 1, "clickCount": 1, "force": force, "pointerType": "pen"}
            pen.send("Input.dispatchMouseEvent", {"type": kind, **place, **pressed})
        return int((ids(settled(page)) == CAR).sum() - before)

    assert line(100, force=0.8) > 2 * line(300, force=0.2)


def test_a_word_of_warning(page):
    advice = page.locator("#scene .advice")
    expect(advice).to_have_text("A scene like those the network knows.")
    choose(page, "pedestrian")
    tool(page, "rectangle")
    paint(page, (5, 5), (60, 100))
    expect(advice).to_contain_text(re.compile(r"A rare class: pedestrian takes [\d.]+ % here, and took only 0 %"))
    blank(page)
    expect(advice).to_have_text("This layout is far from every scene that the network saw.")


@pytest.mark.parametrize("settings", [{}, PHONE], ids=["desktop", "phone"])
def test_layout(open_labels, settings):
    page = open_labels(**settings)
    nothing_sticks_out(page, ".cards, .sr, .own, .classes, .samples, .sheet")
    page.evaluate("scrollTo(0, 0)")
    sheet, easel = (page.locator(part).bounding_box() for part in ("#scene .sheet", "#labels-picture .easel"))
    assert sheet["width"] / sheet["height"] == pytest.approx(4 / 3, abs=0.01) == easel["width"] / easel["height"]
    if not settings:
        assert sheet["y"] == pytest.approx(easel["y"], abs=1) and sheet["height"] == pytest.approx(easel["height"], abs=1)
    assert max(box["y"] + box["height"] for box in (sheet, easel)) < page.viewport_size["height"]
    expect(page.locator("#scene [data-act=redo]")).to_be_in_viewport(ratio=1)
    if settings:
        page.get_by_role("button", name="Open a label map").scroll_into_view_if_needed()
        expect(page.get_by_role("button", name="Open a label map")).to_be_in_viewport()


def test_everything_is_in_reach_on_the_narrowest_phone(open_labels):
    page = open_labels(**NARROW)
    nothing_sticks_out(page, ".cards, .sr, .own, .classes, .samples, .sheet")


@pytest.mark.parametrize(("locale", "tab", "car"), [("es-MX", "Clases", "coche"), ("ru-RU", "Классы", "машина")])
def test_languages(open_labels, locale, tab, car):
    page = open_labels(locale=locale)
    expect(page.get_by_role("tab", name=tab)).to_be_visible()
    expect(page.locator("#scene .classes button").nth(CAR)).to_have_text(car)
