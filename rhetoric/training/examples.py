"""Gold articles → training examples: one window of tokens each, with the labels of what the window decides."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product

import numpy as np
import numpy.typing as npt

from rhetoric.alignment import AlignedArticle, Aligner, IntArray, Window, decided_words, to_bio
from rhetoric.annotation import CharSpan, distance
from rhetoric.decoding import find_mentions
from rhetoric.decoding.links import MAX_REACH, MAX_TARGET_SENTENCES
from rhetoric.modeling.configuration import LINK_ROLES, RhetoricConfig
from rhetoric.segmentation import split_sentences
from rhetoric.training.gold import GoldArticle, GoldLabels

__all__ = ["NO_WORDS", "UNKNOWN", "Example", "link_examples", "make_examples", "sentence_targets"]

UNKNOWN = -1.0
IGNORED = -100
NO_WORDS = (0, 0)

FloatArray = npt.NDArray[np.float32]
Pair = tuple[str, CharSpan, CharSpan, bool]


@dataclass
class Example:
    """One window with its labels; all word numbers count from the window's first word.

    Attributes:
        input_ids: (length,).
        word_positions: (n_words,) positions of first tokens in `input_ids`.
        tags: (n_words, n_taggers).
        sentence_bounds: (n_sentences, 2).
        sentence_labels: (n_sentences, n_labels).
        spans: by span head, (n, 6) bounds of span, of what is read beside it, of its sentence.
        span_labels: by span head, (n, n_labels).
        links: (n, 6) role, anchor, candidate, sentence distance.
        link_labels: (n,).
    """

    input_ids: IntArray
    word_positions: IntArray
    tags: IntArray
    sentence_bounds: IntArray
    sentence_labels: FloatArray
    spans: dict[str, IntArray] = field(default_factory=dict)
    span_labels: dict[str, FloatArray] = field(default_factory=dict)
    links: IntArray = field(default_factory=lambda: np.zeros((0, 6), np.int64))
    link_labels: FloatArray = field(default_factory=lambda: np.zeros(0, np.float32))

    @property
    def is_supervised(self) -> bool:
        """Whether any head can learn from it."""
        n_labels = (self.tags != IGNORED).sum() + (self.sentence_labels >= 0).sum() + len(self.links)
        return bool(n_labels) or any(map(len, self.spans.values()))


class _Window:
    """The words of one window, and how spans of the article fall into it."""

    def __init__(self, aligned: AlignedArticle, window: Window) -> None:
        self.aligned = aligned
        self.words = cache(aligned.words_of)
        self.start = int(np.searchsorted(aligned.word_tokens, window.start, side="left"))
        self.first, self.end = decided_words(aligned, window)

    def words_of(self, span: CharSpan) -> tuple[int, int] | None:
        """Return the window's words that `span` touches, None unless all of them are in the window."""
        found = self.words(span)
        if found is None or found[0] < self.start or found[1] > self.end:
            return None
        return found[0] - self.start, found[1] - self.start

    def decides(self, span: CharSpan) -> bool:
        """Return whether the first word of `span` is decided here."""
        found = self.words(span)
        return found is not None and self.first <= found[0] < self.end

    def sentence_of(self, word: int) -> int:
        return int(self.aligned.word_sentences[self.start + word])

    def sentence_bounds(self, sentence: int) -> tuple[int, int]:
        """Return the part of a sentence that lies in the window."""
        first, last = self.aligned.sentence_bounds[sentence]
        return max(int(first), self.start) - self.start, min(int(last), self.end) - self.start


def make_examples(articles: Iterable[GoldArticle], aligner: Aligner, config: RhetoricConfig) -> Iterator[Example]:
    """Yield the windows of `articles` from which a head can learn, as training examples."""
    for gold in articles:
        text = gold.article.text
        aligned = aligner.align(text, split_sentences(text))
        labels = _tags(gold, aligned, config.taggers), sentence_targets(gold, aligned, config.sentence_labels)
        pairs = list(_pairs(gold, aligned))
        for window in aligner.windows(aligned):
            view = _Window(aligned, window)
            if view.first == view.end:
                continue
            example = _example(view, aligner.window_ids(aligned, window), window, labels)
            _add_spans(example, view, gold, config)
            _add_links(example, view, pairs)
            if example.is_supervised:
                yield example


def _example(view: _Window, ids: IntArray, window: Window, labels: tuple[IntArray, FloatArray]) -> Example:
    tags, sentence_labels = labels
    sentences = np.unique(view.aligned.word_sentences[view.first : view.end])
    bounds = [(max(b[0], view.first - view.start), b[1]) for b in map(view.sentence_bounds, sentences.tolist())]
    windowed = tags[view.start : view.end].copy()
    windowed[: view.first - view.start] = IGNORED
    return Example(
        input_ids=ids,
        word_positions=view.aligned.word_tokens[view.start : view.end] - window.start + 1,
        tags=windowed,
        sentence_bounds=np.array(bounds, np.int64).reshape(-1, 2),
        sentence_labels=sentence_labels[sentences],
    )


def _tags(gold: GoldArticle, aligned: AlignedArticle, taggers: Sequence[str]) -> IntArray:
    tags = np.full((aligned.n_words, len(taggers)), IGNORED, np.int64)
    for i, name in enumerate(taggers):
        labels = gold.taggers.get(name)
        if labels is not None:
            column = to_bio(labels.positive, aligned)
            tags[:, i] = np.where(_known_words(labels, aligned), column, IGNORED)
    return tags


def _known_words(labels: GoldLabels, aligned: AlignedArticle) -> npt.NDArray[np.bool_]:
    if labels.known is None:
        return np.ones(aligned.n_words, bool)
    known = np.zeros(aligned.n_words, bool)
    for span in (*labels.known, *labels.positive):
        found = aligned.words_of(span)
        if found:
            known[slice(*found)] = True
    return known


def sentence_targets(gold: GoldArticle, aligned: AlignedArticle, names: Sequence[str]) -> FloatArray:
    """Return the gold of every sentence, (n_sentences, n_labels): 0, 1, or UNKNOWN."""
    values = np.full((len(aligned.sentences), len(names)), UNKNOWN, np.float32)
    for j, name in enumerate(names):
        labels = gold.sentence_labels.get(name)
        for i, sentence in enumerate(aligned.sentences if labels else ()):
            if any(span.overlaps(sentence) for span in labels.positive):  # type: ignore[union-attr]
                values[i, j] = 1.0
            elif labels.known is None or any(span.contains(sentence) for span in labels.known):  # type: ignore[union-attr]
                values[i, j] = 0.0
    return values


def _add_spans(example: Example, view: _Window, gold: GoldArticle, config: RhetoricConfig) -> None:
    for head, names in config.span_heads.items():
        rows: dict[tuple[int, ...], FloatArray] = {}
        for span in gold.span_labels.get(head, ()):
            words = view.words_of(span) if view.decides(span) else None
            if words is None:
                continue
            beside = words if head != "source_type" else (span.beside and view.words_of(span.beside)) or NO_WORDS
            key = (*words, *beside, *view.sentence_bounds(view.sentence_of(words[0])))
            rows.setdefault(key, np.zeros(len(names), np.float32))[list(names).index(span.label)] += 1.0
        example.spans[head] = np.array(list(rows), np.int64).reshape(-1, 6)
        labels = np.array(list(rows.values()), np.float32).reshape(-1, len(names))
        example.span_labels[head] = labels / labels.sum(1, keepdims=True)


def _pairs(gold: GoldArticle, aligned: AlignedArticle) -> Iterator[Pair]:
    """Yield every pair of an anchor and a candidate in its reach, and whether they belong together."""
    attributions = gold.attributions or ()
    cues = {a.cue for a in attributions if a.cue}
    sources = {a.source for a in attributions if a.source}
    contents = {piece for a in attributions for piece in a.content}
    cue_sources = {(a.cue, a.source) for a in attributions}
    cue_contents = {(a.cue, piece) for a in attributions for piece in a.content}
    content_sources = {(piece, a.source) for a in attributions for piece in a.content}
    yield from (("cue_source", *pair, pair in cue_sources) for pair in _in_reach(cues, sources))
    yield from (("cue_content", *pair, pair in cue_contents) for pair in _in_reach(cues, contents))
    yield from (("content_source", *pair, pair in content_sources) for pair in _in_reach(contents, sources))
    yield from _target_pairs(gold, aligned) if gold.targets else ()


def _target_pairs(gold: GoldArticle, aligned: AlignedArticle) -> Iterator[Pair]:
    mentions = find_mentions(gold.article.text, aligned)
    for target in gold.targets:
        candidates = {m for m in mentions if not m.overlaps(target.span) and _is_near(target.span, m, aligned)}
        wanted = target.mention
        closest = max(candidates, key=lambda m: (_jaccard(m, wanted), m), default=None) if wanted else None
        if closest is None or not closest.overlaps(wanted):  # type: ignore[arg-type]
            closest = wanted
        for mention in candidates | ({closest} if closest else set()):
            yield "loaded_target", target.span, mention, mention == closest


def _is_near(span: CharSpan, mention: CharSpan, aligned: AlignedArticle) -> bool:
    one, other = aligned.words_of(span), aligned.words_of(mention)
    if not (one and other):
        return False
    return abs(int(aligned.word_sentences[one[0]] - aligned.word_sentences[other[0]])) <= MAX_TARGET_SENTENCES


def _jaccard(one: CharSpan, other: CharSpan) -> float:
    shared = one.n_shared(other)
    return shared / (len(one) + len(other) - shared)


def _in_reach(anchors: set[CharSpan], candidates: set[CharSpan]) -> Iterator[tuple[CharSpan, CharSpan]]:
    return ((a, c) for a, c in product(sorted(anchors), sorted(candidates)) if distance(a, c) <= MAX_REACH)


def link_examples(gold: GoldArticle, aligned: AlignedArticle) -> tuple[IntArray, FloatArray]:
    """Return the pairs of an article as the link head takes them, (n, 6), and whether they belong together, (n,)."""
    return _link_rows(_pairs(gold, aligned), aligned.words_of, aligned.word_sentences)


def _link_rows(
    pairs: Iterable[Pair], words_of: Callable[[CharSpan], tuple[int, int] | None], sentences: IntArray
) -> tuple[IntArray, FloatArray]:
    rows, labels = [], []
    for role, anchor, candidate, is_linked in pairs:
        one, other = words_of(anchor), words_of(candidate)
        if one and other:
            apart = int(sentences[other[0]] - sentences[one[0]])
            rows.append((LINK_ROLES.index(role), *one, *other, apart))
            labels.append(is_linked)
    return np.array(rows, np.int64).reshape(-1, 6), np.array(labels, np.float32)


def _add_links(example: Example, view: _Window, pairs: Sequence[Pair]) -> None:
    decided = (pair for pair in pairs if view.decides(pair[1]))
    sentences = view.aligned.word_sentences[view.start : view.end]
    example.links, example.link_labels = _link_rows(decided, view.words_of, sentences)
