import numpy as np
import pytest

from rhetoric.framing.effects import effect_size
from rhetoric.framing.estimates import RatioSample, estimate_plain


def sizes_of(one, other, *, is_share=True):
    samples = tuple(RatioSample(np.asarray(v, float), np.ones(len(v))) for v in (one, other))
    return effect_size(tuple(estimate_plain(s) for s in samples), samples, is_share=is_share)


def test_shares_have_the_h_of_cohen():
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    found = sizes_of([0.2, 0.4] * 10, [0.1, 0.2] * 10)
    assert found.cohen_h == pytest.approx(proportion.proportion_effectsize(0.3, 0.15))
    assert sizes_of([0.2, 0.4] * 10, [0.1, 0.2] * 10, is_share=False).cohen_h is None


def test_standardised_difference_is_over_the_spread_within_groups():
    one, other = np.tile([4.0, 6.0], 10), np.tile([1.0, 3.0], 15)
    found = sizes_of(one, other, is_share=False)
    pooled = np.sqrt((19 * one.var(ddof=1) + 29 * other.var(ddof=1)) / 48)
    assert found.standardised == pytest.approx(3 / pooled)


def test_ratio_has_an_interval_on_the_logarithmic_scale():
    found = sizes_of([4.0, 6.0] * 10, [1.0, 3.0] * 10)
    assert found.ratio == pytest.approx(2.5)
    assert found.ratio_low * found.ratio_high == pytest.approx(2.5**2)
    assert 1.9 < found.ratio_low < 2.5


def test_ratio_to_a_rate_that_may_be_nothing_is_not_given():
    found = sizes_of([4.0, 6.0] * 10, [-3.0, 3.2] * 10)
    assert (found.ratio, found.ratio_low, found.ratio_high, found.cohen_h) == (None, None, None, None)
    assert found.standardised is not None
