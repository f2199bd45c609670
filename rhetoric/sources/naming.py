"""How far a source is identified: named, anonymous (somebody, but not who), or vague (nobody in particular).

Read from the words of the source alone; a pronoun is as well identified as what it stands for. An office or a body that
is singled out ("the finance minister", "the ministry") counts as named: a reader can find out who spoke.
"""

import re
from collections.abc import Iterable
from functools import cache

from rhetoric.annotation import Naming
from rhetoric.sources.countries import read_seed
from rhetoric.sources.source_types import head_of, is_anonymous, is_named, is_pronoun, is_seat

__all__ = ["naming_of"]

BODIES = frozenset({"state_media", "news_media", "government_body", "organisation"})
DEFINITE = re.compile(r"(?:the|this|that|its|his|her|their|our|my|[\w.-]+['’]s?)\s", re.IGNORECASE)
INDEFINITE = re.compile(r"(?:an?|one|two|three|four|five|another|unnamed|unidentified|anonymous)\s", re.IGNORECASE)
SPOKES = re.compile(r"\bspokes(?:man|woman|person|people|men|women)\b", re.IGNORECASE)
BARE_SPOKES = re.compile(r"(?:an?\s)?spokes\w+", re.IGNORECASE)
NAME_INSIDE = re.compile(r"(?<=\s)[A-ZÀ-Þ][\w’'-]+|^[A-ZÀ-Þ][\w’'-]*[a-z]['’]s\b")
PLURAL = re.compile(r"\w+(?:[^s]s|people|men|women|media|police)$", re.IGNORECASE)


@cache
def _pattern(name: str, form: str) -> re.Pattern[str]:
    """Return an expression for a list of the seed; `form` has {} where the words stand."""
    words: Iterable[str] = read_seed("naming.yaml")[name]
    inner = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return re.compile(form.format(rf"(?:{inner})"), re.IGNORECASE)


def _is_vague(source: str, head: str) -> bool:
    if _pattern("vague_sources", r"^{}$").match(source) or _pattern("vague_quantifiers", r"^{}\s").match(source):
        return True
    has_article = DEFINITE.match(source) or INDEFINITE.match(source)
    return not has_article and _pattern("vague_heads", r"(?<![\w-]){}(?:s|es)?$").search(head) is not None


def _is_identified(source: str, head: str, source_type: str) -> bool:
    """Return whether a source that is no name singles out who speaks."""
    if SPOKES.search(source):
        # Whoever speaks for a body can be asked for; "a spokesman" alone cannot.
        return BARE_SPOKES.fullmatch(source) is None
    is_plural = PLURAL.search(head) is not None
    if DEFINITE.match(source):
        is_somebody = _pattern("particular_people", r"(?<![\w-]){}$").search(head) is not None
        return source_type in BODIES or not (is_plural or is_somebody)
    if INDEFINITE.match(source):
        return source_type == "document" and NAME_INSIDE.search(source) is not None
    if _pattern("bodies", r"(?<![\w-]){}$").search(head):
        return True
    return source_type in BODIES and not is_plural


def naming_of(source: str, source_type: str, clause: str = "", antecedent: Naming | None = None) -> Naming:
    """Return how far a source is identified.

    Args:
        source: the source as it is written.
        source_type: one of the eleven types.
        clause: the words of its sentence outside of the content; they may stress that it wants no name.
        antecedent: how far the source before it is identified, for pronouns.

    >>> naming_of("Foreign Minister Ada Lin", "government_official")
    'named'
    >>> naming_of("a senior official", "government_official")
    'anonymous'
    >>> naming_of("numerous reports", "unnamed_source")
    'vague'
    """
    source = source.strip()
    head = re.sub(r"['’]s?$", "", head_of(source))
    if is_pronoun(source):
        return antecedent or "named"
    if source_type not in BODIES - {"news_media"} and _is_vague(source, head):
        return "vague"
    if is_anonymous(source, clause):
        return "anonymous"
    if is_named(head) or is_seat(source) or _is_identified(source, head, source_type):
        return "named"
    return "anonymous"
