import math

import numpy as np
import pytest

from rhetoric.annotation import Actor, ArticleLabels, Headline, Target
from rhetoric.formats.withheld import withhold
from rhetoric.framing.measures.census import take_census
from rhetoric.framing.measures.counting import Counting, denominator_of
from rhetoric.framing.measures.definitions import Measure, read_measures
from rhetoric.framing.measures.families import split_families
from tests.framing.annotated import KCNA, MENA, REUTERS, article, attribution, extent, sentences, span

BARUTI = Actor("Lin Baruti", "Q7", "RS")
SHIPPED = split_families(read_measures()).plain

TITLE = "Vile storm"
TEXT = (
    "A vile storm hit Ostrava on Monday. The mayor claimed that the so-called dyke was a disgrace.\n"
    "“The dyke is a monument of shame,” Reuters reported, citing MENA. Nobody was hurt.\n"
    "Experts told KCNA that it was fine."
)
"""Five sentences, two of them in the lead, and 38 words, 17 of them in the lead."""


@pytest.fixture
def storm():
    labels = {
        0: ["loaded_language", "persuasion_technique"],
        1: ["loaded_language", "attribution"],
        2: ["loaded_language", "attribution", "direct_quotation", "state_media_quotation"],
        4: ["attribution", "state_media_quotation"],
    }
    quote = "“The dyke is a monument of shame,”"
    return article(
        TEXT,
        title=TITLE,
        headline=Headline(sentences(TITLE, {0: ["loaded_language"]}), (span(TITLE, "Vile", valence="negative"),)),
        sentences=sentences(TEXT, labels),
        spans=(
            span(TEXT, "vile", valence="negative"),
            span(TEXT, "vile storm hit Ostrava", "appeal_to_fear", "technique"),
            span(TEXT, "so-called", "name_calling", voice="scare_quote", valence="negative"),
            span(TEXT, "disgrace", voice="indirect", attribution="q1", valence="negative"),
            span(TEXT, "monument of shame", voice="direct", attribution="q3", valence="mixed"),
        ),
        attributions=(
            attribution(
                TEXT,
                "q1",
                "The mayor",
                "claimed",
                "the so-called dyke was a disgrace",
                source_type="government_official",
                stance="distancing",
            ),
            attribution(
                TEXT,
                "q2",
                "Reuters",
                "reported",
                quote,
                quote_type="direct",
                source_type="news_media",
                outlet=REUTERS,
            ),
            attribution(
                TEXT,
                "q3",
                "MENA",
                "citing",
                quote,
                quote_type="direct",
                source_type="state_media",
                outlet=MENA,
                via="q2",
            ),
            attribution(TEXT, "q4", "Experts", "told", "it was fine", source_type="expert", outlet=KCNA),
        ),
        targets=(
            Target(*_ends(extent(TEXT, "The mayor")), "negative"),
            Target(*_ends(extent(TEXT, "Experts")), "neutral"),
        ),
        article=ArticleLabels(),
    )


def _ends(extent):
    return extent.start, extent.end


def counted(made, measures=SHIPPED):
    """Numerator and denominator of every measure."""
    counting = Counting(measures)
    above, below = counting.count([take_census(made, counting.things)])
    return {name: (above[name][0], below[name][0]) for name in measures}


@pytest.mark.parametrize(
    ("name", "above", "below"),
    [
        ("loaded_sentences", 3, 5),
        ("loaded_sentences_headline", 1, 1),
        ("loaded_sentences_lead", 2, 2),
        ("loaded_sentences_body", 1, 3),
        ("loaded_sentences_own", 2, 5),
        ("loaded_sentences_own_headline", 1, 1),
        ("loaded_sentences_own_body", 0, 3),
        ("loaded_sentences_indirect", 1, 5),
        ("loaded_sentences_direct", 1, 5),
        ("loaded_sentences_direct_lead", 0, 2),
        ("loaded_spans", 4, 0.038),
        ("loaded_spans_headline", 1, 0.002),
        ("loaded_spans_lead", 3, 0.017),
        ("loaded_spans_body", 1, 0.021),
        ("loaded_spans_own", 2, 0.038),
        ("loaded_spans_indirect", 1, 0.038),
        ("loaded_spans_direct_body", 1, 0.021),
        ("loaded_spans_own_words", 2, 0.038 - 0.016),
        ("negative_loaded_spans", 3, 4),
        ("biased_sentences", 0, 5),
        ("persuasion_sentences", 1, 5),
        ("persuasion_sentences_lead", 1, 2),
        ("persuasion_sentences_own", 2, 5),
        ("persuasion_spans", 5, 0.038),
        ("appeal_to_fear_spans", 1, 0.038),
        ("name_calling_spans", 1, 0.038),
        ("doubt_spans", 0, 0.038),
        ("attributed_sentences", 3, 5),
        ("direct_quotation_sentences", 1, 5),
        ("state_media_sentences", 2, 5),
        ("attributions_per_1000_words", 4, 0.038),
        ("direct_quotes", 2, 4),
        ("direct_quotes_per_1000_words", 2, 0.038),
        ("attributions_without_source", 0, 4),
        ("attributed_words", 16, 38),
        ("attributions_government_official", 1, 4),
        ("attributions_unnamed_source", 0, 4),
        ("state_media_direct", 0, 4),
        ("state_media_second_hand", 1, 4),
        ("state_media_through", 1, 4),
        ("state_media_any", 2, 4),
        ("state_media_strict_any", 1, 4),
        ("state_media_strict_second_hand", 0, 4),
        ("state_media_wide_any", 2, 4),
        ("content_words_state_media", 7, 23),
        ("content_words_expert", 3, 23),
        ("unique_sources", 4, 1),
        ("single_source_articles", 0, 1),
        ("unsourced_articles", 0, 1),
        ("first_source_government_official", 1, 1),
        ("first_source_expert", 0, 1),
        ("source_concentration", 4, 16),
        ("repeated_sources", 0, 12),
        ("distancing_verbs", 1, 4),
        ("distancing_verbs_government_official", 1, 1),
        ("distancing_verbs_public", 0, 0),
        ("given_tone", -1, 2),
        ("negative_given_mentions", 1, 2),
    ],
)
def test_measure_of_an_article_counted_by_hand(storm, name, above, below):
    assert counted(storm)[name] == pytest.approx((above, below))


def test_every_share_is_between_0_and_1(storm):
    for name, (above, below) in counted(storm).items():
        if SHIPPED[name].unit == "share":
            assert 0 <= above <= below, name


@pytest.mark.parametrize("thing", ["loaded_spans", "loaded_sentences"])
def test_lead_and_body_add_up_to_the_text(storm, thing):
    found = counted(storm)
    assert sum(np.array(found[f"{thing}_{part}"]) for part in ("lead", "body")) == pytest.approx(found[thing])


def test_voices_add_up_to_all_loaded_spans(storm):
    found = counted(storm)
    assert sum(found[f"loaded_spans_{voice}"][0] for voice in ("own", "indirect", "direct")) == found["loaded_spans"][0]


@pytest.mark.parametrize("pattern", ["attributions_{}", "content_words_{}", "first_source_{}"])
def test_types_of_sources_add_up_to_all(storm, pattern):
    found = counted(storm)
    family = [name for name, measure in SHIPPED.items() if measure.family == pattern.format("{source_type}")]
    assert len(family) == 11
    assert sum(found[name][0] for name in family) == found[family[0]][1]


def test_article_without_a_headline_has_no_measures_of_it(storm):
    found = counted(article(TEXT, sentences=storm.sentences, spans=storm.spans))
    assert all(math.isnan(n) for n in found["loaded_sentences_headline"])
    assert found["loaded_sentences"] == (3, 5)


def test_blank_article_has_measures_over_nothing():
    found = counted(article(" "))
    assert found["loaded_sentences"] == (0, 0)
    assert found["loaded_spans_lead"] == (0, 0)
    assert found["unique_sources"] == (0, 1)
    assert found["unsourced_articles"] == (1, 1)
    assert found["single_source_articles"] == (0, 0)
    assert found["source_concentration"] == (0, 0)


WORDLESS = {
    "loaded_sentences",
    "loaded_sentences_own",
    "attributed_sentences",
    "direct_quotes",
    "state_media_any",
    "first_source_expert",
    "loaded_sentences_headline",
    "given_tone",
}
WORDY = {
    "loaded_spans",
    "loaded_spans_own",
    "attributed_words",
    "content_words_expert",
    "unique_sources",
    "source_concentration",
    "single_source_articles",
    "loaded_sentences_lead",
    "loaded_spans_headline",
    "direct_quotes_per_1000_words",
}


def test_article_without_its_text_has_the_measures_that_need_no_words(storm):
    found, whole = counted(withhold(storm)), counted(storm)
    assert {name: found[name] for name in WORDLESS} == {name: whole[name] for name in WORDLESS}


@pytest.mark.parametrize("name", sorted(WORDY))
def test_article_without_its_text_has_no_measures_in_words(storm, name):
    assert [math.isnan(n) for n in counted(withhold(storm))[name]] == [True, True]


def test_headline_without_its_words_has_its_sentences(storm):
    found = counted(article(TEXT, meta={}, headline=storm.headline, sentences=storm.sentences))
    assert found["loaded_sentences_headline"] == (1, 1)
    assert math.isnan(found["loaded_spans_headline"][1])


def test_measures_that_share_a_denominator_share_its_array(storm):
    counting = Counting(SHIPPED)
    _, below = counting.count([take_census(storm, counting.things)])
    assert below["loaded_sentences"] is below["attributed_sentences"]
    assert below["loaded_spans"] is below["doubt_spans"]


def test_counting_asks_for_what_its_measures_count_alone():
    assert Counting({"s": SHIPPED["loaded_sentences"]}).things == {"sentences"}


def test_denominators_are_equal_where_measures_share_them():
    assert denominator_of(SHIPPED["loaded_spans"]) == denominator_of(SHIPPED["doubt_spans"])
    assert denominator_of(SHIPPED["loaded_spans"]) != denominator_of(SHIPPED["loaded_spans_lead"])


def test_no_articles_give_no_rows():
    above, below = Counting(SHIPPED).count([])
    assert above["loaded_spans"].shape == below["loaded_spans"].shape == (0,)


def test_condition_that_allows_for_none_finds_what_has_none(storm):
    fields = {"title": "?", "unit": "share", "of": "attributions", "per": "attributions"}
    measures = {"q": Measure(**fields, where={"country": [None]}), "k": Measure(**fields, where={"typology": ["SC"]})}
    assert counted(storm, measures) == {"q": (2, 4), "k": (1, 4)}
