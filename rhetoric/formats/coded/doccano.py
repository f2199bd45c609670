"""Exports of doccano: JSON lines with `text`, and labels of the text or of stretches of it.

doccano counts UTF-16 code units or grapheme clusters, as a project was set up, and does not export the text that a span
covers; add it as a fourth item of a span where texts hold emoji.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rhetoric.errors import InputError
from rhetoric.formats.coded.model import CodedText, Coding, Columns
from rhetoric.formats.coded.records import code_column, coded_texts, has_own_name
from rhetoric.formats.coded.table import check_rows, read_json_rows
from rhetoric.formats.failure import Failure
from rhetoric.formats.table import Row

__all__ = ["is_doccano", "read_doccano"]

TEXT_KEYS = ("label", "labels", "cats")
SPAN_KEYS = ("entities", "label", "labels")
CODER_KEYS = ("username", "user")
N_PARTS = (3, 4)


def _is_stretch(item: object) -> bool:
    if isinstance(item, list):
        return len(item) in N_PARTS and type(item[0]) is int and type(item[1]) is int
    return isinstance(item, Mapping) and "start_offset" in item and "end_offset" in item


def is_doccano(record: Mapping[str, Any]) -> bool:
    """Return whether a record holds stretches as doccano writes them."""
    values = (record.get(key) for key in SPAN_KEYS)
    return any(isinstance(value, list) and any(_is_stretch(item) for item in value) for value in values)


def _keys(columns: Columns, coding: Coding) -> tuple[str, ...]:
    field = "label" if coding == "text" else coding
    if has_own_name(columns, field):
        return (code_column(columns, coding),)
    return TEXT_KEYS if coding == "text" else (code_column(columns, coding), *SPAN_KEYS)


def _stretch(item: object) -> Mapping[str, Any]:
    if isinstance(item, Mapping) and "start_offset" in item:
        return {**item, "start": item["start_offset"], "end": item.get("end_offset")}
    if isinstance(item, list) and _is_stretch(item):
        return dict(zip(("start", "end", "label", "text"), item, strict=False))
    if isinstance(item, Mapping):
        return item
    message = (
        f"the label {item!r:.40} is of the text as a whole: expected [start, end, label]; read it as coding 'text'"
    )
    raise InputError(message)


def _codes(value: object, coding: Coding) -> object:
    if not isinstance(value, list):
        return value
    if coding != "text":
        return [_stretch(item) for item in value]
    if any(_is_stretch(item) for item in value):
        message = "the labels are of stretches of the text: expected names of codes; read it as coding 'spans'"
        raise InputError(message)
    return value


def _plain(record: Mapping[str, Any], columns: Columns, coding: Coding) -> dict[str, Any]:
    """Return the record as a row of a table would be."""
    key = next((key for key in _keys(columns, coding) if key in record), None)
    plain = {name: value for name, value in record.items() if name != key}
    if key is not None:
        plain[code_column(columns, coding)] = _codes(record[key], coding)
    coder = next((record[key] for key in CODER_KEYS if key in record), None)
    return {columns.coder: coder, **plain}


def _rows(path: Path, columns: Columns, coding: Coding) -> Iterator[Row]:
    for line, record in read_json_rows(path):
        if isinstance(record, Failure):
            yield line, record
            continue
        try:
            yield line, _plain(record, columns, coding)
        except InputError as error:
            name = record.get(columns.id)
            yield line, Failure(None if name is None else str(name), str(path), line, str(error))


def read_doccano(path: Path, columns: Columns, coding: Coding) -> Iterator[CodedText | Failure]:
    """Yield the coded text of each line: codes from `label`, `labels` or `cats`, spans from `entities` or `label`.

    Args:
        path: the `.jsonl` file.
        columns: names of keys that differ.
        coding: which codes to read.
    """
    rows = check_rows(_rows(path, columns, coding), columns, coding)
    yield from coded_texts(rows, str(path), columns, coding)
