"""Label maps: ids of classes, the objects in them, and the colours in which people paint them. No torch."""

import colorsys
from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage

from translators.errors import BadPicture

FAR = 60  # a colour farther than this from every palette colour, in RGB distance, is no JPEG noise
MUCH = 0.3  # the share of such pixels from which on a picture is refused: JPEG blurs up to 27 % of a facade's label picture


@dataclass(frozen=True)
class Palette:
    """The classes of a label translator, by id: names, and RGB colours 0..255."""

    names: tuple[str, ...]
    colours: tuple[tuple[int, int, int], ...]

    def __len__(self) -> int:
        return len(self.names)


CAMVID = Palette(
    ("sky", "building", "pole", "road", "pavement", "tree", "sign", "fence", "car", "pedestrian", "bicyclist", "void"),
    (
        (128, 196, 236),
        (128, 64, 56),
        (196, 192, 128),
        (112, 72, 128),
        (220, 132, 200),
        (72, 128, 48),
        (236, 200, 40),
        (152, 168, 184),
        (40, 64, 176),
        (224, 56, 56),
        (0, 168, 168),
        (24, 24, 24),
    ),
)
CITYSCAPES = Palette(  # the data set's label ids, as pix2pixHD's code numbers and paints them
    (
        "unlabeled",
        "ego vehicle",
        "rectification border",
        "out of roi",
        "static",
        "dynamic",
        "ground",
        "road",
        "pavement",
        "parking",
        "rail track",
        "building",
        "wall",
        "fence",
        "guard rail",
        "bridge",
        "tunnel",
        "pole",
        "pole group",
        "traffic light",
        "traffic sign",
        "tree",
        "terrain",
        "sky",
        "pedestrian",
        "rider",
        "car",
        "truck",
        "bus",
        "caravan",
        "trailer",
        "train",
        "motorcycle",
        "bicycle",
        "license plate",
    ),
    (
        (0, 0, 0),
        (0, 0, 0),
        (0, 0, 0),
        (0, 0, 0),
        (0, 0, 0),
        (111, 74, 0),
        (81, 0, 81),
        (128, 64, 128),
        (244, 35, 232),
        (250, 170, 160),
        (230, 150, 140),
        (70, 70, 70),
        (102, 102, 156),
        (190, 153, 153),
        (180, 165, 180),
        (150, 100, 100),
        (150, 120, 90),
        (153, 153, 153),
        (153, 153, 153),
        (250, 170, 30),
        (220, 220, 0),
        (107, 142, 35),
        (152, 251, 152),
        (70, 130, 180),
        (220, 20, 60),
        (255, 0, 0),
        (0, 0, 142),
        (0, 0, 70),
        (0, 60, 100),
        (0, 0, 90),
        (0, 0, 110),
        (0, 80, 100),
        (0, 0, 230),
        (119, 11, 32),
        (0, 0, 142),
    ),
)
CMP = Palette(
    (
        "background",
        "wall",
        "window",
        "entrance",
        "window head",
        "window sill",
        "balcony",
        "shutter",
        "trim",
        "cornice",
        "column",
        "door",
    ),
    (
        (0, 6, 217),
        (13, 61, 251),
        (0, 117, 255),
        (0, 201, 255),
        (29, 255, 221),
        (104, 248, 152),
        (184, 255, 56),
        (238, 237, 40),
        (255, 146, 4),
        (255, 68, 1),
        (246, 0, 1),
        (165, 0, 0),
    ),
)

MAPS = Palette(  # of Google Maps as it looked in 2016, as measured on the data set's flat places
    ("land", "building", "road", "highway", "park", "water"),
    ((231, 229, 223), (243, 241, 234), (255, 255, 255), (250, 158, 37), (202, 223, 172), (178, 208, 254)),
)

PALETTES = {"camvid": CAMVID, "cmp": CMP, "cityscapes": CITYSCAPES, "maps": MAPS}


def palette_of(name: str) -> Palette | None:
    """The palette of that name, or for "N classes" one of N colours for classes that have no names; None where there is none."""
    number = name.removesuffix(" classes")
    if name in PALETTES or number == name or not (number.isascii() and number.isdigit()) or not 0 < int(number) <= 256:
        return PALETTES.get(name)
    turns = [(i * 0.618034) % 1 for i in range(int(number))]  # of the colour wheel, by the golden ratio: neighbours lie far apart
    rgb = [colorsys.hsv_to_rgb(turn, 0.75 - 0.35 * (i % 2), 0.95 - 0.2 * (i % 3)) for i, turn in enumerate(turns)]
    return Palette(tuple(f"class {i}" for i in range(int(number))), tuple(tuple(round(255 * value) for value in colour) for colour in rgb))


def ids_of(picture: Image.Image, palette: Palette, much: float = MUCH) -> np.ndarray:
    """Class ids (H, W) uint8 of a label picture: a grey one, or one with an index, as ids; else colours, of which the nearest counts.

    Grey are L, LA, and RGB without colour where all its values are ids. An index whose colours are all the palette's says colours.

    Raises:
        BadPicture: ids beyond the classes (which), 16-bit ids, or more than `much` of the pixels far from every colour of the palette.
    """
    if picture.mode.startswith(("I", "F")):
        raise BadPicture(f"The label map holds {picture.mode} values; expected 8-bit ids or the palette's colours.")
    if picture.mode == "LA":
        picture = picture.getchannel(0)
    if picture.mode in ("L", "1") or (picture.mode == "P" and not _says_colours(picture, palette)):
        ids = np.array(picture, np.uint8)
        if len(beyond := np.unique(ids[ids >= len(palette)])):
            raise BadPicture(f"The label map holds the ids {_listed(beyond)}; there are {len(palette)} classes, 0 to {len(palette) - 1}.")
        return ids
    rgb = np.asarray(picture.convert("RGB"))
    if rgb.size and rgb.max() < len(palette) and (rgb == rgb[..., :1]).all():
        return rgb[..., 0].copy()
    packed = rgb.astype(np.int32) @ np.array((1 << 16, 1 << 8, 1), np.int32)  # (H, W): sorting numbers is quicker than sorting triples
    packed, place = np.unique(packed.ravel(), return_inverse=True)
    distinct = np.stack([packed >> 16, packed >> 8 & 255, packed & 255], 1)  # (distinct, 3)
    nearest, best = np.zeros(len(distinct), np.uint8), np.full(len(distinct), 1 << 30, np.int32)
    for label, colour in enumerate(palette.colours):  # one at a time: in noise nearly every pixel is distinct
        distance = ((distinct - np.array(colour, np.int32)) ** 2).sum(1, dtype=np.int32)
        closer = distance < best
        nearest[closer], best[closer] = label, distance[closer]
    if (share := (best > FAR**2)[place].mean()) > much:
        raise BadPicture(
            f"{share:.0%} of the picture's pixels are far from every colour of the palette: it is no label map of these classes."
        )
    return nearest[place].reshape(picture.height, picture.width)


def _says_colours(picture: Image.Image, palette: Palette) -> bool:
    """Whether all colours that a picture of mode P uses are the palette's; where its indices are the classes', both say the same."""
    table = picture.getpalette("RGB") or []
    used = [(index, tuple(table[3 * index : 3 * index + 3])) for _, index in picture.getcolors(256)]
    as_ids = all(index < len(palette) and colour == palette.colours[index] for index, colour in used)
    return not as_ids and all(colour in palette.colours for _, colour in used)


def coloured(ids: np.ndarray, palette: Palette) -> Image.Image:
    """Ids (H, W) in the palette's colours, RGB."""
    return Image.fromarray(np.array(palette.colours, np.uint8)[ids])


def instances(ids: np.ndarray, cuts: np.ndarray | None = None) -> np.ndarray:
    """An object number for every pixel (H, W) int32, from 1: the connected components (4 neighbours) of every class.

    The data sets that ship with labels alone have no instances; two cars that touch are one object here, unless a line between them is
    drawn in `cuts`, boolean (H, W). The line's own pixels go to the objects beside it.
    """
    if cuts is None:
        return _components(ids, np.ones(ids.shape, bool))
    objects = _components(ids, ~cuts)
    _share_out(objects, ids)
    alone = _components(ids, objects == 0)  # what consists of lines alone
    return np.where(alone > 0, alone + objects.max(), objects)


def _components(ids: np.ndarray, where: np.ndarray) -> np.ndarray:
    objects, count = np.zeros(ids.shape, np.int32), 0
    for label in np.unique(ids):
        found, number = ndimage.label((ids == label) & where)
        objects[found > 0] = found[found > 0] + count
        count += number
    return objects


def _share_out(objects: np.ndarray, ids: np.ndarray) -> None:
    """Pixels without an object get that of a neighbour of their class, in place, ring after ring."""
    rows, columns = np.nonzero(objects == 0)
    labels, numbers = np.pad(ids.astype(np.int16), 1, constant_values=-1), np.pad(objects, 1)
    while len(rows):
        found = np.zeros(len(rows), np.int32)
        for down, right in ((0, 1), (2, 1), (1, 0), (1, 2)):
            same = labels[rows + down, columns + right] == ids[rows, columns]
            found = np.where((found == 0) & same, numbers[rows + down, columns + right], found)
        if not found.any():
            return
        numbers[rows + 1, columns + 1] = objects[rows, columns] = found
        rows, columns = rows[found == 0], columns[found == 0]


def _listed(values: np.ndarray, most: int = 5) -> str:
    return ", ".join(map(str, values[:most])) + (" …" if len(values) > most else "")
