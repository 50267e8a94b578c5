"""The data set doctor: every finding on a small data set that has it and none on a sound one; archives, the Hub, and the real sets."""

import io
import json
import stat
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub import constants
from huggingface_hub.utils import close_session
from PIL import Image, ImageDraw
from typer.testing import CliRunner

from tests.hub_server import HubServer
from train.__main__ import app
from train.doctor import Report, examine, sources
from train.doctor.look import hashes, look, see
from translators.labels import MAPS

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
SIDE = 96


def photo(seed: int, size: tuple[int, int] = (SIDE, SIDE)) -> Image.Image:
    """Coloured clouds with some noise, unlike those of every other seed."""
    rng = np.random.default_rng(seed)
    clouds = Image.fromarray(rng.integers(0, 256, (6, 6, 3), np.uint8)).resize(size, Image.Resampling.BICUBIC)
    noise = rng.integers(-25, 26, (size[1], size[0], 3))
    return Image.fromarray((np.asarray(clouds, np.int16) + noise).clip(0, 255).astype(np.uint8))


def drawing(seed: int) -> Image.Image:
    """Black lines on white."""
    rng = np.random.default_rng(seed)
    picture = Image.new("RGB", (SIDE, SIDE), "white")
    pen = ImageDraw.Draw(picture)
    for _ in range(4):
        pen.line([tuple(int(v) for v in rng.integers(8, SIDE - 8, 2)) for _ in range(3)], fill="black", width=2)
    return picture


def labels(seed: int) -> np.ndarray:
    """Ids 0, 1, 2: a ground, a box, and a box in it."""
    rng = np.random.default_rng(seed)
    ids = np.zeros((SIDE, SIDE), np.uint8)
    x, y = (int(v) for v in rng.integers(4, 30, 2))
    ids[y : y + 50, x : x + 60] = 1
    ids[y + 10 : y + 30, x + 10 : x + 30] = 2
    return ids


COLOURS = np.array([(200, 40, 40), (40, 200, 60), (30, 60, 220)], np.uint8)


def save(picture: Image.Image, path: Path, **options) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, **options)
    return path


def beside(left: Image.Image, right: Image.Image) -> Image.Image:
    both = Image.new("RGB", (left.width + right.width, left.height))
    both.paste(left, (0, 0))
    both.paste(right, (left.width, 0))
    return both


SPLITS = {"train": range(12), "val": range(20, 24), "test": range(30, 34)}


def side_by_side(root: Path) -> Path:
    for split, seeds in SPLITS.items():
        for i in seeds:
            save(beside(drawing(i), photo(i)), root / split / f"{i}.png")
    return root


def two_folders(root: Path) -> Path:
    for split, seeds in SPLITS.items():
        for i in seeds:
            save(drawing(i).convert("1"), root / split / "edges" / f"{i}.png")
            save(photo(i), root / split / "photo" / f"{i}.jpg", quality=90)
    return root


def label_maps(root: Path) -> Path:
    for split, seeds in SPLITS.items():
        for i in seeds:
            save(Image.fromarray(labels(i)), root / split / "label" / f"{i}.png")
            save(photo(i), root / split / "image" / f"{i}.jpg", quality=90)
    return root


def unpaired(root: Path) -> Path:
    for i in range(10):
        save(photo(i), root / "trainA" / f"{i}.jpg")
        save(photo(100 + i), root / "trainB" / f"{i}.jpg")
    for i in range(3):
        save(photo(50 + i), root / "testA" / f"{i}.jpg")
        save(photo(150 + i), root / "testB" / f"{i}.jpg")
    return root


LAYOUTS = {"side by side": side_by_side, "two folders": two_folders, "photos and label maps": label_maps, "unpaired": unpaired}


def findings(report: Report, about: str, level: str | None = None) -> list[str]:
    return [f.text for f in report.findings if f.about == about and level in (None, f.level)]


def only(report: Report, about: str, level: str) -> str:
    (text,) = findings(report, about, level)
    return text


@pytest.mark.parametrize("kind", LAYOUTS)
def test_a_sound_data_set_is_recognised_and_fine(tmp_path, kind):
    report = examine(LAYOUTS[kind](tmp_path / "data"))
    assert report.layout == kind
    assert [f.text for f in report.findings if f.level != "note"] == []
    assert report.exit_code == 0
    if kind == "unpaired":
        assert report.splits == {"train": {"A": 10, "B": 10}, "test": {"A": 3, "B": 3}}
    else:
        assert {split: set(files.values()) for split, files in report.splits.items()} == {"train": {12}, "val": {4}, "test": {4}}


def test_what_is_no_data_set_is_said_in_words(tmp_path):
    (tmp_path / "empty").mkdir()
    save(photo(0), tmp_path / "strange" / "train" / "cats" / "0.png")
    save(photo(1), tmp_path / "strange" / "train" / "dogs" / "0.png")
    save(photo(2), tmp_path / "strange" / "train" / "cows" / "0.png")
    for name, words in (("nowhere", "no such folder"), ("empty", "holds no pictures"), ("strange", "cats/, cows/, dogs/")):
        report = examine(tmp_path / name)
        assert words in only(report, "data", "error") and report.exit_code == 2
    named = examine(tmp_path / "strange", x="cats", y="dogs")
    assert named.layout == "two folders" and named.sides == ("cats", "dogs")


def test_missing_and_unread_folders(tmp_path):
    root = side_by_side(tmp_path / "data")
    (root / "test").rename(root / "testing")
    (root / "val").rename(root / "notes")
    report = examine(root)
    assert "test split" in " ".join(findings(report, "splits", "note"))
    assert "There is no val split: train is watched, but not measured." in findings(report, "splits", "note")
    assert "notes/, testing/" in only(report, "splits", "warning")
    (root / "train").rename(root / "test")
    assert "no train split" in only(examine(root), "splits", "error")
    flat = tmp_path / "flat"
    save(beside(drawing(0), photo(0)), flat / "0.png")
    assert "lie in flat/ itself" in only(examine(flat), "splits", "error")


def test_unreadable_files_are_named(tmp_path):
    root = unpaired(tmp_path / "data")
    cut = (root / "trainA" / "3.jpg").read_bytes()
    (root / "trainA" / "3.jpg").write_bytes(cut[: len(cut) // 2])
    (root / "trainB" / "._5.jpg").write_bytes(b"\x00\x05\x16\x07 what macOS leaves in archives")
    (root / "testA" / "list.txt").write_text("0.jpg")
    report = examine(root)
    texts = findings(report, "unreadable", "error")
    assert any("trainA/3.jpg" in text and "truncated" in text for text in texts)
    assert any("trainB/._5.jpg" in text and "not a picture" in text for text in texts)
    assert "testA/list.txt" in only(report, "files", "warning")
    assert report.exit_code == 2


def test_a_picture_of_a_billion_pixels_is_not_decoded(tmp_path):
    root = unpaired(tmp_path / "data")
    Image.new("1", (40_000, 30_000)).save(root / "trainA" / "large.png")
    Image.new("L", (6_000, 5_000)).save(root / "trainB" / "large.png")
    text = only(examine(root), "unreadable", "error")
    assert text == "2 files cannot be read (more than 25 million pixels): trainA/large.png, trainB/large.png."


def test_missing_partners_and_names_that_occur_twice(tmp_path):
    root = two_folders(tmp_path / "data")
    (root / "train" / "photo" / "4.jpg").unlink()
    (root / "test" / "edges" / "31.png").unlink()
    save(photo(3), root / "val" / "photo" / "21.png")
    texts = findings(examine(root), "pairs", "error")
    assert any("train/edges/4.png" in text and "without a partner in photo/" in text for text in texts)
    assert any("test/photo/31.jpg" in text and "without a partner in edges/" in text for text in texts)
    assert any("val/photo/21.jpg, val/photo/21.png" in text for text in texts)


def test_sizes(tmp_path):
    root = two_folders(tmp_path / "data")
    save(photo(3, (SIDE, 80)), root / "train" / "photo" / "3.jpg")
    assert "train/edges/3.png is 96×96 and train/photo/3.jpg 96×80" in only(examine(root), "sizes", "error")

    root = side_by_side(tmp_path / "beside")
    save(photo(1, (191, 96)), root / "train" / "1.png")
    save(photo(2, (300, 100)), root / "train" / "2.png")
    save(photo(3, (80, 40)), root / "train" / "3.png")
    report = examine(root)
    assert "odd width" in only(report, "sizes", "error") and "train/1.png" in only(report, "sizes", "error")
    warnings = " ".join(findings(report, "sizes", "warning"))
    assert "3 pictures of another size than the rest (most are 96×96; these 40×40 to 150×100)" in warnings
    assert "less than 64 pixels (1): train/3.png" in warnings and "not square" in warnings and "train/2.png" in warnings


def test_modes_that_a_conversion_to_rgb_spoils(tmp_path):
    root = unpaired(tmp_path / "data")
    grey = np.asarray(photo(0).convert("L")).astype(np.uint16) * 257
    Image.fromarray(grey).save(root / "trainA" / "deep.png")
    clear = photo(1).convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(clear.size))
    clear.save(root / "trainA" / "clear.png")
    photo(2).convert("CMYK").save(root / "trainB" / "print.jpg")
    exif = Image.Exif()
    exif[0x0112] = 6
    photo(3).save(root / "trainB" / "turned.jpg", exif=exif)
    save(photo(4).convert("L"), root / "trainB" / "grey.jpg")
    report = examine(root)
    assert "trainA/deep.png" in only(report, "modes", "error")
    warnings = findings(report, "modes", "warning")
    for name in ("trainA/clear.png", "trainB/print.jpg", "trainB/turned.jpg"):
        assert sum(name in text for text in warnings) == 1
    assert any("trainB/grey.jpg" in text and "black and white" in text for text in findings(report, "colours", "note"))


def test_blank_pictures(tmp_path):
    root = unpaired(tmp_path / "data")
    save(Image.new("RGB", (SIDE, SIDE), "grey"), root / "trainA" / "3.jpg")
    assert "trainA/3.jpg" in only(examine(root), "blank", "warning")


def test_drawings_on_the_wrong_side(tmp_path):
    right = tmp_path / "right"
    for i in range(12):
        save(beside(photo(i), drawing(i)), right / "train" / f"{i}.png")
    assert "train with --flip" in only(examine(right), "direction", "warning")
    assert "takes them for the input" in only(examine(right, flip=True), "direction", "note")
    left = side_by_side(tmp_path / "left")
    assert "takes them for the input" in only(examine(left), "direction", "note")
    assert "leave --flip out" in only(examine(left, flip=True), "direction", "warning")


def test_flat_labels_on_the_wrong_side_survive_jpeg(tmp_path):
    root = tmp_path / "data"
    for i in range(12):
        save(beside(photo(i), Image.fromarray(COLOURS[labels(i)])), root / "train" / f"{i}.jpg", quality=75)
    assert "The right halves look like label maps" in only(examine(root), "direction", "warning")


def test_one_pair_the_other_way_round_is_named(tmp_path):
    root = side_by_side(tmp_path / "data")
    save(beside(photo(5), drawing(5)), root / "train" / "5.png")
    assert "1 pair lies the other way round than the rest: train/5.png." in only(examine(root), "direction", "warning")


def test_two_folders_swapped(tmp_path):
    root = two_folders(tmp_path / "data")
    for split in SPLITS:
        (root / split / "edges").rename(root / split / "were edges")
        (root / split / "photo").rename(root / split / "edges")
        (root / split / "were edges").rename(root / split / "photo")
    report = examine(root)
    assert "photo/ look like line drawings" in only(report, "direction", "warning")
    assert findings(examine(root, x="photo", y="edges"), "direction", "warning") == []


def test_ids_beyond_the_classes(tmp_path):
    root = label_maps(tmp_path / "data")
    assert "train with --classes 3" in only(examine(root), "classes", "note")
    assert "20 label maps with ids beyond the 2 classes (2): train/label/0.png" in only(examine(root, classes=2), "classes", "error")
    ids = labels(2)
    ids[:4] = 255
    save(Image.fromarray(ids), root / "train" / "label" / "2.png")
    assert "255" in only(examine(root), "classes", "warning")
    text = only(examine(root, classes=3), "classes", "error")
    assert text == "1 label map with ids beyond the 3 classes (255): train/label/2.png."


def test_the_class_histogram_counts_pixels(tmp_path):
    root = label_maps(tmp_path / "data")
    report = examine(root, palette="cmp")
    maps = np.stack([labels(i) for i in SPLITS["train"]])
    assert report.classes[:3] == ("0 background", "1 wall", "2 window") and len(report.classes) == 12
    assert report.shares["train"][:4] == pytest.approx([(maps == i).mean() for i in range(4)], abs=1e-5)
    coloured = tmp_path / "coloured"
    colours = np.array([(13, 61, 251), (255, 68, 1), (0, 201, 255)], np.uint8)
    for i in range(12):
        save(beside(Image.fromarray(colours[labels(i)]), photo(i)), coloured / "train" / f"{i}.png")
    report = examine(coloured)
    assert dict(zip(report.classes, report.shares["train"], strict=True))["cornice"] == pytest.approx((maps == 1).mean(), abs=1e-5)


def test_a_class_that_only_the_test_shows(tmp_path):
    root = label_maps(tmp_path / "data")
    save(Image.fromarray(labels(30) + np.uint8(2)), root / "test" / "label" / "30.png")
    assert "test has classes that train never shows: 3, 4." in only(examine(root), "classes", "warning")


def test_coloured_label_maps_and_swapped_folders(tmp_path):
    root = label_maps(tmp_path / "data")
    save(Image.fromarray(COLOURS[labels(1)]), root / "train" / "label" / "1.png")
    assert "1 label map in mode RGB" in only(examine(root), "classes", "error")
    for split in SPLITS:
        (root / split / "label").rename(root / split / "were labels")
        (root / split / "image").rename(root / split / "label")
        (root / split / "were labels").rename(root / split / "image")
    assert "the two folders are swapped" in only(examine(root), "direction", "error")


def test_the_same_picture_in_train_and_test(tmp_path):
    """Saved again at another quality, slightly brighter, or mirrored: it is found; and nothing else is."""
    root = unpaired(tmp_path / "data")
    save(photo(4).point(lambda v: min(255, v + 3)), root / "testA" / "again.jpg", quality=60)
    save(photo(107).transpose(Image.Transpose.FLIP_LEFT_RIGHT), root / "testB" / "mirror.jpg")
    report = examine(root)
    a, b = findings(report, "twins", "warning")
    assert "trainA and testA" in a and "testA/again.jpg is like trainA/4.jpg" in a
    assert "trainB and testB" in b and "testB/mirror.jpg mirrors trainB/7.jpg" in b
    assert report.exit_code == 1
    assert (report.nearest[0].difference, report.nearest[1].difference) < (0.1, 0.1)


def test_the_same_picture_in_both_domains_and_twice_in_train(tmp_path):
    root = unpaired(tmp_path / "data")
    save(photo(4), root / "trainB" / "stray.png")
    save(photo(6), root / "trainA" / "twice.png")
    report = examine(root)
    assert "trainB/stray.png is like trainA/4.jpg" in only(report, "twins", "warning")
    assert "trainA/twice.png is like trainA/6.jpg" in only(report, "twins", "note")


def test_one_drawing_with_two_targets_is_said(tmp_path):
    root = side_by_side(tmp_path / "data")
    save(beside(drawing(3), photo(77)), root / "test" / "other.png")
    assert "test/other.png is like train/3.png" in only(examine(root), "twins", "note")


def test_the_hash_knows_a_picture_again_and_its_mirror_image():
    grey = np.asarray(photo(5).convert("L").resize((32, 32), Image.Resampling.BOX), np.float32)
    plain, mirrored = hashes(grey)
    assert hashes(grey[:, ::-1]) == (mirrored, plain)
    assert (hashes(0.8 * grey + 20)[0] ^ plain).bit_count() <= 1
    other = np.asarray(photo(6).convert("L").resize((32, 32), Image.Resampling.BOX), np.float32)
    assert (hashes(other)[0] ^ plain).bit_count() > 16


def test_what_is_measured_of_a_picture(tmp_path):
    seen = look(drawing(0))
    assert seen.is_drawing and seen.rough < 0.2
    assert not look(photo(0)).is_drawing and look(photo(0)).rough > 0.5
    assert not look(Image.new("RGB", (64, 64), "white")).is_drawing
    assert see(save(Image.new("RGB", (1, 1)), tmp_path / "dot.png"), halves=True).looks != ()


# archives


def zipped(root: Path, archive: Path, top: str = "") -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(root.rglob("*")):
            if path.is_file():
                packed.write(path, top + path.relative_to(root).as_posix())
    return archive


def test_an_archive_is_read_as_the_folder_in_it(tmp_path):
    root = two_folders(tmp_path / "data")
    (root / "readme.txt").write_text("not unpacked")
    plain, packed = examine(root), examine(zipped(root, tmp_path / "data.zip", top="download/data/"))
    assert packed.splits == plain.splits and packed.layout == plain.layout
    assert {f.text for f in packed.findings} - {f.text for f in plain.findings} == {"The data set lies in download/data/ of it."}


def png() -> bytes:
    held = io.BytesIO()
    photo(0).save(held, "PNG")
    return held.getvalue()


def entry(name: str, **facts) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)
    for fact, value in facts.items():
        setattr(member, fact, value)
    return member


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ([("../escaped.png", {})], "leads out"),
        ([("train/../../escaped.png", {})], "leads out"),
        ([("/tmp/escaped.png", {})], "leads out"),
        ([("..\\escaped.png", {})], "leads out"),
        ([("C:/escaped.png", {})], "leads out"),
        ([("train/link.png", {"external_attr": (stat.S_IFLNK | 0o777) << 16})], "is a link"),
        ([("train/0.png", {}), ("train/./0.png", {})], "twice"),
    ],
)
def test_archives_that_cannot_be_trusted_are_refused_whole(tmp_path, members, words):
    archive = tmp_path / "inner" / "bad.zip"
    archive.parent.mkdir()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("train/good.png", png())
        for name, facts in members:
            packed.writestr(entry(name, **facts), png())
    folder = tmp_path / "inner" / "out"
    folder.mkdir()
    with pytest.raises(sources.BadData, match=words):
        sources.unpack(archive, folder)
    assert not list(folder.rglob("*")) and not list(tmp_path.rglob("escaped.png"))
    assert words in only(examine(archive), "data", "error")


def test_bombs_are_not_unpacked(tmp_path, monkeypatch):
    archive, folder = tmp_path / "bomb.zip", tmp_path / "out"
    folder.mkdir()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for i in range(3):
            packed.writestr(f"train/{i}.bmp", bytes(50 * 2**20))
    with pytest.raises(sources.BadData, match="no pictures do"):
        sources.unpack(archive, folder)
    monkeypatch.setattr(sources, "LARGEST", 2**20)
    with pytest.raises(sources.BadData, match="would unpack to 52,428,800 bytes"):
        sources.unpack(archive, folder)
    monkeypatch.setattr(sources, "MOST_FILES", 2)
    with pytest.raises(sources.BadData, match="3 files; at most 2"):
        sources.unpack(archive, folder)
    assert not list(folder.iterdir())


def test_an_archive_that_lies_about_a_size_or_is_damaged(tmp_path):
    root = side_by_side(tmp_path / "data")
    archive = zipped(root, tmp_path / "data.zip")
    whole = archive.read_bytes()
    for name, content in (
        ("cut", whole[: len(whole) // 2]),
        ("text", b"not an archive"),
        ("flipped", whole[:2000] + b"xxxx" + whole[2004:]),
    ):
        bad = tmp_path / f"{name}.zip"
        bad.write_bytes(content)
        report = examine(bad)
        assert report.exit_code == 2 and len(findings(report, "data", "error")) == 1, name
    with pytest.raises(zipfile.BadZipFile, match="more than the promised 10 bytes"):
        sources.copy(io.BytesIO(bytes(100)), io.BytesIO(), 10)


# the Hub


@pytest.fixture
def hub(tmp_path, monkeypatch):
    with HubServer() as server:
        monkeypatch.setattr(constants, "ENDPOINT", server.url)
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", server.url + "/{repo_id}/resolve/{revision}/{filename}")
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        yield server


def files_of(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_data_set_on_the_hub_and_its_revisions(tmp_path, hub):
    root = two_folders(tmp_path / "data")
    old = hub.publish("datasets/someone/shoes", files_of(root) | {"README.md": b"# Shoes"})
    (root / "train" / "photo" / "4.jpg").unlink()
    hub.publish("datasets/someone/shoes", files_of(root))
    assert examine(f"hf://someone/shoes@{old}").exit_code == 0
    assert not any("README" in line for line in hub.asked if "resolve" in line)  # pictures alone come down
    assert "train/edges/4.png" in only(examine("hf://datasets/someone/shoes"), "pairs", "error")
    hub.__exit__()
    close_session()
    assert examine(f"hf://someone/shoes@{old}").exit_code == 0  # from the cache


def test_an_archive_on_the_hub(tmp_path, hub):
    archive = zipped(side_by_side(tmp_path / "data"), tmp_path / "data.zip")
    hub.publish("datasets/someone/drawings", {"data.zip": archive.read_bytes()})
    assert examine("hf://someone/drawings").layout == "side by side"


def test_what_the_hub_has_not_is_said(tmp_path, hub):
    hub.publish("datasets/someone/shoes", {"train/0.png": png()})
    for source, words in (
        ("hf://nobody/nothing", "no such data set"),
        ("hf://someone/shoes@" + "0" * 40, "not that revision"),
        ("hf://someone", "expected hf://owner/name"),
        ("hf://some one/shoes", "no name that the Hub knows"),
    ):
        assert words in only(examine(source), "data", "error")
    hub.__exit__()
    close_session()  # and with it the connection that a gone server still answers on
    assert "cannot be reached" in only(examine("hf://someone/other"), "data", "error")


# the command


def doctor(*words: str):
    argv = sys.argv
    try:
        return CliRunner().invoke(app, ["doctor", *words])
    finally:
        sys.argv = argv


def test_the_command_prints_one_line_a_finding_and_exits_with_the_worst(tmp_path):
    root = two_folders(tmp_path / "data")
    done = doctor(str(root))
    assert done.exit_code == 0 and "layout  two folders (edges, photo)" in done.stdout and "Fine." in done.stdout
    save(photo(3), root / "test" / "photo" / "31.jpg")
    assert doctor(str(root)).exit_code == 1
    (root / "train" / "photo" / "4.jpg").unlink()
    done = doctor(str(root))
    assert done.exit_code == 2
    (line,) = [line for line in done.stdout.splitlines() if "without a partner" in line]
    assert line.startswith("error") and line.endswith("train/edges/4.png.")


def test_json_for_scripts(tmp_path):
    root = label_maps(tmp_path / "data")
    done = doctor(str(root), "--json", "--classes", "2")
    told = json.loads(done.stdout)
    assert told["exit_code"] == done.exit_code == 2
    (error,) = [finding for finding in told["findings"] if finding["level"] == "error"]
    assert len(error["files"]) == 20 and "train/label/0.png" in error["files"]
    assert told["layout"] == "photos and label maps" and told["sizes"] == {"96×96": 40}


@pytest.mark.parametrize("kind", LAYOUTS)
def test_the_contact_sheet_shows_every_split(tmp_path, kind):
    root = LAYOUTS[kind](tmp_path / "data")
    done = doctor(str(root), "--sheet", str(tmp_path / "new" / "sheet.png"))
    assert done.exit_code == 0 and "sheet.png" in done.stdout
    sheet = Image.open(tmp_path / "new" / "sheet.png")
    assert sheet.format == "PNG" and sheet.width > 1000 and sheet.height > 400
    assert len(np.unique(np.asarray(sheet).reshape(-1, 3), axis=0)) > 1000


# the real data sets, a few files of each


def reduced(tmp_path: Path, name: str, keep: dict[str, set[str]] | None = None, every: int = 16) -> Path:
    """Links to every `every`-th file of each split by stem, and to those in `keep`."""
    if not (SHARED / name).is_dir():
        pytest.skip(f"the real data (../shared/data/{name}) are not here")
    folders = sorted({path.parent for path in (SHARED / name).rglob("*.*") if path.is_file()})
    for folder in folders:
        place = folder.relative_to(SHARED / name)
        (tmp_path / name / place).mkdir(parents=True)
        stems = sorted(path.stem for path in folder.iterdir())
        wanted = set(stems[::every]) | (keep or {}).get(place.parts[0], set())
        for path in folder.iterdir():
            if path.stem in wanted:
                (tmp_path / name / place / path.name).symlink_to(path)
    return tmp_path / name


def test_shoes_one_of_them_in_train_and_test(tmp_path):
    report = examine(reduced(tmp_path, "shoes", {"train": {"2806"}, "test": {"2644"}}))
    assert report.layout == "two folders" and report.sides == ("edges", "photo")
    assert "edges/ look like line drawings" in only(report, "direction", "note")
    assert only(report, "twins", "warning").endswith("test/photo/2644.jpg is like train/photo/2806.jpg.")
    assert [f for f in report.findings if f.level == "error"] == []


def test_emoji_are_drawn_on_the_left(tmp_path):
    report = examine(reduced(tmp_path, "emoji", {"train": {"1F31B"}, "val": {"1F31C"}}, every=8))
    assert "The left halves look like line drawings" in only(report, "direction", "note")
    assert "val/1F31C.png mirrors train/1F31B.png" in " ".join(findings(report, "twins", "warning"))


def test_facades_have_their_labels_on_the_right(tmp_path):
    report = examine(reduced(tmp_path, "facades", every=8))
    assert "The right halves look like label maps" in only(report, "direction", "warning")
    shares = dict(zip(report.classes, report.shares["train"], strict=True))
    assert shares["wall"] == max(shares.values()) and shares["window"] > 0.08
    flipped = examine(reduced(tmp_path / "again", "facades", every=8), flip=True)
    assert flipped.sides == ("right", "left") and findings(flipped, "direction", "warning") == []


def test_maps_have_their_map_on_the_right(tmp_path):
    report = examine(reduced(tmp_path, "maps"))
    assert "The right halves look like label maps" in only(report, "direction", "warning")
    assert findings(report, "twins", "warning") == []
    for shares in report.shares.values():  # in the colours of a map
        assert len(shares) == len(MAPS) and sum(shares) == pytest.approx(1, abs=1e-3)
    assert report.shares.keys() == {"train", "val"}


def test_horses_two_of_them_in_train_and_test(tmp_path):
    keep = {"trainA": {"n02381460_3811"}, "testA": {"n02381460_1160"}, "trainB": {"n02391049_2136"}, "testB": {"n02391049_5240"}}
    report = examine(reduced(tmp_path, "horse2zebra", keep))
    assert report.layout == "unpaired"
    horse, zebra = findings(report, "twins", "warning")
    assert "testA/n02381460_1160.jpg is like trainA/n02381460_3811.jpg" in horse
    assert "testB/n02391049_5240.jpg is like trainB/n02391049_2136.jpg" in zebra


def test_monets_are_fine(tmp_path):
    assert examine(reduced(tmp_path, "monet2photo", every=8)).exit_code == 0


def test_camvid_has_twelve_classes(tmp_path):
    report = examine(reduced(tmp_path, "camvid"), palette="camvid")
    assert report.layout == "photos and label maps" and report.exit_code == 0
    assert report.classes[3] == "3 road" and 0.2 < report.shares["train"][3] < 0.4
    assert "ids beyond the 11 classes (11)" in only(examine(tmp_path / "camvid", classes=11), "classes", "error")
