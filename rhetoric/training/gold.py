"""What a training article is: a text and, for each head, what its corpus says. What it does not say is not learnt."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rhetoric.annotation import Article, CharSpan

__all__ = ["GoldArticle", "GoldAttribution", "GoldLabels", "GoldSpan", "GoldTarget"]


@dataclass(frozen=True)
class GoldLabels:
    """Where a tagger or sentence label holds.

    Attributes:
        positive: the annotated stretches; a sentence that shares a character with one has the label.
        known: the stretches in which the absence of an annotation means something; None for the whole text.
    """

    positive: tuple[CharSpan, ...]
    known: tuple[CharSpan, ...] | None = None


@dataclass(frozen=True, order=True)
class GoldSpan(CharSpan):
    """A stretch with the label that one span head shall give it; `beside` is read with it (the cue of a source)."""

    label: str = ""
    beside: CharSpan | None = None


@dataclass(frozen=True)
class GoldTarget:
    """A loaded span and the mention that it evaluates, None where it evaluates nothing that is mentioned."""

    span: CharSpan
    mention: CharSpan | None


@dataclass(frozen=True)
class GoldAttribution:
    """Source, cue and pieces of content that belong together.

    `via` is the index, in its article's list, of the attribution through which this one was reported.
    """

    source: CharSpan | None
    cue: CharSpan | None
    content: tuple[CharSpan, ...]
    source_type: str | None = None
    outlet: str | None = None
    country: str | None = None
    is_state_media: bool | None = None
    via: int | None = None


@dataclass(frozen=True)
class GoldArticle:
    """An article with the layers that its corpus annotates.

    Attributes:
        taggers: by tagger; a tagger that is missing is not supervised.
        sentence_labels: by sentence label, likewise.
        span_labels: by span head, the spans whose label is known.
        attributions: None where the corpus does not annotate them.
        targets: loaded spans whose target is known.
    """

    article: Article
    corpus: str
    taggers: Mapping[str, GoldLabels] = field(default_factory=dict)
    sentence_labels: Mapping[str, GoldLabels] = field(default_factory=dict)
    span_labels: Mapping[str, tuple[GoldSpan, ...]] = field(default_factory=dict)
    attributions: tuple[GoldAttribution, ...] | None = None
    targets: tuple[GoldTarget, ...] = ()
