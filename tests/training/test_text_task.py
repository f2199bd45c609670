"""Labels of texts as a new head is to learn them: what counts how much, and which logits are better."""

import numpy as np
import pytest

from rhetoric.runtime import load_network
from rhetoric.runtime.added import AddedHead
from rhetoric.training.coding import CodedUnit
from rhetoric.training.lessons import Lesson
from rhetoric.training.passages import read_passages
from rhetoric.training.text_task import MAX_WEIGHT, TextTask

GOLD = np.array([[1.0], [1.0], [0.0], [0.0], [0.0], [0.5]], np.float32)


def units(*shares):
    return [CodedUnit(str(i), f"Text {i}.", {k: v for k, v in s.items() if v}, str(i)) for i, s in enumerate(shares)]


def task_of(*shares, labels=("a",), is_exclusive=False, unit="sentence"):
    return TextTask(AddedHead("own", unit, labels, is_exclusive), units(*shares))


def lesson(gold):
    return Lesson(None, np.zeros((len(gold), 2), np.int64), gold, {})


def test_both_sides_of_a_label_count_the_same():
    task = task_of(*[{"a": 1.0}] * 2, *[{}] * 6)
    found = task.weights(range(8), ())
    assert found.positive * 2 == pytest.approx(found.negative * 6)
    assert found.positive.tolist() == [2.0]


def test_exclusive_labels_count_the_same():
    task = task_of(*[{"a": 1.0}] * 1, *[{"b": 1.0}] * 3, labels=("a", "b"), is_exclusive=True)
    assert task.weights(range(4), ()).positive.tolist() == pytest.approx([2.0, 2 / 3])


def test_only_texts_to_train_on_count():
    task = task_of(*[{"a": 1.0}] * 4, *[{}] * 4)
    assert task.weights([0, 4, 5, 6], ()).positive.tolist() == [2.0]


def test_rare_labels_do_not_count_without_end():
    task = task_of({"a": 1.0}, *[{}] * 99)
    assert task.weights(range(100), ()).positive.tolist() == [MAX_WEIGHT]


@pytest.mark.parametrize(("unit", "expected"), [("sentence", True), ("paragraph", False), ("article", False)])
def test_sentences_alone_are_read_in_company(unit, expected):
    assert task_of({"a": 1.0}, unit=unit).in_company is expected


def test_gold_is_that_of_the_texts_in_a_passage(tiny_model):
    task = task_of({"a": 1.0}, {"a": 0.5}, {"b": 1.0}, labels=("a", "b"))
    (passage,) = read_passages([task.texts[2], task.texts[1]], [2, 1], load_network(tiny_model).aligner)
    bounds, gold = task.gold(passage)
    assert gold.tolist() == [[0.0, 1.0], [0.5, 0.0]]
    assert bounds.tolist() == passage.bounds.tolist()


@pytest.mark.parametrize("is_exclusive", [False, True])
def test_better_logits_are_better_and_calibration_does_not_matter(is_exclusive):
    gold = np.concatenate([GOLD, 1 - GOLD], axis=1)
    labels = ("a", "b")
    task = task_of(*[{"a": 1.0}] * 6, labels=labels, is_exclusive=is_exclusive)
    good = np.where(gold > 0.4, 1.0, -1.0).astype(np.float32) + np.float32(0.3) * np.array(
        [[1], [-2], [2], [0], [1], [0]]
    )
    bad = good * [[1, 1], [-1, -1], [1, 1], [-1, -1], [1, 1], [1, 1]]

    def quality(logits):
        return task.quality([lesson(gold[:2]), lesson(gold[2:])], [logits[:2], logits[2:]])

    assert quality(good.astype(np.float32)) > quality(bad.astype(np.float32))
    scaled = good * 2.0 + (0.0 if is_exclusive else 3.0)
    assert quality(scaled.astype(np.float32)) == pytest.approx(quality(good.astype(np.float32)), abs=0.02)
