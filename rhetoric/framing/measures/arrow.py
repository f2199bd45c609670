"""The table of measures as an Arrow table, which carries the definitions that it was counted by.

Columns: `id`, `meta.<field>`, `m.<measure>.n` and `m.<measure>.d` (numerator and denominator), and `absent.<family>`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ValidationError

from rhetoric.errors import InputError
from rhetoric.framing.measures.counting import COUNTING_VERSION, FloatArray
from rhetoric.framing.measures.definitions import Measure
from rhetoric.framing.measures.measure_table import MeasureTable

if TYPE_CHECKING:
    import pyarrow

__all__ = ["METADATA_KEY", "definitions_digest", "from_arrow", "is_current", "is_measure_table", "to_arrow"]

METADATA_KEY = b"rhetoric.measures"
REMEDY = "expected a table of measures as `rhetoric annotate` writes it"


def _definitions(measures: Mapping[str, Measure]) -> dict[str, Any]:
    return {name: m.model_dump(mode="json", exclude_defaults=True) for name, m in measures.items()}


def definitions_digest(measures: Mapping[str, Measure], actors: str | None = None) -> str:
    """Return the SHA-256 of what measures are defined as, of the rules of counting, and of a list of actors."""
    content = {"version": COUNTING_VERSION, "measures": _definitions(measures), "actors": actors}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def to_arrow(table: MeasureTable) -> "pyarrow.Table":
    """Return a table of measures as columns; `from_arrow` gives the same table back."""
    import pyarrow

    columns: dict[str, Any] = {"id": pyarrow.array(table.ids, pyarrow.string())}
    columns |= {f"meta.{name}": pyarrow.array(column) for name, column in table.meta.items()}
    for name in table.measures:
        columns[f"m.{name}.n"] = pyarrow.array(table.numerators[name])
        columns[f"m.{name}.d"] = pyarrow.array(table.denominators[name])
    columns |= {f"absent.{name}": pyarrow.array(column) for name, column in table.absent.items()}
    head = {
        "version": COUNTING_VERSION,
        "actors": table.actors,
        "measures": _definitions(table.measures),
        "families": _definitions(table.families),
        "sha256": definitions_digest({**table.measures, **table.families}, table.actors),
    }
    metadata = {METADATA_KEY: json.dumps(head, ensure_ascii=False).encode()}
    return pyarrow.table(columns).replace_schema_metadata(metadata)


def is_measure_table(schema: "pyarrow.Schema") -> bool:
    """Return whether an Arrow schema is that of a table of measures."""
    return METADATA_KEY in (schema.metadata or {})


@dataclass(frozen=True)
class _Head:
    """What the metadata of a table of measures say."""

    version: int
    digest: str
    actors: str | None
    measures: Mapping[str, Measure]
    families: Mapping[str, Measure]

    @property
    def is_current(self) -> bool:
        return self.version == COUNTING_VERSION and self.digest == self.own_digest

    @cached_property
    def own_digest(self) -> str:
        return definitions_digest({**self.measures, **self.families}, self.actors)


@lru_cache(maxsize=64)
def _parsed(content: bytes) -> _Head:
    """Return what metadata say; the tables of the shards of a run mostly say the same."""
    head = json.loads(content)
    measures, families = (
        {name: Measure.model_validate(fields) for name, fields in head[kind].items()}
        for kind in ("measures", "families")
    )
    return _Head(head["version"], head["sha256"], head["actors"], measures, families)


def _head(schema: "pyarrow.Schema", source: str) -> _Head:
    if not is_measure_table(schema):
        message = f"{source} holds no table of measures (its metadata lack {METADATA_KEY.decode()!r}): {REMEDY}"
        raise InputError(message)
    try:
        return _parsed(schema.metadata[METADATA_KEY])
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
        message = f"{source}: the definitions of its measures are not readable ({type(error).__name__}): {REMEDY}"
        raise InputError(message) from error


def is_current(schema: "pyarrow.Schema") -> bool:
    """Return whether a table of measures was counted by the rules of this version, and by what its metadata say."""
    try:
        return _head(schema, "the table").is_current
    except InputError:
        return False


def from_arrow(table: "pyarrow.Table", source: str = "the table") -> MeasureTable:
    """Return the table of measures that `to_arrow` gave.

    Args:
        table: the columns.
        source: what messages call it.

    Raises:
        InputError: it is no table of measures, a column is missing, or it was counted by other rules than those of this
            version.
    """
    head = _head(table.schema, source)
    if not head.is_current:
        message = (
            f"{source} was counted by other rules or definitions than those of this version: count its articles again"
        )
        raise InputError(message)
    names = table.column_names
    try:
        return MeasureTable(
            tuple(table.column("id").to_pylist()),
            {n.removeprefix("meta."): tuple(table.column(n).to_pylist()) for n in names if n.startswith("meta.")},
            {name: _floats(table, f"m.{name}.n") for name in head.measures},
            {name: _floats(table, f"m.{name}.d") for name in head.measures},
            head.measures,
            head.families,
            {name: _floats(table, f"absent.{name}") for name in head.families},
            head.actors,
        )
    except KeyError as error:
        message = f"{source} lacks a column ({error}): {REMEDY}"
        raise InputError(message) from error


def _floats(table: "pyarrow.Table", name: str) -> FloatArray:
    return np.asarray(table.column(name).to_numpy(), np.float64)
