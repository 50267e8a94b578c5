"""pix2pix: Isola, Zhu, Zhou & Efros, "Image-to-Image Translation with Conditional Adversarial Networks", CVPR 2017."""

from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial

import torch
import torch.nn.functional as F
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

STATISTICS = ("image", "running")
RESIZES = (None, "bilinear", "nearest")


class Norm(nn.BatchNorm2d):
    """Batch norm whose `statistics` are those of each picture by itself ("image") or batch norm's own ("running").

    "image" is what the paper tests with (§3.4: the batch statistics of the one test picture), and equals instance norm; it does the same in
    training and in evaluation. "running" is `nn.BatchNorm2d`: statistics of the batch in training, their running mean in evaluation.
    """

    statistics = "running"

    def forward(self, x: Tensor) -> Tensor:
        if self.statistics == "running":
            return super().forward(x)
        if exporting() or (x.is_cuda and len(x) > 1):
            return F.instance_norm(x, weight=self.weight, bias=self.bias, eps=self.eps)
        # Batch norm of one picture at a time is instance norm; on the CPU its channels-last kernel is several times faster than
        # F.instance_norm.
        return torch.cat([F.batch_norm(picture, None, None, self.weight, self.bias, training=True, eps=self.eps) for picture in x.split(1)])


def exporting() -> bool:
    """Whether the network is being written down in operators: of those, instance norm has one of its own that takes any size."""
    return torch.compiler.is_exporting() or torch.jit.is_tracing()


class Normed:
    """Lends a network the attribute `statistics` of its norms: "image" or, where they are batch norms, "running" (see `Norm`)."""

    @property
    def statistics(self) -> str:
        return next((module.statistics for module in self.modules() if isinstance(module, Norm)), "image")

    @statistics.setter
    def statistics(self, statistics: str) -> None:
        """ValueError for another word, and for "running" where no norm has such statistics."""
        if statistics not in STATISTICS:
            raise ValueError(f"statistics must be one of {STATISTICS}, not {statistics!r}")
        norms = [module for module in self.modules() if isinstance(module, Norm)]
        if statistics == "running" and not any(norm.track_running_stats for norm in norms):
            raise ValueError("statistics must be 'image': this network has instance norms, which keep no running ones")
        for norm in norms:
            norm.statistics = statistics


class Dense(torch.autograd.Function):
    """x (N, C, H, W) as it is, and its gradient densely channels-last: a concatenation gives slices of one, over which norms and sums go
    back several times slower on a CPU.
    """

    @staticmethod
    def forward(ctx, x: Tensor) -> Tensor:
        return x.view_as(x)

    @staticmethod
    def backward(ctx, g: Tensor) -> Tensor:
        return g.contiguous(memory_format=torch.channels_last)


def with_skip(x: Tensor, skip: Tensor) -> Tensor:
    """x behind its skip, (N, C, H, W) each: (N, 2C, H, W). In training their gradients are dense."""
    parts = (skip, x) if exporting() or not x.requires_grad else (Dense.apply(skip), Dense.apply(x))
    return torch.cat(parts, 1)


def initialize(network: nn.Module) -> nn.Module:
    """Draws weights from N(0, 0.02), as §6.2 says; norm gains from N(1, 0.02), as the paper's code does. Returns the network."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(module.weight, 0.0, 0.02)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, Norm) and module.affine:
            nn.init.normal_(module.weight, 1.0, 0.02)
            nn.init.zeros_(module.bias)
    return network


def seeded_dropout(x: Tensor, p: float, generator: torch.Generator | None) -> Tensor:
    """Dropout whose mask comes from `generator`, drawn on the CPU so that a seed gives the same mask on every device; None: torch's own."""
    if generator is None:
        return F.dropout(x, p)
    keep = torch.empty(x.shape).bernoulli_(1 - p, generator=generator)
    return x * keep.to(x).div_(1 - p)


def padded(x: Tensor, border: int, mode: str = "reflect") -> Tensor:
    """x (N, C, H, W) with a border of so many pixels, in the precision of x: autocast would take it, and its gradient, to float32."""
    kind = x.device.type
    with torch.autocast(kind, enabled=False) if torch.is_autocast_enabled(kind) else nullcontext():
        return F.pad(x, (border,) * 4, mode)


def with_edges_doubled(x: Tensor) -> Tensor:
    """x (N, C, H, W) with a border of one pixel, replicated: (N, C, H + 2, W + 2)."""
    if exporting() or not torch.compiler.is_compiling():
        return padded(x, 1, "replicate")
    # torch.compile expects the gradient of replication padding in other strides than a channels-last one has, and stops.
    x = torch.cat([x[:, :, :1], x, x[:, :, -1:]], 2)
    return torch.cat([x[..., :1], x, x[..., -1:]], 3)


class ResizeConv(nn.Module):
    """A doubling without checkerboard (Odena 2016): interpolation, then a 3×3 convolution. (N, C, H, W) → (N, C', 2H, 2W)."""

    def __init__(self, in_channels: int, out_channels: int, mode: str, padding_mode: str, bias: bool = True):
        super().__init__()
        self.mode = mode
        self.conv = nn.Conv2d(in_channels, out_channels, 3, padding=1, padding_mode=padding_mode, bias=bias)

    @property
    def foldable(self) -> bool:
        """Whether a transposed convolution does the same, in fewer than half the multiplications."""
        return self.mode == "nearest" and isinstance(self.conv, nn.Conv2d) and self.conv.padding_mode in ("zeros", "reflect")

    def as_transposed(self) -> nn.Sequential:
        """That convolution, with weights of its own, and what pads its input."""
        conv, bias, zeros = self.conv, self.conv.bias, self.conv.padding_mode == "zeros"
        same = nn.ConvTranspose2d(conv.in_channels, conv.out_channels, 4, 2, 1 if zeros else 3, bias=bias is not None).to(conv.weight)
        same.load_state_dict({"weight": transposed(conv.weight)} | ({} if bias is None else {"bias": bias}))
        return nn.Sequential(same) if zeros else nn.Sequential(nn.ReplicationPad2d(1), same)

    def forward(self, h: Tensor) -> Tensor:
        if not self.foldable:
            return self.conv(F.interpolate(h, scale_factor=2, mode=self.mode))
        weight, bias = transposed(self.conv.weight), self.conv.bias
        if self.conv.padding_mode == "zeros":
            h = F.conv_transpose2d(h, weight, stride=2, padding=1)
        else:  # what is doubled is reflected onto itself
            h = F.conv_transpose2d(with_edges_doubled(h), weight, stride=2, padding=2)[..., 1:-1, 1:-1]
        # Padding of 3 would do without the cut, and the bias within the convolution: on a CPU both go back several times slower.
        return h.contiguous(memory_format=torch.channels_last) if bias is None else h + bias[:, None, None].to(h)


# Behind a nearest doubling three taps meet two pixels of what was doubled, one of them twice. So do the four of a transposed convolution of
# stride 2, whose even outputs meet the second and the fourth and whose odd ones the third and the first: TAPS times the three are the four.
TAPS = ((0, 0, 1), (0, 1, 1), (1, 1, 0), (1, 0, 0))


def transposed(weight: Tensor) -> Tensor:
    """The weight (C, C', 4, 4) of the `nn.ConvTranspose2d` of stride 2 and padding 1 that does what a nearest doubling and a 3×3
    convolution of this weight (C', C, 3, 3) do, padding of zeros included.
    """
    taps = weight.new_tensor(TAPS)
    return torch.einsum("ka,lb,oiab->iokl", taps, taps, weight)


def resized(weight: Tensor) -> Tensor:
    """The 3×3 weight (C', C, 3, 3) whose `transposed` is nearest to this one, (C, C', 4, 4), by least squares: its inverse where there is
    one. (C, C', 3, 3), of padding 1 and output padding 1, is one of 4×4 whose last taps are 0.
    """
    missing = 4 - weight.shape[-1]
    back = torch.linalg.pinv(weight.new_tensor(TAPS))
    return torch.einsum("ak,bl,iokl->oiab", back, back, F.pad(weight, (0, missing, 0, missing)))


class UNetGenerator(Normed, nn.Module, PyTorchModelHubMixin):
    """The paper's generator (§6.1.1): `downs` halvings, as many doublings, and a skip connection at every scale.

    x (N, in_channels, H, W) in [-1, 1], H and W multiples of 2**downs → (N, out_channels, H, W) in [-1, 1].

    `base_channels` is the width of the first layer ("ngf" in the original code), doubled at each of the next three. `statistics` says
    what the norms divide by, "image" or "running" (see `Norm`), and can be set later. Without `batch_norm` (not in the paper, but in its
    code) they are instance norms without gain or shift, and all convolutions have a bias. `dropout_layers` counts the dropout layers, of
    rate 0.5 and the deepest decoder layers first (three in the paper); `dropout_at_test` says whether they stay on in evaluation, where
    they are the only noise z (§3.2). `condition_size` > 0 (not in the paper) takes a vector c beside the picture, which sets gain and
    shift after every decoder norm, as in conditional instance norm (Dumoulin 2017, eq. 5): a constant input plane would be wiped out by
    the first norm that meets it. Without `skips` it is the encoder-decoder that §4.3 compares with. `resize` "bilinear" or "nearest" (not
    in the paper) doubles by interpolation and a 3×3 convolution in place of a transposed one, whose overlaps leave a checkerboard (Odena
    2016).

    The skip carries the *activated* feature, because the original code's LeakyReLU works in place.
    """

    def __init__(
        self,
        in_channels: int = 3,
        out_channels: int = 3,
        base_channels: int = 64,
        downs: int = 8,
        statistics: str = "image",
        dropout_layers: int = 3,
        dropout_at_test: bool = True,
        condition_size: int = 0,
        batch_norm: bool = True,
        skips: bool = True,
        resize: str | None = None,
    ):
        super().__init__()
        if downs < 2:
            raise ValueError(f"downs must be at least 2, not {downs}")
        if resize not in RESIZES:
            raise ValueError(f"resize must be 'bilinear', 'nearest' or None, not {resize!r}")
        widths = [base_channels * min(2**i, 8) for i in range(downs)]  # 64 128 256 512 512 512 512 512
        self.downs = nn.ModuleList(
            nn.Conv2d(a, b, 4, 2, 1, bias=not batch_norm) for a, b in zip([in_channels, *widths], widths, strict=False)
        )
        norm = partial(Norm, affine=batch_norm, track_running_stats=batch_norm)
        self.down_norms = nn.ModuleList(norm(width) for width in widths[1:-1])  # none on the outermost, none on the 1×1 innermost
        out_widths = [out_channels, *widths]
        doubling = (
            partial(ResizeConv, mode=resize, padding_mode="zeros")
            if resize
            else partial(nn.ConvTranspose2d, kernel_size=4, stride=2, padding=1)
        )
        self.ups = nn.ModuleList(
            doubling(widths[i] * (2 if skips and i < downs - 1 else 1), out_widths[i], bias=i == 0 or not batch_norm)
            for i in reversed(range(downs))
        )
        self.up_norms = nn.ModuleList(norm(out_widths[i]) for i in reversed(range(1, downs)))
        self.condition_size = condition_size
        if condition_size:
            self.condition = nn.Sequential(nn.Linear(condition_size, 64), nn.ReLU())
            self.modulations = nn.ModuleList(nn.Linear(64, 2 * norm.num_features) for norm in self.up_norms)
            for modulation in self.modulations:  # gain near 1 and shift near 0 at the start
                nn.init.normal_(modulation.weight, 0.0, 0.02)
                nn.init.zeros_(modulation.bias)
        self.dropout_layers = min(dropout_layers, max(downs - 5, 0))
        self.dropout_at_test = dropout_at_test
        self.skips, self.resize = skips, resize
        self.statistics = statistics

    @property
    def multiple(self) -> int:
        """What height and width must be multiples of."""
        return 2 ** len(self.downs)

    def with_transposed(self) -> "UNetGenerator":
        """A network that does the same, its nearest doublings written as transposed convolutions; itself where it has none."""
        if self.resize != "nearest":
            return self
        network = UNetGenerator(**self._hub_mixin_config | {"resize": None})
        kernels = {f"ups.{i}.weight": transposed(up.conv.weight) for i, up in enumerate(self.ups)}
        others = {name.replace(".conv.", "."): value for name, value in self.state_dict().items() if not name.endswith(".conv.weight")}
        network.load_state_dict(kernels | others)
        return network

    def forward(
        self,
        x: Tensor,
        c: Tensor | None = None,
        *,
        seed: int | None = None,
        noise: bool | None = None,
        gains: Sequence[float] | None = None,
    ) -> Tensor:
        """c (N, condition_size) in [-1, 1], for a network that takes one. Same seed, same picture; without one the dropout masks come from
        torch's own state. `noise` None: on in training, else as configured. `gains` are what the skips are multiplied by, the outermost
        first, one fewer than there are `downs`: all 0 make of it the encoder-decoder of Fig. 5.
        """
        code = self.condition(c) if self.condition_size else None  # (N, 64)
        noise = (self.training or self.dropout_at_test) if noise is None else noise
        generator = None if seed is None else torch.Generator().manual_seed(seed)

        skips = []
        for i, down in enumerate(self.downs):
            x = down(x)  # (N, width, H/2, W/2)
            if 0 < i < len(self.downs) - 1:
                x = self.down_norms[i - 1](x)
            if i < len(self.downs) - 1:
                x = F.leaky_relu(x, 0.2)
                skips.append(x if gains is None else gains[i] * x)

        for i, up in enumerate(self.ups):
            x = up(F.relu(x))  # (N, width, 2H, 2W)
            if i == len(self.ups) - 1:
                return torch.tanh(x)
            x = self.up_norms[i](x)
            if code is not None:
                gain, shift = self.modulations[i](code)[:, :, None, None].chunk(2, 1)  # (N, width, 1, 1) each
                x = torch.addcmul(x + shift, x, gain)
            if noise and 0 < i <= self.dropout_layers:
                x = seeded_dropout(x, 0.5, generator)
            if self.skips:
                x = with_skip(x, skips.pop())  # (N, 2 width, H, W)


def halvings(patch: int) -> int:
    """How many strided layers the PatchGAN has whose logits see `patch`×`patch` pixels; ValueError where none sees just these."""
    doubled, rest = divmod(patch + 2, 9)
    if rest or doubled < 2 or doubled & (doubled - 1):
        raise ValueError(f"patch must be 1, 16, 34, 70, 142, 286 … (9 · 2ⁿ - 2), not {patch}")
    return doubled.bit_length() - 1


class PatchGAN(Normed, nn.Module, PyTorchModelHubMixin):
    """The paper's discriminator (§6.1.2): a grid of logits, each of which judges one `patch`×`patch` window of input and output together.

    x (N, in_channels, H, W), y (N, out_channels, H, W) in [-1, 1] → (N, 1, h, w), 30×30 for 256×256 and the 70×70 patch. With
    `in_channels` 0 it is given y alone: CycleGAN's discriminator.
    `patch` is 1, a stack of 1×1 convolutions, or 9 · 2ⁿ - 2 with n halvings: 16, 34, 70, 142, 286 (1, 16, 70 and 286 are those of Fig. 6).
    Without `batch_norm` the norms are instance norms without gain or shift. The convolutions before batch norms have no bias, unless
    `biases`. The width doubles with every layer from `base_channels` to `max_channels`, by default 8 `base_channels`. pix2pixHD's code has
    `biases`, a zero `padding` of 2 around every convolution and `max_channels` 512.
    """

    def __init__(
        self,
        in_channels: int = 3,
        out_channels: int = 3,
        base_channels: int = 64,
        patch: int = 70,
        statistics: str = "image",
        batch_norm: bool = True,
        biases: bool = False,
        padding: int = 1,
        max_channels: int | None = None,
    ):
        super().__init__()
        widest = max_channels or base_channels * 8
        if patch == 1:
            widths, kernels, strides = [base_channels, base_channels * 2, 1], [1, 1, 1], [1, 1, 1]
        else:
            n = halvings(patch)
            widths = [min(base_channels * 2**i, widest) for i in range(n + 1)] + [1]
            kernels, strides = [4] * (n + 2), [2] * n + [1, 1]
        ins = [in_channels + out_channels, *widths]
        last = len(widths) - 1
        self.convs = nn.ModuleList(
            nn.Conv2d(a, b, k, s, padding * (k > 1), bias=i in (0, last) or biases or not batch_norm)
            for i, (a, b, k, s) in enumerate(zip(ins, widths, kernels, strides, strict=False))
        )
        self.norms = nn.ModuleList(Norm(width, affine=batch_norm, track_running_stats=batch_norm) for width in widths[1:-1])
        self.padding = padding
        self.statistics = statistics

    def features(self, *pictures: Tensor) -> list[Tensor]:
        """The output of every layer, the logits last."""
        h, outputs = torch.cat(pictures, 1), []
        for i, conv in enumerate(self.convs):
            h = conv(h)
            if 0 < i < len(self.convs) - 1:
                h = self.norms[i - 1](h)
            if i < len(self.convs) - 1:
                h = F.leaky_relu(h, 0.2)
            outputs.append(h)
        return outputs

    def forward(self, *pictures: Tensor) -> Tensor:
        """x and y, or y alone where `in_channels` is 0."""
        return self.features(*pictures)[-1]
