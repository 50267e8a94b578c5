"""Painters timed in turns, so that whatever else the machine does hits all of them alike."""

import statistics
import time
from collections.abc import Callable

import numpy as np
from PIL import Image

WARMING_UP = 3


def psnr(a: Image.Image, b: Image.Image) -> float | None:
    """Peak signal-to-noise ratio in dB of two RGB pictures of one size; None where they are equal, for JSON has no infinity."""
    error = np.square(np.asarray(a, np.float64) - np.asarray(b, np.float64)).mean()
    return round(float(10 * np.log10(255**2 / error)), 1) if error else None


def likeness(figures: dict) -> str:
    """The PSNR of `against_plain` in words."""
    return "equal pictures" if figures["psnr"] is None else f"PSNR {figures['psnr']} dB"


def milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def against_plain(translate: Callable[[], Image.Image], plain: Callable[[], Image.Image], rounds: int) -> dict[str, float | None]:
    """Medians in ms of both, how many times faster `translate` is, and `psnr` of their pictures."""
    pictures, times = {}, {translate: [], plain: []}
    for turn in range(rounds + WARMING_UP):
        for painter, spent in times.items():
            took = milliseconds(lambda painter=painter: pictures.update({painter: painter()}))
            if turn >= WARMING_UP:
                spent.append(took)
    fast, slow = (statistics.median(times[painter]) for painter in (translate, plain))
    figures = {"translate": round(fast, 1), "plain": round(slow, 1), "ratio": round(slow / fast, 2)}
    return figures | {"psnr": psnr(pictures[translate], pictures[plain])}


def summary(times: list[float]) -> dict[str, float]:
    """Median and 90th percentile in ms."""
    return {"median": round(statistics.median(times), 1), "p90": round(float(np.percentile(times, 90)), 1)}
