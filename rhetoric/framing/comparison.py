"""Groups of articles compared on measures: rates, differences with intervals, and p-values adjusted for their number.

The primary measures are those that were named before looking; Holm's procedure keeps the chance of any false discovery
among them. The others are exploratory; Benjamini and Hochberg's keeps the share of false ones among discoveries. What
cannot be said stands in the table too, with the reason. The word is difference: nothing here says why groups differ.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from rhetoric.errors import InputError, UsageError
from rhetoric.framing.actors_covered import find_differing_actors
from rhetoric.framing.answers import Data, answer
from rhetoric.framing.audit.gold import GoldSample
from rhetoric.framing.contents import Contents, count_contents
from rhetoric.framing.dates import read_day
from rhetoric.framing.known_error import KnownError
from rhetoric.framing.measures.measure_table import MeasureTable
from rhetoric.framing.multiplicity import adjust_bh, adjust_holm
from rhetoric.framing.question import Question
from rhetoric.framing.quotation_marks import find_sparse, find_unmarked, needs_quotation_marks
from rhetoric.framing.rows import Kind, Row
from rhetoric.framing.uncertainty import IntArray
from rhetoric.metrics.arrays import BoolArray, FloatArray

__all__ = ["DEFAULT_MEASURES", "JOIN", "Comparison", "compare", "group_names"]

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

JOIN = " / "
"""Between the values of two fields that make one group."""
MAX_GROUPS = 60
GENRE = "genre"


@dataclass(frozen=True)
class Comparison:
    """All rows of a comparison.

    Attributes:
        question: what was asked.
        groups: the groups, with the number of their articles.
        rows: by measure: the rates of the groups, and their differences.
        titles: of the measures.
        notes: what a reader must know: articles that were left out, what was not corrected.
        article_ids: the articles of the groups.
        contents: how much each group holds.
        known_errors: by measure, what the model's folder says of its error.
    """

    question: Question
    groups: Mapping[str, int]
    rows: tuple[Row, ...]
    titles: Mapping[str, str]
    notes: tuple[str, ...] = ()
    article_ids: frozenset[str] = frozenset()
    contents: Mapping[str, Contents] = field(default_factory=dict)
    known_errors: Mapping[str, KnownError] = field(default_factory=dict)

    def of(self, measure: str, kind: Kind) -> tuple[Row, ...]:
        """Return the rows of a measure."""
        return tuple(row for row in self.rows if (row.measure, row.kind) == (measure, kind))

    def is_corrected(self, measure: str) -> bool:
        """Return whether gold corrected the rates of a measure."""
        return all(row.estimator != "plain" or row.note for row in self.of(measure, "level"))

    @property
    def error_notes(self) -> tuple[str, ...]:
        """What is known of the error of measures that were not corrected, and how far names alone move their scores."""
        known = {name: error for name, error in self.known_errors.items() if not self.is_corrected(name)}
        figures = "; ".join(f"{name} {error.told}" for name, error in known.items() if error.told)
        told = (f"known error of the model, on other texts than these: {figures}",) if figures else ()
        return (*told, *dict.fromkeys(str(error.leaning) for error in known.values() if error.leaning is not None))


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
    table: MeasureTable,
    question: Question,
    gold: GoldSample | None = None,
    clusters: IntArray | None = None,
    shares: FloatArray | None = None,
) -> Comparison:
    """Compare groups of articles.

    Args:
        table: what was counted in the articles.
        question: what is compared.
        gold: an audit, by which the measures that it holds are corrected.
        clusters: the story of each article, (n,), where outlets report the same ones; None if each is its own.
        shares: how much each article counts, (n,), such as 1/k for one of k copies; None if each counts 1.

    Raises:
        InputError: there are not two groups, or more than can be compared; or the table lacks a measure.
    """
    names = group_names(table, question.by)
    groups = {name: np.array([n == name for n in names]) for name in sorted({n for n in names if n is not None})}
    _check_groups(groups, question.by)
    measures = _chosen(table, question)
    data = Data(table, groups, gold, clusters, shares, find_unmarked(table, groups))
    rows = [row for measure in measures for row in answer(measure, data, question)]
    return Comparison(
        question,
        {name: int(mask.sum()) for name, mask in groups.items()},
        tuple(_adjusted(rows)),
        {measure: table.measures[measure].title for measure in measures},
        tuple(_notes(names, measures, data, question)),
        frozenset(name for name, group in zip(table.ids, names, strict=True) if group is not None),
        count_contents(table, groups),
    )


def _check_groups(groups: Mapping[str, BoolArray], by: Sequence[str]) -> None:
    if not groups:
        message = f"no article has both of the fields {' and '.join(by)}: expected fields that articles share"
        raise InputError(message)
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


def _adjusted(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with p-values adjusted over measures and differences, primary and exploratory ones apart."""
    adjusted = list(rows)
    for is_primary, method in ((True, adjust_holm), (False, adjust_bh)):
        places = [i for i, r in enumerate(rows) if r.is_primary == is_primary and not np.isnan(r.p_value)]
        values = method(np.array([rows[i].p_value for i in places]))
        for i, value in zip(places, values.tolist(), strict=True):
            adjusted[i] = replace(rows[i], p_adjusted=value)
    return adjusted


def _notes(names: Sequence[str | None], measures: Sequence[str], data: Data, question: Question) -> Iterator[str]:
    n_missing = sum(name is None for name in names)
    if n_missing:
        yield f"{n_missing} of {len(names)} articles lack a field to group by and are left out"
    held = set(data.gold.numerators) if data.gold is not None else set()
    bare = [measure for measure in measures if measure not in held]
    if bare:
        what = f"{', '.join(bare)}: " if held else ""
        yield f"{what}not corrected for model error: a difference may be the model's; audit a sample and give --gold"
    if data.gold is not None and not all(rows[data.gold.audited].any() for rows in data.groups.values()):
        yield "the audit does not reach every group"
    if any(needs_quotation_marks(data.table.measures[measure]) for measure in measures):
        yield from _quotation_notes(data)
    if question.trend:
        n_undated = sum(read_day(value) is None for value in data.table.meta.get(question.trend, ()))
        if n_undated:
            yield f"{n_undated} of {len(names)} articles have no ISO date in {question.trend!r}: no trend counts them"
    actors = find_differing_actors(data.table, data.groups)
    if actors:
        yield f"groups differ in whom they cover ({', '.join(actors)}): read what the bias probe says of each measure"
    yield from _control_notes(data, question)


def _quotation_notes(data: Data) -> Iterator[str]:
    """Yield whose quotation marks are gone, or seem to be gone in part."""
    if data.unmarked:
        names = ", ".join(data.unmarked)
        yield f"measures of quotation are not possible for {names}: their texts have lost their quotation marks"
    sparse = find_sparse(data.table, data.groups)
    if sparse:
        told = ", ".join(f"{name} {share:.0%}".replace("%", " %") for name, share in sparse.items())
        yield f"few articles that report what somebody said have quotation marks ({told}): some may have lost theirs"


def _control_notes(data: Data, question: Question) -> Iterator[str]:
    """Yield what differences are not controlled for."""
    if not question.adjust_for:
        yield "nothing is adjusted for: groups may differ in genre and topic as well; genre not controlled"
    elif GENRE not in question.adjust_for:
        yield f"adjusted for {', '.join(question.adjust_for)} alone; genre not controlled"
    else:
        grouped = np.flatnonzero(np.logical_or.reduce(list(data.groups.values())))
        n_unknown = sum(data.table.meta[GENRE][i] is None for i in grouped)
        if n_unknown:
            yield f"the genre of {n_unknown} articles is unknown, which counts as one more: genre not controlled there"
