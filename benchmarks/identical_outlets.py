"""Do corrected contrasts call identical outlets different? How often naive ones, corrected ones, in every cell.

Two outlets have the same truth; the model is more sensitive on one of them. Naive tests of what it found take that for
a difference. Corrected by an audit, no more than the level should: that is counted here, with the estimators of the
library themselves, and how often intervals cover the truth.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from benchmarks.simulated_outlets import DESIGNS, Design, Outlet, World, audits, score_strata_of, simulate
from rhetoric.framing.contrasts import contrast
from rhetoric.framing.correction import estimate_ppi
from rhetoric.framing.dsl import estimate_dsl
from rhetoric.framing.estimates import Estimate, RatioSample, Refusal, estimate_plain
from rhetoric.framing.uncertainty import IntArray

SENSITIVITIES = ((0.75, 0.65), (0.75, 0.70), (0.70, 0.70))
SPREADS = (0.6, 1.2)
PREVALENCES = (0.005, 0.02, 0.20)
AUDITED = (10, 20, 30, 60)
CORRELATION = 0.3
LEVEL = 0.05
REJECTS, COVERS = (3.5, 6.5), (93.5, 96.5)
N_OF_ERRORS = 500
"""Runs whose standard errors by gold alone are averaged; they vary little."""
MIN_ANSWERED = 0.05
"""Share of runs that must not be refused for a rate to be shown."""

Estimator = Callable[[RatioSample], Estimate | Refusal]
END = "<!-- end -->"
DEFAULT_ESTIMATOR = "ppi"
ESTIMATORS: dict[str, Estimator] = {"ppi": estimate_ppi, "dsl": estimate_dsl}


@dataclass
class Cell:
    """What happened in the runs of one cell."""

    n_runs: int = 0
    rejected: list[bool] = field(default_factory=list)
    covered: tuple[list[bool], list[bool]] = field(default_factory=lambda: ([], []))
    errors: list[float] = field(default_factory=list)

    def add(self, pair: tuple[RatioSample, RatioSample], estimator: Estimator, truth: float) -> None:
        """Count one run."""
        self.n_runs += 1
        rates = estimator(pair[0]), estimator(pair[1])
        found = contrast(*rates)
        if isinstance(found, Refusal) or isinstance(rates[0], Refusal) or isinstance(rates[1], Refusal):
            return
        self.rejected.append(found.p_value < LEVEL)
        for covered, rate in zip(self.covered, (rates[0], rates[1]), strict=True):
            low, high = rate.interval(1 - LEVEL)
            covered.append(low <= truth <= high)
        self.errors.append(found.std_error)

    @property
    def refused(self) -> float:
        """Share of runs that were refused, in per cent."""
        return 100 * (1 - len(self.rejected) / self.n_runs)

    @property
    def rejects(self) -> float:
        """How often the contrast called the outlets different, of the runs that were not refused, in per cent."""
        return 100 * float(np.mean(self.rejected)) if len(self.rejected) > MIN_ANSWERED * self.n_runs else np.nan

    @property
    def covers(self) -> float:
        """How often the interval of an outlet covered the truth, in per cent: of the outlet that is further off."""
        if np.isnan(self.rejects):
            return np.nan
        return max((100 * float(np.mean(c)) for c in self.covered), key=lambda share: abs(share - 95))

    def __str__(self) -> str:
        """Return `rejects / covers`, with what lies outside of the bounds in bold, and refusals."""
        if np.isnan(self.rejects):
            return "refused"
        shown = " / ".join(
            f"{value:.1f}" if low <= value <= high else f"**{value:.1f}**"
            for value, (low, high) in ((self.rejects, REJECTS), (self.covers, COVERS))
        )
        return shown + (f" ({self.refused:.0f} % refused)" if self.refused >= 0.5 else "")


def _naive(outlets: tuple[Outlet, Outlet]) -> float:
    """Return how often predictions alone call the outlets different, in per cent."""
    rejected = []
    for run in range(len(outlets[0].size)):
        rates = [estimate_plain(RatioSample((o.hits + o.false)[run] + 0.0, o.size[run] + 0.0)) for o in outlets]
        found = contrast(*rates)
        rejected.append(not isinstance(found, Refusal) and found.p_value < LEVEL)
    return 100 * float(np.mean(rejected))


def _gold_error(outlets: tuple[Outlet, Outlet], strata: Sequence[list[IntArray]], rng: np.random.Generator) -> float:
    """Return the mean standard error of a difference by gold alone, of articles that are drawn at random."""
    drawn = (audits(o, AUDITED[-1], "articles", own, rng) for o, own in zip(outlets, strata, strict=True))
    pairs = zip(*drawn, strict=True)
    found = [contrast(*(estimate_ppi(sample, 0.0) for sample in pair)) for pair in islice(pairs, N_OF_ERRORS)]
    return float(np.mean([one.std_error for one in found if not isinstance(one, Refusal)]))


def _worlds(correlation: float) -> Iterator[World]:
    for own, sensitivities, spread, prevalence in product((0.0, correlation), SENSITIVITIES, SPREADS, PREVALENCES):
        yield World(sensitivities, spread, prevalence, own)


@dataclass(frozen=True)
class Found:
    """What was measured in a world.

    Attributes:
        naive: how often predictions alone call the outlets different, in per cent.
        gold_error: the mean standard error of a difference by gold alone, of the largest audit.
        cells: by design, estimator and size of audit.
    """

    naive: float
    gold_error: float
    cells: dict[tuple[Design, str, int], Cell]


def measure(world: World, n_runs: int, seed: int, designs: Sequence[Design], estimators: Sequence[str]) -> Found:
    """Return what happens in a world."""
    rng = np.random.default_rng([seed, *repr(world).encode()])
    outlets = simulate(world, n_runs, rng)
    strata = [score_strata_of(outlet) for outlet in outlets]
    cells = {key: Cell() for key in product(designs, estimators, AUDITED)}
    for design, n in product(designs, AUDITED):
        drawn = (audits(outlet, n, design, own, rng) for outlet, own in zip(outlets, strata, strict=True))
        for pair in zip(*drawn, strict=True):
            for name in estimators:
                cells[design, name, n].add(pair, ESTIMATORS[name], world.prevalence)
    return Found(_naive(outlets), _gold_error(outlets, strata, rng), cells)


HEAD = "| lengths | sensitivities | SD | prevalence | naive | {} | SE |"


def _row(world: World, found: Found, cells: Sequence[Cell]) -> str:
    lengths = "correlated" if world.correlation else "alike"
    sensitivities = "/".join(f"{s:.2f}" for s in world.sensitivities)
    ratio = float(np.mean(cells[-1].errors)) / found.gold_error if cells[-1].errors else np.nan
    shown = " | ".join(map(str, cells))
    return (
        f"| {lengths} | {sensitivities} | {world.spread} | {world.prevalence} | {found.naive:.0f} | {shown}"
        f" | {ratio:.2f} |"
    )


def _summary(cells: Sequence[Cell], runs: int, seed: int) -> str:
    """Return the ranges of all cells, and how many lie outside of the bounds."""
    shown = [cell for cell in cells if not np.isnan(cell.rejects)]
    parts = []
    for what, values, (low, high) in (
        ("Contrasts reject in", [c.rejects for c in shown], REJECTS),
        ("intervals of outlets cover in", [c.covers for c in shown], COVERS),
    ):
        n_outside = sum(not low <= value <= high for value in values)
        parts.append(f"{what} {min(values):.1f} to {max(values):.1f} % of runs, outside of {low}–{high} in {n_outside}")
    n_refused = len(cells) - len(shown)
    return f"{', '.join(parts)} of {len(shown)} cells; {n_refused} refused. {runs:,} runs a cell, seed {seed}."


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
