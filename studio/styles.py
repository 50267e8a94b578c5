"""All styles at once: the photo through every photo translator whose weights are here."""

from collections.abc import Iterator
from typing import Any

from studio import jobs, networks
from studio.component import Part
from studio.restyled import KIND, Question, answers, painted, photo_at, question
from translators import TranslationError


class Styles(Part):
    """Gives events a `Question`, and takes the answers of `all_styles`."""

    def __init__(self, *, channel: str, **props: Any):
        super().__init__("styles", channel=channel, server_functions=[jobs.stop], **props)

    def preprocess(self, payload: Any) -> Question:
        return question(payload)


def all_styles(asked: Question) -> Iterator[dict[str, Any]]:
    """{"pictures", "total"}, again after every picture; a translator that cannot be read is left out."""

    def work(tell: jobs.Tell) -> None:
        names = [name for name, card in networks.taking(KIND).items() if not networks.missing(card)]
        photo, pictures = photo_at({"path": asked.path}, "quick"), []

        def so_far() -> None:
            tell({"pictures": list(pictures), "total": len(names)})

        so_far()
        for name in tuple(names):
            try:
                translator = networks.get(name)
            except TranslationError:  # its own card says why
                names.remove(name)
            else:
                pictures.append(painted(name, translator, photo, "quick", lambda *_: so_far()))
            so_far()

    yield from answers(asked.job, work)
