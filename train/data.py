"""Pictures on disk, and the order in which training sees them.

Two layouts of pairs: side by side (`root/train/*.png`, twice as wide as high), or two folders with equal stems (`root/train/edges`,
`root/train/photo`). Unpaired sets lie in `root/trainA` and `root/trainB`. What a sample becomes depends on (seed, epoch, index) alone, so
a run that resumes at step n sees what an uninterrupted one sees.
"""

import functools
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from PIL import Image
from scipy import ndimage
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler
from torchvision.transforms.v2 import functional as V

from train.drawings import Drafts, drafts_of_drawing, drafts_of_edges, draw, place, random_placements
from train.hints import hints_of
from train.ranks import Ranks
from translators.hints import spread
from translators.images import to_tensor
from translators.labels import Palette, coloured, ids_of, instances

KEPT = 4_096  # of so many pairs drafts and label maps stay in memory: 0.8 GB at 256 pixels, 2 GB with soft edges, 0.3 GB of labels
HELD_OUT = 50  # without a val folder one of so many training pairs is for validation; of fewer none is
PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".bmp"}

Made = TypeVar("Made")


class BadData(ValueError):
    """The data folder is not what the command expects; the message names the folder or file.

    One that was raised in a loader's worker comes with its whole traceback before the message, which alone is kept.
    """

    def __init__(self, message: str):
        super().__init__(message.rpartition(f"{__name__}.BadData: ")[2].rstrip())


def pictures_in(folder: Path) -> list[Path]:
    """The pictures of a folder, by name; BadData where there are none."""
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES) if folder.is_dir() else []
    if not found:
        raise BadData(f"{folder}: no pictures found; expected {', '.join(sorted(PICTURES))} files.")
    return found


def read(path: Path) -> Image.Image:
    """An RGB picture; BadData names the file that cannot be read."""
    try:
        with Image.open(path) as picture:
            return picture.convert("RGB")
    except OSError as error:
        raise BadData(f"{path}: not a readable picture ({error}).") from error


def split_of(data: Path, domain: str = "") -> str:
    """ "test", or "val" where a set has no test folder (of that domain, "A" or "B"): the maps' own authors measure on val."""
    return "val" if (data / f"val{domain}").is_dir() and not (data / f"test{domain}").is_dir() else "test"


@dataclass(frozen=True)
class Pair:
    """Paths of one sample. Side by side, `x` and `y` are the same file; `soft` is the soft edge strength where there is one."""

    name: str
    x: Path
    y: Path
    soft: Path | None = None


@dataclass(frozen=True)
class PairedFolder:
    """The pairs of one split, and how to read them.

    `flip` reads side-by-side pictures from right to left: the right half is the input.
    """

    pairs: tuple[Pair, ...]
    flip: bool = False

    def __len__(self) -> int:
        return len(self.pairs)

    def pair(self, index: int) -> tuple[Image.Image, Image.Image]:
        """Input and target, RGB, of equal size."""
        pair = self.pairs[index]
        if pair.x == pair.y:
            both = read(pair.x)
            half = both.width // 2
            if both.width != 2 * half:
                raise BadData(f"{pair.x}: {both.width} pixels wide; a side-by-side picture has an even width.")
            left, right = both.crop((0, 0, half, both.height)), both.crop((half, 0, both.width, both.height))
            return (right, left) if self.flip else (left, right)
        x, y = read(pair.x), read(pair.y)
        if x.size != y.size:
            raise BadData(f"{pair.x} is {x.width}×{x.height} and {pair.y} is {y.width}×{y.height}; the two must be equal.")
        return x, y

    def hold_out(self, every: int) -> tuple["PairedFolder", "PairedFolder"]:
        """All pairs but every `every`-th, and those: neighbours by name come from one shop or one series, so a tail would be one-sided."""
        kept = tuple(pair for place, pair in enumerate(self.pairs, 1) if place % every)
        return PairedFolder(kept, self.flip), PairedFolder(self.pairs[every - 1 :: every], self.flip)


def open_paired(root: Path, split: str, x: str = "edges", y: str = "photo", soft: str = "edges_soft", flip: bool = False) -> PairedFolder:
    """The pairs of `root/split`; BadData says what is missing."""
    folder = root / split
    if not folder.is_dir():
        raise BadData(f"{folder}: no such folder; expected {root} to hold the splits train and test (and val, if there is one).")
    if not (folder / x).is_dir():
        others = sorted(path.name for path in folder.iterdir() if path.is_dir())
        if others and not any(path.suffix.lower() in PICTURES for path in folder.iterdir()):
            raise BadData(f"{folder}: there is no folder {x}, but {', '.join(others)}; name the inputs with --x, the targets with --y.")
        return PairedFolder(tuple(Pair(path.stem, path, path) for path in pictures_in(folder)), flip)
    targets = {path.stem: path for path in pictures_in(folder / y)}
    softs = {path.stem: path for path in pictures_in(folder / soft)} if (folder / soft).is_dir() else {}
    inputs = {path.stem: path for path in pictures_in(folder / x)}
    if lonely := sorted(inputs.keys() ^ targets.keys()):
        raise BadData(f"{folder}: {len(lonely)} pictures have no partner in the other folder, the first is {lonely[0]}.")
    return PairedFolder(tuple(Pair(stem, path, targets[stem], softs.get(stem)) for stem, path in inputs.items()))


def dominant_colour(picture: Image.Image, mask: np.ndarray) -> np.ndarray:
    """The colour that one would name a thing by, as RGB in [-1, 1]: the fullest cell of a blurred 8×8×8 histogram under a mask (H, W).

    Near-white pixels are paper, soles and shine, and count only where there is little else; the others count by their chroma, and a little
    by being there: a red shoe with a large white sole is red, an all-white one white.
    """
    pixels = np.asarray(picture, np.float32)[mask]
    tinted = pixels[pixels.min(1) < 225]
    if len(tinted) < max(16, 0.35 * len(pixels)):
        colour = np.median(pixels, 0) if len(pixels) else np.full(3, 255.0)
    else:
        weights = 0.05 + (tinted.max(1) - tinted.min(1)) / 255
        histogram, _ = np.histogramdd(tinted, bins=8, range=[(0, 256)] * 3, weights=weights)
        peak = np.array(np.unravel_index(ndimage.gaussian_filter(histogram, 1.0).argmax(), histogram.shape)) * 32 + 16
        near = tinted[np.abs(tinted - peak).max(1) < 40]
        colour = near.mean(0) if len(near) else peak
    return (colour / 127.5 - 1).astype(np.float32)


def hue_rotation(angle: float) -> np.ndarray:
    """The 3×3 matrix that turns RGB about the grey axis by an angle in radians: greys stay, colours go round."""
    c, s, k = np.cos(angle), np.sin(angle) / np.sqrt(3), (1 - np.cos(angle)) / 3
    return (np.eye(3) * c + k + s * np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])).astype(np.float32)


def kept(store: dict[Any, Made], key: Any, make: Callable[[], Made]) -> Made:
    """What `make` gives for a key; of the first `KEPT` keys it is made once and stays in the store."""
    if (made := store.get(key)) is None:
        made = make()
        if len(store) < KEPT:
            store[key] = made
    return made


def part(picture: Image.Image, side: int, box: tuple[int, int, int, int]) -> Tensor:
    """What lies in the box (left, top, right, bottom) of a picture that is resized to `side` × `side`, (1, 3, H, W) in [-1, 1]."""
    if picture.size == (side, side):
        return to_tensor(picture.crop(box))  # the same, without making numbers of the rest
    left, top, right, bottom = box
    return V.resize(to_tensor(picture), [side, side], antialias=True)[..., top:bottom, left:right]


class PaperPairs(Dataset):
    """The paper's jitter (§6.2): both pictures enlarged to `size`·286/256, cropped to `size` at random, and mirrored half of the time.

    Samples are those of `DrawnPairs`, with an empty condition. With a `palette` the inputs are label pictures: every pixel takes the
    palette's nearest colour, and stays flat. A smaller `crop` shows a part of a picture at the same scale, for less time a step.
    """

    def __init__(self, folder: PairedFolder, size: int, seed: int, palette: Palette | None = None, crop: int | None = None):
        self.folder, self.size, self.seed, self.palette = folder, size, seed, palette
        self.crop = crop or size
        self._ids: dict[tuple[int, int], np.ndarray] = {}

    def __getitem__(self, key: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor, str]:
        epoch, index = key
        rng = np.random.default_rng((self.seed, epoch, index))
        large = round(self.size * 286 / 256)
        top, left = (int(v) for v in rng.integers(0, large - self.crop + 1, 2))
        both = self._pair(index, large, (left, top, left + self.crop, top + self.crop))
        if rng.random() < 0.5:
            both = both.flip(-1)
        return both[0], torch.empty(0), both[1], self.folder.pairs[index].name  # no condition

    def whole(self, index: int) -> Tensor:
        """Input and target without jitter, (2, 3, size, size)."""
        return self._pair(index, self.size, (0, 0, self.size, self.size))

    def _pair(self, index: int, side: int, box: tuple[int, int, int, int]) -> Tensor:
        """Of both pictures, enlarged or reduced to `side`, what lies in the box (left, top, right, bottom)."""
        x, y = self.folder.pair(index)
        if self.palette:
            x = coloured(self._label_map(x, index, side), self.palette)
        return torch.cat([part(picture, side, box) for picture in (x, y)])

    def _label_map(self, x: Image.Image, index: int, side: int) -> np.ndarray:
        """Ids (side, side) of an input."""

        def make() -> np.ndarray:
            ids = Image.fromarray(ids_of(x, self.palette, much=1))  # however noisy: it is the data set's
            return np.asarray(ids.resize((side, side), Image.Resampling.NEAREST))

        return kept(self._ids, (index, side), make)


def darkest(pictures: list[Tensor]) -> Tensor:
    """Pictures on white (C, H, W), one beside the other on one sheet."""
    return functools.reduce(torch.minimum, pictures)


class DrawnPairs(Dataset):
    """Hand drawings made anew from every picture (see `train.drawings`), and the target's dominant colour as a condition.

    Samples are x (3, size, size), c (3,), y (3, size, size), all in [-1, 1], and the pair's name.
    A share `hue_share` of the targets has its hues turned at random, so that colours no shop sells can be asked for too.
    With `hints` x is (7, size, size): colour hints, spread over the drawing's regions, lie behind it, and some targets are painted anew
    (see `train.hints`).
    """

    def __init__(
        self,
        folder: PairedFolder,
        size: int,
        seed: int,
        wobble: float = 1.6,
        hue_share: float = 0.25,
        as_drawn: float = 0.0,
        hints: bool = False,
    ):
        self.folder, self.size, self.seed = folder, size, seed
        self.wobble, self.hue_share, self.as_drawn, self.hints = wobble, hue_share, as_drawn, hints
        self._drafts: dict[int, Drafts] = {}
        self._colours: dict[int, np.ndarray] = {}

    def drafts(self, index: int) -> Drafts:
        """The drafts of a pair."""

        def make() -> Drafts:
            pair = self.folder.pairs[index]
            drawing, _ = self.folder.pair(index)
            if drawing.size != (self.size, self.size):
                raise BadData(f"{pair.x}: the drawing is {drawing.width}×{drawing.height}, expected {self.size}×{self.size}.")
            return drafts_of_edges(drawing, read(pair.soft)) if pair.soft else drafts_of_drawing(drawing)

        return kept(self._drafts, index, make)

    def colour(self, index: int) -> np.ndarray:
        """Dominant colour (3,) in [-1, 1] of a target inside its silhouette, its black lines left out where the drawing has them."""
        if index not in self._colours:
            drawing, target = self.folder.pair(index)
            mask = self.drafts(index).silhouette
            if self.folder.pairs[index].soft is None:
                pixels = np.asarray(target)
                mask = (np.asarray(drawing.convert("L")) > 200) & (pixels.min(-1) < 245) & (pixels.max(-1) > 40)
            self._colours[index] = dominant_colour(target, mask)
        return self._colours[index]

    def __getitem__(self, key: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor, str]:
        epoch, index = key
        rng = np.random.default_rng((self.seed, epoch, index))
        drawing, target = (to_tensor(picture)[0] for picture in self.folder.pair(index))
        placements = random_placements(rng)
        as_drawn = rng.random() < self.as_drawn
        drafts = self.drafts(index)
        drawn = darkest([place(drawing, at)[:1] if as_drawn else draw(drafts, at, rng, self.wobble) for at in placements])
        y, colour = darkest([place(target, at) for at in placements]), torch.from_numpy(self.colour(index))
        if rng.random() < self.hue_share:
            turn = torch.from_numpy(hue_rotation(rng.uniform(0, 2 * np.pi)))
            y, colour = torch.einsum("ij,jhw->ihw", turn, y).clamp(-1, 1), (turn @ colour).clamp(-1, 1)
        colour = (colour + torch.from_numpy(rng.normal(0, 0.04, 3).astype(np.float32))).clamp(-1, 1)
        x = drawn.expand(3, -1, -1)
        if self.hints:  # drawn last, so that the rest is what it is without them
            silhouette = 1 - 2 * torch.from_numpy(drafts.silhouette)[None].float()
            silhouette = darkest([place(silhouette, at) for at in placements])[0] < 0
            y, hints = hints_of(y, silhouette.numpy(), rng)
            x = torch.cat([x, spread(x, hints)])  # (7, size, size)
        return x, colour, y, self.folder.pairs[index].name


@dataclass(frozen=True)
class UnpairedFolder:
    """The pictures of two domains, X and Y, that know nothing of each other."""

    x: tuple[Path, ...]
    y: tuple[Path, ...]

    def __len__(self) -> int:
        """An epoch sees the larger domain once."""
        return max(len(self.x), len(self.y))


def open_unpaired(root: Path, split: str) -> UnpairedFolder:
    """The pictures of `root/<split>A` and `root/<split>B`; BadData says what is missing."""
    return UnpairedFolder(tuple(pictures_in(root / f"{split}A")), tuple(pictures_in(root / f"{split}B")))


class UnpairedCrops(Dataset):
    """One picture of each domain: its shorter side enlarged or reduced to a length from `scales`, cropped to `size`, mirrored half of the
    time (the original's jitter is scales (286, 286) for size 256).

    Samples are x (3, size, size), y (3, size, size) in [-1, 1] and the names. The larger domain is seen once an epoch, each picture
    with one of the other domain drawn at random.
    """

    def __init__(self, folder: UnpairedFolder, size: int, scales: tuple[int, int], seed: int):
        if scales[0] < size:
            raise BadData(f"--scale-low {scales[0]} is smaller than the crop of {size} pixels.")
        if scales[1] < scales[0]:
            raise BadData(f"--scale-high {scales[1]} is smaller than --scale-low {scales[0]}.")
        self.folder, self.size, self.scales, self.seed = folder, size, scales, seed

    def __getitem__(self, key: tuple[int, int]) -> tuple[Tensor, Tensor, str]:
        epoch, index = key
        rng = np.random.default_rng((self.seed, epoch, index))
        larger, smaller = self.folder.x, self.folder.y
        if swapped := len(smaller) > len(larger):
            larger, smaller = smaller, larger
        drawn = larger[index], smaller[int(rng.integers(len(smaller)))]
        x, y = reversed(drawn) if swapped else drawn
        return self._crop(x, rng), self._crop(y, rng), f"{x.name} and {y.name}"

    def _crop(self, path: Path, rng: np.random.Generator) -> Tensor:
        picture = read(path)
        scale = int(rng.integers(self.scales[0], self.scales[1] + 1)) / min(picture.size)
        width, height = (max(self.size, round(side * scale)) for side in picture.size)
        left, top = int(rng.integers(0, width - self.size + 1)), int(rng.integers(0, height - self.size + 1))
        box = (left * picture.width / width, top * picture.height / height)
        box = (*box, box[0] + self.size * picture.width / width, box[1] + self.size * picture.height / height)
        cropped = to_tensor(picture.resize((self.size, self.size), Image.Resampling.BICUBIC, box=box, reducing_gap=None))[0]
        return cropped.flip(-1) if rng.random() < 0.5 else cropped


@dataclass(frozen=True)
class LabelFolder:
    """Photos and their label maps, by equal stems."""

    photos: tuple[Path, ...]
    labels: tuple[Path, ...]
    classes: int

    def __len__(self) -> int:
        return len(self.photos)

    def pair(self, index: int) -> tuple[Image.Image, Image.Image]:
        """Photo (RGB) and label map (L, ids), of equal size; BadData names the file and the ids beyond the classes."""
        photo, path = read(self.photos[index]), self.labels[index]
        try:
            with Image.open(path) as picture:
                labels = Image.fromarray(np.array(picture, np.uint8)) if picture.mode in ("1", "P") else picture.copy()  # P: ids
        except OSError as error:
            raise BadData(f"{path}: not a readable picture ({error}).") from error
        if labels.mode != "L":
            raise BadData(f"{path}: mode {labels.mode}; a label map is an 8-bit picture of class ids.")
        if labels.size != photo.size:
            raise BadData(f"{path} is {labels.width}×{labels.height} and its photo {photo.width}×{photo.height}; the two must be equal.")
        if (highest := labels.getextrema()[1]) >= self.classes:
            raise BadData(f"{path}: class {highest}; ids run from 0 to {self.classes - 1}.")
        return photo, labels


def open_labels(root: Path, split: str, classes: int) -> LabelFolder:
    """`root/split/image` and `root/split/label`; BadData says what is missing."""
    photos = {path.stem: path for path in pictures_in(root / split / "image")}
    labels = {path.stem: path for path in pictures_in(root / split / "label")}
    if lonely := sorted(photos.keys() ^ labels.keys()):
        raise BadData(f"{root / split}: {len(lonely)} pictures have no partner in the other folder, the first is {lonely[0]}.")
    return LabelFolder(tuple(photos.values()), tuple(labels[stem] for stem in photos), classes)


class LabelCrops(Dataset):
    """Label maps with their photos, augmented together: enlarged by up to `zoom`, cropped to `size` (height, width), mirrored half of the
    time; brightness, contrast and saturation of the photo changed by up to `colour`.

    Samples are label_map (H, W) int64, instance_map (H, W) int64 (connected components of every class), y (3, H, W) in [-1, 1] and the
    name. With zoom 1 and colour 0 the whole picture, and never mirrored: for validation.
    """

    def __init__(self, folder: LabelFolder, size: tuple[int, int], seed: int, zoom: float = 1.5, colour: float = 0.15):
        self.folder, self.size, self.seed, self.zoom, self.colour = folder, size, seed, zoom, colour

    def __getitem__(self, key: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor, str]:
        epoch, index = key
        rng = np.random.default_rng((self.seed, epoch, index))
        photo, labels = self.folder.pair(index)
        height, width = self.size
        aspect = min(photo.width / width, photo.height / height)  # the largest crop of this shape, and then a part of it
        share = aspect / rng.uniform(1, self.zoom)
        w, h = min(width * share, photo.width), min(height * share, photo.height)  # beyond them by rounding alone
        left, top = rng.uniform(0, photo.width - w), rng.uniform(0, photo.height - h)
        box = (left, top, left + w, top + h)
        y = to_tensor(photo.resize((width, height), Image.Resampling.BICUBIC, box=box))[0]
        ids = np.array(labels.resize((width, height), Image.Resampling.NEAREST, box=box))
        if self.zoom > 1 and rng.random() < 0.5:
            y, ids = y.flip(-1), ids[:, ::-1].copy()
        if self.colour:
            brightness, contrast, saturation = (float(v) for v in rng.uniform(1 - self.colour, 1 + self.colour, 3))
            y = V.adjust_brightness((y + 1) / 2, brightness)
            y = V.adjust_saturation(V.adjust_contrast(y, contrast), saturation) * 2 - 1
        objects = instances(ids).astype(np.int64)
        return torch.from_numpy(ids.astype(np.int64)), torch.from_numpy(objects), y, self.folder.photos[index].stem


class StepSampler(Sampler):
    """(epoch, index) pairs from step `start` on: every epoch a permutation by (seed, epoch) alone; the last short batch is left out.

    A step takes `batch` pictures for each of `world` ranks; this one gets those of `rank`, and none twice.
    """

    def __init__(self, count: int, batch: int, seed: int, start: int, steps: int, rank: int = 0, world: int = 1):
        if count < batch * world:
            raise BadData(f"{count} training pictures are fewer than one batch of {batch * world}.")
        self.count, self.batch, self.seed, self.start, self.steps = count, batch * world, seed, start, steps
        self.share = slice(rank * batch, (rank + 1) * batch)

    def __iter__(self) -> Iterator[list[tuple[int, int]]]:
        per_epoch = self.count // self.batch
        epoch, order = -1, np.empty(0)
        for step in range(self.start, self.steps):
            if step // per_epoch != epoch:
                epoch = step // per_epoch
                order = np.random.default_rng((self.seed, epoch)).permutation(self.count)
            place_in_epoch = step % per_epoch * self.batch
            yield [(epoch, int(index)) for index in order[place_in_epoch : place_in_epoch + self.batch][self.share]]

    def __len__(self) -> int:
        return self.steps - self.start


def _start_worker(_: int) -> None:
    torch.set_num_threads(1)
    for number in (signal.SIGINT, signal.SIGTERM):  # the loop saves and ends; its workers end with it
        signal.signal(number, signal.SIG_IGN)


def loader(
    dataset: Dataset, count: int, batch: int, seed: int, start: int, steps: int, workers: int, ranks: Ranks, device: torch.device
) -> DataLoader:
    """Batches of the data set's samples for the steps start … steps - 1; of every step this rank's share, on its way to the device."""
    sampler = StepSampler(count, batch, seed, start, steps, ranks.rank, ranks.world)
    own = torch.Generator()  # without one the loader draws from the loop's own random state, and a resumed run would draw once more
    pinned = device.type == "cuda"  # without it a copy to the card waits for the card
    return DataLoader(dataset, batch_sampler=sampler, num_workers=workers, worker_init_fn=_start_worker, generator=own, pin_memory=pinned)
