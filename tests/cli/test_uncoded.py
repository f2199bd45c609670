"""`rhetoric train --suggest` and `--patterns`: what they print and write, and what they refuse."""

import json

import pytest
import yaml

from rhetoric.formats.training_texts import read_training_texts
from tests.training.coded_texts import rows, write_csv, write_jsonl


@pytest.fixture
def articles(tmp_path):
    texts = [" ".join(row["text"] for row in rows(3, seed=20 + i)) for i in range(6)]
    return write_jsonl(tmp_path / "articles.jsonl", [{"id": f"n{i}", "text": t} for i, t in enumerate(texts)])


@pytest.fixture
def rules(tmp_path):
    content = [
        {"name": "zed", "label": "smear", "pattern": "zzz"},
        {"name": "work", "label": "none", "words": ["counted the boats", "mended a net", "opened the lock"]},
    ]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return tmp_path / "rules.yaml"


def test_suggest_writes_the_texts_to_code_next(rhetoric, tiny_model, articles, tmp_path):
    data = write_csv(tmp_path / "d.csv", rows(60))
    mine, out = tmp_path / "mine", tmp_path / "to_code.jsonl"
    assert rhetoric("train", "--data", data, "-o", mine, "--model", tiny_model, "-q").code == 0
    result = rhetoric("train", "--suggest", "5", "--data", articles, "--model", mine, "-o", out)
    assert result.code == 0, result.err
    assert result.err == [f"5 sentences to code next, for 'own' → {out}"]
    records = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len({record["id"] for record in records}) == 5
    assert all(record["id"].startswith(f"{record['article_id']}:") for record in records)
    assert max(record["score"] for record in records) == records[0]["score"]
    seen = read_training_texts(mine)
    assert {seen.use_of(record["text"]) for record in records} == {"suggestion"}
    again = tmp_path / "again.jsonl"
    rhetoric("train", "--suggest", "5", "--data", articles, "--model", mine, "-o", again, "-q")
    assert again.read_bytes() == out.read_bytes()


def test_suggest_lists_articles_that_it_cannot_read(rhetoric, tiny_model, articles, tmp_path):
    mine, out = tmp_path / "mine", tmp_path / "to_code.csv"
    rhetoric("train", "--data", write_csv(tmp_path / "d.csv", rows(60)), "-o", mine, "--model", tiny_model, "-q")
    with articles.open("a") as file:
        file.write("no json\n")
    result = rhetoric("train", "--suggest", "2", "--data", articles, "--model", mine, "-o", out)
    assert result.code == 4
    assert "1 articles could not be read" in result.err[-1]
    assert out.read_text(encoding="utf-8").startswith("id,text,score,")


def test_patterns_print_a_report_and_write_what_training_takes(rhetoric, tiny_model, rules, tmp_path):
    texts = write_jsonl(tmp_path / "texts.jsonl", [{"id": row["id"], "text": row["text"]} for row in rows(120)])
    coded = [{**row, "code": row.pop("label"), "coder": coder} for coder in ("ann", "bo") for row in rows(40, seed=7)]
    gold, out = write_csv(tmp_path / "gold.csv", coded), tmp_path / "labelled.jsonl"
    result = rhetoric(
        "train", "--patterns", rules, "--data", texts, "--test", gold, "--label-column", "code", "-o", out
    )
    assert result.code == 0, result.err
    head, _, zed, work = result.out.decode().splitlines()
    assert head.startswith("| rule | label | texts | coverage")
    assert zed.startswith("| zed  | smear |")
    assert "| 1.000 [" in zed
    assert work.startswith("| work | none  |")
    n = len(out.read_text(encoding="utf-8").splitlines())
    assert 60 < n < 120
    assert result.err == [f"{n} of 120 sentences have labels → {out}"]
    trained = rhetoric("train", "--data", out, "-o", tmp_path / "mine", "--model", tiny_model, "-q")
    assert trained.code == 0, trained.err


def test_patterns_alone_only_print(rhetoric, rules, articles, tmp_path):
    before = set(tmp_path.iterdir())
    result = rhetoric("train", "--patterns", rules, "--data", articles, "-q")
    assert result.code == 0, result.err
    assert "| zed  | smear |" in result.out.decode()
    assert "–" in result.out.decode()
    assert set(tmp_path.iterdir()) == before


REFUSED = {
    "suggestions without data": ["--suggest", "3", "--model", "MODEL"],
    "suggestions of a model without labels": ["--suggest", "3", "--data", "DATA", "--model", "MODEL"],
    "no suggestions": ["--suggest", "0", "--data", "DATA", "--model", "MODEL"],
    "suggestions into a folder": ["--suggest", "3", "--data", "DATA", "--model", "MODEL", "-o", "mine"],
    "rules that are not there": ["--patterns", "nowhere.yaml", "--data", "DATA"],
    "rules without data": ["--patterns", "RULES"],
    "rules and suggestions": ["--patterns", "RULES", "--suggest", "3", "--data", "DATA"],
    "rules for spans": ["--patterns", "RULES", "--data", "DATA", "--unit", "span"],
    "rules with a recipe": ["recipe.yaml", "--patterns", "RULES", "--data", "DATA"],
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_makes_no_sense_is_refused(rhetoric, tiny_model, articles, rules, case):
    replaced = {"DATA": articles, "MODEL": tiny_model, "RULES": rules}
    result = rhetoric("train", *[replaced.get(argument, argument) for argument in REFUSED[case]])
    assert result.code in (2, 3), result.err
    assert result.out == b""
    assert len(result.err) == 1
    assert "Traceback" not in result.err[0]
