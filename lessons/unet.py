"""Looks inside pix2pix's generator: Isola, Zhu, Zhou & Efros, CVPR 2017; its skips (§3.2, Fig. 5) and its noise (§3.1 and §3.4)."""

import copy
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from translators.pix2pix import Norm, UNetGenerator


def with_running_statistics(network: UNetGenerator, pictures: Sequence[tuple[Tensor, Tensor | None]]) -> UNetGenerator:
    """A copy whose norms divide by the mean statistics over `pictures`, (x, c) each, and no longer by those of the picture in hand."""
    network = copy.deepcopy(network)
    norms = [module for module in network.modules() if isinstance(module, Norm)]
    network.statistics = "running"
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean over all pictures
        norm.train()
    with torch.no_grad():
        for seed, (x, c) in enumerate(pictures):
            network(x, c, seed=seed)
    return network.eval()


@torch.inference_mode()
def samples(network: nn.Module, x: Tensor, c: Tensor | None, seeds: Sequence[int], noise: bool) -> Tensor:
    """The network's answers to one picture under other dropout masks, (len(seeds), 3, H, W) in [-1, 1]."""
    return torch.cat([network(x, c, seed=seed, noise=noise) for seed in seeds])


def mean_and_deviation(y: Tensor) -> tuple[Tensor, Tensor]:
    """(N, 3, H, W) in [-1, 1] → their mean (1, 3, H, W), and the deviation of every pixel, mean over its channels, (H, W) on [0, 255]."""
    return y.mean(0, keepdim=True), y.std(0, correction=0).mean(0) * 127.5
