"""A published model opens in memory at a pinned commit: what it gives, what is refused, and that nothing of it stays on disk."""

import json
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub import constants
from huggingface_hub.utils import close_session
from PIL import Image

from tests.hub_server import HubServer
from tests.small_weights import COLOURS, edit_config, save, write_hinted_weights, write_photo_weights, write_weights
from translators import BadCheckpoint, TranslationError, WeightsMissing, hub
from translators.from_labels import LabelTranslator
from translators.loading import ready, translator_in
from translators.pix2pixhd import GlobalGenerator

REPO = "someone/small-model"


@pytest.fixture
def server(tmp_path, monkeypatch):
    """The local server is the Hub; this machine has a token, an empty cache and an empty folder for temporary files."""
    (tmp_path / "tmp").mkdir()
    with HubServer() as server:
        server.tokens["hf_owner"] = "someone"
        monkeypatch.setattr(constants, "ENDPOINT", server.url)
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", server.url + "/{repo_id}/resolve/{revision}/{filename}")
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        monkeypatch.setenv("HF_TOKEN", "hf_owner")
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
        yield server
        left = [path.name for path in (tmp_path / "tmp").iterdir() if not path.name.startswith("torchinductor")]
        assert not (tmp_path / "cache").exists() and left == []


def files_of(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in ("model.safetensors", "config.json")}


def opened(address: str = REPO, takes: str = "drawing", **options):
    return hub.opened(hub.pinned(address), takes, **options)


def drawing() -> Image.Image:
    page = Image.new("L", (64, 48), 255)
    page.paste(0, (10, 20, 50, 23))
    return page


def test_it_paints_what_the_local_one_paints(server, tmp_path):
    folder = write_weights(tmp_path / "mine")
    commit = server.publish(REPO, files_of(folder))
    card, module, config = opened()
    assert (card.name, card.title, card.method) == ("small-model", "small-model", "pix2pix U-Net, 4 wide")
    assert (card.repo, card.revision, card.credit) == (REPO, commit, f"{REPO}@{commit}")
    assert [control.name for control in card.controls] == ["seed", "colour"]  # four halvings have no dropout
    local, brought = translator_in(folder, card), ready(card, module, config)
    assert [list(colour) for colour in brought.colours] == COLOURS
    for seed in (0, 1):
        a, b = (np.asarray(painter.translate(drawing(), seed=seed), float) for painter in (local, brought))
        assert np.abs(a - b).mean() < 2  # the fastest way on this machine may be bfloat16


def test_colour_hints_come_with_the_network_that_takes_them(server, tmp_path):
    server.publish(REPO, files_of(write_hinted_weights(tmp_path / "mine")))
    card, module, config = opened()
    assert [control.name for control in card.controls] == ["seed", "colour", "hints"]
    hints = Image.new("RGBA", (64, 48))
    hints.paste("#ff0000", (20, 24, 40, 40))
    brought = ready(card, module, config)
    assert brought.translate(drawing()).tobytes() != brought.translate(drawing(), hints=hints).tobytes()
    with pytest.raises(BadCheckpoint, match="takes 7 channels"):
        opened(takes="photo")
    edit_config(tmp_path / "mine", translator={"colours": COLOURS, "hints": "yes"})
    server.publish(REPO, files_of(tmp_path / "mine"))
    with pytest.raises(BadCheckpoint, match="hints in its translator must be true or false"):
        opened()


def test_a_revision_is_pinned_to_its_commit(server, tmp_path):
    old = server.publish(REPO, files_of(write_weights(tmp_path / "old", seed=1)))
    new = server.publish(REPO, files_of(write_weights(tmp_path / "new", seed=2)))
    server.publish(REPO, files_of(write_weights(tmp_path / "tried", seed=3)), branch="tried")
    tried = server.branches[REPO, "tried"]
    addresses = {REPO: new, f" {REPO}@main ": new, f"{REPO}@{old}": old, f"{REPO}@tried": tried}
    assert {address: hub.pinned(address).commit for address in addresses} == addresses
    server.asked.clear()
    opened(f"{REPO}@{old}")
    assert all(old in line or "/large/" in line for line in server.asked)


def test_a_model_is_of_its_config_s_commit_whatever_is_published_meanwhile(server, tmp_path, monkeypatch):
    old, new = (files_of(write_weights(tmp_path / str(wide), base_channels=wide)) for wide in (4, 8))
    commit, ask = server.publish(REPO, old), hub.get_hf_file_metadata

    def asked_before_it_is_published(*given, **more):
        told = ask(*given, **more)
        server.publish(REPO, new)
        return told

    monkeypatch.setattr(hub, "get_hf_file_metadata", asked_before_it_is_published)
    assert hub.pinned(REPO) == (REPO, commit, sum(map(len, old.values())))


def test_photos_and_label_maps(server, tmp_path):
    server.publish(REPO, files_of(write_photo_weights(tmp_path / "photo")))
    card, module, config = opened(takes="photo")
    assert ready(card, module, config).translate(Image.new("RGB", (40, 30))).size == (40, 30)

    save(GlobalGenerator(8 + 2, base_channels=4, downs=2, blocks=1), tmp_path / "labels")
    edit_config(tmp_path / "labels", translator={"size": [64, 32], "clusters": {"0": [[0.5, 1.0]], "3": [[0, 1], [1, 0]]}})
    server.publish(REPO, files_of(tmp_path / "labels"))
    card, module, config = opened(takes="label map", palette="7 classes")
    translator = ready(card, module, config)
    assert isinstance(translator, LabelTranslator) and card.size == 64 and card.palette == "7 classes"
    assert translator.translate(Image.new("L", (40, 24), 3), seed=2).size == (40, 24)
    card, _, config = opened(takes="label map")
    assert card.palette == "7 classes" and len(config["translator"]["assumed"]) == 1


def refusal(address: str = REPO, takes: str = "drawing", error: type[TranslationError] = BadCheckpoint) -> str:
    with pytest.raises(TranslationError) as refused:
        opened(address, takes)
    assert isinstance(refused.value, error) and "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize("address", ["", "model", "a/b/c", "a b/c", "a/b@", "https://huggingface.co/a/b", "a/b@x y", "а/б", "@"])
def test_what_is_no_address(server, address):
    assert "owner/name" in refusal(address)
    assert server.asked == []


def test_what_is_not_there(server, tmp_path):
    assert "no public model nobody/nothing" in refusal("nobody/nothing")
    assert "no public model" in refusal("some..one/nothing")
    commit = server.publish(REPO, files_of(write_weights(tmp_path / "mine")))
    assert f"no revision {'0' * 40}" in refusal(f"{REPO}@{'0' * 40}")
    for absent in ("config.json", "model.safetensors"):
        rest = {name: data for name, data in files_of(tmp_path / "mine").items() if name != absent}
        server.publish("someone/half", rest | {"pytorch_model.bin": b"pickled"})
        assert "not both model.safetensors and config.json" in refusal("someone/half")
    assert hub.pinned(f"{REPO}@{commit}").size == sum(len(data) for data in files_of(tmp_path / "mine").values())


def test_what_only_this_server_s_owner_may_see_stays_shut(server, tmp_path):
    server.publish(REPO, files_of(write_weights(tmp_path / "mine")))
    server.private.add(REPO)
    assert "no public model" in refusal()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"architecture": "Imaginary"}, "Imaginary"),
        ({"downs": 10**9}, "downs"),
        ({"wings": 2}, "wings"),
        ({"base_channels": 8}, "belongs"),
        ({"translator": {"colours": 5}}, "colours"),
        ({"translator": {"colours": [[1, 2]]}}, "colours"),
        ({"translator": {"colours": COLOURS, "lines": {"width": ["a", 2]}}}, "lines"),
        ({"translator": {"colours": COLOURS, "size": 10**9}}, "size"),
        ({"translator": {"colours": COLOURS, "clusters": {"1": [[1], [1, 2]]}}}, "clusters"),
        ({"translator": {"colours": COLOURS, "clusters": {"1": []}}}, "clusters"),
        ({"translator": {"colours": [[1, 2, 300]]}}, "colours"),
        ({"translator": {"colours": [[1, 2, 0.5]]}}, "colours"),
        ({"translator": {"clusters": {"9" * 5000: [[1]]}}}, "clusters"),
        ({"translator": {"scenes": [[0, 0.5]]}}, "scenes"),
        ({"translator": {"histogram": 7}}, "histogram"),
        ({"translator": {"histogram": {"shares": [1], "most": [1, 0], "layouts": ["100 " * 12], "far": 0.1}}}, "histogram"),
        ({"translator": {"histogram": {"shares": [1], "most": [1], "layouts": ["100"], "far": 0.1}}}, "histogram"),
        ({"translator": {"histogram": {"shares": [1], "most": [1], "layouts": ["100 " * 12], "far": "x"}}}, "histogram"),
        ({"translator": {"margin": 129}}, "margin"),
        ({"translator": {"margin": 1.0}}, "margin"),
        ({"translator": 7}, "translator"),
    ],
)
def test_a_config_that_cannot_be(server, tmp_path, changes, says):
    folder = write_weights(tmp_path / "mine")
    edit_config(folder, **changes)
    server.publish(REPO, files_of(folder))
    said = refusal(error=TranslationError)
    assert says in said and "small-model/" in said and str(tmp_path) not in said


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"size": 1025}, "1,025 x 1,025"),
        ({"size": [2049, 16]}, "2,049 x 16"),
        ({"histogram": {"shares": [1], "most": [1], "layouts": ["100 " * 12], "far": 0.1}}, "7 classes"),
    ],
)
def test_a_label_map_s_config_that_cannot_be(server, tmp_path, told, says):
    save(GlobalGenerator(8, base_channels=4, downs=2, blocks=1), tmp_path / "labels")
    edit_config(tmp_path / "labels", translator=told)
    server.publish(REPO, files_of(tmp_path / "labels"))
    assert says in refusal(takes="label map")


def test_styles_are_for_label_maps(server, tmp_path):
    save(GlobalGenerator(5, base_channels=4, downs=2, blocks=1), tmp_path / "labels")
    edit_config(tmp_path / "labels", translator={"clusters": {"0": [[1, 2]]}})
    server.publish(REPO, files_of(tmp_path / "labels"))
    assert "takes 5 channels" in refusal(takes="photo")


def test_the_same_photo_gives_the_same_picture(server, tmp_path):
    server.publish(REPO, files_of(write_weights(tmp_path / "photo", downs=6, condition_size=0)))
    card, module, config = opened(takes="photo")
    translator, photo = ready(card, module, config), Image.linear_gradient("L").resize((64, 64)).convert("RGB")
    assert config["dropout_at_test"] is False and module.dropout_layers
    assert translator.translate(photo).tobytes() == translator.translate(photo).tobytes()


def test_what_is_no_config_at_all(server, tmp_path):
    good = files_of(write_weights(tmp_path / "mine"))
    server.publish(REPO, good | {"config.json": b'{"model_type": "bert"}'})
    assert "architecture" in refusal(error=TranslationError)
    server.publish(REPO, good | {"config.json": json.dumps({"a": "x" * hub.MOST_CONFIG}).encode()})
    assert "no config" in refusal()
    server.publish(REPO, good | {"model.safetensors": good["model.safetensors"][:-9]})
    assert "not a whole safetensors file" in refusal(error=TranslationError)


def test_what_takes_something_else(server, tmp_path):
    server.publish(REPO, files_of(write_weights(tmp_path / "mine")))
    assert "takes a colour" in refusal(takes="photo")


def test_offline_and_a_hub_that_is_gone(server, monkeypatch):
    server.__exit__()
    assert server.url in refusal(error=WeightsMissing)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    close_session()  # the client of a process is made once, online or offline
    assert "HF_HUB_OFFLINE" in refusal(error=WeightsMissing)
    close_session()
