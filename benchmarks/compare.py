"""Time and memory of `rhetoric compare` on many articles, from the tables of measures that annotating writes.

The run that is compared holds the articles of a small real one again and again: drawn at random, under new ids, each
with its counts times a small random number. It has as many tables as annotating would have written, and no articles.
"""

import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from rhetoric.corpus.manifest import Counts, Manifest, ShardEntry
from rhetoric.corpus.storage import RunFolder, write_whole
from rhetoric.errors import InputError
from rhetoric.framing.measures.measure_table import MeasureTable
from rhetoric.framing.measures.table import MEASURES_FOLDER, from_arrow, join_tables, to_arrow

N_ARTICLES = 100_000
SHARD_SIZE = 256
MAX_TIMES = 3
SEED = 13
KIBI = 1024

PROGRAM = """
import re, sys, time
from pathlib import Path
from rhetoric.cli.app import main
code = main(sys.argv[1:])
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
print(f'{{"code": {code}, "peak_kib": {peak}, "cpu": {time.process_time()}}}')
"""


@dataclass(frozen=True)
class Cost:
    """What comparing took: seconds on the clock, seconds of the processor, and the peak of its resident memory."""

    seconds: float
    cpu: float
    kib: int


def _times(table: MeasureTable, places: np.ndarray, number: int, rng: np.random.Generator) -> MeasureTable:
    """Return some articles of a table, under new ids, with their counts times a random number."""
    part = table.take(places)
    factors = rng.integers(1, MAX_TIMES + 1, len(places)).astype(np.float64)
    ids = tuple(f"{name}-{number}-{i}" for i, name in enumerate(part.ids))
    above, below, absent = (_scaled(of, factors) for of in (part.numerators, part.denominators, part.absent))
    return replace(part, ids=ids, numerators=above, denominators=below, absent=absent)


def _scaled(columns: Mapping[str, np.ndarray], factors: np.ndarray) -> dict[str, np.ndarray]:
    return {name: column * factors for name, column in columns.items()}


def _shards(table: MeasureTable, n_articles: int) -> Iterator[MeasureTable]:
    rng = np.random.default_rng(SEED)
    for number, start in enumerate(range(0, n_articles, SHARD_SIZE)):
        yield _times(table, rng.integers(0, len(table), min(SHARD_SIZE, n_articles - start)), number, rng)


def write_run(source: Path, n_articles: int, folder: Path) -> None:
    """Write a run that has tables of measures alone.

    Args:
        source: the folder of a run that is complete.
        n_articles: of the new one.
        folder: of the new one.

    Raises:
        InputError: the source is no complete run.
    """
    from pyarrow import parquet

    run = RunFolder(source)
    manifest = run.manifest
    if manifest is None or not manifest.complete:
        message = f"{source} is no run that is complete: expected a folder that `rhetoric annotate` wrote"
        raise InputError(message)
    small = join_tables(from_arrow(parquet.read_table(path), str(path)) for path in run.files(MEASURES_FOLDER))
    entries = []
    for number, table in enumerate(_shards(small, n_articles)):
        out = io.BytesIO()
        parquet.write_table(to_arrow(table), out)
        name = f"{MEASURES_FOLDER}/{number:05}.parquet"
        digest = write_whole(folder / name, [out.getvalue()])
        entries.append(ShardEntry(index=number, n_articles=len(table), n_failed=0, files={name: digest}))
    counts = Counts(items=n_articles, articles=n_articles, failed=0)
    fields = {**dict(manifest), "shard_size": SHARD_SIZE, "shards": tuple(entries), "counts": counts}
    RunFolder(folder).begin(Manifest(**fields))


def measure_cost(run: Path, options: list[str]) -> Cost:
    """Return what `rhetoric compare` takes on a run.

    Raises:
        RuntimeError: the command failed.
    """
    arguments = ["compare", str(run), "-o", str(run / "found.csv"), "--quiet", *options]
    begin = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True)
    seconds = time.perf_counter() - begin
    result = json.loads(done.stdout or "{}")
    if result.get("code") != 0:
        message = f"rhetoric {' '.join(arguments)} failed ({done.returncode}): {done.stderr}"
        raise RuntimeError(message)
    return Cost(seconds, result["cpu"], result["peak_kib"])


def main(
    run: Annotated[Path, typer.Argument(help="A small run whose articles have two outlets or more.")],
    n_articles: Annotated[int, typer.Option(help="How many articles to compare.")] = N_ARTICLES,
    option: Annotated[list[str] | None, typer.Option(help="More options of the command, such as --rest.")] = None,
) -> None:
    """Print the time and the peak memory of comparing `n_articles`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "run")
        write_run(run, n_articles, folder)
        cost = measure_cost(folder, option or [])
        n_rows = len((folder / "found.csv").read_text(encoding="utf-8").splitlines()) - 1
    typer.echo(
        f"{n_articles:,} articles, {n_rows:,} rows: {cost.seconds:.1f} s on the clock, {cost.cpu:.1f} s of the"
        f" processor, {cost.kib / KIBI:,.0f} MiB"
    )


if __name__ == "__main__":
    typer.run(main)
