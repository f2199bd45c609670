"""Groups whose texts have lost their quotation marks, of which nothing can be said about direct quotations.

Corpora are often cleaned of punctuation. Then no article has quotation marks although most report what somebody said,
and what is left would be taken for an outlet that never quotes.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from rhetoric.framing.estimates import Refusal
from rhetoric.framing.measures.definitions import Measure
from rhetoric.framing.measures.measure_table import MeasureTable
from rhetoric.framing.measures.where import Where
from rhetoric.metrics.arrays import BoolArray

__all__ = ["MAX_QUOTING", "QUOTING", "find_unmarked", "needs_quotation_marks"]

QUOTING = "quoting_articles"
"""The measure that tells: articles with quotation marks, among those that report what somebody said."""
MIN_REPORTING = 5
"""Reporting articles from which on their marks can be missed."""
MAX_QUOTING = 0.1
"""Share of them with quotation marks, up to which the marks are taken to be lost: one in ten may have a leftover."""

MARKED_LABEL = "direct_quotation"
MARKED_VOICES = {"direct", "indirect"}
"""Without marks a direct quotation passes for an indirect one, so that neither voice can be told."""


def needs_quotation_marks(measure: Measure) -> bool:
    """Return whether a measure asks for what only quotation marks tell.

    >>> quotes = {"quote_type": "direct"}
    >>> needs_quotation_marks(Measure(title="Q", unit="share", of="attributions", where=quotes, per="attributions"))
    True
    """
    return any(_asks(where) for where in _conditions(measure))


def _conditions(measure: Measure) -> Iterator[Where]:
    for where in (measure.counted, measure.per_where):
        yield where
        if where.spans is not None:
            yield where.spans


def _asks(where: Where) -> bool:
    is_voiced = bool(MARKED_VOICES & set(where.voice or ()))
    return where.quote_type is not None or MARKED_LABEL in (where.labels or ()) or is_voiced


def find_unmarked(table: MeasureTable, groups: Mapping[str, BoolArray]) -> dict[str, Refusal]:
    """Return the groups whose texts have lost their quotation marks, each with the reason why nothing can be said.

    Args:
        table: with the measure `QUOTING`; without it, nothing is known and no group is returned.
        groups: the articles of each, (n,).
    """
    if QUOTING not in table.measures:
        return {}
    found = {}
    for name, rows in groups.items():
        quoting, reporting = (np.nansum(column[QUOTING][rows]) for column in (table.numerators, table.denominators))
        if reporting >= MIN_REPORTING and quoting <= MAX_QUOTING * reporting:
            found[name] = Refusal(
                f"the texts have lost their quotation marks: {quoting:.0f} of {reporting:.0f} articles that report what"
                " somebody said have any"
            )
    return found
