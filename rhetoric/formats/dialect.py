"""How a table of text is written: what stands between cells, and how a cell holds it; said by the user, or found out.

Nothing is guessed by counting: a separator counts only if the header line then names the column of the texts, and
another way of quoting only if all rows at the start fit it and not all fit the usual one. So clean CSV is always CSV.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from rhetoric.errors import UsageError
from rhetoric.formats.columns import ColumnMap

__all__ = ["Dialect", "check_delimiter", "detect_dialect", "make_reader"]

DELIMITERS = (",", "\t", ";", "|")
NAMES = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
UNQUOTED_DELIMITERS = ("\t", "|")
"""Between cells that are written without quotes; a comma or semicolon stands in prose too often."""

QUOTED = re.compile('"(?:[^"]|"")*"', re.DOTALL)

Quoting = Literal["doubled", "backslash", "none"]


@dataclass(frozen=True)
class Dialect:
    """How cells are told apart.

    `quoting`: a quote inside of quotes is `doubled`, or has a `backslash` before it; `none`: quotes are characters.
    """

    delimiter: str = ","
    quoting: Quoting = "doubled"


def check_delimiter(name: str) -> str:
    r"""Return the character that a user means.

    >>> check_delimiter("tab"), check_delimiter(";")
    ('\t', ';')

    Raises:
        UsageError: it is not one character, or one that cannot stand between cells.
    """
    delimiter = NAMES.get(name.lower(), name)
    if len(delimiter) != 1 or delimiter in '"\r\n\0':
        message = f"the delimiter is {name!r}: expected one character, such as ',' or ';', or 'tab'"
        raise UsageError(message)
    return delimiter


# The type of a csv.reader has no public name; rows are what it is used for.
def make_reader(lines: Iterable[str], dialect: Dialect) -> Iterator[list[str]]:
    """Return what yields the cells of each row, and raises csv.Error at a row that is none."""
    if dialect.quoting == "none":
        return csv.reader(lines, strict=True, delimiter=dialect.delimiter, quoting=csv.QUOTE_NONE)
    if dialect.quoting == "backslash":
        return csv.reader(lines, strict=True, delimiter=dialect.delimiter, escapechar="\\")
    return csv.reader(lines, strict=True, delimiter=dialect.delimiter)


def _rows(sample: str, dialect: Dialect) -> Iterator[list[str] | None]:
    """Yield the rows of a sample, None for one that is not written so."""
    rows = make_reader(io.StringIO(sample, newline=""), dialect)
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield None


def _header(sample: str, dialect: Dialect) -> list[str]:
    return next(_rows(sample, dialect), None) or []


def _fits(sample: str, dialect: Dialect) -> bool:
    n_cells = len(_header(sample, dialect))
    return all(row == [] or (row is not None and len(row) == n_cells) for row in _rows(sample, dialect))


def _has_bare_quotes(sample: str, dialect: Dialect) -> bool:
    """Return whether most cells that begin with a quote are not what a writer of quoted cells makes of a cell."""
    cells = [cell for row in _rows(sample, dialect) for cell in row or () if cell.startswith('"')]
    return 2 * sum(QUOTED.fullmatch(cell) is not None for cell in cells) < len(cells)


def _delimiter(sample: str, usual: str, columns: ColumnMap) -> str:
    for delimiter in (usual, *DELIMITERS):
        if columns.sources["text"] in _header(sample, Dialect(delimiter)):
            return delimiter
    return usual


def detect_dialect(sample: str, columns: ColumnMap, usual: str = ",", given: str | None = None) -> Dialect:
    r"""Return how the table that begins with `sample` is written.

    >>> detect_dialect("id;text\na;Rain, snow.\n", ColumnMap())
    Dialect(delimiter=';', quoting='doubled')

    Args:
        sample: whole lines.
        columns: which column holds the texts.
        usual: the separator to try first.
        given: the separator that the user named; then no other is tried.
    """
    dialect = Dialect(given or _delimiter(sample, usual, columns))
    ways: list[Quoting] = ["doubled", "backslash"]
    bare = replace(dialect, quoting="none")
    if dialect.delimiter in UNQUOTED_DELIMITERS and _has_bare_quotes(sample, bare):
        ways.append("none")
    return next((d for way in ways if _fits(sample, d := replace(dialect, quoting=way))), dialect)
