"""Where weights come from, in which order; and that what is damaged is said so, with the file's name."""

import os
import pickle
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import load_file, save_file

from tests.hub_server import HubServer
from tests.small_weights import COLOURS, edit_config, write_weights
from translators import CARDS, weights
from translators.errors import WeightsDamaged, WeightsMissing

REPO = "someone/shoes"
ROOT = Path(__file__).parent.parent


def files_of(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in ("model.safetensors", "config.json")}


@pytest.fixture
def hub():
    with HubServer() as server:
        yield server


@pytest.fixture
def machine(tmp_path, monkeypatch, hub):
    """A machine with an empty `weights/` and an empty Hub cache, for which the local server is the Hub."""
    monkeypatch.setattr(constants, "ENDPOINT", hub.url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", hub.url + "/{repo_id}/resolve/{revision}/{filename}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    return replace(CARDS["shoes"], folder=tmp_path / "weights" / "shoes", repo=REPO, revision="main")


def test_float16_on_disk_becomes_a_float32_network_ready_to_paint(tmp_path):
    folder = write_weights(tmp_path / "shoes")
    module, config = weights.read(folder)
    on_disk = load_file(folder / "model.safetensors")
    assert on_disk["downs.0.weight"].dtype == torch.float16
    assert all(value.dtype == torch.float32 and not value.requires_grad for value in module.parameters())
    assert torch.equal(module.downs[0].weight, on_disk["downs.0.weight"].float())
    assert not module.training
    assert config["translator"]["colours"] == COLOURS
    assert module(torch.zeros(1, 3, 16, 16), torch.zeros(1, 3)).shape == (1, 3, 16, 16)


@pytest.mark.parametrize("kind", [torch.int8, torch.bool])
def test_whole_numbers_are_no_weights(tmp_path, kind):
    folder = write_weights(tmp_path / "shoes")
    state = load_file(folder / "model.safetensors")
    save_file(state | {"downs.0.weight": state["downs.0.weight"].to(kind)}, folder / "model.safetensors")
    with pytest.raises(WeightsDamaged, match=rf"downs\.0\.weight holds {str(kind)[6:]} numbers; expected float"):
        weights.read(folder)


def test_local_folder_wins(machine, hub):
    hub.publish(REPO, files_of(write_weights(machine.weights)))
    assert weights.find(machine) == machine.weights
    assert weights.available(machine) is None
    assert hub.asked == []


def test_hub_then_cache_then_offline(machine, hub, tmp_path, monkeypatch):
    published = files_of(write_weights(tmp_path / "source"))
    commit = hub.publish(REPO, published)
    assert weights.available(machine) is not None
    assert hub.asked == []

    folder = weights.find(machine)
    assert files_of(folder) == published
    assert folder.name == commit
    assert f"GET /{REPO}/resolve/main/config.json" in hub.asked

    hub.asked.clear()
    for offline in (False, True):
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", offline)
        for revision in ("main", commit):
            card = replace(machine, revision=revision)
            assert weights.find(card) == folder
            assert weights.available(card) is None
    assert hub.asked == []
    weights.read(folder)


def test_the_pinned_commit_is_what_is_asked_for(machine, hub, tmp_path):
    old = hub.publish(REPO, files_of(write_weights(tmp_path / "old", seed=1)))
    hub.publish(REPO, files_of(write_weights(tmp_path / "new", seed=2)))
    folder = weights.find(replace(machine, revision=old))
    assert files_of(folder) == files_of(tmp_path / "old")
    assert hub.asked
    assert all(old in line or line.split()[1].startswith("/large/") for line in hub.asked)


def test_half_a_cache_is_completed(machine, hub, tmp_path):
    commit = hub.publish(REPO, files_of(write_weights(tmp_path / "source")))
    pinned = replace(machine, revision=commit)
    folder = weights.find(pinned)
    (folder / "model.safetensors").unlink()
    assert weights.available(pinned) is not None
    weights.read(weights.find(pinned))


def one_sentence(caught, *parts: str) -> str:
    message = str(caught.value)
    assert "\n" not in message
    assert all(part in message for part in parts), message
    return message


@pytest.mark.parametrize("change", [{"repo": "nobody/nothing"}, {"revision": "0" * 40}])
def test_what_the_hub_has_not_is_missing(machine, hub, tmp_path, change):
    hub.publish(REPO, files_of(write_weights(tmp_path / "source")))
    card = replace(machine, **change)
    with pytest.raises(WeightsMissing) as caught:
        weights.find(card)
    one_sentence(caught, "shoes", f"hf download {card.repo}", f"--revision {card.revision}")


def test_repository_without_weights_is_missing(machine, hub):
    hub.publish(REPO, {"config.json": b"{}"})
    with pytest.raises(WeightsMissing):
        weights.find(machine)


def test_offline_and_missing(machine, hub, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(WeightsMissing) as caught:
        weights.find(machine)
    one_sentence(caught, "HF_HUB_OFFLINE", "hf download")
    assert hub.asked == []


def test_a_silent_hub_is_given_up_soon(machine, monkeypatch):
    monkeypatch.setattr(weights, "HUB_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and never answers
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setattr(constants, "ENDPOINT", url)
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", url + "/{repo_id}/resolve/{revision}/{filename}")
        start = time.monotonic()
        with pytest.raises(WeightsMissing):
            weights.find(machine)
        assert time.monotonic() - start < 5


def test_the_command_of_the_message_and_the_variables_of_the_hub(machine, hub, tmp_path):
    """In processes of their own: the message's command fills one cache, HF_ENDPOINT alone another; then offline, with the Hub gone."""
    commit = hub.publish(REPO, files_of(write_weights(tmp_path / "source")))
    program = (
        "from dataclasses import replace; from pathlib import Path; from translators import CARDS, weights;"
        f"card = replace(CARDS['shoes'], folder=Path('nowhere'), repo={REPO!r}, revision={commit!r});"
        "print(type(weights.read(weights.find(card))[0]).__name__)"
    )
    bring = weights.available(replace(machine, revision=commit)).split("this brings them: ")[1].split()
    bring[0] = str(Path(sys.executable).with_name(bring[0]))
    load = [sys.executable, "-c", program]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    common = kept | {"HF_ENDPOINT": hub.url, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}

    def run(command, home, **environment) -> str:
        environment = common | {"HF_HOME": str(tmp_path / home)} | environment
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=60).stdout

    run(bring, "by command")
    run(load, "by itself")
    hub.__exit__()
    for home in ("by command", "by itself"):
        assert run(load, home, HF_HUB_OFFLINE="1").strip() == "UNetGenerator"


def damage(folder: Path) -> str:
    with pytest.raises(WeightsDamaged) as caught:
        weights.read(folder)
    return one_sentence(caught)


def test_half_a_folder_is_reported_not_passed_over(machine, hub, tmp_path):
    hub.publish(REPO, files_of(write_weights(tmp_path / "source")))
    (write_weights(machine.weights) / "config.json").unlink()
    with pytest.raises(WeightsDamaged) as caught:
        weights.find(machine)
    assert weights.available(machine) == one_sentence(caught, "shoes/model.safetensors", "config.json")


def test_cut_weights(tmp_path):
    path = write_weights(tmp_path / "shoes") / "model.safetensors"
    for content in (path.read_bytes()[:-100], path.read_bytes()[:50], b"", b"\xff" * 64):
        path.write_bytes(content)
        assert "shoes/model.safetensors" in damage(path.parent)


def test_a_pickle_is_never_opened(tmp_path):
    class Trap:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "sprung",))

    folder = write_weights(tmp_path / "shoes")
    (folder / "model.safetensors").write_bytes(pickle.dumps(Trap()))
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Trap()))
    assert "shoes/model.safetensors" in damage(folder)
    assert not (tmp_path / "sprung").exists()


def test_config_that_is_not_json(tmp_path):
    folder = write_weights(tmp_path / "shoes")
    for content in (b"{", b"[1]", b'{"translator": []}', b"\xff\xfe", b"", b"[" * 100_000):
        (folder / "config.json").write_bytes(content)
        assert "shoes/config.json" in damage(folder)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"architecture": "Imaginary"}, "Imaginary"),
        ({"architecture": None}, "None"),
        ({"architecture": ["UNetGenerator"]}, "UNetGenerator"),
        ({"wings": 2}, "wings"),
        ({"downs": 1}, "downs"),
        ({"base_channels": "many"}, "UNetGenerator"),
        ({"base_channels": 10**12}, "UNetGenerator"),
        ({"downs": 10**9}, "downs"),
        ({"statistics": "imagined"}, "imagined"),
    ],
)
def test_config_that_asks_for_another_network(tmp_path, changes, word):
    folder = write_weights(tmp_path / "shoes")
    edit_config(folder, **changes)
    message = damage(folder)
    assert "shoes/config.json" in message
    assert word in message


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda state: state.pop("downs.0.weight"), "missing"),
        (lambda state: state.update(wings=torch.zeros(1)), "wings"),
        (lambda state: state.update({"downs.0.weight": torch.zeros(4, 6, 4, 4)}), "(4, 6, 4, 4)"),
        (lambda state: state["downs.0.weight"].view(-1).__setitem__(0, float("nan")), "finite"),
    ],
)
def test_tensors_of_another_network(tmp_path, change, word):
    folder = write_weights(tmp_path / "shoes")
    state = load_file(folder / "model.safetensors")
    change(state)
    save_file(state, folder / "model.safetensors")
    message = damage(folder)
    assert "shoes/model.safetensors" in message
    assert word in message


def test_what_is_shipped_is_small_and_float16():
    sizes = {path.relative_to(ROOT / "weights"): path.stat().st_size for path in (ROOT / "weights").rglob("*.safetensors")}
    assert {path.parts[0] for path in sizes} >= set(CARDS)
    assert max(sizes.values()) < 30e6 and sum(sizes.values()) < 100e6
    for path in sizes:
        kinds = {tensor.dtype for tensor in load_file(ROOT / "weights" / path).values() if tensor.is_floating_point()}
        assert kinds == {torch.float16}, path
