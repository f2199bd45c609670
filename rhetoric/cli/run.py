"""What every command over articles does: take them from a stream, write them out, count, and choose the exit code."""

import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from rhetoric.annotation import AnnotatedArticle
from rhetoric.cli.options import Format
from rhetoric.cli.progress import progress
from rhetoric.cli.writers import WRITERS, Write, errors_path, log_failures
from rhetoric.errors import InputError, RhetoricError
from rhetoric.formats import Failure
from rhetoric.formats.output import check_output

__all__ = ["Output", "Tally", "conclude", "run", "run_into"]

EXIT_DONE = 0
EXIT_SOME_FAILED = 4


@dataclass(frozen=True)
class Output:
    """Where a run writes (None: standard output), in which format, with texts or without, and how quietly."""

    path: Path | None
    format: Format
    quiet: bool = False
    with_text: bool = True

    def __post_init__(self) -> None:
        """Refuse a path that nothing can be written to.

        Raises:
            UsageError: it is a folder, or lies in none.
        """
        check_output(self.path)

    @property
    def errors(self) -> Path | None:
        """Where the failures are listed (None: on standard error)."""
        return None if self.path is None else errors_path(self.path)


@dataclass
class Tally:
    """What came of a run: how many articles, how many failures, and the first of those."""

    n_done: int = 0
    n_failed: int = 0
    first: Failure | None = None

    def add(self, failure: Failure | None) -> None:
        """Count an article, or a failure."""
        if failure is None:
            self.n_done += 1
            return
        self.n_failed += 1
        self.first = self.first or failure

    def refuse_empty(self, errors: Path | None) -> None:
        """Refuse a run without a single article.

        Args:
            errors: where all failures are listed (None: on standard error).

        Raises:
            InputError: there was none, or none that could be used.
        """
        if self.n_done:
            return
        if self.first is None:
            message = "no article found: expected at least one record with 'id' and 'text', or a .txt file"
            raise InputError(message)
        where = "above" if errors is None else f"in {errors}"
        others = f" (and {self.n_failed - 1} more, {where})" if self.n_failed > 1 else ""
        message = f"no article could be read: {self.first.place}: {self.first.reason}{others}"
        raise InputError(message)


def conclude(tally: Tally, path: Path | None, errors: Path | None, quiet: bool) -> int:
    """Say what was written where, and return the exit code."""
    if tally.n_failed:
        where = "the reasons are above" if errors is None else f"the reasons are in {errors}"
        total = tally.n_done + tally.n_failed
        print(f"rhetoric: {tally.n_failed} of {total} articles failed: {where}", file=sys.stderr)
    if path is not None and not quiet:
        print(f"{tally.n_done} {'article' if tally.n_done == 1 else 'articles'} → {path}", file=sys.stderr)
    return EXIT_SOME_FAILED if tally.n_failed else EXIT_DONE


def _written(item: AnnotatedArticle | Failure, write: Write) -> Failure | None:
    if isinstance(item, Failure):
        return item
    try:
        write(item)
    except RhetoricError as error:
        return Failure(item.id, None, None, str(error))
    return None


def run(found: Iterable[AnnotatedArticle | Failure], output: Output) -> int:
    """Write the annotated articles of `found` one by one, list its failures, and return the exit code.

    Raises:
        InputError: there was no article at all, or none that could be used.
    """
    return run_into(WRITERS[output.format](output.path, output.with_text), found, output.path, output.quiet)


def run_into(
    writer: AbstractContextManager[Write],
    found: Iterable[AnnotatedArticle | Failure],
    path: Path | None,
    quiet: bool,
) -> int:
    """Do what `run` does with any writer, whose output is `path`.

    Raises:
        InputError: there was no article at all, or none that could be used.
    """
    tally = Tally()
    errors = None if path is None else errors_path(path)
    with log_failures(path) as log, writer as write, progress(quiet, "articles") as count:
        for item in found:
            failure = _written(item, write)
            if failure is not None:
                log(failure)
            tally.add(failure)
            count(1, 0 if failure is None else 1)
        tally.refuse_empty(errors)
    return conclude(tally, path, errors, quiet)
