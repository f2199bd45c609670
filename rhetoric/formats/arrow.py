"""Records → Arrow, by a schema: what it cannot hold is refused or made legible, never changed in silence."""

import re
from collections.abc import Sequence
from typing import Any

import pyarrow

from rhetoric.errors import InputError
from rhetoric.formats.jsonl import dump_line, load_line
from rhetoric.formats.record import Record

__all__ = ["Rows", "first_line", "legible", "to_batch", "to_json", "to_scalar"]

SURROGATE = re.compile("[\ud800-\udfff]")


N_LOOSE_BATCHES = 64
"""Batches of a few rows that wait side by side: each takes some 200 KB, however little is in it, where rows nest."""


class Rows:
    """Rows that wait until there are enough of them to be written.

    Args:
        schema: of the batches.
    """

    def __init__(self, schema: pyarrow.Schema) -> None:
        """Begin with none."""
        self.schema = schema
        self.n_rows = self.n_bytes = 0
        self._loose: list[pyarrow.RecordBatch] = []
        self._joined: list[pyarrow.Table] = []

    def add(self, batch: pyarrow.RecordBatch) -> None:
        """Take the rows of a batch."""
        self.n_rows += batch.num_rows
        self.n_bytes += batch.nbytes
        self._loose.append(batch)
        if len(self._loose) >= N_LOOSE_BATCHES:
            self._join()

    def take(self) -> pyarrow.Table:
        """Return all rows as one chunk, and begin anew."""
        self._join()
        table = pyarrow.concat_tables(self._joined).combine_chunks()
        self._joined, self.n_rows, self.n_bytes = [], 0, 0
        return table

    def _join(self) -> None:
        self._joined.append(pyarrow.Table.from_batches(self._loose, self.schema).combine_chunks())
        self._loose = []


def to_batch(records: Sequence[Record], schema: pyarrow.Schema) -> pyarrow.RecordBatch:
    """Return records as rows of one batch; a field that a record lacks is null.

    Raises:
        UnicodeEncodeError: a lone surrogate is in one of them; see `legible`.
        InputError: a value is not of its field's type.
    """
    try:
        return pyarrow.RecordBatch.from_pylist(list(records), schema)
    except UnicodeEncodeError:
        raise
    except (pyarrow.ArrowException, OverflowError, TypeError, ValueError) as error:
        message = f"a field is of the wrong type or size for a table: {first_line(error)}"
        raise InputError(message) from error


def legible(value: Any) -> Any:  # noqa: ANN401  (any JSON value)
    r"""Return `value` with U+FFFD in the place of lone surrogates, so that offsets hold and Arrow can have it.

    >>> legible({"text": "a\ud800b"})
    {'text': 'a\ufffdb'}
    """
    if isinstance(value, str):
        return SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {legible(name): legible(item) for name, item in value.items()}
    return [legible(item) for item in value] if isinstance(value, list | tuple) else value


def to_json(record: Record) -> str:
    """Return a record as one line of JSON.

    Raises:
        InputError: JSON cannot hold it.
    """
    return dump_line(record).decode().removesuffix("\n")


def to_scalar(value: object) -> str | None:
    """Return what of a field of `meta` stands in a column of its own: nothing of a list or an object.

    >>> to_scalar(2026), to_scalar(["The Echo"])
    ('2026', None)
    """
    if value is None or isinstance(value, str):
        return value
    written = load_line(to_json({"value": value}).encode())["value"]  # as JSON has it: a date in ISO 8601
    return None if written is None or isinstance(written, list | dict) else str(written)


def first_line(error: Exception) -> str:
    """Return the first line of what a library says of an error."""
    return str(error).partition("\n")[0]
