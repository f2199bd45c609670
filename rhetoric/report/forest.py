"""Forest plots: estimates as dots, intervals as lines, one row each."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Whisker", "WhiskerKind", "forest_svg"]

ROW, HEAD, WIDTH, SIZE = 0.26, 0.62, 5.6, 10  # inches, and points: small enough to be read on a phone
INK, LINE, TINT, PALE = "#23262b", "#8a8f98", "#2a5a88", "#9db6cf"

WhiskerKind = Literal["rate", "difference", "change a year"]


@dataclass(frozen=True)
class Whisker:
    """One estimate with its interval, and one that holds together with those of all others, where there is one."""

    name: str
    value: float
    low: float
    high: float
    kind: WhiskerKind = "rate"
    together: tuple[float, float] | None = None


def forest_svg(whiskers: Sequence[Whisker], unit: str, unit_of_differences: str) -> str:
    """Return a plot of one measure as SVG: each kind in a part of its own, all but rates with a line at 0.

    Args:
        whiskers: with finite numbers, at least one.
        unit: of rates.
        unit_of_differences: of all else.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    kinds = list(dict.fromkeys(w.kind for w in whiskers))
    parts = [[w for w in whiskers if w.kind == kind] for kind in kinds]
    heights = [ROW * len(part) + HEAD for part in parts]
    # Identifiers and date would differ from one run to the next.
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "rhetoric", "font.size": SIZE}):
        figure = Figure(figsize=(WIDTH, sum(heights)), layout="constrained")
        axes = figure.subplots(len(parts), 1, squeeze=False, height_ratios=heights)[:, 0]
        for panel, part, kind in zip(axes, parts, kinds, strict=True):
            _draw(panel, part, unit if kind == "rate" else f"{kind}, {unit_of_differences}")
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None}, transparent=True)
    return out.getvalue()


def _draw(axes: Any, part: Sequence[Whisker], label: str) -> None:  # noqa: ANN401  (matplotlib has no types)
    places = range(len(part))
    if part[0].kind != "rate":
        axes.axvline(0, color=LINE, linewidth=0.8, linestyle=(0, (4, 3)))
    joint = [(i, *w.together) for i, w in enumerate(part) if w.together is not None]
    axes.hlines([i for i, *_ in joint], [low for _, low, _ in joint], [high for *_, high in joint], color=PALE)
    axes.hlines(places, [w.low for w in part], [w.high for w in part], color=TINT, linewidth=2.2)
    axes.plot([w.value for w in part], places, "o", color=TINT, markersize=5)
    axes.set_yticks(places, [w.name for w in part])
    axes.set_ylim(len(part) - 0.5, -0.5)
    axes.set_xlabel(label, color=INK)
    axes.tick_params(left=False, colors=INK)
    axes.spines[["left", "right", "top"]].set_visible(False)
