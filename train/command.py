"""What the command lines of the three loops share: options become settings, the doctor has its word, errors are said in a sentence."""

import dataclasses
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import typer

from train.data import BadData
from train.doctor.examination import examine_quickly
from train.ranks import Ranks
from translators.cards import CARDS

Settings = TypeVar("Settings")


def refuse_others(options: dict[str, Any], **choices: Collection[str]) -> None:
    """BadParameter where an option is none of the words that it may be."""
    for name, allowed in choices.items():
        if options[name] not in allowed:
            raise typer.BadParameter(f"must be one of {', '.join(filter(None, allowed))}.", param_hint=f"--{name.replace('_', '-')}")


def settings_from(options: dict[str, Any], kind: type[Settings], **choices: Collection[str]) -> Settings:
    """The settings among a command's options, which bear the names of its fields; `choices` are the words that an option may be.

    Raises:
        typer.BadParameter: the folder of the data set is not named, or an option is none of its choices.
    """
    if options["data"] is None:
        raise typer.BadParameter("name the folder of the data set.", param_hint="--data")
    refuse_others(options, **choices)
    return kind(**{field.name: options[field.name] for field in dataclasses.fields(kind)})


def refuse_unknown(weights: Path) -> None:
    """BadParameter where a folder of weights is not called as a translator is whose card there is."""
    if weights.name not in CARDS:
        text = f"there is no card {weights.name!r} in translators/cards.py, which a translator needs first; there are {', '.join(CARDS)}."
        raise typer.BadParameter(text, param_hint="weights")


def steps_named(text: str) -> list[int]:
    """ "0,100,300" as numbers; BadParameter for anything else."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not all(word.isdecimal() for word in words):
        raise typer.BadParameter("expected steps with commas between them, for example 0,100,300.", param_hint="--snapshots")
    return [int(word) for word in words]


def ask_doctor(ranks: Ranks, data: Path, *kinds: str, **said_of_it) -> None:
    """A quick look at a data set of one of these kinds (`train.doctor.layout`) before an hour is spent on it, by rank 0: warnings are
    printed, errors are BadData on every rank. `said_of_it` are `examine_quickly`'s further arguments.
    """
    findings = ranks.gather(examine_quickly(data, kinds, **said_of_it) if ranks.main else None)[0]
    if errors := [finding.text for finding in findings if finding.level == "error"]:
        raise BadData(f"{' '.join(errors)} More: python -m train doctor {data}; --no-doctor trains all the same.")
    if ranks.main:
        for finding in findings:
            if finding.level == "warning":
                typer.echo(f"Warning: {finding.text}", err=True)


@contextmanager
def said() -> Iterator[None]:
    """Bad data, a checkpoint that cannot be used, a loss that is not finite: one sentence on stderr and exit code 1."""
    try:
        yield
    except (ValueError, FloatingPointError) as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from error
