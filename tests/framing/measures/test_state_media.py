import pytest

from rhetoric.annotation import Attribution
from rhetoric.framing.measures.state_media import is_affiliated, is_strictly_controlled, ties_to_state_media
from tests.framing.annotated import DEUTSCHE_WELLE, KCNA, MENA, NRK, REUTERS, STATE_RADIO


def said(name, source_type, outlet=None, via=None):
    return Attribution(name, None, None, (), source_type=source_type, outlet=outlet, via=via)


def ties(*attributions):
    """Of the last of `attributions`: by the usual, the strict and the wide definition."""
    return ties_to_state_media(attributions[-1], {a.id: a for a in attributions})


@pytest.mark.parametrize(
    ("attributions", "expected"),
    [
        ([said("q1", "expert")], ("none", "none", "none")),
        ([said("q1", "state_media", KCNA)], ("direct", "direct", "direct")),
        ([said("q1", "state_media", MENA)], ("direct", "none", "direct")),
        ([said("q1", "news_media", DEUTSCHE_WELLE)], ("none", "none", "direct")),
        ([said("q1", "news_media", NRK)], ("none", "none", "none")),
        ([said("q1", "news_media", REUTERS)], ("none", "none", "none")),
        ([said("q1", "state_media", STATE_RADIO)], ("direct", "none", "direct")),
        ([said("q1", "state_media")], ("direct", "none", "direct")),
        # second hand: "Reuters, citing MENA"
        (
            [said("q1", "news_media", REUTERS), said("q2", "state_media", MENA, "q1")],
            ("second_hand", "none", "second_hand"),
        ),
        ([said("q2", "state_media", MENA, "q1"), said("q1", "news_media", REUTERS)], ("none", "none", "none")),
        # through: "told KCNA", "KCNA quoted him as saying", "Reuters said that MENA had quoted him as saying"
        ([said("q1", "expert", KCNA)], ("through", "through", "through")),
        ([said("q1", "state_media", KCNA), said("q2", "expert", None, "q1")], ("through", "through", "through")),
        (
            [
                said("q1", "news_media", REUTERS),
                said("q2", "state_media", MENA, "q1"),
                said("q3", "expert", None, "q2"),
            ],
            ("through", "none", "through"),
        ),
        ([said("q1", "news_media", DEUTSCHE_WELLE), said("q2", "expert", None, "q1")], ("none", "none", "through")),
        # what the strict definition takes for no state medium can still have come through one
        (
            [said("q1", "state_media", KCNA), said("q2", "state_media", MENA, "q1")],
            ("second_hand", "through", "second_hand"),
        ),
        # an annotation can name a carrier that is not there, or close a chain on itself
        ([said("q1", "expert", None, "q9")], ("none", "none", "none")),
        ([said("q1", "expert", None, "q2"), said("q2", "public", None, "q1")], ("none", "none", "none")),
    ],
)
def test_tie_is_direct_second_hand_through_or_none(attributions, expected):
    assert ties(*attributions) == expected


@pytest.mark.parametrize(
    ("outlet", "strict", "wide"),
    [(KCNA, True, True), (MENA, False, True), (DEUTSCHE_WELLE, False, True), (NRK, False, False), (None, False, False)],
)
def test_definitions_differ_in_typologies(outlet, strict, wide):
    attribution = said("q1", "news_media", outlet)
    assert (is_strictly_controlled(attribution), is_affiliated(attribution)) == (strict, wide)
