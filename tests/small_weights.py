"""A small real translator on disk, for tests that load one."""

import json
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import save_file

from translators import CARDS, weights
from translators.ablations_hd import NAMES, SIZE
from translators.cyclegan import ResNetGenerator
from translators.from_photo import PhotoTranslator
from translators.labels import CAMVID, CMP
from translators.pix2pix import PatchGAN, UNetGenerator, initialize
from translators.pix2pixhd import GlobalGenerator, LocalEnhancer, MultiScale

COLOURS = [[200, 30, 30], [30, 30, 200]]


def write_weights(folder: Path, seed: int = 0, **arguments) -> Path:
    """A U-Net of 4 halvings, 4 wide, that takes a colour."""
    torch.manual_seed(seed)
    save(initialize(UNetGenerator(**{"condition_size": 3, "base_channels": 4, "downs": 4, **arguments})), folder)
    edit_config(folder, translator={"colours": COLOURS, "lines": {}})
    return folder


def write_hinted_weights(folder: Path, seed: int = 0, **arguments) -> Path:
    """The same that takes colour hints too."""
    write_weights(folder, seed, in_channels=7, **arguments)
    edit_config(folder, translator={"colours": COLOURS, "lines": {}, "hints": True})
    return folder


def write_photo_weights(folder: Path, seed: int = 0, **arguments) -> Path:
    """A ResNet of 2 blocks, 4 wide. Its weights are large enough that the picture changes visibly."""
    torch.manual_seed(seed)
    module = ResNetGenerator(**{"base_channels": 4, "blocks": 2, **arguments})
    save(module, folder)
    return folder


def write_street_weights(folder: Path, classes: int, seed: int = 0, **arguments) -> Path:
    """pix2pixHD's global generator of 2 halvings, 4 wide, that takes classes, boundaries and three features."""
    torch.manual_seed(seed)
    save(GlobalGenerator(classes + 1 + 3, **{"base_channels": 4, "downs": 2, "blocks": 1, **arguments}), folder)
    return folder


def photo_pair(folder: Path) -> tuple[PhotoTranslator, PhotoTranslator]:
    """G and F of `write_photo_weights`, ready to translate."""
    return tuple(
        PhotoTranslator(CARDS[name], *weights.read(write_photo_weights(folder / name, seed)))
        for seed, name in enumerate(("horse2zebra", "zebra2horse"))
    )


def save(module: torch.nn.Module, folder: Path) -> None:
    """Saved by the Hub's mixin and then made float16, as the export does."""
    folder.mkdir(parents=True, exist_ok=True)
    module.save_pretrained(folder)
    state = {name: value.half() if value.is_floating_point() else value for name, value in module.state_dict().items()}
    save_file(state, folder / "model.safetensors")
    edit_config(folder, architecture=type(module).__name__, translator={})


def edit_config(folder: Path, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def write_ablations(folder: Path) -> Path:
    """Random stand-ins for weights/ablations: all runs of `translators.ablations`, two snapshots, one sample, a table and curves."""
    names = {
        "l1": None,
        "cgan": 70,
        "l1_cgan": 70,
        "encoder_decoder": 70,
        "encoder_decoder_l1": None,
        "patch_1": 1,
        "patch_16": 16,
        "patch_286": 286,
    }
    for seed, (name, patch) in enumerate(names.items()):
        torch.manual_seed(seed)
        save(initialize(UNetGenerator(base_channels=4, downs=8)), folder / name)
        if patch:
            write_discriminator(folder / name / "discriminator", patch)
    (folder / "l1_cgan" / "snapshots").mkdir()
    for seed, step in enumerate((100, 2000)):
        torch.manual_seed(100 + seed)
        save_file(initialize(UNetGenerator(base_channels=4, downs=8)).state_dict(), folder / f"l1_cgan/snapshots/{step:07d}.safetensors")
    figures = {name: {"L1": 0.1 + i / 10, "KID x 1000": [50, 48.5, 51.5]} for i, name in enumerate(names)}
    (folder / "table.json").write_text(json.dumps({"figures": figures}))
    (folder / "l1_cgan" / "curves.json").write_text(json.dumps({"D": [[0, 1.4], [2000, 0.6]], "G": [[0, 3.0], [2000, 1.0]]}))
    (folder / "samples").mkdir()
    both = Image.new("RGB", (512, 256), CMP.colours[1])
    both.paste(Image.linear_gradient("L").convert("RGB"), (0, 0))
    both.paste(CMP.colours[2], (300, 50, 400, 150))
    both.save(folder / "samples" / "facade.jpg", quality=95)
    return folder


def write_ablations_hd(folder: Path) -> Path:
    """Random stand-ins for weights/ablations_hd: all runs of `translators.ablations_hd`, three discriminators, one sample, a table."""
    classes, (width, height) = len(CAMVID), SIZE
    styles = {str(label): [[-1, -1, -1], [0, 1, 0], [1, 1, 1]] for label in range(classes)}
    for seed, name in enumerate(NAMES):
        channels = {"no_boundary": classes + 3}.get(name, classes + 1 + 3)
        torch.manual_seed(seed)
        kind, size = (GlobalGenerator, (width // 2, height // 2)) if name == "global" else (LocalEnhancer, SIZE)
        save(kind(channels, base_channels=4, downs=2, blocks=1), folder / name)
        edit_config(folder / name, translator={"size": size, "clusters": styles})
    torch.manual_seed(9)
    save(MultiScale(classes + 1, base_channels=4), folder / "full" / "discriminator")
    figures = {name: {"KID x 1000": [50 + i, 48.5, 51.5], "minutes": i} for i, name in enumerate(NAMES)}
    (folder / "table.json").write_text(json.dumps({"figures": figures}))
    (folder / "samples").mkdir()
    both = Image.new("RGB", (2 * width, height), CAMVID.colours[3])
    both.paste(Image.linear_gradient("L").resize(SIZE).convert("RGB"), (0, 0))
    both.paste(CAMVID.colours[0], (width, 0, 2 * width, height // 2))
    both.paste(CAMVID.colours[8], (width + 30, 80, width + 90, 140))
    both.save(folder / "samples" / "street.png")
    return folder


def write_discriminator(folder: Path, patch: int) -> None:
    arguments = {"in_channels": 3, "out_channels": 3, "base_channels": 4, "patch": patch}
    folder.mkdir()
    save_file(initialize(PatchGAN(**arguments)).state_dict(), folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps({"architecture": "PatchGAN", **arguments}))
