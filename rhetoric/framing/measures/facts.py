"""What is counted in an article, and what can be asked of each thing.

The things that a measure counts have names (`sentences`, `spans`, …); each name has a tuple of facts, whose fields are
what the `where` of a measure may ask for. Things with equal facts count for the same measures.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias, get_args

__all__ = [
    "FACTS",
    "THINGS",
    "ArticleFacts",
    "AttributionFacts",
    "Facts",
    "LabelFacts",
    "MentionFacts",
    "NSources",
    "PairFacts",
    "Part",
    "SentenceFacts",
    "SourceFacts",
    "SpanFacts",
    "StateMediaTie",
    "TargetFacts",
    "Thing",
    "WordFacts",
    "WordVoice",
]

Thing = Literal[
    "sentences",
    "paragraphs",
    "articles",
    "words",
    "spans",
    "attributions",
    "content_words",
    "first_sources",
    "sources",
    "source_draws",
    "source_pairs",
    "mentions",
    "tone",
    "targets",
    "target_tone",
]
THINGS: tuple[Thing, ...] = get_args(Thing)

Part = Literal["headline", "lead", "body", "text"]
"""Where a thing stands; `text` is lead or body, where a record without its text does not tell which."""

StateMediaTie = Literal["direct", "second_hand", "through", "none"]
NSources = Literal["none", "one", "several"]
WordVoice = Literal["author", "attributed"]


class SpanFacts(NamedTuple):
    """A span; `of_taxonomy` tells a technique of the taxonomy from a label of the user's own."""

    label: str
    layer: str
    voice: str
    valence: str | None
    actor: str | None
    source_type: str | None
    of_taxonomy: bool


class SentenceFacts(NamedTuple):
    """A sentence: its labels, and the spans that share a character with it."""

    labels: frozenset[str]
    spans: frozenset[SpanFacts]


class LabelFacts(NamedTuple):
    """A paragraph."""

    labels: frozenset[str]


class ArticleFacts(NamedTuple):
    """An article, how many distinct sources its text has, and whether anything in it stands in quotation marks."""

    labels: frozenset[str]
    n_sources: NSources
    has_quotation_marks: bool = False


class WordFacts(NamedTuple):
    """A word: the author's, or in the content of an attribution."""

    voice: WordVoice


class AttributionFacts(NamedTuple):
    """An attribution; also each word of its content, and the first one of an article that has a source."""

    quote_type: str
    source_type: str
    stance: str
    has_source: bool
    has_cue: bool
    country: str | None
    typology: str | None
    actor: str | None
    state_media: StateMediaTie
    state_media_strict: StateMediaTie
    state_media_wide: StateMediaTie


class SourceFacts(NamedTuple):
    """A distinct source of an article, as its first attribution has it."""

    source_type: str
    country: str | None


class PairFacts(NamedTuple):
    """Two attributions of an article: whether they have the same source."""

    same_source: bool


class MentionFacts(NamedTuple):
    """A mention of an actor: in whose voice it is evaluated, and how."""

    actor: str | None
    voice: str
    valence: str


class TargetFacts(NamedTuple):
    """A mention whose valence was asked for when annotating."""

    labels: frozenset[str]
    valence: str
    actor: str | None


Facts: TypeAlias = (
    SpanFacts
    | SentenceFacts
    | LabelFacts
    | ArticleFacts
    | WordFacts
    | AttributionFacts
    | SourceFacts
    | PairFacts
    | MentionFacts
    | TargetFacts
)

FACTS: Mapping[Thing, type[Facts]] = {
    "sentences": SentenceFacts,
    "paragraphs": LabelFacts,
    "articles": ArticleFacts,
    "words": WordFacts,
    "spans": SpanFacts,
    "attributions": AttributionFacts,
    "content_words": AttributionFacts,
    "first_sources": AttributionFacts,
    "sources": SourceFacts,
    "source_draws": PairFacts,
    "source_pairs": PairFacts,
    "mentions": MentionFacts,
    "tone": MentionFacts,
    "targets": TargetFacts,
    "target_tone": TargetFacts,
}
