"""`python -m translators import latest_net_G.pth --name mine --takes photo`, and `export`: checkpoints in, files for other programs out."""

import re
from pathlib import Path
from typing import Annotated, Literal

import typer

from translators.cards import CARDS, WEIGHTS
from translators.errors import BadControl, NoGenerator, TranslationError, UnknownTranslator

Takes = Literal["drawing", "photo", "label map"]
Format = Literal["pth", "onnx", "torchscript"]


def import_(
    checkpoint: Annotated[
        Path, typer.Argument(help="File of the original pix2pix, CycleGAN or pix2pixHD code, or a folder of such files.")
    ],
    takes: Annotated[Takes, typer.Option(help="What it translates.")],
    name: Annotated[
        str | None, typer.Option(help="Of the translator; by default the file's. Of a folder, the beginning of each name.")
    ] = None,
    part: Annotated[str | None, typer.Option(help="Of several networks in the file, the key of the one to take.")] = None,
    palette: Annotated[str | None, typer.Option(help='Of label maps: camvid, cmp, cityscapes or "N classes".')] = None,
    size: Annotated[int | None, typer.Option(min=16, help="Side in pixels of the pictures it was trained on; by default 256.")] = None,
    statistics: Annotated[
        Literal["image", "running"] | None, typer.Option(help="What batch norms divide by; by default those of the image, as in test.py.")
    ] = None,
    dropout: Annotated[bool | None, typer.Option(help="Whether dropout stays on; by default as in test.py, but never for photos.")] = None,
):
    """Turns checkpoints of the original code into translators: a folder of weights/ each, which the page offers from its next start on."""
    from translators import importing

    options = {"part": part, "palette": palette, "size": size, "statistics": statistics, "dropout": dropout}
    bad = 0
    try:
        many = checkpoint.is_dir()
        for path in importing.checkpoints_in(checkpoint) if many else [checkpoint]:
            own = "-".join(filter(None, [name, importing.slug(path.stem)])) if many else importing.slug(path.stem) if name is None else name
            try:
                card, config = importing.bring_in(path, own, takes, **options)
            except TranslationError as error:
                if not many:
                    raise
                typer.echo(f"Left out: {error}", err=True)
                bad += not isinstance(error, NoGenerator)
                continue
            typer.echo(f"{path.name}: {card.method} → {WEIGHTS / own}")
            for sentence in config["translator"]["assumed"]:
                typer.echo(f"  {sentence}")
            typer.echo(f"  Who trained it, on what and under which licence: fill in {WEIGHTS / own / 'README.md'} and card.json.")
    except TranslationError as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(2) from None
    raise typer.Exit(1 if bad else 0)


def export(
    name: Annotated[str, typer.Argument(help="Of the translator.")],
    format: Annotated[Format, typer.Option(help="pth: the original code's key names.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="File to write.")],
    colour: Annotated[str | None, typer.Option(help="#rrggbb, for pth of a network that takes one; by default its first.")] = None,
):
    """Writes a translator's network for other programs: inputs and outputs in [-1, 1], without dropout, checked against torch."""
    try:
        worst, said = _written(name, format, out, colour)
    except TranslationError as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(2) from None
    for sentence in said:
        typer.echo(sentence)
    typer.echo(f"{out}: {format}, differs from torch by at most {worst:.1e} on [-1, 1].")


def _written(name: str, format: Format, out: Path, colour: str | None) -> tuple[float, list[str]]:
    """The largest difference from torch, and what is to be said of the file."""
    from translators import exporting, weights

    if name not in CARDS:
        raise UnknownTranslator(f"There is no translator {name!r}; there are {', '.join(CARDS)}.")
    generator, config = weights.read(weights.find(CARDS[name]))
    if colour is not None and (format != "pth" or not re.fullmatch("#[0-9a-fA-F]{6}", colour)):
        raise BadControl(f"colour must be #rrggbb, and is for the format pth alone, not {colour!r}.")
    hinted = config.get("translator", {}).get("hints")
    if format != "pth":
        said = ["Its x has 7 channels: the drawing's RGB, the colour hints' RGB and their mask, 0 where there is none."] if hinted else []
        return (exporting.write_onnx if format == "onnx" else exporting.write_torchscript)(generator, out), said
    said, rgb = [], tuple(bytes.fromhex(colour[1:])) if colour else None
    if hinted:
        generator = exporting.without_hints(generator)
        said.append("The original network takes no colour hints: this file paints as without any.")
    if getattr(generator, "condition_size", 0):
        rgb = rgb or tuple(config["translator"]["colours"][0])
        said.append("The original network takes no colour: this file always paints in #{:02x}{:02x}{:02x} (--colour).".format(*rgb))
    if generator.statistics == "image" and any(key.endswith("running_mean") for key in generator.state_dict()):
        said.append("Its batch norms divide by the statistics of each picture: in the original code, test it without --eval.")
    return exporting.write_pth(generator, out, rgb), said
