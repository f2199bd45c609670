"""brat's folders: texts and their standoff annotations."""

import pytest

from rhetoric.formats import Failure
from rhetoric.formats.coded import CodedSpan
from rhetoric.formats.coded.brat import read_brat


def write(folder, name, text, annotations):
    path = folder / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.with_suffix(".txt").write_bytes(text.encode())
    if annotations is not None:
        path.with_suffix(".ann").write_bytes(annotations.encode())


def test_text_bound_annotations_are_spans(tmp_path, caplog):
    lines = ["T1\tloaded 5 10\tcruel", "A1\tNegated T1", "#1\tAnnotatorNotes T1\tsure", "R1\tAbout Arg1:T1 Arg2:T2", ""]
    write(tmp_path, "day/a", "the\r\ncruel wind", "\n".join([*lines, "T2\tthing 11 15\twind\r\n"]))
    (found,) = read_brat(tmp_path, "spans")
    assert found.id == "day/a"
    assert found.spans == (CodedSpan(5, 10, "loaded"), CodedSpan(11, 15, "thing"))
    assert "left out 1 relations" in caplog.text


@pytest.mark.parametrize("coding", ["spans", "targets"])
def test_each_piece_of_a_discontinuous_annotation_is_a_span(tmp_path, coding):
    write(tmp_path, "a", "😀 north and south pole", "T1\tplace 2 7;18 22\tnorth pole\n")
    (found,) = read_brat(tmp_path, coding)
    assert getattr(found, coding) == (CodedSpan(2, 7, "place"), CodedSpan(18, 22, "place"))


def test_offsets_in_utf_16_are_brought_to_code_points(tmp_path):
    write(tmp_path, "a", "\ufeff😀 cruel", "T1\tloaded 4 9\tcruel\n")
    (found,) = read_brat(tmp_path, "spans")
    assert found.spans[0].of(found.text) == "cruel"


def test_an_empty_ann_is_coded_with_nothing_and_none_is_not_coded(tmp_path, caplog):
    write(tmp_path, "a", "It rains", "")
    write(tmp_path, "b", "It pours", None)
    (found,) = read_brat(tmp_path, "spans")
    assert (found.id, found.spans, found.labels) == ("a", (), None)
    assert "1 texts without .ann" in caplog.text


@pytest.mark.parametrize(
    ("line", "reason", "number"),
    [
        ("T1\tloaded 0 2\tcruel", "marked on 'cruel', but 'It' stands there", None),
        ("T1 loaded 0 2", "is no annotation", 2),
        ("T1\tloaded 0 x\tIt", "is no annotation", 2),
        (f"T1\tloaded 0 {'9' * 5000}\tIt", "is no annotation", 2),
        ("hello", "is no annotation", 2),
        ("T1\tloaded 0 99", "no stretch of a text of 8", None),
    ],
)
def test_a_bad_line_costs_its_text_and_no_other(tmp_path, line, reason, number):
    write(tmp_path, "a", "It rains", f"T9\tx 0 2\tIt\n{line}\n")
    write(tmp_path, "b", "It pours", "T1\tx 0 2\tIt\n")
    failure, found = read_brat(tmp_path, "spans")
    assert reason in failure.reason
    assert (failure.id, failure.line) == ("a", number)
    assert found.id == "b"


def test_an_ann_without_its_text_is_a_failure_and_hidden_files_are_none(tmp_path):
    (tmp_path / "a.ann").write_text("T1\tx 0 2\tIt\n")
    (tmp_path / "._b.ann").write_bytes(b"\0")
    (found,) = read_brat(tmp_path, "spans")
    assert isinstance(found, Failure)
    assert found.source == str(tmp_path / "a.txt")
