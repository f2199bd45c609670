"""Rates of one group of articles with their uncertainty: pooled ratios, and means of the articles' own values.

A pooled ratio is a sum over a sum; the mean of the articles' values is one too, with 1 below for every article that has
a value. So there is one estimator. `estimate_plain` takes predictions as they are; for the corrected ones see
`correction` and `dsl`. What cannot be said is returned as a `Refusal`, with its reason.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from rhetoric.errors import InputError
from rhetoric.framing.uncertainty import Influence, IntArray, Uncertainty, student_quantile, uncertainty_of
from rhetoric.metrics.arrays import BoolArray, FloatArray, divide

__all__ = [
    "MIN_ARTICLES",
    "MIN_POSITIVES",
    "Estimand",
    "Estimate",
    "EstimatorName",
    "RatioSample",
    "Refusal",
    "as_estimate",
    "estimate_plain",
]

Estimand = Literal["pooled", "mean"]
EstimatorName = Literal["plain", "ppi", "dsl"]
ARRAYS = ("numerator", "denominator", "clusters", "gold_numerator", "gold_denominator", "weights", "strata")

MIN_ARTICLES = 10
"""Articles that an estimate needs, or audited ones that a corrected one needs."""
MIN_POSITIVES = 10
"""Articles in which something is counted, that a predicted rate needs."""


@dataclass(frozen=True, eq=False)
class RatioSample:
    """One measure on one group of articles, every array of shape (n,).

    Attributes:
        numerator: predicted; NaN where the measure is not defined for the article, which is left out then.
        denominator: predicted, likewise.
        clusters: numbers of the stories, the same in all groups that share them; None: every article its own.
        gold_numerator: by people, NaN where the article was not audited; None without an audit.
        gold_denominator: likewise.
        weights: inverse inclusion probabilities of the audited articles; None: all equal.
        strata: numbers of the strata of the audit; None: one stratum.
        estimand: `pooled` for the ratio of the sums, `mean` for the mean of the articles' own ratios.
    """

    numerator: FloatArray
    denominator: FloatArray
    clusters: IntArray | None = None
    gold_numerator: FloatArray | None = None
    gold_denominator: FloatArray | None = None
    weights: FloatArray | None = None
    strata: IntArray | None = None
    estimand: Estimand = "pooled"

    def __post_init__(self) -> None:
        """Refuse arrays that do not belong together.

        Raises:
            InputError: shapes differ, one half of the gold is missing, or a weight is not a positive number.
        """
        arrays = (
            self.denominator,
            self.clusters,
            self.gold_numerator,
            self.gold_denominator,
            self.weights,
            self.strata,
        )
        shapes = {self.numerator.shape, *(a.shape for a in arrays if a is not None)}
        if len(shapes) > 1 or self.numerator.ndim != 1:
            message = f"arrays of shapes {sorted(shapes)}: expected one value an article in each"
            raise InputError(message)
        if (self.gold_numerator is None) != (self.gold_denominator is None):
            message = "gold with a numerator or a denominator alone: give both"
            raise InputError(message)
        if self.weights is not None and not np.all(self.weights[self.audited] > 0):
            message = "a weight of an audited article is no positive number: expected 1 / its inclusion probability"
            raise InputError(message)

    @property
    def audited(self) -> BoolArray:
        """The articles with gold, shape (n,)."""
        if self.gold_numerator is None or self.gold_denominator is None:
            return np.zeros(self.numerator.shape, np.bool_)
        return np.isfinite(self.gold_numerator) & np.isfinite(self.gold_denominator)

    @property
    def values(self) -> FloatArray:
        """The predicted value of each article, NaN where it has none, shape (n,)."""
        return divide(self.numerator, self.denominator, np.nan)

    def as_ratio(self) -> "RatioSample":
        """Return the same estimand as a ratio of sums, of the articles for which the measure is defined.

        Raises:
            InputError: a number is infinite.
        """
        kept = np.isfinite(self.numerator) & np.isfinite(self.denominator)
        if np.isinf(self.numerator).any() or np.isinf(self.denominator).any():
            message = "an article has an infinite number: expected counts"
            raise InputError(message)
        if self.estimand == "pooled" and kept.all():
            return self
        arrays = {name: getattr(self, name) for name in ARRAYS}
        known = replace(self, **{name: a[kept] for name, a in arrays.items() if a is not None}, estimand="pooled")
        return known if self.estimand == "pooled" else known._as_means()

    def weighted(self, shares: FloatArray) -> "RatioSample":
        """Return the sample in which each article counts by its share, such as 1/k for one of k copies, shape (n,).

        It is a ratio of sums: of numerators over denominators, or of values over shares for a mean.
        """
        ratio = self if self.estimand == "pooled" else self._as_means()
        counts = ("numerator", "denominator", "gold_numerator", "gold_denominator")
        scaled = {name: a * shares for name in counts if (a := getattr(ratio, name)) is not None}
        return replace(ratio, **scaled, estimand="pooled")

    def _as_means(self) -> "RatioSample":
        """Return the sums of the articles' own ratios over their number."""
        above, below = _own_ratios(self.numerator, self.denominator)
        gold_above, gold_below = self.gold_numerator, self.gold_denominator
        if gold_above is not None and gold_below is not None:
            gold_above, gold_below = _own_ratios(gold_above, gold_below)
        return replace(self, numerator=above, denominator=below, gold_numerator=gold_above, gold_denominator=gold_below)


def _own_ratios(above: FloatArray, below: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the ratio of each article, 0 if it has none, and whether it has one; NaN stays NaN."""
    has_value = np.where(np.isnan(below), np.nan, (below != 0) + 0.0)
    return divide(above, below, 0.0) * has_value, has_value


@dataclass(frozen=True)
class Refusal:
    """What cannot be said, and why, in one sentence without capital and full stop."""

    reason: str


@dataclass(frozen=True)
class Estimate:
    """A rate with its uncertainty.

    Attributes:
        value: the rate.
        n_articles: on which it rests.
        n_audited: of them, those with gold.
        estimator: `plain`, `ppi` or `dsl`.
        power: how much of the predictions the correction takes, from 0 (gold alone) to 1; 1 without correction.
        uncertainty: its variance, and what contrasts need.
        has_stories: whether articles are clustered by stories, which other groups may share.
    """

    value: float
    n_articles: int
    n_audited: int
    estimator: EstimatorName
    power: float
    uncertainty: Uncertainty = field(repr=False, compare=False)
    has_stories: bool = False

    @property
    def std_error(self) -> float:
        """The standard error."""
        return float(np.sqrt(self.uncertainty.variance))

    @property
    def df(self) -> float:
        """Degrees of freedom of the standard error."""
        return self.uncertainty.df

    @property
    def stretch(self) -> float:
        """The factor by which skewness widens the interval."""
        return self.uncertainty.stretch

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the ends of the interval that covers the true rate with the given probability."""
        reach = student_quantile(self.df, level) * self.stretch * self.std_error
        return self.value - reach, self.value + reach


def as_estimate(
    sample: RatioSample, value: float, influence: Influence, estimator: EstimatorName, power: float = 1.0
) -> Estimate | Refusal:
    """Return a rate with the uncertainty that the contributions of the articles show.

    Args:
        sample: as a ratio.
        value: the rate.
        influence: what each article contributes to it.
        estimator: that made it.
        power: how much of the predictions it takes.
    """
    uncertainty = uncertainty_of(influence)
    if not uncertainty.variance > 0:
        return Refusal("all articles agree, so that nothing tells how sure the rate is")
    n_audited = 0 if estimator == "plain" else int(sample.audited.sum())
    n = len(sample.numerator)
    return Estimate(value, n, n_audited, estimator, power, uncertainty, sample.clusters is not None)


def estimate_plain(sample: RatioSample) -> Estimate | Refusal:
    """Return the predicted rate, by the delta method: right only as far as the model is.

    R = Σ f_i / Σ d_i, and each article contributes (f_i - R d_i) / Σ d_i (Cochran 1977, Sampling Techniques, 6.3).
    """
    ratio = sample.as_ratio()
    n_clusters = len(ratio.numerator) if ratio.clusters is None else len(np.unique(ratio.clusters))
    if n_clusters < MIN_ARTICLES:
        what = "articles" if ratio.clusters is None else "stories"
        return Refusal(f"{n_clusters} {what}: expected at least {MIN_ARTICLES}")
    total = float(ratio.denominator.sum())
    if not total > 0:
        return Refusal("there is nothing to count in: the denominator is 0 in all articles")
    n_positive = int(np.count_nonzero(ratio.numerator))
    if n_positive < MIN_POSITIVES:
        return Refusal(f"{n_positive} articles have any: expected at least {MIN_POSITIVES}")
    value = float(ratio.numerator.sum()) / total
    contributions = (ratio.numerator - value * ratio.denominator) / total
    influence = Influence(contributions, ratio.denominator, contributions, clusters=ratio.clusters)
    return as_estimate(ratio, value, influence, "plain")
