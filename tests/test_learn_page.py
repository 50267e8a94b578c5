"""The Learn page in a real browser: every scene on a laptop and on a phone, the presenter's keys, links, files and languages."""

import base64
import json
import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from studio.learn import SCENES
from tests.conftest import DESKTOP, PATIENCE, drag
from tests.test_page import PHONE, button, leaving, load, reload

BOTH = pytest.mark.parametrize("settings", [{"viewport": DESKTOP}, PHONE], ids=["desktop", "phone"])
ASKING = [name for name in SCENES if name != "rounds"]


@pytest.fixture
def open_learn(open_page):
    """Opens the page's third tab, on one of its scenes."""

    def open_one(scene: str = "", **settings):
        page = open_page(**settings)
        page.set_default_timeout(3 * PATIENCE)
        page.get_by_role("tab").nth(3).click()
        for name in ("scenes", "pad_strokes", "pad_boxes", "pad_streets", *ASKING):
            loaded(page, name)
        return show(page, scene) if scene else page

    return open_one


def loaded(page, part: str) -> None:
    page.wait_for_selector(f"#{part} [data-ready]", state="attached")


def show(page, scene: str):
    page.locator(f"#scenes [data-scene={scene}]").last.click()
    expect(page.locator(f"#scene-{scene}")).to_be_visible()
    if scene in ASKING:
        answered(page, scene)
    return page


def answered(page, scene: str) -> int:
    """Waits until the scene has asked and nothing is under way; how often it was answered."""
    page.wait_for_selector(f"#{scene} [data-answered]:not([data-busy])", state="attached")
    return int(data(page, scene)["answered"])


def data(page, part: str) -> dict:
    return page.evaluate("part => ({ ...document.querySelector(`#${part} [data-ready]`).dataset })", part)


def after(page, scene: str, work) -> dict:
    """Does something that the scene asks the server about; what it says of itself then."""
    before = answered(page, scene)
    work()
    page.wait_for_function(
        "([scene, before]) => { const node = document.querySelector(`#${scene} [data-ready]`); "
        "return node.dataset.answered > before && !('busy' in node.dataset); }",
        arg=[scene, before],
    )
    return data(page, scene)


def act(page, scene: str, name: str):
    return page.locator(f"#{scene} [data-act={name}]")


def sources(page, selector: str) -> list[str]:
    return page.evaluate("selector => [...document.querySelectorAll(selector)].map(image => image.src)", selector)


def narrow_enough(page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@BOTH
def test_the_game_is_played_step_by_step_and_by_itself(open_learn, settings):
    page = open_learn("game", **settings)
    assert data(page, "game")["step"] == "0"
    for name in ("discriminator", "generator"):
        assert after(page, "game", act(page, "game", name).click)["step"] == "0"
    act(page, "game", "play").click()
    page.wait_for_function("+document.querySelector('#game [data-ready]').dataset.step > 20")
    expect(act(page, "game", "play")).to_have_text("❚❚ Pause")
    act(page, "game", "play").click()
    answered(page, "game")
    step = int(data(page, "game")["step"])
    expect(page.locator("#game .step")).to_have_text(f"{step:,}")
    assert int(after(page, "game", act(page, "game", "discriminator").click)["step"]) == step
    narrow_enough(page)


def test_slow_is_one_round_at_a_time(open_learn):
    page = open_learn("game")
    act(page, "game", "slow").check()
    act(page, "game", "play").click()
    page.wait_for_function("+document.querySelector('#game [data-ready]').dataset.step >= 2")
    act(page, "game", "play").click()
    count = answered(page, "game")
    assert int(data(page, "game")["step"]) == count - 1  # the first answer was the start


def test_leaving_the_scene_stops_the_game(open_learn):
    page = open_learn("game")
    act(page, "game", "play").click()
    page.wait_for_selector("#game [data-playing]")
    show(page, "skips")
    page.wait_for_selector("#game :not([data-playing])[data-ready]", state="attached")


def test_modes_collapse_on_demand(open_learn):
    page = open_learn("game")
    act(page, "game", "play").click()
    page.wait_for_function("+document.querySelector('#game [data-ready]').dataset.covered > 0.5")
    act(page, "game", "play").click()
    answered(page, "game")
    before = float(data(page, "game")["covered"])
    assert float(after(page, "game", act(page, "game", "collapse").click)["covered"]) < before / 2


def test_a_loss_brings_its_equation_and_its_k(open_learn):
    page = open_learn("game")
    equation = page.locator("#scene-game .katex").locator("visible=true").first
    before = equation.text_content()
    after(page, "game", lambda: page.locator("#game select").select_option("wasserstein_gp"))
    after_it = page.locator("#scene-game .katex").locator("visible=true").first.text_content()
    assert after_it != before and "λ" in after_it
    expect(page.locator("#game [data-rule=d_steps]")).to_have_value("5")
    expect(page.locator("#scene-game")).to_contain_text("Gulrajani")
    assert after(page, "game", act(page, "game", "generator").click)["step"] == "0"


def test_a_distribution_is_drawn(open_learn):
    page = open_learn("game")
    after(page, "game", act(page, "game", "generator").click)
    page.get_by_role("button", name="Class 2").click()
    box = page.locator("#game .board").bounding_box()

    def draw():
        page.mouse.move(box["x"] + 100, box["y"] + 100)
        page.mouse.down()
        page.mouse.move(box["x"] + 300, box["y"] + 150, steps=8)
        page.mouse.up()

    assert after(page, "game", draw)["step"] == "0"
    points = page.evaluate("window.trazo.learn.linkable.game().points")
    assert len(points) >= 8 * 4 and {c for _, _, c in points} == {1}
    assert all(-1 <= x <= 1 and 0 < y <= 1 for x, y, _ in points)


@contextmanager
def held_up(page):
    """Questions wait on their way until the block is over, or the function that it is given is called."""
    held, holding = [], True
    page.route("**/queue/join*", lambda route: held.append(route) if holding else route.continue_())

    def release() -> None:
        nonlocal holding
        holding = False
        while held:
            held.pop(0).continue_()

    yield release
    release()


def test_a_late_answer_of_the_game_before_is_not_shown(open_learn):
    page = open_learn("game")
    box = page.locator("#game .board").bounding_box()
    page.evaluate("""() => {
        window.steps = [];
        const shown = document.querySelector('#game [data-ready]');
        new MutationObserver(() => window.steps.push(shown.dataset.step)).observe(shown, { attributeFilter: ['data-step'] });
    }""")
    with held_up(page):
        act(page, "game", "play").click()
        page.wait_for_selector("#game [data-busy]")
        page.mouse.move(box["x"] + 100, box["y"] + 100)
        page.mouse.down()
        page.mouse.move(box["x"] + 200, box["y"] + 150, steps=4)
        drawn = page.evaluate("window.trazo.learn.linkable.game().points.length")
    answered(page, "game")
    page.mouse.move(box["x"] + 300, box["y"] + 150, steps=4)
    page.mouse.up()
    page.mouse.down()
    page.mouse.up()
    answered(page, "game")
    assert page.evaluate("window.trazo.learn.linkable.game().points.length") > drawn > 0  # the second stroke joined the first
    page.wait_for_function("window.steps.length")
    assert page.evaluate("window.steps") == ["0"]


def test_an_empty_board_is_not_played(open_learn):
    page = open_learn("game")
    act(page, "game", "clear").click()
    count = answered(page, "game")
    for name in ("play", "generator", "collapse"):
        act(page, "game", name).click()
    page.wait_for_timeout(300)
    assert answered(page, "game") == count
    expect(act(page, "game", "play")).to_have_text("▶ Play")
    button(page, "Moons").click()
    page.wait_for_function("count => +document.querySelector('#game [data-ready]').dataset.answered > count", arg=count)
    act(page, "game", "play").click()
    page.wait_for_function("+document.querySelector('#game [data-ready]').dataset.step > 2")


def test_an_answer_that_takes_longer_than_the_patience_is_shown(open_learn):
    page = open_learn("skips", viewport=DESKTOP)
    page.clock.install()
    whole = sources(page, "#skips img")
    with held_up(page) as release:
        button(page, "All 0: no skips").click()
        page.wait_for_selector("#skips [data-busy]")
        page.clock.fast_forward(31000)
        page.wait_for_selector("#skips :not([data-busy])[data-ready]", state="attached")
        release()
        page.wait_for_selector("#skips [data-gains='0,0,0,0,0,0']", state="attached")
    assert sources(page, "#skips img") != whole


def test_what_was_asked_for_another_drawing_is_no_frame_of_this_one(open_learn):
    page = open_learn("replay")

    def first_stroke() -> list[str]:
        page.locator("#replay [type=range]").press("Home")
        page.wait_for_selector("#replay [data-count='1']:not([data-busy])")
        return sources(page, "#replay figure img")

    before = first_stroke()
    act(page, "pad_strokes", "undo").click()
    page.wait_for_selector("#replay [data-count='6']:not([data-busy])")
    box = page.locator("#pad_strokes canvas").bounding_box()
    with held_up(page):
        page.locator("#replay [type=range]").press("Home")
        page.wait_for_selector("#replay [data-busy]")
        act(page, "pad_strokes", "clear").click()
        for share in (0.25, 0.5):
            page.mouse.click(box["x"] + share * box["width"], box["y"] + share * box["height"])
    page.wait_for_selector("#replay [data-count='2']:not([data-busy])")
    assert not set(before) & set(first_stroke())


def test_undo_brings_back_what_was_replaced(open_learn):
    page = open_learn("skips")
    whole = sources(page, "#skips img")
    after(page, "skips", lambda: act(page, "pad_strokes", "clear").click())
    assert data(page, "pad_strokes")["count"] == "0"
    after(page, "skips", lambda: act(page, "pad_strokes", "undo").click())
    assert data(page, "pad_strokes")["count"] == "7" and sources(page, "#skips img") == whole
    after(page, "skips", lambda: act(page, "pad_strokes", "undo").click())
    assert data(page, "pad_strokes")["count"] == "6"  # from before this visit, stroke by stroke
    show(page, "eye")
    count = data(page, "pad_boxes")["count"]
    after(page, "eye", page.locator("#pad_boxes .thumb").first.click)
    assert data(page, "pad_boxes")["count"] == "0"
    view = page.locator("#pad_boxes canvas")
    view.click(position={"x": 20, "y": 20})  # a click alone is no box, and nothing to undo
    after(page, "eye", lambda: act(page, "pad_boxes", "undo").click())
    assert data(page, "pad_boxes")["count"] == count


@BOTH
def test_a_cell_lights_up_its_window(open_learn, settings):
    page = open_learn("eye", **settings)
    expect(page.locator("#eye [data-kind=real]")).to_be_hidden()
    after(page, "eye", page.locator("#pad_boxes .thumb").first.click)
    expect(page.locator("#eye figure").locator("visible=true")).to_have_count(2)
    assert data(page, "eye")["cells"] == "30×30"
    view = page.locator("#eye [data-kind=painted] canvas")
    box = view.bounding_box()
    view.click(position={"x": 10.5 / 30 * box["width"], "y": 20.5 / 30 * box["height"]})  # the tenth, the twentieth cell
    corners = "figure => figure.querySelector('i').dataset.box.split(',').map(Number)"
    x0, y0, x1, y1 = page.locator("#eye [data-kind=real]").evaluate(corners)
    assert (x1 - x0, y1 - y0) == (70, 70) and (x0, y0) == (10 * 8 - 23, 20 * 8 - 23)
    expect(page.locator("#eye .told")).to_contain_text("Cell (11, 21): looks at 70 × 70 pixels")
    view.press("ArrowLeft")
    assert page.locator("#eye [data-kind=painted]").evaluate(corners)[0] == x0 - 8
    for size, cells in ((1, "256×256"), (16, "126×126"), (286, "6×6")):
        assert after(page, "eye", page.get_by_role("button", name=f"{size} × {size}", exact=True).click)["cells"] == cells
    narrow_enough(page)


@BOTH
def test_ablations_side_by_side(open_learn, settings):
    page = open_learn("compare", **settings)
    expect(page.locator("#compare figure")).to_have_count(8)
    pictures = sources(page, "#compare figure img")
    assert len(set(pictures)) == 8
    expect(page.locator("#compare th[scope=col]")).to_have_count(8)
    expect(page.locator("#compare table")).to_contain_text("50 (48.5 … 51.5)")
    box = page.locator("#pad_boxes canvas").bounding_box()

    def draw():
        page.mouse.move(box["x"] + 20, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + 120, box["y"] + 160, steps=3)
        page.mouse.up()

    after(page, "compare", draw)
    assert not set(pictures) & set(sources(page, "#compare figure img"))
    narrow_enough(page)


@BOTH
def test_training_as_a_film(open_learn, settings):
    page = open_learn("film", **settings)
    assert data(page, "film")["step"] == "2000"
    last = sources(page, "#film img")
    page.locator("#film [type=range]").press("Home")
    page.wait_for_selector("#film [data-step='100']")
    assert sources(page, "#film img") != last
    act(page, "film", "play").click()
    page.wait_for_selector("#film [data-step='2000']:not([data-playing])")
    assert sources(page, "#film img") == last
    expect(page.locator("#film .losses")).to_be_visible()
    narrow_enough(page)


def test_what_is_not_installed_is_said(open_learn, weights_folder):
    folders = [weights_folder / name for name in ("ablations", "ablations_hd")]
    for folder in folders:
        folder.rename(folder.with_suffix(".away"))
    try:
        page = open_learn()
        for scene, name in (("eye", "ablations"), ("compare", "ablations"), ("street", "ablations_hd")):
            show(page, scene)
            expect(page.locator(f"#{scene} .problem")).to_have_text(re.compile(rf"not installed: the folder weights/{name} "))
        show(page, "film")
        expect(page.locator("#film .problem")).to_contain_text("There are no snapshots")
    finally:
        for folder in folders:
            folder.with_suffix(".away").rename(folder)


@BOTH
def test_the_skips_under_the_hand(open_learn, settings):
    page = open_learn("skips", **settings)
    whole = sources(page, "#skips img")
    assert after(page, "skips", button(page, "All 0: no skips").click)["gains"] == "0,0,0,0,0,0"
    assert sources(page, "#skips img") != whole
    after(page, "skips", lambda: page.get_by_label("Skip at 128 × 128").press("End"))
    assert data(page, "skips")["gains"] == "1,0,0,0,0,0"
    after(page, "skips", button(page, "All 1: U-Net").click)
    assert sources(page, "#skips img") == whole
    narrow_enough(page)


@BOTH
def test_noise_is_dropout(open_learn, settings):
    page = open_learn("noise", **settings)
    assert float(data(page, "noise")["deviation"]) > 0
    assert len(set(sources(page, "#noise .dice-pictures img"))) == 4
    silent = after(page, "noise", page.get_by_label("Dropout on").uncheck)
    assert float(silent["deviation"]) < 0.01 and len(set(sources(page, "#noise .dice-pictures img"))) == 1
    own = sources(page, "#noise .mean")
    after(page, "noise", button(page, "running").click)
    assert sources(page, "#noise .mean") != own
    after(page, "noise", button(page, "N = 9").click)
    expect(page.locator("#noise .dice-pictures img")).to_have_count(9)
    narrow_enough(page)


@BOTH
def test_a_drawing_is_replayed_stroke_by_stroke(open_learn, settings):
    page = open_learn("replay", **settings)
    assert data(page, "replay")["count"] == "7"
    expect(page.locator("#replay figure")).to_have_count(2)
    whole = sources(page, "#replay figure img")
    page.locator("#replay [type=range]").press("Home")
    page.wait_for_selector("#replay [data-count='1']:not([data-busy])")
    assert not set(whole) & set(sources(page, "#replay figure img"))
    act(page, "replay", "play").click()
    page.wait_for_selector("#replay [data-count='7']:not([data-playing])")
    assert sources(page, "#replay figure img") == whole
    narrow_enough(page)


def test_a_drawing_goes_into_a_file_and_comes_back(open_learn, tmp_path):
    page = open_learn("replay")
    with page.expect_download() as saved:
        act(page, "pad_strokes", "save").click()
    path = tmp_path / saved.value.suggested_filename
    saved.value.save_as(path)
    drawing = json.loads(path.read_text())
    assert drawing["name"] == "trazo-strokes" and len(drawing["strokes"]) == 7
    whole = sources(page, "#replay figure img")
    act(page, "pad_strokes", "clear").click()
    expect(page.locator("#replay .problem")).to_have_text("Draw something first.")
    page.locator("#pad_strokes [type=file]").set_input_files(path)
    page.wait_for_selector("#replay [data-count='7']:not([data-busy])")
    expect(page.locator("#replay figure")).to_have_count(2)
    assert sources(page, "#replay figure img") == whole
    (tmp_path / "no.json").write_text('{"strokes": "none"}')
    page.locator("#pad_strokes [type=file]").set_input_files(tmp_path / "no.json")
    expect(page.locator("#pad_strokes .problem")).to_have_text("no.json is no drawing: expected JSON with the list “strokes”.")
    assert data(page, "pad_strokes")["count"] == "7"


@BOTH
def test_the_parts_of_pix2pixhd(open_learn, settings):
    page = open_learn("street", **settings)
    pictures = {"full": sources(page, "#street [data-kind=painted] img:first-child")[0]}
    for run, name in (("global", "global alone"), ("no_boundary", "no boundary map"), ("no_perceptual", "no perceptual loss")):
        assert after(page, "street", button(page, name).click)["run"] == run
        pictures[run] = sources(page, "#street [data-kind=painted] img:first-child")[0]
    assert len(set(pictures.values())) == 4
    expect(page.locator("#street th[scope=col]")).to_have_count(4)
    expect(page.locator("#street [data-kind=photo]")).to_be_hidden()
    maps = sources(page, "#street .scales img")
    after(page, "street", page.locator("#pad_streets .thumb").first.click)
    expect(page.locator("#street [data-kind=photo]")).to_be_visible()
    assert after(page, "street", button(page, "the real photo").click)["judged"] == "photo"
    assert not set(maps) & set(sources(page, "#street .scales img"))
    narrow_enough(page)


@BOTH
def test_an_object_of_the_street_and_its_styles(open_learn, settings):
    page = open_learn("street", **settings)
    view = page.locator("#street [data-kind=painted] canvas")
    box = view.bounding_box()
    car = {"x": 100.5 / 256 * box["width"], "y": 128.5 / 192 * box["height"]}
    assert after(page, "street", lambda: view.click(position=car))["styles"] == "3"
    expect(page.locator("#street .object")).to_contain_text("“car”: style")
    pictures = set()
    for k in range(3):
        assert after(page, "street", page.locator("#street .styles-strip .thumb").nth(k).click)["style"] == str(k)
        pictures.update(sources(page, "#street [data-kind=painted] img:first-child"))
    assert len(pictures) == 3
    after(page, "street", lambda: view.press("ArrowUp"))
    for _ in range(6):
        after(page, "street", lambda: view.press("ArrowUp"))
    expect(page.locator("#street .object")).to_contain_text("“sky”: style")
    narrow_enough(page)


@BOTH
def test_the_windows_of_three_discriminators(open_learn, settings):
    page = open_learn("street", **settings)
    for scale, cells, start, size in ((1, (30, 22), -23, 70), (2, (14, 10), -47, 141), (3, (6, 4), -95, 283)):
        figure = page.locator(f"#street [data-scale='{scale}']")
        view = figure.locator("canvas")
        assert view.evaluate("view => [view.width, view.height]") == list(cells)
        box, cell = view.bounding_box(), [count // 2 for count in cells]
        view.click(position={"x": (cell[0] + 0.5) / cells[0] * box["width"], "y": (cell[1] + 0.5) / cells[1] * box["height"]})
        low = [start + i * 8 * 2 ** (scale - 1) for i in cell]
        inside = [max(0, value) for value in low] + [min(side, value + size) for side, value in zip((256, 192), low, strict=True)]
        assert figure.evaluate("figure => figure.querySelector('i').dataset.box.split(',').map(Number)") == inside
        expect(page.locator("#street .cell")).to_contain_text(f"looks at {size} × {size} pixels")
        expect(page.locator("#street .scales i").locator("visible=true")).to_have_count(1)


def test_keys_draw_on_the_board(open_learn):
    page = open_learn("game")

    def draw():
        page.locator("#game .board canvas").focus()
        page.keyboard.press("Space")
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Space")

    assert after(page, "game", draw)["step"] == "0"
    points = page.evaluate("window.trazo.learn.linkable.game().points")
    assert len(points) == 24
    assert max(abs(y) for _, y, _ in points) < 0.1 < 0.25 < max(x for x, _, _ in points) - min(x for x, _, _ in points) < 0.7


def keys(page, *names: str) -> None:
    for name in names:
        page.keyboard.press(name)


def test_keys_draw_strokes_and_boxes(open_learn):
    page = open_learn("skips")
    drawn = (
        "kind => { const { strokes, boxes } = JSON.parse(localStorage.getItem(`trazo-pad-${kind}`)); return (strokes ?? boxes).at(-1); }"
    )
    page.locator("#pad_strokes canvas").focus()
    after(page, "skips", lambda: keys(page, "Space", "ArrowRight", "ArrowRight", "Shift+ArrowDown", "Space"))
    assert page.evaluate(drawn, "strokes") == [[256, 256], [264, 256], [272, 256], [272, 257]]
    keys(page, "Space", "ArrowLeft", "Escape")
    assert data(page, "pad_strokes")["count"] == "8"
    after(page, "skips", lambda: act(page, "pad_strokes", "undo").click())
    assert data(page, "pad_strokes")["count"] == "7"

    show(page, "eye")
    count = int(data(page, "pad_boxes")["count"])
    page.locator("#pad_boxes canvas").focus()
    after(page, "eye", lambda: keys(page, "Space", "ArrowRight", "ArrowDown", "ArrowDown", "Space"))
    assert page.evaluate(drawn, "boxes")[1:] == [128, 128, 136, 144]
    keys(page, "Space", "ArrowRight", "Space")  # a line, no box
    assert int(data(page, "pad_boxes")["count"]) == count + 1


@BOTH
def test_there_and_back_with_the_cycle_loss(open_learn, settings):
    page = open_learn("rounds", **settings)
    page.locator("#rounds-samples .thumb").first.click()
    page.locator("#rounds-cycle [data-ask=round]:not(:disabled)").click()
    expect(page.locator("#rounds-cycle .term")).to_have_text(re.compile(r"= 10 × \d\.\d{3} = \d+\.\d\d, on \[−1, 1\]"))
    narrow_enough(page)


def test_a_presenter_needs_the_keys_alone(open_learn):
    page, last = open_learn("game"), list(SCENES)[-1]
    page.locator("#scenes [data-act=lecture]").click()
    for scene in [*list(SCENES)[1:], "game"]:
        page.keyboard.press("ArrowRight")
        expect(page.locator(f"#scene-{scene}")).to_be_visible()
        if scene in ASKING:
            answered(page, scene)
        room = "[document.documentElement.scrollHeight - innerHeight, document.documentElement.scrollWidth - innerWidth]"
        assert max(page.evaluate(room)) <= 0, scene
    show(page, "rounds")
    page.locator("#rounds-samples .thumb").first.click()
    page.locator("#rounds-cycle [data-ask=round]:not(:disabled)").click()
    expect(page.locator("#rounds-cycle .term")).to_be_visible()
    assert max(page.evaluate(room)) <= 0
    show(page, last)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#scene-game")).to_be_visible()
    page.keyboard.press(" ")
    page.wait_for_selector("#game [data-playing]")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(f"#scene-{last}")).to_be_visible()
    page.wait_for_selector("#game :not([data-playing])[data-ready]", state="attached")
    page.keyboard.press("Escape")
    expect(page.get_by_role("tab").first).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"#scene-{last}")).to_be_visible()


def test_a_presenters_keys_work_wherever_the_hand_was(open_learn):
    page = open_learn("eye")
    page.locator("#scenes [data-act=lecture]").click()
    page.locator("#eye [data-kind=painted] canvas").click()
    page.keyboard.press("PageDown")
    expect(page.locator("#scene-compare")).to_be_visible()
    show(page, "noise")
    page.get_by_label("Dropout on").click()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#scene-replay")).to_be_visible()
    answered(page, "replay")
    page.locator("#replay [type=range]").focus()
    page.keyboard.press("PageUp")
    expect(page.locator("#scene-replay")).to_be_visible()  # the range's own key
    page.keyboard.press("Escape")
    expect(page.get_by_role("tab").first).to_be_visible()


def test_a_presenter_who_drew_with_the_mouse_still_has_the_keys(open_learn):
    page = open_learn("game")
    page.locator("#scenes [data-act=lecture]").click()
    after(page, "game", page.locator("#game .board canvas").click)
    page.keyboard.press("Space")
    page.wait_for_selector("#game [data-playing]")
    show(page, "skips")
    page.locator("#pad_strokes canvas").click()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#scene-noise")).to_be_visible()


MAIN = {
    "game": ".board",
    "eye": "#eye [data-kind=painted] .eye-picture",
    "compare": "#pad_boxes canvas",
    "film": "#film .reel img",
    "skips": "#skips .inside img",
    "noise": "#noise .dice-pictures",
    "replay": "#replay .runs img",
    "rounds": "#rounds-source .sheet",
    "street": "#street [data-kind=painted] .eye-picture",
}


@pytest.mark.parametrize(("width", "height"), [(915, 412), (960, 470), (640, 400)])
def test_pictures_keep_their_size_in_low_windows(open_learn, width, height):
    page = open_learn(viewport={"width": width, "height": height})
    for lecture in (False, True):
        for scene, selector in MAIN.items():
            show(page, scene)
            size = page.locator(selector).first.bounding_box()
            assert size["width"] >= 200 and size["height"] >= 150, (scene, lecture, size)
        page.locator("#scenes [data-act=lecture]").click()


def test_a_stroke_may_leave_the_paper_and_comes_back_elsewhere(open_learn):
    page = open_learn("skips")
    act(page, "pad_strokes", "clear").click()
    box = page.locator("#pad_strokes canvas").bounding_box()
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in ((0.5, 0.8), (1.1, 0.6), (1.1, 0.2), (0.5, 0.1))]
    after(page, "skips", lambda: drag(page, at))
    (stroke,) = json.loads(page.evaluate("localStorage.getItem('trazo-pad-strokes')"))["strokes"]
    assert max(x for x, _ in stroke) > 540 and not [x for x, _ in stroke if x == 512]
    expect(page.locator("#skips .problem")).to_be_empty()


def test_the_brush_never_runs_dry(open_learn):
    page = open_learn("game")
    box = page.locator("#game .board").bounding_box()
    middle = box["y"] + box["height"] / 2
    drag(page, [(box["x"] + 20, middle), (box["x"] + 22, middle)], lift=False)
    page.evaluate(
        """([x, y]) => {
            const board = document.querySelector('#game .board canvas');
            for (let i = 0; i < 400; i++) board.dispatchEvent(new PointerEvent('pointermove', { pointerId: 1, clientX: x, clientY: y }));
        }""",
        [box["x"] + box["width"] - 20, middle],
    )
    points = page.evaluate("window.trazo.learn.linkable.game().points")
    page.mouse.up()
    assert len(points) == 1500 and min(x for x, *_ in points) > 0.5


STRANGE = {
    "street": [{"run": "bags", "place": 5, "style": None}],
    "skips": [{"translator": "bags", "gains": None}, {"translator": "shoes", "gains": 7}],
    "noise": [{"translator": "bags", "noise": 3, "statistics": "none", "count": 1000}],
    "eye": [{"patch": 71, "cell": [999, 999]}],
    "replay": [{"translators": 5}],
    "game": [{"points": 5, "seed": "x", "rules": 5}, {"points": [[0, 0]], "rules": {"loss": "none"}}],
}


@pytest.mark.parametrize(("scene", "state"), [(scene, state) for scene, states in STRANGE.items() for state in states])
def test_a_link_with_values_that_nobody_knows_shows_its_scene(open_page, scene, state):
    page = open_page(viewport=DESKTOP)
    code = base64.urlsafe_b64encode(json.dumps({scene: state}).encode()).decode().rstrip("=")
    address = page.url
    load(page, f"{address}#scene={scene}&with={code}")
    answered(page, scene)
    expect(page.locator(f"#{scene} .problem")).to_be_empty()
    assert data(page, scene).keys() & {"run", "gains", "deviation", "cells", "count", "step"}


def make_link(page, scene: str) -> None:
    act(page, "scenes", "link").click()
    page.wait_for_function("scene => location.hash.startsWith(`#scene=${scene}&with=`)", arg=scene)


def test_a_link_brings_scene_drawing_and_settings(open_learn, open_page):
    page = open_learn("skips")
    after(page, "skips", lambda: act(page, "pad_strokes", "undo").click())
    after(page, "skips", button(page, "All 0: no skips").click)
    picture = sources(page, "#skips img")
    make_link(page, "skips")
    code = page.evaluate("location.hash")

    other = open_page(viewport=DESKTOP)
    load(other, page.url.split("#")[0] + code)
    other.wait_for_selector("#skips [data-answered]:not([data-busy])")
    assert data(other, "pad_strokes")["count"] == "6" and data(other, "skips")["gains"] == "0,0,0,0,0,0"
    assert sources(other, "#skips img") == picture


def test_a_link_in_the_same_tab_opens_learn_from_wherever_one_is(page):
    page.set_default_timeout(3 * PATIENCE)
    tabs, address = page.get_by_role("tab"), page.url
    tabs.nth(2).click()
    with leaving(page):
        page.goto(f"{address}#scene=eye")  # a new hash alone: the page loads itself anew
        page.wait_for_selector("#scene-eye", state="visible")
    tabs.nth(1).click()
    reload(page)
    expect(tabs.nth(1)).to_have_attribute("aria-selected", "true")
    load(page, f"{address}#scene=eye")
    page.wait_for_selector("#scene-eye", state="visible")


def test_the_newest_drawing_outlives_the_link_that_was_made_of_an_older_one(open_learn):
    page = open_learn("skips")
    make_link(page, "skips")
    act(page, "pad_strokes", "undo").click()
    show(page, "noise")
    reload(page)
    page.wait_for_selector("#scene-noise", state="visible")
    loaded(page, "pad_strokes")
    assert data(page, "pad_strokes")["count"] == "6"


def test_a_link_leaves_ones_own_drawing_alone(open_learn, open_page):
    page = open_learn("skips")
    make_link(page, "skips")
    code, plain = page.evaluate("location.hash"), page.url.split("#")[0]

    other = open_page(viewport=DESKTOP)
    other.get_by_role("tab").nth(3).click()
    show(other, "skips")
    for _ in range(3):
        act(other, "pad_strokes", "undo").click()
    assert data(other, "pad_strokes")["count"] == "4"
    answered(other, "skips")
    with leaving(other):
        other.evaluate("code => { location.hash = code; }", code)  # pasted into the address bar of the open page
        other.wait_for_function("document.querySelector('#pad_strokes [data-ready]')?.dataset.count === '7'")
    answered(other, "skips")
    after(other, "skips", act(other, "pad_strokes", "undo").click)
    reload(other)
    loaded(other, "pad_strokes")
    answered(other, "skips")
    assert data(other, "pad_strokes")["count"] == "6"
    load(other, plain)
    other.get_by_role("tab").nth(3).click()
    loaded(other, "pad_strokes")
    assert data(other, "pad_strokes")["count"] == "4"


def test_a_link_brings_the_style_of_a_streets_object(open_learn, open_page):
    page = open_learn("street")
    view = page.locator("#street [data-kind=painted] canvas")
    box = view.bounding_box()
    car = {"x": 100.5 / 256 * box["width"], "y": 128.5 / 192 * box["height"]}
    own = after(page, "street", lambda: view.click(position=car))["style"]
    style = str((int(own) + 1) % 3)
    assert after(page, "street", page.locator("#street .styles-strip .thumb").nth(int(style)).click)["style"] == style
    picture = sources(page, "#street [data-kind=painted] img:first-child")
    make_link(page, "street")

    other = open_page(viewport=DESKTOP)
    load(other, page.url)
    answered(other, "street")
    assert data(other, "street")["style"] == style
    assert sources(other, "#street [data-kind=painted] img:first-child") == picture


def test_the_page_speaks_another_language(open_learn):
    page = open_learn("game", locale="ru-RU")
    expect(page.get_by_role("tab").nth(3)).to_have_text("Понять")
    with leaving(page):
        button(page, "ES").click()
        expect(page.get_by_role("tab").nth(3)).to_have_text("Aprender")
    expect(page.locator("#scenes [data-scene=game]").last).to_contain_text("El juego")
    expect(page.locator("#scene-game")).to_be_visible()


@BOTH
def test_every_equation_is_set_without_a_network(open_learn, settings):
    """The page's own rule: any request outside this machine fails the test."""
    page = open_learn(**settings)
    for scene in SCENES:
        show(page, scene)
        expect(page.locator(f"#scene-{scene} .equation .katex").locator("visible=true").first).to_be_visible()
        narrow_enough(page)
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('16px KaTeX_Main'))")
