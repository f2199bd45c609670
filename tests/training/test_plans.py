"""Which trainings a recipe asks for."""

from pathlib import Path

import pytest

from rhetoric.errors import InputError
from rhetoric.training.coding import CodedUnit
from rhetoric.training.label_recipe import read_label_recipe
from rhetoric.training.plans import plan_splits, rows_by_value

OUTLETS = ("Echo", "Post", "Wire", "Echo")
WORDS = "harbour ferry council winter bread ladder violin meadow copper lantern".split()


def recipe_of(**options):
    return read_label_recipe({"data": [Path("data.csv")], **options})


def units(n, start=0):
    """Return texts of which no two are alike."""
    return [
        CodedUnit(
            f"t{i}",
            " ".join(WORDS[(i // 10**k) % 10] * (k + 1) for k in range(3)),
            {"x": 1.0} if i % 2 else {},
            f"a{i}",
            meta={"outlet": OUTLETS[i % len(OUTLETS)]},
        )
        for i in range(start, start + n)
    ]


def test_there_is_a_training_for_each_seed():
    planned = plan_splits(recipe_of(n_seeds=3, seed=5), units(40), 40, 0.1)
    assert [(one.seed, one.value) for one in planned] == [(5, None), (6, None), (7, None)]
    assert len({one.split for one in planned}) == 3
    for one in planned:
        parts = (one.split.train, one.split.tuning, one.split.test)
        assert sorted(i for part in parts for i in part) == list(range(40))
        assert all(parts)


def test_texts_that_are_given_are_tested_on_and_nothing_else():
    texts = [*units(40), *units(10, start=500)]
    planned = plan_splits(recipe_of(n_seeds=2), texts, 40, 0.2)
    assert [one.split.test for one in planned] == [tuple(range(40, 50))] * 2
    (alone,) = plan_splits(recipe_of(n_seeds=2), texts, 40, 0.0)
    assert (alone.split.train, alone.split.tuning) == (tuple(range(40)), ())


def test_texts_that_are_given_must_not_leak():
    with pytest.raises(InputError, match="expected one; split by article"):
        plan_splits(recipe_of(), [*units(40), *units(3)[:1]], 40, 0.0)


def test_each_value_of_a_field_is_left_out_once():
    texts = units(40)
    planned = plan_splits(recipe_of(n_seeds=1, group_by="outlet"), texts, 40, 0.1)
    assert [one.value for one in planned] == [None, "Echo", "Post", "Wire"]
    for one in planned[1:]:
        assert {texts[i].meta["outlet"] for i in one.split.test} == {one.value}
        assert one.value not in {texts[i].meta["outlet"] for i in (*one.split.train, *one.split.tuning)}


def test_a_text_without_the_field_is_refused():
    with pytest.raises(InputError, match=r"'t0' has no 'paper': .*; other fields: outlet$"):
        plan_splits(recipe_of(group_by="paper"), units(40), 40, 0.0)


def test_rows_of_each_value_stand_together_the_most_frequent_first():
    assert rows_by_value(units(8), "outlet") == {"Echo": [0, 3, 4, 7], "Post": [1, 5], "Wire": [2, 6]}
    assert rows_by_value(units(1), "outlet") == {}
    assert rows_by_value(units(8), "paper") == {}
