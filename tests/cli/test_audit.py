"""`rhetoric audit`: the commands, their output and their exit codes."""

import json

import pytest

from rhetoric.formats.training_texts import write_training_texts
from tests.framing.audit_data import World, code_csv, read_csv, write_csv


@pytest.fixture
def run(tmp_path):
    return World({"Echo": 20, "Post": 16}).write(tmp_path / "run.jsonl")


@pytest.fixture
def audit(rhetoric, run, tmp_path):
    folder = tmp_path / "audit"
    assert rhetoric("audit", "sample", run, "--n", 12, "-o", folder).code == 0
    return folder


@pytest.mark.parametrize("words", [["audit"], ["audit", "sample"], ["audit", "estimate"]])
def test_help(rhetoric, words):
    result = rhetoric(*words, "--help")
    assert result.code == 0
    assert f"Usage: rhetoric {' '.join(words)}".encode() in result.out


def test_sample_prints_the_power_and_writes_the_files(rhetoric, run, tmp_path):
    result = rhetoric("audit", "sample", run, "--n", 12, "--unit", "sentence", "-o", tmp_path / "new")
    assert result.code == 0
    assert b"smallest difference found" in result.out
    assert result.err[-1].endswith("(coders get to_code.*, nothing else)")
    assert {path.name for path in (tmp_path / "new").iterdir()} >= {"design.parquet", "to_code.csv", "to_code.jsonl"}


def test_plan_writes_nothing(rhetoric, run, tmp_path):
    result = rhetoric("audit", "sample", run, "--n", 12, "--plan", "-o", tmp_path / "new", "-q")
    assert (result.code, result.err) == (0, [])
    assert not (tmp_path / "new").exists()


def test_estimate_prints_and_writes_gold(rhetoric, run, audit, tmp_path):
    ann = code_csv(audit / "to_code.csv", tmp_path / "ann.csv")
    ben = code_csv(audit / "to_code_second.csv", tmp_path / "ben.csv", coder="ben")
    result = rhetoric("audit", "estimate", audit, "--codes", ann, ben, "--annotations", run)
    assert result.code == 0
    assert b"Krippendorff's alpha" in result.out
    assert b"predicted minus coded" in result.out
    assert "signature: metric:audit-loaded_sentences|version:" in result.err[-1]
    assert (audit / "gold.csv").read_text().startswith("measure,id,outlet,gold,prediction")


def test_estimate_of_a_part_lists_what_failed(rhetoric, run, audit, tmp_path):
    rows = read_csv(code_csv(audit / "to_code.csv", tmp_path / "ann.csv"))
    rows[0]["label"] = "NA"
    result = rhetoric(
        "audit", "estimate", audit, "--codes", write_csv(tmp_path / "codes.csv", rows), "--annotations", run
    )
    assert result.code == 4
    assert [line for line in result.err if line.startswith("rhetoric: failed:")]
    assert (audit / "gold.csv").is_file()


def test_columns_of_other_names(rhetoric, run, audit, tmp_path):
    rows = read_csv(code_csv(audit / "to_code.csv", tmp_path / "ann.csv"))
    names = {"id": "unit id", "label": "code", "coder": "who"}
    renamed = [{names.get(key, key): value for key, value in row.items()} for row in rows]
    options = ("--id-column", "unit id", "--label-column", "code", "--coder-column", "who")
    codes = write_csv(tmp_path / "codes.csv", renamed)
    assert rhetoric("audit", "estimate", audit, "--codes", codes, "--annotations", run, *options).code == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["audit"], 2),
        (["audit", "simple"], 2),
        (["audit", "sample"], 2),
        (["audit", "sample", "RUN", "--n", "3"], 2),
        (["audit", "sample", "RUN", "--unit", "word"], 2),
        (["audit", "sample", "RUN", "--measure", "loaded"], 3),
        (["audit", "sample", "RUN", "--by", "paper"], 3),
        (["audit", "sample", "RUN", "--only", "Echo"], 3),
        (["audit", "sample", "missing.jsonl"], 3),
        (["audit", "sample", "RUN", "--model", "nowhere"], 3),
        (["audit", "estimate", "AUDIT"], 2),
        (["audit", "estimate", "AUDIT", "--codes", "RUN"], 2),
        (["audit", "estimate", "nowhere", "--codes", "RUN", "--annotations", "RUN"], 3),
        (["audit", "estimate", "AUDIT", "--codes", "AUDIT/to_code.csv", "--annotations", "RUN"], 3),
        (["audit", "estimate", "AUDIT", "--codes", "missing.csv", "--annotations", "RUN"], 3),
    ],
)
def test_mistakes_are_one_line(rhetoric, run, audit, words, code):
    named = [word.replace("RUN", str(run)).replace("AUDIT", str(audit)) for word in words]
    result = rhetoric(*named)
    assert (result.code, len(result.err)) == (code, 1)
    assert not (audit / "gold.csv").exists()


def test_compare_refuses_gold_that_the_model_has_learnt_from_since(rhetoric, run, audit, tmp_path, monkeypatch):
    codes = code_csv(audit / "to_code.csv", tmp_path / "ann.csv")
    assert rhetoric("audit", "estimate", audit, "--codes", codes, "--annotations", run, "-q").code == 0
    words = ["compare", run, "--by", "outlet", "--gold", audit, "-o", tmp_path / "c.csv"]
    assert rhetoric(*words).code == 0
    audited = next(row["id"] for row in read_csv(audit / "gold.csv") if row["weight"])
    records = map(json.loads, run.read_text(encoding="utf-8").splitlines())
    text = next(record["text"] for record in records if record["id"] == audited)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "invented").mkdir()
    (tmp_path / "invented" / "config.json").write_text("{}")
    write_training_texts(tmp_path / "invented", {"training": [(text, [])]})
    result = rhetoric(*words)
    assert result.code == 3
    assert "1 articles of the gold were used to make the model" in result.err[-1]
