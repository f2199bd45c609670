"""What every format of coded data is read into: one coder's codes of one text, and where they were read.

A text that several people coded comes as several of these, with the same `id`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from rhetoric.annotation import CharSpan

__all__ = ["CodedSpan", "CodedText", "Coding", "Columns"]

Coding = Literal["text", "spans", "targets"]
"""What codes are given to: the text as a whole, stretches of it, or mentions in it."""


@dataclass(frozen=True, order=True)
class CodedSpan(CharSpan):
    """A stretch of a text with a code."""

    label: str = ""


@dataclass(frozen=True)
class CodedText:
    """The codes that one coder gave one text.

    Attributes:
        id: of the text; the same in the rows of all its coders.
        text: as it came, with offsets into it in code points.
        labels: codes of the text as a whole; empty where none of them applies, None where the whole was not coded.
        spans: coded stretches; empty where there are none, None where stretches were not coded.
        targets: coded mentions (the valence towards it, its role), likewise.
        coder: who coded it, as far as is known.
        version: of the codebook.
        date: of the coding, as it came.
        meta: every other field of the record: `outlet`, the `article` that the text was taken from, …
        source: the file that it was read from.
        line: its line there (in a table: its row, from 1), None where one file is one text.
    """

    id: str
    text: str
    labels: tuple[str, ...] | None = None
    spans: tuple[CodedSpan, ...] | None = None
    targets: tuple[CodedSpan, ...] | None = None
    coder: str | None = None
    version: str | None = None
    date: str | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""
    line: int | None = None


@dataclass(frozen=True)
class Columns:
    """Which column (or key of a record) holds what; a column that is named but not there is an error.

    Attributes:
        text: the text that was coded.
        label: its code or codes: one, several with a separator (`|` or `;`), or a list where the format has lists.
        id: of the text; the number of the row where there is none.
        coder: who coded it.
        version: version of the codebook.
        date: of the coding.
        spans: a list of objects with `start`, `end`, `label` and optionally `text`; JSON in a CSV cell.
        targets: likewise, of coded mentions; or a table holds one mention a row, with `label` and the next three.
        start: the mention's first character.
        end: the character after its last.
        mention: its text, where there is such a column; it tells in which unit the offsets count.
    """

    text: str = "text"
    label: str = "label"
    id: str = "id"
    coder: str = "coder"
    version: str = "codebook_version"
    date: str = "date"
    spans: str = "spans"
    targets: str = "targets"
    start: str = "start"
    end: str = "end"
    mention: str = "mention"
