"""`rhetoric probe`: how far a model's scores move when only the name of a side changes."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rhetoric.framing.probe import ProbeResult

__all__ = ["probe"]

COLUMNS = "{:<13}{:<22}{:>8}{:>8}  {}"


def _lines(result: "ProbeResult") -> Iterator[str]:
    yield COLUMNS.format("group", "score", "spread", "flips", "from … to …")
    for (group, label), shifts in result.by_score.items():
        flips = sum(s.flips for s in shifts) / len(shifts)
        ends = f"{shifts[0].filler} {shifts[0].mean:+.3f} … {shifts[-1].filler} {shifts[-1].mean:+.3f}"
        yield COLUMNS.format(group, label, f"{result.spread(group, label):.3f}", f"{flips:.1%}", ends)


def probe(
    model: Annotated[str, typer.Option(metavar="NAME|PATH", help="A shipped model, or the folder of one.")] = "small",
    cases: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Sentences and names of your own (YAML), in place of ours.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="OUT", help="Write every shift to this JSON file.")
    ] = None,
) -> int:
    """Swap nationalities, parties, religions and outlets in sentences, and tell how far scores move.

    `spread` is the difference between the names that raise and that lower a score most, in points of probability;
    `flips` the share of sentences in which a name changes the label.
    """
    from rhetoric.formats.output import check_output
    from rhetoric.framing.probe import read_probe, run_probe
    from rhetoric.pipeline import Annotator

    check_output(output)
    wanted = read_probe(cases)
    result = run_probe(Annotator(model), wanted)
    print("\n".join(_lines(result)))
    if output is not None:
        output.write_text(json.dumps([asdict(s) for s in result.shifts], indent=2) + "\n", encoding="utf-8")
    return 0
