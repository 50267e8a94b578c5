"""Translators that people brought. Each belongs to the session that brought it: it lives in memory and goes when the session does.

A guest is named by a handle that cannot be guessed and that no other session can use.
"""

import secrets
import threading
from typing import NamedTuple

from gradio.context import LocalContext

from translators import Translator, UnknownTranslator

MOST = 1 << 30  # bytes of weights over all sessions, counted as float32

GONE = "Your own translator is not open any more, since others needed the room or the connection was lost: open it again."


class Guest(NamedTuple):
    session: str
    kind: str
    size: int
    translator: Translator


_guests: dict[str, Guest] = {}  # by handle, those that came first in front
_changing = threading.Lock()


def session() -> str | None:
    """The session for which this thread works."""
    request = LocalContext.request.get(None)
    return request and request.session_hash


def prefix(kind: str) -> str:
    """How the handles of a kind begin; no name of a folder in `weights/` has a colon."""
    return f"own:{kind}:"


def is_guest(name: str) -> bool:
    return name.startswith("own:")


def welcome(translator: Translator, size: int) -> str:
    """Takes the place of the session's guest of that kind, if it has one; where all then are too large, those that came first go.

    `size` is that of its weights in bytes. Returns the handle.
    """
    kind, mine = translator.card.takes, session()
    handle = prefix(kind) + secrets.token_urlsafe(24)
    with _changing:
        for old in [name for name, guest in _guests.items() if (guest.session, guest.kind) == (mine, kind)]:
            del _guests[old]
        while _guests and sum(guest.size for guest in _guests.values()) + size > MOST:
            del _guests[next(iter(_guests))]
        _guests[handle] = Guest(mine, kind, size, translator)
    return handle


def find(handle: str) -> Translator:
    """The session's own translator; UnknownTranslator where it is not open, or is another's."""
    guest = _guests.get(handle)
    if guest is None or guest.session is None or guest.session != session():
        raise UnknownTranslator(GONE)
    return guest.translator


def change(handle: str, translator: Translator) -> None:
    """Puts another in the place of the session's own translator; UnknownTranslator as `find`."""
    with _changing:
        find(handle)
        _guests[handle] = _guests[handle]._replace(translator=translator)


def leave(left: str | None) -> None:
    """That session is over: its guests go."""
    with _changing:
        for handle in [handle for handle, guest in _guests.items() if guest.session == left]:
            del _guests[handle]
