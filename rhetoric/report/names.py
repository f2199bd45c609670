"""What people call the ids of the contract: the words of the pages."""

from functools import cache

import yaml

from rhetoric.resources import seeds_path
from rhetoric.taxonomy import Technique, techniques

__all__ = ["QUOTE_TYPES", "SIGNS", "TAGS", "TYPOLOGIES", "VOICES", "country_name", "readable", "technique"]

# The seven types of Dragomir's State Media Matrix, https://statemediamonitor.com/methodology/
TYPOLOGIES = {
    "SC": "state-controlled",
    "CaPu": "captured public",
    "CaPr": "captured private",
    "ISFM": "independent, state-funded and state-managed",
    "ISF": "independent, state-funded",
    "ISM": "independent, state-managed",
    "IP": "independent public",
}
VOICES = {
    "author": "the author’s own voice",
    "direct": "inside a quotation",
    "indirect": "paraphrased from a source",
    "scare_quote": "in quotation marks, nobody’s words",
}
QUOTE_TYPES = {"direct": "direct quotation", "indirect": "indirect quotation", "mixed": "partly direct quotation"}
SIGNS = {"negative": "−", "positive": "+", "mixed": "±"}
# The raised word after a technique, so that it can be told without colour.
TAGS = {
    "repetition": "repeat",
    "doubt": "doubt",
    "appeal_to_fear": "fear",
    "flag_waving": "flag",
    "causal_oversimplification": "cause",
    "slogans": "slogan",
    "appeal_to_authority": "authority",
    "black_and_white_fallacy": "either/or",
    "thought_terminating_cliche": "cliché",
    "whataboutism_straw_man_red_herring": "deflect",
    "bandwagon_reductio_ad_hitlerum": "bandwagon",
}


def readable(name: str) -> str:
    """Return an id as words.

    >>> readable("state_media")
    'State media'
    """
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


@cache
def technique(technique_id: str) -> Technique | None:
    """Return what the taxonomy says of a label, None for a label of a user's own model."""
    return next((t for t in techniques() if t.id == technique_id), None)


@cache
def _countries() -> dict[str, str]:
    records = yaml.safe_load(seeds_path("countries.yaml").read_text(encoding="utf-8"))
    return {code: record["names"][0] for code, record in records.items()}


def country_name(code: str) -> str:
    """Return the English name of a country, or the code where it is not known.

    >>> country_name("KP")
    'North Korea'
    """
    return _countries().get(code, code)
