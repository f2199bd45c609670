"""Seven real outlets, coded in full: does a correction by a few coded articles find what all of the coding says?

Predictions are of models that have not seen the article (`python -m training crossfit configs/polnear.yaml`). The gold
is hidden for all but some articles an outlet, drawn at random; what is corrected by these is set beside the full gold.
One draw is shown as a researcher would see it, and many are drawn to count how often intervals cover.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from rhetoric.framing.correction import estimate_ppi
from rhetoric.framing.estimates import RatioSample, Refusal
from rhetoric.framing.measures.measure_table import MeasureTable
from rhetoric.framing.measures.table import read_table
from rhetoric.metrics.arrays import FloatArray
from training.crossfit import GOLD_FILE, PREDICTIONS_FILE

MEASURES = ("attributions_without_source", "direct_quotes_per_1000_words")
BY = "outlet"


@dataclass(frozen=True)
class Outcome:
    """What is found about one outlet.

    Attributes:
        gold: the value by all of the coding.
        predicted: by predictions alone.
        corrected: by the first draw, with its interval; None where it is refused.
        error: root mean square of corrected minus gold, over all draws that are not refused.
        alone: the same of the coded articles alone.
        covers: share of these draws in which the interval covers the value by all of the coding.
    """

    outlet: str
    gold: float
    predicted: float
    corrected: tuple[float, float, float] | None
    error: float
    alone: float
    covers: float


@dataclass(frozen=True)
class _Counts:
    """One measure of one outlet's articles: predictions and all of the gold, (n,) each."""

    predicted: FloatArray
    predicted_size: FloatArray
    gold: FloatArray
    gold_size: FloatArray

    @classmethod
    def of(cls, measure: str, predictions: MeasureTable, gold: MeasureTable) -> "_Counts":
        sides = (predictions, gold)
        return cls(*(column[measure] for table in sides for column in (table.numerators, table.denominators)))

    def drawn(self, rows: np.ndarray) -> RatioSample:
        """Return what a researcher has who coded some of the articles."""
        above, below, weights = (np.full(len(self.gold), np.nan) for _ in range(3))
        above[rows], below[rows] = self.gold[rows], self.gold_size[rows]
        weights[rows] = len(self.gold) / len(rows)
        return RatioSample(self.predicted, self.predicted_size, None, above, below, weights)


def compare_to_gold(
    measure: str, predictions: MeasureTable, gold: MeasureTable, n_audited: int, n_draws: int, seed: int
) -> Iterator[Outcome]:
    """Yield what is found about each outlet."""
    rng = np.random.default_rng(seed)
    outlets = np.array([str(name) for name in predictions.meta[BY]])
    for outlet in sorted(set(outlets)):
        rows = np.flatnonzero(outlets == outlet)
        counts = _Counts.of(measure, predictions.take(rows), gold.take(rows))
        truth = float(counts.gold.sum() / counts.gold_size.sum())
        draws = [rng.choice(len(rows), n_audited, replace=False) for _ in range(n_draws)]
        rates = [estimate_ppi(counts.drawn(draw)) for draw in draws]
        given = [(rate.value, *rate.interval()) for rate in rates if not isinstance(rate, Refusal)]
        values, low, high = np.array(given, np.float64).reshape(-1, 3).T
        alone = np.array([counts.gold[draw].sum() / counts.gold_size[draw].sum() for draw in draws])
        yield Outcome(
            outlet,
            truth,
            float(counts.predicted.sum() / counts.predicted_size.sum()),
            None if isinstance(rates[0], Refusal) else given[0],
            float(np.sqrt(np.mean((values - truth) ** 2))) if given else np.nan,
            float(np.sqrt(np.mean((alone - truth) ** 2))),
            float(np.mean((low <= truth) & (truth <= high))) if given else np.nan,
        )


def _row(one: Outcome) -> str:
    corrected = "refused" if one.corrected is None else "{:.3f} [{:.3f}, {:.3f}]".format(*one.corrected)
    return (
        f"| {one.outlet} | {one.gold:.3f} | {one.predicted:.3f} | {corrected} | {one.error:.3f} | {one.alone:.3f} |"
        f" {100 * one.covers:.0f} |"
    )


def main(
    folder: Annotated[Path, typer.Argument(help="Folder that `python -m training crossfit` wrote.")],
    n_audited: Annotated[int, typer.Option(help="Coded articles an outlet.")] = 30,
    draws: Annotated[int, typer.Option(help="How often they are drawn.")] = 1000,
    seed: Annotated[int, typer.Option(help="Of the draws.")] = 13,
) -> None:
    """Print a table for each measure."""
    predictions, gold = (read_table(folder / name) for name in (PREDICTIONS_FILE, GOLD_FILE))
    for measure in MEASURES:
        typer.echo(f"\n{predictions.measures[measure].title} ({predictions.measures[measure].unit})\n")
        typer.echo("| outlet | all gold | predicted | corrected | error | error, coded alone | covers, % |")
        typer.echo("|---|---|---|---|---|---|---|")
        for one in compare_to_gold(measure, predictions, gold, n_audited, draws, seed):
            typer.echo(_row(one))


if __name__ == "__main__":
    typer.run(main)
