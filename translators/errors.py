"""The one family of errors whose message is meant for the person at the page, not for a log."""


class TranslationError(Exception):
    """Something the person can mend; the message is one sentence that names the field or file and what was expected."""


class BadPicture(TranslationError):
    """The picture, drawing or label map cannot be used."""


class BadControl(TranslationError):
    """A control (seed, colour ...) is unknown or out of its range."""


class UnknownTranslator(TranslationError):
    """No card has that name."""


class WeightsMissing(TranslationError):
    """The weights are neither in `weights/`, nor in the Hub's cache, nor to be had from the Hub; the message says how to get them."""


class WeightsDamaged(TranslationError):
    """The weights are there and cannot be used: damaged, or made for another network."""


class BadCheckpoint(TranslationError):
    """A file is no checkpoint of a network that is known here, or not a whole one; or it wants to run code."""


class SeveralNetworks(BadCheckpoint):
    """A checkpoint holds several networks of which none comes first; `parts` are the keys of its generators."""

    def __init__(self, message: str, parts: list[str]):
        super().__init__(message)
        self.parts = parts


class NoGenerator(BadCheckpoint):
    """A checkpoint is whole and known, but a discriminator's or an encoder's: it translates nothing by itself."""
