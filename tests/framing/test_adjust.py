from dataclasses import replace

import numpy as np
import pytest

from rhetoric.framing.adjust import adjust, covariate_columns, group_columns
from rhetoric.framing.contrasts import contrast
from rhetoric.framing.correction import estimate_ppi
from rhetoric.framing.estimates import RatioSample, Refusal, estimate_plain
from tests.framing.audited import outlet, sample_of

DIFFERENCE = np.array([1.0, -1.0])


def part(sample, kept):
    names = ("numerator", "denominator", "gold_numerator", "gold_denominator", "weights")
    return replace(sample, **{n: None if (a := getattr(sample, n)) is None else a[kept] for n in names})


def two_outlets(seed, n_audited=40, n=200):
    rng = np.random.default_rng(seed)
    one, truth = outlet(rng, n=2 * n, n_audited=2 * n_audited)
    groups = np.arange(2 * n) % 2
    return one, truth, groups


def test_without_variables_differences_are_those_of_pooled_ratios():
    sample, _, groups = two_outlets(1)
    plain = replace(sample, gold_numerator=None, gold_denominator=None)
    found = adjust(plain, groups).contrast(DIFFERENCE)
    expected = contrast(*(estimate_plain(part(plain, groups == g)) for g in (0, 1)))
    assert found.estimate == pytest.approx(expected.estimate)
    assert found.std_error == pytest.approx(expected.std_error)
    assert found.df == pytest.approx(expected.df, rel=0.05)
    assert (found.n_articles, found.n_audited, found.estimator) == (400, 0, "plain")


def test_without_variables_corrections_are_those_at_full_power():
    sample, _, groups = two_outlets(2)
    found = adjust(sample, groups).contrast(DIFFERENCE)
    expected = contrast(*(estimate_ppi(part(sample, groups == g), 1.0) for g in (0, 1)))
    assert found.estimate == pytest.approx(expected.estimate)
    assert found.std_error == pytest.approx(expected.std_error, rel=0.05)
    assert (found.n_audited, found.estimator) == (80, "ppi")


def test_weights_of_the_audit_count():
    sample, _, groups = two_outlets(12)
    weighted = replace(sample, weights=np.where(np.arange(400) % 3, 1.0, 9.0))
    found = adjust(weighted, groups).contrast(DIFFERENCE)
    expected = contrast(*(estimate_ppi(part(weighted, groups == g), 1.0) for g in (0, 1)))
    assert found.estimate == pytest.approx(expected.estimate)
    assert found.estimate != pytest.approx(adjust(sample, groups).contrast(DIFFERENCE).estimate, abs=1e-4)


def test_a_difference_that_another_variable_makes_goes_away():
    rng = np.random.default_rng(3)
    groups = np.repeat([0, 1], 300)
    genre = np.where(rng.random(600) < np.where(groups == 0, 0.8, 0.2), "opinion", "news")
    sizes = rng.integers(10, 40, 600)
    counted = rng.binomial(sizes, np.where(genre == "opinion", 0.4, 0.1)).astype(float)
    sample = RatioSample(counted, sizes.astype(float))
    raw = adjust(sample, groups).contrast(DIFFERENCE)
    like = adjust(sample, groups, covariate_columns({"genre": genre.tolist()})).contrast(DIFFERENCE)
    assert raw.estimate > 0.12
    assert raw.p_value < 1e-6
    assert abs(like.estimate) < 0.03
    assert like.p_value > 0.01


def test_corrected_and_adjusted_differences_cover_the_truth():
    rng = np.random.default_rng(4)
    hits = []
    for _ in range(200):
        sample, truth, groups = two_outlets(rng.integers(1 << 30), n_audited=25, n=120)
        length = sample.denominator
        wrong = np.where(groups == 0, truth, np.minimum(sample.numerator, length))
        audited = sample_of(truth, wrong, length, sample.audited)
        found = adjust(audited, groups, covariate_columns({"length": np.log(length).tolist()})).contrast(DIFFERENCE)
        low, high = found.interval()
        hits.append(low <= 0 <= high)
    assert 0.9 < np.mean(hits) < 0.99


def stories_of_two(seed, n=80, difference=0.1):
    rng = np.random.default_rng(seed)
    stories = np.repeat(np.arange(n), 2)
    groups = np.tile([0, 1], n)
    rate = np.repeat(rng.uniform(0.1, 0.6, n), 2) + difference * groups
    sizes = np.full(2 * n, 30)
    return rng.binomial(sizes, rate), sizes, stories, groups


def test_same_story_compares_within_stories():
    counted, sizes, stories, groups = stories_of_two(5)
    lone = RatioSample(np.append(counted, [30.0, 0.0]), np.append(sizes, [30.0, 30.0]), np.append(stories, [900, 901]))
    found = adjust(lone, np.append(groups, [0, 1]), same_story=True).contrast(DIFFERENCE)
    values = (counted / sizes).reshape(-1, 2)
    assert found.estimate == pytest.approx((values[:, 0] - values[:, 1]).mean())
    assert found.std_error == pytest.approx((values[:, 0] - values[:, 1]).std(ddof=1) / np.sqrt(80))
    assert found.df == pytest.approx(79)
    assert found.n_articles == 160
    apart = adjust(RatioSample(counted + 0.0, sizes + 0.0), groups).contrast(DIFFERENCE)
    assert found.std_error < 0.7 * apart.std_error


def test_same_story_is_corrected_by_the_errors_on_its_articles():
    truth, sizes, stories, groups = stories_of_two(6, difference=0.0)
    rng = np.random.default_rng(7)
    found = truth - np.where(groups == 1, rng.binomial(truth, 0.4), 0)
    sample = sample_of(truth, found, sizes, np.arange(160) % 8 < 4, clusters=stories)
    uncorrected = adjust(replace(sample, gold_numerator=None, gold_denominator=None), groups, same_story=True)
    corrected = adjust(sample, groups, same_story=True).contrast(DIFFERENCE)
    assert uncorrected.contrast(DIFFERENCE).p_value < 1e-6
    assert abs(corrected.estimate) < 2.5 * corrected.std_error
    assert corrected.n_audited == 80


@pytest.mark.parametrize("third", [0, 1])
def test_same_story_of_three_groups(third):
    counted, sizes, stories, groups = stories_of_two(8)
    more = RatioSample(
        np.append(counted, counted[third::2]), np.append(sizes, sizes[:80]) + 0.0, np.append(stories, stories[::2])
    )
    found = adjust(more, np.append(groups, np.full(80, 2)), same_story=True)
    assert found.contrast(np.array([1.0, -1.0, 0.0])).estimate == pytest.approx(
        (counted[::2] - counted[1::2]).mean() / 30
    )
    same, other = np.eye(3)[third] - np.eye(3)[2], np.eye(3)[1 - third] - np.eye(3)[2]
    assert found.contrast(same).estimate == pytest.approx(0, abs=1e-12)
    assert abs(found.contrast(other).estimate) > 0.05


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"clusters": None}, "not matched to stories"),
        ({"clusters": np.arange(160)}, "no story has articles of two groups"),
    ],
)
def test_same_story_needs_stories(changes, reason):
    counted, sizes, stories, groups = stories_of_two(9)
    sample = replace(RatioSample(counted + 0.0, sizes + 0.0, stories), **changes)
    assert reason in adjust(sample, groups, same_story=True).reason


def test_what_variables_leave_nothing_of_is_refused():
    sample, _, groups = two_outlets(10)
    found = adjust(sample, groups, covariate_columns({"section": [f"s{g}" for g in groups]}))
    assert isinstance(found, Refusal)
    assert "depend on each other" in found.reason
    few = adjust(two_outlets(11, n_audited=4)[0], groups)
    assert "8 audited articles" in few.reason
    five = RatioSample(np.arange(1.0, 6.0), np.ones(5))
    assert "degrees of freedom" in adjust(five, np.array([0, 0, 0, 1, 1])).contrast(DIFFERENCE).reason


def test_variables_become_centred_columns():
    columns = covariate_columns({"genre": ["b", "a", None, "b"], "length": [1.0, None, 3, 5]})
    assert columns.mean(0) == pytest.approx(0)
    assert columns.shape == (4, 4)
    assert columns[:, 0].tolist() == [0.5, -0.5, -0.5, 0.5]
    assert columns[:, 2].tolist() == [-2.0, 0.0, 0.0, 2.0]
    assert covariate_columns({}).size == 0
    assert covariate_columns({"flag": [True, False]}).shape == (2, 1)
    assert group_columns(np.array([1, 0]), 3).tolist() == [[0, 1, 0], [1, 0, 0]]
