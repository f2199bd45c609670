"""JSON exports of Label Studio: a list of tasks, each with the annotations of its coders.

Choices are labels of the text as a whole, labels are spans or targets. An annotation without any was coded with none;
cancelled ones and tasks that nobody annotated are left out and counted.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rhetoric.errors import InputError
from rhetoric.formats.coded.guard import read_json
from rhetoric.formats.coded.model import CodedText, Coding, Columns
from rhetoric.formats.coded.offsets import Marked, is_unsure
from rhetoric.formats.coded.records import (
    check_names,
    code_column,
    has_own_name,
    labels_of,
    mark_all,
    marked_of,
    name_of,
    text_of,
    warn_unsure,
)
from rhetoric.formats.failure import Failure

__all__ = ["read_label_studio"]

logger = logging.getLogger(__name__)

Item = Mapping[str, Any]

TYPES = {"text": "choices", "spans": "labels", "targets": "labels"}
"""The type of result that holds the codes of each kind of coding."""
OUTER = ("id", "version")
"""The fields of `Columns` that are found in a task's data, beside the text."""


def _items(value: object) -> list[Item]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _data(task: Item) -> Item:
    data = task.get("data")
    return data if isinstance(data, dict) else {}


def _tasks(path: Path) -> list[Item]:
    value = read_json(path)
    tasks = _items(value)
    if not isinstance(value, list) or len(tasks) < len(value):
        message = "expected Label Studio's JSON export, a list of tasks; other records go into JSON lines (.jsonl)"
        raise InputError(message)
    if tasks and not any(_data(task) and "annotations" in task for task in tasks):
        message = "the records have no 'data' and 'annotations': expected Label Studio's export JSON (not JSON-MIN)"
        raise InputError(message)
    return tasks


def _codes(annotation: Item, coding: Coding, control: str | None = None) -> list[Item]:
    """Return the results of an annotation that hold codes; choices of a stretch are none of the text."""
    found = [r for r in _items(annotation.get("result")) if r.get("type") == TYPES[coding]]
    found = [r for r in found if coding != "text" or "start" not in _value(r)]
    return found if control is None else [r for r in found if r.get("from_name") == control]


def _value(result: Item) -> Item:
    value = result.get("value")
    return value if isinstance(value, dict) else {}


def _control(tasks: Sequence[Item], columns: Columns, coding: Coding) -> str | None:
    """Return the control whose codes are to be read; None where there is but one.

    Raises:
        InputError: the named one is not there, or several are, which ask different things.
    """
    field = "label" if coding == "text" else coding
    annotations = [annotation for task in tasks for annotation in _items(task.get("annotations"))]
    types = {str(r.get("type")) for a in annotations for r in _items(a.get("result"))}
    if types and TYPES[coding] not in types:
        message = f"the annotations hold {', '.join(sorted(types))}: expected {TYPES[coding]} for coding {coding!r}"
        raise InputError(message)
    controls = sorted({str(r.get("from_name")) for a in annotations for r in _codes(a, coding)})
    if has_own_name(columns, field):
        check_names(controls, [code_column(columns, coding)])
        return code_column(columns, coding)
    if len(controls) > 1:
        message = f"the codes come from several controls ({', '.join(controls)}): name one as the column {field!r}"
        raise InputError(message)
    return None


def _coder(value: object) -> str | None:
    if isinstance(value, dict):
        value = value.get("email", value.get("id"))
    return name_of(value)


def _bare(task: Item, annotation: Item, row: int, columns: Columns, source: str) -> CodedText:
    data = _data(task)
    held = (columns.text, columns.id, columns.version)
    return CodedText(
        name_of(data.get(columns.id)) or name_of(task.get("id")) or str(row),
        text_of(data, columns.text),
        coder=_coder(annotation.get("completed_by")),
        version=name_of(data.get(columns.version)),
        date=name_of(annotation.get("updated_at") or annotation.get("created_at")),
        meta={name: value for name, value in data.items() if name not in held},
        source=source,
        line=row,
    )


def _labels(results: Sequence[Item]) -> tuple[str, ...]:
    choices = [_value(result).get("choices") for result in results]
    return labels_of([choice for given in choices for choice in (given if isinstance(given, list) else [given])])


def _marked(results: Sequence[Item]) -> list[Marked]:
    return marked_of([_value(result) for result in results])


class _Reader:
    """Reads the tasks of one file, and counts what it leaves out."""

    def __init__(self, path: Path, columns: Columns, coding: Coding) -> None:
        self.source = str(path)
        self.columns = columns
        self.coding = coding
        self.n_cancelled = 0
        self.n_open = 0
        self.n_unsure = 0

    def read(self, tasks: Sequence[Item]) -> Iterator[CodedText | Failure]:
        control = _control(tasks, self.columns, self.coding)
        for row, task in enumerate(tasks, start=1):
            yield from self._task(task, row, control)
        if self.n_cancelled or self.n_open:
            message = "%s: left out %d cancelled annotations, and %d tasks that nobody annotated"
            logger.warning(message, self.source, self.n_cancelled, self.n_open)
        warn_unsure(self.source, self.n_unsure)

    def _task(self, task: Item, row: int, control: str | None) -> Iterator[CodedText | Failure]:
        given = _items(task.get("annotations"))
        kept = [annotation for annotation in given if not annotation.get("was_cancelled")]
        self.n_cancelled += len(given) - len(kept)
        self.n_open += not given
        stretches: list[tuple[CodedText, list[Marked]]] = []
        for annotation in kept:
            try:
                bare = _bare(task, annotation, row, self.columns, self.source)
                results = _codes(annotation, self.coding, control)
                if self.coding == "text":
                    yield replace(bare, labels=_labels(results))
                else:
                    stretches.append((bare, _marked(results)))
            except InputError as error:
                yield Failure(str(task.get("id", row)), self.source, row, str(error))
        self.n_unsure += any(is_unsure(bare.text, marked) for bare, marked in stretches)
        yield from mark_all(stretches, self.coding)


def read_label_studio(path: Path, columns: Columns, coding: Coding) -> Iterator[CodedText | Failure]:
    """Yield the coded text of each annotation of each task.

    Args:
        path: the `.json` file.
        columns: names of keys in a task's `data`; its `label`, `spans` or `targets` names the control that asked, which
            is needed where there are several.
        coding: which codes to read: choices for `text`, labels for `spans` and `targets`.

    Raises:
        InputError: it is no such export, or holds no such codes.
    """
    tasks = _tasks(path)
    names = list({name: None for task in tasks for name in _data(task)})
    if tasks:
        check_names(names, [columns.text, *(getattr(columns, f) for f in OUTER if has_own_name(columns, f))])
    yield from _Reader(path, columns, coding).read(tasks)
