"""CycleGAN: Zhu, Park, Isola & Efros, "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks", ICCV 2017."""

from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

from translators.pix2pix import RESIZES, Norm, Normed, ResizeConv, exporting, padded, seeded_dropout

Layer = Callable[[Tensor], Tensor]
Moments = list[tuple[Tensor, Tensor]]  # mean and variance (N, C, 1, 1) of every norm's input, in the order in which they are met


def instance_norm(h: Tensor) -> Tensor:
    """Every channel of every picture to mean 0 and variance 1 (N, C, H, W).

    Batch norm of one picture at a time is the same; on the CPU its channels-last kernel is several times faster.
    """
    if exporting() or (h.is_cuda and len(h) > 1):
        return F.instance_norm(h)
    return _joined([F.batch_norm(picture, None, None, training=True) for picture in h.split(1)])


def normalize(h: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
    """Instance norm with moments (N, C, 1, 1) that were taken elsewhere, in float32 whatever h is; those of one picture serve for all."""
    if len(mean) == 1:
        return F.batch_norm(h, mean.flatten(), variance.flatten())
    return _joined([normalize(*picture) for picture in zip(h.split(1), mean.split(1), variance.split(1), strict=True)])


def measured(h: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """`instance_norm` of h, and the mean and the variance (N, C, 1, 1) that it took, in float32."""
    mean, variance = h.new_zeros((2, *h.shape[:2]), dtype=torch.promote_types(h.dtype, torch.float32))  # (N, C) each
    pictures = zip(h.split(1), mean, variance, strict=True)
    # Running averages of momentum 1 are the last batch's own moments; torch.var_mean is some thirty times slower on channels-last.
    normed = _joined([F.batch_norm(picture, m, v, training=True, momentum=1.0) for picture, m, v in pictures])
    positions = h.shape[2] * h.shape[3]
    return normed, mean[..., None, None], variance[..., None, None] * ((positions - 1) / positions)  # batch norm keeps the unbiased one


def _joined(pictures: list[Tensor]) -> Tensor:
    return pictures[0] if len(pictures) == 1 else torch.cat(pictures)


def in_turn(norms: nn.ModuleList) -> Layer:
    """What normalises: at every call the next of a network's batch norms, or instance norm where it has none."""
    if not len(norms):
        return instance_norm
    following = iter(norms)
    return lambda h: next(following)(h)


class ResidualBlock(nn.Module):
    """Two 3×3 convolutions under a reflected border, added to their input."""

    def __init__(self, channels: int, bias: bool = True):
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(channels, channels, 3, bias=bias) for _ in range(2))

    def forward(self, x: Tensor, norm: Layer, dropout: Layer | None = None) -> Tensor:
        h = norm(self.convs[0](padded(x, 1))).relu_()
        if dropout:
            h = dropout(h)
        return norm(self.convs[1](padded(h, 1))).add_(x)


def doubling(in_channels: int, out_channels: int, resize: str | None, padding: str = "reflect", bias: bool = True) -> nn.Module:
    """The paper's transposed 3×3 convolution, or interpolation and a convolution with that padding: (N, C, H, W) → (N, C', 2H, 2W).

    ValueError for an interpolation that is none of `RESIZES`.
    """
    if resize not in RESIZES:
        raise ValueError(f"resize must be 'bilinear', 'nearest' or None, not {resize!r}")
    if resize:
        return ResizeConv(in_channels, out_channels, resize, padding, bias)
    return nn.ConvTranspose2d(in_channels, out_channels, 3, 2, 1, output_padding=1, bias=bias)


class ResNetGenerator(Normed, nn.Module, PyTorchModelHubMixin):
    """The paper's generator (§7.2, after Johnson 2016): a 7×7 stem, two halvings, `blocks` residual blocks, two doublings, a 7×7 head.

    x (N, in_channels, H, W) in [-1, 1], H and W multiples of 4 and at least 8 → (N, out_channels, H, W) in [-1, 1].

    `base_channels` is the width of the first layer ("ngf" in the original code). The paper takes 6 blocks for 128 px and 9 from 256 px
    on. All norms are instance norms without gain or shift.

    What only the paper's code can have: `batch_norm`, with convolutions without bias and `statistics` as in `Norm`; `dropout` of rate 0.5
    in the blocks, which `dropout_at_test` leaves on in evaluation; and, in its advice on checkerboards, doublings by `resize` "bilinear" or
    "nearest" in place of transposed convolutions, with a border of `resize_padding` "reflect" or "zeros".
    """

    multiple = 4

    def __init__(
        self,
        in_channels: int = 3,
        out_channels: int = 3,
        base_channels: int = 64,
        blocks: int = 9,
        batch_norm: bool = False,
        statistics: str = "image",
        dropout: bool = False,
        dropout_at_test: bool = True,
        resize: str | None = None,
        resize_padding: str = "reflect",
    ):
        super().__init__()
        if blocks < 1:
            raise ValueError(f"blocks must be at least 1, not {blocks}")
        c, bias = base_channels, not batch_norm
        self.stem = nn.Conv2d(in_channels, c, 7, bias=bias)
        self.downs = nn.ModuleList([nn.Conv2d(c, 2 * c, 3, 2, 1, bias=bias), nn.Conv2d(2 * c, 4 * c, 3, 2, 1, bias=bias)])
        self.blocks = nn.ModuleList(ResidualBlock(4 * c, bias) for _ in range(blocks))
        self.ups = nn.ModuleList(doubling(a, a // 2, resize, resize_padding, bias) for a in (4 * c, 2 * c))
        self.head = nn.Conv2d(c, out_channels, 7)
        widths = [c, 2 * c, *[4 * c] * (1 + 2 * blocks), 2 * c, c]
        self.norms = nn.ModuleList(Norm(width) for width in widths if batch_norm)
        self.dropout, self.dropout_at_test, self.resize = dropout, dropout_at_test, resize
        self.statistics = statistics

    @property
    def margin(self) -> int:
        """How many pixels away the input can still change an output pixel, norms apart: half the receptive field, up to a multiple of 4."""
        doublings = 4 + 2 if isinstance(self.ups[0], nn.ConvTranspose2d) else (4 + 2) + (2 + 1)  # interpolation reads a neighbour too
        reach = 3 + 1 + 2 + 4 * 2 * len(self.blocks) + doublings + 3
        return -(-reach // 4) * 4

    def forward(self, x: Tensor, moments: Moments | None = None, *, seed: int | None = None, noise: bool | None = None) -> Tensor:
        """`moments`, as `self.moments` gives them, replace the picture's own in every norm: tiles then share those of the whole.

        `seed` and `noise` are dropout's, as in `UNetGenerator`.
        """
        noise = (self.training or self.dropout_at_test) if noise is None else noise
        generator = None if seed is None else torch.Generator().manual_seed(seed)
        dropout = partial(seeded_dropout, p=0.5, generator=generator) if self.dropout and noise else None
        if moments is None:
            return self._run(x, in_turn(self.norms), dropout)
        given = iter(moments)
        return self._run(x, self._scaled(lambda h: normalize(h, *next(given))), dropout)

    @property
    def encoded_channels(self) -> list[int]:
        """Those of what `encoded` gives."""
        return [
            self.stem.in_channels,
            *(down.out_channels for down in self.downs),
            *[self.downs[-1].out_channels] * min(len(self.blocks), 2),
        ]

    def encoded(self, x: Tensor) -> list[Tensor]:
        """x on its way to the middle of the network: itself, after each halving, after the first and after the middle block."""
        norm, outputs = in_turn(self.norms), [x]
        h = norm(self.stem(padded(x, 3))).relu_()
        for down in self.downs:
            outputs.append(h := norm(down(h)).relu_())
        middle = len(self.blocks) // 2
        for i, block in enumerate(self.blocks[: middle + 1]):
            h = block(h, norm)
            if i in (0, middle):
                outputs.append(h)
        return outputs

    def normed(self, x: Tensor) -> list[Tensor]:
        """What the norms after the halvings give for x, in turn, in standard deviations: (N, 4 base_channels, H/4, W/4) each of the
        residual blocks', (N, 2 base_channels, H/2, W/2) and (N, base_channels, H, W) the doublings'.
        """
        norm, given = in_turn(self.norms), []

        def kept(h: Tensor) -> Tensor:
            given.append(norm(h))
            return given[-1].clone()  # the layers go on in place

        self._run(x, kept)
        return given[1 + len(self.downs) :]

    def moments(self, x: Tensor) -> Moments:
        """Mean and variance that every norm takes for the pictures x: their own or, of batch norms set so, the running ones."""
        if self.statistics == "running":
            return [(norm.running_mean[None, :, None, None], norm.running_var[None, :, None, None]) for norm in self.norms]
        taken: Moments = []

        def norm(h: Tensor) -> Tensor:
            h, mean, variance = measured(h)
            taken.append((mean, variance))
            return h

        self._run(x, self._scaled(norm))
        return taken

    def _scaled(self, normalized: Layer) -> Layer:
        """What normalises, followed by gain and shift of the batch norms where there are any."""
        if not len(self.norms):
            return normalized
        following = iter(self.norms)

        def norm(h: Tensor) -> Tensor:
            layer = next(following)
            return torch.addcmul(layer.bias[:, None, None], normalized(h), layer.weight[:, None, None])

        return norm

    def _run(self, x: Tensor, norm: Layer, dropout: Layer | None = None) -> Tensor:
        h = norm(self.stem(padded(x, 3))).relu_()  # (N, C, H, W)
        for down in self.downs:
            h = norm(down(h)).relu_()  # (N, 2C, H/2, W/2), (N, 4C, H/4, W/4)
        for block in self.blocks:
            h = block(h, norm, dropout)
        for up in self.ups:
            h = norm(up(h)).relu_()  # (N, 2C, H/2, W/2), (N, C, H, W)
        return torch.tanh(self.head(padded(h, 3)))
