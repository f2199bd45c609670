import math
from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rhetoric.errors import InputError
from rhetoric.metrics.agreement import (
    class_agreement,
    cohen_kappa,
    krippendorff_alpha,
    label_agreement,
    percent_agreement,
)
from rhetoric.metrics.bootstrap import interval_of_articles

COEFFICIENTS = ("percent_agreement", "cohen_kappa", "krippendorff_alpha")
FUNCTIONS = {
    "percent_agreement": percent_agreement,
    "cohen_kappa": lambda values: cohen_kappa(*columns(values)) if values else cohen_kappa([], []),
    "krippendorff_alpha": krippendorff_alpha,
}
LABELS = ("doubt", "slogans", "flag_waving")
CLASSES = st.sampled_from("abc")
PAIRS = st.lists(st.tuples(CLASSES, CLASSES), min_size=1, max_size=12)
ROWS = st.lists(st.tuples(*[st.one_of(st.none(), CLASSES)] * 3), max_size=12)
CODES = st.one_of(st.none(), st.frozensets(st.sampled_from(LABELS)))
CODED = st.lists(st.tuples(CODES, CODES, CODES), max_size=8)


def columns(rows):
    return [list(column) for column in zip(*rows, strict=True)]


def parse(*coders):
    """Return one row a unit of one string of values a coder; a dot is a missing value."""
    return [[None if value == "." else value for value in row] for row in zip(*coders, strict=True)]


# Krippendorff (2011), sections A, B and C: two observers and two values, two observers and many, four with gaps.
TWO_VALUES = parse("0100000010", "1110010000")
MANY_VALUES = parse("aabbdcccedda", "babbbccceddd")
FOUR_OBSERVERS = parse("123321412...", "1233224125.3", ".3332342251.", "12332441251.")


@pytest.mark.parametrize(
    ("values", "alpha"), [(TWO_VALUES, 0.095), (MANY_VALUES, 0.692), (FOUR_OBSERVERS, 0.743)], ids=["A", "B", "C"]
)
def test_alpha_of_the_published_examples(values, alpha):
    assert krippendorff_alpha(values) == pytest.approx(alpha, abs=0.0005)


def test_alpha_by_hand():
    # Margins 5 and 3, one unlike pair: 1 - 7 · 2 / (64 - 34).
    values = [["x", "x"], ["x", "x"], ["y", "y"], ["y", "x"]]
    assert krippendorff_alpha(values) == pytest.approx(1 - 7 * 2 / 30)


@pytest.mark.parametrize(
    ("table", "kappa"),
    [
        ((20, 5, 10, 15), 0.4),
        ((45, 15, 25, 15), (0.6 - 0.54) / (1 - 0.54)),
        ((25, 35, 5, 35), (0.6 - 0.46) / (1 - 0.46)),
        ((0, 5, 5, 0), -1.0),
    ],
)
def test_kappa_by_hand(table, kappa):
    cells = zip(table, ("yy", "yn", "ny", "nn"), strict=True)
    pairs = [tuple(cell) for times, cell in cells for _ in range(times)]
    assert cohen_kappa(*columns(pairs)) == pytest.approx(kappa)


def test_percent_agreement_counts_pairs():
    assert percent_agreement([["a", "a", "a"], ["a", "b", None]]) == pytest.approx(3 / 4)
    assert percent_agreement([["a", "a", "b"]]) == pytest.approx(1 / 3)


@given(PAIRS)
def test_kappa_is_that_of_sklearn(pairs):
    from sklearn.metrics import cohen_kappa_score

    one, other = columns(pairs)
    assume(len({*one, *other}) > 1)
    assert cohen_kappa(one, other) == pytest.approx(cohen_kappa_score(one, other))


@given(ROWS)
def test_alpha_is_that_of_the_coincidence_matrix(rows):
    coincidences = {}
    for row in rows:
        known = [value for value in row if value is not None]
        for i, one in enumerate(known):
            for other in known[:i] + known[i + 1 :]:
                coincidences[one, other] = coincidences.get((one, other), 0) + 1 / (len(known) - 1)
    margins = {c: sum(o for (one, _), o in coincidences.items() if one == c) for c in "abc"}
    expected = 2 * sum(margins[c] * margins[k] for c, k in combinations("abc", 2))
    assume(expected > 0.5)
    observed = sum(o for (one, other), o in coincidences.items() if one != other)
    assert krippendorff_alpha(rows) == pytest.approx(1 - (sum(margins.values()) - 1) * observed / expected)


@given(st.lists(CLASSES, min_size=2, max_size=12), st.integers(2, 4))
def test_identical_coders_agree_fully(column, n_coders):
    assume(len(set(column)) > 1)
    rows = [[value] * n_coders for value in column]
    assert krippendorff_alpha(rows) == 1
    assert percent_agreement(rows) == 1
    assert cohen_kappa(column, column) == 1


@pytest.mark.parametrize("coefficient", COEFFICIENTS)
@settings(max_examples=25)
@given(rows=ROWS, order=st.permutations(range(3)))
def test_order_of_coders_does_not_matter(coefficient, rows, order):
    if coefficient == "cohen_kappa":
        rows, order = [row[:2] for row in rows], (1, 0)
    shuffled = [[row[i] for i in order] for row in rows]
    assert same(class_agreement(rows, coefficient=coefficient), class_agreement(shuffled, coefficient=coefficient))


@pytest.mark.parametrize("coefficient", COEFFICIENTS)
@settings(max_examples=25)
@given(pairs=PAIRS, alone=CLASSES)
def test_a_unit_with_one_coder_changes_nothing(coefficient, pairs, alone):
    groups = [f"a{i % 3}" for i in range(len(pairs))]
    before = class_agreement(pairs, groups, coefficient)
    assert same(class_agreement([*pairs, (None, alone)], [*groups, "another"], coefficient), before)


@settings(max_examples=25)
@given(ROWS, st.randoms(use_true_random=False))
def test_order_of_units_does_not_matter(rows, random):
    units = [(row, f"a{i % 3}") for i, row in enumerate(rows)]
    before = class_agreement(rows, [group for _, group in units])
    random.shuffle(units)
    assert same(class_agreement([row for row, _ in units], [group for _, group in units]), before)


@pytest.mark.parametrize("coefficient", COEFFICIENTS)
def test_interval_draws_whole_articles(coefficient):
    articles = {
        "a1": [("x", "x"), ("x", "y")],
        "a2": [("y", "y")],
        "a3": [("x", "x"), ("y", "x"), ("y", "y")],
        "a4": [("z", "z"), ("x", "x")],
    }
    rows = [(row, group) for group, given_rows in articles.items() for row in given_rows]
    found = class_agreement([row for row, _ in rows], [group for _, group in rows], coefficient)

    def pooled(drawn):
        return FUNCTIONS[coefficient]([row for given_rows in drawn for row in given_rows])

    slow = interval_of_articles(list(articles.values()), pooled)
    assert (found.value, found.low, found.high) == pytest.approx((slow.value, slow.low, slow.high))
    assert found.low < found.value < found.high
    assert (found.name, found.label, found.n_units, found.n_coders) == (coefficient, None, 8, 2)


@pytest.mark.parametrize("coefficient", COEFFICIENTS)
@pytest.mark.parametrize(
    "values",
    [
        pytest.param([], id="no unit"),
        pytest.param([[], []], id="no coder"),
        pytest.param([["a"], ["b"]], id="one coder"),
        pytest.param([["a", None], [None, "b"]], id="no unit in common"),
    ],
)
def test_no_pair_gives_nan(coefficient, values):
    found = class_agreement(values, coefficient=coefficient)
    assert all(map(math.isnan, (found.value, found.low, found.high)))
    assert (found.n_units, found.n_coders) == (0, 0)


@pytest.mark.parametrize(("coefficient", "value"), list(zip(COEFFICIENTS, (1.0, math.nan, math.nan), strict=True)))
def test_values_that_are_all_the_same_show_nothing_beyond_chance(coefficient, value):
    found = class_agreement([["a", "a"], ["a", "a"]], coefficient=coefficient)
    assert [found.value, found.low, found.high] == pytest.approx([value] * 3, nan_ok=True)
    assert (found.n_units, found.n_coders) == (2, 2)


def test_missing_values_count_no_coders():
    found = class_agreement([["a", "b", None, None], [None, None, "a", None], ["b", "b", None, None]])
    assert (found.n_units, found.n_coders) == (2, 2)


def test_label_agreement_by_hand():
    values = [
        [("doubt",), ("doubt", "slogans")],
        [(), ("slogans",)],
        [("slogans",), ("slogans",)],
        [("doubt",), ("doubt",)],
        [("doubt",), None],
    ]
    doubt, slogans, flags, mean = label_agreement(values, LABELS)
    assert [found.label for found in (doubt, slogans, flags, mean)] == [*LABELS, None]
    assert doubt.value == 1
    # Margins 4 and 4, and two units with one unlike pair each, which counts in both orders.
    assert slogans.value == pytest.approx(1 - 7 * 4 / (64 - 32))
    assert math.isnan(flags.value)
    assert mean.name == "mean_krippendorff_alpha"
    assert mean.value == pytest.approx((1 + slogans.value) / 2)
    assert mean.low <= mean.value <= mean.high
    assert {found.n_units for found in (doubt, slogans, flags, mean)} == {4}


@settings(max_examples=25)
@given(CODED)
def test_each_label_is_present_or_absent(values):
    *found, mean = label_agreement(values, LABELS)
    for one in found:
        classes = [[None if codes is None else one.label in codes for codes in row] for row in values]
        assert one.value == pytest.approx(krippendorff_alpha(classes), nan_ok=True)
    known = [one.value for one in found if not math.isnan(one.value)]
    assert mean.value == pytest.approx(sum(known) / len(known) if known else math.nan, nan_ok=True)


@pytest.mark.parametrize("coefficient", COEFFICIENTS)
@pytest.mark.parametrize("values", [[], [[("doubt",)]], [[("doubt",), None]], [[(), ()]]])
def test_label_agreement_of_next_to_nothing(coefficient, values):
    found = label_agreement(values, ["doubt"], coefficient=coefficient)
    assert [one.label for one in found] == ["doubt", None]
    assert label_agreement(values, [], coefficient=coefficient) == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: krippendorff_alpha([["a", "b"], ["a"]]), "rows of 1 to 2 values: expected one for each coder"),
        (lambda: cohen_kappa(["a"], ["a", "b"]), r"shape \(1,\)"),
        (lambda: class_agreement([["a", "b"]], ["a1", "a2"]), "2 groups for 1 units"),
        (lambda: class_agreement([["a"] * 3], coefficient="cohen_kappa"), "values of 3 coders: kappa compares two"),
        (lambda: label_agreement([["doubt", "doubt"]], LABELS), "labels 'doubt': expected a collection"),
    ],
)
def test_what_cannot_be_compared_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_agreement_prints_its_interval():
    assert str(class_agreement([["a", "a"], ["b", "b"]], ["a1", "a1"])) == "1.000 [1.000, 1.000]"


def same(one, other):
    ours, theirs = ([a.value, a.low, a.high, a.n_units, a.n_coders] for a in (one, other))
    return ours == pytest.approx(theirs, nan_ok=True)
