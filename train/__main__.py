"""One front for training: `python -m train COMMAND`, from doctor to publish.

A command's module is imported when the command is run, and not for the help of all of them, which needs no torch and is there at once.
"""

import importlib
import sys

import typer
from typer.core import TyperGroup

BEFORE, TRAINING, AFTER = "Before training", "Training, one command a paper", "After training"
COMMANDS = {
    "doctor": (BEFORE, "train.doctor.__main__:main", "Is the data set sound? Sizes, pairs, labels, duplicates; a contact sheet."),
    "pix2pix": (TRAINING, "train.pix2pix:app", "Pairs of pictures: drawing and photo, labels and photo (Isola 2017)."),
    "cyclegan": (TRAINING, "train.cyclegan:app", "Two folders of pictures without pairs: horses and zebras (Zhu 2017)."),
    "pix2pixhd": (TRAINING, "train.pix2pixhd:app", "Label maps to large photos, in three phases (Wang 2018)."),
    "ablations": (TRAINING, "train.ablations:main", "What pix2pix's paper leaves out and tries, in small, beside its tables."),
    "ablations-hd": (TRAINING, "train.ablations_hd:main", "pix2pixHD with and without its parts, in small."),
    "trials": (TRAINING, "train.trials:app", "What the field added to the papers, one change at a time."),
    "watch": (TRAINING, "train.watch:main", "Curves and sample grids of runs, in the browser."),
    "evaluate": (AFTER, "train.evaluate:main", "Figures on the test folder, written to weights/<name>/figures.json."),
    "card": (AFTER, "train.card:main", "The model card: pictures, figures, known failures."),
    "publish": (AFTER, "train.publish:main", "Weights and card to the Hub; prints the pinned revision."),
}


class Commands(TyperGroup):
    """Its commands are stand-ins that hold the help of one line; the one that is run is imported in place of its stand-in."""

    def resolve_command(self, context, words: list[str]):
        name, _, rest = super().resolve_command(context, words)
        command = imported(name)
        module = COMMANDS[name][1].split(":")[0]
        sys.argv = [sys.modules[module].__file__, *rest]  # as after `python -m train.pix2pix`: a run records what it was started with
        return name, command, rest


def imported(name: str):
    """The command itself: a module's Typer application, or its `main`."""
    module, attribute = COMMANDS[name][1].split(":")
    found = getattr(importlib.import_module(module), attribute)
    if not isinstance(found, typer.Typer):
        single = typer.Typer(add_completion=False)
        single.command()(found)
        found = single
    return typer.main.get_command(found)


app = typer.Typer(cls=Commands, add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)


@app.callback()
def train():
    """Trains networks that translate pictures, and shows what came of it.

    First the doctor looks at the data. Then pix2pix, cyclegan or pix2pixhd trains on them; its export writes weights/<name>/.

    Then evaluate measures what was trained, card describes it, and publish puts it on the Hub.

    Every command explains itself: python -m train pix2pix --help
    """


for name, (panel, _, help_line) in COMMANDS.items():
    app.command(name, help=help_line, rich_help_panel=panel)(lambda: None)

if __name__ == "__main__":
    app(prog_name="python -m train")
