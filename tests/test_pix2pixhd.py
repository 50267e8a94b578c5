"""pix2pixHD's networks: the original's answer, and what its paper says of boundaries, objects and scales."""

from pathlib import Path

import pytest
import torch

from tests.small_weights import save
from translators.pix2pixhd import Encoder, GlobalGenerator, LocalEnhancer, boundary_map, halved, instance_means, one_hot
from translators.upstream import open_checkpoint
from translators.weights import read

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "reference" / "hd_global.pth"


@pytest.mark.skipif(not REFERENCE.exists(), reason="the original network's answer (../shared/reference) is not on this machine")
def test_the_original_checkpoint_gives_the_original_answer():
    kept = torch.load(REFERENCE, weights_only=True)
    network, _ = open_checkpoint(REFERENCE)
    with torch.inference_mode():
        assert (network(kept["x"].float()) - kept["y"]).abs().max() < 1e-4


def test_the_boundary_map_by_hand():
    instance_map = torch.tensor([[[1, 1, 2], [1, 1, 2], [3, 1, 2]]])
    assert boundary_map(instance_map).tolist() == [[[[0, 1, 1], [1, 1, 1], [1, 1, 1]]]]
    assert boundary_map(torch.full((2, 4, 4), 7)).sum() == 0


def test_one_hot_names_ids_beyond_the_classes():
    label_map = torch.tensor([[[0, 2], [1, 1]]])
    assert one_hot(label_map, 3).tolist() == [[[[1, 0], [0, 0]], [[0, 0], [1, 1]], [[0, 1], [0, 0]]]]
    with pytest.raises(ValueError, match="from 0 to 1; the label map holds 2"):
        one_hot(label_map, 2)


def test_features_are_averaged_over_each_object_of_each_picture():
    features = torch.tensor([[[[1.0, 3.0], [10.0, 20.0]]], [[[1.0, 3.0], [10.0, 20.0]]]])
    instance_map = torch.tensor([[[5, 5], [9, 9]], [[5, 9], [5, 9]]])
    assert instance_means(features, instance_map).tolist() == [[[[2.0, 2.0], [15.0, 15.0]]], [[[5.5, 11.5], [5.5, 11.5]]]]


def test_the_encoder_is_constant_inside_an_object():
    torch.manual_seed(0)
    instance_map = torch.zeros(1, 32, 48, dtype=torch.long)
    instance_map[:, 8:20, 10:30] = 4
    with torch.inference_mode():
        features = Encoder(base_channels=4, downs=2)(torch.rand(1, 3, 32, 48) * 2 - 1, instance_map)
    assert features.shape == (1, 3, 32, 48)
    inside, outside = features[..., instance_map[0] == 4], features[..., instance_map[0] == 0]
    assert torch.equal(inside, inside[..., :1].expand_as(inside)) and torch.equal(outside, outside[..., :1].expand_as(outside))
    assert not torch.equal(inside[..., 0], outside[..., 0])


@pytest.mark.parametrize("enhancers", [1, 2])
def test_enhancers_keep_the_size_and_need_its_multiple(enhancers):
    network = LocalEnhancer(5, base_channels=2, downs=2, blocks=1, enhancers=enhancers, local_blocks=1)
    assert network.multiple == 4 * 2**enhancers
    side = 4 * network.multiple
    assert network(torch.zeros(1, 5, side, 2 * side)).shape == (1, 3, side, 2 * side)


@pytest.mark.parametrize("resize", ["nearest", "bilinear"])
def test_doublings_by_interpolation_stand_in_the_config(resize, tmp_path):
    torch.manual_seed(0)
    for network in (
        GlobalGenerator(5, base_channels=4, downs=2, blocks=1, resize=resize),
        LocalEnhancer(5, base_channels=2, downs=2, blocks=1, local_blocks=1, resize=resize),
    ):
        assert not any(isinstance(module, torch.nn.ConvTranspose2d) for module in network.modules())
        save(network.half().float().eval(), tmp_path)
        again, x = read(tmp_path)[0], torch.rand(1, 5, 32, 48)
        with torch.inference_mode():
            assert again.resize == resize and torch.equal(again(x), network(x)) and again(x).shape == (1, 3, 32, 48)
    with pytest.raises(ValueError, match="resize must be 'bilinear', 'nearest' or None, not 'cubic'"):
        GlobalGenerator(5, resize="cubic")


def test_a_local_enhancer_starts_from_the_global_generator():
    torch.manual_seed(0)
    G, x = GlobalGenerator(5, base_channels=4, downs=2, blocks=1), torch.rand(1, 5, 64, 64)
    network = LocalEnhancer(5, base_channels=2, downs=2, blocks=1, local_blocks=1)
    network.start_from(G.state_dict())
    with torch.inference_mode():
        assert torch.equal(network.coarse.trunk(halved(x)), G.trunk(halved(x)))


def test_the_original_s_number_of_parameters():
    """The street network of the paper: 35 classes and the boundary, 64 wide, four halvings, nine blocks of 1,024."""
    with torch.device("meta"):
        network = GlobalGenerator(36)
    assert sum(p.numel() for p in network.parameters()) / 1e6 == pytest.approx(182.5, abs=0.1)
