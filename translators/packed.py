"""Convolutions whose weights are laid out once for the CPU's matrix instructions.

Eager torch hands oneDNN the weights as they are stored, and oneDNN lays them out anew at every call: much of the time of a U-Net that
paints one small picture. The operators used here are those that torch.compile packs with; they give the same numbers, without a compiler.
"""

import torch
from torch import Tensor, nn

from translators.pix2pix import ResizeConv

ops = torch.ops.mkldnn


class PackedConv2d(nn.Module):
    """A frozen bfloat16 `nn.Conv2d` (zero padding): (N, C, H, W) bfloat16 → (N, C', H', W')."""

    def __init__(self, conv: nn.Conv2d):
        super().__init__()
        self.bias = None if conv.bias is None else conv.bias.detach().bfloat16()
        self.shape = [list(conv.padding), list(conv.stride), list(conv.dilation), conv.groups]
        self.weight = ops._reorder_convolution_weight(conv.weight.detach().bfloat16(), *self.shape)

    def forward(self, x: Tensor) -> Tensor:
        return ops._convolution_pointwise(x, self.weight, self.bias, *self.shape, "none", [], "")


class PackedConvTranspose2d(nn.Module):
    """A frozen bfloat16 `nn.ConvTranspose2d`: (N, C, H, W) bfloat16 → (N, C', H', W')."""

    def __init__(self, conv: nn.ConvTranspose2d):
        super().__init__()
        self.bias = None if conv.bias is None else conv.bias.detach().bfloat16()
        self.shape = [list(conv.padding), list(conv.output_padding), list(conv.stride), list(conv.dilation), conv.groups]
        self.weight = ops._reorder_convolution_transpose_weight(conv.weight.detach().bfloat16(), *self.shape)

    def forward(self, x: Tensor) -> Tensor:
        return ops._convolution_transpose_pointwise(x, self.weight, self.bias, *self.shape, "none", [], "")


def can_pack() -> bool:
    """Whether this torch has the operators, on a CPU that multiplies bfloat16."""
    return torch.backends.mkldnn.is_available() and torch.cpu._is_avx512_bf16_supported() and hasattr(ops, "_reorder_convolution_weight")


def pack(module: nn.Module) -> nn.Module:
    """Replaces, in place, every convolution with zero padding, and every nearest doubling, below `module`; returns it."""
    for name, child in module.named_children():
        if isinstance(child, nn.Conv2d) and child.padding_mode == "zeros" and not isinstance(child.padding, str):
            setattr(module, name, PackedConv2d(child))
        elif isinstance(child, nn.ConvTranspose2d):
            setattr(module, name, PackedConvTranspose2d(child))
        elif isinstance(child, ResizeConv) and child.foldable:
            setattr(module, name, pack(child.as_transposed()))
        else:
            pack(child)
    return module
