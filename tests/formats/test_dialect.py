"""How a table is written: clean CSV is always CSV, and another way counts only if it alone makes sense."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.errors import UsageError
from rhetoric.formats.columns import ColumnMap
from rhetoric.formats.dialect import Dialect, check_delimiter, detect_dialect, make_reader

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


def written(rows, **options):
    buffer = io.StringIO()
    csv.writer(buffer, **options).writerows(rows)
    return buffer.getvalue()


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_clean_csv_is_always_csv(rows, quoting):
    assert detect_dialect(written([("id", "text"), *rows], quoting=quoting), ColumnMap()) == Dialect()


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_clean_tsv_keeps_its_quotes(rows, quoting):
    sample = written([("id", "text"), *rows], quoting=quoting, delimiter="\t")
    assert detect_dialect(sample, ColumnMap(), "\t") == Dialect("\t")


DETECTED = [
    ("id;text\na;Rain, snow.\n", Dialect(";")),
    ("id\ttext\na\tRain; snow, hail.\n", Dialect("\t")),
    ("id|text\na|x\n", Dialect("|")),
    ("id,text\na;b,x\n", Dialect()),
    ("a;b\n1;2\n", Dialect()),  # no column of texts: nothing is told
    ('id\ttext\na\t"No," she said.\nb\t"Yes.\n', Dialect("\t", "none")),
    ('id\ttext\na\t"No\nb\t"Yes""\n', Dialect("\t", "none")),
    ('id\ttext\na\t"It rained."\nb\t"x"y\nc\t"It snowed."\n', Dialect("\t")),  # quoted, and one row is wrong
    ('id,text\na,"No," she said.\n', Dialect()),  # commas stand in prose
    ('id,text\na,"She said \\"no\\", and left."\nb,"x\\"y"\n', Dialect(",", "backslash")),
    ('id,text\na,"x"y\n', Dialect()),
    ('id,text\na,x\nb\n', Dialect()),
    ("", Dialect()),
]  # fmt: skip


@pytest.mark.parametrize(("sample", "expected"), DETECTED)
def test_detect_dialect(sample, expected):
    assert detect_dialect(sample, ColumnMap()) == expected


def test_detect_dialect_looks_for_the_column_that_was_named():
    assert detect_dialect("nr;body,text\n1;x\n", ColumnMap(text="body,text")) == Dialect(";")


def test_a_delimiter_that_was_given_is_taken():
    assert detect_dialect("id;text\na;x\n", ColumnMap(), given=",") == Dialect(",")


@pytest.mark.parametrize(
    ("quoting", "line", "cells"),
    [
        ("doubled", 'a,"x ""y"" z"', ["a", 'x "y" z']),
        ("backslash", 'a,"x \\"y\\" \\\\ z"', ["a", 'x "y" \\ z']),
        ("none", 'a,"x" y', ["a", '"x" y']),
    ],
)
def test_make_reader_reads_each_way(quoting, line, cells):
    assert next(make_reader([line], Dialect(",", quoting))) == cells


@pytest.mark.parametrize("quoting", ["doubled", "backslash"])
def test_make_reader_refuses_what_follows_a_quote(quoting):
    with pytest.raises(csv.Error):
        next(make_reader(['a,"x"y'], Dialect(",", quoting)))


@pytest.mark.parametrize(("name", "expected"), [("tab", "\t"), ("\\t", "\t"), ("\t", "\t"), (";", ";"), ("TAB", "\t")])
def test_check_delimiter(name, expected):
    assert check_delimiter(name) == expected


@pytest.mark.parametrize("name", ["", ";;", '"', "\n", "semi"])
def test_check_delimiter_refuses_what_is_none(name):
    with pytest.raises(UsageError, match="expected one character"):
        check_delimiter(name)
