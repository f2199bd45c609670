import numpy as np
import pytest

from rhetoric.errors import InputError
from rhetoric.framing.regression import fit_least_squares, within_clusters


def problem(seed=0, n=60, n_clusters=12):
    rng = np.random.default_rng(seed)
    design = np.column_stack([np.ones(n), rng.normal(size=n), rng.integers(0, 2, n)])
    return design, rng.normal(size=n), rng.uniform(0.5, 2, n), rng.integers(0, n_clusters, n)


def brute_force(design, outcome, weights, clusters, shares):
    """CR2 and its degrees of freedom with all matrices written out (Pustejovsky and Tipton 2018, eq. 9 and 15)."""
    x, y = design * np.sqrt(weights)[:, None], outcome * np.sqrt(weights)
    inverse = np.linalg.inv(x.T @ x)
    hat = x @ inverse @ x.T
    residuals = y - hat @ y
    covariance, columns = np.zeros((x.shape[1],) * 2), []
    for cluster in np.unique(clusters):
        own = clusters == cluster
        values, vectors = np.linalg.eigh(np.eye(own.sum()) - hat[np.ix_(own, own)])
        root = vectors @ np.diag(values**-0.5) @ vectors.T
        part = inverse @ x[own].T @ root @ residuals[own]
        covariance += np.outer(part, part)
        columns.append((np.eye(len(y)) - hat)[own].T @ root @ x[own] @ inverse @ shares)
    gram = np.array(columns) @ np.array(columns).T
    return covariance, np.trace(gram) ** 2 / np.trace(gram @ gram)


@pytest.mark.parametrize("seed", range(3))
def test_errors_and_degrees_of_freedom_are_those_of_the_paper(seed):
    parts, shares = problem(seed), np.array([0.0, 1.0, -0.5])
    fit = fit_least_squares(*parts)
    covariance, df = brute_force(*parts, shares)
    assert fit.covariance == pytest.approx(covariance, abs=1e-12)
    assert fit.df(shares) == pytest.approx(df)


def test_fit_without_clusters_is_weighted_least_squares_with_hc2():
    sm = pytest.importorskip("statsmodels.api")
    design, outcome, weights, _ = problem()
    expected = sm.WLS(outcome, design, weights=weights).fit(cov_type="HC2")
    fit = fit_least_squares(design, outcome, weights)
    assert fit.coefficients == pytest.approx(expected.params)
    assert fit.covariance == pytest.approx(expected.cov_params())


def test_degrees_of_freedom_of_a_mean_are_those_of_student():
    fit = fit_least_squares(np.ones((12, 1)), np.arange(12.0), np.ones(12))
    assert fit.df(np.ones(1)) == pytest.approx(11)
    assert fit.covariance[0, 0] == pytest.approx(np.arange(12.0).var(ddof=1) / 12)


def test_many_clusters_agree_with_statsmodels():
    sm = pytest.importorskip("statsmodels.api")
    design, outcome, weights, clusters = problem(n=4000, n_clusters=900)
    expected = sm.WLS(outcome, design, weights=weights).fit(cov_type="cluster", cov_kwds={"groups": clusters})
    fit = fit_least_squares(design, outcome, weights, clusters)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(expected.bse, rel=0.01)


def test_fixed_effects_are_those_of_dummies():
    design, outcome, weights, clusters = problem()
    dummies = (clusters[:, None] == np.unique(clusters)) + 0.0
    inner, is_matched = within_clusters(np.column_stack([outcome, design[:, 1:]]), weights, clusters)
    assert is_matched.all()
    fit = fit_least_squares(inner[:, 1:], inner[:, 0], weights, clusters)
    full = fit_least_squares(np.column_stack([design[:, 1:], dummies]), outcome, weights)
    assert fit.coefficients == pytest.approx(full.coefficients[:2])


def test_a_cluster_of_one_has_nothing_to_be_compared_with():
    _, is_matched = within_clusters(np.ones((4, 1)), np.ones(4), np.array([7, 7, 8, 9]))
    assert is_matched.tolist() == [True, True, False, False]


def test_columns_that_depend_on_each_other_are_refused():
    design, outcome, weights, _ = problem()
    with pytest.raises(InputError, match="depend on each other"):
        fit_least_squares(np.column_stack([design, design[:, 1] * 3]), outcome, weights)
    with pytest.raises(InputError, match="3 columns for 2 articles"):
        fit_least_squares(design[:2], outcome[:2], weights[:2])
