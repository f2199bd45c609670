"""An annotated article with everything in it."""

import pytest

from rhetoric.annotation import (
    AnnotatedArticle,
    Attribution,
    CharSpan,
    Headline,
    ModelInfo,
    OutletRef,
    Sentence,
    Span,
    Target,
)

TEXT = (
    "“The <b>heroic</b> people won,” the agency said. It added that the lapdogs & jackals fled.\n"
    "If they return, no child is safe.\n"
    "قالت الوكالة إن الطقس جميل."
)
FLIGHT = "the lapdogs & jackals fled"
TITLE = "A ‘flawless’ day <script>alert(1)</script>"


def extent(words, start=0):
    at = TEXT.index(words, start)
    return CharSpan(at, at + len(words))


def span(words, **found):
    where = extent(words)
    return Span(where.start, where.end, **found)


def sentence(words, *labels):
    where = extent(words)
    return Sentence(where.start, where.end, {"loaded_language": 0.5, "state_media_quotation": 0.7}, labels)


@pytest.fixture
def article():
    kcna = OutletRef("KCNA", "KP", "SC")
    agency = extent("the agency")
    return AnnotatedArticle(
        id='a"1',
        text=TEXT,
        meta={"title": TITLE, "outlet": "The <Echo>", "date": "2025-01-01", "url": "javascript:alert(1)"},
        sentences=(
            sentence(TEXT.split(" It")[0], "loaded_language", "state_media_quotation"),
            sentence("It added that the lapdogs & jackals fled.", "loaded_language", "state_media_quotation"),
            sentence("If they return, no child is safe."),
            sentence("قالت الوكالة إن الطقس جميل."),
        ),
        spans=(
            span("heroic", label="loaded_language", valence="positive", voice="direct", attribution="q1", score=0.91),
            span("lapdogs & jackals", label="name_calling", valence="negative", voice="indirect", target=agency),
            span("jackals", label="exaggeration_minimisation", valence="negative", voice="indirect"),
            span("If they return, no child is safe", label="appeal_to_fear", layer="technique"),
            span("no child", label="label_of_a_user", layer="technique"),
        ),
        attributions=(
            Attribution("q1", agency, extent("said"), (extent(TEXT[:31]),), "direct", "state_media", kcna),
            Attribution("q2", agency, extent("added"), (extent(FLIGHT),), "indirect", "state_media", kcna),
            Attribution("q3", None, None, ()),
        ),
        headline=Headline(spans=(Span(3, 11, label="loaded_language", valence="mixed", voice="scare_quote"),)),
        targets=(Target(agency.start, agency.end, "neutral", {"neutral": 0.9}),),
        model=ModelInfo("small", "0.1.0"),
    )  # fmt: skip
