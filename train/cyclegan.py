"""CycleGAN: Zhu, Park, Isola & Efros, "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks", ICCV 2017.

L(G, F, D_X, D_Y) = L_GAN(G, D_Y, X, Y) + L_GAN(F, D_X, Y, X) + λ L_cyc(G, F)                                            (eq. 3)
"""

import copy
import dataclasses
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import torch
import torch.nn.functional as functional
import typer
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm
from tqdm import tqdm

from train import engine
from train.augment import augmented
from train.beginning import begin_with
from train.command import ask_doctor, said, settings_from, steps_named
from train.data import UnpairedCrops, UnpairedFolder, loader, open_unpaired
from train.doctor.layout import UNPAIRED
from train.droplets import EVERY, droplets
from train.features import FEATURES, look, normalised, taps
from train.heads import Heads, heads_loss, judging_loss
from train.patch_nce import PatchNCE
from train.pix2pix import RESIZED, least_squares
from train.ranks import Ranks, all_ranks
from train.stopping import Best, Finite
from translators.cyclegan import ResNetGenerator
from translators.pix2pix import PatchGAN, initialize


class ImagePool:
    """The last `size` generated pictures, so that D also meets what G painted before (§4; Shrivastava 2017).

    Draws from torch's own random state; `state_dict` holds the pictures.
    """

    def __init__(self, size: int = 50):
        self.size, self.pictures = size, []

    def exchange(self, y_fake: Tensor) -> Tensor:
        """Pictures (N, 3, H, W) → as many: until the pool is full they are kept and given back; then each is, with probability 1/2, given
        back itself, and otherwise changes places with a random one of the pool.
        """
        given = []
        for picture in y_fake.detach().split(1):
            if len(self.pictures) < self.size:
                self.pictures.append(picture.clone())  # a copy: a view would hold its whole batch
                given.append(picture)
            elif self.size == 0 or torch.rand(()) < 0.5:
                given.append(picture)
            else:
                place = int(torch.randint(self.size, ()))
                given.append(self.pictures[place].to(picture.device))  # a resumed pool lies on the CPU
                self.pictures[place] = picture.clone()
        return torch.cat(given)

    def state_dict(self) -> dict:
        return {"pictures": [picture.cpu() for picture in self.pictures]}

    def load_state_dict(self, state: dict) -> None:
        self.pictures = state["pictures"]


Seen = Callable[[Tensor], Tensor]


def as_it_is(y: Tensor) -> Tensor:
    return y


def under_noise(y: Tensor, deviation: float) -> Tensor:
    """y with Gaussian noise of that deviation over it; y itself where it is 0."""
    return y + deviation * torch.randn_like(y) if deviation else y


def with_spectral_norms(D: PatchGAN) -> PatchGAN:
    """D with its convolutions divided by their largest singular value (Miyato 2018, eq. 8) in place of its norms, which would undo that."""
    D.convs = nn.ModuleList(map(spectral_norm, D.convs))
    D.norms = nn.ModuleList(nn.Identity() for _ in D.norms)
    return D


def discriminator_loss(D: PatchGAN, y: Tensor, y_fake: Tensor, seen: Seen = as_it_is) -> tuple[Tensor, Tensor]:
    """L_LSGAN for D, halved so that D learns slower than G (§7.1), and, for the log, the share of y's windows scored as real. `seen` is
    what D is shown of a picture.
    """
    real, fake = D(seen(y)), D(seen(y_fake.detach()))
    return (least_squares(real, True) + least_squares(fake, False)) / 2, (real.detach() > 0.5).float().mean()


def generator_loss(
    G: nn.Module,
    F: nn.Module,
    D_X: PatchGAN,
    D_Y: PatchGAN,
    x: Tensor,
    y: Tensor,
    lambda_cycle: float = 10.0,
    lambda_identity: float = 0.5,
    seen: Seen = as_it_is,
    lambda_cycle_y: float | None = None,
    cycle_noise: float = 0.0,
) -> tuple[Tensor, dict[str, Tensor], Tensor, Tensor]:
    """Eq. 3 for both generators, with §5.2's identity term G(y) ≈ y, whose weight is relative to `lambda_cycle`; at 0 neither is computed.

    Pictures (N, 3, H, W) in [-1, 1]; `seen` is what the discriminators are shown of them. Where y says more than x (a zebra its stripes), F
    can only give y back by hiding it in x: `lambda_cycle_y` is the weight of G(F(y)) ≈ y, without it as large as that of F(G(x)) ≈ x.
    What is hidden in patterns too faint to see is lost where noise ε of deviation `cycle_noise` lies over them on the way back, F(G(x) + ε)
    (Bashkirova 2019).
    Returns (total, parts, x_fake, y_fake).
    """
    lambda_identity *= lambda_cycle
    lambda_cycle_y = lambda_cycle if lambda_cycle_y is None else lambda_cycle_y
    n = len(x)
    if lambda_identity:  # both questions to a generator in one call; its norms look at each picture by itself
        y_fake, y_same = G(torch.cat([x, y])).split(n)
        x_fake, x_same = F(torch.cat([y, x])).split(n)
    else:
        y_fake, x_fake = G(x), F(y)

    gan_G, gan_F = least_squares(D_Y(seen(y_fake)), True), least_squares(D_X(seen(x_fake)), True)
    total, parts = gan_G + gan_F, {"G": gan_G, "F": gan_F}
    if lambda_cycle or lambda_cycle_y:
        x_cycled, y_cycled = F(under_noise(y_fake, cycle_noise)), G(under_noise(x_fake, cycle_noise))
        cycle_x, cycle_y = functional.l1_loss(x_cycled, x), functional.l1_loss(y_cycled, y)  # L_cyc (eq. 2)
        total, parts = total + lambda_cycle * cycle_x + lambda_cycle_y * cycle_y, parts | {"cycle_x": cycle_x, "cycle_y": cycle_y}
    if lambda_identity:
        identity = functional.l1_loss(y_same, y) + functional.l1_loss(x_same, x)  # L_identity (§5.2)
        total, parts["identity"] = total + lambda_identity * identity, identity
    return total, {name: part.detach() for name, part in parts.items()}, x_fake, y_fake


@dataclass(frozen=True)
class Settings:
    """What a run is: everything that its result depends on. Stored in the checkpoint, and compared on resume."""

    size: int = 256
    scale_low: int = 286
    scale_high: int = 286
    base_channels: int = 64
    blocks: int = 9
    resize: str = ""
    resize_back: str | None = None
    discriminator_channels: int = 64
    patch: int = 70
    lambda_cycle: float = 10.0
    lambda_cycle_y: float | None = None
    cycle_noise: float = 0.0
    lambda_identity: float = 0.5
    identity_every: int = 1
    lambda_nce: float = 0.0
    lambda_droplets: float = 0.0
    augment: bool = False
    spectral: bool = False
    lambda_projected: float = 0.0
    features: str = "vgg19"
    pool: int = 50
    epochs: float = 200.0
    decay_epochs: float = 100.0
    batch: int = 1
    lr: float = 2e-4
    average: float = 0.0
    seed: int = 0

    def __post_init__(self):
        engine.refuse_too_small(self.patch, size=self.size)

    def resize_of(self, name: str) -> str:
        """The doublings of "G" or "F"."""
        return self.resize if name == "G" or self.resize_back is None else self.resize_back

    def generator(self, name: str = "G") -> ResNetGenerator:
        """G or F."""
        return ResNetGenerator(3, 3, self.base_channels, self.blocks, resize=self.resize_of(name) or None)

    def discriminator(self) -> PatchGAN:
        """Initialized."""
        D = initialize(PatchGAN(0, 3, self.discriminator_channels, self.patch, biases=self.spectral))
        return with_spectral_norms(D) if self.spectral else D

    def dataset(self, folder: UnpairedFolder) -> UnpairedCrops:
        return UnpairedCrops(folder, self.size, (self.scale_low, self.scale_high), self.seed)


def train(
    data: Path,
    out: Path,
    settings: Settings,
    resume=False,
    start_from: Sequence[Path] = (),
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
    """Runs the loop to its end, or to `stop_at` steps, and returns the state: networks, optimizers and pools by name.

    `start_from` says what the networks begin with (see `train.beginning`). Every `validate_every` steps the cycle error is measured on valA
    and valB and logged, and the networks with the lowest are kept as best.pt; `patience` such looks without a lower one end the run.
    `feature_weights` is SqueezeNet's file, where heads judge its features. Files: out/{last.pt, best.pt, log.jsonl, samples/, snapshots/}.
    """
    device, ranks = torch.device(device), ranks or Ranks()
    if not resume:
        engine.refuse_to_overwrite(out)
    pictures = open_unpaired(data, "train")
    val = open_unpaired(data, "val") if validate_every else None
    per_epoch = len(pictures) // (settings.batch * ranks.world)
    steps, decay_from = round(settings.epochs * per_epoch), round((settings.epochs - settings.decay_epochs) * per_epoch)

    engine.seed_everything(settings.seed)
    networks = {
        "G": initialize(settings.generator("G")),
        "F": initialize(settings.generator("F")),
        "D_X": settings.discriminator(),
        "D_Y": settings.discriminator(),
    }
    engine.refuse_sides(networks["G"], size=settings.size)
    perceptual = taps(settings.features, feature_weights).to(device) if settings.lambda_projected else None
    heads = {"P_X": Heads(perceptual.channels), "P_Y": Heads(perceptual.channels)} if perceptual else {}
    bonds = {f"bond_{name}": PatchNCE(networks[name].encoded_channels) for name in "GF"} if settings.lambda_nce else {}
    networks |= heads | bonds
    before = begin_with(networks, start_from, "GF", [*heads, *bonds]) if start_from and not resume else {"G": [], "F": []}
    for name in ("G", "F"):
        networks[f"average_{name}"] = copy.deepcopy(networks[name]) if settings.average else networks[name]
    networks = {name: network.to(device, memory_format=torch.channels_last) for name, network in networks.items()}
    G, F, D_X, D_Y, average_G, average_F = (networks[name] for name in ("G", "F", "D_X", "D_Y", "average_G", "average_F"))
    judges = [networks[name] for name in ("D_X", "D_Y", *heads)]
    learns_D = [p for network in judges for p in network.parameters()]
    learns_G = [p for network in (G, F, *(networks[name] for name in bonds)) for p in network.parameters()]
    opt_G = torch.optim.Adam(learns_G, settings.lr, betas=(0.5, 0.999), fused=True)
    opt_D = torch.optim.Adam(learns_D, settings.lr, betas=(0.5, 0.999), fused=True)
    pool_X, pool_Y = ImagePool(settings.pool), ImagePool(settings.pool)
    state = {**networks, "opt_G": opt_G, "opt_D": opt_D}
    pools = {"pool_X": pool_X, "pool_Y": pool_Y}

    best = Best(patience, judged=validate_every > 0 and val is not None)
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
        for name, pool in pools.items():
            pool.load_state_dict(kept[name][ranks.rank])
    elif ranks.rank:
        torch.manual_seed(settings.seed + ranks.rank)  # equal weights, but noise of its own
    log, clock = engine.Log(out, step, tensorboard, silent=not ranks.main), engine.Clock(seconds, step)
    loss_of_D, loss_of_G = engine.compiled(compiled, [], discriminator_loss, generator_loss)
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
            "pictures": [len(pictures.x), len(pictures.y)],
            "before": before,
        }
        facts |= {name: ranks.gather(pool.state_dict()) for name, pool in pools.items()}
        if ranks.main:
            engine.save_checkpoint(out, {name: part.state_dict() for name, part in state.items()} | facts, name)

    shown = torch.utils.data.default_collate([settings.dataset(pictures)[0, i * len(pictures) // 6] for i in range(6)])

    @torch.no_grad()
    def validate() -> float:
        """L_cyc (eq. 2) of the averages on up to 16 validation pictures of each domain."""
        samples = settings.dataset(val)
        errors = []
        for place in engine.spread(len(val), 16):
            x, y = (v[None].to(device) for v in samples[0, place][:2])
            with engine.autocast(device):
                errors.append(functional.l1_loss(average_F(average_G(x)), x) + functional.l1_loss(average_G(average_F(y)), y))
        return float(torch.stack(errors).mean())

    def snapshot() -> None:
        for name, network in (("G", average_G), ("F", average_F)):
            engine.save_snapshot(out / "snapshots" / name / f"{step:07d}.safetensors", network)

    if ranks.main and step == 0 and 0 in snapshots:
        snapshot()

    last = step if best.given_up else min(steps, stop_at or steps)
    batches = loader(settings.dataset(pictures), len(pictures), settings.batch, settings.seed, step, last, workers, ranks, device)
    bar = tqdm(total=steps, initial=step, unit="step", dynamic_ncols=True, disable=not ranks.main)
    seen = augmented if settings.augment else as_it_is
    latest: dict[str, Tensor] = {}  # identity loss and droplets are not computed at every step
    with engine.stop_requests() as asked_to_stop:
        for x, y, names in batches:
            x, y = (t.to(device, memory_format=torch.channels_last, non_blocking=True) for t in (x, y))  # (N, 3, H, W) each
            for group in (*opt_G.param_groups, *opt_D.param_groups):
                group["lr"] = settings.lr * engine.linear_decay(step, steps, decay_from)

            for judge in judges:
                judge.requires_grad_(False)
            lambda_identity = settings.lambda_identity * settings.identity_every if step % settings.identity_every == 0 else 0.0
            with engine.autocast(device):
                weights = settings.lambda_cycle, lambda_identity, seen, settings.lambda_cycle_y, settings.cycle_noise
                loss_G, parts, x_fake, y_fake = loss_of_G(G, F, D_X, D_Y, x, y, *weights)
                for name, network, given, painted in (("bond_G", G, x, y_fake), ("bond_F", F, y, x_fake)) if bonds else ():
                    parts[name] = networks[name](network.encoded(given), network.encoded(painted))
                    loss_G = loss_G + settings.lambda_nce * parts[name]
                if settings.lambda_droplets and step % EVERY == 0:
                    parts["droplets"] = droplets(G.normed(x)) + droplets(F.normed(y))
                    loss_G = loss_G + settings.lambda_droplets * EVERY * parts["droplets"]
                if perceptual:
                    parts["P_G"] = heads_loss(networks["P_Y"], normalised(perceptual(seen(y_fake))), True)
                    parts["P_F"] = heads_loss(networks["P_X"], normalised(perceptual(seen(x_fake))), True)
                    loss_G = loss_G + settings.lambda_projected * (parts["P_G"] + parts["P_F"])
            opt_G.zero_grad()
            loss_G.backward()
            ranks.average_gradients(learns_G)
            opt_G.step()

            for judge in judges:
                judge.requires_grad_(True)
            x_old, y_old = pool_X.exchange(x_fake), pool_Y.exchange(y_fake)
            with engine.autocast(device):
                loss_X, parts["D_X_real"] = loss_of_D(D_X, x, x_old, seen)
                loss_Y, parts["D_Y_real"] = loss_of_D(D_Y, y, y_old, seen)
                loss_D = loss_X + loss_Y
                if perceptual:
                    for name, real, old in (("P_X", x, x_old), ("P_Y", y, y_old)):
                        parts[name] = judging_loss(networks[name], look(perceptual, seen(old), seen(real)))
                        loss_D = loss_D + parts[name]
            opt_D.zero_grad()
            loss_D.backward()
            ranks.average_gradients(learns_D)
            opt_D.step()
            latest |= {name: part.detach() for name, part in parts.items()} | {"D_X": loss_X.detach(), "D_Y": loss_Y.detach()}
            if settings.average:
                decay = min(settings.average, (1 + step) / (10 + step))
                engine.update_average(average_G, G, decay)
                engine.update_average(average_F, F, decay)
            step += 1
            bar.update()
            finite.notice(step, {"G and F": loss_G, "the discriminators": loss_D}, names)

            looked = validate_every > 0 and (step % validate_every == 0 or step == steps)
            if looked or step % log_every == 0 or step == last:
                finite.settle()
                measured = {"val": ranks.gather(validate() if ranks.main else None)[0]} if looked else {}
                speed = settings.batch * ranks.world * clock.steps_a_second(step)
                rest = {"lr": opt_G.param_groups[0]["lr"], "images/s": speed, "seconds": clock.seconds()}
                bar.set_postfix(numbers := log.write(step, {**latest, **measured, **rest}))
                if ranks.main and (advice := balance.notice({name: numbers[name] for name in ("D_X", "D_Y")})):
                    bar.write(f"Step {step}: {advice}")
            if ranks.main and (step % sample_every == 0 or step == last):
                with torch.no_grad(), engine.autocast(device):
                    x, y = (t.to(device) for t in shown[:2])
                    rows = [x, y_fake := average_G(x), average_F(y_fake), y, x_fake := average_F(y), average_G(x_fake)]
                engine.save_grid(out / "samples" / f"{step:07d}.jpg", rows, 6)
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
    return {**state, **pools}


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
DEFAULT = Settings()


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    data: Annotated[Path | None, typer.Option(help="Folder with trainA/ (X), trainB/ (Y), testA/ and testB/.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the run: checkpoint, log, sample grids.")] = Path("runs/cyclegan"),
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the run's last checkpoint.")] = False,
    start_from: Annotated[
        list[Path] | None,
        typer.Option(
            help="Folder of another run to begin with its networks; given twice, weights folders of G and of F to begin with them."
        ),
    ] = None,
    size: Annotated[int, typer.Option(help="Side of the training crops.")] = DEFAULT.size,
    scale_low: Annotated[int, typer.Option(help="Shorter side of a picture before it is cropped: from ...")] = DEFAULT.scale_low,
    scale_high: Annotated[int, typer.Option(help="... to.")] = DEFAULT.scale_high,
    base_channels: Annotated[int, typer.Option(help="Width of the generators' first layer (64 in the paper).")] = DEFAULT.base_channels,
    blocks: Annotated[int, typer.Option(help="Residual blocks (6 for 128 px, 9 from 256 px on in the paper).")] = DEFAULT.blocks,
    resize: Annotated[
        str, typer.Option(help="Doublings by interpolation, nearest or bilinear; without it transposed convolutions, as in the paper.")
    ] = DEFAULT.resize,
    resize_back: Annotated[
        str | None, typer.Option(help="Those of F, where they differ from G's: nearest, bilinear or an empty word.")
    ] = DEFAULT.resize_back,
    discriminator_channels: Annotated[
        int, typer.Option(help="Width of the discriminators' first layer (64 in the paper).")
    ] = DEFAULT.discriminator_channels,
    patch: Annotated[int, typer.Option(help="The discriminators' receptive field: 1, 16, 70 or 286.")] = DEFAULT.patch,
    lambda_cycle: Annotated[float, typer.Option(help="Weight of the cycle loss.")] = DEFAULT.lambda_cycle,
    lambda_cycle_y: Annotated[
        float | None, typer.Option(help="Weight of the half of it that begins in Y, where Y says more than X; without it the same.")
    ] = DEFAULT.lambda_cycle_y,
    cycle_noise: Annotated[
        float,
        typer.Option(min=0.0, help="Deviation of the noise over a translation on its way back, where colours are -1 to 1."),
    ] = DEFAULT.cycle_noise,
    lambda_identity: Annotated[float, typer.Option(help="Weight of the identity loss, relative to --lambda-cycle.")] = (
        DEFAULT.lambda_identity
    ),
    identity_every: Annotated[
        int, typer.Option(min=1, help="The identity loss only at every n-th step, n times as heavy: the steps between are faster.")
    ] = DEFAULT.identity_every,
    lambda_nce: Annotated[
        float,
        typer.Option(help="Weight of PatchNCE between a picture and its translation; without the cycle that is CUT."),
    ] = DEFAULT.lambda_nce,
    lambda_droplets: Annotated[
        float,
        typer.Option(help="Weight of what takes away spots so large that the norms know nothing else: blobs in the pictures."),
    ] = DEFAULT.lambda_droplets,
    augment: Annotated[
        bool, typer.Option("--augment", help="Differentiable augmentation of what the discriminators see, for few pictures.")
    ] = DEFAULT.augment,
    spectral: Annotated[
        bool, typer.Option("--spectral", help="Spectral norms in the discriminators in place of instance norms.")
    ] = DEFAULT.spectral,
    lambda_projected: Annotated[
        float, typer.Option(help="Weight of discriminators on the features of a frozen network (0 in the paper).")
    ] = DEFAULT.lambda_projected,
    features: Annotated[str, typer.Option(help="That network: vgg19 or squeezenet.")] = DEFAULT.features,
    feature_weights: Annotated[Path | None, typer.Option(help="The weights file of --features squeezenet.")] = None,
    pool: Annotated[int, typer.Option(help="Generated pictures kept for the discriminators.")] = DEFAULT.pool,
    epochs: Annotated[float, typer.Option(help="Passes over the larger domain.")] = DEFAULT.epochs,
    decay_epochs: Annotated[float, typer.Option(help="How many of them, at the end, decay the learning rate.")] = DEFAULT.decay_epochs,
    batch: Annotated[int, typer.Option(min=1, help="Pictures of each domain a step.")] = DEFAULT.batch,
    lr: Annotated[float, typer.Option(help="Adam's learning rate.")] = DEFAULT.lr,
    average: Annotated[float, typer.Option(help="Decay of the moving average of G's and F's weights; 0 keeps none.")] = DEFAULT.average,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = DEFAULT.seed,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cuda" if torch.cuda.is_available() else "cpu",
    workers: Annotated[int, typer.Option(help="Processes that prepare pictures.")] = 1,
    compiled: Annotated[bool, typer.Option("--compile", help="Compile networks and losses first: minutes, and then faster steps.")] = False,
    sample_every: Annotated[int, typer.Option(min=1, help="Steps between sample grids.")] = 500,
    save_every: Annotated[int, typer.Option(min=1, help="Steps between checkpoints.")] = 500,
    validate_every: Annotated[
        int,
        typer.Option(help="Steps between looks at the cycle error on valA/, valB/ (not at the translations); 0 for none."),
    ] = 0,
    patience: Annotated[int, typer.Option(help="Stop after so many looks at the val split without a lower figure; 0 for never.")] = 0,
    doctor: Annotated[bool, typer.Option(help="Look the data set over before training.")] = True,
    snapshots: Annotated[
        str, typer.Option(help="Steps whose generator is kept as float16 in OUT/snapshots, for example 0,100,300; the last one too.")
    ] = "",
    tensorboard: Annotated[bool, typer.Option("--tensorboard", help="Curves for tensorboard --logdir, beside the log.")] = False,
):
    """Trains CycleGAN on two folders of pictures that know nothing of each other."""
    if context.invoked_subcommand:
        return
    options = dict(locals())
    with said(), all_ranks(device) as (ranks, own):
        settings = settings_from(options, Settings, resize=RESIZED, resize_back=(None, *RESIZED), features=FEATURES)
        if doctor and not resume:
            ask_doctor(ranks, data, UNPAIRED)
        train(
            data,
            out,
            settings,
            resume,
            start_from or (),
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
    data: Annotated[Path, typer.Option(help="Folder of the data set: the sample photos come from its test folders.")],
    forward: Annotated[Path, typer.Option(help="Folder to write G to, for example weights/horse2zebra.")],
    backward: Annotated[Path, typer.Option(help="Folder to write F to, for example weights/zebra2horse.")],
    best: Annotated[bool, typer.Option("--best", help="The network with the lowest validation figure, not the last one.")] = False,
):
    """Writes the weights folders of both directions: model.safetensors (float16), config.json, samples, run.json."""
    from train.export import export_cyclegan  # it imports this module

    with said():
        facts = export_cyclegan(run, data, forward, backward, best=best)
    typer.echo(f"{forward}, {backward}: step {facts['step']:,}, {facts['minutes']} minutes on {facts['hardware']}.")
    typer.echo("Next, for each: python -m train.evaluate, then python -m train.card.")


if __name__ == "__main__":
    app()
