"""What the heads of a model say, written down before its encoder changes, so that they can be held to it.

A distillation without labels (Hinton et al. 2015; on the old tasks of a model, Li and Hoiem 2017, "Learning without
forgetting"): each head is asked about the words, sentences, stretches and pairs of a passage, and its logits are kept.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import TypeVar

import numpy as np

from rhetoric.alignment import AlignedArticle, IntArray
from rhetoric.annotation import CharSpan, distance
from rhetoric.decoding import decode_tags, find_mentions
from rhetoric.decoding.links import LINK_ROLES, MAX_REACH
from rhetoric.runtime import Network
from rhetoric.runtime.added import AddedHead, mention_features, unit_features
from rhetoric.runtime.heads import N_TAGS, FloatArray
from rhetoric.training.examples import NO_WORDS
from rhetoric.training.passages import Passage

__all__ = ["Probe", "Probes", "Teacher", "choices_of", "spread_of"]

PROBE_THRESHOLD = 0.25
"""Probability from which words are a stretch to ask about: near misses are to stay near misses."""
MAX_RANDOM_WORDS = 6
"""Words of a stretch that is drawn at random: of what nobody would mark the heads are to say the same, too."""
MAX_PAIRS = 48
"""Pairs of a passage that the link head is asked about; those with mentions would outnumber all else."""
MAX_MENTIONS = 2
"""Mentions a sentence."""
MAX_STRETCHES = 6
"""Stretches a sentence that the heads of stretches are asked about."""
PAIRED = (("cue", "source"), ("cue", "content"), ("content", "source"), ("loaded", "mention"))
"""What the link head's roles join, in their order."""
SOURCE_TYPE = "source_type"
MENTION, RANDOM = "mention", "random"

Found = Mapping[str, Sequence[CharSpan]]
Beside = tuple[CharSpan, CharSpan | None]
Pair = tuple[int, CharSpan, CharSpan]
Row = tuple[int, ...]
Question = TypeVar("Question")
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Probe:
    """What a head was asked about, and what it said.

    Attributes:
        rows: (n, …) bounds in words, as the head takes them.
        logits: (n, n_outputs).
    """

    rows: IntArray
    logits: FloatArray


Probes = Mapping[str, Probe]
"""By head: `tagger`, `sentence`, `link`, `span.NAME` and `added.NAME`."""


def choices_of(base: Network) -> dict[str, int]:
    """Return, for each head of a model, over how many outputs a softmax goes; 1 where each stands for itself."""
    spans = {f"span.{name}": len(labels) for name, labels in base.span_heads.items()}
    added = {f"added.{head.name}": _choices_of_added(head) for head in base.added}
    return {"tagger": N_TAGS, "sentence": 1, "link": 1, **spans, **added}


def _choices_of_added(head: AddedHead) -> int:
    if head.unit == "span":
        return N_TAGS
    return len(head.labels) if head.is_exclusive else 1


def spread_of(asked: Iterable[Probes], choices: Mapping[str, int]) -> dict[str, float]:
    """Return the standard deviation of each head's logits, softmaxes centred: the unit in which it may move."""
    logits: dict[str, list[FloatArray]] = {}
    for probes in asked:
        for name, probe in probes.items():
            grouped = probe.logits.reshape(-1, choices[name])
            logits.setdefault(name, []).append(grouped - grouped.mean(1, keepdims=True) * (choices[name] > 1))
    return {name: max(float(np.concatenate(found).std()), 1e-3) for name, found in logits.items()}


class Teacher:
    """A model whose heads are asked.

    Args:
        base: the model, on the runtime that serves it.
        is_same_reader: whether the encoder that will be trained reads the same words.
        seed: of what is asked at random.
    """

    def __init__(self, base: Network, *, is_same_reader: bool, seed: int) -> None:
        """Keep what was given."""
        self.base, self.is_same_reader = base, is_same_reader
        self.random = np.random.default_rng(seed)

    def ask(self, passage: Passage) -> Probes:
        """Return what each head says of a passage."""
        ours = passage.aligned
        theirs = ours if self.is_same_reader else self.base.aligner.align(passage.text, ours.sentences)
        if not theirs.n_words:
            return {}
        lesson = _Lesson(self.base, passage.text, ours, theirs, self.base.words(theirs))
        return {name: probe for name, probe in lesson.probes(self.random) if probe.logits.size}


@dataclass(frozen=True)
class _Lesson:
    """One passage as it is asked about: rows are of words of `ours`, logits of those of `theirs`, the same to read."""

    base: Network
    text: str
    ours: AlignedArticle
    theirs: AlignedArticle
    words: FloatArray

    def probes(self, random: np.random.Generator) -> Iterator[tuple[str, Probe]]:
        heads, words = self.base.heads, self.words
        tags = heads.tags(words)
        found = self._found(tags, random)
        yield "tagger", self._of_words(tags.reshape(len(words), -1))
        yield "sentence", Probe(self.ours.sentence_bounds, heads.sentences(words, self.theirs.sentence_bounds))
        stretches = self._rows(_stretches(found, random, len(self.ours.sentences)), _span_row)
        sources = self._rows(_sources(found), _span_row)
        for name in self.base.span_heads:
            rows, theirs = sources if name == SOURCE_TYPE else stretches
            yield f"span.{name}", Probe(rows, heads.spans(name, words, theirs))
        rows, theirs = self._rows(_pairs(found, random), _pair_row)
        yield "link", Probe(rows, heads.links(words, theirs)[:, None])
        for head in self.base.added:
            yield f"added.{head.name}", self._added(head, found)

    def _found(self, tags: FloatArray, random: np.random.Generator) -> dict[str, list[CharSpan]]:
        found = {
            name: [one.span for one in decode_tags(tags[:, i], self.theirs, PROBE_THRESHOLD)]
            for i, name in enumerate(self.base.taggers)
        }
        mentions = find_mentions(self.text, self.theirs)
        found[MENTION] = _some(mentions, MAX_MENTIONS * len(self.theirs.sentences), random)
        found[RANDOM] = [
            self.theirs.span_of(first, min(last, first + int(random.integers(1, MAX_RANDOM_WORDS + 1))))
            for start, last in self.theirs.sentence_bounds.tolist()
            if start < last
            for first in (int(random.integers(start, last)),)
        ]
        return found

    def _of_words(self, logits: FloatArray) -> Probe:
        """Return what is said of each of our words: of the same one, or of the one in which it begins."""
        starts = np.searchsorted(self.theirs.word_starts, self.ours.word_starts, side="right") - 1
        return Probe(np.arange(self.ours.n_words)[:, None], logits[np.maximum(starts, 0)])

    def _rows(
        self, questions: Iterable[Question], row_of: Callable[[AlignedArticle, Question], Row | None]
    ) -> tuple[IntArray, IntArray]:
        """Return the rows of those questions that both can be asked, in our words and in theirs."""
        is_same = self.ours is self.theirs
        ours_asked = ((question, row_of(self.ours, question)) for question in questions)
        pairs = ((row, row if is_same else row_of(self.theirs, question)) for question, row in ours_asked)
        kept = [(ours, theirs) for ours, theirs in pairs if ours and theirs]
        width = len(kept[0][0]) if kept else 6
        ours, theirs = np.array(kept, np.int64).reshape(-1, 2, width).transpose(1, 0, 2)
        return ours, theirs

    def _added(self, head: AddedHead, found: Found) -> Probe:
        """Return what a head that a user added says, of the passage as a whole where it labels texts."""
        heads, words = self.base.heads, self.words
        if head.unit == "span":
            return self._of_words(heads.added(head.weight, words))
        if head.unit == "target":
            rows, theirs = self._rows(found[MENTION], _mention_row)
            return Probe(rows, heads.added(head.weight, mention_features(words, theirs)))
        if head.unit == "sentence":
            features = unit_features(words, self.theirs.sentence_bounds)
            return Probe(self.ours.sentence_bounds, heads.added(head.weight, features))
        features = unit_features(words, np.array([[0, len(words)]]))
        return Probe(np.array([[0, self.ours.n_words]]), heads.added(head.weight, features))


def _stretches(found: Found, random: np.random.Generator, n_sentences: int) -> list[Beside]:
    """Return some of all stretches; beside each its heads read the stretch itself."""
    spans = sorted({span for spans in found.values() for span in spans})
    return [(span, span) for span in _some(spans, MAX_STRETCHES * n_sentences, random)]


def _sources(found: Found) -> list[Beside]:
    """Return sources, each with the cue that is nearest to it: so the head of their types reads them."""
    cues = found.get("cue", ())
    sources = [*found.get("source", ()), *found[RANDOM]]
    return [(source, min(cues, key=partial(distance, source), default=None)) for source in sources]


def _some(things: Sequence[Thing], n: int, random: np.random.Generator) -> list[Thing]:
    """Return at most `n` of some things, drawn at random, in their order."""
    if len(things) <= n:
        return list(things)
    return [things[i] for i in sorted(random.choice(len(things), n, replace=False))]


def _pairs(found: Found, random: np.random.Generator) -> list[Pair]:
    """Return pairs in reach that the link head may be asked about: role, anchor and candidate."""
    pairs = [
        (role, anchor, candidate)
        for role, (one, other) in enumerate(PAIRED[: len(LINK_ROLES)])
        for anchor, candidate in product(found.get(one, ()), found.get(other, ()))
        if not anchor.overlaps(candidate) and distance(anchor, candidate) <= MAX_REACH
    ]
    return _some(pairs, MAX_PAIRS, random)


def _sentence_of(aligned: AlignedArticle, word: int) -> Row:
    first, last = aligned.sentence_bounds[aligned.word_sentences[word]].tolist()
    return first, last


def _span_row(aligned: AlignedArticle, question: Beside) -> Row | None:
    span, beside = question
    words = aligned.words_of(span)
    if words is None:
        return None
    read = aligned.words_of(beside) if beside else None
    return *words, *(read or NO_WORDS), *_sentence_of(aligned, words[0])


def _mention_row(aligned: AlignedArticle, mention: CharSpan) -> Row | None:
    words = aligned.words_of(mention)
    return (*words, *_sentence_of(aligned, words[0])) if words else None


def _pair_row(aligned: AlignedArticle, pair: Pair) -> Row | None:
    role, anchor, candidate = pair
    one, other = aligned.words_of(anchor), aligned.words_of(candidate)
    if not (one and other):
        return None
    return role, *one, *other, int(aligned.word_sentences[other[0]] - aligned.word_sentences[one[0]])
