"""Families of measures: one for every label of a user's own, actor or country that articles hold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rhetoric.errors import ConfigError
from rhetoric.framing.measures.definitions import Measure
from rhetoric.framing.measures.dimensions import combinations, fill_in

__all__ = ["ABSENT", "Split", "Values", "is_family", "join_values", "make_members", "split_families"]

ABSENT = "\x00"
"""A value that occurs nowhere: what a family's measure counts for it is what it counts where a value is absent."""

Values = Mapping[str, Mapping[str, str]]


def is_family(measure: Measure) -> bool:
    """Return whether a measure is repeated over values that only articles tell."""
    return bool(measure.each)


@dataclass(frozen=True)
class Split:
    """Measures that can be counted as they are, and families."""

    plain: dict[str, Measure]
    families: dict[str, Measure]


def split_families(measures: Mapping[str, Measure]) -> Split:
    """Return measures and families apart."""
    return Split(
        {name: m for name, m in measures.items() if not is_family(m)},
        {name: m for name, m in measures.items() if is_family(m)},
    )


def join_values(many: Iterable[Values]) -> dict[str, dict[str, str]]:
    """Return the values that occur anywhere, by name; the first article that has one tells what it is called."""
    joined: dict[str, dict[str, str]] = {}
    for values in many:
        for dimension, names in values.items():
            joined[dimension] = {**names, **joined.get(dimension, {})}
    return {dimension: dict(sorted(names.items())) for dimension, names in joined.items()}


def make_members(families: Mapping[str, Measure], values: Values) -> dict[str, Measure]:
    """Return the measures that families stand for, one for each combination of `values`.

    >>> from rhetoric.framing.measures.definitions import Measure
    >>> family = Measure(
    ...     title="Sentences with {sentence_label}", unit="share", of="sentences", per="sentences",
    ...     where={"labels": ["{sentence_label}"]}, each=("sentence_label",),
    ... )
    >>> made = make_members({"sentences_{sentence_label}": family}, {"sentence_label": {"unity": "unity"}})
    >>> made["sentences_unity"].formula
    'Σ sentences (labels = unity) ÷ Σ sentences'

    Raises:
        ConfigError: two of them have the same name.
    """
    made: dict[str, Measure] = {}
    for pattern, family in families.items():
        fields = family.model_dump(exclude={"each", "family"}, exclude_defaults=True)
        for chosen in combinations(values, family.each):
            name = fill_in(pattern, chosen, {})
            if name in made:
                message = f"the measure {name!r} is made by {pattern!r} and {made[name].family!r}; rename one of them"
                raise ConfigError(message)
            told: dict[str, str] = {d: values[d].get(value, value) for d, value in chosen.items()}
            made[name] = Measure.model_validate({**fill_in(fields, chosen, told), "family": pattern})
    return made
