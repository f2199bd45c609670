from hypothesis import given
from hypothesis import strategies as st

from rhetoric.annotation import CharSpan
from rhetoric.metrics.matching import Item, find_matches, solid

SPANS = st.builds(lambda start, length: CharSpan(start, start + length), st.integers(0, 30), st.integers(1, 12))
ITEMS = st.builds(
    lambda pieces, beside: Item(solid(pieces), beside),
    st.lists(SPANS, min_size=1, max_size=3),
    st.none() | SPANS,
)
RATIOS = st.floats(0.01, 1)


def item(*bounds, beside=None):
    return Item(tuple(CharSpan(*b) for b in bounds), beside)


def test_solid_merges_what_overlaps_but_not_what_touches():
    assert solid([CharSpan(5, 7), CharSpan(0, 3), CharSpan(3, 5), CharSpan(6, 9)]) == (
        CharSpan(0, 3),
        CharSpan(3, 5),
        CharSpan(5, 9),
    )


def test_one_long_prediction_stands_for_one_gold_item_only():
    matches = find_matches([item((0, 100))], [item((0, 10)), item((20, 40))], 0.5)
    assert [m.gold for m in matches] == [item((20, 40))]


def test_the_best_pair_is_made_first():
    short, long = item((0, 10)), item((0, 20))
    matches = find_matches([long, short], [item((0, 10)), item((8, 20))], 0.3)
    assert {(m.predicted, m.gold) for m in matches} == {(short, item((0, 10))), (long, item((8, 20)))}


def test_pieces_are_compared_not_their_hull():
    assert find_matches([item((0, 2), (50, 52))], [item((10, 20))], 0.1) == []
    assert len(find_matches([item((0, 4), (50, 52))], [item((0, 8), (50, 52))], 0.6)) == 1


def test_beside_decides_between_equal_pieces():
    one, two = CharSpan(50, 55), CharSpan(60, 65)
    predicted = [item((0, 9), beside=two), item((0, 9), beside=one)]
    (match,) = find_matches(predicted, [item((0, 9), beside=one)], 1.0)
    assert match.predicted.beside == one


@given(st.sets(ITEMS, max_size=8), RATIOS)
def test_every_item_matches_itself(items, ratio):
    matches = find_matches(items, items, ratio)
    assert len(matches) == len(items)
    assert all(m.predicted == m.gold for m in matches)


@given(st.sets(ITEMS, max_size=8), st.sets(ITEMS, max_size=8), RATIOS)
def test_matches_are_one_to_one_and_cover_the_ratio(predicted, gold, ratio):
    matches = find_matches(predicted, gold, ratio)
    assert len({m.predicted for m in matches}) == len({m.gold for m in matches}) == len(matches)
    assert all(m.predicted.n_shared(m.gold) / m.gold.length >= ratio for m in matches)


@given(st.sets(ITEMS, max_size=8), st.sets(ITEMS, max_size=8), RATIOS)
def test_no_pair_is_left_over(predicted, gold, ratio):
    matches = find_matches(predicted, gold, ratio)
    left = predicted - {m.predicted for m in matches}, gold - {m.gold for m in matches}
    assert not any(p.n_shared(g) / g.length >= ratio for p in left[0] for g in left[1])


@given(st.lists(ITEMS, max_size=8), st.lists(ITEMS, max_size=8), RATIOS, st.randoms(use_true_random=False))
def test_order_does_not_matter(predicted, gold, ratio, random):
    before = sorted(map(repr, find_matches(predicted, gold, ratio)))
    random.shuffle(predicted)
    random.shuffle(gold)
    assert sorted(map(repr, find_matches(predicted, gold, ratio))) == before


@given(st.sets(ITEMS, max_size=8), st.sets(ITEMS, max_size=8), RATIOS, RATIOS)
def test_a_lower_ratio_never_finds_fewer(predicted, gold, one, other):
    low, high = sorted((one, other))
    assert set(find_matches(predicted, gold, high)) <= set(find_matches(predicted, gold, low))
