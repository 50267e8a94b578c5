"""A fresh server and a browser, for what measures or tests the page."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
]
STARTS_IN = 120  # seconds at most
DESKTOP = {"width": 1280, "height": 800}


@contextmanager
def server(log: Path, *words: str, **environment: str) -> Iterator[tuple[str, subprocess.Popen]]:
    """The address and the process of a fresh page that these words to Python open, `app.py` by default, which writes to `log`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "GRADIO_SERVER_PORT": str(port), **environment}
    with log.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, *(words or ("app.py",))], cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT
        )
    address, end = f"http://127.0.0.1:{port}/", time.monotonic() + STARTS_IN
    try:
        while not answers(address):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"The server did not start: {log.read_text()}")
            time.sleep(0.2)
        yield address, process
    finally:
        process.terminate()
        process.wait(20)


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=5).close()
    except OSError:
        return False
    return True


@contextmanager
def opened(address: str, *parts: str) -> Iterator[Page]:
    """The page in headless Chromium, once those of its parts have come up."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport=DESKTOP)
        page.goto(address)
        for part in parts:
            page.wait_for_selector(f"#{part} [data-ready]", state="attached")
        yield page
        browser.close()
