"""One pass over an annotated article: how many things with which facts stand in which part.

What it returns is all that measures need; they are counted from it without looking at the article again.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from rhetoric.annotation import AnnotatedArticle, ArticleLabels, Sentence, find_overlaps, merge
from rhetoric.framing.measures.dimensions import Dimension
from rhetoric.framing.measures.facts import (
    THINGS,
    ArticleFacts,
    Facts,
    LabelFacts,
    NSources,
    PairFacts,
    Part,
    SentenceFacts,
    SourceFacts,
    TargetFacts,
    Thing,
    WordFacts,
)
from rhetoric.framing.measures.identity import actor_key
from rhetoric.framing.measures.mentions import SIGNS
from rhetoric.framing.measures.parts import has_text, passages
from rhetoric.framing.measures.passage_facts import PassageFacts
from rhetoric.sources.actors import ActorList
from rhetoric.sources.countries import read_seed
from rhetoric.sources.quotes import quoted_regions
from rhetoric.taxonomy import SENTENCE_LABELS, technique_ids

__all__ = ["Census", "Key", "take_census"]

SHIPPED_LABELS = frozenset(SENTENCE_LABELS)
TECHNIQUES = frozenset(technique_ids())

Key = tuple[Thing, Part, Facts]
Counts = Iterator[tuple[Key, float]]


@dataclass
class Census:
    """What stands in an article.

    Attributes:
        counts: how much there is of each thing, by the part in which it stands and its facts.
        has_text: whether the record holds the text.
        has_headline: whether the article has a headline.
        has_title: whether the record holds the words of the headline.
        values: by dimension that only articles tell, the values that occur, with what they are called.
    """

    counts: dict[Key, float] = field(default_factory=dict)
    has_text: bool = True
    has_headline: bool = False
    has_title: bool = False
    values: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, found: Counts) -> None:
        """Count what was found."""
        counts = self.counts
        for key, weight in found:
            counts[key] = counts.get(key, 0) + weight

    def see(self, dimension: Dimension, names: Iterable[str]) -> None:
        """Keep values that occur."""
        seen = self.values.setdefault(dimension, {})
        for name in names:
            seen.setdefault(name, name)


def _count_spans(reading: PassageFacts) -> Counts:
    for span, facts in zip(reading.passage.spans, reading.spans, strict=True):
        yield ("spans", reading.part_of(span), facts), 1


def _count_sentences(reading: PassageFacts) -> Counts:
    sentences, spans = reading.passage.sentences, reading.spans
    for sentence, inside in zip(sentences, find_overlaps(sentences, reading.passage.spans), strict=True):
        facts = SentenceFacts(frozenset(sentence.labels), frozenset(spans[i] for i in inside))
        yield ("sentences", reading.part_of(sentence), facts), 1


def _count_words(reading: PassageFacts) -> Counts:
    passage = reading.passage
    if passage.text is None:
        return
    attributed: Counter[Part] = Counter()
    for piece in merge(piece for a in passage.attributions for piece in a.content):
        attributed[reading.part_of(piece)] += passage.n_words([piece])
    totals: Counter[Part] = Counter()
    if passage.is_headline:
        totals["headline"] = len(passage.text.split())
    else:
        totals["lead"] = passage.n_words([passage.lead] if passage.lead else [])
        totals["body"] = len(passage.text.split()) - totals["lead"]
    for part, n in totals.items():
        yield ("words", part, WordFacts("attributed")), attributed[part]
        yield ("words", part, WordFacts("author")), n - attributed[part]


def _count_attributions(reading: PassageFacts) -> Counts:
    for attribution, part, facts in reading.attributions:
        yield ("attributions", part, facts), 1
        yield ("content_words", part, facts), reading.passage.n_words(attribution.content)
    first = next((facts for _, _, facts in reading.attributions if facts.has_source), None)
    if first is not None and not reading.passage.is_headline:
        yield ("first_sources", "text", first), 1


def _count_sources(reading: PassageFacts) -> Counts:
    if reading.passage.is_headline:
        return
    first = {number: facts for number, facts in reversed(reading.sources)}
    for facts in first.values():
        yield ("sources", "text", SourceFacts(facts.source_type, facts.country)), 1
    sizes = Counter(number for number, _ in reading.sources).values()
    n, n_same = sum(sizes), sum(size * size for size in sizes)
    yield ("source_draws", "text", PairFacts(True)), n_same
    yield ("source_draws", "text", PairFacts(False)), n * n - n_same
    yield ("source_pairs", "text", PairFacts(True)), n_same - n
    yield ("source_pairs", "text", PairFacts(False)), n * n - n_same


def _count_mentions(reading: PassageFacts) -> Counts:
    for span, _, facts in reading.mentions:
        part = reading.part_of(span)
        yield ("mentions", part, facts), 1
        yield ("tone", part, facts), SIGNS.get(facts.valence, 0)


def _count_targets(reading: PassageFacts) -> Counts:
    for target in reading.passage.targets:
        part = reading.part_of(target)
        facts = TargetFacts(frozenset(target.labels), target.valence, actor_key(reading.target_actor(target)))
        yield ("targets", part, facts), 1
        yield ("target_tone", part, facts), SIGNS.get(target.valence, 0)


COUNTERS: dict[Callable[[PassageFacts], Counts], frozenset[Thing]] = {
    _count_spans: frozenset({"spans"}),
    _count_sentences: frozenset({"sentences"}),
    _count_words: frozenset({"words"}),
    _count_attributions: frozenset({"attributions", "content_words", "first_sources"}),
    _count_sources: frozenset({"sources", "source_draws", "source_pairs"}),
    _count_mentions: frozenset({"mentions", "tone"}),
    _count_targets: frozenset({"targets", "target_tone"}),
}


def take_census(
    article: AnnotatedArticle, things: Collection[Thing] = THINGS, actors: ActorList | None = None
) -> Census:
    """Return what stands in an article.

    Args:
        article: annotated by the model, or by people.
        things: what to count; what is not asked for costs nothing.
        actors: a user's list, to find all mentions of its actors.
    """
    census = Census(has_text=has_text(article), has_headline=article.headline is not None)
    readings = [PassageFacts(passage, actors) for passage in passages(article)]
    census.has_title = any(r.passage.is_headline and r.passage.text is not None for r in readings)
    for reading in readings:
        for count, counted in COUNTERS.items():
            if not counted.isdisjoint(things):
                census.add(count(reading))
    census.add(_count_units(article, readings[0], things))
    _see_labels(census, article)
    _see_values(census, readings, things)
    return census


def _count_units(article: AnnotatedArticle, text: PassageFacts, things: Collection[Thing]) -> Counts:
    """Yield the article and its paragraphs."""
    for paragraph in article.paragraphs:
        yield ("paragraphs", text.part_of(paragraph), LabelFacts(frozenset(paragraph.labels))), 1
    if "articles" in things:
        n = len({number for number, _ in text.sources})
        n_sources: NSources = "none" if n == 0 else "one" if n == 1 else "several"
        is_marked = bool(quoted_regions(text.passage.text or ""))
        yield ("articles", "text", ArticleFacts(frozenset(article.article.labels), n_sources, is_marked)), 1


@cache
def _country_names() -> dict[str, str]:
    return {code: fields["names"][0] for code, fields in read_seed("countries.yaml").items()}


def _names(units: Iterable[Sentence | ArticleLabels]) -> Iterator[str]:
    """Yield the labels that units have or have a score for."""
    for unit in units:
        yield from unit.labels
        yield from unit.scores


def _see_labels(census: Census, article: AnnotatedArticle) -> None:
    """Keep the labels of the user's own; a score alone tells that a label could have been given."""
    scored = set(_names(article.sentences[:1])).union(*(s.labels for s in article.sentences))
    census.see("sentence_label", scored - SHIPPED_LABELS)
    census.see("paragraph_label", _names(article.paragraphs))
    census.see("article_label", _names([article.article]))
    census.see("span_label", (s.label for s in article.spans if s.label not in TECHNIQUES))
    census.see("target_label", (name for t in article.targets for name in (*t.labels, *t.codes)))


def _see_values(census: Census, readings: Iterable[PassageFacts], things: Collection[Thing]) -> None:
    """Keep the countries and actors that occur."""
    names = census.values.setdefault("actor", {})
    for reading in readings:
        if not COUNTERS[_count_attributions].isdisjoint(things):
            codes = {f.country for _, _, f in reading.attributions if f.country}
            census.values.setdefault("country", {}).update((c, _country_names().get(c, c)) for c in codes)
        if not COUNTERS[_count_mentions].isdisjoint(things):
            names |= {actor_key(m.actor) or m.actor.name: m.actor.name for m in reading.mentions}
        given = filter(None, map(reading.target_actor, reading.passage.targets))
        names |= {actor_key(actor) or actor.name: actor.name for actor in given}
