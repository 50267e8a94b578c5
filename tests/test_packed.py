"""Packed convolutions give what the ones they replace give."""

import copy

import pytest
import torch
from torch import nn

from translators.packed import PackedConv2d, PackedConvTranspose2d, can_pack, pack
from translators.pix2pix import ResizeConv, UNetGenerator

pytestmark = pytest.mark.skipif(not can_pack(), reason="this CPU does not multiply bfloat16, so nothing is packed on it")


@pytest.mark.parametrize(
    "conv",
    [
        nn.Conv2d(3, 8, 4, 2, 1, bias=False),
        nn.Conv2d(5, 7, 3, 1, 1),
        nn.Conv2d(4, 4, 3, dilation=2, groups=2),
        nn.ConvTranspose2d(6, 3, 4, 2, 1),
        nn.ConvTranspose2d(6, 3, 3, 2, 1, output_padding=1, bias=False),
    ],
)
@torch.inference_mode()
def test_a_packed_convolution_gives_the_same_numbers(conv):
    conv = conv.bfloat16()
    packed = (PackedConvTranspose2d if isinstance(conv, nn.ConvTranspose2d) else PackedConv2d)(conv)
    for side in (16, 22):  # it is not tied to one size
        x = torch.rand(2, conv.in_channels, side, side).bfloat16()
        torch.testing.assert_close(packed(x), conv(x), atol=2e-2, rtol=2e-2)


@torch.inference_mode()
def test_a_packed_network_paints_the_same_picture():
    torch.manual_seed(0)
    G = UNetGenerator(base_channels=8, downs=5, condition_size=3).eval().bfloat16()
    packed = pack(copy.deepcopy(G))
    assert not any(isinstance(module, nn.Conv2d | nn.ConvTranspose2d) for module in packed.modules())
    x, c = torch.rand(1, 3, 64, 96).bfloat16(), torch.rand(1, 3).bfloat16()
    torch.testing.assert_close(packed(x, c, seed=1), G(x, c, seed=1), atol=2e-2, rtol=0)


@pytest.mark.parametrize("padding", ["zeros", "reflect"])
@torch.inference_mode()
def test_a_nearest_doubling_is_packed_as_a_transposed_convolution(padding):
    up, h = nn.Sequential(ResizeConv(6, 5, "nearest", padding).bfloat16()), torch.rand(2, 6, 9, 7).bfloat16()
    packed = pack(copy.deepcopy(up))
    assert isinstance(packed[0][-1], PackedConvTranspose2d)
    torch.testing.assert_close(packed(h), up(h), atol=2e-2, rtol=2e-2)


def test_other_paddings_are_left_alone():
    assert isinstance(pack(nn.Sequential(nn.Conv2d(1, 1, 3, padding=1, padding_mode="reflect")))[0], nn.Conv2d)
