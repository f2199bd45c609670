"""Which attributions of an article have the same source, so that sources can be counted.

In this order: the actor of the user's list; the outlet that speaks itself; for a pronoun or a missing source the
nearest source before it of the same type (which is how the type came about); else the words. Persons are the same where
the words of one name are among those of the other ("Defence Minister Baruti", "Lin Baruti"), titles aside; anything
else where its words are the same, or where a definite mention repeats the noun of an earlier one ("the ministry").
"""

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rhetoric.annotation import Actor, Attribution
from rhetoric.sources.countries import read_seed
from rhetoric.sources.source_types import head_of, is_person, is_pronoun

__all__ = ["actor_key", "number_sources", "speaks_itself"]

OUTLET_TYPES = ("state_media", "news_media")
WORD = re.compile(r"[^\W_][\w.’'-]*")
POSSESSIVE = re.compile(r"['’]s?$")
DETERMINERS = frozenset({"the", "a", "an", "this", "that", "his", "her", "its", "their", "our", "my", "one", "some"})
DEFINITE = re.compile(r"(?:the|this|that)\s", re.IGNORECASE)


def actor_key(actor: Actor | None) -> str | None:
    """Return what an actor is known by: the id of the user's list, or the name where it has none."""
    return None if actor is None else actor.id or actor.name


def speaks_itself(attribution: Attribution) -> bool:
    """Return whether the source is a medium, rather than somebody who speaks through one."""
    return attribution.source_type in OUTLET_TYPES


@lru_cache(maxsize=1)
def _offices() -> frozenset[str]:
    """Return the words of titles and offices, which are no part of a name."""
    seed = read_seed("source_types.yaml")
    phrases = [p for fields in seed.values() for field in ("title", "head") for p in fields.get(field, ())]
    return frozenset(word.strip(".") for phrase in phrases for word in phrase.lower().split())


@dataclass(frozen=True)
class _Wording:
    """A source as it is worded: its words folded, the noun of it, whether it is a name, whether it is definite."""

    words: frozenset[str]
    noun: str
    is_name: bool
    is_definite: bool

    def repeats(self, earlier: "_Wording") -> bool:
        """Return whether the same source is meant as by an `earlier` wording."""
        if self.is_name or earlier.is_name:
            return self.is_name and earlier.is_name and (self.words <= earlier.words or earlier.words <= self.words)
        return self.words == earlier.words or (
            self.is_definite and self.noun == earlier.noun and self.words <= earlier.words
        )


def _folded(word: str) -> str:
    return POSSESSIVE.sub("", word).strip(".").casefold()


def _name_in(words: Sequence[str]) -> list[str]:
    """Return the words of a name: capitalised ones at the end, after titles and offices; empty if there is none."""
    first = len(words)
    while first and words[first - 1][:1].isupper() and _folded(words[first - 1]) not in _offices():
        first -= 1
    return list(words[first:])


@lru_cache(maxsize=16384)
def _worded(surface: str, source_type: str) -> _Wording | None:
    """Return the wording of a source, None if there is no word in it."""
    words = WORD.findall(surface)
    head = WORD.findall(head_of(surface))
    if is_person(source_type):
        after_comma = WORD.findall(surface.rpartition(",")[2]) if "," in surface else []
        name = _name_in(head) or (_name_in(after_comma) if len(_name_in(after_comma)) == len(after_comma) else [])
        if name:
            folded = [_folded(word) for word in name]
            return _Wording(frozenset(folded), folded[-1], is_name=True, is_definite=True)
    kept = [f for f in map(_folded, words) if f not in DETERMINERS]
    nouns = [f for f in map(_folded, head) if f not in DETERMINERS]
    if not kept:
        return None
    is_definite = DEFINITE.match(surface) is not None
    return _Wording(frozenset(kept), (nouns or kept)[-1], is_name=False, is_definite=is_definite)


def _known(attribution: Attribution) -> Hashable | None:
    """Return what identifies a source without its words: an actor, or an outlet."""
    if attribution.actor is not None:
        return "actor", actor_key(attribution.actor)
    outlet = attribution.outlet
    if outlet is not None and speaks_itself(attribution):
        return "outlet", outlet.name, outlet.country
    return None


class _Register:
    """The sources met so far."""

    def __init__(self) -> None:
        self.by_key: dict[Hashable, int] = {}
        self.worded: list[tuple[_Wording, int]] = []
        self.spoken: list[tuple[str, int]] = []
        self.n = 0

    def find(self, attribution: Attribution, text: str) -> int | None:
        """Return the number of a source, a new one if it was not met; None if it cannot be told."""
        number = self._find(attribution, text)
        if number is not None:
            self.spoken.append((attribution.source_type, number))
        return number

    def _find(self, attribution: Attribution, text: str) -> int | None:
        key = _known(attribution)
        if key is not None:
            if key not in self.by_key:
                self.by_key[key] = self._next()
            return self.by_key[key]
        surface = attribution.source.of(text) if attribution.source else ""
        if not surface or is_pronoun(surface):
            same_type = (n for source_type, n in reversed(self.spoken) if source_type == attribution.source_type)
            return next(same_type, None)
        wording = _worded(surface, attribution.source_type)
        return None if wording is None else self._find_worded(wording)

    def _find_worded(self, wording: _Wording) -> int:
        earlier = next((n for other, n in reversed(self.worded) if wording.repeats(other)), None)
        number = self._next() if earlier is None else earlier
        self.worded.append((wording, number))
        return number

    def _next(self) -> int:
        self.n += 1
        return self.n - 1


def number_sources(text: str, attributions: Sequence[Attribution]) -> list[int | None]:
    """Return for each of `attributions`, in the order of the text, the number of its source, from 0.

    None is a pronoun, or a missing source, that continues nobody.
    """
    register = _Register()
    return [register.find(attribution, text) for attribution in attributions]
