"""From an attribution to the outlet behind it: the outlet speaks itself, or it is the channel of somebody's speech.

Four steps, each of which reads what the one before found: outlets that speak; chains; channels; speech that goes on.
"""

import re
from collections.abc import Mapping
from itertools import pairwise

from rhetoric.annotation import Attribution, CharSpan
from rhetoric.sources.anaphora import refer_back
from rhetoric.sources.channels import find_channel, following_channel, opened_channel
from rhetoric.sources.context import load_context
from rhetoric.sources.mentions import Mention
from rhetoric.sources.reading import Link, Reading
from rhetoric.sources.source_types import is_pronoun

__all__ = ["link_channels", "link_own"]

PREPOSITION = re.compile(
    r"\b(?:in|of|on|by|from|at|for|with|to|via|through|close|inside|about|against)\b", re.IGNORECASE
)
RELATIVE = re.compile(r",\s(?:whose|which|who|where)\b.*", re.DOTALL)
"""A clause about the outlet, in which no one of its staff speaks ("Kayhan, whose editor is appointed, said")."""
APPOSITION = re.compile(r",?\s\(?(?:the )?[\"“'(]?")
LAST_NAME = re.compile(r"[A-ZÀ-Þ][\w’'-]+$")
PERSONAL = re.compile(r"he|she", re.IGNORECASE)
CONTINUED = 3  # sentences over which speech goes on
BODIES = ("ministry", "army", "military", "command")


def _role_inside(mention: Mention, source: CharSpan, text: str) -> str | None:
    """Return what an outlet named inside of a source is: the speaker, the channel, or (staff, place) neither."""
    context = load_context()
    before, after = text[source.start : mention.start], text[mention.end : source.end]
    after = RELATIVE.sub("", after)
    if PREPOSITION.search(before):
        if context.channel_before.search(before) and not context.outlet_part.search(before):
            return "channel"
        if context.staff.search(before) and not context.on_air_before.search(before):
            return None
        if context.on_air_before.search(before) and context.staff.search(before):
            return "channel"
        return "own" if context.outlet_part.search(before) else None
    if context.outlet_part.search(after):
        return "own"
    return None if context.staff.search(after) or context.staff.search(before) else "own"


def _beside(source: CharSpan, reading: Reading) -> Mention | None:
    """Return the outlet that follows a source that only describes it ("the party's newspaper, Rodong Sinmun")."""
    context = load_context()
    nouns = source.of(reading.text).lower().split()
    if not any(" ".join(nouns[-n:]) in context.kind_of for n in (1, 2, 3)) and "mouthpiece" not in nouns:
        return None
    for mention in reading.mentions:
        if source.precedes(mention):
            gap = reading.text[source.end : mention.start]
            return mention if APPOSITION.fullmatch(gap) else None
    return None


def _speaker(attribution: Attribution, own: Mapping[str, Link], reading: Reading) -> Link | None:
    source = attribution.source
    if source is None:
        back = refer_back(attribution, own, reading)
        return Link(back, "own") if back else None
    inside = [m for m in reading.mentions if m.overlaps(source)]
    speakers = [m for m in inside if _role_inside(m, source, reading.text) == "own"]
    if speakers:
        if _speaks_for_himself(source, attribution, reading):
            return None
        # Of several outlets a state's counts, as one of them is enough to carry the news, and rather one with a name.
        mention = max(speakers, key=lambda m: (m.is_state(reading.scene.day), m.outlet is not None))
        return Link((_beside(source, reading) if mention.outlet is None else None) or mention, "own")
    beside = None if inside else _beside(source, reading) or refer_back(attribution, own, reading)
    return Link(beside, "own") if beside else None


def _speaks_for_himself(source: CharSpan, attribution: Attribution, reading: Reading) -> bool:
    """Return whether somebody of an outlet speaks elsewhere ("the anchor wrote on Weibo"), or worked for it once."""
    surface, context = source.of(reading.text), load_context()
    is_person = context.on_air_people.search(surface) is not None
    return context.former.search(surface) is not None or (is_person and _speaks_elsewhere(attribution, reading))


def link_own(reading: Reading) -> dict[str, Link]:
    """Return the outlets that speak themselves, by attribution."""
    own: dict[str, Link] = {}
    for attribution in reading.attributions:
        link = _speaker(attribution, own, reading)
        if link is not None:
            own[attribution.id] = link
    return own


def _same_name(one: str, other: str) -> bool:
    """Return whether two sources are the same person by surname."""
    first, second = LAST_NAME.search(one), LAST_NAME.search(other)
    return first is not None and second is not None and first.group() == second.group()


def _speaker_name(attribution: Attribution, reading: Reading) -> str:
    """Return who speaks in words; for a pronoun or a missing source, the one before that it stands for."""
    surface = attribution.source.of(reading.text).strip() if attribution.source else ""
    if surface and not is_pronoun(surface):
        return surface
    earlier = (a.source.of(reading.text).strip() for a in reading.before(attribution) if a.source)
    return next((s for s in earlier if not is_pronoun(s)), surface)


def _same_noun(one: str, other: str) -> bool:
    """Return whether two sources end with the same common noun ("two civil defence sources", "one source")."""
    first, second = (source.split()[-1].rstrip("s") if source.split() else "" for source in (one, other))
    return first == second and first in ("source", "official", "spokesman", "spokeswoman")


def _goes_on(attribution: Attribution, earlier: Attribution, reading: Reading) -> bool:
    """Return whether `attribution` may be further speech of the source of `earlier`."""
    if attribution.source is None:
        return True
    surface = attribution.source.of(reading.text).strip()
    spoken = _speaker_name(earlier, reading)
    if is_pronoun(surface) or surface == spoken or (PERSONAL.fullmatch(spoken) and LAST_NAME.search(surface)):
        return True
    noun = load_context().speaker_anaphor.fullmatch(surface)
    if noun is not None:
        return noun["noun"] not in BODIES or noun["noun"] in spoken
    return _same_name(surface, spoken) or _same_noun(surface, spoken)


def _speaks_elsewhere(attribution: Attribution, reading: Reading) -> bool:
    return load_context().other_channel.search(reading.clause(attribution)) is not None


def _inherited(
    attribution: Attribution, own: Mapping[str, Link], links: Mapping[str, Link], reading: Reading
) -> Link | None:
    """Return the channel of the speech that `attribution` continues."""
    here = reading.sentence_of(attribution)
    is_vague = attribution.source is None or not LAST_NAME.search(attribution.source.of(reading.text))
    for earlier in reading.before(attribution):
        if here - reading.sentence_of(earlier) > CONTINUED:
            return None
        if earlier.id in own:
            continue
        if _goes_on(attribution, earlier, reading):
            return links.get(earlier.id)
        if is_vague:
            return None
    return None


def _channel(
    attribution: Attribution, own: Mapping[str, Link], links: Mapping[str, Link], reading: Reading
) -> Link | None:
    inside = [m for m in reading.mentions if attribution.source and m.overlaps(attribution.source)]
    for mention in inside:
        if attribution.source and _role_inside(mention, attribution.source, reading.text) == "channel":
            return Link(mention, "channel")
    named = find_channel(attribution, own, reading)
    if named is not None:
        return Link(named, "channel")
    return None


def link_channels(own: Mapping[str, Link], via: Mapping[str, str], reading: Reading) -> dict[str, Link]:
    """Return the outlet behind each attribution that has one: speaker, carrier, channel, or inherited."""
    links = dict(own)
    for attribution in reading.attributions:
        if attribution.id in links:
            continue
        link = _channel(attribution, own, links, reading)
        carrier = via.get(attribution.id)
        if link is None and carrier is not None and carrier in own:
            link = Link(own[carrier].mention, "channel")
        if link is None and not _speaks_elsewhere(attribution, reading):
            link = _inherited(attribution, own, links, reading)
            following = (
                None if link else following_channel(attribution, reading) or opened_channel(attribution, reading)
            )
            link = Link(following, "channel") if following else link
        if link is not None:
            links[attribution.id] = Link(link.mention, "channel")
    return links | _named_later(links, own, reading)


def _named_later(links: Mapping[str, Link], own: Mapping[str, Link], reading: Reading) -> dict[str, Link]:
    """Return the channels that the text names only with the next words of the same speaker."""
    later: dict[str, Link] = {}
    spoken = [a for a in reading.attributions if a.id not in own]
    for earlier, attribution in reversed(list(pairwise(spoken))):
        link = later.get(attribution.id) or links.get(attribution.id)
        if link is not None and earlier.id not in links and earlier.source:
            is_near = reading.sentence_of(attribution) - reading.sentence_of(earlier) <= 1
            if is_near and _goes_on(attribution, earlier, reading) and not _speaks_elsewhere(earlier, reading):
                later[earlier.id] = link
    return later
