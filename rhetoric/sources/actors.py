"""A user's own list of actors, found among sources and targets: by name or alias, by surname, by pronoun.

A list is for questions that are asked beforehand ("how does each outlet speak of these ten politicians?"), so that it
is matched strictly: the name must be the head of the mention. "A spokesman for Lin Baruti" and "Baruti's brother" are
not Lin Baruti; "Defence Minister Baruti" is, where the text names him in full and nobody else on the list has his
surname.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rhetoric.annotation import Actor, CharSpan
from rhetoric.errors import ConfigError
from rhetoric.sources.reading import Reading
from rhetoric.sources.source_types import head_of, is_person, is_pronoun
from rhetoric.sources.tokens import Phrase, PhraseTable, words

__all__ = ["ActorList", "ActorMentions", "load_actors", "source_actors"]

REACH = 3  # sentences over which a pronoun refers back to the speaker before
MAX_BEFORE = 250  # characters before a pronoun in which the name that it stands for is looked for
POSSESSIVE = re.compile(r"['’]s?$")
PERSONAL = re.compile(r"(?:he|him|his|himself|she|her|hers|herself)(?: also)?", re.IGNORECASE)
PROPER_NAME = re.compile(r"[A-ZÀ-Þ][\w’'-]*(?:\s[A-ZÀ-Þ][\w’'-]*)*")
SENTENCE_OPENER = re.compile(r"(?:^|[.!?]['\"”’)]?\s)$")


@dataclass(frozen=True)
class ActorList:
    """Actors with all the names that mean them.

    Attributes:
        names: of each actor, the name and its aliases.
    """

    names: Mapping[Actor, tuple[str, ...]]

    @cached_property
    def table(self) -> PhraseTable[Actor]:
        """All the names, to be found in texts."""
        return PhraseTable((name, actor) for actor, names in self.names.items() for name in names)

    @cached_property
    def surnames(self) -> Mapping[str, Actor]:
        """The last words of names of several words that belong to one actor alone."""
        owners: dict[str, set[Actor]] = {}
        for actor, names in self.names.items():
            for name in names:
                if len(words(name)) > 1:
                    owners.setdefault(words(name)[-1], set()).add(actor)
        return {surname: next(iter(actors)) for surname, actors in owners.items() if len(actors) == 1}

    def in_text(self, text: str) -> "ActorMentions":
        """Return the actors that `text` names."""
        return ActorMentions(self, text, tuple(self.table.find(text)))


@dataclass(frozen=True)
class ActorMentions:
    """Where one text names the actors of a list."""

    actors: ActorList
    text: str
    phrases: Sequence[Phrase[Actor]]

    @cached_property
    def _named(self) -> frozenset[Actor]:
        return frozenset(actor for phrase in self.phrases for actor in phrase.values)

    def of_name(self, mention: CharSpan) -> Actor | None:
        """Return the actor whom a mention names, None if it names none of the list, or is a pronoun."""
        head = POSSESSIVE.sub("", head_of(mention.of(self.text)))
        end = mention.start + len(head)
        for phrase in self.phrases:
            if mention.start <= phrase.start and phrase.end == end and len(set(phrase.values)) == 1:
                return phrase.values[0]
        last = words(head)[-1:]
        found = self.actors.surnames.get(last[0]) if last else None
        return found if found in self._named else None

    def of_target(self, mention: CharSpan) -> Actor | None:
        """Return the actor who is meant by the target of a loaded span or by a given mention.

        "He" and "she" mean whom the nearest name before them means, in their sentence or the one before.
        """
        if not is_pronoun(mention.of(self.text)):
            return self.of_name(mention)
        if not PERSONAL.fullmatch(mention.of(self.text)):
            return None
        before = self.text[max(0, mention.start - MAX_BEFORE) : mention.start]
        offset = mention.start - len(before)
        for match in reversed(list(PROPER_NAME.finditer(before))):
            opens = SENTENCE_OPENER.search(before[: match.start()]) or not offset + match.start()
            if opens and " " not in match.group() and self.of_name(_span(match, offset)) is None:
                continue  # the first word of a sentence need not be a name
            return self.of_name(_span(match, offset))
        return None


def _span(match: re.Match[str], offset: int) -> CharSpan:
    return CharSpan(offset + match.start(), offset + match.end())


def source_actors(actors: ActorList, reading: Reading, types: Mapping[str, str]) -> dict[str, Actor]:
    """Return the actors who are sources, by attribution.

    Args:
        actors: whom to look for.
        reading: the article.
        types: the type of each source, by attribution: "it" does not mean a person, nor "she" a ministry.
    """
    mentions = actors.in_text(reading.text)
    found: dict[str, Actor] = {}
    for attribution in reading.attributions:
        if attribution.source is None:
            continue
        surface = attribution.source.of(reading.text)
        actor = (
            _continued(attribution.id, surface, found, reading, types)
            if is_pronoun(surface)
            else mentions.of_name(attribution.source)
        )
        if actor is not None:
            found[attribution.id] = actor
    return found


def _continued(
    attribution_id: str, pronoun: str, found: Mapping[str, Actor], reading: Reading, types: Mapping[str, str]
) -> Actor | None:
    """Return the actor who goes on speaking as a pronoun."""
    attribution = reading.attributions[reading.ranks[attribution_id]]
    for earlier in reading.before(attribution):
        if earlier.source is None:
            continue
        is_near = reading.sentence_of(attribution) - reading.sentence_of(earlier) <= REACH
        fits = bool(PERSONAL.fullmatch(pronoun.strip())) == is_person(types[earlier.id])
        return found.get(earlier.id) if is_near and fits else None
    return None


def load_actors(path: Path) -> ActorList:
    """Read a list of actors from YAML or `.jsonl`: `name`, and optionally `id`, `country` and `aliases` of each.

    Raises:
        ConfigError: the file cannot be read, a record is wrong, or a name stands for two actors; the message names the
            line.
    """
    from rhetoric.sources.schema import ActorRecord, read_records  # pydantic is heavy

    rows = read_records(path, ActorRecord)
    if not rows:
        message = f"{path}: holds no actor; expected a list of records with at least a name"
        raise ConfigError(message)
    names = {
        Actor(row["name"], row.get("id"), row.get("country")): (row["name"], *row.get("aliases", ())) for row in rows
    }
    _refuse_shared(path, names)
    return ActorList(names)


def _refuse_shared(path: Path, names: Mapping[Actor, Iterable[str]]) -> None:
    """Refuse a name by which two actors would be found.

    Raises:
        ConfigError: there is one.
    """
    owners: dict[tuple[str, ...], Actor] = {}
    for actor, spellings in names.items():
        for name in spellings:
            key = tuple(word.casefold() for word in words(name))
            other = owners.setdefault(key, actor)
            if other != actor:
                message = f"{path}: {name!r} stands for {other.name!r} and {actor.name!r}; give it to one of them"
                raise ConfigError(message)
