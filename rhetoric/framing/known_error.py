"""What is known of a model's error before anybody audits it: its published figures, and the names that move its scores.

It stands beside every uncorrected comparison. It is of other texts than those compared, and corrects nothing.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from rhetoric.corpus import read_run
from rhetoric.corpus.manifest import read_manifest
from rhetoric.corpus.reading import is_run
from rhetoric.corpus.storage import MANIFEST
from rhetoric.errors import InputError, ModelError
from rhetoric.formats.failure import Failure
from rhetoric.framing.audit.power import Accuracy
from rhetoric.framing.audit.published import SHIPPED_FILE, published_for
from rhetoric.framing.measures.definitions import Measure
from rhetoric.framing.probe import LABELS, ProbeResult, Shift
from rhetoric.resources import model_path

__all__ = ["KnownError", "Leaning", "leaning_of", "read_known_errors"]

OF_ATTRIBUTIONS = ("attributions", "content_words", "first_sources", "sources", "source_draws", "source_pairs")


@dataclass(frozen=True)
class Leaning:
    """How far the name of a side alone moves a score, in the group of names that moves it most.

    Attributes:
        label: of the score.
        group: of the names.
        spread: between the names that raise and that lower it most, in points of probability.
        lowest: the name that lowers it most.
        highest: the name that raises it most.
        flips: share of the sentences in which a name changes the label.
    """

    label: str
    group: str
    spread: float
    lowest: str
    highest: str
    flips: float

    def __str__(self) -> str:
        """Tell it."""
        return (
            f"when nothing but the name of a side changes ({self.group}: {self.lowest} to {self.highest}), the model's"
            f" score of {self.label} moves by up to {self.spread:.3f}, and the label changes in {self.flips:.1%}"
        ).replace("%", " %") + " of the probe's sentences; outlets that cover different sides may differ by that alone"


@dataclass(frozen=True)
class KnownError:
    """What a model's folder says of its error by one measure; None where it says nothing."""

    accuracy: Accuracy | None
    leaning: Leaning | None

    @property
    def told(self) -> str:
        """The published figures, for people to read; nothing where there are none."""
        if self.accuracy is None:
            return ""
        found = self.accuracy
        return f"sensitivity {found.sensitivity:.2f}, precision {found.precision:.2f} ({found.source})"


def read_known_errors(annotations: Path, measures: Mapping[str, Measure]) -> dict[str, KnownError]:
    """Return what is known of the error of the model that made annotations, for each measure of which something is.

    Args:
        annotations: a run's folder or a file of annotated articles.
        measures: by name.
    """
    folder = _folder_of(annotations)
    if folder is None:
        return {}
    probe = _read_probe(folder / SHIPPED_FILE)
    found = {name: KnownError(published_for(folder, m), _leaning(m, probe)) for name, m in measures.items()}
    return {name: error for name, error in found.items() if error != KnownError(None, None)}


def _folder_of(annotations: Path) -> Path | None:
    """Return the folder of the model of a run; None where the run does not name it, or it is not here."""
    try:
        name = _model_name(annotations)
        return model_path(name) if name else None
    except (InputError, ModelError):
        return None


def _model_name(annotations: Path) -> str:
    if is_run(annotations):
        return read_manifest(annotations / MANIFEST).model.name
    articles = (item for item in read_run(annotations) if not isinstance(item, Failure))
    return next((article.model.name for article in articles), "")


def _read_probe(path: Path) -> ProbeResult:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        names = {field.name for field in fields(Shift)}
        return ProbeResult(tuple(Shift(**shift) for shift in record["probe"] if names == shift.keys()))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return ProbeResult(())  # a folder without a probe is no mistake


def leaning_of(probe: ProbeResult, label: str) -> Leaning | None:
    """Return how far names move a score, in the group that moves it most; None where nothing was probed."""
    groups = [group for group, of in probe.by_score if of == label]
    if not groups:
        return None
    group = max(groups, key=lambda name: probe.spread(name, label))
    shifts = probe.by_score[group, label]
    flips = sum(shift.flips for shift in shifts) / len(shifts)
    return Leaning(label, group, probe.spread(group, label), shifts[0].filler, shifts[-1].filler, flips)


def _leaning(measure: Measure, probe: ProbeResult) -> Leaning | None:
    found = [leaning_of(probe, label) for label in _scores_behind(measure)]
    return max((one for one in found if one is not None), key=lambda one: one.spread, default=None)


def _scores_behind(measure: Measure) -> Iterable[str]:
    """Return the scores that decide what a measure counts."""
    where = measure.counted
    spans = where if measure.of == "spans" else where.spans
    if measure.of in OF_ATTRIBUTIONS:
        return ("attribution",)
    if spans is not None:
        return ("loaded_language",) if "wording" in (spans.layer or ()) else ("persuasion_technique",)
    return [label for label in where.labels or () if label in LABELS]
