"""Training: the pretrained encoder goes in, the loss goes down, and what was interrupted goes on."""

import pytest
import torch
from transformers import BertConfig, BertModel

from rhetoric.alignment import Aligner
from rhetoric.annotation import Article, CharSpan
from rhetoric.training import trainer
from rhetoric.training.batches import batch_by_length
from rhetoric.training.examples import make_examples
from rhetoric.training.gold import GoldArticle, GoldLabels
from rhetoric.training.recipe import Recipe
from rhetoric.training.trainer import build_model, train

TEXT = "The tyrant fled. It rained on Monday. The heroic army sang."
N_ARTICLES = 6


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("encoder")
    torch.manual_seed(11)
    sizes = {"vocab_size": 1024, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    BertModel(BertConfig(**sizes, intermediate_size=32, max_position_embeddings=128)).save_pretrained(folder)
    return folder


@pytest.fixture
def recipe(encoder):
    return Recipe(
        name="tiny",
        version="1",
        encoder=str(encoder),
        seed=5,
        window_size=64,
        context_size=8,
        taggers=("loaded",),
        sentence_labels=("loaded_language",),
        span_heads={},
        corpora={},
        loss_weights={"sentence": 0.25},
        optimisation={"epochs": 2, "encoder_rate": 0.01, "head_rate": 0.01, "batch_tokens": 128, "save_steps": 3},
    )


@pytest.fixture
def batches(tiny_model, recipe):
    aligner = Aligner.from_file(tiny_model, recipe.window_size, recipe.context_size)
    loaded = GoldLabels((CharSpan(4, 10), CharSpan(TEXT.index("heroic"), TEXT.index("heroic") + 6)))
    gold = [
        GoldArticle(Article(f"a{i}", TEXT), "x", {"loaded": loaded}, {"loaded_language": loaded})
        for i in range(N_ARTICLES)
    ]
    examples = make_examples(gold, aligner, build_model(recipe).config)
    return batch_by_length(examples, recipe.optimisation.batch_tokens, recipe.seed)


def weights(model):
    return {name: value.clone() for name, value in model.state_dict().items()}


def loss_of(model, batches):
    with torch.no_grad():
        return float(sum(model.eval()(**trainer.collate([batch])).loss for batch in batches))


def test_build_model_takes_the_pretrained_encoder(recipe, encoder):
    model = build_model(recipe)
    pretrained = BertModel.from_pretrained(encoder, add_pooling_layer=False).state_dict()
    ours = model.encoder.state_dict()
    assert ours.keys() == pretrained.keys()
    assert all(torch.equal(ours[name], value) for name, value in pretrained.items())
    assert (model.config.window_size, model.loss_weights) == (64, {"sentence": 0.25})


def test_build_model_is_the_same_for_the_same_seed_alone(recipe):
    one, same = build_model(recipe), build_model(recipe)
    other = build_model(recipe.model_copy(update={"seed": 6}))
    assert torch.equal(one.heads.tagger.weight, same.heads.tagger.weight)
    assert not torch.equal(one.heads.tagger.weight, other.heads.tagger.weight)


def test_train_lowers_the_loss_and_keeps_checkpoints(recipe, batches, tmp_path):
    model = build_model(recipe)
    before = loss_of(model, batches)
    train(model, batches, recipe, tmp_path / "work")
    assert loss_of(model, batches) < 0.7 * before
    checkpoints = sorted((tmp_path / "work").glob("checkpoint-*"))
    assert checkpoints
    assert all((folder / "model.safetensors").is_file() for folder in checkpoints)


def test_train_goes_on_where_it_was_interrupted(recipe, batches, tmp_path, monkeypatch):
    whole = build_model(recipe)
    train(whole, batches, recipe, tmp_path / "whole")

    n_seen, collate, limit = 0, trainer.collate, 5

    def counted(given):
        nonlocal n_seen
        n_seen += 1
        if n_seen > limit:
            raise KeyboardInterrupt
        return collate(given)

    monkeypatch.setattr(trainer, "collate", counted)
    with pytest.raises(KeyboardInterrupt):
        train(build_model(recipe), batches, recipe, tmp_path / "work")
    assert [p.name for p in (tmp_path / "work").glob("checkpoint-*")] == ["checkpoint-3"]

    n_seen, limit = 0, 1000
    resumed = build_model(recipe)
    train(resumed, batches, recipe, tmp_path / "work")
    assert n_seen == recipe.optimisation.epochs * len(batches) - 3
    assert all(torch.allclose(value, weights(resumed)[name], atol=1e-5) for name, value in weights(whole).items())


def test_train_is_the_same_for_the_same_seed(recipe, batches, tmp_path):
    one, other = build_model(recipe), build_model(recipe)
    train(one, batches, recipe, tmp_path / "one")
    train(other, batches, recipe, tmp_path / "other")
    assert all(torch.equal(value, weights(other)[name]) for name, value in weights(one).items())


def test_train_does_not_touch_heads_that_nothing_supervises(recipe, batches, tmp_path):
    model = build_model(recipe)
    before = weights(model.heads.link)
    train(model, batches, recipe, tmp_path / "work")
    assert all(torch.equal(value, before[name]) for name, value in weights(model.heads.link).items())
