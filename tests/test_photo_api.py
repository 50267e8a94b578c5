"""The endpoint `/photo` and what stands behind the Photos page: any file in, a picture or one sentence out, in bounded memory."""

import threading
import time
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from gradio_client import handle_file
from PIL import Image

from studio import jobs, networks
from studio.restyled import Question, question, restyle
from studio.source import received
from studio.styles import all_styles
from tests.conftest import gradient, refusal, serving
from tests.small_weights import photo_pair
from tests.test_api import bomb, no_picture
from translators import WeightsDamaged
from translators.from_photo import PhotoTranslator

MEMORY = 1536 * 1024  # kB that the server may have needed at any time


@pytest.fixture(scope="module")
def server(weights_folder, tmp_path_factory):
    """A server of this file's own: what others were asked for would count in its memory."""
    with serving(tmp_path_factory.mktemp("server"), "app.py", TRAZO_WEIGHTS=str(weights_folder)) as started:
        yield started


@pytest.fixture(scope="module")
def url(server) -> str:
    return server[0]


@pytest.fixture(scope="module")
def photo(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("photo") / "photo.jpg"
    gradient(900, 600).save(path, quality=95)
    return path


def ask(client, photo, **controls) -> Image.Image:
    path = client.predict(photo=handle_file(photo), **controls, api_name="/photo")
    assert path.endswith(".png")
    return Image.open(path).convert("RGB")


def difference(a: Image.Image, b: Image.Image) -> float:
    assert a.size == b.size
    return float(np.abs(np.asarray(a, float) - np.asarray(b, float)).mean())


def peak(server) -> int:
    """The most memory in kB that the server's process ever had."""
    status = Path(f"/proc/{server[1].pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])


def test_resolutions_keep_the_shape(client, photo):
    sizes = {resolution: ask(client, photo, resolution=resolution).size for resolution in ("quick", "fine", "full")}
    assert sizes == {"quick": (384, 256), "fine": (768, 512), "full": (900, 600)}


def test_strength_blends(client, photo):
    none, half, whole = (ask(client, photo, strength=strength) for strength in (0, 0.5, 1.0))
    assert difference(none, gradient(384, 256)) < 4
    assert difference(none, whole) > 10
    assert difference(half, Image.blend(none, whole, 0.5)) < 1


def test_translators_differ(client, photo):
    answers = [ask(client, photo, translator=name).tobytes() for name in networks.taking("photo")]
    assert len(set(answers)) == len(answers) == 5


def upright(picture: Image.Image) -> bool:
    """Whether the sun shines top left and the dark block lies bottom right."""
    width, height = picture.size
    sun, block = picture.getpixel((width // 5, height // 10 + width // 10)), picture.getpixel((width * 7 // 8, height * 7 // 8))
    return min(sun[:2]) > 170 and max(block) < 110


def turned(path: Path) -> Path:
    """Lies on its side in the file; its EXIF says how to turn it."""
    exif = Image.Exif()
    exif[0x0112] = 6
    gradient(300, 400).transpose(Image.Transpose.ROTATE_90).save(path.with_suffix(".jpg"), exif=exif, quality=95)
    return path.with_suffix(".jpg")


def cmyk(path: Path) -> Path:
    gradient(300, 400).convert("CMYK").save(path.with_suffix(".jpg"), quality=95)
    return path.with_suffix(".jpg")


def clear(path: Path) -> Path:
    """Half transparent on the left side: the white paper shows through."""
    picture = gradient(300, 400).convert("RGBA")
    picture.putalpha(255)
    picture.paste((0, 0, 0, 0), (0, 200, 100, 300))
    picture.save(path)
    return path


def animated(path: Path) -> Path:
    gradient(300, 400).save(path.with_suffix(".gif"), save_all=True, append_images=[Image.new("RGB", (300, 400), "white")])
    return path.with_suffix(".gif")


def deep(path: Path) -> Path:
    grey = np.asarray(gradient(300, 400).convert("L"), np.uint16) * 257
    Image.fromarray(grey).save(path)
    assert Image.open(path).mode == "I;16"
    return path


@pytest.mark.parametrize("make", [turned, cmyk, clear, animated, deep])
def test_unusual_files_come_out_upright(client, tmp_path, make):
    seen = ask(client, make(tmp_path / "sent.png"), strength=0)
    assert seen.size == (256, 341)
    assert upright(seen)
    if make is clear:
        assert min(seen.getpixel((40, 213))) > 250


def truncated(path: Path) -> Path:
    gradient(800, 600).save(path.with_suffix(".jpg"))
    path.with_suffix(".jpg").write_bytes(path.with_suffix(".jpg").read_bytes()[:9000])
    return path.with_suffix(".jpg")


def vector(path: Path) -> Path:
    path.with_suffix(".svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    return path.with_suffix(".svg")


@pytest.mark.parametrize(
    ("make", "words"), [(no_picture, "not a picture"), (truncated, "damaged"), (vector, "not a picture"), (bomb, "too large")]
)
def test_bad_files(client, server, photo, tmp_path, make, words):
    path = handle_file(make(tmp_path / "sent.png"))
    for resolution in ("quick", "full"):
        assert words in refusal(client, "/photo", photo=path, resolution=resolution)
    assert ask(client, photo).size == (384, 256)
    assert peak(server) < MEMORY


@pytest.fixture(scope="module")
def giant(tmp_path_factory) -> Path:
    """12,000 x 9,000 pixels."""
    path = tmp_path_factory.mktemp("giant") / "giant.jpg"
    gradient(1200, 900).resize((12000, 9000), Image.Resampling.NEAREST).save(path, quality=70)
    return path


def test_a_giant_photo_at_full_size_in_bounded_memory(client, server, giant):
    whole = ask(client, giant, resolution="full")
    assert whole.size == (4096, 3072)
    assert difference(whole, gradient(4096, 3072)) > 10  # and not the photo
    assert peak(server) < MEMORY


@pytest.mark.parametrize(
    ("controls", "words"),
    [
        ({"translator": "boots"}, "no translator"),
        ({"translator": "shoes"}, "no translator"),
        ({"translator": ["horse2zebra"]}, "no translator"),
        ({"resolution": "huge"}, "resolution must be"),
        ({"resolution": 512}, "resolution must be"),
        ({"strength": 1.5}, "strength must be"),
        ({"strength": -0.1}, "strength must be"),
        ({"strength": "half"}, "strength must be"),
        ({"strength": True}, "strength must be"),
    ],
)
def test_bad_controls(client, photo, controls, words):
    assert words in refusal(client, "/photo", photo=handle_file(photo), **controls)


def test_no_file_of_the_server_is_read(client, weights_folder):
    secret = next((weights_folder / "horse2zebra" / "samples").glob("*.jpg"))
    for path in (str(secret), "/etc/passwd", "\0", 7, None):
        assert "Upload a picture" in refusal(client, "/photo", photo={"path": path})
    for value in ("nonsense", [1, 2], None):
        assert "Upload a picture" in refusal(client, "/photo", photo=value)


# Behind the page


@pytest.fixture(scope="module")
def pair(tmp_path_factory) -> tuple[PhotoTranslator, PhotoTranslator]:
    """G and F, small and random."""
    return photo_pair(tmp_path_factory.mktemp("pair"))


@pytest.fixture
def here(pair, monkeypatch, tmp_path) -> Path:
    """A studio in this process: the pair is loaded, and uploads lie in a folder of its own. Returns a photo in it."""
    for translator in pair:
        monkeypatch.setitem(networks._loaded, translator.card.name, translator)
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    gradient(1600, 1100).save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


def test_full_size_shows_the_whole_photo_first_and_then_counts_tiles(here):
    news = list(restyle(Question("a job", str(here), "horse2zebra", "full")))
    assert {each["job"] for each in news} == {"a job"}
    assert next(each["whole"]["width"] for each in news if each.get("whole")) == 745
    assert [each["done"] for each in news if each.get("total")] == list(range(1, 13))
    assert (news[-1]["width"], news[-1]["height"]) == (1600, 1100)
    assert news[-1]["whole"]["resolution"] == "fine"


def test_a_stopped_job_ends_within_a_tile(here):
    done = []
    for news in restyle(Question("to stop", str(here), "horse2zebra", "full")):
        done.append(news.get("done"))
        if news.get("done") == 2:
            jobs.stop("to stop")
    assert news == {"job": "to stop", "stopped": True}
    assert max(filter(None, done)) < 12
    with jobs.turn:  # nobody works on
        pass


def test_a_job_stopped_in_line_never_begins(here):
    jobs.stop("too late")
    assert list(restyle(Question("too late", str(here), "horse2zebra", "full"))) == [{"job": "too late", "stopped": True}]


@pytest.mark.parametrize("paint", [restyle, all_styles])
@pytest.mark.parametrize("resolution", ["quick", "full"])
def test_a_stopped_job_leaves_no_files(here, monkeypatch, paint, resolution):
    """It is stopped while the network works on its first picture."""
    sees, job = PhotoTranslator.sees, f"{paint.__name__} {resolution}"
    monkeypatch.setattr(PhotoTranslator, "sees", lambda *given, **more: (jobs.stop(job), sees(*given, **more))[1])
    monkeypatch.setattr(networks, "missing", lambda card: card.name not in networks._loaded)
    assert list(paint(Question(job, str(here), "horse2zebra", resolution)))[-1] == {"job": job, "stopped": True}
    with jobs.turn:
        assert [path for path in here.parent.rglob("*") if path.is_file()] == [here]


@pytest.mark.parametrize("bad", ["horse2zebra", "zebra2horse"])
def test_all_styles_but_those_that_cannot_be_read(here, monkeypatch, bad):
    def get(name: str):
        if name == bad:
            raise WeightsDamaged(f"{name}: damaged.")
        return networks._loaded[name]

    monkeypatch.setattr(networks, "get", get)
    monkeypatch.setattr(networks, "missing", lambda card: card.name not in networks._loaded)
    news = list(all_styles(Question(f"all but {bad}", str(here), "horse2zebra", "quick")))
    assert news[-1]["total"] == 1 and [picture["translator"] for picture in news[-1]["pictures"]] != [bad]


def test_work_ends_when_its_listener_goes(here):
    listener = restyle(Question("left alone", str(here), "horse2zebra", "full"))
    while next(listener).get("done") != 1:
        pass
    listener.close()
    ends = time.monotonic() + 20
    while jobs.turn._waiting and time.monotonic() < ends:
        time.sleep(0.01)
    assert not jobs.turn._waiting
    assert "left alone" in jobs._stopped and not jobs._listening


def test_a_small_photo_does_not_wait_for_a_large_one(here):
    news = restyle(Question("large", str(here), "horse2zebra", "full"))
    while next(news).get("done") != 1:
        pass
    small = list(restyle(Question("small", str(here), "horse2zebra", "quick")))
    assert small[-1]["resolution"] == "quick"
    assert len(jobs.large._waiting) == 1  # the large one is not done
    assert list(news)[-1]["resolution"] == "full"


def test_one_photo_at_full_size_at_a_time_and_none_waits_that_was_stopped(here):
    with jobs.working(full=True):
        waiting = restyle(Question("second", str(here), "horse2zebra", "full"))
        threading.Timer(0.2, jobs.stop, ["second"]).start()
        assert list(waiting) == [{"job": "second", "stopped": True}]  # and nobody has painted
    with jobs.large, jobs.turn:
        pass


def test_the_line_is_kept():
    line, served = jobs.Line(), []

    def wait(name: str) -> None:
        with line:
            served.append(name)
            line.pass_on()
            served.append(name)

    with line:
        threads = []
        for place, name in enumerate("abc"):
            threads.append(threading.Thread(target=wait, args=name))
            threads[-1].start()
            while len(line._waiting) < place + 2:
                time.sleep(0.001)
    for thread in threads:
        thread.join(10)
    assert "".join(served) == "abcabc" and not line._waiting


def test_stopped_jobs_are_forgotten_in_the_end():
    for number in range(2 * jobs.KEPT):
        jobs.stop(f"job {number}")
    assert len(jobs._stopped) == jobs.KEPT and f"job {2 * jobs.KEPT - 1}" in jobs._stopped


def test_what_is_wrong_with_a_photo_is_said(here):
    (here.parent / "text.png").write_text("not a picture")
    assert "not a picture" in received({"number": 3, "path": str(here.parent / "text.png")})["error"]
    for path in ("/etc/passwd", None, 7, str(here) + "/../../photo.png"):
        assert "Upload a picture" in received({"number": 3, "path": path})["error"]
        assert "Upload a picture" in list(restyle(Question(f"a bad path: {path}", path, "horse2zebra", "quick")))[-1]["error"]
    for sample in ("../photo.png", 7, {"translator": "horse2zebra", "name": "../model.safetensors"}, {"translator": "../..", "name": "x"}):
        assert "Upload a picture" in received({"number": 3, "sample": sample})["error"]
    answer = received({"number": 4, "path": str(here)})
    assert (answer["number"], answer["width"], answer["height"]) == (4, 1600, 1100)


@pytest.mark.parametrize("ending", ["tif", "jpg", "png"])
def test_a_turned_photo_stands_upright(here, ending):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (60, 40)).save(here.parent / f"turned.{ending}", exif=exif)
    answer = received({"number": 5, "path": str(here.parent / f"turned.{ending}")})
    assert (answer["width"], answer["height"]) == (40, 60)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "has a job"),
        ({"job": "", "translator": "horse2zebra"}, "has a job"),
        ({"job": "x" * 65, "translator": "horse2zebra"}, "has a job"),
        ({"job": "x", "translator": "shoes"}, "no translator"),
        ({"job": "x", "translator": "horse2zebra", "resolution": "giant"}, "resolution must be"),
        ({"job": "x", "translator": "horse2zebra", "resolution": ["quick"]}, "resolution must be"),
    ],
)
def test_bad_questions(value, words):
    with pytest.raises(gr.Error, match=words):
        question(value)
