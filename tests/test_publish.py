"""Publish and open again, against a Hub on this machine: the same picture comes back. And what is said where that cannot be."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from huggingface_hub import constants
from huggingface_hub.utils import close_session
from PIL import Image
from typer.testing import CliRunner

from tests.hub_server import HubServer
from tests.small_weights import write_weights
from train.__main__ import app
from translators import CARDS, weights
from translators.from_drawing import DrawingTranslator

ROOT = Path(__file__).resolve().parents[1]
REPO, TOKEN = "someone/shoes", "hf_ThisIsSecret0123456789"
README = "---\nlicense: other\ntags:\n- pix2pix\n- mine\n---\n\n# Shoes\r\n\nBody, --- with dashes, á and  spaces.\n"
FIGURES = {
    "KID x 1000": {"translated": [324.3, 34.6], "drawings themselves": [7825.5, 170.4]},
    "FID": {"translated": [88.5, 80.0, 97.5]},
    "against train and test": {"FID": {"translated": [70.0, 60.0, 80.0]}},
    "cycle error, L1 of 255": 12.5,
    "pictures": 230,
    "protocol": "test folder",
    "features": "SqueezeNet-1.1",
}


@pytest.fixture
def folder(tmp_path) -> Path:
    """What export, evaluate and card leave behind."""
    folder = write_weights(tmp_path / "weights" / "shoes")
    (folder / "README.md").write_text(README, "utf-8", newline="")
    (folder / "figures.json").write_text(json.dumps(FIGURES))
    (folder / "run.json").write_text(json.dumps({"command": "python -m train.pix2pix --data ../shared/data/shoes --drawn", "step": 11475}))
    for name in ("card/test.jpg", "samples/01.png", "thumbnail.jpg", "notes.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (8, 8), "white").save(folder / name, "PNG")
    return folder


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """The local server is the Hub, its cache is empty, and someone is logged in."""
    with HubServer() as server:
        server.tokens[TOKEN] = "someone"
        monkeypatch.setattr(constants, "ENDPOINT", server.url)
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", server.url + "/{repo_id}/resolve/{revision}/{filename}")
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no token"))
        monkeypatch.delenv("HUGGING_FACE_HUB_TOKEN", raising=False)
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        yield server


def publish(folder: Path, *options: str, repo: str = REPO, code: int = 0) -> str:
    argv = sys.argv
    try:
        done = CliRunner().invoke(app, ["publish", str(folder), "--repo", repo, *options])
    finally:
        sys.argv = argv
    assert done.exit_code == code, done.output
    assert TOKEN not in done.output
    return done.output


def front_matter(text: str) -> dict:
    return yaml.safe_load(text.split("---\n")[1])


def painted(folder: Path) -> np.ndarray:
    drawing = Image.new("L", (64, 64), 255)
    drawing.paste(0, (10, 20, 50, 23))
    return np.asarray(DrawingTranslator(CARDS["shoes"], *weights.read(folder)).translate(drawing, seed=3))


@pytest.mark.parametrize("private", [False, True])
def test_published_and_opened_again_it_paints_the_same_picture(folder, hub, tmp_path, private):
    output = publish(folder, *(["--private"] if private else []))
    revision = hub.branches[REPO, "main"]
    assert f'repo="{REPO}",\n            revision="{revision}",' in output and "the card 'shoes'" in output
    assert (REPO in hub.private) == private

    opened = weights.find(replace(CARDS["shoes"], folder=tmp_path / "nowhere", repo=REPO, revision=revision))
    assert opened != folder and opened.name == revision
    assert np.array_equal(painted(opened), painted(folder))
    assert f"PUT /large/{(opened / 'model.safetensors').resolve().name}" in hub.asked  # the large file went the way of large files

    names = {
        "model.safetensors",
        "config.json",
        "README.md",
        "figures.json",
        "run.json",
        "thumbnail.jpg",
        "card/test.jpg",
        "samples/01.png",
    }
    there = hub.repos[REPO][revision]
    assert there.keys() - {".gitattributes"} == names  # notes.txt stays
    assert all(there[name] == (folder / name).read_bytes() for name in names)


def test_the_front_matter_tells_the_hub_what_it_is_and_the_text_below_stays(folder, hub):
    publish(folder, "--dataset", "someone/sneakers")
    text = (folder / "README.md").read_bytes().decode()
    assert text.split("---\n", 2)[2] == README.split("---\n", 2)[2]
    facts = front_matter(text)
    assert facts["license"] == "other" and facts["license_name"] == "research-and-teaching-use"
    assert facts["library_name"] == "trazo" and facts["pipeline_tag"] == "image-to-image"
    assert facts["tags"] == ["pix2pix", "mine", "gan", "image-to-image"]
    assert facts["datasets"] == ["someone/sneakers"] and facts["metrics"] == ["kid", "fid", "cycle-error"]
    (model,) = facts["model-index"]
    (result,) = model["results"]
    assert model["name"] == "Shoes" and result["task"] == {"type": "image-to-image"}
    assert result["dataset"] == {"type": "shoes", "name": CARDS["shoes"].data, "split": "test"}
    kid, fid, cycle = result["metrics"]
    assert kid["value"] == 324.3 and kid["args"] == {"deviation": 34.6} and kid["config"] == "SqueezeNet-1.1"
    assert fid["value"] == 88.5 and fid["args"] == {"low": 80.0, "high": 97.5}
    assert cycle["type"] == "cycle-error" and cycle["value"] == 12.5


def test_figures_of_the_validation_pictures_are_told_as_such(folder, hub):
    figures = json.loads((folder / "figures.json").read_text())
    (folder / "figures.json").write_text(json.dumps(figures | {"protocol": "val folder, 64×64 pixels"}))
    publish(folder)
    (model,) = front_matter((folder / "README.md").read_text("utf-8"))["model-index"]
    assert model["results"][0]["dataset"]["split"] == "val"


def test_publishing_twice_changes_nothing_and_a_change_makes_a_new_revision(folder, hub):
    publish(folder)
    first, text = hub.branches[REPO, "main"], (folder / "README.md").read_bytes()
    assert first in publish(folder)
    assert (folder / "README.md").read_bytes() == text and hub.branches[REPO, "main"] == first
    output = publish(folder, "--license", "cc-by-sa-4.0")
    second = hub.branches[REPO, "main"]
    assert second != first and second in output
    facts = front_matter((folder / "README.md").read_text("utf-8"))
    assert facts["license"] == "cc-by-sa-4.0" and "license_name" not in facts


def test_a_dry_run_shows_everything_and_touches_nothing(folder, hub, monkeypatch):
    monkeypatch.delenv("HF_TOKEN")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    output = publish(folder, "--dry-run", "--private")
    assert "model-index" in output and "card/test.jpg" in output and "a private repository" in output and "notes.txt" not in output
    assert front_matter(output)["metrics"] == ["kid", "fid", "cycle-error"]
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert hub.asked == []


def one_sentence(output: str, *parts: str) -> None:
    (line,) = [line for line in output.splitlines() if line.startswith("Error: ")]
    assert all(part in line for part in parts), line
    assert "Traceback" not in output


@pytest.mark.parametrize(
    ("absent", "maker"),
    [("model.safetensors", "export"), ("figures.json", "python -m train evaluate"), ("README.md", "python -m train card")],
)
def test_a_missing_file_is_named_with_what_makes_it(folder, hub, absent, maker):
    (folder / absent).unlink()
    one_sentence(publish(folder, code=1), absent, maker)
    assert hub.asked == []


def test_weights_that_would_not_load_do_not_go_up(folder, hub):
    (folder / "model.safetensors").write_bytes(b"no weights")
    one_sentence(publish(folder, code=1), "shoes/model.safetensors")
    (folder / "figures.json").write_text("{")
    write_weights(folder)
    one_sentence(publish(folder, code=1), "figures.json")
    assert hub.asked == []


@pytest.mark.parametrize("repo", ["shoes", "a/b/c", "some one/shoes", "someone/"])
def test_a_name_that_the_hub_does_not_take(folder, hub, repo):
    one_sentence(publish(folder, repo=repo, code=1), "owner/name")
    assert hub.asked == []


def test_without_a_token_nothing_is_touched(folder, hub, monkeypatch):
    monkeypatch.delenv("HF_TOKEN")
    one_sentence(publish(folder, code=1), "no token", "hf auth login")
    assert hub.asked == [] and (folder / "README.md").read_bytes().decode() == README


def test_a_token_that_the_hub_does_not_know(folder, hub):
    hub.tokens.clear()
    one_sentence(publish(folder, code=1), "does not know this token")


def test_a_place_that_is_another_s(folder, hub):
    one_sentence(publish(folder, repo="another/shoes", code=1), "may not write to another/shoes")
    hub.publish("another/shoes", {"config.json": b"{}"})
    one_sentence(publish(folder, repo="another/shoes", code=1), "may not write to another/shoes")
    assert hub.repos["another/shoes"][hub.branches["another/shoes", "main"]] == {"config.json": b"{}"}


def test_private_is_refused_where_the_repository_is_public_already(folder, hub):
    hub.publish(REPO, {})
    before = hub.branches[REPO, "main"]
    one_sentence(publish(folder, "--private", code=1), "is public")
    assert hub.branches[REPO, "main"] == before


def test_a_server_that_repeats_the_token_does_not_make_us_print_it(folder, hub, monkeypatch):
    monkeypatch.setattr("tests.hub_server._Handler.create", lambda self, *_: self.say(418, {"error": f"strange token {TOKEN}"}))
    one_sentence(publish(folder, code=1), "418", "strange token ***")


def test_offline_and_a_hub_that_is_gone(folder, hub, monkeypatch):
    hub.__exit__()
    one_sentence(publish(folder, code=1), "cannot be reached", hub.url)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    close_session()  # the client of a process is made once, online or offline
    one_sentence(publish(folder, code=1), "HF_HUB_OFFLINE")
    close_session()


def test_from_the_command_line_with_the_variables_of_the_hub(folder, hub, tmp_path):
    """In a process of its own, where HF_ENDPOINT alone says where the Hub is."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    places = {
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(tmp_path / "home"),
        "HF_TOKEN": TOKEN,
        "HF_HUB_DISABLE_XET": "1",
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "train", "publish", str(folder), "--repo", REPO]
    done = subprocess.run(command, cwd=ROOT, env=kept | places, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert f'revision="{hub.branches[REPO, "main"]}"' in done.stdout
    assert TOKEN not in done.stdout + done.stderr
