"""Several processes of one machine, each with an annotator of its own and its share of the cores.

Results come in the order of the tasks. A worker never outlives the process that began it, and none holds a lock that
another waits for, so that any of them can be killed.
"""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.context import SpawnContext
from multiprocessing.synchronize import Event
from typing import Any

from rhetoric.corpus.annotators import Annotates
from rhetoric.corpus.shards import Meter, ShardResult, ShardTask, Work, annotate_shard
from rhetoric.errors import RhetoricError

__all__ = ["ProcessEngine"]

POLL_SECONDS = 0.5
N_COUNTERS = 2
"""Of a worker: items that are done, and those of them that failed."""


@dataclass(frozen=True)
class _Shared:
    """What the processes share: counters, each written by one worker alone, and whether to stop."""

    counters: Any  # an array of ctypes, whose class has no public name
    next_worker: Any  # a ctypes integer with its lock
    is_stopped: Event

    @classmethod
    def of(cls, context: SpawnContext, n_workers: int) -> "_Shared":
        counters = context.Array("q", N_COUNTERS * n_workers, lock=False)
        return cls(counters, context.Value("i", 0), context.Event())

    def counts(self) -> tuple[int, int]:
        """Return how many items are done and how many of them failed, over all workers."""
        return sum(self.counters[::N_COUNTERS]), sum(self.counters[1::N_COUNTERS])


class _Interrupted(Exception):
    """The run was interrupted while a worker was at a shard."""


class _WorkerMeter:
    """Counts into the worker's own counters, and ends its shard when the run is interrupted."""

    def __init__(self, shared: _Shared, worker: int) -> None:
        self.shared, self.first = shared, N_COUNTERS * worker

    def expect(self, total: int | None) -> None:
        """Do nothing: the process that hands out the work knows."""

    def __call__(self, n: int = 1, n_failed: int = 0) -> None:
        self.shared.counters[self.first] += n
        self.shared.counters[self.first + 1] += n_failed
        if self.shared.is_stopped.is_set():
            raise _Interrupted


class _Worker:
    """What a process keeps from one shard to the next."""

    def __init__(self, work: Work, meter: Meter) -> None:
        self.work, self.meter = work, meter
        self.annotator: Annotates | None = None

    def run(self, task: ShardTask) -> ShardResult:
        self.annotator = self.annotator or self.work.annotator.load()
        # Of what an interruption leaves, the exception comes next, and the whole process ends.
        results = list(annotate_shard(self.annotator, self.work, task, self.meter))
        return results[-1]


_workers: list[_Worker] = []


def _share_of_cores(worker: int, n_workers: int) -> None:
    """Keep a worker to its share of the cores: all of them would wait for one another at every layer."""
    if not hasattr(os, "sched_setaffinity"):
        return
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[worker % len(cores) :: n_workers])


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _begin(work: Work, shared: _Shared, n_workers: int) -> None:
    """Make this process a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the parent says when to stop
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with shared.next_worker.get_lock():
        worker = shared.next_worker.value
        shared.next_worker.value += 1
    _share_of_cores(worker, n_workers)
    _workers[:] = [_Worker(work, _WorkerMeter(shared, worker))]


def _run(task: ShardTask) -> ShardResult:
    return _workers[0].run(task)


class _Watch:
    """Tells the meter what the workers counted since it was last told."""

    def __init__(self, shared: _Shared, meter: Meter) -> None:
        self.shared, self.meter = shared, meter
        self.told = (0, 0)

    def tell(self) -> None:
        n, n_failed = self.shared.counts()
        if n > self.told[0]:
            self.meter(n - self.told[0], n_failed - self.told[1])
            self.told = (n, n_failed)

    def until_done(self, future: "Future[ShardResult]") -> ShardResult:
        while not wait([future], timeout=POLL_SECONDS).done:
            self.tell()
        self.tell()
        return future.result()


@dataclass(frozen=True)
class ProcessEngine:
    """Runs shards in `n_workers` processes."""

    n_workers: int

    def __call__(self, work: Work, tasks: Iterable[ShardTask], meter: Meter) -> Iterator[ShardResult]:
        """Yield the result of each task, in order.

        Raises:
            RhetoricError: a worker was killed.
        """
        context = multiprocessing.get_context("spawn")
        shared = _Shared.of(context, self.n_workers)
        pool = ProcessPoolExecutor(self.n_workers, context, _begin, (work, shared, self.n_workers))
        try:
            yield from self._results(pool, tasks, _Watch(shared, meter))
        except BrokenProcessPool as error:
            message = (
                "a worker process was killed, perhaps for want of memory; what was done is kept:"
                " go on with --resume, and with fewer --workers"
            )
            raise RhetoricError(message) from error
        finally:
            shared.is_stopped.set()
            pool.shutdown(cancel_futures=True)

    def _results(self, pool: ProcessPoolExecutor, tasks: Iterable[ShardTask], watch: _Watch) -> Iterator[ShardResult]:
        waiting: deque[Future[ShardResult]] = deque()
        for task in tasks:
            waiting.append(pool.submit(_run, task))
            if len(waiting) > self.n_workers:
                yield watch.until_done(waiting.popleft())
        while waiting:
            yield watch.until_done(waiting.popleft())
