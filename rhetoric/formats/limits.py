"""How much one input may take, whatever it claims to be; beyond that it is listed as a failure and the rest is read."""

from collections.abc import Iterator
from typing import BinaryIO

from rhetoric.errors import InputError

__all__ = [
    "MAX_ATTRIBUTES",
    "MAX_DEPTH",
    "MAX_ELEMENTS",
    "MAX_EXPANSION",
    "MAX_PAGE_BYTES",
    "MAX_RECORD_BYTES",
    "MIN_EXPANDED_BYTES",
    "SAMPLE_BYTES",
    "bounded_lines",
    "read_whole",
    "size",
]

MAX_RECORD_BYTES = 16 * 2**20
"""Of one article with all its fields: a line of JSON, a row of a table, a text file. The longest novels have 5 MiB."""
MAX_PAGE_BYTES = 8 * 2**20
"""Of one HTML page, whose tree takes some thirty times its size."""
MAX_ELEMENTS = 30_000
"""Of one HTML page: extraction takes the square of their number, some ten seconds for these."""
MAX_DEPTH = 250
"""How deep elements may stand in one another: libxml2 leaves out in silence what lies below 255."""
MAX_ATTRIBUTES = 1_000
"""Of one HTML element: parsing takes the square of their number."""
MAX_EXPANSION = 100
"""How many bytes may come out of one compressed byte; text gives 3 to 10, a bomb some hundred to a thousand."""
MIN_EXPANDED_BYTES = 256 * 2**20
"""A compressed file may give this much at any rate."""
SAMPLE_BYTES = 2**20
"""How much of a table is looked at to tell its encoding and its separators."""


def size(n_bytes: int) -> str:
    """Return a number of bytes for people to read.

    >>> size(16 * 2**20), size(300)
    ('16 MiB', '300 bytes')
    """
    return f"{n_bytes / 2**20:.3g} MiB" if n_bytes >= 2**20 else f"{n_bytes} bytes"


def bounded_lines(stream: BinaryIO) -> Iterator[bytes | None]:
    r"""Yield the lines of `stream`, and None in the place of one longer than `MAX_RECORD_BYTES`.

    >>> import io
    >>> list(bounded_lines(io.BytesIO(b"a\nb")))
    [b'a\n', b'b']
    """
    limit = MAX_RECORD_BYTES
    while line := stream.readline(limit + 1):
        if len(line) <= limit:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(limit)
        yield None


def read_whole(stream: BinaryIO, limit: int, what: str) -> bytes:
    """Return all bytes of `stream`.

    Raises:
        InputError: there are more than `limit`.
    """
    data = stream.read(limit + 1)
    if len(data) > limit:
        message = f"the file is larger than {size(limit)}: expected {what}"
        raise InputError(message)
    return data
