import datetime
import math

import numpy as np
import pytest

from rhetoric.errors import InputError
from rhetoric.framing.measures.definitions import Measure
from rhetoric.framing.measures.measure_table import MAX_META_LENGTH, MeasureTable, join_tables, meta_columns

SAD = Measure(title="Sad", unit="share", of="sentences", where={"labels": "sad"}, per="sentences")
ACTOR = Measure(
    title="{actor}",
    unit="index",
    of="tone",
    where={"actor": "{actor}"},
    per="mentions",
    per_where={"actor": "{actor}"},
    each=("actor",),
)
LABEL = Measure(
    title="{sentence_label}",
    unit="share",
    of="sentences",
    where={"labels": "{sentence_label}"},
    per="sentences",
    each=("sentence_label",),
)
ROLE = Measure(
    title="{target_label} {actor}",
    unit="share",
    of="targets",
    where={"labels": "{target_label}"},
    per="targets",
    per_where={"actor": "{actor}"},
    each=("target_label", "actor"),
)


def member(family, pattern, **values):
    fields = {"where": {n: [v.format(**values) for v in vs] for n, vs in family.where.given()}}
    per_where = {n: [v.format(**values) for v in vs] for n, vs in family.per_where.given()}
    return Measure.model_validate(
        {**family.model_dump(exclude={"each"}), **fields, "per_where": per_where, "family": pattern}
    )


def table(ids, counts, measures=None, meta=None, **found):
    above = {name: np.array([pair[0] for pair in pairs], float) for name, pairs in counts.items()}
    below = {name: np.array([pair[1] for pair in pairs], float) for name, pairs in counts.items()}
    return MeasureTable(tuple(ids), meta or {}, above, below, measures or {"sad": SAD}, **found)


def pairs(joined, name):
    return list(zip(joined.numerators[name].tolist(), joined.denominators[name].tolist(), strict=True))


def test_values_are_numerators_over_denominators():
    made = table("abc", {"sad": [(1, 4), (0, 0), (math.nan, math.nan)]})
    assert len(made) == 3
    np.testing.assert_equal(made.values("sad"), [0.25, math.nan, math.nan])


@pytest.mark.parametrize("rows", [np.array([2, 0]), np.array([True, False, True])])
def test_take_keeps_some_articles(rows):
    made = table("abc", {"sad": [(1, 1), (2, 2), (3, 3)]}, meta={"outlet": ("E", "F", None)}).take(rows)
    assert sorted(made.ids) == ["a", "c"]
    assert dict(zip(made.ids, made.meta["outlet"], strict=True)) == {"a": "E", "c": None}
    assert dict(zip(made.ids, pairs(made, "sad"), strict=True)) == {"a": (1, 1), "c": (3, 3)}


def test_select_keeps_some_measures_and_their_families():
    measures = {"sad": SAD, "x_a": member(LABEL, "x_{sentence_label}", sentence_label="a")}
    both = table(
        "a",
        {"sad": [(1, 2)], "x_a": [(0, 2)]},
        measures,
        families={"x_{sentence_label}": LABEL},
        absent={"x_{sentence_label}": np.array([2.0])},
    )
    assert both.select(["sad"]).families == {}
    assert both.select(["x_a"]).absent["x_{sentence_label}"].tolist() == [2]
    with pytest.raises(KeyError):
        both.select(["merry"])


def test_meta_are_scalars_of_one_type_each():
    columns = meta_columns(
        [
            {"title": "Rain", "outlet": "Echo", "n": 1, "tags": ["a"], "date": datetime.date(2025, 3, 1), "mixed": 1},
            {"outlet": "x" * (MAX_META_LENGTH + 1), "n": 2.5, "date": datetime.datetime(2025, 3, 1, 4), "mixed": "b"},
            {"n": math.nan, "flag": True},
        ]
    )
    assert columns == {
        "outlet": ("Echo", None, None),
        "n": (1.0, 2.5, None),
        "date": ("2025-03-01", "2025-03-01T04:00:00", None),
        "mixed": ("1", "b", None),
        "flag": (None, None, True),
    }


def test_join_puts_articles_one_after_the_other():
    one = table("ab", {"sad": [(1, 2), (0, 3)]}, meta={"outlet": ("E", "F"), "year": (1999, 2000)})
    other = table("c", {"sad": [(2, 2)]}, meta={"year": ("n. d.",), "section": ("news",)})
    joined = join_tables([one, other])
    assert joined.ids == ("a", "b", "c")
    assert joined.meta == {
        "outlet": ("E", "F", None),
        "year": ("1999", "2000", "n. d."),
        "section": (None, None, "news"),
    }
    assert pairs(joined, "sad") == [(1, 2), (0, 3), (2, 2)]


def test_join_fills_in_a_label_that_some_articles_never_have():
    name, pattern = "x_a", "x_{sentence_label}"
    found = {"families": {pattern: LABEL}}
    one = table(
        "a",
        {name: [(1, 4)]},
        {name: member(LABEL, pattern, sentence_label="a")},
        absent={pattern: np.array([4.0])},
        **found,
    )
    other = table("bc", {}, {"": SAD}, absent={pattern: np.array([7.0, math.nan])}, **found)
    other = MeasureTable(other.ids, {}, {}, {}, {}, other.families, other.absent)
    joined = join_tables([one, other])
    np.testing.assert_equal(pairs(joined, name), [(1, 4), (0, 7), (math.nan, math.nan)])
    assert joined.absent[pattern].tolist()[:2] == [4, 7]


def test_join_fills_in_an_actor_whom_some_articles_never_name_with_nothing():
    name, pattern = "tone_x", "tone_{actor}"
    one = table(
        "a",
        {name: [(-1, 2)]},
        {name: member(ACTOR, pattern, actor="x")},
        families={pattern: ACTOR},
        absent={pattern: np.array([0.0])},
    )
    other = MeasureTable(("b",), {}, {}, {}, {}, {pattern: ACTOR}, {pattern: np.array([0.0])})
    assert pairs(join_tables([one, other]), name) == [(-1, 2), (0, 0)]


def test_join_fills_in_a_role_that_an_actor_never_has_where_he_is_mentioned():
    pattern = "{target_label}_{actor}"
    hero, villain = (member(ROLE, pattern, target_label=label, actor="x") for label in ("hero", "villain"))
    found = {"families": {pattern: ROLE}, "absent": {pattern: np.array([0.0])}}
    one = table("a", {"hero_x": [(1, 3)]}, {"hero_x": hero}, **found)
    other = table("b", {"villain_x": [(2, 2)]}, {"villain_x": villain}, **found)
    joined = join_tables([one, other])
    assert pairs(joined, "hero_x") == [(1, 3), (0, 2)]
    assert pairs(joined, "villain_x") == [(0, 3), (2, 2)]


def test_join_orders_the_members_of_families_by_name():
    pattern = "x_{sentence_label}"
    found = {"families": {pattern: LABEL}, "absent": {pattern: np.array([1.0])}}
    made = {n: member(LABEL, pattern, sentence_label=n[2:]) for n in ("x_b", "x_a")}
    one = table("a", {"x_b": [(1, 1)]}, {"x_b": made["x_b"]}, **found)
    other = table("b", {"x_a": [(1, 1)]}, {"x_a": made["x_a"]}, **found)
    assert list(join_tables([one, other]).measures) == ["x_a", "x_b"]


def test_join_keeps_arrays_shared():
    shared = np.array([2.0])
    measures = {"sad": SAD, "low": SAD}
    parts = [
        MeasureTable((i,), {}, {n: np.ones(1) for n in measures}, dict.fromkeys(measures, shared), measures)
        for i in "ab"
    ]
    joined = join_tables(parts)
    assert joined.denominators["sad"] is joined.denominators["low"]


def test_join_of_nothing_is_refused():
    with pytest.raises(InputError, match="no table of measures"):
        join_tables([])


def test_join_refuses_an_id_that_occurs_twice():
    with pytest.raises(InputError, match="the id 'b' occurs more than once"):
        join_tables([table("ab", {"sad": [(0, 1), (0, 1)]}), table("b", {"sad": [(0, 1)]})])


def test_join_refuses_tables_with_other_measures():
    with pytest.raises(InputError, match="one has 'sad', another has not"):
        join_tables([table("a", {"sad": [(0, 1)]}), table("b", {"merry": [(0, 1)]}, {"merry": SAD})])


def test_join_refuses_other_definitions():
    other = SAD.model_copy(update={"within": "lead"})
    with pytest.raises(InputError, match="define 'sad' differently"):
        join_tables([table("a", {"sad": [(0, 1)]}), table("b", {"sad": [(0, 1)]}, {"sad": other})])


@pytest.mark.parametrize("found", [{"actors": "abc"}, {"families": {"x": LABEL}, "absent": {"x": np.ones(1)}}])
def test_join_refuses_other_families_and_lists(found):
    with pytest.raises(InputError, match="different families of measures or lists of actors"):
        join_tables([table("a", {"sad": [(0, 1)]}), table("b", {"sad": [(0, 1)]}, **found)])
