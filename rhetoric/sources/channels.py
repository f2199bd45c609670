"""The outlet through which somebody else speaks: "told TASS", "quoted by IRNA", "in an interview with RT"."""

import re
from collections.abc import Mapping

from rhetoric.annotation import Attribution, CharSpan, distance
from rhetoric.sources.anaphora import antecedent
from rhetoric.sources.context import load_context
from rhetoric.sources.mentions import Mention
from rhetoric.sources.reading import Link, Reading

__all__ = ["find_channel", "following_channel", "opened_channel"]

ON_AIR = frozenset({"tv", "radio", "broadcaster"})
OPENS = re.compile(
    r"interview|appear|speech|address|speak|spoke|talk|remarks|message|answer|column|article|op-ed|essay|wrote|commentary|broadcast|call|announc",
    re.IGNORECASE,
)
REACH = 140  # characters before a mention in which its governor stands
OPEN_FOR = 3  # sentences after an interview is announced in which its words may stand


def _governor(mention: Mention, reading: Reading) -> CharSpan | None:
    """Return the words that make a mention the channel of somebody's speech, None if there are none."""
    context = load_context()
    before = reading.scene.before(mention)[-REACH:]
    match = context.channel_before.search(before)
    if match is None and mention.kind in (*ON_AIR, None):
        match = context.on_air_before.search(before)
    if match is not None:
        start = mention.start - len(before) + match.start()
        aside = load_context().aside.search(reading.text, max(0, start - 50), mention.start)
        return None if aside else CharSpan(start, mention.start)
    after = context.channel_after.match(reading.scene.after(mention))
    return CharSpan(mention.end, mention.end + after.end()) if after else None


def _belongs(governor: CharSpan, attribution: Attribution, reading: Reading, own: Mapping[str, Link]) -> bool:
    """Return whether the words around a channel are those of `attribution`, not of another one in the sentence."""
    holders = [a for a in reading.attributions if a.cue is not None and a.cue.overlaps(governor)]
    if holders:
        return attribution in holders or any(
            attribution.hull.overlaps(piece) for a in holders for piece in a.content if a.id not in own
        )
    here = reading.sentence_of(attribution)
    others = [
        a for a in reading.attributions if a.id not in own and a is not attribution and reading.sentence_of(a) == here
    ]
    nearest = min((distance(reading.anchor(a), governor) for a in others), default=None)
    return nearest is None or distance(reading.anchor(attribution), governor) <= nearest


def find_channel(attribution: Attribution, own: Mapping[str, Link], reading: Reading) -> Mention | None:
    """Return the outlet that the sentence of `attribution` names as its channel, outside of the content."""
    frame = reading.frame(attribution)
    speakers = [a.source for a in reading.attributions if a.id in own and a.source and a is not attribution]
    found = []
    for mention in reading.mentions:
        if not any(part.contains(mention) for part in frame):
            continue
        governor = _governor(mention, reading)
        if governor is None or any(mention.overlaps(s) for s in speakers):
            continue
        if _belongs(governor, attribution, reading, own):
            found.append((distance(reading.anchor(attribution), mention), mention))
    return min(found, key=lambda f: f[0])[1] if found else _told_noun(attribution, own, reading)


def _told_noun(attribution: Attribution, own: Mapping[str, Link], reading: Reading) -> Mention | None:
    """Return the outlet of a channel that only refers back: "told the agency", "told it"."""
    for part in reading.frame(attribution):
        match = load_context().told_noun.search(reading.text, part.start, part.end)
        if match is not None and _belongs(CharSpan(match.start(), match.end()), attribution, reading, own):
            if match["noun"].lower() == "it":
                last = next((own[a.id] for a in reading.before(attribution) if a.id in own), None)
                return last.mention if last else None
            found = antecedent(CharSpan(match.start("noun"), match.end("noun")), reading)
            return found[1] if found else None
    return None


def following_channel(attribution: Attribution, reading: Reading) -> Mention | None:
    """Return the outlet that the next sentence names as the channel ("The statement was carried by KCNA")."""
    sentences = reading.scene.sentences
    if not attribution.content or not sentences:
        return None
    following = reading.scene.sentence_index(attribution.hull.end - 1) + 1
    if following >= len(sentences):
        return None
    sentence = sentences[following]
    carried = load_context().carried.match(sentence.of(reading.text))
    if carried is None or any(
        a.source and sentence.contains(a.source) and not _names(a.source, reading) for a in reading.attributions
    ):
        return None
    inside = [m for m in reading.mentions if sentence.contains(m)]
    return next((m for m in inside if _governor(m, reading) is not None), None)


def _names(source: CharSpan, reading: Reading) -> bool:
    """Return whether a source names an outlet."""
    return any(m.overlaps(source) for m in reading.mentions)


def opened_channel(attribution: Attribution, reading: Reading) -> Mention | None:
    """Return the outlet of an interview or speech that a sentence shortly before announced."""
    here = reading.sentence_of(attribution)
    anchor = reading.anchor(attribution)
    latest = next((reading.anchor(a).end for a in reading.before(attribution)), 0)
    for mention in reversed(reading.mentions):
        if mention.precedes(anchor) and mention.start >= latest:
            away = here - reading.scene.sentence_index(mention.start)
            governor = _governor(mention, reading)
            if 0 < away <= OPEN_FOR and governor is not None and OPENS.search(governor.of(reading.text)):
                return mention
    return None
