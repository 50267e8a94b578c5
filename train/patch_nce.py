"""PatchNCE: Park, Efros, Zhang & Zhu, "Contrastive Learning for Unpaired Image-to-Image Translation", ECCV 2020.

What stands at a place of the output should tell which place of the input it came from: a bond between x and G(x) that needs no way back.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

WIDTH, PLACES, TEMPERATURE = 256, 256, 0.07  # §B.1


class PatchNCE(nn.Module):
    """One projection of two layers for every layer of features that G's encoder gives; `channels` are those of the features."""

    def __init__(self, channels: list[int], width: int = WIDTH, places: int = PLACES):
        super().__init__()
        self.places = places
        self.projections = nn.ModuleList(nn.Sequential(nn.Linear(c, width), nn.ReLU(), nn.Linear(width, width)) for c in channels)

    def forward(self, inputs: list[Tensor], outputs: list[Tensor]) -> Tensor:
        """Eq. 4, averaged over layers, pictures and up to `places` random places: features of x and of G(x), each (N, C_i, H_i, W_i), →
        scalar. Other places of the same picture are the negatives; no gradient flows into x's.
        """
        losses = []
        for project, of_x, of_y in zip(self.projections, inputs, outputs, strict=True):
            chosen = torch.randperm(of_x.shape[2] * of_x.shape[3])[: self.places].to(of_x.device)
            key, query = (
                F.normalize(project(f.flatten(2)[:, :, chosen].transpose(1, 2)).float(), dim=-1) for f in (of_x, of_y)
            )  # (N, places, width)
            logits = query @ key.detach().mT / TEMPERATURE  # (N, places, places)
            losses.append(F.cross_entropy(logits.flatten(0, 1), torch.arange(len(chosen), device=logits.device).repeat(len(logits))))
        return sum(losses) / len(losses)
