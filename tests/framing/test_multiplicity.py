import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.errors import InputError
from rhetoric.framing.multiplicity import adjust_bh, adjust_holm, simultaneous_level

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@pytest.mark.parametrize(("adjust", "method"), [(adjust_holm, "holm"), (adjust_bh, "fdr_bh")])
@given(p_values=P_VALUES)
def test_adjusted_values_are_those_of_statsmodels(adjust, method, p_values):
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    expected = multitest.multipletests(p_values, method=method)[1]
    assert adjust(p_values) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("adjust", [adjust_holm, adjust_bh])
def test_questions_without_an_answer_do_not_count(adjust):
    found = adjust([0.02, np.nan, 0.01, np.nan])
    assert np.isnan(found[[1, 3]]).all()
    assert found[[0, 2]] == pytest.approx(adjust([0.02, 0.01]))
    assert np.isnan(adjust([np.nan])).all()
    assert adjust([]).size == 0


@pytest.mark.parametrize("wrong", [-0.1, 1.1, np.inf])
def test_what_is_no_probability_is_refused(wrong):
    with pytest.raises(InputError, match="no probability"):
        adjust_holm([0.5, wrong])


def test_adjusting_changes_nothing_that_was_given():
    given_values = np.array([0.01, 0.04])
    adjust_holm(given_values)
    assert given_values.tolist() == [0.01, 0.04]


@pytest.mark.parametrize("n_groups", [3, 5, 8])
def test_level_of_all_pairs_of_equal_groups_is_that_of_tukey(n_groups):
    stats = pytest.importorskip("scipy.stats")
    shares = np.array([np.eye(n_groups)[i] - np.eye(n_groups)[j] for i in range(n_groups) for j in range(i)])
    correlation = shares @ shares.T / 2
    reach = stats.studentized_range.ppf(0.95, n_groups, np.inf) / np.sqrt(2)
    expected = 2 * stats.norm.cdf(reach) - 1
    assert 1 - simultaneous_level(correlation) == pytest.approx(1 - expected, rel=0.1)


def test_level_lies_between_one_interval_and_bonferroni():
    independent = np.eye(10)
    assert simultaneous_level(independent) == pytest.approx(0.95**0.1, abs=0.001)
    assert simultaneous_level(independent) <= 1 - 0.05 / 10
    assert simultaneous_level(np.ones((10, 10))) == pytest.approx(0.95, abs=0.005)
    assert simultaneous_level(np.zeros((0, 0))) == 0.95


def test_level_depends_on_the_seed_alone():
    correlation = 0.5 + 0.5 * np.eye(4)
    assert simultaneous_level(correlation, seed=3) == simultaneous_level(correlation, seed=3)
    assert simultaneous_level(correlation, seed=3) != simultaneous_level(correlation, seed=4)
