"""What a model's folder says of its error, beside each measure."""

import json
from dataclasses import asdict, replace

import pytest

from rhetoric.framing.known_error import leaning_of, read_known_errors
from rhetoric.framing.measures.definitions import read_measures
from rhetoric.framing.probe import ProbeResult, Shift
from tests.framing.audit_data import World

MEASURES = read_measures()
SHIFTS = (
    Shift("country", "loaded_language", "Norway", -0.01, -0.02, 0.0, 20, 0.0),
    Shift("country", "loaded_language", "Chad", 0.02, 0.01, 0.03, 20, 0.1),
    Shift("party", "loaded_language", "Greens", -0.06, -0.1, 0.0, 20, 0.0),
    Shift("party", "loaded_language", "Blues", 0.05, 0.0, 0.1, 20, 0.05),
    Shift("party", "attribution", "Blues", 0.01, 0.0, 0.1, 20, 0.0),
)


@pytest.fixture
def run(tmp_path):
    """A run of a model whose name is its folder."""
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text("{}")
    scores = {"F1": 0.7, "recall": 0.6, "precision": 0.8}
    rows = [{"task": "codebook dev", "metric": f"loaded_language {n}", "value": v} for n, v in scores.items()]
    (model / "metrics.json").write_text(json.dumps({"scores": rows, "probe": [asdict(s) for s in SHIFTS]}))
    world = World({"Echo": 2})
    world.articles = [replace(a, model=replace(a.model, name=str(model))) for a in world.articles]
    return world.write(tmp_path / "run.jsonl")


def test_leaning_is_that_of_the_group_that_moves_a_score_most():
    found = leaning_of(ProbeResult(SHIFTS), "loaded_language")
    assert (found.group, found.lowest, found.highest) == ("party", "Greens", "Blues")
    assert (found.spread, found.flips) == pytest.approx((0.11, 0.025))
    assert "moves by up to 0.110, and the label changes in 2.5 % of" in str(found)
    assert leaning_of(ProbeResult(SHIFTS), "doubt") is None


@pytest.mark.parametrize(
    ("name", "told", "label"),
    [
        ("loaded_sentences", "sensitivity 0.60, precision 0.80 (model, codebook dev)", "loaded_language"),
        ("loaded_sentences_own", None, "loaded_language"),
        ("loaded_spans_own", None, "loaded_language"),
        ("unique_sources", "", "attribution"),
    ],
)
def test_known_errors_of_measures(run, name, told, label):
    found = read_known_errors(run, {name: MEASURES[name]})[name]
    assert found.leaning.label == label
    if told is not None:
        assert found.told == told


def test_measures_of_which_nothing_is_known_are_left_out(run):
    assert read_known_errors(run, {"quoting_articles": MEASURES["quoting_articles"]}) == {}


def test_a_model_that_is_not_here_tells_nothing(run, tmp_path):
    (tmp_path / "model" / "config.json").unlink()
    assert read_known_errors(run, {"loaded_sentences": MEASURES["loaded_sentences"]}) == {}


@pytest.mark.parametrize("content", ["no JSON", "[]", '{"probe": [{"label": "x"}]}'])
def test_a_model_without_usable_figures_tells_nothing(run, tmp_path, content):
    (tmp_path / "model" / "metrics.json").write_text(content)
    assert read_known_errors(run, {"loaded_sentences": MEASURES["loaded_sentences"]}) == {}
