"""Files that hold an article a row or a line: JSON lines, CSV and its like, Parquet."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from rhetoric.annotation import Article
from rhetoric.formats import limits
from rhetoric.formats.dialect import Dialect, detect_dialect
from rhetoric.formats.encoding import UTF_8, detect_encoding
from rhetoric.formats.jsonl import read_lines
from rhetoric.formats.notes import shown
from rhetoric.formats.reading import Found, Options, Source, articles_of, note_encoding, with_encoding
from rhetoric.formats.table import read_csv, read_parquet

__all__ = ["read_csv_file", "read_jsonl_file", "read_parquet_file", "read_tsv_file"]

BOM = "\ufeff"


def read_jsonl_file(source: Source, options: Options) -> Iterator[Found]:
    """Yield the article of each line of JSON."""
    rows = read_lines(limits.bounded_lines(source.stream), source.name, lambda record: record)
    yield from articles_of(rows, source, options, is_table=False)


def _sample(source: Source, encoding: str, data: bytes) -> str:
    """Return the lines at the start of a table, whole ones if there are more."""
    text = data.decode(encoding, "replace").removeprefix(BOM)
    return text if len(data) < limits.SAMPLE_BYTES else text[: text.rfind("\n") + 1]


def _note_dialect(source: Source, dialect: Dialect, usual: str, options: Options) -> None:
    if dialect.delimiter not in (usual, options.delimiter):
        options.notes.say(
            "other delimiters", f"{shown(source.name)}: its header line has {dialect.delimiter!r} between cells"
        )
    if dialect.quoting != "doubled":
        way = "backslashes before quotes" if dialect.quoting == "backslash" else "cells without quotes around them"
        options.notes.say("other quoting", f"{shown(source.name)}: read as a table with {way}")


def _read_delimited(source: Source, options: Options, usual: str) -> Iterator[Found]:
    start = source.stream.peek(limits.SAMPLE_BYTES)
    encoding = options.encoding or detect_encoding(start, is_cut=True) or UTF_8
    note_encoding(source, encoding, options)
    dialect = detect_dialect(_sample(source, encoding, start), options.columns, usual, options.delimiter)
    _note_dialect(source, dialect, usual, options)
    rows = read_csv(source.stream, source.name, options.columns, dialect, encoding)
    for line, found in articles_of(rows, source, options, is_table=True):
        if isinstance(found, Article) and encoding != UTF_8:
            yield line, replace(found, meta=with_encoding(found.meta, encoding))
        else:
            yield line, found


def read_csv_file(source: Source, options: Options) -> Iterator[Found]:
    """Yield the article of each row of a table of text.

    Raises:
        InputError: it has no header line with the columns that are needed.
    """
    yield from _read_delimited(source, options, ",")


def read_tsv_file(source: Source, options: Options) -> Iterator[Found]:
    """Yield the article of each row of a table of text with tabs between its cells.

    Raises:
        InputError: it has no header line with the columns that are needed.
    """
    yield from _read_delimited(source, options, "\t")


@contextmanager
def _seekable(source: Source) -> Iterator[Path | BinaryIO]:
    """Give the file itself, or a copy of what cannot be read from anywhere."""
    if source.path is not None:
        yield source.path
        return
    import shutil  # these two would slow down every `--help`
    import tempfile

    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(source.stream, copy, limits.SAMPLE_BYTES)
        copy.seek(0)
        yield copy


def read_parquet_file(source: Source, options: Options) -> Iterator[Found]:
    """Yield the article of each row of a Parquet file.

    Raises:
        InputError: it is none, or lacks a column that is needed.
    """
    with _seekable(source) as table:
        yield from articles_of(read_parquet(table, options.columns.check), source, options, is_table=True)
