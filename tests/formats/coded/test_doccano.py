"""doccano's export: labels as names, triples or objects."""

import json
import re

import pytest

from rhetoric.formats import Failure
from rhetoric.formats.coded import CodedSpan, Columns
from rhetoric.formats.coded.doccano import is_doccano, read_doccano
from rhetoric.formats.coded.records import DEFAULTS


def read(tmp_path, *records, coding="spans", columns=DEFAULTS):
    path = tmp_path / "in.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return list(read_doccano(path, columns, coding))


@pytest.mark.parametrize(
    "codes",
    [
        {"label": [[3, 8, "x"]]},
        {"labels": [[3, 8, "x"]]},
        {"entities": [[3, 8, "x"]]},
        {"entities": [{"id": 5, "label": "x", "start_offset": 3, "end_offset": 8}], "relations": []},
        {"label": [[3, 8, "x", "rains"]]},
    ],
)
def test_stretches_are_spans(tmp_path, codes):
    assert is_doccano(codes)
    (found,) = read(tmp_path, {"id": 4, "text": "It rains", "username": "ana", **codes})
    assert (found.id, found.coder, found.spans, found.labels) == ("4", "ana", (CodedSpan(3, 8, "x"),), None)


def test_the_text_of_a_span_decides_what_its_offsets_count(tmp_path):
    (found,) = read(tmp_path, {"text": "😀 it rains", "label": [[6, 11, "x", "rains"]]})
    assert found.spans[0].of(found.text) == "rains"


@pytest.mark.parametrize("codes", [{"label": ["x", "y"]}, {"labels": ["x", "y"]}, {"cats": ["x", "y"], "entities": []}])
def test_names_are_labels_of_the_text(tmp_path, codes):
    assert not is_doccano(codes)
    (found,) = read(tmp_path, {"text": "It rains", **codes}, coding="text")
    assert (found.labels, found.spans) == (("x", "y"), None)


@pytest.mark.parametrize("coding", ["text", "spans", "targets"])
def test_an_empty_list_is_none_of_the_codes(tmp_path, coding):
    (found,) = read(tmp_path, {"text": "It rains", "label": []}, coding=coding)
    assert (found.labels if coding == "text" else getattr(found, coding)) == ()


@pytest.mark.parametrize(
    ("coding", "codes", "reason"),
    [
        ("text", [[0, 2, "x"]], "read it as coding 'spans'"),
        ("spans", ["x"], "read it as coding 'text'"),
        ("spans", [[0, 99, "x"]], "no stretch of a text of 8"),
        ("spans", [[0, 2]], "expected \\[start, end, label\\]"),
        ("spans", None, "missing"),
    ],
)
def test_other_codes_are_failures(tmp_path, coding, codes, reason):
    good = {"text": "It pours", "label": ["x"] if coding == "text" else []}
    failure, found = read(tmp_path, {"id": 7, "text": "It rains", "label": codes}, good, coding=coding)
    assert isinstance(failure, Failure)
    assert (failure.id, failure.line) == ("7", 1)
    assert re.search(reason, failure.reason)
    assert found.text == "It pours"


def test_a_named_key_is_read_and_no_other(tmp_path):
    record = {"text": "It rains", "label": ["no"], "topics": ["x"]}
    (found,) = read(tmp_path, record, coding="text", columns=Columns(label="topics"))
    assert (found.labels, found.meta) == (("x",), {"label": ["no"]})


def test_text_with_emoji_is_warned_of(tmp_path, caplog):
    read(tmp_path, {"text": "😀 it rains", "label": [[2, 4, "x"]]})
    assert "1 texts hold emoji" in caplog.text
