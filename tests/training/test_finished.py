"""Scores of finished articles, from gold and annotations whose differences are counted by hand."""

import math

import numpy as np
import pytest

from rhetoric.alignment import AlignedArticle
from rhetoric.annotation import AnnotatedArticle, Article, Attribution, CharSpan, ModelInfo, OutletRef, Sentence, Span
from rhetoric.training import finished
from rhetoric.training.gold import GoldArticle, GoldAttribution, GoldLabels, GoldTarget
from rhetoric.training.readings import Reading

TEXT = "KCNA said it rained. Orr said it hailed. The tyrant Vale fled. Vale wept."
NONE = np.zeros(0, np.int64)


def at(words, occurrence=0):
    start = -1
    for _ in range(occurrence + 1):
        start = TEXT.index(words, start + 1)
    return CharSpan(start, start + len(words))


SENTENCES = tuple(map(at, ("KCNA said it rained.", "Orr said it hailed.", "The tyrant Vale fled.", "Vale wept.")))


def gold_attribution(source, content, source_type, outlet=None, country=None):
    return GoldAttribution(at(source), at("said"), (at(content),), source_type, outlet, country)


def attribution(number, source, content, source_type, outlet=None):
    return Attribution(f"q{number}", source, at("said"), (at(content),), source_type=source_type, outlet=outlet)


@pytest.fixture
def reading():
    gold = GoldArticle(
        Article("a", TEXT),
        "codebook",
        sentence_labels={"attribution": GoldLabels((at("said"), at("said", 1)))},
        attributions=(
            gold_attribution("KCNA", "it rained", "state_media", "KCNA", "KP"),
            gold_attribution("Orr", "it hailed", "expert"),
        ),
        targets=(GoldTarget(at("tyrant"), at("Vale")),),
    )
    return Reading(gold, AlignedArticle(SENTENCES, NONE, NONE, NONE, NONE, NONE), np.zeros((0, 4), np.float32))


def annotated(attributions=(), spans=(), scores=(0.9, 0.8, 0.3, 0.1)):
    sentences = tuple(
        Sentence(s.start, s.end, {"attribution": p}, ("attribution",) if p >= 0.5 else ())
        for s, p in zip(SENTENCES, scores, strict=True)
    )
    return AnnotatedArticle.from_article(
        Article("a", TEXT), sentences=sentences, spans=spans, attributions=attributions, model=ModelInfo("m", "1")
    )


@pytest.mark.parametrize(
    ("scores", "figures"),
    [
        ((0.9, 0.8, 0.3, 0.1), [1.0, 1.0, 1.0]),
        ((0.9, 0.1, 0.9, 0.1), [0.5, 0.5, 0.5]),
        ((0.9, 0.1, 0.1, 0.1), [0.6667, 1.0, 0.5]),
        ((0.9, 0.9, 0.9, 0.9), [0.6667, 0.5, 1.0]),
    ],
)
def test_label_scores_count_the_labels_that_are_given_out(reading, scores, figures):
    found = list(finished.label_scores("t", "attribution", [reading], [annotated(scores=scores)]))
    assert [score.metric for score in found] == ["attribution F1", "attribution precision", "attribution recall"]
    assert [score.value for score in found] == figures


def test_label_calibration_is_that_of_the_scores_given_out(reading):
    found = finished.label_calibration("t", "attribution", [reading], [annotated(scores=(1.0, 1.0, 0.0, 0.0))])
    assert found.value == 0.0


@pytest.mark.parametrize(
    ("found", "accuracy"),
    [
        ([("KCNA", "it rained", "state_media"), ("Orr", "it hailed", "expert")], 1.0),
        ([("KCNA", "it rained", "news_media"), ("Orr", "it hailed", "expert")], 0.5),
        ([("KCNA", "it rained", "state_media"), ("Vale", "it hailed", "public")], 1.0),  # another source: not found
        ([("Orr", "hailed", "expert")], 1.0),  # most of the content is enough
        ([("Orr", "it", "public")], math.nan),
    ],
)
def test_source_types_count_where_content_and_source_were_found(reading, found, accuracy):
    article = annotated([attribution(i, at(s), c, t) for i, (s, c, t) in enumerate(found)])
    value = finished.source_type_accuracy("t", [reading], [article]).value
    assert value == accuracy or (math.isnan(value) and math.isnan(accuracy))


@pytest.mark.parametrize(
    ("outlet", "accuracy"),
    [(OutletRef("KCNA", "KP", "SC"), 1.0), (OutletRef("KCNA", "KR", None), 0.0), (None, math.nan)],
)
def test_outlet_countries_count_where_an_outlet_is_linked(reading, outlet, accuracy):
    article = annotated([attribution(1, at("KCNA"), "it rained", "state_media", outlet)])
    value = finished.outlet_country_accuracy("t", [reading], [article]).value
    assert value == accuracy or (math.isnan(value) and math.isnan(accuracy))


@pytest.mark.parametrize(
    ("target", "accuracy"),
    [(at("Vale"), 1.0), (at("Vale", 1), 1.0), (at("Orr"), 0.0), (None, 0.0)],
)
def test_targets_are_right_where_they_are_the_mention_or_the_same_words(reading, target, accuracy):
    tyrant = at("tyrant")
    article = annotated(spans=[Span(tyrant.start, tyrant.end, "name_calling", target=target)])
    assert finished.target_accuracy("t", [reading], [article]).value == accuracy


def test_targets_of_spans_that_gold_does_not_have_do_not_count(reading):
    wept = at("wept")
    article = annotated(spans=[Span(wept.start, wept.end, "loaded_language")])
    assert math.isnan(finished.target_accuracy("t", [reading], [article]).value)
