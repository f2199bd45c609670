"""What a reader yields in the place of an article that it could not read: one bad record never stops the rest."""

from dataclasses import asdict, dataclass
from typing import Any

from rhetoric.formats.notes import shown

__all__ = ["Failure"]


@dataclass(frozen=True)
class Failure:
    """An article that could not be read or annotated.

    `source` is the file that it stood in, `line` its line there (in a table: its row); None where it came in well
    and failed later. `id` is None where the record gave none.
    """

    id: str | None
    source: str | None
    line: int | None
    reason: str

    @property
    def place(self) -> str:
        """Where it stood, for people to read.

        >>> Failure("a1", "in.jsonl", 3, "…").place
        'in.jsonl, line 3'
        """
        if self.source is None:
            return f"article {self.id!r}"
        source = shown(self.source)
        return source if self.line is None else f"{source}, line {self.line}"

    def to_record(self) -> dict[str, Any]:
        """Return the JSON object that stands for it in `OUT.errors.jsonl`."""
        return asdict(self)
