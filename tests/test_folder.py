"""A folder through a translator: every picture in its place, bad ones named, stopped and gone on with, the same bytes however it is run."""

import errno
import importlib.util
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from typer.main import get_command
from typer.testing import CliRunner

import translators
from tests.small_weights import write_photo_weights, write_weights
from translators import CARDS, folder
from translators.__main__ import app
from translators.images import open_picture

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> Path:
    """A photo translator of two blocks, 16 wide, and a drawing translator."""
    place = tmp_path_factory.mktemp("weights")
    write_photo_weights(place / "photo2monet", base_channels=16)
    write_weights(place / "shoes")
    write_weights(place / "facade", condition_size=0)
    return place


@pytest.fixture
def cards(weights, monkeypatch):
    for name in CARDS:
        monkeypatch.setitem(CARDS, name, replace(CARDS[name], folder=weights / name))


def photo(path: Path, seed: int = 0, size=(96, 64)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    blocks = np.random.default_rng(seed).integers(0, 256, (6, 9, 3), dtype=np.uint8)
    Image.fromarray(blocks).resize(size, Image.Resampling.BICUBIC).save(path)
    return path


def damaged(path: Path) -> Path:
    photo(path)
    path.write_bytes(path.read_bytes()[:600])
    return path


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def tree(out: Path) -> set[str]:
    return {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}


def contents(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in tree(out)}


def test_every_picture_keeps_its_place(cards, tmp_path):
    pictures, out = tmp_path / "in", tmp_path / "new" / "out"
    for seed, name in enumerate(("a.jpg", "sub/b.png", "sub/deeper/c.WEBP", ".hidden.png", ".thumbnails/d.png")):
        photo(pictures / name, seed)
    (pictures / "sub" / "note.txt").write_text("not for painting")
    done = run("photo2monet", pictures, out, "--strength", 0.5, "--resolution", "fine")
    assert done.exit_code == 0, done.output
    assert "3 translated, 0 already there, 0 could not be." in done.output
    assert "Left alone: 1 that are no PNG" in done.output and "(.txt)" in done.output
    assert tree(out) == {"a.png", "sub/b.png", "sub/deeper/c.png"}
    given = open_picture(pictures / "sub" / "b.png")
    expected = translators.load("photo2monet").translate(given, strength=0.5, resolution="fine")
    painted = Image.open(out / "sub" / "b.png")
    assert (painted.size, painted.mode, painted.format) == (given.size, "RGB", "PNG")
    assert np.abs(np.asarray(painted, int) - np.asarray(expected, int)).max() <= 1  # another number of threads
    assert np.asarray(painted).std() > 5


def test_pictures_of_one_name_keep_their_suffix(cards, tmp_path):
    pictures, out = tmp_path / "in", tmp_path / "out"
    for seed, name in enumerate(("a.jpg", "A.png", "a.jpg.gif", "b.jpg", "sub/a.jpg")):
        photo(pictures / name, seed)
    assert run("photo2monet", pictures, out).exit_code == 0
    assert tree(out) == {"a.jpg.png", "A.png.png", "a.jpg.gif.png", "b.png", "sub/a.png"}
    assert len(set(contents(out).values())) == 5


def test_a_bad_file_is_named_and_the_others_are_painted(cards, tmp_path):
    pictures, out = tmp_path / "in", tmp_path / "out"
    photo(pictures / "a.jpg")
    damaged(pictures / "sub" / "b.jpg")
    photo(pictures / "c.jpg")
    (pictures / "d.png").write_text("no picture")
    done = run("photo2monet", pictures, out)
    assert done.exit_code == 1
    assert "2 translated, 0 already there, 2 could not be:\n" in done.stdout
    assert "  sub/b.jpg: b.jpg is damaged: its picture could not be read to the end.\n" in done.stdout
    assert "  d.png: d.png is not a picture that can be read here" in done.stdout
    assert tree(out) == {"a.png", "c.png"}
    photo(pictures / "sub" / "b.jpg")
    (pictures / "d.png").unlink()
    assert "1 translated, 2 already there, 0 could not be." in run("photo2monet", pictures, out).stdout


@pytest.mark.skipif(sys.platform == "darwin", reason="file names are UTF-8 there")
def test_a_name_that_is_no_text_is_told_as_far_as_it_goes(cards, tmp_path):
    name = os.fsdecode(b"fl\xf6te.jpg")
    photo(tmp_path / "in" / "a.jpg")
    damaged(tmp_path / "in" / "b.jpg").rename(tmp_path / "in" / name)
    done = run("photo2monet", tmp_path / "in", tmp_path / "out")
    assert done.exit_code == 1, done.output
    assert "1 translated, 0 already there, 1 could not be:\n  fl\ufffdte.jpg: " in done.stdout
    (tmp_path / "in" / name).unlink()
    photo(tmp_path / "in" / "b.jpg").rename(tmp_path / "in" / name)
    assert run("photo2monet", tmp_path / "in", tmp_path / "out").exit_code == 0
    assert (tmp_path / "out" / name).with_suffix(".png").exists()


def test_what_is_there_is_left_as_it_is(cards, tmp_path):
    pictures, out = tmp_path / "in", tmp_path / "out"
    for seed, name in enumerate(("a.jpg", "b.jpg", "c.jpg")):
        photo(pictures / name, seed)
    run("photo2monet", pictures, out)
    first, times = contents(out), {name: (out / name).stat().st_mtime_ns for name in tree(out)}
    (out / "b.png").rename(out / ".b.png.part")  # as a killed run leaves a file that it was writing ...
    (out / ".c.png.part").write_bytes(b"half a picture")  # ... or one that was then painted after all
    done = run("photo2monet", pictures, out)
    assert "1 translated, 2 already there" in done.output
    assert contents(out) == first | {".c.png.part": b"half a picture"}
    assert all((out / name).stat().st_mtime_ns == times[name] for name in ("a.png", "c.png"))


def test_translations_are_not_taken_for_pictures(cards, tmp_path):
    pictures = tmp_path / "in"
    photo(pictures / "a.jpg")
    photo(pictures / "sub" / "b.jpg")
    for _ in range(2):
        assert run("photo2monet", pictures, pictures / "sub" / "out").exit_code == 0
    assert tree(pictures) == {"a.jpg", "sub/b.jpg", "sub/out/a.png", "sub/out/sub/b.png"}
    for out in (pictures, tmp_path, pictures / "sub" / ".."):
        refused = run("photo2monet", pictures, out)
        assert refused.exit_code == 2
        assert "a folder of their own" in refused.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("photo2monet", "absent", "out"), "There is no folder"),
        (("photo2monet", "empty", "out"), "holds no picture"),
        (("photo2monet", "in/a.jpg", "out"), "a.jpg is a file, not a folder"),
        (("photo2monet", "in", "in/a.jpg"), "a.jpg is a file, not a folder"),
        (("photo2manet", "in", "out"), "There is no translator 'photo2manet'; there are shoes, emoji"),
        (("monet2photo", "in", "out"), "The weights of monet2photo are not on this machine"),
        (("photo2monet", "in", "out", "--strength", 2), "strength must be a number from 0 to 1, not 2.0"),
        (("photo2monet", "in", "out", "--resolution", "huge"), "resolution must be quick, fine or full, not 'huge'"),
        (("photo2monet", "in", "out", "--seed", 3), "photo2monet has no control 'seed'"),
        (("shoes", "in", "out", "--colour", "red"), 'colour must be "#rrggbb"'),
        (("photo2monet", "in", "out", "--device", "cuda:99"), "There is no device 'cuda:99' on this machine"),
        (("photo2monet", "in", "out", "--address", "127.0.0.1:1"), "No Ray cluster answers at 127.0.0.1:1"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(cards, tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    photo(tmp_path / "in" / "a.jpg")
    if "--address" in words:
        needs_ray()
    done = run(*words)
    assert done.exit_code == 2, done.output
    (sentence,) = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert says in sentence
    assert "Traceback" not in done.output
    assert not (tmp_path / "out").exists()


def test_drawings_are_painted_too(cards, tmp_path):
    sheet, out = Image.new("RGB", (200, 150), "white"), tmp_path / "out"
    (tmp_path / "in").mkdir()
    sheet.save(tmp_path / "in" / "blank.png")
    ImageDraw.Draw(sheet).ellipse((20, 20, 180, 130), outline="black", width=3)
    sheet.save(tmp_path / "in" / "round.png")
    done = run("shoes", tmp_path / "in", out, "--seed", 5, "--colour", "#c8102e")
    assert done.exit_code == 1
    assert "blank.png: The canvas is empty: draw something first." in done.stdout
    assert Image.open(out / "round.png").size == (200, 150)


def test_only_full_resolution_opens_large_pictures_whole(cards, tmp_path):
    photo(tmp_path / "in" / "wide.png", size=(2400, 40))
    for resolution, width in (("fine", 2048), ("full", 2400)):
        out = tmp_path / resolution
        assert run("photo2monet", tmp_path / "in", out, "--resolution", resolution).exit_code == 0
        assert Image.open(out / "wide.png").width == width


def test_a_full_disk_is_said(cards, tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    photo(tmp_path / "in" / "a.jpg")
    done = run("photo2monet", tmp_path / "in", tmp_path / "out")
    assert done.exit_code == 1
    assert "a.jpg: a.png could not be written: No space left on device.\n" in done.stdout
    assert not (tmp_path / "out" / "a.png").exists()


def test_a_file_that_may_not_be_read_is_said(cards, tmp_path, monkeypatch):
    opened = Image.open

    def guarded(path, **settings):
        if Path(path).name == "secret.jpg":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return opened(path, **settings)

    monkeypatch.setattr(Image, "open", guarded)
    photo(tmp_path / "in" / "secret.jpg")
    photo(tmp_path / "in" / "a.jpg")
    done = run("photo2monet", tmp_path / "in", tmp_path / "out")
    assert "  secret.jpg: secret.jpg may not be read: permission is denied.\n" in done.stdout
    assert tree(tmp_path / "out") == {"a.png"}


def test_running_out_of_memory_is_said_of_the_picture(cards, tmp_path, monkeypatch):
    def greedy(path, longest):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory\nmore words")

    monkeypatch.setattr(folder, "open_picture", greedy)
    photo(tmp_path / "in" / "a.jpg")
    done = run("photo2monet", tmp_path / "in", tmp_path / "out")
    assert "  a.jpg: a.jpg could not be painted: DefaultCPUAllocator: can't allocate memory\n" in done.stdout


def test_commands_and_translators_share_no_name():
    commands = set(get_command(app).commands)
    assert "translate" in commands
    assert not commands & set(CARDS)
    assert "photo2monet" in run("--help").output


def test_the_command_may_be_named(cards, tmp_path):
    photo(tmp_path / "in" / "a.jpg")
    run("photo2monet", tmp_path / "in", tmp_path / "short")
    run("translate", "photo2monet", tmp_path / "in", tmp_path / "long")
    run("--workers", 3, "photo2monet", tmp_path / "in", tmp_path / "option")
    assert contents(tmp_path / "short") == contents(tmp_path / "long") == contents(tmp_path / "option") != {}


def test_without_ray_its_name_is_said(cards, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    photo(tmp_path / "in" / "a.jpg")
    done = run("photo2monet", tmp_path / "in", tmp_path / "out", "--ray")
    assert done.exit_code == 2
    assert 'pip install "ray[data]' in done.stderr


COUNT = 24


@pytest.fixture(scope="module")
def album(tmp_path_factory) -> Path:
    """Enough work to be stopped in the middle of it, and a damaged file."""
    pictures = tmp_path_factory.mktemp("album")
    for seed in range(COUNT):
        photo(pictures / f"{seed:02d}.jpg", seed, (640, 480))
    damaged(pictures / "05b.jpg")
    return pictures


def start(weights: Path, *words, **settings) -> subprocess.Popen:
    command = [sys.executable, "-m", "translators", *map(str, words)]
    environment = os.environ | {"TRAZO_WEIGHTS": str(weights)} | settings
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True, **streams)


@pytest.fixture(scope="module")
def uninterrupted(album, weights, tmp_path_factory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("whole")
    running = start(weights, "photo2monet", album, out, "--resolution", "fine")
    said, complaints = running.communicate(timeout=150)
    assert running.returncode == 1, complaints
    assert f"{COUNT} translated, 0 already there, 1 could not be:\n  05b.jpg: " in said
    assert "Traceback" not in complaints
    return contents(out)


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT], ids=["killed", "ctrl-c"])
def test_stopped_in_the_middle_and_gone_on_with(album, weights, uninterrupted, tmp_path, sent):
    words = "photo2monet", album, tmp_path, "--resolution", "fine", "--workers", 1
    running = start(weights, *words)
    while running.poll() is None and len(list(tmp_path.glob("*.png"))) < 3:
        time.sleep(0.005)
    os.killpg(running.pid, sent)
    sent_at = time.monotonic()
    _, complaints = running.communicate(timeout=60)
    done = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.png")}
    assert 3 <= len(done) < COUNT
    if sent == signal.SIGINT:
        assert time.monotonic() - sent_at < 5
        assert running.returncode == 130
        assert "Stopped: " in complaints and f"of {COUNT + 1} are done; the same command goes on with the rest." in complaints
        assert "Traceback" not in complaints

    running = start(weights, *words)
    said, complaints = running.communicate(timeout=150)
    assert running.returncode == 1, complaints
    assert f"{COUNT - len(done)} translated, {len(done)} already there, 1 could not be:" in said
    assert all((tmp_path / name).stat().st_mtime_ns == then for name, then in done.items())
    assert contents(tmp_path) == uninterrupted


def needs_ray() -> None:
    if importlib.util.find_spec("ray") is None:
        pytest.skip('Ray is not installed: pip install "ray[data]~=2.60", or -r requirements-dev.txt')


@pytest.mark.timeout(500)
def test_two_workers_of_ray_write_the_same_bytes(album, weights, uninterrupted, tmp_path):
    """A local cluster of two cores goes on with a folder in which one translation is there already."""
    needs_ray()
    out = tmp_path / "out"
    out.mkdir()
    (out / "03.png").write_bytes(uninterrupted["03.png"])
    words = "photo2monet", album, out, "--resolution", "fine", "--ray", "--workers", 2
    running = start(weights, *words, HOME=str(tmp_path))  # where Ray leaves its token
    said, complaints = running.communicate(timeout=450)
    assert running.returncode == 1, complaints
    assert f"{COUNT - 1} translated, 1 already there, 1 could not be:\n  05b.jpg: 05b.jpg is damaged" in said
    assert "Traceback" not in complaints
    assert contents(out) == uninterrupted


def test_label_maps_keep_their_ids(cards, tmp_path):
    ids = np.kron(np.arange(12, dtype=np.uint8).reshape(3, 4), np.ones((16, 16), np.uint8))
    (tmp_path / "in").mkdir()
    Image.fromarray(ids).save(tmp_path / "in" / "a.png")
    Image.fromarray(ids + 1).save(tmp_path / "in" / "b.png")
    done = run("facade", tmp_path / "in", tmp_path / "out", "--seed", 3)
    assert done.exit_code == 1 and "ids 12; there are 12 classes" in done.output
    painted = translators.load("facade").translate(Image.fromarray(ids), seed=3)
    assert tree(tmp_path / "out") == {"a.png"} and Image.open(tmp_path / "out" / "a.png").tobytes() == painted.tobytes()
