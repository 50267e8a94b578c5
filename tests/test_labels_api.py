"""The endpoint `/labels`, and what the server answers to values that no label canvas sends."""

from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from gradio_client import handle_file
from PIL import Image

from studio.canvas import encode
from studio.scene import SPLIT, fitted, styles_of
from tests.conftest import gradient, label_map, refusal
from tests.test_api import bomb, damaged, no_picture
from translators import BadPicture
from translators.labels import CAMVID, CMP, coloured, instances

SIZE = (512, 384)


@pytest.fixture(scope="module")
def scene(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("scene") / "scene.png"
    label_map(SIZE, 12).save(path)
    return path


def ask(client, label_map, **controls) -> np.ndarray:
    path = client.predict(label_map=label_map, **controls, api_name="/labels")
    assert path.endswith(".png")
    return np.asarray(Image.open(path).convert("RGB"), float)


def test_ids_colours_and_canvas_value_give_the_same_picture(client, scene, tmp_path):
    ids = np.array(label_map(SIZE, 12))
    coloured(ids, CAMVID).save(tmp_path / "colours.png")
    pictures = [ask(client, value, seed=3) for value in (handle_file(scene), handle_file(tmp_path / "colours.png"), encode(ids))]
    assert pictures[0].shape == (384, 512, 3)
    assert (pictures[0] == pictures[1]).all() and (pictures[0] == pictures[2]).all()


def test_any_size_of_file_keeps_it(client, tmp_path):
    label_map((300, 200), 12).save(tmp_path / "scene.png")
    assert ask(client, handle_file(tmp_path / "scene.png")).shape == (200, 300, 3)
    label_map((200, 200), 12).save(tmp_path / "facade.png")
    assert ask(client, handle_file(tmp_path / "facade.png"), translator="facade").shape == (200, 200, 3)


def test_styles_and_seeds_change_the_picture(client, scene):
    first = ask(client, handle_file(scene), styles=[[120, 200, 0]])
    second = ask(client, handle_file(scene), styles=[[120, 200, 1]])
    assert np.abs(first - second)[140:280, 80:180].mean() > 5
    assert len({ask(client, handle_file(scene), seed=seed).tobytes() for seed in range(4)}) > 1


def test_a_dividing_line_makes_two_objects_of_one(client):
    values = np.array(label_map(SIZE, 12))
    values[200, 64:193] |= SPLIT
    first, second = (ask(client, encode(values), styles=[[120, 150, style]]) for style in (0, 1))
    changed = np.abs(first - second)
    assert changed[140:170, 100:160].mean() > 2 * changed[240:270, 100:160].mean()


def deep(path: Path) -> None:
    Image.fromarray(np.zeros((384, 512), np.uint16)).save(path)


def beyond(path: Path) -> None:
    Image.fromarray(np.tile(np.array([0, 12, 40, 255], np.uint8), (4, 1))).save(path)


def photo(path: Path) -> None:
    gradient(512, 384).save(path)


def wide(path: Path) -> None:
    Image.new("L", (3000, 20)).save(path)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (no_picture, "not a picture"),
        (damaged, "damaged"),
        (bomb, "too large"),
        (wide, "too large to paint: 3,000 x 20"),
        (deep, "8-bit ids"),
        (beyond, "ids 12, 40, 255; there are 12 classes"),
        (photo, "far from every colour"),
    ],
)
def test_bad_files(client, scene, tmp_path, make, words):
    make(tmp_path / "sent.png")
    assert words in refusal(client, "/labels", label_map=handle_file(tmp_path / "sent.png"))
    assert ask(client, handle_file(scene)).shape == (384, 512, 3)


FULL = 512 * 384


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"width": 512, "height": 384, "runs": [12, FULL]}, "a class that is not there: 12; the classes are 0 to 11"),
        ({"width": 512, "height": 384, "runs": [140, FULL]}, "not there: 140"),
        ({"width": 512, "height": 384, "runs": [256, FULL]}, "not there: 256"),
        ({"width": 512, "height": 384, "runs": [-1, FULL]}, "not there: -1"),
        ({"width": 512, "height": 384, "runs": f"3 {FULL - 1}"}, "add up to 196608"),
        ({"width": 512, "height": 512, "runs": [0, 512 * 512]}, "must be 512 x 384, not 512 x 512"),
        ({"width": 512, "height": 384, "runs": [0.0, FULL]}, "whole numbers"),
        ("nonsense", "not a label map"),
        (None, "not a label map"),
        ({"path": "/etc/passwd"}, "Upload a picture"),
    ],
)
def test_bad_canvas_values(client, value, words):
    assert words in refusal(client, "/labels", label_map=value)


@pytest.mark.parametrize(
    ("controls", "words"),
    [
        ({"translator": "shoes"}, "no translator 'shoes' for a label map"),
        ({"seed": -1}, "seed must be"),
        ({"noise": True}, "street has no control 'noise'"),
        ({"styles": [[120, 200, 2]]}, "a style of bicyclist must be a whole number from 0 to 1, not 2"),
        ({"styles": [[120, 200]]}, "list of [x, y, style]"),
        ({"styles": [[512, 0, 0]]}, "at 512, 0 lies outside the label map of 512 x 384"),
        ({"translator": "facade", "styles": [[1, 1, 0]]}, "facade has no control 'styles'"),
    ],
)
def test_bad_controls(client, scene, controls, words):
    assert words in refusal(client, "/labels", label_map=handle_file(scene), **controls)


def test_a_label_map_is_fitted_to_the_canvas_without_blending():
    ids = np.array(label_map(SIZE, 12))
    assert (fitted(Image.fromarray(ids), SIZE, CAMVID) == ids).all()
    assert set(np.unique(fitted(label_map((480, 360), 12), SIZE, CAMVID))) == set(np.unique(ids))
    assert fitted(coloured(ids, CAMVID).resize((1024, 768), Image.Resampling.NEAREST), SIZE, CAMVID).tolist() == ids.tolist()
    with pytest.raises(BadPicture, match="256 x 256; expected 512 x 384"):
        fitted(Image.new("L", (256, 256)), SIZE, CAMVID)
    with pytest.raises(BadPicture, match="ids 12"):
        fitted(Image.new("L", (256, 256), 12), (256, 256), CMP)


def test_a_place_names_the_object_around_it():
    objects = instances(np.array([[0, 0, 5], [0, 0, 5]], np.uint8))
    assert styles_of([[0, 1, 3], [2, 0, 1], [1, 0, 4]], objects) == {int(objects[0, 0]): 4, int(objects[0, 2]): 1}
    for wrong in ("none", [[0, 0, True]], [[0, 0, 1.0]], [[0, 0, 1, 1]]):
        with pytest.raises(gr.Error, match="whole numbers"):
            styles_of(wrong, objects)
