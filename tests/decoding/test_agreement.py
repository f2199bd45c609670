"""Loaded words and loaded sentences: each is judged together with the other."""

import pytest

from rhetoric.annotation import Sentence, Span
from rhetoric.decoding.agreement import LOADED, agree
from rhetoric.metrics.pooling import LogPool

POOL = LogPool()
SENTENCES = (Sentence(0, 20), Sentence(21, 40))


def span(start, end, score):
    return Span(start, end, "name_calling", score)


def scores(*loaded):
    return [{"attribution": 0.3, LOADED: value} for value in loaded]


def test_agree_pools_a_sentence_with_its_strongest_span():
    joined, _ = agree(SENTENCES, scores(0.2, 0.6), [span(0, 4, 0.5), span(5, 9, 0.8)], POOL, 0.0)
    assert [one[LOADED] for one in joined] == pytest.approx([0.5, POOL.apply(0.6, 0.0)])
    assert [one["attribution"] for one in joined] == [0.3, 0.3]
    assert [list(one) for one in joined] == [["attribution", LOADED]] * 2


def test_agree_takes_the_pool_that_it_is_given():
    joined, _ = agree(SENTENCES, scores(0.2, 0.6), [span(0, 4, 0.5)], LogPool.of_one(0), 0.0)
    assert [one[LOADED] for one in joined] == pytest.approx([0.2, 0.6])


def test_agree_keeps_the_spans_that_reach_the_least_with_their_sentence():
    spans = [span(0, 4, 0.5), span(5, 9, 0.85), span(25, 30, 0.5)]
    _, kept = agree(SENTENCES, scores(0.2, 0.6), spans, POOL, 0.5)
    assert kept == [spans[1], spans[2]]


def test_agree_without_a_least_keeps_all():
    spans = [span(0, 4, 0.01), span(25, 30, 0.01)]
    assert agree(SENTENCES, scores(0.0, 0.0), spans, POOL, 0.0)[1] == spans


def test_agree_puts_a_span_of_two_sentences_to_the_one_with_most_of_it():
    joined, _ = agree(SENTENCES, scores(0.0, 0.0), [span(18, 30, 0.8)], POOL, 0.0)
    assert [one[LOADED] for one in joined] == pytest.approx([POOL.apply(0.0, 0.0), POOL.apply(0.0, 0.8)])


def test_agree_changes_nothing_of_a_model_without_the_label():
    given, spans = [{"attribution": 0.3}] * 2, [span(0, 4, 0.1)]
    assert agree(SENTENCES, given, spans, POOL, 0.9) == (given, spans)


def test_agree_leaves_what_came_as_it_was():
    given = scores(0.2, 0.6)
    agree(SENTENCES, given, [span(0, 4, 0.9)], POOL, 0.0)
    assert given == scores(0.2, 0.6)


def test_agree_of_nothing_is_nothing():
    assert agree((), [], [], POOL, 0.5) == ([], [])
