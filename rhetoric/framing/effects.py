"""How large a difference is, in three ways that can be compared across measures and studies.

The ratio of the two rates for all; Cohen's h for shares, 2 arcsin √a - 2 arcsin √b, of which 0.2, 0.5 and 0.8 are
called small, medium and large (Cohen 1988, Statistical Power Analysis, 6.2); and, for measures that are no shares, the
difference over the standard deviation of the articles' own predicted values within groups.
"""

from dataclasses import dataclass

import numpy as np

from rhetoric.framing.contrasts import covariance_of
from rhetoric.framing.estimates import Estimate, RatioSample
from rhetoric.framing.uncertainty import satterthwaite, student_quantile

__all__ = ["EffectSize", "effect_size"]


@dataclass(frozen=True)
class EffectSize:
    """The size of a difference; what is not defined is None.

    Attributes:
        ratio: of the first rate to the second, where both are surely above 0.
        ratio_low: lower end of its interval, by the delta method for its logarithm.
        ratio_high: upper end.
        cohen_h: for shares.
        standardised: difference over the standard deviation of articles within groups.
    """

    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    cohen_h: float | None
    standardised: float | None


def effect_size(
    rates: tuple[Estimate, Estimate], samples: tuple[RatioSample, RatioSample], *, is_share: bool, level: float = 0.95
) -> EffectSize:
    """Return the size of the difference of two rates, the first minus the second.

    Args:
        rates: of the two groups.
        samples: on which they rest.
        is_share: whether the measure is a share, between 0 and 1; a corrected one may still stray outside.
        level: of the interval of the ratio.
    """
    one, other = rates[0].value, rates[1].value
    h = None
    if is_share and 0 <= min(one, other) and max(one, other) <= 1:
        h = float(2 * np.arcsin(np.sqrt(one)) - 2 * np.arcsin(np.sqrt(other)))
    spread = _spread_within(samples)
    return EffectSize(*_ratio(rates, level), h, (one - other) / spread if spread > 0 else None)


def _ratio(rates: tuple[Estimate, Estimate], level: float) -> tuple[float | None, float | None, float | None]:
    if any(rate.interval(level)[0] <= 0 for rate in rates):
        return None, None, None
    relative = np.array([1 / rates[0].value, -1 / rates[1].value])
    variance = float(relative @ covariance_of(rates) @ relative)
    parts = np.array([rate.uncertainty.variance for rate in rates]) * relative**2
    reach = student_quantile(satterthwaite(parts, np.array([rate.df for rate in rates])), level) * np.sqrt(variance)
    ratio = rates[0].value / rates[1].value
    return ratio, float(ratio * np.exp(-reach)), float(ratio * np.exp(reach))


def _spread_within(samples: tuple[RatioSample, RatioSample]) -> float:
    """Return the standard deviation of the articles' values around the mean of their group."""
    values = [sample.values[~np.isnan(sample.values)] for sample in samples]
    freedom = sum(len(v) - 1 for v in values)
    return float(np.sqrt(sum(((v - v.mean()) ** 2).sum() for v in values if len(v)) / freedom)) if freedom > 0 else 0.0
