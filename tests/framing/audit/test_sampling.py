"""From a run to an audit."""

import json

import numpy as np
import pytest

from rhetoric.errors import InputError, UsageError
from rhetoric.formats.training_texts import write_training_texts
from rhetoric.framing.audit.design import read_design
from rhetoric.framing.audit.pieces import text_hash
from rhetoric.framing.audit.sampling import AuditRequest, plan_audit, write_audit
from rhetoric.framing.measures.definitions import read_measures
from tests.framing.audit_data import World


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return World({"Echo": 40, "Post": 30, "Wire": 12}).write(tmp_path_factory.mktemp("run") / "run.jsonl")


@pytest.fixture
def model(tmp_path):
    """The folder of a model that says how well it does, and what it has seen."""
    folder = tmp_path / "invented"
    folder.mkdir()
    (folder / "config.json").write_text('{"version": "1"}')
    scores = [("loaded_language recall", 0.7), ("loaded_language precision", 0.8)]
    record = {"scores": [{"task": "codebook dev", "metric": metric, "value": value} for metric, value in scores]}
    (folder / "metrics.json").write_text(json.dumps(record))
    return folder


def plan(run, measure="loaded_sentences", **settings):
    return plan_audit(AuditRequest(run, measure, **{"n": 12, **settings}))


def test_a_plan_has_the_units_and_what_they_can_find(run, model):
    found = plan(run, model=model)
    assert len(found.design.units) == 36
    assert found.design.settings.labels == ("loaded_language",)
    assert [row.n_articles for row in found.power] == [10, 12, 20, 30]
    differences = [row.largest for row in found.power]
    assert differences == sorted(differences, reverse=True)
    assert (found.accuracy.sensitivity, found.accuracy.precision) == (0.7, 0.8)
    assert found.notes == (
        "the model folder invented has no training_texts.json: whether articles were among the texts that it learnt"
        " from could not be checked",
    )


def test_units_know_their_articles_by_hash(run):
    found = plan(run, unit="sentence", sentences_per_article=3)
    for unit in found.design.units:
        article = found.articles[unit.article_id]
        assert unit.text_hash == text_hash(article.sentences[unit.sentence].of(article.text))
        assert unit.outlet == article.meta["outlet"]


def test_the_same_request_draws_the_same_audit(run, tmp_path):
    for name in ("one", "two"):
        write_audit(tmp_path / name, plan(run, unit="sentence"))
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(files) == 9
    assert [(tmp_path / "one" / f).read_bytes() for f in files] == [(tmp_path / "two" / f).read_bytes() for f in files]


def test_an_audit_is_read_back(run, tmp_path):
    found = plan(run)
    write_audit(tmp_path / "audit", found)
    assert read_design(tmp_path / "audit") == found.design


def test_an_audit_is_never_overwritten(run, tmp_path):
    write_audit(tmp_path / "audit", plan(run))
    with pytest.raises(UsageError, match="is there already"):
        write_audit(tmp_path / "audit", plan(run))


def test_articles_that_the_model_has_seen_are_flagged_and_not_drawn(run, model):
    world = World({"Echo": 40, "Post": 30, "Wire": 12})
    seen = world.articles[:5]
    write_training_texts(model, {"tuning": [(a.text, [s.of(a.text) for s in a.sentences]) for a in seen]})
    found = plan(run, model=model, n=40)
    flagged = {row.id for row in found.design.frame if row.left_out == "tuning"}
    assert flagged == {a.id for a in seen}
    assert not flagged & set(found.design.article_ids)
    assert "5 articles are among the texts that the model invented has seen" in found.notes[0]


def test_without_figures_the_power_is_that_of_gold_alone(run):
    found = plan(run)
    assert found.accuracy is None
    assert "the folder of the model 'invented' was not found" in found.notes[0]
    better = plan(run, sensitivity=0.95, precision=0.95)
    assert better.power[0].largest < found.power[0].largest
    assert better.accuracy.source == "as given"


def test_sentences_are_less_work_and_find_less(run):
    accuracy = {"sensitivity": 0.7, "precision": 0.7}
    whole, parts = (plan(run, unit=unit, **accuracy) for unit in ("article", "sentence"))
    few = plan(run, unit="sentence", sentences_per_article=2, **accuracy)
    assert whole.power[0].largest < few.power[0].largest
    assert few.power[0].hours < parts.power[0].hours


def test_only_some_outlets(run):
    assert {row.outlet for row in plan(run, only=("Echo", "Post")).design.frame} == {"Echo", "Post"}


def test_outlets_that_are_too_small_are_drawn_whole_and_told(run):
    assert "all articles are drawn of outlets with fewer than 20: Wire (12)" in plan(run, n=20).notes


def test_headlines(tmp_path):
    from rhetoric.annotation import Headline, Sentence

    world = World({"Echo": 14, "Post": 14})
    articles = []
    for i, article in enumerate(world.articles):
        title = article.meta["title"]
        labels = ("loaded_language",) if i % 3 else ()
        headline = Headline((Sentence(0, len(title), {}, labels),)) if i != 3 else None
        meta = {k: v for k, v in article.meta.items() if i != 3 or k != "title"}
        articles.append(type(article)(**{**vars(article), "headline": headline, "meta": meta}))
    world.articles = articles
    found = plan(world.write(tmp_path / "run.jsonl"), "loaded_sentences_headline", n=14)
    assert found.design.settings.part == "title"
    assert [row.id for row in found.design.frame if row.left_out == "no title"] == [articles[3].id]
    assert len(found.design.units) == 27


@pytest.mark.parametrize(
    ("settings", "error", "told"),
    [
        ({"measure": "loaded_sentencess"}, InputError, "such as loaded_sentences"),
        ({"measure": "loaded_spans", "unit": "sentence"}, InputError, "code whole articles"),
        ({"by": "paper"}, InputError, "have no 'paper'"),
        ({"only": ("Echo", "Pots")}, InputError, "no article has the outlet 'Pots'"),
        ({"only": ("Echo",)}, InputError, "one outlet only"),
        ({"n": 5}, UsageError, "at least 10"),
        ({"sensitivity": 0.7}, UsageError, "expected both"),
        ({"sensitivity": 0.7, "precision": 1.7}, UsageError, "at most 1"),
        ({"words_an_hour": 0}, UsageError, "more than 0"),
    ],
)
def test_refused(run, settings, error, told):
    with pytest.raises(error) as caught:
        plan(run, **settings)
    assert told in str(caught.value)


def test_refused_are_runs_that_cannot_be_read_twice_or_are_damaged(tmp_path):
    with pytest.raises(UsageError, match="not standard input"):
        plan(tmp_path.joinpath("-").relative_to(tmp_path))
    with pytest.raises(InputError):
        plan(tmp_path / "missing.jsonl")
    world = World({"Echo": 12, "Post": 12})
    world.articles += world.articles[:1]
    with pytest.raises(InputError, match="Echo-000"):
        plan(world.write(tmp_path / "twice.jsonl"))


def test_articles_without_outlet_are_told(tmp_path):
    world = World({"Echo": 12, "Post": 12})
    world.articles[0].meta.pop("outlet")
    found = plan(world.write(tmp_path / "run.jsonl"), n=10)
    assert "1 articles have no 'outlet' and cannot be drawn" in found.notes
    assert world.articles[0].id not in {row.id for row in found.design.frame}


def test_values_make_the_strata(run):
    found = plan(run)
    values = {
        a.id: np.mean([bool(s.labels) for s in a.sentences])
        for a in World({"Echo": 40, "Post": 30, "Wire": 12}).articles
    }
    for row in found.design.frame:
        assert (row.stratum == "zero") == (values[row.id] == 0)
    assert read_measures()["loaded_sentences"] == found.measure
