"""What the command lines of the three loops share: options that become settings, and errors said in one sentence."""

import dataclasses
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import typer

Settings = TypeVar("Settings")


def settings_from(options: dict[str, Any], kind: type[Settings], **choices: Collection[str]) -> Settings:
    """The settings among a command's options, which bear the names of its fields; `choices` are the words that an option may be.

    Raises:
        typer.BadParameter: the folder of the data set is not named, or an option is none of its choices.
    """
    if options["data"] is None:
        raise typer.BadParameter("name the folder of the data set.", param_hint="--data")
    for name, allowed in choices.items():
        if options[name] not in allowed:
            raise typer.BadParameter(f"must be one of {', '.join(filter(None, allowed))}.", param_hint=f"--{name}")
    return kind(**{field.name: options[field.name] for field in dataclasses.fields(kind)})


@contextmanager
def said() -> Iterator[None]:
    """Bad data, a checkpoint that cannot be used, a loss that is not finite: one sentence on stderr and exit code 1."""
    try:
        yield
    except (ValueError, FloatingPointError) as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from error
