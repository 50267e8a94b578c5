"""The Photos page in a real browser: what a person does, and what they then see."""

import base64
import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.conftest import DESKTOP, SLOW, gradient, unheard
from tests.test_api import bomb, no_picture
from tests.test_page import PHONE, button, drawn, picture
from tests.test_photo_api import difference, turned, upright
from translators import CARDS

NAMES = [name for name, card in CARDS.items() if card.takes == "photo"]
TITLES = ["Horse to zebra", "Zebra to horse", "Photo to Monet", "Monet to photo", "Aerial photo to map"]


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    path = tmp_path_factory.mktemp("photo") / "photo.jpg"
    gradient(900, 600).save(path, quality=95)
    return path


@pytest.fixture
def open_photos(open_page):
    """Opens the page's second tab."""

    def open_one(**settings):
        page = open_page(**settings)
        page.get_by_role("tab").nth(1).click()
        for part in ("source", "restyled", "styles", "cycle", "photos-picker"):
            page.wait_for_selector(f"#{part} [data-ready]", state="attached")
        return page

    return open_one


@pytest.fixture
def page(open_photos):
    return open_photos()


def send(page, path) -> None:
    with page.expect_file_chooser() as chooser:
        page.locator("#source [data-act=choose]").click()
    chooser.value.set_files(path)


def settled(page) -> dict:
    """Waits until nothing is under way and a picture is shown; what the page says of it."""
    page.wait_for_function("""() => {
        const { shown, job } = document.querySelector('#restyled [data-ready]').dataset;
        return shown && !job && document.querySelector('#restyled .work').hidden;
    }""")
    return page.evaluate("({ ...document.querySelector('#restyled [data-ready]').dataset })")


def restyled(page, path) -> dict:
    """A photo sent and translated."""
    before = page.locator("#restyled [data-ready]").get_attribute("data-shown")
    send(page, path)
    page.wait_for_function("before => document.querySelector('#restyled [data-ready]').dataset.shown !== before", arg=before)
    return settled(page)


def pixels(page, selector: str) -> Image.Image:
    """What an image element holds, at its own size."""
    source = page.evaluate(
        """selector => {
            const image = document.querySelector(selector), canvas = document.createElement('canvas');
            [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
            canvas.getContext('2d').drawImage(image, 0, 0);
            return canvas.toDataURL();
        }""",
        selector,
    )
    return Image.open(io.BytesIO(base64.b64decode(source.split(",")[1]))).convert("RGB")


BEFORE, AFTER = "#restyled .before", "#restyled .after"


def download(page, name: str) -> Image.Image:
    with page.expect_download() as saved:
        page.locator("#restyled").get_by_role("button", name=name, exact=True).click()
    assert saved.value.suggested_filename.endswith(".png")
    return Image.open(io.BytesIO(saved.value.path().read_bytes())).convert("RGB")


def test_a_photo_is_restyled_compared_blended_and_saved(page, photo):
    expect(page.locator("#restyled .note")).to_contain_text("Choose a photo")
    expect(button(page, "Both").last).to_be_disabled()
    state = restyled(page, photo)
    assert (state["translator"], state["resolution"]) == ("horse2zebra", "quick")
    before, after = pixels(page, BEFORE), pixels(page, AFTER)
    assert before.size == after.size == (384, 256)
    assert difference(before, gradient(384, 256)) < 4 < 10 < difference(before, after)
    expect(page.locator("#restyled .speed")).to_have_text(re.compile(r"^\d+ ms · 384 × 256$"))
    expect(page.locator("#source .facts")).to_have_text("900 × 600 px")

    slider = page.get_by_label("Compare photo and translation")
    box = slider.bounding_box()
    assert box["width"] / box["height"] == pytest.approx(1.5, rel=0.02)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    cut = "document.querySelector('#restyled .frame').style.getPropertyValue('--cut')"
    assert float(page.evaluate(cut).rstrip("%")) == pytest.approx(50, abs=5)
    page.keyboard.press("Home")
    assert page.evaluate(cut) == "0%"

    assert difference(download(page, "Picture"), after) == 0
    questions = []
    page.on("request", lambda request: questions.append(request.url))
    strength = page.get_by_label("Strength")
    strength.focus()
    page.keyboard.press("PageDown")
    strength.fill("60")
    expect(page.locator("#restyled .blend")).to_have_text("60 %: 60 % translation over 40 % photo")
    assert page.locator(AFTER).evaluate("image => image.style.opacity") == "0.6"
    blended = Image.blend(before, after, 0.6)
    assert difference(download(page, "Picture"), blended) < 1
    both = download(page, "Both")
    assert both.size == (768, 256)
    assert difference(both.crop((0, 0, 384, 256)), before) == 0 and difference(both.crop((384, 0, 768, 256)), blended) < 1
    assert not [url for url in questions if "/queue/" in url]  # the server was not asked


def test_a_picture_that_the_server_has_removed_is_saved_all_the_same(page, photo):
    restyled(page, photo)
    after = pixels(page, AFTER)
    page.route(re.compile("/file="), lambda route: route.fulfill(status=404, json={"detail": "File not found"}))
    assert difference(download(page, "Picture"), after) == 0
    page.wrong = [text for text in page.wrong if "404" not in text]  # the browser's own word on that answer


def forget(page) -> None:
    """The server removes the photo, as it does after an hour."""
    Path(page.evaluate("window.trazo.photos.last.photo.path")).unlink()


def test_a_photo_that_the_server_has_removed_is_sent_again(page, photo):
    restyled(page, photo)
    forget(page)
    page.get_by_role("radio", name="Photo to Monet").click()
    page.wait_for_selector("#restyled [data-translator=photo2monet]")
    settled(page)
    expect(page.locator("#restyled .note")).to_be_hidden()
    forget(page)
    page.locator("#cycle [data-ask=round]").click()
    expect(page.locator("#cycle .l1").first).to_be_visible()
    page.locator("#samples .thumb").first.click()
    page.wait_for_function("!window.trazo.photos.last.photo.path.endsWith('photo.jpg')")
    settled(page)
    forget(page)
    page.locator("#styles [data-act=all]").click()
    expect(page.locator("#styles .style").first).to_be_visible()
    assert page.locator("#source .problem").text_content() == ""


def test_a_photo_on_its_side_stands_upright(page, tmp_path):
    restyled(page, turned(tmp_path / "turned"))
    assert pixels(page, BEFORE).size == pixels(page, AFTER).size == (256, 341)
    assert upright(pixels(page, BEFORE)) and upright(pixels(page, "#source .photo"))
    expect(page.locator("#source .facts")).to_have_text("300 × 400 px")


def test_every_pixel_in_tiles_beside_the_whole(page, photo):
    full = page.get_by_role("radio", name="Full")
    page.get_by_role("radio", name="Quick").focus()
    page.keyboard.press("ArrowLeft")
    expect(full).to_be_checked()
    expect(full).to_be_focused()
    page.evaluate("""() => {
        window.said = new Set();
        const doing = document.querySelector('#restyled .doing');
        new MutationObserver(() => window.said.add(doing.textContent)).observe(doing, { childList: true });
    }""")
    assert restyled(page, photo)["resolution"] == "full"
    assert pixels(page, AFTER).size == (900, 600)
    assert "Tile 4 of 4" in page.evaluate("[...window.said]")
    page.get_by_role("switch", name="Whole | tiled").click(force=True)
    sizes = page.locator("#restyled .panes img").evaluate_all(
        "images => images.map(i => [i.naturalWidth, i.naturalHeight, i.width, i.height])"
    )
    assert sizes == [[768, 512, 900, 600], [900, 600, 900, 600]]
    place = "[...document.querySelectorAll('#restyled .panes img')].map(image => image.style.translate)"
    left, right = page.evaluate(place)
    assert left == right
    page.locator("#restyled .panes").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(place) != [left, right] and len(set(page.evaluate(place))) == 1
    page.get_by_role("radio", name="Fine").click()
    assert settled(page)["resolution"] == "fine"
    expect(page.get_by_role("switch", name="Whole | tiled")).to_be_hidden()
    assert pixels(page, AFTER).size == (768, 512)


def test_a_full_run_is_stopped_and_the_page_paints_again(page, tmp_path):
    page.locator(f"#photos-picker [data-name={SLOW}]").click()
    gradient(3600, 2700).save(tmp_path / "large.jpg")
    page.get_by_role("radio", name="Full").click()
    send(page, tmp_path / "large.jpg")
    expect(page.locator("#restyled .doing")).to_have_text(re.compile(r"Tile \d+ of 48"))
    expect(page.locator("#restyled progress")).to_have_attribute("max", "48")
    page.locator("#restyled").get_by_role("button", name="Stop").click()
    expect(page.locator("#restyled .doing")).to_have_text("Stopped.")
    expect(page.locator("#restyled").get_by_role("button", name="Again")).to_be_focused()
    page.get_by_role("radio", name="Quick").click()
    assert settled(page)["resolution"] == "quick"
    assert pixels(page, AFTER).size == (341, 256)


def test_a_new_wish_stops_the_old_one(page, tmp_path, photo):
    page.locator(f"#photos-picker [data-name={SLOW}]").click()
    gradient(3600, 2700).save(tmp_path / "large.jpg")
    page.get_by_role("radio", name="Full").click()
    send(page, tmp_path / "large.jpg")
    expect(page.locator("#restyled .doing")).to_have_text(re.compile(r"Tile \d+ of 48"))
    page.locator("#photos-picker [data-name=horse2zebra]").click()
    page.get_by_role("radio", name="Fine").click()
    send(page, photo)
    page.wait_for_selector("#restyled [data-translator=horse2zebra][data-resolution=fine]")  # which the large photo's answer can be too
    page.wait_for_function(f"(image => [image?.naturalWidth, image?.naturalHeight] == '768,512')(document.querySelector('{AFTER}'))")
    settled(page)
    assert pixels(page, AFTER).size == (768, 512)
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_hidden()


DROP = """([selector, type, url]) => fetch(url).then(answer => answer.blob()).then(blob => {
    const data = new DataTransfer();
    if (blob.size > 1) data.items.add(new File([blob], 'dropped.png', { type: blob.type }));
    const event = type === 'paste' ? new ClipboardEvent(type, { clipboardData: data, bubbles: true, cancelable: true })
        : new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
    document.querySelector(selector).dispatchEvent(event);
})"""


def as_url(image: Image.Image) -> str:
    file = io.BytesIO()
    image.save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def test_drop_and_paste(page):
    for selector, event, width in (("#source .sheet", "drop", 300), ("#restyled .easel", "drop", 310), ("body", "paste", 320)):
        page.evaluate(DROP, [selector, event, as_url(gradient(width, 240))])
        expect(page.locator("#source .facts")).to_have_text(f"{width} × 240 px")
        page.wait_for_function("width => document.querySelector('#restyled .after').naturalWidth === width", arg=width)
    page.evaluate(DROP, ["#source .sheet", "drop", "data:text/plain,"])
    expect(page.locator("#source .problem")).to_contain_text("That was no file")
    page.get_by_role("tab", name="Draw").click()
    page.evaluate(DROP, ["body", "paste", as_url(gradient(330, 240))])  # not meant for the tab behind
    page.wait_for_timeout(300)
    page.get_by_role("tab", name="Photos").click()
    expect(page.locator("#source .facts")).to_have_text("320 × 240 px")


def test_samples(page):
    thumbnails = page.locator("#samples .thumb")
    expect(thumbnails).to_have_count(3)
    thumbnails.nth(2).click()
    page.wait_for_selector("#restyled [data-shown]")
    settled(page)
    expect(page.locator("#source .facts")).to_have_text("320 × 320 px")
    assert difference(pixels(page, BEFORE), gradient(256, 256)) < 5


def test_the_camera(open_photos):
    page = open_photos(permissions=["camera"])
    page.evaluate("""() => {
        window.streams = [];
        const devices = navigator.mediaDevices, open = devices.getUserMedia.bind(devices);
        devices.getUserMedia = wanted => open(wanted).then(stream => { window.streams.push(stream); return stream; });
    }""")
    live = "window.streams.flatMap(stream => stream.getTracks()).map(track => track.readyState)"
    assert page.evaluate(live) == []
    button(page, "Camera").click()
    expect(button(page, "Take the photo")).to_be_focused()
    assert page.evaluate(live) == ["live"]
    button(page, "Stop the camera").click()
    assert page.evaluate(live) == ["ended"]
    button(page, "Camera").click()
    button(page, "Take the photo").click()
    page.wait_for_selector("#restyled [data-shown]")
    settled(page)
    assert page.evaluate(live) == ["ended", "ended"]
    expect(page.locator("#source video")).to_be_hidden()
    button(page, "Camera").click()
    expect(button(page, "Take the photo")).to_be_visible()
    page.get_by_role("tab", name="Draw").click()
    page.wait_for_function(f"{live}.at(-1) === 'ended'")  # nobody looks: it is off


@pytest.mark.parametrize(
    ("error", "words"),
    [("NotFoundError", "There is no camera"), ("NotAllowedError", "may not use the camera"), ("NotReadableError", "does not start")],
)
def test_without_a_camera(page, error, words):
    page.evaluate("name => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', name); }; }", error)
    button(page, "Camera").click()
    expect(page.locator("#source .problem")).to_contain_text(words)
    expect(button(page, "Camera")).to_be_enabled()
    expect(page.locator("#source video")).to_be_hidden()


def test_all_styles(page, photo):
    everything = button(page, "Show all")
    expect(everything).to_be_disabled()
    first = restyled(page, photo)
    everything.click()
    styles = page.locator("#styles .style")
    expect(styles).to_have_count(len(NAMES))
    expect(everything).to_be_enabled()
    expect(styles.locator("b")).to_have_text(TITLES)
    third = styles.nth(2)
    source = third.locator("img").get_attribute("src")
    third.click()
    page.wait_for_selector("#restyled [data-translator=photo2monet]")
    state = settled(page)
    assert state["shown"] == "opened" != first["shown"]  # shown as it was, not painted again
    expect(page.locator(AFTER)).to_have_attribute("src", source)
    expect(page.locator("#photos-picker [data-name=photo2monet]")).to_be_checked()
    expect(page.locator("#photos-identity h2")).to_have_text("Photo to Monet")
    page.wait_for_timeout(300)
    assert settled(page)["shown"] == "opened"
    page.locator("#samples .thumb").first.click()
    expect(styles).to_have_count(0)  # they were of another photo


def test_a_style_whose_picture_the_server_has_removed_is_painted_again(page, photo):
    restyled(page, photo)
    button(page, "Show all").click()
    styles = page.locator("#styles .style")
    expect(styles).to_have_count(len(NAMES))
    expect(button(page, "Show all")).to_be_enabled()
    folder = Path(page.evaluate("window.trazo.photos.last.photo.path")).parents[1]
    forget(page)
    for path in folder.glob("*/trazo-photo2monet*"):
        path.unlink()
    styles.nth(2).click()
    page.wait_for_selector("#restyled [data-translator=photo2monet]")
    assert settled(page)["shown"] != "opened"
    expect(page.locator("#restyled .note")).to_be_hidden()
    page.wrong = [text for text in page.wrong if "404" not in text and "403" not in text]


def test_questions_that_got_lost_lock_nothing(open_photos, photo):
    page = open_photos(viewport=DESKTOP)
    everything, go = button(page, "Show all"), page.locator("#cycle [data-ask=round]")
    restyled(page, photo)
    page.clock.install()
    with unheard(page):
        everything.click()
        go.click()
        for each in (everything, go):
            expect(each).to_be_disabled()
        page.clock.fast_forward(31000)
        for each in (everything, go):
            expect(each).to_be_enabled()
    everything.click()
    expect(page.locator("#styles .style")).to_have_count(len(NAMES))
    go.click()
    page.wait_for_selector("#cycle [data-rounds='1']")


def l1_of(texts: list[str]) -> list[float]:
    return [float(re.search(r"L1 ([\d.]+) of 255", text)[1]) for text in texts]


def test_the_cycle_explorer(page, photo):
    go = page.locator("#cycle [data-ask=round]")
    expect(go).to_be_disabled()
    restyled(page, photo)
    for number in (1, 2):
        go.click()
        page.wait_for_selector(f"#cycle [data-rounds='{number}']")
        expect(go).to_have_text("Go round again")
    rounds = page.locator("#cycle .strip li")
    expect(rounds).to_have_count(3)  # the photo, and two rounds
    first, second = l1_of(rounds.locator("h3").all_text_contents()[1:])
    assert 0 < first != second > 0
    expect(page.locator("#cycle .count")).to_have_text("2 rounds; each starts from the reconstruction before it")
    x, y, cycled, heat = (
        pixels(page, f"#cycle .strip li:nth-child({n}) figure:nth-of-type({m}) img") for n, m in ((1, 1), (2, 1), (2, 2), (2, 3))
    )
    assert x.size == y.size == cycled.size == heat.size == (384, 256)
    assert difference(x, pixels(page, BEFORE)) == 0 and difference(y, pixels(page, AFTER)) == 0
    assert difference(cycled, x) == pytest.approx(first, abs=0.5)

    button(page, "Send G(x) through a JPEG").click()
    trial = page.locator("#cycle [data-test=jpeg] .trial")
    expect(trial.locator("figure")).to_have_count(2)
    straight, through = l1_of(trial.locator("figcaption").all_text_contents())
    assert straight == first != through
    button(page, "Send x through F").click()
    trial = page.locator("#cycle [data-test=identity] .trial")
    expect(trial.locator("figure")).to_have_count(2)
    (same,) = l1_of(trial.locator("figcaption").all_text_contents()[1:])
    shown = [pixels(page, f"#cycle [data-test=identity] figure:nth-of-type({n}) img") for n in (1, 2)]
    assert difference(*shown) == pytest.approx(same, abs=0.5)

    page.locator("#photos-picker [data-name=photo2monet]").click()
    expect(rounds).to_have_count(0)
    expect(go).to_have_text("Go there and back")
    go.click()
    page.wait_for_selector("#cycle [data-rounds='1']")
    expect(page.locator("#cycle .strip")).to_contain_text("G(x) · Photo to Monet")


def test_the_tabs_keep_what_is_in_them(open_page, photo):
    page = open_page()
    before = drawn(page)
    expect(page.locator("#picker [role=radio]")).to_have_count(2)
    page.get_by_role("tab", name="Photos").click()
    page.wait_for_selector("#restyled [data-ready]")
    expect(page.locator("#photos-picker [role=radio]")).to_have_count(len(NAMES))
    expect(page.locator("#canvas canvas")).to_be_hidden()
    restyled(page, photo)
    after = page.locator(AFTER).get_attribute("src")
    page.get_by_role("tab", name="Draw").click()
    expect(page.locator("#canvas canvas")).to_be_visible()
    assert picture(page) == before
    page.get_by_role("tab", name="Draw").press("ArrowRight")
    page.get_by_role("tab", name="Photos").click()
    expect(page.locator(AFTER)).to_have_attribute("src", after)
    assert settled(page)


@pytest.mark.parametrize(("make", "words"), [(no_picture, "not a picture"), (bomb, "too large")])
def test_a_bad_photo_costs_nothing(page, photo, tmp_path, make, words):
    restyled(page, photo)
    before = page.locator(AFTER).get_attribute("src")
    send(page, make(tmp_path / "<b>sent.png"))
    problem = page.locator("#source .problem")
    expect(problem).to_contain_text(words)
    assert problem.locator("b").count() == 0  # a file's name is no markup
    expect(page.locator(AFTER)).to_have_attribute("src", before)
    page.get_by_role("radio", name="Fine").click()
    page.wait_for_selector("#restyled [data-resolution=fine]")
    settled(page)


def test_a_photo_translator_without_weights(open_photos, weights_folder, photo):
    away = weights_folder / "away"
    (weights_folder / "horse2zebra").rename(away)
    try:
        page = open_photos()
        horse = page.locator("#photos-picker [data-name=horse2zebra]")
        expect(horse).to_have_attribute("aria-disabled", "true")
        expect(horse).to_contain_text("not available")
        expect(page.locator("#photos-picker [data-name=zebra2horse]")).to_be_checked()
        horse.click(force=True)
        expect(page.locator("#photos-picker .missing code")).to_have_text(re.compile("horse2zebra"))
        assert restyled(page, photo)["translator"] == "zebra2horse"
    finally:
        away.rename(weights_folder / "horse2zebra")


def test_no_photo_translator_has_weights(open_photos, weights_folder, photo):
    for name in NAMES:
        (weights_folder / name).rename(weights_folder / f"{name}-away")
    try:
        page = open_photos()
        expect(page.locator("#photos-picker [aria-disabled=true]")).to_have_count(len(NAMES))
        expect(page.locator("#photos-picker .missing")).to_contain_text("The weights of horse2zebra are not on this machine")
        send(page, photo)
        expect(page.locator("#restyled .note")).to_contain_text("The weights of horse2zebra are not on this machine")
        expect(page.locator("#cycle [data-ask=round]")).to_be_disabled()
        page.get_by_role("tab", name="Draw").click()
        assert drawn(page)
    finally:
        for name in NAMES:
            (weights_folder / f"{name}-away").rename(weights_folder / name)


@pytest.mark.parametrize("settings", [{}, {"color_scheme": "dark"}, PHONE], ids=["desktop", "dark", "phone"])
def test_layout(open_photos, photo, settings):
    page = open_photos(**settings)
    restyled(page, photo)
    button(page, "Show all").click()
    expect(page.locator("#styles .style")).to_have_count(len(NAMES))
    page.locator("#cycle [data-ask=round]").click()
    page.wait_for_selector("#cycle [data-rounds='1']")
    outside = page.evaluate("""() => [...document.querySelectorAll('main *')].filter(node => {
        const box = node.getBoundingClientRect();
        return box.width && !node.closest('.cards, .sr, .strip, .samples') && (box.right > innerWidth + 1 || box.left < -1);
    }).map(node => node.outerHTML.slice(0, 200))""")
    assert outside == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("scrollTo(0, 0)")
    sheet, easel = (page.locator(part).bounding_box() for part in ("#source .sheet", "#restyled .easel"))
    if settings is PHONE:
        assert easel["y"] + easel["height"] / 2 < page.viewport_size["height"]  # most of the picture is in sight
    else:
        assert sheet["y"] == pytest.approx(easel["y"], abs=1) and sheet["height"] == pytest.approx(easel["height"], abs=1)
        assert easel["y"] + easel["height"] < page.viewport_size["height"]
    if settings.get("color_scheme") == "dark":
        paper, ink = (
            page.evaluate(f"getComputedStyle(document.querySelector('#cycle h2')).{name}") for name in ("backgroundColor", "color")
        )
        assert np.mean([int(part) for part in re.findall(r"\d+", ink)[:3]]) > 180, paper


@pytest.mark.parametrize(
    ("locale", "tabs", "choose", "title"),
    [
        ("es-MX", ["Dibujar", "Fotos", "Clases", "Aprender"], "Elegir foto", "Ida y vuelta"),
        ("ru-RU", ["Рисовать", "Фото", "Классы", "Понять"], "Выбрать фото", "Туда и обратно"),
        ("fr-FR", ["Draw", "Photos", "Labels", "Learn"], "Choose a photo", "There and back"),
    ],
)
def test_languages(open_photos, locale, tabs, choose, title):
    page = open_photos(locale=locale)
    expect(page.get_by_role("tab")).to_have_text(tabs)
    expect(button(page, choose)).to_be_visible()
    expect(page.locator("#cycle h2")).to_have_text(title)
