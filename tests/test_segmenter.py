"""The segmenter: its figures by hand, a run that stops and goes on, and what it says of wrong folders."""

import dataclasses

import numpy as np
import pytest
import torch
from PIL import Image
from torchmetrics.functional.classification import multiclass_confusion_matrix

from train.data import BadData, open_labels
from train.segmenter import Settings, class_weights, confusion, mean_iou, pixel_accuracy, read_segmenter, train

SMALL = Settings(height=40, width=48, epochs=1, batch=2)


@pytest.fixture
def data(tmp_path):
    """Bright pictures of class 3, dark ones of class 8, with a stripe of void."""
    for split, count in (("train", 4), ("val", 2)):
        for name in ("image", "label"):
            (tmp_path / split / name).mkdir(parents=True)
        for i in range(count):
            ids = np.full((40, 48), 3 if i % 2 else 8, np.uint8)
            ids[:, :4] = 11
            Image.new("RGB", (48, 40), (220, 220, 220) if i % 2 else (20, 20, 20)).save(tmp_path / split / "image" / f"{i}.png")
            Image.fromarray(ids).save(tmp_path / split / "label" / f"{i}.png")
    return tmp_path


def test_accuracy_and_iou_by_hand():
    """Class 0: 3 of 4 found, and 1 pixel too many; class 1: 1 of 2; class 2 never occurs; a pixel of void does not count."""
    truth = torch.tensor([[0, 0, 0, 0], [1, 1, 3, 3]])
    read = torch.tensor([[0, 0, 0, 1], [0, 1, 2, 0]])
    found = confusion(truth, read, classes=3).numpy()
    assert found.tolist() == [[3, 1, 0], [1, 1, 0], [0, 0, 0]]
    assert pixel_accuracy(found) == pytest.approx(4 / 6)
    assert mean_iou(found) == pytest.approx((3 / 5 + 1 / 3) / 2)


def test_the_confusion_is_torchmetrics_own():
    rng = torch.Generator().manual_seed(0)
    truth, read = (torch.randint(0, most, (20, 30), generator=rng) for most in (12, 11))
    expected = multiclass_confusion_matrix(torch.where(truth < 11, read, 0), truth, 12)[:11, :11]
    assert torch.equal(confusion(truth, read, 11), expected)


def test_rare_classes_weigh_more(data):
    ids = np.full((40, 48), 3, np.uint8)
    ids[:10, 4:] = 5
    Image.fromarray(ids).save(data / "train" / "label" / "1.png")
    weights = class_weights(open_labels(data, "train", 12), 11)
    assert weights[5] > weights[8] > 0 and weights[5] > weights[3] and weights[0] == 0
    assert weights[5] / weights[8] == pytest.approx(((2 * 36 * 40 + 8 * 40) / 440) ** 0.5, rel=0.1)


def test_a_run_that_is_stopped_goes_on_bit_for_bit(data, tmp_path):
    whole = train(data, tmp_path / "whole", SMALL, workers=0)
    train(data, tmp_path / "parts", SMALL, workers=0, stop_at=1)
    with pytest.raises(BadData, match="parts: stopped at step 1, before its first look at val"):
        read_segmenter(tmp_path / "parts")
    parts = train(data, tmp_path / "parts", SMALL, resume=True, workers=0)
    kept = [torch.load(tmp_path / name / "last.pt", weights_only=True) for name in ("whole", "parts")]
    assert whole["step"] == parts["step"] == 2
    for part in ("network", "best"):
        assert all(torch.equal(value, kept[1][part][name]) for name, value in kept[0][part].items())
    assert kept[0]["best_step"] == kept[1]["best_step"] == 2
    segmenter = read_segmenter(tmp_path / "whole")
    found = segmenter.confusion(Image.new("RGB", (48, 40), "white"), np.full((40, 48), 3, np.uint8))
    assert found.shape == (11, 11) and found.sum() == 40 * 48 == found[3].sum()
    with pytest.raises(ValueError, match=r"lr=0\.002, not 0\.1"):
        train(data, tmp_path / "whole", dataclasses.replace(SMALL, lr=0.1), resume=True)
    with pytest.raises(ValueError, match="holds a run already"):
        train(data, tmp_path / "whole", SMALL)


def test_wrong_folders_are_named(data, tmp_path):
    with pytest.raises(BadData, match="no checkpoint"):
        read_segmenter(tmp_path / "none")
    (tmp_path / "other").mkdir()
    torch.save({"step": 3, "settings": {"x": "edges"}}, tmp_path / "other" / "last.pt")
    with pytest.raises(BadData, match=r"other: not a run of python -m train\.segmenter"):
        read_segmenter(tmp_path / "other")
    with pytest.raises(BadData, match="no pictures found"):
        train(data / "train", tmp_path / "run", SMALL)
