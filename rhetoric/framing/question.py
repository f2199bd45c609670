"""What a comparison is asked: which groups, which measures, which of them were chosen before looking."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Correction", "Question"]

Correction = Literal["ppi", "dsl"]


@dataclass(frozen=True)
class Question:
    """What is compared.

    Attributes:
        by: one or two fields of the articles' meta, whose values make the groups.
        measures: names; the default ones if none is given.
        primary: those of them that were chosen before looking.
        against_rest: also compare each group with the mean of the others.
        adjust_for: fields of meta, or `length`, at like values of which groups are compared too.
        trend: a field of dates, by which each group's change a year is told.
        correction: how gold corrects, where there is some.
        level: of intervals.
    """

    by: tuple[str, ...] = ("outlet",)
    measures: tuple[str, ...] = ()
    primary: tuple[str, ...] = ()
    against_rest: bool = False
    adjust_for: tuple[str, ...] = ()
    trend: str | None = None
    correction: Correction = "ppi"
    level: float = 0.95
