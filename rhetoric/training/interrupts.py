"""Ctrl-C that is heard at the end of a step: what was learnt so far can be kept. A second one ends the program."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Self

__all__ = ["Interruptions"]


class Interruptions:
    """A stretch of work that Ctrl-C asks to end, rather than breaks off; only the main thread hears it.

    Attributes:
        is_asked: whether Ctrl-C was pressed since the work began.
    """

    def __init__(self) -> None:
        """Begin without one."""
        self.is_asked = False
        self._before = signal.getsignal(signal.SIGINT)

    def __enter__(self) -> Self:
        """Listen from now on."""
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Leave Ctrl-C as it was."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._before)

    def _hear(self, _: int, __: FrameType | None) -> None:
        """Take a first one down.

        Raises:
            KeyboardInterrupt: it is the second one.
        """
        if self.is_asked:
            raise KeyboardInterrupt
        self.is_asked = True
