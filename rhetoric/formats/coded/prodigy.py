"""Exports of Prodigy (`prodigy db-out`): JSON lines with the coder's `answer` to each task.

What was accepted is coded so; what was rejected is coded with none of what was shown; what was ignored is not coded,
and listed as a `Failure`. Tasks that ask for one label at a time are joined: one coded text for each coder of a text.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rhetoric.errors import InputError
from rhetoric.formats.coded.model import CodedText, Coding, Columns
from rhetoric.formats.coded.records import code_column, coded_texts
from rhetoric.formats.coded.table import check_rows, read_json_rows
from rhetoric.formats.failure import Failure
from rhetoric.formats.table import Row

__all__ = ["is_prodigy", "read_prodigy"]

ANSWERS = ("accept", "reject", "ignore")
HASHES = ("_input_hash", "_task_hash")
INNER = frozenset({"accept", "answer", "config", "label", "meta", "options", "priority", "score", "spans", "tokens"})
"""What serves the tool and is no fact about the text; keys that begin with `_` are left out with them."""


def is_prodigy(record: Mapping[str, Any]) -> bool:
    """Return whether a record looks like an answer that Prodigy kept."""
    return record.get("answer") in ANSWERS or any(key in record for key in HASHES)


def _is_single(record: Mapping[str, Any], coding: Coding) -> bool:
    """Return whether the task asks whether one label applies, yes or no."""
    return coding == "text" and "label" in record and not {"accept", "options"} & record.keys()


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _chosen(record: Mapping[str, Any]) -> object:
    """Return the ids of the options that were chosen; their texts where the ids are mere numbers."""
    if _is_single(record, "text"):
        return [record["label"]]
    if not {"accept", "options"} & record.keys():
        message = "the record has neither 'accept' nor 'label': expected codes of the text; read it as coding 'spans'"
        raise InputError(message)
    accepted = record.get("accept") or []
    if not isinstance(accepted, list):
        message = f"'accept' is {type(accepted).__name__}: expected a list of the options that were chosen"
        raise InputError(message)
    options = [option for option in _listed(record.get("options")) if isinstance(option, Mapping)]
    texts = {option.get("id"): option.get("text") for option in options if isinstance(option.get("id"), int)}
    return [texts.get(name) or name if isinstance(name, int) else name for name in accepted]


def _marked(record: Mapping[str, Any]) -> object:
    if "spans" not in record and "tokens" not in record:
        message = "the record has no 'spans': expected stretches with codes; read it as coding 'text'"
        raise InputError(message)
    return record.get("spans") or []


def _codes(record: Mapping[str, Any], coding: Coding) -> object:
    answer = record.get("answer")
    if answer == "ignore":
        message = "the coder left it out (answer: ignore)"
        raise InputError(message)
    if answer not in ANSWERS:
        message = f"the answer is {answer!r:.40}: expected accept, reject or ignore"
        raise InputError(message)
    codes = _chosen(record) if coding == "text" else _marked(record)
    return codes if answer == "accept" else []


def _plain(record: Mapping[str, Any], columns: Columns, coding: Coding) -> dict[str, Any]:
    """Return the record as a row of a table would be."""
    inner = record.get("meta")
    own = {name: value for name, value in record.items() if name not in INNER and not name.startswith("_")}
    defaults = {
        columns.id: next((record[key] for key in HASHES if key in record), record.get(columns.text)),
        columns.coder: record.get("_annotator_id") or record.get("_session_id"),
        columns.date: record.get("_timestamp"),
    }
    codes = {code_column(columns, coding): _codes(record, coding)}
    return {**(inner if isinstance(inner, dict) else {}), **defaults, **own, **codes}


def _rows(path: Path, columns: Columns, coding: Coding) -> Iterator[Row]:
    singles: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
    for line, record in read_json_rows(path):
        if isinstance(record, Failure):
            yield line, record
            continue
        try:
            plain = _plain(record, columns, coding)
        except InputError as error:
            yield line, Failure(_name(record, columns), str(path), line, str(error))
            continue
        if not _is_single(record, coding):
            yield line, plain
            continue
        key = str(plain[columns.id]), str(plain[columns.coder])
        _, first = singles.setdefault(key, (line, plain))
        if first is not plain:
            first[columns.label] += plain[columns.label]
    yield from singles.values()


def _name(record: Mapping[str, Any], columns: Columns) -> str | None:
    name = record.get(columns.id, record.get("_input_hash"))
    return None if name is None else str(name)


def read_prodigy(path: Path, columns: Columns, coding: Coding) -> Iterator[CodedText | Failure]:
    """Yield the coded text of each answer; its id is the hash of the text, unless the record has one.

    Args:
        path: the `.jsonl` file.
        columns: names of keys that differ.
        coding: which codes to read: `accept` and `label`, or `spans`.
    """
    rows = check_rows(_rows(path, columns, coding), columns, coding)
    yield from coded_texts(rows, str(path), columns, coding)
