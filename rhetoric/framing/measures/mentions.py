"""All mentions of actors in a passage, the neutral ones included, each with how it is evaluated in whose voice.

A mention is a given one whose valence was asked for, the target of a loaded span, a source, or, with a list of actors,
any other place where the text names him: by name, alias, surname, or a pronoun that the rules of the list resolve. What
nobody evaluates is neutral. A mention that is evaluated in several voices counts once for each.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rhetoric.annotation import Actor, Attribution, CharSpan, Span, Target, find_overlaps, merge
from rhetoric.framing.measures.facts import MentionFacts
from rhetoric.framing.measures.identity import actor_key
from rhetoric.framing.measures.parts import Passage
from rhetoric.sources.actors import ActorMentions
from rhetoric.sources.voice import assign_voice

__all__ = ["SIGNS", "ActorMention", "find_actor_mentions"]

SIGNS = {"negative": -1, "positive": 1}
PRONOUN = re.compile(r"\b(?:he|him|his|himself|she|her|hers|herself)\b", re.IGNORECASE)


class ActorMention(NamedTuple):
    """A mention of an actor in one voice."""

    span: CharSpan
    actor: Actor
    facts: MentionFacts


def find_actor_mentions(passage: Passage, listed: ActorMentions | None = None) -> list[ActorMention]:
    """Return the mentions of all actors in a passage whose text is there, by actor and place.

    Args:
        passage: where to look.
        listed: whom of a user's list its text names; without it, the mentions that were found when annotating.
    """
    if passage.text is None:
        return []
    places: dict[str, list[CharSpan]] = {}
    known: dict[str, Actor] = {}
    for actor, span in [*_annotated(passage, listed), *_named(passage.text, listed)]:
        key = actor_key(actor) or actor.name
        known.setdefault(key, actor)
        places.setdefault(key, []).append(span)
    if not known:
        return []
    found = [(known[key], span) for key in sorted(places) for span in merge(places[key])]
    return list(_evaluated(passage, found))


def _annotated(passage: Passage, listed: ActorMentions | None) -> Iterator[tuple[Actor, CharSpan]]:
    """Yield the actors that the annotation names, or that a list finds where it names none."""
    mentions: list[tuple[Actor | None, CharSpan | None]] = [
        *((s.target_actor, s.target) for s in passage.spans),
        *((t.actor, t.extent) for t in passage.targets),
        *((a.actor, a.source) for a in passage.attributions),
    ]
    for actor, span in mentions:
        whom = actor or (listed.of_target(span) if listed and span else None)
        if whom is not None and span is not None:
            yield whom, span.extent


def _named(text: str, listed: ActorMentions | None) -> Iterator[tuple[Actor, CharSpan]]:
    """Yield every place where a text names an actor of the list."""
    if listed is None or not listed.phrases:
        return
    surnames = "|".join(map(re.escape, sorted(listed.actors.surnames)))
    candidates = [CharSpan(p.start, p.end) for p in listed.phrases]
    candidates += [CharSpan(*m.span()) for m in re.finditer(rf"\b(?:{surnames})\b", text)] if surnames else []
    candidates += [CharSpan(*m.span()) for m in PRONOUN.finditer(text)]
    for span in candidates:
        actor = listed.of_target(span)
        if actor is not None:
            yield actor, span


def _evaluated(passage: Passage, found: Sequence[tuple[Actor, CharSpan]]) -> Iterator[ActorMention]:
    """Yield each mention in the voice in which it stands, and in every other voice that evaluates it."""
    spans = [span for _, span in found]
    standing = _voices(passage, spans)
    loaded = [s for s in passage.spans if s.target is not None]
    about = find_overlaps(spans, [s.target.extent for s in loaded if s.target])
    asked = find_overlaps(spans, passage.targets)
    for i, (actor, span) in enumerate(found):
        by_voice: dict[str, list[str | None]] = {standing[i]: []}
        for j in about[i]:
            by_voice.setdefault(_one_voice(loaded[j].voice), []).append(loaded[j].valence)
        given: list[Target] = [passage.targets[j] for j in asked[i]]
        if given:
            by_voice[standing[i]] = [t.valence for t in given]
        for voice, valences in by_voice.items():
            yield ActorMention(span, actor, MentionFacts(actor_key(actor), voice, _joined(valences)))


def _one_voice(voice: str) -> str:
    """Return the voice of a span; words that the author sets in scare quotes evaluate in the author's voice."""
    return "author" if voice == "scare_quote" else voice


def _voices(passage: Passage, spans: Sequence[CharSpan]) -> list[str]:
    """Return in whose voice each of `spans` stands."""
    attributions: Sequence[Attribution] = passage.attributions
    voiced = assign_voice(passage.text or "", [Span(s.start, s.end) for s in spans], attributions)
    return [_one_voice(span.voice) for span in voiced]


def _joined(valences: Sequence[str | None]) -> str:
    """Return one valence of several: that of their sum, `mixed` where they cancel out."""
    total = sum(SIGNS.get(valence or "", 0) for valence in valences)
    if total:
        return "positive" if total > 0 else "negative"
    return "mixed" if any(valence not in (None, "neutral") for valence in valences) else "neutral"
