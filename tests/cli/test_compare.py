"""`rhetoric compare`: what it writes, and what it says of input that cannot be compared."""

import csv
import json
import re

import pytest
from pyarrow import parquet

from rhetoric.framing.measures.table import read_table, to_arrow
from tests.framing.audit_data import World, code_csv


@pytest.fixture
def run(tmp_path):
    return World({"Echo": 20, "Post": 16}).write(tmp_path / "run.jsonl")


def rewritten(path, change):
    """Change the records of a run, each with its number."""
    records = [json.loads(line) for line in path.read_text().splitlines()]
    for i, record in enumerate(records):
        change(i, record)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def undate(i, record):
    del record["meta"]["date"]


def test_compare_writes_broom_columns_and_tells_notes(rhetoric, run):
    result = rhetoric("compare", run, "--measure", "loaded_sentences")
    assert result.code == 0
    rows = list(csv.DictReader(result.out.decode().splitlines()))
    assert [row["contrast"] for row in rows] == ["Echo", "Post", "Echo − Post"]
    assert {"std.error", "conf.low", "p.adjusted", "n_audited", "estimator"} <= rows[0].keys()
    assert any("not corrected for model error" in line for line in result.err)


def test_compare_writes_json_and_a_page(rhetoric, run, tmp_path):
    assert rhetoric("compare", run, "-o", tmp_path / "out.json", "-q").err == []
    found = json.loads((tmp_path / "out.json").read_text())
    assert found["groups"] == {"Echo": 20, "Post": 16}
    assert rhetoric("compare", run, "-o", tmp_path / "out.html", "-q").code == 0
    rhetoric("report", run, "--by", "outlet", "-o", tmp_path / "same.html")
    assert (tmp_path / "out.html").read_text() == (tmp_path / "same.html").read_text()
    assert rhetoric("compare", run, "-o", tmp_path / "out.xls").code == 2


def test_compare_of_one_outlet_is_refused(rhetoric, tmp_path):
    result = rhetoric("compare", World({"Echo": 20}).write(tmp_path / "one.jsonl"))
    assert (result.code, result.out) == (3, b"")
    assert result.err == ["rhetoric: all articles are of one outlet, 'Echo': expected two or more to compare"]


def test_compare_of_an_outlet_with_one_article_says_so_in_the_place_of_a_number(rhetoric, tmp_path):
    path = World({"Echo": 20, "Post": 1}).write(tmp_path / "few.jsonl")
    result = rhetoric("compare", path, "--measure", "loaded_sentences", "--rest", "--adjust", "length")
    assert result.code == 0
    rows = {(r["kind"], r["contrast"]): r for r in csv.DictReader(result.out.decode().splitlines())}
    assert rows["level", "Echo"]["estimate"]
    for row in (row for (_, told), row in rows.items() if "Post" in told):
        assert row["estimate"] == row["p.value"] == ""
        assert row["note"]


@pytest.mark.parametrize(
    ("change", "options", "expected"),
    [
        (lambda i, r: r.update(id=f"a{max(i, 1)}"), (), "the id 'a1' occurs more than once"),
        (undate, ("--trend", "date"), "no article has an ISO date in the field 'date'"),
        (undate, ("--same-story",), "no article has an ISO date in the field 'date'"),
        (lambda i, r: r["meta"].update(date="3/4/2025"), ("--trend", "date"), "expected dates such as 2026-03-02"),
        (lambda i, r: None, ("--by", "sector"), "no article has the field 'sector' to group by"),
        (lambda i, r: None, ("--adjust", "genre"), "no article has the field 'genre' to adjust for"),
        (lambda i, r: None, ("--gold", "nowhere"), "the gold nowhere cannot be read"),
    ],
)
def test_compare_refuses_what_it_cannot_use(rhetoric, run, change, options, expected):
    result = rhetoric("compare", rewritten(run, change), *options)
    assert (result.code, result.out) == (3, b"")
    assert len(result.err) == 1
    assert expected in result.err[0]


@pytest.mark.parametrize("by", [("outlet", "outlet"), ("outlet", "date", "id")])
def test_compare_takes_one_field_or_two(rhetoric, run, by):
    result = rhetoric("compare", run, *(word for name in by for word in ("--by", name)))
    assert result.code == 2


def test_compare_tells_how_many_articles_no_trend_counts(rhetoric, run):
    def change(i, record):
        record["meta"]["date"] = f"2025-{1 + i % 9:02}-11" if i % 4 else "a Monday"

    result = rhetoric("compare", rewritten(run, change), "--measure", "loaded_sentences", "--trend", "date")
    assert result.code == 0
    assert any("9 of 36 articles have no ISO date in 'date': no trend counts them" in line for line in result.err)


@pytest.fixture
def audit(rhetoric, run, tmp_path):
    folder = tmp_path / "audit"
    rhetoric("audit", "sample", run, "--n", 12, "-o", folder)
    coded = code_csv(folder / "to_code.csv", tmp_path / "ann.csv")
    rhetoric("audit", "estimate", folder, "--codes", coded, "--annotations", run)
    return folder


@pytest.mark.parametrize(
    ("sizes", "seed", "expected"),
    [
        ({"Echo": 20, "Post": 16}, 5, "have other predictions of 'loaded_sentences'"),
        ({"Echo": 20, "Torch": 16}, 0, "are not in the run"),
    ],
)
def test_compare_refuses_gold_of_another_run(rhetoric, audit, tmp_path, sizes, seed, expected):
    other = World(sizes, seed=seed).write(tmp_path / "other.jsonl")
    result = rhetoric("compare", other, "--gold", audit)
    assert (result.code, result.out) == (3, b"")
    assert "the gold is no sample of this run" in result.err[0]
    assert expected in result.err[0]


def test_report_compares_with_gold_and_shows_errors(rhetoric, run, audit, tmp_path):
    path = tmp_path / "page.html"
    result = rhetoric("report", run, "--by", "outlet", "--measure", "loaded_sentences", "--gold", audit, "-o", path)
    assert result.code == 0
    page = path.read_text()
    assert page.count("<b>miss</b>: the coders found it") == 2
    assert page.count("<b>false positive</b>: the model found it") == 2
    assert "12 articles an outlet, in strata of the model&#39;s score, with the seed 13" in page
    assert "version 1.0" in page


def test_report_of_articles_without_text_shows_numbers_alone(rhetoric, run, tmp_path):
    bare, table, pages = tmp_path / "bare.jsonl", tmp_path / "table.parquet", {}
    rhetoric("convert", run, bare, "--no-text", "-q")
    parquet.write_table(to_arrow(read_table(run)), table)
    for name, path in {"run": run, "bare": bare, "table": table}.items():
        out = tmp_path / f"{name}.html"
        result = rhetoric("report", path, "--by", "outlet", "--measure", "loaded_sentences", "-o", out)
        assert (result.code, result.err) == (0, [])
        pages[name] = out.read_text()
        assert "Sentences with loaded language" in pages[name]
    assert ["<blockquote>" in page for page in pages.values()] == [True, False, False]


def test_report_by_groups_does_not_read_standard_input(rhetoric, run):
    result = rhetoric("report", "-", "--by", "outlet", stdin=run.read_bytes())
    assert (result.code, result.out) == (2, b"")
    assert "reads the annotations twice" in result.err[0]


def test_report_shows_only_articles_that_were_compared(rhetoric, run, tmp_path):
    def change(i, record):
        if i % 2:
            del record["meta"]["outlet"]

    rhetoric("report", rewritten(run, change), "--by", "outlet", "-o", tmp_path / "page.html")
    shown = set(re.findall(r"<footer><bdi>(\w+)-(\d+)</bdi>", (tmp_path / "page.html").read_text()))
    assert shown
    assert all(int(number) % 2 == 0 for _, number in shown)


@pytest.mark.parametrize("option", [("--gold", "audit"), ("--adjust", "length"), ("--rest",)])
def test_report_refuses_options_of_a_comparison_without_groups(rhetoric, run, option):
    result = rhetoric("report", run, *option)
    assert result.code == 2
    assert f"{option[0]} without --by" in result.err[0]
