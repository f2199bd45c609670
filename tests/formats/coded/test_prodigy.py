"""Prodigy's export: accepted, rejected and ignored answers."""

import json

import pytest

from rhetoric.formats import Failure
from rhetoric.formats.coded import CodedSpan, CodedText
from rhetoric.formats.coded.prodigy import is_prodigy, read_prodigy
from rhetoric.formats.coded.records import DEFAULTS

OPTIONS = [{"id": "fear", "text": "Appeals to fear"}, {"id": "doubt", "text": "Sows doubt"}]


def answer(text="It rains", said="accept", **fields):
    return {"text": text, "_input_hash": len(text), "_task_hash": 9, "answer": said, **fields}


def read(tmp_path, *records, coding="text", columns=DEFAULTS):
    path = tmp_path / "in.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return list(read_prodigy(path, columns, coding))


def test_accepted_options_are_labels(tmp_path):
    record = answer(options=OPTIONS, accept=["fear"], _annotator_id="ana", _session_id="s1", meta={"outlet": "Echo"})
    assert is_prodigy(record)
    (found,) = read(tmp_path, record)
    assert (found.id, found.labels, found.coder, found.meta) == ("8", ("fear",), "ana", {"outlet": "Echo"})


def test_options_with_numbers_are_called_by_their_text(tmp_path):
    (found,) = read(tmp_path, answer(options=[{"id": 1, "text": "fear"}, {"id": 2, "text": "x"}], accept=[1]))
    assert found.labels == ("fear",)


@pytest.mark.parametrize("said", ["accept", "reject"])
def test_nothing_chosen_and_all_rejected_is_none_of_the_codes(tmp_path, said):
    (found,) = read(tmp_path, answer(said=said, options=OPTIONS, accept=[] if said == "accept" else ["fear"]))
    assert found.labels == ()


def test_ignored_and_unanswered_tasks_are_listed(tmp_path):
    found = read(
        tmp_path, answer(said="ignore", accept=["fear"]), answer(said=None, accept=["fear"]), answer(accept=["a"])
    )
    assert [type(item) for item in found] == [Failure, Failure, CodedText]
    assert "answer: ignore" in found[0].reason
    assert "the answer is None" in found[1].reason


def test_answers_to_one_label_at_a_time_are_joined_by_coder(tmp_path):
    found = read(
        tmp_path,
        answer(label="fear", _session_id="ana"),
        answer(label="doubt", said="reject", _session_id="ana"),
        answer(label="slogan", _session_id="ana"),
        answer(label="fear", said="reject", _session_id="bo"),
        answer(label="fear", said="ignore", _session_id="cy"),
    )
    coded = [(item.coder, item.labels) for item in found if isinstance(item, CodedText)]
    assert coded == [("ana", ("fear", "slogan")), ("bo", ())]
    assert len({item.id for item in found if isinstance(item, CodedText)}) == 1


@pytest.mark.parametrize("coding", ["spans", "targets"])
def test_spans_are_stretches(tmp_path, coding):
    spans = [{"start": 2, "end": 4, "label": "x", "token_start": 1}]
    found = read(
        tmp_path,
        answer("😀 it", spans=spans, tokens=[]),
        answer("😀 it", spans=spans, said="reject", _annotator_id="bo"),
        answer("dry", tokens=[]),
        coding=coding,
    )
    assert [getattr(item, coding) for item in found] == [(CodedSpan(2, 4, "x"),), (), ()]
    assert found[0].meta == {}


@pytest.mark.parametrize(
    ("coding", "fields"), [("text", {"spans": []}), ("spans", {"accept": ["x"]}), ("text", {"accept": 5})]
)
def test_codes_of_another_kind_are_failures(tmp_path, coding, fields):
    good = {"accept": ["x"]} if coding == "text" else {"spans": []}
    failure, _ = read(tmp_path, answer(**fields), answer(**good), coding=coding)
    assert isinstance(failure, Failure)


def test_ids_of_the_record_win(tmp_path):
    (found,) = read(tmp_path, answer(id="a7", accept=["x"]))
    assert found.id == "a7"
