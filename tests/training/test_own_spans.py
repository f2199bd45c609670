"""Stretches of one's own: joined over coders, learnt, written, and found again."""

import json
from collections import Counter

import numpy as np
import pytest

from rhetoric import Annotator
from rhetoric.alignment import AlignedArticle
from rhetoric.annotation import CharSpan, Sentence
from rhetoric.errors import ConfigError, InputError
from rhetoric.formats.coded import CodedSpan, CodedText
from rhetoric.formats.training_texts import read_training_texts
from rhetoric.training.label_recipe import read_label_recipe
from rhetoric.training.marked import join_marks
from rhetoric.training.own import read_texts
from rhetoric.training.own_spans import train_spans
from rhetoric.training.span_card import SpanFacts, span_agreement_of, write_span_card

from .coded_texts import rows, write_jsonl


def marked_rows(n, label="smear_word", seed=0):
    """Texts in which every `zzz` and the word behind it are marked."""
    found = []
    for row in rows(n, seed=seed):
        text, spans = row["text"], []
        at = text.find("zzz")
        if at >= 0:
            end = text.index(" ", at + 4)
            spans.append({"start": at, "end": end, "label": label, "text": text[at:end]})
        found.append({**row, "label": None, "spans": spans})
    return found


def train(model, folder, records, **options):
    data = write_jsonl(folder / "data.jsonl", records)
    recipe = read_label_recipe({"data": [data], "base": str(model), "unit": "span", "name": "smears", **options})
    test = texts_of(recipe, [recipe.test]) if recipe.test else []
    return recipe, train_spans(recipe, texts_of(recipe), test, folder / "mine", lambda: None)


def texts_of(recipe, files=None):
    texts, failures = read_texts(files or recipe.data, recipe.as_columns(), "spans")
    assert not failures
    return texts


@pytest.fixture(scope="module")
def trained(tiny_model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("spans")
    recipe, found = train(tiny_model, folder, marked_rows(150), n_seeds=2, group_by="outlet")
    return recipe, found, folder / "mine"


def test_stretches_are_learnt(trained):
    _, found, _ = trained
    scores = {one.measure: one.f1 for one in found.scores}
    assert set(scores) == {"exact", "overlap", "ptc"}
    assert scores["ptc"].value > 0.6
    assert scores["ptc"].low <= scores["ptc"].value <= scores["ptc"].high
    assert found.n_train + found.n_test == 150
    assert len(found.repeats) == 2
    assert found.repeats[0] == scores["ptc"].value


def test_each_outlet_is_scored_and_left_out(trained):
    recipe, found, _ = trained
    outlets = Counter(text.meta["outlet"] for text in texts_of(recipe) if text.spans)
    assert {value: scores[0].support for value, scores in found.left_out.items()} == outlets
    assert set(found.by_outlet) == set(outlets)
    assert sum(scores[0].support for scores in found.by_outlet.values()) == found.scores[0].support


def test_stretches_can_be_tested_on_texts_of_ones_own(tiny_model, tmp_path):
    test = write_jsonl(tmp_path / "t.jsonl", marked_rows(30, seed=9))
    recipe, found = train(tiny_model, tmp_path, marked_rows(80), test=test)
    assert (found.n_train, found.n_test, len(found.repeats)) == (80, 30, 1)
    write_span_card(tmp_path / "mine", SpanFacts(recipe, found, texts_of(recipe)))
    assert "The texts to report on were given: `t.jsonl`." in (tmp_path / "mine" / "README.md").read_text()


@pytest.mark.parametrize(
    ("records", "message"),
    [
        (marked_rows(80)[5:9], "expected one; split by article"),
        (
            marked_rows(30, label="other", seed=9),
            "the test text .* has the label 'other', which the training data lack",
        ),
    ],
)
def test_stretches_to_test_on_that_do_not_fit_are_refused(tiny_model, tmp_path, records, message):
    test = write_jsonl(tmp_path / "t.jsonl", [{**row, "id": f"other {row['id']}"} for row in records])
    with pytest.raises(InputError, match=message):
        train(tiny_model, tmp_path, marked_rows(80), test=test)
    assert not (tmp_path / "mine").exists()


def test_the_model_has_seen_what_it_learnt_from(trained):
    recipe, found, folder = trained
    uses = Counter(read_training_texts(folder).use_of(text.text) for text in texts_of(recipe))
    assert uses == {"training": found.n_train, None: found.n_test}


def test_annotate_marks_the_stretches_and_leaves_the_rest_as_it_was(trained, tiny_model):
    new, old = Annotator(trained[-1]), Annotator(tiny_model)
    n_found = n_gold = 0
    for row in marked_rows(30, seed=8):
        article, before = new.annotate(row["text"]), old.annotate(row["text"])
        own = [s for s in article.spans if s.label == "smear_word"]
        rest = [(s.start, s.end, s.label, s.score) for s in article.spans if s.label != "smear_word"]
        assert rest == [(s.start, s.end, s.label, s.score) for s in before.spans]
        assert all(s.layer == "technique" and 0.0 <= s.score <= 1.0 for s in own)
        n_gold += len(row["spans"])
        n_found += any(s.overlaps(CharSpan(g["start"], g["end"])) for s in own for g in row["spans"])
    assert n_found > 0.6 * n_gold


def test_card_of_stretches_is_written(trained):
    recipe, found, folder = trained
    write_span_card(folder, SpanFacts(recipe, found, texts_of(recipe), n_failed=2))
    card = (folder / "README.md").read_text(encoding="utf-8")
    n_marks = sum(len(text.spans) for text in texts_of(recipe))
    assert f"`data.jsonl`: 150 texts with {n_marks} marked stretches." in card
    assert "## By outlet\n" in card
    assert "## By outlet, each left out in turn" in card
    assert "pipeline_tag: token-classification" in card
    assert "| smear_word | exact" in card
    assert "Rows that could not be used: 2." in " ".join(card.split())
    figures = json.loads((folder / "own_metrics.json").read_text())
    assert figures["head"]["unit"] == "span"
    assert figures["signature"].startswith("metric:labels-span|version:")
    assert "|model:mine-" in figures["signature"]
    assert figures["signature"] in card
    assert f"| smear_word | {figures['thresholds']['smear_word']:.3f} " in card


def aligned(text):
    starts = np.array([0, *(i + 1 for i, c in enumerate(text) if c == " ")])
    ends = np.array([*(i for i, c in enumerate(text) if c == " "), len(text)])
    order = np.arange(len(starts))
    return AlignedArticle((Sentence(0, len(text)),), order, order, starts, ends, np.zeros(len(starts), np.int64))


def coded(*codings, text="one two three four five"):
    return [
        CodedText("a", text, spans=tuple(CodedSpan(*at, "x") for at in spans), coder=str(i))
        for i, spans in enumerate(codings)
    ]


@pytest.mark.parametrize(
    ("codings", "expected"),
    [
        ([[(4, 13)]], ["two three"]),
        ([[(4, 13)], [(4, 7)]], ["two three"]),
        ([[(4, 13)], [(4, 7)], [(4, 7)]], ["two"]),
        ([[(4, 7)], [], []], []),
        ([[(4, 7), (8, 13)], [(4, 7), (8, 13)]], ["two", "three"]),
    ],
)
def test_words_that_half_of_the_coders_marked_are_in_a_stretch(codings, expected):
    (one,) = join_marks(coded(*codings))
    assert [s.of(one.text) for s in one.spans("x", aligned(one.text))] == expected
    assert one.spans("y", aligned(one.text)) == []


def test_texts_that_were_not_coded_for_stretches_are_refused():
    with pytest.raises(InputError, match="no text is coded for spans"):
        join_marks([CodedText("a", "One.", labels=("x",))])
    with pytest.raises(InputError, match="'a' stands for two texts"):
        join_marks([*coded([]), *coded([], text="another")])


def test_stretches_that_exclude_each_other_are_refused(tiny_model, tmp_path):
    with pytest.raises(ConfigError, match="is_exclusive: stretches of text are trained without it"):
        train(tiny_model, tmp_path, marked_rows(60), is_exclusive=True)


def test_stretches_of_two_codebooks_are_refused(tiny_model, tmp_path):
    records = [{**row, "codebook_version": str(i % 2)} for i, row in enumerate(marked_rows(60))]
    with pytest.raises(InputError, match="codebook versions are mixed"):
        train(tiny_model, tmp_path, records)


@pytest.mark.parametrize(
    ("records", "error", "message"),
    [
        (marked_rows(60, label="doubt"), ConfigError, "the label 'doubt' is one of the model"),
        (marked_rows(60, label="content"), ConfigError, "the label 'content' is one of the model"),
        ([{**r, "spans": []} for r in marked_rows(60)], InputError, "no text has a span with a label"),
        (marked_rows(8), InputError, "has . spans: expected at least 5"),
    ],
)
def test_data_from_which_no_stretch_can_be_learnt_are_refused(tiny_model, tmp_path, records, error, message):
    with pytest.raises(error, match=message):
        train(tiny_model, tmp_path, records)
    assert not (tmp_path / "mine").exists()


def test_agreement_of_coders_on_stretches_stands_in_the_card(tiny_model, tmp_path):
    records = []
    for i, row in enumerate(marked_rows(60)):
        records.append({**row, "coder": "ann"})
        if i % 2:
            records.append({**row, "coder": "bo", "spans": row["spans"] if i % 5 else []})
    recipe, found = train(tiny_model, tmp_path, records)
    agreement = span_agreement_of(texts_of(recipe))
    assert [one.label for one in agreement] == ["smear_word", None]
    assert 0.5 < agreement[0].value < 1.0
    assert agreement[0].low <= agreement[0].value <= agreement[0].high
    write_span_card(tmp_path / "mine", SpanFacts(recipe, found, texts_of(recipe)))
    card = " ".join((tmp_path / "mine" / "README.md").read_text(encoding="utf-8").split())
    assert "Krippendorff's alpha_U" in card
    assert f"| smear_word | {agreement[0]} |" in card
    figures = json.loads((tmp_path / "mine" / "own_metrics.json").read_text())["agreement"]
    assert figures[0]["name"] == "alpha_u"


def test_agreement_needs_a_text_with_two_coders(trained):
    assert span_agreement_of(texts_of(trained[0])) == ()
