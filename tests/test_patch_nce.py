"""PatchNCE by hand."""

import math

import pytest
import torch
from torch import nn

from train.patch_nce import TEMPERATURE, PatchNCE
from translators.cyclegan import ResNetGenerator


def bare(channels: list[int], places: int = 256) -> PatchNCE:
    """Without projections."""
    bond = PatchNCE(channels, places=places)
    bond.projections = nn.ModuleList(nn.Identity() for _ in channels)
    return bond


def test_places_that_tell_where_they_come_from_cost_next_to_nothing():
    x = torch.eye(16).reshape(1, 16, 4, 4)  # every place is orthogonal to every other
    expected = math.log(1 + 15 * math.exp(-1 / TEMPERATURE))
    assert bare([16])([x], [3 * x]) == pytest.approx(expected, abs=1e-6)
    assert bare([16])([x], [x.flip(3)]) == pytest.approx(expected + 1 / TEMPERATURE, rel=1e-4)


def test_where_all_places_are_alike_it_is_guessed():
    alike = torch.ones(2, 3, 4, 4)
    assert bare([3])([alike], [alike]) == pytest.approx(math.log(16))
    assert bare([3], places=5)([alike], [alike]) == pytest.approx(math.log(5))


def test_layers_count_alike():
    x, alike = torch.eye(16).reshape(1, 16, 4, 4), torch.ones(1, 3, 4, 4)
    assert bare([16, 3])([x, alike], [x, alike]) == pytest.approx(math.log(16) / 2, abs=1e-4)


def test_the_loss_reaches_the_output_and_the_projections_but_not_the_input():
    G = ResNetGenerator(base_channels=4, blocks=3)
    x, y_fake = torch.rand(2, 3, 16, 16), torch.rand(2, 3, 16, 16, requires_grad=True)
    inputs, outputs = G.encoded(x), G.encoded(y_fake)
    assert [f.shape[1] for f in inputs] == G.encoded_channels == [3, 8, 16, 16, 16]
    bond = PatchNCE(G.encoded_channels, width=8)
    inputs = [f.detach().requires_grad_(True) for f in inputs]
    bond(inputs, outputs).backward()
    assert y_fake.grad.abs().sum() > 0 and all(p.grad.abs().sum() > 0 for p in bond.projections[0][0].parameters())
    assert all(f.grad is None or not f.grad.any() for f in inputs)


def test_a_network_of_one_block_gives_it_once():
    G = ResNetGenerator(base_channels=4, blocks=1)
    assert [f.shape[1] for f in G.encoded(torch.rand(1, 3, 16, 16))] == G.encoded_channels
