"""Label maps: ids and colours, what is refused and why, and the objects."""

import io
import tracemalloc

import numpy as np
import pytest
from PIL import Image

from translators.errors import BadPicture
from translators.labels import CAMVID, CMP, coloured, ids_of, instances, palette_of

RNG = np.random.default_rng(0)


def blocks(classes: int) -> np.ndarray:
    return np.kron(RNG.integers(0, classes, (6, 8), np.uint8), np.ones((16, 16), np.uint8))


@pytest.mark.parametrize("palette", [CAMVID, CMP])
def test_ids_and_colours_say_the_same(palette):
    ids = blocks(len(palette))
    assert np.array_equal(ids_of(Image.fromarray(ids), palette), ids)
    assert np.array_equal(ids_of(coloured(ids, palette), palette), ids)


@pytest.mark.parametrize("palette", [CAMVID, CMP])
def test_jpeg_noise_is_forgiven(palette):
    ids, file = blocks(len(palette)), io.BytesIO()
    coloured(ids, palette).save(file, "JPEG", quality=80, subsampling=0)
    assert (ids_of(Image.open(file), palette) == ids).mean() > 0.97


def test_palette_colours_lie_apart():
    for palette in (CAMVID, CMP):
        colours = np.array(palette.colours, int)
        distance = np.sqrt(((colours[:, None] - colours[None]) ** 2).sum(-1))
        assert distance[~np.eye(len(colours), dtype=bool)].min() > 40


def test_ids_beyond_the_classes_are_named():
    ids = blocks(12)
    ids[0, :3] = (12, 40, 255)
    with pytest.raises(BadPicture, match="ids 12, 40, 255; there are 12 classes, 0 to 11"):
        ids_of(Image.fromarray(ids), CAMVID)


def test_a_photo_and_a_sixteen_bit_picture_are_no_label_maps():
    with pytest.raises(BadPicture, match="far from every colour"):
        ids_of(Image.fromarray(RNG.integers(0, 256, (64, 64, 3), np.uint8)), CMP)
    with pytest.raises(BadPicture, match="I;16 values"):
        ids_of(Image.fromarray(np.zeros((4, 4), np.uint16)), CAMVID)


@pytest.mark.parametrize("palette", [CAMVID, CMP])
def test_one_scene_in_every_form_gives_the_same_ids(tmp_path, palette):
    ids = blocks(len(palette))
    grey, colours = Image.fromarray(ids), coloured(ids, palette)
    indexed = Image.frombytes("P", grey.size, ids.tobytes())
    indexed.putpalette(sum(palette.colours, ()))
    other = indexed.copy()
    other.putpalette(bytes(range(255, 219, -1)))  # ids under colours of another's choice
    colours.save(tmp_path / "scene.gif")
    forms = [grey, Image.merge("LA", [grey, Image.new("L", grey.size, 255)]), grey.convert("RGB"), grey.convert("RGBA")]
    forms += [indexed, other, Image.open(tmp_path / "scene.gif"), colours, colours.convert("RGBA")]
    for form in forms:
        assert np.array_equal(ids_of(form, palette), ids), form.mode


def test_noise_takes_little_memory():
    picture = Image.fromarray(RNG.integers(0, 256, (512, 512, 3), np.uint8))
    tracemalloc.start()
    ids_of(picture, palette_of("100 classes"), much=1)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 60 * picture.width * picture.height


def test_a_line_divides_an_object_and_belongs_to_its_halves():
    ids = np.zeros((7, 9), np.uint8)
    ids[1:6, 1:8] = 8
    cuts = np.zeros(ids.shape, bool)
    cuts[np.arange(6), np.arange(6) + 1] = True  # a diagonal, from outside through the object
    objects = instances(ids, cuts)
    assert len(np.unique(objects)) == 3 and (objects > 0).all()
    assert len(np.unique(objects[ids == 0])) == 1  # the line's end divides nothing around the object
    assert objects[5, 1] != objects[1, 7] and set(np.unique(objects[ids == 8])) == {objects[5, 1], objects[1, 7]}
    short = np.zeros(ids.shape, bool)
    short[3, 2:5] = True
    assert len(np.unique(instances(ids, short))) == 2
    alone = np.array([[0, 8, 0], [0, 8, 0]], np.uint8)
    assert instances(alone, alone == 8).tolist() == [[1, 3, 2], [1, 3, 2]]  # what consists of a line alone is an object
    assert (instances(ids, np.zeros(ids.shape, bool)) == instances(ids)).all()


def test_objects_are_the_connected_parts_of_each_class():
    ids = np.array([[8, 8, 3, 8], [3, 3, 3, 8], [8, 3, 8, 3]], np.uint8)
    objects = instances(ids)
    groups = {tuple(map(tuple, np.argwhere(objects == number))) for number in np.unique(objects)}
    assert groups == {
        ((0, 0), (0, 1)),
        ((0, 3), (1, 3)),
        ((2, 0),),
        ((2, 2),),
        ((0, 2), (1, 0), (1, 1), (1, 2), (2, 1)),
        ((2, 3),),
    }
