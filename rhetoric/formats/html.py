"""An HTML page is one article: what trafilatura finds to be its text, with title, date, outlet, url and domain.

A page is surveyed before its tree is built: what would be cut off in silence, or take an hour, is refused.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from rhetoric.annotation import Article
from rhetoric.errors import InputError, MissingExtraError, UsageError
from rhetoric.formats import limits
from rhetoric.formats.encoding import UTF_8, check_encoding, detect_encoding
from rhetoric.formats.reading import Found, Options, Source

__all__ = ["Page", "extract_page", "read_html", "registrable_domain", "require_html"]

N_DECLARING_BYTES = 4096
"""Where a page that declares its encoding does so."""
DECLARED = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
SUPERSETS = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "big5": "big5hkscs",
}
"""What browsers read in the place of what a page declares (WHATWG Encoding Standard, 4.2)."""
FAMILIES = ("big5", "cp", "euc", "gb", "hz", "iso", "johab", "koi8", "mac", "shift", "tis", "utf")
"""How the names of encodings of pages begin; Python has others, which a page could take hours with (punycode)."""
REPLACED = "\ufffd"
DATES = {"original_date": True, "extensive_search": False, "max_date": "2099-12-31"}
"""Dates that a page declares, not those that can be guessed from its text or that depend on the day of reading."""


@dataclass(frozen=True)
class Page:
    """The text of a page, and what else it tells: title, date, outlet, url and domain, where it does."""

    text: str
    meta: dict[str, Any] = field(default_factory=dict)


class _Survey:
    """Follows the parser through a page without building its tree."""

    def __init__(self) -> None:
        self._n_elements = 0
        self._depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._n_elements += 1
        self._depth += 1
        self._refuse("elements", self._n_elements, limits.MAX_ELEMENTS)
        self._refuse("elements in one another", self._depth, limits.MAX_DEPTH)
        self._refuse("attributes of one element", len(attributes), limits.MAX_ATTRIBUTES)

    def end(self, tag: str) -> None:
        self._depth -= 1

    def close(self) -> None:
        """End without a result."""

    def _refuse(self, what: str, count: int, limit: int) -> None:
        if count > limit:
            message = f"the page has more than {limit:,} {what}: expected an article as news sites print it"
            raise InputError(message)


def require_html() -> None:
    """Load what reads pages.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        import trafilatura  # noqa: F401
    except ImportError as error:
        message = f"HTML cannot be read, trafilatura is missing ({error}): pip install 'rhetoric[html]'"
        raise MissingExtraError(message) from error
    for name in ("trafilatura", "htmldate", "courlan"):  # what they remark is a failure here, not a line on stderr
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def _known(label: str | None) -> str | None:
    """Return Python's name of the encoding that a page declares, None if it is none that pages are in."""
    name = (label or "").strip().lower()
    try:
        found = check_encoding(SUPERSETS.get(name, name))
    except UsageError:
        return None
    return found if found.startswith(FAMILIES) else None


def _encoding(data: bytes, charset: str | None) -> str:
    """Return the encoding of a page: UTF-8 if it can be, what was declared, or what can be told for certain.

    Raises:
        InputError: nothing of that.
    """
    declared = DECLARED.search(data[:N_DECLARING_BYTES])
    found = detect_encoding(data)
    if found is not None and found.startswith("utf"):
        return found
    found = _known(charset) or _known(declared and declared[1].decode("ascii")) or found
    if found is None:
        message = "the page is not UTF-8, declares no other encoding, and none can be told for certain"
        raise InputError(message)
    return found


def _check_survey(html: str) -> None:
    from lxml import etree

    parser = etree.HTMLParser(target=_Survey(), encoding=UTF_8, remove_comments=True, remove_pis=True)
    try:
        etree.fromstring(html.encode(UTF_8, "replace"), parser)
    except etree.LxmlError as error:
        message = f"the page cannot be parsed ({' '.join(str(error).split())}): expected HTML"
        raise InputError(message) from error


def _extract(html: str, url: str | None) -> Any:  # noqa: ANN401  (trafilatura's own type, or None)
    import trafilatura

    try:
        return trafilatura.bare_extraction(
            html, url=url, with_metadata=True, include_comments=False, date_extraction_params=dict(DATES)
        )
    except Exception as error:  # whatever a page makes of the extractor is a failure of that page alone
        message = f"the text of the page cannot be extracted ({type(error).__name__}: {error})"
        raise InputError(message) from error


def registrable_domain(url: str | None) -> str | None:
    """Return the domain that somebody registered: `echo.co.uk` of `news.echo.co.uk`, by the Public Suffix List."""
    from tld import get_fld

    return get_fld(url, fail_silently=True) if url else None


def _without_title(text: str, title: str | None) -> str:
    """Return the text without a first line that is the title, which would be read twice."""
    first, _, rest = text.partition("\n")
    return rest.lstrip("\n") if title and first.split() == title.split() else text


def extract_page(data: bytes, url: str | None = None, charset: str | None = None) -> Page:
    """Return the article that a page holds.

    Args:
        data: the page.
        url: where it was, if that is known; else what it says itself.
        charset: its encoding, if that is known.

    Raises:
        InputError: it has no text, is nested beyond all measure, or its text is not in the encoding that it declares.
    """
    encoding = _encoding(data, charset)
    html = data.decode(encoding, "replace")
    _check_survey(html)
    document = _extract(html, url)
    text = _without_title(document.text or "", document.title) if document else ""
    if not text.strip():
        message = "no text of an article was found on the page"
        raise InputError(message)
    address = url or document.url
    found = {
        "title": document.title,
        "outlet": document.sitename,
        "date": document.date,
        "url": address,
        "domain": registrable_domain(address),
    }
    if REPLACED in f"{text}{document.title}{document.sitename}" and not _is_whole(data, encoding):
        message = f"the text of the page has bytes that are not {encoding}: expected the encoding that it declares"
        raise InputError(message)
    return Page(text, {name: value for name, value in found.items() if value})


def _is_whole(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def read_html(source: Source, options: Options) -> Iterator[Found]:
    """Yield the article of a page.

    Raises:
        InputError: it holds none that can be read.
        MissingExtraError: trafilatura is not installed.
    """
    require_html()
    data = limits.read_whole(source.stream, limits.MAX_PAGE_BYTES, "one page")
    page = extract_page(data, charset=options.encoding)
    yield None, Article(source.stem, page.text, page.meta)
