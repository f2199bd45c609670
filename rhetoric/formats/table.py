"""Tables, one record a row: CSV with a header line, and Parquet; of articles, if nobody asks for other columns."""

import csv
import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from rhetoric.errors import InputError
from rhetoric.formats.failure import Failure

__all__ = ["Row", "read_csv", "read_parquet", "read_rows"]

UNDECODABLE = re.compile("[\udc80-\udcff]")
N_ROWS_A_BATCH = 64
REQUIRED = ("id", "text")

Row = tuple[int, dict[str, Any] | Failure]
CheckColumns = Callable[[list[str]], None]
"""Raises an InputError where a table lacks a column that it needs."""


def _check_article_columns(names: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        found = ", ".join(names) or "none"
        message = f"the table has no column {missing[0]!r}: expected 'id' and 'text', found {found}"
        raise InputError(message)


def _csv_record(header: list[str], cells: list[str]) -> dict[str, Any]:
    if len(cells) != len(header):
        message = f"the row has {len(cells)} cells: expected {len(header)} as in the header line"
        raise InputError(message)
    if any(UNDECODABLE.search(cell) for cell in cells):
        message = "the row is not UTF-8: expected plain text; convert the file to UTF-8"
        raise InputError(message)
    return dict(zip(header, cells, strict=True))


def _csv_targets(cell: str) -> Any:  # noqa: ANN401  (any JSON value; whether it is a list of targets is checked later)
    try:
        return json.loads(cell) if cell.strip() else None
    except ValueError as error:
        message = f"the cell 'targets' is not JSON ({error}): expected a list of objects with start and end"
        raise InputError(message) from error


def read_csv(stream: BinaryIO, source: str) -> Iterator[Row]:
    """Yield the line on which each row ends with the record of its article or a `Failure`.

    Raises:
        InputError: there is no header line with `id` and `text`.
    """
    for line, row in read_rows(stream, source, _check_article_columns):
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
    csv.field_size_limit(sys.maxsize)  # the default would refuse articles above 128 KiB
    # newline="" keeps CRLF in cells; undecodable bytes become surrogates, so that one bad row does not stop the rest.
    lines = io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")
    try:
        yield from _csv_rows(csv.reader(lines, strict=True, delimiter=delimiter), source, check)
    finally:
        lines.detach()  # the stream is its owner's to close


# `rows` is Any because the type of a csv.reader has no public name.
def _csv_rows(rows: Any, source: str, check: CheckColumns) -> Iterator[Row]:  # noqa: ANN401
    header = _next_cells(rows) or []
    check(header)
    while (cells := _next_row(rows, source)) is not None:
        if isinstance(cells, Failure):
            yield rows.line_num, cells
        elif cells:
            yield rows.line_num, _record_or_failure(header, cells, source, rows.line_num)


def _next_cells(rows: Any) -> list[str] | None:  # noqa: ANN401
    try:
        return next(rows, None)
    except csv.Error as error:
        message = f"the row is not CSV ({error}): expected cells in balanced double quotes"
        raise InputError(message) from error


def _next_row(rows: Any, source: str) -> list[str] | Failure | None:  # noqa: ANN401
    try:
        return _next_cells(rows)
    except InputError as error:
        return Failure(None, source, rows.line_num, str(error))


def _record_or_failure(header: list[str], cells: list[str], source: str, line: int) -> dict[str, Any] | Failure:
    try:
        return _csv_record(header, cells)
    except InputError as error:
        return Failure(dict(zip(header, cells, strict=False)).get("id"), source, line, str(error))


def read_parquet(path: Path, check: CheckColumns = _check_article_columns) -> Iterator[Row]:
    """Yield the number of each row, from 1, with its record.

    Raises:
        InputError: it is no Parquet file, or `check` finds that it lacks a column.
    """
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as table:
            check(list(table.schema_arrow.names))
            batches = table.iter_batches(N_ROWS_A_BATCH)
            records = (record for batch in batches for record in batch.to_pylist())
            yield from enumerate(records, start=1)
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError) as error:
        reason = str(error).splitlines()[0]
        message = f"the file is not usable Parquet ({reason}): expected a table as Parquet's tools write it"
        raise InputError(message) from error
