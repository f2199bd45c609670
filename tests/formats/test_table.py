"""Tables: cells are strings as they stand, and a bad row is one failure."""

import csv
import io

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from rhetoric.annotation import Article, CharSpan
from rhetoric.formats import Failure, read_inputs
from rhetoric.formats.table import read_csv

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_read_csv_keeps_every_character(rows):
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerows([("id", "text"), *rows])
    found = [record for _, record in read_csv(io.BytesIO(buffer.getvalue().encode()), "x.csv")]
    assert found == [{"id": name, "text": text} for name, text in rows]


def test_csv_ids_that_look_like_numbers_stay_as_they_are(tmp_path):
    path = tmp_path / "in.csv"
    path.write_bytes('\ufeffid,text,outlet,targets\r\n007,"It\r\nrains",,"[{""start"": 0, ""end"": 2}]"\r\n'.encode())
    (article,) = read_inputs([path])
    assert article == Article("007", "It\r\nrains", {"outlet": ""}, (CharSpan(0, 2),))


def test_csv_holds_long_articles(tmp_path):
    path = tmp_path / "in.csv"
    text = "word " * 100_000
    path.write_text(f'id,text\na,"{text}"\n')
    (article,) = read_inputs([path])
    assert article.text == text


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"b", "1 cells"),
        (b"b,y,z", "3 cells"),
        (b'b,"caf\xe9"', "not UTF-8"),
        (b'b,"x"y', "not CSV"),
        (b",y", "'id' is blank"),
    ],
)
def test_a_bad_csv_row_is_one_failure(tmp_path, row, reason):
    path = tmp_path / "in.csv"
    path.write_bytes(b"id,text\na,x\n" + row + b"\nc,z\n")
    found = list(read_inputs([path]))
    assert [item.id for item in found if isinstance(item, Article)] == ["a", "c"]
    (failure,) = (item for item in found if isinstance(item, Failure))
    assert reason in failure.reason
    assert failure.line == 3


def test_a_csv_cell_that_is_never_closed_is_a_failure(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text('id,text\na,x\nb,"y\nc,z\n')
    found = list(read_inputs([path]))
    assert [type(item) for item in found] == [Article, Failure]


def test_parquet_rows_are_articles(tmp_path):
    path = tmp_path / "in.parquet"
    rows = [
        {"id": "a", "text": "x\r\n😀", "title": "T", "targets": [{"start": 0, "end": 1}]},
        {"id": "b", "text": None, "title": None, "targets": None},
    ]
    parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    article, failure = read_inputs([path])
    assert article == Article("a", "x\r\n😀", {"title": "T"}, (CharSpan(0, 1),))
    assert (failure.id, failure.line) == ("b", 2)
    assert "'text' is null" in failure.reason


def test_parquet_without_the_columns_is_one_failure(tmp_path):
    path = tmp_path / "in.parquet"
    parquet.write_table(pyarrow.Table.from_pylist([{"id": "a", "body": "x"}, {"id": "b", "body": "y"}]), path)
    (failure,) = read_inputs([path])
    assert "no column 'text'" in failure.reason
