"""What an audit can find, held to what simulated audits do find."""

import numpy as np
import pytest
from scipy.stats import t

from rhetoric.framing.audit.power import Accuracy, Spread, power_row, spread_of, standard_error
from rhetoric.framing.audit.strata import split_sentences_to_code

N_ARTICLES, N_RUNS = 300, 600


def simulate(rng, sensitivity, specificity, prevalence, n, k):
    """Return predicted and true numerators, sizes, and the corrected share from `n` audited articles."""
    sizes = np.maximum(2, rng.lognormal(np.log(20) - 0.125, 0.5, N_ARTICLES).round()).astype(int)
    rates = 1 / (1 + np.exp(-(np.log(prevalence / (1 - prevalence)) + rng.normal(0, 1.0, N_ARTICLES))))
    true = rng.binomial(sizes, rates)
    hits = rng.binomial(true, sensitivity)
    found = hits + rng.binomial(sizes - true, 1 - specificity)
    drawn = rng.choice(N_ARTICLES, n, replace=False)
    gold = np.array([_coded(rng, sizes[i], true[i], hits[i], found[i], k) for i in drawn])
    corrected = found.sum() / sizes.sum() + (gold - found[drawn]).sum() / sizes[drawn].sum()
    return found, true, hits, sizes, corrected


def _coded(rng, size, true, hits, found, k):
    """Return the gold of an article, estimated from `k` of its sentences."""
    if k is None:
        return true
    total = 0.0
    coded = split_sentences_to_code(found, size - found, k)
    for n, good, m in zip((found, size - found), (hits, true - hits), coded, strict=True):
        total += n / m * rng.hypergeometric(good, n - good, m) if m else 0
    return total


@pytest.mark.parametrize(
    ("sensitivity", "prevalence", "n", "k"), [(0.75, 0.2, 30, None), (0.6, 0.05, 20, None), (0.7, 0.2, 30, 5)]
)
def test_standard_error_is_that_of_simulated_audits(sensitivity, prevalence, n, k):
    rng = np.random.default_rng(7)
    estimates, planned = [], []
    for run in range(N_RUNS):
        found, true, hits, sizes, corrected = simulate(rng, sensitivity, 0.95, prevalence, n, k)
        estimates.append(corrected)
        if run < 30:
            accuracy = Accuracy(sensitivity, hits.sum() / found.sum(), "known")
            spread = spread_of(found.astype(float), sizes.astype(float), is_pooled=True, is_share=True)
            planned.append(standard_error(spread, accuracy, n, k))
    assert np.mean(planned) == pytest.approx(np.std(estimates), rel=0.12)


def test_standard_error_of_rates_reckons_with_poisson():
    rng = np.random.default_rng(3)
    words = rng.uniform(0.2, 0.8, 400)
    rates = rng.gamma(4, 2, 400)
    found = rng.binomial(rng.poisson(rates * words), 0.7).astype(float)
    spread = spread_of(found, words, is_pooled=True, is_share=False)
    perfect = standard_error(spread, Accuracy(1.0, 1.0, ""), 30)
    assert perfect == pytest.approx(np.sqrt(spread.variance / 400), rel=1e-6)
    assert standard_error(spread, Accuracy(0.7, 1.0, ""), 30) > perfect


def test_standard_error_falls_with_articles_and_with_accuracy():
    spread = Spread(400, 0.2, 0.02, 0.05, is_share=True)
    errors = [standard_error(spread, Accuracy(0.7, 0.7, ""), n) for n in (10, 20, 39, 60, 120)]
    assert errors == sorted(errors, reverse=True)
    assert standard_error(spread, Accuracy(0.9, 0.9, ""), 30) < standard_error(spread, Accuracy(0.7, 0.7, ""), 30)


def test_standard_error_of_a_census_is_that_of_the_articles():
    spread = Spread(50, 0.2, 0.02, 0.05, is_share=True)
    accuracy = Accuracy(1.0, 1.0, "")
    assert standard_error(spread, accuracy, 50) == pytest.approx(np.sqrt(0.02 / 50))
    assert standard_error(spread, None, 500) == pytest.approx(np.sqrt(0.02 / 50))


def test_power_row_is_the_difference_that_is_found_in_four_of_five_audits():
    spread = Spread(400, 0.2, 0.02, 0.05, is_share=True)
    accuracy = Accuracy(0.7, 0.7, "")
    row = power_row([spread, spread], accuracy, 30, 12.0)
    error = standard_error(spread, accuracy, 30) * np.sqrt(2)
    found = 1 - t.cdf(t.ppf(0.975, 58) - row.smallest / error, 58)
    assert found == pytest.approx(0.8, abs=0.005)
    assert (row.smallest, row.hours) == (row.largest, 12.0)


def test_power_row_gives_the_easiest_and_the_hardest_pair():
    spreads = {name: Spread(200, 0.2, v, 0.05, is_share=True) for name, v in {"a": 0.01, "b": 0.02, "c": 0.09}.items()}
    row = power_row(spreads, None, 30, 1.0)
    assert row.smallest < row.largest


def test_power_row_says_nothing_where_nothing_was_predicted():
    nothing = spread_of(np.zeros(0), np.zeros(0), is_pooled=True, is_share=True)
    assert np.isnan(power_row([nothing, nothing], Accuracy(0.7, 0.7, ""), 10, 1.0).smallest)


def test_spread_of_means_weighs_articles_alike():
    counts, sizes = np.array([1.0, 10.0]), np.array([2.0, 100.0])
    assert spread_of(counts, sizes, is_pooled=False, is_share=True).mean == pytest.approx(0.3)
    assert spread_of(counts, sizes, is_pooled=True, is_share=True).mean == pytest.approx(11 / 102)
