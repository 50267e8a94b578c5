"""What the three command lines share: the doctor's quick look before training, and errors in one sentence."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from tests.tiny_runs import LOOPS, options, write_data
from train.doctor import look
from train.doctor.examination import SAMPLE, examine_quickly
from train.doctor.layout import SIDE_BY_SIDE, UNPAIRED

every_loop = pytest.mark.parametrize("name", LOOPS)


@pytest.fixture
def data(tmp_path) -> dict[str, Path]:
    return write_data(tmp_path / "data")


@pytest.fixture
def command(monkeypatch, tmp_path):
    """Runs a command line whose loop only notes that it was reached: (exit code, what was said, whether it was)."""

    def run(name: str, data: Path, *words: str) -> tuple[int, str, bool]:
        reached = []
        monkeypatch.setattr(LOOPS[name], "train", lambda *given, **named: reached.append(given))
        done = CliRunner().invoke(LOOPS[name].app, ["--data", str(data), "--out", str(tmp_path / "run"), *options(name), *words])
        return done.exit_code, done.output, bool(reached)

    return run


BROKEN = {"pix2pix": "train/2.png", "cyclegan": "trainA/2.png", "pix2pixhd": "train/label/2.png"}


@every_loop
def test_the_doctor_stops_what_would_fail_an_hour_later(name, data, command):
    assert command(name, data[name]) == (0, "", True)
    (data[name] / BROKEN[name]).write_bytes(b"no picture")
    code, said, reached = command(name, data[name])
    assert (code, reached) == (1, False)
    assert said.startswith("Error: 1 file cannot be read (not a picture): ") and f"train doctor {data[name]}; --no-doctor" in said
    assert command(name, data[name], "--no-doctor") == (0, "", True)
    assert command(name, data[name], "--resume") == (0, "", True)  # it was looked over when the run began


def test_ids_beyond_the_classes_are_told_before_training(data, command):
    Image.fromarray(np.full((64, 128), 3, np.uint8)).save(data["pix2pixhd"] / "train" / "label" / "1.png")
    code, said, _ = command("pix2pixhd", data["pix2pixhd"])
    assert code == 1 and "ids beyond the 3 classes (3)" in said


def test_unequal_sizes_are_seen_in_the_headers(data, command):
    """Of every pair, whether it is in the sample or not."""
    Image.new("RGB", (128, 65)).save(data["pix2pixhd"] / "train" / "image" / "1.png")
    code, said, _ = command("pix2pixhd", data["pix2pixhd"])
    assert code == 1 and "label/1.png is 128×64 and train/image/1.png 128×65" in said


def test_warnings_are_printed_and_training_begins(data, command):
    Image.new("RGBA", (128, 64), (9, 9, 9, 100)).save(data["pix2pix"] / "train" / "3.png")
    code, said, reached = command("pix2pix", data["pix2pix"])
    assert (code, reached) == (0, True) and "Warning: 1 picture with transparent parts" in said


def test_what_is_wrong_with_the_test_split_does_not_stop_training(data, command):
    (data["pix2pix"] / "test" / "0.png").write_bytes(b"no picture")
    assert command("pix2pix", data["pix2pix"]) == (0, "", True)


def test_of_many_pictures_a_sample_is_decoded(tmp_path, monkeypatch):
    places = write_data(tmp_path, count=80)
    decoded = []
    monkeypatch.setattr("train.doctor.look.look", lambda *given: decoded.append(given) or look_itself(*given))
    assert examine_quickly(places["pix2pix"], [SIDE_BY_SIDE]) is not None
    assert len(decoded) == 2 * 2 * SAMPLE  # two halves, two splits


look_itself = look.look


def test_another_layout_is_left_to_training_to_refuse(data):
    assert examine_quickly(data["pix2pix"], [UNPAIRED]) == ()
    assert examine_quickly(data["pix2pix"] / "nothing", [SIDE_BY_SIDE]) == ()


def test_an_error_of_the_export_is_a_sentence(tmp_path):
    words = ["export", str(tmp_path / "no-run"), "--data", str(tmp_path), "--weights", str(tmp_path / "weights")]
    done = CliRunner().invoke(LOOPS["pix2pix"].app, words)
    assert done.exit_code == 1 and done.output == f"Error: {tmp_path / 'no-run'}: no checkpoint (last.pt, previous.pt).\n"


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("--resize", "cubic"), "--resize: must be one of nearest, bilinear"),
        (("--norm", "layer"), "--norm: must be one of batch, instance"),
        (("--scales", "0"), "Invalid value for '--scales'"),
        (("--r1-every", "0"), "Invalid value for '--r1-every'"),
        (("--crop", "65"), "Error: --crop is at most --size, 64 pixels"),
        (("--crop", "8", "--patch", "70"), "Error: --crop 8: the coarsest D would see 8 pixels a side"),
        (("--scales", "5"), "Error: --scales 5: the coarsest D would see 4 pixels a side"),
    ],
)
def test_switches_of_pix2pix_that_cannot_be_are_refused(words, part, data, command):
    code, said, reached = command("pix2pix", data["pix2pix"], *words)
    assert code and not reached and part in " ".join(said.replace("│", " ").split())


@every_loop
@pytest.mark.parametrize("option", ["--sample-every", "--save-every", "--batch"])
def test_what_is_counted_begins_at_one(name, option, data, command):
    code, said, reached = command(name, data[name], option, "0")
    assert code == 2 and not reached and f"Invalid value for '{option}'" in said
