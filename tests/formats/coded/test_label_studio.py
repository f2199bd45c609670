"""Label Studio's export: tasks, their coders, choices and labels."""

import json

import pytest

from rhetoric.errors import InputError
from rhetoric.formats import Failure
from rhetoric.formats.coded import CodedSpan, Columns
from rhetoric.formats.coded.label_studio import read_label_studio
from rhetoric.formats.coded.records import DEFAULTS

TEXT = "😀 the cruel wind"


def choices(*names, control="topic", **value):
    return {"from_name": control, "type": "choices", "value": {"choices": list(names), **value}}


def label(start, end, *names, text=None, control="ner"):
    value = {"start": start, "end": end, "labels": list(names)} | ({} if text is None else {"text": text})
    return {"from_name": control, "type": "labels", "value": value}


def annotation(*results, coder=1, **fields):
    return {"completed_by": coder, "result": list(results), **fields}


def task(*annotations, number=1, **data):
    return {"id": number, "data": {"text": TEXT, **data}, "annotations": list(annotations)}


def write(tmp_path, tasks):
    path = tmp_path / "in.json"
    path.write_text(json.dumps(tasks), encoding="utf-8")
    return path


def read(tmp_path, *tasks, coding="text", columns=DEFAULTS):
    return list(read_label_studio(write(tmp_path, tasks), columns, coding))


def test_choices_are_labels_and_each_annotation_is_a_coder(tmp_path):
    found = read(
        tmp_path,
        task(
            annotation(choices("fear", "doubt"), updated_at="2024-05-01T10:00:00Z"),
            annotation(choices("fear"), coder={"id": 4, "email": "bo@x.org"}),
            annotation(coder={"id": 5}),
            outlet="Echo",
        ),
    )
    assert [(item.id, item.coder, item.labels) for item in found] == [
        ("1", "1", ("fear", "doubt")),
        ("1", "bo@x.org", ("fear",)),
        ("1", "5", ()),
    ]
    assert (found[0].meta, found[0].date, found[0].line) == ({"outlet": "Echo"}, "2024-05-01T10:00:00Z", 1)


def test_cancelled_annotations_and_open_tasks_are_left_out_and_counted(tmp_path, caplog):
    found = read(
        tmp_path, task(annotation(choices("a")), annotation(was_cancelled=True)), task(number=2), task(number=3)
    )
    assert [item.labels for item in found] == [("a",)]
    assert "left out 1 cancelled annotations, and 2 tasks that nobody annotated" in caplog.text


@pytest.mark.parametrize("coding", ["spans", "targets"])
@pytest.mark.parametrize(("start", "end"), [(6, 11), (7, 12)])
def test_labels_are_stretches_in_code_points(tmp_path, coding, start, end):
    (found,) = read(tmp_path, task(annotation(label(start, end, "loaded", text="cruel"))), coding=coding)
    assert getattr(found, coding) == (CodedSpan(6, 11, "loaded"),)


def test_all_annotations_of_a_task_count_alike(tmp_path):
    sure, vague = label(7, 12, "x", text="cruel"), label(7, 12, "y")
    found = read(tmp_path, task(annotation(sure), annotation(vague, coder=2)), coding="spans")
    assert [item.spans[0].extent.of(TEXT) for item in found] == ["cruel", "cruel"]


def test_a_stretch_that_stands_nowhere_costs_its_annotation_alone(tmp_path):
    bad, good = annotation(label(1, 4, "x", text="cruel")), annotation(label(6, 11, "x", text="cruel"), coder=2)
    failure, found = read(tmp_path, task(bad, good, number=9), coding="spans")
    assert (failure.id, failure.line) == ("9", 1)
    assert found.coder == "2"


def test_several_controls_are_never_mixed(tmp_path):
    tasks = [task(annotation(choices("yes", control="fear"), choices("no", control="doubt")))]
    with pytest.raises(InputError, match="several controls \\(doubt, fear\\): name one as the column 'label'"):
        read(tmp_path, *tasks)
    (found,) = read(tmp_path, *tasks, columns=Columns(label="doubt"))
    assert found.labels == ("no",)
    with pytest.raises(InputError, match="no column 'doub'; the nearest is 'doubt'"):
        read(tmp_path, *tasks, columns=Columns(label="doub"))


def test_choices_of_a_stretch_are_none_of_the_text(tmp_path):
    (found,) = read(tmp_path, task(annotation(choices("a"), choices("b", control="part", start=0, end=2))))
    assert found.labels == ("a",)


@pytest.mark.parametrize(
    ("coding", "result", "reason"),
    [
        ("text", label(0, 1, "x"), "hold labels: expected choices"),
        ("spans", choices("x"), "expected labels for coding"),
    ],
)
def test_codes_of_the_other_kind_are_an_error(tmp_path, coding, result, reason):
    with pytest.raises(InputError, match=reason):
        read(tmp_path, task(annotation(result)), coding=coding)


@pytest.mark.parametrize("content", ['{"id": 1}', "[1, 2]", '[{"text": "a", "label": "b"}]', '"x"', "[{]"])
def test_other_json_is_an_error(tmp_path, content):
    (tmp_path / "in.json").write_text(content)
    with pytest.raises(InputError):
        list(read_label_studio(tmp_path / "in.json", Columns(), "text"))


def test_names_of_data_that_are_not_there_are_an_error(tmp_path):
    with pytest.raises(InputError, match="no column 'body'"):
        read(tmp_path, task(annotation(choices("a"))), columns=Columns(text="body"))


def test_a_task_without_text_is_a_failure(tmp_path):
    failure, found = read(tmp_path, task(annotation(choices("a")), text=""), task(annotation(choices("a")), number=2))
    assert isinstance(failure, Failure)
    assert found.id == "2"


def test_a_stretch_in_html_is_a_failure(tmp_path):
    (found,) = read(tmp_path, task(annotation(label("/p[1]/text()[1]", "/p[1]/text()[1]", "x"))), coding="spans")
    assert "whole numbers" in found.reason


def test_no_tasks_are_no_texts(tmp_path):
    assert read(tmp_path) == []
