"""The original code's networks as their files show them: which layer stands at which place of which sequence. Small, for comparison."""

from collections.abc import Callable, Iterable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

NormOf = Callable[[int], nn.Module]


instance = nn.InstanceNorm2d
batch = nn.BatchNorm2d


def normed(conv: nn.Module, norm: NormOf, *activation: nn.Module) -> list[nn.Module]:
    return [conv, norm(conv.out_channels), *activation]


class Plain(nn.Module):
    """One sequence under one name."""

    def __init__(self, layers: Iterable[nn.Module], name: str = "model"):
        super().__init__()
        self.name = name
        setattr(self, name, nn.Sequential(*layers))

    def forward(self, *pictures: Tensor) -> Tensor:
        return getattr(self, self.name)(torch.cat(pictures, 1))


class Scale(nn.Module):
    """A scale of the U-Net with all that lies below it; all but the outermost hand their input on beside their output."""

    def __init__(self, layers: Iterable[nn.Module], outermost: bool):
        super().__init__()
        self.model, self.outermost = nn.Sequential(*layers), outermost

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x) if self.outermost else torch.cat([x, self.model(x)], 1)


def unet(ins: int, outs: int, width: int, downs: int, norm: NormOf, dropout: bool = True) -> nn.Module:
    bias, inside = norm is not batch, None
    widths = [width * min(2**d, 8) for d in range(downs)]
    for d in reversed(range(downs)):
        down = nn.Conv2d(widths[d - 1] if d else ins, widths[d], 4, 2, 1, bias=bias)
        up = nn.ConvTranspose2d(widths[d] * (1 if inside is None else 2), widths[d - 1] if d else outs, 4, 2, 1, bias=bias or not d)
        below = [] if inside is None else [inside]
        if not d:
            layers = [down, *below, nn.ReLU(True), up, nn.Tanh()]
        elif inside is None:
            layers = [nn.LeakyReLU(0.2, True), down, nn.ReLU(True), *normed(up, norm)]
        else:
            layers = [nn.LeakyReLU(0.2, True), *normed(down, norm), *below, nn.ReLU(True), *normed(up, norm)]
            layers += [nn.Dropout(0.5)] * (dropout and d > 3)
        inside = Scale(layers, outermost=not d)
    return Whole(inside)


class Whole(nn.Module):
    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x)


class Residual(nn.Module):
    def __init__(self, width: int, norm: NormOf, dropout: bool, bias: bool):
        super().__init__()
        first, second = (nn.Conv2d(width, width, 3, bias=bias) for _ in range(2))
        middle = [nn.ReLU(True), *[nn.Dropout(0.5)] * dropout, nn.ReflectionPad2d(1)]
        self.conv_block = nn.Sequential(nn.ReflectionPad2d(1), *normed(first, norm), *middle, *normed(second, norm))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv_block(x)


def doubling(width: int, norm: NormOf, bias: bool, resize: str | None, reflect: bool) -> list[nn.Module]:
    if resize is None:
        return normed(nn.ConvTranspose2d(width, width // 2, 3, 2, 1, output_padding=1, bias=bias), norm, nn.ReLU(True))
    conv = nn.Conv2d(width, width // 2, 3, padding=0 if reflect else 1, bias=bias)
    return [nn.Upsample(scale_factor=2, mode=resize), *[nn.ReflectionPad2d(1)] * reflect, *normed(conv, norm, nn.ReLU(True))]


def stem(ins: int, width: int, norm: NormOf, bias: bool) -> list[nn.Module]:
    return [nn.ReflectionPad2d(3), *normed(nn.Conv2d(ins, width, 7, bias=bias), norm, nn.ReLU(True))]


def head(width: int, outs: int) -> list[nn.Module]:
    return [nn.ReflectionPad2d(3), nn.Conv2d(width, outs, 7), nn.Tanh()]


def trunk(ins, width, downs, blocks, norm, bias=True, dropout=False, resize=None, reflect=True) -> list[nn.Module]:
    layers = stem(ins, width, norm, bias)
    for d in range(downs):
        layers += normed(nn.Conv2d(width * 2**d, width * 2 ** (d + 1), 3, 2, 1, bias=bias), norm, nn.ReLU(True))
    layers += [Residual(width * 2**downs, norm, dropout, bias) for _ in range(blocks)]
    for d in reversed(range(downs)):
        layers += doubling(width * 2 ** (d + 1), norm, bias, resize, reflect)
    return layers


def resnet(ins, outs, width, blocks, norm, dropout=False, resize=None, reflect=True) -> nn.Module:
    return Plain([*trunk(ins, width, 2, blocks, norm, norm is not batch, dropout, resize, reflect), *head(width, outs)])


def hd_global(ins, outs, width, downs, blocks, norm) -> nn.Module:
    """With no blocks: the encoder, before it averages over objects."""
    return Plain([*trunk(ins, width, downs, blocks, norm), *head(width, outs)])


class Enhanced(nn.Module):
    def __init__(self, ins, outs, width, downs, blocks, scales, local_blocks, norm):
        super().__init__()
        self.model = nn.Sequential(*trunk(ins, width * 2**scales, downs, blocks, norm))
        self.scales = scales
        for n in range(1, scales + 1):
            c = width * 2 ** (scales - n)
            down = [*stem(ins, c, norm, True), *normed(nn.Conv2d(c, 2 * c, 3, 2, 1), norm, nn.ReLU(True))]
            up = [*[Residual(2 * c, norm, False, True) for _ in range(local_blocks)], *doubling(2 * c, norm, True, None, True)]
            self.add_module(f"model{n}_1", nn.Sequential(*down))
            self.add_module(f"model{n}_2", nn.Sequential(*up, *(head(c, outs) if n == scales else [])))

    def forward(self, x: Tensor) -> Tensor:
        pyramid = [x]
        for _ in range(self.scales):
            pyramid.append(coarser(pyramid[-1]))
        h = self.model(pyramid[-1])
        for n in range(1, self.scales + 1):
            h = self.get_submodule(f"model{n}_2")(self.get_submodule(f"model{n}_1")(pyramid[self.scales - n]) + h)
        return h


def coarser(x: Tensor) -> Tensor:
    return F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)


def patch_layers(ins: int, width: int, n: int, norm: NormOf, bias: bool, padding: int, widest: int) -> list[list[nn.Module]]:
    layers = [[nn.Conv2d(ins, width, 4, 2, padding), nn.LeakyReLU(0.2, True)]]
    for i in range(1, n + 1):
        a, b = (min(width * 2**k, widest) for k in (i - 1, i))
        layers.append(normed(nn.Conv2d(a, b, 4, 2 if i < n else 1, padding, bias=bias), norm, nn.LeakyReLU(0.2, True)))
    return [*layers, [nn.Conv2d(b, 1, 4, 1, padding)]]


def patchgan(ins: int, width: int, n: int, norm: NormOf) -> nn.Module:
    return Plain(layer for group in patch_layers(ins, width, n, norm, norm is not batch, 1, width * 8) for layer in group)


def pixel(ins: int, width: int, norm: NormOf) -> nn.Module:
    bias, slope = norm is not batch, nn.LeakyReLU(0.2, True)
    second = normed(nn.Conv2d(width, 2 * width, 1, bias=bias), norm, slope)
    return Plain([nn.Conv2d(ins, width, 1), slope, *second, nn.Conv2d(2 * width, 1, 1, bias=bias)], "net")


class Scales(nn.Module):
    """pix2pixHD's discriminators, the last of them for the full size; layer by layer, or each scale in one sequence."""

    def __init__(self, ins: int, width: int, n: int, scales: int, norm: NormOf, flat: bool, widest: int = 512):
        super().__init__()
        self.scales, self.flat, self.groups = scales, flat, n + 2
        for i in range(scales):
            groups = patch_layers(ins, width, n, norm, True, 2, widest)
            if flat:
                self.add_module(f"layer{i}", nn.Sequential(*(layer for group in groups for layer in group)))
            for j, group in enumerate(() if flat else groups):
                self.add_module(f"scale{i}_layer{j}", nn.Sequential(*group))

    def forward(self, *pictures: Tensor) -> list[Tensor]:
        h, logits = torch.cat(pictures, 1), []
        for i in reversed(range(self.scales)):
            names = [f"layer{i}"] if self.flat else [f"scale{i}_layer{j}" for j in range(self.groups)]
            y = h
            for name in names:
                y = self.get_submodule(name)(y)
            logits.append(y)
            h = coarser(h)
        return logits
