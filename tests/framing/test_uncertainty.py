import numpy as np
import pytest

from rhetoric.framing.regression import fit_least_squares
from rhetoric.framing.uncertainty import Influence, satterthwaite, student_quantile, two_sided_p, uncertainty_of


def influence_of(values, sizes=None, **rest):
    values = np.asarray(values, float)
    return Influence(values, np.ones(len(values)) if sizes is None else sizes, values, **rest)


def test_variance_of_clusters_of_unequal_size_is_that_of_cr2():
    rng = np.random.default_rng(1)
    sizes, clusters = rng.uniform(1, 9, 40), rng.integers(0, 12, 40)
    value = rng.normal(size=40)
    mean = sizes @ value / sizes.sum()
    found = uncertainty_of(influence_of(sizes * (value - mean) / sizes.sum(), sizes, clusters=clusters))
    fit = fit_least_squares(np.ones((40, 1)), value, sizes, clusters)
    deviation = np.array([(sizes * (value - mean) / sizes.sum())[clusters == c].sum() for c in range(12)])
    assert abs(deviation.mean()) < 1e-12
    assert found.variance == pytest.approx(fit.covariance[0, 0], rel=1e-9)
    assert found.df == pytest.approx(fit.df(np.ones(1)), rel=0.15)
    assert (found.sums @ found.sums) == pytest.approx(found.variance)


def test_audited_and_other_articles_are_two_samples():
    rng = np.random.default_rng(2)
    values, audited = rng.normal(size=30), np.arange(30) < 12
    found = uncertainty_of(influence_of(values, audited=audited))
    parts = [12 * values[:12].var(ddof=1), 18 * values[12:].var(ddof=1)]
    assert found.variance == pytest.approx(sum(parts))
    assert found.df == pytest.approx(satterthwaite(np.array(parts), np.array([11.0, 17.0])))


def test_strata_take_out_what_differs_between_them_but_for_their_sizes():
    rng = np.random.default_rng(3)
    strata = np.repeat([0, 1], 20)
    values = rng.normal(size=40) + np.where(strata == 0, -5.0, 5.0)
    found = uncertainty_of(influence_of(values, audited=np.ones(40, bool), strata=strata))
    within = sum(20 * values[strata == s].var(ddof=1) for s in (0, 1))
    between = sum(20 * values[strata == s].mean() ** 2 for s in (0, 1))
    assert found.variance == pytest.approx(within + between)
    df = satterthwaite(np.array([within, between]), np.array([38.0, 39.0]))
    assert found.df == pytest.approx(df)


def test_an_article_alone_in_its_stratum_still_adds_to_the_variance():
    values = np.append(np.tile([1.0, -1.0], 10), 6.0)
    strata = np.append(np.zeros(20, np.intp), 1)
    alone = uncertainty_of(influence_of(values, audited=np.ones(21, bool), strata=strata))
    assert alone.variance >= 36


def test_skewness_of_few_is_told_by_the_predictions_and_of_many_by_themselves():
    values = np.append(np.full(39, -1.0), 39.0) / 40
    few = Influence(values[-20:] - values[-20:].mean(), np.ones(20), np.tile([1.0, -1.0], 10))
    many = influence_of(values)
    assert uncertainty_of(few).third == pytest.approx(0)
    skewness = (values**3).mean() / (values**2).mean() ** 1.5 / np.sqrt(40)
    assert uncertainty_of(many).stretch == pytest.approx(1 + skewness**2, rel=1e-6)


def test_quantiles_and_probabilities_are_those_of_scipy():
    stats = pytest.importorskip("scipy.stats")
    for df in (1.5, 7.0, 400.0):
        assert student_quantile(df, 0.9) == pytest.approx(stats.t.ppf(0.95, df))
        assert two_sided_p(-1.7, df) == pytest.approx(2 * stats.t.sf(1.7, df))
    assert student_quantile(np.inf, 0.9) == pytest.approx(stats.norm.ppf(0.95))
    assert two_sided_p(1.7, np.inf) == pytest.approx(2 * stats.norm.sf(1.7))


def test_satterthwaite_of_nothing_that_varies_is_infinite():
    assert satterthwaite(np.zeros(2), np.ones(2)) == np.inf
