"""Closed classes of English words, from `seeds/edge_words.yaml`: what no phrase begins with, ends with, or holds."""

from functools import cache

import yaml

from rhetoric.resources import seeds_path

__all__ = ["closed_class"]


@cache
def closed_class(name: str) -> frozenset[str]:
    """Return the words, in lower case, of a class.

    Raises:
        KeyError: there is no class of that `name`.

    >>> "the" in closed_class("determiners")
    True
    """
    content = yaml.safe_load(seeds_path("edge_words.yaml").read_text(encoding="utf-8"))
    return frozenset(content[name])
