"""Heads whose logits are written into the words' states by hand, so that every figure can be worked out on paper.

A state has one feature for each output. A tagger finds a word inside with the probability whose log-odds stand in the
word's feature; a sentence label, a class of a span and a link have the mean, the mean and the first word's value as
their logit.
"""

import re

import numpy as np

from rhetoric.alignment import AlignedArticle
from rhetoric.annotation import Article, CharSpan
from rhetoric.decoding.decoder import Labels
from rhetoric.runtime import NumpyHeads
from rhetoric.segmentation import split_sentences
from rhetoric.training.gold import GoldArticle
from rhetoric.training.readings import Reading

LABELS = Labels(
    taggers=("loaded", "ptc_wording", "ptc_technique", "source", "cue", "content"),
    sentence_labels=("loaded_language", "attribution"),
    span_heads={"technique": ("doubt", "slogans", "repetition"), "valence": ("negative", "positive")},
)
FEATURES = (*LABELS.taggers, *LABELS.sentence_labels, *LABELS.span_heads["technique"], "negative", "positive", "link")
N = len(FEATURES)

WORD = re.compile(r"\w+|[^\w\s]")
NEVER = -30.0
LIFT = 20.0
"""ReLU changes nothing of a number that is lifted this far above zero; the last layer takes it down again."""


def log_odds(probability):
    return float(np.log(probability / (1 - probability)))


def pick(names):
    """Return a matrix that takes the features of those names, (n_names, n_features)."""
    return np.eye(N, dtype=np.float32)[[FEATURES.index(name) for name in names]]


def mlp(prefix, inputs, outputs):
    """Return a network that hands on its inputs as they are."""
    return {
        f"{prefix}.hidden.weight": inputs,
        f"{prefix}.hidden.bias": np.full(N, LIFT),
        f"{prefix}.out.weight": outputs,
        f"{prefix}.out.bias": np.full(len(outputs), -LIFT),
    }


def crafted_heads():
    nothing, same = np.zeros((N, N)), np.eye(N)
    inside = np.zeros((len(LABELS.taggers), 3, N))
    inside[:, 2] = pick(LABELS.taggers)
    arrays = {
        "tagger.weight": inside.reshape(-1, N),
        "tagger.bias": np.tile([0.0, NEVER, 0.0], len(LABELS.taggers)),
        "sentence.weight": np.concatenate([pick(LABELS.sentence_labels), np.zeros((2, N))], axis=1),
        "sentence.bias": np.zeros(2),
        "link.anchor.weight": np.zeros((N, 3 * N)),
        "link.anchor.bias": np.zeros(N),
        "link.candidate.weight": np.concatenate([same, nothing, nothing], axis=1),
        "link.candidate.bias": np.full(N, LIFT),
        "link.distance.weight": np.zeros((32, N)),
        "link.sentence_distance.weight": np.zeros((9, N)),
        "link.role.weight": np.zeros((4, N)),
        **mlp("link.scorer", np.concatenate([same, nothing], axis=1), pick(["link"])),
    }
    arrays["link.scorer.hidden.bias"] = np.zeros(N)
    for head, names in LABELS.span_heads.items():
        arrays |= mlp(f"span.{head}", np.concatenate([same, nothing, nothing], axis=1), pick(names))
    return NumpyHeads(arrays)


def find(text, phrase):
    """Return where `phrase` stands first."""
    start = text.index(phrase)
    return CharSpan(start, start + len(phrase))


def align(text):
    """Return `text` with one token a word or mark."""
    sentences = split_sentences(text)
    pieces = [(m, i) for i, s in enumerate(sentences) for m in WORD.finditer(text, s.start, s.end)]
    rows = np.array([(n, m.start(), m.end(), i) for n, (m, i) in enumerate(pieces)], np.int64).reshape(-1, 4)
    return AlignedArticle(tuple(sentences), np.arange(len(rows)), *rows.T)


def crafted_reading(text, features=(), corpus="codebook-passages", base=NEVER, **gold):
    """Return a reading in which the words of each (phrase, feature, value) have that value, all others `base`."""
    aligned = align(text)
    words = np.full((aligned.n_words, N), base, np.float32)
    for phrase, feature, value in features:
        first, last = aligned.words_of(find(text, phrase) if isinstance(phrase, str) else phrase)
        words[first:last, FEATURES.index(feature)] = value
    return Reading(GoldArticle(Article(text[:20], text), corpus, **gold), aligned, words)
