"""The measures as people read of them: one entry for each definition in a file, families as one."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rhetoric.framing.measures.definitions import Measure, read_measures, tell_sum
from rhetoric.framing.measures.where import Where, listed, tell_conditions
from rhetoric.resources import seeds_path
from rhetoric.settings import read_yaml

__all__ = ["Entry", "list_measures"]


@dataclass(frozen=True)
class Entry:
    """One definition.

    Attributes:
        name: of the measure, or the pattern of the names of a family.
        title: what people call it.
        numerator: what is counted, and where.
        denominator: what it is counted per.
        unit: of its value.
        estimand: how articles are joined.
        note: what else a reader must know.
    """

    name: str
    title: str
    numerator: str
    denominator: str
    unit: str
    estimand: str
    note: str


def list_measures(path: Path | None = None) -> list[Entry]:
    """Return the definitions of the shipped measures, and of a user's own file after them, in their order.

    >>> list_measures()[0].numerator
    'sentences (labels = loaded_language)'

    Raises:
        ConfigError: a definition is wrong.
    """
    read_measures(path)  # refuses what is wrong
    files = (seeds_path("measures.yaml"), *([path] if path else []))
    return [_entry(name, record) for file in files for name, record in read_yaml(file).items()]


def _conditions(where: Mapping[str, Any]) -> dict[str, Any]:
    """Return conditions as they are written, in the order of their fields; a field may be a placeholder."""
    order = list(Where.model_fields)
    names = sorted(where, key=lambda name: order.index(name) if name in order else len(order))
    return {name: _value(where[name]) for name in names}


def _value(value: Any) -> Any:  # noqa: ANN401  (whatever a condition asks for)
    if isinstance(value, Mapping):
        return _conditions(value)
    return value if isinstance(value, bool) else tuple(listed(value))


def _entry(name: str, record: Mapping[str, Any]) -> Entry:
    where, per_where = record.get("where", {}), record.get("per_where", {})
    counted = {**per_where, **where} if record["of"] == record["per"] else where
    within = record.get("within", "all")
    return Entry(
        name,
        record["title"],
        tell_sum(record["of"], tell_conditions(_conditions(counted).items())) + _place(within),
        tell_sum(record["per"], tell_conditions(_conditions(per_where).items())) + _place(within),
        record["unit"],
        record.get("estimand", Measure.model_fields["estimand"].default),
        record.get("note", ""),
    )


def _place(within: str) -> str:
    return "" if within == "all" else f", in the {within}"
