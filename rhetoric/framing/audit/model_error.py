"""How the model errs on each outlet, and how unequally: a diagnosis of an audit, which decides nothing.

Whether to correct must not hang on it: correcting only where a test rejects equal errors leaves up to a fifth of false
positives. Intervals are clustered by article, since sentences of one article resemble each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from rhetoric.metrics.arrays import FloatArray, divide

__all__ = ["AuditedArticles", "Figure", "Inequality", "OutletError", "error_inequality", "outlet_error"]

LEVEL = 0.95
MIN_ARTICLES = 2
"""Below, nothing can be said of how much articles differ."""
PRECISE = 1e-10


@dataclass(frozen=True)
class Figure:
    """A number with its 95 % interval; NaN where it is not defined, or cannot be told."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class AuditedArticles:
    """The audited articles of one outlet, one measure; all arrays are of shape (n,).

    Attributes:
        weights: inverse probabilities with which the articles were drawn.
        hits: units (sentences, …) in which both the model and the coders found it; where only some units of an
            article were coded, estimated for all of them.
        found: units in which the model found it.
        there: units in which the coders found it.
        above, below: predicted numerator and denominator.
        gold_above, gold_below: those of the coders.
        is_pooled: whether the outlet's value is a ratio of sums, or the mean of the articles' values.
    """

    weights: FloatArray
    hits: FloatArray
    found: FloatArray
    there: FloatArray
    above: FloatArray
    below: FloatArray
    gold_above: FloatArray
    gold_below: FloatArray
    is_pooled: bool


@dataclass(frozen=True)
class OutletError:
    """How the model errs on one outlet.

    Attributes:
        outlet: which.
        n_articles: audited.
        sensitivity: share of what the coders found that the model found.
        precision: share of what the model found that the coders found.
        error: predicted minus coded value of the measure, in its unit.
        std_error: of the error.
    """

    outlet: str
    n_articles: int
    sensitivity: Figure
    precision: Figure
    error: Figure
    std_error: float


@dataclass(frozen=True)
class Inequality:
    """How unequal the model's errors on outlets are.

    Attributes:
        spread: standard deviation of the true errors over outlets, in the unit of the measure.
        outlets: the two that differ most.
        difference: of their errors, by which an uncorrected difference between the two is off. Its interval holds for
            all pairs at once.
    """

    spread: Figure
    outlets: tuple[str, str]
    difference: Figure


def outlet_error(outlet: str, articles: AuditedArticles) -> OutletError:
    """Return the errors of the model on one outlet, weighted by the design.

    Args:
        outlet: its name.
        articles: those that were audited.
    """
    n = len(articles.weights)
    predicted, influence = _value(articles, articles.above, articles.below)
    coded, gold_influence = _value(articles, articles.gold_above, articles.gold_below)
    std_error = np.nan
    if n >= MIN_ARTICLES:
        std_error = max(float(np.sqrt(_variance_of_sum(influence - gold_influence))), _least_error(articles))
    return OutletError(
        outlet,
        n,
        _share(articles.weights, articles.hits, articles.there),
        _share(articles.weights, articles.hits, articles.found),
        _t_figure(predicted - coded, std_error, n - 1),
        std_error,
    )


def _value(articles: AuditedArticles, above: FloatArray, below: FloatArray) -> tuple[float, FloatArray]:
    """Return the value of a measure over articles, and what each of them adds to it (Taylor's linearisation)."""
    if not articles.is_pooled:
        ratios = np.where(below > 0, divide(above, below, 0.0), 0.0)
        above, below = ratios, (below > 0).astype(np.float64)
    total = float((articles.weights * below).sum())
    if total <= 0:
        return np.nan, np.full(len(above), np.nan)
    value = float((articles.weights * above).sum()) / total
    return value, articles.weights * (above - value * below) / total


def _least_error(articles: AuditedArticles) -> float:
    """Return the standard error of an outlet of which one thing was counted wrongly, in one article of average weight.

    It is the least that is ever stated: that no error was found in a few articles does not mean that there is none.
    """
    sizes = articles.gold_below[articles.gold_below > 0]
    return float(1 / sizes.mean() / len(articles.weights)) if sizes.size else np.nan


def _variance_of_sum(values: FloatArray) -> float:
    """Return the variance of the sum of independent values, as survey packages have it: with replacement."""
    return float(len(values) * values.var(ddof=1))


def _t_figure(value: float, std_error: float, df: float, level: float = LEVEL) -> Figure:
    from scipy.stats import t

    if df < 1 or np.isnan(std_error):
        return Figure(value, np.nan, np.nan)
    reach = float(t.ppf((1 + level) / 2, df)) * std_error
    return Figure(value, value - reach, value + reach)


def _share(weights: FloatArray, part: FloatArray, whole: FloatArray) -> Figure:
    """Return a share of units with the interval of Korn and Graubard (1998, Survey Methodology 24:193).

    It is Clopper's and Pearson's with as many units as would be as informative if they were drawn singly; where all
    articles agree, with as many as there are articles.
    """
    total = float((weights * whole).sum())
    if total <= 0:
        return Figure(np.nan, np.nan, np.nan)
    share = float(np.clip((weights * part).sum() / total, 0.0, 1.0))
    informative = whole > 0
    n = int(informative.sum())
    values = weights[informative] * (part - share * whole)[informative] / total
    variance = _variance_of_sum(values) if n >= MIN_ARTICLES else 0.0
    return Figure(share, *_beta_interval(share, variance, n))


def _beta_interval(share: float, variance: float, n: int) -> tuple[float, float]:
    from scipy.stats import beta, norm, t

    is_known = variance > PRECISE and PRECISE < share < 1 - PRECISE
    size = share * (1 - share) / variance if is_known else float(n)
    tail = (1 - LEVEL) / 2
    if is_known:  # few articles, few degrees of freedom: the interval gets wider by as much as t's does
        size *= (float(norm.ppf(1 - tail)) / float(t.ppf(1 - tail, n - 1))) ** 2
    hits, misses = size * share, size * (1 - share)
    low = float(beta.ppf(tail, hits, misses + 1)) if share > PRECISE else 0.0
    high = float(beta.ppf(1 - tail, hits + 1, misses)) if share < 1 - PRECISE else 1.0
    return low, high


def error_inequality(errors: Sequence[OutletError]) -> Inequality | None:
    """Return how unequal the errors on outlets are; None for fewer than two whose error has an interval.

    The spread is a standard deviation between outlets by the method of moments, its interval the profile of
    Cochran's Q (Viechtbauer 2007, Statistics in Medicine 26:37).
    """
    known = [one for one in errors if one.std_error > 0]  # NaN is not
    if len(known) < MIN_ARTICLES:
        return None
    values = np.array([one.error.value for one in known])
    variances = np.array([one.std_error**2 for one in known])
    pairs = {(a.outlet, b.outlet): (a, b) for a, b in combinations(known, 2)}
    names = max(pairs, key=lambda names: abs(pairs[names][0].error.value - pairs[names][1].error.value))
    return Inequality(_spread(values, variances), names, _difference(*pairs[names], len(pairs)))


def _difference(one: OutletError, other: OutletError, n_pairs: int) -> Figure:
    """Return the difference of two errors, its interval widened so that it holds for all pairs (Bonferroni)."""
    variances = np.array([one.std_error**2, other.std_error**2])
    freedom = np.array([one.n_articles, other.n_articles]) - 1
    df = float(variances.sum() ** 2 / (variances**2 / freedom).sum())
    level = 1 - (1 - LEVEL) / n_pairs
    return _t_figure(one.error.value - other.error.value, float(np.sqrt(variances.sum())), df, level)


def _q(between: float, values: FloatArray, variances: FloatArray) -> float:
    weights = 1 / (variances + between)
    mean = (weights * values).sum() / weights.sum()
    return float((weights * (values - mean) ** 2).sum())


def _spread(values: FloatArray, variances: FloatArray) -> Figure:
    from scipy.stats import chi2

    df, tail = len(values) - 1, (1 - LEVEL) / 2
    ends = [_solve(float(chi2.ppf(p, df)), values, variances) for p in (1 - tail, tail)]
    return Figure(*(float(np.sqrt(variance)) for variance in (_moments(values, variances), *ends)))


def _moments(values: FloatArray, variances: FloatArray) -> float:
    """Return the variance between by DerSimonian and Laird (1986)."""
    weights = 1 / variances
    scale = weights.sum() - (weights**2).sum() / weights.sum()
    return max(0.0, (_q(0.0, values, variances) - (len(values) - 1)) / float(scale))


def _solve(target: float, values: FloatArray, variances: FloatArray) -> float:
    """Return the variance between at which Q, which falls with it, has the given value; 0 where it lies below."""
    from scipy.optimize import brentq

    if _q(0.0, values, variances) <= target:
        return 0.0
    high = float(variances.max())
    while _q(high, values, variances) > target:
        high *= 2
    return float(brentq(lambda between: _q(between, values, variances) - target, 0.0, high))
