"""From a checkpoint to `weights/<name>/`: float16 safetensors, config.json, samples, and the facts of the run."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageFilter
from scipy.cluster.vq import kmeans2
from torch import nn
from tqdm import tqdm

from train import cyclegan, engine, pix2pix, pix2pixhd
from train.beginning import runs_before
from train.data import BadData, DrawnPairs, LabelCrops, PairedFolder, open_labels, open_paired, open_unpaired, read, split_of
from train.drawings import drafts_of_drawing, pen
from translators.drawing import LineFacts, measure
from translators.from_labels import MAX_MARGIN
from translators.images import to_image
from translators.labels import PALETTES, Palette, ids_of
from translators.layouts import histogram
from translators.pix2pixhd import Encoder

CANVAS = 512  # the page's canvas
SAMPLES = 12
PEN = 3.0  # pixels: what too thick a line is drawn again with


def line_ranges(dataset: DrawnPairs, count: int = 300) -> dict[str, list[float]]:
    """5th and 95th percentile of each fact that the sketch doctor measures, over `count` training drawings."""
    facts: list[LineFacts] = []
    for i in tqdm(range(count), desc="training drawings", leave=False):
        x, *_ = dataset[0, i * len(dataset.folder) // count]
        facts.append(measure(to_image(x[:3])))
    return {
        name: [round(float(v), 4) for v in np.percentile([getattr(fact, name) for fact in facts], [5, 95])]
        for name in ("width", "ink", "enclosed")
    }


def colours_of(dataset: DrawnPairs, count: int, rng: np.random.Generator) -> list[list[int]]:
    """Dominant colours, RGB 0..255, of `count` training pictures: what a seed picks from.

    The strongest colour comes first, and each next one is the farthest from all before it, so that small seeds show the range.
    """
    chosen = rng.permutation(len(dataset.folder))[:count]
    left = np.array([((dataset.colour(int(i)) + 1) * 127.5).round() for i in tqdm(chosen, desc="colours", leave=False)])  # (count, 3)
    order = [int((left.max(1) - left.min(1)).argmax())]
    distance = np.full(len(left), np.inf)
    while len(order) < len(left):
        distance = np.minimum(distance, np.linalg.norm(left - left[order[-1]], axis=1))
        distance[order] = -1
        order.append(int(distance.argmax()))
    return [[int(v) for v in left[i]] for i in order]


def save_samples(folder: Path, drawings: list[Image.Image], width: float = 2.2) -> None:
    """Clean drawings gone over with a pen, as 1-bit 512×512 pictures for the page's canvas."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, drawing in enumerate(drawings, 1):
        ink = pen(drafts_of_drawing(drawing).full, width, zoom=CANVAS // drawing.width)
        Image.fromarray(ink < 0.5).convert("1").save(folder / f"{number:02d}.png", optimize=True)


def evenly(count: int, samples: int = 6) -> list[int]:
    """At most `samples` places from 0 to `count` - 1, the first and the last among them."""
    return [int(place) for place in np.linspace(0, count - 1, min(samples, count))]


def save_photos(folder: Path, photos: list[Image.Image]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, photo in enumerate(photos, 1):
        photo.save(folder / f"{number:02d}.jpg", quality=88)


def save_label_maps(folder: Path, maps: Iterable[np.ndarray]) -> None:
    """Ids (H, W) as pictures of mode L."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, ids in enumerate(maps, 1):
        Image.fromarray(ids).save(folder / f"{number:02d}.png", optimize=True)


def labels_of(pairs: PairedFolder, index: int, palette: Palette, size: int) -> np.ndarray:
    """The ids (size, size) of a pair's label picture, without the specks that JPEG leaves at its borders."""
    ids = Image.fromarray(ids_of(pairs.pair(index)[0].resize((size, size), Image.Resampling.NEAREST), palette, much=1))
    return np.array(ids.filter(ImageFilter.ModeFilter(3)))


def unseen(data: Path, settings: pix2pix.Settings) -> PairedFolder:
    """The pairs of test/, or of val/ in a set without one."""
    return open_paired(data, split_of(data), settings.x, settings.y, flip=settings.flip)


def write_config(folder: Path, config: dict) -> None:
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def save_network(network: nn.Module, folder: Path, translator: dict, facts: dict, **others) -> None:
    """Writes model.safetensors (float16), config.json, in the Hub's convention, and run.json. `others` are arguments of the network that
    are not what they were in training.
    """
    folder.mkdir(parents=True, exist_ok=True)
    network.half().save_pretrained(folder)
    arguments = json.loads((folder / "config.json").read_text())
    config = {"architecture": type(network).__name__, **arguments, **others, "translator": translator}
    write_config(folder, config)
    (folder / "run.json").write_text(json.dumps(facts | {"torch": torch.__version__}, indent=2) + "\n")


def export_pix2pix(run: Path, data: Path, folder: Path, best: bool = False, thin_over: float = 0.0) -> dict:
    """Writes the last (or best) generator of a pix2pix run, and the samples, to `folder`; returns the facts of the run. With `thin_over` a
    drawing whose lines are wider than so many pixels is to be drawn again, `PEN` pixels wide, before the network sees it.

    Raises:
        BadData: `thin_over` is no width, or the network takes no drawings; or what there is to read cannot be read.
    """
    kept = engine.load_checkpoint(run, best=best)
    settings = pix2pix.Settings(**kept["settings"])
    if thin_over and not (settings.drawn and 1 <= thin_over <= 64):
        taken = "takes drawings" if settings.drawn else "takes none (no --drawn)"
        raise BadData(f"--thin-over is 1 to 64 pixels, of drawings, or 0; it is {thin_over:g}, and {run} {taken}.")
    network = settings.generator()
    network.load_state_dict(kept["average"])
    network = network.with_transposed()  # fewer multiplications, and what every reader of weights knows

    translator: dict = {"size": settings.size}
    others = {}
    if settings.palette:
        if settings.margin:
            translator["margin"] = settings.margin
        palette = PALETTES[settings.palette]
        train_pairs, _ = pix2pix.folders(data, settings)
        seen = (labels_of(train_pairs, i, palette, settings.size) for i in tqdm(range(len(train_pairs)), desc="layouts", leave=False))
        translator["histogram"] = histogram(seen, len(palette))
        test = unseen(data, settings)
        save_label_maps(folder / "samples", (labels_of(test, i, palette, settings.size) for i in evenly(len(test))))
    elif settings.drawn:
        train_pairs, val_pairs = pix2pix.folders(data, settings)
        dataset = settings.dataset(train_pairs)
        translator["colours"] = colours_of(dataset, 64, np.random.default_rng(settings.seed))
        translator["lines"] = line_ranges(dataset)
        if settings.hints:
            translator["hints"] = True
        if thin_over:
            translator["thin"] = {"over": thin_over, "to": PEN}
        rng = np.random.default_rng(settings.seed)
        chosen = sorted(rng.permutation(len(val_pairs))[:SAMPLES])
        save_samples(folder / "samples", [val_pairs.pair(int(i))[0] for i in chosen])
    else:
        test = unseen(data, settings)
        save_photos(folder / "samples", [test.pair(i)[0] for i in evenly(len(test))])
        others["dropout_at_test"] = False  # no seed comes with a photo, and the same photo is to give the same picture
    facts = engine.facts_of(kept, run) | {"before": kept.get("before", [])}
    save_network(network, folder, translator, facts, **others)
    return facts


def export_cyclegan(run: Path, data: Path, forward: Path, backward: Path, photos: int = 6, best: bool = False) -> dict:
    """Writes G to `forward` and F to `backward`, each with some of its test photos as samples; returns the facts of the run."""
    kept = engine.load_checkpoint(run, best=best)
    settings = cyclegan.Settings(**kept["settings"])
    facts = engine.facts_of(kept)
    test = open_unpaired(data, split_of(data, "A"))
    for name, folder, inputs, direction in (("G", forward, test.x, ["A", "B"]), ("F", backward, test.y, ["B", "A"])):
        network = settings.generator(name)
        network.load_state_dict(kept[f"average_{name}"])
        save_network(network, folder, {"size": settings.size}, facts | {"before": runs_before(kept, name), "direction": direction})
        save_photos(folder / "samples", [read(inputs[i]) for i in evenly(len(inputs), photos)])
    return facts


def encoder_of(kept: dict) -> nn.Module | None:
    """The averaged encoder of a pix2pixHD checkpoint; None where it was trained without one."""
    encoder = pix2pixhd.Settings(**kept["settings"]).encoder()
    if encoder:
        encoder.load_state_dict(kept["average_E"])
        encoder.eval()
    return encoder


@torch.inference_mode()
def styles_of(encoder: nn.Module, dataset: LabelCrops, most: int = 10, smallest: int = 64, scenes: int = 64) -> dict[str, Any]:
    """The styles of every class, and which of them occur together.

    clusters: class id → features (K, C), the centres of a k-means over the encoder's features of all training objects, up to `most`, the
    most frequent first (Wang 2018, §3.4). Objects of fewer than `smallest` pixels do not count.
    scenes: (S, classes with styles), the style of every class in up to `scenes` of the training pictures, spread over the set, the most
    usual first: at dusk all of a street is dark. A class's largest object speaks for it; a class that a picture lacks is taken from the
    picture most like it.
    """
    found: dict[int, list[tuple[int, int, np.ndarray]]] = {}  # class → picture, pixels and features of every object
    for i in tqdm(range(len(dataset.folder)), desc="styles", leave=False):
        label_map, instance_map, y, _ = dataset[0, i]
        features = encoder(y[None], instance_map[None])[0].numpy()  # (C, H, W)
        numbers, places, counts = np.unique(instance_map.numpy(), return_index=True, return_counts=True)
        for _, place, count in zip(numbers, places, counts, strict=True):
            if count >= smallest:
                found.setdefault(int(label_map.flatten()[place]), []).append((i, count, features.reshape(len(features), -1)[:, place]))
    clusters, looks, styles = {}, [], []
    for label, objects in sorted(found.items()):
        pictures, pixels, rows = (np.stack(column) for column in zip(*objects, strict=True))
        distinct = np.unique(rows, axis=0)
        centres, nearest = kmeans2(rows.astype(float), distinct[:: max(1, len(distinct) // most)][:most].astype(float), minit="matrix")
        order = np.argsort(-np.bincount(nearest, minlength=len(centres)), kind="stable")
        clusters[str(label)] = [[round(float(v), 4) for v in centres[k]] for k in order]
        look, style = np.full((len(dataset.folder), rows.shape[1]), np.nan), np.full(len(dataset.folder), -1)
        for k in np.argsort(pixels, kind="stable"):  # the largest object of a picture last
            look[pictures[k]], style[pictures[k]] = rows[k], np.flatnonzero(order == nearest[k])[0]
        looks.append(look)
        styles.append(style)
    return {"clusters": clusters, "scenes": scenes_of(np.stack(looks, 1), np.stack(styles, 1), evenly(len(dataset.folder), scenes))}


def training_styles(encoder: nn.Module, settings: pix2pixhd.Settings, data: Path) -> dict[str, Any]:
    """`styles_of` the training pictures of a data set, whole and as they are."""
    return styles_of(encoder, settings.dataset(open_labels(data, "train", settings.classes), augmented=False))


def scenes_of(looks: np.ndarray, styles: np.ndarray, pictures: Iterable[int]) -> list[list[int]]:
    """The rows of `styles` (pictures, classes) for some pictures, the one least unlike all others first; where a row has -1, for a class
    that is not in it, that of the picture most like it by the features of the classes that both show. `looks` (pictures, classes, C) holds
    them, NaN where a class is not shown.
    """
    found, unusual = [], []
    for i in pictures:
        unlike = np.ma.masked_invalid(np.square(looks - looks[i])).mean((1, 2))  # (pictures,), masked where nothing is shown by both
        nearest = styles[np.argsort(unlike.filled(np.inf), kind="stable")]  # its own row first
        found.append(nearest[(nearest >= 0).argmax(0), np.arange(styles.shape[1])].tolist())
        unusual.append(np.ma.filled(unlike.mean(), np.inf))
    return [found[k] for k in np.argsort(unusual, kind="stable")]


def refuse_margin(margin: int) -> None:
    if not 0 <= margin <= MAX_MARGIN:
        raise BadData(f"--margin is 0 to {MAX_MARGIN} pixels, not {margin}.")


def export_pix2pixhd(run: Path, data: Path, folder: Path, samples: int = 6, best: bool = False, margin: int = 0) -> dict:
    """Writes the generator of a pix2pixHD run with its classes' styles, the encoder in encoder/, and some test label maps as samples;
    returns the facts of the run. With a `margin` so many pixels more are painted at every side, and cut off.

    Raises:
        BadData: a margin that cannot be, or what there is to read cannot be read.
    """
    refuse_margin(margin)
    kept = engine.load_checkpoint(run, best=best)
    settings = pix2pixhd.Settings(**kept["settings"])
    network = settings.generator()
    network.load_state_dict(kept["average"])
    facts = engine.facts_of(kept, run) | {"before": kept["before"]}
    train_pairs, test = (open_labels(data, split, settings.classes) for split in ("train", split_of(data)))
    seen = (np.array(train_pairs.pair(i)[1]) for i in tqdm(range(len(train_pairs)), desc="layouts", leave=False))
    translator: dict = {"size": [settings.width, settings.height], "histogram": histogram(seen, settings.classes)}
    if margin:
        translator["margin"] = margin
    if encoder := encoder_of(kept):
        translator |= training_styles(encoder, settings, data)
    save_network(network, folder, translator, facts)
    if encoder:
        encoder.half().save_pretrained(folder / "encoder")
    save_label_maps(folder / "samples", (np.array(test.pair(i)[1]) for i in evenly(len(test), samples)))
    return facts


def restyle(folder: Path, data: Path, margin: int | None = None) -> dict:
    """Finds the styles of what `export_pix2pixhd` wrote anew, through the encoder beside it, and writes them into its config.json, with the
    `margin`, or with the one that it has; returns its part "translator".

    Raises:
        BadData: a margin that cannot be, no encoder, or what there is to read cannot be read.
    """
    refuse_margin(margin or 0)
    if not (folder / "encoder").is_dir():
        raise BadData(f"{folder}: there is no encoder/, so its network takes no styles.")
    settings = pix2pixhd.Settings(**engine.read_facts(folder / "run.json")["settings"])
    encoder = Encoder.from_pretrained(folder / "encoder").float().eval()
    styles = training_styles(encoder, settings, data)
    config = json.loads((folder / "config.json").read_text("utf-8"))
    translator = config["translator"]
    translator |= styles
    if margin is not None:
        translator["margin"] = margin
    write_config(folder, config)
    return translator
