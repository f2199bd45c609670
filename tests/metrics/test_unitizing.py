import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rhetoric.annotation import CharSpan, Span, subtract
from rhetoric.errors import InputError
from rhetoric.metrics.bootstrap import interval_of_articles
from rhetoric.metrics.matching import solid
from rhetoric.metrics.unitizing import Continuum, alpha_u, span_f1, unitizing_agreement

LENGTH = 30
LABELS = ("doubt", "slogans")
COEFFICIENTS = ("alpha_u", "exact_f1", "ptc_f1")
SPANS = st.builds(
    lambda start, n, label: Span(start, min(LENGTH, start + n), label=label),
    *(st.integers(0, LENGTH), st.integers(0, 12), st.sampled_from(LABELS)),
)
CODINGS = st.dictionaries(st.sampled_from(("ann", "ben", "cem", "dot")), st.lists(SPANS, max_size=4), max_size=4)
TEXTS = st.lists(st.builds(Continuum, st.just(LENGTH), CODINGS, st.sampled_from(("a1", "a2", "a3"))), max_size=4)


def text(n_characters, *coders, group="a1"):
    """Return a text with, for each coder, rows of beginning, length and label."""
    spans = [[Span(start, start + n, label=label) for start, n, label in rows] for rows in coders]
    return Continuum(n_characters, {f"coder {i}": row for i, row in enumerate(spans)}, group)


def value_of(coefficient, texts, label=None):
    return alpha_u(texts, label) if coefficient == "alpha_u" else span_f1(texts, label, coefficient)


def alpha_of_sections(one_text):
    """Return alpha_U of one text as Krippendorff (2004) writes it: sums over all sections, marked or not."""
    observed = expected = 0.0
    n_coders, length = len(one_text.spans), one_text.n_characters
    for label in LABELS:
        sections = []
        for spans in one_text.spans.values():
            marked = solid(s for s in spans if s.label == label)
            gaps = subtract(CharSpan(0, length), marked)
            sections.append([(s.start, len(s), 1) for s in marked] + [(s.start, len(s), 0) for s in gaps])
        differences = sum(delta(*u, *v) for one, other in permutations(sections, 2) for u in one for v in other)
        observed += differences / (n_coders * (n_coders - 1) * length**2)
        everything = [section for row in sections for section in row]
        n_marked = sum(w for *_, w in everything)
        chance = sum(
            (n_marked - 1) / 3 * (2 * n**3 - 3 * n**2 + n)
            + n**2 * sum(m - n + 1 for _, m, is_marked in everything if not is_marked and m >= n)
            for _, n, w in everything
            if w
        )
        total = n_coders * length * (n_coders * length - 1) - sum(n * (n - 1) for _, n, w in everything if w)
        expected += 2 / length * chance / total
    return 1 - observed / expected if expected else math.nan


def delta(b, n, w, other_b, other_n, other_w):
    if w and other_w and -n < b - other_b < other_n:
        return (b - other_b) ** 2 + (b + n - other_b - other_n) ** 2
    if w and not other_w and other_n - n >= b - other_b >= 0:
        return n**2
    if other_w and not w and n - other_n >= other_b - b >= 0:
        return other_n**2
    return 0


def test_alpha_u_of_the_example_of_2004():
    # Figure 2, where the continuum begins at 150.
    both = [(30, 60, "k"), (150, 50, "k")]
    example = text(
        300,
        [(75, 70, "c"), (220, 30, "c"), *both],
        [(70, 80, "c"), (205, 20, "c"), (250, 20, "c"), *both],
    )
    assert alpha_u([example], "c") == pytest.approx(0.7285, abs=0.0002)
    assert alpha_u([example], "k") == 1
    assert alpha_u([example]) == pytest.approx(0.8587, abs=0.0001)


@pytest.mark.parametrize(
    ("one", "other", "alpha"),
    [
        pytest.param([(2, 8), (14, 6)], [(4, 4), (15, 2)], 0.553, id="A"),
        pytest.param(
            [(0, 2), (2, 8), (10, 4), (14, 6), (20, 4)], [(0, 4), (4, 4), (8, 7), (15, 2), (17, 7)], 0.066, id="D"
        ),
    ],
)
def test_alpha_u_of_the_examples_of_1995(one, other, alpha):
    # Published as what is reached when the units of length, of which there are 24, become ever finer.
    fine = 10_000
    coders = [[(start * fine, n * fine, "doubt") for start, n in rows] for rows in (one, other)]
    assert alpha_u([text(24 * fine, *coders)]) == pytest.approx(alpha, abs=0.0005)


@given(TEXTS)
def test_alpha_u_of_one_text_is_that_of_the_definition(texts):
    for one in texts:
        if len(one.spans) > 1:
            assert alpha_u([one]) == pytest.approx(alpha_of_sections(one), nan_ok=True)


@given(st.lists(SPANS, min_size=1, max_size=6), st.integers(2, 4))
def test_identical_coders_agree_fully(spans, n_coders):
    assume(any(len(s) for s in spans))
    same_spans = Continuum(LENGTH, {str(i): spans for i in range(n_coders)}, "a1")
    assert [value_of(c, [same_spans]) for c in COEFFICIENTS] == pytest.approx([1, 1, 1])


def test_coders_who_never_meet_do_not_agree():
    apart = [text(1000, [(10, 20, "doubt")], [(500, 20, "doubt")])]
    assert alpha_u(apart) == pytest.approx(0, abs=0.1)
    assert span_f1(apart) == span_f1(apart, measure="exact_f1") == 0


@pytest.mark.parametrize("n_characters", [120, 400])
def test_chance_gives_about_zero_in_many_short_texts(n_characters):
    rng = np.random.default_rng(13)

    def scattered():
        n = int(rng.integers(10, 31))
        return [(int(rng.integers(0, n_characters - n + 1)), n, "doubt")] if rng.random() < 0.5 else []

    texts = [text(n_characters, scattered(), scattered(), scattered()) for _ in range(1500)]
    assert alpha_u(texts) == pytest.approx(0, abs=0.03)


def test_alpha_u_falls_as_boundaries_move_apart():
    values = [alpha_u([text(200, [(50, 20, "doubt")], [(50 + by, 20, "doubt")])]) for by in (0, 1, 5, 10, 15)]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == 5


def test_span_f1_by_hand():
    coded = text(40, [(0, 10, "doubt"), (20, 4, "doubt")], [(0, 10, "doubt"), (22, 8, "doubt")], [(0, 5, "slogans")])
    # Of the pairs only the first shares anything: one span of two, and half of one with a quarter of the other.
    assert span_f1([coded], "doubt", "exact_f1") == pytest.approx(2 / 8)
    assert span_f1([coded], "doubt") == pytest.approx((2 + 0.5 + 0.25) / 8)
    assert span_f1([coded]) == pytest.approx(2.75 / 10)
    assert span_f1([coded], "slogans") == 0


@pytest.mark.parametrize("coefficient", COEFFICIENTS)
@settings(max_examples=25)
@given(texts=TEXTS, random=st.randoms(use_true_random=False))
def test_order_of_coders_and_texts_does_not_matter(coefficient, texts, random):
    before = unitizing_agreement(texts, coefficient)
    shuffled = []
    for one in texts:
        coders = list(one.spans.items())
        random.shuffle(coders)
        shuffled.append(Continuum(one.n_characters, dict(coders), one.group))
    random.shuffle(shuffled)
    assert same(unitizing_agreement(shuffled, coefficient), before)


@pytest.mark.parametrize("coefficient", COEFFICIENTS)
@settings(max_examples=25)
@given(texts=TEXTS, spans=st.lists(SPANS))
def test_a_text_with_one_coder_changes_nothing(coefficient, texts, spans):
    before = unitizing_agreement(texts, coefficient)
    assert same(unitizing_agreement([*texts, Continuum(LENGTH, {"eve": spans}, "another")], coefficient), before)


@pytest.mark.parametrize("coefficient", COEFFICIENTS)
def test_interval_draws_whole_articles(coefficient):
    articles = {
        "a1": [text(60, [(0, 10, "doubt")], [(0, 12, "doubt")], [(0, 10, "doubt")], group="a1")],
        "a2": [
            text(40, [(5, 6, "doubt"), (8, 9, "slogans")], [(5, 6, "doubt")], group="a2"),
            text(20, [], [(0, 5, "slogans")], group="a2"),
        ],
        "a3": [text(80, [(30, 20, "slogans")], [(30, 20, "slogans")], group="a3")],
    }
    texts = [one for of_article in articles.values() for one in of_article]
    found = {one.label: one for one in unitizing_agreement(texts, coefficient)}
    assert list(found) == ["doubt", "slogans", None]
    assert {one.n_coders for one in found.values()} == {3}
    assert [one.n_units for one in found.values()] == [5, 4, 9]
    for label in ("doubt", None):
        slow = interval_of_articles(
            list(articles.values()),
            lambda drawn, label=label: value_of(coefficient, [one for texts in drawn for one in texts], label),
        )
        ours = found[label]
        assert (ours.value, ours.low, ours.high) == pytest.approx((slow.value, slow.low, slow.high))


@pytest.mark.parametrize("coefficient", COEFFICIENTS)
@pytest.mark.parametrize(
    ("texts", "n_coders"),
    [
        pytest.param([], 0, id="no text"),
        pytest.param([text(10)], 0, id="no coder"),
        pytest.param([text(10, [(0, 4, "doubt")])], 0, id="one coder"),
        pytest.param([text(10, [(3, 0, "doubt")], [])], 2, id="nothing marked"),
        pytest.param([text(0, [], [])], 0, id="no characters"),
    ],
)
def test_nothing_to_compare_gives_nan(coefficient, texts, n_coders):
    (found,) = unitizing_agreement(texts, coefficient)
    assert all(map(math.isnan, (found.value, found.low, found.high)))
    assert (found.label, found.n_units, found.n_coders) == (None, 0, n_coders)
    assert math.isnan(value_of(coefficient, texts, "doubt"))


def test_a_text_of_one_character_leaves_no_room_to_differ():
    assert math.isnan(alpha_u([text(1, [(0, 1, "doubt")], [(0, 1, "doubt")])]))


def test_spans_of_other_labels_do_not_count():
    coded = text(50, [(0, 9, "doubt"), (4, 9, "slogans")], [(0, 9, "doubt")])
    assert alpha_u([coded], "doubt") == 1
    assert alpha_u([coded], "slogans") < 0.1
    assert 0.1 < alpha_u([coded]) < 1


def test_spans_outside_of_the_text_are_refused():
    with pytest.raises(InputError, match="end at 12, outside of a text of 10 characters"):
        text(10, [(8, 4, "doubt")])


def same(ours, theirs):
    def rows(found):
        return [number for a in found for number in (a.value, a.low, a.high, a.n_units, a.n_coders)]

    return [a.label for a in ours] == [a.label for a in theirs] and rows(ours) == pytest.approx(
        rows(theirs), nan_ok=True, abs=1e-9
    )
