"""Checkpoints of the original implementations: their key names, in ours."""

from torch import Tensor


def unet_state(state: dict[str, Tensor], downs: int = 8) -> dict[str, Tensor]:
    """The original pix2pix U-Net's state dict under `UNetGenerator`'s key names.

    The original nests each scale inside the one above it: block d holds [down, block d+1, up], with the activations counted as layers.
    """
    norm_keys = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
    names = {}
    for d in range(downs):
        outermost, innermost = d == 0, d == downs - 1
        block = "model." + "".join("model.1." if i == 0 else "model.3." for i in range(d)) + "model."
        down, up = (0, 3) if outermost else (1, 3) if innermost else (1, 5)
        ours = downs - 1 - d
        names[f"{block}{down}.weight"] = f"downs.{d}.weight"
        names[f"{block}{down}.bias"] = f"downs.{d}.bias"
        names[f"{block}{up}.weight"] = f"ups.{ours}.weight"
        names[f"{block}{up}.bias"] = f"ups.{ours}.bias"
        for key in norm_keys:
            names[f"{block}{down + 1}.{key}"] = f"down_norms.{d - 1}.{key}"
            names[f"{block}{up + 1}.{key}"] = f"up_norms.{ours}.{key}"
    return {names[key]: value for key, value in state.items()}


def resnet_state(state: dict[str, Tensor], blocks: int = 9, downs: int = 2) -> dict[str, Tensor]:
    """The original ResNet generator's state dict under the key names of `ResNetGenerator` and `GlobalGenerator` (`downs` 4).

    The original is one sequence in which paddings, norms and activations are counted too: the halvings stand three apart from 4 on, then
    come the blocks, the doublings three apart, and the head after one more padding.
    """
    names = {"model.1": "stem"} | {f"model.{4 + 3 * i}": f"downs.{i}" for i in range(downs)}
    first = 4 + 3 * downs
    for i in range(blocks):
        names[f"model.{first + i}.conv_block.1"] = f"blocks.{i}.convs.0"
        names[f"model.{first + i}.conv_block.5"] = f"blocks.{i}.convs.1"
    after = first + blocks
    names |= {f"model.{after + 3 * i}": f"ups.{i}" for i in range(downs)} | {f"model.{after + 3 * downs + 1}": "head"}
    return {f"{names[key.rpartition('.')[0]]}.{key.rpartition('.')[2]}": value for key, value in state.items()}
