"""Hashes of inputs and models, and about how many items inputs hold."""

import os

import pytest

from rhetoric.corpus import fingerprints
from rhetoric.corpus.fingerprints import (
    fingerprint_file,
    fingerprint_inputs,
    fingerprint_model,
    is_rereadable,
    library_versions,
)
from rhetoric.errors import InputError, ModelError

COUNTS = {
    "lines": ("in.jsonl", b'{"id": "a"}\n{"id": "b"}\n', 2),
    "no last line end": ("in.jsonl", b'{"id": "a"}\n{"id": "b"}', 2),
    "rows": ("in.csv", b"id,text\na,x\nb,y\n", 2),
    "line ends in cells": ("in.csv", b'id,text\na,"x\n\ny"\nb,"z ""q""\n"\n', 2),
    "tabs": ("in.tsv", b"id\ttext\na\tx\n", 1),
    "text": ("in.txt", b"one\ntwo\n", 1),
    "page": ("in.html", b"<p>one\n<p>two\n", 1),
    "packed text": ("in.txt.gz", b"\x1f\x8b", None),
    "archive": ("in.warc", b"WARC/1.0\n\n", None),
    "packed": ("in.jsonl.gz", b"\x1f\x8b", None),
}


@pytest.mark.parametrize("chunk", [1, 3, 1 << 20])
@pytest.mark.parametrize(("name", "data", "n"), COUNTS.values(), ids=COUNTS)
def test_inputs_are_counted(tmp_path, monkeypatch, name, data, n, chunk):
    monkeypatch.setattr(fingerprints, "CHUNK", chunk)
    (tmp_path / name).write_bytes(data)
    found = fingerprint_inputs([str(tmp_path / name)])
    assert found.n_items == n
    assert (found.files[0].n_files, found.files[0].n_bytes) == (1, len(data))


def test_rows_of_parquet_are_counted(tmp_path):
    import pyarrow
    from pyarrow import parquet

    parquet.write_table(pyarrow.table({"id": ["a", "b"], "text": ["x", "y"]}), tmp_path / "in.parquet")
    (tmp_path / "bad.parquet").write_bytes(b"no")
    assert fingerprint_inputs([str(tmp_path / "in.parquet")]).n_items == 2
    assert fingerprint_inputs([str(tmp_path / "bad.parquet")]).n_items is None


def test_items_of_several_inputs_are_added(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.txt").write_text("x")
    (tmp_path / "a" / "notes.md").write_text("x\ny\n")
    (tmp_path / "b.jsonl").write_text("{}\n{}\n")
    assert fingerprint_inputs([str(tmp_path / "a"), str(tmp_path / "b.jsonl")]).n_items == 3


def test_the_format_that_was_given_counts(tmp_path):
    (tmp_path / "in.dat").write_text("{}\n{}\n")
    assert fingerprint_inputs([str(tmp_path / "in.dat")], "jsonl").n_items == 2


def hash_of(path):
    return fingerprint_inputs([str(path)]).files[0].sha256


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "a.txt").write_text("other"),
        lambda folder: (folder / "a.txt").rename(folder / "b.txt"),
        lambda folder: (folder / "sub" / "c.txt").unlink(),
        lambda folder: (folder / "sub" / "d.txt").write_text(""),
    ],
    ids=["changed", "renamed", "removed", "added"],
)
def test_the_hash_of_a_folder_is_over_all_its_files(tmp_path, change):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "sub" / "c.txt").write_text("y")
    before = hash_of(tmp_path)
    (tmp_path / ".hidden").write_text("z")
    assert hash_of(tmp_path) == before
    change(tmp_path)
    assert hash_of(tmp_path) != before


def test_what_is_not_there_has_no_hash(tmp_path):
    assert hash_of(tmp_path / "nowhere.txt") is None
    assert hash_of("-") is None


def test_what_can_be_read_again(tmp_path):
    (tmp_path / "a.txt").write_text("x")
    os.mkfifo(tmp_path / "pipe")
    assert is_rereadable(str(tmp_path / "a.txt"))
    assert is_rereadable(str(tmp_path))
    assert is_rereadable(str(tmp_path / "nowhere"))
    assert not is_rereadable("-")
    assert not is_rereadable(str(tmp_path / "pipe"))


def test_a_pipe_is_not_opened_for_its_hash(tmp_path):
    os.mkfifo(tmp_path / "pipe.jsonl")  # opening it would wait for a writer
    assert hash_of(tmp_path / "pipe.jsonl") is None
    hash_of(tmp_path)


def test_a_model_is_its_files_but_not_its_card(tmp_path):
    (tmp_path / "config.json").write_text('{"name": "mine", "version": "3"}')
    (tmp_path / "weights").write_bytes(b"1")
    before = fingerprint_model(tmp_path)
    assert (before.name, before.version) == ("mine", "3")
    (tmp_path / "README.md").write_text("a card")
    assert fingerprint_model(tmp_path) == before
    (tmp_path / "weights").write_bytes(b"2")
    assert fingerprint_model(tmp_path).sha256 != before.sha256


def test_a_model_without_a_name_has_that_of_its_folder(tmp_path):
    (tmp_path / "config.json").write_text("{")
    found = fingerprint_model(tmp_path)
    assert (found.name, found.version) == (tmp_path.name, None)


def test_a_model_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ModelError):
        fingerprint_model(tmp_path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        fingerprint_file(tmp_path / "outlets.yaml")


def test_versions_tell_what_is_not_installed(monkeypatch):
    monkeypatch.setattr(fingerprints, "LIBRARIES", ("numpy", "no-such-library"))
    found = library_versions()
    assert list(found) == ["rhetoric", "numpy", "no-such-library"]
    assert found["numpy"]
    assert found["no-such-library"] is None
