"""Tables of coded texts, one coded text a row: CSV with whatever separator, JSON lines and Parquet.

An empty label cell means that the text was coded and none of the codes applies; CSV has no other way to say it. A cell
that is missing (null, NaN, NA) means that it was not coded, and is listed as a `Failure`.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any

from rhetoric.errors import InputError
from rhetoric.formats.coded.guard import check_depth, guarded, split_lines
from rhetoric.formats.coded.model import CodedText, Coding, Columns
from rhetoric.formats.coded.records import DEFAULTS, check_columns, code_column, coded_texts
from rhetoric.formats.failure import Failure
from rhetoric.formats.jsonl import read_lines
from rhetoric.formats.table import Row, read_parquet, read_rows

__all__ = ["N_PEEKED", "check_rows", "peek", "read_json_rows", "read_table"]

DELIMITERS = ",;\t"
N_HEADER_BYTES = 64 * 2**10
N_PEEKED = 200
"""How many records say what a file of JSON lines holds."""


def _fields(record: object) -> dict[str, Any]:
    if not isinstance(record, dict):
        message = f"the record is {type(record).__name__}: expected a JSON object"
        raise InputError(message)
    check_depth(record)
    return record


def read_json_rows(path: Path) -> Iterator[Row]:
    """Yield the line of each JSON object of a file with the object, or with a `Failure`.

    Raises:
        InputError: a line is beyond all measure.
    """
    with path.open("rb") as stream:
        yield from read_lines(split_lines(stream), str(path), _fields)


def peek(rows: Iterable[Row]) -> tuple[list[Mapping[str, Any]], Iterator[Row]]:
    """Return the first records among `rows`, and all rows as they were."""
    rest = iter(rows)
    first = list(islice(rest, N_PEEKED))
    return [record for _, record in first if not isinstance(record, Failure)], chain(first, rest)


def check_rows(rows: Iterable[Row], columns: Columns, coding: Coding) -> Iterator[Row]:
    """Yield `rows` as they are, once the first records have shown that the columns are there.

    Raises:
        InputError: none of them has a column that is needed or was named.
    """
    records, rest = peek(rows)
    if records:
        check_columns({name: None for record in records for name in record}, columns, coding)
    yield from rest


def _header(path: Path, delimiter: str) -> list[str]:
    with path.open("rb") as stream:
        start = stream.read(N_HEADER_BYTES).decode("utf-8-sig", "replace")
    try:
        return next(csv.reader(io.StringIO(start, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return []


def _delimiter(path: Path, columns: Columns, coding: Coding) -> str:
    """Return the separator with which the header line names what is wanted, or else most columns."""

    def fit(delimiter: str) -> tuple[int, int]:
        names = _header(path, delimiter)
        return sum(name in names for name in (columns.text, code_column(columns, coding))), len(names)

    return max(DELIMITERS, key=fit)


def _csv_rows(path: Path, columns: Columns, coding: Coding) -> Iterator[Row]:
    delimiter = _delimiter(path, columns, coding)
    with path.open("rb") as stream:
        yield from read_rows(stream, str(path), lambda names: check_columns(names, columns, coding), delimiter)


def _rows(path: Path, columns: Columns, coding: Coding) -> Iterator[Row]:
    suffix = path.suffix.lower()
    if suffix in (".jsonl", ".ndjson"):
        return check_rows(read_json_rows(path), columns, coding)
    if suffix in (".parquet", ".pq"):
        return read_parquet(path, lambda names: check_columns(names, columns, coding))
    return _csv_rows(path, columns, coding)


def read_table(path: str | Path, columns: Columns = DEFAULTS, coding: Coding = "text") -> Iterator[CodedText | Failure]:
    """Yield the coded text of each row, and a `Failure` for each row that does not say what its codes are.

    Labels are one code, several with `|` or `;` between them, or a list; spans and targets a list of objects with
    `start`, `end`, `label` and perhaps `text` (in CSV as JSON). Other columns go to `meta`.

    Args:
        path: `.jsonl`, `.parquet`, and anything else as CSV, with a comma, a semicolon or a tab between cells.
        columns: which column holds what.
        coding: which codes to read.

    Raises:
        InputError: the file cannot be read, or has no such column.
    """
    place = Path(path)
    yield from guarded(coded_texts(_rows(place, columns, coding), str(place), columns, coding), place)
