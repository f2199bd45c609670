"""Do corrected contrasts call identical outlets different? How often naive ones, corrected ones, in every cell.

Two outlets have the same truth; the model is more sensitive on one of them. Naive tests of what it found take that for
a difference. Corrected by an audit, no more than the level should: that is counted here, and how often intervals cover
the truth.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks.many_audits import ESTIMATORS, Rates, differ, estimate_plain, estimate_ppi, join
from benchmarks.simulated_outlets import DESIGNS, Design, World, draw_audits, score_strata_of, simulate

SENSITIVITIES = ((0.75, 0.65), (0.75, 0.70), (0.70, 0.70))
SPREADS = (0.6, 1.2)
PREVALENCES = (0.005, 0.02, 0.20)
AUDITED = (10, 20, 30, 60)
CORRELATION = 0.3
REJECTS, COVERS = (3.5, 6.5), (93.5, 96.5)
MIN_GIVEN = 0.05
"""Share of the runs that must not be refused for a rate to be shown."""
RUNS_AT_ONCE = 200
GOLD_ALONE, NAIVE = "gold alone", "naive"
END = "<!-- end -->"
DEFAULT_ESTIMATOR = "ppi"
Key = tuple[Design, str, int]
HEAD = "| lengths | sensitivities | SD | prevalence | naive | {} | SE |"


@dataclass(frozen=True)
class Cell:
    """What happened in the runs of one cell; per cent of those that were not refused.

    Attributes:
        refused: per cent of all runs.
        rejects: how often the contrast called the outlets different.
        covers: how often the interval of an outlet covered the truth; of the outlet that is further from 95.
        error: the mean standard error of the contrast.
    """

    refused: float
    rejects: float
    covers: float
    error: float

    @property
    def is_refused(self) -> bool:
        """Whether next to all runs were."""
        return self.refused > 100 * (1 - MIN_GIVEN)

    def __str__(self) -> str:
        """Return `rejects / covers`, with what lies outside of the bounds in bold, and refusals."""
        if self.is_refused:
            return "refused"
        shown = " / ".join(
            f"{value:.1f}" if low <= round(value, 1) <= high else f"**{value:.1f}**"
            for value, (low, high) in ((self.rejects, REJECTS), (self.covers, COVERS))
        )
        return shown + (f" ({self.refused:.0f} % refused)" if self.refused >= 0.5 else "")


@dataclass(frozen=True)
class Found:
    """What was measured in a world.

    Attributes:
        naive: how often predictions alone call the outlets different, in per cent.
        gold_error: the mean standard error of a difference by gold alone, of the largest audit drawn at random.
        cells: by design, estimator and size of audit.
    """

    naive: float
    gold_error: float
    cells: dict[Key, Cell]


def _worlds(correlation: float) -> Iterator[World]:
    for own, sensitivities, spread, prevalence in product((0.0, correlation), SENSITIVITIES, SPREADS, PREVALENCES):
        yield World(sensitivities, spread, prevalence, own)


def _rejects(found: Rates) -> float:
    return 100 * float(np.mean((np.abs(found.value) > found.reach)[found.is_given])) if found.is_given.any() else np.nan


def _cell(one: Rates, other: Rates, truth: float) -> Cell:
    found = differ(one, other)
    given = found.is_given
    if not given.any():
        return Cell(100.0, np.nan, np.nan, np.nan)
    covers = [100 * float(np.mean((np.abs(rate.value - truth) <= rate.reach)[given])) for rate in (one, other)]
    furthest = max(covers, key=lambda share: abs(share - np.mean(COVERS)))
    refused = 100 * (1 - float(np.mean(given)))
    return Cell(refused, _rejects(found), furthest, float(np.mean(np.sqrt(found.variance[given]))))


def measure(world: World, n_runs: int, seed: int, designs: Sequence[Design], estimators: Sequence[str]) -> Found:
    """Return what happens in a world."""
    rng = np.random.default_rng([seed, *repr(world).encode()])
    blocks = [min(RUNS_AT_ONCE, n_runs - start) for start in range(0, n_runs, RUNS_AT_ONCE)]
    found = [_run(world, n, designs, estimators, rng) for n in blocks]
    joined = {key: [join([block[key][i] for block in found]) for i in (0, 1)] for key in found[0]}
    gold, naive = (differ(*joined.pop(("articles", name, AUDITED[-1]))) for name in (GOLD_ALONE, NAIVE))
    cells = {key: _cell(one, other, world.prevalence) for key, (one, other) in joined.items()}
    return Found(_rejects(naive), float(np.mean(np.sqrt(gold.variance))), cells)


def _run(
    world: World, n_runs: int, designs: Sequence[Design], estimators: Sequence[str], rng: np.random.Generator
) -> dict[Key, list[Rates]]:
    """Return the rates of both outlets by design, estimator and size of audit, in some runs."""
    outlets = simulate(world, n_runs, rng)
    strata = [score_strata_of(outlet) for outlet in outlets]
    rates: dict[Key, list[Rates]] = {}
    for design, n in product(designs, AUDITED):
        audits = [draw_audits(o, n, design, own, rng) for o, own in zip(outlets, strata, strict=True)]
        rates |= {(design, name, n): [ESTIMATORS[name](one) for one in audits] for name in estimators}
    n = AUDITED[-1]
    audits = [draw_audits(o, n, "articles", own, rng) for o, own in zip(outlets, strata, strict=True)]
    rates["articles", GOLD_ALONE, n] = [estimate_ppi(one, 0.0) for one in audits]
    rates["articles", NAIVE, n] = [estimate_plain(one) for one in audits]
    return rates


def _row(world: World, found: Found, cells: Sequence[Cell]) -> str:
    lengths = "correlated" if world.correlation else "alike"
    sensitivities = "/".join(f"{s:.2f}" for s in world.sensitivities)
    start = f"| {lengths} | {sensitivities} | {world.spread} | {world.prevalence} | {found.naive:.0f} | "
    return f"{start}{' | '.join(map(str, cells))} | {cells[-1].error / found.gold_error:.2f} |"


def _summary(cells: Sequence[Cell], runs: int, seed: int) -> str:
    """Return the ranges of all cells, and how many lie outside of the bounds."""
    shown = [cell for cell in cells if not cell.is_refused]
    parts = []
    for what, values, (low, high) in (
        ("Contrasts reject in", [c.rejects for c in shown], REJECTS),
        ("intervals of outlets cover in", [c.covers for c in shown], COVERS),
    ):
        n_outside = sum(not low <= round(value, 1) <= high for value in values)
        parts.append(f"{what} {min(values):.1f} to {max(values):.1f} %, outside of {low} to {high} in {n_outside}")
    n_refused = len(cells) - len(shown)
    return f"{', '.join(parts)} of {len(shown)} cells; {n_refused} cells refused. {runs:,} runs a cell, seed {seed}."


def write_tables(page: Path, tables: dict[str, str]) -> None:
    """Put tables between their marks in a page of the documentation."""
    text = page.read_text(encoding="utf-8")
    for name, table in tables.items():
        head, mark, rest = text.partition(f"<!-- {name} -->\n")
        _, end, tail = rest.partition(END)
        text = f"{head}{mark}\n{table}\n\n{end}{tail}" if mark and end else text
    page.write_text(text, encoding="utf-8")


def main(
    runs: Annotated[int, typer.Option(help="Runs of each cell.")] = 3000,
    seed: Annotated[int, typer.Option(help="Of all that is drawn.")] = 13,
    design: Annotated[list[str] | None, typer.Option(help=f"One of {', '.join(DESIGNS)}; all, if none.")] = None,
    estimator: Annotated[list[str] | None, typer.Option(help="ppi or dsl; ppi, if none.")] = None,
    correlation: Annotated[float, typer.Option(help="Of prevalence and length, where they go together.")] = CORRELATION,
    page: Annotated[Path | None, typer.Option(help="Page of the documentation to put the tables into.")] = None,
) -> None:
    """Print a table for each design: rejections and coverage in per cent, by number of audited articles."""
    designs = [d for d in DESIGNS if not design or d in design]
    names = [name for name in ESTIMATORS if name in (estimator or [DEFAULT_ESTIMATOR])]
    rows: dict[tuple[Design, str], list[str]] = {key: [] for key in product(designs, names)}
    cells: dict[tuple[Design, str], list[Cell]] = {key: [] for key in product(designs, names)}
    for world in _worlds(correlation):
        found = measure(world, runs, seed, designs, names)
        for key in rows:
            own = [found.cells[*key, n] for n in AUDITED]
            rows[key].append(_row(world, found, own))
            cells[key] += own
            typer.echo(f"{' '.join(key)} {rows[key][-1]}", err=True)
    head = HEAD.format(" | ".join(f"{n} audited" for n in AUDITED))
    rule = "|" + "---|" * (6 + len(AUDITED))
    tables = {" ".join(key): "\n".join([head, rule, *rows[key], "", _summary(cells[key], runs, seed)]) for key in rows}
    for name, table in tables.items():
        typer.echo(f"{name}\n\n{table}\n")
    if page is not None:
        write_tables(page, tables)


if __name__ == "__main__":
    typer.run(main)
