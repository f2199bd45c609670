"""Scores of yes-or-no labels, one or many at a time, of classes, and the threshold that suits a label best."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rhetoric.errors import InputError
from rhetoric.metrics.arrays import BoolArray, FloatArray, as_decisions, as_scores, require_same_shape
from rhetoric.metrics.counts import Counts, total

__all__ = [
    "Confusion",
    "Threshold",
    "accuracy",
    "best_threshold",
    "class_confusions",
    "confusion",
    "label_confusions",
    "macro_f1",
    "micro_counts",
]

DEFAULT_THRESHOLD = 0.5


@dataclass(frozen=True)
class Confusion:
    """How often a label was and was not there, and was and was not predicted.

    >>> Confusion(true_positives=2, false_positives=1, false_negatives=1, true_negatives=6).accuracy
    0.8
    """

    true_positives: int = 0
    false_positives: int = 0
    false_negatives: int = 0
    true_negatives: int = 0

    @property
    def n(self) -> int:
        """The number of decisions."""
        return self.true_positives + self.false_positives + self.false_negatives + self.true_negatives

    @property
    def counts(self) -> Counts:
        """The counts that precision, recall and F1 are made of."""
        right = self.true_positives
        return Counts(right, right + self.false_positives, right, right + self.false_negatives)

    @property
    def precision(self) -> float:
        """The share of the positive predictions that is right."""
        return self.counts.precision

    @property
    def recall(self) -> float:
        """The share of the positives that was found."""
        return self.counts.recall

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return self.counts.f1

    @property
    def accuracy(self) -> float:
        """The share of the decisions that is right; NaN if there are none."""
        return (self.true_positives + self.true_negatives) / self.n if self.n else float("nan")


def confusion(predicted: npt.ArrayLike, gold: npt.ArrayLike) -> Confusion:
    """Count the decisions on one label; both are vectors of booleans, or of 0 and 1.

    Raises:
        InputError: the two are not of one length.
    """
    ours, theirs = as_decisions(predicted), as_decisions(gold)
    require_same_shape(ours.shape, theirs.shape)
    cells = (ours & theirs, ours & ~theirs, ~ours & theirs, ~ours & ~theirs)
    return Confusion(*(int(cell.sum()) for cell in cells))


def label_confusions(predicted: npt.ArrayLike, gold: npt.ArrayLike, labels: Sequence[str]) -> dict[str, Confusion]:
    """Count the decisions on each of several labels; both are of shape (n, n_labels).

    Raises:
        InputError: the two are not of one shape, or have not one column for each label.
    """
    ours, theirs = as_decisions(predicted), as_decisions(gold)
    require_same_shape(ours.shape, theirs.shape)
    if theirs.size and theirs.shape[1:] != (len(labels),):
        message = f"decisions of shape {theirs.shape} on {len(labels)} labels: expected one column for each label"
        raise InputError(message)
    shape = (-1, len(labels)) if theirs.size else (0, len(labels))
    pairs = zip(ours.reshape(shape).T, theirs.reshape(shape).T, strict=True)
    return {label: confusion(*pair) for label, pair in zip(labels, pairs, strict=True)}


def class_confusions(predicted: Sequence[str], gold: Sequence[str]) -> dict[str, Confusion]:
    """Count, for each class that occurs, the decisions on it against all others.

    >>> class_confusions(["a", "b", "b"], ["a", "a", "b"])["b"].precision
    0.5

    Raises:
        InputError: the two are not of one length.
    """
    ours, theirs = np.asarray(predicted, dtype=object), np.asarray(gold, dtype=object)
    return {name: confusion(ours == name, theirs == name) for name in sorted({*predicted, *gold})}


def accuracy(predicted: Sequence[str], gold: Sequence[str]) -> float:
    """Return the share of the classes that is right; NaN if there are none.

    Raises:
        InputError: the two are not of one length.
    """
    require_same_shape((len(predicted),), (len(gold),))
    n_right = sum(p == g for p, g in zip(predicted, gold, strict=True))
    return n_right / len(gold) if gold else float("nan")


def macro_f1(confusions: Mapping[str, Confusion]) -> float:
    """Return the mean F1 of the labels that occur in gold or predictions; NaN if none does.

    This is scikit-learn's for classes; for labels it leaves out those that scikit-learn would count as 0.
    """
    scores = [c.f1 for c in confusions.values() if c.n > c.true_negatives]
    return sum(scores) / len(scores) if scores else float("nan")


def micro_counts(confusions: Iterable[Confusion]) -> Counts:
    """Return the counts of all labels together."""
    return total(c.counts for c in confusions)


@dataclass(frozen=True)
class Threshold:
    """A threshold, and how it came about: a score of `value` or more means yes.

    Attributes:
        value: the threshold to use.
        best: the threshold that is best on the data at hand, before it was drawn to the prior.
        f1: F1 of `value` on the data at hand; it flatters, since the threshold was chosen on them.
        n_positives: the positives on which the choice rests.
    """

    value: float
    best: float
    f1: float
    n_positives: int


def best_threshold(
    scores: npt.ArrayLike, gold: npt.ArrayLike, prior: float = DEFAULT_THRESHOLD, shrinkage: float = 0.0
) -> Threshold:
    """Return the threshold with the best F1.

    It lies half-way between two scores, so that equal scores are never told apart. Of thresholds that are equally good
    the one nearest to `prior` is taken; without a positive there is nothing to go by, and it is `prior` itself.
    A few positives say little: the best threshold then follows their accidents. With `shrinkage` above 0 the prior
    counts as that many positives in a weighted mean of both, so a rare label stays near it and a frequent one does not.

    Args:
        scores: a finite score for each item.
        gold: whether each item is positive.
        prior: the threshold to expect, such as that of all labels together.
        shrinkage: how many positives the prior counts for.

    Raises:
        InputError: the two are not of one length, a score is not finite, or `shrinkage` is negative.
    """
    values, positive = as_scores(scores), as_decisions(gold)
    require_same_shape(values.shape, positive.shape)
    if shrinkage < 0:
        message = f"shrinkage {shrinkage}: expected a number of positives, 0 or more"
        raise InputError(message)
    n_positives = int(positive.sum())
    best = _best_cut(values, positive, prior) if n_positives else prior
    weight = shrinkage / (n_positives + shrinkage) if shrinkage else 0.0
    value = best + weight * (prior - best)
    return Threshold(value, best, confusion(values >= value, positive).f1, n_positives)


def _best_cut(values: FloatArray, positive: BoolArray, prior: float) -> float:
    order = np.argsort(-values, kind="stable")
    ranked = values[order]
    is_last = np.append(ranked[:-1] != ranked[1:], True)
    n_right = np.cumsum(positive[order])[is_last]
    n_taken = np.arange(1, len(ranked) + 1)[is_last]
    f1 = 2 * n_right / (n_taken + n_right[-1])
    cuts = _cuts(ranked[is_last])
    equally_good = cuts[f1 == f1.max()]
    return float(equally_good[np.argmin(np.abs(equally_good - prior))])


def _cuts(distinct: FloatArray) -> FloatArray:
    """Return for each of the falling scores a threshold that lets it and all above it pass, and none below."""
    below = np.append(distinct[1:], distinct[-1])
    middles = distinct / 2 + below / 2
    return np.where((below < middles) & (middles <= distinct), middles, distinct)
