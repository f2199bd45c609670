"""Differences between groups: pairwise, and of one group against the mean of the others.

Groups are independent unless they share stories: then what they contribute to one story is added up before it is
squared, which is the covariance. The word is difference; nothing here says why groups differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rhetoric.framing.estimates import Estimate, EstimatorName, Refusal
from rhetoric.framing.uncertainty import satterthwaite, student_quantile, two_sided_p
from rhetoric.metrics.arrays import FloatArray

__all__ = ["Contrast", "combine", "contrast", "contrast_with_rest", "correlation_of", "covariance_of"]


@dataclass(frozen=True)
class Contrast:
    """A difference of rates.

    Attributes:
        estimate: the difference.
        std_error: its standard error.
        df: degrees of freedom of the standard error.
        stretch: the factor by which skewness widens the interval.
        p_value: of no difference, two-sided.
        n_articles: on which it rests.
        n_audited: of them.
        estimator: of the rates.
    """

    estimate: float
    std_error: float
    df: float
    stretch: float
    p_value: float
    n_articles: int
    n_audited: int
    estimator: EstimatorName

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the ends of the interval that covers the true difference with the given probability."""
        reach = student_quantile(self.df, level) * self.stretch * self.std_error
        return self.estimate - reach, self.estimate + reach


def contrast(one: Estimate | Refusal, other: Estimate | Refusal) -> Contrast | Refusal:
    """Return the difference of two rates, the first minus the second."""
    return combine([one, other], np.array([1.0, -1.0]))


def contrast_with_rest(estimates: Sequence[Estimate | Refusal], place: int) -> Contrast | Refusal:
    """Return the difference of one rate and the mean of the others, each of which counts alike whatever its size."""
    if len(estimates) < 2:
        return Refusal("there is no other group to compare with")
    shares = np.full(len(estimates), -1 / (len(estimates) - 1))
    shares[place] = 1.0
    return combine(estimates, shares)


def combine(estimates: Sequence[Estimate | Refusal], shares: FloatArray) -> Contrast | Refusal:
    """Return a sum of rates, each times its share, or the first refusal among them.

    The degrees of freedom are Satterthwaite's; the skewness of groups that are alike cancels in their difference.

    Args:
        estimates: of the groups.
        shares: shape (n_groups,); 1 and -1 for a difference.
    """
    known: list[Estimate] = []
    for one in estimates:
        if isinstance(one, Refusal):
            return one
        known.append(one)
    spreads = [e.uncertainty for e in known]
    variance = float(shares @ covariance_of(known) @ shares)
    if not variance > 0:
        return Refusal("the difference does not vary, so that nothing tells how sure it is")
    df = satterthwaite(np.array([s.variance for s in spreads]) * shares**2, np.array([s.df for s in spreads]))
    third = float(np.array([s.third for s in spreads]) @ shares**3)
    estimate, error = float(np.array([e.value for e in known]) @ shares), float(np.sqrt(variance))
    stretch = 1 + third**2 / variance**3
    n_articles, n_audited = sum(e.n_articles for e in known), sum(e.n_audited for e in known)
    p_value = two_sided_p(estimate / (error * stretch), df)
    return Contrast(estimate, error, df, stretch, p_value, n_articles, n_audited, known[0].estimator)


def covariance_of(estimates: Sequence[Estimate]) -> FloatArray:
    """Return the covariances of rates, shape (n, n): those of groups that share no story are 0."""
    covariance = np.diag([e.uncertainty.variance for e in estimates])
    shared = [i for i, e in enumerate(estimates) if e.has_stories]
    if len(shared) < 2:
        return covariance
    spreads = [estimates[i].uncertainty for i in shared]
    names, places = np.unique(np.concatenate([s.clusters for s in spreads]), return_inverse=True)
    sums = np.zeros((len(shared), len(names)))
    sums[np.repeat(np.arange(len(shared)), [len(s.sums) for s in spreads]), places] = np.concatenate(
        [s.sums for s in spreads]
    )
    covariance[np.ix_(shared, shared)] = sums @ sums.T
    return covariance


def correlation_of(estimates: Sequence[Estimate], shares: FloatArray) -> FloatArray:
    """Return the correlations of sums of rates, shape (n_sums, n_sums), for `multiplicity.simultaneous_level`.

    Args:
        estimates: of the groups.
        shares: of each group in each sum, shape (n_sums, n_groups).
    """
    covariance = shares @ covariance_of(estimates) @ shares.T
    errors = np.sqrt(np.diag(covariance))
    return np.asarray(covariance / np.outer(errors, errors))
