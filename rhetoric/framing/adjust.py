"""Differences between groups of articles at like values of other variables, or within the same stories.

Articles' values are regressed on their groups and the variables, weighted by denominators, so that without variables
the coefficients are the pooled ratios; errors are clustered by story (see `regression`). With an audit, the errors of
the model on the audited articles are regressed on the same columns, and their coefficients added: the correction of
`correction` at λ = 1, for regressions (Angelopoulos, Bates, Fannjiang, Jordan and Zrnic 2023, Prediction-Powered
Inference, Science 382:669).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rhetoric.errors import InputError
from rhetoric.framing.contrasts import Contrast
from rhetoric.framing.correction import audit_of
from rhetoric.framing.estimates import EstimatorName, RatioSample, Refusal
from rhetoric.framing.regression import Fit, fit_least_squares, within_clusters
from rhetoric.framing.uncertainty import IntArray, satterthwaite, sum_by, two_sided_p
from rhetoric.metrics.arrays import BoolArray, FloatArray, divide

__all__ = ["MIN_DF", "Adjusted", "adjust", "covariate_columns", "fit_columns", "group_columns"]

MIN_DF = 4.0
"""Degrees of freedom below which CR2 cannot be relied on (Pustejovsky and Tipton 2018)."""
UNKNOWN = "unknown"


@dataclass(frozen=True, eq=False)
class Adjusted:
    """A regression of the values of articles, and of the model's errors where there is an audit.

    Attributes:
        predicted: the fit of the predicted values.
        errors: the fit of gold minus predicted values of the audited articles; None without an audit.
        n_articles: on which it rests.
        n_audited: of them.
        n_dropped: columns that stand for no coefficient, at the front: the first group, within stories.
    """

    predicted: Fit
    errors: Fit | None
    n_articles: int
    n_audited: int
    n_dropped: int = 0

    def contrast(self, shares: FloatArray) -> Contrast | Refusal:
        """Return a sum of coefficients, each times its share.

        Args:
            shares: of the first columns, mostly the groups: 1 and -1 for a difference. Others count as 0.
        """
        c = np.zeros(len(self.predicted.coefficients))
        kept = shares[self.n_dropped :]
        c[: len(kept)] = kept
        fits = [self.predicted] if self.errors is None else [self.predicted, self.errors]
        estimate = float(sum(fit.coefficients @ c for fit in fits))
        variances = np.array([float(c @ fit.covariance @ c) for fit in fits])
        df = satterthwaite(variances, np.array([fit.df(c) for fit in fits]))
        variance = _joint_variance(fits, c)
        if not variance > 0:
            return Refusal("all articles agree, so that nothing tells how sure the difference is")
        if df < MIN_DF:
            return Refusal(f"{df:.1f} degrees of freedom: expected at least {MIN_DF:.0f}; more stories or audits help")
        error = float(np.sqrt(variance))
        p_value = two_sided_p(estimate / error, df)
        name: EstimatorName = "plain" if self.errors is None else "ppi"
        return Contrast(estimate, error, df, 1.0, p_value, self.n_articles, self.n_audited, name)


def _joint_variance(fits: Sequence[Fit], shares: FloatArray) -> float:
    """Return the variance of the sum of the fits: what one story contributes to both is added before it is squared."""
    names = np.concatenate([fit.clusters for fit in fits])
    sums = sum_by(np.unique(names, return_inverse=True)[1], np.concatenate([f.influence @ shares for f in fits]))
    return float(sums @ sums)


def group_columns(groups: IntArray, n_groups: int) -> FloatArray:
    """Return a column for each group, 1 for its articles, shape (n, n_groups)."""
    return np.asarray((groups[:, None] == np.arange(n_groups)) + 0.0)


def covariate_columns(covariates: Mapping[str, Sequence[object]]) -> FloatArray:
    """Return centred columns of variables, shape (n, n_columns).

    Numbers are one column; where some are missing, the mean stands in for them and a column says so. Everything else is
    a category, a missing value as well; the first of them, in the order of the alphabet, is the one to compare with.

    Args:
        covariates: by name, a value an article, None where it is not known.
    """
    columns = [column for values in covariates.values() for column in _columns_of(values)]
    if not columns:
        return np.zeros((0, 0))
    stacked = np.stack(columns, 1)
    return np.asarray(stacked - stacked.mean(0))


def _columns_of(values: Sequence[object]) -> list[FloatArray]:
    known = [v for v in values if v is not None]
    if known and all(isinstance(v, int | float) and not isinstance(v, bool) for v in known):
        numbers = np.array([np.nan if v is None else v for v in values], np.float64)
        missing = np.isnan(numbers)
        numbers[missing] = numbers[~missing].mean() if not missing.all() else 0.0
        return [numbers, *([missing + 0.0] if missing.any() else [])]
    names = [UNKNOWN if v is None else str(v) for v in values]
    return [np.array([name == level for name in names]) + 0.0 for level in sorted(set(names))[1:]]


def adjust(
    sample: RatioSample, groups: IntArray, covariates: FloatArray | None = None, *, same_story: bool = False
) -> Adjusted | Refusal:
    """Return the regression of the values of articles on their groups, at like values of the covariates.

    Args:
        sample: of all groups together; its clusters are the stories.
        groups: number of the group of each article, from 0, shape (n,).
        covariates: columns beside the groups, shape (n, n_columns); see `covariate_columns`.
        same_story: compare within stories alone, by a fixed effect for each. The model's mean error on a group is
            taken to be that on the audited ones of these articles.
    """
    columns = group_columns(groups, int(groups.max(initial=-1)) + 1)
    n_groups = columns.shape[1]
    if covariates is not None and covariates.size:
        columns = np.hstack([columns, covariates])
    if not same_story:
        return fit_columns(sample, columns)
    if sample.clusters is None:
        return Refusal("articles are not matched to stories")
    return _within_stories(sample, columns, n_groups)


def fit_columns(sample: RatioSample, columns: FloatArray) -> Adjusted | Refusal:
    """Return the regression of the values of articles on columns, with the model's errors where there is an audit."""
    kept, value, size = _values(sample)
    try:
        fit = fit_least_squares(columns[kept], value[kept], size[kept], _part(sample.clusters, kept))
    except InputError as error:
        return Refusal(str(error))
    if sample.gold_numerator is None:
        return Adjusted(fit, None, int(kept.sum()), 0)
    errors = _error_fit(sample, columns, value)
    if isinstance(errors, Refusal):
        return errors
    return Adjusted(fit, errors, int(kept.sum()), len(errors.residuals))


def _within_stories(sample: RatioSample, columns: FloatArray, n_groups: int) -> Adjusted | Refusal:
    kept, value, size = _values(sample)
    stories = np.asarray(sample.clusters)[kept]
    inner, is_matched = within_clusters(np.column_stack([value[kept], columns[kept, 1:]]), size[kept], stories)
    if not is_matched.any():
        return Refusal("no story has articles of two groups")
    numbers = np.flatnonzero(kept)[is_matched]
    try:
        fit = fit_least_squares(inner[is_matched, 1:], inner[is_matched, 0], size[numbers], stories[is_matched])
    except InputError as error:
        return Refusal(str(error))
    n_matched = len(numbers)
    if sample.gold_numerator is None:
        return Adjusted(fit, None, n_matched, 0, 1)
    is_in = np.zeros(len(kept), np.bool_)
    is_in[numbers] = True
    gold = np.where(is_in, sample.gold_numerator, np.nan)
    # The first group is what the others are compared with, as within stories.
    shifted = np.column_stack([columns[:, 1:], np.ones(len(columns))])
    errors = _error_fit(replace(sample, gold_numerator=gold), shifted, value)
    if isinstance(errors, Refusal):
        return errors
    return Adjusted(_padded(fit), errors, n_matched, len(errors.residuals), 1)


def _padded(fit: Fit) -> Fit:
    """Return a fit with a last column that nothing loads on, to stand beside one with an intercept."""
    k = len(fit.coefficients)
    inverse = np.zeros((k + 1, k + 1))
    inverse[:k, :k] = fit.inverse
    wide = {name: np.pad(getattr(fit, name), ((0, 0), (0, 1))) for name in ("columns", "loadings")}
    return replace(fit, coefficients=np.append(fit.coefficients, 0.0), inverse=inverse, **wide)


def _values(sample: RatioSample) -> tuple[BoolArray, FloatArray, FloatArray]:
    """Return which articles have a value, their values, and their weights."""
    value = sample.values
    kept = np.isfinite(value)
    size = sample.denominator if sample.estimand == "pooled" else np.ones(len(value))
    return kept, value, size


def _error_fit(sample: RatioSample, columns: FloatArray, value: FloatArray) -> Fit | Refusal:
    """Return the fit of the errors of the audited articles that have a value by people and by the model."""
    audit = audit_of(sample)
    if isinstance(audit, Refusal):
        return audit
    if sample.gold_numerator is None or sample.gold_denominator is None:
        return Refusal("there is no gold")
    defined = np.isfinite(sample.numerator) & np.isfinite(sample.denominator)
    weight = np.full(len(value), np.nan)
    weight[np.flatnonzero(defined)[audit.is_audited]] = audit.weight
    gold = divide(sample.gold_numerator, sample.gold_denominator, np.nan)
    used = np.isfinite(gold) & np.isfinite(value) & np.isfinite(weight)
    size = sample.gold_denominator if sample.estimand == "pooled" else np.ones(len(value))
    try:
        clusters = _part(sample.clusters, used)
        return fit_least_squares(columns[used], (gold - value)[used], (weight * size)[used], clusters)
    except InputError as error:
        return Refusal(f"of the audited articles, {error}")


def _part(clusters: IntArray | None, kept: BoolArray) -> IntArray:
    """Return the clusters of some articles; without stories, each article is one, by its place."""
    return np.flatnonzero(kept) if clusters is None else clusters[kept]
