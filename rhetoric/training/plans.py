"""The trainings of a recipe: one a seed, and one without each value of a field. The model of the first is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from rhetoric.errors import InputError
from rhetoric.training.label_recipe import LabelRecipe
from rhetoric.training.splits import Split, Unit, check_split, leave_one_out, split_units

__all__ = ["Planned", "Splittable", "plan_splits", "rows_by_value"]

MAX_VALUES = 20
"""Of a field that are scored for themselves."""


class Splittable(Protocol):
    """A text that people coded, in whatever way."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def text(self) -> str:
        """The text."""

    @property
    def group(self) -> str:
        """The article that it was taken from."""

    @property
    def labels(self) -> tuple[str, ...]:
        """What it was coded with."""

    @property
    def meta(self) -> Mapping[str, Any]:
        """Other fields of its record."""


@dataclass(frozen=True)
class Planned:
    """A training that is asked for.

    Attributes:
        seed: of all that is random in it.
        split: rows to learn from, to tune on and to test on.
        value: what is left out, if that is what it is for.
    """

    seed: int
    split: Split
    value: str | None = None


def plan_splits(recipe: LabelRecipe, texts: Sequence[Splittable], n_coded: int, tuning_share: float) -> list[Planned]:
    """Return the trainings that a recipe asks for.

    Args:
        recipe: has the seeds, and the field to leave out value by value.
        texts: the coded ones, and after them those that were given to test on.
        n_coded: how many of them are not given to test on.
        tuning_share: of the texts, to tune on.

    Raises:
        InputError: the data are too few, the given test data leak, or a text lacks the field.
    """
    listed = [Unit(str(i), one.text, one.group, one.labels) for i, one in enumerate(texts)]
    seeds = [recipe.seed + i for i in range(recipe.n_seeds)]
    if n_coded < len(texts):
        # With nothing to draw, each seed would train the same.
        seeds = seeds if tuning_share else seeds[:1]
        given = tuple(range(n_coded, len(texts)))
        halves = [split_units(listed[:n_coded], seed, test_share=0.0, tuning_share=tuning_share) for seed in seeds]
        splits = [replace(one, test=given) for one in halves]
        check_split(listed, splits[0])
    else:
        splits = [split_units(listed, seed, tuning_share=tuning_share) for seed in seeds]
    planned = [Planned(seed, split) for seed, split in zip(seeds, splits, strict=True)]
    if recipe.group_by is None:
        return planned
    values = _values(texts[:n_coded], recipe.group_by)
    for value, split in leave_one_out(listed[:n_coded], values, recipe.seed, tuning_share):
        own = tuple(row for row in split.test if values[row] == value)
        planned.append(Planned(recipe.seed, replace(split, test=own), value))
    return planned


def _values(texts: Sequence[Splittable], field: str) -> list[str]:
    """Return the value that each text has of a field of its record.

    Raises:
        InputError: a text lacks the field.
    """
    for one in texts:
        if not one.meta.get(field):
            known = ", ".join(map(str, one.meta)) or "none"
            message = (
                f"the text {one.id!r} has no {field!r}: expected one in every row to leave it out by it; other fields:"
                f" {known}"
            )
            raise InputError(message)
    return [str(one.meta[field]) for one in texts]


def rows_by_value(texts: Sequence[Splittable], field: str) -> dict[str, list[int]]:
    """Return the rows of each value of a field, the most frequent first; nothing where all texts have one, or none."""
    rows: dict[str, list[int]] = {}
    for i, one in enumerate(texts):
        if one.meta.get(field):
            rows.setdefault(str(one.meta[field]), []).append(i)
    ordered = sorted(rows.items(), key=lambda item: (-len(item[1]), item[0]))[:MAX_VALUES]
    return dict(ordered) if len(rows) > 1 else {}
