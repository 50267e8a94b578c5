"""The Learn page: scenes in order, each an experiment beside its paper's equation."""

import gradio as gr

from studio.component import Part
from studio.cycle import Cycle, explore
from studio.learn import facades, sketches
from studio.learn.game import GamePart, play
from studio.learn.lesson import CHANNEL, Lesson, equation
from studio.learn.pad import Pad
from studio.picker import Picker, offers
from studio.samples import Samples, samples
from studio.source import Source, received

# Name, and the drawing that it is about.
SCENES = {
    "game": "",
    "eye": "boxes",
    "compare": "boxes",
    "film": "boxes",
    "skips": "strokes",
    "noise": "strokes",
    "replay": "strokes",
    "rounds": "",
}

GOODFELLOW = "Goodfellow et al., “Generative Adversarial Nets”, NeurIPS 2014"
ISOLA = "Isola, Zhu, Zhou & Efros, “Image-to-Image Translation with Conditional Adversarial Networks”, CVPR 2017"
GAME = {
    "minimax": (r"\min_G\max_D\ \mathbb E_x\log D(x)+\mathbb E_z\log\bigl(1-D(G(z))\bigr)", f"{GOODFELLOW}, (1)"),
    "non_saturating": (r"\max_D\ \mathbb E_x\log D(x)+\mathbb E_z\log\bigl(1-D(G(z))\bigr),\quad\max_G\ \mathbb E_z\log D(G(z))", f"{GOODFELLOW}, §3"),
    "least_squares": (
        r"\min_D\ \tfrac12\mathbb E_x(D(x)-1)^2+\tfrac12\mathbb E_z D(G(z))^2,\quad\min_G\ \tfrac12\mathbb E_z(D(G(z))-1)^2",
        "Mao et al., “Least Squares Generative Adversarial Networks”, ICCV 2017, (9)",
    ),
    "wasserstein": (
        r"\min_G\max_{|w|\le c}\ \mathbb E_x D_w(x)-\mathbb E_z D_w(G(z))",
        "Arjovsky, Chintala & Bottou, “Wasserstein GAN”, ICML 2017, algorithm 1; c = 0.1",
    ),
    "wasserstein_gp": (
        r"\min_D\ \mathbb E_z D(G(z))-\mathbb E_x D(x)+\lambda\,\mathbb E_{\hat x}\bigl(\lVert\nabla D(\hat x)\rVert_2-1\bigr)^2",
        "Gulrajani et al., “Improved Training of Wasserstein GANs”, NeurIPS 2017, (3); λ = 10",
    ),
}  # fmt: skip
EQUATIONS = {
    "eye": (r"D(x,y)=\frac1{hw}\sum_{i,j}D_{ij}(x,y),\qquad D_{ij}\ \text{sees}\ N\times N", f"{ISOLA}, §3.3"),
    "compare": (r"G^*=\arg\min_G\max_D\ \mathcal L_{cGAN}(G,D)+\lambda\,\mathbb E\lVert y-G(x,z)\rVert_1,\quad\lambda=100", f"{ISOLA}, (4)"),
    "film": (r"\mathcal L_{cGAN}(G,D)=\mathbb E_{x,y}\log D(x,y)+\mathbb E_{x,z}\log\bigl(1-D(x,G(x,z))\bigr)", f"{ISOLA}, (1)"),
    "skips": (r"h_{n-i}=\bigl[\,u_i,\ g_i\cdot d_i\,\bigr],\qquad 0\le g_i\le1", f"{ISOLA}, §3.2, Fig. 5; g = 1: U-Net, g = 0: encoder-decoder"),
    "noise": (r"y=G(x,z),\qquad z=\text{dropout},\qquad \hat h=\gamma\,\frac{h-\mu}{\sqrt{\sigma^2+\epsilon}}+\beta", f"{ISOLA}, §3.1, §3.4"),
    "replay": (r"G:\{x,z\}\to y", f"{ISOLA}, §3"),
    "rounds": (
        r"\mathcal L_{cyc}=\mathbb E_x\lVert F(G(x))-x\rVert_1+\mathbb E_y\lVert G(F(y))-y\rVert_1,\qquad \mathcal L_{id}=\mathbb E_x\lVert F(x)-x\rVert_1+\mathbb E_y\lVert G(y)-y\rVert_1",
        "Zhu, Park, Isola & Efros, “Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks”, ICCV 2017, (2) and §5.2; λ = 10",
    ),
}  # fmt: skip
LIVE = {"show_progress": "hidden", "api_visibility": "private", "trigger_mode": "multiple", "concurrency_limit": 1}


def place(page: gr.Blocks) -> None:
    """Put the scenes and their events on the page; call it inside `with page`."""
    Part("learn/scenes", channel=CHANNEL, scripts=("learn/ask",), name="scenes", elem_id="scenes", scenes=SCENES)
    with gr.Row(elem_classes="stage"):
        with gr.Column(elem_classes="pads"):
            Pad("strokes")
            boxes = Pad("boxes")
        with gr.Column(elem_classes="scenes-column"):
            with scene("game"):
                for loss, (tex, source) in GAME.items():
                    equation(tex, source, f"loss-{loss}")
                game, kept = GamePart(), gr.State(None, time_to_live=900)
            parts = {}
            for name, scripts in {"eye": (), "compare": (), "film": ("learn/curves",), "skips": (), "noise": (), "replay": ()}.items():
                with scene(name):
                    equation(*EQUATIONS[name])
                    parts[name] = Lesson(name, scripts=scripts, translators=sketches.names())
            with scene("rounds"):
                equation(*EQUATIONS["rounds"])
                cycle(page)

    game.input(play, [game, kept], [game, kept], concurrency_id="game", **LIVE)
    works = {
        "eye": facades.look, "compare": facades.compare, "film": facades.film,
        "skips": sketches.skips, "noise": sketches.noise, "replay": sketches.replay,
    }  # fmt: skip
    for name, work in works.items():
        parts[name].input(work, parts[name], parts[name], concurrency_id="lessons", **LIVE)
    page.load(facades.offers, None, boxes, show_progress="hidden", api_visibility="private")
    page.load(None, None, None, js="() => location.hash.startsWith('#scene=') && document.querySelectorAll('#tabs [role=tab]')[2].click()")


def scene(name: str) -> gr.Column:
    return gr.Column(elem_classes="scene", elem_id=f"scene-{name}")


def cycle(page: gr.Blocks) -> None:
    """The cycle explorer of the Photos page, on a photo of its own."""
    channel, quiet = "learn-cycle", {"show_progress": "hidden", "api_visibility": "private"}
    picker = Picker(kind="photo", channel=channel, store="trazo-learn-translator", elem_id="rounds-picker")
    with gr.Row(elem_classes="round-trip"):
        with gr.Column():
            source = Source(channel=channel, elem_id="rounds-source")
            strip = Samples(channel=channel, elem_id="rounds-samples")
        with gr.Column():
            explorer, trip = Cycle(channel=channel, elem_id="rounds-cycle"), gr.State(None)
    source.given(received, source, source, trigger_mode="multiple", concurrency_limit=1, **quiet)
    explorer.input(explore, [explorer, trip], [explorer, trip], concurrency_id="photos", **LIVE)
    picker.input(samples, picker, strip, trigger_mode="always_last", **quiet)
    page.load(lambda: offers("photo"), None, picker, **quiet)
