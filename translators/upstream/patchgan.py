"""The discriminators: pix2pix's and CycleGAN's PatchGAN and 1×1 stack, pix2pixHD's several scales."""

import re
from functools import partial

from torch import nn

from translators.pix2pix import PatchGAN
from translators.pix2pixhd import MultiScale
from translators.upstream.evidence import Found, Open, after, batch_normed, convolutions, last_place, open_statistics, statistics_of, voted
from translators.upstream.reading import State

SCALES = re.compile(r"(scale\d+_layer\d+|layer\d+)\.\d+\.\w+")
PADDING = Open("Around every convolution stands a zero padding of 1, as in CycleGAN's code; pix2pixHD's has 2 (padding).")


def recognize_patchgan(state: State) -> Found | None:
    """pix2pix's and CycleGAN's: convolutions at 0, 2, 5, 8 … of "model", each norm after its own."""
    convs = convolutions(state, "model")
    if not convs or any(state[f"model.{place}.weight"].shape[2] != 4 for place in convs):
        return None
    n = min((last_place(state, "model", 5, 3) - 2) // 3, len(state))
    arguments, notes = _arguments(state, [_places("model", n)])
    biased = any(f"{layer}.bias" in state for layer in _places("model", n)[1:-1])
    left_open = open_statistics(state)
    if batch_normed(state):
        arguments |= {"biases": biased, "padding": 2 if biased else 1}  # pix2pixHD's have biases, and twice the padding
    else:
        arguments["padding"] = 1
        left_open["padding"] = PADDING
    return Found(f"PatchGAN of {n} halvings, {arguments['base_channels']} wide", PatchGAN, arguments, layers, left_open, notes)


def recognize_pixel(state: State) -> Found | None:
    """pix2pix's 1×1 discriminator: convolutions at 0, 2 and 5 of "net", without bias where batch norms are, in the last one too."""
    if not convolutions(state, "net"):
        return None
    base = voted(state, ("net.0.weight", 0, 1), ("net.0.bias", 0, 1), ("net.2.weight", 1, 1), ("net.5.weight", 1, 2))
    channels, notes = _judged(state, "net.0.weight")
    arguments = {**channels, "base_channels": base, "patch": 1, **statistics_of(state)}
    may_lack = frozenset({"net.5.bias"}) if batch_normed(state) else frozenset()
    return Found(f"1×1 discriminator, {base} wide", PatchGAN, arguments, layers, open_statistics(state), notes, may_lack)


def recognize_scales(state: State) -> Found | None:
    """pix2pixHD's: scale i at "layeri" or, where it gives its features too, layer by layer at "scalei_layerj"; the finest is the last."""
    if not any(SCALES.fullmatch(key) for key in state):
        return None
    flat = not any(key.startswith("scale") for key in state)
    scales = len({re.match(r"(?:scale|layer)\d+", key)[0] for key in state if SCALES.fullmatch(key)})
    if flat:
        n = min((last_place(state, "layer0", 5, 3) - 2) // 3, len(state))
    else:
        n = max(1, len({key.partition(".")[0] for key in state if key.startswith("scale0_")}) - 2)
    arguments, notes = _arguments(state, [_scale(i, n + 2, flat) for i in range(scales)])
    arguments |= {"scales": scales, "biases": True, "padding": 2}
    title = f"pix2pixHD discriminator of {scales} scale{'s' if scales > 1 else ''}, {arguments['base_channels']} wide"
    return Found(title, MultiScale, arguments, partial(scale_layers, flat=flat), open_statistics(state), notes)


def layers(D: PatchGAN) -> dict[str, str]:
    """The original's name of every layer, with ours."""
    places = ["net.0", "net.2", "net.5"] if D.convs[0].kernel_size == (1, 1) else _places("model", len(D.convs) - 2)
    return _named(places)


def scale_layers(D: MultiScale, flat: bool = False) -> dict[str, str]:
    """The original's name of every layer, with ours; `flat` where each scale is one sequence."""
    names, scales = {}, len(D.discriminators)
    for i in range(scales):
        names |= _named(_scale(i, len(D.discriminators[0].convs), flat), f"discriminators.{scales - 1 - i}.")
    return names


def lacks(D: nn.Module) -> set[str]:
    """Our keys that the original has not: the 1×1 stack's last bias where batch norms are, as long as it is zero."""
    one = isinstance(D, PatchGAN) and D.convs[0].kernel_size == (1, 1) and D.norms[0].affine
    return {"convs.2.bias"} if one and not D.convs[2].bias.any() else set()


def _places(root: str, n: int) -> list[str]:
    """The original's names of the n + 2 convolutions: all but the first are followed by a norm and an activation."""
    return [f"{root}.0", *(f"{root}.{3 * i - 1}" for i in range(1, n + 2))]


def _scale(i: int, convs: int, flat: bool) -> list[str]:
    """The original's names of the convolutions of one scale of pix2pixHD's."""
    return _places(f"layer{i}", convs - 2) if flat else [f"scale{i}_layer{j}.0" for j in range(convs)]


def _named(places: list[str], own: str = "") -> dict[str, str]:
    names = {place: f"{own}convs.{i}" for i, place in enumerate(places)}
    return names | {after(place): f"{own}norms.{i}" for i, place in enumerate(places[1:-1])}


def _arguments(state: State, scales: list[list[str]]) -> tuple[dict, tuple[str, ...]]:
    """What the convolutions of equal PatchGANs say."""
    n = len(scales[0]) - 2
    first = [vote for one in scales for vote in ((f"{one[0]}.weight", 0, 1), (f"{one[0]}.bias", 0, 1), (f"{one[1]}.weight", 1, 1))]
    last = [vote for one in scales for vote in ((f"{one[-2]}.weight", 0, 1), (f"{one[-1]}.weight", 1, 1), (f"{one[-2]}.bias", 0, 1))]
    last += [(f"{after(one[-2])}.weight", 0, 1) for one in scales]
    base, widest = voted(state, *first), voted(state, *last)
    channels, notes = _judged(state, *(f"{one[0]}.weight" for one in scales))
    arguments = {**channels, "base_channels": base, "patch": 9 * 2**n - 2, **statistics_of(state)}
    if widest != base * min(2**n, 8):
        arguments["max_channels"] = widest
    return arguments, notes


def _judged(state: State, *first: str) -> tuple[dict, tuple[str, ...]]:
    """The channels of x and y, of which the file knows the sum: a picture y and, where more come in, what it was made from."""
    channels = voted(state, *((key, 1, 1) for key in first))
    if channels <= 3:
        return {"in_channels": 0, "out_channels": channels}, ()
    note = f"Of the {channels} channels that it judges together, the last three are taken for the output's, the others for the input's."
    return {"in_channels": channels - 3, "out_channels": 3}, (note,)
