"""Sentences on which model and people differ: found, kept without their words, read back."""

import pytest

from rhetoric.errors import InputError
from rhetoric.framing.audit.disagreements import DISAGREEMENTS_FILE, Disagreement, read_disagreements, write_rows
from tests.framing.audit.test_auditing import estimate, folder, world  # noqa: F401  (fixtures)
from tests.framing.audit_data import LOADED, code_csv


@pytest.mark.parametrize("unit", ["article", "sentence"])
def test_disagreements_are_those_of_the_coded_sentences(folder, tmp_path, world, unit):  # noqa: F811
    found = estimate(folder, unit, code_csv(folder / unit / "to_code.csv", tmp_path / "ann.csv"))
    kinds = {one.kind for one in found.disagreements}
    assert kinds == {"false positive", "miss"}
    for one in found.disagreements:
        article = world.by_id[one.article_id]
        (sentence,) = [s for s in article.sentences if s.start == one.start]
        assert sentence.end == one.end
        is_there = "dreadful" in sentence.of(article.text)
        assert is_there == (one.kind == "miss")
        assert (LOADED in sentence.labels) == (one.kind == "false positive")
    coded = {(u.article_id, u.sentence) for u in found.design.units}
    for one in found.disagreements:
        number = [s.start for s in world.by_id[one.article_id].sentences].index(one.start)
        assert (one.article_id, number if unit == "sentence" else None) in coded


def test_coders_who_are_split_make_no_disagreement(folder, tmp_path):  # noqa: F811
    ann = code_csv(folder / "article" / "to_code.csv", tmp_path / "ann.csv")
    ben = code_csv(folder / "article" / "to_code.csv", tmp_path / "ben.csv", coder="ben", is_loaded=lambda text: True)
    alone, both = (estimate(folder, "article", *paths).disagreements for paths in ([ann], [ann, ben]))
    assert {one for one in both if one.kind == "false positive"} == set()
    assert [one for one in both if one.kind == "miss"] == [one for one in alone if one.kind == "miss"]


def test_disagreements_read_back_as_they_were(tmp_path):
    rows = [
        Disagreement("m", 'a "b", c', "text", 3, 9, "miss"),
        Disagreement("m", "ü", "title", 0, 4, "false positive"),
    ]
    write_rows(tmp_path / DISAGREEMENTS_FILE, rows)
    assert read_disagreements(tmp_path) == rows
    assert read_disagreements(tmp_path / "gold.csv") == rows


def test_an_audit_that_kept_none_has_none(tmp_path):
    assert read_disagreements(tmp_path) == ()


@pytest.mark.parametrize(
    "content", ["measure,article_id\nm,a\n", "measure,article_id,part,start,end,kind\nm,a,text,x,1,miss\n"]
)
def test_a_file_that_cannot_be_used_is_an_error(tmp_path, content):
    (tmp_path / DISAGREEMENTS_FILE).write_text(content)
    with pytest.raises(InputError, match="audit estimate"):
        read_disagreements(tmp_path)
