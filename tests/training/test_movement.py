"""How far scores moved: nothing where nothing did, and as far as was put there by hand."""

from dataclasses import replace

import numpy as np
import pytest

from rhetoric import Annotator
from rhetoric.annotation import AnnotatedArticle, Article, ArticleLabels, Attribution, CharSpan, Sentence, Span
from rhetoric.training.movement import measure_movement

TEXT = "The mayor lied, Orr said. It rained."


class Given:
    """Stands for an annotator: gives what it was given."""

    def __init__(self, **layers):
        self.layers = layers

    def pipe(self, articles):
        return [AnnotatedArticle.from_article(article, **self.layers) for article in articles]


def sentences(*scores):
    bounds = [(0, 25), (26, 36)]
    return tuple(
        Sentence(*at, {"loaded": score}, ("loaded",) if score >= 0.5 else ())
        for at, score in zip(bounds, scores, strict=True)
    )


def said(start, end):
    return Attribution("q1", CharSpan(16, 19), CharSpan(20, 24), (CharSpan(start, end),))


BEFORE = {
    "sentences": sentences(0.4, 0.9),
    "spans": (Span(10, 14, "doubt", 0.9), Span(29, 35, "slogans", 0.9)),
    "attributions": (said(0, 14),),
}


def test_a_model_does_not_move_from_itself(tiny_model):
    annotator = Annotator(tiny_model)
    found = measure_movement(annotator, annotator, [TEXT, "“Never,” said a clerk."])
    assert found.n_texts == 2
    assert (found.mean, found.spans, found.attributions) == (0.0, 1.0, 1.0)
    assert {one.n_changed for one in found.labels} == {0}


def test_scores_of_labels_are_compared_unit_by_unit():
    after = Given(**{**BEFORE, "sentences": sentences(0.6, 0.8)})
    (one,) = measure_movement(Given(**BEFORE), after, [TEXT]).labels
    assert (one.label, one.n_changed, one.n_units) == ("loaded", 1, 2)
    assert one.mean == pytest.approx(0.15)
    assert one.far == pytest.approx(np.percentile([0.1, 0.2], 95))


def test_labels_that_are_new_are_left_out():
    more = tuple(replace(s, scores={**s.scores, "new": 1.0}, labels=(*s.labels, "new")) for s in BEFORE["sentences"])
    after = Given(**{**BEFORE, "sentences": more, "paragraphs": more, "article": ArticleLabels({"new": 1.0}, ("new",))})
    found = measure_movement(Given(**BEFORE), after, [TEXT])
    assert [one.label for one in found.labels] == ["loaded"]
    assert found.mean == 0.0


def test_labels_of_paragraphs_and_articles_are_compared_too():
    own = {"paragraphs": sentences(0.1, 0.2), "article": ArticleLabels({"tone": 0.3})}
    moved = {"paragraphs": sentences(0.1, 0.4), "article": ArticleLabels({"tone": 0.8}, ("tone",))}
    found = measure_movement(Given(**BEFORE, **own), Given(**BEFORE, **moved), [TEXT])
    assert {one.label: (pytest.approx(one.mean), one.n_units) for one in found.labels} == {
        "loaded": (0.05, 4),
        "tone": (0.5, 1),
    }


def test_spans_count_by_their_characters_and_labels():
    spans = (Span(10, 12, "doubt", 0.9), Span(29, 35, "doubt", 0.9))
    found = measure_movement(Given(**BEFORE), Given(**{**BEFORE, "spans": spans}), [TEXT])
    # Of what is found now, one span of two is right; of what was there before, half of one span of two is found.
    assert found.spans == pytest.approx(2 * 0.5 * 0.25 / 0.75)


def test_attributions_count_by_their_parts():
    found = measure_movement(Given(**BEFORE), Given(**{**BEFORE, "attributions": (said(0, 13),)}), [TEXT])
    assert found.attributions == pytest.approx(2 / 3)


def test_articles_are_asked_in_order():
    seen = []

    class Seeing(Given):
        def pipe(self, articles):
            seen.append([(a.id, a.text) for a in articles])
            return super().pipe(articles)

    measure_movement(Seeing(**BEFORE), Seeing(**BEFORE), [TEXT, "x" + TEXT])
    assert seen == [[(a.id, a.text) for a in (Article("0", TEXT), Article("1", "x" + TEXT))]] * 2
