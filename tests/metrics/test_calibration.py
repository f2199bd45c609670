import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from rhetoric.errors import InputError, ModelError
from rhetoric.metrics.calibration import (
    Bin,
    PlattScaling,
    brier_score,
    expected_calibration_error,
    fit_platt,
    reliability,
)

PROBABILITIES = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1)
LOGITS = st.lists(st.tuples(st.floats(-30, 30, width=32), st.booleans()), min_size=1)
BINNINGS = ("width", "mass")


def columns(rows):
    return zip(*rows, strict=True)


def test_reliability_by_hand():
    bins = reliability([0.0, 0.2, 0.5, 0.9, 1.0], [0, 1, 0, 1, 1], n_bins=2)
    assert bins[0] == Bin(0.0, 0.5, 3, pytest.approx(0.7 / 3), pytest.approx(1 / 3))
    assert bins[1] == Bin(0.5, 1.0, 2, pytest.approx(0.95), 1.0)


def test_upper_edges_belong_to_their_bin():
    edges = [i / 10 for i in range(1, 11)]
    assert [b.n for b in reliability(edges, [0] * 10, n_bins=10)] == [1] * 10


def test_mass_bins_have_equal_numbers_unless_probabilities_are_equal():
    assert [b.n for b in reliability([0.01, 0.02, 0.03, 0.04], [0] * 4, 2, "mass")] == [2, 2]
    assert [b.n for b in reliability([0.01, 0.3, 0.3, 0.3], [0] * 4, 2, "mass")] == [4]
    assert [b.n for b in reliability([0.01, 0.02, 0.3, 0.3], [0] * 4, 4, "mass")] == [1, 1, 2]


def test_calibration_error_by_hand():
    assert expected_calibration_error([0.8] * 5, [1, 1, 1, 1, 0]) == pytest.approx(0.0)
    assert expected_calibration_error([0.9, 0.9, 0.1, 0.1], [1, 0, 0, 0], n_bins=10) == pytest.approx(0.25)


def test_brier_score_by_hand():
    assert brier_score([0.8, 0.4], [1, 0]) == pytest.approx((0.04 + 0.16) / 2)


def test_nothing_has_no_calibration():
    assert reliability([], []) == ()
    assert math.isnan(expected_calibration_error([], []))
    assert math.isnan(brier_score([], []))


@pytest.mark.parametrize("binning", BINNINGS)
@given(rows=PROBABILITIES, n_bins=st.integers(1, 20))
def test_bins_hold_every_item_once_and_their_mean(binning, rows, n_bins):
    values, gold = columns(rows)
    bins = reliability(values, gold, n_bins, binning)
    assert sum(b.n for b in bins) == len(rows)
    assert sum(b.n * b.mean for b in bins) == pytest.approx(sum(values))
    assert sum(b.n * b.rate for b in bins) == pytest.approx(sum(gold))
    assert all(b.low - 1e-12 <= b.mean <= b.high + 1e-12 for b in bins)


@pytest.mark.parametrize("binning", BINNINGS)
@given(rows=PROBABILITIES, random=st.randoms(use_true_random=False))
def test_calibration_error_is_a_share_and_does_not_depend_on_order(binning, rows, random):
    before = expected_calibration_error(*columns(rows), binning=binning)
    assert 0 <= before <= 1 + 1e-12
    random.shuffle(rows)
    assert expected_calibration_error(*columns(rows), binning=binning) == pytest.approx(before)


@pytest.mark.parametrize(("values", "gold"), [([1.2], [1]), ([-0.1], [0]), ([0.5], [1, 0]), ([math.nan], [1])])
def test_what_is_no_probability_is_refused(values, gold):
    with pytest.raises(InputError):
        expected_calibration_error(values, gold)


def test_no_bins_are_refused():
    with pytest.raises(InputError, match="0 bins"):
        reliability([0.5], [1], n_bins=0)


def test_platt_scaling_by_hand():
    assert PlattScaling(2.0, -1.0).apply([0.5, 1.0]) == pytest.approx([0.5, 1 / (1 + math.exp(-1))])
    assert PlattScaling().apply([[-1e6, 1e6]]).tolist() == [[0.0, 1.0]]


def test_one_item_gets_its_smoothed_target():
    assert fit_platt([3.0], [1]).apply([3.0]) == pytest.approx([2 / 3])
    assert fit_platt([0.0, 0.0], [0, 0]).apply([0.0]) == pytest.approx([1 / 4])


def test_two_items_told_apart_get_their_smoothed_targets():
    assert fit_platt([-2.0, 2.0], [0, 1]).apply([-2.0, 2.0]) == pytest.approx([1 / 3, 2 / 3])


def test_fit_platt_finds_the_scaling_behind_the_data():
    rng = np.random.default_rng(7)
    logits = rng.normal(0, 3, 40_000)
    gold = rng.random(logits.size) < PlattScaling(0.5, -1.0).apply(logits)
    fitted = fit_platt(logits, gold)
    assert (fitted.a, fitted.b) == pytest.approx((0.5, -1.0), abs=0.05)
    raw, scaled = PlattScaling().apply(logits), fitted.apply(logits)
    assert expected_calibration_error(scaled, gold) < 0.01 < expected_calibration_error(raw, gold)
    assert brier_score(scaled, gold) < brier_score(raw, gold)


@given(LOGITS)
def test_fit_platt_is_as_good_as_a_general_optimiser(rows):
    logits, gold = (np.array(column, float) for column in columns(rows))
    n_positive, n_negative = gold.sum(), (1 - gold).sum()
    targets = np.where(gold == 1, (n_positive + 1) / (n_positive + 2), 1 / (n_negative + 2))

    def loss(at):
        z = at[0] * logits + at[1]
        return float((np.logaddexp(0, z) - targets * z).sum())

    fitted = fit_platt(logits, gold)
    general = minimize(loss, [0.0, 0.0], method="Nelder-Mead", options={"maxiter": 400})
    assert loss((fitted.a, fitted.b)) <= general.fun + 1e-6


@given(LOGITS)
def test_mean_probability_is_the_mean_target(rows):
    logits, gold = (np.array(column, float) for column in columns(rows))
    n_positive, n_negative = gold.sum(), (1 - gold).sum()
    expected = n_positive * (n_positive + 1) / (n_positive + 2) + n_negative / (n_negative + 2)
    assert fit_platt(logits, gold).apply(logits).sum() == pytest.approx(expected, abs=1e-4)


def test_fit_platt_of_nothing_is_the_plain_sigmoid():
    assert fit_platt([], []) == PlattScaling()


def test_fit_platt_refuses_infinite_logits():
    with pytest.raises(InputError, match="not finite"):
        fit_platt([math.inf, 0.0], [1, 0])


def test_platt_scaling_survives_json():
    scaling = fit_platt([-1.0, 0.3, 2.0], [0, 1, 1])
    assert PlattScaling.from_dict(json.loads(json.dumps(scaling.to_dict()))) == scaling


@pytest.mark.parametrize(
    "content", [{}, {"a": 1.0}, {"a": 1, "b": 2, "c": 3}, {"a": "1", "b": 2}, {"a": 1, "b": math.nan}]
)
def test_other_calibrations_are_refused(content):
    with pytest.raises(ModelError, match="expected finite numbers a and b"):
        PlattScaling.from_dict(content)
