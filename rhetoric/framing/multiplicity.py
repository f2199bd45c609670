"""Many questions asked at once: adjusted p-values, intervals that hold together, and intervals for ranks."""

from collections.abc import Callable, Sequence

import numpy as np

from rhetoric.errors import InputError
from rhetoric.metrics.arrays import FloatArray

__all__ = ["SEED", "adjust_bh", "adjust_holm", "simultaneous_level"]

N_DRAWS = 20_000
SEED = 13


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
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, 0))
    draws = np.random.default_rng(seed).standard_normal((N_DRAWS, n)) @ root.T
    reach = np.quantile(np.abs(draws).max(1), level)
    return float(np.clip(2 * ndtr(reach) - 1, level, 1 - (1 - level) / n))
