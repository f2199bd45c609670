"""Annotated articles as Parquet: one row an article, nested as the JSON record is, and back without a loss.

Rows are written in groups of bounded size, so that neither writing nor reading holds a whole corpus.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pyarrow
from pyarrow import parquet

from rhetoric.annotation import AnnotatedArticle
from rhetoric.errors import InputError, UsageError
from rhetoric.formats.arrow import Rows, first_line, legible, to_batch, to_json, to_scalar
from rhetoric.formats.failure import Failure
from rhetoric.formats.jsonl import load_line
from rhetoric.formats.output import open_output
from rhetoric.formats.record import Record, from_record, to_record
from rhetoric.formats.schema import SCHEMA

__all__ = ["article_batch", "from_table", "open_parquet", "read_parquet_annotations", "to_table"]

SCALARS = ("outlet", "date", "url", "title")
"""Fields of `meta` with a column of their own."""
ADDED = (*SCALARS, "record")
OPTIONAL = (*ADDED, "text_sha256", "n_characters", "title_sha256", "n_title_characters")
N_ROWS_A_BATCH = 64
MAX_ROWS = 1_000
MAX_BYTES = 16_000_000
"""Articles of a row group, and bytes in memory at which it is full."""


def to_table(articles: Iterable[AnnotatedArticle]) -> pyarrow.Table:
    """Return the articles as a table with the published schema, `rhetoric.formats.schema.SCHEMA`.

    Raises:
        InputError: an article holds what no field of the schema can.
    """
    rows = Rows(SCHEMA)
    for article in articles:
        rows.add(article_batch(article))
    return rows.take()


def from_table(table: pyarrow.Table) -> list[AnnotatedArticle]:
    """Return the articles of a table that `to_table` made.

    Raises:
        InputError: it is no such table, or a row of it is no annotated article.
    """
    _check_columns(table.column_names)
    return [_article(row) for batch in table.to_batches(N_ROWS_A_BATCH) for row in _rows(batch)]


def read_parquet_annotations(path: Path) -> Iterator[AnnotatedArticle | Failure]:
    """Yield the annotated articles of a Parquet file; a bad row is a `Failure`, numbered from 1.

    Raises:
        InputError: it is no Parquet file of annotated articles.
    """
    try:
        with parquet.ParquetFile(path) as file:
            _check_columns(file.schema_arrow.names)
            rows = (row for batch in file.iter_batches(N_ROWS_A_BATCH) for row in _rows(batch))
            for number, row in enumerate(rows, start=1):
                yield _article_or_failure(row, str(path), number)
    except pyarrow.ArrowException as error:
        message = f"{path} is not usable Parquet ({first_line(error)}): expected annotated articles"
        raise InputError(message) from error


@contextmanager
def open_parquet(path: Path | None) -> Iterator[Callable[[AnnotatedArticle], None]]:
    """Open a Parquet file and give the function that writes one annotated article to it.

    The file appears under its name at the end; what was written before an interruption is kept.

    Raises:
        UsageError: `path` is None, standard output.
    """
    if path is None:
        message = "Parquet cannot go to standard output: expected a file; name one"
        raise UsageError(message)
    with open_output(path, keep_partial=True) as stream:
        groups = _RowGroups(stream)
        try:
            yield groups.add
        except BaseException:
            groups.close(is_whole=False)
            raise
        groups.close(is_whole=True)


class _RowGroups:
    """Collects articles and writes them where they fill a row group."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.writer: parquet.ParquetWriter | None = None
        self.rows = Rows(SCHEMA)

    def add(self, article: AnnotatedArticle) -> None:
        self.rows.add(article_batch(article))
        if self.rows.n_rows == MAX_ROWS or self.rows.n_bytes >= MAX_BYTES:
            self._write()

    def close(self, is_whole: bool) -> None:
        """Write what is left and end the file; without an article there is one only if it `is_whole`."""
        if self.rows.n_rows or (is_whole and self.writer is None):
            self._write()
        if self.writer is not None:
            self.writer.close()

    def _write(self) -> None:
        if self.writer is None:
            self.writer = parquet.ParquetWriter(self.stream, SCHEMA, compression="zstd")
        self.writer.write_table(self.rows.take())


def article_batch(article: AnnotatedArticle) -> pyarrow.RecordBatch:
    """Return one article as a batch of one row, with the published schema.

    Raises:
        InputError: the article holds what no field of the schema can.
    """
    record = to_record(article)
    try:
        return to_batch([_row(record)], SCHEMA)
    except UnicodeEncodeError:
        return to_batch([{**_row(legible(record)), "record": to_json(record)}], SCHEMA)


def _row(record: Record) -> Record:
    meta = record["meta"]
    return {
        "n_characters": len(record["text"] or ""),
        **record,
        **{name: to_scalar(meta.get(name)) for name in SCALARS},
        "meta": to_json(meta),
    }


def _check_columns(names: Iterable[str]) -> None:
    missing = [name for name in SCHEMA.names if name not in set(names) and name not in OPTIONAL]
    if missing:
        message = (
            f"the table has no column {missing[0]!r}: expected annotated articles as `rhetoric annotate` writes them"
        )
        raise InputError(message)


def _rows(batch: pyarrow.RecordBatch) -> list[Record]:
    try:
        rows: list[Record] = batch.to_pylist(maps_as_pydicts="strict")
    except KeyError as error:
        message = f"the table has scores with one label twice ({first_line(error)}): expected each label once"
        raise InputError(message) from error
    return rows


def _article(row: Record) -> AnnotatedArticle:
    if row.get("record") is not None:
        return from_record(load_line(row["record"].encode()))
    return from_record({**row, "meta": load_line((row["meta"] or "{}").encode())})


def _article_or_failure(row: Record, source: str, number: int) -> AnnotatedArticle | Failure:
    try:
        return _article(row)
    except InputError as error:
        return Failure(row["id"], source, number, str(error))
