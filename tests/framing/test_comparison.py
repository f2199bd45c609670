"""Groups compared: rates, differences, what cannot be said, and p-values adjusted for their number."""

import dataclasses

import numpy as np
import pytest

from rhetoric.errors import InputError, UsageError
from rhetoric.framing.audit.gold import GoldSample
from rhetoric.framing.comparison import DEFAULT_MEASURES, compare, group_names
from rhetoric.framing.measures.definitions import read_measures
from rhetoric.framing.measures.measure_table import MeasureTable
from rhetoric.framing.question import Question
from rhetoric.framing.uncertainty import student_quantile

OUTLETS = ("Echo", "Post", "Torch")
N_EACH = 40
RATES = {"Echo": 0.1, "Post": 0.1, "Torch": 0.5}
MEASURES = ("loaded_sentences", "attributed_sentences")


@pytest.fixture(scope="module")
def table():
    """40 articles of each outlet; the Torch has more loaded sentences, attributions are the same everywhere."""
    rng = np.random.default_rng(7)
    outlets = np.repeat(OUTLETS, N_EACH)
    below = rng.integers(10, 30, len(outlets)).astype(np.float64)
    loaded = rng.binomial(below.astype(int), [RATES[o] for o in outlets]).astype(np.float64)
    attributed = rng.binomial(below.astype(int), 0.4).astype(np.float64)
    known = read_measures()
    return MeasureTable(
        tuple(f"a{i}" for i in range(len(outlets))),
        {"outlet": tuple(outlets.tolist()), "section": tuple("news" if i % 2 else None for i in range(len(outlets)))},
        dict(zip(MEASURES, (loaded, attributed), strict=True)),
        dict.fromkeys(MEASURES, below),
        {name: known[name] for name in MEASURES},
    )


def gold_of(table, measure, shift=0.0):
    """An audit of every second article; people count as the model does, but for the first five of each outlet."""
    n = len(table)
    audited = np.arange(n) % 2 == 0
    above = np.where(audited, table.numerators[measure], np.nan)
    above[np.flatnonzero(audited)[::2]] += shift
    return GoldSample(
        "outlet",
        np.ones(n, np.bool_),
        tuple(str(o) for o in table.meta["outlet"]),
        np.full(n, 0.5),
        audited,
        {measure: above},
        {measure: np.where(audited, table.denominators[measure], np.nan)},
    )


def test_compare_finds_the_outlet_that_differs(table):
    found = compare(table, Question(primary=("loaded_sentences",)))
    rows = {row.contrast: row for row in found.of("loaded_sentences", "pairwise")}
    assert rows["Echo − Post"].p_adjusted > 0.05
    assert rows["Echo − Torch"].p_adjusted < 0.001
    assert rows["Echo − Torch"].low < RATES["Echo"] - RATES["Torch"] < rows["Echo − Torch"].high
    assert rows["Echo − Torch"].standardised < -1


def test_compare_gives_the_pooled_rate_of_each_group(table):
    found = compare(table, Question(measures=("loaded_sentences",)))
    above, below = table.numerators["loaded_sentences"], table.denominators["loaded_sentences"]
    for i, row in enumerate(found.of("loaded_sentences", "level")):
        part = slice(i * N_EACH, (i + 1) * N_EACH)
        assert row.contrast == OUTLETS[i]
        assert row.estimate == pytest.approx(above[part].sum() / below[part].sum())
        assert (row.n_articles, row.n_audited, row.estimator) == (N_EACH, 0, "plain")
    assert found.groups == dict.fromkeys(OUTLETS, N_EACH)


def test_compare_gives_intervals_that_hold_together(table):
    found = compare(table, Question(measures=("loaded_sentences",)))
    for kind, n in (("level", 3), ("pairwise", 3)):
        for row in found.of("loaded_sentences", kind):
            wider = (row.all_high - row.all_low) / (row.high - row.low)
            bonferroni = student_quantile(row.df, 1 - 0.05 / n) / student_quantile(row.df, 0.95)
            assert 1.1 < wider < bonferroni + 0.01
    two = compare(table.take(np.arange(2 * N_EACH)), Question(measures=("loaded_sentences",)))
    (row,) = two.of("loaded_sentences", "pairwise")
    assert (row.all_low, row.all_high) == pytest.approx((row.low, row.high), rel=0.02)


def test_compare_of_rates_that_do_not_vary(table):
    full = dataclasses.replace(table, numerators={m: table.denominators[m] for m in MEASURES})
    found = compare(full, Question(measures=("loaded_sentences",)))
    assert all("all articles agree" in row.note for row in found.rows)
    assert np.isnan([row.all_low for row in found.rows]).all()


def test_compare_adjusts_primary_and_exploratory_measures_apart(table):
    found = compare(table, Question(measures=("attributed_sentences",), primary=("loaded_sentences",)))
    primary = [r for r in found.rows if r.is_primary and r.kind == "pairwise"]
    others = [r for r in found.rows if not r.is_primary and r.kind == "pairwise"]
    assert sorted({r.measure for r in primary}) == ["loaded_sentences"]
    smallest = min(primary, key=lambda r: r.p_value)
    assert smallest.p_adjusted == pytest.approx(min(1, 3 * smallest.p_value))  # Holm's first step
    largest = max(others, key=lambda r: r.p_value)
    assert largest.p_adjusted == pytest.approx(largest.p_value)  # Benjamini and Hochberg's last


def test_compare_with_the_rest(table):
    found = compare(table, Question(measures=("loaded_sentences",), against_rest=True))
    rows = found.of("loaded_sentences", "rest")
    levels = {r.contrast: r.estimate for r in found.of("loaded_sentences", "level")}
    assert [r.contrast for r in rows] == [f"{o} − the others" for o in OUTLETS]
    assert rows[2].estimate == pytest.approx(levels["Torch"] - (levels["Echo"] + levels["Post"]) / 2)


def test_compare_corrects_what_the_gold_holds(table):
    gold = gold_of(table, "loaded_sentences", shift=1.0)
    found = compare(table, Question(measures=MEASURES), gold)
    plain = compare(table, Question(measures=MEASURES))
    for corrected, bare in zip(
        found.of("loaded_sentences", "level"), plain.of("loaded_sentences", "level"), strict=True
    ):
        assert corrected.estimator == "ppi"
        assert corrected.estimate > bare.estimate
        assert corrected.n_audited == N_EACH // 2
        assert corrected.n_effective > corrected.n_audited  # the predictions add something
        assert np.isnan(bare.n_effective)
    assert {r.estimator for r in found.of("attributed_sentences", "level")} == {"plain"}
    assert any("attributed_sentences: not corrected" in note for note in found.notes)
    doubly_robust = compare(table, Question(measures=("loaded_sentences",), correction="dsl"), gold)
    assert {r.estimator for r in doubly_robust.of("loaded_sentences", "level")} == {"dsl"}
    for kind in ("level", "pairwise"):
        for one, other in zip(
            found.of("loaded_sentences", kind), doubly_robust.of("loaded_sentences", kind), strict=True
        ):
            assert (one.other_estimator, other.other_estimator) == ("dsl", "ppi")
            assert (one.other_estimate, one.other_low, one.other_high) == (other.estimate, other.low, other.high)
            assert (other.other_estimate, other.other_low) == (one.estimate, one.low)
    assert {r.other_estimator for r in found.of("attributed_sentences", "level")} == {""}


def test_compare_says_what_was_not_corrected(table):
    assert any(note.startswith("not corrected for model error") for note in compare(table, Question()).notes)


def test_compare_says_what_cannot_be_said(table):
    few = table.take(np.array([*range(N_EACH), *range(N_EACH, N_EACH + 3)]))
    found = compare(few, Question(measures=("loaded_sentences",)))
    (row,) = found.of("loaded_sentences", "pairwise")
    assert np.isnan(row.estimate)
    assert row.note.startswith("Post: 3 articles")
    assert row.to_record()["estimate"] is None


def test_compare_leaves_out_articles_without_the_field(table):
    with_gap = dataclasses.replace(table, meta={"outlet": (None, *table.meta["outlet"][1:])})
    found = compare(with_gap, Question(measures=("loaded_sentences",)))
    assert found.groups["Echo"] == N_EACH - 1
    assert any(note.startswith("1 of 120 articles") for note in found.notes)


def test_compare_by_two_fields(table):
    crossed = dataclasses.replace(table, meta={**table.meta, "half": tuple("ab"[i % 2] for i in range(len(table)))})
    found = compare(crossed, Question(by=("outlet", "half"), measures=("loaded_sentences",)))
    assert list(found.groups) == [f"{o} / {h}" for o in OUTLETS for h in "ab"]


def test_compare_takes_the_default_measures_that_there_are(table):
    found = compare(table, Question())
    assert {r.measure for r in found.rows} == set(MEASURES) & set(DEFAULT_MEASURES)
    assert set(DEFAULT_MEASURES) <= set(read_measures()) | {"attributions_unnamed_source", "state_media_any"}


def test_compare_takes_all_measures(table):
    assert {r.measure for r in compare(table, Question(measures=("all",))).rows} == set(MEASURES)


@pytest.mark.parametrize(
    ("question", "error", "expected"),
    [
        (Question(by=("sector",)), InputError, "no article has the field 'sector' to group by: expected one of outlet"),
        (Question(by=("section",)), InputError, "all articles are of one section, 'news'"),
        (Question(measures=("loadedness",)), UsageError, "there is no measure 'loadedness'"),
    ],
)
def test_compare_refuses_what_it_cannot_do(table, question, error, expected):
    with pytest.raises(error, match=expected):
        compare(table, question)


def stories_of(table):
    """Article i of each outlet tells story i; the last ten of the Torch tell stories of their own."""
    numbers = np.tile(np.arange(N_EACH), len(OUTLETS))
    numbers[-10:] = np.arange(900, 910)
    return numbers


def test_compare_within_stories_is_the_difference_of_articles_on_the_same_story(table):
    two = table.take(np.arange(2 * N_EACH))
    equal = dataclasses.replace(two, denominators={m: np.full(2 * N_EACH, 20.0) for m in MEASURES})
    found = compare(equal, Question(measures=("loaded_sentences",)), clusters=stories_of(table)[: 2 * N_EACH])
    (row,) = found.of("loaded_sentences", "story")
    values = equal.values("loaded_sentences").reshape(2, N_EACH)
    assert row.estimate == pytest.approx((values[0] - values[1]).mean())
    assert row.std_error == pytest.approx((values[0] - values[1]).std(ddof=1) / np.sqrt(N_EACH))
    assert row.p_adjusted >= row.p_value
    assert row.n_articles == 2 * N_EACH


def test_compare_within_stories_leaves_out_stories_of_one_outlet_alone(table):
    found = compare(table, Question(measures=("loaded_sentences",)), clusters=stories_of(table))
    rows = found.of("loaded_sentences", "story")
    assert [row.contrast for row in rows] == ["Echo − Post", "Echo − Torch", "Post − Torch"]
    assert {row.n_articles for row in rows} == {3 * N_EACH - 10}
    assert not compare(table, Question(measures=("loaded_sentences",))).of("loaded_sentences", "story")


def test_compare_adjusts_what_gold_does_not_hold(table):
    gold = gold_of(table, "loaded_sentences", shift=1.0)
    gold = dataclasses.replace(gold, kept=np.arange(len(table)) % 4 != 3)
    known = dataclasses.replace(table, meta={**table.meta, "page": tuple(i % 5 for i in range(len(table)))})
    found = compare(known, Question(measures=MEASURES, adjust_for=("page",)), gold)
    n = {m: {row.n_articles for row in found.of(m, "adjusted")} for m in MEASURES}
    assert n == {"loaded_sentences": {90}, "attributed_sentences": {120}}


@pytest.mark.parametrize(
    ("fields", "genres", "expected"),
    [
        ((), None, "genre not controlled"),
        (("section",), None, "adjusted for section alone; genre not controlled"),
        (("genre",), ("news", "opinion", None, "news"), "the genre of 30 articles is unknown"),
        (("genre",), ("news", "opinion", "news", "opinion"), None),
    ],
)
def test_compare_says_whether_genre_is_controlled(table, fields, genres, expected):
    genre = {"genre": tuple((genres or (None,))[i % len(genres or (None,))] for i in range(len(table)))}
    known = dataclasses.replace(table, meta={**table.meta, **genre})
    notes = [n for n in compare(known, Question(measures=MEASURES, adjust_for=fields)).notes if "genre" in n]
    assert len(notes) == (expected is not None)
    assert all(expected in note for note in notes)


def test_compare_refuses_fields_that_no_article_has_both_of(table):
    meta = {name: tuple(j if j % 2 == k else None for j in range(len(table))) for k, name in enumerate(("a", "b"))}
    with pytest.raises(InputError, match="no article has both of the fields a and b"):
        compare(dataclasses.replace(table, meta=meta), Question(by=("a", "b"), measures=MEASURES))


def test_group_names_joins_fields_and_knows_gaps(table):
    names = group_names(table, ("outlet", "section"))
    assert names[:2] == [None, "Echo / news"]


def test_rows_have_the_columns_of_broom(table):
    record = compare(table, Question()).rows[0].to_record()
    assert list(record)[:12] == [
        *("measure", "contrast", "estimate", "std.error", "df", "conf.low", "conf.high", "p.value", "p.adjusted"),
        *("n_articles", "n_audited", "estimator"),
    ]
