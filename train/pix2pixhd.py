"""pix2pixHD: Wang, Liu, Zhu, Tao, Kautz & Catanzaro, "High-Resolution Image Synthesis and Semantic Manipulation with Conditional GANs",
CVPR 2018.

min_G ( max_{D1 … Dk} Σ_k L_GAN(G, D_k) + λ Σ_k L_FM(G, D_k) ) + λ L_perceptual(G)                             (eq. 5, and §3.5's VGG term)
"""

import copy
import dataclasses
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import torch
import torch.nn.functional as F
import typer
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from tqdm import tqdm

from train import engine
from train.augment import Change, Seen, unchanged
from train.beginning import resized_as
from train.command import ask_doctor, said, settings_from, steps_named
from train.data import BadData, LabelCrops, LabelFolder, loader, open_labels
from train.doctor.layout import LABELS
from train.features import FEATURES, Views, feature_distance, look, perceptual_distance, taps
from train.heads import Heads, heads_loss, judging_loss
from train.pix2pix import RESIZED, feature_matching, least_squares
from train.ranks import Ranks, all_ranks
from train.stopping import Best, Finite
from translators import weights
from translators.errors import TranslationError
from translators.pix2pix import initialize
from translators.pix2pixhd import Encoder, GlobalGenerator, LocalEnhancer, MultiScale, boundary_map, one_hot

PHASES = ("global", "local", "joint")


def discriminator_loss(D: MultiScale, x: Tensor, y: Tensor, y_fake: Tensor, seen: Seen = unchanged) -> tuple[Tensor, dict[str, Tensor]]:
    """Σ_k L_LSGAN for D_k, halved so that D learns slower than G. `seen` is what D is shown of x and y."""
    real = sum(least_squares(logits, True) for logits in D(*seen(x, y)))
    fake = sum(least_squares(logits, False) for logits in D(*seen(x, y_fake.detach())))
    return (real + fake) / 2, {"D_real": real.detach(), "D_fake": fake.detach()}


def generator_loss(
    D: MultiScale,
    x: Tensor,
    y: Tensor,
    y_fake: Tensor,
    lambda_feature: float = 10.0,
    lambda_perceptual: float = 10.0,
    views: Views | None = None,
    seen: Seen = unchanged,
) -> tuple[Tensor, dict[str, Tensor]]:
    """Eq. 5 and the perceptual term for G: `x` is what D sees beside y (N, 3, H, W) in [-1, 1], `seen` what it is shown of both, and
    `views` what the network of the perceptual loss makes of them.
    """
    fake = D.features(*seen(x, y_fake))
    total = sum(least_squares(features[-1], True) for features in fake)
    parts = {"G_gan": total.detach()}
    if lambda_feature:
        with torch.no_grad():
            real = D.features(*seen(x, y))
        matching = sum(feature_matching(r, f) for r, f in zip(real, fake, strict=True))
        total, parts["G_feature"] = total + lambda_feature * matching, matching.detach()
    if lambda_perceptual:
        distance = feature_distance(views)
        total, parts["G_perceptual"] = total + lambda_perceptual * distance, distance.detach()
    return total, parts


@dataclass(frozen=True)
class Settings:
    """What a run is: everything that its result depends on. Stored in the checkpoint, and compared on resume.

    `phase` "global" trains G1, "local" G2's enhancers around a fixed G1, "joint" everything (§3.2). `height` and `width` are those of the
    phase: half as large for "global" as for the others.
    """

    phase: str = "global"
    classes: int = 12
    height: int = 512
    width: int = 1024
    zoom: float = 1.5
    colour: float = 0.15
    base_channels: int = 64
    downs: int = 4
    blocks: int = 9
    local_blocks: int = 3
    boundary: bool = True
    feature_channels: int = 3
    encoder_channels: int = 16
    discriminator_channels: int = 64
    patch: int = 70
    scales: int = 3
    resize: str = ""
    augment: bool = False
    lambda_feature: float = 10.0
    lambda_perceptual: float = 10.0
    lambda_projected: float = 0.0
    features: str = "vgg19"
    epochs: float = 200.0
    decay_epochs: float = 100.0
    batch: int = 1
    lr: float = 2e-4
    average: float = 0.0
    seed: int = 0

    def __post_init__(self):
        engine.refuse_too_small(self.patch, self.scales, height=self.height, width=self.width)

    @property
    def seen(self) -> int:
        """Channels of the label input: one-hot classes and the boundary map."""
        return self.classes + self.boundary

    def generator(self) -> GlobalGenerator | LocalEnhancer:
        channels = self.seen + self.feature_channels
        if self.phase == "global":
            return GlobalGenerator(channels, 3, self.base_channels, self.downs, self.blocks, resize=self.resize or None)
        more = {"local_blocks": self.local_blocks, "resize": self.resize or None}
        return LocalEnhancer(channels, 3, self.base_channels // 2, self.downs, self.blocks, **more)

    def encoder(self) -> Encoder | None:
        return Encoder(3, self.feature_channels, self.encoder_channels, self.downs) if self.feature_channels else None

    def discriminator(self) -> MultiScale:
        return MultiScale(self.seen, 3, self.discriminator_channels, self.patch, self.scales)

    def dataset(self, folder: LabelFolder, augmented: bool = True) -> LabelCrops:
        strength = {"zoom": self.zoom, "colour": self.colour} if augmented else {"zoom": 1.0, "colour": 0.0}
        return LabelCrops(folder, (self.height, self.width), self.seed, **strength)

    def label_input(self, label_map: Tensor, instance_map: Tensor) -> Tensor:
        """Ids (N, H, W) → (N, classes [+ 1], H, W): what D sees, and what G sees besides the features."""
        x = one_hot(label_map, self.classes)
        return torch.cat([x, boundary_map(instance_map)], 1) if self.boundary else x


def train(
    data: Path,
    out: Path,
    settings: Settings,
    resume=False,
    start_from: Path | None = None,
    device: torch.device | str = "cpu",
    workers=1,
    sample_every=500,
    save_every=500,
    log_every=50,
    validate_every=0,
    patience=0,
    snapshots: Collection[int] = (),
    compiled=False,
    stop_at=None,
    feature_weights: Path | None = None,
    tensorboard=False,
    ranks: Ranks | None = None,
):
    """Runs one phase to its end, or to `stop_at` steps, and returns the state: networks and optimizers by name.

    `start_from` is the folder of the phase before, or one of weights, whose discriminators begin anew. Every `validate_every` steps the
    perceptual distance, or L1 where the loss has no such part, is measured on the val folder and logged, and the network with the lowest
    is kept as best.pt; `patience` such looks without a lower one end the run.
    Files: out/{last.pt, best.pt, log.jsonl, samples/, snapshots/}.
    """
    device, ranks = torch.device(device), ranks or Ranks()
    if not resume:
        engine.refuse_to_overwrite(out)
        if settings.phase == "local" and not start_from:
            raise BadData("--phase local trains around a generator that is there already: name its run or weights with --start-from.")
    pairs = open_labels(data, "train", settings.classes)
    val_pairs = open_labels(data, "val", settings.classes) if (data / "val").is_dir() else pairs
    if val_pairs is pairs:
        validate_every = 0
    per_epoch = len(pairs) // (settings.batch * ranks.world)
    steps, decay_from = round(settings.epochs * per_epoch), round((settings.epochs - settings.decay_epochs) * per_epoch)

    engine.seed_everything(settings.seed)
    G, D, E = initialize(settings.generator()), initialize(settings.discriminator()), settings.encoder()
    engine.refuse_sides(G, height=settings.height, width=settings.width)
    networks: dict[str, nn.Module] = {"G": G, "D": D} | ({"E": initialize(E)} if E else {})
    looks = settings.lambda_perceptual or settings.lambda_projected
    perceptual = taps(settings.features, feature_weights).to(device) if looks else None
    heads = {"P": Heads(perceptual.channels)} if settings.lambda_projected else {}
    networks |= heads
    before: list[dict] = []
    if start_from and not resume:
        before = begin_with(networks, settings, start_from)
    networks["average"] = copy.deepcopy(G) if settings.average else G
    if E:  # a generator averaged over many steps speaks the language of an encoder averaged over as many
        networks["average_E"] = copy.deepcopy(E) if settings.average else E
    networks = {name: network.to(device, memory_format=torch.channels_last) for name, network in networks.items()}
    average, average_E = networks["average"], networks.get("average_E")
    trained = G.parameters() if settings.phase != "local" else (p for name, p in G.named_parameters() if not name.startswith("coarse."))
    learns_G = [*trained, *(E.parameters() if E else ())]
    opt_G = torch.optim.Adam(learns_G, settings.lr, betas=(0.5, 0.999), fused=True)
    judges = [D, *heads.values()]
    learns_D = [p for judge in judges for p in judge.parameters()]
    opt_D = torch.optim.Adam(learns_D, settings.lr, betas=(0.5, 0.999), fused=True)
    if settings.phase == "local":
        G.coarse.requires_grad_(False)
    state: dict[str, nn.Module | torch.optim.Optimizer] = {**networks, "opt_G": opt_G, "opt_D": opt_D}

    best = Best(patience, judged=validate_every > 0)
    step, seconds = 0, 0.0
    if resume:
        kept = engine.load_checkpoint(out)
        engine.refuse_other_settings(out, kept["settings"], settings)
        for name, part in state.items():
            part.load_state_dict(kept[name])
        step, seconds, before = kept["step"], kept["seconds"], kept["before"]
        engine.refuse_other_world(out, kept, ranks.world)
        best.load_state_dict(kept.get("best", best.state_dict()))
        engine.set_random_states(kept["random"][ranks.rank])
    elif ranks.rank:
        torch.manual_seed(settings.seed + ranks.rank)  # equal weights, but noise of its own
    log, clock = engine.Log(out, step, tensorboard, silent=not ranks.main), engine.Clock(seconds, step)
    loss_of_D, loss_of_G = engine.compiled(compiled, [G, E] if E else [G], discriminator_loss, generator_loss)
    finite, balance = Finite(device, ranks), engine.Balance()

    def save(name: str = "last.pt") -> None:
        finite.settle_all(step, networks.values())
        facts = {
            "settings": dataclasses.asdict(settings),
            "step": step,
            "seconds": clock.seconds(),
            "random": ranks.gather(engine.random_states()),
            "best": best.state_dict(),
        }
        facts |= {
            "hardware": engine.hardware(device, ranks.world),
            "command": engine.command(),
            "pictures": len(pairs),
            "before": before,
        }
        if ranks.main:
            engine.save_checkpoint(out, {name: part.state_dict() for name, part in state.items()} | facts, name)

    def paint(network: nn.Module, encoder: Encoder | None, x: Tensor, y: Tensor, instance_map: Tensor) -> Tensor:
        """x (N, seen, H, W) and, where there is an encoder, the features of y (N, 3, H, W) → (N, 3, H, W)."""
        return network(torch.cat([x, encoder(y, instance_map)], 1) if encoder else x)

    weights = {"lambda_feature": settings.lambda_feature, "lambda_perceptual": settings.lambda_perceptual}
    whole = settings.dataset(val_pairs, augmented=False)
    watched = torch.utils.data.default_collate([whole[0, i * len(val_pairs) // 6] for i in range(6)])

    @torch.no_grad()
    def validate() -> float:
        """Perceptual distance, or L1 without one, on up to 32 validation pictures, painted by the average."""
        distances = []
        for place in engine.spread(len(val_pairs), 32):
            label_map, instance_map, y, _ = (v.to(device) if isinstance(v, Tensor) else v for v in batched(whole[0, place]))
            with engine.autocast(device):
                y_fake = paint(average, average_E, settings.label_input(label_map, instance_map), y, instance_map)
                distances.append(perceptual_distance(perceptual, y_fake, y) if perceptual else F.l1_loss(y_fake, y))
        return float(torch.stack(distances).mean())

    def snapshot() -> None:
        for name, network in [("G", average)] + ([("E", average_E)] if E else []):
            engine.save_snapshot(out / "snapshots" / name / f"{step:07d}.safetensors", network)

    if ranks.main and step == 0 and 0 in snapshots:
        snapshot()

    last = step if best.given_up else min(steps, stop_at or steps)
    batches = loader(settings.dataset(pairs), len(pairs), settings.batch, settings.seed, step, last, workers, ranks, device)
    bar = tqdm(total=steps, initial=step, unit="step", dynamic_ncols=True, disable=not ranks.main)
    with engine.stop_requests() as asked_to_stop:
        for label_map, instance_map, y, names in batches:
            label_map, instance_map = label_map.to(device), instance_map.to(device)
            y = y.to(device, memory_format=torch.channels_last, non_blocking=True)  # (N, 3, H, W)
            x = settings.label_input(label_map, instance_map)  # (N, seen, H, W)
            for group in (*opt_G.param_groups, *opt_D.param_groups):
                group["lr"] = settings.lr * engine.linear_decay(step, steps, decay_from)

            with engine.autocast(device):
                y_fake = paint(G, E, x, y, instance_map)
                views = look(perceptual, y_fake, y) if perceptual else None
                for judge in judges:
                    judge.requires_grad_(True)
                loss_D, parts = loss_of_D(D, x, y, y_fake, Change(y) if settings.augment else unchanged)
                for P in heads.values():
                    judging = judging_loss(P, views)
                    loss_D, parts["P"] = loss_D + judging, judging.detach()
            opt_D.zero_grad()
            loss_D.backward()
            ranks.average_gradients(learns_D)
            opt_D.step()

            for judge in judges:
                judge.requires_grad_(False)
            with engine.autocast(device):
                loss_G, parts_G = loss_of_G(D, x, y, y_fake, **weights, views=views, seen=Change(y) if settings.augment else unchanged)
                for P in heads.values():
                    parts_G["P_G"] = (projected := heads_loss(P, views.fake, True)).detach()
                    loss_G = loss_G + settings.lambda_projected * projected
            opt_G.zero_grad()
            loss_G.backward()
            ranks.average_gradients(learns_G)
            opt_G.step()
            if settings.average:
                decay = min(settings.average, (1 + step) / (10 + step))
                engine.update_average(average, G, decay)
                if E:
                    engine.update_average(average_E, E, decay)
            step += 1
            bar.update()
            finite.notice(step, {"D": loss_D, "G": loss_G}, names)

            looked = validate_every > 0 and (step % validate_every == 0 or step == steps)
            if looked or step % log_every == 0 or step == last:
                finite.settle()
                measured = {"val": ranks.gather(validate() if ranks.main else None)[0]} if looked else {}
                speed = settings.batch * ranks.world * clock.steps_a_second(step)
                rest = {"lr": opt_G.param_groups[0]["lr"], "images/s": speed, "seconds": clock.seconds()}
                bar.set_postfix(numbers := log.write(step, {**parts, **parts_G, **measured, **rest}))
                if ranks.main and (advice := balance.notice({"D": (numbers["D_real"] + numbers["D_fake"]) / 2 / settings.scales})):
                    bar.write(f"Step {step}: {advice}")
            if ranks.main and (step % sample_every == 0 or step == last):
                with torch.no_grad(), engine.autocast(device):
                    labels, objects, photos = (v.to(device) for v in watched[:3])
                    shown = paint(average, average_E, settings.label_input(labels, objects), photos, objects)
                greys = (labels[:, None].float() / (settings.classes - 1) * 2 - 1).expand(-1, 3, -1, -1)
                engine.save_grid(out / "samples" / f"{step:07d}.jpg", [greys, shown, photos], 6)
            if looked and best.notice(step, measured["val"]):
                save("best.pt")
            if ranks.main and snapshots and (step in snapshots or step == steps or best.given_up):
                snapshot()
            stopping = ranks.any(asked_to_stop())
            if step % save_every == 0 or step == last or best.given_up or stopping:
                save()
            if stopping and ranks.main:
                bar.write(f"Saved {out / 'last.pt'} at step {step} of {steps}; the same command with --resume goes on.")
            if best.given_up or stopping:
                break
    if best.given_up and ranks.main:
        bar.write(best.why())
    bar.close()
    return state


def batched(sample: tuple) -> tuple:
    return tuple(torch.utils.data.default_collate([sample]))


def begin_with(networks: dict[str, nn.Module], settings: Settings, folder: Path) -> list[dict]:
    """Fills networks with those of the phase before: after "global" its generator becomes the coarse one of G2, otherwise all go on as they
    are. Of a weights folder, which has no discriminators, D begins anew; so do heads, where the phase before had none. Returns the facts
    of the runs before.

    Raises:
        BadData: something there does not fit these settings, or cannot be read.
    """
    if (folder / weights.CONFIG).exists():
        try:
            G, facts = weights.read(folder)[0], engine.read_facts(folder / "run.json")
            states = {"G": G.state_dict()}
            if "E" in networks:
                states["E"] = load_file(folder / "encoder" / weights.MODEL)
        except (TranslationError, OSError, SafetensorError) as error:
            raise BadData(f"--start-from: {error}") from error
        half, before = isinstance(G, GlobalGenerator), [*facts.pop("before", []), facts]
    else:
        kept = engine.load_checkpoint(folder)
        if "phase" not in kept.get("settings", {}):
            raise BadData(f"--start-from: {folder} holds a run of another command than train.pix2pixhd.")
        states = {"G": kept["average"]} | {name: kept[name] for name in ("D", "P") if name in kept}
        states |= {"E": kept.get("average_E", kept["E"])} if "E" in kept else {}
        half, before = kept["settings"]["phase"] == "global", [*kept["before"], engine.facts_of(kept, folder)]
    try:
        if half and settings.phase != "global":
            networks["G"].start_from(resized_as(networks["G"].coarse, states.pop("G")))
        for name in states.keys() & networks.keys():
            networks[name].load_state_dict(resized_as(networks[name], states[name]))
        if missing := networks.keys() - states.keys() - {"G", "D", "P"}:
            raise RuntimeError(f"there is no {missing.pop()}")
    except (KeyError, RuntimeError) as error:
        raise BadData(f"{folder}: its networks do not fit these settings ({str(error).splitlines()[0]})") from error
    return before


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
DEFAULT = Settings()


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    data: Annotated[Path | None, typer.Option(help="Folder with train/, val/ and test/, each with image/ and label/.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the run: checkpoint, log, sample grids.")] = Path("runs/pix2pixhd"),
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the run's last checkpoint.")] = False,
    start_from: Annotated[Path | None, typer.Option(help="Folder of the run of the phase before, or of weights.")] = None,
    phase: Annotated[str, typer.Option(help="global, local or joint.")] = DEFAULT.phase,
    classes: Annotated[int, typer.Option(help="How many classes the label maps have.")] = DEFAULT.classes,
    height: Annotated[int, typer.Option(help="Height of the training pictures; half of it for the global phase.")] = DEFAULT.height,
    width: Annotated[int, typer.Option(help="Width of the training pictures; half of it for the global phase.")] = DEFAULT.width,
    zoom: Annotated[float, typer.Option(help="Augmentation: crops are enlarged up to this much.")] = DEFAULT.zoom,
    colour: Annotated[float, typer.Option(help="Augmentation: brightness, contrast, saturation change by up to this share.")] = (
        DEFAULT.colour
    ),
    base_channels: Annotated[int, typer.Option(help="Width of G1's first layer (64 in the paper).")] = DEFAULT.base_channels,
    downs: Annotated[int, typer.Option(help="Halvings in G1 (4 in the paper).")] = DEFAULT.downs,
    blocks: Annotated[int, typer.Option(help="Residual blocks in G1 (9 in the paper).")] = DEFAULT.blocks,
    local_blocks: Annotated[int, typer.Option(help="Residual blocks in G2 (3 in the paper).")] = DEFAULT.local_blocks,
    boundary: Annotated[bool, typer.Option(help="Give the networks the boundary map of the objects.")] = DEFAULT.boundary,
    feature_channels: Annotated[int, typer.Option(help="Channels of the encoder's features; 0 trains without one.")] = (
        DEFAULT.feature_channels
    ),
    encoder_channels: Annotated[int, typer.Option(help="Width of the encoder's first layer.")] = DEFAULT.encoder_channels,
    discriminator_channels: Annotated[int, typer.Option(help="Width of the discriminators' first layer.")] = (
        DEFAULT.discriminator_channels
    ),
    patch: Annotated[int, typer.Option(help="The discriminators' receptive field: 1, 16, 70 or 286.")] = DEFAULT.patch,
    scales: Annotated[int, typer.Option(help="Number of discriminators (3 in the paper).")] = DEFAULT.scales,
    resize: Annotated[
        str, typer.Option(help="Doublings by interpolation, nearest or bilinear; without it transposed convolutions, as in the paper.")
    ] = DEFAULT.resize,
    augment: Annotated[
        bool, typer.Option("--augment", help="Differentiable augmentation of what D sees, for few pictures; heads see them as they are.")
    ] = DEFAULT.augment,
    lambda_feature: Annotated[float, typer.Option(help="Weight of feature matching.")] = DEFAULT.lambda_feature,
    lambda_perceptual: Annotated[float, typer.Option(help="Weight of the perceptual loss.")] = DEFAULT.lambda_perceptual,
    lambda_projected: Annotated[
        float, typer.Option(help="Weight of discriminators on the features of a frozen network (0 in the paper).")
    ] = DEFAULT.lambda_projected,
    features: Annotated[str, typer.Option(help="What perceptual loss and heads look through: vgg19 or squeezenet.")] = DEFAULT.features,
    feature_weights: Annotated[Path | None, typer.Option(help="With squeezenet: file with its weights.")] = None,
    epochs: Annotated[float, typer.Option(help="Passes over the data.")] = DEFAULT.epochs,
    decay_epochs: Annotated[float, typer.Option(help="How many of them, at the end, decay the learning rate.")] = DEFAULT.decay_epochs,
    batch: Annotated[int, typer.Option(min=1, help="Pictures a step.")] = DEFAULT.batch,
    lr: Annotated[float, typer.Option(help="Adam's learning rate.")] = DEFAULT.lr,
    average: Annotated[float, typer.Option(help="Decay of the moving average of G's weights; 0 keeps none.")] = DEFAULT.average,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = DEFAULT.seed,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cuda" if torch.cuda.is_available() else "cpu",
    workers: Annotated[int, typer.Option(help="Processes that prepare pictures.")] = 1,
    compiled: Annotated[bool, typer.Option("--compile", help="Compile networks and losses first: minutes, and then faster steps.")] = False,
    sample_every: Annotated[int, typer.Option(min=1, help="Steps between sample grids.")] = 500,
    save_every: Annotated[int, typer.Option(min=1, help="Steps between checkpoints.")] = 500,
    validate_every: Annotated[int, typer.Option(help="Steps between looks at the val folder; 0 for none.")] = 500,
    patience: Annotated[int, typer.Option(help="Stop after so many looks at the val split without a lower figure; 0 for never.")] = 0,
    doctor: Annotated[bool, typer.Option(help="Look the data set over before training.")] = True,
    snapshots: Annotated[
        str, typer.Option(help="Steps whose generator is kept as float16 in OUT/snapshots, for example 0,100,300; the last one too.")
    ] = "",
    tensorboard: Annotated[bool, typer.Option("--tensorboard", help="Curves for tensorboard --logdir, beside the log.")] = False,
):
    """Trains pix2pixHD on photos with label maps."""
    if context.invoked_subcommand:
        return
    options = dict(locals())
    with said(), all_ranks(device) as (ranks, own):
        settings = settings_from(options, Settings, phase=PHASES, resize=RESIZED, features=FEATURES)
        if doctor and not resume:
            ask_doctor(ranks, data, LABELS, classes=classes)
        train(
            data,
            out,
            settings,
            resume,
            start_from,
            own,
            workers,
            sample_every,
            save_every,
            validate_every=validate_every,
            patience=patience,
            snapshots=steps_named(snapshots),
            compiled=compiled,
            feature_weights=feature_weights,
            tensorboard=tensorboard,
            ranks=ranks,
        )


@app.command("export")
def export_run(
    run: Annotated[Path, typer.Argument(help="Folder of the run.")],
    data: Annotated[Path, typer.Option(help="Folder of the data set: the styles of the objects and the samples come from it.")],
    weights: Annotated[Path, typer.Option(help="Folder to write, for example weights/street.")],
    best: Annotated[bool, typer.Option("--best", help="The network with the lowest validation figure, not the last one.")] = False,
    margin: Annotated[int, typer.Option(help="Pixels to paint beyond every side and cut off: networks tell a picture's end.")] = 0,
):
    """Writes the weights folder of a run: model.safetensors (float16), config.json with the styles, encoder, samples, run.json."""
    from train.export import export_pix2pixhd  # it imports this module

    with said():
        facts = export_pix2pixhd(run, data, weights, best=best, margin=margin)
    typer.echo(f"{weights}: step {facts['step']:,}, {facts['minutes']} minutes on {facts['hardware']}.")


@app.command("styles")
def find_styles(
    weights: Annotated[Path, typer.Argument(help="Folder that export wrote, for example weights/street.")],
    data: Annotated[Path, typer.Option(help="Folder of the data set that it was trained on.")],
    margin: Annotated[int | None, typer.Option(help="Pixels to paint beyond every side and cut off; without it as many as now.")] = None,
):
    """Finds an exported network's styles anew, through the encoder beside it, and writes them and the margin into its config.json."""
    from train.export import restyle  # it imports this module

    with said():
        told = restyle(weights, data, margin)
    typer.echo(
        f"{weights}: {sum(map(len, told['clusters'].values()))} styles of {len(told['clusters'])} classes, {len(told['scenes'])} scenes."
    )


if __name__ == "__main__":
    app()
