"""Folders: all files in order, none twice, none left out unsaid."""

import logging
import os

import pytest

from rhetoric.formats.failure import Failure
from rhetoric.formats.files import InputFile, bare_path, find_files, format_of
from rhetoric.formats.notes import Notes


def found(folder):
    return list(find_files(folder, Notes()))


def stems(items):
    return [item.stem for item in items if isinstance(item, InputFile)]


def touch(*paths):
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")


@pytest.mark.parametrize(
    ("name", "expected", "stem"),
    [
        ("a.txt", "txt", "a"),
        ("a.b.TXT", "txt", "a.b"),
        ("a.jsonl.gz", "jsonl", "a"),
        ("a.csv.ZST", "csv", "a"),
        ("a.htm", "html", "a"),
        ("a.warc.gz", "warc", "a"),
        ("a.tar.gz", None, "a"),
        ("a.gz", None, "a"),
        ("a", None, "a"),
    ],
)
def test_suffixes_say_the_format(tmp_path, name, expected, stem):
    assert format_of(tmp_path / name) == expected
    assert bare_path(tmp_path / name).name == stem


def test_files_come_in_the_order_of_their_paths(tmp_path):
    names = ["b.txt", "a/z.txt", "a/b/c.txt", "a.txt", "a-b.txt", "a/b.txt", "A.txt", "ab/x.csv.gz"]
    touch(*(tmp_path / name for name in names))
    paths = [file.path.relative_to(tmp_path).as_posix() for file in found(tmp_path)]
    assert paths == sorted(names)


def test_names_are_paths_below_the_folder(tmp_path):
    touch(tmp_path / "2024" / "may" / "old.news.txt.gz")
    assert found(tmp_path) == [InputFile(tmp_path / "2024" / "may" / "old.news.txt.gz", "txt", "2024/may/old.news")]


def test_a_link_to_a_folder_elsewhere_is_followed(tmp_path):
    touch(tmp_path / "far" / "a.txt", tmp_path / "in" / "b.txt")
    (tmp_path / "in" / "link").symlink_to(tmp_path / "far")
    assert stems(found(tmp_path / "in")) == ["b", "link/a"]


def test_a_link_that_leads_back_is_said_and_not_followed(tmp_path, caplog):
    touch(tmp_path / "a" / "x.txt")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "a" / "self").symlink_to(tmp_path / "a")
    with caplog.at_level(logging.WARNING):
        assert stems(found(tmp_path)) == ["a/x"]
    assert "loop" in caplog.text
    assert "self" in caplog.text


def test_a_folder_is_read_at_its_own_place_if_a_link_to_it_comes_first(tmp_path):
    touch(tmp_path / "z" / "x.txt")
    (tmp_path / "a").symlink_to(tmp_path / "z")
    assert stems(found(tmp_path)) == ["z/x"]


def test_a_loop_outside_of_the_folder_is_read_once(tmp_path, caplog):
    touch(tmp_path / "far" / "x.txt", tmp_path / "in" / "b.txt")
    (tmp_path / "far" / "again").symlink_to(tmp_path / "far")
    (tmp_path / "in" / "one").symlink_to(tmp_path / "far")
    (tmp_path / "in" / "two").symlink_to(tmp_path / "far")
    with caplog.at_level(logging.WARNING):
        assert stems(found(tmp_path / "in")) == ["b", "one/x"]
    assert caplog.text.count("not followed") == 2


def test_a_folder_that_is_a_link_itself_is_read(tmp_path):
    touch(tmp_path / "far" / "a.txt")
    (tmp_path / "link").symlink_to(tmp_path / "far")
    assert stems(found(tmp_path / "link")) == ["a"]


def test_a_file_that_links_to_itself_is_left_to_be_opened(tmp_path):
    (tmp_path / "a.txt").symlink_to(tmp_path / "a.txt")
    assert stems(found(tmp_path)) == ["a"]


def test_a_pipe_in_a_folder_is_a_failure(tmp_path):
    touch(tmp_path / "b.txt")
    os.mkfifo(tmp_path / "a.txt")
    failure, file = found(tmp_path)
    assert isinstance(failure, Failure)
    assert "pipe" in failure.reason
    assert file.stem == "b"


def test_others_are_named_and_counted(tmp_path, caplog):
    touch(tmp_path / "a.txt", *(tmp_path / f"note{i}.md" for i in range(5)))
    with caplog.at_level(logging.WARNING):
        found(tmp_path)
    assert caplog.messages == [f"{tmp_path}: left out what is no article: note0.md, note1.md, note2.md, … (2 more)"]


def test_a_folder_without_articles_is_a_failure(tmp_path, caplog):
    touch(tmp_path / "notes.md", tmp_path / ".hidden.txt", tmp_path / ".git" / "x.txt")
    (failure,) = found(tmp_path)
    assert "holds no .txt, .jsonl, .csv" in failure.reason
    assert not caplog.messages


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_a_failure(tmp_path):
    touch(tmp_path / "a.txt", tmp_path / "closed" / "b.txt")
    (tmp_path / "closed").chmod(0)
    try:
        file, failure = found(tmp_path)
    finally:
        (tmp_path / "closed").chmod(0o700)
    assert file.stem == "a"
    assert "cannot be read" in failure.reason
