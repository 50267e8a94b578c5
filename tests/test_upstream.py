"""Old checkpoints: what the originals answered, every architecture that their code can make, and one sentence for what cannot be opened."""

import itertools
import os
import pickle
import struct
import subprocess
import sys
import time
import zipfile
from collections import OrderedDict
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from safetensors.torch import save_file
from torch import nn

from tests import original_networks as original
from translators import BadCheckpoint
from translators.pix2pix import PatchGAN, UNetGenerator
from translators.pix2pixhd import instance_means
from translators.upstream import open_checkpoint, original_state

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT.parent / "shared" / "reference"
MAGIC = 0x1950A86A20F9469CFC6C  # with which torch's files began before they were archives
NAMES = ["unet_256_eval", "resnet_9blocks", "hd_global"]
needs_reference = pytest.mark.skipif(not REFERENCE.is_dir(), reason="the original networks' answers (../shared/reference) are not here")
NORMS = {"batch": original.batch, "instance": original.instance}


def kept(name: str) -> dict:
    return torch.load(REFERENCE / f"{name}.pth", weights_only=True)


def prefixed(state: dict, prefix: str = "module.") -> dict:
    return {prefix + key: value for key, value in state.items()}


def stale(state: dict) -> dict:
    """With what torch 0.3 left in instance norms: statistics that evaluation did not use."""
    left, head = {}, list(state)[-1]
    for key, value in state.items():
        layer, _, leaf = key.rpartition(".")
        if leaf == "bias" and key != head:
            norm = f"{layer.rpartition('.')[0]}.{int(layer.rpartition('.')[2]) + 1}"
            left |= {f"{norm}.running_mean": torch.ones(len(value)), f"{norm}.running_var": torch.full((len(value),), 9.0)}
            left[f"{norm}.num_batches_tracked"] = torch.tensor(7)
    return state | left


VARIATIONS = {
    "as it is": lambda state: state,
    "data parallel": prefixed,
    "data parallel twice": lambda state: prefixed(prefixed(state)),
    "compiled": lambda state: prefixed(state, "_orig_mod."),
    "state_dict": lambda state: {"state_dict": state, "epoch": 200},
    "model": lambda state: {"model": prefixed(state), "optimizer": {"state": {0: {"exp_avg": torch.zeros(3)}}}},
    "netG": lambda state: {"netG": state, "netD": {"model.0.weight": torch.zeros(4, 6, 4, 4)}},
    "netG in the keys": lambda state: {"state_dict": prefixed(state, "netG.") | {"netD.model.0.weight": torch.zeros(4, 6, 4, 4)}},
    "params": lambda state: {"params_ema": state, "params": {key: value * 0 for key, value in state.items()}},
    "float32": lambda state: {key: value.float() for key, value in state.items()},
    "bfloat16 beside float64": lambda state: {key: value.double() for key, value in state.items()},
    "an ordered dict": OrderedDict,
}


@needs_reference
@pytest.mark.parametrize("variation", VARIATIONS)
@pytest.mark.parametrize("name", NAMES)
def test_the_original_s_answer(tmp_path, name, variation):
    reference = kept(name)
    torch.save(VARIATIONS[variation](reference["state"]), tmp_path / "net.pth")
    network, config = open_checkpoint(tmp_path / "net.pth")
    assert not network.training and config["architecture"] == type(network).__name__
    with torch.inference_mode():
        torch.testing.assert_close(network(reference["x"].float()), reference["y"].float(), atol=1e-4, rtol=0)


@needs_reference
@pytest.mark.parametrize("name", NAMES)
def test_the_files_of_the_reference_open_as_they_are(name):
    _, config = open_checkpoint(REFERENCE / f"{name}.pth")
    assert {"unet_256_eval": "UNet", "resnet_9blocks": "ResNet", "hd_global": "Global"}[name] + "Generator" == config["architecture"]
    assert config["in_channels"] == (36 if name == "hd_global" else 3)


@needs_reference
@pytest.mark.parametrize("name", ["resnet_9blocks", "hd_global"])
def test_stale_statistics_of_instance_norms_change_nothing(tmp_path, name):
    reference = kept(name)
    torch.save(stale(reference["state"]), tmp_path / "net.pth")
    with torch.inference_mode():
        y = open_checkpoint(tmp_path / "net.pth")[0](reference["x"].float())
    torch.testing.assert_close(y, reference["y"].float(), atol=1e-4, rtol=0)


@needs_reference
@pytest.mark.parametrize("name", NAMES)
def test_out_again_in_the_original_s_names(name):
    state = original_state(open_checkpoint(REFERENCE / f"{name}.pth")[0])
    assert state.keys() == kept(name)["state"].keys()


@needs_reference
def test_what_the_file_cannot_answer_is_said_and_can_be_set():
    path, x = REFERENCE / "unet_256_eval.pth", kept("unet_256_eval")["x"].float()
    network, config = open_checkpoint(path)
    assert len(config["assumed"]) == 4 and "running statistics" in config["assumed"][0] and "A to B" in config["assumed"][-1]
    as_tested, config = open_checkpoint(path, statistics="image", dropout_at_test=True)
    assert len(config["assumed"]) == 2 and config["statistics"] == "image" and config["dropout_at_test"]
    _, same = open_checkpoint(path, as_tested=["statistics", "dropout_at_test"])
    assert same | {"assumed": ()} == config | {"assumed": ()} and "Dropout stays on" in same["assumed"][2]
    with torch.inference_mode():
        running = network(x)
        network.statistics = "image"
        assert not torch.allclose(network(x), running, atol=1e-2)
        assert torch.equal(network(x), as_tested(x, noise=False))
        assert not torch.equal(as_tested(x, seed=1), as_tested(x, seed=2))


def refusal(path: Path, **options) -> str:
    with pytest.raises(BadCheckpoint) as caught:
        open_checkpoint(path, **options)
    message = str(caught.value)
    assert path.name in message and "\n" not in message and message.endswith(".")
    return message


class Trap:
    def __reduce__(self):
        return (os.mkdir, (self.place,))

    def __init__(self, place):
        self.place = str(place)


def torch_save(thing, path: Path, protocol: int) -> None:
    torch.save(thing, path, pickle_protocol=protocol)


def pickle_save(thing, path: Path, protocol: int) -> None:
    path.write_bytes(pickle.dumps(thing, protocol))


def test_code_is_never_run(tmp_path):
    path, sprung = tmp_path / "latest_net_G.pth", tmp_path / "sprung"
    for protocol, save in itertools.product((2, 4), (torch_save, pickle_save)):
        for thing in (Trap(sprung), {"model": Trap(sprung)}, OrderedDict(a=1.5, b=Trap(sprung))):
            save(thing, path, protocol)
            assert "mkdir" in refusal(path) and "run code" in refusal(path)
    torch.save(nn.Conv2d(1, 1, 1), path)  # a whole network is code too
    assert "torch.nn" in refusal(path)
    assert not sprung.exists()


def write_small(path: Path) -> dict:
    torch.manual_seed(0)
    state = original.resnet(3, 3, 4, 2, original.instance).state_dict()
    torch.save(state, path)
    return state


def test_files_that_are_no_checkpoint(tmp_path):
    path = tmp_path / "net.pth"
    assert "no file" in refusal(path)
    path.write_bytes(b"")
    assert "0 bytes" in refusal(path)
    for form in ("PNG", "JPEG", "WEBP"):
        Image.new("RGB", (8, 8)).save(path, form)
        assert f"picture ({form})" in refusal(path)
    path.write_text("<html>Not found</html>")
    assert "torch can read" in refusal(path)
    assert "cannot be read" in refusal(tmp_path)


@pytest.mark.parametrize("zipped", [True, False])
def test_a_truncated_file(tmp_path, zipped):
    path = tmp_path / "net.pth"
    torch.save(write_small(path), path, _use_new_zipfile_serialization=zipped)
    whole = path.read_bytes()
    open_checkpoint(path)
    for share in (0.999, 0.5, 0.01):
        path.write_bytes(whole[: int(share * len(whole))])
        assert "only a part" in refusal(path)


def test_a_damaged_byte_is_said_or_harmless(tmp_path):
    path = tmp_path / "net.pth"
    write_small(path)
    whole = path.read_bytes()
    for place in range(0, len(whole), len(whole) // 40):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            open_checkpoint(path)
        except BadCheckpoint as error:
            assert "net.pth" in str(error)


@pytest.mark.parametrize(
    "things", [[1, 2], {}, {"epoch": 3}, torch.zeros(3), {"conv1.weight": torch.zeros(64, 3, 7, 7)}, {1: torch.zeros(1)}]
)
def test_checkpoints_of_something_else(tmp_path, things):
    torch.save(things, tmp_path / "net.pth")
    assert "no network of pix2pix, CycleGAN or pix2pixHD" in refusal(tmp_path / "net.pth")


SMALL = {
    "unet": lambda: original.unet(3, 3, 4, 5, original.batch),
    "unet instance": lambda: original.unet(3, 3, 4, 5, original.instance),
    "resnet": lambda: original.resnet(3, 3, 4, 2, original.instance),
    "resnet batch": lambda: original.resnet(3, 3, 4, 2, original.batch),
    "hd": lambda: original.hd_global(5, 3, 4, 3, 2, original.batch),
    "enhancer": lambda: original.Enhanced(5, 3, 2, 2, 1, 1, 2, original.instance),
    "encoder": lambda: original.hd_global(3, 3, 4, 2, 0, original.instance),
    "patchgan": lambda: original.patchgan(6, 4, 3, original.batch),
    "pixel": lambda: original.pixel(6, 4, original.batch),
    "scales": lambda: original.Scales(8, 4, 3, 3, original.instance, False),
}


@pytest.mark.parametrize("name", SMALL)
def test_every_key_that_is_missing_left_over_or_of_another_shape_is_named(tmp_path, name):
    path, state = tmp_path / "net.pth", SMALL[name]().state_dict()
    for key in state:
        if not key.endswith("num_batches_tracked"):
            torch.save({other: value for other, value in state.items() if other != key}, path)
            assert f"{key} is missing" in refusal(path)
            torch.save(state | {key: torch.zeros(2, 7, *state[key].shape[2:])}, path)
            assert f": {key} is (2, 7" in refusal(path), refusal(path)
    torch.save(state | {"wings.weight": torch.zeros(1)}, path)
    assert "wings.weight is left over" in refusal(path)
    torch.save(state | {key: torch.full_like(state[key], float("inf"))}, path)
    assert f"{key} holds values that are not finite" in refusal(path)


def test_a_key_is_named_as_it_stands_in_the_file(tmp_path):
    state = write_small(tmp_path / "net.pth")
    del state["model.4.weight"]
    torch.save({"epoch": 1, "netG": state}, tmp_path / "net.pth")
    assert "netG.model.4.weight is missing" in refusal(tmp_path / "net.pth")


def test_a_small_file_cannot_ask_for_much_memory(tmp_path):
    state, path = write_small(tmp_path / "net.pth"), tmp_path / "net.pth"
    one = torch.zeros(1)
    torch.save({key: one.expand(value.shape) for key, value in state.items()}, path)
    assert "more numbers than it holds" in refusal(path)
    far = {key.replace("model.10.", "model.100000000000."): value for key, value in state.items()}
    torch.save(far, path)
    refusal(path)
    torch.save({key: value.to_sparse() if value.ndim == 4 else value for key, value in state.items()}, path)
    assert "plain tensor" in refusal(path)


def ladder(rungs: int, wide: int, held: dict | None = None) -> dict:
    """A dict of one dict, `wide` times, of one dict, `wide` times … or, without rungs, of itself."""
    if not rungs:
        held = {}
        held |= {f"k{i}": held for i in range(wide)}
    for _ in range(rungs):
        held = {f"k{i}": held or {} for i in range(wide)}
    return held


@pytest.mark.parametrize("rungs", [0, 7])
def test_a_small_file_cannot_ask_for_much_time(tmp_path, rungs):
    torch.save(ladder(rungs, 60), tmp_path / "net.pth")
    start = time.process_time()
    assert "holds too many dicts" in refusal(tmp_path / "net.pth")
    assert time.process_time() - start < 2


GROWTH = """
import resource, sys
from pathlib import Path
from translators import BadCheckpoint
from translators.upstream import open_checkpoint
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    open_checkpoint(sys.argv[1])
except BadCheckpoint as error:
    print(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def growth(path: Path) -> tuple[str, int]:
    """What a process of its own says of a file, and by how many megabytes it grew."""
    done = subprocess.run([sys.executable, "-c", GROWTH, str(path)], capture_output=True, text=True, check=True, cwd=ROOT)
    said, megabytes = done.stdout.splitlines()
    return said, int(megabytes)


@pytest.mark.parametrize("zipped", [True, False])
def test_a_small_file_cannot_call_for_empty_memory(tmp_path, zipped):
    path = tmp_path / "net.pth"
    call = b"\x80\x02cbuiltins\nbytearray\n\x8a\x08" + (1 << 28).to_bytes(8, "little") + b"\x85R."
    if zipped:
        torch.save({}, path)
        with zipfile.ZipFile(path) as whole:
            members = {name: call if name.endswith("data.pkl") else whole.read(name) for name in whole.namelist()}
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)
    else:
        path.write_bytes(pickle.dumps(MAGIC, 2) + pickle.dumps(1001, 2) + 3 * call)
    said, megabytes = growth(path)
    assert "bytearray" in said and megabytes < 64


def test_tensors_that_a_pickle_makes_are_no_weights(tmp_path):
    """torch.FloatTensor(*shape) is whatever lies in memory, as large as one likes."""
    path, state = tmp_path / "net.pth", write_small(tmp_path / "net.pth")
    torch.save({key: Made(value.shape) for key, value in state.items()}, path)
    torch.load(path, weights_only=True)
    assert "more numbers than it holds" in refusal(path)


class Made:
    def __init__(self, shape):
        self.shape = shape

    def __reduce__(self):
        return (torch.FloatTensor, tuple(self.shape))


def test_a_member_that_is_compressed_is_not_read(tmp_path):
    path = tmp_path / "net.pth"
    write_small(path)
    with zipfile.ZipFile(path) as whole:
        members = {name: whole.read(name) for name in whole.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data, zipfile.ZIP_DEFLATED if name.endswith("data.pkl") else zipfile.ZIP_STORED)
        archive.writestr("net/more", bytes(1 << 16))
        archive.writestr("net/comment", b"", zipfile.ZIP_STORED)
    assert "is compressed" in refusal(path)


@pytest.mark.parametrize("kind", [torch.int8, torch.int64, torch.bool])
def test_whole_numbers_are_no_weights(tmp_path, kind):
    state = write_small(tmp_path / "net.pth")
    torch.save(state | {"model.1.weight": (state["model.1.weight"] * 127).to(kind)}, tmp_path / "net.pth")
    assert f"model.1.weight holds {str(kind)[6:]} numbers; expected float" in refusal(tmp_path / "net.pth")


def test_a_key_of_many_digits_is_left_over(tmp_path):
    for key in ("conv_block.1.weight", "weight"):
        for name in SMALL:
            torch.save(SMALL[name]().state_dict() | {f"model.{'9' * 5000}.{key}": torch.zeros(1, 1, 1, 1)}, tmp_path / "net.pth")
            assert "is left over" in refusal(tmp_path / "net.pth")


def test_several_networks_in_one_file(tmp_path):
    path, G, D = tmp_path / "both.pth", SMALL["resnet"]().state_dict(), SMALL["patchgan"]().state_dict()
    torch.save({"netG_A": G, "netG_B": {key: value + 1 for key, value in G.items()}, "netD_A": D}, path)
    assert "netG_A, netG_B" in refusal(path)
    network, config = open_checkpoint(path, part="netG_B")
    assert torch.equal(network.stem.weight, G["model.1.weight"] + 1) and "netD_A" in config["assumed"][-1]
    assert isinstance(open_checkpoint(path, part="netD_A")[0], PatchGAN)
    assert "no part netG" in refusal(path, part="netG")


def test_only_what_the_file_leaves_open_can_be_set(tmp_path):
    write_small(tmp_path / "net.pth")
    assert "statistics cannot be set" in refusal(tmp_path / "net.pth", statistics="running")
    torch.save(SMALL["unet"]().state_dict(), tmp_path / "net.pth")
    assert "statistics must be one of" in refusal(tmp_path / "net.pth", statistics="batch")


def test_safetensors_with_the_original_s_keys(tmp_path):
    state = write_small(tmp_path / "net.pth")
    save_file(state, tmp_path / "net.safetensors")
    assert torch.equal(open_checkpoint(tmp_path / "net.safetensors")[0].stem.weight, state["model.1.weight"])
    save_file(state, tmp_path / "NET.SAFETENSORS")
    assert torch.equal(open_checkpoint(tmp_path / "NET.SAFETENSORS")[0].stem.weight, state["model.1.weight"])
    (tmp_path / "net.safetensors").write_bytes(struct.pack("<Q", 2**60) + b"{}")
    refusal(tmp_path / "net.safetensors")


def test_batch_norms_of_torch_0_3_did_not_count_batches(tmp_path):
    state = SMALL["unet"]().state_dict()
    torch.save({key: value for key, value in state.items() if not key.endswith("num_batches_tracked")}, tmp_path / "net.pth")
    assert open_checkpoint(tmp_path / "net.pth")[0].up_norms[0].num_batches_tracked == 0


def test_an_own_network_notes_what_its_keys_cannot_say(tmp_path):
    """Trained here, on every picture's own statistics and with dropout at test: opened again it answers the same."""
    torch.manual_seed(0)
    network = UNetGenerator(base_channels=4, downs=7).eval()
    torch.save(original_state(network), tmp_path / "net.pth")
    again, config = open_checkpoint(tmp_path / "net.pth")
    assert (config["statistics"], config["dropout_at_test"], config["dropout_layers"]) == ("image", True, 2)
    x = torch.rand(1, 3, 128, 128)
    with torch.inference_mode():
        assert torch.equal(network(x, seed=3), again(x, seed=3))
    with pytest.raises(ValueError, match="condition"):
        original_state(UNetGenerator(base_channels=4, condition_size=3))


norms, widths, outs = st.sampled_from(["batch", "instance"]), st.integers(1, 5), st.integers(1, 4)
ARCHITECTURES = st.one_of(
    st.tuples(st.just("unet"), st.fixed_dictionaries(dict(ins=outs, outs=outs, width=widths, downs=st.integers(2, 7), norm=norms))),
    st.tuples(
        st.just("resnet"),
        st.fixed_dictionaries(
            dict(
                ins=outs,
                outs=outs,
                width=widths,
                blocks=st.integers(1, 9),
                norm=norms,
                dropout=st.booleans(),
                resize=st.sampled_from([None, "bilinear", "nearest"]),
                reflect=st.booleans(),
            )
        ),
    ),
    st.tuples(
        st.just("hd_global"),
        st.fixed_dictionaries(
            dict(ins=st.integers(1, 9), outs=outs, width=widths, downs=st.integers(1, 4), blocks=st.integers(0, 3), norm=norms)
        ),
    ),
    st.tuples(
        st.just("Enhanced"),
        st.fixed_dictionaries(
            dict(
                ins=outs,
                outs=outs,
                width=st.integers(1, 2),
                downs=st.integers(1, 3),
                blocks=st.integers(1, 2),
                scales=st.integers(1, 2),
                local_blocks=st.integers(0, 2),
                norm=norms,
            )
        ),
    ),
    st.tuples(st.just("patchgan"), st.fixed_dictionaries(dict(ins=st.integers(1, 9), width=widths, n=st.integers(1, 5), norm=norms))),
    st.tuples(st.just("pixel"), st.fixed_dictionaries(dict(ins=st.integers(1, 9), width=widths, norm=norms))),
    st.tuples(
        st.just("Scales"),
        st.fixed_dictionaries(
            dict(
                ins=st.integers(1, 9),
                width=widths,
                n=st.integers(1, 4),
                scales=st.integers(1, 3),
                norm=norms,
                flat=st.booleans(),
                widest=st.sampled_from([16, 512]),
            )
        ),
    ),
)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)
@given(architecture=ARCHITECTURES, half=st.booleans(), seed=st.integers(0, 2**31))
def test_any_architecture_opens_answers_the_same_and_goes_out_again(tmp_path, architecture, half, seed):
    kind, arguments = architecture
    arguments = arguments | {"norm": NORMS[arguments["norm"]]}
    torch.manual_seed(seed)
    network = getattr(original, kind)(**arguments).eval()
    for value in network.state_dict().values():  # running statistics and gains too
        if value.is_floating_point():
            value.copy_((torch.rand_like(value) * 0.6 + 0.05 if value.ndim == 1 else value * 2).half())
    state = {key: value.half() if half else value for key, value in network.state_dict().items()}
    torch.save(state, tmp_path / "net.pth")
    settled = {"resize": "nearest"} if arguments.get("resize") == "nearest" else {}
    opened, config = open_checkpoint(tmp_path / "net.pth", **settled)

    sides = {"unet": [128, 128], "Scales": [150, 140], "patchgan": [10 * 2 ** arguments.get("n", 0) + 20] * 2}.get(kind, [64, 96])
    x = torch.rand(1, arguments["ins"], *sides) * 2 - 1
    with torch.no_grad():
        expected = network(x)
        if config["architecture"] == "Encoder":
            objects = torch.randint(0, 3, (1, *sides))
            answer, expected = opened(x, objects), instance_means(expected, objects)
        else:
            answer = opened(x, x[:, :0]) if kind == "Scales" else opened(x)
    torch.testing.assert_close(answer, expected, atol=1e-4, rtol=1e-4)
    out = original_state(opened)
    if kind == "Scales" and arguments["flat"]:  # goes out layer by layer
        return
    network.load_state_dict(out, strict=True)
    torch.save(out, tmp_path / "again.pth")
    again, noted = open_checkpoint(tmp_path / "again.pth")
    assert noted | {"assumed": ()} == config | {"assumed": ()}
    assert all(torch.equal(value, opened.state_dict()[key]) for key, value in again.state_dict().items())
