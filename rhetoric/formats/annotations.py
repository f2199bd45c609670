"""Annotated articles read back, from whichever format `rhetoric annotate` wrote."""

import sys
from collections.abc import Iterator
from pathlib import Path

from rhetoric.annotation import AnnotatedArticle
from rhetoric.errors import InputError
from rhetoric.formats.compressed import StreamError, expanded, open_expanded
from rhetoric.formats.failure import Failure
from rhetoric.formats.jsonl import STDIN, read_lines
from rhetoric.formats.record import from_record

__all__ = ["read_annotations"]

PARQUET = ".parquet"


def _read_jsonl(path: str | Path) -> Iterator[AnnotatedArticle | Failure]:
    with expanded(sys.stdin.buffer) if str(path) == STDIN else open_expanded(Path(path)) as lines:
        for _, article in read_lines(lines, str(path), from_record):
            yield article


def _read_parquet(path: Path) -> Iterator[AnnotatedArticle | Failure]:
    from rhetoric.formats.parquet import read_parquet_annotations  # loads pyarrow

    yield from read_parquet_annotations(path)


def read_annotations(path: str | Path) -> Iterator[AnnotatedArticle | Failure]:
    """Yield the annotated articles of a `.jsonl` or `.parquet` file (`-`: JSON lines on standard input).

    JSON lines may be compressed (`.jsonl.gz`, `.jsonl.zst`). A bad line or row is a `Failure`.

    Raises:
        InputError: the file cannot be read, or holds no annotated articles.
    """
    try:
        yield from _read_parquet(Path(path)) if Path(path).suffix.lower() == PARQUET else _read_jsonl(path)
    except StreamError as error:
        message = f"{path}: {error}"
        raise InputError(message) from error
    except OSError as error:
        message = f"cannot read {path}: {error.strerror}; expected a .jsonl or .parquet file of annotated articles"
        raise InputError(message) from error
