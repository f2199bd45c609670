from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.annotation import CharSpan, Span
from rhetoric.errors import InputError
from rhetoric.metrics.counts import Counts, per_article, total
from rhetoric.metrics.spans import (
    counts_by_label,
    exact_counts,
    labelled_counts,
    overlap_counts,
    ptc_counts,
    technique_counts,
    technique_counts_by_label,
)
from rhetoric.training.gold import GoldSpan

LABELS = ("doubt", "slogans", "flag_waving")
SPANS = st.builds(lambda start, length: CharSpan(start, start + length), st.integers(0, 40), st.integers(1, 15))
LABELLED = st.builds(lambda span, label: Span(span.start, span.end, label=label), SPANS, st.sampled_from(LABELS))
MEASURES = (ptc_counts, exact_counts, overlap_counts, partial(overlap_counts, ratio=0.8))


def spans(*bounds):
    return [CharSpan(*b) for b in bounds]


def labelled(*rows):
    return [Span(start, end, label=label) for start, end, label in rows]


@pytest.mark.parametrize(
    ("predicted", "gold", "expected"),
    [
        pytest.param([(0, 10)], [(0, 10)], Counts(1, 1, 1, 1), id="identical"),
        pytest.param([(0, 10)], [(5, 15)], Counts(0.5, 1, 0.5, 1), id="half of each"),
        pytest.param([(0, 20)], [(0, 5), (10, 20)], Counts(0.75, 1, 2, 2), id="one prediction over two"),
        pytest.param([(0, 2), (4, 8)], [(0, 8)], Counts(2, 2, 0.75, 1), id="two predictions in one"),
        pytest.param([(0, 6), (4, 10)], [(0, 10)], Counts(1, 1, 1, 1), id="overlapping predictions are merged"),
        pytest.param([(0, 10)], [(0, 6), (4, 10)], Counts(1, 1, 1, 1), id="overlapping gold is merged"),
        pytest.param([(0, 5), (5, 10)], [(0, 10)], Counts(2, 2, 1, 1), id="touching spans stay two"),
        pytest.param([(0, 5), (0, 5)], [(0, 10)], Counts(1, 1, 0.5, 1), id="a span given twice counts once"),
        pytest.param([(0, 5)], [(5, 10)], Counts(0, 1, 0, 1), id="touching is no overlap"),
        pytest.param([(3, 3), (0, 5)], [(0, 5), (9, 9)], Counts(1, 1, 1, 1), id="empty spans are left out"),
        pytest.param([], [(0, 5)], Counts(0, 0, 0, 1), id="nothing predicted"),
        pytest.param([], [], Counts(0, 0, 0, 0), id="nothing at all"),
    ],
)
def test_ptc_counts_by_hand(predicted, gold, expected):
    assert ptc_counts(spans(*predicted), spans(*gold)) == expected


def test_ptc_f1_of_two_articles_by_hand():
    predicted = [spans((0, 10), (30, 40)), spans((7, 9))]
    gold = [spans((5, 15)), spans((0, 9), (20, 24))]
    summed = total(per_article(ptc_counts, predicted, gold))
    precision = (0.5 + 0 + 1) / 3
    recall = (0.5 + 2 / 9 + 0) / 3
    assert (summed.precision, summed.recall) == pytest.approx((precision, recall))
    assert summed.f1 == pytest.approx(2 * precision * recall / (precision + recall))


def test_flc_needs_the_same_label():
    predicted = labelled((0, 10, "doubt"), (20, 30, "slogans"))
    gold = labelled((0, 10, "slogans"), (20, 40, "slogans"))
    assert labelled_counts(predicted, gold) == Counts(1, 2, 0.5, 2)
    assert counts_by_label(predicted, gold) == {"doubt": Counts(0, 1, 0, 0), "slogans": Counts(1, 1, 0.5, 2)}


def test_flc_merges_spans_of_one_label_only():
    both = labelled((0, 10, "doubt"), (5, 15, "doubt"), (5, 15, "slogans"))
    assert labelled_counts(both, both) == Counts(2, 2, 2, 2)


def test_exact_counts_by_hand():
    assert exact_counts(spans((0, 5), (0, 5), (6, 9)), spans((0, 5), (6, 8))) == Counts(1, 2, 1, 2)
    gold = [GoldSpan(0, 5, label="doubt")]
    assert labelled_counts(labelled((0, 5, "doubt"), (0, 5, "slogans")), gold, exact_counts) == Counts(1, 2, 1, 1)


@pytest.mark.parametrize(("ratio", "n_found"), [(0.3, 2), (0.31, 1), (0.8, 1), (0.81, 0)])
def test_overlap_counts_by_hand(ratio, n_found):
    counted = overlap_counts(spans((0, 3), (20, 28), (50, 60)), spans((0, 10), (20, 30)), ratio)
    assert counted == Counts(n_found, 3, n_found, 2)


@given(st.lists(SPANS, max_size=10), st.lists(SPANS, max_size=10))
def test_ptc_counts_agree_with_sets_of_characters(predicted, gold):
    def components(given_spans):
        sets = []
        for span in given_spans:
            characters = set(range(span.start, span.end))
            for other in [s for s in sets if s & characters]:
                sets.remove(other)
                characters |= other
            sets.append(characters)
        return sets

    ours, theirs = components(predicted), components(gold)
    counted = ptc_counts(predicted, gold)
    assert (counted.n_predicted, counted.n_gold) == (len(ours), len(theirs))
    assert counted.correct == pytest.approx(sum(len(s & t) / len(s) for s in ours for t in theirs))
    assert counted.found == pytest.approx(sum(len(s & t) / len(t) for s in ours for t in theirs))


@pytest.mark.parametrize("measure", MEASURES)
@given(predicted=st.lists(LABELLED, max_size=8), gold=st.lists(LABELLED, max_size=8))
def test_f1_is_between_zero_and_one(measure, predicted, gold):
    for counted in (measure(predicted, gold), labelled_counts(predicted, gold, measure)):
        assert 0 <= counted.precision <= 1
        assert 0 <= counted.recall <= 1
        assert 0 <= counted.f1 <= 1


@pytest.mark.parametrize("measure", MEASURES)
@given(gold=st.lists(LABELLED, max_size=8))
def test_identity_gives_one(measure, gold):
    assert measure(gold, gold).f1 == pytest.approx(1)
    assert labelled_counts(gold, gold, measure).f1 == pytest.approx(1)


@pytest.mark.parametrize("measure", MEASURES)
@given(
    predicted=st.lists(LABELLED, max_size=8),
    gold=st.lists(LABELLED, max_size=8),
    random=st.randoms(use_true_random=False),
)
def test_order_does_not_matter(measure, predicted, gold, random):
    before = measure(predicted, gold), labelled_counts(predicted, gold, measure)
    random.shuffle(predicted)
    random.shuffle(gold)
    assert (measure(predicted, gold), labelled_counts(predicted, gold, measure)) == before


@pytest.mark.parametrize("measure", MEASURES)
@given(predicted=st.lists(SPANS, min_size=1, max_size=8), gold=st.lists(SPANS, min_size=1, max_size=8))
def test_disjoint_spans_score_zero(measure, predicted, gold):
    beyond = [span.shifted(100) for span in gold]
    assert measure(predicted, beyond).f1 == 0


@pytest.mark.parametrize("measure", [ptc_counts, exact_counts])
@given(predicted=st.lists(SPANS, max_size=8), gold=st.lists(SPANS, max_size=8))
def test_swapping_the_sides_swaps_precision_and_recall(measure, predicted, gold):
    one, other = measure(predicted, gold), measure(gold, predicted)
    assert (one.precision, one.recall) == pytest.approx((other.recall, other.precision))


def test_technique_counts_of_a_span_with_several_labels_take_the_best_order():
    gold = labelled((0, 9, "doubt"), (0, 9, "slogans"), (20, 25, "doubt"))
    predicted = labelled((0, 9, "slogans"), (0, 9, "flag_waving"), (20, 25, "doubt"))
    assert technique_counts(predicted, gold) == Counts(2, 3, 2, 3)
    assert technique_counts(predicted, gold).f1 == pytest.approx(2 / 3)


def test_a_label_predicted_twice_is_right_once():
    gold = labelled((0, 9, "doubt"), (0, 9, "slogans"))
    assert technique_counts(labelled((0, 9, "doubt"), (0, 9, "doubt")), gold).f1 == 0.5


def test_technique_counts_by_label_by_hand():
    gold = labelled((0, 9, "doubt"), (20, 25, "doubt"), (30, 33, "slogans"))
    predicted = labelled((0, 9, "doubt"), (20, 25, "slogans"), (30, 33, "slogans"))
    assert technique_counts_by_label(predicted, gold) == {
        "doubt": Counts(1, 1, 1, 2),
        "slogans": Counts(1, 2, 1, 1),
    }


def test_technique_counts_refuse_other_spans():
    with pytest.raises(InputError, match="span 0–8 has 1 predicted labels and 0 gold labels"):
        technique_counts(labelled((0, 8, "doubt")), labelled((0, 9, "doubt")))
    with pytest.raises(InputError, match="span 0–9 has 1 predicted labels and 2 gold labels"):
        technique_counts(labelled((0, 9, "doubt")), labelled((0, 9, "doubt"), (0, 9, "slogans")))


@given(st.lists(st.tuples(SPANS, st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1))
def test_technique_f1_is_the_share_of_right_rows_at_least(rows):
    predicted = labelled(*((span.start, span.end, ours) for span, ours, _ in rows))
    gold = labelled(*((span.start, span.end, theirs) for span, _, theirs in rows))
    counted = technique_counts(predicted, gold)
    in_given_order = sum(ours == theirs for _, ours, theirs in rows) / len(rows)
    assert in_given_order - 1e-9 <= counted.f1 <= 1
    assert counted.precision == counted.recall
    if len({span for span, _, _ in rows}) == len(rows):
        assert counted.f1 == pytest.approx(in_given_order)
