"""The data model: articles, what is found in them, and all offset algebra.

Offsets are Unicode code points of the text that came in, half-open: `text[span.start:span.end]`.
Nobody else in the package compares `start` and `end` by hand.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self, TypeVar

from rhetoric.errors import InputError

__all__ = [
    "Actor",
    "AnnotatedArticle",
    "Article",
    "ArticleLabels",
    "Attribution",
    "CharSpan",
    "Headline",
    "ModelInfo",
    "Naming",
    "OutletRef",
    "QuoteType",
    "Sentence",
    "Span",
    "Stance",
    "Target",
    "Valence",
    "Voice",
    "distance",
    "find_containing",
    "find_overlaps",
    "hull",
    "mask",
    "merge",
    "n_visible",
    "subtract",
    "trim",
]

Naming = Literal["named", "anonymous", "vague"]
QuoteType = Literal["direct", "indirect", "mixed"]
Stance = Literal["neutral", "endorsing", "distancing", "conceding"]
Valence = Literal["negative", "positive", "mixed", "neutral"]
Voice = Literal["author", "direct", "indirect", "scare_quote"]


@dataclass(frozen=True, order=True)
class CharSpan:
    """A half-open range of characters of one text.

    >>> CharSpan(4, 7).of("the cat sat")
    'cat'
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse ranges that no text can have.

        Raises:
            InputError: `start` is negative or `end` lies before `start`.
        """
        if not 0 <= self.start <= self.end:
            message = f"offsets {self.start}–{self.end} are not a range: expected 0 <= start <= end"
            raise InputError(message)

    def __len__(self) -> int:
        """Return the number of characters."""
        return self.end - self.start

    def __bool__(self) -> bool:
        """Return True, also for an empty span: a span is a value, not a container."""
        return True

    @property
    def extent(self) -> "CharSpan":
        """The bare offsets, without label or score."""
        return CharSpan(self.start, self.end)

    def of(self, text: str) -> str:
        """Return the characters of `text` that the span covers."""
        return text[self.start : self.end]

    def overlaps(self, other: "CharSpan") -> bool:
        """Return whether the two share a character; an empty span shares none."""
        return max(self.start, other.start) < min(self.end, other.end)

    def contains(self, other: "CharSpan") -> bool:
        """Return whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def n_shared(self, other: "CharSpan") -> int:
        """Return the number of characters that both cover."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))

    def precedes(self, other: "CharSpan") -> bool:
        """Return whether the span ends before `other` begins, or where it begins."""
        return self.end <= other.start

    def shifted(self, by: int) -> "CharSpan":
        """Return the bare offsets moved by `by` characters."""
        return CharSpan(self.start + by, self.end + by)


SpanT = TypeVar("SpanT", bound=CharSpan)


def hull(spans: Iterable[CharSpan]) -> CharSpan:
    """Return the smallest span that contains all of `spans`.

    >>> hull([CharSpan(3, 5), CharSpan(8, 9)])
    CharSpan(start=3, end=9)
    """
    pieces = list(spans)
    return CharSpan(min(s.start for s in pieces), max(s.end for s in pieces))


def find_overlaps(spans: Sequence[CharSpan], others: Sequence[CharSpan]) -> list[list[int]]:
    """Return for each of `spans` which of `others` share a character with it, by their place, in one sweep over both.

    >>> find_overlaps([CharSpan(2, 5), CharSpan(9, 9)], [CharSpan(0, 3), CharSpan(4, 6), CharSpan(7, 9)])
    [[0, 1], []]
    """
    found: list[list[int]] = [[] for _ in spans]
    waiting = sorted(range(len(others)), key=lambda j: others[j].start, reverse=True)
    reached: list[int] = []
    for i in sorted(range(len(spans)), key=lambda i: spans[i].start):
        while waiting and others[waiting[-1]].start < spans[i].end:
            reached.append(waiting.pop())
        # What ends before this one ends before all that follow.
        reached = [j for j in reached if others[j].end > spans[i].start]
        found[i] = sorted(j for j in reached if others[j].overlaps(spans[i]))
    return found


def distance(one: CharSpan, other: CharSpan) -> int:
    """Return the number of characters between two spans, 0 if they touch or overlap."""
    return max(0, one.start - other.end, other.start - one.end)


def merge(spans: Iterable[CharSpan], gap: int = 0) -> list[CharSpan]:
    """Return the union of `spans`, sorted and disjoint; pieces up to `gap` characters apart are joined.

    >>> merge([CharSpan(4, 6), CharSpan(0, 2), CharSpan(1, 3)])
    [CharSpan(start=0, end=3), CharSpan(start=4, end=6)]
    """
    merged: list[CharSpan] = []
    for span in sorted(s.extent for s in spans):
        if merged and span.start <= merged[-1].end + gap:
            merged[-1] = hull((merged[-1], span))
        else:
            merged.append(span)
    return merged


def subtract(span: CharSpan, holes: Iterable[CharSpan]) -> list[CharSpan]:
    """Return what is left of `span` without `holes`.

    >>> subtract(CharSpan(0, 9), [CharSpan(3, 5)])
    [CharSpan(start=0, end=3), CharSpan(start=5, end=9)]
    """
    left, start = [], span.start
    for hole in merge(h for h in holes if h.overlaps(span)):
        if hole.start > start:
            left.append(CharSpan(start, hole.start))
        start = max(start, hole.end)
    if start < span.end:
        left.append(CharSpan(start, span.end))
    return left


def trim(span: CharSpan, text: str, characters: str | None = None) -> CharSpan | None:
    """Return `span` without white space (or `characters`) at its edges, None if nothing is left."""
    surface = span.of(text)
    end = span.start + len(surface.rstrip(characters))
    start = span.start + len(surface) - len(surface.lstrip(characters))
    return CharSpan(start, end) if start < end else None


def find_containing(spans: Sequence[SpanT], inner: CharSpan) -> SpanT | None:
    """Return the first of `spans` that shares most characters with `inner`, None if none does."""
    best = max(spans, key=inner.n_shared, default=None)
    return best if best is not None and inner.n_shared(best) else None


def mask(spans: Iterable[CharSpan], length: int) -> bytearray:
    """Return one byte a character of a text of `length`: 1 where a span covers it."""
    covered = bytearray(length)
    for span in spans:
        end = min(span.end, length)
        covered[span.start : end] = b"\x01" * max(0, end - span.start)
    return covered


def n_visible(text: str) -> int:
    """Return the number of characters of `text` that are not white space."""
    return sum(len(word) for word in text.split())


@dataclass(frozen=True)
class Article:
    """What comes in: a text with its name and whatever else the record held.

    `meta` carries every other field of the record, `title` among them, untouched.
    """

    id: str
    text: str
    meta: Mapping[str, Any] = field(default_factory=dict)
    targets: tuple[CharSpan, ...] = ()

    def __post_init__(self) -> None:
        """Refuse mentions that lie outside of the text.

        Raises:
            InputError: a target ends after the text does.
        """
        for target in self.targets:
            if target.end > len(self.text):
                message = f"target {target.start}–{target.end} lies outside of a text of {len(self.text)} characters"
                raise InputError(message)

    @property
    def title(self) -> str | None:
        """The headline, where the record came with one."""
        title = self.meta.get("title")
        return title if isinstance(title, str) and title.strip() else None


@dataclass(frozen=True, order=True)
class Sentence(CharSpan):
    """A sentence with the score of every sentence label (probabilities) and the labels above their thresholds."""

    scores: Mapping[str, float] = field(default_factory=dict, compare=False)
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Actor:
    """A person or body of a user's own list of actors."""

    name: str
    id: str | None = None
    country: str | None = None


@dataclass(frozen=True, order=True)
class Span(CharSpan):
    """A stretch of rhetoric: which technique, in which layer, about whom and in whose voice.

    `score` is a probability; `target` is the mention that a loaded word evaluates, and `target_actor` whom of a user's
    list it names; `attribution` is the id of the attribution that the span stands in.
    """

    label: str = ""
    score: float = 1.0
    id: str = ""
    layer: str = "wording"
    valence: Valence | None = None
    target: CharSpan | None = None
    voice: Voice = "author"
    attribution: str | None = None
    target_actor: Actor | None = None


@dataclass(frozen=True)
class OutletRef:
    """The media outlet behind an attribution.

    `country` is ISO 3166-1 alpha-2; `typology` is the State Media Monitor's (SC, CaPu, CaPr, ISFM, ISF, ISM, IP)
    or None for media that are not affiliated with a state. A generic mention may have a country alone.
    """

    name: str | None
    country: str | None
    typology: str | None


@dataclass(frozen=True)
class Attribution:
    """A piece of information and who is named as its source.

    `naming` is how far the source is identified, None without a source;
    `content` lists its pieces, sorted and disjoint; `via` is the id of the attribution through which this one
    was reported; `score` is the probability that source and content belong together.
    """

    id: str
    source: CharSpan | None
    cue: CharSpan | None
    content: tuple[CharSpan, ...]
    quote_type: QuoteType = "indirect"
    source_type: str = "named_person"
    outlet: OutletRef | None = None
    actor: Actor | None = None
    stance: Stance = "neutral"
    via: str | None = None
    score: float = 1.0
    naming: Naming | None = None

    @property
    def hull(self) -> CharSpan:
        """The smallest span that contains source, cue and content."""
        return hull(s for s in (self.source, self.cue, *self.content) if s is not None)

    def covers(self, span: CharSpan) -> bool:
        """Return whether `span` shares a character with the content."""
        return any(piece.overlaps(span) for piece in self.content)


@dataclass(frozen=True, order=True)
class Target(CharSpan):
    """A given mention: the valence of its sentence towards it, the probability of each, and whom of a list it names.

    `codes` holds the probabilities of the labels of heads that a user added, `labels` those that it is given.
    """

    valence: Valence = "neutral"
    scores: Mapping[str, float] = field(default_factory=dict, compare=False)
    actor: Actor | None = None
    codes: Mapping[str, float] = field(default_factory=dict, compare=False)
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Headline:
    """What was found in the title; offsets refer to the title."""

    sentences: tuple[Sentence, ...] = ()
    spans: tuple[Span, ...] = ()
    attributions: tuple[Attribution, ...] = ()


@dataclass(frozen=True)
class ArticleLabels:
    """Scores and labels of the article as a whole, for models trained on that unit."""

    scores: Mapping[str, float] = field(default_factory=dict)
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModelInfo:
    """Which model made an annotation."""

    name: str
    version: str


@dataclass(frozen=True)
class AnnotatedArticle:
    """An article with everything that was found in it."""

    id: str
    text: str
    meta: Mapping[str, Any] = field(default_factory=dict)
    sentences: tuple[Sentence, ...] = ()
    spans: tuple[Span, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    headline: Headline | None = None
    paragraphs: tuple[Sentence, ...] = ()
    article: ArticleLabels = ArticleLabels()
    targets: tuple[Target, ...] = ()
    coverage: float = 1.0
    model: ModelInfo = ModelInfo("", "")

    @classmethod
    def from_article(cls, article: Article, /, **found: Any) -> Self:  # noqa: ANN401  (fields of this class)
        """Return `article` with what was `found` in it, given as fields of this class."""
        return cls(id=article.id, text=article.text, meta=article.meta, **found)

    def attribution(self, attribution_id: str | None) -> Attribution | None:
        """Return the attribution of that id, None if there is none."""
        return next((a for a in self.attributions if a.id == attribution_id), None)
