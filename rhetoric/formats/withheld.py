"""Texts that may not be passed on: their length and their SHA-256 stand in for them, so that every offset still holds.

A withheld text is a `str` of as many blocks as it had characters; what counts or places things works on it as before.
"""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from rhetoric.annotation import AnnotatedArticle, Article
from rhetoric.errors import InputError

__all__ = ["WithheldText", "check_text", "text_sha256", "withhold"]

BLOCK = "\N{FULL BLOCK}"


class WithheldText(str):
    """Blocks in the place of a text, and the hash by which whoever has the text can tell that it is the same.

    >>> WithheldText(3, text_sha256("No."))
    '███'
    """

    sha256: str

    def __new__(cls, n_characters: int, digest: str) -> "WithheldText":
        """Return `n_characters` blocks for the text whose SHA-256 is `digest`, in hexadecimal digits."""
        text = super().__new__(cls, BLOCK * n_characters)
        text.sha256 = digest
        return text

    def __getnewargs__(self) -> tuple[Any, ...]:
        """Return what a copy is made of (`str` knows of one argument alone)."""
        return len(self), self.sha256

    def __eq__(self, other: object) -> bool:
        """Return whether both stand for the same text."""
        return isinstance(other, WithheldText) and (len(self), self.sha256) == (len(other), other.sha256)

    def __ne__(self, other: object) -> bool:
        """Return whether they stand for different texts (`str` would compare the blocks)."""
        return not self == other

    def __hash__(self) -> int:
        """Return a hash that goes with equality."""
        return hash((len(self), self.sha256))


def text_sha256(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal digits; a lone surrogate counts with its three bytes."""
    return text.sha256 if isinstance(text, WithheldText) else sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _withheld(text: str) -> WithheldText:
    return text if isinstance(text, WithheldText) else WithheldText(len(text), text_sha256(text))


def _withheld_title(meta: Mapping[str, Any]) -> Mapping[str, Any]:
    title = meta.get("title")
    return {**meta, "title": _withheld(title)} if isinstance(title, str) else meta


def withhold(article: AnnotatedArticle) -> AnnotatedArticle:
    """Return the article with its text and its title withheld; the rest of `meta` and all that was found stay."""
    return replace(article, text=_withheld(article.text), meta=_withheld_title(article.meta))


def check_text(article: Article | AnnotatedArticle) -> None:
    """Refuse an article whose text is needed and withheld.

    Raises:
        InputError: the text is withheld.
    """
    if isinstance(article.text, WithheldText):
        message = f"the text of article {article.id!r} is withheld: expected annotations written without --no-text"
        raise InputError(message)
