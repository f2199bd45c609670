import numpy as np
import pytest

from rhetoric.errors import InputError
from rhetoric.metrics.arrays import as_decisions, as_scores, require_same_shape


@pytest.mark.parametrize("values", [[1, -1], [0.5], [float("nan")], [2]])
def test_decisions_other_than_zero_and_one_are_refused(values):
    with pytest.raises(InputError, match="expected 0 or 1"):
        as_decisions(values)


@pytest.mark.parametrize("values", [[1, 0], [True, False], np.array([1.0, 0.0], np.float32)])
def test_decisions_become_booleans(values):
    assert as_decisions(values).tolist() == [True, False]


def test_scores_that_are_no_numbers_are_counted_in_the_message():
    with pytest.raises(InputError, match="2 of 3 scores"):
        as_scores([0.0, float("nan"), float("inf")])


def test_different_shapes_are_refused():
    with pytest.raises(InputError, match=r"\(2,\) but gold of shape \(3,\)"):
        require_same_shape((2,), (3,))
