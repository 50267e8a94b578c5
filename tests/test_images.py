"""What people send: odd pictures come out right, hostile ones are refused in one sentence that names the file."""

import io
import struct
import zlib

import numpy as np
import pytest
import torch
from PIL import Image

from translators.errors import BadPicture
from translators.images import on_white, open_hints, open_label_map, open_picture, to_image, to_tensor


def gradient(width=64, height=48) -> Image.Image:
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return Image.fromarray(np.stack([x, y, 255 - x], 2).astype(np.uint8))


def png_header(path, width, height):
    """A PNG whose header promises width x height pixels and whose data hold none."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b""))
    return path


def refusal(path) -> str:
    with pytest.raises(BadPicture) as caught:
        open_picture(path)
    message = str(caught.value)
    assert path.name in message
    assert str(path.parent) not in message
    assert "\n" not in message
    return message


def test_every_grey_survives_the_border():
    every = Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16)).convert("RGB")
    x = to_tensor(every)
    assert x.shape == (1, 3, 16, 16)
    assert (x.min(), x.max()) == (-1, 1)
    assert np.array_equal(to_image(x), every)


def test_values_outside_are_clipped_and_bfloat16_is_taken():
    assert to_image(torch.tensor([-9.0, 0.0, 9.0]).view(1, 3, 1, 1).bfloat16()).getpixel((0, 0)) == (0, 128, 255)


def test_plain_formats(tmp_path):
    for ending in ("png", "bmp", "tiff", "webp", "jpg"):
        path = tmp_path / f"picture.{ending}"
        gradient().save(path, **({"lossless": True} if ending == "webp" else {}))
        opened = open_picture(path)
        assert (opened.mode, opened.size) == ("RGB", (64, 48))
        assert np.abs(np.asarray(opened, int) - np.asarray(gradient(), int)).mean() < 4


def test_transparency_is_laid_on_white(tmp_path):
    clear_black = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    clear_black.save(tmp_path / "alpha.png")
    palette = Image.new("P", (4, 4), 0)
    palette.putpalette([0, 0, 0, 200, 10, 10])
    palette.putpixel((1, 1), 1)
    palette.save(tmp_path / "palette.png", transparency=0)
    assert open_picture(tmp_path / "alpha.png").getpixel((0, 0)) == (255, 255, 255)
    opened = open_picture(tmp_path / "palette.png")
    assert (opened.getpixel((0, 0)), opened.getpixel((1, 1))) == ((255, 255, 255), (200, 10, 10))


def test_sixteen_bit_grey_is_scaled_not_clipped(tmp_path):
    Image.fromarray(np.array([[0, 257 * 100, 65535]], np.uint16)).save(tmp_path / "deep.png")
    assert [pixel[0] for pixel in np.asarray(open_picture(tmp_path / "deep.png"))[0]] == [0, 100, 255]


def test_a_label_map_keeps_its_values_mode_and_size(tmp_path):
    ids = np.arange(12, dtype=np.uint8).reshape(3, 4)
    indexed = Image.fromarray(ids).convert("P")
    indexed.putpalette(bytes(range(255, 219, -1)))
    for picture in (Image.fromarray(ids), indexed):
        picture.save(tmp_path / "ids.png")
        opened = open_label_map(tmp_path / "ids.png")
        assert opened.mode == picture.mode and (np.array(opened) == ids).all()
    Image.fromarray(np.zeros((3, 4), np.uint16)).save(tmp_path / "deep.png")
    assert open_label_map(tmp_path / "deep.png").mode == "I;16"  # refused where its ids are read
    (tmp_path / "no.png").write_text("not a picture")
    with pytest.raises(BadPicture, match=r"no\.png is not a picture"):
        open_label_map(tmp_path / "no.png")


def test_cmyk_jpeg_and_grey(tmp_path):
    Image.new("CMYK", (32, 32), (0, 255, 255, 0)).save(tmp_path / "press.jpg")
    red, green, blue = open_picture(tmp_path / "press.jpg").getpixel((5, 5))
    assert red > 200
    assert max(green, blue) < 60
    assert on_white(Image.new("1", (3, 3), 1)).getpixel((0, 0)) == (255, 255, 255)


def test_animation_gives_its_first_frame(tmp_path):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    assert open_picture(tmp_path / "moving.gif").getpixel((3, 3)) == (255, 0, 0)


def test_exif_orientation(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    gradient(64, 48).save(tmp_path / "phone.jpg", exif=exif)
    assert open_picture(tmp_path / "phone.jpg").size == (48, 64)


def test_not_a_picture(tmp_path):
    text, vector = tmp_path / "note.png", tmp_path / "drawing.svg"
    text.write_text("not a picture")
    vector.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    assert "not a picture" in refusal(text)
    assert "not a picture" in refusal(vector)
    assert "no file" in refusal(tmp_path / "absent.png")


def test_damaged_files(tmp_path):
    whole = tmp_path / "whole.jpg"
    gradient(640, 480).save(whole)
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(whole.read_bytes()[:3000])
    assert "damaged" in refusal(cut)
    assert "damaged" in refusal(png_header(tmp_path / "hollow.png", 100, 100))


@pytest.mark.parametrize("size", [(20_000, 20_000), (13_000, 11_000), (30_000, 10)])
def test_bombs_are_refused_before_decoding(tmp_path, monkeypatch, size):
    bomb = png_header(tmp_path / "bomb.png", *size)
    monkeypatch.setattr(Image.Image, "load", lambda self: pytest.fail("decoded"))
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("decoded"))
    assert "too large" in refusal(bomb)


def test_large_jpeg_is_decoded_small(tmp_path):
    photo = tmp_path / "huge.jpg"
    Image.new("L", (12_000, 9_000), 180).save(photo)
    opened = open_picture(photo, longest=1024)
    assert opened.size == (1024, 768)
    assert opened.getpixel((500, 500)) == (180, 180, 180)


def test_large_progressive_jpeg_is_refused(tmp_path):
    photo = tmp_path / "progressive.jpg"
    Image.new("L", (6_000, 5_000), 180).save(photo, progressive=True)
    assert "too large" in refusal(photo)


def scans_of(path, width: int, height: int) -> None:
    """A baseline JPEG of three scans, one a component, from one of grey."""
    file = io.BytesIO()
    Image.new("L", (width, height), 128).save(file, "JPEG")
    data, place, kept = file.getvalue(), 2, b"\xff\xd8"
    while (marker := data[place + 1]) != 0xDA:
        length = 2 + int.from_bytes(data[place + 2 : place + 4])
        part = data[place : place + length]
        if marker == 0xC0:
            part = struct.pack(">HHBHHB", 0xFFC0, 17, 8, height, width, 3) + b"".join(bytes([c, 0x11, 0]) for c in (1, 2, 3))
        kept, place = kept + part, place + length
    scan = data[place + 2 + int.from_bytes(data[place + 2 : place + 4]) : -2]
    scans = [b"\xff\xda" + struct.pack(">HB", 8, 1) + bytes([c, 0, 0, 63, 0]) + scan for c in (1, 2, 3)]
    path.write_bytes(kept + b"".join(scans) + b"\xff\xd9")


def test_large_jpeg_of_several_scans_is_refused(tmp_path):
    scans_of(tmp_path / "small.jpg", 64, 48)
    assert open_picture(tmp_path / "small.jpg").size == (64, 48)
    scans_of(tmp_path / "scans.jpg", 6_000, 5_000)
    assert "too large" in refusal(tmp_path / "scans.jpg")
    Image.new("RGB", (6_000, 5_000)).save(tmp_path / "one.jpg")
    assert open_picture(tmp_path / "one.jpg", 512).size == (512, 427)


def test_floating_point_numbers_are_refused(tmp_path):
    Image.fromarray(np.full((4, 4), 0.5, np.float32)).save(tmp_path / "float.tif")
    with pytest.raises(BadPicture, match="floating point"):
        open_picture(tmp_path / "float.tif")


def test_hints_lie_as_their_drawing(tmp_path):
    exif, hints = Image.Exif(), Image.new("RGBA", (64, 48))
    exif[0x0112] = 6
    hints.save(tmp_path / "turned.png", exif=exif)
    assert open_hints(tmp_path / "turned.png").size == open_picture(tmp_path / "turned.png").size == (48, 64)


def test_reduced_with_its_aspect_kept(tmp_path):
    Image.new("RGB", (3000, 1000)).save(tmp_path / "wide.png")
    assert open_picture(tmp_path / "wide.png", longest=600).size == (600, 200)
