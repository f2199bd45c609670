"""How sure an estimate is: from what every article contributes to it to variance, degrees of freedom and skewness.

An estimate is, to first order, a sum of contributions (influences; Hampel 1974, JASA 69:383), added up by story. In
each stratum of an audit, audited and other articles are independent samples: each such cell has a variance of its own.
Scaling by leverage keeps few articles of unequal length from showing too little of it, and the degrees of freedom
reckon with that (Bell and McCaffrey 2002, Survey Methodology 28:169); Satterthwaite (1946, Biometrics Bulletin 2:110)
joins those of the audited and the other articles.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rhetoric.metrics.arrays import BoolArray, FloatArray

__all__ = [
    "ALMOST_ALL",
    "MAX_SKEWNESS",
    "N_OF_OWN_SKEWNESS",
    "SHARE_OF_PREDICTED",
    "TINY",
    "Influence",
    "IntArray",
    "Uncertainty",
    "satterthwaite",
    "student_quantile",
    "sum_by",
    "two_sided_p",
    "uncertainty_of",
]

IntArray = npt.NDArray[np.intp]

N_OF_OWN_SKEWNESS = 40
"""Audited clusters from which on their own contributions tell the skewness; fewer show too little of a long tail."""
SHARE_OF_PREDICTED = 0.35
"""What is taken of the squared skewness of the predictions, where that of the contributions cannot be told."""
MAX_SKEWNESS = 0.6
"""Squared skewness of an estimate beyond which the expansion that the widening rests on no longer holds."""
ALMOST_ALL = 1 - 1e-9
TINY = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True, eq=False)
class Influence:
    """What the articles of one group contribute to an estimate; every array is of shape (n,).

    Attributes:
        values: the contributions, in the unit of the estimate.
        sizes: what the variance of each is taken to be in proportion to: its weighted denominator.
        predicted: what each would contribute to an estimate from predictions alone.
        audited: the articles with gold; None where all count alike.
        strata: numbers of the strata of the audit, from 0; None for one stratum.
        clusters: numbers of the stories; None where every article is a cluster of its own.
    """

    values: FloatArray
    sizes: FloatArray
    predicted: FloatArray
    audited: BoolArray | None = None
    strata: IntArray | None = None
    clusters: IntArray | None = None

    @cached_property
    def cells(self) -> IntArray:
        """Numbers of the cells, two for each stratum, odd where audited."""
        n = len(self.values)
        audited = np.ones(n, np.intp) if self.audited is None else self.audited.astype(np.intp)
        return audited if self.strata is None else 2 * self.strata + audited


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """The spread of an estimate.

    Attributes:
        variance: of the estimate.
        df: degrees of freedom of the variance.
        third: the third cumulant of the estimate.
        clusters: numbers of the clusters, sorted, shape (n_clusters,).
        sums: what each contributes, shape (n_clusters,); their squares add up to the variance.
    """

    variance: float
    df: float
    third: float
    clusters: IntArray
    sums: FloatArray

    @property
    def stretch(self) -> float:
        """The factor by which skewness widens a two-sided interval, at least 1.

        A t-interval around a skewed mean covers too little, whichever way the skewness goes: the quantile has to grow
        by (z⁴ + 2z² - 3) / 18 γ² ≈ γ², with γ the skewness of the estimate (Hall 1992, The Bootstrap and Edgeworth
        Expansion, 2.6).
        """
        return 1 + self.third**2 / self.variance**3


@dataclass(frozen=True, eq=False)
class _Pairs:
    """The contributions of a group added up by cell and cluster; every array is of shape (n_pairs,)."""

    cell: IntArray
    cluster: IntArray
    count: FloatArray
    value: FloatArray
    size: FloatArray

    @cached_property
    def n_in_cell(self) -> IntArray:
        """Number of pairs of each cell."""
        return np.bincount(self.cell)

    @cached_property
    def scaled(self) -> FloatArray:
        """Deviations from the mean of the cell, scaled by leverage; one that is alone deviates from 0."""
        counts, totals, sizes = (np.bincount(self.cell, a) for a in (self.count, self.value, self.size))
        means = totals / np.maximum(counts, 1)
        leverage = self.size / np.maximum(sizes, TINY)[self.cell]
        is_alone = (leverage > ALMOST_ALL) | (self.n_in_cell == 1)[self.cell]
        leverage[is_alone] = 0.0
        return (self.value - np.where(is_alone, 0.0, means[self.cell] * self.count)) / np.sqrt(1 - leverage)

    def df(self, is_in: BoolArray) -> float:
        """Return the degrees of freedom of the pairs of some cells, where variances go with sizes; at least 1."""
        size, n = self.size[is_in], int(is_in.sum())
        effective = float(size.sum()) ** 2 / max(float(size @ size), TINY)
        n_cells = np.count_nonzero(np.bincount(self.cell[is_in]))
        return max(effective * (n - n_cells) / max(n, 1), 1.0)


def _pairs_of(influence: Influence) -> _Pairs:
    cells, n = influence.cells, len(influence.values)
    if influence.clusters is None:
        return _Pairs(cells, np.arange(n), np.ones(n), influence.values, influence.sizes)
    names, cluster = np.unique(influence.clusters, return_inverse=True)
    keys, pair = np.unique(cells * len(names) + cluster, return_inverse=True)
    sums = [sum_by(pair, values) for values in (np.ones(n), influence.values, influence.sizes)]
    return _Pairs(keys // len(names), keys % len(names), *sums)


def uncertainty_of(influence: Influence) -> Uncertainty:
    """Return the spread of the estimate to which articles contribute as given."""
    pairs = _pairs_of(influence)
    n = len(influence.values)
    scaled, is_audited = pairs.scaled, pairs.cell % 2 == 1
    total, audited = float(scaled @ scaled), float(scaled[is_audited] @ scaled[is_audited])
    names, sums, shared = np.arange(n), scaled, 0.0
    if influence.clusters is not None:
        names, sums = np.unique(influence.clusters), sum_by(pairs.cluster, scaled)
    if influence.strata is not None:
        means = _stratum_means(influence.values, influence.strata)
        sums = sums + sum_by(pairs.cluster, means[pairs.cell // 2] * pairs.count)
        shared = float((means[influence.strata] ** 2).sum())
    freedom = np.array([pairs.df(is_audited), pairs.df(~is_audited), max(n - 1.0, 1.0)])
    df = satterthwaite(np.array([audited, total - audited, shared]), freedom)
    third = _third(pairs, is_audited)
    if third is None:
        third = _predicted_skewness(influence, float(freedom[0]) + 1) * audited**1.5
    return Uncertainty(float(sums @ sums), df, third, names, sums)


def _stratum_means(values: FloatArray, strata: IntArray) -> FloatArray:
    """Return the mean contribution of an article of each stratum: how many articles a stratum has is chance as well."""
    return np.asarray(np.bincount(strata, values) / np.maximum(np.bincount(strata), 1))


def _third(pairs: _Pairs, is_audited: BoolArray) -> float | None:
    """Return the third cumulant that the audited contributions show; None where they are too few."""
    own = pairs.scaled[is_audited]
    return float((own**3).sum()) if len(own) >= N_OF_OWN_SKEWNESS else None


def _predicted_skewness(influence: Influence, n_effective: float) -> float:
    """Return the skewness of the estimate as far as the predictions of all articles let it expect."""
    values = influence.predicted
    if influence.clusters is not None:
        values = sum_by(np.unique(influence.clusters, return_inverse=True)[1], values)
    values = values - values.mean()
    squares = values * values
    spread = float(squares.sum()) / len(values)
    if not spread > TINY:
        return 0.0
    skewness = float(squares @ values) / len(values) / spread**1.5
    size = np.sqrt(SHARE_OF_PREDICTED * min(skewness**2 / n_effective, MAX_SKEWNESS))
    return float(np.copysign(size, skewness))


def sum_by(places: IntArray, values: FloatArray) -> FloatArray:
    """Return the sums of values by their place, from 0 to the largest.

    >>> sum_by(np.array([0, 2, 0]), np.array([1.0, 2.0, 3.0])).tolist()
    [4.0, 0.0, 2.0]
    """
    return np.asarray(np.bincount(places, values), np.float64)


def satterthwaite(variances: FloatArray, df: FloatArray) -> float:
    """Return the degrees of freedom of a sum of independent variances (Satterthwaite 1946); infinite where all are 0.

    >>> satterthwaite(np.array([1.0, 1.0]), np.array([9.0, 9.0]))
    18.0
    """
    total, weights = variances.sum(), (variances**2 / df).sum()
    return float(total**2 / weights) if weights > 0 else np.inf


def student_quantile(df: float, level: float) -> float:
    """Return the t that a two-sided interval of the given level reaches to.

    >>> round(student_quantile(9, 0.95), 3), round(student_quantile(np.inf, 0.95), 3)
    (2.262, 1.96)
    """
    from scipy.special import ndtri, stdtrit

    share = (1 + level) / 2
    return float(stdtrit(df, share) if np.isfinite(df) else ndtri(share))


def two_sided_p(statistic: float, df: float) -> float:
    """Return the probability of a t at least as far from 0.

    >>> round(two_sided_p(2.262, 9), 3)
    0.05
    """
    from scipy.special import ndtr, stdtr

    return float(2 * (stdtr(df, -abs(statistic)) if np.isfinite(df) else ndtr(-abs(statistic))))
