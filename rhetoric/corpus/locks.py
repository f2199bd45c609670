"""One process at a time writes to a run's folder; the system itself lets go of the lock of one that was killed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rhetoric.errors import UsageError

try:
    import fcntl
except ImportError:  # a system without such locks
    fcntl = None  # type: ignore[assignment]

__all__ = ["only_writer"]


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the folder for this process; where the file system has no locks, nothing is held.

    Raises:
        UsageError: another process writes to it.
    """
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        _lock(handle, folder)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        message = f"another process writes to {folder}: wait for it, or write elsewhere"
        raise UsageError(message) from error
    except OSError:
        return  # a network file system without locks
