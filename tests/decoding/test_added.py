"""Added heads decoded: one label or several, calibrated, and only from their own matrix."""

import numpy as np
import pytest

from rhetoric.annotation import CharSpan
from rhetoric.decoding.added import AddedDecoder
from rhetoric.decoding.rules import DecisionRules
from rhetoric.metrics.calibration import PlattScaling
from rhetoric.runtime import NumpyHeads
from rhetoric.runtime.added import AddedHead

SMEAR = AddedHead("smears", "sentence", ("smear", "praise"))
TONE = AddedHead("tone", "sentence", ("calm", "shrill"), is_exclusive=True)
CALLS = AddedHead("calls", "span", ("call",))
ROLES = AddedHead("roles", "target", ("hero", "villain"), is_exclusive=True)


def arrays(head, weight, bias=None):
    weight = np.array(weight, np.float32)
    return {f"{head.weight}.weight": weight, f"{head.weight}.bias": np.array(bias or [0.0] * len(weight), np.float32)}


@pytest.fixture
def decoder():
    heads = NumpyHeads(
        arrays(SMEAR, [[1, 0], [0, 1]]) | arrays(TONE, [[1, 0], [0, 1]], [0.5, 0.0])
        | arrays(CALLS, [[-9], [9], [0]], [0.0, -4.5, -9.0]) | arrays(ROLES, np.eye(2, 3))
    )  # fmt: skip
    thresholds = {"sentence": {"smear": 0.6, "praise": 0.5}, "span": {"call": 0.5}}
    calibration = {"sentence": {"smear": PlattScaling(2.0, 0.0)}}
    return AddedDecoder(heads, (SMEAR, TONE, CALLS, ROLES), DecisionRules(thresholds, calibration, {"tone": 0.5}))


def test_scores_are_calibrated_by_label_and_softened_by_head(decoder):
    (found,) = decoder.scores("sentence", np.array([[1.0, 0.0]], np.float32))
    assert found["smear"] == pytest.approx(1 / (1 + np.exp(-2.0)))
    assert found["praise"] == pytest.approx(0.5)
    assert found["calm"] == pytest.approx(1 / (1 + np.exp(-3.0)), rel=1e-5)
    assert found["calm"] + found["shrill"] == pytest.approx(1.0, rel=1e-5)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({"smear": 0.61, "praise": 0.2, "calm": 0.4, "shrill": 0.6}, ["smear", "shrill"]),
        ({"smear": 0.59, "praise": 0.5, "calm": 0.6, "shrill": 0.4}, ["praise", "calm"]),
    ],
)
def test_chosen_takes_all_above_threshold_and_the_best_of_an_exclusive_head(decoder, scores, expected):
    assert decoder.chosen("sentence", scores) == expected


def test_units_without_a_head_have_no_scores(decoder):
    assert decoder.scores("paragraph", np.zeros((2, 2), np.float32)) == [{}, {}]
    assert decoder.chosen("article", {}) == []


def test_spans_are_those_of_the_head(decoder, aligner):
    found = decoder.spans(np.array([[0], [1], [0]], np.float32), aligner("We act now"))
    assert [(s.of("We act now"), s.label, s.layer) for s in found] == [("act", "call", "technique")]
    assert 0.5 < found[0].score < 1.0


def test_target_codes_are_there_for_mentions_with_words(decoder, aligner):
    words = np.array([[2.0], [0.0], [0.0]], np.float32)
    one, none = decoder.target_codes(words, aligner("We act now"), [CharSpan(0, 2), CharSpan(2, 3)])
    assert one["hero"] + one["villain"] == pytest.approx(1.0)
    assert none == {}
