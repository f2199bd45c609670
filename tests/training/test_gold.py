"""Joining short training articles: every annotation stands on the same characters as before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.annotation import Article, CharSpan
from rhetoric.training.gold import GoldArticle, GoldAttribution, GoldLabels, GoldSpan, GoldTarget, join_articles

TEXTS = ("KCNA said the tyrant fled.", "Orr praised the brave army.\r\nIt rained 😀.", "Crowds wept \ud800.")


def article(text, known):
    """Return an article that annotates the words of `text` in every way there is."""
    starts = [i for i in range(len(text)) if text[i].strip() and (i == 0 or not text[i - 1].strip())]
    words = tuple(CharSpan(i, min(i + 3, len(text))) for i in starts)
    spans = tuple(GoldSpan(w.start, w.end, "negative", words[0]) for w in words)
    return GoldArticle(
        Article(text[:4], text),
        "tiny",
        {"loaded": GoldLabels(words, known=words[:2] if known else None)},
        {"attribution": GoldLabels(words[1:])},
        {"valence": spans},
        (GoldAttribution(words[0], words[1], words[2:]), GoldAttribution(None, None, words[:1], "expert")),
        (GoldTarget(words[0], words[1]), GoldTarget(words[1], None)),
    )


def annotated(gold):
    """Return the surface of everything that is annotated, in order."""
    text = gold.article.text
    spans = [s for labels in (*gold.taggers.values(), *gold.sentence_labels.values()) for s in labels.positive]
    spans += [k for labels in gold.taggers.values() for k in labels.known or ()]
    spans += [s for of_head in gold.span_labels.values() for span in of_head for s in (span, span.beside) if s]
    spans += [s for a in gold.attributions or () for s in (a.source, a.cue, *a.content) if s]
    spans += [s for t in gold.targets for s in (t.span, t.mention) if s]
    return sorted(s.of(text) for s in spans)


@pytest.mark.parametrize("known", [True, False])
def test_join_articles_keeps_every_annotation_on_its_characters(known):
    articles = [article(text, known) for text in TEXTS]
    joined = join_articles(articles)
    assert annotated(joined) == sorted(surface for gold in articles for surface in annotated(gold))
    assert joined.article.text == "\n".join(TEXTS)
    assert len(joined.attributions or ()) == 6
    assert (joined.taggers["loaded"].known is None) == (not known)


@given(st.lists(st.text(st.characters() | st.sampled_from("ab \r\n😀\ud800"), max_size=12), min_size=1, max_size=5))
def test_join_articles_finds_every_text_again(texts):
    golds = [GoldArticle(Article("a", t), "x", {"loaded": GoldLabels((CharSpan(0, len(t)),))}) for t in texts]
    joined = join_articles(golds)
    assert [s.of(joined.article.text) for s in joined.taggers["loaded"].positive] == texts


def test_join_articles_of_unannotated_attributions_does_not_claim_that_there_are_none():
    bare = GoldArticle(Article("a", "It rains."), "x", sentence_labels={"attribution": GoldLabels(())})
    assert join_articles([bare, bare]).attributions is None


def test_join_articles_of_one_is_that_one():
    gold = article(TEXTS[0], True)
    joined = join_articles([gold])
    assert (joined.article.text, joined.taggers, joined.attributions) == (TEXTS[0], gold.taggers, gold.attributions)


def test_join_articles_keeps_chains_within_their_article():
    text = "TASS quoted Orr as saying no."
    outer = GoldAttribution(CharSpan(0, 4), CharSpan(5, 11), (CharSpan(26, 28),))
    inner = GoldAttribution(CharSpan(12, 15), CharSpan(19, 25), (CharSpan(26, 28),), via=0)
    gold = GoldArticle(Article("a", text), "x", attributions=(outer, inner))
    joined = join_articles([gold, gold]).attributions
    assert joined is not None
    assert [a.via for a in joined] == [None, 0, None, 2]
