"""JSON lines: one object a line, for articles coming in and annotated articles going out.

Lone surrogates survive both ways as JSON escapes; what JSON cannot hold is refused, never changed in silence.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from rhetoric.errors import InputError
from rhetoric.formats import limits
from rhetoric.formats.failure import Failure
from rhetoric.formats.output import open_output

__all__ = ["STDIN", "dump_document", "dump_line", "load_line", "open_lines", "read_lines"]

T = TypeVar("T")

STDIN = "-"
BOM = b"\xef\xbb\xbf"
SURROGATE = re.compile("[\ud800-\udfff]")
SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def _finite(value: Any) -> Any:  # noqa: ANN401  (any JSON value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {name: _finite(item) for name, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value


def _plain(value: object) -> str:
    """Return what stands in JSON for a date, a UUID or whatever else came with an article's `meta`."""
    isoformat = getattr(value, "isoformat", None)
    return str(isoformat()) if callable(isoformat) else str(value)


def _encode(record: Mapping[str, Any]) -> str:
    try:
        return json.dumps(record, ensure_ascii=False, allow_nan=False, default=_plain)
    except ValueError:  # NaN is how tables say "nothing here"; JSON says null
        return json.dumps(_finite(record), ensure_ascii=False, allow_nan=False, default=_plain)


def dump_line(record: Mapping[str, Any]) -> bytes:
    r"""Return `record` as one line of JSON in UTF-8; only lone surrogates are written as escapes.

    >>> dump_line({"id": "é\ud800"})
    b'{"id": "\xc3\xa9\\ud800"}\n'

    Raises:
        InputError: a string holds a surrogate pair as two characters, which JSON would join to one.
    """
    line = _encode(record)
    if SURROGATE_PAIR.search(line):
        message = "the text holds a surrogate pair as two characters, which JSON cannot: join them before (UTF-16)"
        raise InputError(message)
    return SURROGATE.sub(lambda m: f"\\u{ord(m.group()):04x}", line).encode() + b"\n"


def dump_document(record: Mapping[str, Any]) -> str:
    r"""Return `record` as JSON of several lines for people to read, with null for what has no value.

    >>> dump_document({"f1": float("nan")})
    '{\n  "f1": null\n}\n'
    """
    return json.dumps(_finite(record), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def load_line(line: bytes) -> Any:  # noqa: ANN401  (any JSON value)
    """Return the JSON value of one line; NaN, which tables write for nothing, is None.

    Raises:
        InputError: it is not JSON in UTF-8.
    """
    try:
        return json.loads(line.decode("utf-8"), parse_constant=lambda _: None)
    except UnicodeDecodeError as error:
        message = (
            f"byte {line[error.start]:#04x} at offset {error.start} of the line is not UTF-8: expected JSON in UTF-8"
        )
        raise InputError(message) from error
    except json.JSONDecodeError as error:
        message = f"the line is not JSON ({error.msg} at column {error.colno}): expected one object a line"
        raise InputError(message) from error
    except (ValueError, RecursionError) as error:
        message = f"the line is not usable JSON ({error}): expected one object a line"
        raise InputError(message) from error


def _identify(record: object) -> str | None:
    name = record.get("id") if isinstance(record, dict) else None
    return name if isinstance(name, str) else None


def _read_line(line: bytes, source: str, number: int, parse: Callable[[object], T]) -> T | Failure:
    record = None
    try:
        record = load_line(line)
        return parse(record)
    except InputError as error:
        return Failure(_identify(record), source, number, str(error))


def read_lines(
    lines: Iterable[bytes | None], source: str, parse: Callable[[object], T]
) -> Iterator[tuple[int, T | Failure]]:
    """Yield the number of each line that is not blank with what `parse` makes of its JSON, or with a `Failure`.

    None stands for a line that was too long to be read.
    """
    for number, line in enumerate(lines, start=1):
        if line is None:
            reason = f"the line is longer than {limits.size(limits.MAX_RECORD_BYTES)}: expected one object a line"
            yield number, Failure(None, source, number, reason)
            continue
        content = line.removeprefix(BOM) if number == 1 else line
        if content.strip():
            yield number, _read_line(content, source, number, parse)


@contextmanager
def open_lines(path: Path | None) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """Open a JSONL file (None: standard output) and give the function that writes one record to it.

    The file appears under its name at the end; what was written before an interruption is kept.
    """
    with open_output(path, keep_partial=True) as stream:

        def write(record: Mapping[str, Any]) -> None:
            stream.write(dump_line(record))
            stream.flush()

        yield write
