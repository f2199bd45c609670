"""Forest plots: estimates as dots, intervals as lines, one row each."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Whisker", "forest_svg"]

ROW, HEAD, WIDTH = 0.26, 0.62, 7.2  # inches
INK, LINE, TINT = "#23262b", "#8a8f98", "#2a5a88"


@dataclass(frozen=True)
class Whisker:
    """One estimate with its interval; `is_difference` draws it against 0."""

    name: str
    value: float
    low: float
    high: float
    is_difference: bool = False


def forest_svg(whiskers: Sequence[Whisker], unit: str) -> str:
    """Return a plot of one measure as SVG: rates above, differences below with a line at 0.

    Args:
        whiskers: with finite numbers, at least one.
        unit: of the values.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    parts = [part for kind in (False, True) if (part := [w for w in whiskers if w.is_difference == kind])]
    heights = [ROW * len(part) + HEAD for part in parts]
    # Identifiers and date would differ from one run to the next.
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "rhetoric", "font.size": 9}):
        figure = Figure(figsize=(WIDTH, sum(heights)), layout="constrained")
        axes = figure.subplots(len(parts), 1, squeeze=False, height_ratios=heights)[:, 0]
        for panel, part in zip(axes, parts, strict=True):
            _draw(panel, part, f"difference, {unit}" if part[0].is_difference else unit)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None}, transparent=True)
    return out.getvalue()


def _draw(axes: Any, part: Sequence[Whisker], label: str) -> None:  # noqa: ANN401  (matplotlib has no types)
    places = range(len(part))
    if part[0].is_difference:
        axes.axvline(0, color=LINE, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.hlines(places, [w.low for w in part], [w.high for w in part], color=TINT, linewidth=1.6)
    axes.plot([w.value for w in part], places, "o", color=TINT, markersize=5)
    axes.set_yticks(places, [w.name for w in part])
    axes.set_ylim(len(part) - 0.5, -0.5)
    axes.set_xlabel(label, color=INK)
    axes.tick_params(left=False, colors=INK)
    axes.spines[["left", "right", "top"]].set_visible(False)
