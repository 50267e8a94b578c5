"""The card of a folder of ablations: one README.md for all its networks, with the same pictures through each of them."""

import json
import shutil
from pathlib import Path

from PIL import Image

from train.sheets import sheet

README = """---
license: other
library_name: trazo
pipeline_tag: image-to-image
tags:
- {method}
- gan
- image-to-image
---

# {title}

{what}

![The first test pictures](card/test.jpg)
*The first {count} pictures of the {split} folder by name, unpicked. From top to bottom: {rows}.*

## Figures

{tables}

Features: {features}. In brackets: 95 % by bootstrap over the pictures. Printed by `{about[command]}`.

## Known failures

{failures}

## Data

{data}

## Training

| what | value |
|---|---|
| command | `{about[command]}` |
| steps of {settings[batch]} | {about[steps]:,} each |
| seed | {settings[seed]} |
| hardware | {about[hardware]} |
| minutes, by the clock, other work beside it | {minutes} in all |

All settings stand in `table.json`, those of a run in its `run.json`. Weights are float16.
"""


def keep_network_alone(folder: Path) -> None:
    """Removes what an export adds for a translator that stands by itself: samples, and the Hub's own README."""
    for place in (folder, folder / "discriminator", folder / "encoder"):
        (place / "README.md").unlink(missing_ok=True)
    shutil.rmtree(folder / "samples", ignore_errors=True)


def write(folder: Path, told: dict[str, str], tables: str, split: str, rows: dict[str, list[Image.Image]]) -> Path:
    """Writes README.md and card/test.jpg beside table.json; returns the card's path.

    `told` are the texts method, title, what, failures and data; `rows` are equally many pictures through every run, by what they are.
    """
    about = json.loads((folder / "table.json").read_text("utf-8"))
    (folder / "card").mkdir(exist_ok=True)
    sheet(list(rows.values())).save(folder / "card" / "test.jpg", quality=85)
    text = README.format(
        **told,
        count=len(next(iter(rows.values()))),
        split=split,
        rows=", ".join(rows),
        tables=tables,
        features="; ".join(f"{name}, {network}" for name, network in about["features"].items()),
        about=about,
        settings=about["settings"],
        minutes=sum(row["minutes"] for row in about["figures"].values()),
    )
    (folder / "README.md").write_text(text, "utf-8")
    return folder / "README.md"
