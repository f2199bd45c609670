"""What an audit can find, computed before anybody codes: the smallest difference between two outlets, for any n.

Predictions on all N articles of an outlet, corrected by gold on n of them, have the variance of two-phase sampling
(Särndal, Swensson and Wretman 1992, Model Assisted Survey Sampling, 9.3 and 9.7):

    V(n) = S²_y / N + (1/n - 1/N) S²_(y - λf)

with y the truth and f the prediction of an article. The smallest difference found with probability `POWER` at the level
`ALPHA`, two-sided, is (t_(1-ALPHA/2) + t_POWER) √(V_a + V_b) (Bloom 1995, Evaluation Review 19:547). The truth is not
known yet: `Accuracy` and the predictions stand in for it (Rogan and Gladen 1978, American J. of Epidemiology 107:71).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from rhetoric.framing.audit.strata import split_sentences_to_code
from rhetoric.metrics.arrays import FloatArray, divide

__all__ = ["ALPHA", "POWER", "Accuracy", "PowerRow", "Spread", "power_row", "spread_of", "standard_error"]

ALPHA = 0.05
POWER = 0.8
N_FREE_LAMBDA = 40
"""Audited articles from which on the correction chooses λ; below, it is 1."""


@dataclass(frozen=True)
class Accuracy:
    """The sensitivity and the precision that a model is said to have, and who says so."""

    sensitivity: float
    precision: float
    source: str


@dataclass(frozen=True)
class Spread:
    """What the predictions on the articles of one outlet tell of how they differ.

    Attributes:
        n_articles: of the outlet.
        mean: the predicted value, in things a unit of the denominator.
        variance: of the predicted values of articles; for a pooled ratio, of its linearised values.
        noise: what 1/size of an article is on average: the variance of a rate within an article is `noise` times that
            of one unit of the denominator.
        is_share: whether a unit of the denominator is counted at most once (a sentence), or any number of times.
        labelled: predicted things of each article, where sentences within articles are coded, (n,).
        sizes: sentences of each article, likewise.
    """

    n_articles: int
    mean: float
    variance: float
    noise: float
    is_share: bool
    labelled: FloatArray | None = None
    sizes: FloatArray | None = None

    def unit_variance(self, rate: float, between: float) -> float:
        """Return the variance of one unit of the denominator within articles: binomial for shares, else Poisson.

        Args:
            rate: of all articles.
            between: how much the rates of articles vary, which is taken off: p (1 - p) is curved.
        """
        return max(rate * (1 - rate) - between, 0.0) if self.is_share else rate


@dataclass(frozen=True)
class PowerRow:
    """What an audit of `n_articles` an outlet can find.

    Attributes:
        n_articles: audited in each outlet that has so many.
        smallest: the difference that can be detected between the two outlets that are easiest to tell apart.
        largest: likewise, the two that are hardest.
        hours: of coding.
    """

    n_articles: int
    smallest: float
    largest: float
    hours: float


@dataclass(frozen=True)
class _Truth:
    """What is to be expected of the truth of an outlet: its rate, its variance between articles, and the model's."""

    rate: float
    between: float
    slope: float
    covariance: float


def spread_of(numerators: FloatArray, denominators: FloatArray, *, is_pooled: bool, is_share: bool) -> Spread:
    """Return the spread of the predictions on the articles of one outlet.

    Args:
        numerators: predicted, shape (n,); articles without a denominator are left out.
        denominators: likewise.
        is_pooled: whether the estimand is a ratio of sums, or the mean of the articles' own values.
        is_share: whether a unit of the denominator is counted at most once.
    """
    known = denominators > 0
    counted, sizes = numerators[known], denominators[known]
    if len(sizes) < 2:  # one value has no variance
        return Spread(len(sizes), np.nan, np.nan, np.nan, is_share)
    mean = counted.sum() / sizes.sum() if is_pooled else (counted / sizes).mean()
    values = (counted - mean * sizes) / sizes.mean() if is_pooled else counted / sizes
    noise = 1 / sizes.mean() if is_pooled else (1 / sizes).mean()
    return Spread(len(sizes), float(mean), float(values.var(ddof=1)), float(noise), is_share, counted, sizes)


def _truth_of(spread: Spread, accuracy: Accuracy) -> _Truth:
    """Return what the truth of an outlet would be if the model erred as it is said to."""
    rate = spread.mean * accuracy.precision / accuracy.sensitivity
    rate = min(rate, 1.0) if spread.is_share else rate
    found_falsely = spread.mean * (1 - accuracy.precision)
    false_positive_rate = found_falsely / (1 - rate) if spread.is_share and rate < 1 else 0.0
    slope = max(accuracy.sensitivity - false_positive_rate, 0.0)
    within = spread.noise * spread.unit_variance(spread.mean, 0.0)
    shrinkage = 1 - spread.noise if spread.is_share and spread.noise < 1 else 1.0
    between = max(spread.variance - within, 0.0) / shrinkage / slope**2 if slope else 0.0
    return _Truth(rate, between, slope, slope * spread.unit_variance(rate, between))


def _error_variance(spread: Spread, truth: _Truth, weight: float) -> float:
    """Return the variance between articles of the truth minus `weight` times the prediction."""
    predicted = spread.unit_variance(spread.mean, truth.slope**2 * truth.between)
    within = spread.unit_variance(truth.rate, truth.between) + weight**2 * predicted - 2 * weight * truth.covariance
    return (1 - weight * truth.slope) ** 2 * truth.between + spread.noise * within


def _best_weight(spread: Spread, truth: _Truth) -> float:
    shared = truth.slope * truth.between + spread.noise * truth.covariance
    return shared / spread.variance if spread.variance else 1.0


def _sentence_variance(spread: Spread, truth: _Truth, accuracy: Accuracy, k: int) -> float:
    """Return what is added to the variance of an article where only `k` of its sentences are coded."""
    if spread.sizes is None or spread.labelled is None:
        return 0.0
    missed = truth.rate * (1 - accuracy.sensitivity) / (1 - spread.mean) if spread.mean < 1 else 0.0
    variances = (accuracy.precision * (1 - accuracy.precision), missed * (1 - missed))
    added = 0.0
    for labelled, size in zip(spread.labelled.astype(int), spread.sizes.astype(int), strict=True):
        parts = (int(labelled), int(size - labelled))
        coded = split_sentences_to_code(*parts, k)
        added += sum(n * (n / m - 1) * v for n, m, v in zip(parts, coded, variances, strict=True) if m)
    return added / len(spread.sizes) / float(spread.sizes.mean()) ** 2


def standard_error(spread: Spread, accuracy: Accuracy | None, n: int, sentences: int | None = None) -> float:
    """Return the standard error of the corrected value of an outlet of which `n` articles are audited.

    Args:
        spread: of the predictions.
        accuracy: of the model; None where nobody knows: gold alone is reckoned with then, at the predicted variance.
        n: audited articles.
        sentences: coded in each of them; None for all.
    """
    n_audited = min(n, spread.n_articles)
    if n_audited < 1 or np.isnan(spread.variance):
        return float("nan")
    if accuracy is None:
        return float(np.sqrt(spread.variance / n_audited))
    truth = _truth_of(spread, accuracy)
    weight = _best_weight(spread, truth) if n_audited >= N_FREE_LAMBDA else 1.0
    in_all = truth.between + spread.noise * spread.unit_variance(truth.rate, truth.between)
    error = _error_variance(spread, truth, weight)
    added = 0.0 if sentences is None else _sentence_variance(spread, truth, accuracy, sentences)
    phases = in_all / spread.n_articles + (1 / n_audited - 1 / spread.n_articles) * error
    return float(np.sqrt(phases + added / n_audited))


def _detectable(one: tuple[float, int], other: tuple[float, int]) -> float:
    """Return the smallest difference that is found between two outlets: each a standard error and a sample size."""
    from scipy.stats import t

    variances = np.array([one[0] ** 2, other[0] ** 2])
    freedom = np.maximum(np.array([one[1], other[1]]) - 1, 1)
    df = float(divide(variances.sum() ** 2, (variances**2 / freedom).sum(), np.nan))
    return float((t.ppf(1 - ALPHA / 2, df) + t.ppf(POWER, df)) * np.sqrt(variances.sum()))


def power_row(
    spreads: Mapping[str, Spread] | Sequence[Spread],
    accuracy: Accuracy | None,
    n: int,
    hours: float,
    sentences: int | None = None,
) -> PowerRow:
    """Return what an audit of `n` articles an outlet can find; NaN where predictions do not vary at all.

    Args:
        spreads: of the outlets, at least two.
        accuracy: of the model, as far as is known.
        n: audited articles in each.
        hours: that coding takes.
        sentences: coded in each article; None for all.
    """
    listed = list(spreads.values()) if isinstance(spreads, Mapping) else list(spreads)
    errors = [(standard_error(s, accuracy, n, sentences), min(n, s.n_articles)) for s in listed]
    found = [_detectable(one, other) for one, other in combinations(errors, 2)]
    known = [value for value in found if not np.isnan(value)]
    return PowerRow(n, min(known, default=np.nan), max(known, default=np.nan), hours)
