"""What runs the shards of a corpus, and the simplest that does: this process, one shard after the other."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from rhetoric.corpus.shards import Meter, ShardResult, ShardTask, Work, annotate_shard

__all__ = ["Engine", "run_here"]


class Engine(Protocol):
    """Runs shards, anywhere and in any order, as long as each comes back once with the bytes of its files.

    Tasks are taken from the stream when there is room for them, never all at once.
    """

    def __call__(self, work: Work, tasks: Iterable[ShardTask], meter: Meter) -> Iterator[ShardResult]:
        """Yield the result of each task; `meter` counts the items as they are done."""


def run_here(work: Work, tasks: Iterable[ShardTask], meter: Meter) -> Iterator[ShardResult]:
    """Annotate each shard in this process; an interruption yields what there is of the shard in work before it goes on.

    The annotator is loaded with the first task.
    """
    annotator = None
    for task in tasks:
        annotator = annotator or work.annotator.load()
        yield from annotate_shard(annotator, work, task, meter)
