"""How far coders agree on what they gave codes to: percent agreement, Cohen's kappa, Krippendorff's nominal alpha.

Units coded by fewer than two coders say nothing about agreement and are left out. A coefficient that corrects for
chance is NaN where all values are the same: with nothing to tell apart, agreement and chance cannot be told apart.
For stretches of text, which coders have to find before they can code them, see `unitizing`.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from rhetoric.errors import InputError
from rhetoric.metrics.arrays import BoolArray, FloatArray, divide, require_same_shape
from rhetoric.metrics.bootstrap import interval

__all__ = [
    "Agreement",
    "Coefficient",
    "Tally",
    "Values",
    "class_agreement",
    "cohen_kappa",
    "krippendorff_alpha",
    "label_agreement",
    "percent_agreement",
]

Coefficient = Literal["percent_agreement", "cohen_kappa", "krippendorff_alpha"]
Values = Sequence[Sequence[Hashable | None]]
"""One row a unit, one column a coder: the class that the coder gave the unit, None where there is none."""

Statistic = Callable[[FloatArray], FloatArray]
Rows = Callable[[BoolArray], FloatArray]

MEAN_PREFIX = "mean_"


@dataclass(frozen=True)
class Agreement:
    """A coefficient of agreement with its interval; NaN where it is not defined.

    Attributes:
        name: of the coefficient; a mean over labels begins with `mean_`.
        label: what was coded; None for all labels together, or classes that exclude each other.
        value: the coefficient.
        low: lower end of the interval.
        high: upper end of the interval.
        n_units: units that two or more coders coded, or the stretches that they marked.
        n_coders: those who coded a unit that another coded too.
    """

    name: str
    label: str | None
    value: float
    low: float
    high: float
    n_units: int
    n_coders: int

    def __str__(self) -> str:
        """Return the value and its interval, to three decimals."""
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True)
class Tally:
    """Counts that add up over units or texts, and the coefficient that is made of their sums.

    Attributes:
        rows: the counts, shape (n, n_counts).
        groups: the article that each row is of; rows of one article are drawn together.
        statistic: from sums of counts, shape (..., n_counts), to coefficients, shape (...).
        n_units: what was coded.
        n_coders: by how many.
    """

    rows: FloatArray
    groups: Sequence[str]
    statistic: Statistic
    n_units: int
    n_coders: int

    @property
    def value(self) -> float:
        """The coefficient, NaN where it is not defined."""
        return float(self.statistic(self.rows.sum(0)))

    def agreement(self, name: str, label: str | None = None) -> Agreement:
        """Return the coefficient with its interval when whole articles are drawn again, as `bootstrap` does it.

        The order of rows with given groups does not matter. Draws in which it is not defined are left out.
        """
        low = high = np.nan
        if len(self.rows):
            names, places = np.unique(np.array(self.groups, dtype=np.str_), return_inverse=True)
            clusters = np.zeros((len(names), self.rows.shape[1]))
            np.add.at(clusters, places, self.rows)
            drawn = interval(clusters, self.statistic)
            low, high = drawn.low, drawn.high
        return Agreement(name, label, self.value, low, high, self.n_units, self.n_coders)


def percent_agreement(values: Values) -> float:
    """Return the share of equal pairs, of all pairs of values that two coders gave one unit; NaN without pairs.

    Agreement by chance is in it, so it is high wherever one class is frequent.

    >>> percent_agreement([["a", "a"], ["a", "b"], ["b", None]])
    0.5

    Raises:
        InputError: the rows are not of one length.
    """
    return _class_tally(values, None, "percent_agreement").value


def cohen_kappa(one: Sequence[Hashable | None], other: Sequence[Hashable | None]) -> float:
    """Return Cohen's kappa of two coders, (p_o - p_e) / (1 - p_e), where each has own rates of the classes.

    Units that one of them did not code (None) are left out. It is NaN where both use the same one class throughout,
    or nothing is left. (Cohen 1960, A Coefficient of Agreement for Nominal Scales.)

    >>> cohen_kappa(["a", "a", "b", "b"], ["a", "a", "b", "a"])
    0.5

    Raises:
        InputError: the two are not of one length.
    """
    require_same_shape((len(one),), (len(other),))
    return _class_tally(list(zip(one, other, strict=True)), None, "cohen_kappa").value


def krippendorff_alpha(values: Values) -> float:
    """Return Krippendorff's alpha for nominal data, any number of coders and missing values.

    With o_ck from the coincidence matrix, to which a unit with m values gives each ordered pair of them with weight
    1 / (m - 1), n_c its margins and n their sum, alpha = 1 - (n - 1) Σ_c≠k o_ck / Σ_c≠k n_c n_k. It is NaN where all
    values are the same, or no unit has two.
    (Krippendorff 2004, Content Analysis, 2nd ed., ch. 11; 2011, Computing Krippendorff's Alpha-Reliability.)

    >>> round(krippendorff_alpha([["a", "a"], ["a", "a"], ["b", "b"], ["b", "a"]]), 3)
    0.533

    Raises:
        InputError: the rows are not of one length.
    """
    return _class_tally(values, None, "krippendorff_alpha").value


def class_agreement(
    values: Values, groups: Sequence[str] | None = None, coefficient: Coefficient = "krippendorff_alpha"
) -> Agreement:
    """Return the agreement on classes that exclude each other, with its interval.

    Args:
        values: one row a unit, one column a coder.
        groups: the article of each unit; None if each unit is one.
        coefficient: which one; `cohen_kappa` compares two coders.

    Raises:
        InputError: the rows are not of one length, there is not one group for each, or kappa got more than two coders.
    """
    return _class_tally(values, groups, coefficient).agreement(coefficient)


def label_agreement(
    values: Sequence[Sequence[Collection[str] | None]],
    labels: Sequence[str],
    groups: Sequence[str] | None = None,
    coefficient: Coefficient = "krippendorff_alpha",
) -> list[Agreement]:
    """Return the agreement on whether each label applies, where several may, and the mean over labels at the end.

    The mean is over the labels for which the coefficient is defined: one that nobody gave, or everybody always, has
    no part in it, in the value as in each draw.

    Args:
        values: one row a unit, one column a coder: the labels given, perhaps none, or None where not coded.
        labels: those to compare.
        groups: the article of each unit; None if each unit is one.
        coefficient: which one; `cohen_kappa` compares two coders.

    Raises:
        InputError: the rows are not of one length, there is not one group for each, kappa got more than two coders,
            or a string stands where a collection of labels should.
    """
    tallies = {
        label: _tally(_one_hot(_presence(values, label), (False, True)), groups, coefficient) for label in labels
    }
    found = [tally.agreement(coefficient, label) for label, tally in tallies.items()]
    return [*found, *([_mean(list(tallies.values())).agreement(MEAN_PREFIX + coefficient)] if tallies else [])]


def _presence(values: Sequence[Sequence[Collection[str] | None]], label: str) -> list[list[bool | None]]:
    for codes in (codes for row in values for codes in row):
        if isinstance(codes, str):
            message = f"labels {codes!r}: expected a collection of labels, such as a tuple; put a single label into one"
            raise InputError(message)
    return [[None if codes is None else label in codes for codes in row] for row in values]


def _mean(tallies: Sequence[Tally]) -> Tally:
    """Return the tally of the mean coefficient; all are of the same units."""
    first = tallies[0]

    def mean(sums: FloatArray) -> FloatArray:
        values = first.statistic(sums.reshape(*sums.shape[:-1], len(tallies), -1))
        known = ~np.isnan(values)
        return divide(np.where(known, values, 0.0).sum(-1), known.sum(-1, dtype=np.float64), np.nan)

    return Tally(np.hstack([t.rows for t in tallies]), first.groups, mean, first.n_units, first.n_coders)


def _class_tally(values: Values, groups: Sequence[str] | None, coefficient: Coefficient) -> Tally:
    classes = list(dict.fromkeys(value for row in values for value in row if value is not None))
    return _tally(_one_hot(values, classes), groups, coefficient)


def _one_hot(values: Values, classes: Iterable[Hashable]) -> BoolArray:
    """Return whether each unit got each class from each coder, shape (n_units, n_coders, n_classes)."""
    n_columns = {len(row) for row in values}
    if len(n_columns) > 1:
        message = f"rows of {min(n_columns)} to {max(n_columns)} values: expected one for each coder, None if missing"
        raise InputError(message)
    numbers = {name: i for i, name in enumerate(classes)}
    codes = [[-1 if value is None else numbers[value] for value in row] for row in values]
    placed = np.array(codes, np.intp).reshape(len(codes), max(n_columns, default=0))
    return np.equal(placed[..., None], np.arange(len(numbers)), dtype=np.bool_)


def _tally(given: BoolArray, groups: Sequence[str] | None, coefficient: Coefficient) -> Tally:
    names = [str(i) for i in range(len(given))] if groups is None else groups
    if len(names) != len(given):
        message = f"{len(names)} groups for {len(given)} units: give one for each unit"
        raise InputError(message)
    coded = np.asarray(given.any(2))
    pairable = coded.sum(1) > 1
    make_rows, statistic = COEFFICIENTS[coefficient]
    n_coders = int(coded[pairable].any(0).sum())
    kept = [name for name, is_kept in zip(names, pairable, strict=True) if is_kept]
    return Tally(make_rows(given[pairable]), kept, statistic, len(kept), n_coders)


def _pair_rows(given: BoolArray) -> FloatArray:
    """Return the number of ordered pairs that are equal and of all, for each unit."""
    margins = given.sum(1, dtype=np.float64)
    n_values = margins.sum(1)
    return np.stack([(margins * (margins - 1)).sum(1), n_values * (n_values - 1)], 1)


def _percent_of(rows: FloatArray) -> FloatArray:
    return divide(rows[..., 0], rows[..., 1], np.nan)


def _kappa_rows(given: BoolArray) -> FloatArray:
    """Return whether the two agree, and which class each gave, for each unit."""
    if given.shape[1] > 2:
        message = (
            f"values of {given.shape[1]} coders: kappa compares two; choose two of them or take krippendorff_alpha"
        )
        raise InputError(message)
    if not len(given):
        return np.zeros((0, 3))
    one, other = given[:, 0], given[:, 1]
    return np.hstack([(one & other).any(1, keepdims=True), one, other]).astype(np.float64)


def _kappa_of(rows: FloatArray) -> FloatArray:
    one, other = np.split(rows[..., 1:], 2, axis=-1)
    n, by_chance = one.sum(-1), (one * other).sum(-1)
    return divide(n * rows[..., 0] - by_chance, n * n - by_chance, np.nan)


def _alpha_rows(given: BoolArray) -> FloatArray:
    """Return what each unit adds to the coincidence matrix: its sum off the diagonal, and its margins."""
    margins = given.sum(1, dtype=np.float64)
    n_values = margins.sum(1)
    unequal = (n_values**2 - (margins**2).sum(1)) / (n_values - 1)
    return np.hstack([unequal[:, None], margins])


def _alpha_of(rows: FloatArray) -> FloatArray:
    margins = rows[..., 1:]
    n = margins.sum(-1)
    return 1 - divide((n - 1) * rows[..., 0], n**2 - (margins**2).sum(-1), np.nan)


COEFFICIENTS: Mapping[Coefficient, tuple[Rows, Statistic]] = MappingProxyType(
    {
        "percent_agreement": (_pair_rows, _percent_of),
        "cohen_kappa": (_kappa_rows, _kappa_of),
        "krippendorff_alpha": (_alpha_rows, _alpha_of),
    }
)
"""For each coefficient the counts of units that it needs, and how it is made of their sums."""
