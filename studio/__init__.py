"""The page. `page()` builds it, `LAUNCH` are the settings it is launched with; the only room that knows Gradio."""

import gradio as gr

from studio import draw, labels, learn, look, opener, photos, sweeping
from studio.words import I18N

LAUNCH = {
    "theme": look.THEME,
    "head": look.HEAD,
    "i18n": I18N,
    "run_history": False,
    "show_error": False,  # it would show paths of this machine
    "favicon_path": look.HERE / "favicon.png",
    "footer_links": ["api"],
    "max_file_size": "20mb",
    "ssr_mode": False,
    "state_session_capacity": 200,  # of 1 MB and more, which Gradio keeps after the page is closed; the longest unused go first
}

STAY = (look.HERE / "stay.js").read_text("utf-8")


def page() -> gr.Blocks:
    with gr.Blocks(title="Trazo", analytics_enabled=False, delete_cache=sweeping.AT_THE_END) as blocks:
        gr.HTML("<h1>Trazo</h1>", elem_classes="brand")
        kinds = {}
        with gr.Tabs(elem_id="tabs", overflow_behavior="wrap") as tabs:
            with gr.Tab(I18N("tab_draw"), id="draw"):
                kinds[draw.KIND] = opener.Place("draw", draw.CHANNEL)
                draw.place(blocks)
            with gr.Tab(I18N("tab_photos"), id="photos"):
                kinds[photos.KIND] = opener.Place("photos", photos.CHANNEL)
                photos.place(blocks)
            with gr.Tab(I18N("tab_labels"), id="labels"):
                kinds[labels.KIND] = opener.Place("labels", labels.CHANNEL)
                labels.place(blocks)
            with gr.Tab(I18N("tab_learn"), id="learn"):
                learn.place(blocks)
        opener.place(blocks, tabs, kinds)
        blocks.load(None, None, None, js=STAY)
    return blocks.queue(max_size=64, default_concurrency_limit=2, api_open=False)


__all__ = ["LAUNCH", "page"]
