"""Discriminators on the features of a frozen network: Sauer, Chitta, Müller & Geiger, "Projected GANs Converge Faster", NeurIPS 2021."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from train.features import Taps


class Heads(nn.Module):
    """One small convolutional head with spectral norms for every tap of the network (§3).

    The taps' outputs, each (N, C_i, H_i, W_i), are normalised over channels → logits, each (N, 1, H_i, W_i).
    """

    def __init__(self, channels: list[int], width: int = 64):
        super().__init__()
        layers = [(nn.Conv2d(c, width, 1), nn.Conv2d(width, width, 3, padding=1), nn.Conv2d(width, 1, 1)) for c in channels]
        self.heads = nn.ModuleList(
            nn.Sequential(spectral_norm(a), nn.LeakyReLU(0.2), spectral_norm(b), nn.LeakyReLU(0.2), spectral_norm(c)) for a, b, c in layers
        )

    def forward(self, features: list[Tensor]) -> list[Tensor]:
        scaled = (F.normalize(f.float()) * f.shape[1] ** 0.5 for f in features)
        return [head(f) for head, f in zip(self.heads, scaled, strict=True)]


def heads_loss(P: Heads, perceptual: Taps, y: Tensor, real: bool) -> Tensor:
    """L_LSGAN averaged over the heads on a frozen network's features of y (N, 3, H, W) in [-1, 1] (eq. 4)."""
    logits = P(perceptual(y))
    return sum(F.mse_loss(judged, torch.full_like(judged, float(real))) for judged in logits) / len(logits)
