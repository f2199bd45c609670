"""What long work says on stderr: a bar on a terminal, and in a log one plain line every half minute."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["Counter", "progress"]

SECONDS_A_LINE = 30.0

Clock = Callable[[], float]


class Counter(Protocol):
    """Counts the things that are done."""

    def expect(self, total: int | None) -> None:
        """Take note of how many there will be, about; None if nobody knows."""

    def __call__(self, n: int = 1, n_failed: int = 0) -> None:
        """Count `n` of them, of which `n_failed` failed."""


class _Silent:
    """Counts for nobody."""

    def expect(self, total: int | None) -> None:
        """Do nothing."""

    def __call__(self, n: int = 1, n_failed: int = 0) -> None:
        """Do nothing."""


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"


class _Lines:
    """Says every half minute how far the work is."""

    def __init__(self, noun: str, total: int | None, clock: Clock) -> None:
        self.noun, self.total, self.clock = noun, total, clock
        self.n = self.n_failed = 0
        self.begun = self.told = clock()

    def expect(self, total: int | None) -> None:
        self.total = total

    def __call__(self, n: int = 1, n_failed: int = 0) -> None:
        self.n += n
        self.n_failed += n_failed
        now = self.clock()
        if now - self.told >= SECONDS_A_LINE:
            self.told = now
            print(f"rhetoric: {self._line(now - self.begun)}", file=sys.stderr, flush=True)

    def _line(self, seconds: float) -> str:
        rate = self.n / seconds
        of = f" of about {self.total:,}" if self.total else ""
        parts = [f"{self.n:,}{of} {self.noun}", f"{rate:,.1f} a second"]
        if self.total and self.total > self.n:
            parts.append(f"about {_duration((self.total - self.n) / rate)} left")
        if self.n_failed:
            parts.append(f"{self.n_failed:,} failed")
        return ", ".join(parts)


class _Bar:
    """Moves a bar."""

    def __init__(self, bar: "Progress", task: "TaskID") -> None:
        self.bar, self.task = bar, task
        self.n_failed = 0

    def expect(self, total: int | None) -> None:
        self.bar.update(self.task, total=total)

    def __call__(self, n: int = 1, n_failed: int = 0) -> None:
        self.n_failed += n_failed
        failed = f"{self.n_failed:,} failed" if self.n_failed else ""
        rate = self.bar.tasks[0].speed
        self.bar.update(self.task, advance=n, failed=failed, rate=f"{rate:,.1f}/s" if rate else "")


@contextmanager
def progress(quiet: bool, noun: str, total: int | None = None, clock: Clock = time.monotonic) -> Iterator[Counter]:
    """Give the function that counts the things that `noun` names.

    Args:
        quiet: show nothing.
        noun: what is counted.
        total: how many there will be, if that is known; the time that is left is shown then.
        clock: tells the time, in seconds.
    """
    if quiet:
        yield _Silent()
        return
    if not sys.stderr.isatty():
        yield _Lines(noun, total, clock)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import TimeRemainingColumn as Remaining

    told = (TextColumn("{task.fields[rate]}"), TextColumn("[red]{task.fields[failed]}"))
    columns = (SpinnerColumn(), TextColumn(noun), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), Remaining())
    with Progress(*columns, *told, console=Console(stderr=True), transient=True, redirect_stdout=False) as bar:
        yield _Bar(bar, bar.add_task(noun, total=total, rate="", failed=""))
