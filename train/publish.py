"""A folder of `weights/` to the Hub: the card's front matter, one commit with all files, and the pinned revision for the catalogue."""

import json
import re
import shlex
from pathlib import Path
from typing import Annotated

import typer
from huggingface_hub import CommitOperationAdd, EvalResult, HfApi, ModelCard, constants, get_token
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, HTTPError, OfflineModeIsEnabled
from huggingface_hub.utils import validate_repo_id

from translators.cards import CARDS, Card
from translators.errors import TranslationError

MADE_BY = {
    "model.safetensors": "the export of its training command",
    "config.json": "the export of its training command",
    "run.json": "the export of its training command",
    "figures.json": "python -m train evaluate",
    "README.md": "python -m train card",
}
BESIDES = ("thumbnail.jpg", "card/*.jpg", "samples/*.png", "samples/*.jpg")
SPREADS = ((), ("deviation",), ("low", "high"))  # what may stand behind a figure: an interval of 95 %
LIBRARY = "trazo"
PIPELINE = "image-to-image"


class CannotPublish(ValueError):
    """One sentence on why, and what to do."""


def gather(folder: Path) -> list[Path]:
    """The files that go up. CannotPublish where one is missing, or where the weights would not load at the other end."""
    from translators import weights  # here, for it brings torch and the help does without

    if missing := [name for name in MADE_BY if not (folder / name).is_file()]:
        raise CannotPublish(f"{folder}: {missing[0]} is missing; it comes from {MADE_BY[missing[0]]}.")
    try:
        weights.read(folder)
    except TranslationError as error:
        raise CannotPublish(str(error)) from error
    return [folder / name for name in MADE_BY] + [path for pattern in BESIDES for path in sorted(folder.glob(pattern))]


def read_json(path: Path) -> dict:
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError:
        raise CannotPublish(f"{path} is not readable JSON.") from None


def data_name(run: dict, otherwise: str) -> str:
    """The name of the data set, from the folder that the training command names."""
    words = shlex.split(str(run.get("command", "")))
    after = words[words.index("--data") + 1 :] if "--data" in words else []
    return Path(after[0]).name or otherwise if after else otherwise


def results(figures: dict, name: str, described: str, features: str) -> list[EvalResult]:
    """The figures of the translator itself, for the card's model-index; not those of what it is compared with."""
    found, split = [], str(figures.get("protocol", "test folder")).split()[0]
    for title, value in figures.items():
        value = value.get("translated") if isinstance(value, dict) else value
        mean, *spread = value if isinstance(value, list) else [value]
        if not isinstance(mean, float):
            continue
        kind = re.sub(r"\W+", "-", re.split(r",| x ", title)[0].strip().lower())
        common = {"task_type": PIPELINE, "dataset_type": name, "dataset_name": described, "dataset_split": split}
        measured = {"metric_type": kind, "metric_name": title, "metric_value": mean, "metric_config": features}
        found.append(EvalResult(**common, **measured, metric_args=dict(zip(SPREADS[len(spread)], spread, strict=True)) or None))
    return found


def with_front_matter(folder: Path, license: str | None = None, datasets: list[str] | None = None) -> str:
    """The folder's README.md with its front matter brought up to date; the text below is as it was."""
    with (folder / "README.md").open(newline="", encoding="utf-8") as file:  # its line ends stay what they are
        readme = ModelCard(file.read())
    run, figures = read_json(folder / "run.json"), read_json(folder / "figures.json")
    card: Card | None = CARDS.get(folder.name)
    facts, name = readme.data, data_name(run, folder.name)
    measured = results(figures, name, card.data if card else name, str(figures.get("features", "")))
    method = card.method.split()[0].lower() if card else ""
    facts.license = license or facts.get("license") or "other"
    if facts.license == "other" and card:
        facts.license_name = re.sub(r"\W+", "-", card.licence.split("(")[0].strip().lower())
    elif facts.license != "other":
        facts.license_name = None
    facts.library_name, facts.pipeline_tag = LIBRARY, PIPELINE
    facts.tags = list(dict.fromkeys([*(facts.tags or []), *([method] if method else []), "gan", PIPELINE]))
    facts.datasets = datasets or facts.datasets
    facts.metrics = list(dict.fromkeys(result.metric_type for result in measured)) or None
    facts.model_name, facts.eval_results = card.title if card else folder.name, measured or None
    return str(readme)


def upload(api: HfApi, repo: str, files: dict[str, Path | bytes], private: bool, message: str) -> str:
    """Makes the repository where it is not there yet, puts all files in with one commit, and returns that commit."""
    try:
        api.create_repo(repo, private=private or None, exist_ok=True)
        if private and not api.repo_info(repo).private:
            raise CannotPublish(f"{repo} is there already and is public; nothing was uploaded.")
        return api.create_commit(repo, [CommitOperationAdd(name, content) for name, content in files.items()], commit_message=message).oid
    except CannotPublish:
        raise
    except OfflineModeIsEnabled:
        raise CannotPublish("HF_HUB_OFFLINE keeps the Hub away; unset it to publish.") from None
    except HfHubHTTPError as error:
        raise CannotPublish(_why(error, repo)) from None
    except (HTTPError, OSError) as error:
        raise CannotPublish(f"The Hub at {constants.ENDPOINT} cannot be reached ({type(error).__name__}).") from None
    except (ValueError, RuntimeError) as error:  # of huggingface_hub: the card is refused, or a large file did not arrive
        raise CannotPublish(f"The upload failed: {_plain(str(error))}") from None


def _why(error: HfHubHTTPError, repo: str) -> str:
    owner, status = repo.split("/")[0], error.response.status_code
    if status == 401:
        return "The Hub does not know this token; hf auth login takes a new one."
    if status == 403:
        return f"The token may not write to {repo}: is {owner} you, or an organisation of yours, and does the token allow writing?"
    if status == 404:
        return f"The Hub has no {repo} that this token may see."
    return f"The Hub answered {status}: {_said(error)}"


def _said(error: HfHubHTTPError) -> str:
    return _plain(error.server_message or error.response.reason_phrase)


def _plain(said: str) -> str:
    """What the server says, in one line and without the token, should the server repeat it."""
    return " ".join(said.split()).removesuffix(".").replace(get_token() or "\0", "***") + "."


def main(
    weights: Annotated[Path, typer.Argument(help="Folder of the translator, for example weights/shoes.")],
    repo: Annotated[str, typer.Option(help="Where to: owner/name.")],
    private: Annotated[bool, typer.Option("--private", help="Only you, or your organisation, can see a repository made now.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go up, and touch nothing.")] = False,
    license: Annotated[str | None, typer.Option(help="License key of the Hub; without it, the card's own.")] = None,
    dataset: Annotated[list[str] | None, typer.Option(help="Data set on the Hub, owner/name, that it was trained on; or several.")] = None,
):
    """Puts the weights, the card, the figures and the samples on the Hub, and prints the line for the catalogue.

    Needs a token that may write: hf auth login, or HF_TOKEN.
    """
    try:
        published(weights, repo, private, dry_run, license, dataset)
    except CannotPublish as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from error


def published(folder: Path, repo: str, private: bool, dry_run: bool, license: str | None, datasets: list[str] | None) -> str | None:
    """The whole of it; returns the commit, or None after a dry run."""
    for name in (repo, *(datasets or [])):
        refuse_name(name)
    paths = gather(folder)
    readme = with_front_matter(folder, license, datasets)
    if dry_run:
        typer.echo(readme[: readme.index("---", 3) + 3])
        for path in paths:
            typer.echo(f"{path.stat().st_size:>12,}  {path.relative_to(folder).as_posix()}")
        whose = "a private repository" if private else "a public repository"
        typer.echo(f"Would go to {repo} ({whose}, where it is not there yet); nothing was touched.")
        return None
    if get_token() is None:
        raise CannotPublish("There is no token: hf auth login keeps one, or HF_TOKEN holds it.")
    (folder / "README.md").write_text(readme, "utf-8", newline="")
    step = read_json(folder / "run.json").get("step")
    message = f"Trazo: {folder.name}" + (f", step {step:,}" if isinstance(step, int) else "")
    commit = upload(HfApi(), repo, {path.relative_to(folder).as_posix(): path for path in paths}, private, message)
    typer.echo(f"{constants.ENDPOINT}/{repo}/tree/{commit}")
    where = f"the card {folder.name!r}" if folder.name in CARDS else "a card of its own"
    typer.echo(f"For {where} in translators/cards.py:")
    typer.echo(f'            repo="{repo}",\n            revision="{commit}",')
    return commit


def refuse_name(name: str) -> None:
    try:
        validate_repo_id(name)
    except HFValidationError:
        raise CannotPublish(f"{name!r} is no name that the Hub takes; expected owner/name.") from None
    if "/" not in name:
        raise CannotPublish(f"{name!r} names no owner; expected owner/name.")


if __name__ == "__main__":
    typer.run(main)
