import numpy as np
import pytest

from rhetoric.framing.estimates import RatioSample, Refusal, estimate_plain
from rhetoric.framing.ranks import RankInterval, rank_intervals


def rate_at(centre, spread=1.0):
    values = centre + spread * np.tile([-1.0, 1.0], 20)
    return estimate_plain(RatioSample(values, np.ones(40)))


def test_groups_far_apart_have_one_rank_each():
    found = rank_intervals([rate_at(10), rate_at(30), rate_at(20)])
    assert found == [RankInterval(3, 3, 3), RankInterval(1, 1, 1), RankInterval(2, 2, 2)]


def test_groups_close_together_may_have_any():
    found = rank_intervals([rate_at(10.0), rate_at(10.01), rate_at(10.02)])
    assert [(r.low, r.high) for r in found] == [(1, 3)] * 3
    assert [r.rank for r in found] == [3, 2, 1]


def test_one_group_above_two_that_cannot_be_told_apart():
    found = rank_intervals([rate_at(10.0), rate_at(30.0), rate_at(10.01)])
    assert [(r.low, r.high) for r in found] == [(2, 3), (1, 1), (2, 3)]


def test_groups_without_a_rate_have_no_rank():
    found = rank_intervals([rate_at(10), Refusal("too few"), rate_at(30)])
    assert found == [RankInterval(2, 2, 2), None, RankInterval(1, 1, 1)]
    assert rank_intervals([Refusal("too few")]) == [None]
    assert rank_intervals([rate_at(10)]) == [RankInterval(1, 1, 1)]


def test_ranks_of_equal_groups_are_all_right_at_once_as_often_as_the_level_says():
    rng = np.random.default_rng(1)
    n_wrong = 0
    for _ in range(300):
        groups = [estimate_plain(RatioSample(rng.normal(20, 1, 30), np.ones(30))) for _ in range(4)]
        n_wrong += any((r.low, r.high) != (1, 4) for r in rank_intervals(groups))
    assert n_wrong / 300 == pytest.approx(0.05, abs=0.035)
