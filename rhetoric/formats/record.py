"""Articles and annotated articles as the JSON objects of the contract: exact field names, in the exact order.

`from_record(to_record(a)) == a` for every annotated article; nothing is rounded, nothing is left out but what is
withheld.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from rhetoric.annotation import (
    Actor,
    AnnotatedArticle,
    Article,
    ArticleLabels,
    Attribution,
    CharSpan,
    Headline,
    ModelInfo,
    OutletRef,
    Sentence,
    Span,
    Target,
)
from rhetoric.errors import InputError
from rhetoric.formats.withheld import WithheldText, withhold

__all__ = ["Record", "article_from_record", "article_to_record", "from_record", "to_record"]

Record = dict[str, Any]
T = TypeVar("T")

RESERVED = ("id", "text", "targets")


def _kind(value: object) -> str:
    names = {type(None): "null", dict: "an object", list: "a list", str: "a string", bool: "a boolean"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else type(value).__name__)


def _required_string(record: Mapping[str, Any], name: str) -> str:
    if name not in record:
        message = f"the field {name!r} is missing: expected 'id' and 'text', both strings"
        raise InputError(message)
    value = record[name]
    if not isinstance(value, str):
        message = f"the field {name!r} is {_kind(value)}: expected a string"
        raise InputError(message)
    return value


def _is_offset(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _targets(value: object) -> tuple[CharSpan, ...]:
    if value is None:
        return ()
    items: list[Any] = list(value) if isinstance(value, list | tuple) else [None]
    if not all(isinstance(i, Mapping) and _is_offset(i.get("start")) and _is_offset(i.get("end")) for i in items):
        message = 'the field \'targets\' is not usable: expected a list of {"start": 0, "end": 4} with whole numbers'
        raise InputError(message)
    targets = tuple(CharSpan(item["start"], item["end"]) for item in items)
    for target in targets:
        if not len(target):
            message = f"target {target.start}–{target.end} is empty: expected start < end"
            raise InputError(message)
    return targets


def article_from_record(record: object) -> Article:
    """Return the article that a JSON object holds; all fields but `id`, `text` and `targets` go to its `meta`.

    >>> article_from_record({"id": "a1", "text": "It rains.", "outlet": "The Echo"}).meta
    {'outlet': 'The Echo'}

    Raises:
        InputError: it is no object, a required field is missing or of the wrong type, or a target lies outside.
    """
    if not isinstance(record, Mapping):
        message = f"the record is {_kind(record)}: expected a JSON object with the fields 'id' and 'text'"
        raise InputError(message)
    article_id = _required_string(record, "id")
    if not article_id.strip():
        message = "the field 'id' is blank: expected a name that no other article of the run has"
        raise InputError(message)
    meta = {name: value for name, value in record.items() if name not in RESERVED}
    return Article(article_id, _required_string(record, "text"), meta, _targets(record.get("targets")))


def article_to_record(article: Article) -> Record:
    """Return the JSON object that `article_from_record` turns into `article` again."""
    record: Record = {"id": article.id, "text": article.text, **article.meta}
    if article.targets:
        record["targets"] = [_extent(t) for t in article.targets]
    return record


def _extent(span: CharSpan) -> Record:
    return {"start": span.start, "end": span.end}


def _extent_or_none(span: CharSpan | None) -> Record | None:
    return None if span is None else _extent(span)


def _labels(unit: Sentence | ArticleLabels) -> Record:
    return {"scores": dict(unit.scores), "labels": list(unit.labels)}


def _sentence(sentence: Sentence) -> Record:
    return {**_extent(sentence), **_labels(sentence)}


def _span(span: Span) -> Record:
    return {
        "id": span.id,
        **_extent(span),
        "label": span.label,
        "layer": span.layer,
        "score": span.score,
        "valence": span.valence,
        "target": None if span.target is None else {**_extent(span.target), **_named(span.target_actor)},
        "voice": span.voice,
        "attribution": span.attribution,
    }


def _outlet(outlet: OutletRef | None) -> Record | None:
    return None if outlet is None else {"name": outlet.name, "country": outlet.country, "typology": outlet.typology}


def _actor(actor: Actor | None) -> Record | None:
    return None if actor is None else {"name": actor.name, "id": actor.id, "country": actor.country}


def _named(actor: Actor | None) -> Record:
    """Return what is added to a mention that names an actor of the user's list."""
    return {} if actor is None else {"actor": _actor(actor)}


def _attribution(attribution: Attribution) -> Record:
    return {
        "id": attribution.id,
        "source": _extent_or_none(attribution.source),
        "cue": _extent_or_none(attribution.cue),
        "content": [_extent(piece) for piece in attribution.content],
        "quote_type": attribution.quote_type,
        "source_type": attribution.source_type,
        "outlet": _outlet(attribution.outlet),
        "actor": _actor(attribution.actor),
        "stance": attribution.stance,
        "via": attribution.via,
        "score": attribution.score,
        "naming": attribution.naming,
    }


def _found(unit: AnnotatedArticle | Headline) -> Record:
    return {
        "sentences": [_sentence(s) for s in unit.sentences],
        "spans": [_span(s) for s in unit.spans],
        "attributions": [_attribution(a) for a in unit.attributions],
    }


def _target(target: Target) -> Record:
    coded = {"codes": dict(target.codes), "labels": list(target.labels)} if target.codes else {}
    return {
        **_extent(target),
        "valence": target.valence,
        "scores": dict(target.scores),
        **_named(target.actor),
        **coded,
    }


def _texts(article: AnnotatedArticle) -> Record:
    """Return `meta` and text; of what is withheld there is null, with its hash and length in fields of their own."""
    text, title = article.text, article.meta.get("title")
    record: Record = {"meta": dict(article.meta), "text": text}
    if isinstance(text, WithheldText):
        record |= {"text": None, "text_sha256": text.sha256, "n_characters": len(text)}
    if isinstance(title, WithheldText):
        record["meta"]["title"] = None
        record |= {"title_sha256": title.sha256, "n_title_characters": len(title)}
    return record


def to_record(article: AnnotatedArticle, with_text: bool = True) -> Record:
    """Return the JSON object of an annotated article.

    Args:
        article: the article with what was found in it.
        with_text: give its text and title; else null, with their hashes and lengths, for texts that may not be
            passed on.
    """
    if not with_text:
        article = withhold(article)
    return {
        "id": article.id,
        **_texts(article),
        **_found(article),
        "headline": None if article.headline is None else _found(article.headline),
        "paragraphs": [_sentence(p) for p in article.paragraphs],
        "article": _labels(article.article),
        "targets": [_target(t) for t in article.targets],
        "coverage": article.coverage,
        "model": {"name": article.model.name, "version": article.model.version},
    }


def _many(read: Callable[[Any], T], records: Iterable[Any]) -> tuple[T, ...]:
    return tuple(read(record) for record in records)


def _optional(read: Callable[[Any], T], record: Record | None) -> T | None:
    return None if record is None else read(record)


def _read_extent(record: Record) -> CharSpan:
    return CharSpan(record["start"], record["end"])


def _read_sentence(record: Record) -> Sentence:
    return Sentence(record["start"], record["end"], dict(record["scores"]), tuple(record["labels"]))


def _read_actor(record: Record | None) -> Actor | None:
    return _optional(lambda actor: Actor(**actor), record)


def _read_span(record: Record) -> Span:
    target = record["target"]
    read = {"target": _optional(_read_extent, target), "target_actor": _read_actor((target or {}).get("actor"))}
    return Span(**{**record, **read})


def _read_attribution(record: Record) -> Attribution:
    read = {
        "source": _optional(_read_extent, record["source"]),
        "cue": _optional(_read_extent, record["cue"]),
        "content": _many(_read_extent, record["content"]),
        "outlet": _optional(lambda outlet: OutletRef(**outlet), record["outlet"]),
        "actor": _read_actor(record["actor"]),
    }
    return Attribution(**{**record, **read})


def _read_found(record: Record) -> dict[str, Any]:
    return {
        "sentences": _many(_read_sentence, record["sentences"]),
        "spans": _many(_read_span, record["spans"]),
        "attributions": _many(_read_attribution, record["attributions"]),
    }


def _read_target(record: Record) -> Target:
    return Target(
        record["start"],
        record["end"],
        record["valence"],
        dict(record["scores"]),
        _read_actor(record.get("actor")),
        dict(record.get("codes") or {}),
        tuple(record.get("labels") or ()),
    )


def _read_text(record: Record) -> str:
    if record.get("text", "") is None and record.get("text_sha256") is not None:
        return WithheldText(record["n_characters"], record["text_sha256"])
    return _required_string(record, "text")


def _read_meta(record: Record) -> Record:
    meta = dict(record["meta"])
    if meta.get("title", "") is None and record.get("title_sha256") is not None:
        meta["title"] = WithheldText(record["n_title_characters"], record["title_sha256"])
    return meta


def _read_article(record: Record) -> AnnotatedArticle:
    labels = record["article"]
    return AnnotatedArticle(
        id=_required_string(record, "id"),
        text=_read_text(record),
        meta=_read_meta(record),
        **_read_found(record),
        headline=_optional(lambda headline: Headline(**_read_found(headline)), record["headline"]),
        paragraphs=_many(_read_sentence, record["paragraphs"]),
        article=ArticleLabels(dict(labels["scores"]), tuple(labels["labels"])),
        targets=_many(_read_target, record["targets"]),
        coverage=record["coverage"],
        model=ModelInfo(**record["model"]),
    )


def _extents(found: AnnotatedArticle | Headline) -> Iterable[CharSpan]:
    yield from found.sentences
    for span in found.spans:
        yield from (span, span.target or span)
    yield from (a.hull for a in found.attributions if a.source or a.cue or a.content)


def _check_extents(article: AnnotatedArticle) -> None:
    whole = CharSpan(0, len(article.text))
    for extent in (*_extents(article), *article.paragraphs, *article.targets):
        if not whole.contains(extent):
            message = f"offsets {extent.start}–{extent.end} lie outside of a text of {len(whole)} characters"
            raise InputError(message)


def from_record(record: object) -> AnnotatedArticle:
    """Return the annotated article of a JSON object.

    Raises:
        InputError: it is no object as `to_record` makes it, or an offset lies outside of its text.
    """
    hint = "expected an annotated article as `rhetoric annotate` writes it"
    if not isinstance(record, dict):
        message = f"the record is {_kind(record)}: {hint}"
        raise InputError(message)
    try:
        article = _read_article(record)
    except KeyError as error:
        message = f"the field {error} is missing: {hint}"
        raise InputError(message) from error
    except (TypeError, ValueError, AttributeError) as error:
        message = f"a field is of the wrong type ({error}): {hint}"
        raise InputError(message) from error
    _check_extents(article)
    return article
