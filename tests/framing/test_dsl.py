from dataclasses import replace

import numpy as np
import pytest

from rhetoric.framing.correction import audit_of, estimate_ppi
from rhetoric.framing.dsl import _fit, _residuals, estimate_dsl
from rhetoric.framing.estimates import Refusal
from tests.framing.audited import outlet


def test_value_solves_the_moment_of_the_paper():
    sample, truth = outlet(np.random.default_rng(1), n=200, n_audited=60, rate=0.4)
    audit = audit_of(sample)
    level, slope, growth = _fit(audit)[audit.folds].T
    g, h = level * sample.denominator + slope * sample.numerator, growth * sample.denominator
    theta = estimate_dsl(sample).value
    moment = g - theta * h
    moment[:60] += 200 / 60 * (truth[:60] - theta * sample.denominator[:60] - moment[:60])
    assert moment.sum() == pytest.approx(0, abs=1e-9)


def test_model_of_a_fold_is_the_regression_on_the_other_folds():
    sm = pytest.importorskip("statsmodels.api")
    sample, truth = outlet(np.random.default_rng(2), n=200, n_audited=60, rate=0.4)
    audit = audit_of(sample)
    kept = audit.folds[:60] != 4
    d = sample.denominator[:60][kept]
    columns = np.stack([d, sample.numerator[:60][kept]], 1)
    fit = sm.WLS(truth[:60][kept], columns, weights=1 / d).fit()
    assert _fit(audit)[4, 1] == pytest.approx(fit.params[1])
    assert (_fit(audit)[4, 0] * d + _fit(audit)[4, 1] * columns[:, 1]).sum() == pytest.approx(truth[:60][kept].sum())


def test_small_audits_take_predictions_as_they_are():
    sample, _ = outlet(np.random.default_rng(3), n_audited=20)
    assert estimate_dsl(sample).power == 1.0
    assert estimate_dsl(sample).value == pytest.approx(estimate_ppi(sample).value, abs=0.005)
    assert estimate_dsl(outlet(np.random.default_rng(3), n_audited=60, rate=0.4)[0]).power != 1.0


@pytest.mark.parametrize("n_audited", [16, 60])
def test_standard_error_is_the_spread_over_samples(n_audited):
    rng = np.random.default_rng(14)
    found = [estimate_dsl(outlet(rng, n_audited=n_audited)[0]) for _ in range(300)]
    spread = np.std([e.value for e in found])
    assert np.mean([e.value for e in found]) == pytest.approx(0.2, abs=0.004)
    assert np.sqrt(np.mean([e.std_error**2 for e in found])) == pytest.approx(spread, rel=0.12)
    assert found[0].estimator == "dsl"


def test_contributions_are_by_how_much_an_article_moves_the_estimate():
    sample, _ = outlet(np.random.default_rng(8), n=60, n_audited=14)
    audit = audit_of(sample)
    value = estimate_dsl(sample).value
    level, slope, _ = _fit(audit).mean(0)
    errors = audit.gold - level * audit.predicted_size - slope * audit.predicted
    moved = _residuals(audit, _fit(audit), value) / sample.denominator.sum()
    for i in range(14):
        gold = sample.gold_numerator.copy()
        gold[i] += 1
        changed = estimate_dsl(replace(sample, gold_numerator=gold)).value
        assert moved[i] == pytest.approx((changed - value) * errors[i], abs=1e-12)


def test_predictions_of_another_scale_are_recalibrated():
    sample, _ = outlet(np.random.default_rng(5), n=400, n_audited=80, rate=0.4)
    tenfold = replace(sample, numerator=10 * sample.numerator)
    assert estimate_dsl(tenfold).value == pytest.approx(estimate_dsl(sample).value, abs=1e-9)
    assert estimate_dsl(tenfold).std_error == pytest.approx(estimate_dsl(sample).std_error, rel=1e-6)


def test_denominators_are_corrected_as_well():
    sample, truth = outlet(np.random.default_rng(6), n=300, n_audited=100)
    doubled = replace(sample, denominator=2 * sample.denominator)
    assert estimate_dsl(doubled).value == pytest.approx(estimate_dsl(sample).value, abs=1e-9)
    assert truth[:100].sum() / sample.denominator[:100].sum() == pytest.approx(estimate_dsl(doubled).value, abs=0.03)


def test_dsl_refuses_what_ppi_refuses():
    sample, _ = outlet(np.random.default_rng(7), n_audited=9)
    assert estimate_dsl(sample) == estimate_ppi(sample)
    assert isinstance(estimate_dsl(sample), Refusal)
