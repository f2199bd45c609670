from dataclasses import replace

import numpy as np
import pytest

from rhetoric.framing.correction import N_FOLDS, Audit, audit_of, estimate_ppi
from rhetoric.framing.estimates import Estimate, RatioSample, Refusal, estimate_plain
from tests.framing.audited import outlet, sample_of

GOLD = np.array([0, 1, 3, 2, 0, 5, 1, 0, 2, 4, 1, 0, 3, 2, 1, 6], float)
PREDICTED = np.array([1, 1, 2, 2, 0, 4, 0, 0, 3, 3, 1, 1, 2, 1, 1, 4], float)
OTHERS = np.array([(7 * i * i + 3 * i) % 6 for i in range(40)], float)
# What ppi-python 0.2.3 returns for these: λ, ppi_mean_pointestimate, and the upper ends of the 95 % intervals of
# ppi_mean_ci (variances over n) and of ppi_ols_ci on a column of ones (variances over n - 1).
PPI_PYTHON = [
    (1.0, 2.9125, 3.63444212, 3.64843864),
    (0.4, 2.3275, 3.02782789, 3.04920756),
    (None, 2.36613476, 3.05616891, 3.07685165),
]
Z = 1.959963984540054


def published_power(y, f, u):
    """λ of PPI++ (Angelopoulos, Duchi and Zrnic 2023, example 6.1), as ppi-python has it."""
    covariance = ((y - y.mean()) * (f - f.mean())).mean()
    spread = np.concatenate([f, u]).var(ddof=1)
    return float(np.clip(covariance / ((1 + len(y) / len(u)) * spread), 0, 1))


def published_mean(y, f, u, power):
    """The estimate and standard error of PPI++ for a mean, with variances over n - 1."""
    error = np.sqrt((y - power * f).var(ddof=1) / len(y) + power**2 * u.var(ddof=1) / len(u))
    return power * u.mean() + (y - power * f).mean(), error


def whole(y, f, u):
    return sample_of(
        np.append(y, np.zeros(len(u))), np.append(f, u), np.ones(len(y) + len(u)), np.arange(len(y) + len(u)) < len(y)
    )


@pytest.mark.parametrize(("power", "value", "high_over_n", "high"), PPI_PYTHON)
def test_means_agree_with_ppi_python(power, value, high_over_n, high):
    power = published_power(GOLD, PREDICTED, OTHERS) if power is None else power
    n, m = len(GOLD), len(OTHERS)
    found = estimate_ppi(whole(GOLD, PREDICTED, OTHERS), power * (n + m) / m)
    assert found.value == pytest.approx(value, abs=1e-6)
    assert found.value + Z * found.std_error == pytest.approx(high, abs=1e-6)
    over_n = np.sqrt((GOLD - power * PREDICTED).var() / n + power**2 * OTHERS.var() / m)
    assert value + Z * over_n == pytest.approx(high_over_n, abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("power", [0.0, 0.3, 1.0])
def test_means_agree_with_the_published_formula(seed, power):
    rng = np.random.default_rng(seed)
    y, u = rng.poisson(2, 30).astype(float), rng.poisson(2, 90).astype(float)
    f = np.maximum(y + rng.integers(-1, 2, 30), 0)
    found = estimate_ppi(whole(y, f, u), power * 120 / 90)
    value, error = published_mean(y, f, u, power)
    assert found.value == pytest.approx(value, abs=1e-9)
    assert found.std_error == pytest.approx(error, abs=1e-9)


def test_ratio_corrects_numerator_and_denominator():
    rng = np.random.default_rng(1)
    n = 60
    below = rng.integers(5, 30, n).astype(float)
    above = rng.binomial(below.astype(int), 0.4).astype(float)
    f, d = above + rng.integers(0, 3, n), below + rng.integers(0, 4, n)
    audited = np.arange(n) < 25
    gold = (np.where(audited, a, np.nan) for a in (above, below))
    found = estimate_ppi(RatioSample(f, d, None, *gold), 0.6)
    expected = above[:25].sum() / below[:25].sum() + 0.6 * (f.sum() / d.sum() - f[:25].sum() / d[:25].sum())
    assert found.value == pytest.approx(expected, abs=1e-12)
    assert found.power == pytest.approx(0.6)


def test_an_audit_of_everything_is_gold_alone():
    sample, truth = outlet(np.random.default_rng(2), n=60, n_audited=60)
    gold = estimate_plain(RatioSample(truth.astype(float), sample.denominator))
    found = estimate_ppi(sample, 1.0)
    assert found.value == pytest.approx(gold.value)
    assert found.std_error == pytest.approx(gold.std_error)
    assert found.n_audited == found.n_articles == 60


def test_correction_takes_out_the_bias_of_the_model():
    rng = np.random.default_rng(3)
    plain, corrected = [], []
    for _ in range(150):
        sample, _ = outlet(rng, n_audited=60, sensitivity=0.6)
        plain.append(estimate_plain(sample).value)
        corrected.append(estimate_ppi(sample).value)
    assert np.mean(plain) < 0.17
    assert np.mean(corrected) == pytest.approx(0.2, abs=0.003)


def test_standard_error_is_the_spread_over_samples_and_smaller_than_of_gold_alone():
    rng = np.random.default_rng(4)
    found = [estimate_ppi(outlet(rng, n_audited=60)[0]) for _ in range(300)]
    gold = [estimate_ppi(outlet(rng, n_audited=60)[0], 0.0) for _ in range(300)]
    spread = np.std([e.value for e in found])
    assert np.sqrt(np.mean([e.std_error**2 for e in found])) == pytest.approx(spread, rel=0.12)
    assert np.mean([e.std_error for e in found]) < 0.75 * np.mean([e.std_error for e in gold])


@pytest.mark.parametrize(("n_audited", "rate", "is_tuned"), [(39, 0.4, False), (60, 0.01, False), (60, 0.4, True)])
def test_power_is_fitted_only_where_the_audit_is_large_enough(n_audited, rate, is_tuned):
    sample, truth = outlet(np.random.default_rng(5), n_audited=n_audited, rate=rate)
    doubled = replace(sample, numerator=2 * sample.numerator)
    assert (estimate_ppi(doubled).power < 0.8) is is_tuned


def test_power_needs_thirty_articles_with_a_positive_and_not_thirty_positives():
    truth = np.zeros(100)
    truth[:10] = 9
    found = truth + np.tile([1.0, 0.0], 50)
    sample = sample_of(truth, found, np.full(100, 20.0), np.arange(100) < 60)
    assert estimate_ppi(sample).power == 1.0


def test_power_of_a_fold_does_not_look_at_the_fold():
    from rhetoric.framing.correction import _powers

    sample, truth = outlet(np.random.default_rng(6), n_audited=80, rate=0.4)
    sample = replace(sample, numerator=2 * sample.numerator)
    audit = audit_of(sample)
    fold = audit.folds[audit.is_audited] == 3
    other = np.where(audit.folds == 3, np.minimum(sample.denominator, truth + 2), truth)
    changed = audit_of(sample_of(other, sample.numerator, sample.denominator, audit.is_audited))
    assert set(_powers(changed)[fold]) == set(_powers(audit)[fold])
    assert set(_powers(changed)[~fold]) != set(_powers(audit)[~fold])


def test_power_of_predictions_that_tell_nothing_is_small():
    rng = np.random.default_rng(7)
    sample, truth = outlet(rng, n=400, n_audited=200, rate=0.3)
    noise = rng.permutation(sample.numerator)
    assert estimate_ppi(replace(sample, numerator=noise)).power < 0.3
    assert estimate_ppi(sample).power > 0.8
    assert estimate_ppi(replace(sample, numerator=np.where(truth > 2, 9.0, 0.0) * 10)).power < 0.5


def test_folds_are_even_and_keep_stories_together():
    rng = np.random.default_rng(8)
    sample, _ = outlet(rng, n=200, n_audited=50)
    audit = audit_of(sample)
    assert np.bincount(audit.folds[:50]).tolist() == [5] * N_FOLDS
    stories = rng.integers(0, 90, 200)
    clustered = audit_of(replace(sample, clusters=stories))
    assert all(len(set(clustered.folds[stories == s])) == 1 for s in set(stories))


def test_weights_are_those_of_hajek():
    rng = np.random.default_rng(9)
    sample, truth = outlet(rng, n=100, n_audited=30)
    w = rng.uniform(1, 5, 100)
    found = estimate_ppi(replace(sample, weights=w), 1.0)
    y, f, d = truth[:30], sample.numerator[:30], sample.denominator[:30]
    w = w[:30]
    expected = (w @ (y - f)) / (w @ d) + sample.numerator.sum() / sample.denominator.sum()
    assert found.value == pytest.approx(expected, abs=1e-12)
    assert estimate_ppi(replace(sample, weights=np.full(100, 7.0))) == estimate_ppi(sample)


def test_strata_give_weights_and_smaller_errors_where_they_tell_the_errors_apart():
    rng = np.random.default_rng(10)
    sizes = np.full(300, 20)
    truth = rng.binomial(sizes, 0.1)
    strata = np.arange(300) % 2
    found = truth + np.where(strata == 1, 6, 0) + rng.integers(0, 2, 300)
    audited = (np.arange(300) < 40) & (strata == 0) | (np.arange(300) >= 240) & (strata == 1)
    sample = sample_of(truth, found, sizes, audited, strata=strata)
    stratified, blind = estimate_ppi(sample, 1.0), estimate_ppi(replace(sample, strata=None), 1.0)
    errors = [(truth - found)[audited & (strata == s)].mean() for s in (0, 1)]
    assert stratified.value == pytest.approx(found.mean() / 20 + np.mean(errors) / 20)
    assert stratified.std_error < 0.5 * blind.std_error


def test_strata_may_be_numbered_anyhow_and_a_few_articles_missed():
    sample, _ = outlet(np.random.default_rng(15), n=200, n_audited=40)
    strata = np.arange(200) % 2
    found = estimate_ppi(replace(sample, strata=strata))
    assert estimate_ppi(replace(sample, strata=strata * 3 + 4)) == found
    missed = np.where(np.arange(200) >= 195, 7, strata)
    assert estimate_ppi(replace(sample, strata=missed)).value == pytest.approx(found.value, abs=0.01)


def test_stratified_audits_have_standard_errors_that_are_the_spread_over_samples():
    rng = np.random.default_rng(11)
    found = []
    for _ in range(300):
        sample, truth = outlet(rng, n=150)
        strata = (sample.numerator > np.quantile(sample.numerator, 0.7)).astype(int)
        audited = np.zeros(150, bool)
        for stratum, n in ((0, 12), (1, 18)):
            audited[rng.choice(np.flatnonzero(strata == stratum), n, replace=False)] = True
        found.append(estimate_ppi(sample_of(truth, sample.numerator, sample.denominator, audited, strata=strata)))
    assert np.mean([e.value for e in found]) == pytest.approx(0.2, abs=0.005)
    spread = np.std([e.value for e in found])
    assert np.sqrt(np.mean([e.std_error**2 for e in found])) == pytest.approx(spread, rel=0.12)


def test_copies_of_articles_in_one_story_add_nothing():
    sample, truth = outlet(np.random.default_rng(12), n=100, n_audited=30)
    stories = replace(sample, clusters=np.arange(100))
    twice = sample_of(
        *(np.tile(a, 2) for a in (truth, sample.numerator, sample.denominator, sample.audited)),
        clusters=np.tile(np.arange(100), 2),
    )
    one, two = estimate_ppi(stories), estimate_ppi(twice)
    assert two.value == pytest.approx(one.value)
    assert two.std_error == pytest.approx(one.std_error)
    assert two.df == pytest.approx(one.df)
    assert one.std_error == pytest.approx(estimate_ppi(sample).std_error)


def test_mean_of_values_is_corrected_as_well():
    sample, truth = outlet(np.random.default_rng(13), n=100, n_audited=30)
    found = estimate_ppi(replace(sample, estimand="mean"), 1.0)
    errors = (truth - sample.numerator)[:30] / sample.denominator[:30]
    assert found.value == pytest.approx((sample.numerator / sample.denominator).mean() + errors.mean())


def test_measures_without_a_value_for_some_articles():
    sample, truth = outlet(np.random.default_rng(14), n=60, n_audited=20)
    undefined = sample_of(
        np.append(truth, 5),
        np.append(sample.numerator, np.nan),
        np.append(sample.denominator, np.nan),
        np.arange(61) < 20,
    )
    assert estimate_ppi(undefined) == estimate_ppi(sample)


def few_errors(n_wrong):
    truth = np.arange(80) % 4
    return sample_of(truth, truth + (np.arange(80) < n_wrong), np.full(80, 10.0), np.arange(80) < 30)


@pytest.mark.parametrize(
    ("sample", "reason"),
    [
        (outlet(np.random.default_rng(1), n_audited=9)[0], "9 audited articles: expected at least 10"),
        (RatioSample(np.ones(20), np.ones(20)), "0 audited articles"),
        (few_errors(2), "the model errs in 2 of 30 audited articles: expected at least 3"),
        (sample_of(np.zeros(20), np.ones(20), np.zeros(20), np.arange(20) < 12), "the denominator is 0"),
        (
            replace(outlet(np.random.default_rng(1))[0], strata=(np.arange(200) > 150).astype(int)),
            "49 of 200 articles are in strata of which none was audited",
        ),
    ],
)
def test_correction_refuses_what_it_cannot_say(sample, reason):
    found = estimate_ppi(sample)
    assert isinstance(found, Refusal)
    assert reason in found.reason


def test_correction_of_few_errors_is_given_from_three_on():
    assert isinstance(estimate_ppi(few_errors(3)), Estimate)
    assert isinstance(audit_of(few_errors(3)), Audit)
