"""Many questions asked at once: adjusted p-values, intervals that hold together, and intervals for ranks."""

from collections.abc import Callable, Sequence

import numpy as np

from rhetoric.errors import InputError
from rhetoric.metrics.arrays import FloatArray

__all__ = ["SEED", "adjust_bh", "adjust_holm", "simultaneous_level"]

N_BLOCKS = 20
N_DRAWN_AT_ONCE = 1000
SEED = 13
TOLERANCE = 1e-9


def adjust_holm(p_values: Sequence[float] | FloatArray) -> FloatArray:
    """Return p-values adjusted so that one false finding among all is as rare as the level says.

    NaN, a question without an answer, stays NaN and does not count. (Holm 1979, Scandinavian J. of Statistics 6:65.)

    >>> adjust_holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    return _adjusted(p_values, lambda ordered: np.maximum.accumulate(ordered * np.arange(len(ordered), 0, -1)))


def adjust_bh(p_values: Sequence[float] | FloatArray) -> FloatArray:
    """Return p-values adjusted so that, of the findings, no greater share is false than the level says.

    NaN stays NaN and does not count. (Benjamini and Hochberg 1995, J. of the Royal Statistical Society B 57:289.)

    >>> adjust_bh([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.04, 0.04]
    """

    def step_up(ordered: FloatArray) -> FloatArray:
        scaled = ordered * len(ordered) / np.arange(1, len(ordered) + 1)
        return np.asarray(np.minimum.accumulate(scaled[::-1])[::-1])

    return _adjusted(p_values, step_up)


def _adjusted(p_values: Sequence[float] | FloatArray, adjust: Callable[[FloatArray], FloatArray]) -> FloatArray:
    values = np.asarray(p_values, np.float64)
    known = ~np.isnan(values)
    if ((values[known] < 0) | (values[known] > 1)).any():
        message = "a p-value is no probability: expected numbers from 0 to 1, or NaN"
        raise InputError(message)
    order = np.argsort(values[known], kind="stable")
    found = np.empty(len(order))
    found[order] = np.minimum(adjust(values[known][order]), 1.0)
    adjusted = values.copy()
    adjusted[known] = found
    return adjusted


def simultaneous_level(correlation: FloatArray, level: float = 0.95, seed: int = SEED) -> float:
    """Return the level of single intervals at which all of them hold at once with probability `level`.

    It is that of the maximal |t| of the estimates, whose distribution is drawn as that of normal variables with the
    given correlation; each interval then takes the t-quantile of its own degrees of freedom. It is never wider than
    Bonferroni. (Hothorn, Bretz and Westfall 2008, Biometrical J. 50:346.)

    >>> round(simultaneous_level(np.eye(1)), 2), round(simultaneous_level(np.ones((3, 3))), 2)
    (0.95, 0.95)

    Args:
        correlation: of the estimates, shape (n, n).
        level: probability that all intervals hold.
        seed: of the draws.
    """
    from scipy.special import ndtr

    n = len(correlation)
    if n < 2:
        return level
    root = _root(correlation)
    rng = np.random.default_rng(seed)
    largest = [np.abs(rng.standard_normal((N_DRAWN_AT_ONCE, len(root))) @ root).max(1) for _ in range(N_BLOCKS)]
    reach = np.quantile(np.concatenate(largest), level)
    return float(np.clip(2 * ndtr(reach) - 1, level, 1 - (1 - level) / n))


def _root(correlation: FloatArray) -> FloatArray:
    """Return R with R'R the correlation, by Cholesky's method with pivots, shape (rank, n).

    Differences of k groups have fewer than k directions, however many pairs there are: the rank is small.
    """
    left = np.diag(correlation).copy()
    rows = np.zeros((0, len(correlation)))
    while left.max() > TOLERANCE and len(rows) < len(left):
        pivot = int(np.argmax(left))
        row = (correlation[pivot] - rows[:, pivot] @ rows) / np.sqrt(left[pivot])
        rows = np.vstack([rows, row])
        left = left - row**2
    return rows
