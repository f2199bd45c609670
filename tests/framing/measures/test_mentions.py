import pytest

from rhetoric.annotation import Actor, Target
from rhetoric.formats.withheld import withhold
from rhetoric.framing.measures.mentions import find_actor_mentions
from rhetoric.framing.measures.parts import passages
from rhetoric.sources.actors import ActorList
from tests.framing.annotated import article, attribution, extent, span

BARUTI, ROE = Actor("Lin Baruti", "Q7", "RS"), Actor("Ann Roe")
LISTED = ActorList({BARUTI: ("Lin Baruti", "President Baruti"), ROE: ("Ann Roe",)})


def found(made, actors=None):
    """What is found of each mention: its words, whom it names, in which voice, how."""
    passage = passages(made)[0]
    mentions = find_actor_mentions(passage, actors.in_text(made.text) if actors else None)
    return [(m.span.of(made.text), *m.facts) for m in mentions]


def test_mentions_without_a_list_are_those_that_the_annotation_names():
    text = "Lin Baruti spoke. The tyrant Baruti left. Baruti said it rained. Baruti slept."
    made = article(
        text,
        spans=(span(text, "tyrant", valence="negative", target=extent(text, "Baruti", 1), target_actor=BARUTI),),
        attributions=(attribution(text, "q1", extent(text, "Baruti", 2), "said", "it rained", actor=BARUTI),),
    )
    assert found(made) == [("Baruti", "Q7", "author", "negative"), ("Baruti", "Q7", "author", "neutral")]


def test_mentions_by_a_list_are_names_aliases_surnames_and_pronouns():
    text = "President Baruti spoke. Baruti left. He was late. The mayor said that she knew. Ann Roe slept."
    assert found(article(text), LISTED) == [
        ("Ann Roe", "Ann Roe", "author", "neutral"),
        ("President Baruti", "Q7", "author", "neutral"),
        ("Baruti", "Q7", "author", "neutral"),
        ("He", "Q7", "author", "neutral"),
        ("she", "Q7", "author", "neutral"),
    ]


def test_mention_of_nobody_on_the_list_is_none():
    assert found(article("The mayor spoke. She left."), LISTED) == []


def test_mention_that_is_found_in_two_ways_counts_once():
    text = "The tyrant Lin Baruti left."
    made = article(text, spans=(span(text, "tyrant", valence="negative", target="Lin Baruti", target_actor=BARUTI),))
    assert found(made, LISTED) == [("Lin Baruti", "Q7", "author", "negative")]


def test_list_names_the_target_that_the_annotation_left_open():
    text = "The tyrant Lin Baruti left."
    made = article(text, spans=(span(text, "tyrant", valence="negative", target="Lin Baruti"),))
    assert found(made) == []
    assert found(made, LISTED) == [("Lin Baruti", "Q7", "author", "negative")]


def test_mention_stands_in_the_voice_of_its_place():
    text = "Lin Baruti came. “Lin Baruti lies,” the mayor said. She said that Lin Baruti slept."
    made = article(
        text,
        attributions=(
            attribution(text, "q1", "the mayor", "said", "“Lin Baruti lies,”", quote_type="direct"),
            attribution(text, "q2", "She", extent(text, "said", 1), "that Lin Baruti slept"),
        ),
    )
    voices = [(words, voice) for words, _, voice, _ in found(made, LISTED) if words == "Lin Baruti"]
    assert voices == [("Lin Baruti", "author"), ("Lin Baruti", "direct"), ("Lin Baruti", "indirect")]


def test_mention_that_two_voices_evaluate_counts_once_for_each():
    text = "Lin Baruti came. “The traitor,” the mayor said."
    made = article(
        text,
        spans=(span(text, "traitor", valence="negative", voice="direct", target="Lin Baruti", target_actor=BARUTI),),
        attributions=(attribution(text, "q1", "the mayor", "said", "“The traitor,”"),),
    )
    assert found(made) == [("Lin Baruti", "Q7", "author", "neutral"), ("Lin Baruti", "Q7", "direct", "negative")]


def test_scare_quotes_evaluate_in_the_authors_voice():
    text = "The “saint” Lin Baruti left."
    loaded = span(text, "saint", valence="negative", voice="scare_quote", target="Lin Baruti", target_actor=BARUTI)
    assert found(article(text, spans=(loaded,))) == [("Lin Baruti", "Q7", "author", "negative")]


@pytest.mark.parametrize(
    ("valences", "joined"),
    [
        (["negative", "negative"], "negative"),
        (["positive", "positive", "negative"], "positive"),
        (["positive", "negative"], "mixed"),
        (["mixed"], "mixed"),
        ([None], "neutral"),
        ([None, "positive"], "positive"),
    ],
)
def test_valence_of_several_spans_is_that_of_their_sum(valences, joined):
    text = "The one two three Lin Baruti left."
    words = ["one", "two", "three"]
    spans = [
        span(text, word, valence=v, target="Lin Baruti", target_actor=BARUTI)
        for word, v in zip(words, valences, strict=False)
    ]
    assert found(article(text, spans=tuple(spans))) == [("Lin Baruti", "Q7", "author", joined)]


def test_given_mention_has_the_valence_that_was_asked_for():
    text = "The brave Lin Baruti left."
    where = extent(text, "Lin Baruti")
    made = article(
        text,
        spans=(span(text, "brave", valence="positive", target="Lin Baruti", target_actor=BARUTI),),
        targets=(Target(where.start, where.end, "negative", actor=BARUTI),),
    )
    assert found(made) == [("Lin Baruti", "Q7", "author", "negative")]


def test_mentions_in_a_text_that_is_withheld_are_none():
    text = "The tyrant Lin Baruti left."
    made = article(text, spans=(span(text, "tyrant", valence="negative", target="Lin Baruti", target_actor=BARUTI),))
    assert find_actor_mentions(passages(withhold(made))[0]) == []
