"""Techniques of given spans: asked of the head, matched as the task does, joined with the number of occurrences."""

import numpy as np
import pytest

from rhetoric import Annotator
from rhetoric.errors import ConfigError, InputError
from rhetoric.formats.coded import CodedSpan, CodedText
from rhetoric.taxonomy import technique_ids
from rhetoric.training import given_spans
from rhetoric.training.given_spans import classify_given, evaluate_techniques

TEXT = "The tyrant fled. Nobody wept, and the tyrant fled again. Shame!"
NAMES = list(technique_ids())


@pytest.fixture(scope="module")
def annotator(tiny_model):
    return Annotator(tiny_model)


def say(monkeypatch, *techniques):
    """Let the head find the first technique likeliest, then the second, and so on."""
    row = np.full(len(NAMES), -9.0, np.float32)
    for rank, name in enumerate(techniques):
        row[NAMES.index(name)] = -rank
    monkeypatch.setattr(given_spans, "_log_probabilities", lambda _, __, places: np.stack([row] * len(places)))


def scores_of(annotator, *texts, **options):
    found = evaluate_techniques(annotator, texts, **options)
    return {one.label: one for one in found.spans}, found.signature


def test_the_head_of_the_model_is_asked(annotator):
    spans = [CodedSpan(0, 10, "doubt"), CodedSpan(34, 44, "doubt")]
    found = classify_given(annotator, TEXT, spans, joins_occurrences=False)
    article = annotator.annotate(TEXT)
    assert article.spans is not None
    assert [span.extent for span in found] == [span.extent for span in spans]
    assert all(span.label in NAMES for span in found)
    assert found == classify_given(annotator, TEXT, spans, joins_occurrences=False)


def test_each_technique_has_its_scores_and_all_have_micro_f1(annotator, monkeypatch):
    say(monkeypatch, "doubt", "slogans")
    text = CodedText(
        "a", TEXT, spans=(CodedSpan(0, 10, "doubt"), CodedSpan(17, 23, "slogans"), CodedSpan(57, 62, "doubt"))
    )
    scores, signature = scores_of(annotator, text, joins_occurrences=False)
    assert {name: one.support for name, one in scores.items()} == {"doubt": 2, "slogans": 1, "all": 3}
    assert scores["doubt"].precision.value == pytest.approx(2 / 3)
    assert scores["doubt"].recall.value == 1.0
    assert scores["slogans"].f1.value == 0.0
    assert scores["all"].f1.value == scores["all"].precision.value == pytest.approx(2 / 3)
    assert signature.startswith("metric:technique-classification|version:")


def test_a_span_with_two_techniques_is_given_the_two_likeliest_in_the_best_order(annotator, monkeypatch):
    say(monkeypatch, "doubt", "slogans", "flag_waving")
    spans = (CodedSpan(0, 10, "slogans"), CodedSpan(0, 10, "doubt"))
    scores, _ = scores_of(annotator, CodedText("a", TEXT, spans=spans), joins_occurrences=False)
    assert scores["all"].f1.value == 1.0
    three = (*spans, CodedSpan(0, 10, "whataboutism_straw_man_red_herring"))
    scores, _ = scores_of(annotator, CodedText("a", TEXT, spans=three), joins_occurrences=False)
    assert scores["all"].f1.value == pytest.approx(2 / 3)


def test_labels_of_the_task_are_read_as_techniques(annotator, monkeypatch):
    say(monkeypatch, "bandwagon_reductio_ad_hitlerum")
    text = CodedText("a", TEXT, spans=(CodedSpan(0, 3, "Bandwagon,Reductio_ad_hitlerum"),))
    assert scores_of(annotator, text, joins_occurrences=False)[0]["all"].f1.value == 1.0


def test_what_occurs_again_is_rather_repetition(annotator, monkeypatch):
    say(monkeypatch, "loaded_language", "repetition")
    spans = [CodedSpan(0, 10, ""), CodedSpan(17, 23, "")]
    alone = [span.label for span in classify_given(annotator, TEXT, spans, joins_occurrences=False)]
    joined = [span.label for span in classify_given(annotator, TEXT * 5, spans)]
    assert alone == ["loaded_language"] * 2
    assert joined == ["repetition"] * 2
    assert [span.label for span in classify_given(annotator, TEXT, spans)][1] == "loaded_language"


def test_a_span_without_a_word_is_classified_too(annotator):
    (found,) = classify_given(annotator, TEXT, [CodedSpan(3, 4, "doubt")], joins_occurrences=False)
    assert found.label == NAMES[0]


def test_intervals_draw_articles(annotator, monkeypatch):
    say(monkeypatch, "doubt")
    right = [CodedText(f"r{i}", TEXT, spans=(CodedSpan(0, 10, "doubt"),)) for i in range(6)]
    wrong = [CodedText(f"w{i}", TEXT, spans=(CodedSpan(0, 10, "slogans"),)) for i in range(6)]
    total = scores_of(annotator, *right, *wrong, joins_occurrences=False)[0]["all"].f1
    assert total.n_clusters == 12
    assert total.low < total.value == 0.5 < total.high


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CodedText("a", TEXT, spans=()), "no text has a span"),
        (CodedText("a", TEXT, spans=(CodedSpan(0, 3, "propaganda"),)), "has the label 'propaganda', no technique"),
    ],
)
def test_gold_that_cannot_be_scored_is_refused(annotator, text, message):
    with pytest.raises(InputError, match=message):
        evaluate_techniques(annotator, [text])


def test_a_model_without_techniques_is_refused(annotator, monkeypatch):
    monkeypatch.setitem(annotator.network.span_heads, "technique", None)
    with pytest.raises(ConfigError, match="has no head of techniques"):
        evaluate_techniques(annotator, [CodedText("a", TEXT, spans=(CodedSpan(0, 3, "doubt"),))])


def test_micro_f1_is_that_of_the_development_scores(shipped_model, shared):
    """The two ways to it, by the corpus reader and by the format, agree on a few articles."""
    from rhetoric.decoding.decoder import Decoder
    from rhetoric.formats.coded.read import read_coded
    from rhetoric.training.readings import read_articles
    from rhetoric.training.scoring import class_micro_f1
    from training import corpora
    from training.evaluation import labels_of

    annotator = Annotator(shipped_model)
    texts = [text for text in read_coded(shared / "data" / "ptc" / "dev", coding="spans") if text.spans][:3]
    ids = {f"article{text.id}" for text in texts}
    gold = [article for article in corpora.read("ptc", "dev") if article.article.id in ids]
    decoder = Decoder(annotator.network.heads, labels_of(annotator.network), annotator.rules)
    expected = class_micro_f1("", "technique", list(read_articles(gold, annotator.network)), decoder)
    found = evaluate_techniques(annotator, texts, joins_occurrences=False)
    assert found.spans[-1].f1.value == pytest.approx(expected.value, abs=1e-4)
