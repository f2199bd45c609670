"""What is said of one measure: rates of groups and their differences, each a row or the reason why there is none."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from rhetoric.errors import InputError
from rhetoric.framing.adjust import Adjusted, adjust, covariate_columns
from rhetoric.framing.audit.gold import GoldSample, gold_ratios
from rhetoric.framing.contrasts import Contrast, contrast, contrast_with_rest, correlation_of
from rhetoric.framing.correction import estimate_ppi
from rhetoric.framing.dates import read_day
from rhetoric.framing.dsl import estimate_dsl
from rhetoric.framing.effects import effect_size
from rhetoric.framing.estimates import Estimate, RatioSample, Refusal, estimate_plain
from rhetoric.framing.measures.measure_table import MeasureTable
from rhetoric.framing.multiplicity import simultaneous_level
from rhetoric.framing.question import Correction, Question
from rhetoric.framing.quotation_marks import needs_quotation_marks
from rhetoric.framing.ranks import rank_intervals
from rhetoric.framing.rows import Kind, Row
from rhetoric.framing.trends import trend
from rhetoric.framing.uncertainty import IntArray
from rhetoric.metrics.arrays import BoolArray, FloatArray

__all__ = ["Data", "answer"]

MINUS = " − "
REST = "the others"
LENGTH = "length"
TINY = 1e-3  # thousands of words
DAYS_A_YEAR = 365.25
NO_TWO = Refusal("no two groups have a rate")
NOT_CORRECTED = Refusal("nothing was corrected")

CORRECTIONS: Mapping[Correction, Callable[[RatioSample], Estimate | Refusal]] = {
    "ppi": estimate_ppi,
    "dsl": estimate_dsl,
}


@dataclass(frozen=True)
class Data:
    """What estimates are made from.

    Attributes:
        table: what was counted in the articles.
        groups: the articles of each group, (n,) each.
        gold: an audit.
        clusters: the story of each article, (n,); None if each is its own.
        shares: how much each article counts, (n,); None if each counts 1.
        unmarked: the groups whose texts have lost their quotation marks, with the reason.
    """

    table: MeasureTable
    groups: Mapping[str, BoolArray]
    gold: GoldSample | None
    clusters: IntArray | None
    shares: FloatArray | None = None
    unmarked: Mapping[str, Refusal] = field(default_factory=dict)

    def spoken_for(self, measure: str, rows: BoolArray) -> BoolArray:
        """Return the articles that the sample of a measure holds: with gold, those that the audit speaks for."""
        gold = self._gold_of(measure)
        return rows if gold is None else rows & gold.kept

    def sample(self, measure: str, rows: BoolArray) -> RatioSample:
        """Return a measure on some articles, with gold where there is some."""
        sample = self._unweighted(measure, rows)
        return sample if self.shares is None else sample.weighted(self.shares[self.spoken_for(measure, rows)])

    def _gold_of(self, measure: str) -> GoldSample | None:
        return self.gold if self.gold is not None and measure in self.gold.numerators else None

    def _unweighted(self, measure: str, rows: BoolArray) -> RatioSample:
        gold = self._gold_of(measure)
        if gold is not None:
            return gold_ratios(gold, self.table, measure, rows, self.clusters)
        return RatioSample(
            self.table.numerators[measure][rows],
            self.table.denominators[measure][rows],
            clusters=None if self.clusters is None else self.clusters[rows],
            estimand=self.table.measures[measure].estimand,
        )


def answer(measure: str, data: Data, question: Question) -> Iterator[Row]:
    """Yield all rows of a measure.

    Raises:
        InputError: no article has a field to adjust for, or a date.
    """
    for name in question.adjust_for:
        _covariate(data.table, name, np.zeros(len(data.table), np.bool_))  # refuses what is not there
    answers = _Answers(measure, data, question)
    yield from answers.levels()
    yield from answers.pairs()
    if question.against_rest and len(data.groups) > 2:
        yield from answers.against_rest()
    if data.clusters is not None:
        yield from answers.regressed("story")
    if question.adjust_for:
        yield from answers.regressed("adjusted")
    if question.trend:
        yield from answers.trends(_years(data.table, question.trend))


class _Answers:
    """What is said of one measure."""

    def __init__(self, measure: str, data: Data, question: Question) -> None:
        self.measure, self.data, self.question = measure, data, question
        self.names = list(data.groups)
        self.samples = [data.sample(measure, rows) for rows in data.groups.values()]
        self.lost = data.unmarked if needs_quotation_marks(data.table.measures[measure]) else {}
        self.estimates = [
            self.lost.get(name) or _estimate(sample, question)
            for name, sample in zip(self.names, self.samples, strict=True)
        ]

        other: Correction = "dsl" if question.correction == "ppi" else "ppi"
        self.others = [
            CORRECTIONS[other](sample) if isinstance(found, Estimate) and found.n_audited else NOT_CORRECTED
            for sample, found in zip(self.samples, self.estimates, strict=True)
        ]

    def levels(self) -> Iterator[Row]:
        ranks = rank_intervals(self.estimates, self.question.level)
        together = self._level_together(of_pairs=False)
        for i, (name, found, rank) in enumerate(zip(self.names, self.estimates, ranks, strict=True)):
            row = self._row("level", name, found).ranked(rank).beside(self.others[i], self.question.level)
            if isinstance(found, Estimate):
                low, high = found.interval(together)
                row = replace(row, n_effective=_worth(self.samples[i], found), all_low=low, all_high=high)
            yield row

    def pairs(self) -> Iterator[Row]:
        together = self._level_together(of_pairs=True)
        for i, j in itertools.combinations(range(len(self.names)), 2):
            found = self._refused(i, j) or contrast(self.estimates[i], self.estimates[j])
            row = self._row("pairwise", f"{self.names[i]}{MINUS}{self.names[j]}", found)
            one, other = self.estimates[i], self.estimates[j]
            if isinstance(found, Contrast) and isinstance(one, Estimate) and isinstance(other, Estimate):
                low, high = found.interval(together)
                samples, is_share = (self.samples[i], self.samples[j]), row.unit == "share"
                size = effect_size((one, other), samples, is_share=is_share, level=self.question.level)
                row = replace(row.sized(size), all_low=low, all_high=high)
                row = row.beside(contrast(self.others[i], self.others[j]), self.question.level)
            yield row

    def against_rest(self) -> Iterator[Row]:
        for place, name in enumerate(self.names):
            refused = self._refused(place, *range(len(self.names)))
            yield self._row("rest", f"{name}{MINUS}{REST}", refused or contrast_with_rest(self.estimates, place))

    def regressed(self, kind: Literal["adjusted", "story"]) -> Iterator[Row]:
        """Yield differences at like values of other variables, across stories or within them.

        A group whose rate is refused takes no part: where it has one article, a regression would fit that perfectly,
        and be sure of it.
        """
        usable = [i for i, found in enumerate(self.estimates) if isinstance(found, Estimate)]
        numbers = np.full(len(self.data.table), -1, np.intp)
        for number, i in enumerate(usable):
            numbers[self.data.groups[self.names[i]]] = number
        fitted = self._fit(numbers, is_same_story=kind == "story") if len(usable) > 1 else None
        for i, j in itertools.combinations(range(len(self.names)), 2):
            shares = np.array([(place == i) - (place == j) for place in usable], np.float64)
            found = fitted.contrast(shares) if isinstance(fitted, Adjusted) else fitted
            yield self._row(kind, f"{self.names[i]}{MINUS}{self.names[j]}", self._refused(i, j) or found or NO_TWO)

    def _refused(self, *places: int) -> Refusal | None:
        """Return which of some groups has no rate, and why."""
        for i in places:
            found = self.estimates[i]
            if isinstance(found, Refusal):
                return Refusal(f"{self.names[i]}: {found.reason}")
        return None

    def _fit(self, numbers: IntArray, *, is_same_story: bool) -> Adjusted | Refusal:
        known = self.data.spoken_for(self.measure, numbers >= 0)
        covariates = {name: _covariate(self.data.table, name, known) for name in self.question.adjust_for}
        sample = self.data.sample(self.measure, numbers >= 0)
        return adjust(sample, numbers[known], covariate_columns(covariates), same_story=is_same_story)

    def trends(self, years: FloatArray) -> Iterator[Row]:
        for name, rows, sample in zip(self.names, self.data.groups.values(), self.samples, strict=True):
            found = self.lost.get(name) or trend(sample, years[self.data.spoken_for(self.measure, rows)])
            row = self._row("trend", f"{name}, a year", found)
            yield replace(row, unit=f"{row.unit}, change a year")

    def _row(self, kind: Kind, told: str, found: Estimate | Contrast | Refusal) -> Row:
        unit = self.data.table.measures[self.measure].unit
        is_primary = self.measure in self.question.primary
        return Row(self.measure, told, kind, unit, is_primary).filled(found, self.question.level)

    def _level_together(self, *, of_pairs: bool) -> float:
        """Return the level of single intervals at which those of all rates, or of all pairs, hold at once."""
        known = [e for e in self.estimates if isinstance(e, Estimate)]
        shares = np.eye(len(known))
        if of_pairs:
            pairs = itertools.combinations(range(len(known)), 2)
            shares = np.array([shares[i] - shares[j] for i, j in pairs])
        level = self.question.level
        return simultaneous_level(correlation_of(known, shares), level) if len(shares) else level


def _estimate(sample: RatioSample, question: Question) -> Estimate | Refusal:
    return estimate_plain(sample) if sample.gold_numerator is None else CORRECTIONS[question.correction](sample)


def _worth(sample: RatioSample, found: Estimate) -> float:
    """Return how many audited articles gold alone would need for the same standard error; NaN without gold."""
    alone = estimate_ppi(sample, 0.0) if found.n_audited else None
    if not isinstance(alone, Estimate) or not found.std_error:
        return np.nan
    return found.n_audited * (alone.std_error / found.std_error) ** 2


def _covariate(table: MeasureTable, name: str, rows: BoolArray) -> list[object]:
    """Return a field of the articles' meta; `length` is the logarithm of their words, where nothing else is."""
    if name == LENGTH and name not in table.meta:
        per_words = (m for m, of in table.measures.items() if of.per == "words" and of.within == "all")
        sizes = next((table.denominators[m] for m in per_words), None)
        if sizes is None:
            message = "the length of the articles is not known: give --measure loaded_spans too, which counts words"
            raise InputError(message)
        return [None if np.isnan(size) else float(np.log(max(size, TINY))) for size in sizes[rows]]
    if name not in table.meta:
        message = f"no article has the field {name!r} to adjust for: expected one of {', '.join(table.meta)}, or length"
        raise InputError(message)
    return [value for value, is_in in zip(table.meta[name], rows, strict=True) if is_in]


def _years(table: MeasureTable, name: str) -> FloatArray:
    """Return the dates of articles in years, (n,); NaN where there is none.

    Raises:
        InputError: no article has a date in the field.
    """
    found = np.array([_year(value) for value in table.meta.get(name, (None,) * len(table))])
    if np.isnan(found).all():
        message = f"no article has an ISO date in the field {name!r}: expected dates such as 2026-03-02"
        raise InputError(message)
    return found


def _year(value: object) -> float:
    day = read_day(value)
    return np.nan if day is None else day.toordinal() / DAYS_A_YEAR
