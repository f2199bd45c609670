"""The table of measures: a numerator and a denominator for every article and measure, and what tells articles apart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

import numpy as np
import numpy.typing as npt

from rhetoric.errors import InputError
from rhetoric.framing.measures.counting import FloatArray, denominator_of
from rhetoric.framing.measures.definitions import Measure
from rhetoric.framing.measures.dimensions import placeholders

__all__ = ["MAX_META_LENGTH", "MeasureTable", "join_tables", "meta_columns"]

MAX_META_LENGTH = 200
"""Strings of the articles' meta that are longer are not kept: nobody groups by them."""

NOT_KEPT = ("title",)  # it may not be passed on where texts may not

Rows = npt.NDArray[np.intp] | npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class MeasureTable:
    """What was counted in n articles.

    Attributes:
        ids: of the articles, (n,), all different.
        meta: scalars of the articles' meta by field, (n,) each; None where an article has none.
        numerators: by measure, (n,) each; NaN where the record of the article does not tell it.
        denominators: likewise; in thousands of words where the measure is one per 1,000 words, so that numerator over
            denominator is the value in the measure's unit.
        measures: by name.
        families: families of measures whose members are among the measures.
        absent: by family, the denominators that a member has in articles where its value does not occur, (n,) each.
        actors: a digest of the list of actors whose mentions were looked for.
    """

    ids: tuple[str, ...]
    meta: Mapping[str, tuple[object, ...]]
    numerators: Mapping[str, FloatArray]
    denominators: Mapping[str, FloatArray]
    measures: Mapping[str, Measure]
    families: Mapping[str, Measure] = field(default_factory=dict)
    absent: Mapping[str, FloatArray] = field(default_factory=dict)
    actors: str | None = None

    def __len__(self) -> int:
        """Return the number of articles."""
        return len(self.ids)

    def values(self, measure: str) -> FloatArray:
        """Return the value of each article in the measure's unit, (n,); NaN where its denominator is 0 or not told."""
        above, below = self.numerators[measure], self.denominators[measure]
        return np.asarray(np.divide(above, below, out=np.full(len(self), np.nan), where=below != 0))

    def take(self, rows: Rows) -> "MeasureTable":
        """Return the table of some articles, by their places or a mask."""
        places = np.arange(len(self))[rows]
        return MeasureTable(
            tuple(self.ids[i] for i in places),
            {name: tuple(column[i] for i in places) for name, column in self.meta.items()},
            {name: column[places] for name, column in self.numerators.items()},
            {name: column[places] for name, column in self.denominators.items()},
            self.measures,
            self.families,
            {name: column[places] for name, column in self.absent.items()},
            self.actors,
        )

    def select(self, names: Iterable[str]) -> "MeasureTable":
        """Return the table of some measures, in the order of `names`.

        Raises:
            KeyError: a measure is not in the table.
        """
        measures = {name: self.measures[name] for name in names}
        families = {n: f for n, f in self.families.items() if any(m.family == n for m in measures.values())}
        return MeasureTable(
            self.ids,
            self.meta,
            {name: self.numerators[name] for name in measures},
            {name: self.denominators[name] for name in measures},
            measures,
            families,
            {name: self.absent[name] for name in families},
            self.actors,
        )


def _scalar(value: Any) -> object:  # noqa: ANN401  (whatever the meta of an article holds)
    if isinstance(value, date | time):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, str):
        return value if len(value) <= MAX_META_LENGTH else None
    if isinstance(value, bool | int):
        return value
    return value if isinstance(value, float) and np.isfinite(value) else None


def _alike(column: Sequence[object]) -> tuple[object, ...]:
    """Return a column whose values are all of one type: numbers, truth values, or else strings."""
    kinds = {type(value) for value in column if value is not None}
    if kinds == {int, float}:
        return tuple(None if value is None else float(str(value)) for value in column)
    if len(kinds) > 1:
        return tuple(None if value is None else str(value) for value in column)
    return tuple(column)


def meta_columns(metas: Sequence[Mapping[str, Any]]) -> dict[str, tuple[object, ...]]:
    """Return the scalars of articles' meta as columns, one for each field but the title; dates are ISO strings.

    >>> meta_columns([{"outlet": "Echo", "year": 1999}, {"outlet": "Post", "year": "n. d."}])
    {'outlet': ('Echo', 'Post'), 'year': ('1999', 'n. d.')}
    """
    names = dict.fromkeys(name for meta in metas for name in meta if name not in NOT_KEPT)
    columns = {name: [_scalar(meta.get(name)) for meta in metas] for name in names}
    return {name: _alike(column) for name, column in columns.items() if any(value is not None for value in column)}


def _joined_meta(tables: Sequence[MeasureTable]) -> dict[str, tuple[object, ...]]:
    names = dict.fromkeys(name for table in tables for name in table.meta)
    empty = [(None,) * len(table) for table in tables]
    return {
        name: _alike([v for t, none in zip(tables, empty, strict=True) for v in t.meta.get(name, none)])
        for name in names
    }


def _filled(table: MeasureTable, name: str, measure: Measure) -> tuple[FloatArray, FloatArray]:
    """Return what a table counts of a measure, be it one of a family whose value does not occur in it."""
    if name in table.measures:
        return table.numerators[name], table.denominators[name]
    family = measure.family or ""
    if family not in table.absent:
        message = f"the tables have different measures: one has {name!r}, another has not; count them with the same"
        raise InputError(message)
    below = table.absent[family]
    if placeholders(table.families[family].per_where.formula):
        # Of two values one may occur: a role that an actor never has, where he is mentioned.
        wanted = denominator_of(measure), measure.unit
        like = (n for n, m in table.measures.items() if (denominator_of(m), m.unit) == wanted)
        below = next((table.denominators[n] for n in like), below)
    return below * 0.0, below


def join_tables(tables: Iterable[MeasureTable]) -> MeasureTable:
    """Return one table of the articles of several, which were counted for the same measures.

    Raises:
        InputError: there is none, they were counted for different measures, or an id occurs twice.
    """
    every = list(tables)
    if not every:
        message = "there is no table of measures: expected at least one"
        raise InputError(message)
    measures: dict[str, Measure] = {}
    for table in every:
        _same_families(table, every[0])
        for name, measure in table.measures.items():
            _same(name, measures.setdefault(name, measure), measure)
    ordered = _ordered(measures, every[0].families)
    pairs = {name: [_filled(table, name, measure) for table in every] for name, measure in ordered.items()}
    ids = tuple(article_id for table in every for article_id in table.ids)
    _check_ids(ids)
    joiner = _Joiner()
    return MeasureTable(
        ids,
        _joined_meta(every),
        {name: joiner.join([above for above, _ in found]) for name, found in pairs.items()},
        {name: joiner.join([below for _, below in found]) for name, found in pairs.items()},
        ordered,
        every[0].families,
        {name: joiner.join([table.absent[name] for table in every]) for name in every[0].families},
        every[0].actors,
    )


class _Joiner:
    """Joins arrays; pieces that several measures share become an array that they share."""

    def __init__(self) -> None:
        self.joined: dict[tuple[int, ...], FloatArray] = {}

    def join(self, pieces: Sequence[FloatArray]) -> FloatArray:
        return self.joined.setdefault(tuple(map(id, pieces)), np.concatenate(pieces))


def _ordered(measures: Mapping[str, Measure], families: Mapping[str, Measure]) -> dict[str, Measure]:
    """Return measures in their order, then the members of each family by name, as if they had been counted at once."""
    plain = {name: m for name, m in measures.items() if m.family not in families}
    members = (name for family in families for name in sorted(n for n, m in measures.items() if m.family == family))
    return plain | {name: measures[name] for name in members}


def _same(name: str, one: Measure, other: Measure) -> None:
    if one is other or one == other:
        return
    if one.model_copy(update={"title": other.title}) != other:  # the title of a member may name an actor otherwise
        message = f"the tables define {name!r} differently; count the articles again with one file of measures"
        raise InputError(message)


def _same_families(one: MeasureTable, other: MeasureTable) -> None:
    if one.families != other.families or one.actors != other.actors:
        message = "the tables were counted with different families of measures or lists of actors; count them again"
        raise InputError(message)


def _check_ids(ids: Sequence[str]) -> None:
    if len(set(ids)) != len(ids):
        seen: set[str] = set()
        twice = next(i for i in ids if i in seen or seen.add(i))  # type: ignore[func-returns-value]
        message = f"the id {twice!r} occurs more than once: expected one record an article; remove the copies"
        raise InputError(message)
