"""From what stands in an article to the numerator and denominator of every measure.

Measures that ask for the same things share one tally. Which tallies a thing counts for depends on its facts alone, so
that it is worked out once and kept: counting costs one look-up a thing, however many measures there are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rhetoric.framing.measures.census import Census, Key
from rhetoric.framing.measures.definitions import WORDS_A_UNIT, Measure, Where, Within
from rhetoric.framing.measures.facts import Facts, Thing

__all__ = ["COUNTING_VERSION", "Counting", "FloatArray", "denominator_of"]

COUNTING_VERSION = 1
"""Tables that other rules counted are counted again: raise it with every change that changes a number."""

FloatArray = npt.NDArray[np.float64]

NEED_TEXT: frozenset[Thing] = frozenset(
    {"words", "content_words", "sources", "source_draws", "source_pairs", "mentions", "tone"}
)
MAX_KEPT = 100_000  # combinations of facts whose tallies are remembered
FIELDS_THAT_NEED_TEXT = frozenset({"country", "has_quotation_marks", "n_sources"})


@dataclass(frozen=True)
class _Tally:
    """How many of some things stand in some part."""

    thing: Thing
    where: Where
    within: Within

    def counts(self, key: Key) -> bool:
        """Return whether what has the facts of `key` is counted."""
        thing, part, facts = key
        is_inside = part != "headline" if self.within == "all" else part == self.within
        return thing == self.thing and is_inside and _matches(self.where, facts)

    def is_defined(self, census: Census) -> bool:
        """Return whether the record of an article tells the number: without its text it tells no words."""
        asks_for_text = self.thing in NEED_TEXT or any(n in FIELDS_THAT_NEED_TEXT for n, _ in self.where.given())
        if self.within == "headline":
            return census.has_headline and (census.has_title or not asks_for_text)
        return census.has_text or not (asks_for_text or self.within in ("lead", "body"))


def _matches(where: Where, facts: Facts) -> bool:
    return all(_holds(wanted, getattr(facts, name)) for name, wanted in where.given())


def _holds(wanted: Any, found: Any) -> bool:  # noqa: ANN401  (a condition and a fact of any field)
    if isinstance(wanted, Where):
        return any(_matches(wanted, facts) for facts in found)
    if isinstance(wanted, bool):
        return wanted is found
    if isinstance(found, frozenset):
        return not found.isdisjoint(wanted)
    return found in wanted


def denominator_of(measure: Measure) -> tuple[Thing, Where, Within]:
    """Return what the denominator of a measure counts: equal for measures that share it."""
    return measure.per, measure.per_where, measure.within


class Counting:
    """How the articles of a corpus are counted for some measures.

    Args:
        measures: by name; no families.
    """

    def __init__(self, measures: Mapping[str, Measure]) -> None:
        """Find the tallies that the measures share."""
        self.measures = dict(measures)
        self.tallies: dict[_Tally, int] = {}
        self._above = {n: self._tally(m.of, m.counted, m.within) for n, m in self.measures.items()}
        self._below = {n: self._tally(*denominator_of(m)) for n, m in self.measures.items()}
        self._counted_in: dict[Key, tuple[int, ...]] = {}
        self._undefined: dict[tuple[bool, ...], list[int]] = {}

    @property
    def things(self) -> frozenset[Thing]:
        """What is counted."""
        return frozenset(tally.thing for tally in self.tallies)

    def _tally(self, thing: Thing, where: Where, within: Within) -> int:
        return self.tallies.setdefault(_Tally(thing, where, within), len(self.tallies))

    def _row(self, census: Census) -> list[float]:
        row = [0.0] * len(self.tallies)
        counted_in = self._counted_in
        for key, weight in census.counts.items():
            places = counted_in.get(key)
            if places is None:
                if len(counted_in) >= MAX_KEPT:
                    counted_in.clear()
                places = counted_in[key] = tuple(i for tally, i in self.tallies.items() if tally.counts(key))
            for i in places:
                row[i] += weight
        for i in self._not_defined(census):
            row[i] = np.nan
        return row

    def _not_defined(self, census: Census) -> Sequence[int]:
        state = (census.has_text, census.has_headline, census.has_title)
        if state not in self._undefined:
            self._undefined[state] = [i for tally, i in self.tallies.items() if not tally.is_defined(census)]
        return self._undefined[state]

    def count(self, censuses: Iterable[Census]) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
        """Return numerators and denominators by measure, (n_articles,) each; measures that share one share the array.

        A denominator in words is in thousands of them where the measure is one per 1,000 words. What the record of an
        article does not tell is NaN in both.
        """
        rows = [self._row(census) for census in censuses]
        matrix = np.array(rows, np.float64).reshape(len(rows), len(self.tallies)).T
        totals = [np.ascontiguousarray(total) for total in matrix]
        scaled = {i: totals[i] / WORDS_A_UNIT for n, i in self._below.items() if self._is_scaled(n)}
        above, below = {}, {}
        for name in self.measures:
            total, base = totals[self._above[name]], totals[self._below[name]]
            divisor = scaled[self._below[name]] if self._is_scaled(name) else base
            above[name] = _nan_with(total, base)
            below[name] = _nan_with(divisor, total)
        return above, below

    def _is_scaled(self, name: str) -> bool:
        return self.measures[name].unit == "per 1,000 words"


def _nan_with(values: FloatArray, others: FloatArray) -> FloatArray:
    """Return `values`, NaN where `others` are."""
    missing = np.isnan(others) & ~np.isnan(values)
    return np.where(missing, np.nan, values) if missing.any() else values
