"""Pictures of measurements. Text stays text in SVG, so that it can be searched and read aloud."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rhetoric.errors import UsageError
from rhetoric.metrics.calibration import Bin

__all__ = ["PICTURE_SUFFIXES", "write_reliability"]

PICTURE_SUFFIXES = (".png", ".svg", ".pdf")
N_COLUMNS = 3
SIZE = 3.2  # inches of a panel
MAX_AREA = 260.0


def write_reliability(bins: Mapping[str, Sequence[Bin]], path: Path) -> None:
    """Write reliability diagrams, one panel a label: how often a score of p is right (Guo et al. 2017).

    A dot stands for a bin of scores, its size for the number of texts in it. On the line scores are probabilities;
    below it they promise too much.

    Raises:
        UsageError: the suffix is not that of a picture.
    """
    if path.suffix.lower() not in PICTURE_SUFFIXES:
        message = f"{path} is no picture: expected the suffix {', '.join(PICTURE_SUFFIXES)}"
        raise UsageError(message)
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    n_columns = min(N_COLUMNS, len(bins))
    n_rows = -(-len(bins) // n_columns)
    with rc_context({"svg.fonttype": "none"}):
        figure = Figure(figsize=(SIZE * n_columns, SIZE * n_rows), layout="constrained")
        panels = list(figure.subplots(n_rows, n_columns, squeeze=False, sharex=True, sharey=True).flat)
        for panel, (label, of_one) in zip(panels, bins.items(), strict=False):
            _draw(panel, label, of_one)
        for panel in panels[len(bins) :]:
            panel.set_visible(False)
        figure.savefig(path)


def _draw(axes: Any, label: str, bins: Sequence[Bin]) -> None:  # noqa: ANN401  (matplotlib has no types)
    largest = max((one.n for one in bins), default=1)
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1, zorder=1)
    areas = [20 + MAX_AREA * one.n / largest for one in bins]
    axes.scatter([one.mean for one in bins], [one.rate for one in bins], s=areas, alpha=0.7, zorder=2)
    axes.set(title=label, xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel="mean score", ylabel="share that has it")
