"""The page's words: in every language, and for everything that has a name."""

import re
from pathlib import Path

import pytest

from studio.words import LANGUAGES, ROOMS
from translators.labels import PALETTES

ROOT = Path(__file__).parents[1]
SCRIPTS = {path.stem: path for path in sorted((ROOT / "studio").rglob("*.js")) if path.stem in ROOMS}


@pytest.mark.parametrize("room", ROOMS)
def test_every_word_stands_in_every_language(room):
    for key, row in ROOMS[room].items():
        assert len(row) == len(LANGUAGES) and all(text.strip() for text in row), key


@pytest.mark.parametrize("room", SCRIPTS)
def test_the_words_that_a_script_asks_for_are_there(room):
    asked = set(re.findall(r"\bword\('(\w+)'\)", SCRIPTS[room].read_text("utf-8")))
    assert asked <= ROOMS[room].keys()


@pytest.mark.parametrize("palette", PALETTES)
def test_every_class_has_a_name(palette):
    wanted = {f"class_{name.replace(' ', '_')}" for name in PALETTES[palette].names}
    assert wanted <= ROOMS["scene"].keys() and len(wanted) == len(PALETTES[palette].names)


def test_every_sheet_of_a_card_has_a_title():
    sheets = {path.stem for path in (ROOT / "weights").glob("*/card/*.jpg")}
    assert {"test", "failures"} <= sheets and {f"shelf_{sheet}" for sheet in sheets} <= ROOMS["identity"].keys()
