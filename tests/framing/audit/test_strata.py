"""Strata of scores, and how a sample spreads over them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.framing.audit.strata import allocate, score_strata, split_sentences_to_code


@pytest.mark.parametrize(
    ("values", "strata"),
    [
        ([], []),
        ([0.0, 0.0], ["zero", "zero"]),
        ([np.nan, 0.0, 0.4], ["zero", "zero", "low"]),
        ([0.3, 0.1, 0.2], ["high", "low", "middle"]),
        ([0.1, 0.1, 0.1, 0.9], ["low", "low", "low", "high"]),
        ([0.5] * 5, ["low"] * 5),
    ],
)
def test_score_strata(values, strata):
    assert score_strata(np.array(values, np.float64)) == strata


def test_score_strata_are_terciles():
    strata = score_strata(np.arange(1.0, 31.0))
    assert [strata.count(name) for name in ("low", "middle", "high")] == [10, 10, 10]


@given(st.lists(st.integers(1, 200), min_size=1, max_size=4), st.integers(1, 300))
def test_allocate_gives_n_units_or_all_in_proportion(sizes, n):
    given_out = allocate(sizes, n)
    assert sum(given_out) == min(n, sum(sizes))
    assert all(0 <= k <= size for k, size in zip(given_out, sizes, strict=True))
    if n >= 2 * len(sizes):
        assert all(k >= min(2, size) for k, size in zip(given_out, sizes, strict=True))
    if n >= 20 * len(sizes):
        shares = [n * size / sum(sizes) for size in sizes]
        floors = sum(max(0.0, 2 - share) for share in shares)
        assert all(
            abs(k - share) < 2 + floors or k == size for k, share, size in zip(given_out, shares, sizes, strict=True)
        )


@given(st.integers(0, 60), st.integers(0, 60), st.integers(2, 40))
def test_split_sentences_draws_k_and_from_both_sides(n_labelled, n_others, k):
    labelled, others = split_sentences_to_code(n_labelled, n_others, k)
    assert labelled + others == min(k, n_labelled + n_others)
    assert 0 <= labelled <= n_labelled
    assert 0 <= others <= n_others
    assert labelled >= min(1, n_labelled)
    assert others >= min(1, n_others)
