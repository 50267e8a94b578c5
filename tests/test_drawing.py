"""The sketch doctor's measures, thinner lines, and lines out of photos of paper and of things."""

from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image, ImageDraw
from scipy import ndimage

from translators.drawing import Advice, LineFacts, advise, from_photo, ink, measure, paper_sheet, skeleton, thin, thinned
from translators.errors import BadPicture

LINES = {"width": [1.0, 6.0], "ink": [0.01, 0.12], "enclosed": [0.3, 0.9]}
SHOES = Path(__file__).resolve().parents[2] / "shared" / "data" / "shoes" / "train"
SHOE = [(30, 170), (34, 130), (90, 118), (140, 70), (172, 92), (214, 84), (226, 168), (30, 170)]
SOLE = [(32, 152), (120, 148), (224, 150)]


def shoe(width=3, size=256, gap=0, mode="L") -> Image.Image:
    """A shoe of straight strokes, `width` pixels at 256; `gap` pixels are left out of the outline's top."""
    picture = Image.new("L", (2048, 2048), 255)  # Pillow's slanted lines come out too thin when they are a few pixels wide
    pen = ImageDraw.Draw(picture)
    for line in (SHOE, SOLE):
        pen.line([(x * 8, y * 8) for x, y in line], fill=0, width=round(width * 8), joint="curve")
    picture.paste(255, (60 * 8, 0, (60 + gap) * 8, 140 * 8))
    return picture.resize((size, size), Image.Resampling.BOX).point(lambda value: 255 * (value > 127)).convert(mode)


def on_paper(width=2.0, grey=0.4, shade=0.5, noise=0.02, table=None, seed=0, size=640) -> Image.Image:
    """A phone's photo of the shoe in pencil: wobbling grey strokes on paper that is shaded, grainy and a little turned."""
    rng = np.random.default_rng(seed)
    distance = ndimage.distance_transform_edt(~skeleton(ink(shoe(3))))
    y, x = np.mgrid[:size, :size] - size / 2
    angle = rng.uniform(-0.03, 0.03)
    across, down = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)

    def smooth(cells):
        return ndimage.zoom(rng.standard_normal((cells, cells)), size / cells, order=3)[:size, :size]

    place = [256 / (0.8 * size) * down + 128 + smooth(12), 256 / (0.8 * size) * across + 128 + smooth(12)]
    pressure = (1 + 0.25 * smooth(10)).clip(0.5)
    pencil = (width / 2 * pressure - ndimage.map_coordinates(distance, place, order=1, mode="nearest") + 0.5).clip(0, 1)
    pencil *= (0.8 + 0.35 * rng.standard_normal((size, size))).clip(0, 1)
    light = 0.92 * (1 - shade * (x + y + size) / size / 2)
    photo = (light * (1 - pencil * (1 - grey)))[..., None] * np.array([1, 0.97, 0.9])
    if table is not None:
        beyond = np.maximum(abs(across), abs(down)) > 0.44 * size
        photo[beyond] = (light * (1 + 0.05 * smooth(60)))[beyond, None] * np.array(table)
    photo = ndimage.gaussian_filter(photo, (1, 1, 0)) + noise * rng.standard_normal(photo.shape)
    return Image.fromarray((photo.clip(0, 1) * 255).astype(np.uint8))


def overlap(found: Image.Image, wanted: Image.Image, reach: int = 6) -> tuple[float, float]:
    """Shares of found ink near wanted ink, and of wanted ink near found ink, both drawings fitted to their boxes first."""

    def boxed(drawing):
        return ink(drawing.crop(Image.eval(drawing.convert("L"), lambda v: 255 - v).getbbox()).resize((256, 160), Image.Resampling.BOX))

    a, b = boxed(found), boxed(wanted)
    near = [ndimage.distance_transform_edt(~lines) <= reach for lines in (a, b)]
    return (a & near[1]).sum() / a.sum(), (b & near[0]).sum() / b.sum()


@pytest.mark.parametrize("width", [1, 2, 3, 4, 5, 6, 9])
@pytest.mark.parametrize("end", [(20, 200), (200, 20)])
def test_width_of_a_straight_line_is_exact(width, end):
    picture = Image.new("L", (256, 256), 255)
    ImageDraw.Draw(picture).line(((20, 20), end), fill=0, width=width)
    assert measure(picture).width == width


def test_width_is_that_of_most_strokes():
    picture = shoe(3)
    ImageDraw.Draw(picture).ellipse((180, 20, 215, 55), fill=0)
    assert measure(picture).width == pytest.approx(3, abs=0.7)


def test_a_canvas_of_any_size_is_measured_at_256():
    small, large = measure(shoe(3, 256)), measure(shoe(3, 1024))
    assert large.width == pytest.approx(small.width, abs=0.7)
    assert large.ink == pytest.approx(small.ink, rel=0.25)
    assert large.enclosed == pytest.approx(small.enclosed, abs=0.03)


def test_ink_is_a_share_of_pixels():
    picture = Image.new("L", (256, 256), 255)
    picture.paste(0, (0, 0, 64, 128))
    assert measure(picture).ink == 64 * 128 / 256**2


def test_enclosed_paper():
    frame = Image.new("L", (256, 256), 255)
    pen = ImageDraw.Draw(frame)
    pen.rectangle((50, 50, 149, 149), outline=0, width=1)
    assert measure(frame).enclosed == 98**2 / 100**2
    pen.line((90, 50, 91, 50), fill=255)  # two pixels: still closed
    assert measure(frame).enclosed > 0.9
    pen.line((90, 50, 99, 50), fill=255)
    assert measure(frame).enclosed == 0


def test_a_frame_at_the_canvas_edge_is_closed_and_an_open_one_is_not():
    frame = Image.new("L", (256, 256), 255)
    ImageDraw.Draw(frame).rectangle((0, 0, 255, 255), outline=0)
    assert measure(frame).enclosed == pytest.approx((254 / 256) ** 2)
    frame.paste(255, (0, 0, 1, 256))
    assert measure(frame).enclosed == 0


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA", "P"])
def test_every_mode_is_measured_alike(mode):
    assert measure(shoe(mode=mode)) == measure(shoe())


def test_transparent_paper_and_odd_sizes():
    clear = Image.new("RGBA", (300, 200), (0, 0, 0, 0))
    assert measure(clear) == LineFacts(0, 0, 0)
    assert measure(Image.new("L", (1, 1), 0)).ink == 1
    assert measure(Image.new("L", (17, 513), 255)).ink == 0


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (Image.new("L", (256, 256), 255), "empty"),
        (shoe(3), "good"),
        (shoe(12), "thick"),
        (shoe(3, gap=20), "open"),
    ],
)
def test_advice_on_drawings(picture, code):
    assert advise(measure(picture), LINES).code == code


def test_advice_names_what_was_measured_and_the_range():
    assert advise(LineFacts(9, 0.3, 0), LINES) == Advice("thick", 9, 1, 6)
    assert advise(LineFacts(0.5, 0.05, 0), LINES) == Advice("thin", 0.5, 1, 6)
    assert advise(LineFacts(9, 0.001, 0), LINES) == Advice("little", 0.001, 0.01, 0.12)
    assert advise(LineFacts(3, 0.3, 0.5), LINES) == Advice("much", 0.3, 0.01, 0.12)
    assert advise(LineFacts(3, 0.05, 0.01), LINES) == Advice("open", 0.01, 0.3, 0.9)
    assert advise(LineFacts(30, 0.9, 0), {}).code == "good"
    assert Advice("thick").message_key == "doctor_thick"


@pytest.mark.parametrize("width", [1, 3, 8, 14])
@pytest.mark.parametrize("size", [256, 512])
def test_thin_draws_the_same_lines_at_the_asked_width(width, size):
    thinned = thin(shoe(width, size), width=2.5)
    assert (thinned.size, thinned.mode) == ((size, size), "L")
    assert set(np.unique(thinned)) == {0, 255}
    assert measure(thinned).width == pytest.approx(2.5, abs=0.6)
    found, wanted = overlap(thinned, shoe(3, size), reach=8)
    assert min(found, wanted) > 0.95


@pytest.mark.parametrize("width", [6, 8, 10])
def test_thick_lines_are_drawn_again(width):
    redrawn = thinned(shoe(width), over=4.5, to=3.0)
    assert (redrawn.size, redrawn.mode) == ((256, 256), "L")
    assert measure(redrawn).width == pytest.approx(3, abs=0.6)
    assert min(overlap(redrawn, shoe(3), reach=4)) > 0.95


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_lines_that_are_not_too_thick_are_left_alone(width):
    drawing = shoe(width)
    assert thinned(drawing, over=4.5, to=3.0) is drawing


def test_a_dark_part_does_not_make_a_fine_drawing_thick():
    drawing = shoe(3)
    ImageDraw.Draw(drawing).ellipse((70, 130, 90, 150), fill=0)
    assert thinned(drawing, over=4.5, to=3.0) is drawing
    blank = Image.new("L", (64, 64), 255)
    assert thinned(blank, over=4.5, to=3.0) is blank


def test_thin_keeps_outlines_closed_and_an_empty_canvas_empty():
    assert measure(thin(shoe(10, 512))).enclosed > 0.3
    assert not ink(thin(Image.new("1", (80, 60), 1))).any()
    assert ink(thin(Image.new("L", (64, 64), 0))).any()


def test_skeleton_spurs_are_cut():
    comb = np.zeros((60, 200), bool)
    comb[30, 10:190] = True
    for column in range(20, 180, 20):
        comb[22:30, column] = True
    assert skeleton(comb, spur=15).sum() <= 200 < skeleton(comb).sum()


@pytest.mark.parametrize("table", [None, (0.35, 0.25, 0.18), (0.1, 0.1, 0.12)])
@pytest.mark.parametrize(("width", "grey", "noise"), [(1.2, 0.6, 0.02), (2.0, 0.4, 0.03), (4.0, 0.15, 0.01)])
def test_a_pencil_sketch_on_paper(table, width, grey, noise):
    photo = on_paper(width=width, grey=grey, noise=noise, table=table, seed=int(10 * width))
    drawn = from_photo(photo)
    found, wanted = overlap(drawn, shoe(3))
    assert found > 0.95
    assert wanted > 0.9
    assert advise(measure(drawn), LINES).code == "good"


def test_a_photo_becomes_a_centred_drawing_with_its_aspect_kept():
    drawn = from_photo(on_paper(), size=400)
    assert (drawn.size, drawn.mode) == ((400, 400), "L")
    assert set(np.unique(drawn)) == {0, 255}
    left, top, right, bottom = Image.eval(drawn, lambda v: 255 - v).getbbox()
    assert abs((left + right) - 400) <= 4
    assert abs((top + bottom) - 400) <= 4
    assert 0.85 < (right - left) / 400 < 0.95
    assert (right - left) / (bottom - top) == pytest.approx(196 / 100, rel=0.15)


@pytest.mark.parametrize("colour", [(30, 30, 30), (180, 40, 40), (225, 225, 220)])
def test_a_thing_on_a_plain_background_gives_its_outline(colour):
    photo = Image.new("RGB", (400, 400), (252, 252, 250))
    scale = 400 / 256
    ImageDraw.Draw(photo).polygon([(x * scale, y * scale) for x, y in SHOE], fill=colour)
    assert paper_sheet(np.asarray(photo, np.float32) / 255) is None
    drawn = from_photo(photo)
    outline = Image.new("L", (256, 256), 255)
    ImageDraw.Draw(outline).line(SHOE, fill=0, width=3)
    found, wanted = overlap(drawn, outline)
    assert min(found, wanted) > 0.95
    assert measure(drawn).enclosed > 0.4


def test_a_real_silhouette_gives_its_outline():
    horse = Image.fromarray(skimage.data.horse()).convert("L")
    body = ink(horse)
    outline = Image.fromarray(np.where(body & ~ndimage.binary_erosion(body, iterations=2), 0, 255).astype(np.uint8))
    assert min(overlap(from_photo(horse), outline)) > 0.95


@pytest.mark.skipif(not SHOES.is_dir(), reason="the shoe photos (../shared/data) are not here")
def test_photos_of_shoes_become_drawings_like_those_trained_on():
    """Against the strong half of the edges that came with each photo, found by another method."""
    shares = []
    for photo in sorted((SHOES / "photo").iterdir())[::260]:
        drawn = from_photo(Image.open(photo))
        edges = Image.open(SHOES / "edges" / f"{photo.stem}.png").convert("L")
        assert advise(measure(drawn), LINES).code == "good"
        shares.append(overlap(drawn, edges))
    found, wanted = np.median(shares, 0)
    assert found > 0.7
    assert wanted > 0.85


@pytest.mark.parametrize("grain", [0, 3, 5, 9, 14])
def test_bare_paper_is_refused_however_grainy(grain):
    pixels = np.random.default_rng(0).normal(200, grain, (400, 400, 3))
    with pytest.raises(BadPicture, match="No lines"):
        from_photo(Image.fromarray(pixels.clip(0, 255).astype(np.uint8)))


@pytest.mark.parametrize("size", [(1, 1), (2, 300), (5, 5)])
def test_tiny_photos_do_not_crash(size):
    with pytest.raises(BadPicture):
        from_photo(Image.new("RGB", size, (120, 80, 40)))
