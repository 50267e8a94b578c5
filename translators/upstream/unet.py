"""pix2pix's U-Net: each scale lies inside the one above it, as [down, the scale below, up] with the activations counted as layers."""

from translators.pix2pix import UNetGenerator
from translators.upstream.evidence import DROPOUT, Found, Open, after, open_statistics, statistics_of, voted
from translators.upstream.reading import State

UNSURE = Open("Whether it was trained with dropout does not stand in the file: pix2pix was, by default (dropout_layers 0 for none).")


def recognize(state: State) -> Found | None:
    if not any(key.startswith("model.model.1.model.") for key in state):
        return None
    downs = max(key.count("model.") for key in state) - 1
    outer, second = _convs(0, downs), _convs(1, downs)
    base = voted(
        state,
        (f"{outer[0]}.weight", 0, 1),
        (f"{second[0]}.weight", 1, 1),
        (f"{second[1]}.weight", 1, 1),
        (f"{outer[1]}.weight", 0, 2),
    )
    arguments = {
        "in_channels": voted(state, (f"{outer[0]}.weight", 1, 1)),
        "out_channels": voted(state, (f"{outer[1]}.weight", 1, 1)),
        "base_channels": base,
        "downs": downs,
        "dropout_layers": max(downs - 5, 0),
        "dropout_at_test": False,
        **statistics_of(state),
    }
    left_open = open_statistics(state) | ({"dropout_layers": UNSURE, "dropout_at_test": DROPOUT} if downs > 5 else {})
    return Found(f"pix2pix U-Net of {downs} halvings, {base} wide", UNetGenerator, arguments, layers, left_open)


def layers(G: UNetGenerator) -> dict[str, str]:
    """The original's name of every layer, with ours."""
    downs, names = len(G.downs), {}
    for d in range(downs):
        down, up = _convs(d, downs)
        ours = downs - 1 - d
        names |= {down: f"downs.{d}", up: f"ups.{ours}"}
        if 0 < d < downs - 1:
            names[after(down)] = f"down_norms.{d - 1}"
        if d:
            names[after(up)] = f"up_norms.{ours}"
    return names


def _convs(d: int, downs: int) -> tuple[str, str]:
    """The original's names of the halving and the doubling at scale d."""
    block = "model." + "".join("model.1." if i == 0 else "model.3." for i in range(d)) + "model."
    down, up = (0, 3) if d == 0 else (1, 3) if d == downs - 1 else (1, 5)
    return f"{block}{down}", f"{block}{up}"
