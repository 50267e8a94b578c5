"""The networks that figures look through: one whose features describe a picture, one that says how far apart two pictures look.

Inception v3 and LPIPS, through torchmetrics, are the default and the field's own; their weights are downloaded once. Where that cannot be,
SqueezeNet 1.1 from a file stands in for both. Such a figure compares only with others on the same features, so it carries their name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor
from torchmetrics.image.kid import KernelInceptionDistance
from torchmetrics.image.lpip import LearnedPerceptualImagePatchSimilarity

from train.data import BadData
from train.features import SqueezeNetTaps, perceptual_distance
from train.figures import Figure, compare, fid, kid, pixels
from translators.images import to_tensor

LPIPS = {"alex": "AlexNet", "vgg": "VGG-16"}


@dataclass(frozen=True)
class Judge:
    """`describe` gives the features (N, D) of uint8 pictures (N, 3, H, W); `distance`, called `distance_name`, compares two pictures
    (1, 3, H, W) in [-1, 1]. With `unit` the features are scaled to unit mean square over the real set, on which KID's kernel depends.
    """

    name: str
    describe: Callable[[Tensor], Tensor]
    distance_name: str
    distance: Callable[[Tensor, Tensor], Tensor]
    unit: bool = False

    @torch.no_grad()
    def features(self, picture: Image.Image) -> Tensor:
        """(D,) of one picture."""
        return self.describe(pixels(picture))[0].float()

    @torch.no_grad()
    def compare(self, fake: Image.Image, real: Image.Image) -> dict[str, float]:
        """What one picture of a pair gives; both of equal size."""
        return {self.distance_name: float(self.distance(to_tensor(fake), to_tensor(real))), **compare(fake, real)}

    def kid(self, real: Tensor, fake: Tensor) -> Figure:
        """KID × 1000 of the features (N, D) and (M, D) of two sets: within a second, which FID's interval is not."""
        scale = self.scale(real)
        return kid(real * scale, fake * scale)

    def sets(self, real: Tensor, fake: Tensor) -> dict[str, Figure]:
        """FID and KID of the features of two sets."""
        scale = self.scale(real)
        return {"FID": fid(real * scale, fake * scale), "KID x 1000": self.kid(real, fake)}

    def scale(self, real: Tensor) -> float:
        return float(real.square().mean().rsqrt()) if self.unit else 1.0


def judge_for(features: str, weights: Path | None, lpips: str = "alex") -> Judge:
    """SqueezeNet from the file `weights` where `features` is "squeezenet", the field's own networks for any other word.

    Raises:
        BadData: as `inception` and `squeezenet`, and where no file is named.
    """
    if features != "squeezenet":
        return inception(lpips)
    if weights is None:
        raise BadData("--feature-weights: name the file with SqueezeNet's weights.")
    return squeezenet(weights)


def inception(lpips: str = "alex") -> Judge:
    """Inception v3's 2,048 features, and LPIPS (Zhang 2018) on AlexNet or, by name, VGG-16.

    Raises:
        BadData: a package is missing, or the weights cannot be downloaded.
    """
    try:
        network, distance = KernelInceptionDistance(feature=2048).inception, LearnedPerceptualImagePatchSimilarity(lpips)
    except ModuleNotFoundError:
        raise BadData("--features inception needs another package: pip install torch-fidelity. Or take --features squeezenet.") from None
    except OSError as error:
        why = f"The weights of Inception or of LPIPS cannot be downloaded ({type(error).__name__})"
        raise BadData(f"{why}; --features squeezenet takes its own from a file.") from error
    return Judge("Inception v3, 2048", network, f"LPIPS, {LPIPS[lpips]}", distance)


def squeezenet(weights: Path) -> Judge:
    """SqueezeNet 1.1's last features, averaged over positions (512), and `perceptual_distance` over its seven taps in LPIPS's place.

    Raises:
        BadData: the file is not there, or holds something else.
    """
    taps = SqueezeNetTaps(weights)

    def describe(pictures: Tensor) -> Tensor:
        return taps(pictures / 127.5 - 1)[-1].mean((2, 3))

    def distance(y_fake: Tensor, y: Tensor) -> Tensor:
        return perceptual_distance(taps, y_fake, y)

    name = f"{taps.name}, last features averaged over positions, unit mean square on the real set"
    return Judge(name, describe, f"perceptual distance, {taps.name}", distance, unit=True)
