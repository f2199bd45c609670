"""Codes → annotated articles that say what people found, so that the counting of predictions counts them as well.

The sentences are those of the run; whatever the model found in them is taken out first. A stretch gives its label to
the sentences that it touches, and what the label implies: a technique of wording makes a sentence loaded.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import get_args

from rhetoric.annotation import AnnotatedArticle, ArticleLabels, CharSpan, Headline, Sentence, Span, Voice
from rhetoric.errors import InputError
from rhetoric.formats.coded import CodedSpan
from rhetoric.framing.audit.design import Part
from rhetoric.framing.audit.pieces import sentences_of
from rhetoric.taxonomy import layer_of, technique_ids

__all__ = ["VOICE_MARK", "only_sentence", "split_voice", "with_article_labels", "with_sentence_labels", "with_spans"]

VOICE_MARK = "@"
"""Between the label of a stretch and its voice: `name_calling@direct`."""
VOICES: dict[str, Voice] = {**{voice: voice for voice in get_args(Voice)}, "own": "author"}
WORDING_LABEL = "loaded_language"
TECHNIQUE_LABEL = "persuasion_technique"


def _with(
    article: AnnotatedArticle, part: Part, sentences: Sequence[Sentence], spans: Sequence[Span]
) -> AnnotatedArticle:
    """Return an article in which nothing was found but this."""
    none = replace(
        article,
        sentences=(),
        spans=(),
        attributions=(),
        headline=None,
        paragraphs=(),
        article=ArticleLabels(),
        targets=(),
    )
    if part == "text":
        return replace(none, sentences=tuple(sentences), spans=tuple(spans))
    return replace(none, headline=Headline(tuple(sentences), tuple(spans)))


def with_sentence_labels(
    article: AnnotatedArticle, part: Part, labels: Mapping[int, Collection[str]]
) -> AnnotatedArticle:
    """Return an article in which people gave these labels to sentences, by number; the others have none.

    A label with a voice stands for a stretch in that voice, of which no more is known than its sentence.
    """
    sentences = sentences_of(article, part)
    voiced = [
        CodedSpan(sentences[i].start, sentences[i].end, label)
        for i, given in labels.items()
        for label in given
        if VOICE_MARK in label
    ]
    spans = _spans(voiced)
    coded = [
        replace(
            s, scores={}, labels=_all_labels(s, spans, (name for name in labels.get(i, ()) if VOICE_MARK not in name))
        )
        for i, s in enumerate(sentences)
    ]
    return _with(article, part, coded, spans)


def with_article_labels(article: AnnotatedArticle, labels: Collection[str]) -> AnnotatedArticle:
    """Return an article to which people gave these labels as a whole."""
    found = with_sentence_labels(article, "text", {})
    return replace(found, article=ArticleLabels({}, tuple(sorted(labels))))


def with_spans(article: AnnotatedArticle, part: Part, coded: Sequence[CodedSpan]) -> AnnotatedArticle:
    """Return an article in which people marked these stretches."""
    spans = _spans(coded)
    sentences = [replace(s, scores={}, labels=_all_labels(s, spans, ())) for s in sentences_of(article, part)]
    return _with(article, part, sentences, spans)


def _spans(coded: Sequence[CodedSpan]) -> list[Span]:
    return [_span(i, one) for i, one in enumerate(sorted(coded), start=1)]


def _all_labels(sentence: Sentence, spans: Sequence[Span], given: Iterable[str]) -> tuple[str, ...]:
    implied = {name for span in spans if span.overlaps(sentence) for name in _implied(span)}
    return tuple(sorted(implied.union(given)))


def split_voice(label: str) -> tuple[str, Voice | None]:
    """Return a label without the voice that may stand behind it, and the voice.

    >>> split_voice("name_calling@own"), split_voice("doubt")
    (('name_calling', 'author'), ('doubt', None))

    Raises:
        InputError: it is no voice.
    """
    name, mark, voice = label.partition(VOICE_MARK)
    if not mark:
        return label, None
    if voice not in VOICES:
        message = f"the code {label!r} ends in the voice {voice!r}: expected {', '.join(VOICES)} after {VOICE_MARK}"
        raise InputError(message)
    return name, VOICES[voice]


def _span(number: int, coded: CodedSpan) -> Span:
    label, voice = split_voice(coded.label)
    return Span(coded.start, coded.end, label, id=f"s{number}", layer=layer_of(label), voice=voice or "author")


def _implied(span: Span) -> set[str]:
    implied = {span.label}
    if span.layer == "wording":
        implied.add(WORDING_LABEL)
    if span.label in technique_ids():
        implied.add(TECHNIQUE_LABEL)
    return implied


def only_sentence(found: AnnotatedArticle, part: Part, place: CharSpan) -> AnnotatedArticle:
    """Return an article in which there is one sentence, with all that was found in it.

    Args:
        found: by the model, or by people, whose sentences may be others.
        part: of the article.
        place: the sentence as the run has it.
    """
    unit = found if part == "text" else found.headline or Headline()
    labels = {label for sentence in unit.sentences if sentence.overlaps(place) for label in sentence.labels}
    sentence = Sentence(place.start, place.end, {}, tuple(sorted(labels)))
    spans = tuple(span for span in unit.spans if span.overlaps(place))
    attributions = tuple(a for a in unit.attributions if a.covers(place))
    alone = _with(found, part, (sentence,), spans)
    if part == "text":
        return replace(alone, attributions=attributions)
    return replace(alone, headline=Headline((sentence,), spans, attributions))
