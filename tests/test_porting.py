"""Checkpoints in, translators out: what an import writes, where it shows, and that every exported file answers as the network does."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageChops, ImageDraw
from safetensors.torch import load_file
from typer.testing import CliRunner

import translators
from studio import networks
from tests import original_networks as original
from tests.small_weights import COLOURS, edit_config, save
from translators import CARDS, BadControl, TranslationError, cards, importing, porting
from translators.__main__ import app
from translators.cards import RESOLUTION, imported
from translators.cyclegan import ResNetGenerator
from translators.labels import palette_of
from translators.loading import translator_in
from translators.pix2pix import UNetGenerator, initialize
from translators.pix2pixhd import GlobalGenerator, LocalEnhancer
from translators.upstream import open_checkpoint

ROOT = Path(__file__).parent.parent


@pytest.fixture
def weights(tmp_path, monkeypatch) -> Path:
    """An empty `weights/`, and `CARDS` as it was afterwards."""
    before = dict(CARDS)
    for module in (cards, importing, porting):
        monkeypatch.setattr(module, "WEIGHTS", tmp_path / "weights")
    yield tmp_path / "weights"
    CARDS.clear()
    CARDS.update(before)


def command(*words: object, code: int = 0) -> str:
    """What `python -m translators` prints, errors too."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result.output


def checkpoint(path: Path, network: torch.nn.Module, half: bool = True) -> Path:
    """Saved by the original code, with weights that paint something; statistics as after training."""
    torch.manual_seed(0)
    for key, value in network.state_dict().items():
        if value.is_floating_point():
            value.copy_(torch.rand_like(value) * 0.2 + 0.9 if value.ndim == 1 and "bias" not in key else torch.randn_like(value) * 0.2)
    network.half() if half else None
    path.parent.mkdir(exist_ok=True)
    torch.save(network.state_dict(), path)
    return path


def picture(size=(70, 50)) -> Image.Image:
    page = Image.new("RGB", size, "white")
    ImageDraw.Draw(page).ellipse((5, 5, size[0] - 9, size[1] - 9), outline="black", fill="#c08040", width=3)
    return page


def same(a: Image.Image, b: Image.Image) -> bool:
    return a.size == b.size and ImageChops.difference(a, b).getbbox() is None


def test_a_u_net_that_takes_drawings(weights, tmp_path):
    path = checkpoint(tmp_path / "latest_net_G.pth", original.unet(3, 3, 4, 6, original.batch))
    said = command("import", path, "--name", "my-model", "--takes", "drawing")
    assert "pix2pix U-Net of 6 halvings, 4 wide" in said and "A to B" in said and "test.py" in said
    assert {file.name for file in (weights / "my-model").iterdir()} == {"model.safetensors", "config.json", "card.json", "README.md"}
    assert not list(weights.glob(".*"))

    card = imported(weights)["my-model"]
    assert card == CARDS["my-model"] and card.title == "My model" and [control.name for control in card.controls] == ["seed", "noise"]
    assert card in networks.taking("drawing").values() and not networks.missing(card)
    readme = (weights / "my-model" / "README.md").read_text("utf-8")
    assert (
        "To be filled in" in readme
        and "| licence of the weights | |" in readme
        and "| downs | 6 |" in readme
        and "latest_net_G.pth" in readme
    )
    config = json.loads((weights / "my-model" / "config.json").read_text())
    assert config["statistics"] == "image" and config["dropout_at_test"] and len(config["translator"]["assumed"]) == 4

    painter = translators.load("my-model")
    painted = [painter.translate(picture(), seed=seed) for seed in (1, 1, 2)]
    assert painted[0].size == (70, 50) and same(*painted[:2]) and not same(*painted[1:])
    module, _ = open_checkpoint(path, statistics="image", dropout_at_test=True)
    assert all(
        torch.equal(value, module.state_dict()[key]) for key, value in translator_in(weights / "my-model", card).module.state_dict().items()
    )


def test_what_the_file_leaves_open_can_be_said(weights, tmp_path):
    path = checkpoint(tmp_path / "net.pth", original.unet(3, 3, 4, 6, original.batch))
    command("import", path, "--takes", "drawing", "--statistics", "running", "--no-dropout", "--size", 128)
    config = json.loads((weights / "net" / "config.json").read_text())
    assert (config["statistics"], config["dropout_at_test"]) == ("running", False) and len(config["translator"]["assumed"]) == 2
    assert CARDS["net"].size == 128


@pytest.mark.parametrize("norm", [original.instance, original.batch])
def test_a_resnet_that_takes_photos(weights, tmp_path, norm):
    command("import", checkpoint(tmp_path / "net.pth", original.resnet(3, 3, 4, 2, norm, dropout=True)), "--takes", "photo", "--name", "p")
    painter = translator_in(weights / "p", CARDS["p"])
    assert same(painter.translate(picture()), painter.translate(picture()))  # no dropout: no seed comes with a photo
    assert painter.translate(Image.new("RGB", (1, 1))).size == (1, 1)
    large = picture((700, 600))
    assert painter.translate(large, resolution="full").size == (700, 600)


def test_any_other_network_takes_photos_too_but_no_tiles(weights, tmp_path):
    nets = {
        "u": original.unet(3, 3, 4, 6, original.instance),
        "g": original.hd_global(3, 3, 4, 4, 1, original.batch),
        "e": original.Enhanced(3, 3, 2, 2, 1, 1, 1, original.instance),
        "grey": original.unet(1, 1, 4, 5, original.batch),
    }
    for name, network in nets.items():
        command("import", checkpoint(tmp_path / "net.pth", network), "--takes", "photo", "--name", name)
        painter = translator_in(weights / name, CARDS[name])
        painted = painter.translate(picture())
        assert painted.size == (70, 50) and painted.mode == "RGB" and same(painted, painter.translate(picture()))
        assert painter.translate(Image.new("RGB", (3, 5))).size == (3, 5)
        with pytest.raises(BadControl, match="resolution must be quick or fine, not 'full'"):
            painter.translate(picture(), resolution="full")
        if name == "grey":
            assert len(set(painted.getpixel((20, 20)))) == 1


@pytest.mark.parametrize("kind", ["resnet", "hd_global"])
def test_reflecting_networks_take_drawings_of_any_size(weights, tmp_path, kind):
    network = (
        original.resnet(3, 3, 4, 2, original.instance, dropout=True)
        if kind == "resnet"
        else original.hd_global(3, 3, 4, 3, 1, original.instance)
    )
    command("import", checkpoint(tmp_path / "net.pth", network), "--takes", "drawing", "--name", "d")
    painter = translator_in(weights / "d", CARDS["d"])
    assert painter.translate(Image.new("1", (1, 1))).size == (1, 1)
    noisy = [painter.translate(picture(), seed=seed) for seed in (1, 2)]
    assert same(*noisy) == (kind == "hd_global")
    assert [control.name for control in painter.card.controls] == (["seed", "noise"] if kind == "resnet" else [])


@pytest.mark.parametrize(
    ("network", "words", "palette"),
    [
        (lambda: original.hd_global(36, 3, 4, 3, 1, original.instance), [], "cityscapes"),
        (lambda: original.hd_global(9, 3, 4, 2, 1, original.batch), [], "8 classes"),
        (lambda: original.Enhanced(13, 3, 2, 2, 1, 1, 1, original.instance), ["--palette", "cmp"], "cmp"),
        (lambda: original.unet(3, 3, 4, 6, original.batch), ["--palette", "cmp"], "cmp"),
        (lambda: original.resnet(3, 3, 4, 1, original.instance, dropout=True), ["--palette", "camvid"], "camvid"),
    ],
)
def test_label_maps(weights, tmp_path, network, words, palette):
    command("import", checkpoint(tmp_path / "net.pth", network()), "--takes", "label map", "--name", "labels", *words)
    assert CARDS["labels"].palette == palette
    painter, classes = translator_in(weights / "labels", CARDS["labels"]), len(palette_of(palette))
    ids = Image.fromarray(np.arange(30 * 40, dtype=np.uint8).reshape(30, 40) % classes)
    assert painter.translate(ids, seed=1).size == (40, 30)
    assert painter.translate(Image.new("L", (1, 1))).size == (1, 1)


def test_invented_palettes_have_a_colour_for_every_class():
    for classes in (1, 8, 256):
        assert len(set(palette_of(f"{classes} classes").colours)) == classes
    assert palette_of("0 classes") is palette_of("257 classes") is palette_of("classes") is palette_of("") is None


def test_what_cannot_be_imported_is_said_and_leaves_nothing(weights, tmp_path):
    def refused(network, *words) -> str:
        path = checkpoint(tmp_path / "net.pth", network())
        said = command("import", path, *(words if "--name" in words else (*words, "--name", "mine")), code=2)
        assert said.startswith("Error: ") and said.count("\n") == 1 and not list(weights.glob("*"))
        return said

    def unet(ins=3, outs=3):
        return original.unet(ins, outs, 2, 5, original.batch)

    assert "translates nothing" in refused(lambda: original.patchgan(6, 2, 3, original.batch), "--takes", "photo")
    assert "translates nothing" in refused(lambda: original.hd_global(3, 3, 2, 2, 0, original.batch), "--takes", "photo")
    assert "cannot take a drawing" in refused(lambda: unet(4), "--takes", "drawing")
    assert "no picture" in refused(lambda: unet(3, 2), "--takes", "photo")
    assert "which classes" in refused(unet, "--takes", "label map")
    assert "which classes" in refused(lambda: original.hd_global(13, 3, 2, 2, 1, original.batch), "--takes", "label map")
    assert "12 classes of cmp" in refused(
        lambda: original.hd_global(5, 3, 2, 2, 1, original.batch), "--takes", "label map", "--palette", "cmp"
    )
    assert "no palette 'ade'" in refused(unet, "--takes", "label map", "--palette", "ade")
    assert "for label maps" in refused(unet, "--takes", "photo", "--palette", "cmp")
    assert "No seed" in refused(unet, "--takes", "photo", "--dropout")
    assert "statistics cannot be set" in refused(
        lambda: original.resnet(3, 3, 2, 1, original.instance), "--takes", "photo", "--statistics", "running"
    )
    for name in ("My model", "../up", ".hidden", ""):
        assert "A name is made of" in refused(unet, "--takes", "photo", "--name", name)
    assert "There is a translator shoes already" in refused(unet, "--takes", "drawing", "--name", "shoes")


def test_a_folder_is_imported_file_by_file(weights, tmp_path):
    folder = tmp_path / "checkpoints"
    checkpoint(folder / "latest_net_G_A.pth", original.resnet(3, 3, 2, 1, original.instance))
    checkpoint(folder / "latest_net_G_B.pth", original.resnet(3, 3, 2, 1, original.instance), half=False)
    checkpoint(folder / "latest_net_D_A.pth", original.patchgan(3, 2, 3, original.instance))
    (folder / "loss_log.txt").write_text("nothing")
    said = command("import", folder, "--name", "apples", "--takes", "photo")
    assert "latest_net_D_A.pth is a PatchGAN" in said
    assert {path.name for path in weights.iterdir()} == {"apples-latest-net-g-a", "apples-latest-net-g-b"}
    kinds = [load_file(weights / f"apples-latest-net-g-{way}" / "model.safetensors")["stem.weight"].dtype for way in "ab"]
    assert kinds == [torch.float16, torch.float32]  # as they came

    (folder / "cut.pth").write_bytes((folder / "latest_net_G_A.pth").read_bytes()[:999])
    said = command("import", folder, "--name", "pears", "--takes", "photo", code=1)
    assert "There is a translator apples-latest-net-g-a already" in command(
        "import", folder, "--name", "apples", "--takes", "photo", code=1
    )
    assert "Left out: cut.pth" in said and len(list(weights.glob("pears-*"))) == 2
    assert "holds no checkpoint" in command("import", weights, "--takes", "photo", code=2)


def test_another_process_finds_the_card_and_a_damaged_one_is_left_out(weights, tmp_path):
    command("import", checkpoint(tmp_path / "net.pth", original.unet(3, 3, 2, 5, original.batch)), "--takes", "drawing", "--name", "mine")
    good = json.loads((weights / "mine" / "card.json").read_text())
    for number, damage in enumerate(
        ["{", "[]", '{"takes": "photo"}', *(json.dumps(good | change) for change in ({"takes": "soup"}, {"wings": 2}, {"size": "256"}))]
    ):
        (weights / f"bad{number}").mkdir()
        (weights / f"bad{number}" / "card.json").write_text(damage)
    with pytest.warns(UserWarning) as caught:
        assert list(imported(weights)) == ["mine"]
    assert len(caught) == 6 and all("card.json is not a card" in str(warning.message) for warning in caught)
    program = "import sys; from translators import CARDS; print('mine' in CARDS, 'shoes' in CARDS, 'torch' in sys.modules)"
    environment = os.environ | {"TRAZO_WEIGHTS": str(weights)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=90
    )
    assert done.stdout.split() == ["True", "True", "False"], done.stderr


NETWORKS = {
    "a colour": lambda: UNetGenerator(base_channels=4, downs=4, condition_size=3),
    "running": lambda: UNetGenerator(base_channels=4, downs=6, statistics="running", out_channels=1),
    "u instance": lambda: UNetGenerator(base_channels=4, downs=3, batch_norm=False),
    "resnet": lambda: ResNetGenerator(base_channels=4, blocks=2),
    "resized": lambda: ResNetGenerator(base_channels=4, blocks=1, batch_norm=True, dropout=True, resize="bilinear"),
    "global": lambda: GlobalGenerator(9, base_channels=4, downs=3, blocks=1, batch_norm=True, statistics="running"),
    "enhancer": lambda: LocalEnhancer(5, base_channels=2, downs=2, blocks=1, local_blocks=1),
}
OWN = {  # which the original code has not, with what is said of them
    "u resized": (lambda: UNetGenerator(base_channels=4, downs=3, resize="nearest"), "no UNetGenerator with doublings by interpolation"),
    "enhancer resized": (
        lambda: LocalEnhancer(5, base_channels=2, downs=2, blocks=1, local_blocks=1, resize="nearest"),
        "no LocalEnhancer with doublings by interpolation",
    ),
    "no skips": (lambda: UNetGenerator(base_channels=4, downs=3, skips=False), "no UNetGenerator without skips"),
    "an instance colour": (
        lambda: UNetGenerator(base_channels=4, downs=3, batch_norm=False, condition_size=3),
        "instance norms have no gain and shift, which are what the colour sets here",
    ),
}


def written(folder: Path, name: str) -> tuple[torch.nn.Module, list[tuple[torch.Tensor, ...]]]:
    """A network of that kind in the folder of a card "mine", and inputs of two sizes for it."""
    torch.manual_seed(1)
    network = initialize(NETWORKS[name]() if name in NETWORKS else OWN[name][0]()).eval()
    for key, value in network.state_dict().items():
        value.copy_(value * 10 if value.ndim == 4 else value + 0.3 if key.endswith("running_mean") else value)
    save(network.half().float(), folder / "mine")
    if name.endswith("colour"):
        edit_config(folder / "mine", translator={"colours": COLOURS})
    cards.write_card(cards.Card("mine", "Mine", "", "photo", (RESOLUTION,), "", "", "", ""), folder / "mine" / "card.json")
    CARDS["mine"] = imported(folder)["mine"]
    channels, c = next(network.parameters()).shape[1], (torch.tensor([COLOURS[0]]) / 127.5 - 1,) if name.endswith("colour") else ()
    shapes = [(2, 3), (5, 2)]
    return network, [(torch.rand(1, channels, a * 2 * network.multiple, b * 2 * network.multiple) * 2 - 1, *c) for a, b in shapes]


def answer(network: torch.nn.Module, x, *c) -> torch.Tensor:
    with torch.no_grad():
        quiet = {"noise": False} if isinstance(network, UNetGenerator | ResNetGenerator) else {}
        return network(x, *c, **quiet)


@pytest.mark.parametrize("name", NETWORKS)
def test_pth_opens_again_and_answers_the_same(weights, tmp_path, name):
    network, inputs = written(weights, name)
    said = command("export", "mine", "--format", "pth", "-o", tmp_path / "out.pth")
    assert ("always paints in #c81e1e" in said) == (name == "a colour") and ("without --eval" in said) == (name in ("a colour", "resized"))
    again, _ = open_checkpoint(tmp_path / "out.pth")
    assert type(again) is type(network)
    for x, *_ in inputs:
        torch.testing.assert_close(answer(again, x), answer(network, x, *inputs[0][1:]), atol=1e-4, rtol=0)
    state = torch.load(tmp_path / "out.pth", weights_only=True)
    assert all(key.startswith("model") for key in state)


@pytest.mark.parametrize("name", OWN)
def test_what_the_original_has_not_is_refused_in_a_sentence(weights, tmp_path, name):
    written(weights, name)
    said = command("export", "mine", "--format", "pth", "-o", tmp_path / "out.pth", code=2)
    assert OWN[name][1] in said and said.count("\n") == 1 and not (tmp_path / "out.pth").exists()


def test_a_colour_for_the_original(weights, tmp_path):
    network, ((x, _), _) = written(weights, "a colour")
    command("export", "mine", "--format", "pth", "-o", tmp_path / "out.pth", "--colour", "#1E1EC8")
    blue = torch.tensor([[30, 30, 200]]) / 127.5 - 1
    torch.testing.assert_close(answer(open_checkpoint(tmp_path / "out.pth")[0], x), answer(network, x, blue), atol=1e-4, rtol=0)
    for wrong in ("blue", "#12345"):
        assert "colour must be #rrggbb" in command("export", "mine", "--format", "pth", "-o", tmp_path / "x.pth", "--colour", wrong, code=2)
    written(weights, "resnet")
    assert "takes no colour" in command("export", "mine", "--format", "pth", "-o", tmp_path / "x.pth", "--colour", "#000000", code=2)
    assert not (tmp_path / "x.pth").exists()


@pytest.mark.parametrize("name", [*NETWORKS, *OWN])
def test_torchscript_answers_the_same_at_any_size(weights, tmp_path, name):
    network, inputs = written(weights, name)
    assert "differs from torch by at most" in command("export", "mine", "--format", "torchscript", "-o", tmp_path / "out.pt")
    program = torch.jit.load(tmp_path / "out.pt")
    for given in inputs:
        with torch.no_grad():
            torch.testing.assert_close(program(*given), answer(network, *given), atol=1e-4, rtol=0)


@pytest.mark.skipif(not importlib.util.find_spec("onnxruntime"), reason="onnx and onnxruntime (requirements-dev.txt) are not installed")
@pytest.mark.parametrize("name", [*NETWORKS, *OWN])
def test_onnx_answers_the_same_at_any_size(weights, tmp_path, name):
    import onnxruntime

    network, inputs = written(weights, name)
    assert "differs from torch by at most" in command("export", "mine", "--format", "onnx", "-o", tmp_path / "out.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "out.onnx", providers=["CPUExecutionProvider"])
    for given in inputs:
        (y,) = session.run(["y"], {name: value.numpy() for name, value in zip("xc", given, strict=False)})
        assert np.abs(y - answer(network, *given).numpy()).max() < 1e-3


def test_onnx_is_optional(weights, tmp_path, monkeypatch):
    written(weights, "resnet")
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "onnxruntime" else found(name, *rest))
    said = command("export", "mine", "--format", "onnx", "-o", tmp_path / "out.onnx", code=2)
    assert "onnxruntime is not installed" in said and "pip install" in said and said.count("\n") == 1


def test_exports_that_fail_leave_no_file(weights, tmp_path, monkeypatch):
    written(weights, "resnet")
    assert "no translator 'hats'" in command("export", "hats", "--format", "pth", "-o", tmp_path / "out.pth", code=2)
    assert "could not be written" in command("export", "mine", "--format", "pth", "-o", tmp_path / "nowhere" / "out.pth", code=2)
    assert "is a folder" in command("export", "mine", "--format", "pth", "-o", ".", code=2)
    monkeypatch.setattr("translators.exporting.WORST", -1.0)
    with pytest.raises(TranslationError, match="was not kept"):
        porting._written("mine", "torchscript", tmp_path / "out.pt", None)
    assert not [path for path in tmp_path.iterdir() if path.name != "weights"]
