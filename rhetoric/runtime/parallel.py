"""Work on what comes next while what came before is still being done, in the order in which it came."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

__all__ = ["map_ahead", "n_cores"]

T = TypeVar("T")
R = TypeVar("R")


def n_cores() -> int:
    """Return the number of cores that this process may use, which on a shared machine can be fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def map_ahead(function: Callable[[T], R], items: Iterable[T], n_workers: int) -> Iterator[R]:
    """Yield `function(item)` of each item, in their order, with the next `n_workers` items in work meanwhile.

    An exception is raised where its result would have come. Threads are enough: ONNX Runtime, torch and the tokenizer
    let Python go on while they compute. They are made anew for each stream, as threads do not survive a fork.
    """
    with ThreadPoolExecutor(max_workers=n_workers) as pool:
        try:
            yield from _results((pool.submit(function, item) for item in items), n_workers)
        finally:
            pool.shutdown(cancel_futures=True)


def _results(submitted: Iterable[Future[R]], n_ahead: int) -> Iterator[R]:
    waiting: deque[Future[R]] = deque()
    for future in submitted:
        waiting.append(future)
        if len(waiting) > n_ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
