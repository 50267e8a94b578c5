"""What every translator is: a card, its network, and the checks that all share. Each kind of input has a file of its own."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import torch
from PIL import Image

from translators.cards import Card, Control
from translators.cyclegan import ResNetGenerator
from translators.errors import BadControl, BadPicture
from translators.packed import can_pack, pack
from translators.pix2pixhd import GlobalGenerator, LocalEnhancer

LUMA = (0.299, 0.587, 0.114)  # of red, green and blue, as in Pillow's mode L


@dataclass(frozen=True)
class Translator:
    """A card and its network. Holds nothing that translating changes, so several threads may share one.

    `config` is the whole `config.json`. A kind of input is a subclass: `DrawingTranslator`, `PhotoTranslator`.
    """

    card: Card
    module: torch.nn.Module = field(repr=False)
    config: dict = field(repr=False)

    def translate(self, image: Image.Image, **controls) -> Image.Image:
        """Translate a picture; the same picture and controls give the same answer.

        Raises:
            BadPicture: the picture cannot be used, and why.
            BadControl: a control out of its range, or one that this translator has not.
        """
        raise NotImplementedError

    @property
    def controls(self) -> tuple[Control, ...]:
        """Those of the card that the network has."""
        return self.card.controls

    def control(self, name: str) -> Control | None:
        return next((control for control in self.controls if control.name == name), None)

    def _refuse(self, unknown: Iterable[str]) -> None:
        if name := min(unknown, default=None):
            has = ", ".join(control.name for control in self.controls)
            raise BadControl(f"{self.card.name} has no control {name!r}; it has {has}.")

    def _prepared(self, x: torch.Tensor) -> torch.Tensor:
        """On the network's device, in its precision and layout; in grey where it takes one channel."""
        if self.config.get("in_channels") == 1:
            x = (x * x.new_tensor(LUMA)[:, None, None]).sum(1, keepdim=True)  # (1, 1, H, W)
        like = next(self.module.parameters(), None)
        if like is None:  # a packed ResNet has none left to ask: see packed.py
            return x.to(torch.bfloat16, memory_format=torch.channels_last)
        return x.to(like.device, like.dtype, memory_format=torch.channels_last)


def least(module: torch.nn.Module) -> int:
    """The shortest side that a network takes: what is reflected at a border has two positions even at the coarsest scale."""
    reflects = isinstance(module, ResNetGenerator | GlobalGenerator | LocalEnhancer)
    return module.multiple * (2 if reflects else 1)


def refuse_size(image: Image.Image, max_side: int, max_pixels: int) -> None:
    """BadPicture where a picture has no pixels or more than allowed."""
    width, height = image.size
    if not width * height:
        raise BadPicture(f"The picture has no pixels ({width} x {height}).")
    if max(width, height) > max_side or width * height > max_pixels:
        limit = f"at most {max_side:,} a side and {max_pixels:,} in all"
        raise BadPicture(f"The picture is too large to paint: {width:,} x {height:,} pixels, {limit}.")


def computes_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies matrices in bfloat16 faster than in float32."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return device.type == "cpu" and torch.cpu._is_avx512_bf16_supported()


def to_fastest(module: torch.nn.Module, device: torch.device) -> torch.nn.Module:
    """The network as the device runs it fastest: channels-last, bfloat16 where the hardware multiplies it, packed on such a CPU."""
    module = module.to(device, memory_format=torch.channels_last)
    if not computes_bfloat16(device):
        return module
    module = module.bfloat16()
    return pack(module) if device.type == "cpu" and can_pack() else module
