"""`python -m train watch runs/`: curves and sample grids of runs, in the browser."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

ROOT = Path(__file__).resolve().parents[1]


def main(folder: Annotated[Path, typer.Argument(help="Folder of runs: every log.jsonl below it is one.")] = Path("runs")):
    """Opens a page with the curves of the losses and the sample grids of all runs, as they grow.

    On http://127.0.0.1:7860, or the next free port; GRADIO_SERVER_NAME and GRADIO_SERVER_PORT move it elsewhere. Ctrl-C ends it.
    """
    if not folder.is_dir():
        raise typer.BadParameter(f"{folder}: there is no such folder.", param_hint="FOLDER")
    # A process of its own: the page belongs to the studio, which training does not import.
    with suppress(KeyboardInterrupt):
        raise typer.Exit(subprocess.run([sys.executable, "-m", "studio.watch", str(folder.resolve())], cwd=ROOT).returncode)


if __name__ == "__main__":
    typer.run(main)
