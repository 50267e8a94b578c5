"""Several processes that train one network: `torchrun --nproc-per-node N -m train.pix2pix ...` starts them, on one machine or many.

Every process (rank) has its own copy of all networks, begins with the same weights, sees its own share of every batch, and averages its
gradients with the others before each optimizer step; so the weights stay equal. With norms that look at one picture at a time (statistics
"image", instance norm) N ranks with batch n do exactly what one process does with batch N·n. Batch norm's statistics are those of each
rank's own share; its running averages are averaged over the ranks.

There is no DistributedDataParallel: a GAN step runs the discriminator twice and the generator with and without gradients, which its hooks
do not allow for.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn


class Ranks:
    """Where this process stands among its equals; one process alone is rank 0 of 1, and everything here is then free."""

    def __init__(self, rank: int = 0, world: int = 1):
        self.rank, self.world = rank, world

    @property
    def main(self) -> bool:
        """Whether this is the one that writes files and speaks."""
        return self.rank == 0

    def average_gradients(self, parameters: Iterable[Tensor]) -> None:
        """The gradients of these parameters, averaged over all ranks, in one message."""
        if self.world > 1:
            self._average([p.grad for p in parameters if p.grad is not None])

    def average_buffers(self, network: nn.Module) -> None:
        """Batch norm's running mean and variance, averaged over all ranks."""
        if self.world > 1 and (buffers := [b for b in network.buffers() if b.is_floating_point()]):
            self._average(buffers)

    def any(self, flag: bool) -> bool:
        """Whether any rank says yes, so that all stop at the same step."""
        return any(self.gather(flag)) if self.world > 1 else flag

    def gather(self, value: Any) -> list:
        """What every rank has, in order of rank, on every rank."""
        if self.world == 1:
            return [value]
        values: list = [None] * self.world
        dist.all_gather_object(values, value)
        return values

    def _average(self, tensors: list[Tensor]) -> None:
        flat = torch.cat([tensor.flatten() for tensor in tensors])
        dist.all_reduce(flat)
        flat /= self.world
        for tensor, part in zip(tensors, flat.split([tensor.numel() for tensor in tensors]), strict=True):
            tensor.copy_(part.view_as(tensor))


def device_named(word: str) -> torch.device:
    """ "cpu", "cuda" …; ValueError where there is no such device, or this machine has none of that kind."""
    try:
        device = torch.device(word)
    except RuntimeError:
        raise ValueError(f"--device {word}: there is no such device; expected cpu or cuda.") from None
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(f"--device {word}: torch finds no graphics card on this machine; --device cpu trains without one.")
    return device


@contextmanager
def all_ranks(device: str) -> Iterator[tuple[Ranks, torch.device]]:
    """This process's place, as torchrun's environment says, and its device: "cuda" becomes the card of its own number. ValueError as
    `device_named`.
    """
    world, own = int(os.environ.get("WORLD_SIZE", "1")), device_named(device)
    if world == 1:
        yield Ranks(), own
        return
    own = torch.device("cuda", int(os.environ["LOCAL_RANK"])) if device == "cuda" else own
    if own.type == "cuda":
        torch.cuda.set_device(own)
    dist.init_process_group("nccl" if own.type == "cuda" else "gloo")
    try:
        yield Ranks(dist.get_rank(), world), own
    finally:
        dist.destroy_process_group()
