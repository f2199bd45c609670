"""Each article is annotated by a model that has not seen it: in miniature, on what was invented for it."""

import pytest

from rhetoric.errors import ConfigError
from rhetoric.formats import read_annotations
from tests.training.miniature import N_TEXTS, recipe_of, write_encoder, write_polnear
from training import corpora, crossfit, making

pytest.importorskip("transformers")
pytest.importorskip("torch")
pytest.importorskip("onnx")

N_FOLDS = 3


@pytest.fixture(scope="module")
def recipe(tiny_model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("encoder")
    write_encoder(folder, tiny_model)
    attributions = {"taggers": ("source", "cue", "content"), "span_heads": {}, "corpora": {"polnear": {}}}
    return recipe_of(folder, sentence_labels=("attribution", "direct_quotation"), **attributions)


@pytest.fixture
def _polnear(tmp_path, monkeypatch):
    for split in ("train", "dev"):
        write_polnear(tmp_path / "data" / "polnear", split)
    for path in (tmp_path / "data" / "polnear" / "dev").glob("*/daily_*"):  # both parts have the same names
        path.rename(path.with_name(path.name.replace("daily_", "weekly_")))
    monkeypatch.setenv("RHETORIC_DATA", str(tmp_path / "data"))


def test_folds_are_of_one_size_and_keep_groups_together(gold):
    counts = [sum(crossfit.fold_of(gold(f"a{i}"), 5) == fold for i in range(1000)) for fold in range(5)]
    assert min(counts) > 150
    assert len({crossfit.fold_of(gold(f"a{i}", group="one story"), 5) for i in range(50)}) == 1


@pytest.fixture
def gold():
    from rhetoric.annotation import Article
    from rhetoric.training.gold import GoldArticle

    return lambda name, group="": GoldArticle(Article(name, "A text."), "invented", group=group)


@pytest.mark.usefixtures("_polnear")
def test_no_article_is_annotated_by_a_model_that_learnt_from_it(recipe, tmp_path, monkeypatch):
    trained, annotated = [], []
    train, annotator = making.train, crossfit.Annotator.pipe

    def training(model, batches, *others):
        trained.append(len(annotated))
        return train(model, batches, *others)

    def piping(self, articles):
        annotated.append([a.id for a in articles])
        return annotator(self, articles)

    monkeypatch.setattr(making, "train", training)
    monkeypatch.setattr(crossfit.Annotator, "pipe", piping)
    read = []
    examples = making.make_examples
    monkeypatch.setattr(
        making, "make_examples", lambda a, *more: read.append([g.article.id for g in a]) or examples(a, *more)
    )
    n = crossfit.crossfit(recipe, N_FOLDS, tmp_path / "work", tmp_path / "out")
    assert n == 2 * N_TEXTS
    assert trained == [0, 1, 2]
    for learnt, left_out in zip(read, annotated, strict=True):
        assert learnt
        assert left_out
        assert not set(learnt) & set(left_out)
    names = [a.article.id for split in ("train", "dev") for a in corpora.read("polnear", split)]
    assert sorted(name for fold in annotated for name in fold) == sorted(names)
    for file in (crossfit.PREDICTIONS_FILE, crossfit.GOLD_FILE):
        assert [a.id for a in read_annotations(tmp_path / "out" / file)] == names
    found = {a.id: a for a in read_annotations(tmp_path / "out" / crossfit.PREDICTIONS_FILE)}
    n_right = sum(bool(a.attributions) for a in found.values())
    assert n_right > 0.7 * n
    assert crossfit.crossfit(recipe, N_FOLDS, tmp_path / "work", tmp_path / "again") == n
    assert len(trained) == N_FOLDS
    for file in (crossfit.PREDICTIONS_FILE, crossfit.GOLD_FILE):
        assert (tmp_path / "again" / file).read_bytes() == (tmp_path / "out" / file).read_bytes()


@pytest.mark.usefixtures("_polnear")
def test_gold_is_written_as_annotations_are():
    gold = next(iter(corpora.read("polnear")))
    found = crossfit.gold_annotation(gold)
    (one,) = found.attributions
    (expected,) = gold.attributions
    assert (one.source, one.cue, one.content) == (expected.source, expected.cue, expected.content)
    assert (one.quote_type, one.stance, found.model.name) == ("indirect", "neutral", "gold")
    assert len(found.sentences) == 2


@pytest.mark.parametrize(("changes", "folds"), [({}, 1), ({"corpora": {"polnear": {}, "ptc": {}}}, 5)])
def test_other_than_one_corpus_in_folds_is_refused(recipe, tmp_path, changes, folds):
    with pytest.raises(ConfigError, match=r"^\d corpora in \d folds: expected one corpus and two folds or more$"):
        crossfit.crossfit(recipe_of("x", **changes) if changes else recipe, folds, tmp_path, tmp_path)
