"""`rhetoric convert` and `rhetoric report`: annotated articles in another shape."""

import pytest

from rhetoric.annotation import AnnotatedArticle, Span
from rhetoric.formats import dump_line, to_record


@pytest.fixture
def annotations(tmp_path):
    article = AnnotatedArticle("a", "The tyrant\r\nfled\ud800.", spans=(Span(4, 10, label="name_calling", id="s1"),))
    path = tmp_path / "in.jsonl"
    path.write_bytes(dump_line(to_record(article)))
    return path


def test_convert_to_jsonl_changes_nothing(rhetoric, annotations, tmp_path):
    assert rhetoric("convert", annotations, tmp_path / "out.jsonl").code == 0
    assert (tmp_path / "out.jsonl").read_bytes() == annotations.read_bytes()


def test_convert_to_stdout_and_from_stdin(rhetoric, annotations):
    data = annotations.read_bytes()
    result = rhetoric("convert", "-", "-", stdin=data)
    assert (result.code, result.out, result.err) == (0, data, [])


@pytest.mark.parametrize("command", [["convert"], ["report", "-o"]], ids=["convert", "report"])
def test_a_page(rhetoric, annotations, tmp_path, command):
    out = tmp_path / "page.html"
    name, *option = command
    result = rhetoric(name, annotations, *option, out)
    assert result.code == 0
    assert 'data-n="a0-s0"' in out.read_text()


def test_report_goes_to_stdout(rhetoric, annotations):
    assert rhetoric("report", annotations).out.startswith(b"<!DOCTYPE html>")


def test_a_bad_line_is_a_failure(rhetoric, annotations, tmp_path):
    with annotations.open("ab") as stream:
        stream.write(b'{"id": "b", "text": "raw"}\n')
    result = rhetoric("convert", annotations, tmp_path / "out.jsonl")
    assert result.code == 4
    assert b'"id": "b"' in (tmp_path / "out.jsonl.errors.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("name", "out", "code"),
    [("missing.jsonl", "out.html", 3), ("in.jsonl", "out.pdf", 2), ("in.jsonl", "no/out.html", 2)],
)
def test_convert_refuses(rhetoric, annotations, tmp_path, name, out, code):
    result = rhetoric("convert", tmp_path / name, tmp_path / out)
    assert result.code == code
    assert len(result.err) == 1
