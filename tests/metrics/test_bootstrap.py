import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rhetoric.errors import InputError, UsageError
from rhetoric.metrics import bootstrap
from rhetoric.metrics.bootstrap import Interval, interval, interval_of_articles
from rhetoric.metrics.counts import Counts, f1_of, stack, total

ARTICLES = [Counts(2, 3, 2, 4), Counts(0, 1, 0, 2), Counts(5, 5, 5, 5), Counts(1, 4, 1, 1), Counts(0, 0, 0, 1)]


def rate(sums):
    return sums[..., 0] / sums[..., 1]


def test_interval_is_the_same_each_time():
    once = interval(stack(ARTICLES), f1_of)
    assert once == interval(stack(ARTICLES), f1_of)
    assert once != interval(stack(ARTICLES), f1_of, seed=14)
    assert (once.n_clusters, once.seed) == (5, 13)
    assert once.value == pytest.approx(total(ARTICLES).f1)
    assert once.low < once.value < once.high


def test_interval_of_articles_draws_the_same_resamples():
    slow = interval_of_articles(ARTICLES, lambda drawn: total(drawn).f1, n=200)
    fast = interval(stack(ARTICLES), f1_of, n=200)
    assert (slow.value, slow.low, slow.high) == pytest.approx((fast.value, fast.low, fast.high))


def test_blocks_do_not_change_the_interval(monkeypatch):
    whole = interval(stack(ARTICLES), f1_of)
    monkeypatch.setattr(bootstrap, "MAX_CELLS", 37)
    assert interval(stack(ARTICLES), f1_of) == whole


def test_equal_articles_leave_no_doubt():
    assert interval([[1, 4]] * 6, rate) == Interval(0.25, 0.25, 0.25, 6, 13)


def test_one_count_an_article_may_be_a_vector():
    assert interval([1.0, 2.0, 3.0], lambda sums: sums[..., 0]).value == 6.0


def test_interval_of_a_mean_agrees_with_theory():
    values = np.random.default_rng(3).normal(10, 2, 400)
    found = interval(np.stack([values, np.ones(400)], axis=1), rate, n=4000)
    half = 1.96 * values.std() / math.sqrt(400)
    assert (found.low, found.high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.02)


def test_articles_that_hang_together_widen_the_interval():
    clustered = [[10.0, 10.0]] * 10 + [[0.0, 10.0]] * 10
    single = [[1.0, 1.0]] * 100 + [[0.0, 1.0]] * 100
    wide, narrow = interval(clustered, rate), interval(single, rate)
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_a_wider_level_has_a_wider_interval():
    narrow, wide = (interval(stack(ARTICLES), f1_of, level=level) for level in (0.5, 0.99))
    assert wide.low < narrow.low < narrow.high < wide.high


def test_the_difference_of_equal_systems_is_zero():
    both = np.concatenate([stack(ARTICLES), stack(ARTICLES)], axis=1)
    assert interval(both, lambda sums: f1_of(sums[..., :4]) - f1_of(sums[..., 4:])) == Interval(0, 0, 0, 5, 13)


def test_resamples_without_a_value_are_left_out():
    found = interval_of_articles([1.0, math.nan], lambda drawn: drawn[0] if drawn[0] == drawn[-1] else math.nan)
    assert (found.low, found.high) == (1.0, 1.0)
    nothing = interval_of_articles([1.0], lambda drawn: math.nan)
    assert math.isnan(nothing.low)
    assert math.isnan(nothing.high)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 5)), min_size=1, max_size=20))
def test_ends_are_in_order_and_in_the_range_of_the_articles(rows):
    found = interval(rows, rate, n=50)
    rates = [n / of for n, of in rows]
    assert min(rates) - 1e-9 <= found.low <= found.high <= max(rates) + 1e-9


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"per_article_counts": np.zeros((0, 4))}, "0 articles"),
        ({"per_article_counts": [[1, 2]], "n": 0}, "0 resamples"),
        ({"per_article_counts": [[1, 2]], "level": 95}, "level 95"),
    ],
)
def test_interval_refuses(arguments, message):
    with pytest.raises(InputError, match=message):
        interval(statistic=rate, **arguments)


def test_a_statistic_that_mixes_resamples_is_refused():
    with pytest.raises(UsageError, match="last axis"):
        interval([[1, 2], [3, 4]], lambda sums: sums.sum())


def test_interval_prints_in_one_line():
    assert str(Interval(0.5, 0.25, 0.75, 9, 13)) == "0.500 [0.250, 0.750]"
