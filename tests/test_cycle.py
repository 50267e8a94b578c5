"""There and back: the rounds of a pair, what is measured of them, and what a JPEG takes away."""

import numpy as np
import pytest
import torch
from PIL import Image, ImageChops

from tests.conftest import gradient
from tests.small_weights import photo_pair
from translators import cycle
from translators.from_photo import PhotoTranslator
from translators.images import to_tensor


@pytest.fixture(scope="module")
def pair(tmp_path_factory) -> tuple[PhotoTranslator, PhotoTranslator]:
    """G and F, small and random."""
    return photo_pair(tmp_path_factory.mktemp("pair"))


def test_rounds_go_on_from_the_last_reconstruction(pair):
    there, back = pair
    photo = gradient(90, 70)
    x = to_tensor(photo)
    first, second = cycle.rounds(there, back, photo, 2)
    assert torch.equal(first.y, there.restyle(x)) and torch.equal(first.x_cycled, back.restyle(first.y))
    assert torch.equal(second.y, there.restyle(first.x_cycled))
    assert first.l1 == pytest.approx(np.abs((first.x_cycled - x).numpy()).mean() * 127.5)
    assert first.l1 != second.l1


def test_l1_and_the_map_count_in_255ths():
    x = to_tensor(Image.new("RGB", (8, 6), (100, 100, 100)))
    y = to_tensor(Image.new("RGB", (8, 6), (100, 100, 148)))
    assert cycle.l1(x, y) == pytest.approx(16, abs=1e-3)
    assert cycle.error_map(x, x).getextrema() == ((0, 0),) * 3
    assert cycle.error_map(x, y).getpixel((3, 3)) == (96, 0, 0)  # an eighth of the way to white: red is three eighths up
    white = cycle.error_map(x, to_tensor(Image.new("RGB", (8, 6), "white")))
    assert white.size == (8, 6) and white.getpixel((0, 0)) == (255, 255, 255)


def test_a_jpeg_takes_faint_noise_away():
    grey = Image.new("RGB", (64, 64), (128, 128, 128))
    noise = Image.fromarray(np.random.default_rng(0).integers(126, 131, (64, 64, 3)).astype(np.uint8))
    assert cycle.l1(cycle.jpeg(to_tensor(noise)), to_tensor(grey)) < cycle.l1(to_tensor(noise), to_tensor(grey)) / 2
    assert ImageChops.difference(grey, noise).getbbox()
