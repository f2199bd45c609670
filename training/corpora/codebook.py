"""Passages coded by the project's own codebook: written ones (`seeds/passages/`) and, by reference, real ones.

`seeds/labels/` holds offsets alone. Its passages are found again in the corpora by their id, and a hash makes sure
that they are the same: `mentions:<line>` is the three sentences of a line of the state-media mentions joined by
spaces, `abp:<ID>:<start>-<end>` a stretch of an article of the outlets' corpus, `kcna:<line>:<start>-<end>` of a story.
"""

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from rhetoric.annotation import Article, CharSpan, distance
from rhetoric.errors import InputError
from rhetoric.resources import seeds_path
from rhetoric.sources.quotes import quoted_regions
from rhetoric.training.gold import GoldArticle, GoldAttribution, GoldLabels, GoldSpan, GoldTarget

__all__ = ["read"]

OTHER_VERSION = "passage {}: the corpus differs from the one that was coded; get the same version"
N_FOLDS = 6
MENTIONS = Path("state-media", "mentions-unlabelled.jsonl")
MENTIONED_CORPORA = {"article-bias-prediction": "abp", "fa-kes": "fa-kes"}
"""By the names that the mentions give the corpora they come from: those of the passages' ids."""
MAX_SOURCE_GAP = 30
"""Characters between a source and its content within which a source without cue introduces the content."""


def read(folder: Path, split: str) -> Iterator[GoldArticle]:
    """Yield the passages of `split`: "dev" is the sixth of the articles whose name hashes to 0, "train" the rest.

    Raises:
        InputError: a corpus that a passage refers to is missing or differs.
    """
    for path in sorted(seeds_path("passages").glob("*.jsonl")):
        yield from (
            _gold(r, r["text"], path.parent.name, r["id"]) for r in _select(path, split, lambda r: str(r["id"]))
        )
    data = folder.parent
    for path in sorted(seeds_path("labels").glob("*.jsonl")):
        for record in _select(path, split, lambda record: _origin(data, record["id"])):
            yield _gold(record, _referred(data, record), path.parent.name, _origin(data, record["id"]))


def _select(path: Path, split: str, origin: Callable[[dict[str, Any]], str]) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        is_dev = int(hashlib.sha256(origin(record).encode()).hexdigest(), 16) % N_FOLDS == 0
        if is_dev == (split == "dev"):
            yield record


def _origin(data: Path, passage_id: str) -> str:
    """Return the article that a passage was taken from, so that all passages of one stay on one side."""
    corpus, key, *_ = passage_id.split(":")
    if corpus != "mentions":
        return f"{corpus}:{key}"
    try:
        row = _rows(data / MENTIONS)[int(key)]
        return f"{MENTIONED_CORPORA[row['corpus']]}:{row['article_id']}"
    except (LookupError, ValueError) as error:
        raise InputError(OTHER_VERSION.format(passage_id)) from error


@cache
def _rows(path: Path) -> list[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
    except OSError as error:
        message = f"the coded passages need {path}, which cannot be read: {error}"
        raise InputError(message) from error


@cache
def _articles(path: Path) -> dict[str, str]:
    return {row["ID"]: row["content_original"] for row in _rows(path)}


def _referred(data: Path, record: dict[str, Any]) -> str:
    """Return the text that a record refers to.

    Raises:
        InputError: the corpus is another version than the one that was coded.
    """
    corpus, key, *extent = record["id"].split(":")
    if corpus == "mentions":
        row = _rows(data / MENTIONS)[int(key)]
        text = " ".join(part for part in (row["prev"], row["sentence"], row["next"]) if part)
    else:
        start, end = map(int, extent[0].split("-"))
        whole = (
            _articles(data / "outlets" / "subset_outlets.jsonl.gz")[key]
            if corpus == "abp"
            else _rows(data / "outlets" / "kcna_2011_2012_en.jsonl.gz")[int(key)]["text"]
        )
        text = whole[start:end]
    if not hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest().startswith(record["sha256"]):
        raise InputError(OTHER_VERSION.format(record["id"]))
    return text


def _span(value: dict[str, int] | None) -> CharSpan | None:
    return None if value is None else CharSpan(value["start"], value["end"])


def _attribution(value: dict[str, Any]) -> GoldAttribution:
    return GoldAttribution(
        source=_span(value["source"]),
        cue=_span(value["cue"]),
        content=tuple(CharSpan(piece["start"], piece["end"]) for piece in value["content"]),
        source_type=value["source_type"],
        outlet=value["outlet"],
        country=value["country"],
        is_state_media=value["state_media"],
        via=value["via"],
    )


def _gold(record: dict[str, Any], text: str, corpus: str, group: str) -> GoldArticle:
    found = tuple(map(_attribution, record["attributions"]))
    loaded = tuple(GoldSpan(s["start"], s["end"], s["label"]) for s in record["spans"])
    return GoldArticle(
        Article(record["id"], text),
        f"codebook-{corpus}",
        taggers={
            "loaded": GoldLabels(loaded),
            "source": GoldLabels(tuple(a.source for a in found if a.source)),
            "cue": GoldLabels(tuple(a.cue for a in found if a.cue)),
            "content": GoldLabels(tuple(piece for a in found for piece in a.content)),
        },
        sentence_labels=_sentence_labels(text, loaded, found),
        span_labels={
            "technique": loaded,
            "valence": tuple(GoldSpan(s["start"], s["end"], s["valence"]) for s in record["spans"]),
            "source_type": tuple(
                GoldSpan(a.source.start, a.source.end, a.source_type or "", a.cue) for a in found if a.source
            ),
        },
        attributions=found,
        targets=tuple(GoldTarget(CharSpan(s["start"], s["end"]), _span(s["target"])) for s in record["spans"]),
        group=group,
    )


def _marks(attribution: GoldAttribution) -> Iterator[CharSpan]:
    """Yield what makes the sentence itself an attribution: the cue, or a source that introduces its content."""
    if attribution.cue:
        yield attribution.cue
    elif attribution.source and distance(attribution.source, attribution.content[0]) <= MAX_SOURCE_GAP:
        yield attribution.source


def _sentence_labels(
    text: str, loaded: tuple[GoldSpan, ...], found: tuple[GoldAttribution, ...]
) -> dict[str, GoldLabels]:
    content = [piece for a in found for piece in a.content]
    state = [s for a in found if a.is_state_media for s in (a.cue, *a.content) if s is not None]
    return {
        "loaded_language": GoldLabels(tuple(CharSpan(s.start, s.end) for s in loaded)),
        "attribution": GoldLabels(tuple(mark for a in found for mark in _marks(a))),
        "direct_quotation": GoldLabels(tuple(q for q in quoted_regions(text) if any(q.overlaps(c) for c in content))),
        "state_media_quotation": GoldLabels(tuple(state)),
    }
