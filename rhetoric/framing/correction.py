"""Rates corrected for the model's error by an audit: prediction-powered inference for a ratio (PPI++).

All articles have a prediction (f over d̂), a probability sample of them gold (y over d) with the weights w:

    θ = R(y; w) + λ [R(f; all) - R(f; w)],   R the ratio of the sums,

with numerator and denominator both corrected (Angelopoulos, Duchi and Zrnic 2023, PPI++, arXiv:2311.01453; as the
difference estimator with Hájek weights, Särndal, Swensson and Wretman 1992, Model Assisted Survey Sampling, 6.3). λ is
fitted on other articles than those it is used for, and is 1 wherever there is too little to fit it on.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rhetoric.framing.estimates import MIN_ARTICLES, Estimate, RatioSample, Refusal, as_estimate
from rhetoric.framing.uncertainty import Influence, IntArray
from rhetoric.metrics.arrays import BoolArray, FloatArray

__all__ = [
    "MIN_ARTICLES_TO_TUNE",
    "MIN_ERRORS",
    "MIN_POSITIVES_TO_TUNE",
    "N_FOLDS",
    "Audit",
    "audit_of",
    "estimate_ppi",
    "influence_of_audit",
]

MIN_ERRORS = 3
"""Audited articles that people and model see differently, without which nothing tells how sure a correction is."""
MIN_ARTICLES_TO_TUNE = 40
"""Audited articles below which nothing is fitted."""
MIN_POSITIVES_TO_TUNE = 30
"""Articles with something counted by people, outside of a fold, below which nothing is fitted for the fold."""
MAX_MISSED = 0.05
"""Share of the articles that may be in strata of which none was audited, such as after copies were left out."""
N_FOLDS = 10
TINY = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True, eq=False)
class Audit:
    """The audited articles of a sample that is a ratio; arrays are of shape (n_audited,) but for `is_audited`.

    Attributes:
        sample: all articles.
        is_audited: shape (n,).
        weight: inverse inclusion probabilities.
        gold: numerators, by people.
        gold_size: denominators, by people.
        predicted: numerators, by the model.
        predicted_size: denominators, by the model.
    """

    sample: RatioSample
    is_audited: BoolArray
    weight: FloatArray
    gold: FloatArray
    gold_size: FloatArray
    predicted: FloatArray
    predicted_size: FloatArray

    @cached_property
    def folds(self) -> IntArray:
        """The fold of every article, shape (n,): audited ones are spread evenly, those of a story stay together."""
        if self.sample.clusters is None:
            cluster, has_gold = np.arange(len(self.is_audited)), self.is_audited
        else:
            cluster = np.unique(self.sample.clusters, return_inverse=True)[1]
            has_gold = np.bincount(cluster, self.is_audited) > 0
        ranks = np.where(has_gold, np.cumsum(has_gold), np.cumsum(~has_gold))
        return np.asarray(ranks[cluster] % N_FOLDS)

    @cached_property
    def can_tune(self) -> BoolArray:
        """Whether there is enough outside of each fold to fit something on, shape (N_FOLDS,)."""
        if len(self.gold) < MIN_ARTICLES_TO_TUNE:
            return np.zeros(N_FOLDS, np.bool_)
        return np.asarray(self.outside((self.gold > 0)[:, None])[:, 0] >= MIN_POSITIVES_TO_TUNE)

    def outside(self, columns: npt.NDArray[np.generic]) -> FloatArray:
        """Return the sums of columns over the audited articles outside of each fold, shape (N_FOLDS, n_columns)."""
        is_outside = self.folds[self.is_audited] != np.arange(N_FOLDS)[:, None]
        return np.asarray(is_outside.astype(np.float64) @ columns, np.float64)


def audit_of(sample: RatioSample) -> Audit | Refusal:
    """Return what the audit of a sample says, or why it says too little."""
    ratio = sample.as_ratio()
    audited = ratio.audited
    n_audited = int(audited.sum())
    if n_audited < MIN_ARTICLES:
        return Refusal(f"{n_audited} audited articles: expected at least {MIN_ARTICLES}")
    weight = _weights(ratio, audited)
    if isinstance(weight, Refusal):
        return weight
    gold, size = ratio.gold_numerator, ratio.gold_denominator
    if gold is None or size is None:
        return Refusal("there is no gold")
    parts = (gold[audited], size[audited], ratio.numerator[audited], ratio.denominator[audited])
    if not min(float(weight @ parts[1]), float(weight @ parts[3])) > 0:
        return Refusal("there is nothing to count in: the denominator is 0 in all audited articles")
    n_wrong = int(np.count_nonzero((parts[0] != parts[2]) | (parts[1] != parts[3])))
    if n_wrong < MIN_ERRORS:
        return Refusal(
            f"the model errs in {n_wrong} of {n_audited} audited articles: expected at least {MIN_ERRORS}, since"
            " fewer do not tell how sure the correction is; audit more articles"
        )
    return Audit(ratio, audited, weight, *parts)


def _weights(ratio: RatioSample, audited: BoolArray) -> FloatArray | Refusal:
    n, n_audited = len(audited), int(audited.sum())
    if ratio.strata is not None:
        sizes, drawn = np.bincount(ratio.strata), np.bincount(ratio.strata, audited)
        missed = int(sizes[drawn == 0].sum())
        if missed > MAX_MISSED * n:
            return Refusal(f"{missed} of {n} articles are in strata of which none was audited: audit some of them")
        if ratio.weights is None:
            return np.asarray((sizes / np.maximum(drawn, 1))[ratio.strata[audited]])
    return np.full(n_audited, n / n_audited) if ratio.weights is None else ratio.weights[audited]


def estimate_ppi(sample: RatioSample, power: float | None = None) -> Estimate | Refusal:
    """Return the rate, corrected by the audit.

    Args:
        sample: predictions and gold.
        power: λ; None to fit it by folds, or to take 1 where the audit is too small for that. With n audited of N
            articles, equal weights and equal denominators, this λ is that of ppi-python times N / (N - n), which
            takes the prediction term over the other articles alone.
    """
    audit = audit_of(sample)
    if isinstance(audit, Refusal):
        return audit
    powers = _powers(audit) if power is None else np.full(len(audit.gold), float(power))
    ratio, w = audit.sample, audit.weight
    n_gold, n_predicted, n_all = w @ audit.gold_size, w @ audit.predicted_size, ratio.denominator.sum()
    in_gold, in_audited = w @ audit.gold / n_gold, w @ audit.predicted / n_predicted
    in_all = ratio.numerator.sum() / n_all
    mean_power = float(w @ (powers * audit.predicted_size) / n_predicted)
    value = in_gold + mean_power * in_all - w @ (powers * audit.predicted) / n_predicted
    predicted = (ratio.numerator - in_all * ratio.denominator) / n_all
    contributions = mean_power * predicted
    contributions[audit.is_audited] += w * (audit.gold - in_gold * audit.gold_size) / n_gold
    contributions[audit.is_audited] -= w * powers * (audit.predicted - in_audited * audit.predicted_size) / n_predicted
    return as_estimate(ratio, float(value), influence_of_audit(audit, contributions, predicted), "ppi", mean_power)


def influence_of_audit(audit: Audit, contributions: FloatArray, predicted: FloatArray) -> Influence:
    """Return what articles contribute to a corrected estimate, and from predictions alone; shape (n,) each."""
    ratio = audit.sample
    sizes = ratio.denominator.copy()
    sizes[audit.is_audited] = audit.weight * audit.gold_size
    return Influence(contributions, sizes, predicted, audit.is_audited, ratio.strata, ratio.clusters)


def _powers(audit: Audit) -> FloatArray:
    """Return the λ of each audited article."""
    if not audit.can_tune.any():
        return np.ones(len(audit.gold))
    return _fit_powers(audit)[audit.folds[audit.is_audited]]


def _fit_powers(audit: Audit) -> FloatArray:
    """Return the λ of each fold, from the other folds: the regression of gold on predictions, between 0 and 1."""
    w, y, f, d, e = audit.weight, audit.gold, audit.predicted, audit.gold_size, audit.predicted_size
    first = audit.outside(w[:, None] * np.stack([y, d, f, e], 1))
    second = audit.outside((w * w)[:, None] * np.stack([y * f, d * f, y * e, d * e, f * f, f * e, e * e], 1))
    yf, df, ye, de, ff, fe, ee = second.T
    gold, predicted = (first[:, i] / np.maximum(first[:, i + 1], TINY) for i in (0, 2))
    shared = yf - gold * df - predicted * ye + gold * predicted * de
    spread = ff - 2 * predicted * fe + predicted**2 * ee
    return np.where(audit.can_tune & (spread > 0), np.clip(shared / np.maximum(spread, TINY), 0, 1), 1.0)
