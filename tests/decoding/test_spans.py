"""BIO logits to spans: thresholds, where spans are cut, and the best path by trying all."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.annotation import CharSpan
from rhetoric.decoding import decode_tags
from rhetoric.decoding.rules import OFF
from rhetoric.decoding.spans import WordSpan, best_path, softmax, trim_edges

TEXT = "the brave army held the old gate"
OUT, BEGIN, IN = (0.9, 0.06, 0.04), (0.05, 0.9, 0.05), (0.05, 0.05, 0.9)
WEAK = (0.6, 0.1, 0.3)


def logits(*rows):
    return np.log(np.array(rows, np.float32))


def surfaces(aligner, *rows, threshold=0.5, switch_cost=0.0):
    found = decode_tags(logits(*rows), aligner(TEXT), threshold, switch_cost)
    return [one.span.of(TEXT) for one in found]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((OUT, BEGIN, IN, OUT, OUT, OUT, OUT), ["brave army"]),
        ((OUT, BEGIN, BEGIN, OUT, OUT, OUT, OUT), ["brave", "army"]),
        ((OUT, IN, IN, OUT, OUT, OUT, OUT), ["brave army"]),
        ((BEGIN, OUT, OUT, OUT, OUT, OUT, BEGIN), ["the", "gate"]),
        ((BEGIN, IN, IN, IN, IN, IN, IN), [TEXT]),
        ((OUT,) * 7, []),
        ((OUT, WEAK, WEAK, OUT, OUT, OUT, OUT), []),
        ((OUT, BEGIN, IN, BEGIN, IN, OUT, BEGIN), ["brave army", "held the", "gate"]),
    ],
)
def test_decode_tags_runs_and_cuts(aligner, rows, expected):
    assert surfaces(aligner, *rows) == expected


def test_decode_tags_lower_threshold_finds_more(aligner):
    rows = (OUT, WEAK, IN, OUT, OUT, OUT, OUT)
    assert surfaces(aligner, *rows, threshold=0.5) == ["army"]
    assert surfaces(aligner, *rows, threshold=0.35) == ["brave army"]


@pytest.mark.parametrize("threshold", [OFF, 1.0])
def test_decode_tags_finds_nothing_at_a_threshold_that_none_reaches(aligner, threshold):
    assert surfaces(aligner, *[(1e-9, 1.0, 1e-9)] * 7, threshold=threshold) == []


def test_decode_tags_at_threshold_zero_takes_every_word(aligner):
    assert surfaces(aligner, *[OUT] * 7, threshold=0.0)[0].startswith("the")


def test_decode_tags_of_no_words(aligner):
    assert decode_tags(np.zeros((0, 3), np.float32), aligner(""), 0.5) == []


def test_decode_tags_bridges_a_weak_gap_at_a_cost(aligner):
    rows = (OUT, BEGIN, IN, WEAK, IN, IN, OUT)
    assert surfaces(aligner, *rows) == ["brave army", "the old"]
    assert surfaces(aligner, *rows, switch_cost=0.5) == ["brave army held the old"]


def test_decode_tags_drops_a_weak_span_at_a_cost(aligner):
    rows = (OUT, OUT, (0.4, 0.5, 0.1), OUT, OUT, OUT, OUT)
    assert surfaces(aligner, *rows) == ["army"]
    assert surfaces(aligner, *rows, switch_cost=1.0) == []


def test_decode_tags_logit_is_the_log_odds_of_the_mean_probability(aligner):
    (found,) = decode_tags(logits(OUT, BEGIN, (0.25, 0.05, 0.7), OUT, OUT, OUT, OUT), aligner(TEXT), 0.5)
    assert found.bounds == (1, 3)
    assert found.logit == pytest.approx(np.log(0.85 / 0.15), abs=1e-4)


def test_decode_tags_logit_is_finite_for_sure_words(aligner):
    sure = np.array([[-200.0, 200.0, 0.0]] * 7, np.float32)
    assert all(np.isfinite(one.logit) for one in decode_tags(sure, aligner(TEXT), 0.5))


probabilities = st.tuples(*[st.floats(0.01, 1.0)] * 3).map(lambda row: tuple(np.array(row) / sum(row)))


@given(rows=st.lists(probabilities, min_size=7, max_size=7), threshold=st.floats(0.05, 0.95))
def test_decode_tags_without_cost_takes_the_words_that_reach_the_threshold(aligner, rows, threshold):
    aligned = aligner(TEXT)
    found = decode_tags(logits(*rows), aligned, threshold)
    taken = {i for one in found for i in range(one.first, one.last)}
    inside = 1.0 - softmax(logits(*rows))[:, 0]
    sure = np.abs(inside - threshold) > 1e-5
    assert all((i in taken) == (inside[i] >= threshold) for i in np.flatnonzero(sure))
    assert all(one.last <= other.first for one, other in zip(found, found[1:], strict=False))
    assert all(one.span == aligned.span_of(one.first, one.last) for one in found)


def worth(path, gains, cost):
    changes = sum(a != b for a, b in zip((False, *path), (*path, False), strict=True))
    return sum(gain for gain, is_inside in zip(gains, path, strict=True) if is_inside) - cost * changes


@given(gains=st.lists(st.floats(-5, 5), min_size=1, max_size=7), cost=st.floats(0.0, 3.0))
def test_best_path_is_worth_as_much_as_the_best_of_all(gains, cost):
    found = best_path(np.array(gains), cost).tolist()
    best = max(worth(path, gains, cost) for path in product((False, True), repeat=len(gains)))
    assert worth(found, gains, cost) == pytest.approx(best, abs=1e-9)


def test_softmax_sums_to_one_whatever_the_size():
    assert np.allclose(softmax(np.array([[1000.0, 0.0, -1000.0], [0.0, 0.0, 0.0]], np.float32)).sum(-1), 1.0)


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("“(brave army),", "brave army"),
        ("— the brave army.", "brave army"),
        ("was a friend of the people in", "friend of the people"),
        ("brave army", "brave army"),
    ],
)
def test_trim_edges_takes_off_what_no_phrase_begins_or_ends_with(aligner, word_span, phrase, expected):
    text = f"See the {phrase} there"
    aligned = aligner(text)
    found = trim_edges(word_span(text, aligned, phrase, logit=1.5), text, aligned)
    assert found is not None
    assert found.span.of(text) == expected
    assert aligned.span_of(*found.bounds) == found.span
    assert found.logit == 1.5


def test_trim_edges_of_marks_alone_is_nothing(aligner):
    text = "well ... so"  # the span is the marks
    aligned = aligner(text)
    assert trim_edges(WordSpan(1, 4, CharSpan(5, 8), 0.0), text, aligned) is None
