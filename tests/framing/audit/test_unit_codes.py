"""What each coder said of each unit."""

import pytest

from rhetoric.annotation import AnnotatedArticle, Sentence
from rhetoric.errors import InputError
from rhetoric.framing.audit.code_files import CodeFiles
from rhetoric.framing.audit.design import AuditUnit, Design, Settings
from rhetoric.framing.audit.unit_codes import read_codes
from rhetoric.framing.measures.definitions import Measure, read_measures
from tests.framing.audit_data import write_csv

TEXT = "The tyrant fled. It rained."
ARTICLES = {"a1": AnnotatedArticle("a1", TEXT, {}, (Sentence(0, 16), Sentence(17, 27)))}
MEASURE = read_measures()["loaded_sentences"]
FRAME = Measure(title="Morality", unit="share", of="articles", per="articles", where={"labels": "morality"})
KNOWN = ("loaded_language", "doubt", "morality")


def design(sentence=None):
    kind = "article" if sentence is None else "sentence"
    unit = AuditUnit("u1", "a1", sentence, "Echo", "low", 1.0, None, 1.0, is_double=False, text_hash="")
    settings = Settings("m", ("loaded_language",), "outlet", kind, "text", 10, None, 1, None, ("", ""))
    return Design(settings, (), (unit,))


def read(path, one, measure=MEASURE, **settings):
    return read_codes(CodeFiles([path], labels=KNOWN, **settings), one, ARTICLES, measure)


def row(name, text, label, coder="ann"):
    return {"id": name, "text": text, "label": label, "coder": coder}


FIRST, SECOND = row("u1/1", "The tyrant fled.", "loaded_language"), row("u1/2", "It rained.", "")


def test_sentences_of_an_article_make_one_coding(tmp_path):
    found = read(write_csv(tmp_path / "codes.csv", [SECOND, FIRST]), design())
    (unit,) = found.units
    assert [s.labels for s in unit.by_coder["ann"].sentences] == [("loaded_language",), ()]
    assert (found.scope.kind, found.scope.is_whole, found.scope.has_voices) == ("text", False, False)
    assert found.failures == ()


def test_an_article_that_a_coder_did_not_finish_is_a_failure(tmp_path):
    other = [{**FIRST, "coder": "ben"}, {**SECOND, "coder": "ben"}]
    found = read(write_csv(tmp_path / "codes.csv", [FIRST, *other]), design())
    assert list(found.units[0].by_coder) == ["ben"]
    assert [(f.id, f.reason) for f in found.failures] == [
        ("u1", "1 of its sentences were not coded by ann: it counts as not coded")
    ]


def test_a_sentence_stands_alone(tmp_path):
    found = read(write_csv(tmp_path / "codes.csv", [row("u1", "It rained.", "doubt")]), design(1))
    assert [s.labels for s in found.units[0].by_coder["ann"].sentences] == [(), ("doubt",)]


def test_codes_of_whole_articles_are_labels_of_articles(tmp_path):
    found = read(write_csv(tmp_path / "codes.csv", [row("u1", TEXT, "morality")]), design(), FRAME)
    assert found.units[0].by_coder["ann"].article.labels == ("morality",)
    assert found.scope.is_whole


def test_an_article_may_be_named_by_its_own_id(tmp_path):
    found = read(write_csv(tmp_path / "codes.csv", [row("a1", TEXT, "morality")]), design(), FRAME)
    assert found.units[0].unit.unit == "u1"


def test_stretches_of_sentences_are_moved_into_the_article(tmp_path):
    spans = '[{"start": 3, "end": 9, "label": "doubt", "text": "rained"}]'
    path = write_csv(tmp_path / "codes.csv", [{"id": "u1", "text": "It rained.", "spans": spans, "coder": "ann"}])
    found = read(path, design(1), kind="spans")
    assert [s.of(TEXT) for s in found.units[0].by_coder["ann"].spans] == ["rained"]


def test_voices_must_be_everywhere_or_nowhere(tmp_path):
    spans = '[{"start": 4, "end": 10, "label": "doubt@own"}, {"start": 20, "end": 26, "label": "doubt"}]'
    path = write_csv(tmp_path / "codes.csv", [{"id": "u1", "text": TEXT, "spans": spans, "coder": "ann"}])
    with pytest.raises(InputError, match="1 of 2 stretches have a voice"):
        read(path, design(), kind="spans")


def test_final_and_independent_codings(tmp_path):
    rows = [{**one, "coder": coder} for coder in ("ann", "ben", "eva") for one in (FIRST, SECOND)]
    (unit,) = read(write_csv(tmp_path / "codes.csv", rows), design()).units
    assert (len(unit.final("nobody")), len(unit.final("eva"))) == (3, 1)
    assert list(unit.independent("eva")) == ["ann", "ben"]
