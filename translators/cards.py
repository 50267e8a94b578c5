"""What each translator is: pure data, no torch, read by the page and by the loader."""

import json
import os
import warnings
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

WEIGHTS = Path(os.environ.get("TRAZO_WEIGHTS") or Path(__file__).resolve().parent.parent / "weights")


@dataclass(frozen=True)
class Control:
    """One thing a person can set.

    `kind` is "seed" (whole number, minimum..maximum), "switch" (true or false), "colour" ("#rrggbb" or nothing), "hints" (a picture that is
    opaque where it says a colour, or nothing; only where the network's config says that it takes them), "share" (number,
    minimum..maximum), "choice" (one of `choices`), "styles" (object number -> cluster of its class, or nothing: the seed picks).
    """

    name: str
    kind: str
    default: object = None
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[str, ...] = ()


SEED = Control("seed", "seed", default=0, minimum=0, maximum=2**31 - 1)
NOISE = Control("noise", "switch", default=True)  # dropout stays on: pix2pix's only z (Isola 2017, §3.2)
COLOUR = Control("colour", "colour", default=None)  # nothing chosen: the seed picks one
HINTS = Control("hints", "hints")  # colours where the person says them (`translators.hints`)
RESOLUTION = Control("resolution", "choice", default="quick", choices=("quick", "fine", "full"))
STYLES = Control("styles", "styles")
STRENGTH = Control("strength", "share", default=1.0, minimum=0, maximum=1)  # of the translation, in a blend with the photo


@dataclass(frozen=True)
class Card:
    """A translator's identity card.

    `takes` is "drawing", "photo" or "label map"; `size` is the side in pixels of the pictures it was trained on;
    `inverse` is the name of the translator that was trained to undo this one, where there is one (CycleGAN's F for its G);
    `palette` names the classes and colours of a label map (`translators.labels.PALETTES`);
    `repo` and `revision` say where the Hub has the weights, at a pinned commit; without a repo they come with the project itself.
    """

    name: str
    title: str
    method: str
    takes: str
    controls: tuple[Control, ...]
    credit: str
    data: str
    licence: str
    failures: str
    size: int = 256
    inverse: str = ""
    palette: str = ""
    repo: str = ""
    revision: str = ""
    folder: Path | None = field(default=None, compare=False)

    @property
    def weights(self) -> Path:
        """The folder that holds, or would hold, model.safetensors, config.json and README.md."""
        return self.folder or WEIGHTS / self.name

    @property
    def figures(self) -> dict:
        """What `python -m train.evaluate` measured on the test folder; empty where nothing was measured."""
        path = self.weights / "figures.json"
        return json.loads(path.read_text("utf-8")) if path.is_file() else {}


FACTS = {f.name for f in fields(Card)} - {"name", "folder"}
KINDS = ("seed", "switch", "colour", "hints", "share", "choice", "styles")


def write_card(card: Card, path: Path) -> None:
    """Writes what `imported` reads: all but the name, which is the folder's."""
    facts = {name: value for name, value in asdict(card).items() if name in FACTS}
    path.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", "utf-8")


def imported(weights: Path) -> dict[str, Card]:
    """The cards in a folder's sub-folders (`python -m translators import`): card.json, under the sub-folder's name.

    One that cannot be used is left out with a warning that names it.
    """
    cards = {}
    for path in sorted(weights.glob("*/card.json")):
        try:
            cards[path.parent.name] = _read_card(path)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            warnings.warn(f"{path} is not a card, so {path.parent.name} is left out: {error}", stacklevel=2)
    return cards


def _read_card(path: Path) -> Card:
    facts = json.loads(path.read_text("utf-8"))
    if unknown := facts.keys() - FACTS:
        raise ValueError(f"a card has no {min(unknown)}")
    for name, value in facts.items():
        if not isinstance(value, {"size": int, "controls": list}.get(name, str)):
            raise ValueError(f"{name} cannot be {value!r:.40}")
    if facts["takes"] not in ("drawing", "photo", "label map"):
        raise ValueError(f"nothing takes a {facts['takes']}")
    facts["controls"] = tuple(Control(**{**control, "choices": tuple(control["choices"])}) for control in facts["controls"])
    if strange := [control.kind for control in facts["controls"] if control.kind not in KINDS]:
        raise ValueError(f"there is no kind of control {strange[0]!r:.40}")
    return Card(name=path.parent.name, **facts)


PIX2PIX = "Isola, Zhu, Zhou & Efros, Image-to-Image Translation with Conditional Adversarial Networks, CVPR 2017"
IMAGENET = "Research and teaching use (the photos' terms)"
MAPS = "Research use (the imagery's terms)"
MONET = "The paintings are in the public domain; research and teaching use of the photos"


def photo_card(**facts) -> Card:
    """What the CycleGAN translators have in common."""
    return Card(
        method="CycleGAN (Zhu 2017)",
        takes="photo",
        controls=(RESOLUTION, STRENGTH),
        credit="Zhu, Park, Isola & Efros, Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks, ICCV 2017",
        **facts,
    )


CARDS: dict[str, Card] = {
    card.name: card
    for card in (
        Card(
            name="shoes",
            title="Shoes",
            method="pix2pix (Isola 2017) with a colour condition",
            takes="drawing",
            controls=(SEED, NOISE, COLOUR, HINTS),
            credit=PIX2PIX,
            data="2,550 product photos of sneakers with their edges (52 more held out); training began with the network of the emoji "
            "(OpenMoji)",
            licence="Research and teaching use (the photos' terms)",
            failures=(
                "Its materials are plain: leather or a fine knit, in one colour over a white sole, with a silvery shine where a large "
                "field has nothing drawn in it. A hint fills its part where lines enclose it; elsewhere it stays a soft patch, and its "
                "colour mixes with the one asked for. What is filled in black with a thick pen counts as a line. Trained on sneakers seen "
                "from the side: heels dissolve, and things that are no shoe get a sneaker's materials."
            ),
        ),
        Card(
            name="emoji",
            title="Emoji",
            method="pix2pix (Isola 2017) with a colour condition",
            takes="drawing",
            controls=(SEED, NOISE, COLOUR, HINTS),
            credit=PIX2PIX,
            data="1,264 OpenMoji line drawings and their colours (openmoji.org)",
            licence="CC BY-SA 4.0 (OpenMoji)",
            failures=(
                "Without hints all of a thing gets the one colour asked for: a rose and its leaf, a flag, a face and its hair. A hint "
                "fills its part where lines enclose it; where they are open wide it stays a dab. Its colour mixes a little with the one "
                "asked for, and the darkest come out greenish. Where the outline is open, colour bleeds out softly."
            ),
        ),
        photo_card(
            name="horse2zebra",
            title="Horse to zebra",
            inverse="zebra2horse",
            data="1,067 photos of horses and 1,334 of zebras (ImageNet)",
            licence=IMAGENET,
            failures=(
                "A black horse in the dark stays black, and so does most of a head seen close. Grass turns dry, the sea and the sky to "
                "sand, as where zebras live; now and then stripes spread over bushes, hills and people, and small horses fade "
                "into bare ground or leave a ring on it. Plain skies and dark coats show a fine weave."
            ),
        ),
        photo_card(
            name="zebra2horse",
            title="Zebra to horse",
            inverse="horse2zebra",
            data="1,334 photos of zebras and 1,067 of horses (ImageNet)",
            licence=IMAGENET,
            failures=(
                "Zebras of some way off become brown horses, narrow stripes sooner than broad ones; seen close or from behind they keep "
                "many of their stripes, in brown, and some all of them. Grass and sky change their colours, and before a dark wall "
                "zebras turn pink and dissolve. Blurred backgrounds get a fine weave."
            ),
        ),
        photo_card(
            name="photo2monet",
            title="Photo to Monet",
            inverse="monet2photo",
            data="372 landscape photos and 270 paintings by Claude Monet",
            licence=MONET,
            failures=(
                "Fine brushwork lies over everything; in plain skies, on water and in the dark it is still a regular weave, with flecks of "
                "violet near the edges. Drawing and light stay the photo's: it is Monet's hand more than his eye. "
                "Bright reds and pinks turn to ochre, burning skies to yellow and blue, and a night to a dim green with dots."
            ),
        ),
        photo_card(
            name="monet2photo",
            title="Monet to photo",
            inverse="photo2monet",
            data="270 paintings by Claude Monet and 372 landscape photos",
            licence=MONET,
            failures=(
                "Skies and open water come out well; where the brush left no edges, in ponds and gardens, a painting remains. "
                "Fine lines, most of them upright, hatch slopes, dark places and reds; skies all get the same clouds, mist turns a "
                "loud blue, snow has black under its bushes. A frame or the bare rim of a canvas stays."
            ),
        ),
        Card(
            name="aerial2map",
            title="Aerial photo to map",
            method="pix2pix (Isola 2017)",
            takes="photo",
            controls=(replace(RESOLUTION, choices=("quick", "fine")), STRENGTH),
            credit=PIX2PIX,
            data="1,089 aerial photos of New York with their maps (Google Maps, as in pix2pix)",
            licence=MAPS,
            failures=(
                "Streets, water and large parks come out where they are. Small streets wind and break off, houses are not drawn, of "
                "motorways some yellow is left at most, a green lake is taken for a park with a coloured rim, and some open land becomes "
                "meadow. Its photos show one city at one height: of other places it has seen nothing."
            ),
        ),
        Card(
            name="street",
            title="Street",
            method="pix2pixHD (Wang 2018) with a style for every object",
            takes="label map",
            controls=(SEED, STYLES),
            credit="Wang et al., High-Resolution Image Synthesis and Semantic Manipulation with Conditional GANs, CVPR 2018; "
            "Brostow, Fauqueur & Cipolla, Semantic Object Classes in Video, 2009",
            data="367 frames of drives through Cambridge with their label maps (CamVid)",
            licence="Research use (CamVid's terms)",
            size=512,
            palette="camvid",
            failures=(
                "Roads, skies, trees, rows of houses and cars of middle size come out well; looked at closely, windows are mosaics, large "
                "cars dark blocks or bands, people and bicyclists dark figures, signs and traffic lights dark slabs, dense crowns scales "
                "or lace, and a road by day has white streaks and now and then a bright stain. Its 367 frames come from a few drives "
                "through one city by day and at dusk, with few pedestrians, bicyclists and signs. CamVid tells no objects apart: cars "
                "that touch count as one."
            ),
        ),
        Card(
            name="facade",
            title="Facade",
            method="pix2pix (Isola 2017)",
            takes="label map",
            controls=(SEED, NOISE),
            credit=PIX2PIX,
            data="400 facades seen straight from the front with their label pictures (CMP Facade Database)",
            licence="Research use (CMP Facade Database's terms)",
            palette="cmp",
            failures=(
                "Every wall is stone or stucco between yellow and grey, whatever the house was built of, and glass fronts and modern "
                "blocks become old town houses. Where nothing is drawn a wall gets stains, and the edges of roofs and of what stands "
                "beside a house are ragged. Its 400 facades are seen straight from the front: of other views it has seen nothing."
            ),
        ),
        Card(
            name="map2aerial",
            title="Map to aerial photo",
            method="pix2pix (Isola 2017)",
            takes="label map",
            controls=(SEED, NOISE),
            credit=PIX2PIX,
            data="1,089 maps of New York with their aerial photos (Google Maps, as in pix2pix)",
            licence=MAPS,
            palette="maps",
            failures=(
                "Streets, roofs, trees and water come out well, all somewhat darker than in the photos. Rows of small roofs have ragged "
                "edges and run into each other here and there, some asphalt is bluish, and wide land gets grey grain in place of what "
                "stands there. A map does not say what stands on its land: roofs, trees and cars are the network's guess, after one city."
            ),
        ),
    )
}
CARDS |= {name: card for name, card in imported(WEIGHTS).items() if name not in CARDS}
