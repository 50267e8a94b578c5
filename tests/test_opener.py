"""Behind the panel that opens one's own translator: what is found in a file, what is refused, whose it is, and that nothing of it stays."""

import contextlib
import pickle
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from gradio.context import LocalContext
from PIL import Image

from studio import doctor, draw, guests, jobs, labels, networks, opener, restyled, uploads, words
from studio.canvas import Sheet
from studio.identity import identity
from studio.picker import known, offer
from tests import original_networks as original
from tests.conftest import gradient, outline
from tests.test_porting import checkpoint, same
from tests.test_upstream import REFERENCE, needs_reference
from translators import UnknownTranslator
from translators.from_drawing import DrawingTranslator
from translators.from_labels import LabelTranslator

KINDS = ("drawing", "photo", "label map")


@contextlib.contextmanager
def visit(session: str | None):
    """What is called here is called for that session."""
    before = LocalContext.request.set(session and SimpleNamespace(session_hash=session))
    try:
        yield
    finally:
        LocalContext.request.reset(before)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The upload folder, and a session "anna" in a server without guests; nothing that was sent stays."""
    (tmp_path / "files").mkdir()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "files"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "files"))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr(guests, "_guests", {})
    with visit("anna"):
        yield tmp_path / "files"


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    """Checkpoints as the original code saves them."""
    folder = tmp_path_factory.mktemp("checkpoints")
    checkpoint(folder / "unet.pth", original.unet(3, 3, 4, 6, original.batch))
    checkpoint(folder / "shallow.pth", original.unet(3, 3, 4, 4, original.batch))
    checkpoint(folder / "resnet.pth", original.resnet(3, 3, 4, 2, original.batch, dropout=True))
    checkpoint(folder / "resized.pth", original.resnet(3, 3, 4, 2, original.instance, resize="bilinear"))
    checkpoint(folder / "global.pth", original.hd_global(8, 3, 4, 3, 1, original.instance))
    checkpoint(folder / "judge.pth", original.patchgan(6, 4, 3, original.batch))
    return folder


def send(folder: Path, path: Path, takes: str = "drawing", pieces: int = 2, **more) -> dict:
    """The panel's answer to a file that came in pieces."""
    data, sent = path.read_bytes(), []
    for number, part in enumerate(np.array_split(np.frombuffer(data, np.uint8), pieces)):
        place = folder / f"{number}" / f"x-{number}.piece"
        place.parent.mkdir()
        place.write_bytes(part.tobytes())
        sent.append(str(place))
    answer = opener.answered({"number": 7, "takes": takes, "pieces": sent, "name": path.name, **more}, KINDS)
    assert list(folder.rglob("*")) == [] and answer["number"] == 7
    return answer


def painted(handle: str, seed: int = 0, noise: bool = True) -> dict:
    return draw.paint(Sheet(np.uint8(np.asarray(outline()) == 0), 3), handle, {"seed": seed, "noise": noise}, None)


def test_a_checkpoint_in_pieces_paints(folder, files):
    answer = send(folder, files / "unet.pth", pieces=3)
    assert (answer["title"], answer["method"], answer["takes"]) == ("unet", "pix2pix U-Net of 6 halvings, 4 wide", "drawing")
    assert answer["arguments"]["downs"] == 6 and answer["settings"] == {"statistics": "image", "noise": True}
    assert answer["offer"]["own"] and answer["offer"]["controls"] == ["seed", "noise"] and answer["offer"]["missing"] == ""
    handle = answer["offer"]["name"]
    assert known(handle, "drawing") == handle and isinstance(networks.get(handle), DrawingTranslator)
    first = painted(handle)
    assert first["picture"].startswith("data:image/png")
    assert (first["title"], first["file"], first["translator"]) == ("unet", "unet", handle)
    assert painted(handle)["picture"] == first["picture"] != painted(handle, seed=1)["picture"]
    assert identity(handle)["method"] == answer["method"] and identity(handle)["shelves"] == []
    assert doctor.examine(outline(), handle)["code"] == "unknown"  # nobody knows what lines it learnt from
    assert draw.surprise(handle).size == (512, 512)  # one of another's


def test_what_the_file_leaves_open_can_be_set(folder, files):
    handle = send(folder, files / "unet.pth")["offer"]["name"]
    first = painted(handle, noise=False)["picture"]
    answer = opener.answered({"number": 8, "handle": handle, "statistics": "running"}, KINDS)
    assert answer["settings"]["statistics"] == "running" and answer["offer"]["name"] == handle
    assert painted(handle, noise=False)["picture"] != first
    assert opener.answered({"handle": handle, "statistics": "image"}, KINDS)["settings"]["statistics"] == "image"
    assert painted(handle, noise=False)["picture"] == first

    assert answer["offer"]["noise"] is True
    answer = opener.answered({"number": 9, "handle": handle, "noise": False}, KINDS)
    assert answer["offer"]["noise"] is answer["settings"]["noise"] is False
    assert same(networks.get(handle).translate(outline(), seed=1), networks.get(handle).translate(outline(), seed=2))

    shallow = send(folder, files / "shallow.pth")
    assert shallow["settings"] == {"statistics": "image"}  # too few halvings for dropout
    for asked in ({"noise": True}, {"statistics": "imagined"}, {"statistics": None}, {}):
        assert "What can be set of shallow: statistics." in opener.answered({"handle": shallow["offer"]["name"], **asked}, KINDS)["error"]
    photo = send(folder, files / "resized.pth", "photo")["offer"]["name"]
    assert "nothing" in opener.answered({"handle": photo, "statistics": "running"}, KINDS)["error"]


def test_a_photo_translator(folder, files):
    answer = send(folder, files / "resnet.pth", "photo")
    handle = answer["offer"]["name"]
    assert answer["settings"] == {"statistics": "image"} and answer["offer"]["controls"] == ["resolution", "strength"]
    gradient(300, 200).save(folder / "photo.png")
    with visit("anna"):
        news = list(restyled.restyle(restyled.question({"job": "own", "path": str(folder / "photo.png"), "translator": handle})))
    assert (news[-1]["width"], news[-1]["height"], news[-1]["file"], news[-1]["translator"]) == (300, 200, "resnet", handle)
    with visit("boris"):
        news = list(restyled.restyle(restyled.question({"job": "his", "path": str(folder / "photo.png"), "translator": handle})))
    assert news == [*news[:-1], {"job": "his", "error": guests.GONE}]


def test_a_label_map_translator(folder, files):
    answer = send(folder, files / "global.pth", "label map")
    translator = networks.get(answer["offer"]["name"])
    assert isinstance(translator, LabelTranslator) and len(translator.palette) == 7
    assert any("7 classes" in sentence for sentence in answer["assumed"])
    assert translator.translate(Image.new("L", (40, 24), 3)).size == (40, 24)
    assert "name one of" in send(folder, files / "shallow.pth", "label map")["error"]
    assert send(folder, files / "shallow.pth", "label map", palette="cmp")["takes"] == "label map"
    assert "no palette 'none'" in send(folder, files / "shallow.pth", "label map", palette="none")["error"]


@needs_reference
@pytest.mark.parametrize(
    ("name", "takes", "says"),
    [
        ("unet_256_eval", "drawing", "pix2pix U-Net of 8 halvings, 8 wide"),
        ("unet_256_eval", "photo", "pix2pix U-Net of 8 halvings, 8 wide"),
        ("resnet_9blocks", "photo", "CycleGAN ResNet of 9 blocks, 12 wide"),
        ("resnet_9blocks", "drawing", "CycleGAN ResNet of 9 blocks, 12 wide"),
        ("hd_global", "label map", "pix2pixHD global generator of 3 halvings and 4 blocks, 8 wide"),
        ("hd_global", "drawing", "takes 36 channels"),
        ("hd_global", "photo", "takes 36 channels"),
    ],
)
def test_the_files_of_the_reference(folder, name, takes, says):
    answer = send(folder, REFERENCE / f"{name}.pth", takes)
    assert says in answer.get("method", answer.get("error"))


def test_everything_that_is_assumed_is_said_in_three_languages(folder, files):
    said = set()
    for name, takes in (("unet", "drawing"), ("unet", "photo"), ("resnet", "photo"), ("resnet", "drawing"), ("resized", "photo")):
        said |= set(send(folder, files / f"{name}.pth", takes)["assumed"])
    assert len(said) == 4 and all(len(set(words.ROOMS["opener"][sentence])) == 3 for sentence in said)


class Trap:
    def __reduce__(self):
        return (Path.touch, (Path("sprung"),))


def empty(path: Path, files: Path):
    path.write_bytes(b"")


def a_picture(path: Path, files: Path):
    Image.new("RGB", (8, 8)).save(path, "PNG")


def code(path: Path, files: Path):
    path.write_bytes(pickle.dumps({"model": Trap()}))


def truncated(path: Path, files: Path):
    path.write_bytes((files / "unet.pth").read_bytes()[:-999])


def without_a_key(path: Path, files: Path):
    state = torch.load(files / "unet.pth", weights_only=True)
    state.pop("model.model.0.weight")
    torch.save(state, path)


def compressed(path: Path, files: Path):
    """Half a gigabyte of zeros in half a megabyte."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("net/data/0", "w") as member:
        for _ in range(512):
            member.write(bytes(1 << 20))


def deep(path: Path, files: Path):
    block = "model." * 100
    torch.save({f"model.{block}weight": torch.zeros(1), "model.model.1.model.1.weight": torch.zeros(1)}, path)


def a_judge(path: Path, files: Path):
    path.write_bytes((files / "judge.pth").read_bytes())


def coarse(path: Path, files: Path):
    checkpoint(path, original.unet(3, 3, 1, 11, original.instance))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (empty, "is empty (0 bytes)"),
        (a_picture, "is a picture (PNG)"),
        (code, "wants to run code"),
        (truncated, "only a part of one"),
        (without_a_key, "model.model.0.weight is missing"),
        (compressed, "is compressed"),
        (deep, "at most 64 can be built"),
        (a_judge, "translates nothing by itself"),
        (coarse, "reduces 2,048 pixels to one"),
    ],
)
def test_refused_in_one_sentence(folder, files, tmp_path, make, says):
    make(tmp_path / "sent.pth", files)
    answer = send(folder, tmp_path / "sent.pth")
    assert set(answer) == {"number", "error"} and says in answer["error"] and "sent" in answer["error"] and "\n" not in answer["error"]
    assert not guests._guests and not Path("sprung").exists() and str(tmp_path) not in answer["error"]
    assert "title" in send(folder, files / "unet.pth")


def test_too_large(folder, files, monkeypatch):
    monkeypatch.setattr(opener, "MOST", (files / "unet.pth").stat().st_size - 1)
    assert "unet.pth is too large" in send(folder, files / "unet.pth")["error"]


def test_only_pieces_are_read_and_removed(folder, files, tmp_path):
    (folder / "photo.png").write_bytes(b"someone's")
    (tmp_path / "secret.piece").write_bytes((files / "unet.pth").read_bytes())
    for pieces in ([str(folder / "photo.png")], [str(tmp_path / "secret.piece")], ["/etc/passwd"], ["\0"], [7], [None], [], "x", {"a": 1}):
        answer = opener.answered({"takes": "drawing", "pieces": pieces, "name": "net.pth"}, KINDS)
        assert "net.pth did not arrive whole" in answer["error"], pieces
    assert (folder / "photo.png").exists() and (tmp_path / "secret.piece").exists()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (None, "Say what it takes"),
        ([1], "Say what it takes"),
        ({"takes": "soup"}, "Say what it takes"),
        ({"takes": [1]}, "Say what it takes"),
        ({"takes": "drawing"}, "Choose a checkpoint file"),
        ({"takes": "drawing", "address": 7}, "Choose a checkpoint file"),
        ({"takes": "drawing", "palette": "cmp", "address": "a"}, "owner/name"),
        ({"handle": 7}, "not open any more"),
        ({"handle": "own:drawing:x", "statistics": "image"}, "not open any more"),
    ],
)
def test_strange_questions(asked, says):
    assert says in opener.answered(asked, KINDS)["error"]


def test_a_file_s_name_is_no_path(folder, files):
    name = "../<b>net</b>.pth"
    (folder / "a").mkdir()
    piece = folder / "a" / "x.piece"
    piece.write_bytes((files / "unet.pth").read_bytes())
    answer = opener.answered({"takes": "drawing", "pieces": [str(piece)], "name": name}, KINDS)
    assert answer["title"] == "b_" and list(folder.rglob("*")) == []


@pytest.mark.parametrize("name", ["..", ".", "...", "", "𝄞" * 80 + ".pth", "\ud800.pth"])
def test_any_name_will_do(folder, files, name):
    (folder / "a").mkdir()
    piece = folder / "a" / "x.piece"
    piece.write_bytes((files / "unet.pth").read_bytes())
    assert "title" in opener.answered({"takes": "drawing", "pieces": [str(piece)], "name": name}, KINDS)


def test_a_path_too_long_is_no_upload(folder):
    assert not uploads.is_upload(str(folder / ("x" * 300)))


def test_one_of_several_networks(folder, files, tmp_path):
    state = torch.load(files / "resnet.pth", weights_only=True)
    torch.save({"G_A": state, "G_B": state}, tmp_path / "both.pth")
    refused = send(folder, tmp_path / "both.pth", "photo")
    assert "name one of them" in refused["error"] and refused["parts"] == ["G_A", "G_B"]
    told = send(folder, tmp_path / "both.pth", "photo", part="G_B")
    assert "ResNet" in told["method"] and (told["title"], told["part"], told["parts"]) == ("both G_B", "G_B", ["G_A", "G_B"])
    assert not any("(part)" in sentence for sentence in told["assumed"])  # the panel asks
    assert "no part G_C" in send(folder, tmp_path / "both.pth", "photo", part="G_C")["error"]
    assert "The part is" in send(folder, tmp_path / "both.pth", "photo", part=[1])["error"]


def test_a_palette_of_classes_without_names(folder, files):
    handle = send(folder, files / "shallow.pth", "label map", palette="3 classes")["offer"]["name"]
    assert len(networks.get(handle).palette) == 3


# Whose it is


def test_a_guest_is_its_session_s_alone(folder, files):
    handle = send(folder, files / "unet.pth")["offer"]["name"]
    for other in ("boris", None):
        with visit(other):
            for use in (networks.get, networks.card, networks.facts, offer):
                with pytest.raises(UnknownTranslator, match="not open any more"):
                    use(handle)
            assert painted(handle)["error"] == guests.GONE
            assert draw.look(Sheet(np.ones((512, 512), np.uint8), 1), handle) == {"code": "empty", "seen": ""}
            assert labels.samples(handle) == {"translator": handle, "samples": []}
            guests.leave(other)
    assert painted(handle)["picture"]
    guests.leave("anna")
    assert painted(handle)["error"] == guests.GONE and not guests._guests


def test_handles_cannot_be_guessed_and_another_of_its_kind_takes_the_place(folder, files):
    first, second = (send(folder, files / "unet.pth")["offer"]["name"] for _ in range(2))
    assert first != second and len(first) > len("own:drawing:") + 30
    assert painted(first)["error"] and painted(second)["picture"]
    send(folder, files / "resnet.pth", "photo")
    assert painted(second)["picture"] and len(guests._guests) == 2


def test_where_all_are_too_large_those_that_came_first_go_and_it_is_said(folder, files, monkeypatch):
    with visit("boris"):
        his = send(folder, files / "unet.pth")["offer"]["name"]
    hers = send(folder, files / "unet.pth")["offer"]["name"]
    size = guests._guests[hers].size
    monkeypatch.setattr(guests, "MOST", 2 * size)
    with visit("clara"):
        send(folder, files / "unet.pth")
    assert painted(hers)["picture"]
    with visit("boris"):
        assert "others needed the room" in painted(his)["error"]


def test_a_job_works_for_the_session_that_asked():
    def work(tell):
        tell(guests.session())

    assert list(jobs.told("whose", work)) == ["anna"]
    with visit("boris"):
        assert list(jobs.told("his own", work)) == ["boris"]
