"""`rhetoric duplicates`: which articles of a corpus are nearly the same, so that a wire story counts once."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rhetoric.cli.options import QuietOption
from rhetoric.cli.progress import Counter, progress
from rhetoric.cli.run import Tally, conclude
from rhetoric.cli.writers import errors_path, log_failures
from rhetoric.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rhetoric.annotation import AnnotatedArticle
    from rhetoric.corpus.duplicates import Duplicate
    from rhetoric.formats import Failure

__all__ = ["duplicates"]


def _place(annotations: str, output: Path | None) -> Path:
    from rhetoric.corpus import is_run
    from rhetoric.corpus.duplicates import DUPLICATES_FILE
    from rhetoric.formats.output import check_output

    if output is None and not is_run(annotations):
        message = f"{annotations} is no folder of a run: say with -o OUT.parquet where its duplicates shall be listed"
        raise UsageError(message)
    path = output or Path(annotations) / DUPLICATES_FILE
    check_output(path)
    return path


def _usable(
    found: "Iterable[AnnotatedArticle | Failure]", tally: Tally, log: "Callable[[Failure], None]", count: Counter
) -> "Iterator[AnnotatedArticle]":
    """Yield the articles, and list and count the failures."""
    from rhetoric.formats import Failure

    for item in found:
        failure = item if isinstance(item, Failure) else None
        tally.add(failure)
        count(1, 0 if failure is None else 1)
        if isinstance(item, Failure):
            log(item)
        else:
            yield item


def _summarise(found: "Iterable[Duplicate]") -> None:
    copies = [one.cluster for one in found if one.duplicate_of is not None]
    print(f"copies among them: {len(copies)}; stories that have copies: {len(set(copies))}", file=sys.stderr)


def duplicates(
    annotations: Annotated[
        str, typer.Argument(metavar="RUN", help="A run, or a .jsonl or .parquet file of annotated articles.")
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT.parquet", help="Table to write; in the run's folder by default."),
    ] = None,
    similarity: Annotated[
        float | None,
        typer.Option(metavar="S", help="Share of five-word sequences from which two articles are one story (0.5)."),
    ] = None,
    quiet: QuietOption = False,
) -> int:
    """Find articles that are nearly the same.

    Writes a table with the cluster of each article and the one that it repeats; `convert` and `compare` read it.
    """
    path = _place(annotations, output)
    from rhetoric.corpus import read_run
    from rhetoric.corpus.duplicates import SIMILARITY, find_duplicates, write_duplicates

    tally, errors = Tally(), errors_path(path)
    with log_failures(path) as log, progress(quiet, "articles") as count:
        articles = _usable(read_run(annotations), tally, log, count)
        found = find_duplicates(articles, SIMILARITY if similarity is None else similarity)
        tally.refuse_empty(errors)
    write_duplicates(found, path)
    code = conclude(tally, path, errors, quiet)
    if not quiet:
        _summarise(found.values())
    return code
