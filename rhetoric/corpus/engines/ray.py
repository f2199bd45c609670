"""Ray Data, on this machine or on a cluster: the same shards, the same bytes, as many actors as there is room for.

Shards travel as rows of a dataset, an actor loads the model once and annotates one row after another. Ray starts an
actor again that has died, and repeats its row. Rows are handed out in waves, so that a corpus larger than the cluster's
memory can pass through. Every machine needs this package and, under the same path, a model that is not shipped.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from rhetoric.corpus.annotators import Annotates
from rhetoric.corpus.shards import Meter, ShardResult, ShardTask, SilentMeter, Work, annotate_shard
from rhetoric.errors import MissingExtraError, RhetoricError

__all__ = ["RayEngine"]

SHARDS_A_WAVE = 64
"""Shards that an actor does between two loads of the model, about; they are what the cluster's memory holds at most."""

N_RETRIES = 3
"""Of a shard whose actor died: more than once or twice, and it is the shard that kills them."""

ROW = "shard"
SILENT = SilentMeter()


class _Actor:
    """Annotates shards where Ray puts it."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.annotator: Annotates = work.annotator.load()

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        results = list(annotate_shard(self.annotator, self.work, row[ROW], SILENT))
        return {ROW: results[-1]}


@dataclass(frozen=True)
class RayEngine:
    """Runs shards on Ray.

    Attributes:
        n_workers: actors; as many as the cluster has cores (or GPUs, where the model uses them), if not given.
        address: of the cluster; a new one on this machine, if not given.
    """

    n_workers: int | None = None
    address: str | None = None

    def __call__(self, work: Work, tasks: Iterable[ShardTask], meter: Meter) -> Iterator[ShardResult]:
        """Yield the result of each task, in order.

        Raises:
            MissingExtraError: Ray is not installed.
            RhetoricError: the cluster cannot be reached, or gave a shard up.
        """
        ray = _import_ray()
        _connect(ray, self.address)
        try:
            yield from self._waves(ray, work, iter(tasks), meter)
        except ray.exceptions.RayError as error:
            message = f"Ray gave up: {str(error).splitlines()[0]}; what was done is kept: go on with --resume"
            raise RhetoricError(message) from error
        finally:
            ray.shutdown()

    def _waves(self, ray: Any, work: Work, tasks: Iterator[ShardTask], meter: Meter) -> Iterator[ShardResult]:  # noqa: ANN401  (a module)
        room, needs = _room(ray.cluster_resources(), work.annotator.can_use_gpu)
        n_actors = self.n_workers or room
        while wave := list(islice(tasks, SHARDS_A_WAVE * n_actors)):
            rows = ray.data.from_items([{ROW: task} for task in wave], override_num_blocks=len(wave))
            pool = ray.data.ActorPoolStrategy(size=min(n_actors, len(wave)))
            done = rows.map(_Actor, fn_constructor_args=(work,), compute=pool, max_task_retries=N_RETRIES, **needs)
            for row in done.iter_rows():
                result: ShardResult = row[ROW]
                meter(result.n_articles + result.n_failed, result.n_failed)
                yield result


def _room(resources: Mapping[str, float], can_use_gpu: bool) -> tuple[int, dict[str, int]]:
    """Return how many actors a cluster has room for, and what each of them needs."""
    n_gpus = int(resources.get("GPU", 0)) if can_use_gpu else 0
    if n_gpus:
        return n_gpus, {"num_gpus": 1}
    return max(1, int(resources.get("CPU", 1))), {"num_cpus": 1}


def _import_ray() -> Any:  # noqa: ANN401  (a module)
    try:
        import ray
        import ray.data
    except ImportError as error:
        message = "Ray is not installed: `pip install 'rhetoric[ray]'`, or leave --engine ray out"
        raise MissingExtraError(message) from error
    return ray


def _connect(ray: Any, address: str | None) -> None:  # noqa: ANN401  (a module)
    """Begin a session with quiet logs, whose rows keep their order.

    Raises:
        RhetoricError: there is no cluster at the address.
    """
    try:
        ray.init(address=address, include_dashboard=False, log_to_driver=False, logging_level="error")
    except (ConnectionError, RuntimeError, ValueError) as error:
        message = f"no Ray cluster at {address or 'this machine'}: {str(error).splitlines()[0]}"
        raise RhetoricError(message) from error
    logging.getLogger("ray.data").setLevel(logging.ERROR)  # it tells of each wave, and of rows that are no table
    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
