"""The endpoint `/draw`, called as a stranger would, and what the server answers to values that no canvas sends."""

import json
import struct
import zlib
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from gradio_client import handle_file
from PIL import Image, ImageChops

from studio.canvas import decode, encode, ids_of
from tests.conftest import outline, refusal


@pytest.fixture(scope="module")
def sketch(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("sketch") / "sketch.png"
    outline().save(path)
    return path


def ask(client, drawing, **controls) -> Image.Image:
    path = client.predict(drawing=drawing, **controls, api_name="/draw")
    assert path.endswith(".png")
    return Image.open(path).convert("RGB")


def same(a: Image.Image, b: Image.Image) -> bool:
    return a.size == b.size and ImageChops.difference(a, b).getbbox() is None


def test_file_and_canvas_value_give_the_same_picture(client, sketch):
    from_file = ask(client, handle_file(sketch), translator="shoes", seed=3)
    from_canvas = ask(client, encode(ids_of(outline())), translator="shoes", seed=3)
    assert from_file.size == (256, 256)
    assert same(from_file, from_canvas)


def test_controls_change_the_picture(client, sketch):
    drawing = handle_file(sketch)
    first = ask(client, drawing, seed=1)
    assert same(first, ask(client, drawing, seed=1))
    for change in ({"seed": 2}, {"seed": 1, "colour": "#00ff80"}, {"seed": 1, "noise": False}, {"seed": 1, "translator": "emoji"}):
        assert not same(first, ask(client, drawing, **change)), change


def test_shape_is_kept(client, tmp_path):
    outline().crop((0, 100, 512, 400)).save(tmp_path / "wide.png")
    assert ask(client, handle_file(tmp_path / "wide.png")).size == (256, 150)


def bomb(path: Path) -> Path:
    """20,000 x 20,000 white pixels in a few kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = zlib.compressobj(9)
    data = b"".join(pixels.compress(b"\0" + b"\xff" * 2500) for _ in range(20000)) + pixels.flush()
    header = struct.pack(">IIBBBBB", 20000, 20000, 1, 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b""))
    return path


def damaged(path: Path) -> Path:
    Image.effect_noise((300, 300), 60).save(path)
    path.write_bytes(path.read_bytes()[:9000])
    return path


def no_picture(path: Path) -> Path:
    path.write_text("not a picture")
    return path


def blank(path: Path) -> Path:
    Image.new("L", (512, 512), 255).save(path)
    return path


@pytest.mark.parametrize(
    ("make", "words"), [(no_picture, "not a picture"), (damaged, "damaged"), (bomb, "too large"), (blank, "draw something")]
)
def test_bad_files(client, sketch, tmp_path, make, words):
    assert words in refusal(client, "/draw", drawing=handle_file(make(tmp_path / "sent.png")))
    assert ask(client, handle_file(sketch)).size == (256, 256)


FULL = [0, 512 * 512]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"width": 512, "height": 512, "runs": FULL}, "draw something"),
        ({"width": 512, "height": 512, "runs": "0 262144"}, "draw something"),
        ({"width": 512, "height": 512, "runs": "0 262145"}, "add up to"),
        ({"width": 256, "height": 256, "runs": [0, 65536]}, "512 x 512"),
        ({"width": 512, "height": 512, "runs": [0, 5]}, "add up to"),
        ({"width": 512, "height": 512, "runs": [7, 512 * 512]}, "class"),
        ({"width": 512, "height": 512, "runs": [0, -1, 0, 512 * 512 + 1]}, "lengths"),
        ({"width": 512, "height": 512, "runs": [0]}, "pairs"),
        ({"width": 512, "height": 512, "runs": [0, 262144.0]}, "whole numbers"),
        ({"width": 512, "height": 512, "runs": [False, 262144]}, "whole numbers"),
        ({"width": 512, "height": 512, "runs": "0,262144"}, "pairs"),
        ({"width": 512, "height": 512, "runs": FULL, "serial": -1}, "serial"),
        ({"runs": FULL}, "512 x 512"),
        ("nonsense", "not a drawing"),
        ("[" * 60000, "not a drawing"),
        ([1, 2], "not a drawing"),
        (None, "not a drawing"),
    ],
)
def test_bad_canvas_values(client, value, words):
    assert words in refusal(client, "/draw", drawing=value)


@pytest.mark.parametrize(
    ("controls", "words"),
    [
        ({"translator": "boots"}, "no translator"),
        ({"translator": "horse2zebra"}, "no translator"),
        ({"seed": -1}, "seed must be"),
        ({"seed": 2**31}, "seed must be"),
        ({"seed": 1.5}, "seed must be"),
        ({"seed": "many"}, "seed must be"),
        ({"colour": "red"}, "colour must be"),
        ({"noise": "loud"}, "noise must be"),
        ({"translator": ["shoes"]}, "no translator"),
    ],
)
def test_bad_controls(client, sketch, controls, words):
    assert words in refusal(client, "/draw", drawing=handle_file(sketch), **controls)


def test_no_file_of_the_server_is_read(client, weights_folder):
    """Gradio looks at a path only when it comes with the mark of an upload; one without it is refused by the studio."""
    secret = next((weights_folder / "shoes" / "samples").glob("*.png"))
    for path in (str(secret), "/etc/passwd", "\0", 7, None):
        assert "Upload a picture" in refusal(client, "/draw", drawing={"path": path})


def test_these_are_public_and_no_others(client):
    assert list(client.view_api(print_info=False, return_format="dict")["named_endpoints"]) == ["/draw", "/photo", "/labels"]


def test_runs_there_and_back():
    ids = np.random.default_rng(0).integers(0, 2, (512, 512)).astype(np.uint8)
    for sheet in (ids, np.zeros_like(ids), np.ones_like(ids)):
        assert (decode({**encode(sheet), "serial": 7}).ids == sheet).all()
    assert decode(json.dumps(encode(ids))).ink == ids.sum()
    with pytest.raises(gr.Error, match="512"):
        decode(encode(ids[:256]))
