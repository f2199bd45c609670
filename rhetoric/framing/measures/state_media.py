"""How an attribution is tied to state media, under three definitions of what state media are.

`direct`: the source is a state medium. `second_hand`: it is one, and another attribution reported it ("Reuters, citing
MENA"). `through`: the source is somebody else, who speaks to a state medium or is reported by one ("told TASS").
"""

from collections.abc import Callable, Mapping

from rhetoric.annotation import Attribution
from rhetoric.framing.measures.facts import StateMediaTie
from rhetoric.framing.measures.identity import speaks_itself
from rhetoric.sources.evidence import is_state_controlled

__all__ = ["is_affiliated", "is_strictly_controlled", "ties_to_state_media"]

STRICT = "SC"
INDEPENDENT_PUBLIC = "IP"

Definition = Callable[[Attribution], bool]


def is_strictly_controlled(attribution: Attribution) -> bool:
    """Return whether the outlet is state-controlled in the narrowest sense: typology SC in the base."""
    return attribution.outlet is not None and attribution.outlet.typology == STRICT


def is_affiliated(attribution: Attribution) -> bool:
    """Return whether the outlet has a state behind it: any typology but IP, or the text calls it a state's."""
    typology = attribution.outlet.typology if attribution.outlet else None
    return is_state_controlled(attribution) or typology not in (None, INDEPENDENT_PUBLIC)


DEFINITIONS: tuple[Definition, ...] = (is_state_controlled, is_strictly_controlled, is_affiliated)
NO_TIES: tuple[StateMediaTie, ...] = ("none", "none", "none")


def ties_to_state_media(attribution: Attribution, others: Mapping[str, Attribution]) -> tuple[StateMediaTie, ...]:
    """Return how an attribution is tied to state media, by the usual, the strict and the wide definition.

    Args:
        attribution: which one.
        others: all attributions of the passage, by id.
    """
    if attribution.outlet is None and attribution.via is None and not speaks_itself(attribution):
        return NO_TIES  # most attributions
    return tuple(_tie(attribution, others, is_state) for is_state in DEFINITIONS)


def _tie(attribution: Attribution, others: Mapping[str, Attribution], is_state: Definition) -> StateMediaTie:
    if is_state(attribution) and speaks_itself(attribution):
        return "direct" if attribution.via is None else "second_hand"
    carrier: Attribution | None = attribution
    passed: set[str] = set()
    while carrier is not None and carrier.id not in passed:
        if is_state(carrier):
            return "through"
        passed.add(carrier.id)
        carrier = others.get(carrier.via) if carrier.via else None
    return "none"
