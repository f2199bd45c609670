"""Streams of bytes, with gzip and Zstandard unpacked on the way; what is compressed is told by its first bytes.

What comes out is handed on as it comes, never held as a whole; a bomb is stopped, a file that was cut off says so.
"""

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from rhetoric.errors import InputError
from rhetoric.formats import limits

__all__ = ["SUFFIXES", "StreamError", "expanded", "is_packed", "open_expanded"]

SUFFIXES = (".gz", ".zst")
GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
N_BYTES_A_READ = 2**13


class StreamError(InputError):
    """Nothing more can be read from a compressed stream."""


class _Reads(Protocol):
    def __call__(self, size: int, /) -> bytes: ...


class _Counted(io.RawIOBase):
    """Gives the bytes of a stream as they come, and counts them; the stream stays its owner's to close."""

    def __init__(self, stream: BinaryIO) -> None:
        self.n_bytes = 0
        self._read: _Reads = getattr(stream, "read1", stream.read)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._read(len(buffer))
        buffer[: len(data)] = data
        self.n_bytes += len(data)
        return len(data)


class _Expanded(io.RawIOBase):
    """Gives what a decompressor makes of a stream, as long as there is not far too much of it."""

    def __init__(self, read: _Reads, packed: _Counted) -> None:
        self._packed = packed
        self._read = read
        self._n_bytes = 0
        self._error: StreamError | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer; an error waits until what came before it has been taken."""
        n_filled = 0
        while n_filled < len(buffer) and self._error is None:
            piece = self._next(min(N_BYTES_A_READ, len(buffer) - n_filled))
            if not piece:
                break
            buffer[n_filled : n_filled + len(piece)] = piece
            n_filled += len(piece)
        if self._error is not None and not n_filled:
            raise self._error
        return n_filled

    def _next(self, n_bytes: int) -> bytes:
        try:
            piece = self._read(n_bytes)
        except (EOFError, OSError, zlib.error) as error:
            self._error = StreamError(f"the compressed file is damaged or cut off ({error}): what follows is not read")
            return b""
        self._n_bytes += len(piece)
        if self._n_bytes > max(limits.MIN_EXPANDED_BYTES, limits.MAX_EXPANSION * self._packed.n_bytes):
            self._error = StreamError(
                f"more than {limits.MAX_EXPANSION} bytes come out of each compressed one, "
                f"{limits.size(self._n_bytes)} so far: a decompression bomb? Unpack it yourself if it is none"
            )
            return b""
        return piece


def _gunzip(stream: io.BufferedReader) -> _Reads:
    return gzip.GzipFile(fileobj=stream, mode="rb").read1


def _unzstd(stream: io.BufferedReader) -> _Reads:
    import pyarrow

    read: _Reads = pyarrow.CompressedInputStream(pyarrow.PythonFile(stream, mode="r"), "zstd").read
    return read


DECOMPRESSORS: dict[bytes, Callable[[io.BufferedReader], _Reads]] = {GZIP_MAGIC: _gunzip, ZSTD_MAGIC: _unzstd}


def _decompressor(stream: io.BufferedReader) -> Callable[[io.BufferedReader], _Reads] | None:
    start = stream.peek(len(ZSTD_MAGIC))
    return next((found for magic, found in DECOMPRESSORS.items() if start.startswith(magic)), None)


def expanded(stream: BinaryIO) -> io.BufferedReader:
    r"""Return the bytes of `stream`, unpacked if they are compressed.

    Reading raises a StreamError where the compressed bytes are damaged, cut off, or unfold beyond all measure
    (`MAX_EXPANSION`, `MIN_EXPANDED_BYTES`).

    >>> expanded(io.BytesIO(gzip.compress(b"It rains.\n"))).read()
    b'It rains.\n'
    """
    counted = _Counted(stream)
    packed: io.BufferedReader = io.BufferedReader(counted, limits.SAMPLE_BYTES)
    decompressor = _decompressor(packed)
    if decompressor is None:
        return packed
    return io.BufferedReader(_Expanded(decompressor(packed), counted), limits.SAMPLE_BYTES)


def is_packed(stream: io.BufferedReader) -> bool:
    """Return whether what `expanded` gave is unpacked on the way."""
    return isinstance(stream.raw, _Expanded)


@contextmanager
def open_expanded(path: Path) -> Iterator[io.BufferedReader]:
    """Open a file, unpacked if it is compressed.

    Raises:
        OSError: it cannot be opened.
    """
    with path.open("rb", buffering=0) as file, expanded(file) as stream:
        yield stream
