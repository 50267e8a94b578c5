"""Discriminators on the features of a frozen network: Sauer, Chitta, Müller & Geiger, "Projected GANs Converge Faster", NeurIPS 2021."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from train.features import Views


class Heads(nn.Module):
    """One small convolutional head with spectral norms for every tap of the network (§3).

    The taps' outputs, normalised, each (N, C_i, H_i, W_i) → logits, each (N, 1, H_i, W_i), the finest tap's half as large: at full size its
    head alone would cost more than the network it looks through.
    """

    def __init__(self, channels: list[int], width: int = 64):
        super().__init__()
        strides = [2] + [1] * (len(channels) - 1)
        layers = [
            (nn.Conv2d(c, width, 1), nn.Conv2d(width, width, 3, stride, padding=1), nn.Conv2d(width, 1, 1))
            for c, stride in zip(channels, strides, strict=True)
        ]
        self.heads = nn.ModuleList(
            nn.Sequential(spectral_norm(a), nn.LeakyReLU(0.2), spectral_norm(b), nn.LeakyReLU(0.2), spectral_norm(c)) for a, b, c in layers
        )

    def forward(self, features: list[Tensor]) -> list[Tensor]:
        return [head(f) for head, f in zip(self.heads, features, strict=True)]


def heads_loss(P: Heads, features: list[Tensor], real: bool) -> Tensor:
    """L_LSGAN averaged over the heads on a frozen network's normalised features of a picture, each (N, C_i, H_i, W_i) (eq. 4)."""
    logits = P(features)
    return sum(F.mse_loss(judged, torch.full_like(judged, float(real))) for judged in logits) / len(logits)


def judging_loss(P: Heads, views: Views) -> Tensor:
    """L_LSGAN for the heads themselves, halved as D's is; no gradient flows into the generated picture."""
    fake = [f.detach() for f in views.fake]
    return (heads_loss(P, views.real, True) + heads_loss(P, fake, False)) / 2
