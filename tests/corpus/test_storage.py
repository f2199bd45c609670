"""The folder of a run: files that are whole or not there, and a journal."""

from hashlib import sha256

import pytest

from rhetoric.corpus.shards import ShardResult
from rhetoric.corpus.storage import RunFolder, write_whole
from rhetoric.errors import RhetoricError
from tests.corpus.stubs import tree


def result(index, **files):
    return ShardResult(index, 1, 0, {f"{folder}/{index}": data for folder, data in files.items()})


def test_a_file_is_whole_or_not_there(tmp_path):
    def chunks():
        yield b"half"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_whole(tmp_path / "a", chunks())
    assert not (tmp_path / "a").exists()
    assert write_whole(tmp_path / "a", [b"wh", b"ole"]) == sha256(b"whole").hexdigest()
    assert tree(tmp_path) == {"a": b"whole"}


def test_a_file_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(RhetoricError, match="cannot write .*: Is a directory"):
        write_whole(tmp_path / "a", [b"x"])


def test_a_shard_is_done_when_its_line_is_in_the_journal(tmp_path):
    run = RunFolder(tmp_path)
    entry = run.add(result(2, articles=b"x", errors=b"y"))
    run.add(result(1, articles=b"z"))
    assert [e.index for e in run.shards()] == [1, 2]
    assert run.restore()[2] == entry
    assert [p.name for p in run.files("articles")] == ["1", "2"]


def test_restoring_clears_away_what_a_kill_left(tmp_path):
    run = RunFolder(tmp_path)
    run.add(result(0, articles=b"x"))
    whole = tree(tmp_path)
    run.keep_interrupted(result(1, articles=b"y"))
    (tmp_path / "articles" / ".1.partial").write_bytes(b"y")
    assert run.has_work
    with (tmp_path / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"index": 1, "n_arti')
    assert list(run.restore()) == [0]
    assert tree(tmp_path) == whole


def test_lines_that_are_no_entries_are_left_out(tmp_path):
    run = RunFolder(tmp_path)
    run.add(result(0, articles=b"x"))
    with (tmp_path / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"index": "zero"}\n')
    assert [e.index for e in run.journal()] == [0]
