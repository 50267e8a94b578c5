"""`python -m train doctor DATA`: what is wrong with a data set, in words, before training finds out."""

import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from train.doctor.examination import Report

COLOURS = {"error": "bold red", "warning": "yellow", "note": "dim"}
VERDICTS = ("Fine.", "Look at the warnings before training.", "Training would stop, or learn nonsense: see the errors.")


def main(
    data: Annotated[str, typer.Argument(help="A folder, a .zip archive, or hf://owner/name@revision for a data set on the Hub.")],
    sheet: Annotated[Path | None, typer.Option(help="Also write a contact sheet, a PNG: pairs, near-duplicates, strange files.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON, for scripts.")] = False,
    flip: Annotated[bool, typer.Option("--flip", help="Side-by-side pictures: the right half is the input.")] = False,
    x: Annotated[str, typer.Option(help="Input folder, where a split holds more than two.")] = "edges",
    y: Annotated[str, typer.Option(help="Target folder, where a split holds more than two.")] = "photo",
    classes: Annotated[int | None, typer.Option(min=1, help="How many classes label maps have: ids beyond them are errors.")] = None,
    palette: Annotated[str | None, typer.Option(help="Names of the classes: camvid, cmp, cityscapes or maps.")] = None,
):
    """Looks at every picture of a data set and says what is wrong with it, one line a finding.

    It tells by itself how the data set lies: side by side in one file, two folders, trainA/ and trainB/, or image/ and label/.

    Exit code: 0 fine, 1 warnings, 2 errors.
    """
    from train.doctor.examination import examine  # here, so that --help needs no torch

    report = examine(data, x, y, flip, classes, palette, sheet, quiet=as_json)
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(report) | {"exit_code": report.exit_code}, indent=2, ensure_ascii=False))
    else:
        console = Console() if sys.stdout.isatty() else Console(width=4000)
        with console.capture() as printed:
            show(report, console)
        sys.stdout.write("".join(f"{line.rstrip()}\n" for line in printed.get().splitlines()))
        if sheet is not None and report.layout:
            typer.echo(f"Contact sheet: {sheet}")
    raise typer.Exit(report.exit_code)


def show(report: "Report", console: Console) -> None:
    """The report as tables: one line a finding."""
    if report.layout:
        facts = Table.grid(padding=(0, 2))
        facts.add_row(Text("layout", "dim"), Text(f"{report.layout} ({report.sides[0]}, {report.sides[1]})"))
        for split, files in report.splits.items():
            count = ", ".join(f"{number:,}" if side == "both" else f"{number:,} {side}" for side, number in files.items())
            facts.add_row(Text(split or "pictures", "dim"), Text(count))
        sizes = [f"{size} ({count:,})" for size, count in report.sizes.items()]
        facts.add_row(Text("sizes", "dim"), Text(", ".join(sizes[:4]) + (f" and {len(sizes) - 4} more" if len(sizes) > 4 else "")))
        console.print(Text(report.source, "bold"), facts, sep="\n")
    if report.shares:
        table = Table("class", *[f"{split or 'pictures'}, %" for split in report.shares], box=None, header_style="dim")
        for i, name in enumerate(report.classes):
            table.add_row(name, *[Text(f"{100 * share[i]:.2f}" if share[i] else "–", justify="right") for share in report.shares.values()])
        console.print(table)
    found = Table.grid(padding=(0, 2))
    for finding in report.findings:
        found.add_row(Text(finding.level, COLOURS[finding.level]), Text(finding.about, "dim"), Text(finding.text))
    console.print(found)
    console.print(Text(VERDICTS[report.exit_code], "bold"))


if __name__ == "__main__":
    typer.run(main)
