"""Where the shards of a corpus are run: one file an engine, all with the same results."""

from rhetoric.corpus.engines.local import Engine, run_here
from rhetoric.corpus.engines.processes import ProcessEngine

__all__ = ["Engine", "ProcessEngine", "run_here"]
