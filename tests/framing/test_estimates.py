import numpy as np
import pytest

from rhetoric.errors import InputError
from rhetoric.framing.estimates import Estimate, RatioSample, Refusal, estimate_plain


def counts(seed, n=50):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(5, 60, n).astype(float)
    return rng.binomial(sizes.astype(int), 0.2).astype(float), sizes


def test_plain_ratio_is_a_weighted_mean_with_the_errors_of_hc2():
    sm = pytest.importorskip("statsmodels.api")
    above, below = counts(1)
    found = estimate_plain(RatioSample(above, below))
    fit = sm.WLS(above / below, np.ones(50), weights=below).fit(cov_type="HC2")
    assert found.value == pytest.approx(above.sum() / below.sum(), abs=1e-12)
    assert found.value == pytest.approx(fit.params[0], abs=1e-12)
    assert found.std_error == pytest.approx(fit.bse[0], rel=1e-9)


def test_plain_ratio_by_the_textbook_with_equal_sizes():
    above = np.arange(1.0, 13.0)
    found = estimate_plain(RatioSample(above, np.full(12, 4.0)))
    assert found.value == pytest.approx(above.mean() / 4)
    assert found.std_error == pytest.approx(above.std(ddof=1) / 4 / np.sqrt(12))
    assert found.df == pytest.approx(11)
    assert (found.n_articles, found.n_audited, found.estimator, found.power) == (12, 0, "plain", 1.0)


def test_degrees_of_freedom_fall_with_unequal_sizes():
    above = np.arange(1.0, 13.0)
    below = np.where(np.arange(12) < 2, 100.0, 10.0)
    assert estimate_plain(RatioSample(above, below)).df < 4


def test_interval_of_a_symmetric_sample_is_that_of_student():
    stats = pytest.importorskip("scipy.stats")
    values = np.concatenate([5 + np.arange(1.0, 8.0), 5 - np.arange(1.0, 8.0)]) + 4
    found = estimate_plain(RatioSample(values, np.ones(14)))
    low, high = stats.t.interval(0.9, 13, values.mean(), stats.sem(values))
    assert found.stretch == pytest.approx(1)
    assert found.interval(0.9) == pytest.approx((low, high))


def test_interval_of_a_skewed_sample_is_wider_whichever_way_it_is_skewed():
    values = np.array([1.0] * 11 + [30.0])
    right = estimate_plain(RatioSample(values, np.ones(12)))
    left = estimate_plain(RatioSample(40 - values, np.ones(12)))
    assert right.std_error == pytest.approx(left.std_error)
    assert right.stretch == pytest.approx(left.stretch)
    assert 1.05 < right.stretch < 1.5


def test_stories_are_the_unit_where_there_are_any():
    above, below = counts(2)
    twice = RatioSample(np.tile(above, 2), np.tile(below, 2), np.tile(np.arange(50), 2))
    once = estimate_plain(RatioSample(above, below))
    found = estimate_plain(twice)
    assert found.value == pytest.approx(once.value)
    assert found.std_error == pytest.approx(once.std_error)
    assert found.df == pytest.approx(once.df)
    assert found.n_articles == 100
    assert estimate_plain(RatioSample(twice.numerator, twice.denominator)).std_error < 0.8 * found.std_error


def test_mean_of_values_leaves_out_articles_without_one():
    above, below = np.append(np.arange(12.0), 0.0), np.append(np.full(12, 3.0), 0.0)
    found = estimate_plain(RatioSample(above, below, estimand="mean"))
    values = np.arange(12.0) / 3
    assert found.value == pytest.approx(values.mean())
    assert found.std_error == pytest.approx(values.std(ddof=1) / np.sqrt(12))


def test_mean_and_pooled_differ_where_long_articles_have_more():
    above, below = np.repeat([1.0, 30.0], 10), np.repeat([10.0, 60.0], 10)
    above = above + np.tile([0.0, 1.0], 10)
    assert estimate_plain(RatioSample(above, below)).value > 0.4
    assert estimate_plain(RatioSample(above, below, estimand="mean")).value == pytest.approx(
        (above / below).mean(), abs=1e-12
    )


def test_articles_for_which_a_measure_is_not_defined_are_left_out():
    above, below = counts(3)
    found = estimate_plain(RatioSample(np.append(above, [np.nan, 4.0]), np.append(below, [9.0, np.nan])))
    assert found == estimate_plain(RatioSample(above, below))


@pytest.mark.parametrize(
    ("sample", "reason"),
    [
        (RatioSample(np.ones(9), np.ones(9)), "9 articles: expected at least 10"),
        (RatioSample(np.ones(30), np.ones(30), np.arange(30) // 5), "6 stories: expected at least 10"),
        (RatioSample(np.zeros(12), np.zeros(12)), "the denominator is 0 in all articles"),
        (RatioSample(np.append(np.zeros(20), np.ones(4)), np.ones(24)), "4 articles have any: expected at least 10"),
        (RatioSample(np.ones(12), np.ones(12)), "all articles agree"),
        (RatioSample(np.full(12, np.nan), np.ones(12)), "0 articles: expected"),
    ],
)
def test_plain_refuses_what_cannot_be_said(sample, reason):
    found = estimate_plain(sample)
    assert isinstance(found, Refusal)
    assert reason in found.reason


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"denominator": np.ones(3)}, "one value an article"),
        ({"gold_numerator": np.ones(4)}, "give both"),
        ({"gold_numerator": np.ones(4), "gold_denominator": np.ones(4), "weights": np.zeros(4)}, "no positive number"),
        ({"gold_numerator": np.ones(4), "gold_denominator": np.ones(4), "weights": np.full(4, np.nan)}, "no positive"),
    ],
)
def test_sample_refuses_arrays_that_do_not_belong_together(change, message):
    with pytest.raises(InputError, match=message):
        RatioSample(**{"numerator": np.ones(4), "denominator": np.ones(4)} | change)


def test_infinite_numbers_are_refused():
    with pytest.raises(InputError, match="infinite"):
        estimate_plain(RatioSample(np.append(np.ones(20), np.inf), np.ones(21)))


def test_intervals_cover_what_they_should():
    rng = np.random.default_rng(5)
    hits = []
    for _ in range(800):
        rates = rng.beta(2, 8, 40)
        sizes = rng.integers(5, 40, 40)
        found = estimate_plain(RatioSample(rng.binomial(sizes, rates).astype(float), sizes.astype(float)))
        assert isinstance(found, Estimate)
        low, high = found.interval()
        hits.append(low <= 0.2 <= high)
    assert 0.93 < np.mean(hits) < 0.97


@pytest.mark.parametrize("estimand", ["pooled", "mean"])
def test_copies_that_share_one_weight_count_as_one_article(estimand):
    above, below = counts(4)
    above[7], below[7] = np.nan, np.nan
    times = np.where(np.arange(50) % 5, 1, 3)
    copied = RatioSample(np.repeat(above, times), np.repeat(below, times), estimand=estimand)
    once = estimate_plain(RatioSample(above, below, estimand=estimand))
    assert estimate_plain(copied.weighted(np.repeat(1 / times, times))).value == pytest.approx(once.value)
    assert estimate_plain(copied).value != pytest.approx(once.value, abs=1e-6)
    assert estimate_plain(RatioSample(above, below, estimand=estimand).weighted(np.ones(50))).std_error == (
        pytest.approx(once.std_error)
    )


def test_weights_reach_the_gold():
    above, below = counts(5)
    gold, size = np.full(50, np.nan), np.full(50, np.nan)
    gold[:20], size[:20] = above[:20] + 1, below[:20]
    found = RatioSample(above, below, None, gold, size).weighted(np.full(50, 0.5))
    assert found.gold_numerator[:20] == pytest.approx(gold[:20] / 2)
    assert found.audited.sum() == 20
