"""The format of SemEval-2020 task 11: articles and rows with tabs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.errors import InputError
from rhetoric.formats import Failure
from rhetoric.formats.coded import CodedSpan, CodedText
from rhetoric.formats.coded.ptc import SI_LABEL, read_ptc
from rhetoric.formats.coded.read import read_coded

PIECES = st.lists(st.sampled_from(["a", "😀", "e\u0301", "\r\n", "\ufeff", "\n", " ", "中"]), max_size=12).map("".join)


def write(folder, name, content):
    path = folder / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(content.encode())


def test_rows_of_each_article_are_spans(tmp_path):
    write(tmp_path, "train-articles/article7.txt", "The cruel wind")
    write(tmp_path, "train-articles/article8.txt", "It rains")
    write(
        tmp_path, "train-labels-task-flc-tc/article7.task-flc-tc.labels", "7\tLoaded_Language\t4\t9\n7\tDoubt\t0\t3\r\n"
    )
    write(tmp_path, "train-labels-task-flc-tc/article8.task-flc-tc.labels", "")
    first, second = read_ptc(tmp_path, "spans")
    assert first.spans == (CodedSpan(0, 3, "Doubt"), CodedSpan(4, 9, "Loaded_Language"))
    assert (first.id, first.meta, first.labels) == ("7", {"split": "train"}, None)
    assert (second.id, second.spans) == ("8", ())


@given(PIECES)
def test_offsets_are_code_points_of_the_file_as_it_is(tmp_path_factory, before):
    folder = tmp_path_factory.mktemp("ptc")
    write(folder, "article7.txt", f"{before} cruel wind")
    start = len(before) + 1
    write(folder, "article7.labels", f"7\tDoubt\t{start}\t{start + 5}\n")
    (found,) = read_ptc(folder, "targets")
    assert found.text == f"{before} cruel wind"
    assert [target.of(found.text) for target in found.targets] == ["cruel"]


def test_rows_without_technique_are_of_one_label(tmp_path):
    write(tmp_path, "article7.txt", "The cruel wind")
    write(tmp_path, "article7.task-si.labels", "7\t4\t9\n")
    (found,) = read_ptc(tmp_path, "spans")
    assert found.spans == (CodedSpan(4, 9, SI_LABEL),)


def test_files_without_techniques_are_left_out_where_others_name_them(tmp_path, caplog):
    write(tmp_path, "article7.txt", "The cruel wind")
    write(tmp_path, "si/article7.task-si.labels", "7\t4\t14\n")
    write(tmp_path, "tc/article7.task-flc-tc.labels", "7\tDoubt\t4\t9\n")
    (found,) = read_ptc(tmp_path, "spans")
    assert found.spans == (CodedSpan(4, 9, "Doubt"),)
    assert "left out 1 files of labels without techniques" in caplog.text


def test_one_file_may_hold_the_rows_of_all_articles_of_a_split(tmp_path, caplog):
    for split, number in (("train", 7), ("train", 8), ("test", 9)):
        write(tmp_path, f"{split}-articles/article{number}.txt", "The cruel wind")
    write(tmp_path, "train-task-flc-tc.labels", "7\tDoubt\t4\t9\n")
    found = list(read_ptc(tmp_path, "spans"))
    assert [(item.id, len(item.spans)) for item in found] == [("7", 1), ("8", 0)]
    assert "left out 1 articles without labels" in caplog.text


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("7\tDoubt\t4\tx", "no row of labels"),
        ("7", "no row of labels"),
        ("7\t?\t4\t9", "template"),
        ("7\tDoubt\t4\t99", "no stretch of a text of 14"),
        ("7\tDoubt\t9\t4", "no stretch"),
        ("7\tDoubt\t-9\t4", "no stretch"),
    ],
)
def test_a_bad_row_costs_its_article_and_no_other(tmp_path, row, reason):
    for number in (7, 8):
        write(tmp_path, f"article{number}.txt", "The cruel wind")
    write(tmp_path, "all.labels", f"8\tDoubt\t0\t3\n7\tDoubt\t0\t3\n{row}\n")
    found = list(read_ptc(tmp_path, "spans"))
    (failure,) = (item for item in found if isinstance(item, Failure))
    assert reason in failure.reason
    assert [item.id for item in found if isinstance(item, CodedText)] == ["8"]


def test_articles_without_rows_are_coded_if_the_labels_lie_beside_them(tmp_path):
    for number in (7, 8):
        write(tmp_path, f"article{number}.txt", "The cruel wind")
    write(tmp_path, "all.labels", "7\tDoubt\t0\t3\n")
    assert [len(item.spans) for item in read_ptc(tmp_path, "spans")] == [1, 0]


def test_an_article_that_comes_twice_is_a_failure(tmp_path):
    write(tmp_path, "dev-articles/article7.txt", "The cruel wind")
    write(tmp_path, "train-articles/article7.txt", "It rains")
    write(tmp_path, "article7.labels", "7\tDoubt\t0\t3\n")
    failure, found = read_ptc(tmp_path, "spans")
    assert "came before" in failure.reason
    assert found.meta == {"split": "dev"}


def test_rows_of_an_article_that_is_not_there_are_a_failure(tmp_path):
    write(tmp_path, "article7.txt", "The cruel wind")
    write(tmp_path, "article7.labels", "7\tDoubt\t0\t3\n6\tDoubt\t0\t3\n")
    failure, found = read_ptc(tmp_path, "spans")
    assert (failure.id, failure.line) == ("6", 2)
    assert found.id == "7"


def test_a_split_is_named_by_the_beginning_of_its_folders(tmp_path):
    for split, number in (("train", 7), ("dev", 8), ("dev2", 9)):
        write(tmp_path, f"{split}-articles/article{number}.txt", "The cruel wind")
        write(tmp_path, f"{split}-labels-task-flc-tc/article{number}.labels", f"{number}\tDoubt\t4\t9\n")
    (found,) = read_coded(tmp_path / "dev", coding="spans")
    assert (found.id, found.meta) == ("8", {"split": "dev"})
    assert len(list(read_coded(tmp_path, coding="spans"))) == 3
    with pytest.raises(InputError, match="is no file"):
        read_coded(tmp_path / "test", coding="spans")
