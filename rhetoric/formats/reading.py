"""What every reader of articles is given, and what it does with records: fields, ids, and failures with their place."""

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rhetoric.annotation import Article
from rhetoric.errors import InputError
from rhetoric.formats.columns import AS_THEY_ARE, ROW_NUMBER, ColumnMap
from rhetoric.formats.failure import Failure
from rhetoric.formats.notes import Notes, shown
from rhetoric.formats.record import article_from_record

__all__ = ["Found", "Options", "Source", "articles_of", "note_encoding", "with_encoding"]

Found = tuple[int | None, Article | Failure]
"""The line or row (None: the whole file) with what it holds."""


@dataclass(frozen=True)
class Options:
    """How a user wants files read: what columns hold, what stands between them, and in which encoding text is."""

    columns: ColumnMap = AS_THEY_ARE
    delimiter: str | None = None
    encoding: str | None = None
    notes: Notes = field(default_factory=Notes, compare=False)


@dataclass(frozen=True)
class Source:
    """An open file.

    `name` is what failures call it; `stem` names its article, or begins the names of its articles; `path` is where it
    lies, if it can be opened again as it is.
    """

    stream: io.BufferedReader
    name: str
    stem: str
    path: Path | None = None


def note_encoding(source: Source, encoding: str, options: Options) -> None:
    """Say that a text is not UTF-8, unless the user said so."""
    if encoding not in ("utf-8", options.encoding):
        options.notes.say("not UTF-8", f"{shown(source.name)} is not UTF-8: read as {encoding}")


def with_encoding(meta: Mapping[str, Any], encoding: str) -> dict[str, Any]:
    """Return `meta` with the encoding of a file that is not UTF-8, which its offsets cannot be found in without."""
    return dict(meta) if encoding == "utf-8" else {**meta, "encoding": meta.get("encoding", encoding)}


@dataclass
class _Rows:
    """The rows of one file: what they are made into, and which of the named columns none of them had so far."""

    source: Source
    options: Options
    is_table: bool
    missing: set[str]
    are_numbered: bool = False

    def article(self, row: object, line: int, number: int) -> Article | Failure:
        """Return the article of a row, or a failure with its place."""
        if isinstance(row, Failure):
            return Failure(row.id, self.source.name, line, row.reason)
        record = row
        try:
            if isinstance(row, Mapping):
                self.missing.difference_update(row)
                record = self._numbered(self.options.columns.rename(row), number)
                self.options.columns.check_record(record)
            return article_from_record(record)
        except InputError as error:
            name = record.get("id") if isinstance(record, Mapping) else None
            return Failure(name if isinstance(name, str) else None, self.source.name, line, str(error))

    def _numbered(self, record: Mapping[str, Any], number: int) -> Mapping[str, Any]:
        """Return the record, with an id of its number if it has none and its file has no column of them."""
        is_asked_for = self.options.columns.numbers_rows
        if not is_asked_for and ("id" in record or not self.is_table):
            return record
        if not self.are_numbered and not is_asked_for:
            name, stem = shown(self.source.name), shown(self.source.stem)
            self.options.notes.say("no column of ids", f"{name} has no column 'id': its articles are {stem}-1, …")
        self.are_numbered = True
        return {"id": f"{self.source.stem}-{number}", **record}

    def note_missing(self) -> None:
        """Say which named columns no record has; tables were checked before."""
        if self.missing:
            names = ", ".join(map(repr, sorted(self.missing)))
            message = f"{shown(self.source.name)}: no record has the field {names} that was named"
            self.options.notes.say("no such field", message)


def articles_of(
    rows: Iterable[tuple[int, Any]], source: Source, options: Options, *, is_table: bool
) -> Iterator[Found]:
    """Yield the article of each row.

    Args:
        rows: records or failures, with their lines.
        source: where they come from.
        options: which columns hold what.
        is_table: all rows have the same columns: without ids, they are numbered.
    """
    made = _Rows(source, options, is_table, set(options.columns.named.values()) - {ROW_NUMBER})
    number = 0
    for number, (line, row) in enumerate(rows, start=1):
        yield line, made.article(row, line, number)
    if number:
        made.note_missing()
