"""The price of spots so large that norms know nothing else."""

import re

import pytest
import torch

from benchmarks import droplets as figures
from tests.small_weights import write_photo_weights
from train.droplets import LIMIT, droplets
from translators.cyclegan import ResNetGenerator
from translators.images import to_image
from translators.weights import read


def test_a_spot_that_holds_all_energy_counts_whole_but_for_the_limit_and_even_energy_nothing():
    spot = torch.zeros(1, 2, 8, 8)
    spot[:, :, 3, 4] = 8  # the mean square of all 64 places is 1, as behind a norm
    even = torch.ones(1, 2, 8, 8)
    assert droplets([spot]) == pytest.approx((64 - LIMIT) / 64)
    assert droplets([even]) == 0
    assert droplets([torch.cat([spot, even]), even, even.half()]) == pytest.approx((64 - LIMIT) / 64 / 2 / 3)


def test_one_channel_may_be_sparse():
    one = torch.ones(1, 16, 8, 8)
    one[:, 0] = 0
    one[:, 0, 3, 4] = 8  # large among its own, small among sixteen
    assert droplets([one]) == 0


@pytest.mark.parametrize("batch_norm", [False, True])
def test_what_the_norms_after_the_halvings_give_is_told(batch_norm):
    torch.manual_seed(0)
    network = ResNetGenerator(base_channels=4, blocks=2, batch_norm=batch_norm, statistics="image").eval()
    x = torch.rand(2, 3, 32, 24)
    before = network(x)
    normed = network.normed(x)
    assert [tuple(h.shape) for h in normed] == [(2, 16, 8, 6)] * 4 + [(2, 8, 16, 12), (2, 4, 32, 24)]
    for h in normed:
        torch.testing.assert_close(h.mean((2, 3)), torch.zeros(h.shape[:2]), atol=1e-4, rtol=0)
        torch.testing.assert_close(h.square().mean((2, 3)), torch.ones(h.shape[:2]), atol=2e-2, rtol=0)
    assert torch.equal(network(x), before)


def test_the_price_takes_a_spot_away():
    torch.manual_seed(0)
    network, x = ResNetGenerator(base_channels=4, blocks=2), torch.rand(1, 3, 64, 64) / 100
    x[..., 30:34, 30:34] = 8
    optimizer, shares = torch.optim.Adam(network.parameters(), 1e-2), []
    for _ in range(40):
        shares.append(droplets(network.normed(x)))
        optimizer.zero_grad()
        shares[-1].backward()
        optimizer.step()
    assert shares[0] > 0.1 and shares[-1] < 0.01


def test_the_figures_of_shipped_networks(tmp_path, capsys):
    torch.manual_seed(0)
    for i in range(3):
        to_image(torch.rand(1, 3, 48, 64) * 2 - 1).save(tmp_path / f"{i}.png")
    folder = write_photo_weights(tmp_path / "weights")
    figures.main(tmp_path, [folder, folder], count=2)
    first, second = capsys.readouterr().out.splitlines()
    assert first == second and first.startswith("weights: share 0.")
    blocks, doublings, most, largest = map(float, re.findall(r"[\d.]+", first))

    x = figures.squares(tmp_path, 2)
    assert x.shape == (2, 3, 256, 256)
    with torch.no_grad():
        layers = read(folder)[0].normed(x)
    shares = [float(droplets([h])) for h in layers]
    assert blocks == pytest.approx(sum(shares[:4]) / 4, abs=6e-3) and doublings == pytest.approx(sum(shares[4:]) / 2, abs=6e-3)
    assert most == pytest.approx(max(shares), abs=6e-3)
    assert largest == pytest.approx(max(float(h.square().mean(1).max()) for h in layers) ** 0.5, abs=0.5)
