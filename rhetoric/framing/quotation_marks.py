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

__all__ = ["MAX_QUOTING", "QUOTING", "find_sparse", "find_unmarked", "needs_quotation_marks"]

QUOTING = "quoting_articles"
"""The measure that tells: articles with quotation marks, among those that report what somebody said."""
MIN_REPORTING = 5
"""Reporting articles from which on their marks can be missed."""
MAX_QUOTING = 0.1
"""Share of them with quotation marks, up to which the marks are taken to be lost: one in ten may have a leftover."""
FEW_QUOTING = 0.5
"""Share below which a part of the texts may have lost theirs: newspapers quote in most of what they report."""

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


def _quoting(table: MeasureTable, groups: Mapping[str, BoolArray]) -> Iterator[tuple[str, float, float]]:
    """Yield the groups that report enough, with how many articles report, and how many of them have marks."""
    for name, rows in groups.items() if QUOTING in table.measures else ():
        quoting, reporting = (np.nansum(column[QUOTING][rows]) for column in (table.numerators, table.denominators))
        if reporting >= MIN_REPORTING:
            yield name, float(quoting), float(reporting)


def find_unmarked(table: MeasureTable, groups: Mapping[str, BoolArray]) -> dict[str, Refusal]:
    """Return the groups whose texts have lost their quotation marks, each with the reason why nothing can be said.

    Args:
        table: with the measure `QUOTING`; without it, nothing is known and no group is returned.
        groups: the articles of each, (n,).
    """
    return {
        name: Refusal(
            f"the texts have lost their quotation marks: {quoting:.0f} of {reporting:.0f} articles that report what"
            " somebody said have any"
        )
        for name, quoting, reporting in _quoting(table, groups)
        if quoting <= MAX_QUOTING * reporting
    }


def find_sparse(table: MeasureTable, groups: Mapping[str, BoolArray]) -> dict[str, float]:
    """Return the groups of which a part may have lost its marks, each with the share of reporting articles with any.

    Args:
        table: as of `find_unmarked`.
        groups: likewise.
    """
    shares = {name: quoting / reporting for name, quoting, reporting in _quoting(table, groups)}
    return {name: share for name, share in shares.items() if MAX_QUOTING < share < FEW_QUOTING}
