"""Counts from which precision, recall and F1 are made. They add up over articles, so clusters can be resampled.

Where nothing was to be found and nothing was claimed, all three are 1, as F1 is in the scorer of SemEval-2020 task 11.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import TypeVar

import numpy as np

from rhetoric.errors import InputError
from rhetoric.metrics.arrays import FloatArray, divide

__all__ = ["Counts", "f1_of", "per_article", "precision_of", "recall_of", "stack", "total"]

PredictedT = TypeVar("PredictedT")
GoldT = TypeVar("GoldT")
CountsT = TypeVar("CountsT")


@dataclass(frozen=True)
class Counts:
    """What was predicted and what was to be found, with the credit for each; credits may be fractions.

    >>> Counts(correct=1, n_predicted=1, found=1, n_gold=3).f1
    0.5

    Attributes:
        correct: credit of the predictions, at most `n_predicted`.
        n_predicted: the number of predictions.
        found: credit of the gold items, at most `n_gold`.
        n_gold: the number of gold items.
    """

    correct: float = 0.0
    n_predicted: int = 0
    found: float = 0.0
    n_gold: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        """Return the counts of both together."""
        return Counts(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def precision(self) -> float:
        """The share of the predictions that is right; 0 if there are none but should be."""
        return self.correct / self.n_predicted if self.n_predicted else float(not self.n_gold)

    @property
    def recall(self) -> float:
        """The share of the gold items that was found; 0 if there are none but some were predicted."""
        return self.found / self.n_gold if self.n_gold else float(not self.n_predicted)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def total(counts: Iterable[Counts]) -> Counts:
    """Return the sum of `counts`: the micro-average, if they are those of labels.

    >>> total([Counts(1, 1, 1, 1), Counts(0, 1, 0, 2)])
    Counts(correct=1.0, n_predicted=2, found=1.0, n_gold=3)
    """
    return sum(counts, Counts())


def per_article(
    measure: Callable[[PredictedT, GoldT], CountsT], predicted: Sequence[PredictedT], gold: Sequence[GoldT]
) -> list[CountsT]:
    """Return what `measure` counts in each article.

    >>> per_article(lambda ours, theirs: Counts(1, len(ours), 1, len(theirs)), ["ab"], ["abc"])
    [Counts(correct=1, n_predicted=2, found=1, n_gold=3)]

    Raises:
        InputError: predictions and gold are not of the same number of articles.
    """
    if len(predicted) != len(gold):
        message = f"predictions for {len(predicted)} articles but gold for {len(gold)}: give both for each article"
        raise InputError(message)
    return [measure(p, g) for p, g in zip(predicted, gold, strict=True)]


def stack(counts: Iterable[Counts]) -> FloatArray:
    """Return `counts` as rows that can be resampled, shape (n, 4)."""
    return np.array([astuple(c) for c in counts], np.float64).reshape(-1, 4)


def precision_of(rows: FloatArray) -> FloatArray:
    """Return the precision of rows of counts, shape (..., 4) to (...)."""
    return _share(rows[..., 0], rows[..., 1], rows[..., 3])


def recall_of(rows: FloatArray) -> FloatArray:
    """Return the recall of rows of counts, shape (..., 4) to (...)."""
    return _share(rows[..., 2], rows[..., 3], rows[..., 1])


def f1_of(rows: FloatArray) -> FloatArray:
    """Return F1 of rows of counts, shape (..., 4) to (...)."""
    precision, recall = precision_of(rows), recall_of(rows)
    return divide(2 * precision * recall, precision + recall, 0.0)


def _share(credit: FloatArray, number: FloatArray, other: FloatArray) -> FloatArray:
    return divide(credit, number, other == 0)
