"""Whether scores can be read as probabilities (ECE, Brier, reliability), and Platt scaling, which makes them so."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt

from rhetoric.errors import InputError, ModelError
from rhetoric.metrics.arrays import FloatArray, as_decisions, as_scores, require_same_shape

__all__ = [
    "Bin",
    "Binning",
    "PlattScaling",
    "brier_score",
    "expected_calibration_error",
    "fit_platt",
    "reliability",
]

Binning = Literal["width", "mass"]

N_BINS = 15
N_NEWTON_STEPS = 100
N_HALVINGS = 12
RIDGE = 1e-12


@dataclass(frozen=True)
class Bin:
    """The items whose probability lies above `low` and at most at `high`.

    Attributes:
        low: lower edge, which only the first bin contains.
        high: upper edge.
        n: number of items.
        mean: their mean probability.
        rate: the share of them that is positive.
    """

    low: float
    high: float
    n: int
    mean: float
    rate: float

    @property
    def gap(self) -> float:
        """How much the probabilities promise beyond what is there; negative if too little."""
        return self.mean - self.rate


def reliability(
    probabilities: npt.ArrayLike, gold: npt.ArrayLike, n_bins: int = N_BINS, binning: Binning = "width"
) -> tuple[Bin, ...]:
    """Return the bins that hold items, in order: the table behind a reliability diagram.

    Bins of equal `width` are those of Guo et al. (2017), (0, 1/n], (1/n, 2/n], …; bins of equal `mass` have as many
    items each as can be without telling equal probabilities apart.

    Raises:
        InputError: the two are not of one length, or a probability lies outside of 0–1.
    """
    values, positive = _checked(probabilities, gold)
    if not values.size:
        return ()
    edges = _edges(values, n_bins, binning)
    numbers = np.digitize(values, edges[1:-1], right=True)
    found = []
    for i in np.unique(numbers):
        inside = numbers == i
        rate, mean = float(positive[inside].mean()), float(values[inside].mean())
        found.append(Bin(float(edges[i]), float(edges[i + 1]), int(inside.sum()), mean, rate))
    return tuple(found)


def expected_calibration_error(
    probabilities: npt.ArrayLike, gold: npt.ArrayLike, n_bins: int = N_BINS, binning: Binning = "width"
) -> float:
    """Return the mean gap between probability and rate over bins, weighted by their items (Guo et al. 2017, eq. 3).

    It is NaN without items. For a binary label the probability is that of the positive class.

    Raises:
        InputError: the two are not of one length, or a probability lies outside of 0–1.
    """
    bins = reliability(probabilities, gold, n_bins, binning)
    n = sum(b.n for b in bins)
    return sum(b.n * abs(b.gap) for b in bins) / n if n else float("nan")


def brier_score(probabilities: npt.ArrayLike, gold: npt.ArrayLike) -> float:
    """Return the mean squared difference between probability and truth (Brier 1950); NaN without items.

    >>> brier_score([1.0, 0.5], [1, 0])
    0.125

    Raises:
        InputError: the two are not of one length, or a probability lies outside of 0–1.
    """
    values, positive = _checked(probabilities, gold)
    return float(np.square(values - positive).mean()) if values.size else float("nan")


@dataclass(frozen=True)
class PlattScaling:
    """Makes logits into probabilities: 1 / (1 + exp(-(a · logit + b))); as it stands it is the plain sigmoid."""

    a: float = 1.0
    b: float = 0.0

    def apply(self, logits: npt.ArrayLike) -> FloatArray:
        """Return the probabilities of `logits`, of the same shape."""
        return _sigmoid(self.a * np.asarray(logits, np.float64) + self.b)

    def to_dict(self) -> dict[str, float]:
        """Return the two numbers, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Return the scaling that `to_dict` wrote.

        Raises:
            ModelError: there are not exactly two finite numbers named a and b.
        """
        numbers = [v for v in content.values() if isinstance(v, int | float) and np.isfinite(v)]
        if set(content) != {"a", "b"} or len(numbers) != len(content):
            message = f"calibration {dict(content)!r}: expected finite numbers a and b; calibrate the model again"
            raise ModelError(message)
        return cls(float(content["a"]), float(content["b"]))


def fit_platt(logits: npt.ArrayLike, gold: npt.ArrayLike) -> PlattScaling:
    """Return the scaling that makes `gold` most likely, with Platt's smoothed targets.

    The targets are (n₊ + 1) / (n₊ + 2) for positives and 1 / (n₋ + 2) for the others (Platt 1999), so that a few items
    that are told apart perfectly do not get probabilities of 0 and 1; found by Newton's method with halved steps, as
    Lin, Lin and Weng (2007) do. Without items it is the plain sigmoid.

    Raises:
        InputError: the two are not of one length, or a logit is not finite.
    """
    values, positive = _same_length(logits, gold)
    if not values.size:
        return PlattScaling()
    scale = float(np.abs(values).max()) or 1.0
    targets = _targets(positive)
    a, b = _newton(values / scale, targets)
    return PlattScaling(a / scale, b)


def _sigmoid(logits: FloatArray) -> FloatArray:
    probabilities: FloatArray = np.exp(-np.logaddexp(0.0, -logits))
    return probabilities


def _targets(positive: FloatArray) -> FloatArray:
    n_positive = positive.sum()
    n_negative = positive.size - n_positive
    high, low = (n_positive + 1) / (n_positive + 2), 1 / (n_negative + 2)
    targets: FloatArray = low + (high - low) * positive
    return targets


def _newton(values: FloatArray, targets: FloatArray) -> tuple[float, float]:
    rows = np.stack([values, np.ones_like(values)])
    at: FloatArray = np.array([0.0, np.log(targets.mean() / (1 - targets.mean()))])
    for _ in range(N_NEWTON_STEPS):
        p = _sigmoid(at @ rows)
        hessian = (rows * (p * (1 - p))) @ rows.T + RIDGE * np.eye(2)
        direction: FloatArray = np.linalg.solve(hessian, rows @ (p - targets)).astype(np.float64)
        better = _step(at, direction, rows, targets)
        if better is None:
            break
        at = better
    return float(at[0]), float(at[1])


def _step(at: FloatArray, direction: FloatArray, rows: FloatArray, targets: FloatArray) -> FloatArray | None:
    """Return the first of ever shorter steps that lowers the loss, None if none does: `at` is the minimum."""
    before = _loss(at, rows, targets)
    tried = (at - direction / 2**i for i in range(N_HALVINGS))
    return next((point for point in tried if _loss(point, rows, targets) < before), None)


def _loss(at: FloatArray, rows: FloatArray, targets: FloatArray) -> float:
    logits = at @ rows
    return float((np.logaddexp(0.0, logits) - targets * logits).sum())


def _edges(values: FloatArray, n_bins: int, binning: Binning) -> FloatArray:
    if n_bins < 1:
        message = f"{n_bins} bins: expected at least 1"
        raise InputError(message)
    if binning == "width":
        return np.linspace(0.0, 1.0, n_bins + 1)
    cuts = np.quantile(values, np.linspace(0.0, 1.0, n_bins + 1)[1:-1], method="inverted_cdf")
    return np.concatenate([[0.0], np.unique(cuts), [1.0]])


def _checked(probabilities: npt.ArrayLike, gold: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    values, positive = _same_length(probabilities, gold)
    outside = ~((values >= 0) & (values <= 1))
    if outside.any():
        message = f"{values[outside][0]} is not a probability: expected 0 to 1; apply a calibration to logits first"
        raise InputError(message)
    return values, positive


def _same_length(scores: npt.ArrayLike, gold: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    values, positive = as_scores(scores), as_decisions(gold).astype(np.float64)
    require_same_shape(values.shape, positive.shape)
    return values, positive
