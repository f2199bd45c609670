"""Whole corpora: runs that resume, account for every article, and give the same bytes however they are run."""

from rhetoric.corpus.annotators import AnnotatorSpec
from rhetoric.corpus.engines import Engine, ProcessEngine, run_here
from rhetoric.corpus.inputs import Corpus
from rhetoric.corpus.manifest import Manifest, Part
from rhetoric.corpus.merging import merge_runs
from rhetoric.corpus.reading import is_run, read_run
from rhetoric.corpus.run import SHARD_SIZE, RunOptions, RunSummary, annotate_corpus
from rhetoric.corpus.shards import ShardFormat, SideTable
from rhetoric.corpus.verifying import Check, verify_run

__all__ = [
    "SHARD_SIZE",
    "AnnotatorSpec",
    "Check",
    "Corpus",
    "Engine",
    "Manifest",
    "Part",
    "ProcessEngine",
    "RunOptions",
    "RunSummary",
    "ShardFormat",
    "SideTable",
    "annotate_corpus",
    "is_run",
    "merge_runs",
    "read_run",
    "run_here",
    "verify_run",
]
