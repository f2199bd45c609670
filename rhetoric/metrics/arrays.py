"""What the metrics of vectors take: decisions that are 0 or 1, scores that are finite, both of one shape."""

import numpy as np
import numpy.typing as npt

from rhetoric.errors import InputError

__all__ = ["BoolArray", "FloatArray", "as_decisions", "as_scores", "divide", "require_same_shape"]

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]


def as_decisions(values: npt.ArrayLike) -> BoolArray:
    """Return booleans, or zeros and ones, as booleans.

    >>> as_decisions([1, 0]).tolist()
    [True, False]

    Raises:
        InputError: there is another value.
    """
    array = np.asarray(values)
    strange = (array != 0) & (array != 1)
    if np.any(strange):
        message = f"label {array[strange][0]!s}: expected 0 or 1; leave out items whose label is not known"
        raise InputError(message)
    return array.astype(np.bool_)


def as_scores(values: npt.ArrayLike) -> FloatArray:
    """Return scores as floats.

    Raises:
        InputError: one is infinite or not a number.
    """
    array = np.asarray(values, np.float64)
    strange = ~np.isfinite(array)
    if strange.any():
        message = f"{int(strange.sum())} of {array.size} scores are not finite: expected numbers only"
        raise InputError(message)
    return array


def divide(numerator: FloatArray, denominator: FloatArray, if_none: npt.ArrayLike) -> FloatArray:
    """Return numerator / denominator, and `if_none` where the denominator is 0; all broadcast.

    >>> divide(np.array([1.0, 1.0]), np.array([2.0, 0.0]), np.nan).tolist()
    [0.5, nan]
    """
    has_value = np.asarray(denominator) != 0
    quotient: FloatArray = np.where(has_value, numerator / np.where(has_value, denominator, 1.0), if_none)
    return quotient


def require_same_shape(predicted: tuple[int, ...], gold: tuple[int, ...]) -> None:
    """Refuse predictions that are not of the shape of the gold.

    Raises:
        InputError: they are not.
    """
    if predicted != gold:
        message = f"predictions of shape {predicted} but gold of shape {gold}: give one prediction for each gold label"
        raise InputError(message)
