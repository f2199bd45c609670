"""Evaluation of texts, spans and whole annotations against gold, with figures that were worked out by hand."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from rhetoric.annotation import AnnotatedArticle, Attribution, CharSpan, ModelInfo, Sentence, Span
from rhetoric.errors import InputError
from rhetoric.formats.coded import CodedSpan, CodedText
from rhetoric.training.evaluating import ALL, evaluate_annotations, evaluate_spans, evaluate_texts

INFO = ModelInfo("made-up", "1")
TEXT = "A vile crook, Orr said. Vale left."
SENTENCES = (Sentence(0, 23), Sentence(24, 34))
ATTRIBUTION = Attribution("q1", CharSpan(14, 17), CharSpan(18, 22), (CharSpan(0, 12),), "indirect", "named_person")


class Annotator:
    """Says what it was told to say of a text."""

    def __init__(self, said):
        network = SimpleNamespace(info=INFO, added=(), span_heads={"technique": ("doubt", "name_calling")})
        self.said, self.network = said, network

    def pipe(self, articles):
        return [self.said[article.text] for article in articles]


def annotated(text, sentences=(), spans=(), attributions=()):
    return AnnotatedArticle(text, text, {}, sentences=sentences, spans=spans, attributions=attributions, model=INFO)


def sentence(score, *labels):
    return Sentence(0, 2, {"smear": score}, labels)


def test_labels_of_texts_are_counted_and_told_with_their_calibration():
    said = {"aa": sentence(0.9, "smear"), "bb": sentence(0.8, "smear"), "cc": sentence(0.1), "dd": sentence(0.2)}
    annotator = Annotator({text: annotated(text, (one,)) for text, one in said.items()})
    gold = [CodedText(text, text, ("smear",) if text in ("aa", "dd") else ()) for text in said]
    found = evaluate_texts(annotator, gold)
    (smear,) = found.labels.labels
    assert (smear.support, smear.precision.value, smear.recall.value, smear.f1.value) == (2, 0.5, 0.5, 0.5)
    assert sum(one.n for one in found.bins["smear"]) == 4
    assert found.signature.startswith("metric:labels|version:")
    assert "model:made-up-1" in found.signature
    other = evaluate_texts(annotator, [replace(one, labels=("smear",)) for one in gold])
    assert other.signature != found.signature


def test_coders_who_disagree_give_a_label_by_half():
    annotator = Annotator({"aa": annotated("aa", (sentence(0.9, "smear"),))})
    gold = [CodedText("a", "aa", ("smear",), coder="ann"), CodedText("a", "aa", (), coder="bo")]
    assert evaluate_texts(annotator, gold).labels.labels[0].support == 1


def test_spans_are_scored_to_the_character_by_overlap_and_by_share():
    found = evaluate_spans(
        Annotator({TEXT: annotated(TEXT, spans=(Span(2, 6, "name_calling"), Span(24, 28, "doubt")))}),
        [CodedText("a", TEXT, spans=(CodedSpan(2, 12, "Name_Calling,Labeling"),))],
    )
    scores = {(one.label, one.measure): one for one in found.spans}
    assert {label for label, _ in scores} == {"name_calling", ALL}
    assert scores["name_calling", "exact"].f1.value == 0.0
    assert scores["name_calling", "overlap"].recall.value == 0.0
    # Four of the ten characters of gold are found, and all that is found is gold.
    assert (scores["name_calling", "ptc"].precision.value, scores["name_calling", "ptc"].recall.value) == (1.0, 0.4)


def test_annotations_that_agree_score_in_full_and_others_do_not():
    sentences = tuple(
        replace(s, scores={"loaded_language": p}, labels=labels)
        for s, p, labels in zip(SENTENCES, (0.9, 0.1), (("loaded_language",), ()), strict=True)
    )
    gold = annotated(TEXT, sentences, (Span(2, 12, "name_calling"),), (ATTRIBUTION,))
    found = evaluate_annotations(Annotator({TEXT: gold}), [gold])
    assert {one.f1.value for one in found.spans} == {1.0}
    assert {role.value for role in found.attributions.roles.values()} == {1.0}
    assert found.attributions.link_accuracy.value == 1.0
    assert found.labels.macro_f1.value == 1.0
    missed = evaluate_annotations(Annotator({TEXT: replace(gold, spans=(), attributions=())}), [gold])
    assert {one.f1.value for one in missed.spans} == {0.0}
    assert {role.value for role in missed.attributions.roles.values()} == {0.0}


def test_gold_that_does_not_fit_is_refused():
    annotator = Annotator({TEXT: annotated(TEXT, SENTENCES)})
    with pytest.raises(InputError, match="no text is coded as a whole"):
        evaluate_texts(annotator, [CodedText("a", TEXT)])
    with pytest.raises(InputError, match="gold has the label 'unheard_of'"):
        evaluate_spans(annotator, [CodedText("a", TEXT, spans=(CodedSpan(0, 1, "unheard_of"),))])
    with pytest.raises(InputError, match="no text is coded for spans"):
        evaluate_spans(annotator, [CodedText("a", TEXT, ("x",))])
    with pytest.raises(InputError, match="no annotated article"):
        evaluate_annotations(annotator, [])
    with pytest.raises(InputError, match="the sentences of .* are not those of its text"):
        evaluate_annotations(annotator, [annotated(TEXT, SENTENCES[:1])])
