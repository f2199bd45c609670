"""How an audit spreads over scores: strata by the predicted value, and how many units each of them gives.

Articles on which the model found nothing are a stratum of their own, the others are cut at their terciles. Units are
allotted in proportion to the strata, so that weights differ little and the sample serves any measure, not only the one
whose score made the strata (Cochran 1977, Sampling Techniques, 5.9 and 5A.9).
"""

from collections.abc import Sequence
from math import ceil

import numpy as np

from rhetoric.metrics.arrays import FloatArray

__all__ = ["ZERO", "allocate", "score_strata", "split_sentences_to_code"]

ZERO = "zero"
"""The stratum in which nothing was predicted, or nothing could be."""
TERCILES = ("low", "middle", "high")
MIN_A_STRATUM = 2
"""Units that a stratum gives if it has them: from one, nobody can tell how much they differ."""

LABELLED_SHARE = 0.25
"""Of the sentences of an article that are coded: those that the model labelled."""


def score_strata(values: FloatArray) -> list[str]:
    """Return the stratum of each unit by its predicted value: zero, low, middle or high; equal values stay together.

    >>> score_strata(np.array([0.0, 0.1, 0.2, 0.3, np.nan]))
    ['zero', 'low', 'middle', 'high', 'zero']

    Args:
        values: of the units of one outlet, shape (n,); NaN where the measure is not defined.
    """
    is_zero = np.isnan(values) | (values == 0)
    positive = np.sort(values[~is_zero])
    if not positive.size:
        return [ZERO] * len(values)
    cuts = positive[[int(np.ceil(len(positive) * share)) - 1 for share in (1 / 3, 2 / 3)]]
    places = np.searchsorted(cuts, np.where(is_zero, 0.0, values), side="left")
    return [ZERO if zero else TERCILES[int(place)] for zero, place in zip(is_zero, places, strict=True)]


def allocate(sizes: Sequence[int], n: int) -> list[int]:
    """Return how many of `n` units each stratum gives: in proportion, at least two if it has two, by largest remainder.

    >>> allocate([60, 30, 10, 1], 10)
    [5, 2, 2, 1]
    """
    total = sum(sizes)
    if n >= total:
        return list(sizes)
    given = [min(size, MIN_A_STRATUM) for size in sizes]
    while sum(given) > n:  # more strata than units allow for
        given[int(np.argmax(given))] -= 1
    # One at a time to the stratum that is furthest behind its share.
    while sum(given) < n:
        behind = [n * size / total - got if got < size else -np.inf for size, got in zip(sizes, given, strict=True)]
        given[int(np.argmax(behind))] += 1
    return given


def split_sentences_to_code(n_labelled: int, n_others: int, k: int) -> tuple[int, int]:
    """Return how many of `k` sentences are drawn among those with the label, and how many among the others.

    A quarter is taken from those with the label. They are few, but more often wrong: for models of the usual accuracy
    that is about in proportion to size times standard deviation of the error (Neyman's allocation; Cochran 1977, 5.5).
    What one side lacks, the other gives. Both sides are drawn from wherever there are any.

    >>> split_sentences_to_code(4, 16, 10), split_sentences_to_code(9, 1, 6), split_sentences_to_code(0, 3, 5)
    ((3, 7), (5, 1), (0, 3))
    """
    n_from_labelled = min(n_labelled, max(ceil(k * LABELLED_SHARE), k - n_others))
    return n_from_labelled, min(n_others, k - n_from_labelled)
