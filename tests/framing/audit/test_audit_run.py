"""What an audit reads of a run."""

import json

import pytest

from rhetoric.errors import InputError, ModelError
from rhetoric.formats.training_texts import write_training_texts
from rhetoric.formats.withheld import withhold
from rhetoric.framing.audit.audit_run import (
    audited_model,
    check_unseen,
    read_articles,
    read_audited_table,
    require_measure,
    seen_articles,
)
from tests.framing.audit_data import World


@pytest.fixture(scope="module")
def world():
    return World({"Echo": 12, "Post": 12})


@pytest.fixture
def run(world, tmp_path):
    return world.write(tmp_path / "run.jsonl")


def model(folder, version="1"):
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"version": version}))
    return folder


def test_some_articles(run, world):
    found = read_articles(run, ["Post-003", "Echo-001"])
    assert found == {name: world.by_id[name] for name in ("Echo-001", "Post-003")}
    with pytest.raises(InputError, match="has no article 'x'"):
        read_articles(run, ["x"])


def test_articles_without_their_text_cannot_be_coded(world, tmp_path):
    other = World({"Echo": 1})
    other.articles = [withhold(world.articles[0])]
    with pytest.raises(InputError, match="is withheld"):
        read_articles(other.write(tmp_path / "bare.jsonl"), ["Echo-000"])


def test_one_measure_or_all(run):
    assert list(read_audited_table(run, ["loaded_sentences"], None).measures) == ["loaded_sentences"]
    table = read_audited_table(run, [], None)
    assert "loaded_spans_own" in table.measures
    with pytest.raises(InputError, match="such as loaded_sentences"):
        require_measure(table, "loaded_sentence")


def test_a_measure_of_ones_own(run, tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text(
        "mine: {title: Mine, unit: share, of: sentences, per: sentences, where: {labels: [loaded_language]}}"
    )
    table = read_audited_table(run, ["mine"], own)
    assert (
        table.numerators["mine"].sum()
        == read_audited_table(run, ["loaded_sentences"], None).numerators["loaded_sentences"].sum()
    )


def test_the_model_of_a_run(run, tmp_path):
    unknown = audited_model(run, None)
    assert (unknown.name, unknown.version, unknown.folder) == ("invented", "1", None)
    assert "was not found" in unknown.notes[0]
    named = audited_model(run, model(tmp_path / "mine"))
    assert named.folder.name == "mine"
    assert [note.partition(":")[0] for note in named.notes] == ["the model folder mine has no training_texts.json"]
    other = audited_model(run, model(tmp_path / "other", version="2"))
    assert "of version 1 of the model, the folder other of 2" in other.notes[0]
    with pytest.raises(ModelError):
        audited_model(run, tmp_path / "none")


def test_articles_that_the_model_has_seen(run, world, tmp_path):
    folder = model(tmp_path / "mine")
    seen = world.articles[2]
    write_training_texts(folder, {"training": [(seen.text, [])]})
    found = audited_model(run, folder)
    assert found.notes == ()
    assert seen_articles(run, found.texts) == {seen.id: "training"}
    assert seen_articles(run, None) == {}


def test_gold_that_the_model_has_seen_is_refused_where_the_model_is_found(world, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = world.write(tmp_path / "run.jsonl")
    seen, other = world.articles[2].id, world.articles[3].id
    assert check_unseen(run, [seen]) == ()
    write_training_texts(model(tmp_path / "invented"), {"tuning": [(world.by_id[seen].text, [])]})
    assert check_unseen(run, [other]) == (
        "1 articles are among the texts that the model has seen: it errs less on them than elsewhere",
    )
    with pytest.raises(InputError, match=rf"1 articles of the gold were used to make the model \({seen} \(tuning\)\)"):
        check_unseen(run, [other, seen])


def test_texts_that_are_withheld_cannot_be_known(world, tmp_path):
    folder, other = model(tmp_path / "mine"), World({"Echo": 1})
    other.articles = [withhold(world.articles[0])]
    write_training_texts(folder, {"training": [(other.articles[0].text, [])]})
    run = other.write(tmp_path / "bare.jsonl")
    assert seen_articles(run, audited_model(run, folder).texts) == {}


def test_an_empty_run(tmp_path):
    path = tmp_path / "empty.jsonl"
    path.touch()
    with pytest.raises(InputError, match="holds no annotated article"):
        audited_model(path, None)
