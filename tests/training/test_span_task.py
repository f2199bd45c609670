"""Stretches as a new head is to learn them: tags, weights, and which logits are better."""

import numpy as np
import pytest

from rhetoric.annotation import CharSpan
from rhetoric.runtime import load_network
from rhetoric.runtime.added import AddedHead
from rhetoric.training.lessons import Lesson
from rhetoric.training.marked import MarkedText
from rhetoric.training.passages import read_passages, read_uncoded
from rhetoric.training.span_task import SpanTask

TEXTS = ["The mayor lied to us.", "It rained all day."]


@pytest.fixture(scope="module")
def aligner(tiny_model):
    return load_network(tiny_model).aligner


@pytest.fixture(scope="module")
def task():
    marks = [{"a": ((CharSpan(4, 14),),), "b": ((CharSpan(18, 20),),)}, {"a": ((),)}]
    marked = [MarkedText(str(i), t, m, 1, str(i)) for i, (t, m) in enumerate(zip(TEXTS, marks, strict=True))]
    return SpanTask(AddedHead("own", "span", ("a", "b")), marked)


@pytest.fixture(scope="module")
def lessons(task, aligner):
    passages = [p for i, text in enumerate(TEXTS) for p in read_passages([text], [i], aligner)]
    return [Lesson(p, *task.gold(p), {}) for p in passages]


def test_gold_is_a_tag_for_each_word_and_label(lessons):
    assert lessons[0].gold.T.tolist() == [[0, 1, 2, 0, 0, 0], [0, 0, 0, 0, 1, 0]]
    assert lessons[0].bounds.tolist() == [[i] for i in range(6)]
    assert not lessons[1].gold.any()


def test_nothing_is_asked_of_a_passage_that_nobody_marked(task, aligner):
    (passage,) = read_uncoded(TEXTS[0], aligner)
    bounds, gold = task.gold(passage)
    assert (bounds.shape, gold.shape) == ((0, 1), (0, 2))


def test_rare_tags_count_more_by_the_root_of_how_rare_they_are(task, lessons):
    weights = task.weights((), lessons).positive
    counts = np.array([[9, 1, 1], [10, 1, 1]])  # what never was counts as if it was once
    np.testing.assert_allclose(weights, np.sqrt(11 / (3 * counts)), rtol=1e-6)


def logits_of(lesson, gold, strength):
    """Logits that say `gold`; the more strength, the surer."""
    return np.eye(3, dtype=np.float32)[gold].reshape(len(lesson.bounds), -1) * strength


def test_better_logits_are_better_wherever_they_are_to_be_cut(task, lessons):
    right = [logits_of(one, one.gold, 4.0) for one in lessons]
    assert task.quality(lessons, right) == 1.0
    shy = [logits + np.tile([4.5, 0.0, 0.0], 2).astype(np.float32) for logits in right]
    assert task.quality(lessons, shy) == 1.0
    half = [logits_of(one, np.where([[1, 0]], one.gold, 0), 4.0) for one in lessons]
    assert task.quality(lessons, half) == 0.5
