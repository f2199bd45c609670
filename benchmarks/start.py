"""From the command to its first result: one short article, in a process that starts cold.

Beside the time on the clock stands that of the processor, which a busy machine does not lengthen much.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

N_ROUNDS = 5
TEXT = "The tyrant fled, state radio said. Nobody knew where he was."


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def seconds_to_first_line(arguments: list[str]) -> tuple[float, float]:
    """Return how long the command takes to its first line on standard output, and the processor to all of it.

    Raises:
        RuntimeError: there was none.
    """
    begun, cpu = time.perf_counter(), _cpu_seconds()
    with subprocess.Popen([sys.executable, "-m", "rhetoric", *arguments], stdout=subprocess.PIPE) as process:
        line = process.stdout.readline() if process.stdout else b""
        seconds = time.perf_counter() - begun
    if not line:
        message = f"rhetoric {' '.join(arguments)} wrote nothing"
        raise RuntimeError(message)
    return seconds, _cpu_seconds() - cpu


def main(
    model: Annotated[str, typer.Option(help="Shipped model, or a folder.")] = "small",
    rounds: Annotated[int, typer.Option(help="How often to start.")] = N_ROUNDS,
) -> None:
    """Print the median and the range of the seconds to the first result."""
    with tempfile.TemporaryDirectory() as folder:
        article = Path(folder, "article.txt")
        article.write_text(TEXT, encoding="utf-8")
        times = [seconds_to_first_line(["annotate", str(article), "--model", model]) for _ in range(rounds)]
    for name, seconds in zip(("first result after", "processor"), zip(*times, strict=True), strict=True):
        typer.echo(f"{name} {statistics.median(seconds):.2f} s (from {min(seconds):.2f} to {max(seconds):.2f})")


if __name__ == "__main__":
    typer.run(main)
