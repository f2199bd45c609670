"""Which column or field of a user's table holds what: names of their own for id, text, title, outlet, date and url."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from rhetoric.errors import InputError
from rhetoric.formats.notes import shown

__all__ = ["AS_THEY_ARE", "ROW_NUMBER", "ColumnMap"]

ROW_NUMBER = "#"
"""As the column of ids: number the rows."""
DISPLACED = "original_"
"""Before the name of a column that had the name of a field for which another column was named."""
N_NAMED = 12
MAX_NAME = 40
NEEDED: Mapping[str, type | tuple[type, ...]] = {"id": (str, int), "text": str}
"""Fields without which no record is an article, with the types of what may be meant for them."""
NEAR = {
    "id": ("id", "uid", "guid", "uuid", "identifier", "number", "no", "nr", "key"),
    "text": ("text", "body", "content", "contents", "fulltext", "maintext", "article", "story"),
}
"""How the names that others give to those fields end, the likeliest first."""
WORD = re.compile("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


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
        for field, column in self.sources.items():
            is_needed = field == "text" or (field in self.named and column != ROW_NUMBER)
            if is_needed and column not in names:
                wanted = "expected 'text' and 'id'" if column == "text" else f"it was named for {field!r}"
                remedy = _remedy([field], dict.fromkeys(names, ""))
                message = f"the table has no column {column!r}: {wanted}, found {_listed(names)}; {remedy}"
                raise InputError(message)
            if names.count(column) > 1:
                message = f"the table has {names.count(column)} columns {column!r}: expected one; rename the others"
                raise InputError(message)

    def check_record(self, record: Mapping[str, Any]) -> None:
        """Refuse a record of JSON without an id or a text, and say how to name what it may have for them.

        Args:
            record: as `rename` returns it.

        Raises:
            InputError: it has no such field, or a number for an id.
        """
        missing = [field for field in NEEDED if field not in record]
        if missing:
            names = " and ".join(repr(self.sources[field]) for field in missing)
            what = f"the field {names} is missing" if len(missing) == 1 else f"the fields {names} are missing"
            message = f"{what}: found {_listed(list(record))}; {_remedy(missing, record)}"
            raise InputError(message)
        if isinstance(record["id"], int) and not isinstance(record["id"], bool):
            message = "the field 'id' is a number: expected a string; --id-column id takes numbers as names"
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


def _listed(names: Sequence[str]) -> str:
    """Return names for a message, the first of them if there are many."""
    cut = [name if len(name) <= MAX_NAME else f"{name[:MAX_NAME]}…" for name in names[:N_NAMED]]
    more = f", … ({len(names):,} in all)" if len(names) > N_NAMED else ""
    return ", ".join(map(shown, cut)) + more or "none"


def _remedy(missing: Sequence[str], record: Mapping[str, Any]) -> str:
    """Return the options that name other fields for those that are missing, with the nearest that the record has."""
    near = {field: _nearest(field, record) for field in missing}
    if any(near.values()):
        options = (f"--{field}-column {shlex.quote(name)}" for field, name in near.items() if name)
        return f"name yours, perhaps with {' '.join(options)}"
    number = f" (--id-column '{ROW_NUMBER}' numbers the records)" if "id" in missing else ""
    return f"name yours with {' and '.join(f'--{field}-column' for field in missing)}{number}"


def _nearest(field: str, record: Mapping[str, Any]) -> str | None:
    """Return the field of a record that seems to be meant for one that it lacks: the shortest with such a name."""
    found = []
    for name, value in record.items():
        is_sayable = name.isprintable() and len(name) <= MAX_NAME
        words = [word.lower() for word in WORD.findall(name)] if is_sayable else []
        if words and words[-1] in NEAR.get(field, ()) and isinstance(value, NEEDED[field]):
            found.append((len(words), NEAR[field].index(words[-1]), name))
    return min(found)[-1] if found else None


AS_THEY_ARE = ColumnMap()
"""No column was named."""
