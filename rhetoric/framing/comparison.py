"""Groups of articles compared on measures: rates, differences with intervals, and p-values adjusted for their number.

The primary measures are those that were named before looking; Holm's procedure keeps the chance of any false discovery
among them. The others are exploratory; Benjamini and Hochberg's keeps the share of false ones among discoveries. What
cannot be said stands in the table too, with the reason. The word is difference: nothing here says why groups differ.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np

from rhetoric.errors import InputError, UsageError
from rhetoric.framing.adjust import Adjusted, adjust, covariate_columns
from rhetoric.framing.audit.gold import GoldSample, gold_ratios
from rhetoric.framing.contrasts import Contrast, contrast, contrast_with_rest, correlation_of
from rhetoric.framing.correction import estimate_ppi
from rhetoric.framing.dsl import estimate_dsl
from rhetoric.framing.effects import effect_size
from rhetoric.framing.estimates import Estimate, RatioSample, Refusal, estimate_plain
from rhetoric.framing.measures.measure_table import MeasureTable
from rhetoric.framing.multiplicity import adjust_bh, adjust_holm, simultaneous_level
from rhetoric.framing.ranks import rank_intervals
from rhetoric.framing.rows import Kind, Row
from rhetoric.framing.trends import trend
from rhetoric.framing.uncertainty import IntArray
from rhetoric.metrics.arrays import BoolArray, FloatArray

__all__ = ["DEFAULT_MEASURES", "JOIN", "Comparison", "Question", "compare", "group_names"]

DEFAULT_MEASURES = (
    "loaded_sentences",
    "loaded_spans_own",
    "persuasion_sentences",
    "attributed_sentences",
    "direct_quotation_sentences",
    "attributions_unnamed_source",
    "state_media_any",
    "unique_sources",
    "source_concentration",
)
"""What is compared where nobody says what."""

MINUS = " − "
REST = "the others"
JOIN = " / "
"""Between the values of two fields that make one group."""
MAX_GROUPS = 60
LENGTH = "length"
TINY = 1e-3  # thousands of words
DAYS_A_YEAR = 365.25

Correction = Literal["ppi", "dsl"]
CORRECTIONS: Mapping[Correction, Callable[[RatioSample], Estimate | Refusal]] = {
    "ppi": estimate_ppi,
    "dsl": estimate_dsl,
}


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


@dataclass(frozen=True)
class Comparison:
    """All rows of a comparison.

    Attributes:
        question: what was asked.
        groups: the groups, with the number of their articles.
        rows: by measure: the rates of the groups, and their differences.
        titles: of the measures.
        notes: what a reader must know: articles that were left out, what was not corrected.
    """

    question: Question
    groups: Mapping[str, int]
    rows: tuple[Row, ...]
    titles: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def of(self, measure: str, kind: Kind) -> tuple[Row, ...]:
        """Return the rows of a measure."""
        return tuple(row for row in self.rows if (row.measure, row.kind) == (measure, kind))


@dataclass(frozen=True)
class _Data:
    """What estimates are made from."""

    table: MeasureTable
    groups: Mapping[str, BoolArray]
    gold: GoldSample | None
    clusters: IntArray | None

    def sample(self, measure: str, rows: BoolArray) -> RatioSample:
        if self.gold is not None and measure in self.gold.numerators:
            return gold_ratios(self.gold, self.table, measure, rows, self.clusters)
        return RatioSample(
            self.table.numerators[measure][rows],
            self.table.denominators[measure][rows],
            clusters=None if self.clusters is None else self.clusters[rows],
            estimand=self.table.measures[measure].estimand,
        )


def group_names(table: MeasureTable, by: Sequence[str]) -> list[str | None]:
    """Return the group of each article; None for one that lacks a field.

    Raises:
        InputError: no article has the field.
    """
    for name in by:
        if not any(value is not None for value in table.meta.get(name, ())):
            known = ", ".join(n for n, values in table.meta.items() if any(v is not None for v in values)) or "none"
            message = f"no article has the field {name!r} to group by: expected one of {known}"
            raise InputError(message)
    rows = zip(*(table.meta[name] for name in by), strict=True)
    return [None if None in values else JOIN.join(map(str, values)) for values in rows]


def compare(
    table: MeasureTable, question: Question, gold: GoldSample | None = None, clusters: IntArray | None = None
) -> Comparison:
    """Compare groups of articles.

    Args:
        table: what was counted in the articles.
        question: what is compared.
        gold: an audit, by which the measures that it holds are corrected.
        clusters: the story of each article, (n,), where outlets report the same ones; None if each is its own.

    Raises:
        InputError: there are not two groups, or more than can be compared; or the table lacks a measure.
    """
    names = group_names(table, question.by)
    groups = {name: np.array([n == name for n in names]) for name in sorted({n for n in names if n is not None})}
    _check_groups(groups, question.by)
    measures = _chosen(table, question)
    data = _Data(table, groups, gold, clusters)
    rows = [row for measure in measures for row in _rows(measure, data, question)]
    return Comparison(
        question,
        {name: int(mask.sum()) for name, mask in groups.items()},
        tuple(_adjusted(rows)),
        {measure: table.measures[measure].title for measure in measures},
        tuple(_notes(names, measures, data, question)),
    )


def _check_groups(groups: Mapping[str, BoolArray], by: Sequence[str]) -> None:
    if len(groups) < 2:
        only = next(iter(groups))
        message = f"all articles are of one {JOIN.join(by)}, {only!r}: expected two or more to compare"
        raise InputError(message)
    if len(groups) > MAX_GROUPS:
        message = f"{JOIN.join(by)} has {len(groups)} values: expected {MAX_GROUPS} or fewer to compare; group them"
        raise InputError(message)


def _chosen(table: MeasureTable, question: Question) -> list[str]:
    """Return the measures to compare, primary ones first.

    Raises:
        UsageError: the table has no measure of a name.
    """
    asked = question.measures or (() if question.primary else tuple(m for m in DEFAULT_MEASURES if m in table.measures))
    chosen = list(dict.fromkeys((*question.primary, *(table.measures if asked == ("all",) else asked))))
    for name in chosen:
        if name not in table.measures:
            some = ", ".join(itertools.islice(table.measures, 5))
            message = (
                f"there is no measure {name!r}: expected one of {some}, … (docs/measures.md), or a file of your own"
            )
            raise UsageError(message)
    return chosen


def _rows(measure: str, data: _Data, question: Question) -> Iterator[Row]:
    answers = _Answers(measure, data, question)
    yield from answers.levels()
    yield from answers.pairs()
    if question.against_rest and len(data.groups) > 2:
        yield from answers.against_rest()
    if question.adjust_for:
        yield from answers.at_like_values()
    if question.trend:
        yield from answers.trends(_years(data.table, question.trend))


class _Answers:
    """What is said of one measure."""

    def __init__(self, measure: str, data: _Data, question: Question) -> None:
        self.measure, self.data, self.question = measure, data, question
        self.names = list(data.groups)
        self.samples = [data.sample(measure, rows) for rows in data.groups.values()]
        self.estimates = [_estimate(sample, question) for sample in self.samples]

    def levels(self) -> Iterator[Row]:
        ranks = rank_intervals(self.estimates, self.question.level)
        for name, found, rank in zip(self.names, self.estimates, ranks, strict=True):
            yield self._row("level", name, found).ranked(rank)

    def pairs(self) -> Iterator[Row]:
        together = self._level_together()
        for i, j in itertools.combinations(range(len(self.names)), 2):
            found = contrast(self.estimates[i], self.estimates[j])
            row = self._row("pairwise", f"{self.names[i]}{MINUS}{self.names[j]}", found)
            one, other = self.estimates[i], self.estimates[j]
            if isinstance(found, Contrast) and isinstance(one, Estimate) and isinstance(other, Estimate):
                low, high = found.interval(together)
                samples, is_share = (self.samples[i], self.samples[j]), row.unit == "share"
                size = effect_size((one, other), samples, is_share=is_share, level=self.question.level)
                row = replace(row.sized(size), all_low=low, all_high=high)
            yield row

    def against_rest(self) -> Iterator[Row]:
        for place, name in enumerate(self.names):
            yield self._row("rest", f"{name}{MINUS}{REST}", contrast_with_rest(self.estimates, place))

    def at_like_values(self) -> Iterator[Row]:
        everyone = np.logical_or.reduce(list(self.data.groups.values()))
        numbers = np.full(len(everyone), -1, np.intp)
        for number, rows in enumerate(self.data.groups.values()):
            numbers[rows] = number
        fitted = self._adjusted(everyone, numbers)
        for i, j in itertools.combinations(range(len(self.names)), 2):
            shares = np.zeros(len(self.names))
            shares[i], shares[j] = 1.0, -1.0
            found = fitted if isinstance(fitted, Refusal) else fitted.contrast(shares)
            yield self._row("adjusted", f"{self.names[i]}{MINUS}{self.names[j]}", found)

    def _adjusted(self, everyone: BoolArray, numbers: IntArray) -> Adjusted | Refusal:
        known = everyone if self.data.gold is None else everyone & self.data.gold.kept
        covariates = {name: _covariate(self.data.table, name, known) for name in self.question.adjust_for}
        return adjust(self.data.sample(self.measure, everyone), numbers[known], covariate_columns(covariates))

    def trends(self, years: FloatArray) -> Iterator[Row]:
        for name, rows, sample in zip(self.names, self.data.groups.values(), self.samples, strict=True):
            known = rows if self.data.gold is None or sample.gold_numerator is None else rows & self.data.gold.kept
            row = self._row("trend", f"{name}, a year", trend(sample, years[known]))
            yield replace(row, unit=f"{row.unit}, change a year")

    def _row(self, kind: Kind, told: str, found: Estimate | Contrast | Refusal) -> Row:
        unit = self.data.table.measures[self.measure].unit
        is_primary = self.measure in self.question.primary
        return Row(self.measure, told, kind, unit, is_primary).filled(found, self.question.level)

    def _level_together(self) -> float:
        """Return the level of single intervals at which those of all pairs hold at once."""
        known = [e for e in self.estimates if isinstance(e, Estimate)]
        pairs = list(itertools.combinations(range(len(known)), 2))
        if not pairs:
            return self.question.level
        shares = np.zeros((len(pairs), len(known)))
        for row, (i, j) in enumerate(pairs):
            shares[row, i], shares[row, j] = 1.0, -1.0
        return simultaneous_level(correlation_of(known, shares), self.question.level)


def _estimate(sample: RatioSample, question: Question) -> Estimate | Refusal:
    return estimate_plain(sample) if sample.gold_numerator is None else CORRECTIONS[question.correction](sample)


def _covariate(table: MeasureTable, name: str, rows: BoolArray) -> list[object]:
    """Return a field of the articles' meta; `length` is the logarithm of their words, where nothing else is."""
    if name == LENGTH and name not in table.meta:
        sizes = next((table.denominators[m] for m, of in table.measures.items() if of.per == "words"), None)
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
    try:
        return date.fromisoformat(str(value)[:10]).toordinal() / DAYS_A_YEAR
    except ValueError:
        return np.nan


def _adjusted(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with p-values adjusted over measures and differences, primary and exploratory ones apart."""
    adjusted = list(rows)
    for is_primary, method in ((True, adjust_holm), (False, adjust_bh)):
        places = [i for i, r in enumerate(rows) if r.is_primary == is_primary and not np.isnan(r.p_value)]
        values = method(np.array([rows[i].p_value for i in places]))
        for i, value in zip(places, values.tolist(), strict=True):
            adjusted[i] = replace(rows[i], p_adjusted=value)
    return adjusted


def _notes(names: Sequence[str | None], measures: Sequence[str], data: _Data, question: Question) -> Iterator[str]:
    n_missing = sum(name is None for name in names)
    if n_missing:
        yield f"{n_missing} of {len(names)} articles lack a field to group by and are left out"
    held = set(data.gold.numerators) if data.gold is not None else set()
    bare = [measure for measure in measures if measure not in held]
    if bare:
        what = "nothing is" if not held else f"{', '.join(bare)}: not"
        yield f"{what} corrected for the model's error: a difference may be the model's; audit a sample and give --gold"
    if data.gold is not None and not all(rows[data.gold.audited].any() for rows in data.groups.values()):
        yield "the audit does not reach every group"
    if not question.adjust_for:
        yield "nothing is adjusted for: groups may differ in genre and topic as well; genre is not controlled"
