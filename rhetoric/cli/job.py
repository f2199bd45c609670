"""How a corpus is annotated for the command line: one article after the other, into one file, or as a run in a folder.

What comes from a pipe or goes to one is annotated as it comes. All else is a run, which can go on when it was stopped.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NoReturn

from rhetoric.cli.progress import progress
from rhetoric.cli.run import Output, Tally, conclude, run
from rhetoric.cli.writers import join_page
from rhetoric.corpus import (
    AnnotatorSpec,
    Corpus,
    Engine,
    ProcessEngine,
    RunOptions,
    RunSummary,
    annotate_corpus,
    run_here,
)
from rhetoric.corpus.engines.ray import RayEngine
from rhetoric.corpus.inputs import warn_of_blanks
from rhetoric.corpus.reading import read_failures
from rhetoric.corpus.shards import SideTable
from rhetoric.corpus.single import join_lines, join_rows, write_single
from rhetoric.corpus.storage import ERRORS_FILE
from rhetoric.errors import UsageError
from rhetoric.framing.measures.table import MEASURES_FOLDER, tabulate
from rhetoric.sources import load_actors

__all__ = ["Job"]

JOINS = {"jsonl": join_lines, "parquet": join_rows, "html": join_page}


@dataclass(frozen=True)
class Job:
    """What was asked for.

    Attributes:
        corpus: what is read.
        annotator: which model, thresholds and lists.
        options: how a run is kept.
        n_workers: processes; one on this machine, and on Ray as many as there is room for, if not given.
        is_on_ray: whether Ray runs them.
        ray_address: of a cluster; a new one on this machine, if not given.
        quiet: show no progress.
    """

    corpus: Corpus
    annotator: AnnotatorSpec
    options: RunOptions
    n_workers: int | None = None
    is_on_ray: bool = False
    ray_address: str | None = None
    quiet: bool = False

    def __post_init__(self) -> None:
        """Refuse an option that would be passed over.

        Raises:
            UsageError: there is an address of a cluster that nobody asked for.
        """
        if self.ray_address is not None and not self.is_on_ray:
            message = f"--ray-address {self.ray_address} is for --engine ray: give both, or neither"
            raise UsageError(message)

    def into_folder(self, folder: Path) -> int:
        """Annotate into the folder of a run, and return the exit code."""
        options = replace(self.options, side_tables=_side_tables(self.annotator.actors))
        with _telling_of_interruption(self.corpus, folder):
            summary = replace(self, options=options)._run(folder)
        return _conclude(summary, folder, folder / ERRORS_FILE, self.quiet)

    def into(self, output: Output) -> int:
        """Annotate to standard output or into one file, and return the exit code.

        Raises:
            UsageError: no run can be kept there, and an option needs one.
        """
        if self.options.part is not None:
            _refuse("--shard", "its part is the folder of a run")
        path, errors = output.path, output.errors
        if path is None or errors is None:
            return self._one_by_one(output, "standard output keeps nothing")
        reason = self._why_not_kept(path)
        if reason is not None:
            return self._one_by_one(output, reason)
        with _telling_of_interruption(self.corpus, path):
            summary = write_single(path, errors, self._run, JOINS[output.format])
        return _conclude(summary, path, errors, self.quiet)

    def _run(self, folder: Path) -> RunSummary:
        with progress(self.quiet, "articles") as meter:
            return annotate_corpus(self.corpus, folder, self.annotator, self.options, self._engine(), meter)

    def _engine(self) -> Engine:
        if self.is_on_ray:
            return RayEngine(self.n_workers, self.ray_address)
        n_workers = self.n_workers or 1
        return ProcessEngine(n_workers) if n_workers > 1 else run_here

    def _why_not_kept(self, path: Path) -> str | None:
        """Return why no run can be kept beside `path`, None if one can."""
        if path.exists() and not path.is_file():
            return f"{path} is a device or a pipe, which keeps nothing"
        if not self.corpus.is_rereadable:
            return "standard input and pipes cannot be read again"
        folder = self.corpus.folder_around(path)
        return f"{path} lies in {folder}, which is read" if folder else None

    def _one_by_one(self, output: Output, reason: str) -> int:
        if self.options.is_resumed:
            _refuse("--resume", reason)
        if (self.n_workers or 1) > 1:
            _refuse("--workers", reason)
        if self.is_on_ray:
            _refuse("--engine ray", reason)
        annotator = self.annotator.load()
        return run(annotator.try_pipe(warn_of_blanks(self.corpus.items())), output)


def _side_tables(actors: Path | None) -> Mapping[str, SideTable]:
    """Return what a run keeps beside its articles: the table of measures, from which outlets are compared."""
    return {MEASURES_FOLDER: partial(tabulate, actors=load_actors(actors) if actors else None)}


def _refuse(option: str, reason: str) -> NoReturn:
    message = f"{option} needs a run that is kept: {reason}; annotate files into another file, or into a folder"
    raise UsageError(message)


@contextmanager
def _telling_of_interruption(corpus: Corpus, place: Path) -> Iterator[None]:
    """Say on Ctrl-C where the work is, and whether it can go on."""
    try:
        yield
    except KeyboardInterrupt as interruption:
        if not place.exists():
            raise
        cannot = "it cannot go on, as standard input and pipes cannot be read again"
        message = f"what was done so far is kept in {place}; {'--resume goes on' if corpus.is_rereadable else cannot}"
        raise KeyboardInterrupt(f"interrupted: {message}") from interruption


def _conclude(summary: RunSummary, path: Path, errors: Path, quiet: bool) -> int:
    first = next(read_failures(errors), None) if summary.n_failed and not summary.n_articles else None
    tally = Tally(summary.n_articles, summary.n_failed, first)
    if summary.n_failed:  # a part of a small corpus may hold nothing
        tally.refuse_empty(errors)
    return conclude(tally, path, errors, quiet)
