"""The estimators of the library for all runs of a simulation at once; a test holds them to the library's own.

Arrays are of shape (n_runs, n_articles), and (n_runs, n_audited) for the audited articles.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.simulated_outlets import N_STRATA, Audits
from rhetoric.framing.correction import (
    MIN_ARTICLES_TO_TUNE,
    MIN_ERRORS,
    MIN_POSITIVES_TO_TUNE,
    N_FOLDS,
)
from rhetoric.framing.uncertainty import ALMOST_ALL, MAX_SKEWNESS, N_OF_OWN_SKEWNESS, SHARE_OF_PREDICTED, TINY, IntArray
from rhetoric.metrics.arrays import BoolArray, FloatArray

__all__ = ["ESTIMATORS", "Rates", "differ", "estimate_dsl", "estimate_plain", "estimate_ppi", "join"]


@dataclass(frozen=True, eq=False)
class Rates:
    """The rate of an outlet in every run, shape (n_runs,) each.

    Attributes:
        value: the rate.
        variance: of it.
        df: degrees of freedom.
        third: third cumulant.
        is_given: whether it was not refused.
    """

    value: FloatArray
    variance: FloatArray
    df: FloatArray
    third: FloatArray
    is_given: BoolArray

    @property
    def reach(self) -> FloatArray:
        """Half the width of the 95 % interval."""
        from scipy.special import stdtrit

        stretch = 1 + self.third**2 / np.maximum(self.variance, TINY) ** 3
        return np.asarray(stdtrit(self.df, 0.975) * stretch * np.sqrt(self.variance))


def differ(one: Rates, other: Rates) -> Rates:
    """Return the difference of two outlets."""
    variance = one.variance + other.variance
    df = variance**2 / np.maximum(one.variance**2 / one.df + other.variance**2 / other.df, TINY)
    is_given = one.is_given & other.is_given
    return Rates(one.value - other.value, variance, df, one.third - other.third, is_given)


def join(parts: Sequence[Rates]) -> Rates:
    """Return the rates of runs that were made in parts."""
    names = ("value", "variance", "df", "third", "is_given")
    return Rates(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


@dataclass(frozen=True, eq=False)
class _Audited:
    """The audited articles of every run, (n_runs, n_audited), and which they are."""

    places: IntArray
    weight: FloatArray
    gold: FloatArray
    found: FloatArray
    size: FloatArray


def _audited_of(audits: Audits) -> _Audited:
    n = int((~np.isnan(audits.gold[0])).sum())
    places = np.argsort(np.isnan(audits.gold), axis=1, kind="stable")[:, :n]
    arrays = (audits.weights, audits.gold, audits.found, audits.size)
    return _Audited(places, *(np.take_along_axis(a, places, 1) for a in arrays))


def _outside(values: FloatArray) -> FloatArray:
    """Return the sums over the audited articles outside of each fold, shape (n_runs, N_FOLDS)."""
    folds = (1 + np.arange(values.shape[1])) % N_FOLDS
    return np.asarray(values @ (folds[:, None] != np.arange(N_FOLDS)).astype(np.float64), np.float64)


def _can_tune(audited: _Audited) -> BoolArray:
    is_large = audited.gold.shape[1] >= MIN_ARTICLES_TO_TUNE
    return np.asarray(is_large & (_outside(np.asarray(audited.gold > 0, np.float64)) >= MIN_POSITIVES_TO_TUNE))


def _spread(values: FloatArray, sizes: FloatArray, strata: IntArray, part: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Return deviations within the strata of a part, scaled by leverage, and the degrees of freedom of the part."""
    scaled = np.zeros_like(values)
    n_cells = np.zeros(len(values))
    for stratum in range(N_STRATA):
        cell = part & (strata == stratum)
        if not cell.any():
            continue
        count, total = cell.sum(1), np.where(cell, sizes, 0.0).sum(1)
        leverage = np.where(cell, sizes, 0.0) / np.maximum(total, TINY)[:, None]
        mean = np.where(cell, values, 0.0).sum(1) / np.maximum(count, 1)
        alone = (leverage > ALMOST_ALL) | (count == 1)[:, None]
        leverage = np.where(alone, 0.0, leverage)
        scaled += np.where(cell, (values - np.where(alone, 0.0, mean[:, None])) / np.sqrt(1 - leverage), 0.0)
        n_cells += count > 0
    own, n = np.where(part, sizes, 0.0), part.sum(1)
    effective = own.sum(1) ** 2 / np.maximum((own**2).sum(1), TINY)
    return scaled, np.maximum(effective * (n - n_cells) / np.maximum(n, 1), 1.0)


def _rates(audits: Audits, value: FloatArray, contributions: FloatArray, predicted: FloatArray) -> Rates:
    is_audited = ~np.isnan(audits.gold)
    strata = np.zeros(is_audited.shape, np.intp) if audits.strata is None else audits.strata
    sizes = np.where(is_audited, audits.weights * audits.size, audits.size)
    scaled, df = _spread(contributions, sizes, strata, is_audited)
    others, df_others = _spread(contributions, sizes, strata, ~is_audited)
    means = np.zeros_like(contributions)
    if audits.strata is not None:
        for stratum in range(N_STRATA):
            cell = strata == stratum
            mean = np.where(cell, contributions, 0.0).sum(1) / np.maximum(cell.sum(1), 1)
            means += np.where(cell, mean[:, None], 0.0)
    parts = np.stack([(scaled**2).sum(1), (others**2).sum(1), (means**2).sum(1)], 1)
    freedom = np.stack([df, df_others, np.full(len(df), contributions.shape[1] - 1.0)], 1)
    joint = np.maximum(parts.sum(1) ** 2 / np.maximum((parts**2 / freedom).sum(1), TINY), 1.0)
    variance = ((scaled + others + means) ** 2).sum(1)
    third = (scaled**3).sum(1)
    if is_audited[0].sum() < N_OF_OWN_SKEWNESS:
        third = _predicted_skewness(predicted, df + 1) * parts[:, 0] ** 1.5
    n_wrong = (is_audited & (audits.gold != audits.found)).sum(1)
    return Rates(value, variance, joint, third, (n_wrong >= MIN_ERRORS) & (variance > 0))


def _predicted_skewness(predicted: FloatArray, n_effective: FloatArray) -> FloatArray:
    values = predicted - predicted.mean(1, keepdims=True)
    skewness = (values**3).mean(1) / np.maximum((values**2).mean(1), TINY) ** 1.5
    size = np.sqrt(SHARE_OF_PREDICTED * np.minimum(skewness**2 / n_effective, MAX_SKEWNESS))
    return np.asarray(np.copysign(size, skewness))


def _predicted(audits: Audits) -> tuple[FloatArray, FloatArray]:
    """Return the predicted rates, (n_runs, 1), and what each article contributes to them."""
    total = audits.size.sum(1, keepdims=True)
    rate = audits.found.sum(1, keepdims=True) / total
    return rate, (audits.found - rate * audits.size) / total


def estimate_plain(audits: Audits) -> Rates:
    """Return the rates by predictions alone."""
    rate, contributions = _predicted(audits)
    everything = np.ones(audits.size.shape, np.bool_)
    scaled, df = _spread(contributions, audits.size, np.zeros(audits.size.shape, np.intp), everything)
    return Rates(rate[:, 0], (scaled**2).sum(1), df, (scaled**3).sum(1), everything[:, 0])


def _powers(audited: _Audited) -> FloatArray:
    """Return λ of each fold, (n_runs, N_FOLDS)."""
    w, y, f, d = audited.weight, audited.gold, audited.found, audited.size
    wd = _outside(w * d)
    gold, predicted = _outside(w * y) / wd, _outside(w * f) / wd
    yf, yd, fd, ff, dd = (_outside(w * w * a) for a in (y * f, y * d, f * d, f * f, d * d))
    shared = yf - gold * fd - predicted * yd + gold * predicted * dd
    spread = ff - 2 * predicted * fd + predicted**2 * dd
    tuned = np.clip(shared / np.maximum(spread, TINY), 0, 1)
    return np.where(_can_tune(audited) & (spread > 0), tuned, 1.0)


def estimate_ppi(audits: Audits, power: float | None = None) -> Rates:
    """Return the rates corrected as `correction.estimate_ppi` does it."""
    audited = _audited_of(audits)
    w, y, f, d = audited.weight, audited.gold, audited.found, audited.size
    folds = (1 + np.arange(y.shape[1])) % N_FOLDS
    powers = np.full(y.shape, power) if power is not None else _powers(audited)[:, folds]
    total = (w * d).sum(1, keepdims=True)
    in_gold, in_audited = ((w * a).sum(1, keepdims=True) / total for a in (y, f))
    in_all, predicted = _predicted(audits)
    mean_power = (w * powers * d).sum(1, keepdims=True) / total
    value = in_gold + mean_power * in_all - (w * powers * f).sum(1, keepdims=True) / total
    own = w * ((y - in_gold * d) - powers * (f - in_audited * d)) / total
    contributions = mean_power * predicted
    np.put_along_axis(contributions, audited.places, np.take_along_axis(contributions, audited.places, 1) + own, 1)
    return _rates(audits, value[:, 0], contributions, predicted)


def _folds_of_all(audits: Audits) -> IntArray:
    is_audited = ~np.isnan(audits.gold)
    return np.where(is_audited, np.cumsum(is_audited, 1), np.cumsum(~is_audited, 1)) % N_FOLDS


def _models(audited: _Audited) -> tuple[FloatArray, FloatArray]:
    """Return α and β of each fold, (n_runs, N_FOLDS) each."""
    w, y, f, d = audited.weight, audited.gold, audited.found, audited.size
    yd, fd, dd, yf, ff = (_outside(w / d * a) for a in (y * d, f * d, d * d, y * f, f * f))
    spread = ff - fd**2 / dd
    fitted = np.where(spread > 0, (yf - yd * fd / dd) / np.maximum(spread, TINY), 1.0)
    slope = np.where(_can_tune(audited), fitted, 1.0)
    return _outside(w * y) / dd - slope * fd / dd, slope


def estimate_dsl(audits: Audits) -> Rates:
    """Return the rates corrected as `dsl.estimate_dsl` does it."""
    audited, folds = _audited_of(audits), _folds_of_all(audits)
    w, y, f, d = audited.weight, audited.gold, audited.found, audited.size
    level, slope = _models(audited)
    above = np.take_along_axis(level, folds, 1) * audits.size + np.take_along_axis(slope, folds, 1) * audits.found
    total = audits.size.sum(1, keepdims=True)
    value = (above.sum(1) + (w * (y - np.take_along_axis(above, audited.places, 1))).sum(1))[:, None] / total
    in_folds, in_all = (
        np.stack([np.where(own == k, a, 0.0).sum(1) for k in range(N_FOLDS)], 1)
        for own, a in (((1 + np.arange(y.shape[1])) % N_FOLDS, w * d), (folds, audits.size))
    )
    excess = (in_folds - in_all) / np.maximum(_outside(w * d), TINY)
    moves = 1 - excess.sum(1, keepdims=True) + excess[:, (1 + np.arange(y.shape[1])) % N_FOLDS]
    own = w * (y - level.mean(1, keepdims=True) * d - slope.mean(1, keepdims=True) * f) * moves / total
    contributions = (above - value * audits.size) / total
    np.put_along_axis(contributions, audited.places, np.take_along_axis(contributions, audited.places, 1) + own, 1)
    predicted = _predicted(audits)[1]
    return _rates(audits, value[:, 0], contributions, predicted)


ESTIMATORS: dict[str, Callable[[Audits], Rates]] = {"ppi": estimate_ppi, "dsl": estimate_dsl}
