"""pix2pix: Isola, Zhu, Zhou & Efros, "Image-to-Image Translation with Conditional Adversarial Networks", CVPR 2017.

G* = arg min_G max_D L_cGAN(G, D) + λ L_L1(G)                                                                            (eq. 4)
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
from torch import Tensor, nn
from tqdm import tqdm

from train import engine
from train.augment import Change, Seen, unchanged
from train.beginning import begin_with
from train.command import ask_doctor, said, settings_from, steps_named
from train.data import HELD_OUT, BadData, DrawnPairs, PairedFolder, PaperPairs, loader, open_paired
from train.doctor.layout import SIDE_BY_SIDE, TWO_FOLDERS
from train.features import FEATURES, Views, as_stored, feature_distance, look, perceptual_distance, taps
from train.heads import Heads, heads_loss, judging_loss
from train.ranks import Ranks, all_ranks
from train.rims import without_rims
from train.stopping import Best, Finite
from translators import hints as colour_hints
from translators.from_labels import MAX_MARGIN
from translators.labels import PALETTES
from translators.pix2pix import PatchGAN, UNetGenerator, initialize, padded
from translators.pix2pixhd import MultiScale


def vanilla(logits: Tensor, real: bool) -> Tensor:
    """-log D for what should look real, -log(1 - D) for what should not: the cross entropy of eq. 1, in its non-saturating form (§3.3)."""
    return F.binary_cross_entropy_with_logits(logits, torch.full_like(logits, float(real)))


def least_squares(logits: Tensor, real: bool) -> Tensor:
    """(D - 1)² or D²: the LSGAN of Mao et al. 2017, eq. 9."""
    return F.mse_loss(logits, torch.full_like(logits, float(real)))


GAN = {"vanilla": vanilla, "least-squares": least_squares}
NORMS = ("batch", "instance")
RESIZED = ("", "nearest", "bilinear")


def l1(a: Tensor, b: Tensor) -> Tensor:
    """Mean of |a - b| of tensors (N, C, H, W)."""
    return F.l1_loss(as_stored(a), as_stored(b))


def judged(D: PatchGAN | MultiScale, x: Tensor, y: Tensor) -> list[list[Tensor]]:
    """For every scale, the finest first, the output of every layer of its discriminator, the logits last; a PatchGAN has one scale."""
    return D.features(x, y) if isinstance(D, MultiScale) else [D.features(x, y)]


def discriminator_loss(
    D: PatchGAN | MultiScale, x: Tensor, y: Tensor, y_fake: Tensor, gan=vanilla, seen: Seen = unchanged
) -> tuple[Tensor, dict[str, Tensor]]:
    """L_cGAN for D, halved so that D learns slower than G (§3.3); several scales add up (Wang 2018, eq. 2). `seen` is what D is shown of x
    and y.
    """
    real = sum(gan(features[-1], True) for features in judged(D, *seen(x, y)))
    fake = sum(gan(features[-1], False) for features in judged(D, *seen(x, y_fake.detach())))
    return (real + fake) / 2, {"D_real": real.detach(), "D_fake": fake.detach()}


def gradient_penalty(D: PatchGAN | MultiScale, x: Tensor, y: Tensor, gamma: float) -> Tensor:
    """R1 = γ/2 E|∇_y D(x, y)|² on real pairs, with respect to the picture y (N, 3, H, W) alone (Mescheder 2018, eq. 9), in float32.

    The paper's D has one logit. Of a grid of them the squared gradient of their sum counts, divided by their number: that is the paper's
    R1 where there is one, the mean of the windows' own where they do not overlap, and γ means the same for pictures of every size. The
    mean is over the batch; the penalties of several scales add up. Unlike L_cGAN it is not halved.
    """
    y = y.detach().requires_grad_(True)
    total = torch.zeros((), device=y.device)
    with torch.autocast(y.device.type, enabled=False):
        for *_, logits in judged(D, x, y):
            (gradient,) = torch.autograd.grad(logits.sum(), y, create_graph=True)  # (N, 3, H, W)
            total = total + gradient.square().sum((1, 2, 3)).mean() / logits[0].numel()
    return gamma / 2 * total


def feature_matching(real: list[Tensor], fake: list[Tensor]) -> Tensor:
    """L1 between D's features of the real and of the generated picture, averaged over layers (Wang 2018, eq. 3); logits do not count."""
    return sum(l1(f, r.detach()) for r, f in zip(real[:-1], fake[:-1], strict=True)) / (len(real) - 1)


def generator_loss(
    D: PatchGAN | MultiScale,
    x: Tensor,
    y: Tensor,
    y_fake: Tensor,
    gan=vanilla,
    lambda_gan=1.0,
    lambda_l1=100.0,
    lambda_feature=0.0,
    lambda_perceptual=0.0,
    views: Views | None = None,
    seen: Seen = unchanged,
) -> tuple[Tensor, dict[str, Tensor]]:
    """L_cGAN + λ L_L1 for G (eq. 4).

    `lambda_feature` adds feature matching and `lambda_perceptual` a perceptual loss on a network's `views`, as pix2pixHD does; the
    paper has neither. Where D has several scales, L_cGAN and feature matching are sums over them (Wang 2018, eq. 5). `seen` is what
    D is shown of x and y.
    """
    distance = l1(y_fake, y)
    total, parts = lambda_l1 * distance, {"L1": distance.detach()}
    if lambda_perceptual:
        perceptual = feature_distance(views)
        total, parts["G_perceptual"] = total + lambda_perceptual * perceptual, perceptual.detach()
    if lambda_gan:
        fake = judged(D, *seen(x, y_fake))
        adversarial = sum(gan(features[-1], True) for features in fake)
        total, parts["G_gan"] = total + lambda_gan * adversarial, adversarial.detach()
        if lambda_feature:
            with torch.no_grad():
                real = judged(D, *seen(x, y))
            matching = sum(feature_matching(r, f) for r, f in zip(real, fake, strict=True))
            total, parts["G_feature"] = total + lambda_feature * matching, matching.detach()
    return total, parts


def with_planes(x: Tensor, c: Tensor) -> Tensor:
    """x (N, C, H, W) with the condition c (N, n) as n constant planes behind it: (N, C + n, H, W); x itself where n is 0."""
    return torch.cat([x, c[:, :, None, None].expand(-1, -1, *x.shape[2:])], 1) if c.shape[1] else x


def parameter_groups(G: UNetGenerator, lr: float) -> list[dict]:
    """Adam's groups. The layers that read the condition learn ten times faster: at the common rate the network finds colours of its own,
    in blotches, before it listens to the one it is given.
    """
    conditional = {name for name, _ in G.named_parameters() if name.startswith(("condition.", "modulations."))}
    groups = [{"params": [p for name, p in G.named_parameters() if name not in conditional], "top": lr}]
    if conditional:
        groups.append({"params": [p for name, p in G.named_parameters() if name in conditional], "top": 10 * lr})
    return groups


@dataclass(frozen=True)
class Settings:
    """What a run is: everything that its result depends on. Stored in the checkpoint, and compared on resume."""

    x: str = "edges"
    y: str = "photo"
    flip: bool = False
    drawn: bool = False
    wobble: float = 1.6
    as_drawn: float = 0.0
    hints: bool = False
    palette: str = ""
    size: int = 256
    crop: int = 0
    base_channels: int = 64
    downs: int = 8
    skips: bool = True
    resize: str = ""
    norm: str = "batch"
    statistics: str = "image"
    discriminator_channels: int = 64
    patch: int = 70
    scales: int = 1
    augment: bool = False
    mask_rims: bool = False
    margin: int = 0
    gan: str = "vanilla"
    lambda_gan: float = 1.0
    lambda_l1: float = 100.0
    lambda_feature: float = 0.0
    lambda_perceptual: float = 0.0
    lambda_projected: float = 0.0
    lambda_r1: float = 0.0
    r1_every: int = 16
    features: str = "vgg19"
    epochs: float = 200.0
    decay_epochs: float = 100.0
    batch: int = 1
    lr: float = 2e-4
    average: float = 0.0
    seed: int = 0

    def __post_init__(self):
        if self.hints and not self.drawn:
            raise BadData("--hints makes colour hints for hand drawings: it goes with --drawn.")
        if self.crop and (self.drawn or not 0 < self.crop <= self.size):
            raise BadData(f"--crop is at most --size, {self.size} pixels, and does not go with --drawn.")
        engine.refuse_too_small(self.patch, self.scales, **self.side)
        if self.drawn and self.palette:
            raise BadData("--palette is for label pictures: it does not go with --drawn.")
        step, most = 2 ** (self.downs - 1), min(MAX_MARGIN, (self.crop or self.size) - 1)
        if self.margin and not (self.palette and 0 < self.margin <= most and self.margin % step == 0):
            raise BadData(f"--margin is a multiple of {step} pixels ({self.downs} halvings), {most} at most, and goes with --palette.")
        if not self.lambda_gan and (self.lambda_feature or self.lambda_r1 or self.augment):
            raise BadData("--lambda-feature, --lambda-r1 and --augment are of D, which --lambda-gan 0 leaves out.")

    @property
    def side(self) -> dict[str, int]:
        """Of the pictures that the networks learn from, under the name of the setting that says so."""
        return {"crop": self.crop} if self.crop else {"size": self.size}

    @property
    def condition_size(self) -> int:
        return 3 if self.drawn else 0

    @property
    def in_channels(self) -> int:
        """Of x: the picture, and the colour hints where there are any."""
        return 3 + (colour_hints.CHANNELS if self.hints else 0)

    def generator(self) -> UNetGenerator:
        shape = (self.in_channels, 3, self.base_channels, self.downs, self.statistics)
        more = {"batch_norm": self.norm == "batch", "skips": self.skips, "resize": self.resize or None}
        return UNetGenerator(*shape, condition_size=self.condition_size, **more)

    def discriminator(self) -> PatchGAN | MultiScale:
        """With one scale the PatchGAN itself, as the paper has it and as checkpoints without scales hold it."""
        shape = (self.in_channels + self.condition_size, 3, self.discriminator_channels, self.patch)
        norms = {"statistics": self.statistics, "batch_norm": self.norm == "batch"}
        return MultiScale(*shape, self.scales, **norms) if self.scales > 1 else PatchGAN(*shape, **norms)

    def dataset(self, folder: PairedFolder) -> DrawnPairs | PaperPairs:
        if self.drawn:
            return DrawnPairs(folder, self.size, self.seed, self.wobble, as_drawn=self.as_drawn, hints=self.hints)
        return PaperPairs(folder, self.size, self.seed, PALETTES[self.palette] if self.palette else None, self.crop)


def paint(G: UNetGenerator, x: Tensor, c: Tensor, margin: int = 0, **noise) -> Tensor:
    """G's picture of x (N, C, H, W), of its size. With a margin x goes on beyond its sides, mirrored; what is painted there is cut off.

    From its zero padding a network knows where pictures end, and there it paints the dark corners of straightened photos.
    """
    if not margin:
        return G(x, c, **noise)
    return G(padded(x, margin), c, **noise)[..., margin:-margin, margin:-margin]


def folders(data: Path, settings: Settings) -> tuple[PairedFolder, PairedFolder]:
    """Training and validation pairs; without a val folder every 50th pair of train is held out; of fewer than 50 none, and both are one."""
    train = open_paired(data, "train", settings.x, settings.y, flip=settings.flip)
    if (data / "val").is_dir():
        return train, open_paired(data, "val", settings.x, settings.y, flip=settings.flip)
    return train.hold_out(HELD_OUT) if len(train) >= HELD_OUT else (train, train)


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
    """Runs the loop to its end, or to `stop_at` steps, and returns (G, average, D). Files: out/{last.pt, best.pt, log.jsonl,
    samples/, snapshots/}.

    `start_from` says what the networks begin with (see `train.beginning`). Every `validate_every` steps the perceptual distance, or L1
    where the loss looks through no network, is measured on validation pairs and logged, and the network with the lowest is kept as
    best.pt; `patience` such looks without a lower one end the run. `feature_weights` is SqueezeNet's file, where the loss looks through it.
    """
    device, ranks = torch.device(device), ranks or Ranks()
    if not resume:
        engine.refuse_to_overwrite(out)
    train_pairs, val_pairs = folders(data, settings)
    if val_pairs is train_pairs:
        validate_every = 0
    per_epoch = len(train_pairs) // (settings.batch * ranks.world)
    steps, decay_from = round(settings.epochs * per_epoch), round((settings.epochs - settings.decay_epochs) * per_epoch)

    engine.seed_everything(settings.seed)
    G, D = initialize(settings.generator()), initialize(settings.discriminator())
    engine.refuse_sides(G, **settings.side)
    looks = settings.lambda_perceptual or settings.lambda_projected
    perceptual = taps(settings.features, feature_weights).to(device) if looks else None
    heads = {"P": Heads(perceptual.channels).to(device, memory_format=torch.channels_last)} if settings.lambda_projected else {}
    before = begin_with({"G": G, "D": D, **heads}, [start_from], "G", heads)["G"] if start_from and not resume else []
    average = copy.deepcopy(G) if settings.average else G
    G, D, average = (network.to(device, memory_format=torch.channels_last) for network in (G, D, average))
    opt_G = torch.optim.Adam(parameter_groups(G, settings.lr), betas=(0.5, 0.999), fused=True)
    judges = [D, *heads.values()]
    learns_D = [p for judge in judges for p in judge.parameters()]
    opt_D = torch.optim.Adam([{"params": learns_D, "top": settings.lr}], betas=(0.5, 0.999), fused=True)
    state: dict[str, nn.Module | torch.optim.Optimizer] = {"G": G, "D": D, "average": average, "opt_G": opt_G, "opt_D": opt_D, **heads}

    best = Best(patience, judged=validate_every > 0)
    step, seconds = 0, 0.0
    if resume:
        kept = engine.load_checkpoint(out)
        engine.refuse_other_settings(out, kept["settings"], settings)
        for name, part in state.items():
            part.load_state_dict(kept[name])
        step, seconds, before = kept["step"], kept["seconds"], kept.get("before", [])
        engine.refuse_other_world(out, kept, ranks.world)
        best.load_state_dict(kept.get("best", best.state_dict()))
        engine.set_random_states(kept["random"][ranks.rank])
    elif ranks.rank:
        torch.manual_seed(settings.seed + ranks.rank)  # equal weights, but noise of its own
    log, clock = engine.Log(out, step, tensorboard, silent=not ranks.main), engine.Clock(seconds, step)
    loss_of_D, loss_of_G = engine.compiled(compiled, [G], discriminator_loss, generator_loss)
    finite, balance = Finite(device, ranks), engine.Balance()

    def save(name: str = "last.pt") -> None:
        finite.settle_all(step, (G, D))
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
            "pictures": len(train_pairs),
            "before": before,
        }
        if ranks.main:
            engine.save_checkpoint(out, {name: part.state_dict() for name, part in state.items()} | facts, name)

    watched = torch.utils.data.default_collate([settings.dataset(val_pairs)[0, i] for i in range(min(8, len(val_pairs)))])
    gan = GAN[settings.gan]
    weights = {name: getattr(settings, name) for name in ("lambda_gan", "lambda_l1", "lambda_feature", "lambda_perceptual")}

    @torch.no_grad()
    def validate() -> float:
        """Perceptual distance, or L1 without one, on up to 32 validation pairs, painted by the average."""
        samples = settings.dataset(val_pairs)
        average.eval()
        distances = []
        for place in engine.spread(len(val_pairs), 32):
            x, c, y = (v[None].to(device) for v in samples[0, place][:3])
            with engine.autocast(device):
                y_fake = paint(average, x, c, settings.margin, seed=0)
                distances.append(perceptual_distance(perceptual, y_fake, y) if perceptual else l1(y_fake, y))
        average.train()
        return float(torch.stack(distances).mean())

    def snapshot() -> None:
        engine.save_snapshot(out / "snapshots" / f"{step:07d}.safetensors", average)

    if ranks.main and step == 0 and 0 in snapshots:
        snapshot()

    last = step if best.given_up else min(steps, stop_at or steps)
    batches = loader(settings.dataset(train_pairs), len(train_pairs), settings.batch, settings.seed, step, last, workers, ranks, device)
    penalty: dict[str, Tensor] = {}  # the last one, for the log: most steps have none
    bar = tqdm(total=steps, initial=step, unit="step", dynamic_ncols=True, disable=not ranks.main)
    with engine.stop_requests() as asked_to_stop:
        for x, c, y, names in batches:
            x, y = (
                t.to(device, memory_format=torch.channels_last, non_blocking=True) for t in (x, y)
            )  # (N, in_channels, H, W) and (N, 3, H, W)
            c = c.to(device)  # (N, condition_size)
            xc = with_planes(x, c)  # (N, in_channels + condition_size, H, W): what D sees beside y
            for group in (*opt_G.param_groups, *opt_D.param_groups):
                group["lr"] = group["top"] * engine.linear_decay(step, steps, decay_from)

            with engine.autocast(device):
                y_fake = paint(G, x, c, settings.margin)
                if settings.mask_rims:
                    y, y_fake = without_rims(y, y_fake)
                views = look(perceptual, y_fake, y) if perceptual else None
            parts, losses = {}, {}
            if settings.lambda_gan or heads:
                loss_D = y.new_zeros(())
                for judge in judges:
                    judge.requires_grad_(True)
                if settings.lambda_gan:
                    with engine.autocast(device):
                        loss_D, parts = loss_of_D(D, xc, y, y_fake, gan, Change(y) if settings.augment else unchanged)
                if settings.lambda_r1 and step % settings.r1_every == 0:  # lazily, and as much heavier (Karras 2020, §3.1)
                    r1 = gradient_penalty(D, xc, y, settings.lambda_r1)
                    loss_D, penalty = loss_D + settings.r1_every * r1, {"D_r1": r1.detach()}
                for P in heads.values():
                    with engine.autocast(device):
                        judging = judging_loss(P, views)
                    loss_D, parts["P"] = loss_D + judging, judging.detach()
                losses["D"] = loss_D
                opt_D.zero_grad()
                loss_D.backward()
                ranks.average_gradients(learns_D)
            opt_D.step()

            for judge in judges:
                judge.requires_grad_(False)
            with engine.autocast(device):
                seen = Change(y) if settings.augment else unchanged
                loss_G, parts_G = loss_of_G(D, xc, y, y_fake, gan, **weights, views=views, seen=seen)
                for P in heads.values():
                    parts_G["P_G"] = (projected := heads_loss(P, views.fake, True)).detach()
                    loss_G = loss_G + settings.lambda_projected * projected
            opt_G.zero_grad()
            loss_G.backward()
            ranks.average_gradients(G.parameters())
            opt_G.step()
            if settings.statistics == "running":
                ranks.average_buffers(G)
                ranks.average_buffers(D)
            if settings.average:
                engine.update_average(average, G, min(settings.average, (1 + step) / (10 + step)))
            step += 1
            bar.update()
            finite.notice(step, {**losses, "G": loss_G}, names)

            looked = validate_every > 0 and (step % validate_every == 0 or step == steps)
            if looked or step % log_every == 0 or step == last:
                finite.settle()
                measured = {"val": ranks.gather(validate() if ranks.main else None)[0]} if looked else {}
                speed = settings.batch * ranks.world * clock.steps_a_second(step)
                rest = {"lr": opt_G.param_groups[0]["lr"], "images/s": speed, "seconds": clock.seconds()}
                bar.set_postfix(numbers := log.write(step, {**parts, **penalty, **parts_G, **measured, **rest}))
                if ranks.main and settings.lambda_gan:
                    judging = (numbers["D_real"] + numbers["D_fake"]) / 2 / settings.scales
                    if advice := balance.notice({"D": judging}):
                        bar.write(f"Step {step}: {advice}")
            if ranks.main and (step % sample_every == 0 or step == last):
                with torch.no_grad(), engine.autocast(device):
                    shown = paint(average.eval(), watched[0].to(device), watched[1].to(device), settings.margin, seed=0)
                average.train()
                engine.save_grid(out / "samples" / f"{step:07d}.jpg", [colour_hints.laid_over(watched[0]), shown, watched[2]], 8)
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
    return G, average, D


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
DEFAULT = Settings()


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    data: Annotated[Path | None, typer.Option(help="Folder with train/ and test/ (and val/, if there is one).")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the run: checkpoint, log, sample grids.")] = Path("runs/pix2pix"),
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the run's last checkpoint.")] = False,
    start_from: Annotated[
        Path | None, typer.Option(help="Folder of another run to begin with its networks, or of weights to begin with G.")
    ] = None,
    x: Annotated[str, typer.Option(help="Input folder, where a split holds two folders.")] = DEFAULT.x,
    y: Annotated[str, typer.Option(help="Target folder, where a split holds two folders.")] = DEFAULT.y,
    flip: Annotated[bool, typer.Option("--flip", help="Side-by-side pictures: the right half is the input.")] = DEFAULT.flip,
    drawn: Annotated[
        bool, typer.Option("--drawn", help="Make hand drawings from the input, and give G the target's colour.")
    ] = DEFAULT.drawn,
    wobble: Annotated[float, typer.Option(help="With --drawn: how far the hand strays, in pixels.")] = DEFAULT.wobble,
    as_drawn: Annotated[float, typer.Option(help="With --drawn: share of inputs left as they are.")] = DEFAULT.as_drawn,
    hints: Annotated[
        bool, typer.Option("--hints", help="With --drawn: teach G to follow colour hints, strokes in the target's colours.")
    ] = DEFAULT.hints,
    palette: Annotated[str, typer.Option(help=f"The inputs are label pictures in these colours: {', '.join(PALETTES)}.")] = DEFAULT.palette,
    size: Annotated[int, typer.Option(help="Side of the training pictures.")] = DEFAULT.size,
    crop: Annotated[
        int, typer.Option(help="Learn from parts of this side, at the scale of --size, which cost less; 0: whole.")
    ] = DEFAULT.crop,
    base_channels: Annotated[int, typer.Option(help="Width of G's first layer (64 in the paper).")] = DEFAULT.base_channels,
    downs: Annotated[int, typer.Option(help="Halvings in G (8 in the paper).")] = DEFAULT.downs,
    skips: Annotated[bool, typer.Option(help="Skip connections in G; without them it is an encoder-decoder (§4.3).")] = DEFAULT.skips,
    resize: Annotated[
        str, typer.Option(help="Doublings by interpolation, nearest or bilinear; without it transposed convolutions, as in the paper.")
    ] = DEFAULT.resize,
    norm: Annotated[
        str, typer.Option(help="Norms of G and D: batch (with gain and shift) or instance (without; --statistics image alone).")
    ] = DEFAULT.norm,
    statistics: Annotated[str, typer.Option(help="Norms: image (each picture by itself) or running (batch norm).")] = DEFAULT.statistics,
    discriminator_channels: Annotated[
        int, typer.Option(help="Width of D's first layer (64 in the paper).")
    ] = DEFAULT.discriminator_channels,
    patch: Annotated[int, typer.Option(help="D's receptive field: 1, 16, 70 or 286.")] = DEFAULT.patch,
    scales: Annotated[
        int, typer.Option(min=1, help="PatchGANs, each on pictures half as large as the one before; their losses add up (1 in the paper).")
    ] = DEFAULT.scales,
    augment: Annotated[
        bool, typer.Option("--augment", help="Differentiable augmentation of what D sees, for few pictures; heads see them as they are.")
    ] = DEFAULT.augment,
    mask_rims: Annotated[
        bool, typer.Option("--mask-rims", help="Learn nothing from flat black or grey at a photo's sides, where it was straightened.")
    ] = DEFAULT.mask_rims,
    margin: Annotated[
        int, typer.Option(help="Label maps: G paints so many pixels beyond every side, which are cut off: no rims, as photos have them.")
    ] = DEFAULT.margin,
    gan: Annotated[str, typer.Option(help="vanilla or least-squares.")] = DEFAULT.gan,
    lambda_gan: Annotated[float, typer.Option(help="Weight of the adversarial loss; 0 trains G on L1 alone.")] = DEFAULT.lambda_gan,
    lambda_l1: Annotated[float, typer.Option(help="Weight of the L1 loss.")] = DEFAULT.lambda_l1,
    lambda_feature: Annotated[float, typer.Option(help="Weight of feature matching (0 in the paper).")] = DEFAULT.lambda_feature,
    lambda_perceptual: Annotated[float, typer.Option(help="Weight of the perceptual loss (0 in the paper).")] = DEFAULT.lambda_perceptual,
    lambda_projected: Annotated[
        float, typer.Option(help="Weight of discriminators on the features of a frozen network (0 in the paper).")
    ] = DEFAULT.lambda_projected,
    lambda_r1: Annotated[float, typer.Option(help="γ of R1, D's gradient penalty on real pairs (0 in the paper).")] = DEFAULT.lambda_r1,
    r1_every: Annotated[int, typer.Option(min=1, help="R1 only at every n-th step, n times as heavy.")] = DEFAULT.r1_every,
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
    validate_every: Annotated[int, typer.Option(help="Steps between looks at the val split; 0 for none.")] = 500,
    patience: Annotated[int, typer.Option(help="Stop after so many looks at the val split without a lower figure; 0 for never.")] = 0,
    doctor: Annotated[bool, typer.Option(help="Look the data set over before training.")] = True,
    snapshots: Annotated[
        str, typer.Option(help="Steps whose generator is kept as float16 in OUT/snapshots, for example 0,100,300; the last one too.")
    ] = "",
    tensorboard: Annotated[bool, typer.Option("--tensorboard", help="Curves for tensorboard --logdir, beside the log.")] = False,
):
    """Trains pix2pix on pairs of pictures."""
    if context.invoked_subcommand:
        return
    options = dict(locals())
    with said(), all_ranks(device) as (ranks, own):
        choices = {"palette": ("", *PALETTES), "resize": RESIZED, "norm": NORMS, "gan": GAN, "features": FEATURES}
        settings = settings_from(options, Settings, **choices)
        if doctor and not resume:
            ask_doctor(ranks, data, SIDE_BY_SIDE, TWO_FOLDERS, x=x, y=y, flip=flip)
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
    data: Annotated[Path, typer.Option(help="Folder of the data set: the colours, the line statistics and the samples come from it.")],
    weights: Annotated[Path, typer.Option(help="Folder to write, for example weights/shoes.")],
    best: Annotated[bool, typer.Option("--best", help="The network with the lowest validation figure, not the last one.")] = False,
    thin_over: Annotated[
        float, typer.Option(help="Drawings: lines wider than so many pixels are drawn again, 3 wide, before G sees them; 0 for never.")
    ] = 0.0,
):
    """Writes the weights folder of a run: model.safetensors (float16), config.json, samples, run.json."""
    from train.export import export_pix2pix  # it imports this module

    with said():
        facts = export_pix2pix(run, data, weights, best, thin_over)
    typer.echo(f"{weights}: step {facts['step']:,}, {facts['minutes']} minutes on {facts['hardware']}.")
    typer.echo("Next: python -m train.evaluate, then python -m train.card.")


if __name__ == "__main__":
    app()
