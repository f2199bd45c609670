"""Which actors groups mention more or less than each other: a score that moves with a name makes them differ alone."""

import itertools
from collections.abc import Mapping

import numpy as np

from rhetoric.framing.contrasts import Contrast, contrast
from rhetoric.framing.estimates import RatioSample, estimate_plain
from rhetoric.framing.measures.measure_table import MeasureTable
from rhetoric.framing.multiplicity import adjust_bh
from rhetoric.metrics.arrays import BoolArray

__all__ = ["MAX_ACTORS", "MENTIONS", "find_differing_actors"]

MENTIONS = "mentions_{actor}"
"""The family of measures that tells."""
MAX_ACTORS = 30
"""Of those mentioned most, who are looked at."""
MAX_P = 0.05


def find_differing_actors(table: MeasureTable, groups: Mapping[str, BoolArray]) -> list[str]:
    """Return the titles of the mentions that differ between two groups at least, those with the most mentions first.

    P-values are adjusted over all actors and pairs (Benjamini and Hochberg).

    Args:
        table: where a list of actors was used; without one, no actor is known.
        groups: the articles of each, (n,).
    """
    members = [name for name, measure in table.measures.items() if measure.family == MENTIONS]
    known = sorted(members, key=lambda name: -float(np.nansum(table.numerators[name])))[:MAX_ACTORS]
    found = [(name, p) for name in known for p in _p_values(table, name, groups)]
    adjusted = adjust_bh(np.array([p for _, p in found], np.float64))
    names = [name for (name, _), p in zip(found, adjusted.tolist(), strict=True) if p < MAX_P]
    return [table.measures[name].title for name in dict.fromkeys(names)]


def _p_values(table: MeasureTable, name: str, groups: Mapping[str, BoolArray]) -> list[float]:
    estimates = [
        estimate_plain(RatioSample(table.numerators[name][rows], table.denominators[name][rows]))
        for rows in groups.values()
    ]
    found = (contrast(one, other) for one, other in itertools.combinations(estimates, 2))
    return [one.p_value for one in found if isinstance(one, Contrast)]
