import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.annotation import Attribution, CharSpan
from rhetoric.metrics.attribution import OVERLAP_RATIOS, ROLES, LinkCounts, accuracy_of, link_counts, role_counts
from rhetoric.metrics.bootstrap import interval
from rhetoric.metrics.counts import Counts
from rhetoric.training.gold import GoldAttribution

SPANS = st.builds(lambda start, length: CharSpan(start, start + length), st.integers(0, 40), st.integers(1, 12))
ATTRIBUTIONS = st.builds(
    GoldAttribution,
    source=st.none() | SPANS,
    cue=st.none() | SPANS,
    content=st.lists(SPANS, max_size=3).map(tuple),
)
MANY = st.lists(ATTRIBUTIONS, max_size=6)
RATIOS = (0.3, 0.5, 0.8, 1.0)


def span(bounds):
    return None if bounds is None else CharSpan(*bounds)


def gold(source, cue, *content):
    return GoldAttribution(span(source), span(cue), tuple(map(span, content)))


def found(source, cue, *content):
    return Attribution("q", span(source), span(cue), tuple(map(span, content)))


GOLD = [
    gold((0, 5), (6, 10), (12, 30)),
    gold((0, 5), (40, 44), (46, 60), (70, 80)),
    gold(None, (90, 92), (93, 99)),
]
FOUND = [
    found((0, 5), (6, 10), (12, 30)),
    found((0, 6), (40, 44), (46, 60)),
    found((85, 89), None, (93, 99)),
    found((0, 5), None, (200, 220)),
]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("source", Counts(1, 3, 1, 1)),
        ("cue", Counts(2, 2, 2, 3)),
        ("piece", Counts(3, 4, 3, 4)),
        ("content", Counts(2, 4, 2, 3)),
    ],
)
def test_role_counts_by_hand(role, expected):
    assert role_counts(FOUND, GOLD, role) == expected


def test_link_counts_exact_by_hand():
    assert link_counts(FOUND, GOLD) == LinkCounts(Counts(2, 4, 2, 3), n_same=1, n_touching=1)


def test_link_counts_with_overlap_by_hand():
    at_half = link_counts(FOUND, GOLD, 0.5)
    assert at_half == LinkCounts(Counts(3, 4, 3, 3), n_same=1, n_touching=2)
    assert (at_half.accuracy, at_half.exact_accuracy) == pytest.approx((2 / 3, 1 / 3))
    assert link_counts(FOUND, GOLD, 0.6).contents.found == 2


def test_link_counts_of_hulls_by_hand():
    one, other = [gold((0, 5), None, (10, 20), (30, 40))], [found((0, 5), None, (10, 40))]
    assert link_counts(other, one).contents.found == 0
    assert link_counts(other, one, extent="hull") == LinkCounts(Counts(1, 1, 1, 1), 1, 1)


def test_a_long_prediction_that_covers_a_content_is_not_an_exact_match():
    assert link_counts([found(None, None, (0, 50))], [gold(None, None, (10, 20))]).contents.found == 0
    assert link_counts([found(None, None, (0, 50))], [gold(None, None, (10, 20))], 0.8).contents.found == 1


def test_no_source_on_both_sides_is_right():
    assert link_counts([found(None, None, (1, 9))], [gold(None, (0, 1), (1, 9))]).accuracy == 1.0
    assert link_counts([found((10, 12), None, (1, 9))], [gold(None, None, (1, 9))]).accuracy == 0.0


def test_content_of_two_sources_is_matched_with_the_right_one():
    pair = [gold((0, 5), None, (10, 20)), gold((30, 35), None, (10, 20))]
    assert link_counts([found((30, 35), None, (10, 20))], pair).n_same == 1
    assert link_counts([found((60, 65), None, (10, 20)), found((30, 35), None, (10, 20))], pair).n_same == 1


def test_accuracy_is_nan_where_nothing_was_found():
    assert math.isnan(link_counts([], GOLD).accuracy)
    assert math.isnan(link_counts([], GOLD).exact_accuracy)


def test_accuracy_of_rows_can_be_resampled():
    articles = [link_counts(FOUND, GOLD, 0.5), link_counts(GOLD, GOLD, 0.5), link_counts([], GOLD)]
    rows = np.array([counted.row for counted in articles])
    assert accuracy_of(rows).tolist() == pytest.approx([2 / 3, 1.0, math.nan], nan_ok=True)
    found_value = interval(rows, accuracy_of).value
    assert found_value == pytest.approx(sum(articles, LinkCounts()).accuracy) == pytest.approx(5 / 6)


@pytest.mark.parametrize("role", ROLES)
@given(attributions=MANY)
def test_identity_of_roles_gives_one(role, attributions):
    assert role_counts(attributions, attributions, role).f1 == 1


@pytest.mark.parametrize("extent", ["pieces", "hull"])
@pytest.mark.parametrize("ratio", RATIOS)
@given(attributions=MANY)
def test_identity_of_links_gives_one(ratio, extent, attributions):
    counted = link_counts(attributions, attributions, ratio, extent)
    assert counted.contents.f1 == 1
    assert counted.n_same == counted.n_touching == counted.contents.n_gold


@given(MANY, MANY, st.sampled_from(RATIOS), st.randoms(use_true_random=False))
def test_order_does_not_matter(predicted, wanted, ratio, random):
    before = link_counts(predicted, wanted, ratio), [role_counts(predicted, wanted, role) for role in ROLES]
    random.shuffle(predicted)
    random.shuffle(wanted)
    assert (link_counts(predicted, wanted, ratio), [role_counts(predicted, wanted, role) for role in ROLES]) == before


@given(MANY, MANY)
def test_scores_are_between_zero_and_one_and_fall_with_the_ratio(predicted, wanted):
    counted = [link_counts(predicted, wanted, ratio) for ratio in RATIOS]
    assert all(0 <= c.contents.f1 <= 1 and c.n_same <= c.n_touching <= c.contents.found for c in counted)
    n_found = [c.contents.found for c in counted]
    assert n_found == sorted(n_found, reverse=True)


@given(MANY, MANY)
def test_exact_contents_agree_with_their_role(predicted, wanted):
    anonymous = [[GoldAttribution(None, None, a.content) for a in side] for side in (predicted, wanted)]
    assert link_counts(*anonymous).contents == role_counts(*anonymous, "content")


def test_overlap_ratios_are_those_of_the_gender_gap_tracker():
    assert OVERLAP_RATIOS == (0.3, 0.8)
