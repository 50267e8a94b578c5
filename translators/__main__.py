"""`python -m translators photo2monet in/ out/`: every picture of a folder through a translator."""

import os
import signal
from pathlib import Path
from typing import Annotated

import typer
from tqdm import tqdm
from typer.core import TyperGroup

from translators import TranslationError, folder, on_ray, porting
from translators.images import open_hints


class Commands(TyperGroup):
    """The first word is a command, or else a translator's name: then the command is `translate`."""

    def parse_args(self, context, words: list[str]) -> list[str]:
        if words and words[0] not in (*self.commands, "--help"):
            words = ["translate", *words]
        return super().parse_args(context, words)


app = typer.Typer(cls=Commands, add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)


@app.callback()
def translators():
    """Pictures through a translator. The command `translate` may be left out: python -m translators photo2monet in/ out/"""


@app.command()
def translate(
    name: Annotated[str, typer.Argument(help="Of the translator, for example photo2monet.")],
    pictures: Annotated[Path, typer.Argument(help="Folder with pictures, in sub-folders too.")],
    out: Annotated[Path, typer.Argument(help="Folder for the translations: PNG files in the same sub-folders.")],
    resolution: Annotated[str | None, typer.Option(help="Of a photo: quick, fine or full.")] = None,
    strength: Annotated[float | None, typer.Option(help="Of a photo's translation, in a blend with the photo: 0 to 1.")] = None,
    seed: Annotated[int | None, typer.Option(help="Of a drawing's noise and colour.")] = None,
    colour: Annotated[str | None, typer.Option(help="Of a drawing: #rrggbb.")] = None,
    hints: Annotated[
        Path | None, typer.Option(help="Of a drawing: a picture of its size, opaque in the wished colours, else transparent.")
    ] = None,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    workers: Annotated[
        int | None, typer.Option(min=1, help="Pictures at a time, by default one for every core or graphics card; a full one takes 0.5 GB.")
    ] = None,
    ray: Annotated[bool, typer.Option("--ray", help="On a Ray cluster, which reads and writes the same folders.")] = False,
    address: Annotated[str | None, typer.Option(help="Of the Ray cluster; without it, one on this machine.")] = None,
):
    """Translates every picture of a folder. Goes on after a picture that cannot be used and names it at the end (exit code 1).

    Translations that are there already stay as they are, so the same command goes on where it was stopped.
    """
    given = {"resolution": resolution, "strength": strength, "seed": seed, "colour": colour}
    controls = {control: value for control, value in given.items() if value is not None}
    on_cluster = ray or address is not None
    try:
        if hints:
            controls["hints"] = open_hints(hints)
        jobs, others = folder.survey(pictures, out)
        translator = folder.ready(name, controls, "cpu" if on_cluster else device)
    except TranslationError as error:
        raise _stopped(error) from error
    if others:
        kinds = ", ".join(sorted({path.suffix.lower() or path.name for path in others}))
        typer.echo(f"Left alone: {len(others):,} that are no PNG, JPEG, WebP, GIF, BMP or TIFF ({kinds}).", err=True)

    todo = [job for job in jobs if not job.done]
    there, bad = len(jobs) - len(todo), {}
    if on_cluster:
        results = on_ray.painted(name, todo, controls, device=device, workers=workers, address=address)
    else:
        results = folder.painted(translator, todo, controls, workers or folder.at_a_time(device))
    bar, asked = tqdm(total=len(jobs), initial=there, desc=name, unit="picture"), []

    def stop(*_):
        asked.append(True)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    try:
        for job, why in results if todo else ():
            if asked:  # Python drops an exception that a signal raises inside a callback
                raise KeyboardInterrupt
            if why:
                bad[job.source] = why
            bar.update()
    except TranslationError as error:
        bar.close()
        raise _stopped(error) from error
    except KeyboardInterrupt:
        bar.close()
        done = sum(job.done for job in jobs)
        typer.echo(f"Stopped: {done:,} of {len(jobs):,} are done; the same command goes on with the rest.", err=True)
        results.close()
        os._exit(130)  # at once: leaving in the usual way waits for threads that are in the middle of a picture
    finally:
        signal.signal(signal.SIGINT, before)
    bar.close()

    typer.echo(f"{len(todo) - len(bad):,} translated, {there:,} already there, {len(bad):,} could not be{':' if bad else '.'}")
    for source, why in sorted(bad.items()):
        line = f"  {source.relative_to(pictures.resolve())}: {why}"
        typer.echo(line.encode(errors="surrogateescape").decode(errors="replace"))  # a name need not be UTF-8
    raise typer.Exit(1 if bad else 0)


def _stopped(error: TranslationError) -> typer.Exit:
    typer.echo(f"Error: {error}", err=True)
    return typer.Exit(2)


app.command("import")(porting.import_)
app.command("export")(porting.export)

if __name__ == "__main__":
    app(prog_name="python -m translators")
