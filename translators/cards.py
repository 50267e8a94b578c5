"""What each translator is: pure data, no torch, read by the page and by the loader."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

WEIGHTS = Path(os.environ.get("TRAZO_WEIGHTS") or Path(__file__).resolve().parent.parent / "weights")


@dataclass(frozen=True)
class Control:
    """One thing a person can set.

    `kind` is "seed" (whole number, minimum..maximum), "switch" (true or false), "colour" ("#rrggbb" or nothing).
    """

    name: str
    kind: str
    default: object = None
    minimum: int | None = None
    maximum: int | None = None


SEED = Control("seed", "seed", default=0, minimum=0, maximum=2**31 - 1)
NOISE = Control("noise", "switch", default=True)  # dropout stays on: pix2pix's only z (Isola 2017, §3.2)
COLOUR = Control("colour", "colour", default=None)  # nothing chosen: the seed picks one


@dataclass(frozen=True)
class Card:
    """A translator's identity card.

    `takes` is "drawing", "photo" or "label map"; `size` is the side in pixels of the pictures it was trained on;
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


CARDS: dict[str, Card] = {
    card.name: card
    for card in (
        Card(
            name="shoes",
            title="Shoes",
            method="pix2pix (Isola 2017) with a colour condition",
            takes="drawing",
            controls=(SEED, NOISE, COLOUR),
            credit="Isola, Zhu, Zhou & Efros, Image-to-Image Translation with Conditional Adversarial Networks, CVPR 2017",
            data="2,602 product photos of sneakers with their edges",
            licence="Research and teaching use (the photos' terms)",
            failures=(
                "Trained on sneakers seen from the side: slides, sandals, boots and things that are no shoe come out as sneakers. "
                "One colour is asked for, a second is left to chance. Fine inner lines (laces, logos, stripes) turn into dark smears. "
                "Young weights: by KID they are no better yet than a network trained on L1 alone."
            ),
        ),
        Card(
            name="emoji",
            title="Emoji",
            method="pix2pix (Isola 2017) with a colour condition",
            takes="drawing",
            controls=(SEED, NOISE, COLOUR),
            credit="Isola, Zhu, Zhou & Efros, Image-to-Image Translation with Conditional Adversarial Networks, CVPR 2017",
            data="1,264 OpenMoji line drawings and their colours (openmoji.org)",
            licence="CC BY-SA 4.0 (OpenMoji)",
            failures=(
                "One colour is asked for, so things of several colours (a rose and its leaf, a flag, a face and its hair) get that one. "
                "Colours bleed where the outline is open, and large fields can keep pale holes. "
                "By KID they are no better than a network trained on L1 alone: flat fills leave the adversary little to add."
            ),
        ),
    )
}
