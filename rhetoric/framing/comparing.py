"""What was annotated → a comparison: the table is read, copies are left out, gold is put beside it."""

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np

from rhetoric.corpus import read_run
from rhetoric.corpus.duplicates import DUPLICATES_FILE, read_duplicates
from rhetoric.errors import InputError, UsageError
from rhetoric.formats.failure import Failure
from rhetoric.framing.audit.audit_run import check_unseen
from rhetoric.framing.audit.gold import GoldSample
from rhetoric.framing.audit.gold_file import read_gold
from rhetoric.framing.comparison import Comparison, compare, group_names
from rhetoric.framing.dates import read_day
from rhetoric.framing.known_error import read_known_errors
from rhetoric.framing.measures.definitions import read_measures
from rhetoric.framing.measures.measure_table import MeasureTable
from rhetoric.framing.measures.table import read_table
from rhetoric.framing.question import Question
from rhetoric.framing.stories import match_stories
from rhetoric.framing.uncertainty import IntArray
from rhetoric.metrics.arrays import BoolArray, FloatArray
from rhetoric.sources import load_actors

__all__ = ["CompareRequest", "compare_annotations"]

DATE = "date"
NOT_SOUGHT = "copies were not looked for: rhetoric duplicates lists agency stories that several outlets print"


Copies = Literal["drop", "keep", "weight"]


@dataclass(frozen=True)
class CompareRequest:
    """What `rhetoric compare` was asked.

    Attributes:
        annotations: a run's folder, a file of annotated articles, or a table of measures.
        question: what is compared.
        measures: a user's own definitions, beside the shipped ones.
        actors: a user's list of actors, for tone and mentions.
        gold: of an audit: its folder, or the file of its gold.
        copies: what becomes of near-duplicates, where the run has a list of them: all but the first are left out, all
            stay, or each of k copies counts 1/k.
        is_same_story: compare only articles on events that two groups or more report, clustered by event.
    """

    annotations: Path
    question: Question = field(default_factory=Question)
    measures: Path | None = None
    actors: Path | None = None
    gold: Path | None = None
    copies: Copies = "drop"
    is_same_story: bool = False


def compare_annotations(request: CompareRequest) -> Comparison:
    """Return the comparison that was asked for.

    Raises:
        InputError: the articles, the gold or a list cannot be used, or there are no two groups.
        ConfigError: a definition of a measure is wrong.
        UsageError: a measure is not known, or there are more than two fields to group by.
    """
    if not 1 <= len(request.question.by) <= 2:
        message = f"{len(request.question.by)} fields to group by: expected one or two"
        raise UsageError(message)
    if len(set(request.question.by)) < len(request.question.by):
        message = f"the field {request.question.by[0]!r} twice to group by: expected two different ones"
        raise UsageError(message)
    actors = load_actors(request.actors) if request.actors else None
    table = read_table(request.annotations, read_measures(request.measures), actors)
    if not len(table):
        message = f"{request.annotations} holds no article: expected annotated articles of two groups or more"
        raise InputError(message)
    gold = read_gold(request.gold, table, request.question.by[0]) if request.gold else None
    shares, notes = _copy_shares(request, table)
    kept = shares > 0
    if gold is not None:
        audited = [name for name, is_audited in zip(table.ids, gold.audited, strict=True) if is_audited]
        notes = (*notes, *check_unseen(request.annotations, audited))
    stories = None
    if request.is_same_story:
        matched, stories, told = _matched(request, table, kept)
        kept, notes = kept & matched, (*notes, *told)
    if not kept.all():
        table, gold = table.take(kept), _taken(gold, kept)
        stories, shares = None if stories is None else stories[kept], shares[kept]
    if not len(table):
        message = "no event is reported by two groups within three days: compare without --same-story"
        raise InputError(message)
    found = compare(table, request.question, gold, stories, None if (shares == 1).all() else shares)
    known = read_known_errors(request.annotations, {name: table.measures[name] for name in found.titles})
    return replace(found, notes=(*notes, *found.notes), known_errors=known)


def _matched(
    request: CompareRequest, table: MeasureTable, kept: BoolArray
) -> tuple[BoolArray, IntArray, tuple[str, ...]]:
    """Return which articles tell a story that another group tells too, all stories, and how many tell none."""
    days = [read_day(value) for value in table.meta.get(DATE, (None,) * len(table))]
    if not any(days):
        message = (
            f"no article has an ISO date in the field {DATE!r}: expected dates such as 2026-03-02 to match events by"
        )
        raise InputError(message)
    groups = dict(zip(table.ids, group_names(table, request.question.by), strict=True))
    places = {name: i for i, name in enumerate(table.ids)}
    used = {name for name, is_kept in zip(table.ids, kept, strict=True) if is_kept}
    articles = [a for a in read_run(request.annotations) if not isinstance(a, Failure) and a.id in used]
    found = match_stories(articles, [groups[a.id] for a in articles])
    rows = np.array([places[a.id] for a in articles], np.intp)
    is_matched, numbers = np.zeros(len(table), np.bool_), np.zeros(len(table), np.intp)
    is_matched[rows], numbers[rows] = found.n_outlets > 1, found.numbers
    shares = ", ".join(f"{name} {share:.0%}" for name, share in found.unmatched.items())
    told = [f"articles on events that no other group reports are left out ({shares.replace('%', ' %')})"]
    if None in days:
        told.append(f"{days.count(None)} of {len(days)} articles have no ISO date and are matched with none")
    return is_matched, numbers, tuple(told)


def _copy_shares(request: CompareRequest, table: MeasureTable) -> tuple[FloatArray, tuple[str, ...]]:
    """Return how much each article counts, 0 for one that is left out, and what is said of copies."""
    path = request.annotations / DUPLICATES_FILE
    everything = np.ones(len(table))
    if request.copies == "keep":
        return everything, ()
    if not path.is_file():
        return everything, (NOT_SOUGHT,) if request.annotations.is_dir() else ()
    known = read_duplicates(path)
    if not known.keys() >= set(table.ids):
        message = f"{path} does not list every article of the run: run `rhetoric duplicates` again"
        raise InputError(message)
    found = [known[name] for name in table.ids]
    n_copies = sum(one.duplicate_of is not None for one in found)
    if not n_copies:
        return everything, ()
    told = f"{n_copies} of {len(table)} articles repeat another in most of their words and"
    if request.copies == "drop":
        return np.array([float(one.duplicate_of is None) for one in found]), (f"{told} are left out",)
    sizes = Counter(one.cluster for one in found)
    return np.array([1 / sizes[one.cluster] for one in found]), (f"{told} share the weight of one with it",)


def _taken(gold: GoldSample | None, rows: BoolArray) -> GoldSample | None:
    if gold is None:
        return None
    return GoldSample(
        gold.by,
        gold.kept[rows],
        tuple(stratum for stratum, is_kept in zip(gold.strata, rows, strict=True) if is_kept),
        gold.probabilities[rows],
        gold.audited[rows],
        {name: column[rows] for name, column in gold.numerators.items()},
        {name: column[rows] for name, column in gold.denominators.items()},
    )
