"""Several probabilities of one thing made into one: the logarithmic opinion pool (Genest and Zidek 1986)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from rhetoric.errors import InputError, ModelError
from rhetoric.metrics.arrays import as_decisions

__all__ = ["LogPool", "fit_pool"]

LEAST = 1e-3
"""Probabilities are taken to be no nearer to 0 or 1 than this: none is so sure that the others do not count."""


@dataclass(frozen=True)
class LogPool:
    """The probability σ(bias + Σ wᵢ·logit(pᵢ)); with even weights and no bias, the mean on the scale of log-odds."""

    weights: tuple[float, ...] = (0.5, 0.5)
    bias: float = 0.0

    def apply(self, *probabilities: float) -> float:
        """Return what the probabilities, one for each weight, amount to.

        >>> round(LogPool().apply(0.8, 0.8), 6), round(LogPool().apply(0.9, 0.1), 6)
        (0.8, 0.5)
        """
        pairs = zip(self.weights, probabilities, strict=True)
        logit = self.bias + sum(weight * _logit(p) for weight, p in pairs)
        return 1 / (1 + math.exp(-logit))

    @classmethod
    def of_one(cls, which: int, n: int = 2) -> Self:
        """Return the pool of `n` probabilities in which one alone counts."""
        return cls(tuple(float(i == which) for i in range(n)))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Return the pool that `to_dict` wrote.

        Raises:
            ModelError: a value is missing, or no finite number.
        """
        try:
            pool = cls(tuple(map(float, values["weights"])), float(values["bias"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"no pool of probabilities: {dict(values)}, expected 'weights' and 'bias'") from error
        if not all(map(math.isfinite, (*pool.weights, pool.bias))):
            raise ModelError(f"a pool of probabilities is not finite: {dict(values)}")
        return pool

    def to_dict(self) -> dict[str, Any]:
        """Return the pool as JSON can hold it."""
        return {"weights": list(self.weights), "bias": self.bias}


def _logit(probability: float) -> float:
    inside = min(max(probability, LEAST), 1 - LEAST)
    return math.log(inside / (1 - inside))


def fit_pool(probabilities: npt.ArrayLike, gold: npt.ArrayLike) -> LogPool:
    """Return the pool that makes `gold` most likely: a logistic regression on log-odds.

    Args:
        probabilities: (n, k), one column for each of those that are pooled.
        gold: (n,) booleans. Where they are all alike there is nothing to learn, and weights are even.

    Raises:
        InputError: the two are not of one length.
    """
    from sklearn.linear_model import LogisticRegression

    values, positive = np.asarray(probabilities, np.float64), as_decisions(gold)
    if values.ndim != 2 or len(values) != len(positive):
        raise InputError(f"probabilities of shape {values.shape} for {len(positive)} items: expected a row for each")
    if positive.all() or not positive.any():
        return LogPool((1 / values.shape[1],) * values.shape[1])
    fitted = LogisticRegression(C=np.inf).fit(np.vectorize(_logit)(values), positive)
    return LogPool(tuple(map(float, fitted.coef_[0])), float(fitted.intercept_[0]))
