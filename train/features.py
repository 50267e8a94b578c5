"""Features of networks that were trained to name things: what perceptual losses and figures look through.

VGG-19 (torchvision's, downloaded once) is the default of the perceptual loss and the paper's. SqueezeNet 1.1 from a file is there by name,
for places without a network; a loss or a figure that used it says so.
"""

import math
from pathlib import Path
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.models import VGG19_Weights, squeezenet1_1, vgg19

from train.data import BadData

FEATURES = ("vgg19", "squeezenet")


class Taps(nn.Module):
    """A frozen stack of layers whose outputs at `taps` are read.

    y (N, 3, H, W) in [-1, 1], RGB → the outputs, each (N, C_i, H_i, W_i).
    """

    def __init__(self, layers: nn.Sequential, taps: tuple[int, ...], name: str):
        super().__init__()
        self.layers, self.taps, self.name = layers[: max(taps) + 1].eval().requires_grad_(False), taps, name
        for layer in self.layers:
            if isinstance(layer, nn.ReLU):
                layer.inplace = False  # the tap before it would be overwritten

    @property
    @torch.no_grad()
    def channels(self) -> list[int]:
        return [len(output[0]) for output in self(next(self.buffers()).new_zeros(1, 3, 64, 64))]

    def prepare(self, y: Tensor) -> Tensor:
        raise NotImplementedError

    def forward(self, y: Tensor) -> list[Tensor]:
        h, outputs = self.prepare(y), []
        for i, layer in enumerate(self.layers):
            h = layer(h)
            if i in self.taps:
                outputs.append(h)
        return outputs


class SqueezeNetTaps(Taps):
    """SqueezeNet 1.1 from a file: the first ReLU and every fire module but the second of a pair, up to the last.

    The weights file is one trained on BGR, 0–255, minus (104, 117, 123), keys as in torchvision.
    """

    def __init__(self, weights: Path, taps: tuple[int, ...] = (1, 4, 7, 9, 10, 11, 12)):
        network = squeezenet1_1(weights=None)
        try:
            state = torch.load(weights, map_location="cpu", weights_only=True)
            network.load_state_dict({key: value.float() for key, value in state.items()})
        except FileNotFoundError:
            raise BadData(f"{weights}: there is no such file; expected the weights of SqueezeNet 1.1.") from None
        except Exception as error:
            raise BadData(f"{weights}: not the weights of torchvision's SqueezeNet 1.1 ({type(error).__name__}).") from error
        super().__init__(network.features, taps, "SqueezeNet-1.1")
        self.register_buffer("mean", torch.tensor([104.0, 117.0, 123.0])[:, None, None])

    def prepare(self, y: Tensor) -> Tensor:
        return (y.flip(1) + 1) * 127.5 - self.mean


class VGG19Taps(Taps):
    """torchvision's VGG-19, relu1_1 … relu5_1: the layers of pix2pixHD's perceptual loss (Wang 2018, §3.5)."""

    def __init__(self):
        super().__init__(vgg19(weights=VGG19_Weights.IMAGENET1K_V1).features, (1, 6, 11, 20, 29), "VGG-19")
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406])[:, None, None])
        self.register_buffer("deviation", torch.tensor([0.229, 0.224, 0.225])[:, None, None])

    def prepare(self, y: Tensor) -> Tensor:
        return ((y + 1) / 2 - self.mean) / self.deviation


def taps(features: str, weights: Path | None) -> Taps:
    """ "vgg19" or "squeezenet" by name; BadData where the file that SqueezeNet needs is not named or not there, or VGG's
    cannot be downloaded.
    """
    if features == "squeezenet" and weights is None:
        raise BadData("--feature-weights: name the file with SqueezeNet's weights.")
    if features == "squeezenet":
        return SqueezeNetTaps(weights)
    try:
        return VGG19Taps()
    except OSError as error:
        raise BadData(f"VGG-19's weights cannot be downloaded ({error}); --features squeezenet takes its own from a file.") from error


class Normalise(torch.autograd.Function):
    """f (N, C, H, W) → f̂ = f / sqrt(mean of f² over channels); a position of zeros stays so.

    Its gradient is (g − f̂ · mean of g f̂ over channels) / sqrt(mean of f²), from f̂ alone: left to autograd, the same takes twice as long.
    """

    @staticmethod
    def forward(ctx, f: Tensor) -> Tensor:
        scale = math.sqrt(f.shape[1]) / torch.linalg.vector_norm(f, dim=1, keepdim=True).clamp_min(1e-12)
        f = f * scale
        ctx.save_for_backward(f, scale)
        return f

    @staticmethod
    def backward(ctx, g: Tensor) -> Tensor:
        f, scale = ctx.saved_tensors
        return torch.addcmul(g, f, (g * f).mean(1, keepdim=True), value=-1) * scale


def normalised(features: list[Tensor]) -> list[Tensor]:
    """The taps' outputs, each (N, C_i, H_i, W_i) → as many, in float32, whose mean square over channels is 1 at every position; a position
    of zeros stays so.
    """
    return [Normalise.apply(f.float()) for f in features]


class Views(NamedTuple):
    """What the taps put out, normalised, each (N, C_i, H_i, W_i), for a generated picture and for the real one."""

    fake: list[Tensor]
    real: list[Tensor]


def look(network: Taps, y_fake: Tensor, y: Tensor) -> Views:
    """Pictures (N, 3, H, W) in [-1, 1], each looked at once, for every loss of a step; no gradient flows into y."""
    with torch.no_grad():
        real = normalised(network(y.detach()))
    return Views(normalised(network(y_fake)), real)


def as_stored(f: Tensor) -> Tensor:
    """(N, C, H, W) → flat, in the order of channels-last memory: on a CPU a loss of channels-last tensors goes back five times slower."""
    return f.permute(0, 2, 3, 1).flatten()


def feature_distance(views: Views) -> Tensor:
    """Mean over taps of ‖f̂(y_fake) − f̂(y)‖², f̂ normalised over channels at every position and the norm averaged over positions → scalar.

    LPIPS without its learnt weights (Zhang 2018, §3.1, eq. 1). With a mean square of 1 over channels ‖·‖² is the mean of the squares.
    """
    fake, real = (map(as_stored, seen) for seen in views)
    return sum(map(F.mse_loss, fake, real)) / len(views.fake)


def perceptual_distance(network: Taps, y_fake: Tensor, y: Tensor) -> Tensor:
    """`feature_distance` of pictures (N, 3, H, W) in [-1, 1]."""
    return feature_distance(look(network, y_fake, y))
