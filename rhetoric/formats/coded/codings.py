"""The codings of one text together, and what cannot be put together: two codebooks, two texts of one id.

Codings by different versions of a codebook are different measurements.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from rhetoric.errors import InputError
from rhetoric.formats.coded.model import CodedText

__all__ = ["group_codings", "require_one_codebook"]


def require_one_codebook(texts: Iterable[CodedText]) -> str | None:
    """Return the version of the codebook that all texts were coded by, None where none is given.

    Raises:
        InputError: there are several.
    """
    counts = Counter(text.version for text in texts if text.version)
    if len(counts) > 1:
        found = ", ".join(f"{version!r} ({n} rows)" for version, n in counts.most_common())
        message = (
            f"codebook versions are mixed: {found}; codes of different definitions cannot be joined: give one version"
        )
        raise InputError(message)
    return next(iter(counts), None)


def group_codings(texts: Iterable[CodedText]) -> list[list[CodedText]]:
    """Return the codings of each text together, in the order in which the texts came first.

    Raises:
        InputError: an id stands for two texts, or one coder coded a text twice.
    """
    by_id: dict[str, list[CodedText]] = {}
    for text in texts:
        by_id.setdefault(text.id, []).append(text)
    for codings in by_id.values():
        _refuse_doubles(codings)
    return list(by_id.values())


def _refuse_doubles(codings: Sequence[CodedText]) -> None:
    """Refuse rows of one id that are not one text, coded once by each coder.

    Raises:
        InputError: they are not.
    """
    first = codings[0]
    for coding in codings[1:]:
        if coding.text != first.text:
            message = (
                f"the id {first.id!r} stands for two texts ({_place(first)} and {_place(coding)}): rename one of them"
            )
            raise InputError(message)
    coders = Counter(coding.coder for coding in codings)
    coder, n = coders.most_common(1)[0]
    if n > 1:
        who = f"coder {coder!r} coded" if coder else "no coder is named, and the rows code"
        message = (
            f"{who} the text {first.id!r} {n} times ({_place(codings[-1])}): expected once a coder;"
            " name the column of coders, or number the texts"
        )
        raise InputError(message)


def _place(coding: CodedText) -> str:
    return coding.source if coding.line is None else f"{coding.source} line {coding.line}"
