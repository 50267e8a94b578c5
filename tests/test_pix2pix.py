"""The paper's facts about pix2pix, and the original network's own answer."""

import json
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from tests.small_weights import save
from translators.pix2pix import Norm, PatchGAN, ResizeConv, UNetGenerator, resized, transposed
from translators.upstream import open_checkpoint
from translators.weights import read

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "reference" / "unet_256_eval.pth"


def small(**options) -> UNetGenerator:
    torch.manual_seed(0)
    return UNetGenerator(base_channels=4, **options).eval()


@pytest.fixture
def x() -> torch.Tensor:
    return torch.rand(1, 3, 256, 256, generator=torch.Generator().manual_seed(1)) * 2 - 1


@pytest.mark.skipif(not REFERENCE.exists(), reason="the original networks' answers (../shared/reference) are not here")
def test_the_original_network_gives_its_answer():
    kept = torch.load(REFERENCE, weights_only=True)
    G, _ = open_checkpoint(REFERENCE)
    with torch.no_grad():
        torch.testing.assert_close(G(kept["x"].float()), kept["y"].float(), atol=1e-4, rtol=0)


def test_parameter_counts_are_the_papers():
    assert sum(p.numel() for p in UNetGenerator().parameters()) // 1000 == 54_413  # 54.414 M
    assert round(sum(p.numel() for p in UNetGenerator().parameters()) / 1000) == 54_414
    assert round(sum(p.numel() for p in PatchGAN().parameters()) / 1000) == 2_769


@pytest.mark.parametrize("patch", [1, 16, 34, 70, 142, 286])
def test_receptive_field_of_a_logit(patch):
    """The window of pixels that one logit's gradient reaches; norms are left out, since their statistics reach everywhere."""
    D = PatchGAN(base_channels=4, patch=patch)
    D.norms = torch.nn.ModuleList(torch.nn.Identity() for _ in D.norms)
    side = 2 * patch + 160
    y = torch.rand(1, 3, side, side, requires_grad=True)
    logits = D(torch.zeros(1, 3, side, side), y)
    middle = logits.shape[-1] // 2
    logits[0, 0, middle, middle].backward()
    rows = y.grad.abs().sum((0, 1, 3)).nonzero().flatten()
    assert rows[-1] - rows[0] + 1 == patch


def test_a_patchgan_of_70_gives_30_by_30_logits_and_refuses_other_patches():
    assert PatchGAN(base_channels=4)(torch.zeros(2, 3, 256, 256), torch.zeros(2, 3, 256, 256)).shape == (2, 1, 30, 30)
    for patch in (0, 7, 64, 71, -2):
        with pytest.raises(ValueError, match=rf"patch must be 1, 16, 34, 70, .*, not {patch}"):
            PatchGAN(patch=patch)


def test_a_seed_is_a_sample(x):
    G = small()
    with torch.no_grad():
        first, again, other = G(x, seed=1), G(x, seed=1), G(x, seed=2)
        assert torch.equal(first, again)
        assert not torch.allclose(first, other, atol=1e-3)
        assert torch.equal(G(x, seed=1, noise=False), G(x, seed=2, noise=False))


def test_seed_leaves_torchs_own_random_state_alone(x):
    G = small()
    before = torch.get_rng_state()
    with torch.no_grad():
        G(x, seed=3)
    assert torch.equal(before, torch.get_rng_state())


def test_statistics_of_the_image_are_instance_norm(x):
    torch.manual_seed(0)
    h = torch.randn(3, 5, 8, 8) * 4 + 2
    norm = Norm(5)
    norm.statistics = "image"
    torch.testing.assert_close(norm(h), torch.nn.functional.instance_norm(h), atol=1e-5, rtol=1e-5)
    assert torch.equal(norm.running_mean, torch.zeros(5))  # pictures leave no trace
    norm.statistics = "running"
    torch.testing.assert_close(norm.train()(h), torch.nn.functional.batch_norm(h, None, None, training=True), atol=1e-5, rtol=1e-5)


def test_statistics_can_be_set_and_change_the_answer(x):
    G = small(statistics="running")
    with torch.no_grad():
        running = G(x, noise=False)
        G.statistics = "image"
        assert not torch.allclose(running, G(x, noise=False), atol=1e-3)
    assert {module.statistics for module in G.modules() if isinstance(module, Norm)} == {"image"}
    with pytest.raises(ValueError, match="statistics must be one of"):
        G.statistics = "batch"


def test_instance_norms_have_no_other_statistics(x):
    G = small(batch_norm=False)
    assert not [key for key in G.state_dict() if "norms" in key] and all(layer.bias is not None for layer in (*G.downs, *G.ups))
    assert G.statistics == "image"
    with pytest.raises(ValueError, match="instance norms"):
        G.statistics = "running"
    with torch.no_grad():
        pair = G(torch.cat([x, x.flip(-1)]), noise=False)
        torch.testing.assert_close(pair[1:], G(x.flip(-1), noise=False), atol=1e-5, rtol=1e-5)


def test_pictures_of_a_batch_do_not_meet(x):
    G = small()
    with torch.no_grad():
        pair = G(torch.cat([x, x.flip(-1)]), noise=False)
        torch.testing.assert_close(pair[:1], G(x, noise=False), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("resize", ["bilinear", "nearest"])
def test_doublings_by_interpolation_paint_pictures_of_the_same_size(resize):
    G = small(downs=4, resize=resize)
    assert all(isinstance(up, ResizeConv) and up.conv.kernel_size == (3, 3) for up in G.ups)
    assert not any(isinstance(module, torch.nn.ConvTranspose2d) for module in G.modules())
    with torch.no_grad():
        assert G(torch.zeros(2, 3, 32, 80)).shape == (2, 3, 32, 80)
    with pytest.raises(ValueError, match="resize must be 'bilinear', 'nearest' or None, not 'cubic'"):
        small(resize="cubic")


@pytest.mark.parametrize("padding", ["zeros", "reflect"])
def test_a_nearest_doubling_is_a_transposed_convolution(padding):
    up, h = ResizeConv(6, 5, "nearest", padding).double(), torch.randn(2, 6, 9, 7).double()
    with torch.no_grad():
        torch.testing.assert_close(up(h), up.conv(F.interpolate(h, scale_factor=2)))
        torch.testing.assert_close(resized(transposed(up.conv.weight)), up.conv.weight)
    checkerboard = transposed(up.conv.weight) + torch.tensor([1.0, -1, 1, -1]).double()[:, None]  # of its rows, which TAPS cannot make
    torch.testing.assert_close(resized(checkerboard), up.conv.weight)
    with torch.no_grad():
        before = up(h)
        torch.testing.assert_close(up.as_transposed()(h), before)
        up.conv = torch.nn.Sequential(up.conv)  # as another module may stand in its place
        torch.testing.assert_close(up(h), before)


def test_a_compiled_nearest_doubling_is_the_same_without_replication_padding_whose_gradient_the_compiler_gets_wrong():
    up, h = ResizeConv(6, 5, "nearest", "reflect"), torch.randn(2, 6, 9, 7)
    padded = []

    def generates_no_code(graph, inputs):
        padded.extend(node.target for node in graph.graph.nodes if "replicate" in node.args)
        return graph

    torch.testing.assert_close(torch.compile(up, backend=generates_no_code)(h), up(h))
    assert padded == []


def test_a_transposed_convolution_of_3_by_3_is_one_of_4_by_4_whose_last_taps_are_0():
    up, h = torch.nn.ConvTranspose2d(6, 5, 3, 2, 1, output_padding=1).double(), torch.randn(2, 6, 9, 7).double()
    wide = F.pad(up.weight, (0, 1, 0, 1))
    torch.testing.assert_close(F.conv_transpose2d(h, wide, up.bias, stride=2, padding=1), up(h))
    nearest = resized(up.weight)
    assert torch.equal(nearest, resized(wide))
    error, worse = ((transposed(nearest + step) - wide).square().sum() for step in (0, 0.01 * torch.randn_like(nearest)))
    assert error < worse


@pytest.mark.parametrize("more", [{}, {"batch_norm": False}, {"condition_size": 3}])
def test_a_network_of_nearest_doublings_can_be_written_with_transposed_convolutions(more, x):
    G = small(resize="nearest", **more)
    plain = G.with_transposed().eval()
    assert plain.resize is None and not any(isinstance(up, ResizeConv) for up in plain.ups)
    c = torch.zeros(1, 3) if more.get("condition_size") else None
    with torch.no_grad():
        torch.testing.assert_close(plain(x, c, seed=1), G(x, c, seed=1))
    assert plain.with_transposed() is plain


@pytest.mark.parametrize("resize", [None, "bilinear", "nearest"])
def test_how_it_doubles_stands_in_the_config(resize, tmp_path, x):
    G = small(resize=resize).half().float()  # as it is kept
    save(G, tmp_path)
    assert json.loads((tmp_path / "config.json").read_text())["resize"] == resize
    with torch.no_grad():
        for again in (read(tmp_path)[0], UNetGenerator.from_pretrained(tmp_path).eval()):
            assert again.resize == resize and torch.equal(again(x, seed=1), G(x, seed=1))


def test_a_config_from_before_there_was_a_choice_means_transposed_convolutions(tmp_path):
    save(small(), tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    del config["resize"]
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert all(isinstance(up, torch.nn.ConvTranspose2d) for up in read(tmp_path)[0].ups)


@pytest.mark.parametrize("more", [{}, {"batch_norm": False}, {"resize": "bilinear"}])
def test_the_condition_reaches_the_picture_in_spite_of_the_norms(x, more):
    G = small(condition_size=3, **more)
    with torch.no_grad():
        red, blue = (G(x, torch.tensor([c]), noise=False) for c in ((1.0, -1.0, -1.0), (-1.0, -1.0, 1.0)))
    assert (red - blue).abs().mean() > 1e-4


def test_the_skip_carries_the_activated_feature():
    """With the decoder's own path cut, what comes out depends on the outermost skip alone, and that skip has been through the LeakyReLU."""
    G = small(downs=2, statistics="running", dropout_at_test=False)
    with torch.no_grad():
        G.downs[0].weight.fill_(1.0)
        G.up_norms[0].weight.zero_()
        G.up_norms[0].bias.zero_()
        G.ups[1].weight.fill_(1.0)
        G.ups[1].bias.zero_()
        negative = G(torch.full((1, 3, 8, 8), -1.0))
    assert torch.equal(negative, torch.zeros_like(negative))  # relu(leaky_relu(negative)) = 0: nothing passes
