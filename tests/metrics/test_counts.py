import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.errors import InputError
from rhetoric.metrics.counts import Counts, f1_of, per_article, precision_of, recall_of, stack, total


@st.composite
def counts(draw):
    n_predicted, n_gold = draw(st.integers(0, 20)), draw(st.integers(0, 20))
    shares = draw(st.tuples(st.floats(0, 1), st.floats(0, 1)))
    return Counts(shares[0] * n_predicted, n_predicted, shares[1] * n_gold, n_gold)


@pytest.mark.parametrize(
    ("counted", "expected"),
    [
        (Counts(2, 4, 2, 2), (0.5, 1.0, 2 / 3)),
        (Counts(0, 4, 0, 2), (0.0, 0.0, 0.0)),
        (Counts(0, 0, 0, 2), (0.0, 0.0, 0.0)),
        (Counts(0, 3, 0, 0), (0.0, 0.0, 0.0)),
        (Counts(0, 0, 0, 0), (1.0, 1.0, 1.0)),
        (Counts(1.5, 2, 1, 4), (0.75, 0.25, 0.375)),
    ],
)
def test_precision_recall_and_f1_by_hand(counted, expected):
    assert (counted.precision, counted.recall, counted.f1) == pytest.approx(expected)


@given(st.lists(counts(), min_size=1))
def test_rows_give_what_the_counts_give(many):
    rows = stack(many)
    assert precision_of(rows) == pytest.approx([c.precision for c in many])
    assert recall_of(rows) == pytest.approx([c.recall for c in many])
    assert f1_of(rows) == pytest.approx([c.f1 for c in many])
    assert float(f1_of(rows.sum(0))) == pytest.approx(total(many).f1)


@given(st.lists(counts()))
def test_f1_is_between_zero_and_one_and_between_its_parts(many):
    summed = total(many)
    low, high = sorted((summed.precision, summed.recall))
    assert 0 <= summed.f1 <= 1 + 1e-12
    assert low - 1e-12 <= summed.f1 <= high + 1e-12 or summed.f1 == 0


def test_stack_of_nothing_has_four_columns():
    assert stack([]).shape == (0, 4)
    assert float(f1_of(stack([]).sum(0))) == 1.0


def test_f1_of_higher_dimensions_keeps_the_leading_ones():
    assert f1_of(np.ones((2, 3, 4))).shape == (2, 3)


def test_per_article_refuses_different_numbers_of_articles():
    with pytest.raises(InputError, match="1 articles but gold for 2"):
        per_article(lambda p, g: Counts(), [[]], [[], []])
