"""An article as the linking steps read it: text, media mentions, attributions in order and what each source is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from rhetoric.annotation import Article, Attribution, CharSpan, Sentence, hull, subtract
from rhetoric.sources.countries import find_countries
from rhetoric.sources.generic import find_generic
from rhetoric.sources.mentions import Mention, Scene, find_named
from rhetoric.sources.outlets import OutletBase
from rhetoric.sources.source_types import cue_type

__all__ = ["Link", "Reading", "read_article"]

DATE_LENGTH = len("2024-02-01")


@dataclass(frozen=True)
class Link:
    """The outlet behind an attribution: it speaks itself (`own`), or is the channel through which another speaks."""

    mention: Mention
    role: Literal["own", "channel"]


@dataclass(frozen=True)
class Reading:
    """What the linking steps share; none of them changes it."""

    scene: Scene
    mentions: Sequence[Mention]
    attributions: Sequence[Attribution]

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """The place of each attribution in the order of the text."""
        return {a.id: n for n, a in enumerate(self.attributions)}

    @cached_property
    def _anchors(self) -> Mapping[str, CharSpan]:
        return {a.id: _anchor(a) for a in self.attributions}

    @cached_property
    def _sentences(self) -> Mapping[str, int]:
        return {key: self.scene.sentence_index(span.start) for key, span in self._anchors.items()}

    @property
    def text(self) -> str:
        """The text of the article."""
        return self.scene.text

    @cached_property
    def cue_types(self) -> Mapping[str, str | None]:
        """The type of each source by its own words, None for pronouns and sources that are not there."""
        return {a.id: cue_type(a.source.of(self.text), self.clause(a)) if a.source else None for a in self.attributions}

    def before(self, attribution: Attribution) -> Iterable[Attribution]:
        """Yield the attributions before one, the nearest first."""
        return reversed(self.attributions[: self.ranks[attribution.id]])

    def anchor(self, attribution: Attribution) -> CharSpan:
        """Return where the source speaks: source and cue, or the beginning of the content."""
        return self._anchors[attribution.id]

    def sentence_of(self, attribution: Attribution) -> int:
        """Return the index of the sentence in which the source speaks."""
        return self._sentences[attribution.id]

    @cached_property
    def _frames(self) -> Mapping[str, list[CharSpan]]:
        return {a.id: self._frame(a) for a in self.attributions}

    def frame(self, attribution: Attribution) -> list[CharSpan]:
        """Return the sentences in which an attribution stands, without its content."""
        return self._frames[attribution.id]

    def _frame(self, attribution: Attribution) -> list[CharSpan]:
        sentences = self.scene.sentences
        if not sentences:
            return subtract(CharSpan(0, len(self.text)), attribution.content)
        anchor = self.anchor(attribution)
        first = self.scene.sentence_index(anchor.start)
        last = self.scene.sentence_index(max(anchor.start, anchor.end - 1))
        return subtract(hull(sentences[first : last + 1]), attribution.content)

    def clause(self, attribution: Attribution) -> str:
        """Return the words of the attribution's sentence outside of its content."""
        return " ".join(part.of(self.text) for part in self.frame(attribution))


def _anchor(attribution: Attribution) -> CharSpan:
    spans = [s for s in (attribution.source, attribution.cue) if s is not None]
    if spans:
        return hull(spans)
    start = attribution.content[0].start if attribution.content else 0
    return CharSpan(start, start)


def _start(attribution: Attribution) -> tuple[int, int]:
    whole = attribution.hull if attribution.source or attribution.cue or attribution.content else CharSpan(0, 0)
    return whole.start, -whole.end


def read_article(
    article: Article, sentences: Sequence[Sentence], attributions: Iterable[Attribution], base: OutletBase
) -> Reading:
    """Return the reading of an article; its date, where it has one, tells which records of the base hold."""
    day = article.meta.get("date")
    iso = str(day)[:DATE_LENGTH] if day and len(str(day)) >= DATE_LENGTH and str(day)[:4].isdigit() else None
    scene = Scene(article.text, sentences, find_countries(article.text), iso)
    mentions = find_generic(scene, base, find_named(scene, base))
    return Reading(scene, mentions, sorted(attributions, key=_start))
