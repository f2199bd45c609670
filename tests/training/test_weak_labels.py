"""Texts labelled by rules: nothing is said where no rule matches, and contradictions are left out."""

import pytest
import yaml

from rhetoric.annotation import Article
from rhetoric.errors import InputError, UsageError
from rhetoric.formats.coded import read_coded
from rhetoric.training.coding import CodedUnit
from rhetoric.training.patterns import load_patterns
from rhetoric.training.weak_labels import label_by_rules, write_rule_labels

RULES = [
    {"name": "call", "label": "unity", "words": ["stand together"]},
    {"name": "plea", "label": "unity", "words": ["join hands"]},
    {"name": "fear", "label": "alarm", "words": ["beware"]},
    {"name": "dry", "label": "none", "pattern": r"\d+ per cent"},
]
ARTICLES = [
    Article("a", "We stand together. Beware, and join hands.\nIt rose 4 per cent. Nobody came."),
    Article("b", "Let us stand together.", {"outlet": "Echo"}),
    Article("d", "Beware: 5 per cent."),
]
GOLD = [
    CodedUnit("g1", "Let all stand together now.", {}, "g1"),
    CodedUnit("g2", "They join hands at last.", {"unity": 1.0}, "g2"),
    CodedUnit("g3", "Peace, they said.", {"unity": 0.5}, "g3"),
    CodedUnit("g4", "It fell 3 per cent.", {}, "g4"),
]


def write(path, rules):
    path.write_text(yaml.safe_dump(rules), encoding="utf-8")
    return path


@pytest.fixture
def rules(tmp_path):
    return load_patterns(write(tmp_path / "rules.yaml", RULES))


@pytest.fixture
def found(rules):
    return label_by_rules(rules, ARTICLES, "sentence", GOLD)


def test_rules_label_what_they_match(found):
    assert dict(zip([text.text for text in found.texts], found.labels, strict=True)) == {
        "We stand together.": ("unity",),
        "Beware, and join hands.": ("unity", "alarm"),
        "It rose 4 per cent.": (),
        "Nobody came.": None,
        "Let us stand together.": ("unity",),
        "Beware: 5 per cent.": None,
    }
    assert (found.n_labelled, found.n_contradictory) == (4, 1)


def test_rules_are_judged_by_what_people_coded(found):
    reports = {one.name: one for one in found.reports}
    assert {name: one.n_matched for name, one in reports.items()} == {"call": 3, "plea": 2, "fear": 2, "dry": 3}
    assert (reports["call"].n_coded, reports["call"].precision, reports["call"].recall) == (1, 0.0, 0.0)
    assert (reports["plea"].n_coded, reports["plea"].precision, reports["plea"].recall) == (1, 1.0, 0.5)
    assert (reports["dry"].n_coded, reports["dry"].precision, reports["dry"].recall) == (1, 1.0, 0.5)
    assert reports["fear"].precision is None
    assert reports["fear"].conflicts == 1.0
    assert reports["call"].coverage == 3 / 10


def test_whole_articles_can_be_labelled(rules):
    article = Article("a", "We stand together. Nobody came.")
    assert label_by_rules(rules, [article], "article").labels == (("unity",),)
    assert label_by_rules(rules, [article], "sentence").labels == (("unity",), None)


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_labelled_texts_are_written_for_training(found, tmp_path, suffix):
    path = tmp_path / f"labelled{suffix}"
    write_rule_labels(path, found)
    texts = list(read_coded(path))
    assert [(one.id, one.labels) for one in texts] == [
        ("a:0", ("unity",)),
        ("a:19", ("unity", "alarm")),
        ("a:43", ()),
        ("b", ("unity",)),
    ]
    assert [one.meta["article_id"] for one in texts] == ["a", "a", "a", "b"]
    assert texts[-1].meta["outlet"] == "Echo"


def test_what_cannot_be_labelled_or_written_is_refused(found, rules, tmp_path):
    with pytest.raises(InputError, match="there is no text to label"):
        label_by_rules(rules, [Article("a", " ")], "sentence")
    with pytest.raises(UsageError, match="cannot write texts to"):
        write_rule_labels(tmp_path / "labels.txt", found)
