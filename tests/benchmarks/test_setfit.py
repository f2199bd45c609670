import json
import shutil
import stat

import pytest

from benchmarks import setfit
from rhetoric.metrics.classification import class_confusions, macro_f1
from tests.training.coded_texts import rows

# In the place of SetFit: it finds what it is told to find, and says how long that took.
SIDE = """#!/bin/sh
echo "a word of a library"
for split in "$@"; do
  case "$split" in
    *.json) echo "{\\"split\\": \\"$(basename "$split")\\", \\"predicted\\": [PREDICTED], \\"seconds\\": 2.5}" ;;
  esac
done
"""


@pytest.fixture
def few(monkeypatch):
    """One task of made-up texts, of which the half is smears."""

    def read(split):
        for row in rows(120, seed=1 if split == "train" else 2, share=0.5):
            yield row["text"], int(bool(row["label"]))

    monkeypatch.setattr(setfit, "TASKS", {"smear": read})


def test_benchmark_compares_both_sides_on_the_same_draws(few, tiny_model, tmp_path, capsys):
    shutil.copytree(tiny_model, tmp_path / "model")
    (tmp_path / "splits").mkdir()
    test = setfit._write_splits(tmp_path / "splits", [8], 1)
    gold = json.loads(test[0].read_text())["test"]["label"]
    side = tmp_path / "python"
    side.write_text(SIDE.replace("PREDICTED", ", ".join("0" for _ in gold)))
    side.chmod(side.stat().st_mode | stat.S_IXUSR)
    setfit.main(side, tmp_path, sizes="8,16", draws=2)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    eight, sixteen = ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:])
    assert eight[:3] == ["smear", "8", "2"]
    assert sixteen[:3] == ["smear", "16", "2"]
    assert float(eight[3].split()[0]) > 0.5
    assert eight[4] == "0.333 ± 0.000"
    assert eight[6] == "2.5 ± 0.0"
    results = (tmp_path / "ours.jsonl").read_text(), (tmp_path / "setfit.jsonl").read_text()
    setfit.main(side, tmp_path, sizes="8,16", draws=2)
    assert (results == ((tmp_path / "ours.jsonl").read_text(), (tmp_path / "setfit.jsonl").read_text())) is True


def test_benchmark_draws_as_many_of_each_class_and_leaves_the_test_texts_alone(few, tmp_path):
    paths = setfit._write_splits(tmp_path, [8, 16], 2)
    assert [path.stem for path in paths] == ["smear-8-0", "smear-8-1", "smear-16-0", "smear-16-1"]
    splits = [json.loads(path.read_text()) for path in paths]
    assert [sum(split["train"]["label"]) for split in splits] == [8, 8, 16, 16]
    assert [len(split["train"]["text"]) for split in splits] == [16, 16, 32, 32]
    assert splits[0]["train"] != splits[1]["train"]
    assert all(split["test"] == splits[0]["test"] for split in splits)
    labels = splits[0]["test"]["label"]
    assert sum(labels) * 2 == len(labels)


def test_benchmark_scores_are_macro_f1(few, tmp_path):
    (path,) = setfit._write_splits(tmp_path, [8], 1)
    gold = json.loads(path.read_text())["test"]["label"]
    predicted = [1, *gold[1:-1], 0]
    expected = macro_f1(class_confusions([str(p) for p in predicted], [str(g) for g in gold]))
    assert setfit._score({"split": path.name, "predicted": predicted}, tmp_path) == expected
