import json

import numpy as np
import pyarrow
import pytest
from pyarrow import parquet

from rhetoric.errors import InputError
from rhetoric.framing.measures import arrow
from rhetoric.framing.measures.arrow import (
    METADATA_KEY,
    definitions_digest,
    from_arrow,
    is_current,
    is_measure_table,
    to_arrow,
)
from rhetoric.framing.measures.definitions import Measure, read_measures
from rhetoric.framing.measures.measure_table import MeasureTable

SAD = Measure(title="Sad — “very”", unit="share", of="sentences", where={"labels": "sad"}, per="sentences")
FAMILY = Measure(
    title="{country}",
    unit="share",
    of="content_words",
    where={"country": "{country}"},
    per="content_words",
    each=("country",),
)


@pytest.fixture
def table():
    return MeasureTable(
        ("a", "b", "ü"),
        {
            "outlet": ("E", None, "F"),
            "year": (1999, 2000, None),
            "share": (0.5, None, 1.0),
            "flag": (True, False, None),
        },
        {"sad": np.array([1, np.nan, 0.5])},
        {"sad": np.array([2, np.nan, 0.0])},
        {"sad": SAD},
        {"words_{country}": FAMILY},
        {"words_{country}": np.array([3, np.nan, 4.0])},
        "digest",
    )


def same(one, other):
    assert (one.ids, one.meta, one.measures, one.families, one.actors) == (
        *(other.ids, other.meta, other.measures, other.families, other.actors),
    )
    for name in ("numerators", "denominators", "absent"):
        np.testing.assert_equal(getattr(one, name), getattr(other, name))


def test_table_comes_back_from_arrow(table):
    same(from_arrow(to_arrow(table)), table)


def test_table_comes_back_from_parquet(table, tmp_path):
    parquet.write_table(to_arrow(table), tmp_path / "t.parquet")
    same(from_arrow(parquet.read_table(tmp_path / "t.parquet")), table)


def test_table_without_articles_comes_back():
    empty = MeasureTable((), {}, {"sad": np.zeros(0)}, {"sad": np.zeros(0)}, {"sad": SAD})
    same(from_arrow(to_arrow(empty)), empty)


def test_columns_have_the_names_that_are_documented(table):
    assert to_arrow(table).column_names == [
        *("id", "meta.outlet", "meta.year", "meta.share", "meta.flag", "m.sad.n", "m.sad.d", "absent.words_{country}")
    ]


def test_same_table_is_the_same_bytes(table):
    assert to_arrow(table).schema.metadata == to_arrow(table).schema.metadata


def test_other_tables_are_no_tables_of_measures():
    other = pyarrow.table({"id": ["a"]})
    assert not is_measure_table(other.schema)
    assert not is_current(other.schema)
    with pytest.raises(InputError, match="x.parquet holds no table of measures"):
        from_arrow(other, "x.parquet")


def test_table_of_another_version_of_the_rules_is_refused(table, monkeypatch):
    old = to_arrow(table)
    monkeypatch.setattr(arrow, "COUNTING_VERSION", 99)
    assert not is_current(old.schema)
    with pytest.raises(InputError, match="counted by other rules or definitions"):
        from_arrow(old)


def test_table_whose_definitions_were_changed_is_refused(table):
    made = to_arrow(table)
    head = json.loads(made.schema.metadata[METADATA_KEY])
    head["measures"]["sad"]["within"] = "lead"
    with pytest.raises(InputError, match="counted by other rules or definitions"):
        from_arrow(made.replace_schema_metadata({METADATA_KEY: json.dumps(head)}))


@pytest.mark.parametrize("metadata", ["{", "[]", "{}", '{"measures": {"a": 1}, "families": {}}'])
def test_table_with_damaged_metadata_is_refused(table, metadata):
    with pytest.raises(InputError, match="definitions of its measures are not readable"):
        from_arrow(to_arrow(table).replace_schema_metadata({METADATA_KEY: metadata}))


def test_table_that_lacks_a_column_is_refused(table):
    with pytest.raises(InputError, match=r"lacks a column.*m\.sad\.d"):
        from_arrow(to_arrow(table).drop_columns(["m.sad.d"]))


def test_digest_tells_definitions_and_lists_of_actors_apart():
    moved = SAD.model_copy(update={"within": "lead"})
    digests = {definitions_digest({"a": SAD}), definitions_digest({"a": moved}), definitions_digest({"a": SAD}, "list")}
    assert len(digests) == 3
    assert definitions_digest(read_measures()) == definitions_digest(read_measures())
