"""From corpora to a finished model in miniature: what is trained on here was invented for it."""

import functools
import json

import numpy as np
import pytest
import yaml

from rhetoric.errors import ConfigError, InputError, ModelError
from rhetoric.formats.training_texts import read_training_texts
from tests.training import miniature
from tests.training.miniature import N_TEXTS, recipe_of, text_of
from training import corpora, mix
from training import run as steps
from training.corpora import codebook

transformers = pytest.importorskip("transformers")
torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
safetensors = pytest.importorskip("safetensors.numpy")
hub = pytest.importorskip("huggingface_hub")

LAST_STEP = 40
"""Of the run that is interrupted: in the midst of an epoch, and of the way from one checkpoint to the next."""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    for split in ("train", "dev"):
        miniature.write_ptc(folder / "ptc", split)
        miniature.write_polnear(folder / "polnear", split)
    miniature.write_babe(folder / "babe")
    miniature.write_newsmtsc(folder / "newsmtsc")
    miniature.write_passages(folder / "seeds" / "passages")
    (folder / "seeds" / "labels").mkdir()
    return folder


@pytest.fixture
def _miniature(data, monkeypatch):
    monkeypatch.setenv("RHETORIC_DATA", str(data))
    monkeypatch.setattr(codebook, "seeds_path", (data / "seeds").joinpath)


@pytest.fixture(scope="module")
def encoder(tiny_model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("encoder")
    miniature.write_encoder(folder, tiny_model)
    return folder


def counted_steps(monkeypatch, last=None):
    """Return a list that grows by one with each training step, and interrupt the step after the `last`."""
    from rhetoric.modeling import RhetoricModel

    forward, taken = RhetoricModel.forward, []

    @functools.wraps(forward)
    def counting(self, *arguments, **named):
        if len(taken) == last:
            raise KeyboardInterrupt
        taken.append(1)
        return forward(self, *arguments, **named)

    monkeypatch.setattr(RhetoricModel, "forward", counting)
    return taken


@pytest.fixture(scope="module")
def undisturbed(data, encoder, tmp_path_factory):
    """The folder of a model that was made without interruption, its scores, and the number of its steps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RHETORIC_DATA", str(data))
        patch.setattr(codebook, "seeds_path", (data / "seeds").joinpath)
        taken = counted_steps(patch)
        folder = tmp_path_factory.mktemp("undisturbed")
        scores = steps.run(recipe_of(encoder), folder / "work", folder / "model")
    return folder / "model", scores, len(taken)


def test_run_makes_a_model_that_annotates(undisturbed):
    from rhetoric import Annotator

    folder = undisturbed[0]
    for thresholds in ("default", "ptc"):
        found = Annotator(folder, thresholds=thresholds).annotate(text_of(40)[0])
        assert (found.coverage, found.model.name, found.model.version) == (1.0, "mini", "0.1")
    assert {path.suffix for path in folder.iterdir()} == {".json", ".md", ".onnx", ".safetensors"}


def test_run_learns_what_its_corpora_say(undisturbed):
    scores = {(score.task, score.metric): score.value for score in undisturbed[1]}
    assert scores["PTC dev", "span F1 (PTC)"] > 0.8
    assert scores["PolNeAR dev", "source exact F1"] > 0.8
    assert scores["PolNeAR dev", "link accuracy"] > 0.8
    assert scores["NewsMTSC devtest_mt", "target macro-F1"] > 0.8
    assert scores["codebook dev", "loaded_language F1"] > 0.8
    assert scores["codebook dev, given spans", "source_type micro-F1"] > 0.8


def test_run_scores_each_development_set_and_writes_all_of_it(undisturbed):
    folder, scores, _ = undisturbed
    assert {score.task.split(",")[0] for score in scores} == {
        "PTC dev",
        "PolNeAR dev",
        "BABE dev",
        "NewsMTSC devtest_mt",
        "codebook dev",
    }
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    assert [(s["task"], s["metric"]) for s in metrics["scores"]] == [(s.task, s.metric) for s in scores]
    assert metrics["int8_minus_float"].keys() == {f"{s.task}, {s.metric}" for s in scores}
    assert len(steps.show(scores).splitlines()) == len(scores)
    n_articles = {s.task: s.n for s in scores}
    assert (n_articles["PTC dev"], n_articles["PolNeAR dev"]) == (N_TEXTS, N_TEXTS)


@pytest.mark.usefixtures("_miniature")
def test_run_writes_what_the_model_has_seen(undisturbed):
    seen = read_training_texts(undisturbed[0])
    for corpus in recipe_of("x").corpora:
        learnt, tuned = mix.split(corpus)
        assert {seen.use_of(one.article.text) for one in learnt} == {"training"}
        # Corpora in miniature share texts.
        assert {seen.use_of(one.article.text) for one in tuned} <= {"training", "tuning"}
    assert all(seen.by_use[use] for use in ("training", "tuning"))


def test_run_writes_a_card_with_each_corpus_and_its_licence(undisturbed):
    card = (undisturbed[0] / "README.md").read_text(encoding="utf-8")
    known = yaml.safe_load(steps.CORPORA_FILE.read_text(encoding="utf-8"))
    for name in recipe_of("x").corpora:
        assert f"| {known[name]['name']} | {known[name]['annotates']} |" in card
        assert f"| {known[name]['licence']} | {known[name]['citation']} |" in card
    assert hub.ModelCard(card).data.model_name == "mini"


@pytest.mark.usefixtures("_miniature")
def test_interrupted_run_goes_on_to_the_same_model(undisturbed, encoder, tmp_path, monkeypatch, capfd):
    recipe, (finished, scores, n_steps) = recipe_of(encoder), undisturbed
    with monkeypatch.context() as patch:
        counted_steps(patch, last=LAST_STEP)
        with pytest.raises(KeyboardInterrupt):
            steps.run(recipe, tmp_path / "work", tmp_path / "model")
    assert sorted(p.name for p in (tmp_path / "work").glob("checkpoint-*")) == ["checkpoint-15", "checkpoint-30"]
    assert not (tmp_path / "model").exists()
    (tmp_path / "work" / "checkpoint-45").mkdir()  # as an interruption leaves it in the midst of saving
    capfd.readouterr()
    taken = counted_steps(monkeypatch)
    assert steps.show(steps.run(recipe, tmp_path / "work", tmp_path / "model")) == steps.show(scores)
    assert len(taken) == n_steps - 30
    for name in ("model.safetensors", "heads.safetensors"):
        one, other = safetensors.load_file(finished / name), safetensors.load_file(tmp_path / "model" / name)
        assert one.keys() == other.keys()
        assert all(np.array_equal(one[key], other[key]) for key in one)
    for name in ("decisions.json", "metrics.json", "README.md"):
        assert (finished / name).read_bytes() == (tmp_path / "model" / name).read_bytes()
    said = capfd.readouterr()
    assert f"{n_steps}/{n_steps}" in said.err, "no progress bar"
    assert "'loss'" in said.err
    assert said.out == ""


@pytest.mark.usefixtures("_miniature")
def test_tenth_for_tuning_takes_no_part_in_training(encoder):
    for name in recipe_of(encoder).corpora:
        trained, tuned = ({a.article.id for a in part} for part in mix.split(name))
        assert trained
        assert not trained & tuned
        assert trained | tuned == {a.article.id for a in corpora.read(name)}


def test_each_corpus_is_described():
    known = yaml.safe_load(steps.CORPORA_FILE.read_text(encoding="utf-8"))
    assert known.keys() == corpora.READERS.keys()
    assert {frozenset(facts) for facts in known.values()} == {frozenset({"name", "citation", "licence", "annotates"})}


def start(recipe, folder):
    return steps.run(recipe, folder / "work", folder / "model")


def finish(recipe, folder):
    return steps.finish(recipe, folder / "model")


each_start = pytest.mark.parametrize("begin", [start, finish])


@each_start
def test_unknown_corpus_is_refused_before_anything_is_read(begin, tmp_path, monkeypatch):
    monkeypatch.setenv("RHETORIC_DATA", str(tmp_path / "nowhere"))
    recipe = recipe_of("no/encoder", corpora={"ptc": {}, "polnaer": {}})
    with pytest.raises(ConfigError, match=r"^unknown corpus 'polnaer'; did you mean 'polnear'\?$"):
        begin(recipe, tmp_path)


def test_unknown_corpus_that_resembles_none_is_answered_with_all():
    with pytest.raises(ConfigError, match=r"^unknown corpus 'xyz'; expected one of babe, basil, codebook, "):
        corpora.read("xyz")


@each_start
def test_missing_data_are_refused_before_anything_is_loaded(begin, tmp_path, monkeypatch):
    monkeypatch.setenv("RHETORIC_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match=r"^no corpora at \S+nowhere: set RHETORIC_DATA to .*$"):
        begin(recipe_of("no/encoder"), tmp_path)


@pytest.mark.usefixtures("_miniature")
@each_start
def test_missing_corpus_is_refused_before_anything_is_loaded(begin, tmp_path):
    with pytest.raises(
        InputError, match=r"^no corpus 'basil' at \S+basil: put it there, or take it out of the recipe$"
    ):
        begin(recipe_of("no/encoder", corpora={"ptc": {}, "basil": {}}), tmp_path)


def test_corpus_with_a_file_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("RHETORIC_DATA", str(tmp_path))
    for name in ("babe", "ptc"):
        (tmp_path / name).mkdir()
    with pytest.raises(InputError, match=r"^corpus 'babe' cannot be read: .*train\.csv.*; get it again, whole$"):
        corpora.read("babe")
    with pytest.raises(InputError, match=r"^corpus 'ptc' has no dev articles in \S+ptc: get it again, whole$"):
        corpora.read("ptc", "dev")


@pytest.mark.usefixtures("_miniature")
@pytest.mark.parametrize("encoder", ["no/encoder", "a name with blanks", "empty"])
def test_missing_encoder_is_one_line(encoder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(
        ModelError, match=rf"^encoder '{encoder}' cannot be loaded \(.+\); give a name on the hub[^\n]+$"
    ):
        start(recipe_of(encoder), tmp_path)


@pytest.mark.usefixtures("_miniature")
def test_checkpoints_of_another_recipe_are_not_gone_on_from(tmp_path):
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "recipe.json").write_text(recipe_of("an/encoder").model_dump_json(indent=2) + "\n")
    with pytest.raises(ConfigError, match=r"^the checkpoints in \S+work are of another recipe: delete them, or give "):
        start(recipe_of("no/encoder"), tmp_path)


def test_hash_of_a_recipe_follows_what_it_says(encoder):
    recipe = recipe_of(encoder)
    same, other = recipe_of(encoder), recipe_of(encoder, seed=14)
    assert steps._hash(recipe) == steps._hash(same) != steps._hash(other)
