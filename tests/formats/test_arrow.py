"""Records as rows of Arrow: in order, of their types, and legible."""

import datetime
import math

import pyarrow
import pytest

from rhetoric.errors import InputError
from rhetoric.formats.arrow import N_LOOSE_BATCHES, Rows, legible, to_batch, to_scalar

SCHEMA = pyarrow.schema([("id", pyarrow.string()), ("start", pyarrow.int32())])


@pytest.mark.parametrize("n", [0, 1, N_LOOSE_BATCHES, 2 * N_LOOSE_BATCHES + 1])
def test_rows_come_out_in_the_order_in_which_they_came(n):
    rows, records = Rows(SCHEMA), [{"id": f"a{i}", "start": i} for i in range(n)]
    for _ in range(2):
        for record in records:
            rows.add(to_batch([record], SCHEMA))
        assert rows.n_rows == n
        assert rows.take().to_pylist() == records
        assert (rows.n_rows, rows.n_bytes) == (0, 0)


def test_rows_count_their_bytes():
    rows = Rows(SCHEMA)
    rows.add(to_batch([{"id": "x" * 1000, "start": 1}], SCHEMA))
    assert 1000 <= rows.n_bytes < 1100


def test_a_field_that_a_record_lacks_is_null_and_one_too_many_is_left_out():
    assert to_batch([{"id": "a", "end": 3}], SCHEMA).to_pylist() == [{"id": "a", "start": None}]


@pytest.mark.parametrize("record", [{"id": 3}, {"start": "3"}, {"start": 2**31}, {"start": [1]}, {"start": 2**90}])
def test_a_value_of_another_type_is_refused_in_one_line(record):
    with pytest.raises(InputError, match="wrong type or size") as error:
        to_batch([record], SCHEMA)
    assert "\n" not in str(error.value)


def test_legible_keeps_the_number_of_characters():
    record = {"t\ud800": ["\udfff😀", {"n": 1, "x": None}], "b": ("\ud83d",)}
    assert legible(record) == {"t\ufffd": ["\ufffd😀", {"n": 1, "x": None}], "b": ["\ufffd"]}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", ""),
        (2026, "2026"),
        (datetime.date(2026, 3, 2), "2026-03-02"),
        (math.nan, None),
        ([], None),
        ({"a": 1}, None),
    ],
)
def test_scalars_are_text_and_nothing_else_is(value, expected):
    assert to_scalar(value) == expected
