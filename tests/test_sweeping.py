"""What stays in the upload folder and what goes, and that Gradio keeps one text for all sessions that were given it."""

import os
import time
from pathlib import Path

import pytest

from studio import picker, samples, sweeping
from tests.conftest import gradient

HASH = "0" * 63


def aged(path: Path, seconds: float) -> Path:
    os.utime(path, (time.time() - seconds,) * 2)
    return path


@pytest.fixture
def held(tmp_path) -> Path:
    """Two folders with a file each."""
    for name in "ab":
        (tmp_path / (HASH + name)).mkdir()
        (tmp_path / (HASH + name) / "photo.png").write_bytes(b"x")
    return tmp_path


def test_old_files_go_and_young_ones_stay(held):
    sweeping.sweep(held)
    assert len(list(held.glob("*/photo.png"))) == 2
    time.sleep(0.05)  # the age of a file is its ctime, which cannot be set
    (held / (HASH + "b") / "photo.png").chmod(0o600)
    sweeping.sweep(held, age=0.04)
    assert [path.parent.name[-1] for path in held.glob("*/photo.png")] == ["b"]


def test_folders_that_stay_empty_go(held):
    (held / (HASH + "a") / "photo.png").unlink()
    sweeping.sweep(held)
    assert len(list(held.iterdir())) == 2  # somebody may be about to write there
    aged(held / (HASH + "a"), 2 * sweeping.AGE)
    aged(held / (HASH + "b"), 2 * sweeping.AGE)
    sweeping.sweep(held)
    assert [path.name[-1] for path in held.iterdir()] == ["b"]


def test_what_is_not_gradio_s_stays(tmp_path):
    for name in ("mine", "0" * 65, "A" * 64):
        (tmp_path / name).mkdir()
        (tmp_path / name / "photo.png").write_bytes(b"x")
    (tmp_path / "notes.txt").write_text("x")
    sweeping.sweep(tmp_path, age=-1)
    assert len(list(tmp_path.glob("*/photo.png"))) == 3 and (tmp_path / "notes.txt").exists()
    sweeping.sweep(tmp_path / "nowhere")


def test_files_come_while_it_looks(held, monkeypatch):
    """Gradio's own sweep ends for good there."""
    looked = sweeping._sweep_one

    def interrupted(folder: Path, oldest: float) -> None:
        (held / ("f" * 64)).mkdir(exist_ok=True)
        if folder.name.endswith("a"):
            raise PermissionError(folder)
        looked(folder, oldest)

    monkeypatch.setattr(sweeping, "_sweep_one", interrupted)
    sweeping.sweep(held, age=-1)
    assert [path.parent.name[-1] for path in held.glob("*/photo.png")] == ["a"]


def test_a_server_has_a_folder_of_its_own_unless_its_host_names_one(monkeypatch, tmp_path):
    monkeypatch.setattr(sweeping.tempfile, "mkdtemp", lambda prefix: str(tmp_path / prefix))
    monkeypatch.setattr(sweeping.atexit, "register", lambda *_, **__: None)
    monkeypatch.setenv("GRADIO_TEMP_DIR", "named")
    sweeping.own_folder()
    assert os.environ["GRADIO_TEMP_DIR"] == "named"
    monkeypatch.delenv("GRADIO_TEMP_DIR")
    sweeping.own_folder()
    assert os.environ["GRADIO_TEMP_DIR"] == str(tmp_path / "trazo-")


def test_all_sessions_are_given_one_text_until_the_file_changes(tmp_path):
    path = tmp_path / "sheet.jpg"
    gradient(300, 200).save(path)
    small = lambda: samples.thumbnail(path, path.stat().st_mtime_ns)  # noqa: E731
    first, thumbnail = picker.jpeg_url(path), small()
    assert picker.jpeg_url(path) is first and small() is thumbnail
    gradient(200, 300).save(path)
    aged(path, 10)
    assert picker.jpeg_url(path) != first and small() != thumbnail
    assert picker.jpeg_url(tmp_path / "none.jpg") == ""
