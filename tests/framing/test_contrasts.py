from dataclasses import replace

import numpy as np
import pytest

from rhetoric.framing.contrasts import combine, contrast, contrast_with_rest, correlation_of, covariance_of
from rhetoric.framing.correction import estimate_ppi
from rhetoric.framing.estimates import RatioSample, Refusal, estimate_plain
from tests.framing.audited import outlet


def symmetric(n, centre, scale):
    """Values without skewness, so that intervals are Student's."""
    return np.concatenate([centre + scale * np.arange(1.0, n + 1), centre - scale * np.arange(1.0, n + 1)])


def rate_of(values, clusters=None):
    return estimate_plain(RatioSample(values, np.ones(len(values)), clusters))


def test_difference_of_means_is_the_test_of_welch():
    stats = pytest.importorskip("scipy.stats")
    one, other = symmetric(8, 40.0, 2.0), symmetric(11, 43.0, 0.5)
    found = contrast(rate_of(one), rate_of(other))
    expected = stats.ttest_ind(one, other, equal_var=False)
    assert found.estimate == pytest.approx(-3)
    assert found.p_value == pytest.approx(expected.pvalue)
    assert found.df == pytest.approx(expected.df)
    low, high = expected.confidence_interval(0.95)
    assert found.interval() == pytest.approx((low, high))
    assert (found.n_articles, found.n_audited, found.estimator) == (38, 0, "plain")


def test_rest_is_the_mean_of_the_other_groups_whatever_their_size():
    rates = [rate_of(symmetric(n, centre, 1.0)) for n, centre in ((8, 20.0), (30, 26.0), (9, 30.0))]
    found = contrast_with_rest(rates, 0)
    assert found.estimate == pytest.approx(20 - 28)
    variances = [r.std_error**2 for r in rates]
    assert found.std_error == pytest.approx(np.sqrt(variances[0] + (variances[1] + variances[2]) / 4))
    assert found.n_articles == 94


def test_skewness_that_groups_share_cancels_and_that_of_one_stays():
    values = np.append(np.ones(14), 40.0)
    skewed, even = rate_of(values), rate_of(symmetric(20, 60.0, 0.1))
    assert contrast(skewed, rate_of(values + 1)).stretch == pytest.approx(1)
    assert contrast(skewed, even).stretch == pytest.approx(skewed.stretch, abs=0.05)
    assert skewed.stretch > 1.1


def test_refusals_pass_through():
    rate, refusal = rate_of(symmetric(8, 20.0, 1.0)), Refusal("too few")
    assert contrast(rate, refusal) is refusal
    assert contrast_with_rest([rate, rate, refusal], 0) is refusal
    assert isinstance(contrast_with_rest([rate], 0), Refusal)


def test_groups_on_the_same_stories_are_compared_within_them():
    rng = np.random.default_rng(1)
    stories = rng.normal(0, 5, 60)
    one, other = 50 + stories + rng.normal(0, 1, 60), 51 + stories + rng.normal(0, 1, 60)
    names = np.arange(60)
    paired = contrast(rate_of(one, names), rate_of(other, names))
    blind = contrast(rate_of(one), rate_of(other))
    assert paired.estimate == pytest.approx(blind.estimate)
    assert paired.std_error == pytest.approx((one - other).std(ddof=1) / np.sqrt(60))
    assert paired.std_error < 0.4 * blind.std_error
    apart = contrast(rate_of(one, names), rate_of(other, names + 60))
    assert apart.std_error == pytest.approx(blind.std_error)


def test_corrected_groups_share_stories_too():
    rng = np.random.default_rng(2)
    a, b = outlet(rng, n_audited=30)[0], outlet(rng, n_audited=30)[0]
    apart = contrast(estimate_ppi(a), estimate_ppi(b))
    assert apart.n_audited == 60
    names = np.arange(200)
    same = contrast(estimate_ppi(replace(a, clusters=names)), estimate_ppi(replace(a, clusters=names)))
    assert isinstance(same, Refusal)
    other = contrast(estimate_ppi(replace(a, clusters=names)), estimate_ppi(replace(b, clusters=names + 200)))
    assert other.std_error == pytest.approx(apart.std_error)


def test_covariances_and_correlations():
    rng = np.random.default_rng(3)
    values = rng.normal(20, 1, (3, 40))
    rates = [rate_of(values[0], np.arange(40)), rate_of(values[1], np.arange(20, 60)), rate_of(values[2])]
    covariance = covariance_of(rates)
    a, b = values[0] - values[0].mean(), values[1] - values[1].mean()
    assert covariance[0, 1] == pytest.approx(a[20:] @ b[:20] / 40**2 * 40 / 39)
    assert covariance[0, 2] == covariance[1, 2] == 0
    assert np.diag(covariance) == pytest.approx([r.std_error**2 for r in rates])
    shares = np.array([[1.0, -1.0, 0.0], [1.0, 0.0, -1.0]])
    correlation = correlation_of(rates, shares)
    joint = shares @ covariance @ shares.T
    assert correlation[0, 1] == pytest.approx(joint[0, 1] / np.sqrt(joint[0, 0] * joint[1, 1]))
    assert combine(rates, shares[0]).std_error == pytest.approx(np.sqrt(joint[0, 0]))


def test_identical_outlets_differ_by_chance_alone():
    rng = np.random.default_rng(4)
    found = [
        contrast(
            estimate_ppi(outlet(rng, n_audited=20, sensitivity=0.75)[0]),
            estimate_ppi(outlet(rng, n_audited=20, sensitivity=0.6)[0]),
        ).p_value
        for _ in range(500)
    ]
    assert 0.02 < np.mean(np.array(found) < 0.05) < 0.08
    assert 0.15 < np.mean(np.array(found) < 0.2) < 0.25
