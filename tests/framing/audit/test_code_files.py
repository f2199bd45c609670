"""Codes that come back: what is taken, and what is refused."""

import json

import pytest

from rhetoric.annotation import AnnotatedArticle, Sentence
from rhetoric.errors import InputError
from rhetoric.formats import dump_line, to_record
from rhetoric.framing.audit.code_files import CodeFiles, read_code_files
from rhetoric.framing.audit.pieces import Piece
from tests.framing.audit_data import write_csv

TEXTS = {"u1": "The tyrant fled.\nIt rained.", "u2": "She spoke.  He “left”."}
PIECES = {name: Piece(name, name, text) for name, text in TEXTS.items()}
KNOWN = frozenset({"loaded_language", "doubt", "attribution"})


def row(name="u1", label="", coder="ann", **others):
    return {"id": name, "text": TEXTS[name], "label": label, "coder": coder, "codebook_version": "1.0", **others}


def read(path, kind="text", **settings):
    files = CodeFiles([path] if not isinstance(path, list) else path, labels=KNOWN, **settings)
    return read_code_files(files, PIECES, "text", kind)


def lines(path, *records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_a_spreadsheet(tmp_path):
    rows = [row("u1", "loaded_language|doubt"), row("u2", ""), row("u1", "NA", coder="ben")]
    found = read(write_csv(tmp_path / "codes.csv", rows))
    assert [(t.id, t.coder, t.labels) for t in found.texts] == [
        ("u1", "ann", ("loaded_language", "doubt")),
        ("u2", "ann", ()),
    ]
    assert (found.kind, found.version) == ("text", "1.0")
    assert [failure.line for failure in found.failures] == [6]


@pytest.mark.parametrize(
    ("code", "labels"),
    [("1", ("loaded_language@own",)), ("yes", ("loaded_language@own",)), ("0", ()), ("No", ()), ("doubt", ("doubt",))],
)
def test_yes_and_no_stand_for_codes(tmp_path, code, labels):
    found = read(write_csv(tmp_path / "codes.csv", [row(label=code)]), yes="loaded_language@own")
    assert found.texts[0].labels == labels


def test_the_tools(tmp_path):
    span = {"start": 4, "end": 10, "label": "doubt", "text": "tyrant"}
    task = {"id": 9, "unit": "u1", "text": TEXTS["u1"], "codebook_version": "1.0"}
    doccano = lines(tmp_path / "doccano.jsonl", {**task, "label": [[4, 10, "doubt"]], "username": "ann"})
    prodigy = lines(
        tmp_path / "prodigy.jsonl",
        {**task, "spans": [span], "answer": "accept", "_input_hash": 5, "_annotator_id": "ann"},
    )
    value = {"start": 4, "end": 10, "labels": ["doubt"], "text": "tyrant"}
    result = [{"type": "labels", "from_name": "x", "value": value}]
    studio = tmp_path / "studio.json"
    studio.write_text(json.dumps([{"id": 9, "data": task, "annotations": [{"completed_by": 3, "result": result}]}]))
    for path in (doccano, prodigy, studio):
        (text,) = read(path, "spans").texts
        assert text.id == "u1"
        assert [(s.start, s.end, s.label) for s in text.spans] == [(4, 10, "doubt")]


def test_the_other_kind_is_tried_where_the_expected_one_is_not_there(tmp_path):
    found = read(write_csv(tmp_path / "codes.csv", [row(label="doubt")]), "spans")
    assert (found.kind, found.texts[0].labels) == ("text", ("doubt",))


def test_white_space_may_change_and_offsets_are_carried_over(tmp_path):
    changed = {"id": "u1", "text": "The tyrant fled.\r\n\r\nIt rained.", "coder": "ann"}
    span = {"start": 20, "end": 29, "label": "doubt", "text": "It rained"}
    (text,) = read(lines(tmp_path / "codes.jsonl", {**changed, "spans": [span]}), "spans").texts
    assert text.text == TEXTS["u1"]
    assert [s.of(text.text) for s in text.spans] == ["It rained"]


def test_annotated_articles(tmp_path):
    article = AnnotatedArticle(
        "u1", TEXTS["u1"], {"coder": "ann", "codebook_version": "2"}, (Sentence(0, 16, {}, ("doubt",)),)
    )
    path = tmp_path / "corrected.jsonl"
    path.write_bytes(dump_line(to_record(article)))
    found = read(path)
    assert (found.kind, found.version) == ("annotations", "2")
    assert found.articles["ann", "u1"] == article


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([row(), {**row(), "id": "u7"}], r"1 coded ids are not in the sample \('u7'\)"),
        ([{**row(), "text": "The tyrant left.\nIt rained."}], "the text of 'u1' is not the one"),
        ([row(), {**row("u2"), "codebook_version": "1.1"}], "codebook versions are mixed"),
        ([row(label="laoded_language")], "did you mean 'loaded_language'"),
        ([row(label="doubt@loud")], "the voice 'loud'"),
        ([row(), row()], "coder 'ann' coded the text 'u1' 2 times"),
        ([row(label="NA")], "no code could be read"),
    ],
)
def test_refused(tmp_path, rows, told):
    with pytest.raises(InputError, match=told):
        read(write_csv(tmp_path / "codes.csv", rows))


def test_refused_are_annotated_articles_of_other_texts(tmp_path):
    path = tmp_path / "corrected.jsonl"
    for name, text, told in (("u7", "x", "not in the sample"), ("u1", "x", "is not the one")):
        path.write_bytes(dump_line(to_record(AnnotatedArticle(name, text))))
        with pytest.raises(InputError, match=told):
            read(path)
    path.write_bytes(2 * dump_line(to_record(AnnotatedArticle("u1", TEXTS["u1"]))))
    with pytest.raises(InputError, match="there twice"):
        read(path)


def test_refused_are_two_kinds_of_codes(tmp_path):
    span = {"start": 4, "end": 10, "label": "doubt", "text": "tyrant"}
    spans = lines(tmp_path / "codes.jsonl", {"id": "u1", "text": TEXTS["u1"], "spans": [span], "coder": "ben"})
    with pytest.raises(InputError, match="two kinds"):
        read([write_csv(tmp_path / "codes.csv", [row()]), spans])
