"""Mentions of named outlets in a text, and whether a name there means the outlet at all.

A name links alone, or only beside evidence (its country, its full name elsewhere, a word for media), as its record
says; a record's `not_when` tells where the name means something else.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from rhetoric.annotation import CharSpan, OutletRef, Sentence
from rhetoric.sources.context import load_context
from rhetoric.sources.countries import CountryMention
from rhetoric.sources.outlets import Alias, Outlet, OutletBase
from rhetoric.sources.tokens import Phrase

__all__ = ["Mention", "Scene", "find_named"]

WINDOW = 160  # characters around a name that are read where a sentence is longer
HOST = re.compile(r"(?<![@\w.-])(?:[a-z0-9-]+\.)+[a-z]{2,6}\b", re.IGNORECASE)
TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Lady|Judge|Professor|Sister|Uncle|Aunt)\.? $")
WEAK, STRONG = 1, 2


@dataclass(frozen=True, order=True)
class Mention(CharSpan):
    """A mention of a media outlet, named or generic ("Iranian state TV")."""

    outlet: Outlet | None = field(default=None, compare=False)
    country: str | None = field(default=None, compare=False)
    kind: str | None = field(default=None, compare=False)
    is_described: bool = field(default=False, compare=False)
    is_generic: bool = field(default=False, compare=False)

    def ref(self, day: str | None) -> OutletRef:
        """Return what an annotation says of the outlet."""
        return self.outlet.ref(day) if self.outlet else OutletRef(None, self.country, None)

    def is_state(self, day: str | None) -> bool:
        """Return whether base or text describe the outlet as a state's."""
        controlled = self.outlet is not None and self.outlet.is_state_controlled and self.outlet.is_valid(day)
        return controlled or self.is_described


@dataclass(frozen=True)
class Scene:
    """What reading a text needs to know: the text, its sentences, the countries in it, its date."""

    text: str
    sentences: Sequence[Sentence]
    countries: Sequence[CountryMention]
    day: str | None = None
    starts: tuple[int, ...] = field(init=False, repr=False)
    codes: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index sentences and countries."""
        object.__setattr__(self, "starts", tuple(s.start for s in self.sentences))
        object.__setattr__(self, "codes", frozenset(c.code for c in self.countries if c.weight))

    def sentence_index(self, position: int) -> int:
        """Return the index of the sentence at or before `position`."""
        return max(0, bisect_right(self.starts, position) - 1)

    def around(self, span: CharSpan) -> CharSpan:
        """Return the sentence of `span`, or what lies near it in a sentence that is very long."""
        start, end = max(0, span.start - WINDOW), min(len(self.text), span.end + WINDOW)
        if self.sentences:
            sentence = self.sentences[self.sentence_index(span.start)]
            start, end = max(start, min(sentence.start, span.start)), min(end, max(sentence.end, span.end))
        return CharSpan(start, end)

    def before(self, span: CharSpan) -> str:
        """Return the text of the sentence before `span`."""
        return self.text[self.around(span).start : span.start]

    def after(self, span: CharSpan) -> str:
        """Return the text of the sentence after `span`."""
        return self.text[span.end : self.around(span).end]


@lru_cache(maxsize=4096)
def _expression(pattern: str, name: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("{}", re.escape(name)))


def _means_something_else(outlet: Outlet, span: CharSpan, scene: Scene) -> bool:
    if not outlet.not_when:
        return False
    near, name = scene.around(span).of(scene.text), span.of(scene.text)
    if any(_expression(p, name).search(near) for p in outlet.when):
        return False
    return any(_expression(p, name).search(near) for p in outlet.not_when)


def _bears_the_name(span: CharSpan, scene: Scene) -> bool:
    """Return whether a person or a place bears the name ("Ms Tass", "Global Times Square")."""
    text = scene.text
    return bool(
        load_context().name_goes_on.match(text, span.end) or TITLED.search(text[max(0, span.start - 12) : span.start])
    )


def _evidence(alias: Alias, span: CharSpan, scene: Scene, named: frozenset[Outlet]) -> int:
    """Return how much speaks for one reading of a name: 0 is nothing."""
    near = scene.around(span)
    outlet = alias.outlet
    is_near = any(c.code == outlet.country and near.contains(c) and not span.contains(c) for c in scene.countries)
    is_told = any(o.country == outlet.country for o in named)
    score = 4 * (outlet in named) + 3 * is_near + 2 * (outlet.country in scene.codes) + outlet.default + is_told
    return score + 2 * (is_near and outlet.valid_to is not None)


def _beside_media(span: CharSpan, scene: Scene) -> bool:
    context = load_context()
    if context.media_after.match(scene.after(span)) or context.owned_after.match(scene.after(span)):
        return True
    if any(scene.text[c.end : span.start] in (" ", "'s ", "’s ") for c in scene.countries):
        return True
    if context.owned_before.search(scene.before(span)[-70:]):
        return True
    return context.media_before.search(scene.before(span)[-30:]) is not None


def _choose(phrase: Phrase[Alias], scene: Scene, named: frozenset[Outlet]) -> Outlet | None:
    """Return the outlet that a name means here, None if none is supported; `named` are outlets that the text names."""
    span = CharSpan(phrase.start, phrase.end)
    candidates = [a for a in phrase.values if a.outlet.is_valid(scene.day)] or list(phrase.values)
    only = candidates[0]
    if len(candidates) == 1 and only.strength == STRONG:
        return only.outlet
    beside = _beside_media(span, scene)
    ranked = []
    for alias in candidates:
        score = _evidence(alias, span, scene, named)
        is_supported = alias.strength == STRONG or (score > 0 and (beside or alias.strength == WEAK))
        if is_supported:
            ranked.append((score + 2 * alias.strength + (alias.outlet.valid_to is None), alias))
    if not ranked and beside and only.strength == WEAK and len(candidates) == 1:
        return only.outlet
    return max(ranked, key=lambda r: r[0])[1].outlet if ranked else None


def _is_described(span: CharSpan, scene: Scene) -> bool:
    context = load_context()
    before, after = scene.before(span)[-70:], scene.after(span)[:90]
    return bool(context.owned_before.search(before) or context.owned_after.match(after))


def _hosts(text: str, base: OutletBase) -> list[Mention]:
    found = []
    if "." in text:
        for match in HOST.finditer(text):
            outlets = base.by_domain(match.group())
            if outlets:
                found.append(_mention(CharSpan(match.start(), match.end()), outlets[0]))
    return found


def _mention(span: CharSpan, outlet: Outlet) -> Mention:
    return Mention(span.start, span.end, outlet, outlet.country, outlet.kind)


def _without_overlaps(mentions: Iterable[Mention]) -> list[Mention]:
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if not kept or kept[-1].precedes(mention):
            kept.append(mention)
    return kept


def find_named(scene: Scene, base: OutletBase) -> list[Mention]:
    """Return the mentions of named outlets, in order, each with what the text says of it."""
    phrases = list(base.names.find(scene.text))
    sure = frozenset(p.values[0].outlet for p in phrases if len(p.values) == 1 and p.values[0].strength == STRONG)
    found = _hosts(scene.text, base)
    rejected: set[str] = set()
    for phrase in phrases:
        span = CharSpan(phrase.start, phrase.end)
        outlet = _choose(phrase, scene, sure)
        if outlet is not None and (_bears_the_name(span, scene) or _means_something_else(outlet, span, scene)):
            rejected.add(span.of(scene.text))
        elif outlet is not None:
            found.append(_mention(span, outlet))
            sure |= {outlet}
    found = [m for m in found if m.of(scene.text) not in rejected or _beside_media(m, scene)]
    return [replace(m, is_described=_is_described(m, scene)) for m in _without_overlaps(found)]
