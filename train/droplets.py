"""Droplets: Karras et al., "Analyzing and Improving the Image Quality of StyleGAN", CVPR 2020, §2.

A norm takes the size of what it is given away, unless one spot is so large that it is the size: a generator that wants to say something of
the size makes such a spot, and there its picture has a blob. The paper changes the norms; here the spots have a price.
"""

from torch import Tensor

LIMIT = 9.0  # three standard deviations in all channels together
EVERY = 4  # steps between two looks: what grows slowly need not be looked at in each (§3.1, lazy regularization)


def droplets(normed: list[Tensor]) -> Tensor:
    """What norms give, (N, C_i, H_i, W_i) each → scalar: the share of their energy, the mean square over channels, by which places exceed
    `LIMIT` times the mean place's; averaged over layers and pictures. Nearly 0 where energy is spread as in photos, below 1 in any case.
    """
    shares = [(h.float().square().mean(1) - LIMIT).clamp_min(0).mean() for h in normed]
    return sum(shares) / len(shares)
