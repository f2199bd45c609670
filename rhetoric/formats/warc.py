"""WARC files: every HTML page that a server gave is an article, with its address and the time of its capture.

Records are told apart here, so that a damaged one costs no other and none is held whole; warcio reads what is in them.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rhetoric.annotation import Article
from rhetoric.errors import InputError, MissingExtraError
from rhetoric.formats import limits
from rhetoric.formats.compressed import StreamError
from rhetoric.formats.failure import Failure
from rhetoric.formats.html import extract_page, require_html
from rhetoric.formats.notes import shown
from rhetoric.formats.reading import Found, Options, Source

__all__ = ["read_warc", "require_warc"]

RECORD_START = b"WARC/"
LENGTH = re.compile(rb"^content-length[ \t]*:[ \t]*(\d{1,15})[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
ANSWER = re.compile(rb"^warc-type[ \t]*:[ \t]*(?:response|revisit)", re.IGNORECASE | re.MULTILINE)
MAX_HEADER_BYTES = 2**16
N_BYTES_A_READ = 2**20
PAGE_TYPES = ("text/html", "application/xhtml+xml")
PLAIN_CODINGS = ("", "identity", "gzip", "x-gzip", "deflate")
OK = "200"


@dataclass(frozen=True)
class _Record:
    """The bytes of a record: its header, and as much of what follows as may be held."""

    head: bytes
    block: bytes
    n_bytes: int


def require_warc() -> None:
    """Load what reads WARC files.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        import warcio  # noqa: F401
    except ImportError as error:
        message = f"WARC cannot be read, warcio is missing ({error}): pip install 'rhetoric[warc]'"
        raise MissingExtraError(message) from error
    require_html()


def _read_head(stream: io.BufferedReader, first: bytes) -> bytes:
    head = first
    while (line := stream.readline(MAX_HEADER_BYTES)).strip() and len(head) <= MAX_HEADER_BYTES:
        head += line
    if len(head) > MAX_HEADER_BYTES:
        message = f"the header of the record is longer than {limits.size(MAX_HEADER_BYTES)}"
        raise InputError(message)
    return head


def _read_block(stream: io.BufferedReader, n_bytes: int) -> bytes:
    """Return the next `n_bytes` bytes, or as many of them as may be held; the others are passed over."""
    block = stream.read(min(n_bytes, limits.MAX_PAGE_BYTES))
    n_left = n_bytes - len(block)
    while n_left and (piece := stream.read(min(n_left, N_BYTES_A_READ))):
        n_left -= len(piece)
    if n_left:
        message = f"the file is cut off inside of the record: {n_bytes - n_left:,} of {n_bytes:,} bytes are there"
        raise InputError(message)
    return block


def _read_record(stream: io.BufferedReader, first: bytes) -> _Record:
    head = _read_head(stream, first)
    length = LENGTH.search(head)
    if length is None:
        message = "the record does not say how long it is: expected a header with Content-Length"
        raise InputError(message)
    n_bytes = int(length[1])
    return _Record(head, _read_block(stream, n_bytes), n_bytes)


def _records(stream: io.BufferedReader) -> Iterator[_Record | InputError]:
    """Yield the records of a file, and an error for each that is damaged, and for what stands between them."""
    is_lost = False
    while line := stream.readline(MAX_HEADER_BYTES):
        if line.startswith(RECORD_START):
            is_lost = False
            try:
                yield _read_record(stream, line)
            except StreamError:
                raise
            except InputError as error:
                is_lost = True
                yield error
        elif line.strip() and not is_lost:
            is_lost = True
            yield InputError("what stands here is no WARC record: expected a line that begins with 'WARC/'")


def _is_page(record: Any) -> bool:  # noqa: ANN401  (warcio has no types)
    """Return whether a record is an HTML page that a server gave with success."""
    if record.rec_type != "response" or record.http_headers is None:
        return False
    kind = (record.http_headers.get_header("Content-Type") or "").partition(";")[0].strip().lower()
    return record.http_headers.get_statuscode() == OK and kind in PAGE_TYPES


def _parse(record: _Record) -> Any:  # noqa: ANN401
    from warcio.exceptions import ArchiveLoadFailed
    from warcio.recordloader import ArcWarcRecordLoader
    from warcio.statusandheaders import StatusAndHeadersParserException

    stream = io.BytesIO(record.head + b"\r\n" + record.block)
    try:
        return ArcWarcRecordLoader(verify_http=False).parse_record_stream(stream, known_format="warc")
    except (ArchiveLoadFailed, StatusAndHeadersParserException, EOFError, ValueError, AttributeError) as error:
        message = f"the record is not usable WARC ({error}): expected a header and an HTTP response"
        raise InputError(message) from error


def _payload(record: Any) -> bytes:  # noqa: ANN401
    """Return the page that a record holds, whatever HTTP did to it on the way.

    Raises:
        InputError: it is packed in a way that is not known, or too large.
    """
    import zlib

    from warcio.bufferedreaders import BufferedReader, ChunkedDataException

    coding = (record.http_headers.get_header("Content-Encoding") or "").strip().lower()
    if coding not in (*PLAIN_CODINGS, *BufferedReader.get_supported_decompressors()):
        message = f"the page is packed as {coding!r}: expected gzip or deflate, or br with the package brotli"
        raise InputError(message)
    stream, data = record.content_stream(), b""
    try:
        while piece := stream.read(N_BYTES_A_READ):
            data += piece
            if len(data) > limits.MAX_PAGE_BYTES:
                message = f"the page is larger than {limits.size(limits.MAX_PAGE_BYTES)}"
                raise InputError(message)
    except (zlib.error, ChunkedDataException, EOFError, OSError) as error:
        message = f"the page is damaged ({error})"
        raise InputError(message) from error
    return data


def _charset(record: Any) -> str | None:  # noqa: ANN401
    kind = record.http_headers.get_header("Content-Type") or ""
    found = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", kind, re.IGNORECASE)
    return found and found[1]


def _article(record: Any, article_id: str, address: str, captured: str | None) -> Article:  # noqa: ANN401
    page = extract_page(_payload(record), address, _charset(record))
    return Article(article_id, page.text, page.meta | ({"capture_date": captured} if captured else {}))


def _found(record: _Record, number: int, source: Source) -> Article | Failure | None:
    """Return the article of a record, a failure, or None if it holds no page."""
    article_id = None
    try:
        parsed = _parse(record)
        if not _is_page(parsed):
            return None
        address = parsed.rec_headers.get_header("WARC-Target-URI") or ""
        captured = parsed.rec_headers.get_header("WARC-Date")
        article_id = f"{re.sub('[^0-9]', '', captured or '')[:14]}/{address}"
        if record.n_bytes > len(record.block):
            message = f"the record is larger than {limits.size(limits.MAX_PAGE_BYTES)}"
            raise InputError(message)
        return _article(parsed, article_id, address, captured)
    except InputError as error:
        return Failure(article_id, source.name, number, str(error))


def read_warc(source: Source, options: Options) -> Iterator[Found]:
    """Yield the number of each record that holds a page with its article, named by the time of capture and the address.

    Raises:
        MissingExtraError: warcio or trafilatura is not installed.
    """
    require_warc()
    n_others = 0
    for number, record in enumerate(_records(source.stream), start=1):
        if isinstance(record, InputError):
            yield number, Failure(None, source.name, number, str(record))
            continue
        found = _found(record, number, source)
        if found is not None:
            yield number, found
        elif ANSWER.search(record.head):
            n_others += 1
    if n_others:
        message = f"{shown(source.name)}: passed over {n_others} responses that are no pages: errors, redirects, files"
        options.notes.say("responses that are no pages", message)
