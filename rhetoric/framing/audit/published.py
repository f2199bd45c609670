"""How well a model does by its own figures: the sensitivity and precision that its folder publishes for labels.

`metrics.json` of a shipped model holds scores by name, `own_metrics.json` those of labels that a user trained. Where
only F1 is published, sensitivity and precision are both taken to be F1.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rhetoric.framing.audit.coverage import asked_labels
from rhetoric.framing.audit.power import Accuracy
from rhetoric.framing.measures.definitions import Measure

__all__ = ["SHIPPED_FILE", "published_accuracy", "published_for"]

SHIPPED_FILE = "metrics.json"
OWN_FILE = "own_metrics.json"
CODEBOOK = "codebook dev"
"""The task whose labels are those of the codebook; figures on other data come after it."""

FIGURES = {"spans": "span", "attributions": "content exact", "content_words": "content exact"}
"""What models call their figures for things that are no sentences: "span F1 (PTC)", "content exact F1"."""

Figures = dict[str, float]


def published_for(folder: Path, measure: Measure) -> Accuracy | None:
    """Return what the folder of a model says of what a measure counts, None where it says nothing."""
    labels = measure.where.labels or asked_labels(measure)
    figure = FIGURES.get(measure.of, labels[0] if labels else None)
    return None if figure is None else published_accuracy(folder, figure)


def published_accuracy(folder: Path, label: str) -> Accuracy | None:
    """Return what the folder of a model says of one label, None where it says nothing.

    Args:
        folder: of the model.
        label: as scores name it: a sentence label, or what stands before "F1" in the name of a figure.
    """
    for where, found in (*_own(_read(folder / OWN_FILE), label), *_shipped(_read(folder / SHIPPED_FILE), label)):
        accuracy = _accuracy(found, f"{folder.name}, {where}")
        if accuracy is not None:
            return accuracy
    return None


def _read(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # a folder without figures is no mistake: it publishes none
    return record if isinstance(record, dict) else {}


def _records(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _own(record: dict[str, Any], label: str) -> Iterator[tuple[str, Figures]]:
    scores = record.get("scores")
    for one in _records(scores.get("labels") if isinstance(scores, dict) else None):
        if one.get("label") == label:
            parts = ("recall", "precision", "f1")
            yield "texts kept for testing", {name: one[name]["value"] for name in parts if _has_value(one.get(name))}


def _has_value(figure: object) -> bool:
    return isinstance(figure, dict) and isinstance(figure.get("value"), int | float)


def _shipped(record: dict[str, Any], label: str) -> Iterator[tuple[str, Figures]]:
    names = {f"{label} recall": "recall", f"{label} sensitivity": "recall"}
    names |= {f"{label} precision": "precision", f"{label} F1": "f1", f"{label} F1 (PTC)": "f1"}
    tasks: dict[str, Figures] = {}
    for score in _records(record.get("scores")):
        name = names.get(str(score.get("metric")))
        if name is not None and _has_value(score):
            tasks.setdefault(str(score.get("task")), {})[name] = score["value"]
    yield from sorted(tasks.items(), key=lambda item: (item[0] != CODEBOOK, item[0]))


def _accuracy(found: Figures, where: str) -> Accuracy | None:
    if found.get("recall") and found.get("precision"):
        return Accuracy(found["recall"], found["precision"], where)
    if found.get("f1"):
        return Accuracy(found["f1"], found["f1"], f"F1 of {where}, for both")
    return None
