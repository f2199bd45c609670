"""Labels of mentions: read from tables and lists, learnt, written, and given to the mentions of an article."""

import json
import random

import numpy as np
import pytest

from rhetoric import Annotator, Article
from rhetoric.annotation import CharSpan
from rhetoric.errors import ConfigError, InputError
from rhetoric.formats import from_record, to_record
from rhetoric.formats.coded import CodedSpan, CodedText
from rhetoric.runtime import load_network
from rhetoric.training.coding import CodedUnit, join_coders
from rhetoric.training.label_recipe import read_label_recipe
from rhetoric.training.own import read_units, train_labels
from rhetoric.training.own_card import OwnFacts, agreement_of, write_own_card
from rhetoric.training.own_targets import read_mentions, split_mentions

from .coded_texts import rows, write_csv, write_jsonl

ROLES = {"hero": "zzz saved", "villain": "qqq robbed", "": "www met"}


def mention_rows(n, seed=0):
    """Rows of one mention each; the words before a name say which role it has. Two mentions stand in every text."""
    rng = random.Random(seed)
    made = []
    for i, row in enumerate(rows(n // 2, seed=seed)):
        text, places = row["text"] + " ", []
        for _ in range(2):
            role = rng.choice(list(ROLES))
            name = rng.choice(["Orr", "Vale", "Imri", "Tosk"])
            start = len(text) + len(ROLES[role]) + 1
            text += f"{ROLES[role]} {name} in {rng.randrange(10_000)}. "
            places.append((start, start + len(name), role))
        for start, end, role in places:
            fixed = {"id": f"m{seed}-{i}", "text": text, "start": start, "end": end, "label": role}
            made.append({**fixed, "mention": text[start:end], "outlet": ("Echo", "Post")[i % 2]})
    return made


def as_lists(records):
    """The same as records of a text with a list of its mentions."""
    texts = {}
    for row in records:
        target = {"start": row["start"], "end": row["end"], "label": row["label"], "text": row["mention"]}
        texts.setdefault(row["id"], {"id": row["id"], "text": row["text"], "targets": []})["targets"].append(target)
    return list(texts.values())


def recipe_of(model, data, **others):
    given = {"data": [data], "base": str(model), "unit": "target", "name": "roles", "n_seeds": 2}
    return read_label_recipe({**given, **others})


def train(recipe, output):
    coded = read_units(recipe, recipe.data)
    return coded, train_labels(recipe, coded, None, output, lambda: None)


@pytest.fixture(scope="module")
def trained(tiny_model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("targets")
    recipe = recipe_of(tiny_model, write_csv(folder / "data.csv", mention_rows(240)))
    coded, found = train(recipe, folder / "mine")
    return recipe, coded, found, folder / "mine"


def test_roles_are_learnt(trained):
    _, coded, found, _ = trained
    assert len(coded.units) == 240
    assert not coded.failures
    assert found.head.unit == "target"
    assert found.head.labels == ("hero", "villain")
    assert not found.head.is_exclusive
    assert found.scores.macro_f1.value > 0.7
    assert found.n_train + found.scores.n_texts == 240


def test_annotate_gives_codes_and_labels_to_the_given_mentions(trained):
    annotator = Annotator(trained[-1])
    right = []
    for record in as_lists(mention_rows(40, seed=8)):
        targets = tuple(CharSpan(t["start"], t["end"]) for t in record["targets"])
        article = annotator.annotate(Article("a", record["text"], targets=targets))
        assert [set(t.codes) for t in article.targets] == [{"hero", "villain"}] * 2
        assert all("hero" not in s.scores for s in article.sentences)
        right += [
            set(t.labels) == ({g["label"]} - {""}) for t, g in zip(article.targets, record["targets"], strict=True)
        ]
        assert from_record(json.loads(json.dumps(to_record(article)))) == article
    assert np.mean(right) > 0.6


def test_other_scores_are_the_same_to_the_last_bit(trained, tiny_model):
    old, new = Annotator(tiny_model), Annotator(trained[-1])
    for record in as_lists(mention_rows(12, seed=3)):
        targets = tuple(CharSpan(t["start"], t["end"]) for t in record["targets"])
        before, after = (to_record(a.annotate(Article("a", record["text"], targets=targets))) for a in (old, new))
        for target in after["targets"]:
            target.pop("codes")
            target.pop("labels", None)
        for found in (before, after):
            del found["model"]
            for target in found["targets"]:
                target.pop("codes", None)
                target.pop("labels", None)
        assert after == before


def test_lists_of_mentions_give_the_same_head_as_rows(trained, tiny_model, tmp_path):
    data = write_jsonl(tmp_path / "data.jsonl", as_lists(mention_rows(240)))
    coded, found = train(recipe_of(tiny_model, data), tmp_path / "mine")
    assert [(u.id, u.target, dict(u.shares)) for u in coded.units] == [
        (u.id, u.target, dict(u.shares)) for u in trained[1].units
    ]
    assert found.scores == trained[2].scores


def test_valence_is_exclusive(tiny_model, tmp_path):
    records = [{**row, "label": row["label"] or "bystander"} for row in mention_rows(120)]
    _, found = train(recipe_of(tiny_model, write_csv(tmp_path / "d.csv", records)), tmp_path / "mine")
    assert found.head.is_exclusive
    text = records[0]["text"]
    (target,) = Annotator(tmp_path / "mine").annotate(Article("a", text, targets=(CharSpan(0, 3),))).targets
    assert sum(target.codes.values()) == pytest.approx(1.0, abs=1e-5)
    assert len(target.labels) == 1


def test_mentions_of_a_text_stand_on_one_side(tiny_model, tmp_path):
    recipe = recipe_of(tiny_model, write_csv(tmp_path / "d.csv", mention_rows(80)))
    coded = read_units(recipe, recipe.data)
    groups = {}
    for unit in coded.units:
        groups.setdefault(unit.group, set()).add(unit.text)
    assert len(groups) == 40
    assert all(len(texts) == 1 for texts in groups.values())


def test_coders_of_mentions_are_joined_and_compared(tiny_model, tmp_path):
    rng = random.Random(1)
    records = []
    for row in mention_rows(80):
        other = rng.choice(["hero", "villain"]) if rng.random() < 0.2 else row["label"]
        records += [{**row, "coder": "ann"}, {**row, "coder": "bo", "label": other}]
    recipe = recipe_of(tiny_model, write_csv(tmp_path / "d.csv", records))
    coded, found = train(recipe, tmp_path / "mine")
    assert len(coded.units) == 80
    assert {unit.n_coders for unit in coded.units} == {2}
    assert {0.5, 1.0} <= {share for unit in coded.units for share in unit.shares.values()}
    agreement = agreement_of(coded, found.head.labels)
    assert [one.label for one in agreement] == ["hero", "villain", None] * 2
    assert 0.5 < agreement[-1].value < 1.0
    write_own_card(tmp_path / "mine", OwnFacts(recipe, coded, found, agreement))
    card = (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")
    assert "each mention gets" in " ".join(card.split())
    assert "Krippendorff's alpha, nominal" in card


def coded(*targets, name="a", text="Orr met Vale.", coder=None):
    return CodedText(name, text, targets=tuple(CodedSpan(*one) for one in targets), coder=coder)


def test_codes_of_one_mention_are_joined_and_mentions_without_one_are_kept():
    found = split_mentions([coded((0, 3, "hero"), (0, 3, "mayor"), (8, 12, ""))])
    assert [(one.id, one.labels) for one in found] == [("a:0-3", ("hero", "mayor")), ("a:8-12", ())]
    assert [unit.target for unit in join_coders(found)] == [CharSpan(0, 3), CharSpan(8, 12)]
    assert {unit.group for unit in join_coders(found)} == {"a"}


def test_an_article_that_is_named_is_the_group_of_its_mentions():
    text = CodedText("a", "Orr.", targets=(CodedSpan(0, 3, "x"),), meta={"article_id": "n1"})
    (unit,) = join_coders(split_mentions([text]))
    assert unit.group == "n1"


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([CodedText("a", "Orr.", labels=("x",))], "no mention is coded"),
        ([coded((0, 3, "x")), coded((0, 3, "y"))], "the rows code the text 'a:0-3' 2 times"),
        ([coded((0, 3, "x")), coded((0, 3, "x"), text="Vale.")], "'a:0-3' stands for two texts"),
    ],
)
def test_mentions_that_cannot_be_joined_are_refused(texts, message):
    with pytest.raises(InputError, match=message):
        join_coders(split_mentions(texts))


def unit(text, start, end, name="a"):
    return CodedUnit(name, text, {}, name, target=CharSpan(start, end))


def test_mentions_are_read_as_they_are_served(tiny_model):
    network = load_network(tiny_model, "onnx")
    long = "Orr left. Vale stayed. Imri came. Tosk slept."
    alone = read_mentions([unit(long, 10, 14), unit(long, 0, 3, "b")], network, 1, lambda: None)
    assert alone.shape == (2, 1, 3 * network.hidden_size)
    short = [unit(f"{name} left.", 0, 4, name) for name in ("Vale", "Imri", "Tosk")]
    found = read_mentions(short, network, 1, lambda: None)
    assert found.shape == (3, 2, 3 * network.hidden_size)
    assert not np.array_equal(found[:, 0], found[:, 1])
    nearest = [np.linalg.norm(found[:, 0] - row, axis=1).argmin() for row in found[:, 1]]
    assert nearest == [0, 1, 2]


def test_a_mention_without_a_word_is_refused(tiny_model):
    network = load_network(tiny_model, "onnx")
    with pytest.raises(InputError, match="the mention 'a' holds no word"):
        read_mentions([unit("Orr left.", 3, 4)], network, 1, lambda: None)


def test_a_head_may_not_have_the_name_of_a_head_of_the_model(tiny_model, tmp_path):
    data = write_csv(tmp_path / "d.csv", mention_rows(60))
    with pytest.raises(ConfigError, match="has a head 'target'"):
        train(recipe_of(tiny_model, data, name="target"), tmp_path / "mine")
    assert not (tmp_path / "mine").exists()
