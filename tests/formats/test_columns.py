"""Which column holds what: fields get their own names, and nothing is left out."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.errors import InputError
from rhetoric.formats.columns import AS_THEY_ARE, ColumnMap

RENAMED = [
    (ColumnMap(), {"id": "a", "text": "x", "b": 1}, {"id": "a", "text": "x", "b": 1}),
    (ColumnMap(text="body"), {"id": "a", "body": "x"}, {"id": "a", "text": "x"}),
    (ColumnMap(text="body"), {"id": "a", "body": "x", "text": "y"}, {"id": "a", "text": "x", "original_text": "y"}),
    (ColumnMap(id="nr"), {"nr": 7, "text": "x"}, {"id": "7", "text": "x"}),
    (ColumnMap(id="nr"), {"nr": 7, "id": 1, "text": "x"}, {"id": "7", "text": "x", "original_id": 1}),
    (ColumnMap(id="id"), {"id": 7, "text": "x"}, {"id": "7", "text": "x"}),
    (ColumnMap(id="url"), {"url": "u", "text": "x"}, {"id": "u", "text": "x", "url": "u"}),
    (ColumnMap(text="title", title="h"), {"id": "a", "title": "x", "h": "y"}, {"id": "a", "text": "x", "title": "y"}),
    (ColumnMap(id="#"), {"id": "a", "text": "x"}, {"text": "x", "original_id": "a"}),
    (ColumnMap(date="day"), {"id": "a", "text": "x"}, {"id": "a", "text": "x"}),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "record", "expected"), RENAMED)
def test_rename_gives_fields_their_own_names(columns, record, expected):
    assert columns.rename(record) == expected


NAMES = st.sampled_from(["id", "text", "title", "outlet", "date", "url", "body", "nr", "other"])


@given(
    st.builds(ColumnMap, *[st.none() | NAMES for _ in dataclasses.fields(ColumnMap)]),
    st.dictionaries(NAMES, st.text(max_size=3)),
)
def test_rename_loses_no_value(columns, record):
    assert set(columns.rename(record).values()) == set(record.values())


def test_rename_leaves_a_record_alone_if_no_column_was_named():
    record = {"id": 7}
    assert AS_THEY_ARE.rename(record) is record


CHECKED = [
    (ColumnMap(), ["id", "body"], "no column 'text'.*found id, body; name yours, perhaps with --text-column body$"),
    (ColumnMap(), ["id", "rank"], "no column 'text'.*found id, rank; name yours with --text-column$"),
    (ColumnMap(text="body"), ["id", "text"], "no column 'body'.*named for 'text'"),
    (ColumnMap(title="head"), ["id", "text"], "no column 'head'.*--title-column"),
    (ColumnMap(), ["id", "text", "text"], "2 columns 'text'"),
    (ColumnMap(), ["id", "text", "title", "title"], "2 columns 'title'"),
    (ColumnMap(), [], "found none"),
    (ColumnMap(), [f"c{i}" for i in range(10_000)], r"c11, … \(10,000 in all\)"),
]


@pytest.mark.parametrize(("columns", "names", "expected"), CHECKED)
def test_check_says_which_column_is_missing(columns, names, expected):
    with pytest.raises(InputError, match=expected) as caught:
        columns.check(names)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("columns", [ColumnMap(), ColumnMap(id="#"), ColumnMap(text="text")])
def test_check_needs_no_column_of_ids(columns):
    columns.check(["text"])


MISSING = [
    ({"ID": "a", "content": "x", "source": "s"},
     "the fields 'id' and 'text' are missing: found ID, content, source;"
     " name yours, perhaps with --id-column ID --text-column content"),
    ({"id": "a", "bodyText": "x"},
     "the field 'text' is missing: found id, bodyText; name yours, perhaps with --text-column bodyText"),
    ({"article id": 3, "text": "x"},
     "the field 'id' is missing: found article id, text; name yours, perhaps with --id-column 'article id'"),
    ({"article_id": "a", "Title text": "t", "body": "x"},
     "the fields 'id' and 'text' are missing: found article_id, Title text, body;"
     " name yours, perhaps with --id-column article_id --text-column body"),
    ({"text": "x"},
     "the field 'id' is missing: found text; name yours with --id-column (--id-column '#' numbers the records)"),
    ({"id": "a", "content": ["x"]}, "the field 'text' is missing: found id, content; name yours with --text-column"),
    ({}, "the fields 'id' and 'text' are missing: found none;"
     " name yours with --id-column and --text-column (--id-column '#' numbers the records)"),
    ({"id": 7, "text": "x"},
     "the field 'id' is a number: expected a string; --id-column id takes numbers as names"),
]  # fmt: skip


@pytest.mark.parametrize(("record", "expected"), MISSING)
def test_check_record_says_how_to_name_what_a_record_has(record, expected):
    with pytest.raises(InputError) as caught:
        AS_THEY_ARE.check_record(record)
    assert str(caught.value) == expected


def test_check_record_names_the_column_that_was_named():
    columns = ColumnMap(text="story")
    with pytest.raises(InputError, match="the field 'story' is missing: found id, body; .* --text-column body"):
        columns.check_record(columns.rename({"id": "a", "body": "x"}))


ODD_NAMES = st.text(max_size=60) | st.sampled_from(["text\n", "\x1bbody", "id", "x" * 300, "\ud800 id"])


@given(st.dictionaries(ODD_NAMES, st.integers() | st.text(max_size=3), max_size=30).filter(lambda r: "text" not in r))
def test_check_record_is_one_line_about_any_record(record):
    with pytest.raises(InputError) as caught:
        AS_THEY_ARE.check_record(record)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 2_000


def test_columns_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        AS_THEY_ARE.id = "x"
