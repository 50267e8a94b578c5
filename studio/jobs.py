"""Long work on photos: one piece at a time, and none that nobody waits for.

A photo at full size takes minutes. The work runs in a thread that tells how far it is, and whenever it does so, whoever waits has a turn;
once its job was stopped, or its listener has gone, the next thing that it tells ends it.
"""

import contextvars
import ctypes
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from queue import SimpleQueue
from typing import Any

KEPT = 256  # stopped jobs that are remembered, for those still in line

Tell = Callable[[Any], None]


class Line:
    """A lock that those who wait get in the order in which they came."""

    def __init__(self):
        self._changing, self._waiting = threading.Lock(), deque()

    def __enter__(self) -> None:
        mine = threading.Event()
        with self._changing:
            self._waiting.append(mine)
            self._waiting[0].set()
        mine.wait()

    def __exit__(self, *_) -> None:
        with self._changing:
            self._waiting.popleft()
            if self._waiting:
                self._waiting[0].set()

    def pass_on(self, *_) -> None:
        """Whoever holds it goes to the end of the line: whatever is told of progress, it does not matter here."""
        if len(self._waiting) > 1:
            self.__exit__()
            self.__enter__()


turn = Line()  # whoever holds it translates: two photos at once would finish no sooner
large = Line()  # whoever holds it has a photo at full size in memory; taken before the turn, which is passed on and on
_stopped: dict[str, None] = {}
_listening: dict[str, SimpleQueue] = {}  # by job, where its news goes

QUEUE = {"concurrency_id": "photos", "concurrency_limit": 8}  # for Gradio: so many may stand in line here


@contextmanager
def working(full: bool = False) -> Iterator[None]:
    """Holds the turn for work on a photo, of which one at a time is at full size."""
    with large if full else nullcontext(), turn:
        yield


def bound_memory() -> None:
    """Large pieces of memory go back to the system as soon as they are free: after a photo at full size glibc keeps hundreds of MB."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt:
        mallopt(-3, 4 << 20)  # M_MMAP_THRESHOLD of malloc.h, in bytes; setting it stops glibc from raising it


class Stopped(Exception):
    """The job was stopped."""


def stop(job: Any) -> None:
    """End the job within a step, or before it begins; its listener waits no longer."""
    job = str(job)[:64]
    _stopped[job] = None
    if news := _listening.get(job):
        news.put((None, Stopped()))
    for oldest in list(_stopped)[:-KEPT]:
        _stopped.pop(oldest, None)


def told(job: str, work: Callable[[Tell], None], full: bool = False) -> Iterator[Any]:
    """What `work(tell)` tells, as it tells it. A job's name serves once; one on a photo at full size waits for the one before it.

    Raises:
        Stopped: the job was stopped.
        Whatever `work` raises.
    """
    if job in _stopped:
        raise Stopped
    news = _listening[job] = SimpleQueue()
    over = object()

    def tell(something: Any) -> None:
        if job in _stopped:
            raise Stopped
        news.put((something, None))
        turn.pass_on()

    def run() -> None:
        try:
            with working(full):
                work(tell)
            news.put((over, None))
        except BaseException as error:  # handed to the listener, which raises it
            news.put((over, error))

    # With the listener's context: whose session it works for.
    threading.Thread(target=contextvars.copy_context().run, args=(run,), daemon=True, name="photos").start()
    try:
        while True:
            something, error = news.get()
            if error:
                raise error
            if something is over:
                return
            yield something
    finally:
        _listening.pop(job, None)
        stop(job)
        error = None  # its traceback holds this frame, and the photo
