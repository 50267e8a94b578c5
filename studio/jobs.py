"""Long work on photos: one piece at a time, and none that nobody waits for.

A photo at full size takes minutes. The work runs in a thread that tells how far it is; once its job was stopped, or its listener has gone,
the next thing that it tells ends it.
"""

import contextvars
import ctypes
import sys
import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from typing import Any

KEPT = 256  # stopped jobs that are remembered, for those still in line

Tell = Callable[[Any], None]

turn = threading.Lock()  # whoever holds it translates: two photos at once would need twice the memory and finish no sooner
_stopped: dict[str, None] = {}


def bound_memory() -> None:
    """Large pieces of memory go back to the system as soon as they are free: after a photo at full size glibc keeps hundreds of MB."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt:
        mallopt(-3, 4 << 20)  # M_MMAP_THRESHOLD of malloc.h, in bytes; setting it stops glibc from raising it


class Stopped(Exception):
    """The job was stopped."""


def stop(job: Any) -> None:
    """End the job within a step, or before it begins."""
    _stopped[str(job)[:64]] = None
    for oldest in list(_stopped)[:-KEPT]:
        _stopped.pop(oldest, None)


def told(job: str, work: Callable[[Tell], None]) -> Iterator[Any]:
    """What `work(tell)` tells, as it tells it. A job's name serves once.

    Raises:
        Stopped: the job was stopped.
        Whatever `work` raises.
    """
    news: SimpleQueue = SimpleQueue()
    over = object()

    def tell(something: Any) -> None:
        if job in _stopped:
            raise Stopped
        news.put((something, None))

    def run() -> None:
        try:
            with turn:
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
        stop(job)
        error = None  # its traceback holds this frame, and the photo
