"""`rhetoric convert`: annotated articles from one format to another, or into flat tables."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from rhetoric.cli.options import NoTextOption, QuietOption, output_of
from rhetoric.cli.run import Output, run, run_into
from rhetoric.errors import UsageError

if TYPE_CHECKING:
    from rhetoric.annotation import AnnotatedArticle
    from rhetoric.formats import Failure

__all__ = ["convert"]

ConvertFormat = Literal["jsonl", "parquet", "html", "csv"]


def _read(name: str) -> "Iterator[AnnotatedArticle | Failure]":
    """Yield what a run or file holds; with its duplicates marked, where those of the run were looked for."""
    from rhetoric.corpus import read_run
    from rhetoric.corpus.duplicates import DUPLICATES_FILE, mark_duplicate, read_duplicates
    from rhetoric.formats import Failure

    table = Path(name) / DUPLICATES_FILE
    duplicates = read_duplicates(table) if table.is_file() else None
    for item in read_run(name):
        yield item if isinstance(item, Failure) or duplicates is None else mark_duplicate(item, duplicates)


def _into_tables(name: str, folder: Path, output_format: ConvertFormat | None, with_text: bool, quiet: bool) -> int:
    from rhetoric.formats.tidy import open_tidy

    if output_format in {"jsonl", "html"}:
        message = f"flat tables cannot be {output_format}: expected --format parquet or csv"
        raise UsageError(message)
    table_format: Literal["csv", "parquet"] = "csv" if output_format == "csv" else "parquet"
    return run_into(open_tidy(folder, table_format, with_text), _read(name), folder, quiet)


def convert(
    annotations: Annotated[
        str, typer.Argument(metavar="IN", help="A run, a .jsonl or a .parquet file that `rhetoric annotate` wrote.")
    ],
    output: Annotated[
        str, typer.Argument(metavar="OUT", help="File to write; its suffix says the format. With --tidy, a folder.")
    ],
    output_format: Annotated[
        ConvertFormat | None,
        typer.Option("--format", help="Format of the output, if the suffix of OUT does not say it; csv with --tidy."),
    ] = None,
    tidy: Annotated[
        bool, typer.Option("--tidy", help="Write flat tables, one row a sentence, a span, and so on, into a folder.")
    ] = False,
    no_text: NoTextOption = False,
    quiet: QuietOption = False,
) -> int:
    """Write annotated articles in another format."""
    if tidy:
        return _into_tables(annotations, Path(output), output_format, not no_text, quiet)
    if output_format == "csv":
        message = "annotated articles nest, and CSV is flat: add --tidy for tables, or choose another format"
        raise UsageError(message)
    path, chosen = output_of(output, output_format, "jsonl")
    if chosen == "html" and no_text:
        message = "a page shows the text, and --no-text leaves it out: write .jsonl or .parquet"
        raise UsageError(message)
    return run(_read(annotations), Output(path, chosen, quiet, not no_text))
