"""Which rank a group may have: a league table that says how little it knows.

A group is below all those that are surely above it, and above all those that are surely below it; surely is by
simultaneous intervals of all pairwise differences, so that all ranks hold at once (Mogstad, Romano, Shaikh and Wilhelm
2024, Inference for Ranks, Review of Economic Studies 91:476).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from rhetoric.framing.contrasts import Contrast, combine, correlation_of
from rhetoric.framing.estimates import Estimate, Refusal
from rhetoric.framing.multiplicity import SEED, simultaneous_level

__all__ = ["RankInterval", "rank_intervals"]


@dataclass(frozen=True)
class RankInterval:
    """The rank of a group, 1 for the highest rate, with the ranks that it may have."""

    rank: int
    low: int
    high: int


def rank_intervals(
    estimates: Sequence[Estimate | Refusal], level: float = 0.95, seed: int = SEED
) -> list[RankInterval | None]:
    """Return the ranks of groups among those that have a rate; None for the others.

    Args:
        estimates: of the groups.
        level: probability that all ranks lie in their intervals.
        seed: of the draws for the simultaneous intervals.
    """
    places = [i for i, e in enumerate(estimates) if isinstance(e, Estimate)]
    known = [e for e in estimates if isinstance(e, Estimate)]
    ranks: list[RankInterval | None] = [None] * len(estimates)
    above = _surely_above(known, level, seed)
    for i, place in enumerate(places):
        rank = 1 + sum(e.value > known[i].value for e in known)
        ranks[place] = RankInterval(rank, 1 + int(above[:, i].sum()), len(known) - int(above[i].sum()))
    return ranks


def _surely_above(known: Sequence[Estimate], level: float, seed: int) -> np.ndarray:
    """Return whether one group is surely above another, shape (n, n)."""
    above = np.zeros((len(known), len(known)), np.bool_)
    pairs = list(combinations(range(len(known)), 2))
    if not pairs:
        return above
    shares = np.zeros((len(pairs), len(known)))
    for row, (i, j) in enumerate(pairs):
        shares[row, i], shares[row, j] = 1.0, -1.0
    single = simultaneous_level(correlation_of(known, shares), level, seed)
    for (i, j), weights in zip(pairs, shares, strict=True):
        found = combine(known, weights)
        if isinstance(found, Contrast):
            low, high = found.interval(single)
            above[i, j], above[j, i] = low > 0, high < 0
    return above
