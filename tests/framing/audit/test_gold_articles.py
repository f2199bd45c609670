"""Codes as annotated articles."""

import pytest

from rhetoric.annotation import AnnotatedArticle, Attribution, CharSpan, Headline, Sentence, Span
from rhetoric.errors import InputError
from rhetoric.formats.coded import CodedSpan
from rhetoric.framing.audit.gold_articles import (
    only_sentence,
    split_voice,
    with_article_labels,
    with_sentence_labels,
    with_spans,
)

TEXT = "The tyrant fled. It rained. Is she fit?"
SENTENCES = (Sentence(0, 16, {"loaded_language": 0.9}, ("loaded_language",)), Sentence(17, 27), Sentence(28, 39))
ARTICLE = AnnotatedArticle(
    "a1",
    TEXT,
    {"title": "Tyrant flees"},
    SENTENCES,
    spans=(Span(17, 27, "doubt", layer="technique"),),
    attributions=(Attribution("q1", None, None, (CharSpan(28, 39),)),),
    headline=Headline((Sentence(0, 12, {}, ("loaded_language",)),)),
)


def labels(article):
    return [sentence.labels for sentence in article.sentences]


def test_sentence_labels_replace_what_the_model_found():
    coded = with_sentence_labels(ARTICLE, "text", {1: ["biased_wording", "attribution"]})
    assert labels(coded) == [(), ("attribution", "biased_wording"), ()]
    assert (coded.spans, coded.attributions, coded.headline) == ((), (), None)
    assert all(not sentence.scores for sentence in coded.sentences)


def test_a_label_with_a_voice_is_a_stretch_of_its_sentence():
    coded = with_sentence_labels(ARTICLE, "text", {0: ["name_calling@own"], 2: ["doubt@direct", "attribution"]})
    assert labels(coded) == [
        ("loaded_language", "name_calling", "persuasion_technique"),
        (),
        ("attribution", "doubt", "persuasion_technique"),
    ]
    assert [(s.extent, s.label, s.layer, s.voice) for s in coded.spans] == [
        (CharSpan(0, 16), "name_calling", "wording", "author"),
        (CharSpan(28, 39), "doubt", "technique", "direct"),
    ]


def test_stretches_give_labels_to_the_sentences_that_they_touch():
    coded = with_spans(ARTICLE, "text", [CodedSpan(20, 30, "call_for_unity"), CodedSpan(4, 10, "loaded_language")])
    assert labels(coded) == [("loaded_language", "persuasion_technique"), ("call_for_unity",), ("call_for_unity",)]
    assert [(s.id, s.voice) for s in coded.spans] == [("s1", "author"), ("s2", "author")]


def test_titles_are_coded_as_headlines():
    coded = with_spans(ARTICLE, "title", [CodedSpan(0, 6, "name_calling")])
    assert coded.headline.sentences[0].labels == ("loaded_language", "name_calling", "persuasion_technique")
    assert coded.sentences == ()


def test_article_labels():
    coded = with_article_labels(ARTICLE, ["morality"])
    assert coded.article.labels == ("morality",)
    assert labels(coded) == [(), (), ()]


@pytest.mark.parametrize(("place", "expected"), [(0, (("loaded_language",), 0, 0)), (1, ((), 1, 0)), (2, ((), 0, 1))])
def test_only_sentence_keeps_what_stands_in_it(place, expected):
    alone = only_sentence(ARTICLE, "text", SENTENCES[place])
    assert [s.extent for s in alone.sentences] == [SENTENCES[place].extent]
    assert (alone.sentences[0].labels, len(alone.spans), len(alone.attributions)) == expected


def test_only_sentence_of_a_title():
    alone = only_sentence(ARTICLE, "title", ARTICLE.headline.sentences[0])
    assert alone.headline.sentences[0].labels == ("loaded_language",)
    assert alone.sentences == ()


def test_split_voice_refuses_what_is_none():
    with pytest.raises(InputError, match="the voice 'loud': expected author"):
        split_voice("doubt@loud")
