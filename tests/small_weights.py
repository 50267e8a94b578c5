"""A small real translator on disk, for tests that load one."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from translators.pix2pix import UNetGenerator, initialize

COLOURS = [[200, 30, 30], [30, 30, 200]]


def write_weights(folder: Path, seed: int = 0, **arguments) -> Path:
    """A U-Net of 4 halvings, 4 wide, that takes a colour; saved by the Hub's mixin and then made float16, as the export does."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    module = initialize(UNetGenerator(**{"condition_size": 3, "base_channels": 4, "downs": 4, **arguments}))
    module.save_pretrained(folder)
    state = {name: value.half() if value.is_floating_point() else value for name, value in module.state_dict().items()}
    save_file(state, folder / "model.safetensors")
    edit_config(folder, architecture="UNetGenerator", translator={"colours": COLOURS, "lines": {}})
    return folder


def edit_config(folder: Path, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
