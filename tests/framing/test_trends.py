from dataclasses import replace

import numpy as np
import pytest

from rhetoric.framing.estimates import RatioSample, Refusal
from rhetoric.framing.trends import trend
from tests.framing.audited import sample_of


def test_trend_is_least_squares_in_the_unit_of_time():
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(1)
    days, below = rng.uniform(19000, 20000, 60), rng.integers(5, 30, 60).astype(float)
    above = rng.binomial(below.astype(int), 0.3).astype(float)
    found = trend(RatioSample(above, below), days)
    fit = sm.WLS(above / below, np.column_stack([days - 19500, np.ones(60)]), weights=below).fit(cov_type="HC2")
    assert found.estimate == pytest.approx(fit.params[0], rel=1e-6)
    assert found.std_error == pytest.approx(fit.bse[0], rel=1e-6)
    assert trend(RatioSample(above, below), days / 365).estimate == pytest.approx(found.estimate * 365, rel=1e-9)


def test_articles_without_a_date_are_left_out():
    rng = np.random.default_rng(2)
    days, above = np.arange(30.0), rng.poisson(5, 30).astype(float)
    sample = RatioSample(above, np.full(30, 10.0))
    more = RatioSample(np.append(above, [90.0, 4.0]), np.full(32, 10.0))
    assert trend(more, np.append(days, [np.nan, np.nan])) == trend(sample, days)


def test_articles_of_one_story_count_once():
    rng = np.random.default_rng(3)
    days, above = np.arange(40.0), rng.poisson(5, 40).astype(float)
    one = trend(RatioSample(above, np.full(40, 10.0)), days)
    twice = trend(RatioSample(np.tile(above, 2), np.full(80, 10.0), np.tile(np.arange(40), 2)), np.tile(days, 2))
    assert twice.estimate == pytest.approx(one.estimate)
    assert twice.std_error == pytest.approx(one.std_error)


def test_a_model_that_gets_worse_makes_no_trend_once_corrected():
    rng = np.random.default_rng(4)
    days, sizes = np.linspace(0, 1, 600), np.full(600, 20)
    truth = rng.binomial(sizes, 0.3)
    found = rng.binomial(truth, 0.9 - 0.6 * days)
    sample = sample_of(truth, found, sizes, np.arange(600) % 5 == 0)
    plain = trend(replace(sample, gold_numerator=None, gold_denominator=None), days)
    corrected = trend(sample, days)
    assert plain.p_value < 1e-6
    assert abs(corrected.estimate) < 2.5 * corrected.std_error
    assert corrected.n_audited == 120


@pytest.mark.parametrize(
    "times", [np.append(np.arange(9.0), np.full(11, np.nan)), np.tile([1.0, 2.0], 10), np.full(20, 5.0)]
)
def test_trend_needs_articles_and_times(times):
    found = trend(RatioSample(np.arange(20.0), np.ones(20)), times)
    assert isinstance(found, Refusal)
    assert "with a date" in found.reason
