import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.errors import InputError, ModelError
from rhetoric.metrics.pooling import LogPool, fit_pool

probabilities = st.floats(0, 1)


@given(one=probabilities, other=probabilities)
def test_pool_of_even_weights_lies_between_and_knows_no_order(one, other):
    pool = LogPool()
    pooled = pool.apply(one, other)
    low, high = sorted(min(max(p, 1e-3), 1 - 1e-3) for p in (one, other))
    assert low - 1e-9 <= pooled <= high + 1e-9
    assert pooled == pool.apply(other, one)


@given(one=probabilities, other=probabilities, more=probabilities)
def test_pool_rises_with_each_probability(one, other, more):
    pool = LogPool((0.7, 0.4), -1.0)
    assert (pool.apply(one, other) <= pool.apply(more, other)) or one > more


def test_pool_with_one_side_alone_is_that_side():
    assert LogPool((1.0, 0.0)).apply(0.3, 0.9) == pytest.approx(0.3)
    assert LogPool((0.0, 1.0)).apply(0.3, 0.9) == pytest.approx(0.9)


def test_pool_is_the_formula():
    expected = 1 / (1 + math.exp(-(0.5 + 0.7 * math.log(0.2 / 0.8) + 0.4 * math.log(0.9 / 0.1))))
    assert LogPool((0.7, 0.4), 0.5).apply(0.2, 0.9) == pytest.approx(expected)


def test_fitted_pool_finds_the_weights_that_made_the_gold():
    rng = np.random.default_rng(1)
    sides = rng.uniform(0.05, 0.95, (20_000, 2))
    made = LogPool((0.7, 0.4), 0.5)
    chances = np.array([made.apply(*row) for row in sides])
    found = fit_pool(sides, rng.random(len(sides)) < chances)
    assert found.weights == pytest.approx(made.weights, abs=0.06)
    assert found.bias == pytest.approx(made.bias, abs=0.06)


def test_nothing_to_learn_from_leaves_even_weights():
    assert fit_pool([[0.1, 0.2], [0.3, 0.4]], [False, False]) == LogPool()
    assert fit_pool([[0.1, 0.2, 0.3]], [True]).weights == pytest.approx((1 / 3,) * 3)


def test_pool_survives_its_file():
    pool = LogPool((0.72, 0.42), 1.4)
    assert LogPool.from_dict(json.loads(json.dumps(pool.to_dict()))) == pool


@pytest.mark.parametrize(
    "values", [{}, {"weights": 3, "bias": 0}, {"weights": [1, "x"], "bias": 0}, {"weights": [math.nan], "bias": 0}]
)
def test_broken_pool_is_refused(values):
    with pytest.raises(ModelError, match=r"pool of probabilities"):
        LogPool.from_dict(values)


def test_probabilities_without_gold_are_refused():
    with pytest.raises(InputError, match=r"^probabilities of shape \(2, 2\) for 1 items: expected a row for each$"):
        fit_pool([[0.1, 0.2], [0.3, 0.4]], [True])
