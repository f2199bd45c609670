"""What a model says of itself."""

import json
from dataclasses import asdict

import pytest

from rhetoric.framing.audit.published import published_accuracy
from rhetoric.training.finished import LABEL_FIGURES
from rhetoric.training.scoring import Score


def shipped(*scores):
    return {"scores": [{"task": task, "metric": metric, "value": value} for task, metric, value in scores]}


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([("codebook dev", "x F1", 0.7)], (0.7, 0.7)),
        (
            [("codebook dev", "x F1", 0.7), ("codebook dev", "x recall", 0.6), ("codebook dev", "x precision", 0.8)],
            (0.6, 0.8),
        ),
        ([("codebook dev", "x sensitivity", 0.6), ("codebook dev", "x precision", 0.8)], (0.6, 0.8)),
        ([("another dev", "x F1", 0.9), ("codebook dev", "x F1", 0.7)], (0.7, 0.7)),
        ([("another dev", "x F1", 0.9)], (0.9, 0.9)),
        ([("another dev", "x F1 (PTC)", 0.4)], (0.4, 0.4)),
        ([("codebook dev", "x precision", 0.8)], None),
        ([("codebook dev", "xx F1", 0.7), ("codebook dev", "x ECE", 0.1)], None),
        ([], None),
    ],
)
def test_accuracy_of_a_shipped_model(tmp_path, scores, expected):
    (tmp_path / "metrics.json").write_text(json.dumps(shipped(*scores)))
    found = published_accuracy(tmp_path, "x")
    assert (found and (found.sensitivity, found.precision)) == expected


def test_accuracy_says_where_f1_stands_for_both(tmp_path):
    (tmp_path / "metrics.json").write_text(json.dumps(shipped(("codebook dev", "x F1", 0.7))))
    assert published_accuracy(tmp_path, "x").source == f"F1 of {tmp_path.name}, codebook dev, for both"


def test_accuracy_of_a_label_of_ones_own(tmp_path):
    label = {"label": "x", "precision": {"value": 0.8}, "recall": {"value": 0.5}, "f1": {"value": 0.6}}
    (tmp_path / "own_metrics.json").write_text(json.dumps({"scores": {"labels": [label]}}))
    (tmp_path / "metrics.json").write_text(json.dumps(shipped(("codebook dev", "x F1", 0.7))))
    found = published_accuracy(tmp_path, "x")
    assert (found.sensitivity, found.precision) == (0.5, 0.8)


@pytest.mark.parametrize("content", ["no JSON", "[]", '{"scores": 3}', '{"scores": [3]}', '{"scores": {"labels": 3}}'])
def test_a_folder_without_usable_figures_publishes_none(tmp_path, content):
    (tmp_path / "metrics.json").write_text(content)
    (tmp_path / "own_metrics.json").write_text(content)
    assert published_accuracy(tmp_path, "x") is None


def test_the_shipped_model_publishes_its_accuracy(shipped_model):
    found = published_accuracy(shipped_model, "loaded_language")
    assert 0.5 < found.sensitivity < 1
    assert 0.5 < found.precision < 1


def test_what_training_measures_is_what_an_audit_reads(tmp_path):
    figures = [Score("codebook dev", f"x {name}", 0.6, 0.5, 0.7, 9, 13) for name in LABEL_FIGURES]
    content = {"scores": [{**asdict(score), "value": i / 10} for i, score in enumerate(figures, start=7)]}
    (tmp_path / "metrics.json").write_text(json.dumps(content))
    found = published_accuracy(tmp_path, "x")
    assert (found.precision, found.sensitivity) == (0.8, 0.9)
    assert found.source == f"{tmp_path.name}, codebook dev"
