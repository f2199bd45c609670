"""The facts of what stands in a passage: each worked out once, for all the things that ask for it."""

from functools import cached_property, lru_cache

from rhetoric.annotation import Actor, Attribution, CharSpan, Target
from rhetoric.framing.measures.facts import AttributionFacts, Part, SpanFacts
from rhetoric.framing.measures.identity import actor_key, number_sources, speaks_itself
from rhetoric.framing.measures.mentions import ActorMention, find_actor_mentions
from rhetoric.framing.measures.parts import Passage
from rhetoric.framing.measures.state_media import ties_to_state_media
from rhetoric.sources.actors import ActorList, ActorMentions
from rhetoric.sources.countries import find_countries
from rhetoric.taxonomy import technique_ids

__all__ = ["PassageFacts"]

GOVERNMENT = ("government_official", "government_body")
MIN_COUNTRY_WEIGHT = 1  # a leader's name tells the country, a short form alone does not
TECHNIQUES = frozenset(technique_ids())


class PassageFacts:
    """A passage with the facts of its spans, attributions, sources and mentions.

    Args:
        passage: the text or the headline of an article.
        actors: a user's list, to find all mentions of its actors.
    """

    def __init__(self, passage: Passage, actors: ActorList | None) -> None:
        """Keep what was given."""
        self.passage, self.actors = passage, actors
        self.part_of = passage.part_of
        self.by_id = {a.id: a for a in passage.attributions}

    @cached_property
    def spans(self) -> list[SpanFacts]:
        """The facts of each span."""
        return [
            SpanFacts(
                span.label,
                span.layer,
                span.voice,
                span.valence,
                actor_key(span.target_actor),
                self.by_id[span.attribution].source_type if span.attribution in self.by_id else None,
                span.label in TECHNIQUES,
            )
            for span in self.passage.spans
        ]

    @cached_property
    def attributions(self) -> list[tuple[Attribution, Part, AttributionFacts]]:
        """The attributions in the order of the text, each with its part and its facts."""
        text = self.passage.text or ""
        anchored = [(_anchor(a), a) for a in self.passage.attributions]
        anchored.sort(key=lambda pair: pair[0].start)
        return [(a, self.part_of(anchor), self._facts(a, text)) for anchor, a in anchored]

    def _facts(self, attribution: Attribution, text: str) -> AttributionFacts:
        ties = ties_to_state_media(attribution, self.by_id)
        return AttributionFacts(
            attribution.quote_type,
            attribution.source_type,
            attribution.stance,
            attribution.source is not None,
            attribution.cue is not None,
            _country(attribution, text),
            attribution.outlet.typology if attribution.outlet else None,
            actor_key(attribution.actor),
            *ties,
        )

    @cached_property
    def sources(self) -> list[tuple[int, AttributionFacts]]:
        """The number of each source that can be told, with the facts of the attribution."""
        numbers = number_sources(self.passage.text or "", [a for a, _, _ in self.attributions])
        return [(n, facts) for n, (_, _, facts) in zip(numbers, self.attributions, strict=True) if n is not None]

    @cached_property
    def mentions(self) -> list[ActorMention]:
        """The mentions of actors."""
        return find_actor_mentions(self.passage, self._listed)

    @cached_property
    def _listed(self) -> ActorMentions | None:
        return self.actors.in_text(self.passage.text) if self.actors and self.passage.text is not None else None

    def target_actor(self, target: Target) -> Actor | None:
        """Return the actor whom a given mention names, by the annotation or else by the list."""
        return target.actor or (self._listed.of_target(target) if self._listed else None)


def _anchor(attribution: Attribution) -> CharSpan:
    """Return where a source speaks: source or cue, else where the content begins."""
    pieces = [p for p in (attribution.source, attribution.cue, *attribution.content[:1]) if p is not None]
    return pieces[0] if pieces else CharSpan(0, 0)


@lru_cache(maxsize=16384)
def _named_country(surface: str) -> str | None:
    codes = {c.code for c in find_countries(surface) if c.weight >= MIN_COUNTRY_WEIGHT}
    return codes.pop() if len(codes) == 1 else None


def _country(attribution: Attribution, text: str) -> str | None:
    """Return the country of a listed actor, of a medium that speaks, or the one that a government source names."""
    if attribution.actor is not None and attribution.actor.country:
        return attribution.actor.country
    if attribution.outlet is not None and speaks_itself(attribution):
        return attribution.outlet.country
    if attribution.source is not None and attribution.source_type in GOVERNMENT:
        return _named_country(attribution.source.of(text))
    return None
