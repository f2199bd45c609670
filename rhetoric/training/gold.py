"""What a training article is: a text and, for each head, what its corpus says. What it does not say is not learnt."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rhetoric.annotation import Article, CharSpan

__all__ = ["GoldArticle", "GoldAttribution", "GoldLabels", "GoldSpan", "GoldTarget", "join_articles"]


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
        group: the article that the text was taken from, if it is not one itself: all of a group goes into one split.
    """

    article: Article
    corpus: str
    taggers: Mapping[str, GoldLabels] = field(default_factory=dict)
    sentence_labels: Mapping[str, GoldLabels] = field(default_factory=dict)
    span_labels: Mapping[str, tuple[GoldSpan, ...]] = field(default_factory=dict)
    attributions: tuple[GoldAttribution, ...] | None = None
    targets: tuple[GoldTarget, ...] = ()
    group: str = ""


def join_articles(articles: Sequence[GoldArticle]) -> GoldArticle:
    """Return one article whose lines are those of `articles`, which supervise the same heads.

    Texts that are annotated sentence by sentence are short, those that are not are long: joined, the length of a text
    does not tell a model which labels to expect.

    >>> one = GoldArticle(Article("a", "He lied."), "x", {"loaded": GoldLabels((CharSpan(3, 7),))})
    >>> join_articles([one, one]).taggers["loaded"].positive[1]
    CharSpan(start=12, end=16)
    """
    first = articles[0]
    starts, length = [], 0
    for gold in articles:
        starts.append(length)
        length += len(gold.article.text) + 1
    moved = [_shifted(gold, start) for gold, start in zip(articles, starts, strict=True)]
    name = "+".join(gold.article.id for gold in articles)
    attributions: list[GoldAttribution] = []
    for gold in moved:
        first_index = len(attributions)
        attributions.extend(_counted_from(a, first_index) for a in gold.attributions or ())
    return GoldArticle(
        Article(name, "\n".join(gold.article.text for gold in articles)),
        first.corpus,
        {key: _joined(gold.taggers[key] for gold in moved) for key in first.taggers},
        {key: _joined(gold.sentence_labels[key] for gold in moved) for key in first.sentence_labels},
        {key: tuple(s for gold in moved for s in gold.span_labels[key]) for key in first.span_labels},
        None if first.attributions is None else tuple(attributions),
        tuple(target for gold in moved for target in gold.targets),
    )


def _counted_from(attribution: GoldAttribution, first_index: int) -> GoldAttribution:
    """Return an attribution whose `via` counts from the beginning of a longer list."""
    return attribution if attribution.via is None else replace(attribution, via=attribution.via + first_index)


def _joined(labels: Iterable[GoldLabels]) -> GoldLabels:
    every = list(labels)
    known = None if every[0].known is None else tuple(s for one in every for s in one.known or ())
    return GoldLabels(tuple(s for one in every for s in one.positive), known)


def _shifted(gold: GoldArticle, by: int) -> GoldArticle:
    return replace(
        gold,
        taggers={key: _moved_labels(labels, by) for key, labels in gold.taggers.items()},
        sentence_labels={key: _moved_labels(labels, by) for key, labels in gold.sentence_labels.items()},
        span_labels={key: tuple(_moved_span(s, by) for s in spans) for key, spans in gold.span_labels.items()},
        attributions=None if gold.attributions is None else tuple(_moved(a, by) for a in gold.attributions),
        targets=tuple(GoldTarget(t.span.shifted(by), t.mention and t.mention.shifted(by)) for t in gold.targets),
    )


def _moved_labels(labels: GoldLabels, by: int) -> GoldLabels:
    known = None if labels.known is None else tuple(s.shifted(by) for s in labels.known)
    return GoldLabels(tuple(s.shifted(by) for s in labels.positive), known)


def _moved_span(span: GoldSpan, by: int) -> GoldSpan:
    return GoldSpan(span.start + by, span.end + by, span.label, span.beside and span.beside.shifted(by))


def _moved(attribution: GoldAttribution, by: int) -> GoldAttribution:
    return replace(
        attribution,
        source=attribution.source and attribution.source.shifted(by),
        cue=attribution.cue and attribution.cue.shifted(by),
        content=tuple(piece.shifted(by) for piece in attribution.content),
    )
