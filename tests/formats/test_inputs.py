"""INPUT... as a user gives it: files, folders, tables, standard input, and everything that can be wrong with them."""

import gzip
import io
import json
import logging
import os
import sys
from types import SimpleNamespace

import pyarrow
import pytest

from rhetoric.annotation import Article, CharSpan
from rhetoric.errors import MissingExtraError
from rhetoric.formats import Failure, read_inputs


def read(*inputs, input_format=None):
    return list(read_inputs(inputs, input_format))


def ids(found):
    return [item.id for item in found if isinstance(item, Article)]


def failures(found):
    return [item for item in found if isinstance(item, Failure)]


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
    return path


def give_stdin(monkeypatch, data):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))


def test_a_text_file_is_one_article_named_by_its_stem(tmp_path):
    assert read(write(tmp_path / "old.news.txt", "It rains.\r\n")) == [Article("old.news", "It rains.\r\n")]


def test_a_blank_text_file_is_an_article(tmp_path):
    assert read(write(tmp_path / "blank.txt", "")) == [Article("blank", "")]


def test_a_folder_is_read_in_order_and_names_articles_by_path(tmp_path):
    for name in ("b.txt", "a/z.txt", "a/b/c.TXT", ".hidden.txt", ".git/x.txt"):
        write(tmp_path / name, "x")
    write(tmp_path / "a" / "rows.jsonl", '{"id": "row", "text": "x"}\n')
    assert ids(read(tmp_path)) == ["a/b/c", "row", "a/z", "b"]


def test_a_folder_says_which_files_it_leaves_out(tmp_path, caplog):
    write(tmp_path / "a.txt", "x")
    write(tmp_path / "notes.md", "x")
    with caplog.at_level(logging.WARNING):
        assert ids(read(tmp_path)) == ["a"]
    assert "notes.md" in caplog.text


def test_an_empty_folder_is_a_failure(tmp_path):
    (failure,) = read(tmp_path)
    assert "no .txt" in failure.reason


def test_jsonl_carries_meta_and_targets(tmp_path):
    record = {"id": "a", "text": "Ann left.", "title": "T", "rank": 3, "targets": [{"start": 0, "end": 3}]}
    path = write(tmp_path / "in.jsonl", json.dumps(record))
    assert read(path) == [Article("a", "Ann left.", {"title": "T", "rank": 3}, (CharSpan(0, 3),))]


def test_jsonl_keeps_lone_surrogates_and_every_line_end(tmp_path):
    path = write(tmp_path / "in.jsonl", '{"id": "a", "text": "x\\ud800\u2028\\r\\n\\ufeff"}\n')
    assert read(path) == [Article("a", "x\ud800\u2028\r\n\ufeff")]


BAD_LINES = [
    ('{"id": "x"', None, "not JSON"),
    ('{"id": "x"}', "x", "'text' is missing"),
    ('{"text": "x"}', None, "'id' is missing"),
    ('{"id": 1, "text": "x"}', None, "'id' is a number"),
    ('{"id": "x", "text": 1}', "x", "'text' is a number"),
    ('{"id": "x", "text": "x", "targets": [{"start": 0, "end": 9}]}', "x", "outside"),
    ("[1]", None, "a list"),
    ("\udcff", None, "not UTF-8"),
    ("\0", None, "not JSON"),
]


@pytest.mark.parametrize(("line", "name", "reason"), BAD_LINES)
def test_a_bad_line_is_one_failure_and_the_rest_is_read(tmp_path, line, name, reason):
    path = write(tmp_path / "in.jsonl", f'{{"id": "a", "text": "x"}}\n\n{line}\n{{"id": "b", "text": "y"}}\n')
    found = read(path)
    assert ids(found) == ["a", "b"]
    (failure,) = failures(found)
    assert (failure.id, failure.source, failure.line) == (name, str(path), 3)
    assert reason in failure.reason


def test_an_id_that_came_before_is_a_failure_across_files(tmp_path):
    one = write(tmp_path / "one" / "a.txt", "first")
    two = write(tmp_path / "two.jsonl", '{"id": "a", "text": "second"}\n{"id": "b", "text": "third"}\n')
    found = read(one, two)
    assert ids(found) == ["a", "b"]
    (failure,) = failures(found)
    assert (failure.id, failure.line) == ("a", 1)
    assert "came before" in failure.reason


UNREADABLE = [
    ("missing.txt", lambda path: None, "No such file"),
    ("dangling.txt", lambda path: path.symlink_to("nowhere"), "No such file"),
    ("dangling.jsonl", lambda path: path.symlink_to("nowhere"), "No such file"),
    ("binary.txt", lambda path: path.write_bytes(b"\x89PNG\0"), "binary"),
    ("latin.txt", lambda path: path.write_bytes(b"caf\xe9"), "not UTF-8"),
    ("folder.jsonl", lambda path: path.mkdir(), "the folder holds no"),
    ("page.doc", lambda path: path.write_text("x"), "suffix '.doc' is not known"),
    ("pack.tar.gz", lambda path: path.write_bytes(gzip.compress(b"x")), "is not known"),
    ("loop.txt", lambda path: path.symlink_to(path), "symbolic links"),
    ("cut.txt.gz", lambda path: path.write_bytes(gzip.compress(b"x" * 99)[:20]), "cut off"),
    ("bad.parquet", lambda path: path.write_bytes(b"no parquet"), "not usable Parquet"),
    ("bad.csv", lambda path: path.write_text("id,body\na,b\n"), "no column 'text'"),
]


@pytest.mark.parametrize(("name", "make", "reason"), UNREADABLE)
def test_a_file_that_cannot_be_read_is_one_failure(tmp_path, name, make, reason):
    make(tmp_path / name)
    good = write(tmp_path / "good" / "a.txt", "x")
    found = read(tmp_path / name, good)
    assert ids(found) == ["a"]
    (failure,) = failures(found)
    assert reason in failure.reason
    assert "\n" not in failure.reason
    assert str(tmp_path / name) in failure.source


def test_a_dangling_link_in_a_folder_is_one_failure(tmp_path):
    write(tmp_path / "a.txt", "x")
    (tmp_path / "b.txt").symlink_to("nowhere")
    found = read(tmp_path)
    assert ids(found) == ["a"]
    assert [f.id for f in failures(found)] == ["b"]


def test_a_file_without_records_is_a_warning(tmp_path, caplog):
    path = write(tmp_path / "in.jsonl", "\n\n")
    with caplog.at_level(logging.WARNING):
        assert read(path) == []
    assert "holds no record" in caplog.text


def test_standard_input_is_jsonl(monkeypatch):
    give_stdin(monkeypatch, b'{"id": "a", "text": "x"}\n{"id"\n')
    article, failure = read("-")
    assert article == Article("a", "x")
    assert (failure.source, failure.line) == ("-", 2)


def test_standard_input_as_text(monkeypatch):
    give_stdin(monkeypatch, b"\xef\xbb\xbfIt rains.\r\n")
    assert read("-", input_format="txt") == [Article("stdin", "\ufeffIt rains.\r\n")]


def test_input_format_wins_over_the_suffix(tmp_path):
    assert read(write(tmp_path / "note.md", "x"), input_format="txt") == [Article("note", "x")]


class Pipe:
    """Gives its pieces one by one, and fails if it is asked for more than was needed."""

    def __init__(self, *pieces):
        self.pieces = list(pieces)

    def read1(self, size):
        if not self.pieces:
            raise AssertionError("read before it was asked for")
        return self.pieces.pop(0)

    read = read1


@pytest.mark.parametrize(
    ("input_format", "pieces"),
    [
        ("jsonl", [b'{"id": "a", "text": "x"}\n']),
        ("csv", [b"id,text\na,x\n"]),
        ("tsv", [b"id\ttext\na\tx\n"]),
        ("csv", [b"id,text\n", b"a,x\n"]),
    ],
)
def test_a_stream_is_read_as_it_comes(monkeypatch, input_format, pieces):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=Pipe(*pieces)))
    assert next(read_inputs(["-"], input_format)) == Article("a", "x")


STREAMS = {
    "jsonl": b'{"id": "stdin", "text": "x"}\n',
    "csv": b"id,text\nstdin,x\n",
    "tsv": b"id\ttext\nstdin\tx\n",
    "txt": b"x",
}


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda data: pyarrow.compress(data, "zstd", asbytes=True)])
@pytest.mark.parametrize("input_format", STREAMS)
def test_each_format_is_read_from_standard_input(monkeypatch, input_format, pack):
    give_stdin(monkeypatch, pack(STREAMS[input_format]))
    assert read("-", input_format=input_format) == [Article("stdin", "x")]


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_packed_files_are_read_whatever_their_suffix_says(tmp_path, suffix):
    write(tmp_path / f"a.txt{suffix}", gzip.compress(b"It rains."))
    write(tmp_path / f"b.txt{suffix}", b"It snows.")
    write(tmp_path / "c.txt", pyarrow.compress(b"It hails.", "zstd", asbytes=True))
    assert read(tmp_path) == [Article("a", "It rains."), Article("b", "It snows."), Article("c", "It hails.")]


def test_a_text_in_an_old_encoding_is_read_and_said(tmp_path, caplog):
    text = "“We shall rebuild it,” said the miller’s wife – and left. “It’s ours,” Señora Peña said."
    path = write(tmp_path / "a.txt", text.encode("cp1252"))
    with caplog.at_level(logging.WARNING):
        assert read(path) == [Article("a", text, {"encoding": "cp1252"})]
    assert "not UTF-8: read as cp1252" in caplog.text


def test_many_files_in_an_old_encoding_are_counted(tmp_path, caplog):
    for i in range(9):
        write(tmp_path / f"{i}.txt", "\ufeffIt rained.".encode("utf-16-le"))
    with caplog.at_level(logging.WARNING):
        assert len(read(tmp_path)) == 9
    assert len(caplog.messages) == 4
    assert "6 more" in caplog.messages[-1]


def test_a_path_with_a_line_end_is_read_and_said_in_one_line(tmp_path, caplog):
    folder = tmp_path / "a\nb"
    write(folder / "c\nd.txt", "x")
    write(folder / "empty\n.jsonl", "")
    with caplog.at_level(logging.WARNING):
        assert read(folder) == [Article("c\nd", "x")]
    assert caplog.messages
    assert not any("\n" in message for message in caplog.messages)


def test_a_path_that_is_no_text_is_read(tmp_path):
    write(tmp_path / os.fsdecode(b"caf\xe9.txt"), "x")
    assert ids(read(tmp_path)) == ["caf\udce9"]


def test_a_device_without_end_is_a_failure():
    (failure,) = read("/dev/zero", input_format="txt")
    assert "larger than 16 MiB" in failure.reason


NEEDED = {"html": "trafilatura", "warc": "warcio"}


@pytest.mark.parametrize("name", NEEDED)
def test_a_named_file_that_needs_a_missing_package_stops_before_all_others(tmp_path, monkeypatch, name):
    monkeypatch.setitem(sys.modules, NEEDED[name], None)
    good, bad = write(tmp_path / "a.txt", "x"), write(tmp_path / f"b.{name}.gz", "x")
    with pytest.raises(MissingExtraError, match=rf"pip install 'rhetoric\[{name}\]'"):
        next(read_inputs([good, bad]))
    with pytest.raises(MissingExtraError):
        next(read_inputs(["-"], name))


@pytest.mark.parametrize("name", NEEDED)
def test_a_file_of_a_folder_that_needs_a_missing_package_is_a_failure(tmp_path, monkeypatch, name):
    monkeypatch.setitem(sys.modules, NEEDED[name], None)
    write(tmp_path / f"a.{name}", "x")
    write(tmp_path / "b.txt", "x")
    failure, article = read(tmp_path)
    assert f"pip install 'rhetoric[{name}]'" in failure.reason
    assert article.id == "b"
