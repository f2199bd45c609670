"""Annotated articles written by hand: what is found in a text is named by its words."""

import functools

from rhetoric.annotation import AnnotatedArticle, Attribution, CharSpan, Headline, ModelInfo, OutletRef, Sentence, Span
from rhetoric.segmentation import split_sentences

KCNA = OutletRef("KCNA", "KP", "SC")
MENA = OutletRef("MENA", "EG", "CaPu")
REUTERS = OutletRef("Reuters", "GB", None)
DEUTSCHE_WELLE = OutletRef("Deutsche Welle", "DE", "ISFM")
NRK = OutletRef("NRK", "NO", "IP")
STATE_RADIO = OutletRef(None, "KP", None)


def extent(text, words, nth=0):
    """Where `words` stand in `text`, the nth time."""
    at = functools.reduce(lambda at, _: text.index(words, at + 1), range(nth), text.index(words))
    return CharSpan(at, at + len(words))


def sentences(text, labels=(), scores=()):
    """The sentences of a text, with the labels of each that has some, by number."""
    found = enumerate(split_sentences(text))
    return tuple(Sentence(s.start, s.end, dict.fromkeys(scores, 0.5), tuple(dict(labels).get(i, ()))) for i, s in found)


def span(text, words, label="loaded_language", layer="wording", nth=0, target=None, **found):
    where = extent(text, words, nth)
    about = extent(text, target) if isinstance(target, str) else target
    return Span(where.start, where.end, label, layer=layer, target=about, **found)


def attribution(text, name, source, cue, *content, **found):
    """An attribution whose parts are named by their words, or given as extents."""
    parts = [p if p is None or isinstance(p, CharSpan) else extent(text, p) for p in (source, cue, *content)]
    return Attribution(name, parts[0], parts[1], tuple(parts[2:]), **found)


def article(text="", name="a1", title=None, **found):
    """An article whose headline, if there is a title, is one of its sentences without labels."""
    meta = {**found.pop("meta", {"outlet": "The Echo"}), **({"title": title} if title is not None else {})}
    found.setdefault("sentences", sentences(text))
    if title is not None:
        found.setdefault("headline", Headline(sentences(title)))
    return AnnotatedArticle(name, text, meta, model=ModelInfo("hand", "1"), **found)
