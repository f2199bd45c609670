"""What a measure is: which things it counts, among which others, in which part of an article.

A measure is data: the shipped ones are in `seeds/measures.yaml`, a user's own file has the same schema. For every
article it gives a numerator and a denominator, and the way to join articles (the estimand).
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from rhetoric.errors import ConfigError
from rhetoric.framing.measures.dimensions import Dimension, closed_values, fill_in, placeholders
from rhetoric.framing.measures.facts import FACTS, Thing
from rhetoric.framing.measures.where import Where, listed
from rhetoric.resources import seeds_path
from rhetoric.settings import nearest, read_yaml

__all__ = ["WORDS_A_UNIT", "Estimand", "Measure", "Unit", "Where", "Within", "read_measures", "tell_sum"]

Unit = Literal["share", "per 1,000 words", "count", "index"]
Within = Literal["all", "headline", "lead", "body"]
Estimand = Literal["pooled", "mean"]

WORDS_A_UNIT = 1000
PER_WORDS: Unit = "per 1,000 words"
NOT_IN_HEADLINES: tuple[Thing, ...] = ("paragraphs", "targets", "target_tone")
WHOLE: tuple[Thing, ...] = ("articles", "first_sources", "sources", "source_draws", "source_pairs")
WEIGHTED: Mapping[Thing, Thing] = {"tone": "mentions", "target_tone": "targets"}
"""Sums of −1 and +1 over things; an index has the number of the things under it."""


class Measure(BaseModel):
    """One measure, as a share, a rate, a count or an index.

    A measure with `each` is a family: it stands for one measure a value, which is known when articles are counted.

    Attributes:
        title: what people call it.
        unit: of its value.
        of: the things that are counted, in the numerator.
        where: which of them; beside `per_where`, where both count the same things.
        per: the things of the denominator.
        per_where: which of them.
        within: where in an article; `all` is its text, without the headline.
        estimand: `pooled` is the sum of the numerators over the sum of the denominators, `mean` the mean of the
            articles' own values.
        note: what else a reader must know.
        each: the dimensions over which it is repeated.
        family: the family that it was made from.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1)
    unit: Unit
    of: Thing
    where: Where = Where()
    per: Thing
    per_where: Where = Where()
    within: Within = "all"
    estimand: Estimand = "pooled"
    note: str = ""
    each: tuple[Dimension, ...] = ()
    family: str | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        for thing, where in ((self.of, self.where), (self.per, self.per_where)):
            _check_fields(thing, where)
            if (thing in NOT_IN_HEADLINES and self.within == "headline") or (thing in WHOLE and self.within != "all"):
                message = f"{thing} are not counted within the {self.within}"
                raise ValueError(message)
        if (self.unit == PER_WORDS) != (self.per == "words" and self.of != "words"):
            message = f"the unit {self.unit!r} does not go with 'per: {self.per}'"
            raise ValueError(message)
        if self.unit == "share" and self.of != self.per:
            message = f"a share of {self.per} counts {self.per}, not {self.of}"
            raise ValueError(message)
        if self.of in WEIGHTED and self.per != WEIGHTED[self.of]:
            message = f"{self.of} is an index over {WEIGHTED[self.of]}, not over {self.per}"
            raise ValueError(message)
        return self

    @property
    def counted(self) -> Where:
        """Which things the numerator counts: among those of the denominator, where they are the same things."""
        return self.per_where.narrowed(self.where) if self.of == self.per else self.where

    @property
    def formula(self) -> str:
        """The measure as a formula, for people to read.

        >>> Measure(title="Quoted", unit="share", of="spans", where={"voice": "direct"}, per="spans").formula
        'Σ spans (voice = direct) ÷ Σ spans'
        """
        sums = [tell_sum(self.of, self.counted.formula), tell_sum(self.per, self.per_where.formula)]
        place = "" if self.within == "all" else f", in the {self.within}"
        if self.estimand == "mean":
            return f"mean of ({' ÷ '.join(sums)}){place}"
        scale = f" × {WORDS_A_UNIT:,}" if self.unit == PER_WORDS else ""
        return f"Σ {' ÷ Σ '.join(sums)}{scale}{place}"


def tell_sum(thing: str, conditions: str) -> str:
    """Return what is summed, for people to read.

    >>> tell_sum("content_words", "source_type = expert")
    'content words (source_type = expert)'
    """
    name = thing.replace("_", " ")
    return f"{name} ({conditions})" if conditions else name


def _check_fields(thing: Thing, where: Where) -> None:
    known = FACTS[thing]._fields
    for name, value in where.given():
        if name not in known:
            message = f"{thing} have no {name!r}: expected {', '.join(known)}"
            raise ValueError(message)
        if isinstance(value, Where):
            _check_fields("spans", value)


def _explain(problem: Any, where: str) -> str:  # noqa: ANN401  (pydantic's ErrorDetails)
    """Return in one line what is wrong with a measure; an unknown key with the nearest known one."""
    path = ".".join(map(str, (where, *problem["loc"])))
    if problem["type"] == "missing":
        return f"{path}: missing; a measure needs title, unit, of and per"
    if problem["type"] != "extra_forbidden":
        return f"{path}: {problem['msg'].removeprefix('Value error, ')}, got {str(problem['input'])[:80]!r}"
    known = [*Measure.model_fields, *Where.model_fields]
    return f"unknown key {path!r}{nearest(str(problem['loc'][-1]), known)}"


def _check(name: str, record: object, place: str) -> Measure:
    try:
        return Measure.model_validate(record)
    except ValidationError as error:
        raise ConfigError(f"{place}: {_explain(error.errors()[0], name)}") from error


def _each(name: str, record: object, place: str) -> tuple[str, ...]:
    """Return the dimensions that a record names, checked against the placeholders in it."""
    named = tuple(map(str, listed(record.get("each", ())))) if isinstance(record, dict) else ()
    known = get_args(Dimension)
    for dimension in named:
        if dimension not in known:
            hint = nearest(dimension, known) or f": expected some of {', '.join(known)}"
            raise ConfigError(f"{place}: {name}.each: {dimension!r} is nothing to repeat a measure over{hint}")
    if placeholders(name) != set(named):
        wanted = ", ".join(f"{{{d}}}" for d in named) or "no placeholder"
        raise ConfigError(f"{place}: {name}: the name of a measure and its 'each' must agree: expected {wanted} in it")
    return named


def _spread(name: str, record: dict[str, Any], each: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a measure for all combinations of the values that are known beforehand."""
    spread = [(name, record | {"each": tuple(each)})]
    for dimension in each:
        values = closed_values(dimension)
        if values is not None:
            spread = [
                (fill_in(one, {dimension: value}, {}), fill_in(fields, {dimension: value}, {dimension: told}))
                for one, fields in spread
                for value, told in values.items()
            ]
    for one, fields in spread:
        left = tuple(d for d in fields["each"] if closed_values(d) is None)
        family = None if one == name else name
        yield one, fields | {"each": left, "family": family}


def _read(path: Path) -> Iterator[tuple[str, Measure]]:
    place = str(path)
    records = read_yaml(path, "file of measures")
    if not isinstance(records, dict):
        message = f"{place}: expected measures by their names, got {type(records).__name__}; see docs/measures.md"
        raise ConfigError(message)
    for name, record in records.items():
        each = _each(str(name), record, place)
        fields = record if isinstance(record, dict) else {"title": record}
        for one, filled in _spread(str(name), fields, each):
            yield one, _check(one, filled, place)


def read_measures(path: Path | None = None) -> dict[str, Measure]:
    """Return the shipped measures by name, and those of a user's own YAML file after them.

    A measure that is repeated over values that are known beforehand (techniques, types of sources, …) comes once a
    value; one that is repeated over what the articles hold (labels of a user's own, actors, countries) comes as a
    family, with the placeholder in its name.

    Raises:
        ConfigError: the file cannot be read, a measure has an unknown key or makes no sense, or its name is taken.
    """
    measures = dict(_shipped())
    for name, measure in _read(path) if path else ():
        if name in measures:
            raise ConfigError(f"{path}: there is a measure {name!r} already; give this one another name")
        measures[name] = measure
    return measures


@cache
def _shipped() -> tuple[tuple[str, Measure], ...]:
    return tuple(_read(seeds_path("measures.yaml")))
