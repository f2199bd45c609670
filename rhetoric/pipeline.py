"""The one module that knows the whole order: from an article to the annotated article."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from rhetoric.annotation import (
    AnnotatedArticle,
    Article,
    ArticleLabels,
    Attribution,
    CharSpan,
    Headline,
    Sentence,
    Span,
    Target,
    find_overlaps,
    n_visible,
)
from rhetoric.decoding.decoder import Decoder, Findings, Labels
from rhetoric.decoding.rules import DecisionRules, read_rules
from rhetoric.errors import CoverageError, InputError, RhetoricError
from rhetoric.formats import Failure
from rhetoric.runtime import Backend, Network, load_network, map_ahead
from rhetoric.runtime.added import UnitPools
from rhetoric.runtime.heads import on_one_core
from rhetoric.segmentation import blocks, paragraphs, split_sentences
from rhetoric.sources import assign_voice, load_actors, load_base, resolve, state_media_sentences

__all__ = ["Annotator", "Lists"]

N_ARTICLES_AT_ONCE = 3

LOADED, STATE_MEDIA = "loaded_language", "state_media_quotation"

BLOCK_LENGTH = 100_000
"""Characters that are decoded at once, so that memory stays bounded. No newspaper article has more than one block."""


@dataclass(frozen=True)
class Lists:
    """A user's own files: outlets to add to the base or put over it, and actors to find among sources and targets."""

    outlets: Path | None = None
    actors: Path | None = None


NO_LISTS = Lists()


@dataclass(frozen=True)
class _Units:
    """The words of what is larger than a sentence, pooled for the heads that a user added."""

    paragraphs: UnitPools
    article: UnitPools


@dataclass(frozen=True)
class _Read:
    """All that is read of one text."""

    sentences: tuple[Sentence, ...]
    spans: tuple[Span, ...]
    attributions: tuple[Attribution, ...]
    found: Findings
    units: _Units


class Annotator:
    """Finds loaded language, quotations with their sources, and state media in news articles.

    Args:
        model: name of a shipped model, or the folder of one.
        thresholds: which of the model's sets of thresholds to decide with.
        backend: `onnx` (int8, needs no torch), `torch`, or `auto`.
        lists: outlets and actors of your own.

    Raises:
        ModelError: there is no such model, or a file of it is broken.
        ConfigError: the model has no such set of thresholds, or a list cannot be read.

    >>> from rhetoric import Annotator
    >>> Annotator().annotate("The tyrant fled.").spans[0].label  # doctest: +SKIP
    'name_calling'
    """

    def __init__(
        self,
        model: str | Path = "small",
        *,
        thresholds: str = "default",
        backend: Backend = "auto",
        lists: Lists = NO_LISTS,
    ) -> None:
        """Load the model."""
        network = load_network(model, backend)
        self._serve(network, read_rules(network.folder, thresholds), lists)

    @classmethod
    def from_network(cls, network: Network, rules: DecisionRules) -> Self:
        """Return the annotator of a model that is loaded already, with decision rules that need not be saved."""
        annotator = cls.__new__(cls)
        annotator._serve(network, rules, NO_LISTS)
        return annotator

    def _serve(self, network: Network, rules: DecisionRules, lists: Lists) -> None:
        self.network, self.rules = network, rules
        labels = Labels(network.taggers, network.sentence_labels, network.span_heads)
        self.decoder = Decoder(network.heads, labels, rules, network.added)
        self.outlets = load_base(lists.outlets)
        self.actors = load_actors(lists.actors) if lists.actors else None

    def annotate(self, article: Article | str) -> AnnotatedArticle:
        """Return what is found in one article, or in a bare text.

        Raises:
            InputError: `article` is neither a text nor an article.
            CoverageError: a sentence could not be read.
        """
        with on_one_core():
            return self._annotate(article)

    def _annotate(self, article: Article | str) -> AnnotatedArticle:
        if isinstance(article, str):
            article = Article("", article)
        if not isinstance(article, Article):
            message = f"annotate takes a text or an Article, got {type(article).__name__}"
            raise InputError(message)
        read = self._read(article)
        return AnnotatedArticle.from_article(
            article,
            sentences=read.sentences,
            spans=read.spans,
            attributions=read.attributions,
            headline=self._headline(article),
            paragraphs=self._paragraphs(read.units.paragraphs),
            article=self._article(read.units.article),
            targets=self._targets(article, read.found),
            coverage=_coverage(article.text, read.sentences),
            model=self.network.info,
        )

    def pipe(self, articles: Iterable[Article]) -> Iterator[AnnotatedArticle]:
        """Yield the annotated articles of a stream, in order; the next is encoded while one is decoded."""
        with on_one_core():
            yield from map_ahead(self._annotate, articles, N_ARTICLES_AT_ONCE)

    def try_pipe(self, items: Iterable[Article | Failure]) -> Iterator[AnnotatedArticle | Failure]:
        """Yield as `pipe` does, with a failure in the place of each article that cannot be annotated."""
        with on_one_core():
            yield from map_ahead(self._try, items, N_ARTICLES_AT_ONCE)

    def _try(self, item: Article | Failure) -> AnnotatedArticle | Failure:
        if isinstance(item, Failure):
            return item
        try:
            return self._annotate(item)
        except RhetoricError as error:
            return Failure(item.id, None, None, str(error))

    def _targets(self, article: Article, found: Findings) -> tuple[Target, ...]:
        named = self.actors.in_text(article.text) if self.actors and article.targets else None
        given = (
            replace(_target(span, scores), actor=named.of_target(span) if named else None)
            for span, scores in zip(article.targets, found.target_scores, strict=True)
        )
        chosen = self.decoder.added.chosen
        return tuple(
            replace(target, codes=codes, labels=tuple(chosen("target", codes))) if codes else target
            for target, codes in zip(given, found.target_codes, strict=True)
        )

    def _paragraphs(self, pools: UnitPools) -> tuple[Sentence, ...]:
        scores = self.decoder.added.scores("paragraph", pools.features(self.network.hidden_size))
        return tuple(
            Sentence(unit.start, unit.end, row, tuple(self.decoder.added.chosen("paragraph", row)))
            for unit, row in zip(pools.units, scores, strict=True)
        )

    def _article(self, pools: UnitPools) -> ArticleLabels:
        for row in self.decoder.added.scores("article", pools.features(self.network.hidden_size)):
            return ArticleLabels(row, tuple(self.decoder.added.chosen("article", row)))
        return ArticleLabels()

    def _with_actors(self, text: str, spans: list[Span]) -> list[Span]:
        """Return `spans`, each with whom of the user's list its target names."""
        if self.actors is None:
            return spans
        named = self.actors.in_text(text)
        return [replace(s, target_actor=named.of_target(s.target)) if s.target else s for s in spans]

    def _headline(self, article: Article) -> Headline | None:
        if article.title is None:
            return None
        read = self._read(Article(article.id, article.title))
        return Headline(read.sentences, read.spans, read.attributions)

    def _read(self, article: Article) -> _Read:
        sentences = split_sentences(article.text)
        units = self._units(article.text)
        found = self._find(article, sentences, units)
        numbered = [replace(a, id=f"q{i}") for i, a in enumerate(found.attributions, 1)]
        attributions, described = resolve(article, sentences, numbered, found.type_scores, self.outlets, self.actors)
        ordered = sorted(found.spans, key=lambda span: (span.start, -span.end))
        identified = [replace(span, id=f"s{i}") for i, span in enumerate(ordered, 1)]
        spans = self._with_actors(article.text, assign_voice(article.text, identified, attributions))
        evidence = state_media_sentences(sentences, attributions, described)
        worded = find_overlaps(sentences, [span for span in spans if span.layer == "wording"])
        scored = [
            self._label(*of_one)
            for of_one in zip(sentences, found.sentence_scores, map(bool, worded), evidence, strict=True)
        ]
        return _Read(tuple(scored), tuple(spans), tuple(attributions), found, units)

    def _units(self, text: str) -> _Units:
        """Return the paragraphs and the article to pool, as far as the model has heads for them."""
        has = self.decoder.added.of
        whole = [CharSpan(0, len(text))] if text.strip() else []
        return _Units(
            UnitPools(paragraphs(text) if has("paragraph") else []), UnitPools(whole if has("article") else [])
        )

    def _find(self, article: Article, sentences: Sequence[Sentence], units: _Units) -> Findings:
        """Return the findings of all blocks of an article together; those of targets in the order they were given."""
        n_targets = len(article.targets)
        whole = Findings([], [], [], [], self.decoder.neutral(n_targets), [{} for _ in range(n_targets)])
        waiting = dict(enumerate(article.targets))
        for block in blocks(sentences, BLOCK_LENGTH):
            aligned = self.network.aligner.align(article.text, block)
            inside = {i: target for i, target in waiting.items() if target.start < block[-1].end}
            words = self.network.words(aligned)
            units.paragraphs.add(aligned, words)
            units.article.add(aligned, words)
            found = self.decoder.decode(article.text, aligned, words, list(inside.values()))
            whole.sentence_scores.extend(found.sentence_scores)
            whole.spans.extend(found.spans)
            whole.attributions.extend(found.attributions)
            whole.type_scores.extend(found.type_scores)
            for i, scores, codes in zip(inside, found.target_scores, found.target_codes, strict=True):
                whole.target_scores[i], whole.target_codes[i] = scores, codes
                del waiting[i]
        return whole

    def _label(self, sentence: Sentence, scores: dict[str, float], is_worded: bool, state: float) -> Sentence:
        """Return a sentence with its scores and labels, in agreement with the spans and attributions in it."""
        joined = dict(scores)
        if STATE_MEDIA in joined:
            # What the words look like and whom they are linked to: together they are right more often than either.
            joined[STATE_MEDIA] = self.rules.pool(STATE_MEDIA).apply(joined[STATE_MEDIA], state)
        labels = [
            name
            for name in self.network.sentence_labels
            if joined[name] >= self.rules.threshold("sentence", name) or (name == LOADED and is_worded)
        ]
        labels += self.decoder.added.chosen("sentence", joined)
        return Sentence(sentence.start, sentence.end, joined, tuple(labels))


def _target(span: CharSpan, scores: dict[str, float]) -> Target:
    valence = max(scores, key=scores.__getitem__) if scores else "neutral"
    return Target(span.start, span.end, valence, scores)  # type: ignore[arg-type]  # a label of the head


def _coverage(text: str, sentences: Sequence[Sentence]) -> float:
    """Return the share of visible characters that lie in sentences that were read.

    Raises:
        CoverageError: it is not all of them.
    """
    n_all = n_visible(text)
    n_read = sum(n_visible(s.of(text)) for s in sentences)
    if n_read != n_all:
        message = f"only {n_read} of {n_all} characters were read; please report this text"
        raise CoverageError(message)
    return 1.0
