"""CycleGAN's ResNet and pix2pixHD's generators and encoder: one sequence in which paddings, norms and activations are counted too.

The stem stands at 1, halvings three apart from 4 on, then come the blocks, the doublings, and the head after one more padding. A norm
follows its convolution.
"""

from torch import nn

from translators.cyclegan import ResNetGenerator
from translators.pix2pix import ResizeConv
from translators.pix2pixhd import Encoder, GlobalGenerator, LocalEnhancer
from translators.upstream.evidence import (
    DROPOUT,
    Found,
    Open,
    after,
    batch_normed,
    convolutions,
    last_place,
    open_statistics,
    residual_blocks,
    statistics_of,
    voted,
)
from translators.upstream.reading import State

RESIZE = Open(
    "The doublings interpolate bilinearly, as in the original's advice on checkerboards; the file does not say (resize 'nearest')."
)
SPACING = {3: {}, 4: {"resize": "bilinear", "resize_padding": "zeros"}, 5: {"resize": "bilinear", "resize_padding": "reflect"}}


def recognize_generator(state: State) -> Found | None:
    """CycleGAN's generator, or pix2pixHD's global one: with two halvings and instance norm they are the same."""
    places = residual_blocks(state, "model")
    if not places:
        return None
    downs, blocks = min((places[0] - 4) // 3, len(state)), len(places)
    end, convs = places[0] + blocks, convolutions(state, "model")
    spacing = (convs[-1] - end - 1) // 2 if convs and downs == 2 else 3
    head = end + spacing * downs + 1 if spacing in SPACING else end + 3 * downs + 1
    base = voted(state, ("model.1.weight", 0, 1), ("model.1.bias", 0, 1), ("model.4.weight", 1, 1), (f"model.{head}.weight", 1, 1))
    arguments = {
        "in_channels": voted(state, ("model.1.weight", 1, 1)),
        "out_channels": voted(state, (f"model.{head}.weight", 0, 1)),
        "base_channels": base,
        "blocks": blocks,
        **statistics_of(state),
    }
    biased = any(key.endswith("conv_block.1.bias") for key in state)
    if downs != 2 or (biased and batch_normed(state)):  # pix2pixHD's convolutions keep their biases before batch norms
        title = f"pix2pixHD global generator of {downs} halvings and {blocks} blocks, {base} wide"
        return Found(title, GlobalGenerator, arguments | {"downs": downs}, layers, open_statistics(state))
    left_open = open_statistics(state)
    if any(key.endswith("conv_block.6.weight") and value.ndim == 4 for key, value in state.items()):
        arguments |= {"dropout": True, "dropout_at_test": False}
        left_open["dropout_at_test"] = DROPOUT
    if resized := SPACING.get(spacing):
        arguments |= resized
        left_open["resize"] = RESIZE
    return Found(f"CycleGAN ResNet of {blocks} blocks, {base} wide", ResNetGenerator, arguments, layers, left_open)


def recognize_enhancer(state: State) -> Found | None:
    """pix2pixHD's local enhancer: the global generator without its head at "model", scale n at "modeln_1" and "modeln_2"."""
    scales = {key.partition(".")[0] for key in state if key.partition(".")[0].endswith(("_1", "_2"))}
    places = residual_blocks(state, "model")
    if not places or "model1_1" not in scales:
        return None
    enhancers = len({scale.partition("_")[0] for scale in scales})
    downs, local_blocks = min((places[0] - 4) // 3, len(state)), len(residual_blocks(state, "model1_2"))
    head = f"model{enhancers}_2.{local_blocks + 4}.weight"
    base = voted(state, (head, 1, 1), (f"model{enhancers}_1.1.weight", 0, 1), (f"model{enhancers}_1.4.weight", 1, 1))
    arguments = {
        "in_channels": voted(state, ("model.1.weight", 1, 1), ("model1_1.1.weight", 1, 1)),
        "out_channels": voted(state, (head, 0, 1)),
        "base_channels": base,
        "downs": downs,
        "blocks": len(places),
        "enhancers": enhancers,
        "local_blocks": local_blocks,
        **statistics_of(state),
    }
    title = f"pix2pixHD local enhancer of {enhancers} scale{'s' if enhancers > 1 else ''}, {base} wide"
    return Found(title, LocalEnhancer, arguments, enhancer_layers, open_statistics(state))


def recognize_encoder(state: State) -> Found | None:
    """pix2pixHD's encoder: the global generator without blocks."""
    convs = convolutions(state, "model")
    if not convs or all(state[f"model.{place}.weight"].shape[2] != 7 for place in convs):
        return None
    downs = min((last_place(state, "model", 11, 6) - 5) // 6, len(state))
    head = f"model.{5 + 6 * downs}.weight"
    base = voted(state, ("model.1.weight", 0, 1), ("model.1.bias", 0, 1), ("model.4.weight", 1, 1), (head, 1, 1))
    arguments = {
        "in_channels": voted(state, ("model.1.weight", 1, 1)),
        "out_channels": voted(state, (head, 0, 1)),
        "base_channels": base,
        "downs": downs,
        **statistics_of(state),
    }
    return Found(f"pix2pixHD encoder of {downs} halvings, {base} wide", Encoder, arguments, layers, open_statistics(state))


def layers(network: nn.Module) -> dict[str, str]:
    """The original's name of every layer of a `ResNetGenerator`, `GlobalGenerator` or `Encoder`, with ours."""
    convs, head = _sequence(network)
    return _normed(convs) | {head: "head"}


def enhancer_layers(network: LocalEnhancer) -> dict[str, str]:
    """The original's name of every layer of a local enhancer, with ours."""
    names = _normed(_sequence(network.coarse)[0], "coarse.")
    for n, enhancer in enumerate(network.enhancers):
        down, up, end = f"model{n + 1}_1", f"model{n + 1}_2", len(enhancer.blocks)
        convs = [(f"{down}.1", "stem"), (f"{down}.4", "down"), *_blocks(up, 0, end), (f"{up}.{end}", "up")]
        names |= _normed(convs, f"enhancers.{n}.")
    return names | {f"{up}.{end + 4}": "head"}


def _sequence(network: nn.Module) -> tuple[list[tuple[str, str]], str]:
    """Original and own names of all convolutions that a norm follows, in order, and the original name of the head."""
    downs, blocks = len(network.downs), len(getattr(network, "blocks", ()))
    first = 4 + 3 * downs
    end = first + blocks
    up, spacing, own = network.ups[0], 3, "ups.{}"
    if isinstance(up, ResizeConv):  # interpolation, where it reflects a padding, convolution, norm, activation
        spacing, own = 5 if up.conv.padding_mode == "reflect" else 4, "ups.{}.conv"
    convs = [
        ("model.1", "stem"),
        *((f"model.{4 + 3 * i}", f"downs.{i}") for i in range(downs)),
        *_blocks("model", first, blocks, 6 if getattr(network, "dropout", False) else 5),
        *((f"model.{end + spacing * (i + 1) - 3}", own.format(i)) for i in range(downs)),
    ]
    return convs, f"model.{end + spacing * downs + 1}"


def _blocks(root: str, first: int, blocks: int, second: int = 5) -> list[tuple[str, str]]:
    """The two convolutions of every block; dropout, where there is any, stands before the second one's padding."""
    return [
        (f"{root}.{first + i}.conv_block.{place}", f"blocks.{i}.convs.{k}") for i in range(blocks) for k, place in enumerate((1, second))
    ]


def _normed(convs: list[tuple[str, str]], own: str = "") -> dict[str, str]:
    names = {original: own + ours for original, ours in convs}
    return names | {after(original): f"{own}norms.{i}" for i, (original, _) in enumerate(convs)}
