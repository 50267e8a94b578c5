"""A folder's jobs on a Ray cluster: every worker keeps one network, and reads and writes the files where all machines see them."""

import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from translators.cards import WEIGHTS
from translators.errors import TranslationError
from translators.folder import Job, paint

MISSING = '--ray needs Ray, which is not installed; this brings it: pip install "ray[data]~=2.60"'
STORE = 128 * 2**20  # bytes of memory that workers share: nothing but file names goes through it
STARTS = 3  # a cluster of one's own gives up after 15 seconds, too soon for a busy machine or a cold disk (ray-project/ray#65983)


class Painter:
    """A worker: its network is loaded once and paints with one thread, as in `folder.painted`, so that the bytes are the same."""

    def __init__(self, name: str, controls: dict, device: str):
        import torch

        from translators.loading import load

        torch.set_num_threads(1)
        self.translator, self.controls = load(name, device), controls

    def __call__(self, rows: dict) -> dict:
        jobs = [Job(Path(source), Path(target)) for source, target in zip(rows["source"], rows["target"], strict=True)]
        return {**rows, "why": [paint(self.translator, job, self.controls) for job in jobs]}


def painted(
    name: str, jobs: list[Job], controls: dict, *, device: str = "cpu", workers: int | None = None, address: str | None = None
) -> Iterator[tuple[Job, str]]:
    """Does the jobs on a cluster, `workers` at a time; each as it ends, with what `folder.paint` says of it.

    Without an `address` the cluster is this machine, for as long as it takes. Without a number there are as many workers as the cluster
    has cores, or graphics cards where the device is "cuda". All machines of it must see this one's folders under the same names.

    Raises:
        TranslationError: Ray is not installed, there is no cluster at that address, or it failed on the way.
    """
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal"}
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # Ray's new way, which it otherwise announces at every start
    try:
        import ray
        import ray.data
    except ImportError:
        raise TranslationError(MISSING) from None

    _start(ray, address, workers)
    try:
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = context.print_on_execution_start = False
        logging.getLogger("ray.data").setLevel(logging.CRITICAL)
        each = "GPU" if device.startswith("cuda") else "CPU"
        rows = ray.data.from_items(
            [{"source": str(job.source), "target": str(job.target)} for job in jobs], override_num_blocks=min(len(jobs), 10_000)
        )
        done = rows.map_batches(
            Painter,
            fn_constructor_args=(name, controls, device),
            batch_size=1,
            compute=ray.data.ActorPoolStrategy(size=workers or int(ray.cluster_resources().get(each, 1))),
            num_cpus=1,
            num_gpus=int(each == "GPU"),
            runtime_env={"env_vars": {"TRAZO_WEIGHTS": str(WEIGHTS.resolve())}},
        )
        for row in done.iter_rows():
            yield Job(Path(row["source"]), Path(row["target"])), row["why"]
    except ray.exceptions.RayError as error:
        raise TranslationError(f"The Ray cluster failed: {_last_line(error)}") from error
    finally:
        ray.shutdown()


def _start(ray, address: str | None, workers: int | None) -> None:
    own = {"num_cpus": workers, "object_store_memory": STORE, "include_dashboard": False}
    if address:
        own = {}
        _knock(address)
    for start in range(1, STARTS + 1):
        try:
            ray.init(address or "local", log_to_driver=False, logging_level=logging.ERROR, **own)
            return
        except Exception as error:  # Ray raises no narrower one where its processes are slow to start
            ray.shutdown()
            if address:
                hint = "one that asks for a token is told it with RAY_AUTH_MODE=token"
                raise TranslationError(f"The Ray cluster at {address} did not let us in ({_last_line(error)}); {hint}.") from error
            if start == STARTS:
                raise TranslationError(f"Ray did not start: {_last_line(error)}") from error


def _knock(address: str) -> None:
    """TranslationError where nothing listens at host:port: Ray itself would go on asking for minutes."""
    host, colon, port = address.rpartition("/")[2].rpartition(":")
    if colon:
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()
        except (OSError, ValueError) as error:
            raise TranslationError(f"No Ray cluster answers at {address} ({_last_line(error)}).") from error


def _last_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[-1]
