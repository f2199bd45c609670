"""Tables for a terminal that are Markdown as well."""

from collections.abc import Iterable, Sequence

__all__ = ["table_lines"]


def table_lines(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table; all cells of a column have one width.

    >>> table_lines(["label", "n"], [["a", "12"]])
    ['| label | n  |', '|-------|----|', '| a     | 12 |']
    """
    cells = [list(head), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["| " + " | ".join(f"{c:<{w}}" for c, w in zip(row, widths, strict=True)) + " |" for row in cells]
    return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]]
