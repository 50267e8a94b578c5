"""Theme, style and what else stands in the page's head: system fonts and no request outside the machine."""

import json
from pathlib import Path

import gradio as gr

from studio.words import REFUSALS

HERE = Path(__file__).parent
FONT = ["ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"]
MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]

THEME = gr.themes.Base(primary_hue="orange", neutral_hue="stone", font=FONT, font_mono=MONO)
CSS = (HERE / "page.css").read_text("utf-8")
LANGUAGE = (HERE / "language.js").read_text("utf-8")
HEAD = (  # the style too: `launch(css=...)` rewrites it, and leaves rules inside @media without their outermost elements
    f"<style>{CSS}</style>"
    f"<script>{LANGUAGE}</script>"
    f"<script>window.trazoRefusals = {json.dumps(REFUSALS, ensure_ascii=False)};</script>"
    '<meta name="theme-color" content="#f5f4f0" media="(prefers-color-scheme: light)">'
    '<meta name="theme-color" content="#161618" media="(prefers-color-scheme: dark)">'
)
