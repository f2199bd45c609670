"""Which prediction stands for which gold item: one to one, by the share of the gold item's characters that it covers.

The share is that of the Gender Gap Tracker's scorer (Asr et al. 2021), which lets gold quotes choose in turn; here the
best pairs are made first, so that the order of the items does not matter and a lower ratio never finds fewer.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from rhetoric.annotation import CharSpan, hull, merge

__all__ = ["Item", "Match", "find_matches", "solid"]

OVERLAP_ONLY = -1
"""A gap for `merge` that joins spans only if they share a character."""


def solid(spans: Iterable[CharSpan]) -> tuple[CharSpan, ...]:
    """Return `spans` sorted, without labels or empty ones, those that share characters merged.

    >>> solid([CharSpan(4, 6), CharSpan(0, 3), CharSpan(2, 4), CharSpan(9, 9)])
    (CharSpan(start=0, end=4), CharSpan(start=4, end=6))
    """
    return tuple(merge((s for s in spans if len(s)), gap=OVERLAP_ONLY))


@dataclass(frozen=True)
class Item:
    """Something that takes up `pieces` of a text: at least one, sorted, disjoint, none empty.

    `beside` is a span that decides between predictions that cover an item equally well (the source of a content).
    """

    pieces: tuple[CharSpan, ...]
    beside: CharSpan | None = None

    @cached_property
    def hull(self) -> CharSpan:
        """The smallest span that contains all pieces."""
        return hull(self.pieces)

    @cached_property
    def length(self) -> int:
        """The number of characters in the pieces."""
        return sum(map(len, self.pieces))

    def n_shared(self, other: "Item") -> int:
        """Return the number of characters that both have."""
        return sum(one.n_shared(two) for one in self.pieces for two in other.pieces)


class Match(NamedTuple):
    """A prediction and the gold item that it stands for."""

    predicted: Item
    gold: Item


def find_matches(predicted: Iterable[Item], gold: Iterable[Item], ratio: float) -> list[Match]:
    """Return pairs of a prediction and a gold item of which it covers at least `ratio`; each is in one pair at most.

    The best pairs are made first: the largest share of the gold item, then of the prediction, then the same `beside`.
    """
    ours, theirs = _in_order(predicted), _in_order(gold)
    ranked = sorted(_candidates(ours, theirs, ratio), key=lambda c: c[0])
    taken: set[int] = set()
    matches = []
    for _, match in ranked:
        ids = {id(match.predicted), id(match.gold)}
        if not ids & taken:
            taken |= ids
            matches.append(match)
    return matches


def _candidates(
    ours: Sequence[Item], theirs: Sequence[Item], ratio: float
) -> Iterator[tuple[tuple[float, float, bool, int], Match]]:
    for wanted, near in _neighbours(ours, theirs):
        for candidate in near:
            n_shared = candidate.n_shared(wanted)
            if n_shared and n_shared / wanted.length >= ratio:
                shares = -n_shared / wanted.length, -n_shared / candidate.length
                yield (*shares, *_strangeness(candidate.beside, wanted.beside)), Match(candidate, wanted)


def _strangeness(one: CharSpan | None, other: CharSpan | None) -> tuple[bool, int]:
    return one != other, -one.n_shared(other) if one and other else 0


def _in_order(items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=lambda item: (item.hull, item.pieces, (item.beside,) if item.beside else ()))


def _neighbours(predicted: Sequence[Item], gold: Sequence[Item]) -> Iterator[tuple[Item, list[Item]]]:
    """Yield each gold item with the predictions that can share characters with it; both are in order."""
    waiting = deque(predicted)
    near: list[Item] = []
    for wanted in gold:
        near = [p for p in near if not p.hull.precedes(wanted.hull)]
        while waiting and not wanted.hull.precedes(waiting[0].hull):
            near.append(waiting.popleft())
        yield wanted, near
