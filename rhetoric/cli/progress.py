"""The bar that long work shows on a terminal's stderr, and nowhere else."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress"]


@contextmanager
def progress(quiet: bool, noun: str, total: int | None = None) -> Iterator[Callable[[], None]]:
    """Give the function that counts one of the things that `noun` names; it does nothing where nobody looks.

    Args:
        quiet: show nothing.
        noun: what is counted.
        total: how many there will be, if that is known; the time that is left is shown then.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import TimeRemainingColumn as Remaining

    left = () if total is None else (Remaining(),)
    columns = (SpinnerColumn(), TextColumn(noun), MofNCompleteColumn(), TimeElapsedColumn(), *left)
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as bar:
        task = bar.add_task(noun, total=total)
        yield lambda: bar.advance(task)
