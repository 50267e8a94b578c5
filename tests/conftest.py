"""A server with weights, and a browser that accepts no console error and no request outside this machine."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.small_weights import edit_config, write_ablations, write_photo_weights, write_weights
from translators import CARDS

ROOT = Path(__file__).parent.parent
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
]
PATIENCE = 30000  # milliseconds, on a machine that does something else too
DESKTOP = {"width": 1280, "height": 800}
SLOW = "monet2photo"  # wide enough that a large photo takes seconds on a fast machine too
COLOURS = [[200, 30, 30], [30, 30, 200], [240, 200, 40]]


def outline(shift: int = 0) -> Image.Image:
    """A closed drawing, 512 x 512, 1-bit."""
    picture = Image.new("1", (512, 512), 1)
    points = [(60, 360), (60, 330), (80, 230), (180, 180), (240 + shift, 250), (420, 280), (460, 330), (455, 360), (60, 360)]
    ImageDraw.Draw(picture).line(points, fill=0, width=5, joint="curve")
    return picture


def write_stand_in(folder: Path, seed: int) -> None:
    """A random network of the shipped shape, 8 wide, with all that the page reads from a folder of `weights/`."""
    write_weights(folder, seed=seed, base_channels=8, downs=8)
    lines = {"width": [1.2, 4.0], "ink": [0.005, 0.2], "enclosed": [0.1, 0.9]}
    edit_config(folder, translator={"colours": COLOURS, "lines": lines})
    (folder / "figures.json").write_text(json.dumps({"KID x 1000": {"painted": [12.3, 0.4]}, "features": "stand-in"}))
    (folder / "samples").mkdir()
    for number in range(3):
        outline(shift=10 * number).save(folder / "samples" / f"{number:02d}.png")
    Image.new("RGB", (160, 160), "white").save(folder / "thumbnail.jpg")


def gradient(width: int, height: int) -> Image.Image:
    """A photo: darker to the left, greener below, with a bright sun top left and a dark block bottom right."""
    red, green = Image.linear_gradient("L").rotate(90).resize((width, height)), Image.linear_gradient("L").resize((width, height))
    photo = Image.merge("RGB", (red, green, Image.new("L", (width, height), 90)))
    pen = ImageDraw.Draw(photo)
    pen.ellipse((width // 10, height // 10, width // 10 + width // 5, height // 10 + width // 5), fill=(250, 230, 120))
    pen.rectangle((width * 3 // 4, height * 3 // 4, width - 1, height - 1), fill=(20, 30, 60))
    return photo


def write_photo_stand_in(folder: Path, seed: int, **arguments) -> None:
    """A small random CycleGAN network, with all that the page reads from a folder of `weights/`."""
    write_photo_weights(folder, seed=seed, **arguments)
    (folder / "figures.json").write_text(json.dumps({"KID x 1000": {"translated": [45.6, 0.7]}, "features": "stand-in"}))
    (folder / "samples").mkdir()
    for number in range(3):
        gradient(320, 240 + 40 * number).save(folder / "samples" / f"{number:02d}.jpg")
    (folder / "card").mkdir()
    gradient(300, 100).save(folder / "card" / "test.jpg")
    gradient(160, 160).save(folder / "thumbnail.jpg")


@pytest.fixture(scope="session")
def weights_folder(tmp_path_factory) -> Path:
    """The shipped weights, by links that a test may move away; small random ones for photos, and for translators that have none yet."""
    folder = tmp_path_factory.mktemp("weights")
    for seed, (name, card) in enumerate(CARDS.items()):
        shipped = ROOT / "weights" / name
        if card.takes == "photo":
            write_photo_stand_in(folder / name, seed, base_channels=48 if name == SLOW else 4)
        elif (shipped / "model.safetensors").is_file():
            (folder / name).symlink_to(shipped)
        else:
            write_stand_in(folder / name, seed)
    write_ablations(folder / "ablations")
    return folder


@pytest.fixture(scope="session")
def url(server) -> str:
    """The address of a fresh `python app.py`."""
    return server[0]


@pytest.fixture(scope="session")
def server(weights_folder, tmp_path_factory):
    """That address, and the process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("server")
    places = {"GRADIO_SERVER_PORT": str(port), "GRADIO_TEMP_DIR": str(folder / "files"), "TRAZO_WEIGHTS": str(weights_folder)}
    environment = {**os.environ, **places, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            address, end = f"http://127.0.0.1:{port}/", time.time() + 120
            while True:
                try:
                    urllib.request.urlopen(address, timeout=5).close()
                    break
                except OSError:
                    assert process.poll() is None and time.time() < end, (folder / "log").read_text()
                    time.sleep(0.2)
            yield address, process
            assert "Traceback" not in (folder / "log").read_text(), (folder / "log").read_text()
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture(scope="session")
def chromium():
    if not (shutil.which("chromium") or Path(CHROMIUM).exists()):
        pytest.skip("the browser tests need /usr/bin/chromium (apt-get install chromium)")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def desktop(chromium):
    """One profile for all pages of the usual size, so that they share the browser's cache; each test starts with an empty storage."""
    context = chromium.new_context(viewport=DESKTOP, locale="en-GB")
    yield context
    context.close()


@pytest.fixture
def open_page(chromium, desktop, url):
    """Opens the page, in a profile of its own where settings are given; at the end nothing may have gone wrong in any of them."""
    contexts, pages = [], []

    def open_one(**settings):
        if settings:
            contexts.append(chromium.new_context(**{"viewport": DESKTOP, "locale": "en-GB", **settings}))
        page = (contexts[-1] if settings else desktop).new_page()
        pages.append(page)
        page.wrong = []
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.on("console", lambda message: message.type == "error" and page.wrong.append(message.text))
        page.on("request", lambda request: request.url.startswith((url, "data:", "blob:")) or page.wrong.append("outside: " + request.url))
        page.set_default_timeout(PATIENCE)
        page.goto(url)
        page.wait_for_selector("#picker [data-ready]")
        page.wait_for_selector("#canvas [data-ready]")
        return page

    yield open_one
    for page in pages:
        page.evaluate("localStorage.clear()")
        page.close()
    for context in contexts:
        context.close()
    assert not [wrong for page in pages for wrong in page.wrong]


@pytest.fixture
def page(open_page):
    return open_page()
