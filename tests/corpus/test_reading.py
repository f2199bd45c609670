"""Annotated articles read back."""

import logging

import pytest

from rhetoric.annotation import AnnotatedArticle
from rhetoric.corpus import is_run, read_run
from rhetoric.corpus.reading import read_failures
from rhetoric.errors import InputError
from rhetoric.formats import Failure
from tests.corpus.stubs import StubSpec


def test_a_run_is_read_in_order_and_then_its_failures(begin, tmp_path, articles):
    begin(tmp_path / "run")
    assert is_run(tmp_path / "run")
    found = list(read_run(tmp_path / "run"))
    assert [a.id for a in found[:5]] == ["a0", "a1", "a2", "a3", "a4"]
    assert all(isinstance(a, AnnotatedArticle) for a in found[:20])
    assert [(f.id, f.line) for f in found[20:]] == [("a5", 6), (None, 12), ("a13", None)]
    assert found[20] == Failure("a5", str(articles), 6, found[20].reason)


def test_a_run_that_was_interrupted_is_read_with_a_warning(begin, tmp_path, caplog):
    with pytest.raises(KeyboardInterrupt):
        begin(tmp_path / "run", StubSpec(interrupt_at="a14"))
    with caplog.at_level(logging.WARNING):
        ids = [item.id for item in read_run(tmp_path / "run") if isinstance(item, AnnotatedArticle)]
    assert ids == [f"a{i}" for i in range(13) if i not in (5, 11)]
    assert "is not complete" in caplog.text


def test_a_file_of_a_run_is_read(begin, tmp_path):
    begin(tmp_path / "run")
    assert [a.id for a in read_run(tmp_path / "run" / "articles" / "00000.jsonl")] == ["a0", "a1", "a2", "a3"]


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    assert not is_run(tmp_path)
    with pytest.raises(InputError, match="is no folder of a run"):
        list(read_run(tmp_path))


def test_a_bad_line_among_failures_is_a_failure(tmp_path):
    path = tmp_path / "errors.jsonl"
    path.write_text('{"id": "a", "source": null, "line": null, "reason": "no"}\n{"id": "b"}\n[1]\n')
    found = list(read_failures(path))
    assert found[0] == Failure("a", None, None, "no")
    assert [f.line for f in found[1:]] == [2, 3]
    assert all("is no failure" in f.reason for f in found[1:])


def test_failures_that_are_not_there_are_refused(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        list(read_failures(tmp_path / "errors.jsonl"))
