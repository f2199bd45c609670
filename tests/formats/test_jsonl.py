"""JSON lines: what is written can be read, and a bad line is one failure."""

import datetime
import json
import math

import pytest

from rhetoric.annotation import AnnotatedArticle
from rhetoric.errors import InputError
from rhetoric.formats import Failure, dump_line, open_lines, read_annotations, to_record
from rhetoric.formats.jsonl import load_line, read_lines


def test_dump_line_escapes_lone_surrogates_only():
    assert dump_line({"t": "é😀\u2028\udfff!"}) == '{"t": "é😀\u2028\\udfff!"}\n'.encode()


def test_dump_line_refuses_a_surrogate_pair_that_json_would_join():
    with pytest.raises(InputError, match="surrogate pair"):
        dump_line({"text": "a\ud83d\ude00b"})


@pytest.mark.parametrize("value", [math.nan, math.inf, [1.5, {"x": math.nan}]])
def test_dump_line_writes_null_for_what_json_has_no_number_for(value):
    assert "NaN" not in (line := dump_line({"m": value}).decode())
    assert "Infinity" not in line
    assert "null" in line


def test_dump_line_writes_dates_of_tables_as_iso():
    assert json.loads(dump_line({"date": datetime.date(2025, 3, 1)})) == {"date": "2025-03-01"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"id": "a"', "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[" * 100_000, "not usable JSON|not JSON"),
        (b'{"n": ' + b"9" * 5000 + b"}", "not usable JSON"),
        (b"\0\0", "not JSON"),
    ],
)
def test_load_line_says_what_is_wrong(line, expected):
    with pytest.raises(InputError, match=expected) as error:
        load_line(line)
    assert "\n" not in str(error.value)


def test_read_lines_numbers_lines_and_goes_on_after_a_bad_one():
    lines = [b'\xef\xbb\xbf{"id": "a"}\n', b"\n", b'{"id": \n', b"  \r\n", b'{"id": "b"}']
    found = list(read_lines(lines, "in.jsonl", lambda record: record["id"]))
    assert [number for number, _ in found] == [1, 3, 5]
    assert [item for _, item in found if isinstance(item, str)] == ["a", "b"]
    failure = found[1][1]
    assert (failure.id, failure.source, failure.line) == (None, "in.jsonl", 3)


def test_open_lines_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "out.jsonl"
    with open_lines(path) as write:
        write({"id": "a"})
        assert not path.exists()
    assert path.read_bytes() == b'{"id": "a"}\n'
    assert list(tmp_path.iterdir()) == [path]


def test_open_lines_keeps_whole_lines_after_an_interruption(tmp_path):
    path = tmp_path / "out.jsonl"

    def interrupted():
        with open_lines(path) as write:
            write({"id": "a"})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_bytes() == b'{"id": "a"}\n'
    assert list(tmp_path.iterdir()) == [path]


def test_open_lines_leaves_an_old_file_alone_if_nothing_was_written(tmp_path):
    path = tmp_path / "out.jsonl"
    path.write_text("old")
    with pytest.raises(ValueError, match="x"), open_lines(path):
        raise ValueError("x")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_open_lines_writes_through_a_link(tmp_path):
    path, link = tmp_path / "out.jsonl", tmp_path / "link.jsonl"
    path.touch()
    link.symlink_to(path)
    with open_lines(link) as write:
        write({"id": "a"})
    assert link.is_symlink()
    assert path.read_bytes() == b'{"id": "a"}\n'


def test_open_lines_writes_to_a_device(tmp_path):
    pipe = tmp_path / "null"
    pipe.symlink_to("/dev/null")
    with open_lines(pipe) as write:
        write({"id": "a"})
    assert pipe.is_char_device()


def test_read_annotations_yields_articles_and_failures(tmp_path):
    article = AnnotatedArticle("a", "x\ud800\r\n")
    path = tmp_path / "in.jsonl"
    path.write_bytes(dump_line(to_record(article)) + b'{"id": "b", "text": "raw"}\n')
    first, second = read_annotations(path)
    assert first == article
    assert isinstance(second, Failure)
    assert (second.id, second.line) == ("b", 2)


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_read_annotations_refuses_an_unreadable_file(tmp_path, name):
    with pytest.raises(InputError, match="cannot read"):
        list(read_annotations(tmp_path / name))
