"""Phrases found by their words: one pass over the capitalised words of a text, one dictionary look-up each.

A table holds thousands of names; a regular expression of them all would take longer to compile than an article
takes to read.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

__all__ = ["Phrase", "PhraseTable", "fold", "words"]

T = TypeVar("T")

WORD = re.compile(r"\w+")
GAP = re.compile(r"[ \-–'’.&/,:]{0,2}(?<![.,:] )")
# A name begins with a capital or a digit; the few that do not are listed by the table.
CAPITALISED = r"\b[A-Z0-9\u00c0-\u00de\u0100-\uffff]\w*"
ARTICLES = ("the",)
MIN_STEM = 3


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Return `word` in lower case and without diacritics.

    >>> fold("Népszabadság")
    'nepszabadsag'
    """
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("ı", "i")


def words(phrase: str) -> tuple[str, ...]:
    """Return the words of a phrase as they are written.

    >>> words("People's Daily")
    ('People', 's', 'Daily')
    """
    return tuple(WORD.findall(phrase))


class Phrase(NamedTuple, Generic[T]):
    """A phrase found in a text: where, and what the table holds for it."""

    start: int
    end: int
    values: tuple[T, ...]


@dataclass(frozen=True)
class _Entry(Generic[T]):
    """One spelling: its words as written, whether it needs its article, and what it stands for."""

    written: tuple[str, ...]
    folded: tuple[str, ...]
    article: bool
    value: T


def _matches_case(written: str, found: str) -> bool:
    """Return whether a word of a text is capitalised as the spelling demands: acronyms wholly, names at the start."""
    if len(written) > 1 and written.isupper():
        return found in (written, written + "s")
    return found[0].isupper() or not written[0].isupper()


class PhraseTable(Generic[T]):
    """Spellings and what they stand for; finds them in a text, longest first, without overlaps."""

    def __init__(self, spellings: Iterable[tuple[str, T]]) -> None:
        """Index `spellings`, pairs of a phrase and its value; one phrase may have several values."""
        self._entries: dict[str, list[_Entry[T]]] = {}
        lower = set()
        for phrase, value in spellings:
            written = words(phrase)
            article = len(written) > 1 and written[0].lower() in ARTICLES
            written = written[article:]
            if not written:
                continue
            if not written[0][0].isupper() and not written[0][0].isdigit():
                lower.add(re.escape(written[0]))
            entry = _Entry(written, tuple(map(fold, written)), article, value)
            self._entries.setdefault(entry.folded[0], []).append(entry)
        for entries in self._entries.values():
            entries.sort(key=lambda e: -len(e.folded))
        pattern = CAPITALISED + (rf"|\b(?:{'|'.join(sorted(lower))})\b" if lower else "")
        self._first = re.compile(pattern)

    def find(self, text: str) -> Iterator[Phrase[T]]:
        """Yield the phrases of the table that `text` holds, in order; of two that overlap the first and longest."""
        end = 0
        entries = self._entries
        for match in self._first.finditer(text):
            folded = fold(match.group())
            candidates = entries.get(folded) or entries.get(_without_s(folded))
            if candidates is not None and match.start() >= end:
                phrase = self._longest(text, match, candidates)
                if phrase is not None:
                    end = phrase.end
                    yield phrase

    def lookup(self, phrase: str) -> tuple[T, ...]:
        """Return the values of a phrase, whatever its case and article."""
        folded = tuple(map(fold, words(phrase)))
        without = folded[1:] if len(folded) > 1 and folded[0] in ARTICLES else folded
        return tuple(e.value for e in self._entries.get(without[0] if without else "", ()) if e.folded == without)

    def _longest(self, text: str, first: re.Match[str], candidates: list[_Entry[T]]) -> Phrase[T] | None:
        found = [first.group()]
        ends = [first.end()]
        best, values = 0, []
        for entry in candidates:
            if len(entry.folded) < best:
                break
            _extend(text, found, ends, len(entry.folded))
            if self._fits(text, first.start(), found, entry):
                best = len(entry.folded)
                values.append(entry.value)
        return Phrase(first.start(), ends[best - 1], tuple(values)) if best else None

    @staticmethod
    def _fits(text: str, start: int, found: list[str], entry: _Entry[T]) -> bool:
        size = len(entry.folded)
        if len(found) < size:
            return False
        *body, last = map(fold, found[:size])
        if body != list(entry.folded[:-1]) or entry.folded[-1] not in (last, _without_s(last)):
            return False
        if not all(map(_matches_case, entry.written, found)):
            return False
        return not entry.article or text[max(0, start - 4) : start].lower() == "the "


def _without_s(word: str) -> str:
    """Return a word without a final s: some texts have lost the apostrophes of their possessives ("SANAs")."""
    return word[:-1] if len(word) > MIN_STEM and word[-1] == "s" else word


def _extend(text: str, found: list[str], ends: list[int], size: int) -> None:
    """Read on in `text` until `found` holds `size` words, or the phrase is broken by a wider gap."""
    while len(found) < size:
        gap = GAP.match(text, ends[-1])
        word = WORD.match(text, gap.end() if gap else ends[-1])
        if word is None or word.start() == ends[-1]:
            return
        found.append(word.group())
        ends.append(word.end())
