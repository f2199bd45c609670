"""Exact-match scores of sources, cues and contents, and how often a content that was found has the right source."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import astuple, dataclass
from types import MappingProxyType
from typing import Literal, Protocol

import numpy as np

from rhetoric.annotation import CharSpan, hull
from rhetoric.metrics.arrays import FloatArray, divide
from rhetoric.metrics.counts import Counts
from rhetoric.metrics.matching import Item, find_matches, solid

__all__ = [
    "OVERLAP_RATIOS",
    "ROLES",
    "Attributed",
    "Extent",
    "LinkCounts",
    "Role",
    "accuracy_of",
    "link_counts",
    "role_counts",
    "touch",
]

Role = Literal["source", "cue", "piece", "content"]
Extent = Literal["pieces", "hull"]

OVERLAP_RATIOS = (0.3, 0.8)
"""The ratios at which the Gender Gap Tracker (Asr et al. 2021) scores quotes."""

EXACT = 1.0


class Attributed(Protocol):
    """A source, a cue and the pieces of a content: an `Attribution`, or the gold for one."""

    @property
    def source(self) -> CharSpan | None:
        """The source, None if none is named."""

    @property
    def cue(self) -> CharSpan | None:
        """The cue, None if there is none."""

    @property
    def content(self) -> tuple[CharSpan, ...]:
        """The pieces of the content."""


Attributions = Iterable[Attributed]


def _one(span: CharSpan | None) -> tuple[CharSpan, ...]:
    return solid([span] if span else [])


def _pieces(attribution: Attributed) -> tuple[CharSpan, ...]:
    return solid(attribution.content)


def _whole(attribution: Attributed) -> tuple[tuple[CharSpan, ...], ...]:
    pieces = _pieces(attribution)
    return (pieces,) if pieces else ()


ROLES: Mapping[Role, Callable[[Attributed], Iterable[Hashable]]] = MappingProxyType(
    {"source": lambda a: _one(a.source), "cue": lambda a: _one(a.cue), "piece": _pieces, "content": _whole}
)
"""What is compared in each role: `piece` takes the pieces of a content one by one, `content` all of them together."""


def role_counts(predicted: Attributions, gold: Attributions, role: Role) -> Counts:
    """Count, in one article, what agrees to the character in a role; what several attributions share counts once."""
    ours, theirs = ({thing for a in attributions for thing in ROLES[role](a)} for attributions in (predicted, gold))
    n_right = len(ours & theirs)
    return Counts(n_right, len(ours), n_right, len(theirs))


@dataclass(frozen=True)
class LinkCounts:
    """Contents of attributions, and the sources of those that were found.

    Attributes:
        contents: counts of whole contents, once for each of their sources.
        n_same: found contents whose source agrees to the character, or that have none on either side.
        n_touching: found contents whose source shares a character with the gold source, or that have none on either
            side: what the Gender Gap Tracker calls a speaker match.
    """

    contents: Counts = Counts()
    n_same: int = 0
    n_touching: int = 0

    def __add__(self, other: "LinkCounts") -> "LinkCounts":
        """Return the counts of both together."""
        contents = self.contents + other.contents
        return LinkCounts(contents, self.n_same + other.n_same, self.n_touching + other.n_touching)

    @property
    def accuracy(self) -> float:
        """The share of the contents found whose source touches the right one; NaN if none was found."""
        return self.n_touching / self.contents.found if self.contents.found else float("nan")

    @property
    def exact_accuracy(self) -> float:
        """The share of the contents found whose source agrees to the character; NaN if none was found."""
        return self.n_same / self.contents.found if self.contents.found else float("nan")

    @property
    def row(self) -> tuple[float, ...]:
        """The counts as a row that can be resampled: the four of the contents, then `n_same` and `n_touching`."""
        return (*astuple(self.contents), self.n_same, self.n_touching)


def accuracy_of(rows: FloatArray) -> FloatArray:
    """Return the accuracy of rows of link counts, shape (..., 6) to (...); NaN where no content was found."""
    return divide(rows[..., 5], rows[..., 2], np.nan)


def link_counts(
    predicted: Attributions, gold: Attributions, ratio: float = EXACT, extent: Extent = "pieces"
) -> LinkCounts:
    """Count, in one article, the contents that were found and those of them that have the right source.

    Args:
        predicted: the attributions that were found; those without content are left out.
        gold: the attributions that are there.
        ratio: share of a gold content's characters that the prediction must cover; at 1 the two must be equal.
        extent: what of a content is compared: its pieces or its hull.
    """
    ours, theirs = _items(predicted, extent), _items(gold, extent)
    pairs = find_matches(ours, theirs, ratio)
    if ratio >= EXACT:
        pairs = [pair for pair in pairs if pair.predicted.pieces == pair.gold.pieces]
    sources = [(pair.predicted.beside, pair.gold.beside) for pair in pairs]
    n_same = sum(one == other for one, other in sources)
    n_touching = sum(touch(one, other) for one, other in sources)
    return LinkCounts(Counts(len(pairs), len(ours), len(pairs), len(theirs)), n_same, n_touching)


def _items(attributions: Attributions, extent: Extent) -> set[Item]:
    contents = ((_pieces(a), next(iter(_one(a.source)), None)) for a in attributions)
    return {Item((hull(pieces),) if extent == "hull" else pieces, source) for pieces, source in contents if pieces}


def touch(one: CharSpan | None, other: CharSpan | None) -> bool:
    """Return whether two mentions share a character, or neither is there."""
    return one == other or (one is not None and other is not None and one.overlaps(other))
