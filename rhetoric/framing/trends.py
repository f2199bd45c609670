"""How a rate changes over time, as a straight line: the change a unit of time, with errors clustered by story."""

from dataclasses import replace

import numpy as np

from rhetoric.framing.adjust import fit_columns
from rhetoric.framing.contrasts import Contrast
from rhetoric.framing.estimates import MIN_ARTICLES, RatioSample, Refusal
from rhetoric.metrics.arrays import FloatArray

__all__ = ["MIN_TIMES", "trend"]

MIN_TIMES = 3
"""Different times that a line needs: two are always on one."""


def trend(sample: RatioSample, times: FloatArray) -> Contrast | Refusal:
    """Return the change of a rate a unit of time, by least squares weighted by denominators.

    With an audit, the trend of the model's errors is added, so that a model that errs more and more makes no trend.

    Args:
        sample: of one group.
        times: of the articles, such as days or years, NaN where unknown, shape (n,).
    """
    known = np.isfinite(times) & np.isfinite(sample.values)
    n_known, n_times = int(known.sum()), len(np.unique(times[known]))
    if n_known < MIN_ARTICLES or n_times < MIN_TIMES:
        return Refusal(
            f"{n_known} articles with a date, of {n_times} dates: expected at least {MIN_ARTICLES} of {MIN_TIMES}"
        )
    # Centred and in units of their own spread, so that the columns can be told apart whatever the unit of time.
    centre, scale = float(times[known].mean()), float(times[known].std())
    moved = np.where(known, (times - centre) / scale, np.nan)
    columns = np.column_stack([moved, np.ones(len(times))])
    dated = replace(sample, numerator=np.where(known, sample.numerator, np.nan))
    fitted = fit_columns(dated, columns)
    return fitted if isinstance(fitted, Refusal) else fitted.contrast(np.array([1 / scale]))
