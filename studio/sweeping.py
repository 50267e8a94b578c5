"""Files that people sent and got, removed once they are old.

Gradio's own sweep (`delete_cache`, 6.31) ends for good at the first file that comes while it looks, leaves empty folders behind, and knows
nothing of a file whose answer was stopped on its way.
"""

import atexit
import os
import re
import shutil
import signal
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

from gradio.utils import get_upload_folder

AGE = 3600  # seconds that a file is kept after it was written, or last given out
EVERY = 600  # seconds between two looks
AT_THE_END = (10**9, AGE)  # `delete_cache`: Gradio removes all that it knows when the server stops, and never before

HASHED = re.compile("[0-9a-f]{64}")  # what Gradio calls a folder of its own


def own_folder() -> None:
    """Gives the server an upload folder of its own, which goes with it, unless GRADIO_TEMP_DIR names one; to be called before the page is
    built.
    """
    if "GRADIO_TEMP_DIR" not in os.environ:
        os.environ["GRADIO_TEMP_DIR"] = tempfile.mkdtemp(prefix="trazo-")
        atexit.register(shutil.rmtree, os.environ["GRADIO_TEMP_DIR"], ignore_errors=True)


def sweep(root: Path, age: float = AGE) -> None:
    """Removes the files in Gradio's folders in `root` that are older than `age` seconds, and such folders that have been empty as long."""
    oldest = time.time() - age
    with suppress(FileNotFoundError):  # nobody has sent anything yet
        for folder in root.iterdir():
            if HASHED.fullmatch(folder.name):
                with suppress(OSError):  # somebody else's, or gone already
                    _sweep_one(folder, oldest)


def _sweep_one(folder: Path, oldest: float) -> None:
    kept = list(folder.iterdir())
    for file in kept:
        if file.lstat().st_ctime < oldest:
            file.unlink()
    if not kept and folder.stat().st_mtime < oldest:
        folder.rmdir()


def start() -> None:
    """Sweeps the upload folder for as long as the server runs; a server that is asked to end does so as by Ctrl+C, and takes it along."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)

    def forever() -> None:
        while True:
            time.sleep(EVERY)
            sweep(Path(get_upload_folder()))

    threading.Thread(target=forever, daemon=True, name="sweeping").start()
