"""What the two players of a GAN pay: `real` and `fake` are the discriminator's logits on data and on generated points, any shape.

minimax          V = E log D(x) + E log(1 − D(G(z))), D = σ(logit)     Goodfellow et al., NeurIPS 2014, equation 1
non_saturating   G pays −E log D(G(z)) instead                         the same, §3
least_squares    ½ E (D(x) − 1)² + ½ E D(G(z))²; ½ E (D(G(z)) − 1)²    Mao et al., ICCV 2017, equation 9
wasserstein      E D(G(z)) − E D(x), |weights of D| ≤ c                Arjovsky, Chintala & Bottou, ICML 2017, algorithm 1
wasserstein_gp   the same + λ E (‖∇D(x̂)‖ − 1)²                         Gulrajani et al., NeurIPS 2017, equation 3
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class Loss:
    """`discriminator(real, fake)` and `generator(fake)` are scalars to be made small; `clip` is c, `penalty` is λ, or else 0."""

    discriminator: Callable[[Tensor, Tensor], Tensor]
    generator: Callable[[Tensor], Tensor]
    clip: float = 0
    penalty: float = 0


def cross_entropy(real: Tensor, fake: Tensor) -> Tensor:
    return F.softplus(-real).mean() + F.softplus(fake).mean()  # −log σ(real) − log(1 − σ(fake))


def critic(real: Tensor, fake: Tensor) -> Tensor:
    return fake.mean() - real.mean()


LOSSES = {
    "minimax": Loss(cross_entropy, lambda fake: -F.softplus(fake).mean()),  # log(1 − σ(fake))
    "non_saturating": Loss(cross_entropy, lambda fake: F.softplus(-fake).mean()),  # −log σ(fake)
    "least_squares": Loss(
        lambda real, fake: ((real - 1) ** 2).mean() / 2 + (fake**2).mean() / 2, lambda fake: ((fake - 1) ** 2).mean() / 2
    ),
    "wasserstein": Loss(critic, lambda fake: -fake.mean(), clip=0.1),  # 0.01 in the paper, whose networks are larger
    "wasserstein_gp": Loss(critic, lambda fake: -fake.mean(), penalty=10),
}


def gradient_penalty(D: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, between: Tensor) -> Tensor:
    """E (‖∇D(x̂)‖₂ − 1)² at x̂ = ε real + (1 − ε) fake: real, fake (N, C), ε = `between` (N, 1) in [0, 1]."""
    x_hat = (between * real + (1 - between) * fake).detach().requires_grad_(True)
    (gradient,) = torch.autograd.grad(D(x_hat).sum(), x_hat, create_graph=True)
    return ((gradient.norm(dim=1) - 1) ** 2).mean()
