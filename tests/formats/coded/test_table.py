"""Tables of coded texts: what a label cell says, and what it says when it is empty or not there."""

import csv
import io
import json

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from rhetoric.errors import InputError
from rhetoric.formats import Failure
from rhetoric.formats.coded import CodedSpan, CodedText, Columns, read_table
from rhetoric.formats.coded.records import labels_of

CODES = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8).filter(
    lambda c: c.lower() not in LIKE_NONE
)
LIKE_NONE = {"nan", "na", "null"}


def write(path, text):
    path.write_bytes(text.encode())
    return path


def labels(found):
    return [item.labels if isinstance(item, CodedText) else item.reason for item in found]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_is_read_whatever_separates_its_cells(tmp_path, delimiter, end):
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end)
    writer.writerows([("outlet", "text", "label"), ("Echo", "It rains; it pours, always", "weather|fear")])
    (found,) = read_table(write(tmp_path / "in.csv", "\ufeff" + buffer.getvalue()))
    assert (found.text, found.labels, found.meta) == (
        "It rains; it pours, always",
        ("weather", "fear"),
        {"outlet": "Echo"},
    )
    assert (found.id, found.line, found.spans, found.targets) == ("1", 2, None, None)


def test_csv_rows_say_who_coded_what_when(tmp_path):
    path = write(
        tmp_path / "in.csv", "id,text,label,coder,codebook_version,date\n7,It rains,weather,ana,2,2024-05-01\n"
    )
    (found,) = read_table(path)
    expected = CodedText("7", "It rains", ("weather",), coder="ana", version="2", date="2024-05-01")
    assert found == CodedText(**{**vars(expected), "source": str(path), "line": 2})


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("fear", ("fear",)),
        ("fear|doubt", ("fear", "doubt")),
        (" fear ; doubt ;", ("fear", "doubt")),
        ("fear|fear", ("fear",)),
        ('["fear", "a|b"]', ("fear", "a|b")),
        ("['fear', 'not so']", ("fear", "not so")),
        ("[]", ()),
        ('{"choices": ["fear", "doubt"]}', ("fear", "doubt")),
        ("", ()),
        ("  ", ()),
        (["fear"], ("fear",)),
        (("fear", "doubt"), ("fear", "doubt")),
        ([], ()),
        (1, ("1",)),
        (2.0, ("2",)),
        (0.5, ("0.5",)),
        (True, ("True",)),
        ("None", ("None",)),
    ],
)
def test_labels_of_a_cell(cell, expected):
    assert labels_of(cell) == expected


@pytest.mark.parametrize("cell", [None, float("nan"), "NaN", "nan", "NA", "null", " <NA> "])
def test_labels_that_are_missing_are_refused(cell):
    with pytest.raises(InputError, match="the label is missing"):
        labels_of(cell)


@pytest.mark.parametrize("cell", [[None], [{"a": 1}], {"a": 1}, ["fear", float("nan")], "[fear", '["a", [1]]', [""]])
def test_labels_that_are_no_names_are_refused(cell):
    with pytest.raises(InputError):
        assert labels_of(cell)


@given(st.lists(CODES, unique=True, max_size=5), st.sampled_from([" | ", "|", ";", "; "]))
def test_labels_survive_being_joined(codes, separator):
    assert labels_of(separator.join(codes)) == labels_of(codes) == tuple(codes)


def test_csv_rows_without_text_or_label_are_listed(tmp_path):
    path = write(tmp_path / "in.csv", 'text,label\nIt rains,\n"  ",fear\nNA,fear\nIt pours,NaN\nIt snows,cold\nx\n')
    found = list(read_table(path))
    assert labels(found)[0] == ()
    failures = [item for item in found if isinstance(item, Failure)]
    assert [(item.line, item.source) for item in failures] == [(n, str(path)) for n in (3, 4, 5, 7)]
    assert ["the text" in f.reason for f in failures] == [True, True, False, False]
    assert "1 cells" in failures[-1].reason
    assert found[-2].labels == ("cold",)


def test_csv_line_numbers_count_lines_and_ids_count_rows(tmp_path):
    found = list(read_table(write(tmp_path / "in.csv", 'text,label\n"It\r\nrains",a\nIt pours,b\n')))
    assert [(item.id, item.line, item.text) for item in found] == [("1", 3, "It\r\nrains"), ("2", 4, "It pours")]


def test_an_id_that_is_empty_is_a_failure(tmp_path):
    (found,) = read_table(write(tmp_path / "in.csv", "id,text,label\n,It rains,fear\n"))
    assert "the id ('id') is missing" in found.reason


def test_jsonl_rows_are_read_and_bad_lines_listed(tmp_path):
    records = [
        {"text": "a", "label": ["x", "y"], "article": "A"},
        {"text": "b", "label": None},
        {"text": "c", "label": "x|y"},
        {"text": "d"},
        {"text": 5, "label": "x"},
        {"text": "f", "label": []},
        {"text": "g", "label": {"a": 1}},
    ]
    lines = [json.dumps(record) for record in records] + ["no json", "[1]", '{"text": "h", "label": NaN}']
    found = list(read_table(write(tmp_path / "in.jsonl", "\n".join(lines))))
    assert [item.line for item in found if isinstance(item, Failure)] == [2, 4, 5, 7, 8, 9, 10]
    assert [item.labels for item in found if isinstance(item, CodedText)] == [("x", "y"), ("x", "y"), ()]
    assert found[0].meta == {"article": "A"}


def test_parquet_rows_are_read(tmp_path):
    path = tmp_path / "in.parquet"
    rows = [
        {"text": "a", "label": ["x"], "id": 1, "n": float("nan")},
        {"text": "b", "label": [], "id": 2, "n": 1.0},
        {"text": None, "label": ["x"], "id": 3, "n": 1.0},
        {"text": "d", "label": None, "id": 4, "n": 1.0},
    ]
    parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    found = list(read_table(path))
    assert [item.id for item in found] == ["1", "2", "3", "4"]
    assert labels(found)[:2] == [("x",), ()]
    assert ["missing" in reason for reason in labels(found)[2:]] == [True, True]


@pytest.mark.parametrize(
    ("header", "columns", "reason"),
    [
        ("Text,label", Columns(), "no column 'text'; the nearest is 'Text'"),
        ("text,labels", Columns(), "no column 'label'; the nearest is 'labels'"),
        ("text,label,annotator", Columns(coder="anotator"), "no column 'anotator'; the nearest is 'annotator'"),
        ("text,label,outlet", Columns(spans="technique"), "no column 'technique': name the one that holds it, found"),
        ("text,code,date", Columns(), "no column 'label': name the one that holds it with --label-column, found text"),
        ("text,label,label", Columns(), "2 columns 'label'"),
        ("", Columns(), "there are no columns"),
    ],
)
@pytest.mark.parametrize("suffix", ["csv", "tsv"])
def test_a_column_that_is_not_there_is_an_error(tmp_path, header, columns, reason, suffix):
    with pytest.raises(InputError, match=reason):
        list(read_table(write(tmp_path / f"in.{suffix}", f"{header}\n"), columns))


def test_a_column_that_no_first_record_has_is_an_error(tmp_path):
    with pytest.raises(InputError, match=r"in\.jsonl: there is no column 'label'; the nearest is 'Label'"):
        list(read_table(write(tmp_path / "in.jsonl", '{"text": "a", "Label": "x"}\n')))


def test_columns_have_the_names_that_a_user_gives(tmp_path):
    path = write(tmp_path / "in.csv", "Satz;Code;Wer\nEs regnet;Wetter;ana\n")
    (found,) = read_table(path, Columns(text="Satz", label="Code", coder="Wer"))
    assert (found.text, found.labels, found.coder, found.meta) == ("Es regnet", ("Wetter",), "ana", {})


def test_csv_cells_hold_spans_as_json(tmp_path):
    text = "😀 the cruel\r\nwind"
    spans = [{"start": 7, "end": 12, "label": "loaded", "text": "cruel"}]
    rows = [("id", "text", "spans"), ("a", text, json.dumps(spans)), ("b", text, ""), ("c", text, "[{]")]
    rows += [("d", text, '[{"start": 1, "end": 900, "label": "x"}, {"start": 2, "end": 1, "label": "x"}]')]
    rows += [("e", text, '[{"start": 1.5, "end": 2, "label": "x"}]'), ("f", text, '[{"start": 0, "end": 1}]')]
    rows += [("g", text, "NA"), ("h", text, "{}"), ("i", text, "5"), ("j", text, '{"start": 5}')]
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    found = list(read_table(write(tmp_path / "in.csv", buffer.getvalue()), coding="spans"))
    assert found[0].spans == (CodedSpan(6, 11, "loaded"),)
    assert found[0].labels is None
    assert found[1].spans == ()
    failures = [item for item in found if isinstance(item, Failure)]
    assert [item.id for item in failures] == ["c", "d", "d", "e", "f", "g", "i", "j"]
    assert found[-3].spans == ()


@pytest.mark.parametrize("coding", ["spans", "targets"])
def test_stretches_stand_in_the_field_of_their_coding(tmp_path, coding):
    record = {"text": "It rains", coding: [{"start": 0, "end": 2, "labels": ["x", "y"]}], "label": "z"}
    (found,) = read_table(write(tmp_path / "in.jsonl", json.dumps(record)), coding=coding)
    assert getattr(found, coding) == (CodedSpan(0, 2, "x"), CodedSpan(0, 2, "y"))
    assert (found.labels, found.meta) == (None, {"label": "z"})


def test_spans_without_their_text_in_a_text_with_emoji_are_warned_of(tmp_path, caplog):
    records = [{"text": "😀 it", "spans": [{"start": 2, "end": 4, "label": "x"}]}, {"text": "😀", "spans": []}]
    path = write(tmp_path / "in.jsonl", "\n".join(map(json.dumps, records)))
    list(read_table(path, coding="spans"))
    assert "1 texts hold emoji" in caplog.text


def test_a_table_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(InputError, match=r"none\.csv cannot be read"):
        list(read_table(tmp_path / "none.csv"))


def test_an_empty_file_of_json_lines_holds_nothing(tmp_path):
    assert list(read_table(write(tmp_path / "in.jsonl", "\n"))) == []


MENTIONS = "id,text,start,end,mention,label,coder,outlet\n"


def read_mentions(tmp_path, *rows, header=MENTIONS):
    return list(read_table(write(tmp_path / "in.csv", header + "".join(f"{row}\n" for row in rows)), coding="targets"))


def test_a_table_may_hold_one_mention_a_row(tmp_path):
    rows = ["a,Orr met Vale,0,3,Orr,hero,ann,Echo", "a,Orr met Vale,8,12,Vale,,ann,Echo"]
    first, second = read_mentions(tmp_path, *rows)
    assert first.targets == (CodedSpan(0, 3, "hero"),)
    assert second.targets == (CodedSpan(8, 12, ""),)
    assert (first.id, first.coder, dict(first.meta)) == ("a", "ann", {"outlet": "Echo"})
    assert first.labels is None


def test_a_mention_may_have_several_codes(tmp_path):
    (found,) = read_mentions(tmp_path, "a,Orr met Vale,0,3,Orr,hero|mayor,ann,Echo")
    assert found.targets == (CodedSpan(0, 3, "hero"), CodedSpan(0, 3, "mayor"))


def test_offsets_of_a_mention_may_count_utf_16(tmp_path):
    (found,) = read_mentions(tmp_path, "a,😀 Orr met Vale,3,6,Orr,hero,ann,Echo")
    assert found.targets == (CodedSpan(2, 5, "hero"),)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a,Orr,zero,3,Orr,x,ann,Echo", "the offset 'start' is 'zero': expected a whole number"),
        ("a,Orr,0,,Orr,x,ann,Echo", "the offset 'end' is '': expected a whole number"),
        ("a,Orr,0,-3,Orr,x,ann,Echo", "the offset 'end' is '-3': expected a whole number"),
        ("a,Orr,0,9,,x,ann,Echo", "the span 0–9 is no stretch of a text of 3 characters"),
        ("a,Orr,0,3,Vale,x,ann,Echo", "marked on 'Vale'"),
        ("a,Orr,0,3,Orr,NA,ann,Echo", "the label is missing"),
    ],
)
def test_a_mention_that_stands_nowhere_is_listed(tmp_path, row, reason):
    (found,) = read_mentions(tmp_path, row)
    assert isinstance(found, Failure)
    assert found.line == 2
    assert reason in found.reason


def test_a_table_of_mentions_without_labels_is_refused(tmp_path):
    with pytest.raises(InputError, match="there is no column 'label'"):
        read_mentions(tmp_path, "a,Orr,0,3", header="id,text,start,end\n")


def test_a_listed_mention_may_lack_a_code_and_a_span_may_not(tmp_path):
    stretches = [{"start": 0, "end": 3, "label": ""}, {"start": 8, "end": 12, "label": []}]
    record = {"id": "a", "text": "Orr met Vale", "targets": stretches, "spans": stretches}
    path = write(tmp_path / "in.jsonl", json.dumps(record))
    (found,) = read_table(path, coding="targets")
    assert found.targets == (CodedSpan(0, 3, ""), CodedSpan(8, 12, ""))
    (failure,) = read_table(path, coding="spans")
    assert "the span 0–3 has no label" in failure.reason
