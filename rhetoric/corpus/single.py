"""One file as the output of a run: the run is kept beside it until it is complete, and then joined to the file."""

from collections.abc import Callable, Iterator
from pathlib import Path

from rhetoric.annotation import AnnotatedArticle
from rhetoric.corpus.run import RunSummary
from rhetoric.corpus.shards import ARTICLES, ERRORS
from rhetoric.corpus.storage import RunFolder, file_chunks, write_whole
from rhetoric.errors import InputError, UsageError
from rhetoric.formats import read_annotations
from rhetoric.formats.output import open_output

__all__ = ["join_lines", "join_rows", "kept_articles", "kept_beside", "write_single"]

SUFFIX = ".run"


def kept_beside(out: Path) -> Path:
    """Return the folder in which the run is kept whose articles go to `out`."""
    return out.with_name(f"{out.name}{SUFFIX}")


def kept_articles(run: Path) -> Iterator[AnnotatedArticle]:
    """Yield the articles of a run, complete or not."""
    found = (item for path in RunFolder(run).files(ARTICLES) for item in read_annotations(path))
    return (item for item in found if isinstance(item, AnnotatedArticle))


def join_lines(run: Path, out: Path) -> None:
    """Write the articles of a run of JSON lines to one file."""
    write_whole(out.resolve(), file_chunks(RunFolder(run).files(ARTICLES)))


def join_rows(run: Path, out: Path) -> None:
    """Write the articles of a run of Parquet files to one, a row group a shard or more."""
    from pyarrow import parquet

    from rhetoric.formats.schema import SCHEMA

    with open_output(out) as stream, parquet.ParquetWriter(stream, SCHEMA, compression="zstd") as writer:
        for path in RunFolder(run).files(ARTICLES):
            writer.write_table(parquet.read_table(path))


def write_single(
    out: Path, errors: Path, annotate: Callable[[Path], RunSummary], join: Callable[[Path, Path], None]
) -> RunSummary:
    """Annotate a corpus into one file.

    After an interruption the file holds what was done so far, and the run is kept beside it, so that it can go on.

    Args:
        out: the file.
        errors: the file for the failures; it is there only if there are some.
        annotate: runs the corpus into the folder that it is given.
        join: writes the articles of a run to a file.

    Returns:
        What came of the run; without a single article there is no file.
    """
    run = RunFolder(kept_beside(out))
    try:
        summary = annotate(run.path)
    except (UsageError, InputError):
        raise  # nothing was done that is not done still
    except (KeyboardInterrupt, Exception):
        if run.path.is_dir() and run.has_work:
            _join(run, out, errors, join)
        raise
    _join(run, out, errors, join)
    run.remove()
    return summary


def _join(run: RunFolder, out: Path, errors: Path, join: Callable[[Path, Path], None]) -> None:
    if run.files(ARTICLES):
        join(run.path, out)
    failures = run.files(ERRORS)
    if failures:
        write_whole(errors, file_chunks(failures))
    else:
        errors.unlink(missing_ok=True)
