"""What is refused before it is read: files that run code or unfold when opened, and JSON beyond all measure."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from rhetoric.errors import InputError
from rhetoric.formats.text import decode_text

__all__ = [
    "MAX_DEPTH",
    "MAX_JSON_BYTES",
    "MAX_LINE_BYTES",
    "check_depth",
    "guarded",
    "parse_json",
    "read_json",
    "refuse",
    "split_lines",
]

T = TypeVar("T")

MAX_JSON_BYTES = 256 * 2**20
"""Of a JSON file, which is held in memory as a whole, at several times its size."""
MAX_LINE_BYTES = 64 * 2**20
"""Of one line of JSON lines."""
MAX_DEPTH = 64
"""How deep lists and objects may stand in one another."""

PICKLES = {
    ".bin",
    ".ckpt",
    ".dill",
    ".joblib",
    ".npy",
    ".npz",
    ".pickle",
    ".pkl",
    ".pt",
    ".pth",
    ".rda",
    ".rdata",
    ".rds",
}
ARCHIVES = {".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xlsx", ".xz", ".zip", ".zst"}
MAGIC = {b"PK\x03\x04": "an archive", b"\x1f\x8b": "an archive", b"\x80\x02": "a pickle"}
MAGIC |= {bytes([0x80, protocol]): "a pickle" for protocol in range(2, 6)}
N_MAGIC = 4


def refuse(path: Path) -> None:
    """Refuse a file that would run code or unfold if it were opened, by its name or its first bytes.

    Raises:
        InputError: it is such a file, no file at all, or cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix in PICKLES:
        message = (
            f"{path} may run code when it is opened ({suffix}), so it is not: save the data as CSV, JSONL or Parquet"
        )
        raise InputError(message)
    if suffix in ARCHIVES:
        message = f"{path} is an archive ({suffix}), which is not unpacked here: unpack it yourself, or save it as CSV"
        raise InputError(message)
    if not path.is_file():
        message = f"{path} is no file: expected a file of coded data, or a folder"
        raise InputError(message)
    _refuse_magic(path)


def _refuse_magic(path: Path) -> None:
    try:
        with path.open("rb") as stream:
            first = stream.read(N_MAGIC)
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise InputError(message) from error
    kind = next((kind for magic, kind in MAGIC.items() if first.startswith(magic)), None)
    if kind is not None:
        message = f"{path} is {kind}, whatever its name says: save the data as CSV, JSONL or Parquet"
        raise InputError(message)


def check_depth(value: object) -> None:
    """Refuse JSON in which lists and objects stand deeper in one another than anything of use.

    Raises:
        InputError: deeper than `MAX_DEPTH`.
    """
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    message = f"the JSON is nested deeper than {MAX_DEPTH}: expected records of coded texts"
    raise InputError(message)


def _children(value: object) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def parse_json(text: str) -> Any:  # noqa: ANN401  (any JSON value)
    """Return the JSON value that a cell or a file holds; NaN is None.

    Raises:
        InputError: it is not JSON, or nested too deeply.
    """
    try:
        value = json.loads(text, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        message = f"not JSON ({error.msg} at line {error.lineno}, column {error.colno})"
        raise InputError(message) from error
    except (ValueError, RecursionError) as error:
        message = f"not usable JSON ({error})"
        raise InputError(message) from error
    check_depth(value)
    return value


def read_json(path: Path) -> Any:  # noqa: ANN401  (any JSON value)
    """Return what a JSON file holds.

    Raises:
        InputError: it is larger than `MAX_JSON_BYTES`, not JSON in UTF-8, or nested too deeply.
    """
    size = path.stat().st_size
    if size > MAX_JSON_BYTES:
        message = f"the file has {size:,} bytes: expected at most {MAX_JSON_BYTES:,}; export it in parts, or as JSONL"
        raise InputError(message)
    return parse_json(decode_text(path.read_bytes()).removeprefix("\ufeff"))


def split_lines(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a file of JSON lines.

    Raises:
        InputError: one is longer than `MAX_LINE_BYTES`.
    """
    while line := stream.readline(MAX_LINE_BYTES + 1):
        if len(line) > MAX_LINE_BYTES:
            message = f"a line is longer than {MAX_LINE_BYTES:,} bytes: expected JSON lines, one record a line"
            raise InputError(message)
        yield line


def guarded(found: Iterator[T], path: Path) -> Iterator[T]:
    """Yield what a reader finds; an error that ends it names the file.

    Raises:
        InputError: the file cannot be read, or not be used.
    """
    try:
        yield from found
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}; expected coded texts"
        raise InputError(message) from error
    except InputError as error:
        message = f"{path}: {error}"
        raise InputError(message) from error
