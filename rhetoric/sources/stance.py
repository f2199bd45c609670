"""The stance of a reporting verb: does the text present what it reports as so (revealed), or doubt it (claimed)?"""

import re
from functools import lru_cache
from typing import cast

from rhetoric.annotation import Stance
from rhetoric.sources.countries import read_seed

__all__ = ["reporting_verbs", "stance_of"]

NEGATION = re.compile(r"\b(?:not|never|refus\w+ to|declin\w+ to|fail\w+ to|without)\b|n['’]t\b", re.IGNORECASE)
WORD = re.compile(r"[a-z]+")


def _forms(lemma: str) -> list[str]:
    """Return the regular forms of a verb, the first word inflected: note, notes, noted, noting."""
    verb, *rest = lemma.split()
    stem = verb.removesuffix("e")
    inflected = (verb, verb + "s", verb + "es", stem + "ed", stem + "ing")
    return [" ".join([form, *rest]) for form in inflected]


@lru_cache(maxsize=1)
def reporting_verbs() -> dict[str, Stance]:
    """Return the stance of every form of every reporting verb or phrase of the seed."""
    forms: dict[str, Stance] = {}
    for entry in read_seed("verbs.yaml"):
        given = entry.get("forms")
        for form in [entry["lemma"], *(given or _forms(entry["lemma"]))]:
            forms.setdefault(form, cast("Stance", entry["stance"]))
    return forms


@lru_cache(maxsize=8192)
def stance_of(cue: str) -> Stance:
    """Return the stance of a cue; phrases go before words, and the first word that takes a stance decides.

    >>> stance_of("later admitted"), stance_of("said")
    ('conceding', 'neutral')
    """
    verbs = reporting_verbs()
    found = WORD.findall(cue.lower())
    for size in (4, 3, 2, 1):
        for start in range(len(found) - size + 1):
            stance = verbs.get(" ".join(found[start : start + size]), "neutral")
            if stance == "distancing" or (stance != "neutral" and not NEGATION.search(cue)):
                return stance
    return "neutral"
