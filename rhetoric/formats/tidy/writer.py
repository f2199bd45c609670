"""Annotated articles → a folder of flat tables, in one pass and in bounded memory.

Which labels there are is known at the end only. So rows first go, labels nested, to files that are kept out of sight,
and from there, batch by batch, to the tables with a column a label.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Literal

import numpy as np
import pyarrow
from pyarrow import compute, csv, parquet

from rhetoric.annotation import AnnotatedArticle
from rhetoric.errors import InputError
from rhetoric.formats.arrow import Rows, legible, to_batch
from rhetoric.formats.output import make_folder, open_output
from rhetoric.formats.record import Record
from rhetoric.formats.tidy.rows import rows_of
from rhetoric.formats.tidy.tables import TABLES, Table

__all__ = ["TidyFormat", "open_tidy"]

TidyFormat = Literal["parquet", "csv"]

MAX_BYTES = 8_000_000
"""Of rows in memory, over all tables, at which they are written."""


@contextmanager
def open_tidy(
    folder: Path, table_format: TidyFormat = "parquet", with_text: bool = True
) -> Iterator[Callable[[AnnotatedArticle], None]]:
    """Give the function that puts one annotated article into the flat tables of a folder, `TABLES`.

    The tables appear under their names at the end; what was put in before an interruption is kept.

    Args:
        folder: where the tables lie, `sentences.parquet` and so on; made if it is not there.
        table_format: of the files.
        with_text: also write texts and titles, and the words of each span; else only hashes, lengths and offsets.

    Raises:
        UsageError: the folder cannot be made.
    """
    make_folder(folder)
    with TemporaryDirectory(dir=folder, prefix=".tidy-") as hidden, ExitStack() as stack:
        tables = _Tables(Path(hidden), with_text, stack)
        try:
            yield tables.add
        except BaseException:
            if tables.ids:
                tables.finish(folder, table_format)
            raise
        tables.finish(folder, table_format)


class _Tables:
    """Rows of all tables on their way to disk; of the articles only the ids stay in memory."""

    def __init__(self, hidden: Path, with_text: bool, stack: ExitStack) -> None:
        self.with_text = with_text
        self.ids: set[str] = set()
        self.tables = [_NestedTable(table, hidden / table.name, with_text, stack) for table in TABLES]

    def add(self, article: AnnotatedArticle) -> None:
        """Take the rows of an article, all or none.

        Raises:
            InputError: its id came before, or a field of it is not usable.
        """
        name = legible(article.id)
        if name in self.ids:
            message = f"the id {article.id!r} came before: expected each once, for the keys to be unique"
            raise InputError(message)
        rows = rows_of(article, self.with_text)
        batches = [table.batch(rows.get(table.table.name, ())) for table in self.tables]
        self.ids.add(name)
        for table, batch in zip(self.tables, batches, strict=True):
            table.add(batch)
        if sum(table.rows.n_bytes for table in self.tables) >= MAX_BYTES:
            self._write()

    def finish(self, folder: Path, table_format: TidyFormat) -> None:
        """Write the tables to their place."""
        self._write()
        for table in self.tables:
            table.writer.close()
            with open_output(folder / f"{table.table.name}.{table_format}") as stream:
                _write(table.batches(), stream, table_format)

    def _write(self) -> None:
        for table in self.tables:
            table.write()


class _NestedTable:
    """The rows of one table on disk, scores and labels as they are in a record, and the names of all labels."""

    def __init__(self, table: Table, path: Path, with_text: bool, stack: ExitStack) -> None:
        self.table = table
        self.path = path
        self.schema = table.schema(with_text)
        self.writer = stack.enter_context(parquet.ParquetWriter(path, self.schema, compression="lz4"))
        self.rows = Rows(self.schema)
        self.names: dict[str, dict[str, None]] = {name: {} for name in (*dict(table.scores), "labels")}

    def batch(self, rows: Iterable[Record]) -> pyarrow.RecordBatch:
        try:
            return to_batch(list(rows), self.schema)
        except UnicodeEncodeError:
            return to_batch(legible(list(rows)), self.schema)

    def add(self, batch: pyarrow.RecordBatch) -> None:
        if not batch.num_rows:
            return
        self.rows.add(batch)
        for name, found in self.names.items():
            if name in self.schema.names:
                column = batch.column(name)
                values = column.keys if name != "labels" else column.values
                found.update(dict.fromkeys(values.unique().to_pylist()))

    def write(self) -> None:
        if self.rows.n_rows:
            self.writer.write_table(self.rows.take())

    def batches(self) -> Iterator[pyarrow.RecordBatch]:
        """Yield the rows with a column a label; one batch of no rows where there are none."""
        with parquet.ParquetFile(self.path) as file:
            for i in range(file.num_row_groups):  # as large as they were written, which `iter_batches` does not keep to
                yield from map(self._widened, file.read_row_group(i).combine_chunks().to_batches())
            if not file.num_row_groups:
                yield self._widened(self.batch(()))

    def _widened(self, batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
        columns: dict[str, Any] = {name: batch.column(name) for name, _ in self._flat()}
        for name, prefix in self.table.scores:
            found = batch.column(name)
            columns |= {f"{prefix}{label}": compute.map_lookup(found, label, "first") for label in self.names[name]}
        if self.table.has_labels:
            found = batch.column("labels")
            columns |= {f"label_{label}": _has(found, label) for label in self._labels()}
        return pyarrow.RecordBatch.from_pydict(columns)

    def _flat(self) -> list[tuple[str, pyarrow.DataType]]:
        return [field for field in self.table.fields if field[0] in self.schema.names]

    def _labels(self) -> list[str]:
        """Return what things of the table are labelled with: what has a score, and what was given without one."""
        scored = self.names[self.table.scores[-1][0]]
        return list(scored | self.names["labels"])


def _has(labels: pyarrow.ListArray, label: str) -> pyarrow.BooleanArray:
    """Return for each row whether its list holds `label`."""
    rows = np.asarray(compute.list_parent_indices(labels))
    is_it = np.asarray(compute.equal(compute.list_flatten(labels), label).fill_null(False))
    found = np.zeros(len(labels), dtype=bool)
    found[rows[is_it]] = True
    return pyarrow.array(found)


def _write(batches: Iterator[pyarrow.RecordBatch], stream: BinaryIO, table_format: TidyFormat) -> None:
    first = next(batches)
    open_writer = csv.CSVWriter if table_format == "csv" else parquet.ParquetWriter
    with open_writer(stream, first.schema) as writer:
        writer.write_batch(first)
        for batch in batches:
            writer.write_batch(batch)
