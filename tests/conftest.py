"""A server with weights, and a browser that accepts no console error and no request outside this machine."""

import json
import re
import shutil
from collections.abc import Iterable
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from benchmarks.page import CHROMIUM, DESKTOP, FLAGS, ROOT
from benchmarks.page import server as page_server
from tests.small_weights import edit_config, write_ablations, write_ablations_hd, write_photo_weights, write_street_weights, write_weights
from train import engine
from translators import CARDS, Card
from translators.labels import PALETTES
from translators.layouts import histogram

PATIENCE = 30000  # milliseconds, on a machine that does something else too
SLOW = "monet2photo"  # wide enough that a large photo takes seconds on a fast machine too
COLOURS = [[200, 30, 30], [30, 30, 200], [240, 200, 40]]


def outline(shift: int = 0) -> Image.Image:
    """A closed drawing, 512 x 512, 1-bit."""
    picture = Image.new("1", (512, 512), 1)
    points = [(60, 360), (60, 330), (80, 230), (180, 180), (240 + shift, 250), (420, 280), (460, 330), (455, 360), (60, 360)]
    ImageDraw.Draw(picture).line(points, fill=0, width=5, joint="curve")
    return picture


def write_stand_in(folder: Path, seed: int, hints: bool = False) -> None:
    """A random network of the shipped shape, 8 wide, with all that the page reads from a folder of `weights/`."""
    write_weights(folder, seed=seed, base_channels=8, downs=8, in_channels=7 if hints else 3)
    lines = {"width": [1.2, 4.0], "ink": [0.005, 0.2], "enclosed": [0.1, 0.9]}
    edit_config(folder, translator={"colours": COLOURS, "lines": lines, "hints": hints})
    (folder / "figures.json").write_text(json.dumps({"KID x 1000": {"translated": [12.3, 0.4]}, "features": "stand-in"}))
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


def write_photo_stand_in(folder: Path, seed: int, method: str = "CycleGAN", **arguments) -> None:
    """A small random network, with all that the page reads from a folder of `weights/`."""
    if method.startswith("pix2pix"):
        write_weights(folder, seed=seed, base_channels=4, downs=7, condition_size=0)
        edit_config(folder, translator={})
    else:
        write_photo_weights(folder, seed=seed, **arguments)
    (folder / "figures.json").write_text(json.dumps({"KID x 1000": {"translated": [45.6, 0.7]}, "features": "stand-in"}))
    (folder / "samples").mkdir()
    for number in range(3):
        gradient(320, 240 + 40 * number).save(folder / "samples" / f"{number:02d}.jpg")
    (folder / "card").mkdir()
    gradient(300, 100).save(folder / "card" / "test.jpg")
    gradient(160, 160).save(folder / "thumbnail.jpg")


def label_map(size: tuple[int, int], classes: int, shift: int = 0) -> Image.Image:
    """Ids, mode L: a field of class 0 over one of class 3, and a box of the last class but one on each side."""
    picture = Image.new("L", size, 0)
    pen, (width, height) = ImageDraw.Draw(picture), size
    pen.rectangle((0, height // 2, width, height), fill=3)
    for left in (width // 8 + shift, width * 5 // 8):
        pen.rectangle((left, height // 3, left + width // 4, height * 3 // 4), fill=classes - 2)
    return picture


def write_label_stand_in(folder: Path, seed: int, card: Card) -> None:
    """A small random network, pix2pixHD's with two styles for every class or pix2pix's, and all that the page reads besides."""
    classes = len(PALETTES[card.palette])
    size = [card.size, card.size * 3 // 4] if card.method.startswith("pix2pixHD") else card.size
    maps = [label_map((160, 120), classes, shift) for shift in range(12)]
    told = {"size": size, "histogram": histogram([np.array(picture) for picture in maps], classes)}
    if card.method.startswith("pix2pixHD"):
        told["clusters"] = {str(label): [[-1, -1, -1], [1, 1, 1]] for label in range(classes)}
        write_street_weights(folder, classes, seed)
    else:
        write_weights(folder, seed=seed, base_channels=4, downs=7, condition_size=0)
    edit_config(folder, translator=told)
    (folder / "samples").mkdir()
    for number in range(3):
        scene = label_map((480, 360) if isinstance(size, list) else (size, size), classes, 10 * number)
        scene.save(folder / "samples" / f"{number:02d}.png")
    gradient(160, 120).save(folder / "thumbnail.jpg")


@pytest.fixture(scope="session")
def weights_folder(tmp_path_factory) -> Path:
    """The shipped weights, by links that a test may move away; small random ones for photos, label maps and translators without any."""
    folder = tmp_path_factory.mktemp("weights")
    for seed, (name, card) in enumerate(CARDS.items()):
        shipped = ROOT / "weights" / name
        if card.takes == "photo":
            write_photo_stand_in(folder / name, seed, card.method, base_channels=48 if name == SLOW else 4)
        elif card.takes == "label map":
            write_label_stand_in(folder / name, seed, card)
        elif (shipped / "model.safetensors").is_file():
            (folder / name).symlink_to(shipped)
        else:
            write_stand_in(folder / name, seed)
    write_ablations(folder / "ablations")
    write_ablations_hd(folder / "ablations_hd")
    return folder


@pytest.fixture(scope="session")
def url(server) -> str:
    """The address of a fresh `python app.py`."""
    return server[0]


@contextmanager
def serving(folder: Path, *words: str, **places: str):
    """The address of a page that these words to Python open, once it answers, and the process; its files and its log lie in `folder`."""
    places = {"GRADIO_TEMP_DIR": str(folder / "files"), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"} | places
    with page_server(folder / "log", *words, **places) as running:
        yield running
        assert "Traceback" not in (folder / "log").read_text(), (folder / "log").read_text()


@pytest.fixture(scope="session")
def server(weights_folder, tmp_path_factory):
    """That address, and the process."""
    with serving(tmp_path_factory.mktemp("server"), "app.py", TRAZO_WEIGHTS=str(weights_folder)) as started:
        yield started


@pytest.fixture(scope="module")
def client(url, tmp_path_factory):
    """A stranger who calls the page's endpoints."""
    from gradio_client import Client

    return Client(url, verbose=False, download_files=tmp_path_factory.mktemp("answers"))


def refusal(client, endpoint: str, **sent) -> str:
    """The one sentence that an endpoint refuses with: no trace, no path of this machine."""
    with pytest.raises(Exception) as refused:  # gradio_client's AppError, whose class moved between versions
        client.predict(**sent, api_name=endpoint)
    sentence = str(refused.value)
    assert not [secret for secret in ("Traceback", "/home", "/tmp", "site-packages") if secret in sentence], sentence
    return sentence


@pytest.fixture(scope="session")
def squeezenet(tmp_path_factory) -> Path:
    """A file of random weights of SqueezeNet 1.1."""
    import torch
    from torchvision.models import squeezenet1_1

    path = tmp_path_factory.mktemp("features") / "squeezenet.pth"
    torch.manual_seed(0)
    torch.save(squeezenet1_1(weights=None).state_dict(), path)
    return path


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
    """Opens the page, in a profile of its own where settings are given; at the end nothing may have gone wrong in any of them.

    Who sets a page's clock needs a profile of its own: all later pages of that profile have that clock, and their timers hang on it.
    """
    contexts, pages = [], []

    def open_one(**settings):
        if settings:
            contexts.append(chromium.new_context(**{"viewport": DESKTOP, "locale": "en-GB", **settings}))
        page = (contexts[-1] if settings else desktop).new_page()
        pages.append(page)
        page.wrong, page.calls = [], set()
        page.on("request", lambda request: re.search("/gradio_api/(?!heartbeat)", request.url) and page.calls.add(request))
        page.on("requestfinished", lambda request: page.calls.discard(request))
        page.on("requestfailed", lambda request: page.calls.discard(request))
        page.on("domcontentloaded", lambda _: page.calls.clear())  # of the page before, nothing more is told
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
        if page.context is desktop and "[native code]" not in page.evaluate("String(setTimeout)"):
            page.wrong.append("the clock of all later tests was set")
        page.close()
    for context in contexts:
        context.close()
    assert not [wrong for page in pages for wrong in page.wrong]


@pytest.fixture
def page(open_page):
    return open_page()


def drag(page, places: Iterable[tuple[float, float]], lift: bool = True) -> None:
    """The mouse goes down at the first of these places in the window, on to the others, and up at the last."""
    places = iter(places)
    page.mouse.move(*next(places))
    page.mouse.down()
    for place in places:
        page.mouse.move(*place, steps=4)
    if lift:
        page.mouse.up()


@contextmanager
def unheard(page):
    """The server takes the page's questions and answers none."""
    page.route("**/queue/join*", lambda route: route.fulfill(json={"event_id": "an event that the server never heard of"}))
    yield
    page.unroute("**/queue/join*")


@pytest.fixture
def stopped_after(monkeypatch):
    """`with stopped_after(file):` plays Ctrl-C to every step of a training that finds this file."""

    @contextmanager
    def stopped(file: Path):
        @contextmanager
        def requests():
            yield file.exists

        with monkeypatch.context() as patch:
            patch.setattr(engine, "stop_requests", requests)
            yield

    return stopped


@pytest.fixture
def one_thread():
    """As in a process that is killed and counts with one: sums over several threads are other sums, on some CPUs from run to run."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
