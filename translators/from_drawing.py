"""A drawing goes in, a picture of the same size comes out."""

import re
from dataclasses import dataclass

import torch
from PIL import Image

from translators import hints as colour_hints
from translators.cards import HINTS, Control
from translators.drawing import thinned
from translators.errors import BadControl, BadPicture, WeightsDamaged
from translators.images import on_white, to_image, to_tensor
from translators.pix2pixhd import GlobalGenerator, LocalEnhancer
from translators.translator import Translator, least, refuse_size

MAX_SIDE = 4096
MAX_PIXELS = 2048 * 2048  # a 64-wide U-Net needs about 1.5 GB for as many
PAPER = 224  # a drawing whose darkest grey is lighter than this has no ink

Colour = str | tuple[int, int, int] | None


@dataclass(frozen=True)
class DrawingTranslator(Translator):
    """`config["translator"]["colours"]` are what a seed picks from when no colour is chosen; `config["translator"]["hints"]` says that the
    network takes colour hints behind the drawing. Where `config["translator"]["thin"]` is there, lines typically wider than "over"
    pixels are drawn again, "to" pixels wide, before the network sees them.
    """

    def __post_init__(self):
        if not all(_is_rgb(colour) for colour in self.colours):
            raise WeightsDamaged(f"{self.card.name}/config.json holds a colour that is not three whole numbers from 0 to 255.")
        wanted = 3 if self.colours else 0  # the colour goes in as the condition c (see UNetGenerator)
        if self.config.get("condition_size", 0) != wanted:
            given = f"{len(self.colours)} colours and condition_size {self.config.get('condition_size', 0)}, not {wanted}"
            raise WeightsDamaged(f"{self.card.name}/config.json contradicts itself: {given}.")
        if self.thin and not _are_widths(self.thin):
            raise WeightsDamaged(f'{self.card.name}/config.json: thin is {self.thin}, not {{"over": pixels, "to": pixels}}, 1 to 64 each.')
        channels, hinted = self.config.get("in_channels", 3), 3 + colour_hints.CHANNELS
        if self.takes_hints is not (channels == hinted):
            given = f"hints {self.config.get('translator', {}).get('hints', False)!r} and in_channels {channels}; hints need {hinted}"
            raise WeightsDamaged(f"{self.card.name}/config.json contradicts itself: {given}.")

    @property
    def colours(self) -> list:
        """RGB triples 0..255; empty where the network takes no colour."""
        return self.config.get("translator", {}).get("colours", [])

    @property
    def thin(self) -> dict[str, float]:
        """`over` and `to` of `translators.drawing.thinned`; empty where lines stay as they are drawn."""
        return self.config.get("translator", {}).get("thin", {})

    @property
    def takes_hints(self) -> bool:
        return self.config.get("translator", {}).get("hints", False)

    @property
    def controls(self) -> tuple[Control, ...]:
        """The card's, without the hints where the network was trained without them."""
        return tuple(control for control in self.card.controls if control.name != HINTS.name or self.takes_hints)

    def translate(
        self,
        image: Image.Image,
        *,
        seed: int = 0,
        noise: bool | None = None,
        colour: Colour = None,
        hints: Image.Image | None = None,
        **unknown,
    ) -> Image.Image:
        """Paint `image`; the same picture, seed, noise, colour and hints give the same answer.

        `noise` keeps dropout on (pix2pix's only z, Isola 2017 §3.2); None means as the network was trained. `colour` is "#rrggbb", three
        numbers 0..255, or None: the seed picks one. `hints` is a picture of the drawing's size, opaque where a stroke says the colour and
        transparent elsewhere. Any size: padded with white around, never stretched, and cropped back.

        Raises:
            BadPicture: no ink, no pixel, more than 4,096 pixels a side or 4,194,304 in all; hints of another size, or without transparency.
            BadControl: a control out of its range, or one that this translator has not.
        """
        self._refuse(unknown)
        seed = self._checked_seed(seed)
        if noise is not None and not isinstance(noise, bool):
            raise BadControl(f"noise must be true or false, not {noise!r}.")
        colour = self._checked_colour(colour, seed)
        x, (left, top) = self._given(image, hints)
        c = None if colour is None else torch.tensor([colour], dtype=x.dtype) / 127.5 - 1  # (1, 3)
        y = self._paint(x, c, seed, noise)  # (1, 3, H, W)
        return to_image(y).crop((left, top, left + image.width, top + image.height))

    def given(self, image: Image.Image, hints: Image.Image | None = None) -> torch.Tensor:
        """What the network is given of a drawing: (1, 3, H, W), with the hints' channels behind, (1, 7, H, W), where it takes them."""
        return self._given(image, hints)[0]

    def sees(self, image: Image.Image, *, hints: Image.Image | None = None, **controls) -> Image.Image:
        """The drawing exactly as the network is given it, with its hints on it: RGB, padded with white to a size that it accepts."""
        self._refuse(controls.keys() - {control.name for control in self.controls})
        return to_image(colour_hints.laid_over(self.given(image, hints)))

    def colour_of(self, seed: int) -> str | None:
        """The colour "#rrggbb" that `translate` takes for this seed when none is chosen; None where the network takes no colour."""
        colour = self._checked_colour(None, self._checked_seed(seed))
        return None if colour is None else "#{:02x}{:02x}{:02x}".format(*colour)

    @torch.inference_mode()
    def _paint(self, x: torch.Tensor, c: torch.Tensor | None, seed: int, noise: bool | None) -> torch.Tensor:
        x = self._prepared(x)
        if isinstance(self.module, GlobalGenerator | LocalEnhancer):  # neither colour nor noise
            return self.module(x)
        return self.module(x, None if c is None else c.to(x.device, x.dtype), seed=seed, noise=noise)

    def _padded(self, image: Image.Image) -> tuple[Image.Image, tuple[int, int]]:
        """White around the picture, its middle kept, up to the network's next multiple; and where the picture's corner came to lie."""
        refuse_size(image, MAX_SIDE, MAX_PIXELS)
        width, height = image.size
        picture = on_white(image)
        if picture.convert("L").getextrema()[0] >= PAPER:
            raise BadPicture("The canvas is empty: draw something first.")
        step, shortest = self.module.multiple, least(self.module)
        padded = Image.new("RGB", (max(-width % step + width, shortest), max(-height % step + height, shortest)), "white")
        corner = (padded.width - width) // 2, (padded.height - height) // 2
        padded.paste(picture, corner)
        return padded, corner

    def _given(self, image: Image.Image, hints: Image.Image | None) -> tuple[torch.Tensor, tuple[int, int]]:
        """The network's x, and where the picture's corner came to lie in it; where it takes hints, none at all are empty channels."""
        padded, corner = self._padded(image)
        x = to_tensor(thinned(padded, **self.thin).convert("RGB") if self.thin else padded)  # (1, 3, H, W)
        if not self.takes_hints:
            if hints is not None:
                raise BadControl(f"{self.card.name} takes no colour hints.")
            return x, corner
        everywhere = Image.new("RGBA", padded.size)  # transparent
        if hints is not None:
            colour_hints.refuse_other_size(hints, image.size)
            if not hints.has_transparency_data:
                raise BadPicture("The colour hints have no transparency: expected a picture that is transparent where there is no hint.")
            everywhere.paste(hints.convert("RGBA"), corner)
        spread = colour_hints.spread(x[0], colour_hints.to_channels(everywhere)[0])
        return torch.cat([x, spread[None]], 1), corner  # (1, 7, H, W)

    def _checked_seed(self, seed: int) -> int:
        control = self.control("seed")
        low, high = (control.minimum, control.maximum) if control else (0, 2**31 - 1)
        if isinstance(seed, bool) or not isinstance(seed, int) or not low <= seed <= high:
            raise BadControl(f"seed must be a whole number from {low} to {high}, not {seed!r}.")
        return seed

    def _checked_colour(self, colour: Colour, seed: int) -> tuple[int, int, int] | None:
        if not self.colours:
            if colour is not None:
                raise BadControl(f"{self.card.name} takes no colour.")
            return None
        if colour is None:
            return tuple(self.colours[seed % len(self.colours)])
        if isinstance(colour, str) and re.fullmatch("#[0-9a-fA-F]{6}", colour):
            return tuple(bytes.fromhex(colour[1:]))
        if _is_rgb(colour):
            return tuple(colour)
        raise BadControl(f'colour must be "#rrggbb" or three whole numbers from 0 to 255, not {colour!r}.')


def _are_widths(thin: object) -> bool:
    named = isinstance(thin, dict) and thin.keys() == {"over", "to"}
    return named and all(type(width) in (int, float) and 1 <= width <= 64 for width in thin.values())


def _is_rgb(colour: object) -> bool:
    return isinstance(colour, tuple | list) and len(colour) == 3 and all(type(value) is int and 0 <= value <= 255 for value in colour)
