"""Picture in, picture of the same size out: placed where it was, repeatable, from many threads, and clear about what it refuses."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image, ImageChops, ImageDraw

import translators
from tests.small_weights import COLOURS, edit_config, write_weights
from translators import CARDS, BadControl, BadPicture, UnknownTranslator, WeightsDamaged, weights
from translators.from_drawing import DrawingTranslator
from translators.pix2pix import UNetGenerator

SIZES = [(256, 256), (300, 200), (17, 513), (1, 1)]


class Mirror(torch.nn.Module):
    """A network whose answer is known: it gives the picture back, and keeps what it was given."""

    multiple = 16

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(()))

    def forward(self, x, c=None, *, seed=None, noise=None):
        self.given = x, c, seed, noise
        return x * self.weight


def drawing(size=(256, 256)) -> Image.Image:
    picture = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((size[0] // 5, size[1] // 4, size[0] * 4 // 5, size[1] * 3 // 4), outline="black", width=3)
    pen.rectangle((0, 0, size[0] // 9, size[1] // 9), fill="black")
    return picture


def mirror(**changes) -> DrawingTranslator:
    return DrawingTranslator(replace(CARDS["shoes"], **changes), Mirror(), {"condition_size": 3, "translator": {"colours": COLOURS}})


@pytest.fixture(scope="module")
def painter(tmp_path_factory) -> DrawingTranslator:
    """A real U-Net of the paper's depth with its dropout, 4 wide, read from disk."""
    folder = write_weights(tmp_path_factory.mktemp("weights") / "shoes", downs=8)
    return DrawingTranslator(CARDS["shoes"], *weights.read(folder))


def same(a: Image.Image, b: Image.Image) -> bool:
    return a.size == b.size and ImageChops.difference(a, b).getbbox() is None


@pytest.mark.parametrize("size", SIZES)
def test_any_size_comes_back_in_its_place(size):
    translator = mirror()
    picture = drawing(size)
    assert same(translator.translate(picture), picture)
    x = translator.module.given[0]
    assert all(side % 16 == 0 for side in x.shape[2:])
    assert all(side < original + 16 for side, original in zip(x.shape[:1:-1], size, strict=True))


@pytest.mark.parametrize("size", SIZES)
def test_a_real_network_keeps_the_size(painter, size):
    painted = painter.translate(drawing(size))
    assert (painted.size, painted.mode) == (size, "RGB")


def test_sees_is_what_the_network_gets_with_white_around():
    translator = mirror()
    picture = drawing((300, 200))
    sees = translator.sees(picture, seed=4, colour="#ff0000")
    translator.translate(picture)
    assert sees.size == (304, 208)
    assert np.array_equal((translator.module.given[0][0].permute(1, 2, 0).numpy() + 1) * 127.5, np.asarray(sees, np.float32))
    around = sees.copy()
    around.paste("white", (2, 4, 302, 204))
    assert around.getextrema() == ((255, 255),) * 3
    assert same(sees.crop((2, 4, 302, 204)), picture)


def test_modes_and_transparent_paper():
    translator = mirror()
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    clear.paste("black", (10, 10, 20, 20))
    assert translator.translate(clear).getpixel((0, 0)) == (255, 255, 255)
    for mode in ("1", "L", "P", "RGBA", "I;16"):
        ink = drawing().convert("L")
        ink = Image.fromarray(np.asarray(ink, np.uint16) * 257) if mode == "I;16" else ink.convert(mode)
        assert translator.translate(ink).getextrema() == ((0, 255),) * 3


def test_a_seed_is_a_sample(painter):
    first, again, other = (painter.translate(drawing(), seed=seed, colour="#808080") for seed in (5, 5, 6))
    assert same(first, again)
    assert not same(first, other)
    quiet = [painter.translate(drawing(), seed=seed, noise=False, colour="#808080") for seed in (5, 6)]
    assert same(*quiet)
    assert not same(first, quiet[0])


def test_translating_leaves_torchs_own_randomness_alone(painter):
    before = torch.get_rng_state()
    painter.translate(drawing(), seed=1)
    assert torch.equal(before, torch.get_rng_state())


def test_eight_threads_paint_what_one_does(painter):
    jobs = [(drawing(), seed) for seed in range(8)]
    one = [painter.translate(picture, seed=seed) for picture, seed in jobs]
    with ThreadPoolExecutor(8) as pool:
        eight = list(pool.map(lambda job: painter.translate(job[0], seed=job[1]), jobs))
    assert all(map(same, one, eight))


def test_the_seed_picks_a_colour_unless_one_is_chosen():
    translator = mirror()

    def given(**controls):
        translator.translate(drawing(), **controls)
        return [round(value) for value in ((translator.module.given[1][0] + 1) * 127.5).tolist()]

    assert [given(seed=seed) for seed in (0, 1, 2)] == [COLOURS[0], COLOURS[1], COLOURS[0]]
    assert [translator.colour_of(seed) for seed in (0, 1, 2)] == ["#c81e1e", "#1e1ec8", "#c81e1e"]
    assert given(colour="#0180FF") == given(colour=(1, 128, 255)) == [1, 128, 255]


def test_seed_and_noise_reach_the_network():
    translator = mirror()
    translator.translate(drawing(), seed=2**31 - 1, noise=False)
    assert translator.module.given[2:] == (2**31 - 1, False)


def test_a_network_without_colours_takes_none():
    plain = DrawingTranslator(CARDS["shoes"], Mirror(), {})
    plain.translate(drawing())
    assert plain.module.given[1] is None
    assert plain.colour_of(3) is None
    with pytest.raises(BadControl, match="takes no colour"):
        plain.translate(drawing(), colour="#ffffff")


@pytest.mark.parametrize(
    "controls",
    [
        {"seed": -1},
        {"seed": 2**31},
        {"seed": 1.5},
        {"seed": True},
        {"seed": "7"},
        {"noise": 1},
        {"colour": "red"},
        {"colour": "#12345"},
        {"colour": "#12345g"},
        {"colour": (1, 2)},
        {"colour": (0, 0, 256)},
        {"colour": 7},
        {"glitter": 3},
    ],
)
def test_controls_out_of_range_are_named(controls):
    with pytest.raises(BadControl) as caught:
        mirror().translate(drawing(), **controls)
    assert next(iter(controls)) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_sees_refuses_unknown_controls():
    with pytest.raises(BadControl, match="glitter"):
        mirror().sees(drawing(), glitter=3)


def test_an_empty_canvas_says_draw_something():
    white, clear, grey = Image.new("1", (256, 256), 1), Image.new("RGBA", (9, 9), (0, 0, 0, 0)), Image.new("L", (9, 9), 240)
    for paper in (white, clear, grey):
        with pytest.raises(BadPicture, match="draw something"):
            mirror().translate(paper)


@pytest.mark.parametrize("size", [(4097, 1), (2049, 2049), (0, 5)])
def test_sizes_out_of_range_are_said_with_numbers(size):
    with pytest.raises(BadPicture) as caught:
        mirror().translate(Image.new("1", size))
    assert f"{size[0]:,} x {size[1]:,}" in str(caught.value)


def test_load_by_name(tmp_path, monkeypatch):
    folder = write_weights(tmp_path / "shoes")
    monkeypatch.setitem(CARDS, "shoes", replace(CARDS["shoes"], folder=folder))
    translator = translators.load("shoes")
    assert isinstance(translator.module, UNetGenerator)
    assert translator.card is CARDS["shoes"]
    with pytest.raises(UnknownTranslator, match=r"'hats'.*shoes"):
        translators.load("hats")


@pytest.mark.parametrize("colours", [[], [[1, 2]], [[1, 2, 300]], ["#ffffff"]])
def test_colours_that_do_not_fit_the_network_are_damage(tmp_path, colours):
    folder = write_weights(tmp_path / "shoes")
    edit_config(folder, translator={"colours": colours})
    with pytest.raises(WeightsDamaged, match=r"shoes/config\.json"):
        DrawingTranslator(CARDS["shoes"], *weights.read(folder))
