"""Which things a measure counts: conditions on their facts, as a user writes them in YAML."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

from rhetoric.annotation import QuoteType, Stance, Valence, Voice
from rhetoric.framing.measures.facts import NSources, StateMediaTie, WordVoice

__all__ = ["Where", "listed", "tell_conditions"]

OWN_VOICE = ("author", "scare_quote")


def listed(value: Any) -> Any:  # noqa: ANN401  (whatever YAML holds, checked after)
    """Return `value` in a tuple, if it is no list: what one value suffices for need not be written as a list."""
    return value if isinstance(value, list | tuple) else (value,)


def _own_voiced(value: Any) -> Any:  # noqa: ANN401  (likewise)
    names = [OWN_VOICE if name == "own" else (name,) for name in listed(value)]
    return tuple(name for group in names for name in group)


Names = Annotated[tuple[str, ...], BeforeValidator(listed)]
NamesOrNull = Annotated[tuple[str | None, ...], BeforeValidator(listed)]
Voices = Annotated[tuple[Voice | WordVoice, ...], BeforeValidator(_own_voiced)]
Ties = Annotated[tuple[StateMediaTie, ...], BeforeValidator(listed)]


class Where(BaseModel):
    """Which of the things are meant: each field that is given must hold; of several values one suffices.

    Attributes:
        labels: of sentences, paragraphs, articles and given mentions: the thing has one of them.
        spans: of sentences: a span that fits shares a character with the sentence.
        label: of spans: the technique.
        layer: of spans.
        of_taxonomy: of spans: whether the label is a technique of the taxonomy.
        voice: of spans, mentions and words; `own` for the author's and scare quotes together. A word in the content of
            an attribution is `attributed`, any other `own`.
        valence: of spans and mentions.
        actor: of spans, mentions and attributions: id (or name) of an actor of the user's list.
        source_type: of attributions and sources, and of the attribution in which a span stands.
        quote_type: of attributions.
        stance: of attributions: of their cue.
        has_source: of attributions.
        has_cue: of attributions.
        country: of attributions and sources: of the source.
        typology: of attributions: of their outlet.
        state_media: of attributions: whether the source is a state medium (`direct`, or `second_hand` where another
            medium reports it), or speaks `through` one; SC, CaPu, CaPr and what the text calls a state's.
        state_media_strict: likewise, SC alone.
        state_media_wide: likewise, every typology but IP.
        n_sources: of articles: none, one or several distinct sources.
        has_quotation_marks: of articles: whether anything in the text stands in quotation marks.
        same_source: of pairs of attributions.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    labels: Names | None = None
    spans: "Where | None" = None
    label: Names | None = None
    layer: Names | None = None
    of_taxonomy: bool | None = None
    voice: Voices | None = None
    valence: Annotated[tuple[Valence | None, ...], BeforeValidator(listed)] | None = None
    actor: NamesOrNull | None = None
    source_type: NamesOrNull | None = None
    quote_type: Annotated[tuple[QuoteType, ...], BeforeValidator(listed)] | None = None
    stance: Annotated[tuple[Stance, ...], BeforeValidator(listed)] | None = None
    has_source: bool | None = None
    has_cue: bool | None = None
    country: NamesOrNull | None = None
    typology: NamesOrNull | None = None
    state_media: Ties | None = None
    state_media_strict: Ties | None = None
    state_media_wide: Ties | None = None
    n_sources: Annotated[tuple[NSources, ...], BeforeValidator(listed)] | None = None
    has_quotation_marks: bool | None = None
    same_source: bool | None = None

    def given(self) -> Iterator[tuple[str, Any]]:
        """Yield the name and the value of each condition."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if value is not None:
                yield name, value

    def narrowed(self, other: "Where") -> "Where":
        """Return the conditions of both; where both name a field, those of `other`."""
        return self.model_copy(update=dict(other.given()))

    @property
    def formula(self) -> str:
        """The conditions, for people to read.

        >>> Where(layer="wording", voice="own").formula
        'layer = wording, voice = own'
        """
        return tell_conditions(self.given())


def tell_conditions(conditions: Iterable[tuple[str, Any]]) -> str:
    """Return conditions, for people to read.

    >>> tell_conditions([("label", ("doubt", "slogans")), ("of_taxonomy", True)])
    'label = doubt or slogans, of_taxonomy = yes'
    """
    return ", ".join(f"{name} = {_told(value)}" for name, value in conditions)


def _told(value: object) -> str:
    if isinstance(value, Where):
        return f"({value.formula})"
    if isinstance(value, Mapping):
        return f"({tell_conditions(value.items())})"
    if isinstance(value, tuple):
        told = ["own", *value[len(OWN_VOICE) :]] if value[: len(OWN_VOICE)] == OWN_VOICE else value
        return " or ".join("none" if item is None else str(item) for item in told)
    return {True: "yes", False: "no"}[bool(value)]
