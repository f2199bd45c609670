"""Where a command writes: standard output, or a file that appears under its name only when it is whole, on the disk."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from rhetoric.errors import UsageError

__all__ = ["check_output", "make_folder", "open_output"]


def check_output(path: Path | None) -> None:
    """Refuse a path that nothing can be written to, before any work is done.

    Raises:
        UsageError: it is a folder, or lies in none.
    """
    if path is None:
        return
    if path.is_dir():
        message = f"cannot write to {path}: it is a folder; name a file in it"
        raise UsageError(message)
    _check_parent(path)


def make_folder(path: Path) -> None:
    """Make a folder to write to, if it is not there.

    Raises:
        UsageError: there is a file of that name, or nothing that it could lie in, or it cannot be made.
    """
    if path.exists() and not path.is_dir():
        message = f"cannot write to {path}: it is a file; name a folder"
        raise UsageError(message)
    _check_parent(path)
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        message = f"cannot make the folder {path}: {error.strerror}; name another"
        raise UsageError(message) from error


def _check_parent(path: Path) -> None:
    if not path.parent.is_dir():
        message = f"cannot write to {path}: there is no folder {path.parent}; make it first"
        raise UsageError(message)


@contextmanager
def open_output(path: Path | None, *, keep_partial: bool = False) -> Iterator[BinaryIO]:
    """Open `path` for writing under a temporary name beside it that is renamed at the end; None is standard output.

    After an exception the file is left out; with `keep_partial` it is kept if anything was written to it.
    """
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    final = path.resolve()
    if final.exists() and not final.is_file():  # a device or a pipe cannot be replaced
        with final.open("wb") as stream:
            yield stream
        return
    partial = final.with_name(f".{final.name}.{os.getpid()}.partial")
    is_done = False
    try:
        with partial.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())  # a name on a file that a power cut has emptied would say that it is whole
        is_done = True
    finally:
        if is_done or (keep_partial and partial.exists() and partial.stat().st_size):
            partial.replace(final)
        else:
            partial.unlink(missing_ok=True)
