"""Tables, one record a row: CSV and its like with a header line, and Parquet; of articles or of anything else.

Cells of CSV are strings, never guessed at.
"""

import csv
import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from rhetoric.errors import InputError
from rhetoric.formats import limits
from rhetoric.formats.columns import AS_THEY_ARE, ColumnMap
from rhetoric.formats.dialect import Dialect, make_reader
from rhetoric.formats.encoding import UNDECODABLE, UTF_8
from rhetoric.formats.failure import Failure
from rhetoric.formats.notes import shown

__all__ = ["CSV", "Row", "read_csv", "read_parquet", "read_rows"]

logger = logging.getLogger(__name__)

BOM = "\ufeff"
CSV = Dialect()
N_ROWS_A_BATCH = 64
N_BYTES_A_READ = 2**20
"""Of a column of a Parquet file; else whole row groups would be held."""

Row = tuple[int, dict[str, Any] | Failure]
CheckColumns = Callable[[list[str]], None]
"""Raises an InputError where a table lacks a column that it needs."""


class _RowError(InputError):
    """A row cannot be used; those after it may be."""


class _Lines:
    """The lines of a table as text, counted; a row may take `MAX_RECORD_BYTES`, whatever quotes stay open.

    Bytes that are not in the encoding become surrogates, so that one bad row does not stop the rest.
    """

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self.n_lines = 0
        self.n_before = 0
        self._encoding = encoding
        self._n_characters = 0
        # newline="" keeps CRLF in cells
        self._text = io.TextIOWrapper(stream, encoding, errors="surrogateescape", newline="")

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._read()
        if not line:
            raise StopIteration
        self.n_lines += 1
        self._n_characters += len(line)
        if self._n_characters > limits.MAX_RECORD_BYTES:
            while line and not line.endswith(("\n", "\r")):
                line = self._read()
            message = f"it is longer than {limits.size(limits.MAX_RECORD_BYTES)}: is a quote never closed?"
            raise csv.Error(message)
        return line if self.n_lines > 1 else line.removeprefix(BOM)

    def _read(self) -> str:
        try:
            return self._text.readline(limits.MAX_RECORD_BYTES + 1)
        except UnicodeError as error:
            message = f"what follows line {self.n_lines} is not {self._encoding} ({error}): expected plain text"
            raise InputError(message) from error

    def begin_row(self) -> None:
        """Count anew."""
        self.n_before = self.n_lines
        self._n_characters = 0

    def release(self) -> None:
        """Leave the stream open: it is its owner's to close."""
        self._text.detach()


def _distinct(header: list[str], source: str) -> list[str]:
    """Return the names of the columns; of several that have one name, all but the first get their place after it."""
    names: dict[str, None] = {}
    for place, column in enumerate(header, start=1):
        name = column
        while name in names:
            name += f"_{place}"
        names[name] = None
    if list(names) != header:
        renamed = next(name for name, column in zip(names, header, strict=True) if name != column)
        logger.warning("%s: columns of the same name are told apart by their places: %r, …", shown(source), renamed)
    return list(names)


def _csv_record(header: list[str], cells: list[str], encoding: str) -> dict[str, Any]:
    if len(cells) != len(header):
        message = f"the row has {len(cells)} cells: expected {len(header)} as in the header line"
        raise _RowError(message)
    if any(UNDECODABLE.search(cell) for cell in cells):
        message = f"the row is not {encoding.upper()}: expected plain text; convert the file to UTF-8"
        raise _RowError(message)
    return dict(zip(header, cells, strict=True))


def _csv_targets(cell: str) -> Any:  # noqa: ANN401  (any JSON value; whether it is a list of targets is checked later)
    try:
        return json.loads(cell) if cell.strip() else None
    except (ValueError, RecursionError) as error:
        message = f"the cell 'targets' is not JSON ({error}): expected a list of objects with start and end"
        raise InputError(message) from error


def read_csv(
    stream: BinaryIO,
    source: str,
    columns: ColumnMap = AS_THEY_ARE,
    dialect: Dialect = CSV,
    encoding: str = UTF_8,
) -> Iterator[Row]:
    """Yield the line on which each row ends with its record, under its own names, or a `Failure`.

    Raises:
        InputError: there is no header line with the column of the texts and those that were named.
    """
    for line, row in _read_text_rows(stream, source, columns.check, dialect, encoding):
        yield line, row if isinstance(row, Failure) else _with_targets(row, source, line)


def _with_targets(record: dict[str, Any], source: str, line: int) -> dict[str, Any] | Failure:
    if "targets" not in record:
        return record
    try:
        return {**record, "targets": _csv_targets(record["targets"])}
    except InputError as error:
        return Failure(record.get("id"), source, line, str(error))


def read_rows(stream: BinaryIO, source: str, check: CheckColumns, delimiter: str = ",") -> Iterator[Row]:
    """Yield the line on which each row ends with its record or a `Failure`; cells are strings, never guessed at.

    Raises:
        InputError: `check` finds that the header line lacks a column.
    """
    return _read_text_rows(stream, source, check, Dialect(delimiter), UTF_8)


def _read_text_rows(
    stream: BinaryIO, source: str, check: CheckColumns, dialect: Dialect, encoding: str
) -> Iterator[Row]:
    csv.field_size_limit(sys.maxsize)  # the default would refuse articles above 128 KiB; rows have a limit of their own
    lines = _Lines(stream, encoding)
    try:
        rows = make_reader(lines, dialect)
        header = _next_cells(rows, lines) or []
        check(header)
        yield from _csv_rows(rows, lines, _distinct(header, source), (source, encoding))
    finally:
        lines.release()


def _csv_rows(rows: Iterator[list[str]], lines: _Lines, header: list[str], origin: tuple[str, str]) -> Iterator[Row]:
    source, encoding = origin
    while True:
        cells: list[str] | None = []
        try:
            cells = _next_cells(rows, lines)
            row: dict[str, Any] | Failure = _csv_record(header, cells, encoding) if cells else {}
        except _RowError as error:
            row = Failure(dict(zip(header, cells or (), strict=False)).get("id"), source, lines.n_lines, str(error))
        if row:
            yield lines.n_lines, row
        if cells is None:
            return


def _next_cells(rows: Iterator[list[str]], lines: _Lines) -> list[str] | None:
    lines.begin_row()
    try:
        return next(rows, None)
    except csv.Error as error:
        where = f"; it begins in line {lines.n_before + 1}" if lines.n_lines > lines.n_before + 1 else ""
        message = f"the row is not CSV ({error}{where}): expected cells in balanced double quotes"
        raise _RowError(message) from error


def read_parquet(table: Path | BinaryIO, check: CheckColumns) -> Iterator[Row]:
    """Yield the number of each row, from 1, with its record, or with a `Failure` without a place.

    Args:
        table: a file, or a stream that can be read from anywhere.
        check: what to do with the names of the columns.

    Raises:
        InputError: it is no Parquet file, or `check` finds that it lacks a column.
    """
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(table, buffer_size=N_BYTES_A_READ) as opened:
            check(list(opened.schema_arrow.names))
            records = (record for batch in opened.iter_batches(N_ROWS_A_BATCH) for record in _records(batch))
            yield from enumerate(records, start=1)
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError, pyarrow.ArrowTypeError) as error:
        reason = str(error).splitlines()[0]
        message = f"the file is not usable Parquet ({reason}): expected a table as Parquet's tools write it"
        raise InputError(message) from error


def _records(batch: Any) -> Iterator[dict[str, Any] | Failure]:  # noqa: ANN401  (pyarrow has no types)
    """Yield the rows of a batch; one with a value that Python cannot hold is a `Failure`."""
    try:
        yield from batch.to_pylist()
    except (ValueError, OverflowError):
        yield from (_record(batch.slice(i, 1)) for i in range(batch.num_rows))


def _record(row: Any) -> dict[str, Any] | Failure:  # noqa: ANN401
    try:
        record: dict[str, Any] = row.to_pylist()[0]
    except (ValueError, OverflowError) as error:
        return Failure(None, None, None, f"the row has a value that cannot be read ({error}): expected text in UTF-8")
    return record
