"""pix2pixHD: Wang, Liu, Zhu, Tao, Kautz & Catanzaro, "High-Resolution Image Synthesis and Semantic Manipulation with Conditional GANs",
CVPR 2018.
"""

import itertools

import torch
import torch.nn.functional as F
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

from translators.cyclegan import ResidualBlock, doubling, in_turn
from translators.pix2pix import Norm, Normed, PatchGAN, padded


def one_hot(label_map: Tensor, classes: int) -> Tensor:
    """Ids (N, H, W), 0 … classes - 1 → (N, classes, H, W) of 0 and 1. ValueError names ids beyond the classes."""
    if len(beyond := label_map[(label_map < 0) | (label_map >= classes)].unique()):
        raise ValueError(f"ids run from 0 to {classes - 1}; the label map holds {', '.join(str(int(v)) for v in beyond[:5])}.")
    return F.one_hot(label_map.long(), classes).permute(0, 3, 1, 2).float()


def boundary_map(instance_map: Tensor) -> Tensor:
    """1 where one of the four neighbours belongs to another object, else 0 (§3.3): ids (N, H, W) → (N, 1, H, W)."""
    edges = torch.zeros_like(instance_map, dtype=torch.bool)
    across = instance_map[:, :, 1:] != instance_map[:, :, :-1]
    along = instance_map[:, 1:] != instance_map[:, :-1]
    edges[:, :, 1:] |= across
    edges[:, :, :-1] |= across
    edges[:, 1:] |= along
    edges[:, :-1] |= along
    return edges[:, None].float()


def halved(x: Tensor) -> Tensor:
    """The next coarser scale of a pyramid (§3.2): (N, C, H, W) → (N, C, H/2, W/2)."""
    return F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)


def instance_means(features: Tensor, instance_map: Tensor) -> Tensor:
    """Every position gets the mean over its object (§3.4): (N, C, H, W) by ids (N, H, W) → (N, C, H, W)."""
    c, h, w = features.shape[1:]
    pooled = []
    for picture, ids in zip(features, instance_map, strict=True):
        _, place = ids.flatten().unique(return_inverse=True)  # (H W,) 0 … objects - 1
        sums = picture.new_zeros(c, int(place.max()) + 1).index_add_(1, place, picture.flatten(1))
        pooled.append((sums / place.bincount().to(sums))[:, place].reshape(c, h, w))
    return torch.stack(pooled)


class GlobalGenerator(Normed, nn.Module, PyTorchModelHubMixin):
    """G1 (§3.2, appendix): a 7×7 stem, `downs` halvings, `blocks` residual blocks, as many doublings, a 7×7 head.

    x (N, in_channels, H, W), H and W multiples of 2**downs → (N, out_channels, H, W) in [-1, 1]. `in_channels` counts one-hot classes, the
    boundary map and, where there is an encoder, its features. `base_channels` is the width of the first layer ("ngf" in the original).
    The norms are instance norms without gain or shift or, with `batch_norm`, a choice of the original's, as `statistics` says (`Norm`).
    `resize` "bilinear" or "nearest" (not in the paper) doubles by interpolation in place of transposed convolutions (`doubling`).
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int = 3,
        base_channels: int = 64,
        downs: int = 4,
        blocks: int = 9,
        batch_norm: bool = False,
        statistics: str = "image",
        resize: str | None = None,
    ):
        super().__init__()
        if downs < 1 or blocks < 1:
            raise ValueError(f"downs and blocks must be at least 1, not {downs} and {blocks}")
        widths = [base_channels * 2**i for i in range(downs + 1)]  # 64 128 256 512 1024
        self.stem = nn.Conv2d(in_channels, base_channels, 7)
        self.downs = nn.ModuleList(nn.Conv2d(a, b, 3, 2, 1) for a, b in itertools.pairwise(widths))
        self.blocks = nn.ModuleList(ResidualBlock(widths[-1]) for _ in range(blocks))
        normed = [*widths, *[widths[-1]] * 2 * blocks, *widths[-2::-1]]
        self.norms = nn.ModuleList(Norm(width) for width in normed if batch_norm)
        widths.reverse()
        self.ups = nn.ModuleList(doubling(a, b, resize) for a, b in itertools.pairwise(widths))
        self.head = nn.Conv2d(base_channels, out_channels, 7)
        self.resize = resize
        self.statistics = statistics

    @property
    def multiple(self) -> int:
        """What height and width must be multiples of."""
        return 2 ** len(self.downs)

    def trunk(self, x: Tensor) -> Tensor:
        """Everything but the head: (N, base_channels, H, W), what a local enhancer builds on."""
        norm = in_turn(self.norms)
        h = F.relu(norm(self.stem(padded(x, 3))))  # (N, C, H, W)
        for down in self.downs:
            h = F.relu(norm(down(h)))  # (N, 2C, H/2, W/2) …
        for block in self.blocks:
            h = block(h, norm)
        for up in self.ups:
            h = F.relu(norm(up(h)))  # … (N, C, H, W)
        return h

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(self.head(padded(self.trunk(x), 3)))


class Enhancer(nn.Module):
    """One scale of G2: halves the input, adds the coarser trunk's features, and doubles (§3.2, Fig. 3)."""

    def __init__(self, in_channels: int, base_channels: int, blocks: int, batch_norm: bool = False, resize: str | None = None):
        super().__init__()
        c = base_channels
        self.stem, self.down = nn.Conv2d(in_channels, c, 7), nn.Conv2d(c, 2 * c, 3, 2, 1)
        self.blocks = nn.ModuleList(ResidualBlock(2 * c) for _ in range(blocks))
        self.up = doubling(2 * c, c, resize)
        self.norms = nn.ModuleList(Norm(width) for width in (c, *[2 * c] * (1 + 2 * blocks), c) if batch_norm)

    def forward(self, x: Tensor, coarser: Tensor) -> Tensor:
        """x (N, in_channels, H, W), coarser (N, 2C, H/2, W/2) → (N, C, H, W)."""
        norm = in_turn(self.norms)
        h = F.relu(norm(self.stem(padded(x, 3))))  # (N, C, H, W)
        h = F.relu(norm(self.down(h))) + coarser  # (N, 2C, H/2, W/2)
        for block in self.blocks:
            h = block(h, norm)
        return F.relu(norm(self.up(h)))


class LocalEnhancer(Normed, nn.Module, PyTorchModelHubMixin):
    """G2 around G1 (§3.2): `enhancers` scales, each twice as fine as the one before, on top of a global generator without its head.

    x (N, in_channels, H, W), H and W multiples of `multiple` → (N, out_channels, H, W) in [-1, 1]. `base_channels` is the width of the
    finest scale (32 in the original, so that the global generator is 64 wide). `batch_norm`, `statistics` and `resize` as in
    `GlobalGenerator`.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int = 3,
        base_channels: int = 32,
        downs: int = 4,
        blocks: int = 9,
        enhancers: int = 1,
        local_blocks: int = 3,
        batch_norm: bool = False,
        statistics: str = "image",
        resize: str | None = None,
    ):
        super().__init__()
        coarse = GlobalGenerator(in_channels, out_channels, base_channels * 2**enhancers, downs, blocks, batch_norm, resize=resize)
        del coarse.head
        self.coarse = coarse
        self.enhancers = nn.ModuleList(
            Enhancer(in_channels, base_channels * 2**i, local_blocks, batch_norm, resize) for i in reversed(range(enhancers))
        )  # the coarsest first
        self.head = nn.Conv2d(base_channels, out_channels, 7)
        self.resize = resize
        self.statistics = statistics

    @property
    def multiple(self) -> int:
        return self.coarse.multiple * 2 ** len(self.enhancers)

    def start_from(self, state: dict[str, Tensor]) -> None:
        """Takes the trunk of a trained global generator, given as its state dict: training goes from coarse to fine."""
        self.coarse.load_state_dict({name: value for name, value in state.items() if not name.startswith("head.")})

    def forward(self, x: Tensor) -> Tensor:
        pyramid = [x]
        for _ in self.enhancers:
            pyramid.append(halved(pyramid[-1]))
        h = self.coarse.trunk(pyramid.pop())
        for enhancer in self.enhancers:
            h = enhancer(pyramid.pop(), h)
        return torch.tanh(self.head(padded(h, 3)))


class Encoder(Normed, nn.Module, PyTorchModelHubMixin):
    """E (§3.4): a photo's low-dimensional features, the same for all of an object.

    y (N, 3, H, W) in [-1, 1], H and W multiples of 2**downs, instance_map (N, H, W) → (N, out_channels, H, W) in [-1, 1], constant inside
    every object. `batch_norm` and `statistics` as in `GlobalGenerator`.
    """

    def __init__(
        self,
        in_channels: int = 3,
        out_channels: int = 3,
        base_channels: int = 16,
        downs: int = 4,
        batch_norm: bool = False,
        statistics: str = "image",
    ):
        super().__init__()
        widths = [base_channels * 2**i for i in range(downs + 1)]
        self.stem = nn.Conv2d(in_channels, base_channels, 7)
        self.downs = nn.ModuleList(nn.Conv2d(a, b, 3, 2, 1) for a, b in itertools.pairwise(widths))
        self.norms = nn.ModuleList(Norm(width) for width in (*widths, *widths[-2::-1]) if batch_norm)
        widths.reverse()
        self.ups = nn.ModuleList(nn.ConvTranspose2d(a, b, 3, 2, 1, output_padding=1) for a, b in itertools.pairwise(widths))
        self.head = nn.Conv2d(base_channels, out_channels, 7)
        self.statistics = statistics

    def forward(self, y: Tensor, instance_map: Tensor) -> Tensor:
        norm = in_turn(self.norms)
        h = F.relu(norm(self.stem(padded(y, 3))))
        for layer in (*self.downs, *self.ups):
            h = F.relu(norm(layer(h)))
        return instance_means(torch.tanh(self.head(padded(h, 3))).float(), instance_map)


class MultiScale(Normed, nn.Module, PyTorchModelHubMixin):
    """D1 … Dk (§3.2): equal PatchGANs, each of which judges input and output at half the size of the one before.

    `layers` are further arguments of `PatchGAN`.
    """

    def __init__(self, in_channels: int, out_channels: int = 3, base_channels: int = 64, patch: int = 70, scales: int = 3, **layers):
        super().__init__()
        self.discriminators = nn.ModuleList(PatchGAN(in_channels, out_channels, base_channels, patch, **layers) for _ in range(scales))

    def features(self, x: Tensor, y: Tensor) -> list[list[Tensor]]:
        """For every scale, the finest first, the output of every layer, the logits last."""
        pictures, outputs = torch.cat([x, y], 1), []
        for discriminator in self.discriminators:
            outputs.append(discriminator.features(pictures))
            pictures = halved(pictures)
        return outputs

    def forward(self, x: Tensor, y: Tensor) -> list[Tensor]:
        """The logits of every scale."""
        return [features[-1] for features in self.features(x, y)]
