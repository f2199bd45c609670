"""Records of coded texts: what the fields of a row say, whichever format the row came in.

One coding is read at a time: labels of the whole text, its spans, or its targets. A field that is there and empty says
that the text was coded with none of the codes; one that is missing says nothing, so that its record is a `Failure`.
"""

import difflib
import logging
import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from itertools import islice
from typing import Any

from rhetoric.errors import InputError
from rhetoric.formats.coded.guard import parse_json
from rhetoric.formats.coded.model import CodedText, Coding, Columns
from rhetoric.formats.coded.offsets import Located, Marked, is_unsure, locate_all
from rhetoric.formats.failure import Failure
from rhetoric.formats.table import Row

__all__ = [
    "DEFAULTS",
    "check_columns",
    "check_names",
    "code_column",
    "coded_texts",
    "has_own_name",
    "is_by_mention",
    "labels_of",
    "mark",
    "mark_all",
    "marked_of",
    "name_of",
    "text_of",
    "warn_unsure",
]

logger = logging.getLogger(__name__)

DEFAULTS = Columns()
"""The names that columns have where nobody names them."""
FIELD_OF = {"text": "label", "spans": "spans", "targets": "targets"}
"""The field of `Columns` in which the codes of each kind of coding stand."""

MISSING = frozenset({"nan", "NaN", "NA", "<NA>", "N/A", "#N/A", "null", "NULL"})
"""How pandas, R and databases write in a CSV cell that there is nothing."""
SEPARATORS = re.compile(r"[|;]")
QUOTED_LIST = re.compile(r"\[\s*(?:'[^'\\]*'(?:\s*,\s*'[^'\\]*')*\s*)?\]")
"""A list of strings as pandas writes it to CSV."""
N_LISTED = 12
HAVE_OPTIONS = ("text", "label")
"""Columns that every table of codes has; the commands that read one have an option for each."""
N_SHOWN = 80


def code_column(columns: Columns, coding: Coding) -> str:
    """Return the name of the column that holds the codes."""
    return str(getattr(columns, FIELD_OF[coding]))


def has_own_name(columns: Columns, field: str) -> bool:
    """Return whether somebody named the column of `field`, so that it must be there."""
    return bool(getattr(columns, field) != getattr(DEFAULTS, field))


def check_columns(names: Collection[str], columns: Columns, coding: Coding) -> None:
    """Refuse data without a column that is needed or was named.

    Raises:
        InputError: it is not among `names`, or twice.
    """
    if is_by_mention(names, columns, coding):
        needed = [columns.text, columns.label, columns.start, columns.end]
    else:
        needed = [columns.text, code_column(columns, coding)]
    needed += [getattr(columns, field.name) for field in fields(columns) if has_own_name(columns, field.name)]
    check_names(list(names), needed)


def is_by_mention(names: Collection[str], columns: Columns, coding: Coding) -> bool:
    """Return whether each row of a table is of one coded mention, rather than of a text with a list of them."""
    is_listed = columns.targets in names or has_own_name(columns, "targets")
    return coding == "targets" and not is_listed and columns.start in names and columns.end in names


def check_names(names: Sequence[str], needed: Iterable[str]) -> None:
    """Refuse data whose columns are `names` if one of `needed` is not among them.

    Raises:
        InputError: it is not there, or twice; the message names the nearest.
    """
    for name in needed:
        _check_name(names, name)


def _check_name(names: Sequence[str], name: str) -> None:
    if names.count(name) > 1:
        message = f"there are {names.count(name)} columns {name!r}: expected one; rename the others"
        raise InputError(message)
    if name in names:
        return
    # Case is how most names differ from what was expected, and difflib takes it for another letter.
    lowered = {other.lower(): other for other in names}
    near = difflib.get_close_matches(name.lower(), lowered, n=1)
    nearest = f"; the nearest is {lowered[near[0]]!r}" if near else "" if names else "; there are no columns"
    option = f" with --{name}-column" if name in HAVE_OPTIONS else ""
    listed = ", ".join([*names[:N_LISTED], *["…"][: len(names) - N_LISTED]]) or "none"
    message = f"there is no column {name!r}{nearest}: name the one that holds it{option}, found {listed}"
    raise InputError(message)


def _is_missing(value: object) -> bool:
    if isinstance(value, str):
        return value.strip() in MISSING
    return value is None or (isinstance(value, float) and math.isnan(value))


def name_of(value: object) -> str | None:
    """Return a code, a coder or an id as a string, and None where there is nothing.

    >>> name_of(1.0), name_of(" loaded "), name_of(float("nan"))
    ('1', 'loaded', None)

    Raises:
        InputError: it is a list or an object.
    """
    if _is_missing(value):
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if not isinstance(value, str | int | float):
        message = f"expected a name or a number, found {'a list' if isinstance(value, list) else 'an object'}"
        raise InputError(message)
    return str(value).strip() or None


def labels_of(value: object) -> tuple[str, ...]:
    """Return the codes that a cell or field holds, each once: one, several, or none where it is empty.

    >>> labels_of("fear | doubt"), labels_of(["fear"]), labels_of("")
    (('fear', 'doubt'), ('fear',), ())

    Raises:
        InputError: it is missing (null, NaN or how tables write that), or holds anything but names and numbers.
    """
    if _is_missing(value):
        message = "the label is missing: expected a code, or an empty label where none applies"
        raise InputError(message)
    items = _split(value) if isinstance(value, str) else value
    if isinstance(items, Mapping) and "choices" in items:  # how Label Studio writes several choices into a cell
        items = items["choices"]
    names = [name_of(item) for item in (items if isinstance(items, list | tuple) else [items])]
    if None in names:
        message = "one of the labels is missing or empty: expected a code"
        raise InputError(message)
    return tuple(dict.fromkeys(name for name in names if name is not None))


def _split(cell: str) -> object:
    content = cell.strip()
    if QUOTED_LIST.fullmatch(content):
        return re.findall(r"'([^']*)'", content)
    if content.startswith("[") or content.startswith('{"choices"'):
        try:
            return parse_json(content)
        except InputError as error:
            message = f"the label looks like a list but is {error}: expected codes with | between them, or a JSON list"
            raise InputError(message) from error
    return [part for part in SEPARATORS.split(content) if part.strip()]


def marked_of(value: object, may_lack_code: bool = False) -> list[Marked]:
    """Return the stretches that a cell or field holds: a list of objects, or the same as JSON; none where it is empty.

    Args:
        value: the cell or field.
        may_lack_code: whether an empty `label` says that none of the codes applies; for mentions, which are given.

    Raises:
        InputError: it is missing, or an object lacks whole numbers `start` and `end` or its `label`.
    """
    if _is_missing(value):
        message = "the spans are missing: expected a list of objects, empty where none was coded"
        raise InputError(message)
    if isinstance(value, str):
        value = parse_json(value) if value.strip() else []
    if isinstance(value, Mapping):
        value = _transposed(value)
    if not isinstance(value, list | tuple):
        message = f'expected a list of {{"start": 0, "end": 4, "label": "…"}}, found {type(value).__name__}'
        raise InputError(message)
    return [stretch for item in value for stretch in _marked(item, may_lack_code)]


def _transposed(lists: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the objects that an object of lists holds, which is how `datasets` may keep a list of objects."""
    if not all(isinstance(held, list) for held in lists.values()) or len({*map(len, lists.values())}) > 1:
        message = "the spans are an object: expected a list of objects, or an object of lists of the same length"
        raise InputError(message)
    return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]


def _marked(item: object, may_lack_code: bool) -> list[Marked]:
    given: Mapping[str, Any] = item if isinstance(item, Mapping) else {}
    start, end = given.get("start"), given.get("end")
    if type(start) is not int or type(end) is not int:
        expected = '{"start": 0, "end": 4, "label": "…"} with whole numbers'
        message = f"a span is not usable: expected {expected}, found {repr(item)[:N_SHOWN]}"
        raise InputError(message)
    codes = given.get("label", given.get("labels"))
    labels = () if codes in ("", []) else labels_of(codes if isinstance(codes, list) else [codes])
    if not (labels or may_lack_code):
        message = f"the span {start}–{end} has no label: expected a code for each"
        raise InputError(message)
    return [Marked(((start, end),), label, _surface(given.get("text"))) for label in labels or ("",)]


def _surface(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _mention(record: Mapping[str, Any], columns: Columns) -> list[Marked]:
    """Return the mention of a row, once for each of its codes; with an empty one where none applies."""
    start, end = (_offset(record.get(name), name) for name in (columns.start, columns.end))
    surface = _surface(record.get(columns.mention))
    return [Marked(((start, end),), label, surface) for label in labels_of(record.get(columns.label)) or ("",)]


def _offset(value: object, name: str) -> int:
    number = name_of(value)
    if number is None or not number.isdecimal():
        message = f"the offset {name!r} is {repr(value)[:N_SHOWN]}: expected a whole number"
        raise InputError(message)
    return int(number)


def mark(bare: CodedText, marked: Sequence[Marked], coding: Coding) -> list[CodedText | Failure]:
    """Return `bare` with its spans or targets; a `Failure` for each that stands nowhere, and then not the text.

    A text that lost a span would pass for one that was not coded there.
    """
    return mark_all([(bare, marked)], coding)


def mark_all(found: Sequence[tuple[CodedText, Sequence[Marked]]], coding: Coding) -> list[CodedText | Failure]:
    """Return what `mark` makes of each coder's stretches of one text, all of which count the same unit."""
    located = iter(locate_all(found[0][0].text, [m for _, marked in found for m in marked])) if found else iter(())
    return [item for bare, marked in found for item in _marked_text(bare, list(islice(located, len(marked))), coding)]


def _marked_text(bare: CodedText, located: Sequence[Located], coding: Coding) -> list[CodedText | Failure]:
    reasons = [str(found) for found in located if isinstance(found, InputError)]
    if reasons:
        return [Failure(bare.id, bare.source, bare.line, reason) for reason in reasons]
    spans = {span for found in located if not isinstance(found, InputError) for span in found}
    codes: dict[str, Any] = {coding: tuple(sorted(spans))}
    return [replace(bare, **codes)]


def warn_unsure(source: str, n_unsure: int) -> None:
    """Warn of texts in which tools count differently, if their spans came without the text that they cover."""
    if n_unsure:
        logger.warning(
            "%s: %d texts hold emoji or the like, which tools count differently, and spans without the text that they "
            "cover: their offsets were taken for code points; look at some of them",
            source,
            n_unsure,
        )


def text_of(record: Mapping[str, Any], name: str) -> str:
    """Return the text of a record.

    Raises:
        InputError: it is missing, blank, or no string.
    """
    text = record.get(name)
    if _is_missing(text) or (isinstance(text, str) and not text.strip()):
        message = f"the text ({name!r}) is missing or empty: expected the text that was coded"
        raise InputError(message)
    if not isinstance(text, str):
        message = f"the text ({name!r}) is {type(text).__name__}: expected a string"
        raise InputError(message)
    return text


def _id_of(record: Mapping[str, Any], name: str, row: int) -> str:
    if name not in record:
        return str(row)
    found = name_of(record[name])
    if found is None:
        message = f"the id ({name!r}) is missing or empty: expected one for each row, the same for all coders of a text"
        raise InputError(message)
    return found


def _bare(record: Mapping[str, Any], row: int, columns: Columns, coding: Coding) -> CodedText:
    held = {columns.text, columns.id, columns.coder, columns.version, columns.date, code_column(columns, coding)}
    if is_by_mention(record, columns, coding):
        held |= {columns.label, columns.start, columns.end, columns.mention}
    return CodedText(
        _id_of(record, columns.id, row),
        text_of(record, columns.text),
        coder=name_of(record.get(columns.coder)),
        version=name_of(record.get(columns.version)),
        date=_date_of(record.get(columns.date)),
        meta={name: value for name, value in record.items() if name not in held},
    )


def _date_of(value: object) -> str | None:
    isoformat = getattr(value, "isoformat", None)
    return str(isoformat()) if callable(isoformat) else name_of(value)


def _name_or_none(record: Mapping[str, Any], name: str) -> str | None:
    try:
        return name_of(record.get(name))
    except InputError:
        return None


def coded_texts(rows: Iterable[Row], source: str, columns: Columns, coding: Coding) -> Iterator[CodedText | Failure]:
    """Yield what each row says of its text, and a `Failure` for each that says nothing of use.

    Args:
        rows: the line of each record with the record, or with the `Failure` that stands for it.
        source: the file that they came from.
        columns: which fields of a record hold what.
        coding: which codes to read.
    """
    n_unsure = 0
    for number, (line, record) in enumerate(rows, start=1):
        if isinstance(record, Failure):
            yield record
            continue
        try:
            bare = replace(_bare(record, number, columns, coding), source=source, line=line)
            codes = record.get(code_column(columns, coding))
            if coding == "text":
                yield replace(bare, labels=labels_of(codes))
                continue
            is_one = is_by_mention(record, columns, coding)
            marked = _mention(record, columns) if is_one else marked_of(codes, coding == "targets")
        except InputError as error:
            yield Failure(_name_or_none(record, columns.id), source, line, str(error))
            continue
        n_unsure += is_unsure(bare.text, marked)
        yield from mark(bare, marked, coding)
    warn_unsure(source, n_unsure)
