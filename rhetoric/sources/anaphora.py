"""Sources that refer back to an outlet: "it said", "the agency added", "the Lao agency", "the report said".

The reference goes to the nearest outlet that fits, unless something else of that name (the UN agency, a police
report) or another speaker stands nearer.
"""

import re
from collections.abc import Mapping

from rhetoric.annotation import Attribution, CharSpan
from rhetoric.sources.context import load_context
from rhetoric.sources.countries import find_countries
from rhetoric.sources.generic import compatible
from rhetoric.sources.mentions import Mention
from rhetoric.sources.reading import Link, Reading
from rhetoric.sources.source_types import is_person

__all__ = ["antecedent", "refer_back"]

IT = re.compile(r"(?:it|they|its|which|that|who)(?: also)?", re.IGNORECASE)
PASSIVE = re.compile(r"(?:was|were|is|are|been|has been|have been|had been)\b", re.IGNORECASE)
PERSONAL = re.compile(r"he|she", re.IGNORECASE)
OWNED = re.compile(r"\b(?:state|government|official|party)\b", re.IGNORECASE)
REACH = 8  # sentences over which a noun may refer back
SHORT_REACH = 3  # sentences over which a pronoun, or "the report", may
SUBJECT = 60  # characters from the beginning of a sentence in which its subject stands
SHORT_NOUNS = frozenset(
    {
        "report",
        "reports",
        "article",
        "piece",
        "story",
        "commentary",
        "program",
        "programme",
        "column",
        "site",
        "organ",
        "item",
        "correspondent",
        "reporter",
        "website",
    }
)


def _previous_speaker(attribution: Attribution, own: Mapping[str, Link], reading: Reading) -> Link | None:
    """Return the outlet that "it" or a missing source refers to: the last speaker that is no person."""
    here = reading.sentence_of(attribution)
    for earlier in reading.before(attribution):
        if here - reading.sentence_of(earlier) > SHORT_REACH:
            break
        if earlier.id in own:
            return own[earlier.id]
        source_type = reading.cue_types[earlier.id]
        if source_type is not None and not is_person(source_type):
            return None
    return None


def _subject(attribution: Attribution, reading: Reading, after: int) -> Mention | None:
    """Return the outlet that is the subject of the same or the previous sentence, if it is named after `after`."""
    anchor, here = reading.anchor(attribution), reading.sentence_of(attribution)
    sentences = reading.scene.sentences
    for mention in reversed(reading.mentions):
        if mention.precedes(anchor) and mention.start >= after and sentences:
            sentence = reading.scene.sentence_index(mention.start)
            if here - sentence <= 1 and mention.start - sentences[sentence].start <= SUBJECT:
                return mention
    return None


def _pronoun(attribution: Attribution, own: Mapping[str, Link], reading: Reading) -> Mention | None:
    link = _previous_speaker(attribution, own, reading)
    earlier = next(iter(reading.before(attribution)), None)
    has_source = attribution.source is not None
    if has_source:
        subject = _subject(attribution, reading, reading.anchor(earlier).start if earlier else 0)
        if subject is not None:
            return subject
    return link.mention if link else None


def _rival_between(noun: str, start: int, end: int, text: str) -> bool:
    rivals = load_context().rivals.get(noun.split()[-1].rstrip("s"))
    return rivals is not None and rivals.search(text, start, end) is not None


def _by_last_word(span: CharSpan, reading: Reading) -> Mention | None:
    """Return the outlet whose name ends with the word alone: "the Tribune" for "Ruritanian Tribune"."""
    match = load_context().last_word.fullmatch(span.of(reading.text).strip())
    if match is None:
        return None
    earlier = (m for m in reversed(reading.mentions) if m.precedes(span) and m.outlet)
    return next((m for m in earlier if m.of(reading.text).endswith(" " + match["word"])), None)


def _noun(attribution: Attribution, own: Mapping[str, Link], reading: Reading) -> Mention | None:
    """Return the outlet to which a definite noun as source refers."""
    source = attribution.source
    if source is None:
        return None
    found = antecedent(source, reading)
    if found is None:
        return None
    noun, mention = found
    return None if _interrupted(noun, mention, attribution, own, reading) else mention


def antecedent(source: CharSpan, reading: Reading) -> tuple[str, Mention] | None:
    """Return the noun by which a phrase refers back to an outlet, and that outlet; None if it does not."""
    context = load_context()
    named = _by_last_word(source, reading)
    if named is not None:
        return "", named
    match = context.anaphor.fullmatch(source.of(reading.text).strip())
    if match is None:
        return None
    noun = match["noun"].lower()
    country = next((c.code for c in find_countries(match["middle"])), None)
    is_owned = OWNED.search(match["middle"]) is not None
    is_other = re.search(r"\b[A-Z]", match["middle"]) is not None and country is None
    if is_other or (not is_owned and _rival_between(noun, source.start, source.end, reading.text)):
        return None
    here = reading.scene.sentence_index(source.start)
    reach = SHORT_REACH if noun in SHORT_NOUNS else REACH
    for mention in reversed(reading.mentions):
        if mention.precedes(source) and here - reading.scene.sentence_index(mention.start) <= reach:
            fits = any(compatible(kind, mention.kind) for kind in context.anaphor_kinds[noun])
            if fits and country in (None, mention.country):
                is_rival = not is_owned and _rival_between(noun, mention.end, source.start, reading.text)
                return None if is_rival else (noun, mention)
    return None


def _interrupted(
    noun: str, mention: Mention, attribution: Attribution, own: Mapping[str, Link], reading: Reading
) -> bool:
    """Return whether "the report" comes after another source that may have one."""
    if noun not in SHORT_NOUNS:
        return False
    for earlier in reading.before(attribution):
        if reading.anchor(earlier).start < mention.start:
            return False
        if earlier.id not in own and reading.cue_types[earlier.id] in (
            "document",
            "organisation",
            "news_media",
            "government_body",
        ):
            return True
    return False


def refer_back(attribution: Attribution, own: Mapping[str, Link], reading: Reading) -> Mention | None:
    """Return the outlet to which the source of `attribution` refers back, None if it is not such a source.

    Args:
        attribution: the attribution whose source is looked at.
        own: the outlets that speak in the attributions before it.
        reading: the article.
    """
    source = attribution.source
    if source is None:
        link = _previous_speaker(attribution, own, reading)
        near = next(iter(reading.before(attribution)), None)
        is_passive = attribution.cue is not None and PASSIVE.match(attribution.cue.of(reading.text)) is not None
        follows = near is not None and near.id in own and _adjoins(near, attribution, reading)
        return link.mention if link and follows and not is_passive else None
    surface = source.of(reading.text).strip()
    if PERSONAL.fullmatch(surface):
        return _staff_before(attribution, own, reading)
    if IT.fullmatch(surface) and not (
        surface.lower().startswith(("they", "who")) and not _plural_before(attribution, own, reading)
    ):
        return _pronoun(attribution, own, reading)
    return _noun(attribution, own, reading)


def _staff_before(attribution: Attribution, own: Mapping[str, Link], reading: Reading) -> Mention | None:
    """Return the outlet for which "he" speaks: its presenter or correspondent spoke just before."""
    near = next(iter(reading.before(attribution)), None)
    if near is None or near.id not in own or near.source is None or not _adjoins(near, attribution, reading):
        return None
    return own[near.id].mention if load_context().on_air_people.search(near.source.of(reading.text)) else None


def _adjoins(earlier: Attribution, attribution: Attribution, reading: Reading) -> bool:
    """Return whether one attribution follows the other at once."""
    return reading.sentence_of(attribution) - reading.sentence_of(earlier) <= 1


def _plural_before(attribution: Attribution, own: Mapping[str, Link], reading: Reading) -> bool:
    """Return whether "they" may be media: the last speaker was a generic outlet."""
    near = next(iter(reading.before(attribution)), None)
    return near is not None and near.id in own and own[near.id].mention.is_generic
