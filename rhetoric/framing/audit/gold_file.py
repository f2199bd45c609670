"""Gold as one CSV, enough to estimate again elsewhere: in R, `survey` and `dsl` read it as it is.

One row an article that the audit speaks for and a measure; what was not audited has no gold and no weight:

    measure, id, outlet       which measure, article and outlet
    gold, prediction          the article's values: numerator over denominator
    gold_numerator, gold_denominator, prediction_numerator, prediction_denominator
    weight, probability       of being audited, the one the inverse of the other; the probability of every article
    stratum, cluster          of the design; articles are drawn, so each is a cluster
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from rhetoric.errors import InputError
from rhetoric.formats.output import open_output
from rhetoric.framing.audit.gold import GoldSample
from rhetoric.framing.measures.counting import FloatArray
from rhetoric.framing.measures.measure_table import MeasureTable

__all__ = ["GOLD_FILE", "read_gold", "write_gold"]

GOLD_FILE = "gold.csv"
COLUMNS = (
    *("measure", "id", "outlet", "gold", "prediction"),
    *("gold_numerator", "gold_denominator", "prediction_numerator", "prediction_denominator"),
    *("weight", "probability", "stratum", "cluster"),
)
NUMBERS = COLUMNS[5:11]
CLOSE = 1e-9
N_NAMED = 5


def write_gold(path: Path, gold: GoldSample, table: MeasureTable) -> None:
    """Write gold with the predictions beside it.

    Args:
        path: of the CSV.
        gold: aligned with `table`.
        table: of the run.
    """
    with open_output(path) as stream:
        text = io.TextIOWrapper(stream, "utf-8", newline="")
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(COLUMNS)
        for name in gold.numerators:
            rows.writerows(_rows(name, gold, table))
        text.flush()
        text.detach()


def _rows(name: str, gold: GoldSample, table: MeasureTable) -> Iterator[list[str]]:
    coded = (gold.numerators[name], gold.denominators[name])
    predicted = (table.numerators[name], table.denominators[name])
    weights = gold.weights
    for i in np.flatnonzero(gold.kept):
        pairs = [(float(above[i]), float(below[i])) for above, below in (coded, predicted)]
        numbers = [*pairs[0], *pairs[1], float(weights[i]), float(gold.probabilities[i])]
        place = [name, table.ids[i], str(table.meta[gold.by][i])]
        yield [*place, *map(_ratio, pairs), *map(_cell, numbers), gold.strata[i] or "", table.ids[i]]


def _ratio(pair: tuple[float, float]) -> str:
    above, below = pair
    return _cell(above / below if below else np.nan)


def _cell(value: float) -> str:
    """Return a number that reads back as it was; nothing, which R reads as NA, where there is none."""
    return "" if np.isnan(value) else repr(value)


def read_gold(path: Path, table: MeasureTable, by: str) -> GoldSample:
    """Return the gold that `write_gold` wrote, aligned with the table of the run.

    Args:
        path: of the CSV, or of the audit's folder.
        table: of the run of which the audit was drawn.
        by: the field of `meta` that names the outlets of the audit; another one with their names is found.

    Raises:
        InputError: the file cannot be used, or is no sample of this run: it has other articles, outlets or predictions.
    """
    place = path / GOLD_FILE if path.is_dir() else path
    columns = _read_columns(place)
    rows = {name: i for i, name in enumerate(table.ids)}
    field = _outlet_field(columns, table, by, rows)
    measures = dict.fromkeys(columns["measure"])
    numbers = {name: np.array([_number(cell, place) for cell in columns[name]], np.float64) for name in NUMBERS}
    parts = {name: [i for i, m in enumerate(columns["measure"]) if m == name] for name in measures}
    aligned = {name: _aligned(columns, numbers, lines, rows, len(table)) for name, lines in parts.items()}
    for name, found in aligned.items():
        _check_predictions(name, found, table)
    first = next(iter(aligned.values()))
    strata: list[str | None] = [None] * len(table)
    for i in next(iter(parts.values())):
        strata[rows[columns["id"][i]]] = columns["stratum"][i]
    kept = ~np.isnan(first["probability"])
    return GoldSample(
        field,
        kept,
        tuple(strata),
        np.where(kept, first["probability"], 0.0),
        ~np.isnan(first["weight"]),
        {name: found["gold_numerator"] for name, found in aligned.items()},
        {name: found["gold_denominator"] for name, found in aligned.items()},
    )


def _read_columns(path: Path) -> dict[str, list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            header = next(reader, [])
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        message = f"the gold {path} cannot be read ({error}): expected the {GOLD_FILE} of `rhetoric audit estimate`"
        raise InputError(message) from error
    missing = [name for name in COLUMNS if name not in header]
    if missing or any(len(row) != len(header) for row in rows) or not rows:
        what = f"no column {missing[0]!r}" if missing else "rows that are cut off, or none"
        message = f"the gold {path} has {what}: expected the {GOLD_FILE} of `rhetoric audit estimate`"
        raise InputError(message)
    return {name: [row[header.index(name)] for row in rows] for name in COLUMNS}


def _number(cell: str, path: Path) -> float:
    try:
        return float(cell) if cell not in ("", "NA") else np.nan
    except ValueError as error:
        message = f"the gold {path} holds {cell!r}: expected a number, or nothing"
        raise InputError(message) from error


def _outlet_field(columns: Mapping[str, Sequence[str]], table: MeasureTable, by: str, rows: Mapping[str, int]) -> str:
    """Return the field of `meta` that the audit took for the outlet: `by`, or another one with the same values.

    Raises:
        InputError: an article is not in the run, or there is no such field.
    """
    absent = {name for name in columns["id"] if name not in rows}
    if absent:
        raise InputError(f"{_no_sample(absent)} are not in the run")
    pairs = {(rows[name], outlet) for name, outlet in zip(columns["id"], columns["outlet"], strict=True)}
    for field in (by, *table.meta):
        column = table.meta.get(field)
        if column is not None and all(str(column[i]) == outlet for i, outlet in pairs):
            return field
    outlets = table.meta.get(by, (None,) * len(table))
    differing = {table.ids[i] for i, outlet in pairs if str(outlets[i]) != outlet}
    raise InputError(f"{_no_sample(differing)} are of another {by}")


def _no_sample(names: Iterable[str]) -> str:
    listed = sorted(names)
    return f"the gold is no sample of this run: {len(listed)} articles ({', '.join(listed[:N_NAMED])})"


Columns = Mapping[str, FloatArray]


def _aligned(
    columns: Mapping[str, Sequence[str]], numbers: Columns, lines: Sequence[int], rows: Mapping[str, int], n: int
) -> dict[str, FloatArray]:
    places = np.array([rows[columns["id"][i]] for i in lines], np.intp)
    if len(np.unique(places)) < len(places):
        message = f"the gold has an article twice for {columns['measure'][lines[0]]!r}: expected each once"
        raise InputError(message)
    found = {}
    for name, values in numbers.items():
        found[name] = np.full(n, np.nan)
        found[name][places] = values[list(lines)]
    return found


def _check_predictions(name: str, found: Columns, table: MeasureTable) -> None:
    """Refuse predictions that are not those of the run: the gold would correct another model's errors."""
    if name not in table.measures:
        message = f"the gold is of the measure {name!r}, which the run does not have: give its file of measures"
        raise InputError(message)
    kept = ~np.isnan(found["probability"])
    for side, values in (("numerator", table.numerators[name]), ("denominator", table.denominators[name])):
        same = np.isclose(found[f"prediction_{side}"], values, rtol=CLOSE, atol=CLOSE, equal_nan=True) | ~kept
        if not same.all():
            names = [table.ids[i] for i in np.flatnonzero(~same)]
            message = f"{_no_sample(names)} have other predictions of {name!r}; run `rhetoric audit estimate` again"
            raise InputError(message)
