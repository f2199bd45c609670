"""Attributions as the model decodes them, completed: quote type, source type, outlet, stance and chain."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from rhetoric.annotation import Article, Attribution, Naming, Sentence
from rhetoric.sources.actors import ActorList, source_actors
from rhetoric.sources.chains import find_chains
from rhetoric.sources.evidence import STATE_MEDIA, described_outlets
from rhetoric.sources.linking import link_channels, link_own
from rhetoric.sources.naming import naming_of
from rhetoric.sources.outlets import OutletBase
from rhetoric.sources.quotes import quote_type, quoted_regions
from rhetoric.sources.reading import Link, Reading, read_article
from rhetoric.sources.source_types import decide_type, described_type, is_pronoun
from rhetoric.sources.stance import stance_of

__all__ = ["Resolved", "resolve"]

NEWS_MEDIA = "news_media"
BARE_SPOKESMAN = re.compile(r"(?:the|a|an) spokes\w+", re.IGNORECASE)


class Resolved(NamedTuple):
    """Attributions completed, and the names of the outlets that the text itself calls a state's."""

    attributions: list[Attribution]
    described: frozenset[str]


def _source_type(
    attribution: Attribution,
    link: Link | None,
    types: Mapping[str, str],
    scores: Mapping[str, float] | None,
    reading: Reading,
) -> str:
    """Return the type of one source, given those of the attributions before it."""
    if link is not None and link.role == "own":
        return STATE_MEDIA if link.mention.is_state(reading.scene.day) else NEWS_MEDIA
    cue = reading.cue_types[attribution.id]
    if cue is None or BARE_SPOKESMAN.fullmatch(attribution.source.of(reading.text) if attribution.source else ""):
        earlier = _antecedent(attribution, types, reading)
        cue = types[earlier] if earlier else cue
    elif cue == "named_person" and attribution.source is not None:
        cue = described_type(attribution.source, reading.text) or cue
    if scores:
        # An outlet that speaks was found above; what is left is none, whatever the model leans to.
        scores = {kind: p for kind, p in scores.items() if kind != STATE_MEDIA} or scores
    return decide_type(cue, scores)


def _antecedent(attribution: Attribution, types: Mapping[str, str], reading: Reading) -> str | None:
    """Return the id of the attribution whose source a pronoun or a missing source continues."""
    surface = attribution.source.of(reading.text).strip().lower() if attribution.source else ""
    wants_thing = surface in ("it", "its")
    for earlier in reading.before(attribution):
        found = types.get(earlier.id)
        is_thing = found in ("organisation", "government_body", "document", "news_media", "social_media", STATE_MEDIA)
        if found is not None and (not is_pronoun(surface) or wants_thing == is_thing or surface in ("they", "we", "i")):
            return earlier.id
    return None


def _namings(reading: Reading, types: Mapping[str, str]) -> dict[str, Naming]:
    """Return how far the source of each attribution that has one is identified."""
    found: dict[str, Naming] = {}
    for attribution in reading.attributions:
        if attribution.source is None:
            continue
        source = attribution.source.of(reading.text)
        earlier = _antecedent(attribution, {key: types[key] for key in found}, reading) if is_pronoun(source) else None
        antecedent = found[earlier] if earlier else None
        found[attribution.id] = naming_of(source, types[attribution.id], reading.clause(attribution), antecedent)
    return found


def resolve(
    article: Article,
    sentences: Sequence[Sentence],
    candidates: Sequence[Attribution],
    type_scores: Sequence[Mapping[str, float]] | None,
    base: OutletBase,
    actors: ActorList | None = None,
) -> Resolved:
    """Return the `candidates` completed, in their order, and the outlets that the text calls a state's.

    Args:
        article: the article; `meta["date"]`, if it is an ISO date, tells which records of the base hold.
        sentences: its sentences, in order.
        candidates: attributions with id, source, cue, content and score.
        type_scores: for each candidate the model's probability of each source type, or None.
        base: the base of outlets.
        actors: a user's list of actors to find among the sources.
    """
    if not candidates:
        return Resolved([], frozenset())
    reading = read_article(article, sentences, candidates, base)
    own = link_own(reading)
    via = find_chains(own, reading)
    links = link_channels(own, via, reading)
    scores = {c.id: s for c, s in zip(candidates, type_scores, strict=True)} if type_scores is not None else {}
    types: dict[str, str] = {}
    for attribution in reading.attributions:
        types[attribution.id] = _source_type(
            attribution, links.get(attribution.id), types, scores.get(attribution.id), reading
        )
    namings = _namings(reading, types)
    named = source_actors(actors, reading, types) if actors else {}
    regions = quoted_regions(article.text)
    resolved = [
        replace(
            c,
            quote_type=quote_type(c.content, article.text, regions, [s for s in (c.source, c.cue) if s]),
            source_type=types[c.id],
            naming=namings.get(c.id),
            outlet=links[c.id].mention.ref(reading.scene.day) if c.id in links else None,
            actor=named.get(c.id),
            stance=stance_of(c.cue.of(article.text)) if c.cue else "neutral",
            via=via.get(c.id),
        )
        for c in candidates
    ]
    return Resolved(resolved, described_outlets(reading.mentions))
