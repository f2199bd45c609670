"""Annotated articles read back, whatever they were written to."""

import gzip
import io
from types import SimpleNamespace

import pyarrow
import pytest

from rhetoric.errors import InputError
from rhetoric.formats import Failure, dump_line, read_annotations, to_record
from rhetoric.formats.parquet import open_parquet
from tests.formats.test_record import full_article

LINE = dump_line(to_record(full_article()))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", LINE),
        ("a.txt", LINE),
        ("a.jsonl.gz", gzip.compress(LINE)),
        ("a.jsonl.zst", pyarrow.compress(LINE, "zstd", asbytes=True)),
        ("a.JSONL", b"\xef\xbb\xbf" + LINE),
    ],
)
def test_json_lines_are_read_plain_and_compressed(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert list(read_annotations(tmp_path / name)) == [full_article()]


def test_parquet_is_told_by_its_suffix(tmp_path):
    path = tmp_path / "a.PARQUET"
    with open_parquet(path) as write:
        write(full_article())
    assert list(read_annotations(str(path))) == [full_article()]


@pytest.mark.parametrize("content", [LINE, gzip.compress(LINE)], ids=["plain", "gzip"])
def test_standard_input_is_json_lines(monkeypatch, content):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    assert list(read_annotations("-")) == [full_article()]


def test_a_bad_line_is_a_failure_that_names_its_place(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINE + b'\n{"id": "b"}\n')
    article, failure = read_annotations(path)
    assert article == full_article()
    assert isinstance(failure, Failure)
    assert (failure.id, failure.source, failure.line) == ("b", str(path), 3)


def test_a_file_that_was_cut_off_is_refused_by_name(tmp_path):
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(LINE * 50)[:-20])
    with pytest.raises(InputError, match=r"a\.jsonl\.gz: the compressed file is damaged or cut off"):
        list(read_annotations(path))


@pytest.mark.parametrize("name", ["missing.jsonl", "missing.parquet", "."])
def test_a_file_that_cannot_be_read_is_refused(tmp_path, name):
    with pytest.raises(InputError, match="cannot read") as error:
        list(read_annotations(tmp_path / name))
    assert "\n" not in str(error.value)
