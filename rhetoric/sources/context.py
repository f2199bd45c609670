"""The words around outlets (seeds/state_media/context.yaml), compiled once into expressions."""

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Any

from rhetoric.sources.countries import read_seed

__all__ = ["Context", "load_context"]

# What may stand between the owner and the medium: "state-run ENGLISH-LANGUAGE newspaper", "official CHINESE media".
MIDDLE = (
    r"(?:\s+(?:(?-i:[A-Z][\w.'’-]+)|[\w-]+-language|daily|evening|morning|military|army|party|youth|national|central"
    r"|local|satellite|24-hour|news|communist|main|leading|tv|radio|and))"
)

# Mentions that no owner need precede or follow: "Kremlin mouthpiece", "organ of the party", "propaganda website".
MOUTHPIECE = (
    r"(?:(?:government|kremlin|party|regime|official|state|communist party)(?:['’]s)?\s+(?P<d>mouthpiece)s?"
    r"|(?P<e>mouthpiece|organ) of the "
    r"(?=[\w' ]{0,30}(?:party|government|state|regime|army|communist|committee|kremlin))"
    r"|propaganda (?P<f>outlet|website|channel|organ|site|mouthpiece|newspaper|station|machine|apparatus|arm)s?)"
)
# The rest of a noun phrase before a name: "told THE STATE NEWS AGENCY Xinhua".
NOUN_PHRASE = r"(?:(?:[\w’'.-]*\w),?\s+){0,6}?[\"“'(]?"


def _any_of(items: Iterable[str]) -> str:
    """Return an alternation of `items` (expressions), the longest first."""
    return "(?:" + "|".join(sorted(items, key=len, reverse=True)) + ")"


def _escaped(words: Iterable[str]) -> str:
    """Return an alternation of plain `words`, the longest first."""
    return _any_of(map(re.escape, words))


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


class Context:
    """Expressions built from the seed, each compiled when first used."""

    def __init__(self, seed: dict[str, Any]) -> None:
        """Keep the lists of `seed`."""
        self.seed = seed

    @cached_property
    def kind_of(self) -> dict[str, str]:
        """The kind of outlet that each noun names."""
        return {noun: kind for kind, nouns in self.seed["media"].items() for noun in nouns}

    @cached_property
    def owned(self) -> str:
        """An expression for what says that a medium is a state's or a party's."""
        ownership = self.seed["ownership"]
        compound = rf"{_any_of(ownership['owners'])}[- ]{_any_of(ownership['compound'])}"
        return _any_of([compound, *map(re.escape, ownership["bare"])])

    @cached_property
    def named_owned(self) -> str:
        """The same for outlets with a name: "national" and "public" then say nothing of control."""
        ownership = self.seed["ownership"]
        bare = [w for w in ownership["bare"] if w not in ("national", "public", "parliamentary")]
        compound = rf"{_any_of(ownership['owners'])}[- ]{_any_of(ownership['compound'])}"
        return _any_of([compound, *map(re.escape, bare)])

    @cached_property
    def owned_before(self) -> re.Pattern[str]:
        """Ends just before a name: "state-run ", "the official Chinese "."""
        noun = rf"(?:\s+(?-i:[A-Z][\w’'-]+))?(?:\s+{self._nouns})?"
        return _compiled(rf"\b{self.named_owned}{noun}[\s,:–—-]{{1,3}}(?:the )?[\"“'(]?$")

    @cached_property
    def owned_after(self) -> re.Pattern[str]:
        """Begins just after a name: ", the official news agency of", " (state-run)"."""
        opening = r"(?:[’']s)?\s?[,(–—]\s?(?:the |a |an |which is )?(?:[\w.'’-]+ ){0,4}?"
        owner = rf"(?:{self.named_owned}|mouthpiece|state|propaganda)\b"
        return _compiled(rf"{opening}{owner}(?=[^,.;]{{0,60}}{self._nouns}|[ -]\w+\))")

    @cached_property
    def _nouns(self) -> str:
        return _escaped(self.kind_of)

    @cached_property
    def _compound_mention(self) -> str:
        """As "state-run English-language newspaper": any noun for media goes with a compound."""
        ownership = self.seed["ownership"]
        owner = rf"{_any_of(ownership['owners'])}[- ]{_any_of(ownership['compound'])}"
        return rf"{owner}{MIDDLE}{{0,3}}?\s+(?P<a>{self._nouns})"

    @cached_property
    def _bare_mention(self) -> str:
        """As "state TV": after a bare word only nouns that can be nothing else, for some words fewer."""
        narrow = self.seed["narrow"]
        plain = _escaped(w for w in self.seed["ownership"]["bare"] if w not in narrow)
        broad = rf"{plain}{MIDDLE}{{0,2}}?\s+(?P<b>{_escaped(self.seed['bare_media'])})"
        narrowed = (
            rf"{word}{MIDDLE}{{0,2}}?\s+(?P<c{number}>{_escaped(nouns)})"
            for number, (word, nouns) in enumerate(narrow.items())
        )
        return "|".join([broad, *narrowed])

    @cached_property
    def generic(self) -> re.Pattern[str]:
        """A generic mention of state media; the noun is in the one group that matched."""
        mention = rf"(?:{self._compound_mention}|{self._bare_mention}|{MOUTHPIECE})"
        return _compiled(rf"{mention}\b{self._not_after}(?!-\w)")

    @cached_property
    def _not_after(self) -> str:
        return rf"(?![ -]{_any_of(self.seed['not_after'])}\b)"

    @cached_property
    def generic_first(self) -> re.Pattern[str]:
        """The first word of every generic mention, found fast."""
        ownership = self.seed["ownership"]
        first = {
            re.split(r"[ \-'’]", w)[0]
            for w in (*ownership["owners"], *ownership["bare"], "mouthpiece", "organ", "propaganda")
        }
        spellings = {s for w in first for s in (w, w.capitalize(), w.upper())}
        return re.compile(rf"\b(?:{'|'.join(sorted(spellings))})\b")

    @cached_property
    def national_media(self) -> re.Pattern[str]:
        """Begins just after a country whose media are all the state's: " media", "'s television"."""
        nouns = [n for n in self.seed["bare_media"] if n not in ("outlet", "outlets")]
        return _compiled(rf"(?:['’]s)?\s+(?P<noun>{_escaped(nouns)})\b{self._not_after}")

    @cached_property
    def name_goes_on(self) -> re.Pattern[str]:
        """Begins just after a name: a place or thing that only bears it."""
        return re.compile(rf"(?:['’]s)?[ -]{_any_of(self.seed['name_goes_on'])}\b")

    @cached_property
    def media_after(self) -> re.Pattern[str]:
        """Begins just after a doubtful name: a word for media."""
        return _compiled(
            rf"(?:(?:['’]s)?\s+(?:[\w-]+\s+)?|,\s(?:an?|the)\s(?:[\w'’-]+\s){{0,4}}?){_any_of(self.seed['media_words'])}\b"
        )

    @cached_property
    def media_before(self) -> re.Pattern[str]:
        """Ends just before a doubtful name: a word for media."""
        return _compiled(rf"\b{_any_of(self.seed['media_words'])},?\s+(?:the )?[\"“'(]?$")

    @cached_property
    def outlet_part(self) -> re.Pattern[str]:
        """The head of a source that is the outlet itself."""
        return _compiled(rf"{_any_of(self.seed['outlet_parts'])}\b")

    @cached_property
    def staff(self) -> re.Pattern[str]:
        """A word for people of an outlet who speak for themselves."""
        return _compiled(rf"\b{_any_of(self.seed['staff'])}\b")

    @cached_property
    def channel_before(self) -> re.Pattern[str]:
        """Ends just before a mention that is the channel of what somebody says."""
        verbs, governors = _any_of(self.seed["channel_verbs"]), _any_of(self.seed["channel_governors"])
        preposition = _any_of(self.seed["channel_prepositions"])
        told = rf"{verbs}(?:\s+{NOUN_PHRASE}|\s+)"
        governed = rf"{governors}(?:,?\s+[\w.’'-]+){{0,4}}?,?\s+{preposition}\s+{NOUN_PHRASE}"
        return _compiled(rf"\b(?:{told}|(?:through|via)\s+{NOUN_PHRASE}|{governed})$")

    @cached_property
    def aside(self) -> re.Pattern[str]:
        """Words by which a channel is that of another occasion, or no channel at all."""
        asides, dealings = _any_of(self.seed["asides"]), _any_of(self.seed["dealings"])
        return _compiled(rf"\b{asides}\b[^.;]{{0,90}}$|\b{dealings} (?:\w+ ){{0,3}}by\b")

    @cached_property
    def on_air_before(self) -> re.Pattern[str]:
        """Ends just before a broadcaster: "on state television", "on RT"."""
        return _compiled(r"\b(?:on|via|over)\s+(?:(?:the|a|an|his|[\w’'.-]*\w),?\s+){0,4}?[\"“'(]?$")

    @cached_property
    def channel_after(self) -> re.Pattern[str]:
        """Begins just after a mention that reports what somebody says; a live broadcast is no report."""
        between = r"(?:(?:\w+ly|has|had|also|later|earlier|(?:news\s+)?agency|television|tv|newspaper)\s+)"
        return _compiled(rf"(?:['’]s)?,?\s+{between}*{_any_of(self.seed['channel_after'])}\b(?! (?:\w+ )?live\b)")

    @cached_property
    def other_channel(self) -> re.Pattern[str]:
        """Words that say that somebody spoke elsewhere."""
        return _compiled(_any_of(self.seed["other_channels"]))

    @cached_property
    def told_noun(self) -> re.Pattern[str]:
        """A definite noun or "it" that may be the channel: "told the agency", "in an interview with the paper"."""
        spoke = r"(?:interviews?|speaking|comments|remarks|statement|spoke|said)\s+(?:with|to|on)"
        carried = r"(?:quoted|cited|carried|reported|published)\s+by"
        governor = rf"(?:{_any_of(self.seed['channel_verbs'])}|{spoke}|{carried})"
        it = r"it\b(?!\s+(?:was|is|had|has|would|will|could))"
        return _compiled(rf"\b{governor}\s+(?P<noun>{it}|(?:the|its)\s+(?:[\w-]+\s+)?{_escaped(self.anaphor_kinds)}\b)")

    @cached_property
    def cited(self) -> re.Pattern[str]:
        """The cue of a source that another one reports."""
        return _compiled(rf"\b{_any_of(self.seed['cited'])}\b")

    @cached_property
    def on_air_people(self) -> re.Pattern[str]:
        """Somebody who speaks for an outlet as long as he speaks on it."""
        return _compiled(rf"\b{_any_of(self.seed['on_air_people'])}s?\b")

    @cached_property
    def former(self) -> re.Pattern[str]:
        """A word by which somebody no longer is what the noun says."""
        return _compiled(rf"\b{_any_of(self.seed['former'])}\b")

    @cached_property
    def last_word(self) -> re.Pattern[str]:
        """A source that names an outlet by the last word of its name: "the Tribune"."""
        return re.compile(r"[Tt]he (?P<word>[A-Z][a-z]{3,})")

    @cached_property
    def carried(self) -> re.Pattern[str]:
        """The beginning of a sentence that names the channel of the sentence before."""
        nouns, verbs = _any_of(self.seed["carried"]), _any_of(self.seed["carried_verbs"])
        subject = rf"[\"“”]?\s*(?:in )?(?:the|his|her|these|this|their|both|a|an)\s+(?:\w+,?\s+){{0,2}}?{nouns}\b"
        return _compiled(rf"{subject}[^.]{{0,80}}?\b{verbs}\b")

    @cached_property
    def speaker_anaphor(self) -> re.Pattern[str]:
        """A definite noun by which speech of the same speaker goes on."""
        nouns = _any_of(self.seed["speaker_anaphors"])
        return re.compile(
            rf"(?:[Tt]he|[Tt]his|[Tt]hat|[Hh]is|[Hh]er|[Aa]n?(?= spokes))\s+(?:[a-z-]+\s+){{0,2}}(?P<noun>{nouns})"
        )

    @cached_property
    def anaphor_kinds(self) -> dict[str, tuple[str, ...]]:
        """The kinds of outlet that each definite noun may refer back to."""
        kinds: dict[str, tuple[str, ...]] = {}
        for kind, nouns in self.seed["anaphors"].items():
            for noun in nouns:
                kinds[noun] = (*kinds.get(noun, ()), kind)
        return kinds

    @cached_property
    def anaphor(self) -> re.Pattern[str]:
        """A definite noun phrase that may refer back to an outlet; the noun is in the group `noun`."""
        determiner = r"(?:the|this|that|its|their|a|an|one|another|both)"
        middle, tail = r"(?P<middle>(?:[\w.’'-]+\s+){0,3}?)", r"(?:['’]s \w+)?(?:\s+(?:at|in|on|to|from)\s.+)?"
        return _compiled(rf"{determiner}\s+{middle}(?P<noun>{_escaped(self.anaphor_kinds)}){tail}")

    @cached_property
    def rivals(self) -> dict[str, re.Pattern[str]]:
        """What else "the agency", "the report" may mean, by noun."""
        return {noun: re.compile("|".join(patterns)) for noun, patterns in self.seed["rivals"].items()}


@lru_cache(maxsize=1)
def load_context() -> Context:
    """Return the compiled seed."""
    return Context(read_seed("state_media", "context.yaml"))
