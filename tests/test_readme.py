"""What the README says is so: its examples run, its front matter is a Space's, its tree names the files that are there."""

import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_front_matter_is_a_valid_space():
    facts = yaml.safe_load(README.split("---\n")[1])
    assert facts["sdk"] == "gradio" and (ROOT / facts["app_file"]).is_file()
    assert facts["sdk_version"] == importlib.metadata.version("gradio")
    assert f"gradio=={facts['sdk_version']}\n" in (ROOT / "requirements.txt").read_text()
    assert re.fullmatch(r"3\.1[1-9]", facts["python_version"])
    assert facts["license"] == "mit" and (ROOT / "LICENSE").read_text().startswith("MIT License")
    assert len(facts["title"]) and isinstance(facts["tags"], list)
    assert {facts["colorFrom"], facts["colorTo"]} <= {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert len(facts["short_description"]) <= 60


def test_the_python_example_paints_a_shoe(tmp_path):
    (example,) = (code for code in EXAMPLES if "translators.load" in code)
    subprocess.run(
        [sys.executable, "-c", example.replace('"shoe.png"', repr(str(tmp_path / "shoe.png")))], cwd=ROOT, check=True, timeout=120
    )
    painted = Image.open(tmp_path / "shoe.png")
    assert painted.size == (256, 256)
    darkest, brightest = painted.convert("L").getextrema()
    assert darkest < 120 and brightest > 240  # a shoe on white


def test_the_api_example_answers_with_a_picture(url, tmp_path):
    (example,) = (code for code in EXAMPLES if "gradio_client" in code)
    code = example.replace("http://127.0.0.1:7860", url.rstrip("/"))
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=120, capture_output=True, text=True)
    assert Image.open(done.stdout.strip().splitlines()[-1]).size == (256, 256)


def test_the_tree_names_the_files_that_are_there():
    tree = README.split("## The house")[1].split("```")[1]
    for room in ("studio", "lessons", "translators", "train"):
        part = tree.split(f"\n{room}/")[1].split("\n", 1)[1]
        part = re.split(r"\n\S", part)[0]
        there = {path.stem for path in (ROOT / room).glob("*.py")} - {"__init__"}
        named = set(re.findall(r"(\w+)\.py", part))
        assert named == there, f"{room}: {named ^ there}"


@pytest.mark.parametrize("path", re.findall(r"\]\(([\w./-]+)\)", README))
def test_links_lead_somewhere(path):
    assert (ROOT / path).exists()
