"""The panel that opens one's own network, in a real browser: from a file and from the Hub, for this session and no other."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import torch
from gradio_client import Client, handle_file
from playwright.sync_api import expect

from tests import original_networks as original
from tests.conftest import DESKTOP, PATIENCE, ROOT, gradient, outline, serving, unheard
from tests.hub_server import HubServer
from tests.test_opener import Trap
from tests.test_page import PHONE, SHOE, picture, reload, settled, stroke
from tests.test_photos_page import AFTER, pixels
from tests.test_photos_page import send as send_photo
from tests.test_photos_page import settled as restyled
from tests.test_porting import checkpoint
from tests.test_upstream import REFERENCE, needs_reference

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def hub():
    with HubServer() as hub:
        hub.tokens["hf_owner"] = "someone"
        yield hub


@pytest.fixture(scope="module")
def server(weights_folder, tmp_path_factory, hub):
    """A page of its own, whose Hub is the local one."""
    folder = tmp_path_factory.mktemp("server")
    home = str(tmp_path_factory.mktemp("home"))
    with serving(
        folder, "app.py", TRAZO_WEIGHTS=str(weights_folder), HF_ENDPOINT=hub.url, HF_HOME=home, HF_HUB_OFFLINE="0", HF_HUB_DISABLE_XET="1"
    ) as (url, process):
        yield url, process, folder / "files"


@pytest.fixture(scope="module")
def url(server):
    return server[0]


@pytest.fixture
def open_page(open_page):
    """Also waits for the panel, and notes the session under which the page asks."""

    def open_one(**settings):
        page = open_page(**settings)
        page.wait_for_selector("#opener [data-ready]", state="attached")
        page.on(
            "request", lambda request: "/queue/join" in request.url and vars(page).update(session=request.post_data_json["session_hash"])
        )
        return page

    return open_one


@pytest.fixture
def page(open_page):
    return open_page()


PANEL, PROBLEM = "#opener [data-ready]", "#opener .problem"


def ask(page, path: Path, picker: str = "picker") -> None:
    """Opens the panel from that picker and sends a file."""
    if not page.locator("#opener dialog").is_visible():
        page.locator(f"#{picker} .plus").click()
    with page.expect_file_chooser() as chooser:
        page.locator("#opener [data-act=choose]").click()
    chooser.value.set_files(path)


def found(page) -> str:
    """Waits until the panel says what was found; the handle of the guest."""
    expect(page.locator("#opener .found")).to_be_visible()
    return page.locator(PANEL).get_attribute("data-handle")


def pieces(server) -> list[Path]:
    return list(server[2].rglob("*.piece"))


@needs_reference
@pytest.mark.parametrize("settings", [{}, PHONE], ids=["desktop", "phone"])
def test_a_u_net_of_the_original_draws(open_page, server, settings):
    page = open_page(**settings)
    ask(page, REFERENCE / "unet_256_eval.pth")
    found(page)
    expect(page.locator("#opener .method")).to_have_text("pix2pix U-Net of 8 halvings, 8 wide")
    expect(page.locator("#opener .assumed")).to_contain_text("Which way it translates")
    page.locator("#opener summary").click()
    expect(page.locator("#opener table")).to_contain_text("base_channels8")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert pieces(server) == []
    page.locator("#opener [data-act=use]").click()
    expect(page.locator("#opener dialog")).to_be_hidden()
    own = page.locator("#picker [role=radio]").first
    expect(own).to_be_checked()
    expect(own).to_have_text("unet_256_evalyours, on this page")
    stroke(page, SHOE)
    settled(page)
    assert page.locator("#picture [data-ready]").get_attribute("data-translator").startswith("own:drawing:")
    noisy = picture(page)

    page.locator("#picker .plus").click()  # what was found is still there
    page.get_by_role("radio", name="Off").click()
    expect(page.get_by_role("radio", name="Off")).to_be_checked()
    page.locator("#opener [data-act=use]").click()
    expect(page.get_by_role("switch", name="Noise")).not_to_be_checked()
    settled(page)
    quiet = picture(page)
    assert quiet != noisy
    page.locator("#picker .plus").click()
    page.get_by_role("radio", name="Of the picture").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Running")).to_be_checked()
    expect(page.get_by_role("radio", name="Running")).to_be_focused()
    page.locator("#opener [data-act=close]").click()
    settled(page)
    assert picture(page) not in (quiet, noisy)

    page.get_by_role("radio", name="Shoes").click()
    settled(page)
    expect(page.locator("#identity h2")).to_have_text("Shoes")
    reload(page)
    page.wait_for_selector("#picker [data-ready]")
    expect(page.locator("#picker [role=radio]")).to_have_count(2)  # it was for that session only


@needs_reference
@pytest.mark.parametrize("settings", [{}, PHONE], ids=["desktop", "phone"])
def test_a_resnet_of_the_original_restyles(open_page, tmp_path, settings):
    page = open_page(**settings)
    page.locator("#picker .plus").click()
    page.locator("#opener").get_by_role("radio", name="Photo").click()
    ask(page, REFERENCE / "resnet_9blocks.pth")
    found(page)
    expect(page.get_by_role("tab", name="Photos")).to_have_attribute("aria-selected", "true")  # where it can be used
    page.locator("#opener [data-act=use]").click()
    own = page.locator("#photos-picker [role=radio]").first
    expect(own).to_be_checked()
    expect(own).to_contain_text("resnet_9blocks")
    gradient(300, 200).save(tmp_path / "photo.png")
    send_photo(page, tmp_path / "photo.png")
    page.wait_for_selector("#restyled [data-shown]")
    assert restyled(page)["translator"].startswith("own:photo:")
    assert pixels(page, AFTER).size == (300, 200)
    with page.expect_download() as saved:
        page.locator("#restyled [data-save=picture]").click()
    assert saved.value.suggested_filename == "trazo-resnet-9blocks-quick.png"
    page.get_by_role("tab", name="Draw").click()
    expect(page.locator("#picker [role=radio]")).to_have_count(2)


def test_one_of_several_networks_is_chosen(page, server, tmp_path):
    state = torch.load(checkpoint(tmp_path / "net.pth", original.unet(3, 3, 4, 5, original.batch)), weights_only=True)
    torch.save({"netG_A": state, "netG_B": state}, tmp_path / "both.pth")
    ask(page, tmp_path / "both.pth")
    expect(page.locator(PROBLEM)).to_contain_text("name one of them")
    page.locator("#opener .ask").get_by_role("radio", name="netG_B").click()
    first = found(page)
    expect(page.locator("#opener h3")).to_have_text("both netG_B")
    expect(page.locator("#opener .found").get_by_role("radio", name="netG_B")).to_be_checked()
    page.locator("#opener .found").get_by_role("radio", name="netG_A").click()
    expect(page.locator("#opener h3")).to_have_text("both netG_A")
    assert found(page) != first and pieces(server) == []
    page.locator("#opener [data-act=use]").click()
    expect(page.locator("#picker [role=radio]")).to_have_text([re.compile(name) for name in ("both netG_A", "Shoes", "Emoji")])


@needs_reference
def test_a_network_for_label_maps_is_refused_for_drawings_and_photos(page):
    ask(page, REFERENCE / "hd_global.pth")
    expect(page.locator(PROBLEM)).to_have_text("hd_global.pth takes 36 channels, and a drawing would be 3: it cannot take a drawing.")
    page.locator("#opener").get_by_role("radio", name="Photo").click()
    ask(page, REFERENCE / "hd_global.pth")
    expect(page.locator(PROBLEM)).to_contain_text("cannot take a photo")
    assert page.get_by_role("radio", name="Shoes").is_checked()


def write_bad(folder: Path) -> dict[str, str]:
    """Files that do not open, and a part of what is said of each."""
    (folder / "empty.pth").write_bytes(b"")
    outline().save(folder / "picture.pth", "PNG")
    torch.save({"model": Trap()}, folder / "code.pth")
    torch.save({"model.1.weight": torch.zeros(3)}, folder / "else.pt")
    (folder / "cut.pth").write_bytes((folder / "else.pt").read_bytes()[:300])
    (folder / "<b>text.safetensors").write_text("hello")
    return {
        "empty.pth": "is empty",
        "picture.pth": "is a picture (PNG)",
        "code.pth": "wants to run code",
        "else.pt": "holds no network",
        "cut.pth": "only a part of one",
        "<b>text.safetensors": "no checkpoint",
    }


def test_refused_files_cost_nothing(page, server, tmp_path):
    stroke(page, SHOE)
    settled(page)
    before = picture(page)
    for name, says in write_bad(tmp_path).items():
        ask(page, tmp_path / name)
        expect(page.locator(PROBLEM)).to_contain_text(says)
        assert page.locator(f"{PROBLEM} b").count() == 0 and pieces(server) == []
    assert not Path("sprung").exists()
    page.keyboard.press("Escape")
    expect(page.locator("#opener dialog")).to_be_hidden()
    stroke(page, [(100, 100), (300, 100)])
    settled(page)
    assert picture(page) != before


@pytest.mark.parametrize("close", [False, True], ids=["patience", "close"])
def test_a_question_that_got_lost_locks_nothing(open_page, close):
    page = open_page(viewport=DESKTOP)
    page.clock.install()
    page.locator("#picker .plus").click()
    with unheard(page):
        fetch(page, "someone/nothing")
        expect(page.locator("#opener .doing")).to_be_visible()
        expect(page.locator("#opener .hub button")).to_be_disabled()
        if close:
            page.locator("#opener [data-act=close]").click()
            page.locator("#picker .plus").click()
        else:
            page.clock.fast_forward(121000)
        expect(page.locator("#opener .doing")).to_be_hidden()
    fetch(page, "no address")
    expect(page.locator(PROBLEM)).not_to_be_empty()


def test_a_large_file_goes_in_pieces(page, server, tmp_path):
    path = checkpoint(tmp_path / "net.pth", original.unet(3, 3, 4, 5, original.batch))
    whole = {"netG": torch.load(path, weights_only=True), "optimizer": {"state": torch.zeros(5_000_000)}}
    torch.save(whole, tmp_path / "whole.pt")
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(urlsplit(request.url).path))
    ask(page, tmp_path / "whole.pt")
    found(page)
    expect(page.locator("#opener .method")).to_have_text("pix2pix U-Net of 5 halvings, 4 wide")
    assert sum(path.endswith("/upload") for path in sent) == 2 and pieces(server) == []


def test_a_file_that_is_too_large_is_not_sent(page):
    page.locator("#picker .plus").click()
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    page.evaluate("""() => {
        const data = new DataTransfer(), file = new File(['x'], 'huge.pth');
        Object.defineProperty(file, 'size', { value: 257 * 2 ** 20 });
        const event = new DragEvent('drop', { bubbles: true, cancelable: true });
        Object.defineProperty(event, 'dataTransfer', { value: { files: [file] } });
        document.querySelector('#opener dialog').dispatchEvent(event);
    }""")
    expect(page.locator(PROBLEM)).to_have_text("huge.pth is too large: 256 MB at most.")
    assert not [address for address in sent if "upload" in address]


@pytest.fixture(scope="module")
def published(hub, weights_folder, tmp_path_factory) -> str:
    """The shipped shoes, sent to the Hub by the project's own command; their commit."""
    folder = tmp_path_factory.mktemp("publish") / "shoes"
    shutil.copytree(weights_folder / "shoes", folder)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    places = {"HF_ENDPOINT": hub.url, "HF_HOME": str(folder.parent), "HF_TOKEN": "hf_owner", "HF_HUB_DISABLE_XET": "1"}
    command = [sys.executable, "-m", "train", "publish", str(folder), "--repo", "someone/my-shoes"]
    subprocess.run(command, cwd=ROOT, env=kept | places | {"OMP_NUM_THREADS": "1"}, check=True, timeout=240, capture_output=True)
    return hub.branches["someone/my-shoes", "main"]


def fetch(page, address: str) -> None:
    page.locator("#opener .hub input").fill(address)
    page.locator("#opener .hub button").click()


@pytest.mark.parametrize("settings", [{}, PHONE], ids=["desktop", "phone"])
def test_published_and_opened_in_the_page_it_paints_the_same_picture(open_page, published, settings):
    page = open_page(**settings)
    stroke(page, SHOE)
    settled(page)
    local = picture(page)
    page.locator("#picker .plus").click()
    fetch(page, "someone/my-shoes")
    handle = found(page)
    expect(page.locator("#opener .pinned code")).to_have_text(f"someone/my-shoes@{published}")
    page.locator("#opener [data-act=use]").click()
    page.wait_for_function("name => document.querySelector('#picture [data-ready]').dataset.translator === name", arg=handle)
    settled(page)
    assert picture(page) == local
    expect(page.locator("#identity")).to_contain_text(f"someone/my-shoes@{published}")
    page.get_by_label("Seed").fill("5")
    settled(page)
    assert picture(page) != local


def test_what_the_hub_has_not_is_said(page, hub, published):
    hub.publish("someone/pickled", {"config.json": b"{}", "pytorch_model.bin": b"x"})
    hub.publish("someone/bert", {"config.json": b'{"architecture": "Bert"}', "model.safetensors": b"x"})
    page.locator("#picker .plus").click()
    for address, says in {
        "shoes": "owner/name@revision",
        "nobody/nothing": "no public model nobody/nothing",
        "someone/my-shoes@v9": "no revision v9",
        "someone/pickled": "what opens is safetensors",
        "someone/bert": "names the architecture Bert",
    }.items():
        fetch(page, address)
        expect(page.locator(PROBLEM)).to_contain_text(says)
    fetch(page, f"someone/my-shoes@{published}")
    found(page)


def call(url: str, session: str, handle: str, sketch: Path) -> str:
    """The path of the picture that `/draw` paints for that session, or the sentence with which it refuses."""
    client = Client(url, verbose=False)
    client.session_hash = session
    try:
        return client.predict(drawing=handle_file(sketch), translator=handle, api_name="/draw")
    except Exception as refused:  # gradio_client's AppError, whose class moved between versions
        return str(refused)
    finally:
        client.close()


def test_nobody_else_can_use_it_and_it_goes_with_the_page(open_page, url, published, tmp_path):
    page = open_page(locale="es-MX")
    page.locator("#picker .plus").click()
    fetch(page, f"someone/my-shoes@{published}")
    handle = found(page)
    assert re.fullmatch(r"own:drawing:[\w-]{32}", handle)
    outline().save(tmp_path / "sketch.png")
    assert call(url, page.session, handle, tmp_path / "sketch.png").endswith(".png")
    assert "not open any more" in call(url, "another", handle, tmp_path / "sketch.png")
    names = call(url, "another", "boots", tmp_path / "sketch.png")
    assert "no translator 'boots'" in names and "own:" not in names

    other = open_page()  # whose browser claims the first one's translator
    held = []

    def claim(route):
        body = route.request.post_data_json
        body["data"] = [{"name": handle} if isinstance(value, dict) and value.get("name") == "shoes" else value for value in body["data"]]
        held.append(body)
        route.continue_(post_data=json.dumps(body))

    other.route("**/queue/join*", claim)
    stroke(other, SHOE)
    expect(other.locator("#picture .note")).to_contain_text("not open any more")
    assert any(handle in json.dumps(body) for body in held)
    other.unroute("**/queue/join*")

    session = page.session
    page.reload()
    end = time.monotonic() + PATIENCE / 1000
    while (said := call(url, session, handle, tmp_path / "sketch.png")).endswith(".png") and time.monotonic() < end:
        time.sleep(0.2)
    assert "not open any more" in said


@pytest.mark.parametrize(
    ("locale", "title", "takes", "direction"),
    [
        ("es-MX", "Abrir tu propia red", "Dibujo", "En qué sentido traduce"),
        ("ru-RU", "Открыть свою нейросеть", "Рисунок", "В какую сторону она переводит"),
    ],
)
@needs_reference
def test_languages(open_page, locale, title, takes, direction):
    page = open_page(locale=locale)
    ask(page, REFERENCE / "unet_256_eval.pth")
    found(page)
    expect(page.locator("#opener h2")).to_have_text(title)
    expect(page.locator("#opener [data-kind=drawing]")).to_have_text(takes)
    expect(page.locator("#opener .assumed")).to_contain_text(direction)
