"""Second-hand reports: through which attribution another one came.

"Reuters, citing MENA", "TASS quoted her as saying", "…, he said, according to the agency".
"""

import re
from collections.abc import Mapping

from rhetoric.annotation import Attribution
from rhetoric.sources.context import load_context
from rhetoric.sources.reading import Link, Reading

__all__ = ["find_chains"]

ENOUGH = 0.5
NEIGHBOURS = 8  # attributions on either side among which a carrier is looked for


def _share(one: Attribution, other: Attribution) -> float:
    """Return how much of the smaller content the two share."""
    sizes = sum(map(len, one.content)), sum(map(len, other.content))
    shared = sum(a.n_shared(b) for a in one.content for b in other.content)
    return shared / min(sizes) if min(sizes) else 0.0


def _cue(attribution: Attribution, text: str) -> str:
    return attribution.cue.of(text) if attribution.cue else ""


def _is_inside(inner: Attribution, outer: Attribution) -> bool:
    """Return whether the source of one speaks within the content of the other."""
    spoken = inner.source or inner.cue
    return spoken is not None and any(piece.contains(spoken) for piece in outer.content)


def _comes_through(inner: Attribution, outer: Attribution, own: Mapping[str, Link], text: str) -> bool:
    """Return whether `outer` is what reported `inner`."""
    if _is_inside(inner, outer):
        return True
    if _share(inner, outer) < ENOUGH or _is_inside(outer, inner):
        return False
    if outer.id in own and inner.id not in own:
        return True
    cited = load_context().cited.search(_cue(inner, text)) is not None
    if inner.id in own and outer.id in own:
        return cited and not load_context().cited.search(_cue(outer, text)) or _is_named_as_carrier(outer, inner, text)
    return cited and inner.id not in own and outer.id not in own


def _is_named_as_carrier(outer: Attribution, inner: Attribution, text: str) -> bool:
    """Return whether of two outlets one is said to have carried the other's report ("according to AFP")."""
    return bool(re.search(r"according to|(?:quoted|cited|reported|carried) by", _cue(outer, text))) and not re.search(
        r"according to|by$", _cue(inner, text)
    )


def find_chains(own: Mapping[str, Link], reading: Reading) -> dict[str, str]:
    """Return for each attribution that came through another one the id of that one, the nearest of several.

    Only outlets, and sources of an explicit "citing", carry others; a chain never closes on itself.
    """
    via: dict[str, str] = {}
    for rank, inner in enumerate(reading.attributions):
        here = reading.sentence_of(inner)
        near = reading.attributions[max(0, rank - NEIGHBOURS) : rank + NEIGHBOURS + 1]
        outers = [
            outer
            for outer in near
            if outer is not inner
            and abs(reading.sentence_of(outer) - here) <= 1
            and _comes_through(inner, outer, own, reading.text)
        ]
        # Of several carriers the innermost reported it: one that itself came through another, or has the least content.
        outers.sort(
            key=lambda o: (
                o.id not in own,
                load_context().cited.search(_cue(o, reading.text)) is None,
                sum(map(len, o.content)),
            )
        )
        for outer in outers:
            if not _reaches(outer.id, inner.id, via):
                via[inner.id] = outer.id
                break
    return via


def _reaches(start: str, goal: str, via: Mapping[str, str]) -> bool:
    """Return whether following `via` from `start` comes to `goal`."""
    while start in via:
        start = via[start]
        if start == goal:
            return True
    return False
