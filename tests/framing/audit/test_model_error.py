"""The model's errors by outlet."""

import numpy as np
import pytest
from scipy.stats import beta

from rhetoric.framing.audit.model_error import AuditedArticles, error_inequality, outlet_error

N = 40


def audited(rng, sensitivity=0.7, specificity=0.95, n=N, prevalence=0.2, weights=None, is_pooled=True):
    """The articles of a simple random sample of one outlet."""
    sizes = rng.integers(10, 30, n)
    rates = np.clip(rng.normal(prevalence, 0.08, n), 0.01, 0.99)
    there = rng.binomial(sizes, rates)
    hits = rng.binomial(there, sensitivity)
    found = hits + rng.binomial(sizes - there, 1 - specificity)
    columns = [np.asarray(c, float) for c in (hits, found, there, found, sizes, there, sizes)]
    return AuditedArticles(np.ones(n) if weights is None else weights, *columns, is_pooled=is_pooled)


def test_shares_are_those_of_the_counts():
    articles = audited(np.random.default_rng(1))
    error = outlet_error("Echo", articles)
    assert error.sensitivity.value == pytest.approx(articles.hits.sum() / articles.there.sum())
    assert error.precision.value == pytest.approx(articles.hits.sum() / articles.found.sum())
    assert error.error.value == pytest.approx((articles.found.sum() - articles.there.sum()) / articles.below.sum())
    assert error.n_articles == N


def test_weights_count_articles_as_often_as_they_say():
    rng = np.random.default_rng(2)
    one = audited(rng, n=10)
    weights = np.where(np.arange(10) < 5, 1.0, 3.0)
    weighted = outlet_error("Echo", AuditedArticles(weights, *[getattr(one, f) for f in FIELDS], is_pooled=True))
    rows = np.repeat(np.arange(10), weights.astype(int))
    repeated = outlet_error(
        "Echo", AuditedArticles(np.ones(len(rows)), *[getattr(one, f)[rows] for f in FIELDS], is_pooled=True)
    )
    assert weighted.sensitivity.value == pytest.approx(repeated.sensitivity.value)
    assert weighted.error.value == pytest.approx(repeated.error.value)
    assert weighted.std_error > repeated.std_error


FIELDS = ("hits", "found", "there", "above", "below", "gold_above", "gold_below")


@pytest.mark.parametrize("is_pooled", [True, False])
def test_intervals_hold_the_truth(is_pooled):
    rng = np.random.default_rng(3)
    inside = np.zeros(3)
    truth = (0.7, 0.2 * 0.7 / (0.2 * 0.7 + 0.8 * 0.05), 0.8 * 0.05 - 0.2 * 0.3)
    for _ in range(250):
        error = outlet_error("Echo", audited(rng, is_pooled=is_pooled))
        figures = (error.sensitivity, error.precision, error.error)
        inside += [figure.low <= value <= figure.high for figure, value in zip(figures, truth, strict=True)]
    assert np.all(inside / 250 > 0.92)
    assert inside[2] / 250 < 0.98


def test_without_errors_the_intervals_still_have_a_width():
    columns = [np.full(12, value) for value in (2.0, 2.0, 2.0, 2.0, 20.0, 2.0, 20.0)]
    error = outlet_error("Echo", AuditedArticles(np.ones(12), *columns, is_pooled=True))
    assert (error.sensitivity.value, error.sensitivity.high) == (1.0, 1.0)
    assert error.sensitivity.low == pytest.approx(beta.ppf(0.025, 12, 1))
    assert error.error.value == 0.0
    assert error.error.high == pytest.approx(2.201 / 240, rel=1e-3)


def test_where_nothing_was_found_or_there_nothing_is_said():
    columns = [np.full(12, value) for value in (0.0, 0.0, 0.0, 0.0, 20.0, 0.0, 20.0)]
    error = outlet_error("Echo", AuditedArticles(np.ones(12), *columns, is_pooled=True))
    assert np.isnan([error.sensitivity.value, error.precision.value, error.sensitivity.low]).all()


def test_inequality_is_found_where_there_is_some():
    rng = np.random.default_rng(4)
    equal = [outlet_error(name, audited(rng, 0.7, n=200)) for name in "abcd"]
    unequal = [*equal[:3], outlet_error("d", audited(rng, 0.2, n=200))]
    assert error_inequality(equal).spread.low == 0
    found = error_inequality(unequal)
    assert found.spread.low > 0
    assert "d" in found.outlets
    assert found.difference.low > 0 or found.difference.high < 0


def test_inequality_interval_covers_the_spread():
    rng = np.random.default_rng(5)
    covered, n_runs, spread = 0, 60, 0.03
    for _ in range(n_runs):
        rates = np.clip(rng.normal(0.7, spread / 0.2, 8), 0, 1)
        found = error_inequality([outlet_error(str(i), audited(rng, rate, n=60)) for i, rate in enumerate(rates)])
        covered += found.spread.low <= spread <= found.spread.high
    assert covered / n_runs > 0.85


def test_inequality_of_one_outlet_is_none():
    assert error_inequality([outlet_error("a", audited(np.random.default_rng(6)))]) is None
