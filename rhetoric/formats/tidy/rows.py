"""One annotated article → the rows of the flat tables.

Keys are the article's id, a colon, and the thing's own id or number, with `headline.` before what stands in the title;
so no two things of a corpus have one key.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rhetoric.annotation import (
    Actor,
    AnnotatedArticle,
    ArticleLabels,
    Attribution,
    CharSpan,
    Headline,
    OutletRef,
    Sentence,
    Span,
    Target,
    find_containing,
    find_overlaps,
)
from rhetoric.errors import InputError
from rhetoric.formats.arrow import to_json, to_scalar
from rhetoric.formats.record import Record
from rhetoric.formats.withheld import WithheldText, text_sha256

__all__ = ["rows_of"]

LOCAL_ID = re.compile(r"[\w-]+")
"""An id with a full stop or colon could be mistaken for a longer key."""
SCALARS = ("outlet", "date", "url", "duplicate_of", "duplicate_cluster")


def rows_of(article: AnnotatedArticle, with_text: bool = True) -> Mapping[str, list[Record]]:
    """Return the rows of each table that has some, by the table's name; texts that are withheld are null.

    Args:
        article: the article with what was found in it.
        with_text: let `meta` hold the title; the columns of texts are for the schema to leave out.

    Raises:
        InputError: a span or attribution names an attribution that the article does not have.
    """
    rows: defaultdict[str, list[Record]] = defaultdict(list)
    text = _Part(article.id, "text", _shown(article.text), article)
    parts = [text]
    if article.headline is not None:
        title = article.meta.get("title")
        parts.append(_Part(article.id, "headline", _shown(title), article.headline))
        rows["headlines"].append(_headline(parts[-1], title))
    rows["articles"].append(_article(article, text, _meta(article, with_text)))
    rows["paragraphs"].extend(_unit("paragraph", text, i, unit) for i, unit in enumerate(article.paragraphs, 1))
    rows["targets"].extend(_targets(text, article.targets))
    for part in parts:
        rows["sentences"].extend(_sentences(part))
        rows["spans"].extend(_span(part, i, span) for i, span in enumerate(part.found.spans))
        rows["attributions"].extend(_attribution(part, i, a) for i, a in enumerate(part.found.attributions))
        rows["contents"].extend(_contents(part))
    return rows


def _shown(text: object) -> str | None:
    return text if isinstance(text, str) and not isinstance(text, WithheldText) else None


@dataclass(frozen=True)
class _Part:
    """The text or the headline of an article, with what was found in it; `text` is None where it is withheld."""

    article_id: str
    name: str
    text: str | None
    found: AnnotatedArticle | Headline

    def key(self, local: str) -> str:
        return f"{self.article_id}:{'headline.' if self.name == 'headline' else ''}{local}"

    @cached_property
    def sentence_ids(self) -> list[str]:
        return [self.key(f"sentence{i}") for i in range(1, len(self.found.sentences) + 1)]

    @cached_property
    def span_ids(self) -> list[str]:
        return [self.key(name) for name in _local_ids(self.found.spans, "s")]

    @cached_property
    def attribution_ids(self) -> list[str]:
        return [self.key(name) for name in _local_ids(self.found.attributions, "q")]

    @cached_property
    def named(self) -> Mapping[str, str]:
        """The keys of the attributions by the ids that the record refers to them with."""
        return {a.id: key for a, key in zip(self.found.attributions, self.attribution_ids, strict=True)}

    @cached_property
    def span_sentences(self) -> list[str | None]:
        return self.sentences_of(self.found.spans)

    @cached_property
    def attribution_sentences(self) -> list[str | None]:
        return self.sentences_of([a.cue or a.source or next(iter(a.content), None) for a in self.found.attributions])

    def refer(self, name: str | None) -> str | None:
        """Return the key of the attribution that a record calls `name`.

        Raises:
            InputError: there is none.
        """
        if name is None or name in self.named:
            return None if name is None else self.named[name]
        message = f"the attribution {name!r} is named but not there: expected one of the article's {self.name}"
        raise InputError(message)

    def sentences_of(self, spans: Sequence[CharSpan | None]) -> list[str | None]:
        """Return the key of the sentence that each shares most characters with, None where it shares none."""
        sentences = self.found.sentences
        reached = find_overlaps([span or CharSpan(0, 0) for span in spans], sentences)
        return [self._nearest(span, places) for span, places in zip(spans, reached, strict=True)]

    def _nearest(self, span: CharSpan | None, places: list[int]) -> str | None:
        if span is None or not places:
            return None
        sentences = [self.found.sentences[i] for i in places]
        best = find_containing(sentences, span)
        return next(self.sentence_ids[i] for i, s in zip(places, sentences, strict=True) if s is best)

    def located(self, span: CharSpan | None, role: str = "") -> Record:
        """Return where a span stands, for Python and SQL (from 0, half-open) and for R (from 1, inclusive)."""
        if span is None:
            return {}
        return {
            f"{role}start": span.start,
            f"{role}end": span.end,
            f"{role}start_1": span.start + 1,
            f"{role}end_1": span.end,
            f"{role}text": None if self.text is None else span.of(self.text),
        }

    def n_words(self, span: CharSpan) -> int | None:
        return None if self.text is None else _n_words(span.of(self.text))


def _local_ids(found: Sequence[Span | Attribution], letter: str) -> list[str]:
    """Return the ids of the record, if each has one of its own that keys can be made of; else numbers."""
    names = [item.id for item in found]
    if len(set(names)) == len(names) and all(map(LOCAL_ID.fullmatch, names)):
        return names
    return [f"{letter}{i}" for i in range(1, len(names) + 1)]


def _n_words(text: str) -> int:
    return len(text.split())


def _labelled(unit: Sentence | ArticleLabels | Target) -> Record:
    return {"scores": dict(unit.scores), "labels": list(unit.labels)}


def _actor(actor: Actor | None, role: str = "") -> Record:
    found = actor or Actor("")
    return {
        f"{role}actor_name": None if actor is None else actor.name,
        f"{role}actor_id": found.id,
        f"{role}actor_country": found.country,
    }


def _outlet(outlet: OutletRef | None) -> Record:
    found = outlet or OutletRef(None, None, None)
    return {"outlet_name": found.name, "outlet_country": found.country, "outlet_typology": found.typology}


def _counts(found: AnnotatedArticle | Headline) -> Record:
    return {
        "n_sentences": len(found.sentences),
        "n_spans": len(found.spans),
        "n_attributions": len(found.attributions),
    }


def _meta(article: AnnotatedArticle, with_text: bool) -> Record:
    title = article.meta.get("title")
    is_kept_back = isinstance(title, WithheldText) or (isinstance(title, str) and not with_text)
    return {**article.meta, "title": None} if is_kept_back else dict(article.meta)


def _article(article: AnnotatedArticle, part: _Part, meta: Record) -> Record:
    return {
        "article_id": article.id,
        **{name: to_scalar(meta.get(name)) for name in SCALARS},
        "title": to_scalar(meta.get("title")),
        "text": part.text,
        "text_sha256": text_sha256(article.text),
        "n_characters": len(article.text),
        "n_words": None if part.text is None else _n_words(part.text),
        **_counts(article),
        "n_targets": len(article.targets),
        "coverage": article.coverage,
        "model_name": article.model.name,
        "model_version": article.model.version,
        "meta": to_json(meta),
        **_labelled(article.article),
    }


def _headline(part: _Part, title: Any) -> Record:  # noqa: ANN401  (whatever a record has under that name)
    known = isinstance(title, str)
    return {
        "article_id": part.article_id,
        "title": part.text,
        "title_sha256": text_sha256(title) if known else None,
        "n_characters": len(title) if known else None,
        "n_words": None if part.text is None else _n_words(part.text),
        **_counts(part.found),
    }


def _unit(kind: str, part: _Part, number: int, unit: Sentence) -> Record:
    return {
        f"{kind}_id": part.key(f"{kind}{number}"),
        "article_id": part.article_id,
        "number": number,
        **part.located(unit),
        "n_words": part.n_words(unit),
        **_labelled(unit),
    }


def _sentences(part: _Part) -> Iterator[Record]:
    for i, sentence in enumerate(part.found.sentences, 1):
        yield {"part": part.name, **_unit("sentence", part, i, sentence)}


def _span(part: _Part, i: int, span: Span) -> Record:
    return {
        "span_id": part.span_ids[i],
        "article_id": part.article_id,
        "part": part.name,
        "sentence_id": part.span_sentences[i],
        **part.located(span),
        "label": span.label,
        "layer": span.layer,
        "score": span.score,
        "valence": span.valence,
        "voice": span.voice,
        "attribution_id": part.refer(span.attribution),
        **part.located(span.target, "target_"),
        **_actor(span.target_actor, "target_"),
    }


def _attribution(part: _Part, i: int, attribution: Attribution) -> Record:
    return {
        "attribution_id": part.attribution_ids[i],
        "article_id": part.article_id,
        "part": part.name,
        "sentence_id": part.attribution_sentences[i],
        **part.located(attribution.source, "source_"),
        **part.located(attribution.cue, "cue_"),
        "n_contents": len(attribution.content),
        "quote_type": attribution.quote_type,
        "source_type": attribution.source_type,
        "naming": attribution.naming,
        "stance": attribution.stance,
        "via_id": part.refer(attribution.via),
        **_outlet(attribution.outlet),
        **_actor(attribution.actor),
        "score": attribution.score,
    }


def _contents(part: _Part) -> Iterator[Record]:
    attributions = zip(part.attribution_ids, part.found.attributions, strict=True)
    pieces = [(key, number, piece) for key, a in attributions for number, piece in enumerate(a.content, 1)]
    sentences = part.sentences_of([piece for _, _, piece in pieces])
    for (key, number, piece), sentence in zip(pieces, sentences, strict=True):
        yield {
            "content_id": f"{key}.{number}",
            "attribution_id": key,
            "article_id": part.article_id,
            "part": part.name,
            "sentence_id": sentence,
            "number": number,
            **part.located(piece),
            "n_words": part.n_words(piece),
        }


def _targets(part: _Part, targets: Sequence[Target]) -> Iterable[Record]:
    for number, (target, sentence) in enumerate(zip(targets, part.sentences_of(targets), strict=True), 1):
        yield {
            "target_id": part.key(f"target{number}"),
            "article_id": part.article_id,
            "sentence_id": sentence,
            "number": number,
            **part.located(target),
            "valence": target.valence,
            **_actor(target.actor),
            **_labelled(target),
            "codes": dict(target.codes),
        }
