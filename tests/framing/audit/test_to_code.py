"""The files for coders."""

import json

import pytest

from rhetoric.formats.coded import read_coded
from rhetoric.framing.audit.design import Design, Settings, read_design
from rhetoric.framing.audit.draw import Candidate, article_units, draw_frame, number_units
from rhetoric.framing.audit.sampling import AuditRequest, plan_audit, write_audit
from rhetoric.framing.audit.to_code import FILES, n_words_to_read, write_files_to_code
from tests.framing.audit_data import World, read_csv, read_jsonl


@pytest.fixture(scope="module")
def audits(tmp_path_factory):
    """One audit of articles and one of sentences, of the same run."""
    folder = tmp_path_factory.mktemp("audits")
    run = World({"The Echo": 16, "Harbour Post": 14}).write(folder / "run.jsonl")
    for unit in ("article", "sentence"):
        request = AuditRequest(
            run, "loaded_sentences", n=12, unit=unit, sentences_per_article=4, codebook_version="1.2"
        )
        write_audit(folder / unit, plan_audit(request))
    return folder


@pytest.mark.parametrize("unit", ["article", "sentence"])
def test_no_outlet_and_no_score_is_shown(audits, unit):
    for path in (audits / unit).glob("to_code*"):
        content = path.read_text(encoding="utf-8")
        assert not [word for word in ("Echo", "Harbour", "outlet", "score", "stratum", "zero") if word in content], path


@pytest.mark.parametrize("unit", ["article", "sentence"])
def test_tools_get_the_same_units_in_random_order(audits, unit):
    design = read_design(audits / unit)
    for name in FILES:
        records = read_jsonl(audits / unit / f"{name}.jsonl")
        wanted = [u.unit for u in design.units if u.is_double or name == "to_code"]
        assert [record["id"] for record in records] == (wanted if name == "to_code" else wanted[::-1])
        assert [task["data"] for task in json.loads((audits / unit / f"{name}.json").read_text())] == records
        assert {record["codebook_version"] for record in records} == {"1.2"}
    articles = [u.article_id for u in design.units]
    assert articles != sorted(articles)


def test_a_spreadsheet_has_the_sentences_of_articles_in_order(audits):
    rows = read_csv(audits / "article" / "to_code.csv")
    ids = [row["id"] for row in rows]
    assert ids[:3] == ["u01/1", "u01/2", "u01/3"]
    assert [row["row"] for row in rows] == [str(i) for i in range(1, len(rows) + 1)]
    assert {row["label"] for row in rows} == {"NA"}
    documents = {record["id"]: record["text"] for record in read_jsonl(audits / "article" / "to_code.jsonl")}
    assert all(row["text"] in documents[row["id"].partition("/")[0]] for row in rows)


def test_what_nobody_coded_is_no_code(audits):
    found = list(read_coded(audits / "article" / "to_code.csv"))
    assert all(type(item).__name__ == "Failure" for item in found)


def test_words_to_read_count_context_and_second_coders():
    world = World({"Echo": 12, "Post": 12})
    _, drawn = draw_frame([Candidate(a.id, a.meta["outlet"], 0.1) for a in world.articles], 10, 1)
    units = number_units(article_units(drawn, {row.id: world.by_id[row.id].text for row in drawn}), 1)
    settings = Settings("m", (), "outlet", "article", "text", 10, None, 1, None, ("", ""))
    words = {unit.unit: len(world.by_id[unit.article_id].text.split()) for unit in units}
    expected = sum(words[unit.unit] * (1 + unit.is_double) for unit in units)
    assert n_words_to_read(units, Design(settings, (), units), world.by_id) == expected


def test_whole_articles_are_rows_where_articles_are_labelled(tmp_path):
    world = World({"Echo": 12, "Post": 12})
    _, drawn = draw_frame([Candidate(a.id, a.meta["outlet"], 0.1) for a in world.articles], 10, 1)
    units = number_units(article_units(drawn, {row.id: world.by_id[row.id].text for row in drawn}), 1)
    settings = Settings("m", (), "outlet", "article", "text", 10, None, 1, None, ("", ""))
    write_files_to_code(tmp_path, Design(settings, (), units), world.by_id, by_sentence=False)
    assert [row["id"] for row in read_csv(tmp_path / "to_code.csv")] == [unit.unit for unit in units]
