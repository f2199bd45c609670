"""Peak memory of `rhetoric annotate` over a corpus and over twenty times as many articles.

Each run is a process of its own, which tells its own peak: the highest resident size since it began, as Linux keeps it.
The larger corpus is the smaller one again and again, under new ids.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from rhetoric import Article
from rhetoric.formats import dump_line, read_inputs
from rhetoric.formats.record import article_to_record

N_TIMES = 20
MEBI = 1024

PROGRAM = """
import re, sys
from pathlib import Path
from rhetoric.cli.app import main
code = main(sys.argv[1:])
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
sys.stdout.write(f'{{"code": {code}, "peak_kib": {peak}}}')
"""


@dataclass(frozen=True)
class Peak:
    """What one run took: articles and the peak of its resident memory."""

    n_articles: int
    kib: int


def write_corpus(articles: Sequence[Article], n_times: int, path: Path) -> None:
    """Write articles `n_times` over, under new ids."""
    with path.open("wb") as stream:
        for turn in range(n_times):
            for article in articles:
                stream.write(dump_line({**article_to_record(article), "id": f"{article.id}-{turn}"}))


def measure_peak(articles: list[Article], n_times: int, options: list[str]) -> Peak:
    """Return the peak memory of annotating the articles `n_times` over.

    Raises:
        RuntimeError: the command failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus.jsonl")
        write_corpus(articles, n_times, corpus)
        arguments = ["annotate", str(corpus), "-o", str(Path(folder, "run")), "--quiet", *options]
        done = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True)
    result = json.loads(done.stdout or "{}")
    if result.get("code") != 0:
        message = f"rhetoric {' '.join(arguments)} failed ({done.returncode}): {done.stderr}"
        raise RuntimeError(message)
    return Peak(len(articles) * n_times, result["peak_kib"])


def main(
    inputs: Annotated[list[Path], typer.Argument(help="Articles, as `rhetoric annotate` takes them.")],
    model: Annotated[str, typer.Option(help="Shipped model, or a folder.")] = "small",
    n_articles: Annotated[int, typer.Option(help="How many articles to take.")] = 300,
    n_times: Annotated[int, typer.Option(help="How many times as many the larger corpus has.")] = N_TIMES,
    option: Annotated[list[str] | None, typer.Option(help="More options of the command, such as --workers=2.")] = None,
) -> None:
    """Print the peak memory at once and at `n_times` the articles, and the ratio."""
    articles = [a for a in read_inputs(inputs) if isinstance(a, Article)][:n_articles]
    options = ["--model", model, *(option or [])]
    peaks = [measure_peak(articles, times, options) for times in (1, n_times)]
    for peak in peaks:
        typer.echo(f"{peak.n_articles:,} articles: {peak.kib / MEBI:,.0f} MiB")
    typer.echo(f"ratio: {peaks[1].kib / peaks[0].kib:.3f}")


if __name__ == "__main__":
    typer.run(main)
