"""Rates corrected by an audit, doubly robust: design-based supervised learning (DSL) for a ratio.

A model g of the gold, given the prediction, is fitted on other articles than those it is used for. With π the inclusion
probabilities, every article gets a pseudo-outcome that is right on average however wrong g is, and θ solves

    Σ_i [g_i - θ h_i + 1{audited} / π_i ((y_i - θ d_i) - (g_i - θ h_i))] = 0,

g for the numerators and h for the denominators (Egami, Hinck, Stewart and Wei 2023, Using Imperfect Surrogates for
Downstream Inference, NeurIPS; 2024, Sociological Methods & Research). Here g = α d̂ + β f. Where the audit is too small
to fit a slope, β is 1.
"""

import numpy as np

from rhetoric.framing.correction import N_FOLDS, Audit, audit_of, influence_of_audit
from rhetoric.framing.estimates import Estimate, RatioSample, Refusal, as_estimate
from rhetoric.metrics.arrays import FloatArray, divide

__all__ = ["estimate_dsl"]

TINY = float(np.finfo(np.float64).tiny)


def estimate_dsl(sample: RatioSample) -> Estimate | Refusal:
    """Return the rate, corrected by the audit; its `power` is the mean of the slopes β."""
    audit = audit_of(sample)
    if isinstance(audit, Refusal):
        return audit
    ratio, is_audited, w = audit.sample, audit.is_audited, audit.weight
    coefficients = _fit(audit)
    level, slope, growth = coefficients[audit.folds].T
    above = level * ratio.denominator + slope * ratio.numerator
    below = growth * ratio.denominator
    errors = w * (audit.gold - above[is_audited]), w * (audit.gold_size - below[is_audited])
    total = float(below.sum() + errors[1].sum())
    if not total > 0:
        return Refusal("there is nothing to count in: the corrected denominator is not above 0")
    value = float(above.sum() + errors[0].sum()) / total
    contributions = (above - value * below) / total
    contributions[is_audited] += _residuals(audit, coefficients, value) / total
    in_all = ratio.numerator.sum() / ratio.denominator.sum()
    predicted = (ratio.numerator - in_all * ratio.denominator) / total
    power = float(slope[is_audited].mean())
    return as_estimate(ratio, value, influence_of_audit(audit, contributions, predicted), "dsl", power)


def _residuals(audit: Audit, coefficients: FloatArray, value: float) -> FloatArray:
    """Return the weighted errors of the models by which each audited article moves the estimate.

    An article moves it by its own error, and through α by those of the articles of all other folds.
    """
    level, slope, growth = coefficients.mean(0)
    w, d = audit.weight, audit.predicted_size
    above = audit.gold - level * d - slope * audit.predicted
    errors = w * (above - value * (audit.gold_size - growth * d))
    sizes = audit.outside((w * d)[:, None])[:, 0]
    in_folds = np.bincount(audit.folds[audit.is_audited], w * d, N_FOLDS)
    excess = (in_folds - np.bincount(audit.folds, audit.sample.denominator, N_FOLDS)) / np.maximum(sizes, TINY)
    return np.asarray(errors * (1 - excess.sum() + excess[audit.folds[audit.is_audited]]))


def _fit(audit: Audit) -> FloatArray:
    """Return α, β and the factor of the denominators of each fold, from the other folds, shape (N_FOLDS, 3)."""
    w, y, f, d = audit.weight, audit.gold, audit.predicted, audit.predicted_size
    slope = np.where(audit.can_tune, _slopes(audit), 1.0) if audit.can_tune.any() else np.ones(N_FOLDS)
    gold, predicted, size, gold_size = audit.outside(w[:, None] * np.stack([y, f, d, audit.gold_size], 1)).T
    size = np.maximum(size, TINY)
    return np.stack([(gold - slope * predicted) / size, slope, gold_size / size], 1)


def _slopes(audit: Audit) -> FloatArray:
    """Return β of the least squares of y on d̂ and f, weighted by w / d̂, as variances go with size, for each fold."""
    y, f, d = audit.gold, audit.predicted, audit.predicted_size
    w = divide(audit.weight, d, 0.0)
    yd, fd, dd, yf, ff = audit.outside(w[:, None] * np.stack([y * d, f * d, d * d, y * f, f * f], 1)).T
    dd = np.maximum(dd, TINY)
    spread = ff - fd**2 / dd
    return np.where(spread > 0, (yf - yd * fd / dd) / np.maximum(spread, TINY), 1.0)
