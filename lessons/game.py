"""The game of two networks on points of the plane, as GAN Lab draws it.

    min over G, max over D:  V(D, G) = E log D(x) + E log(1 − D(G(z)))

Goodfellow et al., "Generative Adversarial Nets", NeurIPS 2014, equation 1; with a class beside x and z: Mirza & Osindero, "Conditional
Generative Adversarial Nets", 2014, equation 2; the picture of it: Kahng et al., "GAN Lab", IEEE VIS 2018. Points lie in [-1, 1]².
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from lessons.losses import LOSSES, gradient_penalty

CLASSES = 3
BATCH = 128
REACH = 1.2  # the board shows [-1.2, 1.2]²
CELLS = 16  # a side, of the histograms that are compared
SHOWN = 240  # generated points on the board, a multiple of CLASSES
NEAR = 0.1  # a data point is covered when a generated one lies nearer than this
GRID, MESH = 28, 15  # points a side of the discriminator's background, and of the generator's manifold
KEPT = 400  # points of a curve


@dataclass(frozen=True)
class Rules:
    """`loss`: a name in `LOSSES`; `d_steps`: how often D moves before G does (k of algorithm 1); `conditional`: both see the class."""

    loss: str = "non_saturating"
    d_steps: int = 1
    conditional: bool = False


def divergence(p: Tensor, q: Tensor) -> float:
    """Jensen-Shannon, in nats, 0 to log 2, between the histograms of two sets of points (N, 2): what G makes small at D's best (§4.1)."""
    p, q = histogram(p), histogram(q)
    middle = (p + q) / 2
    return float((torch.special.xlogy(p, p / middle).nansum() + torch.special.xlogy(q, q / middle).nansum()) / 2)


def histogram(points: Tensor) -> Tensor:
    """The share of the points in each of CELLS² cells of the board; those outside count in the cells at its border."""
    column, row = ((points.clamp(-REACH, REACH) + REACH) / (2 * REACH) * CELLS).long().clamp(max=CELLS - 1).T
    return torch.bincount(row * CELLS + column, minlength=CELLS**2) / len(points)


def coverage(data: Tensor, samples: Tensor) -> float:
    """The share of the data with a generated point near it: all of it when no mode was forgotten, little after a collapse."""
    return float((torch.cdist(data, samples).min(1).values < NEAR).float().mean())


def mesh(side: int, reach: float) -> Tensor:
    """(side², 2): x runs fastest, both from -reach to reach."""
    axis = torch.linspace(-reach, reach, side)
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    return torch.stack([x, y], -1).reshape(-1, 2)


def perceptron(inputs: int, outputs: int, width: int = 48) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, width), nn.LeakyReLU(0.2), nn.Linear(width, width), nn.LeakyReLU(0.2), nn.Linear(width, outputs))


class Game:
    """One game: two networks, their optimizers, the data, and what happened so far. One thread at a time.

    points (N, 2) in [-1, 1], labels (N,) 0 … CLASSES - 1. The same arguments and moves give the same game.
    """

    def __init__(self, points: np.ndarray, labels: np.ndarray, rules: Rules = Rules(), seed: int = 0):
        self.points = torch.as_tensor(points, dtype=torch.float32)
        self.labels = torch.as_tensor(labels, dtype=torch.long)
        self.rules = rules
        self.random = torch.Generator().manual_seed(seed)
        extra = CLASSES if rules.conditional else 0
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.G, self.D = perceptron(2 + extra, 2), perceptron(2 + extra, 1)
        betas = (0.5, 0.9)
        self.G_optimizer = torch.optim.Adam(self.G.parameters(), 1e-3, betas, fused=True)
        self.D_optimizer = torch.optim.Adam(self.D.parameters(), 2e-3, betas, fused=True)
        self.z = self._noise(SHOWN)
        self.z_labels = torch.arange(SHOWN) % CLASSES
        if rules.conditional:  # of the classes that there are, as often as in the data
            self.z_labels = self.labels[torch.arange(SHOWN) * len(self.labels) // SHOWN]
        self.steps = 0
        self.curves: list[tuple[int, float, float, float, float]] = []  # step, D's loss, G's loss, divergence, coverage
        self.last = (math.nan, math.nan)

    def discriminator_step(self) -> None:
        """D moves once: G is held."""
        real, labels = self._data()
        with torch.no_grad():
            fake = self.generate(self._noise(BATCH), labels)
        loss = LOSSES[self.rules.loss]
        value = loss.discriminator(self.judge(real, labels), self.judge(fake, labels))
        if loss.penalty:
            between = torch.rand(BATCH, 1, generator=self.random)
            value = value + loss.penalty * gradient_penalty(lambda x: self.judge(x, labels), real, fake, between)
        self._move(self.D_optimizer, value)
        if loss.clip:
            with torch.no_grad():
                for weight in self.D.parameters():
                    weight.clamp_(-loss.clip, loss.clip)
        self.last = (value.item(), self.last[1])

    def generator_step(self, optimizer: torch.optim.Optimizer | None = None) -> None:
        """G moves once, by its own optimizer unless another is given: D is held."""
        _, labels = self._data()
        value = LOSSES[self.rules.loss].generator(self.judge(self.generate(self._noise(BATCH), labels), labels))
        self._move(optimizer or self.G_optimizer, value)
        self.last = (self.last[0], value.item())

    def step(self) -> None:
        """One round of algorithm 1: D moves k times, G once."""
        for _ in range(self.rules.d_steps):
            self.discriminator_step()
        self.generator_step()
        self.steps += 1

    def collapse(self, steps: int = 100) -> None:
        """Mode collapse on demand: G moves alone in long strides, and runs to where the held D scores highest (§6, "the Helvetica
        scenario").
        """
        alone = torch.optim.Adam(self.G.parameters(), 2e-2)
        for _ in range(steps):
            self.generator_step(alone)

    def generate(self, z: Tensor, labels: Tensor) -> Tensor:
        """z, labels (N, 2), (N,) → points (N, 2)."""
        return self.G(self._beside(z, labels))

    def judge(self, points: Tensor, labels: Tensor) -> Tensor:
        """Points, labels (N, 2), (N,) → logits (N,)."""
        return self.D(self._beside(points, labels))[:, 0]

    def remember(self) -> None:
        """A point on every curve; when there are too many, every second one goes."""
        with torch.no_grad():
            z_labels = self._data(2048)[1]
            many = self.generate(self._noise(2048), z_labels)
            point = (self.steps, *self.last, divergence(self.points, many), coverage(self.points, many[:SHOWN]))
        if self.curves and self.curves[-1][0] == self.steps:
            self.curves.pop()
        self.curves.append(point)
        if len(self.curves) > KEPT:
            del self.curves[1:-1:2]

    def arrows(self) -> Tensor:
        """Where G's loss would have every shown point go: −∂(its loss)/∂(point), (SHOWN, 2)."""
        with torch.no_grad():
            points = self.generate(self.z, self.z_labels)
        points.requires_grad_(True)
        value = LOSSES[self.rules.loss].generator(self.judge(points, self.z_labels)) * SHOWN
        return -torch.autograd.grad(value, points)[0]

    @torch.no_grad()
    def field(self, label: int) -> Tensor:
        """D's opinion of every place of the board, (GRID, GRID) from 0 (generated) to 1 (data): σ(logit); the least squares' own target
        scale; a critic's score, which has no scale, between its lowest and its highest. With classes: of that class.
        """
        places = mesh(GRID, REACH)
        logits = self.judge(places, torch.full((len(places),), label)).reshape(GRID, GRID)
        if self.rules.loss.startswith("wasserstein"):
            low, high = logits.aminmax()
            return (logits - low) / (high - low + 1e-9)
        return logits.clamp(0, 1) if self.rules.loss == "least_squares" else torch.sigmoid(logits)

    @torch.no_grad()
    def manifold(self, label: int) -> Tensor:
        """G of a net over all of z's square, (MESH, MESH, 2): where it lies folded or stretched, points crowd or thin out."""
        z = mesh(MESH, 1)
        return self.generate(z, torch.full((len(z),), label)).reshape(MESH, MESH, 2)

    @torch.no_grad()
    def samples(self) -> Tensor:
        """The points generated from z that stays the same all game long, (SHOWN, 2)."""
        return self.generate(self.z, self.z_labels)

    def _beside(self, x: Tensor, labels: Tensor) -> Tensor:
        return torch.cat([x, F.one_hot(labels, CLASSES).to(x)], 1) if self.rules.conditional else x

    def _data(self, count: int = BATCH) -> tuple[Tensor, Tensor]:
        rows = torch.randint(len(self.points), (count,), generator=self.random)
        return self.points[rows], self.labels[rows]

    def _noise(self, count: int) -> Tensor:
        return torch.rand(count, 2, generator=self.random) * 2 - 1

    def _move(self, optimizer: torch.optim.Optimizer, value: Tensor) -> None:
        optimizer.zero_grad()
        parameters = optimizer.param_groups[0]["params"]
        for parameter, gradient in zip(parameters, torch.autograd.grad(value, parameters), strict=True):
            parameter.grad = gradient  # of this player alone: `backward` would fill the other's too
        optimizer.step()
