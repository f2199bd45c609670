"""How fast whole corpora are annotated, by backend, batch and cores, and in which stages the time goes.

Every row is a run in a process of its own, kept to as many cores as it has workers; a row for which there are too few
is left out. Its speed is told by the clock, from the first article to the last, so that loading the model does not
count. Stages are told by the processor time of the threads that are in them, which a busy machine lengthens less.
"""

import math
import multiprocessing
import os
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.memory import write_corpus
from rhetoric import Article
from rhetoric.alignment import Aligner
from rhetoric.corpus import AnnotatorSpec, Corpus, ProcessEngine, RunOptions, annotate_corpus, run_here
from rhetoric.corpus.shards import SideTable
from rhetoric.formats import read_inputs
from rhetoric.resources import model_path
from rhetoric.runtime import Backend
from rhetoric.runtime.parallel import n_cores

LOADING, REST = "loading", "the rest"
STAGES = ("reading", "sentences and tokens", "encoder", "heads and decoding", "sources", "measures", "writing", REST)
SHARD_SIZE = 4
"""So small that no worker waits long for another at the end."""
N_ARTICLES = 60
MILLION, SECONDS_AN_HOUR = 1_000_000, 3_600


@dataclass(frozen=True)
class Setting:
    """What is measured: a backend, windows of an article that torch encodes at once, and processes, each on a core."""

    backend: Backend
    n_windows: int = 1
    n_workers: int = 1


@dataclass(frozen=True)
class Speed:
    """What came of it.

    Attributes:
        articles: a second, by the clock.
        cpu_seconds: processor time an article takes, by stage; of one process only.
    """

    articles: float
    cpu_seconds: dict[str, float]

    @property
    def cpu_hours(self) -> float:
        """The processor time that a million such articles take; nothing is known of several processes."""
        return sum(self.cpu_seconds.values()) * MILLION / SECONDS_AN_HOUR if self.cpu_seconds else math.nan


SETTINGS = (
    Setting("onnx"),
    Setting("torch"),
    Setting("torch", n_windows=8),
    Setting("onnx", n_workers=2),
    Setting("torch", n_workers=2),
)


class Stopwatch:
    """Adds up the processor time of functions, by stage; what one stage spends in another counts for that alone."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._lock = threading.Lock()
        self._inner = threading.local()

    @contextmanager
    def during(self, stage: str) -> Iterator[None]:
        """Count what this thread does meanwhile."""
        outer, self._inner.seconds = getattr(self._inner, "seconds", 0.0), 0.0
        begun = time.thread_time()
        try:
            yield
        finally:
            seconds = time.thread_time() - begun
            with self._lock:
                self.seconds[stage] += seconds - self._inner.seconds
            self._inner.seconds = outer + seconds

    def timed(self, function: Callable[..., Any], stage: str) -> Callable[..., Any]:
        """Return a function that is counted whenever it is called."""

        @wraps(function)
        def counted(*arguments: object, **options: object) -> object:
            with self.during(stage):
                return function(*arguments, **options)

        return counted

    def timed_stream(self, function: Callable[..., Iterator[Any]], stage: str) -> Callable[..., Iterator[Any]]:
        """Return a function that gives a stream of which each item is counted."""

        @wraps(function)
        def counted(*arguments: object, **options: object) -> Iterator[object]:
            advance = self.timed(partial(next, function(*arguments, **options), None), stage)
            return iter(advance, None)

        return counted


@contextmanager
def watching(watch: Stopwatch) -> Iterator[None]:
    """Count the stages of a run in this process."""
    from rhetoric import pipeline
    from rhetoric.corpus import shards, storage
    from rhetoric.decoding.decoder import Decoder
    from rhetoric.framing.measures import table
    from rhetoric.runtime.encoders import OnnxEncoder, TorchEncoder

    places: dict[str, list[tuple[Any, str]]] = {
        LOADING: [(AnnotatorSpec, "load")],
        "reading": [(Corpus, "fingerprint")],
        "sentences and tokens": [(pipeline, "split_sentences"), (Aligner, "align")],
        "encoder": [(OnnxEncoder, "_encode_one"), (TorchEncoder, "_encode_together")],
        "heads and decoding": [(Decoder, "decode")],
        "sources": [(pipeline, name) for name in ("resolve", "assign_voice", "state_media_sentences")],
        "measures": [(table, "tabulate")],
        "writing": [(shards._Shard, "add"), (shards._Shard, "result"), (storage.RunFolder, "add")],
    }
    found = [(owner, name, stage) for stage, owners in places.items() for owner, name in owners]
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in found]
    for owner, name, stage in found:
        setattr(owner, name, watch.timed(getattr(owner, name), stage))
    items = Corpus.items
    setattr(Corpus, "items", watch.timed_stream(items, "reading"))  # noqa: B010
    try:
        yield
    finally:
        for owner, name, function in (*before, (Corpus, "items", items)):
            setattr(owner, name, function)


class Clock:
    """A meter that knows when the first articles were done, and when the last."""

    def __init__(self) -> None:
        """Begin with none."""
        self.times: list[float] = []
        self.counts: list[int] = []

    def expect(self, total: int | None) -> None:
        """Do nothing."""

    def __call__(self, n: int = 1, n_failed: int = 0) -> None:
        """Take note of `n` articles that are done."""
        self.times.append(time.perf_counter())
        self.counts.append(n)

    @property
    def speed(self) -> float:
        """Articles a second since the first were done."""
        seconds = self.times[-1] - self.times[0]
        return sum(self.counts[1:]) / seconds if seconds else math.nan


def _side_tables() -> dict[str, SideTable]:
    """Return what the command keeps beside the articles."""
    from rhetoric.framing.measures import table

    return {table.MEASURES_FOLDER: partial(table.tabulate, actors=None)}


def _prepare(setting: Setting) -> None:
    """Keep this process to its cores, and torch to its batches."""
    from rhetoric.runtime.encoders import Placement

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: setting.n_workers])
    setattr(Placement, "of_this_machine", lambda: Placement(n_windows=setting.n_windows))  # noqa: B010


def measure(articles: Sequence[Article], model: str, setting: Setting) -> Speed:
    """Return how fast a run over articles is."""
    watch, clock = Stopwatch(), Clock()
    with tempfile.TemporaryDirectory() as folder:
        corpus, run = Path(folder, "corpus.jsonl"), Path(folder, "run")
        write_corpus(articles, 1, corpus)
        arguments = Corpus((str(corpus),)), run, AnnotatorSpec(model, backend=setting.backend)
        if setting.n_workers > 1:
            options = RunOptions(SHARD_SIZE, side_tables=_side_tables())
            annotate_corpus(*arguments, options, ProcessEngine(setting.n_workers), clock)
            return Speed(clock.speed, {})
        with watching(watch):
            options = RunOptions(SHARD_SIZE, side_tables=_side_tables())
            begun = time.process_time()
            annotate_corpus(*arguments, options, run_here, clock)
            total = time.process_time() - begun
    total -= watch.seconds.pop(LOADING)
    watch.seconds[REST] = total - sum(watch.seconds.values())
    return Speed(clock.speed, {stage: watch.seconds[stage] / len(articles) for stage in STAGES})


def measure_apart(articles: Sequence[Article], model: str, setting: Setting) -> Speed:
    """Measure in a process that has done nothing else."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context, _prepare, (setting,)) as pool:
        return pool.submit(measure, articles, model, setting).result()


def _speed_lines(speeds: dict[Setting, Speed], tokens_an_article: float) -> Iterator[str]:
    names = ("backend", "windows at once", "processes", "articles/s", "tokens/s", "CPU ms an article")
    yield f"| {' | '.join(names)} | CPU hours for a million |"
    yield "|---" * (len(names) + 1) + "|"
    for setting, speed in speeds.items():
        cpu = sum(speed.cpu_seconds.values()) * 1_000
        costs = f"{cpu:.0f} | {speed.cpu_hours:.0f}" if speed.cpu_seconds else "n/a | n/a"
        measured = f"{speed.articles:.2f} | {speed.articles * tokens_an_article:,.0f} | {costs}"
        yield f"| {setting.backend} | {setting.n_windows} | {setting.n_workers} | {measured} |"


def _stage_lines(speeds: dict[Setting, Speed]) -> Iterator[str]:
    columns = {s: speed for s, speed in speeds.items() if speed.cpu_seconds and s.n_windows == 1}
    yield f"| stage | {' | '.join(s.backend for s in columns)} |"
    yield "|---|" + "---|" * len(columns)
    for stage in STAGES:
        shares = (speed.cpu_seconds[stage] / sum(speed.cpu_seconds.values()) for speed in columns.values())
        yield f"| {stage} | {' | '.join(f'{share:.1%}' for share in shares)} |"


def main(
    inputs: Annotated[list[Path], typer.Argument(help="Articles, as `rhetoric annotate` takes them.")],
    model: Annotated[str, typer.Option(help="Shipped model, or a folder.")] = "small",
    n_articles: Annotated[int, typer.Option(help="How many articles to take.")] = N_ARTICLES,
) -> None:
    """Print two tables in Markdown: speed by backend, batch and processes, and the shares of the stages."""
    articles = [a for a in read_inputs(inputs) if isinstance(a, Article)][:n_articles]
    tokenizer = Aligner.from_file(model_path(model)).tokenizer
    n_tokens = sum(len(tokenizer.encode(a.text, add_special_tokens=False).ids) for a in articles)
    speeds = {s: measure_apart(articles, model, s) for s in SETTINGS if s.n_workers <= n_cores()}
    typer.echo(f"{len(articles)} articles, {n_tokens:,} tokens, {n_cores()} cores\n")
    typer.echo("\n".join(_speed_lines(speeds, n_tokens / len(articles))) + "\n")
    typer.echo("\n".join(_stage_lines(speeds)))


if __name__ == "__main__":
    typer.run(main)
