"""What every command over articles does: take them from a stream, write them out, count, and choose the exit code."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from rhetoric.annotation import AnnotatedArticle
from rhetoric.cli.options import Format
from rhetoric.cli.progress import progress
from rhetoric.cli.writers import WRITERS, errors_path, log_failures
from rhetoric.errors import InputError, RhetoricError
from rhetoric.formats import Failure
from rhetoric.formats.output import check_output

__all__ = ["Output", "run"]

EXIT_DONE = 0
EXIT_SOME_FAILED = 4


@dataclass(frozen=True)
class Output:
    """Where a run writes (None: standard output), in which format, and whether it keeps quiet."""

    path: Path | None
    format: Format
    quiet: bool = False

    def __post_init__(self) -> None:
        """Refuse a path that nothing can be written to.

        Raises:
            UsageError: it is a folder, or lies in none.
        """
        check_output(self.path)


@dataclass
class _Tally:
    n_done: int = 0
    failures: list[Failure] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.n_done + len(self.failures)


def _written(item: AnnotatedArticle | Failure, write: Callable[[AnnotatedArticle], None]) -> Failure | None:
    if isinstance(item, Failure):
        return item
    try:
        write(item)
    except RhetoricError as error:
        return Failure(item.id, None, None, str(error))
    return None


def _refuse_empty(tally: _Tally, output: Output) -> None:
    if tally.n_done:
        return
    if not tally.failures:
        message = "no article found: expected at least one record with 'id' and 'text', or a .txt file"
        raise InputError(message)
    first = tally.failures[0]
    where = "above" if output.path is None else f"in {errors_path(output.path)}"
    others = f" (and {len(tally.failures) - 1} more, {where})" if len(tally.failures) > 1 else ""
    message = f"no article could be read: {first.place}: {first.reason}{others}"
    raise InputError(message)


def _summarise(tally: _Tally, output: Output) -> None:
    if tally.failures:
        where = "the reasons are above" if output.path is None else f"the reasons are in {errors_path(output.path)}"
        print(f"rhetoric: {len(tally.failures)} of {tally.total} articles failed: {where}", file=sys.stderr)
    if output.path is not None and not output.quiet:
        print(f"{tally.n_done} {'article' if tally.n_done == 1 else 'articles'} → {output.path}", file=sys.stderr)


def run(found: Iterable[AnnotatedArticle | Failure], output: Output) -> int:
    """Write the annotated articles of `found`, list its failures, and return the exit code.

    Raises:
        InputError: there was no article at all, or none that could be used.
    """
    tally = _Tally()
    with (
        log_failures(output.path) as log,
        WRITERS[output.format](output.path) as write,
        progress(output.quiet, "articles") as advance,
    ):
        for item in found:
            failure = _written(item, write)
            if failure is None:
                tally.n_done += 1
            else:
                tally.failures.append(failure)
                log(failure)
            advance()
        _refuse_empty(tally, output)
    _summarise(tally, output)
    return EXIT_SOME_FAILED if tally.failures else EXIT_DONE
