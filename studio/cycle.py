"""The cycle explorer: there and back with a pair of translators, round after round, and two looks at what the pair has learnt."""

from typing import Any, NamedTuple

from torch import Tensor

from studio import jobs, networks
from studio.component import Part, refuse
from studio.picture import data_url
from studio.restyled import KIND, Question, photo_at, question, wrong
from translators import TranslationError
from translators import cycle as trips
from translators.from_photo import PhotoTranslator
from translators.images import to_image, to_tensor

TESTS = ("round", "jpeg", "identity")


class Trip(NamedTuple):
    """Where a session stands: its photo x and the last reconstruction, float (1, 3, H, W), and after how many rounds."""

    path: Any
    translator: str
    x: Tensor
    last: Tensor
    count: int


class Cycle(Part):
    """Gives events (`Question`, one of `TESTS`, whether to go on from the last round), and takes the answers of `explore`."""

    def __init__(self, *, channel: str, **props: Any):
        super().__init__("cycle", channel=channel, **props)

    def preprocess(self, payload: Any) -> tuple[Question, str, bool]:
        asked, what = question(payload), payload.get("what")
        if what not in TESTS:
            raise refuse(f"A cycle is looked at by {', '.join(TESTS)}, not by {what!r:.40}.")
        return asked, what, payload.get("again") is True


def explore(asked: tuple[Question, str, bool], trip: Trip | None) -> tuple[dict[str, Any], Trip | None]:
    """The answer to one press of a button, and where the session stands then."""
    (job, path, name, _), what, again = asked
    answer = {"job": job, "what": what, "translator": name}
    try:
        there = networks.get(name)
        if there.card.inverse not in networks.taking(KIND):
            return {**answer, "error": f"{there.card.title} has no translator that goes back."}, trip
        back = networks.get(there.card.inverse)
        with jobs.working():
            if not (again and trip and (trip.path, trip.translator) == (path, name)):
                x = to_tensor(there.sees(photo_at({"path": path}, "quick"), resolution="quick"))
                trip = Trip(path, name, x, x, 0)
            if what == "round":
                return _round(there, back, trip, answer)
            return {**answer, **(_jpeg if what == "jpeg" else _identity)(there, back, trip.x)}, trip
    except TranslationError as error:
        return {**answer, **wrong(error)}, trip


def _round(there: PhotoTranslator, back: PhotoTranslator, trip: Trip, answer: dict[str, Any]) -> tuple[dict[str, Any], Trip]:
    once = trips.round_trip(there, back, trip.last, trip.x)
    trip = trip._replace(last=once.x_cycled, count=trip.count + 1)
    pictures = {"x": to_image(trip.x), "y": to_image(once.y), "x_cycled": to_image(once.x_cycled)}
    pictures["map"] = trips.error_map(once.x_cycled, trip.x)
    return {**answer, "number": trip.count, "l1": once.l1, **{key: data_url(picture) for key, picture in pictures.items()}}, trip


def _jpeg(there: PhotoTranslator, back: PhotoTranslator, x: Tensor) -> dict[str, Any]:
    """F(G(x)) beside F(JPEG(G(x)))."""
    once = trips.round_trip(there, back, x, x)
    lossy = trips.jpeg(once.y)
    after = back.restyle(lossy)
    return {
        "pictures": [data_url(to_image(picture)) for picture in (once.x_cycled, after)],
        "l1": [once.l1, trips.l1(after, x)],
        "moved": trips.l1(lossy, once.y),
    }


def _identity(there: PhotoTranslator, back: PhotoTranslator, x: Tensor) -> dict[str, Any]:
    """x beside F(x): F's own target is where x already is."""
    same = back.restyle(x)
    return {"pictures": [data_url(to_image(picture)) for picture in (x, same)], "l1": [None, trips.l1(same, x)]}
