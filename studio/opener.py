"""The panel that opens a translator of one's own, an old checkpoint or a model on the Hub: in memory, for this session alone."""

import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import gradio as gr
from torch import nn

from studio import guests, uploads
from studio.component import Part
from studio.picker import offer
from translators import BadCheckpoint, Card, TranslationError, Translator, hub, importing
from translators.cards import NOISE
from translators.errors import SeveralNetworks
from translators.labels import PALETTES, palette_of
from translators.loading import ready
from translators.upstream.evidence import DROPOUT, STATISTICS
from translators.upstream.opening import TAKEN

MOST = 256 << 20  # bytes of a file: pix2pix's U-Net at its full width is 218 MB
PIECE, SUFFIX = 16 << 20, ".piece"  # of a file that is sent, below the page's limit for uploads; nothing else of the upload folder is read
COARSEST = 1024  # pixels: a picture is padded to a multiple of what the network reduces to one
PARTS = 12  # networks of one file that are offered
LARGEST = 1024  # pixels: the side that drawings are reduced to


class Place(NamedTuple):
    """Where the translators of a kind are offered: the tab's id, and the channel of its picker."""

    tab: str
    channel: str


class Opener(Part):
    """Gives events what the person wants opened or changed, and takes the answers of `answered`."""

    def __init__(self, *, channels: dict[str, str], **props: Any):
        facts = {"patience": 120000, "most": MOST, "piece": PIECE, "suffix": SUFFIX, "palettes": list(PALETTES)}
        super().__init__("opener", channels=channels, **facts, **props)


def answered(asked: Any, kinds: Collection[str]) -> dict[str, Any]:
    """What the panel says of a guest that is new or changed; what is wrong comes back as `error`, in one sentence, and where a file holds
    several networks of which one must be named, as `parts`.

    `asked` came over the wire: {"number", "takes", "palette"} with {"pieces", "name", "part"} of a file, or the "address" of a model on the
    Hub; or {"number", "handle"} of a guest with {"statistics"} or {"noise"}.
    """
    asked = asked if isinstance(asked, dict) else {}
    answer = {"number": asked.get("number")}
    try:
        handle = asked.get("handle")
        if handle is None:
            handle = brought(asked, kinds)
        else:
            guests.change(str(handle), settled(guests.find(str(handle)), asked))
        return answer | told(handle)
    except SeveralNetworks as error:
        return {**answer, "error": str(error), "parts": error.parts[:PARTS]}
    except TranslationError as error:
        return {**answer, "error": str(error)}


def brought(asked: dict[str, Any], kinds: Collection[str]) -> str:
    """Opens what was asked for, and returns the handle of the new guest; raises as `importing.opened` and `hub.opened`."""
    takes, palette, address = asked.get("takes"), asked.get("palette") or None, asked.get("address")
    with received(asked.get("pieces"), asked.get("name")) as path:
        if takes not in list(kinds):
            raise BadCheckpoint(f"Say what it takes: {' or '.join(kinds)}.")
        if palette and (not isinstance(palette, str) or len(palette) > 40 or not palette_of(palette)):
            raise BadCheckpoint(f"There is no palette {palette!r:.40}; there are {', '.join(PALETTES)} and 'N classes'.")
        part = asked.get("part") or None
        if not isinstance(part, str | None):
            raise BadCheckpoint("The part is the name of a network in the file.")
        if path:
            card, module, config = importing.opened(path, importing.slug(path.stem), takes, part=part, palette=palette)
            card = replace(card, title=f"{path.stem[:40]} {part[:20] if part else ''}".strip())
        elif isinstance(address, str):
            found = hub.pinned(address[:300])
            if found.size > MOST:
                raise too_large(found.repo, found.size)
            card, module, config = hub.opened(found, takes, palette=palette)
        else:
            raise BadCheckpoint("Choose a checkpoint file, or name a model on the Hub.")
    return guests.welcome(*bounded(card, module, config))


def bounded(card: Card, module: nn.Module, config: dict[str, Any]) -> tuple[Translator, int]:
    """A translator that paints on this server in bounded memory, and the size of its weights in bytes; BadCheckpoint where it cannot."""
    if module.multiple > COARSEST:
        raise BadCheckpoint(f"{card.title} reduces {module.multiple:,} pixels to one, and at most {COARSEST:,} can be painted here.")
    size = sum(value.nbytes for value in module.state_dict().values())
    return ready(replace(card, size=min(card.size, LARGEST)), module, config), size


def too_large(name: str, size: int) -> BadCheckpoint:
    return BadCheckpoint(f"{name} is too large: {size / 2**20:,.0f} MB, and at most {MOST >> 20} MB can be opened.")


@contextmanager
def received(pieces: Any, name: Any) -> Iterator[Path | None]:
    """The pieces that were sent as one file of that name, for as long as it is needed; None where nothing was. Nothing of it stays."""
    paths = [Path(piece) for piece in pieces if uploads.is_upload(piece) and piece.endswith(SUFFIX)] if isinstance(pieces, list) else []
    name = re.sub(r"[^\w. ()+-]", "_", Path(str(name)).name)[-80:]
    name = name.encode()[-200:].decode(errors="ignore")  # bytes are what a file system counts
    name = name if name.strip(". ") else "checkpoint"
    try:
        with TemporaryDirectory() as folder:
            if pieces is not None and (not paths or len(paths) != len(pieces)):
                raise BadCheckpoint(f"{name} did not arrive whole: send it again.")
            if (size := sum(path.stat().st_size for path in paths)) > MOST:
                raise too_large(name, size)
            for path in paths:
                with path.open("rb") as piece, Path(folder, name).open("ab") as file:
                    shutil.copyfileobj(piece, file)
            yield Path(folder, name) if paths else None
    finally:
        for path in paths:
            path.unlink(missing_ok=True)
            with suppress(OSError):  # another file lies beside it
                path.parent.rmdir()


def settled(translator: Translator, asked: dict[str, Any]) -> Translator:
    """The translator with another answer to a question that its file left open (`settings`); BadCheckpoint where that is not one."""
    left, config, card = settings(translator), dict(translator.config), translator.card
    if asked.get("statistics") in ("image", "running") and "statistics" in left:
        config["statistics"] = translator.module.statistics = asked["statistics"]
    elif isinstance(asked.get("noise"), bool) and "noise" in left:
        config["dropout_at_test"] = translator.module.dropout_at_test = asked["noise"]
        controls = [replace(control, default=asked["noise"]) if control.name == NOISE.name else control for control in card.controls]
        card = replace(card, controls=tuple(controls))
    else:
        raise BadCheckpoint(f"What can be set of {card.title}: {', '.join(left) or 'nothing'}.")
    return replace(translator, card=card, config=config)


def settings(translator: Translator) -> dict[str, Any]:
    """What an old checkpoint does not say of itself, with the answer that was taken; a model from the Hub says all in its config."""
    if "source" not in translator.config["translator"]:
        return {}
    statistics = {"statistics": translator.module.statistics} if translator.config.get("batch_norm") else {}
    noise = translator.control(NOISE.name)
    return statistics | ({"noise": noise.default} if noise else {})


def told(handle: str) -> dict[str, Any]:
    """What a guest was found to be, for the panel, and what the picker is to offer."""
    translator = guests.find(handle)
    source = translator.config["translator"].get("source", {})
    part, others = source.get("part", ""), source.get("others", [])
    card, config, left = translator.card, translator.config, settings(translator)
    asked = {STATISTICS.said, STATISTICS.said_tested} if "statistics" in left else set()
    asked |= {DROPOUT.said, DROPOUT.said_tested} if "noise" in left else set()
    return {
        "offer": offer(handle),
        "takes": card.takes,
        "title": card.title,
        "method": card.method,
        "pinned": f"{card.repo}@{card.revision}" if card.repo else "",
        "arguments": {key: value for key, value in config.items() if key not in ("architecture", "translator", *left)},
        "assumed": [said for said in config["translator"]["assumed"] if said not in asked and not said.startswith(TAKEN)],
        "settings": left,
        "part": part,
        "parts": sorted([part, *others[: PARTS - 1]]) if others else [],
    }


def place(page: gr.Blocks, tabs: gr.Tabs, kinds: Mapping[str, Place]) -> None:
    """Put the panel and its events on the page; call it inside `with page`. It opens translators of these `kinds`."""
    panel = Opener(channels={kind: at.channel for kind, at in kinds.items()}, elem_id="opener")
    session = gr.State(None, delete_callback=guests.leave)  # after an hour, should the page have been left unnoticed

    def opened(asked: Any) -> dict[Any, Any]:
        answer = answered(asked, kinds)
        if "error" in answer:
            return {panel: answer}
        return {panel: answer, session: guests.session(), tabs: gr.Tabs(selected=kinds[answer["takes"]].tab)}

    quiet = {"show_progress": "hidden", "api_visibility": "private"}
    panel.input(opened, panel, [panel, session, tabs], trigger_mode="multiple", concurrency_limit=1, **quiet)
    page.unload(lambda: guests.leave(guests.session()))
