"""Outlets with a known truth and a model with known errors, for the tests of corrected estimates."""

import numpy as np

from rhetoric.framing.estimates import RatioSample


def outlet(rng, n=200, n_audited=20, rate=0.2, sensitivity=0.7, specificity=0.95):
    """Return a sample of which the first articles are audited, and the true counts of all."""
    sizes = rng.integers(5, 40, n)
    truth = rng.binomial(sizes, rng.beta(rate * 6, (1 - rate) * 6, n))
    found = rng.binomial(truth, sensitivity) + rng.binomial(sizes - truth, 1 - specificity)
    return sample_of(truth, found, sizes, np.arange(n) < n_audited), truth


def sample_of(truth, found, sizes, audited, **rest):
    gold, gold_sizes = (np.where(audited, a, np.nan) for a in (truth, sizes))
    return RatioSample(
        np.asarray(found, float), np.asarray(sizes, float), gold_numerator=gold, gold_denominator=gold_sizes, **rest
    )
