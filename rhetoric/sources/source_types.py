"""What kind of source speaks: cue words of the seed, and the model's scores where there are some.

The outlet decides first (an outlet that speaks is state media or news media); after it the head noun of the source,
titles, and words that stress anonymity; a pronoun takes the type of what it refers to.
"""

import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from rhetoric.annotation import CharSpan
from rhetoric.sources.countries import find_countries, read_seed

__all__ = [
    "SOURCE_TYPES",
    "cue_type",
    "decide_type",
    "described_type",
    "head_of",
    "is_anonymous",
    "is_named",
    "is_person",
    "is_pronoun",
    "is_seat",
]

SOURCE_TYPES = (
    "document", "expert", "government_body", "government_official", "named_person", "news_media", "organisation",
    "public", "social_media", "state_media", "unnamed_source",
)  # fmt: skip
PERSONS = frozenset({"named_person", "government_official", "expert", "public", "unnamed_source"})

PRONOUN = re.compile(
    r"(?:he|she|it|they|i|we|you|him|her|them|who|which|that|his|himself|herself|one)\b"
    r"(?: (?:also|himself|herself|both|all))?",
    re.IGNORECASE,
)
# Where the head of a noun phrase ends: "a SPOKESMAN for the ministry", "OFFICIALS familiar with the matter".
HEAD_END = re.compile(
    r",|\b(?:of|for|at|in|from|with|to|on|who|whose|which|that|close|familiar|near|behind|by|reached|briefed|involved|inside|outside|about|named|called|responsible|against|along|across|working|living|speaking)\b",
    re.IGNORECASE,
)
NAME = re.compile(r"(?:(?:[A-Z][\w.’'-]*|al-[A-Z]\w+|de|van|von|bin|al|der|la|du|da|del|el|ibn)\s?){1,5}")
NAME_AT_END = re.compile(r"(?:[A-Z][\w.’'-]+ )[A-Z][\w.’'-]+$|[a-z] [A-Z][\w.’'-]+$")
ACRONYM = re.compile(r"[A-Z][A-Z.&-]{1,}s?")
FORMER = re.compile(r"\b(?:former|ex-\w+|ex|retired|late|onetime|one-time)\b", re.IGNORECASE)
PLACE_OF_POWER = re.compile(r"(?:the )?(?P<name>[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,2})")
SPOKES = re.compile(r"\bspokes(?:man|woman|person|people|men)\b", re.IGNORECASE)
PLURAL_NOUN = re.compile(r"\w+(?:[^s]s|people|men|women|folk)", re.IGNORECASE)
LAST_NAME = re.compile(r"[A-ZÀ-Þ][\w’'-]+$")
# What stands before a name and belongs to it ("Foreign Minister Lin "), and after it ("…, the foreign minister,").
BEFORE_NAME = re.compile(
    r"(?P<words>(?:[A-Z][\w.’'-]*\s|(?:defen[cs]e|foreign|finance|interior|health|justice|deputy|vice|prime|deputy|economist|professor|analyst|minister|president|judge|governor|senator|mayor|general|spokes\w+|ambassador)\s)+)$"
)
AFTER_NAME = re.compile(r",\s(?P<words>(?:(?:the|a|an|who is|his|her|its)\s)?[^,.;:\"“”]{4,90})[,.;]")
STATE_BODIES = "state_bodies"  # in the seed, but no source type
MAX_NAMES = 4  # mentions of a name that are read for a description
STRENGTH = 1.5  # log-odds by which the seed's cues move the model's scores


Lexicon = Mapping[str, Mapping[str, re.Pattern[str]]]


@lru_cache(maxsize=1)
def _lexicon() -> Lexicon:
    """Return an expression for each type and field of the seed."""

    def compiled(words: Iterable[str]) -> re.Pattern[str]:
        inner = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
        return re.compile(rf"(?<![\w-])(?:{inner})s?(?![\w-])", re.IGNORECASE)

    seed: dict[str, dict[str, Sequence[str]]] = read_seed("source_types.yaml")
    return {kind: {field: compiled(words) for field, words in fields.items()} for kind, fields in seed.items()}


def is_pronoun(source: str) -> bool:
    """Return whether a source is no more than a pronoun."""
    return PRONOUN.fullmatch(source.strip()) is not None


def is_person(source_type: str) -> bool:
    """Return whether sources of that type are people rather than bodies, media or documents."""
    return source_type in PERSONS


def head_of(source: str) -> str:
    """Return a noun phrase up to where its head ends: "a spokesman" of "a spokesman for the ministry"."""
    match = HEAD_END.search(source, 1)
    return (source[: match.start()] if match and match.start() > 1 else source).strip()


def _last_match(pattern: re.Pattern[str], head: str) -> tuple[int, int]:
    """Return where the last words of the seed in `head` end, and how long they are; (-1, 0) if there are none."""
    return max(((m.end(), len(m.group())) for m in pattern.finditer(head)), default=(-1, 0))


def _byhead_of(source: str) -> str | None:
    """Return the type whose noun ends the head of `source`, or stands last in it."""
    lexicon = _lexicon()
    head = re.sub(r"['’]s?$", "", head_of(source))
    ends = {kind: _last_match(fields["head"], head) for kind, fields in lexicon.items() if "head" in fields}
    best = max(ends, key=lambda kind: ends[kind])
    return best if ends[best] > (0, 0) else None


def _spokesman(source: str) -> str:
    """Return the type of a spokesperson: an official if a state body stands behind, else person or organisation."""
    rest = SPOKES.sub("", source)
    if _lexicon()[STATE_BODIES]["any"].search(rest) or find_countries(rest):
        return "government_official"
    return (
        "named_person"
        if re.search(r"\b[A-Z]\w+ [A-Z]\w+", rest) and re.search(r"[A-Z]\w+ [A-Z]\w+$", source)
        else "organisation"
    )


def _is_name(head: str) -> bool:
    return NAME.fullmatch(head.strip()) is not None


def _is_people(head: str) -> bool:
    """Return whether a head is a plural noun for people, which at the beginning of a sentence looks like a name."""
    lexicon = _lexicon()
    return PLURAL_NOUN.fullmatch(head) is not None and any(
        lexicon[kind]["head"].fullmatch(head) for kind in sorted(PERSONS) if "head" in lexicon[kind]
    )


def is_named(head: str) -> bool:
    """Return whether the head of a source is a name, ends with one, or is an acronym.

    >>> is_named("former envoy Ada Lin"), is_named("US officials"), is_named("Villagers")
    (True, False, False)
    """
    bare = re.sub(r"^(?:the|The) ", "", head.strip())
    if _is_people(bare):
        return False
    return NAME_AT_END.search(head) is not None or _is_name(bare) or ACRONYM.fullmatch(bare) is not None


def is_anonymous(source: str, clause: str = "") -> bool:
    """Return whether a source, or what stands around it, says that it wants no name."""
    words = _lexicon()["unnamed_source"]
    return bool(words["any"].search(source) or words["head"].fullmatch(source) or words["cue"].search(clause))


def is_seat(source: str) -> bool:
    """Return whether a country or its capital speaks ("Moscow", "the Kremlin")."""
    match = PLACE_OF_POWER.fullmatch(source.strip())
    found = find_countries(source) if match else []
    return any(c.weight > 1 and c.end - c.start >= len(match["name"]) for c in found if match)


def _is_leader(source: str) -> bool:
    """Return whether a source is a head of state or government whom the seed names."""
    return not FORMER.search(source) and any(c.weight == 1 and c.end == len(source) for c in find_countries(source))


def described_type(source: CharSpan, text: str) -> str | None:
    """Return the type that the text gives a named person elsewhere: beside the name, or where the name comes in full.

    "Lin Baruti, the defence minister, …" and later "Baruti".
    """
    name = LAST_NAME.search(source.of(text).strip())
    if name is None:
        return None
    for match in itertools.islice(re.finditer(rf"\b{re.escape(name.group())}\b", text), MAX_NAMES):
        before = BEFORE_NAME.search(text[max(0, match.start() - 80) : match.start()])
        after = AFTER_NAME.match(text, match.end())
        for description in (before and before["words"] + match.group(), after and after["words"]):
            kind = cue_type(description) if description else None
            if kind in ("government_official", "expert"):
                return kind
    return None


@lru_cache(maxsize=8192)
def cue_type(source: str, clause: str = "") -> str | None:
    """Return the type of a source by the seed's cues, None for a pronoun.

    Args:
        source: the source as it is written.
        clause: the reporting phrase and what stands around it, outside of the content.
    """
    source = source.strip()
    lexicon = _lexicon()
    if not source or is_pronoun(source):
        return None
    if is_anonymous(source, clause):
        return "unnamed_source"
    if SPOKES.search(source):
        return _spokesman(source)
    if is_seat(source):
        return "government_body"
    if _is_leader(source):
        return "government_official"
    return _by_form(source, lexicon)


def _by_form(source: str, lexicon: Lexicon) -> str:
    """Return the type by title, head noun and capitals."""
    head = head_of(source)
    named = NAME_AT_END.search(head)
    if named or _is_name(head):
        return _by_name(head, named is not None, lexicon)
    by_head = _byhead_of(source)
    if by_head is None:
        by_words = (
            kind for kind in SOURCE_TYPES if "any" in lexicon.get(kind, {}) and lexicon[kind]["any"].search(source)
        )
        default = "organisation" if ACRONYM.search(source) or source.lower().startswith("the ") else "named_person"
        return next(by_words, default)
    return "named_person" if by_head == "government_official" and FORMER.search(head) else by_head


def _by_name(head: str, has_description: bool, lexicon: Lexicon) -> str:
    """Return the type of a source that is or ends with a name ("Foreign Minister Lin", "the Ruritanian Red Cross")."""
    if FORMER.search(head):
        return "named_person"
    for kind in ("government_official", "expert"):
        title = lexicon[kind]["title"].match(head) or lexicon[kind]["head"].search(head)
        if title and title.end() < len(head) - 1:
            return kind
    by_head = _byhead_of(head)
    if by_head and _last_match(lexicon[by_head]["head"], head)[0] >= len(head) - 1:
        return by_head
    if ACRONYM.fullmatch(head.removeprefix("the ").removeprefix("The ")):
        return "organisation"
    is_person = has_description or (_is_name(head) and not head.lower().startswith("the "))
    return "named_person" if is_person else by_head or "organisation"


def decide_type(cue: str | None, scores: Mapping[str, float] | None, fallback: str = "named_person") -> str:
    """Return the likeliest type by the model's `scores` (probabilities), moved towards the type of the cues.

    Without scores the cue decides, without a cue the fallback.
    """
    if not scores:
        return cue or fallback
    weighted = {kind: p * (math.exp(STRENGTH) if kind == cue else 1.0) for kind, p in scores.items()}
    return max(weighted, key=lambda kind: weighted[kind])
