"""What ends a run before its last step: a loss that is not finite, and a validation figure that no longer falls."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from train.data import BadData
from train.ranks import Ranks


class Finite:
    """Stops a run at the first step with a loss that is not finite, and names the pictures of that step.

    One process on the CPU looks at every step as it ends. On a graphics card that would make the two wait for each other at every step, so
    there, and with several processes, the losses stay where they are and all of them are looked at together: at every record of the log,
    and before a checkpoint is written. The step that is named is the first one all the same.
    """

    def __init__(self, device: torch.device, ranks: Ranks):
        self.ranks, self.at_once = ranks, device.type == "cpu" and ranks.world == 1
        self.waiting: list[tuple[int, dict[str, Tensor], list[str]]] = []

    def notice(self, step: int, losses: dict[str, Tensor], names: Iterable[str]) -> None:
        """The losses of a step (scalars) by name, and the names of its pictures."""
        self.waiting.append((step, {name: loss.detach() for name, loss in losses.items()}, list(names)))
        if self.at_once:
            self.settle()

    def settle(self) -> None:
        """FloatingPointError, on every rank, where a loss of any of them was not finite."""
        values = [loss.float() for _, losses, _ in self.waiting for loss in losses.values()]
        numbers = iter(torch.stack(values).tolist() if values else [])
        sentences = []
        for step, losses, names in self.waiting:
            for name, number in zip(losses, numbers, strict=False):
                if number - number != 0:  # inf and nan
                    sentences.append((step, f"step {step}: the loss of {name} is {number} on {', '.join(names)}"))
        self.waiting.clear()
        if said := [found for found in self.ranks.gather(min(sentences, default=None)) if found]:
            raise FloatingPointError(f"{min(said)[1]}; the checkpoint before it is kept. Look at these files, or try a smaller --lr.")

    def settle_all(self, step: int, networks: Iterable[nn.Module]) -> None:
        """The same, and FloatingPointError where a weight is no longer finite: a last update can break what the losses do not show yet."""
        self.settle()
        parameters = [parameter.detach() for network in networks for parameter in network.parameters()]
        if not torch.isfinite(torch.nn.utils.get_total_norm(parameters)):
            raise FloatingPointError(f"step {step}: the weights are not finite; the checkpoint before it is kept. Try a smaller --lr.")


class Best:
    """The lowest validation figure so far, its step, and how many looks ago it was.

    `patience` looks without a lower one end a run; 0 never ends it.

    `judged` says whether the figure is measured, and on pictures that are not trained on; BadData where patience has none to go by.
    """

    def __init__(self, patience: int, judged: bool):
        if patience and not judged:
            raise BadData("--patience needs pictures that are not trained on, in a val split, and --validate-every above 0.")
        self.patience, self.value, self.step, self.since = patience, float("inf"), 0, 0

    def notice(self, step: int, value: float) -> bool:
        """Whether this figure is the lowest yet."""
        lower = value < self.value
        if lower:
            self.value, self.step = value, step
        self.since = 0 if lower else self.since + 1
        return lower

    @property
    def given_up(self) -> bool:
        return 0 < self.patience <= self.since

    def why(self) -> str:
        return (
            f"Stopped: val has not fallen below {self.value:.4g} in {self.since} looks; best.pt holds that network, of step {self.step}. "
            "The same command with --resume and a larger --patience goes on."
        )

    def state_dict(self) -> dict[str, float]:
        return {"value": self.value, "step": self.step, "since": self.since}

    def load_state_dict(self, state: dict[str, float]) -> None:
        self.value, self.step, self.since = state["value"], state["step"], state["since"]
