import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from rhetoric.errors import InputError
from rhetoric.metrics.classification import (
    Confusion,
    accuracy,
    best_threshold,
    class_confusions,
    confusion,
    label_confusions,
    macro_f1,
    micro_counts,
)

CLASSES = ("negative", "neutral", "positive")
SCORED = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.4, 0.7, 1.0]) | st.floats(-5, 5), st.booleans()), min_size=1
)


def test_confusion_by_hand():
    counted = confusion([1, 1, 0, 0, 1], [1, 0, 1, 0, 1])
    assert counted == Confusion(2, 1, 1, 1)
    assert (counted.n, counted.precision, counted.recall, counted.f1) == pytest.approx((5, 2 / 3, 2 / 3, 2 / 3))
    assert counted.accuracy == 0.6


def test_confusion_of_nothing():
    assert math.isnan(confusion([], []).accuracy)
    assert macro_f1({"a": Confusion()}) != macro_f1({"a": Confusion()})


def test_label_confusions_by_hand():
    found = label_confusions([[1, 0], [1, 1]], [[1, 0], [0, 1]], ("a", "b"))
    assert found == {"a": Confusion(1, 1, 0, 0), "b": Confusion(1, 0, 0, 1)}
    assert macro_f1(found) == pytest.approx((2 / 3 + 1) / 2)
    assert micro_counts(found.values()).f1 == pytest.approx(0.8)


def test_label_confusions_of_no_item():
    assert label_confusions([], [], ("a", "b")) == {"a": Confusion(), "b": Confusion()}


@pytest.mark.parametrize(("predicted", "gold"), [([[1, 0]], [[1, 0], [0, 1]]), ([[1, 0, 1]], [[1, 0, 1]])])
def test_label_confusions_refuse_other_shapes(predicted, gold):
    with pytest.raises(InputError, match="shape"):
        label_confusions(predicted, gold, ("a", "b"))


def test_unknown_labels_are_refused():
    with pytest.raises(InputError, match="not known"):
        confusion([1, 0], [1, -1])


@given(st.lists(st.tuples(st.sampled_from(CLASSES), st.sampled_from(CLASSES)), min_size=1))
def test_class_scores_agree_with_scikit_learn(rows):
    predicted, gold = map(list, zip(*rows, strict=True))
    confusions = class_confusions(predicted, gold)
    assert macro_f1(confusions) == pytest.approx(f1_score(gold, predicted, average="macro", zero_division=0))
    assert micro_counts(confusions.values()).f1 == pytest.approx(accuracy(predicted, gold))


def test_accuracy_refuses_different_lengths():
    with pytest.raises(InputError, match="one prediction for each"):
        accuracy(["a"], ["a", "b"])


@pytest.mark.parametrize(
    ("scores", "gold", "value", "f1"),
    [
        pytest.param([0.1, 0.2, 0.6, 0.8], [0, 0, 1, 1], 0.4, 1.0, id="half-way between the two sides"),
        pytest.param([0.1, 0.2, 0.3], [0, 1, 0], 0.15, 2 / 3, id="better too many than none"),
        pytest.param([0.3, 0.3, 0.3], [1, 0, 0], 0.3, 0.5, id="equal scores stay together"),
        pytest.param([0.9, 0.1], [0, 0], 0.5, 0.0, id="no positive: the prior"),
        pytest.param([], [], 0.5, 1.0, id="nothing: the prior"),
        pytest.param([0.7], [1], 0.7, 1.0, id="one item"),
    ],
)
def test_best_threshold_by_hand(scores, gold, value, f1):
    found = best_threshold(scores, gold)
    assert found.value == found.best == pytest.approx(value)
    assert found.f1 == pytest.approx(f1)
    assert found.n_positives == sum(gold)


def test_of_equally_good_thresholds_the_one_nearest_to_the_prior_is_taken():
    scores, gold = [0.9, 0.7, 0.5, 0.3], [1, 0, 0, 1]
    assert best_threshold(scores, gold, prior=0.75).value == pytest.approx(0.8)
    assert best_threshold(scores, gold, prior=0.2).value == pytest.approx(0.3)


@pytest.mark.parametrize(("shrinkage", "value"), [(0, 0.2), (2, 0.35), (6, 0.425)])
def test_shrinkage_draws_few_positives_to_the_prior(shrinkage, value):
    found = best_threshold([0.1, 0.1, 0.3, 0.3], [0, 0, 1, 1], prior=0.5, shrinkage=shrinkage)
    assert found.value == pytest.approx(value)
    assert found.best == pytest.approx(0.2)


@given(SCORED)
def test_no_threshold_is_better_than_the_best(rows):
    scores, gold = (np.array(column) for column in zip(*rows, strict=True))
    found = best_threshold(scores, gold)
    if found.n_positives:
        assert found.f1 == pytest.approx(max(confusion(scores >= t, gold).f1 for t in scores))


@given(SCORED, st.randoms(use_true_random=False))
def test_best_threshold_does_not_depend_on_order(rows, random):
    before = best_threshold(*zip(*rows, strict=True))
    random.shuffle(rows)
    assert best_threshold(*zip(*rows, strict=True)) == before


def test_best_threshold_separates_neighbouring_floats():
    low = 0.5
    high = float(np.nextafter(low, 1))
    assert best_threshold([low, high], [0, 1]).f1 == 1.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0.1, math.nan], [0, 1]), "not finite"),
        (([0.1], [0, 1]), "shape"),
        (([0.1], [1], 0.5, -1), "shrinkage"),
    ],
)
def test_best_threshold_refuses(arguments, message):
    with pytest.raises(InputError, match=message):
        best_threshold(*arguments)
