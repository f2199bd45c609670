import pytest

from rhetoric.annotation import Actor, ArticleLabels, Headline, Sentence, Target
from rhetoric.framing.measures.census import take_census
from rhetoric.framing.measures.facts import (
    ArticleFacts,
    LabelFacts,
    PairFacts,
    SentenceFacts,
    SourceFacts,
    SpanFacts,
    TargetFacts,
    WordFacts,
)
from rhetoric.sources.actors import ActorList
from tests.framing.annotated import KCNA, article, attribution, extent, sentences, span

BARUTI = Actor("Lin Baruti", "Q7", "RS")


def counts(made, *things):
    """What a census counts of some things."""
    return {key: n for key, n in take_census(made, things).counts.items() if key[0] in things}


def test_sentence_has_its_labels_and_the_spans_that_touch_it():
    text = "The vile tyrant fled.\nIt rained."
    made = article(text, sentences=sentences(text, {0: ["loaded_language"]}), spans=(span(text, "vile"),))
    loaded = SpanFacts("loaded_language", "wording", "author", None, None, None, True)
    assert counts(made, "sentences") == {
        ("sentences", "lead", SentenceFacts(frozenset({"loaded_language"}), frozenset({loaded}))): 1,
        ("sentences", "body", SentenceFacts(frozenset(), frozenset())): 1,
    }


def test_span_over_two_sentences_touches_both_and_counts_once():
    text = "It rained. It poured."
    made = article(text, spans=(span(text, "rained. It", "repetition", "technique"),))
    touched = [facts.spans for (_, _, facts), n in counts(made, "sentences").items() for _ in range(int(n))]
    assert [len(spans) for spans in touched] == [1, 1]
    assert sum(counts(made, "spans").values()) == 1


def test_span_knows_the_source_whose_words_it_stands_in_and_a_label_of_the_users_own():
    text = "“Vile,” the mayor said."
    said = attribution(text, "q1", "the mayor", "said", "“Vile,”", source_type="government_official")
    smear = span(text, "Vile", "smear", "technique", voice="direct", attribution="q1")
    ((_, _, facts),) = counts(article(text, spans=(smear,), attributions=(said,)), "spans")
    assert (facts.source_type, facts.of_taxonomy) == ("government_official", False)


def test_words_of_two_contents_are_attributed_once():
    text = "KCNA said, citing Oram, that it rained."
    made = article(
        text,
        attributions=(
            attribution(text, "q1", "KCNA", "said", "that it rained"),
            attribution(text, "q2", "Oram", "citing", "it rained", via="q1"),
        ),
    )
    assert counts(made, "words") == {
        ("words", "lead", WordFacts("attributed")): 3,
        ("words", "lead", WordFacts("author")): 4,
        ("words", "body", WordFacts("attributed")): 0,
        ("words", "body", WordFacts("author")): 0,
    }
    assert sum(counts(made, "content_words").values()) == 3 + 2


def test_words_of_the_headline_are_apart():
    assert counts(article("It rained.", title="Much rain fell"), "words")["words", "headline", WordFacts("author")] == 3


@pytest.mark.parametrize(
    ("source", "found", "country"),
    [
        ("KCNA", {"source_type": "state_media", "outlet": KCNA}, "KP"),
        ("Lin Baruti", {"source_type": "expert", "outlet": KCNA}, None),
        ("Lin Baruti", {"source_type": "expert", "actor": BARUTI}, "RS"),
        ("Iranian officials", {"source_type": "government_official"}, "IR"),
        ("The Kremlin", {"source_type": "government_body"}, "RU"),
        ("Iranian and Turkish diplomats", {"source_type": "government_official"}, None),
        ("Iranian residents", {"source_type": "public"}, None),
    ],
)
def test_country_is_of_the_actor_the_medium_or_the_government(source, found, country):
    text = f"{source} said it rained."
    made = article(text, attributions=(attribution(text, "q1", source, "said", "it rained", **found),))
    ((_, _, facts),) = counts(made, "attributions")
    assert facts.country == country


def test_sources_are_counted_apart_and_in_pairs():
    text = "Oram said one. Oram said two. Residents said three. Somebody's word: four."
    made = article(
        text,
        attributions=(
            attribution(text, "q1", "Oram", "said", "one"),
            attribution(text, "q2", extent(text, "Oram", 1), extent(text, "said", 1), "two"),
            attribution(text, "q3", "Residents", extent(text, "said", 2), "three", source_type="public"),
            attribution(text, "q4", None, None, "four", source_type="document"),
        ),
    )
    assert counts(made, "sources", "source_draws", "source_pairs") == {
        ("sources", "text", SourceFacts("named_person", None)): 1,
        ("sources", "text", SourceFacts("public", None)): 1,
        ("source_draws", "text", PairFacts(True)): 2 * 2 + 1,
        ("source_draws", "text", PairFacts(False)): 9 - 5,
        ("source_pairs", "text", PairFacts(True)): 2,
        ("source_pairs", "text", PairFacts(False)): 4,
    }


def test_first_source_is_the_first_in_the_text_that_has_one():
    text = "“Rain,” as they say. Oram said so. Residents agreed."
    made = article(
        text,
        attributions=(
            attribution(text, "q3", "Residents", "agreed", "so", source_type="public"),
            attribution(text, "q2", "Oram", "said", "so", source_type="expert"),
            attribution(text, "q1", None, None, "“Rain,”", source_type="public"),
        ),
    )
    ((_, part, facts),) = counts(made, "first_sources")
    assert (part, facts.source_type) == ("text", "expert")


def test_headline_has_no_sources_of_the_text():
    title = "Oram: rain"
    headline = Headline(sentences(title), (), (attribution(title, "q1", "Oram", None, "rain"),))
    made = article("It rained.", title=title, headline=headline)
    assert {key[1] for key in counts(made, "attributions")} == {"headline"}
    assert not [key for key in counts(made, "sources", "first_sources") if key[0] != "articles"]
    assert ("articles", "text", ArticleFacts(frozenset(), "none")) in counts(made, "articles")


def test_units_of_other_models_have_labels():
    text = "It rained.\nIt poured."
    paragraphs = (Sentence(0, 10, {"weather": 0.9}, ("weather",)), Sentence(11, 21, {"weather": 0.1}, ()))
    made = article(text, paragraphs=paragraphs, article=ArticleLabels({"climate": 0.8}, ("climate",)))
    assert counts(made, "paragraphs", "articles") == {
        ("paragraphs", "lead", LabelFacts(frozenset({"weather"}))): 1,
        ("paragraphs", "body", LabelFacts(frozenset())): 1,
        ("articles", "text", ArticleFacts(frozenset({"climate"}), "none")): 1,
    }


def test_given_mentions_have_valence_labels_and_actor():
    text = "Lin Baruti left."
    target = Target(0, 10, "positive", {}, BARUTI, {"hero": 0.9}, ("hero",))
    made = article(text, targets=(target,))
    facts = TargetFacts(frozenset({"hero"}), "positive", "Q7")
    assert counts(made, "targets", "target_tone") == {
        ("targets", "lead", facts): 1,
        ("target_tone", "lead", facts): 1,
    }


def test_list_names_the_given_mentions_too():
    made = article("Lin Baruti left.", targets=(Target(0, 10, "positive"),))
    census = take_census(made, ("targets",), ActorList({BARUTI: ("Lin Baruti",)}))
    assert census.counts["targets", "lead", TargetFacts(frozenset(), "positive", "Q7")] == 1
    assert census.values["actor"] == {"Q7": "Lin Baruti"}


def test_values_that_occur_are_kept_with_their_names():
    text = "KCNA said it rained."
    made = article(
        text,
        sentences=sentences(text, {0: ["urgent"]}, ("loaded_language", "calm")),
        spans=(span(text, "rained", "smear", "technique"), span(text, "rained")),
        attributions=(attribution(text, "q1", "KCNA", "said", "it rained", source_type="state_media", outlet=KCNA),),
        article=ArticleLabels({"climate": 0.2}),
        targets=(Target(0, 4, codes={"hero": 0.1}),),
    )
    assert take_census(made).values == {
        "sentence_label": {"urgent": "urgent", "calm": "calm"},
        "paragraph_label": {},
        "article_label": {"climate": "climate"},
        "span_label": {"smear": "smear"},
        "target_label": {"hero": "hero"},
        "country": {"KP": "North Korea"},
        "actor": {},
    }


def test_census_of_some_things_leaves_out_the_others():
    text = "Oram said it rained."
    made = article(text, attributions=(attribution(text, "q1", "Oram", "said", "it rained"),))
    assert {key[0] for key in take_census(made, ("sentences",)).counts} == {"sentences"}


def test_census_of_a_blank_article_has_the_article_alone():
    assert {key for key, n in take_census(article(" ")).counts.items() if n} == {
        ("articles", "text", ArticleFacts(frozenset(), "none"))
    }
