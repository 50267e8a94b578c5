"""Groups of radios in a real browser: arrows lead from one to the next, round and round, and choose it."""

from playwright.sync_api import expect


def walk(page, group: str, ready: str = "[role=radio]") -> None:
    """From the chosen radio once around the group and back beyond it; each has the focus and is chosen when it is reached."""
    radios = page.locator(f"{group} {ready}")
    count, at = radios.count(), radios.evaluate_all("all => all.findIndex(radio => radio.getAttribute('aria-checked') === 'true')")
    assert count > 1
    radios.nth(at).focus()
    for key, turn in [("ArrowRight", 1)] * (count - 1) + [("ArrowDown", 1), ("ArrowLeft", -1), ("ArrowUp", -1)]:
        page.keyboard.press(key)
        at = (at + turn) % count
        expect(radios.nth(at)).to_be_focused()
        expect(radios.nth(at)).to_be_checked()
        expect(radios.nth(at)).to_have_attribute("tabindex", "0")


def test_on_the_draw_tab(page):
    walk(page, "#picker", "[role=radio]:not([aria-disabled])")
    page.locator("#picker [role=radio]").first.click()
    walk(page, "#colour")
    chosen = page.locator("#colour [aria-checked=true]").get_attribute("data-colour")
    page.locator("#colour [type=color]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#colour [type=color]")).to_be_focused()  # the field is no radio
    assert page.locator("#colour [aria-checked=true]").get_attribute("data-colour") == chosen


def test_in_the_panel_for_networks_of_ones_own(page):
    page.locator("#picker .plus").click()
    walk(page, "#opener .ask .choice")


def test_on_the_photos_tab(page):
    page.get_by_role("tab").nth(1).click()
    page.wait_for_selector("#restyled [data-ready]")
    walk(page, "#restyled .choice")


def test_on_the_labels_tab(page):
    page.get_by_role("tab").nth(2).click()
    page.wait_for_selector("#scene [data-loaded]")
    eraser = page.locator("#scene button[data-tool=eraser]")
    eraser.click()
    walk(page, "#scene .classes")
    expect(eraser).to_have_attribute("aria-pressed", "true")  # a class that is chosen by a key leaves the tool
    page.locator("#scene button[data-tool=object]").click()
    page.locator("#scene canvas").first.click(position={"x": 8, "y": 8})
    walk(page, "#objects .choices")
