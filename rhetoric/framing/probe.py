"""The bias probe: does a score move when nothing but the name of a side changes?

Sentences of `seeds/probe.yaml` are annotated with every name of their group in turn. A model that reads the words
around the name gives each the same score; what moves is the model's own leaning, and stands beside every comparison
of outlets that write about different sides.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from rhetoric.annotation import AnnotatedArticle, Article
from rhetoric.pipeline import Annotator
from rhetoric.resources import seeds_path
from rhetoric.settings import read_settings

__all__ = ["LABELS", "Probe", "ProbeGroup", "ProbeResult", "ProbeSentence", "Shift", "read_probe", "run_probe"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

SLOT, SLOT_AT_START = "{x}", "{X}"
Z_95 = 1.96
LABELS = ("loaded_language", "persuasion_technique", "biased_wording", "attribution", "direct_quotation")
"""The scores that no name should move. That of state media is not among them: it ought to move with the outlet."""


class ProbeSentence(BaseModel):
    """A sentence with a place for a name, and what the words around it say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(pattern=r"\{[xX]\}")
    tone: Literal["dry", "derogating", "praising"]

    def filled(self, name: str) -> str:
        """Return the sentence about `name`.

        >>> ProbeSentence(text="{X} votes.", tone="dry").filled("the North")
        'The North votes.'
        """
        return self.text.replace(SLOT_AT_START, name[:1].upper() + name[1:]).replace(SLOT, name)


class ProbeGroup(BaseModel):
    """Names that may stand for each other, and the sentences that they are put into."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fillers: tuple[str, ...] = Field(min_length=2)
    sentences: tuple[ProbeSentence, ...] = Field(min_length=2)


class Probe(BaseModel):
    """The groups of a probe, by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    groups: dict[str, ProbeGroup] = Field(min_length=1)


@dataclass(frozen=True)
class Shift:
    """How far one name moves one score from the mean over all names of its group.

    Attributes:
        group: of the names.
        label: of the score.
        filler: the name.
        mean: of the differences over the sentences, in points of probability.
        low: of the 95 % interval of that mean.
        high: of the same.
        n_sentences: sentences it is the mean of.
        flips: share of them in which the label is not decided as for most names.
    """

    group: str
    label: str
    filler: str
    mean: float
    low: float
    high: float
    n_sentences: int
    flips: float


@dataclass(frozen=True)
class ProbeResult:
    """All shifts of a probe."""

    shifts: tuple[Shift, ...]

    @cached_property
    def by_score(self) -> Mapping[tuple[str, str], Sequence[Shift]]:
        """The shifts of each group and label, the lowest first."""
        found: dict[tuple[str, str], list[Shift]] = {}
        for shift in sorted(self.shifts, key=lambda s: s.mean):
            found.setdefault((shift.group, shift.label), []).append(shift)
        return dict(sorted(found.items()))

    def spread(self, group: str, label: str) -> float:
        """Return the difference between the names that raise and that lower a score most, in points of probability."""
        shifts = self.by_score[group, label]
        return shifts[-1].mean - shifts[0].mean


def read_probe(path: Path | None = None) -> Probe:
    """Return the shipped probe, or that of a YAML file of the same form.

    Raises:
        ConfigError: the file cannot be read, or is none.
    """
    return read_settings(path or seeds_path("probe.yaml"), Probe, "probe", (ProbeGroup, ProbeSentence))


def run_probe(annotator: Annotator, probe: Probe) -> ProbeResult:
    """Return how far the names of each group move the scores of `annotator`."""
    return ProbeResult(
        tuple(shift for name, group in probe.groups.items() for shift in _shifts(name, group, annotator))
    )


def _shifts(name: str, group: ProbeGroup, annotator: Annotator) -> Iterator[Shift]:
    texts = [sentence.filled(filler) for sentence in group.sentences for filler in group.fillers]
    annotated = list(annotator.pipe(Article(str(i), text) for i, text in enumerate(texts)))
    shape = len(group.sentences), len(group.fillers)
    for label in (label for label in LABELS if label in annotator.network.sentence_labels):
        scores = np.array([_score(article, label) for article in annotated]).reshape(shape)
        labelled = np.array([_has(article, label) for article in annotated]).reshape(shape)
        yield from _of_label(name, label, group.fillers, scores, labelled)


def _score(article: AnnotatedArticle, label: str) -> float:
    return max(sentence.scores[label] for sentence in article.sentences)


def _has(article: AnnotatedArticle, label: str) -> bool:
    return any(label in sentence.labels for sentence in article.sentences)


def _of_label(
    group: str, label: str, fillers: Sequence[str], scores: FloatArray, labelled: BoolArray
) -> Iterator[Shift]:
    """Yield the shift of each filler; both arrays are (n_sentences, n_fillers)."""
    differences = scores - scores.mean(axis=1, keepdims=True)
    usual = np.array([Counter(row.tolist()).most_common(1)[0][0] for row in labelled])
    n = len(scores)
    errors = differences.std(axis=0, ddof=1) / np.sqrt(n)
    for i, filler in enumerate(fillers):
        mean, reach = float(differences[:, i].mean()), float(Z_95 * errors[i])
        flips = float((labelled[:, i] != usual).mean())
        yield Shift(group, label, filler, mean, mean - reach, mean + reach, n, flips)
