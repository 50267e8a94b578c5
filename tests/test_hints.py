"""Colour hints: what training makes of a picture, that a network learns from it, and how a translator is given them."""

import json
from dataclasses import replace

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image, ImageChops, ImageDraw
from typer.testing import CliRunner

from studio.canvas import encode, sheet_of
from tests.small_weights import COLOURS, write_hinted_weights, write_weights
from tests.test_train_pix2pix import equal_states, picture, side_by_side
from tests.test_translator import Mirror, drawing
from train.data import BadData, open_paired
from train.export import export_pix2pix
from train.hint_figures import hint_error
from train.hints import HINTED, hints_of, repainted, stroke, within_colour
from train.pix2pix import Settings, train
from translators import CARDS, BadControl, BadPicture, WeightsDamaged, weights
from translators.__main__ import app
from translators.drawing import thinned
from translators.from_drawing import DrawingTranslator
from translators.hints import SPREAD, laid_over, spread, to_channels
from translators.images import to_tensor
from translators.upstream import open_checkpoint

TINY = Settings(
    size=64,
    base_channels=4,
    downs=5,
    discriminator_channels=4,
    patch=16,
    batch=2,
    epochs=2,
    decay_epochs=1,
    average=0.9,
    drawn=True,
    hints=True,
)
SIDE = 64
RED, BLUE = torch.tensor([0.8, -0.8, -0.8]), torch.tensor([-0.8, -0.8, 0.8])


def halves() -> tuple[torch.Tensor, np.ndarray]:
    """A disc on white, its left half red and its right half blue, and where it is."""
    y, x = np.mgrid[:SIDE, :SIDE]
    disc = np.hypot(x - SIDE / 2, y - SIDE / 2) < SIDE * 0.4
    target = torch.ones(3, SIDE, SIDE)
    target[:, disc & (x < SIDE / 2)] = RED[:, None]
    target[:, disc & (x >= SIDE / 2)] = BLUE[:, None]
    return target, disc


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return side_by_side(tmp_path_factory.mktemp("hints") / "data", count=4)


def test_hints_have_the_targets_colour_where_they_lie():
    target, disc = halves()
    near, on_paper = [], 0
    for i in range(60):
        y, hints = hints_of(target, disc, np.random.default_rng(i))
        mask = hints[3] > 0
        assert set(hints[3].unique().tolist()) <= {0.0, 1.0} and not hints[:3, ~mask].any()
        if mask.any():
            near.append((hints[:3, mask] - y[:, mask]).abs().amax(0).lt(0.25).float().mean().item())
            on_paper += bool((mask & ~torch.from_numpy(disc)).any())
    assert np.mean(near) > 0.85
    assert 0 < on_paper < len(near)  # white beside the thing is a hint too, now and then


def test_every_stroke_is_one_flat_colour_and_some_samples_have_none():
    target, disc = halves()
    made = [hints_of(target, disc, np.random.default_rng(i))[1] for i in range(300)]
    strokes = [hints[:3, hints[3] > 0].unique(dim=1).shape[1] for hints in made if hints[3].any()]
    assert len(strokes) / len(made) == pytest.approx(HINTED, abs=0.08)
    assert min(strokes) >= 1 and 8 < max(strokes) <= 12  # as many colours as there are strokes


def test_a_stroke_ends_where_the_colour_does():
    target, _ = halves()
    pixels = target.permute(1, 2, 0).numpy()
    for i in range(30):
        points = within_colour(stroke(np.array([20.0, 32.0]), SIDE, np.random.default_rng(i)), pixels)
        x, y = points.round().astype(int).T
        assert (pixels[y, x] == RED.numpy()).all()


def test_nothing_drawn_leaves_nothing_to_hint_at():
    y, hints = hints_of(white := torch.ones(3, SIDE, SIDE), np.zeros((SIDE, SIDE), bool), np.random.default_rng(0))
    assert not hints.any() and torch.equal(y, white)


def test_a_region_is_painted_anew_and_its_hint_tells_the_colour():
    target, disc = halves()
    told = 0
    for i in range(60):
        y, hints = hints_of(target, disc, np.random.default_rng(i))
        changed = (y != target).any(0).numpy()
        assert not changed[~disc].any()  # the paper stays white
        for half in (disc & (np.arange(SIDE) < SIDE / 2 - 3), disc & (np.arange(SIDE) >= SIDE / 2 + 3)):
            if changed[half].any():
                assert changed[half].all()  # the whole region, in one colour
                assert y[:, half].std(1).max() < 1e-6
                told += 1
                assert hints[3][half].any()
    assert told > 15


def test_lines_and_their_soft_rims_stay_lines():
    target = np.full((SIDE, SIDE, 3), RED.numpy())
    target[:, 30], target[:, 31:34] = (RED.numpy() - 1) / 2, -1.0  # a rim half way to black, and a black line
    everywhere = np.ones((SIDE, SIDE), bool)
    new = repainted(target, np.array([10, 10]), everywhere, np.random.default_rng(0))
    assert (new[:, 31:34] == -1).all() and np.abs(new[:, :30] - target[:, :30]).max() > 0.3
    assert np.allclose(new[:, 30], (new[:, 0] - 1) / 2, atol=1e-5)  # half way to black still
    assert np.array_equal(new[:, 40:], target[:, 40:])  # beyond the line is another region
    assert repainted(target, np.array([32, 5]), everywhere, np.random.default_rng(0)) is target


def test_a_white_thing_is_painted_anew_and_the_white_paper_around_it_is_not():
    target, thing = np.ones((SIDE, SIDE, 3), np.float32), np.zeros((SIDE, SIDE), bool)
    thing[10:30, 10:30] = True
    new = repainted(target, np.array([20, 20]), thing, np.random.default_rng(0))
    assert (new[~thing] == 1).all() and (new[thing] == new[20, 20]).all() and new[20, 20].min() < 0.5


def test_samples_without_hints_are_what_they_were(data):
    folder = open_paired(data, "train")
    plain, hinted = (replace(TINY, hints=hints).dataset(folder) for hints in (False, True))
    for epoch in range(4):
        (x, c, y, name), (x_hinted, *rest) = plain[epoch, 1], hinted[epoch, 1]
        assert x.shape == (3, 64, 64) and x_hinted.shape == (7, 64, 64)
        assert torch.equal(x, x_hinted[:3]) and torch.equal(c, rest[0]) and name == rest[2]
        assert torch.equal(y, rest[1]) or x_hinted[6].any()  # painted anew where a hint says so
        assert torch.equal(x_hinted, TINY.dataset(folder)[epoch, 1][0])  # by seed, epoch and index alone


def test_hints_are_placed_as_the_target_is(data):
    dataset = TINY.dataset(open_paired(data, "train"))
    samples = [dataset[epoch, 2] for epoch in range(40)]
    near = [
        (x[3:6] - y).abs().amax(0)[x[6] == 1].lt(0.25).float().mean().item()
        for x, _, y, _ in samples
        if x[6].any()  # hinted
    ]
    assert 10 < len(near) < 38 and np.mean(near) > 0.8


def test_hints_go_with_hand_drawings():
    with pytest.raises(BadData, match=r"--hints .* goes with --drawn"):
        Settings(hints=True)


def test_the_sample_grid_shows_the_drawing_with_its_hints():
    x = torch.ones(1, 7, 4, 4)
    x[:, 3:] = 0
    x[0, 3:6, 1, 2], x[0, 6, 1, 2] = RED, 1
    shown = laid_over(x)
    assert torch.equal(shown[0, :, 1, 2], RED) and shown.sum() == 3 * 15 + RED.sum()
    assert torch.equal(laid_over(x[:, :3]), x[:, :3])


def test_a_run_with_hints_trains_resumes_exactly_and_exports(data, tmp_path):
    whole = train(data, tmp_path / "whole", TINY, workers=0)
    train(data, tmp_path / "halves", TINY, workers=0, stop_at=3)
    resumed = train(data, tmp_path / "halves", TINY, workers=0, resume=True)
    for a, b in zip(whole, resumed, strict=True):
        assert equal_states(a.state_dict(), b.state_dict())
    export_pix2pix(tmp_path / "whole", data, tmp_path / "shoes")
    module, config = weights.read(tmp_path / "shoes")
    assert config["in_channels"] == 7 and config["translator"]["hints"] is True and "thin" not in config["translator"]
    export_pix2pix(tmp_path / "whole", data, tmp_path / "felt", thin_over=4.5)
    assert DrawingTranslator(CARDS["shoes"], *weights.read(tmp_path / "felt")).thin == {"over": 4.5, "to": 3.0}
    with pytest.raises(BadData, match=r"--thin-over is 1 to 64 pixels.* it is 0\.5, and .*whole takes drawings"):
        export_pix2pix(tmp_path / "whole", data, tmp_path / "none", thin_over=0.5)
    translator = DrawingTranslator(CARDS["shoes"], module, config)
    canvas, _ = picture(3, 64)
    hints = Image.new("RGBA", canvas.size)
    hints.paste("#ff0000", (28, 28, 36, 36))
    without, nothing, red = (
        np.asarray(translator.translate(canvas, noise=False, hints=given), int) for given in (None, Image.new("RGBA", canvas.size), hints)
    )
    assert (without == nothing).all()
    assert np.abs(red - without)[28:36, 28:36].mean() > np.abs(red - without)[:8, :8].mean()


@pytest.mark.parametrize(
    "changes", [{"translator": {"colours": COLOURS}}, {"in_channels": 3}, {"translator": {"colours": COLOURS, "hints": 1}}]
)
def test_a_config_that_contradicts_itself_is_damage(tmp_path, changes):
    module, config = weights.read(write_hinted_weights(tmp_path / "shoes"))
    assert DrawingTranslator(CARDS["shoes"], module, config).takes_hints
    with pytest.raises(WeightsDamaged, match=r"shoes/config\.json contradicts itself: hints"):
        DrawingTranslator(CARDS["shoes"], module, config | changes)


def translator(**more) -> DrawingTranslator:
    config = {"condition_size": 3, "in_channels": 7, "translator": {"colours": COLOURS, "hints": True, **more}}
    return DrawingTranslator(CARDS["shoes"], FirstThree(), config)


class FirstThree(Mirror):
    """Mirrors the drawing, and keeps all that it was given."""

    def forward(self, x, c=None, **rest):
        return super().forward(x, c, **rest)[:, :3]


def test_hints_lie_behind_the_drawing_in_its_place():
    painter, canvas = translator(), drawing((40, 20))
    hints = Image.new("RGBA", canvas.size)
    hints.paste((255, 0, 0, 255), (30, 10, 33, 12))
    hints.putpixel((5, 5), (0, 0, 255, 100))  # more than half transparent: no hint
    painter.translate(canvas, hints=hints)
    x = painter.module.given[0]
    assert x.shape == (1, 7, 32, 48)
    left, top = (48 - 40) // 2, (32 - 20) // 2
    expected = torch.zeros(1, 4, 32, 48)
    expected[0, :, top + 10 : top + 12, left + 30 : left + 33] = torch.tensor([1.0, -1, -1, 1])[:, None, None]
    assert torch.equal(x[:, 3:], expected) and torch.equal(to_channels(hints)[0, :, 5, 5], torch.zeros(4))
    painter.translate(canvas)
    assert not painter.module.given[0][:, 3:].any()


def test_hints_that_cannot_be_used_are_said():
    with pytest.raises(BadPicture, match="The colour hints have 9 x 9 pixels, the drawing has 40 x 20"):
        translator().translate(drawing((40, 20)), hints=Image.new("RGBA", (9, 9)))
    with pytest.raises(BadPicture, match="no transparency"):
        translator().translate(drawing((9, 9)), hints=Image.new("RGB", (9, 9)))
    plain = DrawingTranslator(CARDS["shoes"], Mirror(), {"condition_size": 3, "translator": {"colours": COLOURS}})
    with pytest.raises(BadControl, match="shoes takes no colour hints"):
        plain.translate(drawing(), hints=Image.new("RGBA", (256, 256)))


def test_a_network_without_hints_has_no_such_control(tmp_path):
    plain = DrawingTranslator(CARDS["shoes"], *weights.read(write_weights(tmp_path / "plain")))
    assert "hints" in [control.name for control in CARDS["shoes"].controls] and plain.control("hints") is None
    assert translator().control("hints").kind == "hints"
    with pytest.raises(BadControl, match="it has seed, noise, colour, hints"):
        translator().translate(drawing(), glitter=1)


def test_what_the_network_sees_has_the_hints_on_it():
    hints = Image.new("RGBA", (64, 64))
    hints.paste("#00ff00", (40, 40, 44, 44))
    seen = translator().sees(drawing((64, 64)), hints=hints)
    assert seen.getpixel((41, 41)) == (0, 255, 0) and seen.getpixel((2, 2)) == (0, 0, 0)


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Folders of weights in place of the shipped ones, a drawing of 64×48 and hints for it."""
    for name, write in (("shoes", write_hinted_weights), ("emoji", write_weights)):
        monkeypatch.setitem(CARDS, name, replace(CARDS[name], folder=write(tmp_path / name)))
    (tmp_path / "in").mkdir()
    drawing((64, 48)).save(tmp_path / "in" / "a.png")
    hints = Image.new("RGBA", (64, 48))
    hints.paste("#ff0000", (20, 20, 40, 30))
    hints.save(tmp_path / "hints.png")
    return tmp_path


def command(*words) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    return done.exit_code, done.output


def test_the_command_line_takes_a_file_of_hints(files):
    code, said = command("shoes", files / "in", files / "plain")
    assert code == 0, said
    code, said = command("shoes", files / "in", files / "hinted", "--hints", files / "hints.png")
    assert code == 0, said
    plain, hinted = (Image.open(files / out / "a.png") for out in ("plain", "hinted"))
    assert plain.size == hinted.size == (64, 48) and ImageChops.difference(plain, hinted).getbbox()
    code, said = command("emoji", files / "in", files / "other", "--hints", files / "hints.png")
    assert code == 2 and "emoji takes no colour hints" in said
    Image.new("RGB", (64, 48)).save(files / "opaque.png")
    code, said = command("shoes", files / "in", files / "other", "--hints", files / "opaque.png")
    assert code == 2 and "opaque.png has no transparency" in said
    Image.new("RGBA", (9, 9)).save(files / "small.png")
    code, said = command("shoes", files / "in", files / "other", "--hints", files / "small.png")
    assert code == 1 and "The colour hints have 9 x 9 pixels, the drawing has 64 x 48" in said


def test_it_is_exported_without_hints_for_the_original_and_with_them_for_others(files):
    network, _ = weights.read(files / "shoes")
    x, c = torch.rand(1, 3, 32, 32), torch.tensor([COLOURS[0]]) / 127.5 - 1
    code, said = command("export", "shoes", "--format", "pth", "-o", files / "out.pth")
    assert code == 0 and "takes no colour hints" in said
    with torch.no_grad():
        expected = network(torch.cat([x, torch.zeros(1, 4, 32, 32)], 1), c, noise=False)
        torch.testing.assert_close(open_checkpoint(files / "out.pth")[0](x, noise=False), expected, atol=1e-4, rtol=0)
    code, said = command("export", "shoes", "--format", "torchscript", "-o", files / "out.pt")
    assert code == 0 and "7 channels" in said


def test_a_drawing_canvas_with_hints():
    ids = np.zeros((512, 512), np.uint8)
    ids[10, 10], ids[20, 20:30], ids[30, 30] = 1, 2, 3
    value = {**encode(ids), "serial": 3, "colours": ["#102030", "#ffffff"]}
    sheet = sheet_of(value)
    assert sheet.ink == 1 and np.asarray(sheet.drawing)[10, 10] == 0 and (np.asarray(sheet.drawing) == 0).sum() == 1
    hints = np.asarray(sheet.hints)
    assert hints.shape == (512, 512, 4) and (hints[..., 3] > 0).sum() == 11
    assert tuple(hints[20, 25]) == (16, 32, 48, 255) and tuple(hints[30, 30]) == (255, 255, 255, 255)
    assert sheet_of(encode(ids == 1)).hints is None
    line = Image.new("L", (512, 512), 255)
    line.paste(0, (0, 20, 25, 21))
    thinner = sheet.with_ink(line)
    assert thinner.ink == 25 and thinner.ids[10, 10] == 0 and (np.asarray(thinner.hints)[..., 3] > 0).sum() == 6


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"colours": ["#102030"]}, "the classes are 0 to 2"),
        ({"colours": ["red", "#ffffff"]}, 'times "#rrggbb"'),
        ({"colours": "#102030"}, 'times "#rrggbb"'),
        ({"colours": ["#102030"] * 251}, "at most 250"),
        ({"colours": [7, 8]}, 'times "#rrggbb"'),
    ],
)
def test_colours_of_a_canvas_are_checked(change, words):
    ids = np.zeros((512, 512), np.uint8)
    ids[0, 0], ids[0, 1] = 2, 3
    with pytest.raises(gr.Error, match=words):
        sheet_of({**encode(ids), **change})


def test_an_old_checkpoint_has_no_hints():
    kept = json.loads(json.dumps({name: value for name, value in vars(TINY).items() if name != "hints"}))
    assert Settings(**kept).generator().downs[0].in_channels == 3


def test_the_colour_under_the_hints_by_hand():
    """A network that paints everything in the hints' colour, or mid grey where there are none."""

    class Obedient(torch.nn.Module):
        def forward(self, x, c=None, *, seed=None, noise=None):
            told = x[:, 3:6].sum((2, 3)) / x[:, 6:].sum((2, 3)).clamp(1)
            return told[:, :, None, None].expand(-1, -1, *x.shape[2:])

    x = torch.zeros(7, 8, 8)
    x[3:6, 2:4, 2:4], x[6, 2:4, 2:4] = torch.tensor([0.4, -0.4, 0.0])[:, None, None], 1
    translator = DrawingTranslator.__new__(DrawingTranslator)
    object.__setattr__(translator, "module", Obedient())
    error = hint_error(translator, [(x, torch.zeros(3), x[:3])] * 3)
    assert error["translated"][0] == pytest.approx(0, abs=1e-3)
    assert error["without the hints"][0] == pytest.approx(127.5 * (0.4 + 0.4) / 3, rel=1e-3)


def room(*lines: tuple[int, int, int, int]) -> torch.Tensor:
    """A drawing (3, 64, 64): a box from 10 to 53 with walls 2 thick, and boxes of more lines (left, top, right, bottom)."""
    canvas = torch.ones(3, SIDE, SIDE)
    for left, top, right, bottom in ((10, 10, 54, 12), (10, 52, 54, 54), (10, 10, 12, 54), (52, 10, 54, 54), *lines):
        canvas[:, top:bottom, left:right] = -1
    return canvas


def dabs(**at: tuple[int, int, int, int]) -> torch.Tensor:
    """Hints (4, 64, 64): a RED and a BLUE box, each left, top, right, bottom."""
    hints = torch.zeros(4, SIDE, SIDE)
    for name, (left, top, right, bottom) in at.items():
        hints[:3, top:bottom, left:right] = {"red": RED, "blue": BLUE}[name][:, None, None]
        hints[3, top:bottom, left:right] = 1
    return hints


WALL = (31, 10, 33, 54)  # from top to bottom: two rooms
DOOR = ((31, 10, 33, 28), (31, 36, 33, 54))  # with an opening 8 high


@pytest.mark.parametrize("lines", [(WALL,), DOOR])
def test_a_stroke_fills_its_region_up_to_the_lines_and_openings_count_as_closed(lines):
    drawing, hints = room(*lines), dabs(red=(20, 20, 23, 23))
    filled = spread(drawing, hints)
    assert torch.equal(filled[:, 20:23, 20:23], hints[:, 20:23, 20:23])  # the stroke itself stays: mask 1
    assert (filled[3, 12:28, 12:31] > 0).all() and torch.equal(filled[:3, 50, 14], RED) and filled[3, 50, 14] == SPREAD
    assert not filled[3][(drawing[0] < 0)].any() and not filled[3, :, 37:].any() and not filled[3, :10].any()
    assert not filled[:3, filled[3] == 0].any() and set(filled[3].unique().tolist()) == {0, SPREAD, 1}


def test_in_one_region_the_nearest_stroke_counts():
    filled = spread(room(), dabs(red=(20, 20, 22, 22), blue=(42, 42, 44, 44)))
    assert torch.equal(filled[:3, 14, 14], RED) and torch.equal(filled[:3, 50, 50], BLUE)
    assert (filled[3, 12:52, 12:52] > 0).all()
    assert torch.equal(filled[:3, 12:52, 12:52].flatten(1).unique(dim=1).sort(1)[0], torch.stack([RED, BLUE], 1).sort(1)[0])


def test_a_stroke_that_slips_over_a_line_fills_the_region_that_it_means():
    filled = spread(room(WALL), dabs(red=(20, 20, 36, 22)))  # 11 of 16 columns to the left of the wall, 3 to the right of it
    assert filled[3, 50, 14] == SPREAD and not filled[3, 30:, 33:].any()


def test_the_paper_around_a_thing_and_what_is_open_wide_are_not_filled():
    beside, nothing = dabs(red=(2, 2, 6, 6)), torch.zeros(4, SIDE, SIDE)
    assert torch.equal(spread(room(), beside), beside)
    open_wide = room()
    open_wide[:, 40:60, 10:40] = 1  # a corner is missing
    inside = dabs(red=(20, 20, 23, 23))
    assert torch.equal(spread(open_wide, inside), inside)
    assert torch.equal(spread(room(), nothing), nothing) and torch.equal(spread(torch.ones(3, SIDE, SIDE), inside), inside)
    assert torch.equal(spread(-torch.ones(3, SIDE, SIDE), inside), inside)  # all ink


def test_a_translator_is_given_hints_as_training_spreads_them():
    painter = translator()
    canvas = Image.fromarray(((room()[0] + 1) * 127.5).numpy().astype(np.uint8))
    hints = Image.new("RGBA", canvas.size)
    hints.paste((255, 0, 0, 255), (20, 20, 23, 23))
    painter.translate(canvas, hints=hints)
    x = painter.module.given[0][0]
    assert torch.equal(x[3:], spread(room(), to_channels(hints)[0])) and x[6, 40, 40] == SPREAD


def test_training_sees_hints_spread_over_the_lines_that_were_drawn(data):
    samples = [TINY.dataset(open_paired(data, "train"))[epoch, 2] for epoch in range(40)]
    wide = [x for x, *_ in samples if (x[6] == SPREAD).any()]
    assert wide
    for x in wide:
        strokes = x[3:] * (x[6] == 1)
        assert torch.equal(spread(x[:3], strokes), x[3:])


def test_lines_that_are_too_thick_for_the_network_are_drawn_again_where_the_config_says_so():
    drawing = Image.new("L", (64, 64), 255)
    ImageDraw.Draw(drawing).rectangle((10, 10, 54, 54), outline=0, width=8)
    thin = {"over": 4.5, "to": 3.0}
    plain, redrawn = translator(), translator(thin=thin)
    assert (plain.given(drawing)[0, 0] < 0).sum() > 2 * (redrawn.given(drawing)[0, 0] < 0).sum() > 0
    assert torch.equal(redrawn.given(drawing)[0, :3], to_tensor(thinned(drawing, **thin).convert("RGB"))[0])
    for wrong in ({"over": 4.5}, {"over": 0, "to": 3}, {"over": True, "to": 3}, 4.5):
        with pytest.raises(WeightsDamaged, match=r"shoes/config\.json: thin is .*, not"):
            translator(thin=wrong)
