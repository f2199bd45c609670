"""Generic mentions of state media ("the state-run news agency", "Pyongyang's state TV") and whose they are.

The country stands beside the mention, or is the one that the text around speaks of; "the official news agency" of
a country that has one national agency is that agency.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rhetoric.annotation import CharSpan, distance
from rhetoric.sources.context import Context, load_context
from rhetoric.sources.countries import CountryMention
from rhetoric.sources.mentions import Mention, Scene
from rhetoric.sources.outlets import OutletBase

__all__ = ["compatible", "find_generic"]

# Between a country and its media: "Iran's hard-line state TV"; a preposition or a conjunction breaks the phrase.
LEFT_GAP = re.compile(r"(?:['’]s?)?\s+(?:(?!of|in|on|and|to|by|with|from|for|as|that|said|told)[\w-]+\s+){0,2}")
RIGHT_GAP = re.compile(r",?\s+(?:in|of|from|for|inside)\s+(?:the\s+)?(?:[\w-]+\s+)?")
NEAR_NAME = re.compile(r"[\s,:(–—\"“'’‘-]{0,3}(?:the |news agency |agency |called |, )?[\"“'(]?")
PLURAL = re.compile(r"media|press|outlets|newspapers|dailies|papers|broadcasters|channels|stations")
# "in Singapore" tells where something happens, seldom whose media report it.
LOCATIVE = re.compile(r"\b(?:in|at|near|to|from|over) (?:the )?$")
PLACE_FACTOR = 0.5
REACH = 400  # characters before a mention in which a country is likely to be the one that is meant
BROADCAST = frozenset({"tv", "radio", "broadcaster"})


def compatible(kind: str | None, other: str | None) -> bool:
    """Return whether a noun of one kind may name an outlet of the other; None fits all."""
    if kind in (None, "outlet", "any") or other is None or kind == other:
        return True
    if kind in BROADCAST and other in BROADCAST:
        return "broadcaster" in (kind, other)
    return {kind, other} in (
        {"newspaper", "magazine"},
        {"newspaper", "publisher"},
        {"newspaper", "online"},
        {"online", "agency"},
    )


def _spans(text: str, context: Context) -> Iterator[tuple[CharSpan, str]]:
    """Yield every generic mention with its noun."""
    end = 0
    for first in context.generic_first.finditer(text):
        match = context.generic.match(text, first.start()) if first.start() >= end else None
        if match is not None:
            noun = next(g for g in match.groups() if g is not None)
            if noun[0].isupper() and not noun.isupper() and re.match(r"\s[A-Z]", text[match.end() : match.end() + 2]):
                continue  # a name begins: "the state-owned Daily News"
            end = match.end()
            yield CharSpan(match.start(), end), noun.lower()


def _national(scene: Scene, context: Context) -> Iterator[tuple[CharSpan, str]]:
    """Yield the media of countries where all media, or all broadcasters, are the state's."""
    for country in scene.countries:
        all_media = country.code in context.seed["only_state_media"]
        if all_media or country.code in context.seed["only_state_broadcasters"]:
            match = context.national_media.match(scene.text, country.end)
            if match is not None and (all_media or context.kind_of[match["noun"].lower()] in BROADCAST):
                yield CharSpan(country.start, match.end()), match["noun"].lower()


def _beside(span: CharSpan, scene: Scene) -> str | None:
    """Return the country that stands inside or right beside a mention."""
    left: CountryMention | None = None
    for country in scene.countries:
        if span.contains(country):
            return country.code
        if country.precedes(span) and distance(country, span) <= REACH // 10:
            left = country
        elif span.precedes(country):
            if left is None and RIGHT_GAP.fullmatch(scene.text[span.end : country.start]):
                return country.code
            break
    if left is not None and LEFT_GAP.fullmatch(scene.text[left.end : span.start]):
        return left.code
    return None


def _around(span: CharSpan, scene: Scene, codes: frozenset[str], media: Sequence[Mention]) -> str | None:
    """Return the country that the text around a mention speaks of, among those with state-controlled media."""
    scores: dict[str, float] = {}
    sentence = scene.around(span)
    for country in scene.countries:
        if country.weight and country.code in codes:
            in_reach = country.precedes(span) and distance(country, span) <= REACH
            factor = 4.0 if sentence.contains(country) else 2.0 if in_reach else 1.0
            factor *= PLACE_FACTOR if LOCATIVE.search(scene.text[max(0, country.start - 10) : country.start]) else 1.0
            scores[country.code] = scores.get(country.code, 0.0) + factor * country.weight
    for mention in media:
        if mention.country in codes and mention.country and mention.is_described | mention.is_state(scene.day):
            near = 12.0 if mention.precedes(span) else 4.0
            scores[mention.country] = scores.get(mention.country, 0.0) + near
    return max(scores, key=lambda c: scores[c]) if scores else None


def _name_beside(span: CharSpan, named: Sequence[Mention], text: str) -> Mention | None:
    """Return the named outlet that a generic mention only describes ("state broadcaster CCTV")."""
    for mention in named:
        if mention.overlaps(span):
            return mention
        if span.precedes(mention) and distance(span, mention) < len("the news agency") + 5:
            if NEAR_NAME.fullmatch(text[span.end : mention.start]):
                return mention
        if mention.precedes(span) and re.fullmatch(
            r",?\s(?:\(|the |a |an |[A-Z][\w’']+ )*", text[mention.end : span.start]
        ):
            return mention
    return None


def _refers_back(span: CharSpan, kind: str | None, scene: Scene, named: Sequence[Mention]) -> Mention | None:
    """Return the outlet named shortly before that "the state-owned daily" refers to."""
    if not re.search(r"\b[Tt]he $", scene.text[max(0, span.start - 5) : span.start]):
        return None
    here = scene.sentence_index(span.start)
    for mention in reversed(named):
        is_near = mention.precedes(span) and here - scene.sentence_index(mention.start) <= 2
        if is_near and kind is not None and compatible(kind, mention.kind):
            return mention
    return None


def find_generic(scene: Scene, base: OutletBase, named: Sequence[Mention]) -> list[Mention]:
    """Return all mentions of outlets: `named` ones, described as the text describes them, and generic ones."""
    context = load_context()
    mentions = {m.extent: m for m in named}
    found = [(s, n) for s, n in _spans(scene.text, context)]
    taken = [s for s, _ in found]
    found += [(s, n) for s, n in _national(scene, context) if not any(s.overlaps(t) for t in taken)]
    for span, noun in sorted(found, key=lambda f: f[0]):
        name = _name_beside(span, named, scene.text)
        if name is not None:
            mentions[name.extent] = replace(name, is_described=True)
            continue
        kind = context.kind_of.get(noun, "outlet")
        mentions[span] = _generic(span, noun, kind, scene, base, list(mentions.values()))
    return sorted(mentions.values())


def _generic(span: CharSpan, noun: str, kind: str, scene: Scene, base: OutletBase, media: list[Mention]) -> Mention:
    beside = _beside(span, scene)
    earlier = None if beside or PLURAL.search(noun) else _refers_back(span, kind, scene, [m for m in media if m.outlet])
    if earlier is not None:
        return Mention(span.start, span.end, earlier.outlet, earlier.country, earlier.kind, is_described=True)
    country = beside or _around(span, scene, base.controlled_countries, media)
    outlet = base.national_agency(country, scene.day) if kind == "agency" and not PLURAL.search(noun) else None
    return Mention(span.start, span.end, outlet, country, kind, is_described=True, is_generic=True)
