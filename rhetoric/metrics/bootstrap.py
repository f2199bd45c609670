"""How sure a number is: its interval when whole articles are drawn again, with replacement (Efron 1979).

Sentences and spans of one article resemble each other, so an interval that draws them singly is too narrow.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from rhetoric.errors import InputError, UsageError
from rhetoric.metrics.arrays import FloatArray

__all__ = ["Interval", "interval", "interval_of_articles"]

T = TypeVar("T")

N_RESAMPLES = 1000
SEED = 13
LEVEL = 0.95
MAX_CELLS = 4_000_000


@dataclass(frozen=True)
class Interval:
    """A value with its percentile interval; both ends are NaN where no resample had a value."""

    value: float
    low: float
    high: float
    n_clusters: int
    seed: int

    def __str__(self) -> str:
        """Return the value and its interval, to three decimals."""
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def interval(
    per_article_counts: npt.ArrayLike,
    statistic: Callable[[FloatArray], FloatArray],
    n: int = N_RESAMPLES,
    seed: int = SEED,
    level: float = LEVEL,
) -> Interval:
    """Return the interval of a statistic that is made of counts which add up over articles.

    The difference of two systems is such a statistic: give the counts of both side by side.

    >>> rows = [[1.0, 2.0], [1.0, 2.0]]
    >>> interval(rows, lambda sums: sums[..., 0] / sums[..., 1]).low
    0.5

    Args:
        per_article_counts: shape (n_articles, n_counts), as `counts.stack` makes it.
        statistic: from sums of counts, shape (..., n_counts), to values, shape (...): `counts.f1_of` is one.
        n: number of resamples.
        seed: of the resamples.
        level: probability that the interval shall have.

    Raises:
        InputError: there is no article, or `n` or `level` makes no sense.
    """
    counts = np.asarray(per_article_counts, np.float64)
    counts = counts[:, None] if counts.ndim == 1 else counts
    sums = np.concatenate([weights @ counts for weights in _draws(len(counts), n, seed)])
    values = np.asarray(statistic(sums), np.float64)
    if values.shape != (n,):
        message = f"the statistic made shape {values.shape} of {sums.shape}: it must work along the last axis alone"
        raise UsageError(message)
    return _interval(float(statistic(counts.sum(0))), values, len(counts), seed, level)


def interval_of_articles(
    articles: Sequence[T],
    statistic: Callable[[list[T]], float],
    n: int = N_RESAMPLES,
    seed: int = SEED,
    level: float = LEVEL,
) -> Interval:
    """Return the interval of any statistic of a list of articles; slower than `interval`, on the same resamples.

    Raises:
        InputError: there is no article, or `n` or `level` makes no sense.
    """
    values = [
        statistic([article for article, times in zip(articles, row, strict=True) for _ in range(int(times))])
        for weights in _draws(len(articles), n, seed)
        for row in weights
    ]
    return _interval(float(statistic(list(articles))), np.array(values, np.float64), len(articles), seed, level)


def _draws(n_clusters: int, n: int, seed: int) -> Iterator[FloatArray]:
    """Yield how often each cluster is drawn in each resample, in blocks of shape (n_resamples, n_clusters)."""
    if n_clusters < 1 or n < 1:
        message = f"{n} resamples of {n_clusters} articles: expected at least one of each"
        raise InputError(message)
    rng = np.random.default_rng(seed)
    shares = np.full(n_clusters, 1 / n_clusters)
    block = max(1, MAX_CELLS // n_clusters)
    for start in range(0, n, block):
        yield rng.multinomial(n_clusters, shares, size=min(block, n - start)).astype(np.float64)


def _interval(value: float, values: FloatArray, n_clusters: int, seed: int, level: float) -> Interval:
    if not 0 < level < 1:
        message = f"level {level}: expected a probability between 0 and 1, such as 0.95"
        raise InputError(message)
    known = values[~np.isnan(values)]
    tail = (1 - level) / 2
    low, high = np.quantile(known, [tail, 1 - tail]) if known.size else (np.nan, np.nan)
    return Interval(value, float(low), float(high), n_clusters, seed)
