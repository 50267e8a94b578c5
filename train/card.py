"""The model card of a folder in `weights/`, made from run.json, figures.json and the test folder."""

from pathlib import Path
from typing import Annotated

import typer

from train import drawing_card, pair_card, photo_card
from train.command import refuse_unknown
from train.data import BadData
from translators.cards import CARDS
from translators.errors import TranslationError


def main(
    weights: Annotated[Path, typer.Argument(help="Folder of the translator, with run.json and figures.json.")],
    data: Annotated[Path, typer.Option(help="Folder of the data set.")],
    failures: Annotated[list[str], typer.Option(help="Test pictures by name, or stroke files, that show the failures.")],
    failure_caption: Annotated[str, typer.Option(help="What the failures show.")],
    drawings: Annotated[Path | None, typer.Option(help="Drawings: stroke file with hand drawings.")] = None,
    license: Annotated[str, typer.Option(help="License key of the Hub.")] = "other",
):
    """Writes the model card."""
    refuse_unknown(weights)
    card = CARDS[weights.name]
    if card.takes == "drawing" and drawings is None:
        raise typer.BadParameter("name the stroke file with hand drawings.", param_hint="--drawings")
    try:
        if card.takes == "drawing":
            typer.echo(drawing_card.write(weights, data, drawings, failures, failure_caption, license))
        else:
            writer = photo_card if card.inverse else pair_card
            typer.echo(writer.write(weights, data, failures, failure_caption, license))
    except (BadData, TranslationError) as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    typer.run(main)
