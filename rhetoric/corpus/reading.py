"""Annotated articles read back, from the folder of a run or from one file."""

import logging
from collections.abc import Iterator
from pathlib import Path

from rhetoric.annotation import AnnotatedArticle
from rhetoric.corpus.shards import ARTICLES, ERRORS
from rhetoric.corpus.storage import MANIFEST, RunFolder
from rhetoric.errors import InputError
from rhetoric.formats import Failure, read_annotations
from rhetoric.formats.jsonl import read_lines

__all__ = ["is_run", "read_failures", "read_run"]

logger = logging.getLogger(__name__)


def is_run(path: str | Path) -> bool:
    """Return whether `path` is the folder of a run."""
    return (Path(path) / MANIFEST).is_file()


def read_run(path: str | Path) -> Iterator[AnnotatedArticle | Failure]:
    """Yield the annotated articles of a run, a `.jsonl` or a `.parquet` file, and then the failures of the run.

    Of a run that is not complete, there is what was done so far, and a warning.

    Args:
        path: a run's folder, a file that `rhetoric annotate` wrote, or `-` for JSON lines on standard input.

    Raises:
        InputError: it is neither.
    """
    if not Path(path).is_dir():
        yield from read_annotations(path)
        return
    run = RunFolder(Path(path))
    manifest = run.manifest
    if manifest is None:
        message = f"{path} is no folder of a run: it holds no {MANIFEST}; expected one that `rhetoric annotate` wrote"
        raise InputError(message)
    if not manifest.complete:
        logger.warning("the run in %s is not complete: there is what was done so far", path)
    for file in run.files(ARTICLES):
        yield from read_annotations(file)
    for file in run.files(ERRORS):
        yield from read_failures(file)


def _failure(record: object) -> Failure:
    try:
        return Failure(**record)  # type: ignore[arg-type]  # whatever it is, it is refused or it fits
    except TypeError as error:
        message = f"the record is no failure ({error}): expected one as `rhetoric annotate` lists it"
        raise InputError(message) from error


def read_failures(path: Path) -> Iterator[Failure]:
    """Yield the failures that a file lists; a bad line is a failure itself.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        with path.open("rb") as lines:
            yield from (failure for _, failure in read_lines(lines, str(path), _failure))
    except OSError as error:
        message = f"cannot read {path}: {error.strerror}; expected a list of failures"
        raise InputError(message) from error
