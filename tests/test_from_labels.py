"""Label maps of any size, what the network is given for them, and a style for every object."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from scipy import ndimage

from translators import load, weights
from translators.cards import CARDS, NOISE, SEED, STYLES
from translators.cyclegan import ResNetGenerator
from translators.errors import BadControl, BadPicture, WeightsDamaged
from translators.from_labels import LabelTranslator
from translators.labels import CAMVID, CMP, coloured, instances
from translators.pix2pix import UNetGenerator, initialize
from translators.pix2pixhd import GlobalGenerator

CARD = replace(CARDS["shoes"], name="scene", takes="label map", controls=(SEED, STYLES), palette="camvid")
CLUSTERS = {"8": [[-1.0, 0.0, 1.0], [1.0, 0.0, -1.0]], "3": [[0.5, 0.5, 0.5]]}


class Given(torch.nn.Module):
    """Keeps what it was given."""

    multiple = 8

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(()))

    def forward(self, x):
        self.x = x
        return x[:, :3] * 2 - 1


def scene(size=(40, 30)) -> np.ndarray:
    """A road with two cars."""
    ids = np.full(size[::-1], 3, np.uint8)
    ids[5:12, 4:14] = 8
    ids[5:12, 24:34] = 8
    return ids


def street() -> LabelTranslator:
    return LabelTranslator(CARD, Given(), {"translator": {"clusters": CLUSTERS}})


def facade() -> LabelTranslator:
    torch.manual_seed(0)
    card = replace(CARD, palette="cmp", controls=(SEED, NOISE))
    return LabelTranslator(card, initialize(UNetGenerator(base_channels=4, downs=6)).eval(), {})


def test_the_network_is_given_classes_boundaries_and_features():
    translator, ids = street(), scene()
    assert translator.translate(Image.fromarray(ids)).size == (40, 30)
    x = translator.module.x
    assert x.shape == (1, 12 + 1 + 3, 32, 40)
    assert torch.equal(x[0, :12].argmax(0)[:30], torch.from_numpy(ids).long())
    assert x[0, 12, 5, 4] == 1 and x[0, 12, 8, 8] == 0
    assert x[0, 13:, 20, 20].tolist() == [0.5, 0.5, 0.5]
    assert torch.equal(x[0, 13:, 8, 8], x[0, 13:, 8, 30])  # by default both cars have the style that the seed picks


def test_one_object_changes_its_style_and_the_other_keeps_it():
    translator, ids = street(), scene()
    objects = instances(ids)
    left, right = int(objects[8, 8]), int(objects[8, 30])
    translator.translate(Image.fromarray(ids), styles={left: 0, right: 1})
    x = translator.module.x
    assert x[0, 13:, 8, 8].tolist() == CLUSTERS["8"][0] and x[0, 13:, 8, 30].tolist() == CLUSTERS["8"][1]


def styled(translator: LabelTranslator, ids: np.ndarray, number: int, style: int) -> np.ndarray:
    return np.asarray(translator.translate(Image.fromarray(ids), styles={number: style}), float)


@pytest.mark.parametrize("shipped", [False, True], ids=["random weights", "shipped weights"])
def test_a_style_changes_its_object_and_the_rest_stays(shipped):
    if shipped:
        if weights.available(CARDS["street"]):
            pytest.skip("weights/street is not there")
        translator = load("street")
    else:
        torch.manual_seed(0)
        module = GlobalGenerator(16, base_channels=4, downs=2, blocks=1).eval()
        translator = LabelTranslator(CARD, module, {"translator": {"clusters": CLUSTERS, "size": [256, 192]}})
    width, height = translator.size
    ids = np.full((height, width), 3, np.uint8)
    ids[: height // 2] = 0
    ids[height // 2 : height * 3 // 4, width // 8 : width * 3 // 8] = 8
    objects = instances(ids)
    car = objects == objects[height * 5 // 8, width // 4]
    near = ndimage.binary_dilation(car, iterations=width // 16)
    number, styles = int(objects[car][0]), len(translator.clusters[8])
    pictures = np.stack([styled(translator, ids, number, style) for style in range(styles)])
    changed = np.abs(pictures - pictures[:1]).mean(-1).max(0)  # (H, W), the most that any style does
    assert changed[car].mean() > 2
    assert changed[~near].max() == 0 and changed[~car].mean() < 0.1 * changed[car].mean()


def test_its_size_is_the_cards_or_the_configs():
    assert street().size == (256, 256)
    assert LabelTranslator(CARD, Given(), {"translator": {"size": 128}}).size == (128, 128)
    assert LabelTranslator(CARD, Given(), {"translator": {"size": [512, 384]}}).size == (512, 384)


def test_seeds_pick_styles_and_repeat_themselves():
    translator, picture = street(), Image.fromarray(scene())
    seen = set()
    for seed in range(12):
        translator.translate(picture, seed=seed)
        first = translator.module.x.clone()
        translator.translate(picture, seed=seed)
        assert torch.equal(first, translator.module.x)
        seen.add(tuple(first[0, 13:, 8, 8].tolist()))
    assert len(seen) == 2


def test_a_seed_picks_styles_that_belong_together():
    clusters = {"3": [[0.1] * 3, [0.2] * 3], "8": [[0.3] * 3, [0.4] * 3], "10": [[0.5] * 3]}
    told = {"clusters": clusters, "scenes": [[0, 1, 0], [1, 0, 0]]}
    translator, picture = LabelTranslator(CARD, Given(), {"translator": told}), Image.fromarray(scene())
    seen = []
    for seed in range(4):
        translator.translate(picture, seed=seed)
        x = translator.module.x
        seen.append((round(float(x[0, 13, 20, 20]), 2), round(float(x[0, 13, 8, 8]), 2)))
    assert seen == [(0.1, 0.4), (0.2, 0.3)] * 2  # the first scene is that of seed 0
    assert translator.style_of(0, 0) is None


@pytest.mark.parametrize("row", [[0], [0, 0, 0, 0], [0, 2, 0], [0, -1, 0]])
def test_scenes_that_do_not_fit_the_clusters_are_named(row):
    clusters = {"3": [[0.1], [0.2]], "8": [[0.3], [0.4]], "10": [[0.5]]}
    with pytest.raises(WeightsDamaged, match=r"scene/config\.json: scenes must name one style"):
        LabelTranslator(CARD, Given(), {"translator": {"clusters": clusters, "scenes": [[0, 0, 0], row]}})


def test_a_margin_is_painted_beyond_the_sides_of_a_scene_and_cut_off():
    translator, ids = street(), scene()
    plain = translator.translate(Image.fromarray(ids))
    wider = LabelTranslator(CARD, Given(), {"translator": {"clusters": CLUSTERS, "margin": 4}})
    objects = instances(ids)
    left = int(objects[8, 8])
    assert wider.translate(Image.fromarray(ids), objects=objects, styles={left: 1}).size == (40, 30)
    x = wider.module.x[0, :, :38, :48]  # it is a multiple of 8 high
    assert x[8, 4 + 8, 4 + 8] == 1 and x[13:, 4 + 8, 4 + 8].tolist() == CLUSTERS["8"][1]
    assert torch.equal(x[:12, :4], x[:12, 5:9].flip(1))  # the rows above are those below, mirrored
    assert wider.translate(Image.fromarray(ids)).tobytes() == plain.tobytes()


def test_ids_and_colours_paint_the_same_picture():
    translator, ids = facade(), np.kron(np.arange(12, dtype=np.uint8).reshape(3, 4), np.ones((25, 20), np.uint8))
    a, b = translator.translate(Image.fromarray(ids), seed=3), translator.translate(coloured(ids, CMP), seed=3)
    assert a.size == (80, 75) and a.tobytes() == b.tobytes()


def test_a_real_global_generator_paints():
    torch.manual_seed(0)
    module = GlobalGenerator(16, base_channels=4, downs=2, blocks=1).eval()
    translator = LabelTranslator(CARD, module, {"translator": {"clusters": CLUSTERS}})
    ids = scene((50, 34))
    objects = instances(ids)
    car = int(objects[8, 8])
    pictures = [np.asarray(translator.translate(coloured(ids, CAMVID), styles={car: k}), float) for k in (0, 1)]
    assert np.abs(pictures[0] - pictures[1])[objects == car].mean() > 0


@pytest.mark.parametrize(
    ("controls", "words"),
    [
        ({"seed": -1}, "seed must be a whole number from 0"),
        ({"seed": 1.5}, "seed must be"),
        ({"noise": True}, "no control 'noise'"),
        ({"colour": "#ff0000"}, "no control 'colour'"),
        ({"styles": {2: 7}}, "a style of car must be a whole number from 0 to 1, not 7"),
        ({"objects": np.zeros((3, 4), int)}, "objects must be 40×30 like the label map, not 4×3"),
    ],
)
def test_controls_out_of_range_are_named(controls, words):
    with pytest.raises(BadControl, match=words):
        street().translate(Image.fromarray(scene()), **controls)


def test_pictures_that_are_no_label_maps_are_refused():
    translator = street()
    with pytest.raises(BadPicture, match="ids 200"):
        translator.translate(Image.new("L", (20, 20), 200))
    with pytest.raises(BadPicture, match="too large"):
        translator.translate(Image.new("L", (3000, 20)))
    with pytest.raises(BadPicture, match="far from every colour"):
        translator.translate(Image.new("RGB", (20, 20), (255, 255, 255)))
    with pytest.raises(WeightsDamaged, match="no palette 'moon'"):
        LabelTranslator(replace(CARD, palette="moon"), Given(), {})


class Rim(Given):
    """White, with a black rim of four pixels, as networks paint one that know from their padding where a picture ends."""

    def forward(self, x):
        super().forward(x)
        y = torch.full_like(x[:, :3], -1)
        y[..., 4:-4, 4:-4] = 1
        return y


@pytest.mark.parametrize("size", [(40, 30), (3, 1)])
def test_what_is_painted_beyond_the_sides_is_cut_off(size):
    with_rim = LabelTranslator(CARD, Rim(), {"in_channels": 3})
    without = LabelTranslator(CARD, Rim(), {"in_channels": 3, "translator": {"margin": 8}})
    ids = Image.fromarray(scene()).resize(size, Image.Resampling.NEAREST)
    assert np.asarray(with_rim.translate(ids)).min() == 0
    picture = without.translate(ids)
    assert picture.size == size and np.asarray(picture).min() == 255
    beyond, inside = without.module.x[0, :, 8 : 8 + size[1], :8], without.module.x[0, :, 8 : 8 + size[1], 8:16]
    if size[0] > 8:  # x is given in columns 8 on; to the left of them it goes on, mirrored
        assert torch.equal(beyond[..., 1:], inside[..., 1:].flip(-1))


@pytest.mark.parametrize("margin", [-1, 129, 2.5, True])
def test_a_margin_that_is_none_is_named(margin):
    with pytest.raises(WeightsDamaged, match=r"scene/config.json: margin is .*, not 0 to 128 pixels"):
        LabelTranslator(CARD, Rim(), {"translator": {"margin": margin}})


def test_dropout_in_a_network_that_is_given_classes_keeps_to_the_seed():
    torch.manual_seed(0)
    module = ResNetGenerator(13, base_channels=4, blocks=2, dropout=True).eval()
    translator = LabelTranslator(replace(CARD, controls=(SEED, NOISE)), module, {"in_channels": 13})
    a, again, other, quiet = (
        translator.translate(Image.fromarray(scene()), **chance).tobytes()
        for chance in ({"seed": 1}, {"seed": 1}, {"seed": 2}, {"seed": 1, "noise": False})
    )
    assert a == again and a != other and a != quiet


def test_many_objects_read_their_styles_once():
    class Told(dict):
        asked = 0

        def items(self):
            Told.asked += 1
            return super().items()

    ids = np.full((60, 60), 3, np.uint8)
    ids[::2, ::2] = 8  # 900 cars
    translator = LabelTranslator(CARD, Given(), {"translator": {"clusters": Told(CLUSTERS)}})
    translator.translate(Image.fromarray(ids))
    assert Told.asked == 1
