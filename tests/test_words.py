"""The page's words: in every language, and for everything that has a name."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from studio.words import LANGUAGES, REFUSALS, ROOMS
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


@cache
def sentences() -> list[str]:
    """Every sentence in the code that a refusal may be, as a pattern: what is filled in is anything."""
    files = [path for room in ("translators", "studio") for path in (ROOT / room).rglob("*.py") if not path.stem.startswith("words")]
    texts = {pattern(node) for path in files for node in ast.walk(ast.parse(path.read_text("utf-8")))}
    return [text for text in texts if text.endswith(".") and len(text.replace(".+", "")) > 15]


def pattern(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(map(pattern, node.values))
    return re.escape(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else ".+"


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: row["en"][:40])
def test_a_refusal_is_the_server_s_word_for_word_and_fills_in_the_same_everywhere(row):
    fields = {language: sorted(re.findall(r"\{(\w+)\}", text)) for language, text in row.items()}
    assert fields["es"] == fields["en"] == fields["ru"] and len(set(fields["en"])) == len(fields["en"])
    said = re.sub(r"\{\w+\}", "7", row["en"])
    assert [text for text in sentences() if re.fullmatch(text, said, re.DOTALL)]


def test_no_refusal_is_taken_for_another():
    patterns = [re.sub(r"\\\{\w+\\\}", ".+?", re.escape(row["en"])) for row in REFUSALS]
    for row in REFUSALS:
        said = re.sub(r"\{\w+\}", "7", row["en"])
        assert [REFUSALS[i]["en"] for i, text in enumerate(patterns) if re.fullmatch(text, said)] == [row["en"]]
