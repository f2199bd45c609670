import json
import math
from importlib.metadata import version

import pytest
import yaml

from rhetoric.framing.probe import ProbeResult, Shift
from rhetoric.metrics.bootstrap import SEED
from rhetoric.training.card import CardFacts, DataSource, write_card, write_metrics
from rhetoric.training.scoring import Score

hub = pytest.importorskip("huggingface_hub")

NAN = math.nan
SCORES = (
    Score("PTC dev", "span F1 (PTC)", 0.4321, 0.3999, 0.4712, 75, SEED),
    Score("codebook dev, given spans", "valence micro-F1", 0.8, 0.75, 0.85, 120, SEED),
    Score("codebook dev", "attribution ECE", 0.0312, 0.0211, 0.0444, 120, SEED),
    Score("PolNeAR dev", "link accuracy", NAN, NAN, NAN, 84, SEED),
)
SOURCES = (
    DataSource("Corpus of Rivers", "Brook et al. 2021", "CC BY 4.0", "spans of water", 1234),
    DataSource("Hills v2", "Knoll 2020", "none stated", "sentences: steep or not", 56),
)


@pytest.fixture
def facts():
    return CardFacts(
        name="mini",
        version="3",
        encoder="some/encoder",
        seed=7,
        recipe_hash="0123456789ab",
        sources=SOURCES,
        scores=SCORES,
        export_costs={"PTC dev, span F1 (PTC)": -0.0049, "PolNeAR dev, link accuracy": NAN},
        thresholds={
            "default": {"tagger": {"loaded": 0.35}, "sentence": {"attribution": 0.5}},
            "ptc": {"tagger": {"ptc_wording": 0.55}, "sentence": {"attribution": 0.5}},
        },
        probe=ProbeResult(
            (
                Shift("place", "attribution", "Orr", 0.04, 0.01, 0.07, 9, 0.25),
                Shift("place", "attribution", "Vale", -0.02, -0.03, -0.01, 9, 0.0),
            )
        ),
    )


@pytest.fixture
def card(facts, tmp_path):
    write_card(tmp_path, facts)
    return (tmp_path / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def metrics(facts, tmp_path):
    write_metrics(tmp_path, facts)

    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    return json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"), parse_constant=refuse)


def rows(card):
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in card.splitlines() if line.startswith("| ")
    ]


def test_front_matter_is_what_the_hub_reads(card, facts):
    data = hub.ModelCard(card).data
    assert (data.license, data.license_name, data.language) == ("other", "research-only", ["en"])
    assert (data.base_model, data.library_name, data.pipeline_tag) == (
        "some/encoder",
        "rhetoric",
        "token-classification",
    )
    assert data.model_name == "mini"


def test_front_matter_has_each_f1_as_a_result(card):
    results = hub.ModelCard(card).data.eval_results
    assert [(r.dataset_name, r.metric_name, r.metric_value) for r in results] == [
        ("PTC dev", "span F1 (PTC)", 0.4321),
        ("codebook dev, given spans", "valence micro-F1", 0.8),
    ]
    assert [r.dataset_type for r in results] == ["ptc-dev", "codebook-dev-given-spans"]
    assert {r.metric_type for r in results} == {"f1"}


def test_front_matter_survives_the_hub_writing_it_again(card):
    again = hub.ModelCard(str(hub.ModelCard(card)))
    assert again.data.to_dict() == hub.ModelCard(card).data.to_dict()
    assert yaml.safe_load(card.split("---\n")[1])["model-index"][0]["name"] == "mini"


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_card_lists_each_corpus_with_its_licence(card, source):
    row = [source.name, source.annotates, f"{source.n_articles:,}", source.licence, source.citation]
    assert row in rows(card)


def test_card_shows_each_score_with_interval_and_what_int8_costs(card):
    assert ["PTC dev", "span F1 (PTC)", "0.432 [0.400, 0.471]", "75", "-0.005"] in rows(card)
    assert ["codebook dev", "attribution ECE", "0.031 [0.021, 0.044]", "120", "–"] in rows(card)
    assert ["PolNeAR dev", "link accuracy", "nan [nan, nan]", "84", "–"] in rows(card)


def test_card_shows_the_thresholds_of_each_set(card):
    assert ["kind", "label", "default", "ptc"] in rows(card)
    assert ["tagger", "loaded", "0.35", "not decided"] in rows(card)
    assert ["tagger", "ptc_wording", "not decided", "0.55"] in rows(card)


def test_card_says_how_the_model_was_made(card):
    prose = " ".join(card.split())
    assert "Version 3, trained with seed 7 by the recipe 0123456789ab" in prose
    assert f"(1,000 draws, seed {SEED})" in prose


def test_metrics_hold_every_score_with_its_signature(metrics):
    assert len(metrics["scores"]) == len(SCORES)
    assert metrics["scores"][0] == {
        "task": "PTC dev",
        "metric": "span F1 (PTC)",
        "value": 0.4321,
        "low": 0.3999,
        "high": 0.4712,
        "n": 75,
        "seed": SEED,
        "version": SCORES[0].version,
    }
    assert metrics["model"] == {
        "name": "mini",
        "version": "3",
        "encoder": "some/encoder",
        "seed": 7,
        "recipe_hash": "0123456789ab",
    }
    assert metrics["int8_minus_float"]["PTC dev, span F1 (PTC)"] == -0.0049
    assert metrics["versions"]["torch"] == version("torch")


def test_metrics_have_null_where_there_is_no_value(metrics):
    assert [metrics["scores"][3][key] for key in ("value", "low", "high")] == [None] * 3
    assert metrics["int8_minus_float"]["PolNeAR dev, link accuracy"] is None


def test_card_and_metrics_hold_the_bias_probe(card, metrics):
    assert ["place", "attribution", "0.060", "12.5%", "Vale -0.020 … Orr +0.040"] in rows(card)
    assert [(s["filler"], s["mean"]) for s in metrics["probe"]] == [("Orr", 0.04), ("Vale", -0.02)]
