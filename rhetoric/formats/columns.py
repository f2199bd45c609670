"""Which column or field of a user's table holds what: names of their own for id, text, title, outlet, date and url."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from rhetoric.errors import InputError

__all__ = ["AS_THEY_ARE", "ROW_NUMBER", "ColumnMap"]

ROW_NUMBER = "#"
"""As the column of ids: number the rows."""
DISPLACED = "original_"
"""Before the name of a column that had the name of a field for which another column was named."""
N_NAMED = 12


@dataclass(frozen=True)
class ColumnMap:
    """The column that holds each field; None is the column of the field's own name, if it is there.

    >>> ColumnMap(text="body").rename({"id": "a1", "body": "It rains.", "text": "short"})
    {'id': 'a1', 'text': 'It rains.', 'original_text': 'short'}
    """

    id: str | None = None
    text: str | None = None
    title: str | None = None
    outlet: str | None = None
    date: str | None = None
    url: str | None = None

    @property
    def named(self) -> dict[str, str]:
        """The columns that were named, by field."""
        return {field: column for field, column in self.sources.items() if getattr(self, field) is not None}

    @property
    def sources(self) -> dict[str, str]:
        """The column of each field."""
        return {field.name: getattr(self, field.name) or field.name for field in fields(self)}

    @property
    def numbers_rows(self) -> bool:
        """Whether ids are to be made of the rows' numbers, whatever columns there are."""
        return self.id == ROW_NUMBER

    def check(self, names: Sequence[str]) -> None:
        """Refuse a table in which a column that is needed or was named is missing, or comes twice.

        Raises:
            InputError: the table has no such column, or two.
        """
        found = ", ".join(names[:N_NAMED]) + (f", … ({len(names):,} in all)" if len(names) > N_NAMED else "")
        for field, column in self.sources.items():
            is_needed = field == "text" or (field in self.named and column != ROW_NUMBER)
            if is_needed and column not in names:
                wanted = "expected 'text' and 'id'" if column == "text" else f"it was named for {field!r}"
                message = (
                    f"the table has no column {column!r}: {wanted}, found {found or 'none'}; "
                    f"name yours with --{field}-column"
                )
                raise InputError(message)
            if names.count(column) > 1:
                message = f"the table has {names.count(column)} columns {column!r}: expected one; rename the others"
                raise InputError(message)

    def rename(self, record: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the record with its fields under their own names; nothing of it is left out.

        A column that was not named but has the name of a field that another fills is kept as `original_…`.
        """
        named = self.named
        if not named:
            return record
        renamed = {field: record[column] for field, column in self.sources.items() if column in record}
        if isinstance(renamed.get("id"), int) and not isinstance(renamed["id"], bool):
            renamed["id"] = str(renamed["id"])  # whoever names a column of numbers wants them as names
        for name, value in record.items():
            if name not in named.values():
                renamed[DISPLACED + name if name in named else name] = value
        return renamed


AS_THEY_ARE = ColumnMap()
"""No column was named."""
