"""Drawing with the browser's own mouse on the pad of the Learn tab, and the stroke file that the page saves of it."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from playwright.sync_api import Page

from benchmarks.hands.mouse import strokes
from benchmarks.hands.plans import CANVAS, NETWORK, Plan

SCENE = "skips"  # the least work for the server: it asks one network about the drawing


def open_pad(page: Page) -> None:
    """The Learn tab, on a scene with the pad that takes strokes."""
    page.get_by_role("tab").nth(3).click()
    for part in ("scenes", "pad_strokes"):
        page.wait_for_selector(f"#{part} [data-ready]", state="attached")
    page.locator(f"#scenes [data-scene={SCENE}]").last.click()
    page.locator("#pad_strokes canvas").scroll_into_view_if_needed()


def open_file(page: Page, drawing: dict) -> None:
    """The pad opens a stroke file."""
    content = {"name": "drawing.json", "mimeType": "application/json", "buffer": json.dumps(drawing).encode()}
    page.locator("#pad_strokes [type=file]").set_input_files(content)
    page.wait_for_selector(f"#pad_strokes [data-ready][data-count='{len(drawing['strokes'])}']")


def saved(page: Page) -> dict:
    """The stroke file that the pad saves."""
    with page.expect_download() as download, tempfile.TemporaryDirectory() as folder:
        page.locator("#pad_strokes [data-act=save]").click()
        path = Path(folder) / "drawing.json"
        download.value.save_as(path)
        return json.loads(path.read_text("utf-8"))


def planned(plan: Plan, seed: Sequence[int]) -> list[np.ndarray]:
    """Where the hand means to be, on the canvas: a list of strokes (M, 2); the same for the same seed."""
    return [np.clip(places, 1, CANVAS - 1) for places in strokes(plan.lines, plan.hand, np.random.default_rng(seed))]


def record(page: Page, plan: Plan, seed: Sequence[int]) -> dict:
    """The plan drawn on an empty pad with the mouse, as the page saved it: {"name", "kind", "width", "strokes"}, "picture" where one was
    traced.
    """
    open_file(page, {"width": plan.width * CANVAS // NETWORK, "strokes": []})
    box = page.locator("#pad_strokes canvas").bounding_box()
    assert box
    for places in planned(plan, seed):
        on_page = places * (box["width"] / CANVAS) + (box["x"], box["y"])
        page.mouse.move(*on_page[0])
        page.mouse.down()
        for place in on_page[1:]:
            page.mouse.move(*place)
        page.mouse.up()
    drawing = saved(page)
    told = {"name": plan.name, "kind": plan.kind} | ({"picture": plan.picture} if plan.picture else {})
    return told | {"width": drawing["width"], "strokes": drawing["strokes"]}
