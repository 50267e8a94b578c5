"""CycleGAN: Zhu, Park, Isola & Efros, "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks", ICCV 2017."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

Moments = list[tuple[Tensor, Tensor]]  # mean and variance (N, C, 1, 1) of every norm's input, in the order in which they are met


def instance_norm(h: Tensor) -> Tensor:
    """Every channel of every picture to mean 0 and variance 1 (N, C, H, W).

    Batch norm of one picture at a time is the same; on the CPU its channels-last kernel is several times faster.
    """
    return torch.cat([F.batch_norm(picture, None, None, training=True) for picture in h.split(1)])


def normalize(h: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
    """Instance norm with moments that were taken elsewhere."""
    scale = (variance + 1e-5).rsqrt()
    return (h * scale.to(h.dtype)).sub_((mean * scale).to(h.dtype))


class ResidualBlock(nn.Module):
    """Two 3×3 convolutions under a reflected border, added to their input."""

    def __init__(self, channels: int):
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(channels, channels, 3) for _ in range(2))

    def forward(self, x: Tensor, norm: Callable[[Tensor], Tensor]) -> Tensor:
        h = F.relu(norm(self.convs[0](F.pad(x, (1, 1, 1, 1), "reflect"))))
        return x + norm(self.convs[1](F.pad(h, (1, 1, 1, 1), "reflect")))


class ResNetGenerator(nn.Module, PyTorchModelHubMixin):
    """The paper's generator (§7.2, after Johnson 2016): a 7×7 stem, two halvings, `blocks` residual blocks, two doublings, a 7×7 head.

    x (N, in_channels, H, W) in [-1, 1], H and W multiples of 4 and at least 16 → (N, out_channels, H, W) in [-1, 1].

    `base_channels` is the width of the first layer ("ngf" in the original code). The paper takes 6 blocks for 128 px and 9 from 256 px
    on. All norms are instance norms without gain or shift.
    """

    multiple = 4

    def __init__(self, in_channels: int = 3, out_channels: int = 3, base_channels: int = 64, blocks: int = 9):
        super().__init__()
        if blocks < 1:
            raise ValueError(f"blocks must be at least 1, not {blocks}")
        c = base_channels
        self.stem = nn.Conv2d(in_channels, c, 7)
        self.downs = nn.ModuleList([nn.Conv2d(c, 2 * c, 3, 2, 1), nn.Conv2d(2 * c, 4 * c, 3, 2, 1)])
        self.blocks = nn.ModuleList(ResidualBlock(4 * c) for _ in range(blocks))
        self.ups = nn.ModuleList(nn.ConvTranspose2d(a, a // 2, 3, 2, 1, output_padding=1) for a in (4 * c, 2 * c))
        self.head = nn.Conv2d(c, out_channels, 7)

    @property
    def margin(self) -> int:
        """How many pixels away the input can still change an output pixel, norms apart: half the receptive field, up to a multiple of 4."""
        reach = 3 + 1 + 2 + 4 * 2 * len(self.blocks) + 4 + 2 + 3
        return -(-reach // 4) * 4

    def forward(self, x: Tensor, moments: Moments | None = None) -> Tensor:
        """`moments`, as `self.moments` gives them, replace the picture's own in every norm: tiles then share those of the whole."""
        if moments is None:
            return self._run(x, instance_norm)
        given = iter(moments)
        return self._run(x, lambda h: normalize(h, *next(given)))

    def moments(self, x: Tensor) -> Moments:
        """Mean and variance of every norm's input for the pictures x."""
        taken: Moments = []

        def norm(h: Tensor) -> Tensor:
            variance, mean = torch.var_mean(h.float(), (2, 3), correction=0, keepdim=True)
            taken.append((mean, variance))
            return normalize(h, mean, variance)

        self._run(x, norm)
        return taken

    def _run(self, x: Tensor, norm: Callable[[Tensor], Tensor]) -> Tensor:
        h = F.relu(norm(self.stem(F.pad(x, (3, 3, 3, 3), "reflect"))))  # (N, C, H, W)
        for down in self.downs:
            h = F.relu(norm(down(h)))  # (N, 2C, H/2, W/2), (N, 4C, H/4, W/4)
        for block in self.blocks:
            h = block(h, norm)
        for up in self.ups:
            h = F.relu(norm(up(h)))  # (N, 2C, H/2, W/2), (N, C, H, W)
        return torch.tanh(self.head(F.pad(h, (3, 3, 3, 3), "reflect")))
