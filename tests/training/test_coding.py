"""Coded texts of several coders joined: shares, groups, labels, and which labels are refused."""

import pytest

from rhetoric.errors import InputError
from rhetoric.formats.coded import CodedText
from rhetoric.training.coding import CodedUnit, find_labels, join_coders, shares_of


def coded(text_id, labels, coder=None, **others):
    return CodedText(text_id, f"Text {text_id}.", labels, coder=coder, source="data.csv", line=7, **others)


def units(*shares):
    return [CodedUnit(str(i), f"Text {i}.", of_one, str(i)) for i, of_one in enumerate(shares)]


def test_join_coders_gives_each_label_its_share():
    texts = [coded("a", ("x",), "ann"), coded("a", ("x", "y"), "bo"), coded("b", (), "ann")]
    one, other = join_coders(texts)
    assert (one.shares, one.n_coders, one.labels) == ({"x": 1.0, "y": 0.5}, 2, ("x", "y"))
    assert (other.shares, other.n_coders) == ({}, 1)


@pytest.mark.parametrize(
    ("meta", "group"),
    [({}, "a"), ({"article": "n1"}, "n1"), ({"url": "u", "article_id": 5}, "5"), ({"article": ""}, "a")],
)
def test_join_coders_finds_the_article(meta, group):
    assert join_coders([coded("a", (), meta=meta)])[0].group == group


def test_join_coders_leaves_out_what_was_not_coded_as_a_whole():
    assert join_coders([coded("a", None)]) == []


@pytest.mark.parametrize(
    ("shares", "is_exclusive"),
    [
        ([{"x": 1.0}] * 5 + [{"y": 1.0}] * 5, True),
        ([{"x": 1.0}] * 5 + [{"x": 0.5, "y": 0.5}] * 5, True),
        ([{"x": 1.0}] * 5 + [{}] * 5, False),
        ([{"x": 1.0, "y": 1.0}] * 5 + [{}] * 5, False),
    ],
)
def test_labels_exclude_each_other_where_each_text_has_one(shares, is_exclusive):
    found = find_labels(units(*shares))
    assert found.is_exclusive == is_exclusive
    assert found.labels == tuple(sorted({label for of_one in shares for label in of_one}))
    assert not find_labels(units(*shares), is_exclusive=False).is_exclusive


@pytest.mark.parametrize(
    ("shares", "options", "message"),
    [
        ([{}] * 9, {}, "no text has a label"),
        ([{"x": 1.0}] * 3 + [{}] * 9, {}, "the label 'x' has 3 examples: expected at least 5"),
        ([{"x": 1.0}] * 9, {}, "9 of 9 texts have the label 'x': expected at least 5 without it"),
        ([{"x": 1.0}] * 9 + [{}] * 9, {"is_exclusive": True}, "the text '9' has 0 labels: exclusive labels need"),
    ],
)
def test_labels_from_which_nothing_can_be_learnt_are_refused(shares, options, message):
    with pytest.raises(InputError, match=message):
        find_labels(units(*shares), **options)


def test_shares_stand_in_the_order_of_the_labels():
    assert shares_of(units({"y": 0.5}, {"x": 1.0}), ("x", "y")).tolist() == [[0.0, 0.5], [1.0, 0.0]]
    assert shares_of([], ("x", "y")).shape == (0, 2)
