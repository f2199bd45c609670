"""How much each group holds: articles, sentences, words, attributions, and from when to when."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rhetoric.framing.dates import read_day
from rhetoric.framing.measures.definitions import WORDS_A_UNIT
from rhetoric.framing.measures.facts import Thing
from rhetoric.framing.measures.measure_table import MeasureTable
from rhetoric.metrics.arrays import BoolArray

__all__ = ["Contents", "count_contents"]


@dataclass(frozen=True)
class Contents:
    """What the articles of a group hold; None for what no measure of the table tells.

    Attributes:
        n_articles: of the group.
        n_sentences: in their texts.
        n_words: likewise.
        n_attributions: likewise.
        first: earliest date, None where no article has an ISO date.
        last: latest date.
    """

    n_articles: int
    n_sentences: int | None
    n_words: int | None
    n_attributions: int | None
    first: str | None
    last: str | None


def count_contents(table: MeasureTable, groups: Mapping[str, BoolArray]) -> dict[str, Contents]:
    """Return what the articles of each group hold.

    Args:
        table: whose denominators tell it.
        groups: the articles of each, (n,).
    """
    found = {}
    days = [read_day(value) for value in table.meta.get("date", (None,) * len(table))]
    for name, rows in groups.items():
        words = _total(table, "words", rows, WORDS_A_UNIT)
        dates = sorted(day.isoformat() for day, is_own in zip(days, rows, strict=True) if day is not None and is_own)
        found[name] = Contents(
            int(rows.sum()),
            _total(table, "sentences", rows),
            words,
            _total(table, "attributions", rows),
            dates[0] if dates else None,
            dates[-1] if dates else None,
        )
    return found


def _total(table: MeasureTable, thing: Thing, rows: BoolArray, scale: int = 1) -> int | None:
    """Return how many things the articles have, by a measure that has all of them below."""
    for name, measure in table.measures.items():
        is_all = measure.per == thing and measure.within == "all" and not any(True for _ in measure.per_where.given())
        if is_all and (scale == 1 or measure.unit == "per 1,000 words"):
            return round(float(np.nansum(table.denominators[name][rows])) * scale)
    return None
