"""Which attributions are state media's, and how much of that evidence each sentence holds."""

from collections.abc import Collection, Iterable, Sequence

from rhetoric.annotation import Attribution, CharSpan, Sentence, find_overlaps
from rhetoric.sources.mentions import Mention
from rhetoric.sources.outlets import STATE_CONTROLLED

__all__ = ["STATE_MEDIA", "described_outlets", "is_state_controlled", "state_media_sentences"]

STATE_MEDIA = "state_media"


def described_outlets(mentions: Iterable[Mention]) -> frozenset[str]:
    """Return the names of the outlets that a text itself calls a state's ("the semi-official ISNA")."""
    return frozenset(m.outlet.name for m in mentions if m.is_described and m.outlet and not m.is_generic)


def is_state_controlled(attribution: Attribution, described: Collection[str] = ()) -> bool:
    """Return whether an attribution comes from or through a state-controlled outlet.

    That is so if its source is state media, if its outlet is (SC, CaPu, CaPr), if the mention is generic ("Iranian
    state TV": a country, no name), or if the text describes the outlet as a state's (`described_outlets`).
    """
    outlet = attribution.outlet
    if attribution.source_type == STATE_MEDIA:
        return True
    if outlet is None:
        return False
    return outlet.name is None or outlet.typology in STATE_CONTROLLED or outlet.name in described


def _evidence_spans(attribution: Attribution) -> list[CharSpan]:
    """Return what makes a sentence a quotation: the content, and beside it source and cue."""
    around = [s for s in (attribution.source, attribution.cue) if s is not None]
    return [*attribution.content, *around] if attribution.content else []


def state_media_sentences(
    sentences: Sequence[Sentence],
    attributions: Sequence[Attribution],
    described: Collection[str] = (),
) -> list[float]:
    """Return for each sentence the evidence (0 to 1) that it quotes state media.

    The evidence is the score of the strongest attribution from or through state media that has content, source or
    cue in the sentence.
    """
    stated = [a for a in attributions if is_state_controlled(a, described)]
    spans = [(span, a.score) for a in stated for span in _evidence_spans(a)]
    found = find_overlaps(sentences, [span for span, _ in spans])
    return [max((spans[i][1] for i in inside), default=0.0) for inside in found]
