"""The house: imports run one way, and importing does nothing."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "translators": set(),
    "lessons": {"translators"},
    "train": {"translators"},
    "studio": {"translators", "lessons"},
    "benchmarks": {"translators", "lessons", "studio", "train"},
}
ROOMS = {*MAY_IMPORT, "app", "tests"}


def imported(path: Path) -> set[str]:
    """The first names of everything that a file imports, at its top or inside a function."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(path.parent.name if node.level else node.module.split(".")[0])
    return names


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_run_one_way(room):
    files = sorted((ROOT / room).rglob("*.py"))
    assert files or room == "benchmarks"
    for path in files:
        assert (imported(path) & ROOMS) <= MAY_IMPORT[room] | {room}, path


def test_gradio_lives_in_the_studio():
    for room in ("translators", "lessons", "train"):
        for path in (ROOT / room).rglob("*.py"):
            assert "gradio" not in imported(path), path


def test_no_room_for_everything():
    assert not [path for path in ROOT.glob("*/*.py") if path.stem in ("utils", "common", "helpers")]


def run(program: str, **environment) -> str:
    command, environment = [sys.executable, "-c", program], os.environ | environment
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_cards_and_drawings_need_no_torch():
    assert run("import sys, translators.cards, translators.drawing, translators.images; print('torch' in sys.modules)") == "False"


def test_importing_does_nothing(tmp_path):
    """No connection, no file, no folder and nothing printed, in an empty home and with every socket refused."""
    program = (
        "import sys; sys.addaudithook(lambda event, args: event.startswith('socket.connect') and sys.exit(f'{event} {args}'));"
        "import lessons.game, translators, translators.weights, translators.drawing, translators.loading; print(len(translators.CARDS) > 0)"
    )
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    places = {"HOME": str(home), "HF_HOME": str(home / "hub"), "TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1"}
    assert run(program, **places) == "True"
    assert not [*home.rglob("*"), *temporary.rglob("*")]
