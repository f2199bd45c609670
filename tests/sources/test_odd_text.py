"""Nothing raises on odd text: unbalanced marks, surrogates, emoji, spans anywhere."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rhetoric.annotation import Article, Attribution, CharSpan, Span
from rhetoric.segmentation import split_sentences
from rhetoric.sources import assign_voice, describe, load_base, resolve, state_media_sentences

TASTE = (
    "TASS|told|the agency|said|it|state TV|Iran|\n|\"|“|”|``|'|«|.|, | |RT|according to|Mr|Kim|KCNA|\ud800|🙂|\ufeff"
)
WORDS = st.sampled_from([*TASTE.split("|"), "\r\n", "(", "Sputnik", "The report", "via", "s"])
TEXTS = st.lists(WORDS, max_size=40).map(" ".join)


@st.composite
def annotated(draw):
    text = draw(TEXTS)

    def span():
        start = draw(st.integers(0, len(text)))
        return CharSpan(start, draw(st.integers(start, len(text))))

    attributions = [
        Attribution(
            f"q{number}",
            span() if draw(st.booleans()) else None,
            span() if draw(st.booleans()) else None,
            tuple(sorted(span() for _ in range(draw(st.integers(0, 2))))),
        )
        for number in range(draw(st.integers(0, 5)))
    ]
    return text, attributions


@settings(max_examples=150, deadline=None)
@given(annotated())
def test_resolve_never_raises_and_keeps_every_candidate(case):
    text, attributions = case
    sentences, base = split_sentences(text), load_base()
    found, described = resolve(Article("a", text), sentences, attributions, None, base)
    assert [f.id for f in found] == [a.id for a in attributions]
    assert all(f.via in {None, *(a.id for a in attributions if a.id != f.id)} for f in found)
    assert all(0.0 <= s <= 1.0 for s in state_media_sentences(sentences, found, described))
    spans = [Span(0, len(text), "loaded_language")] if text else []
    assert len(assign_voice(text, spans, found)) == len(spans)


@settings(max_examples=50, deadline=None)
@given(annotated())
def test_resolve_reads_text_without_sentences(case):
    text, attributions = case
    assert len(resolve(Article("a", text), [], attributions, None, load_base()).attributions) == len(attributions)


@given(st.text(max_size=30))
def test_describe_takes_any_name(name):
    assert isinstance(describe(load_base(), name), list)
