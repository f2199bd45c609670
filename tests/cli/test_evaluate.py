"""`rhetoric evaluate` on given spans and on mentions."""

import json

import pytest

from tests.training.coded_texts import rows, write_csv, write_jsonl

TEXT = "The tyrant fled. Nobody wept."


@pytest.fixture(autouse=True)
def fake_annotator():
    """The real annotator is wanted here."""


def test_techniques_of_given_spans_are_scored(rhetoric, tiny_model, tmp_path):
    folder = tmp_path / "ptc"
    for split in ("train", "dev"):
        for name, content in (
            (f"{split}-articles/article7.txt", TEXT),
            (f"{split}-labels-task-flc-tc/article7.labels", "7\tDoubt\t0\t10\n7\tSlogans\t0\t10\n7\tDoubt\t17\t23\n"),
        ):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content)
    out = tmp_path / "scores.json"
    arguments = ("--model", tiny_model, "--data", folder / "dev", "--task", "technique-classification")
    result = rhetoric("evaluate", *arguments, "-o", out)
    assert result.code == 0, result.err
    last = [cell.strip() for cell in result.out.decode().splitlines()[-1].split("|")]
    assert last[1:4] == ["all", "given", "3"]
    assert result.err[-1].startswith("signature: metric:technique-classification+occurrences|version:")
    assert json.loads(out.read_text())["spans"][-1]["support"] == 3


def test_mentions_are_scored(rhetoric, tiny_model, tmp_path):
    records = [
        {"id": row["id"], "text": row["text"], "start": 0, "end": 3, "label": ("negative", "positive")[i % 2]}
        for i, row in enumerate(rows(12))
    ]
    path, plot = write_csv(tmp_path / "gold.csv", records), tmp_path / "scores.png"
    result = rhetoric("evaluate", "--model", tiny_model, "--data", path, "--coding", "targets", "--plot", plot)
    assert result.code == 0, result.err
    labels = [line.split("|")[1].strip() for line in result.out.decode().splitlines()[2:]]
    assert labels == ["negative", "positive", "macro"]
    assert plot.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("records", "options"),
    [
        ([{"id": "a", "text": TEXT, "spans": []}], ["--task", "technique-classification"]),
        (
            [{"id": "a", "text": TEXT, "spans": [{"start": 0, "end": 3, "label": "x"}]}],
            ["--task", "technique-classification"],
        ),
        ([{"id": "a", "text": TEXT, "spans": []}], ["--task", "technique-classification", "--plot", "x.png"]),
        ([{"id": "a", "text": TEXT, "spans": []}], ["--task", "classification"]),
        ([{"id": "a", "text": TEXT, "targets": [{"start": 0, "end": 3, "label": "x"}]}], ["--coding", "targets"]),
    ],
)
def test_gold_that_does_not_fit_is_refused(rhetoric, tiny_model, tmp_path, records, options):
    path = write_jsonl(tmp_path / "gold.jsonl", records)
    result = rhetoric("evaluate", "--model", tiny_model, "--data", path, *options)
    assert result.code in (2, 3), result.err
    assert result.out == b""
    assert "Traceback" not in " ".join(result.err)
