"""Annotated articles as JSON: nothing gets lost, and the fields are the contract's."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.annotation import (
    Actor,
    AnnotatedArticle,
    Article,
    ArticleLabels,
    Attribution,
    CharSpan,
    Headline,
    ModelInfo,
    OutletRef,
    Sentence,
    Span,
    Target,
)
from rhetoric.errors import InputError
from rhetoric.formats import article_from_record, article_to_record, dump_line, from_record, to_record
from rhetoric.formats.jsonl import load_line

PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
CHARACTERS = st.characters() | st.sampled_from("“”\u0301\u200f\ufeff\r\n\ud800\udfff😀")

texts = st.text(CHARACTERS, max_size=40).filter(lambda t: not PAIR.search(t))
names = texts
scores = st.floats(0, 1)
score_maps = st.dictionaries(names, scores, max_size=3)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def extents(draw, length):
    start, end = sorted((draw(st.integers(0, length)), draw(st.integers(0, length))))
    return CharSpan(start, end)


def located(kind, length, **fields):
    build = st.builds(lambda extent, **values: kind(extent.start, extent.end, **values), extents(length), **fields)
    return st.lists(build, max_size=3).map(tuple)


def sentences(length):
    return located(Sentence, length, scores=score_maps, labels=st.lists(names, max_size=2).map(tuple))


def found(length):
    spans = located(
        Span,
        length,
        label=names,
        score=scores,
        id=names,
        layer=st.sampled_from(["wording", "technique"]),
        valence=st.sampled_from(["negative", "positive", "mixed", None]),
        target=st.none() | extents(length),
        voice=st.sampled_from(["author", "direct", "indirect", "scare_quote"]),
        attribution=st.none() | names,
    )
    optional = st.none() | extents(length)
    attribution = st.builds(
        Attribution,
        id=names,
        source=optional,
        cue=optional,
        content=st.lists(extents(length), max_size=3).map(tuple),
        quote_type=st.sampled_from(["direct", "indirect", "mixed"]),
        source_type=names,
        outlet=st.none() | st.builds(OutletRef, st.none() | names, st.none() | names, st.none() | names),
        actor=st.none() | st.builds(Actor, names, st.none() | names, st.none() | names),
        stance=st.sampled_from(["neutral", "endorsing", "distancing", "conceding"]),
        naming=st.sampled_from(["named", "anonymous", "vague", None]),
        via=st.none() | names,
        score=scores,
    )
    return {
        "sentences": sentences(length),
        "spans": spans,
        "attributions": st.lists(attribution, max_size=2).map(tuple),
    }


@st.composite
def annotated_articles(draw):
    text = draw(texts)
    fields = {
        "id": names,
        "meta": st.dictionaries(names, json_values, max_size=3),
        **found(len(text)),
        "headline": st.none() | st.builds(Headline, **found(20)),
        "paragraphs": sentences(len(text)),
        "article": st.builds(ArticleLabels, score_maps, st.lists(names, max_size=2).map(tuple)),
        "targets": located(
            Target, len(text), valence=st.sampled_from(["negative", "neutral", "positive"]), scores=score_maps
        ),
        "coverage": scores,
        "model": st.builds(ModelInfo, names, names),
    }
    return AnnotatedArticle(text=text, **{name: draw(strategy) for name, strategy in fields.items()})


@given(annotated_articles())
def test_round_trip_through_a_line_of_json_loses_nothing(article):
    assert from_record(load_line(dump_line(to_record(article)))) == article


@given(annotated_articles())
def test_round_trip_keeps_scores_which_equality_of_spans_does_not_compare(article):
    back = from_record(to_record(article))
    assert [s.scores for s in back.sentences] == [s.scores for s in article.sentences]
    assert [t.scores for t in back.targets] == [t.scores for t in article.targets]


@given(annotated_articles())
def test_the_line_is_one_line_and_plain_json(article):
    line = dump_line(to_record(article))
    assert line.count(b"\n") == 1
    assert json.loads(line) == to_record(article)


@given(
    st.builds(
        Article,
        id=names.filter(str.strip),
        text=texts,
        meta=st.dictionaries(names.filter(lambda n: n not in {"id", "text", "targets"}), json_values, max_size=3),
    )
)
def test_round_trip_of_an_article_that_comes_in(article):
    assert article_from_record(load_line(dump_line(article_to_record(article)))) == article


def full_article():
    return AnnotatedArticle(
        id="a1",
        text="The despot, KCNA said, won.",
        meta={"outlet": "The Echo"},
        sentences=(Sentence(0, 27, {"attribution": 0.9}, ("attribution",)),),
        spans=(Span(4, 10, label="name_calling", score=0.9, id="s1", valence="negative", target=CharSpan(12, 16)),),
        attributions=(
            Attribution("q1", CharSpan(12, 16), CharSpan(17, 21), (CharSpan(0, 10), CharSpan(23, 26)), "indirect",
                        "state_media", OutletRef("KCNA", "KP", "SC"), Actor("KCNA", "x", "KP"), score=0.8),
        ),
        targets=(Target(12, 16, "neutral", {"neutral": 1.0}),),
        model=ModelInfo("small", "1"),
    )  # fmt: skip


def test_actors_of_targets_stand_beside_their_offsets():
    article = full_article()
    actor = Actor("Lin Baruti", "Q7", "RS")
    span, target = replace(article.spans[0], target_actor=actor), replace(article.targets[0], actor=actor)
    named = replace(article, spans=(span,), targets=(target,))
    record = to_record(named)
    found = {"name": "Lin Baruti", "id": "Q7", "country": "RS"}
    assert record["spans"][0]["target"] == {"start": 12, "end": 16, "actor": found}
    assert record["targets"][0]["actor"] == found
    assert from_record(record) == named


def test_field_names_and_order_are_the_contracts():
    record = to_record(full_article())
    assert list(record) == [
        "id", "meta", "text", "sentences", "spans", "attributions", "headline", "paragraphs", "article", "targets",
        "coverage", "model",
    ]  # fmt: skip
    assert list(record["sentences"][0]) == ["start", "end", "scores", "labels"]
    assert list(record["spans"][0]) == [
        "id", "start", "end", "label", "layer", "score", "valence", "target", "voice", "attribution",
    ]  # fmt: skip
    assert list(record["attributions"][0]) == [
        "id", "source", "cue", "content", "quote_type", "source_type", "outlet", "actor", "stance", "via", "score",
        "naming",
    ]  # fmt: skip
    assert record["attributions"][0]["outlet"] == {"name": "KCNA", "country": "KP", "typology": "SC"}
    assert record["spans"][0]["target"] == {"start": 12, "end": 16}
    assert record["targets"] == [{"start": 12, "end": 16, "valence": "neutral", "scores": {"neutral": 1.0}}]
    assert record["headline"] is None
    assert record["article"] == {"scores": {}, "labels": []}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ([], "a list"),
        ({"text": "x"}, "'id' is missing"),
        ({"id": "a"}, "'text' is missing"),
        ({"id": 7, "text": "x"}, "'id' is a number"),
        ({"id": True, "text": "x"}, "'id' is a boolean"),
        ({"id": " ", "text": "x"}, "'id' is blank"),
        ({"id": "a", "text": None}, "'text' is null"),
        ({"id": "a", "text": ["x"]}, "'text' is a list"),
        ({"id": "a", "text": "x", "targets": {}}, "'targets' is not usable"),
        ({"id": "a", "text": "x", "targets": [3]}, "'targets' is not usable"),
        ({"id": "a", "text": "x", "targets": [{"start": "0", "end": 1}]}, "'targets' is not usable"),
        ({"id": "a", "text": "x", "targets": [{"start": True, "end": 1}]}, "'targets' is not usable"),
        ({"id": "a", "text": "x", "targets": [{"start": 0, "end": 2}]}, "outside"),
        ({"id": "a", "text": "x", "targets": [{"start": 1, "end": 0}]}, "not a range"),
        ({"id": "a", "text": "x", "targets": [{"start": 1, "end": 1}]}, "empty"),
    ],
)
def test_article_from_record_says_what_is_wrong(record, expected):
    with pytest.raises(InputError, match=re.escape(expected)):
        article_from_record(record)


def test_article_from_record_carries_every_other_field_as_it_came():
    record = {"id": "a", "text": "x", "title": 3, "outlet": None, "nested": {"a": [1]}, "targets": None}
    assert article_from_record(record).meta == {"title": 3, "outlet": None, "nested": {"a": [1]}}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"spans": None}, "wrong type"),
        ({"spans": [{"start": 1}]}, "missing"),
        ({"sentences": [{"start": 0, "end": 99, "scores": {}, "labels": []}]}, "outside"),
        ({"sentences": [{"start": "0", "end": 3, "scores": {}, "labels": []}]}, "wrong type"),
        ({"model": {"name": "x", "version": "1", "age": 3}}, "wrong type"),
        ({"text": 5}, "'text' is a number"),
    ],
)
def test_from_record_refuses_what_is_no_annotated_article(change, expected):
    with pytest.raises(InputError, match=expected):
        from_record({**to_record(full_article()), **change})


@pytest.mark.parametrize("name", list(to_record(full_article())))
def test_from_record_names_the_field_that_is_missing(name):
    record = to_record(full_article())
    del record[name]
    with pytest.raises(InputError, match=f"'{name}' is missing"):
        from_record(record)
