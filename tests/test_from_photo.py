"""A photo of any size and shape: its shape kept, never enlarged, and at full resolution out of tiles that join without a seam."""

import copy
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageChops
from skimage import data

from tests.small_weights import write_photo_weights
from translators import CARDS, BadControl, BadPicture, weights
from translators.cyclegan import ResNetGenerator
from translators.from_photo import LONGEST, SHORT_SIDES, TILE, PhotoTranslator, extended, reduced, tiled
from translators.images import to_image, to_tensor
from translators.translator import computes_bfloat16, to_fastest

ROOT = Path(__file__).parents[1]
SIZES = [(640, 480), (2000, 1501), (513, 17), (17, 513), (1, 1), (3, 4000), (8192, 100)]
RESOLUTIONS = ["quick", "fine", "full"]


class Negative(torch.nn.Module):
    """A network whose answer is known, the negative; and that keeps the sizes it was given."""

    multiple, margin = 4, 8

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(()))
        self.given, self.moments_of = [], []

    def forward(self, x, moments=None):
        self.given.append((*x.shape[:1:-1], moments))
        return -x * self.weight

    def moments(self, x):
        self.moments_of.append(tuple(x.shape[:1:-1]))
        return ["of the whole"]


def negative() -> PhotoTranslator:
    return PhotoTranslator(CARDS["photo2monet"], Negative(), {})


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Several would wait for each other where the machine has other work too: minutes instead of seconds."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def painter(tmp_path_factory) -> PhotoTranslator:
    """A real ResNet of 2 blocks, 4 wide, in float32, read from disk."""
    folder = write_photo_weights(tmp_path_factory.mktemp("weights") / "photo2monet")
    return PhotoTranslator(CARDS["photo2monet"], *weights.read(folder))


def astronaut(size=(512, 512)) -> Image.Image:
    return Image.fromarray(data.astronaut()).resize(size, Image.Resampling.BICUBIC)


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image, np.float32)


def same(a: Image.Image, b: Image.Image) -> bool:
    return a.size == b.size and ImageChops.difference(a, b).getbbox() is None


@pytest.mark.parametrize("resolution", RESOLUTIONS)
@pytest.mark.parametrize("size", SIZES)
def test_the_shape_is_kept_and_nothing_is_enlarged(size, resolution):
    photo = astronaut(size)
    sees = negative().sees(photo, resolution=resolution)
    translated = negative().translate(photo, resolution=resolution)
    assert (translated.size, translated.mode) == (sees.size, "RGB")
    width, height = translated.size
    assert width <= size[0] and height <= size[1]
    if min(width, height) > 1:  # each side is rounded by at most half a pixel
        assert abs(width * size[1] - height * size[0]) <= sum(size) / 2
    if resolution == "full":
        assert translated.size == size
    else:
        short = SHORT_SIDES[resolution]
        assert min(translated.size) <= short and max(translated.size) <= LONGEST * short
        reached = min(size) <= short or min(translated.size) == short or max(translated.size) == LONGEST * short
        assert reached and (translated.size == size or max(size) > short)


@pytest.mark.parametrize("resolution", RESOLUTIONS)
@pytest.mark.parametrize("size", SIZES)
def test_every_pixel_is_translated_in_its_place(size, resolution):
    translator = negative()
    photo = astronaut(size)
    assert same(translator.translate(photo, resolution=resolution), ImageChops.invert(translator.sees(photo, resolution=resolution)))
    assert all(width % 4 == height % 4 == 0 and min(width, height) >= 16 for width, height, _ in translator.module.given)


@pytest.mark.parametrize("size", [(1, 1), (17, 513), (300, 200), (1030, 40), (600, 700), (4000, 520)])
def test_a_real_network_takes_any_size(painter, size):
    assert painter.translate(astronaut(size), resolution="full").size == size


def test_large_photos_come_in_pieces_that_share_moments():
    """Also long strips, whose shorter side alone would pass for small."""
    for size, fine in (((1300, 1040), (640, 512)), ((8192, 500), (2048, 128))):
        translator = negative()
        translator.translate(astronaut(size), resolution="full")
        assert translator.module.moments_of == [fine]
        assert max(max(width, height) for width, height, _ in translator.module.given) <= TILE + 2 * Negative.margin
        assert all(moments == ["of the whole"] for *_, moments in translator.module.given)
    translator = negative()
    translator.translate(astronaut((2048, 512)), resolution="full")
    assert translator.module.given == [(2048, 512, None)]


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "CMYK", "I;16"])
def test_modes_and_transparency(mode):
    photo = astronaut((64, 64)).convert("L")
    photo = Image.fromarray(np.asarray(photo, np.uint16) * 257) if mode == "I;16" else photo.convert(mode)
    assert negative().translate(photo).mode == "RGB"
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    assert negative().translate(clear).getextrema() == ((0, 0),) * 3  # the negative of white paper


@pytest.mark.parametrize("size", [(8193, 1), (10_000, 100), (5001, 5000), (0, 5)])
def test_sizes_out_of_range_are_said_with_numbers(size):
    for method in (negative().translate, negative().sees):
        with pytest.raises(BadPicture) as caught:
            method(Image.new("1", size))
        assert f"{size[0]:,} x {size[1]:,}" in str(caught.value)


@pytest.mark.parametrize(
    "controls",
    [
        {"resolution": "huge"},
        {"resolution": None},
        {"resolution": ["full"]},
        {"strength": -0.1},
        {"strength": 1.01},
        {"strength": float("nan")},
        {"strength": True},
        {"strength": "1"},
        {"strength": None},
        {"seed": 3},
    ],
)
def test_controls_out_of_range_are_named(controls):
    with pytest.raises(BadControl) as caught:
        negative().translate(astronaut((32, 32)), **controls)
    assert next(iter(controls)) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_sees_refuses_an_unknown_resolution():
    with pytest.raises(BadControl, match="resolution must be quick, fine or full, not 'huge'"):
        negative().sees(astronaut((32, 32)), resolution="huge")


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_strength_blends_with_the_photo(resolution):
    photo = astronaut((600, 560))
    sees = negative().sees(photo, resolution=resolution)
    assert same(negative().translate(photo, resolution=resolution, strength=0), sees)
    assert same(negative().translate(photo, resolution=resolution, strength=1.0), ImageChops.invert(sees))
    grey = pixels(negative().translate(photo, resolution=resolution, strength=0.5))
    assert np.abs(grey - 127.5).max() <= 1  # a picture and its negative meet in the middle
    quarter = pixels(negative().translate(photo, resolution=resolution, strength=0.25))
    assert np.abs(quarter - (0.5 * pixels(sees) + 0.25 * 255)).max() <= 1


def test_four_threads_translate_what_one_does(painter):
    jobs = [(astronaut(), "quick"), (astronaut((700, 600)), "full"), (astronaut((300, 200)), "quick"), (astronaut((90, 400)), "fine")] * 2

    def translate(job):
        return painter.translate(job[0], resolution=job[1])

    one = list(map(translate, jobs))
    with ThreadPoolExecutor(4) as pool:
        four = list(pool.map(translate, jobs))
    assert all(map(same, one, four))


def test_progress_is_told_of_every_tile():
    told = []
    negative().translate(astronaut((1100, 600)), resolution="full", progress=lambda *counts: told.append(counts))
    assert told == [(done, 6) for done in range(1, 7)]
    told.clear()
    negative().translate(astronaut(), progress=lambda *counts: told.append(counts))
    assert told == [(1, 1)]


def test_what_progress_raises_ends_the_work():
    def stop(done, tiles):
        if done == 2:
            raise InterruptedError(f"{done} of {tiles}")

    translator = negative()
    with pytest.raises(InterruptedError, match="2 of 6"):
        translator.translate(astronaut((1100, 600)), resolution="full", progress=stop)
    assert len(translator.module.given) == 2


@pytest.mark.parametrize("size", [(1, 1), (512, 512), (513, 511), (1300, 1040), (2048, 530), (100, 5000)])
def test_tiles_cover_the_page_once(size):
    covered = np.zeros(size[::-1], int)
    for inner, outer in tiled(size, TILE, 64):
        left, top, right, bottom = inner
        covered[top:bottom, left:right] += 1
        assert outer == (max(left - 64, 0), max(top - 64, 0), min(right + 64, size[0]), min(bottom + 64, size[1]))
        assert outer[0] % 4 == outer[1] % 4 == 0  # the halvings fall on the same pixels as in the whole photo
    assert (covered == 1).all()


def test_reduced_gives_the_photo_itself_where_it_is_small_enough():
    small = astronaut((300, 256))
    assert all(reduced(small, resolution) is small for resolution in RESOLUTIONS)


def test_extended_repeats_the_edge():
    x = torch.arange(6.0).view(1, 1, 2, 3)
    assert extended(x, 4).shape == (1, 1, 16, 16)
    assert (extended(x, 4)[0, 0, 2:, 2:] == 5).all()
    assert extended(torch.zeros(1, 3, 20, 33), 4).shape == (1, 3, 20, 36)


@pytest.fixture(scope="module")
def tiles_and_whole(painter):
    """A photo at full resolution: in tiles, whole with the same moments, and whole with moments of its own; uint8 greys as float."""
    photo = astronaut((1300, 1040))
    x = extended(to_tensor(photo), 4)
    with torch.inference_mode():
        moments = painter.module.moments(extended(to_tensor(reduced(photo, "fine")), 4))
        same_moments, own_moments = painter.module(x, moments), painter.module(x)
    whole = [pixels(to_image(y[..., : photo.height, : photo.width])) for y in (same_moments, own_moments)]
    return pixels(painter.translate(photo, resolution="full")), *whole


def test_tiles_are_the_whole_photo(tiles_and_whole):
    tiles, whole, _ = tiles_and_whole
    assert tiles.std() > 20
    assert np.abs(tiles - whole).max() <= 1


def seam(page: np.ndarray) -> float:
    """How a page (H, W, 3) steps across the borders of tiles, in steps beside them, between means of 8 × 32 pixels; 1 is no seam."""
    across, beside = [], []
    for turned in (page, page.swapaxes(0, 1)):
        rows, columns = len(turned) // 8, turned.shape[1] // 32
        bands = turned[: 8 * rows, : 32 * columns].reshape(rows, 8, columns, 32, 3).mean((1, 3))  # (rows, columns, 3)
        steps = np.abs(np.diff(bands, axis=0)).mean((1, 2))
        for border in range(TILE // 8 - 1, rows - 1, TILE // 8):
            across.append(steps[border])
            beside.append(np.r_[steps[border - 8 : border], steps[border + 1 : border + 9]].mean())
    return sum(across) / sum(beside)


def test_tiles_join_without_a_seam(painter, tiles_and_whole):
    """No more than the whole photo steps at the same places; with moments of its own, every tile would show."""
    tiles, _, own = tiles_and_whole
    assert seam(tiles) < seam(own) + 0.1, f"{seam(tiles):.2f}, without tiles {seam(own):.2f}"
    patchwork = Image.new("RGB", (1300, 1040))
    for box, _ in tiled(patchwork.size, TILE, 0):
        patchwork.paste(to_image(painter.restyle(to_tensor(astronaut(patchwork.size).crop(box)))), box)
    assert seam(pixels(patchwork)) > seam(own) + 0.5, f"{seam(pixels(patchwork)):.2f}, without tiles {seam(own):.2f}"


def test_moments_of_the_reduced_photo_are_nearly_those_of_the_whole(tiles_and_whole):
    """What tiles give up: at "fine" the photo is smoother than at full size, and its moments differ. Random filters feel that most."""
    tiles, _, own = tiles_and_whole
    difference = np.abs(tiles - own)
    assert difference.mean() < 0.5 * tiles.std(), f"mean {difference.mean():.2f}, spread of the picture {tiles.std():.2f} grey levels"


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.square(a - b).mean()))


@pytest.mark.skipif(not computes_bfloat16(torch.device("cpu")), reason="this CPU does not multiply bfloat16")
@pytest.mark.parametrize(("resolution", "size"), [("quick", (512, 512)), ("full", (700, 600)), ("full", (33, 900))])
def test_the_fast_network_paints_what_the_exact_one_does(resolution, size):
    torch.manual_seed(0)
    exact = ResNetGenerator(base_channels=16, blocks=3).eval().requires_grad_(False)
    fast = to_fastest(copy.deepcopy(exact), torch.device("cpu"))
    translators = [PhotoTranslator(CARDS["photo2monet"], module, {}) for module in (exact, fast)]
    pictures = [pixels(translator.translate(astronaut(size), resolution=resolution)) for translator in translators]
    assert pictures[0].shape == pictures[1].shape
    assert psnr(*pictures) > 38, f"{psnr(*pictures):.1f} dB"


@pytest.mark.skipif(not computes_bfloat16(torch.device("cpu")), reason="this CPU does not multiply bfloat16")
@torch.inference_mode()
def test_the_fast_network_s_moments_are_the_exact_one_s():
    torch.manual_seed(0)
    exact = ResNetGenerator(base_channels=16, blocks=3).eval().requires_grad_(False)
    fast = to_fastest(copy.deepcopy(exact), torch.device("cpu"))
    x = to_tensor(astronaut((256, 192)))
    for moments, others in zip(exact.moments(x), fast.moments(x.bfloat16()), strict=True):
        for a, b in zip(moments, others, strict=True):
            assert b.dtype == torch.float32 and a.shape == b.shape == (1, a.shape[1], 1, 1)
            torch.testing.assert_close(a, b, atol=0.05 * a.abs().max().item(), rtol=0)


def test_a_twelve_megapixel_photo_needs_little_memory():
    """What the work adds to a fresh process: tiles, not the whole photo, 16 channels of which alone would be 800 MB in float32."""
    program = """
import resource, torch
from PIL import Image
from translators import CARDS
from translators.cyclegan import ResNetGenerator
from translators.from_photo import PhotoTranslator

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

torch.set_num_threads(1)
translator = PhotoTranslator(CARDS["photo2monet"], ResNetGenerator(base_channels=16, blocks=1).eval().requires_grad_(False), {})
photo = Image.linear_gradient("L").resize((4096, 3072)).convert("RGB")
translator.translate(photo.resize((600, 600)), resolution="quick")
before = peak()
assert translator.translate(photo, resolution="full").size == photo.size
print(before, peak())
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stderr
    before, after = map(int, done.stdout.split())
    assert after - before < 400, f"{before} MB before, {after} MB at most"
