"""A `.txt` file is one article: its bytes as text and nothing else, so that a BOM and CRLF stay in it."""

from collections.abc import Iterator
from pathlib import Path

from rhetoric.annotation import Article
from rhetoric.errors import InputError
from rhetoric.formats import limits
from rhetoric.formats.encoding import decode_bytes
from rhetoric.formats.reading import Found, Options, Source, note_encoding, with_encoding

__all__ = ["decode_text", "read_text", "read_txt"]


def decode_text(data: bytes) -> str:
    r"""Return the text that `data` holds, every character of it.

    >>> decode_text(b"\xef\xbb\xbfIt rains.\r\n")
    '\ufeffIt rains.\r\n'

    Raises:
        InputError: it is binary, or not UTF-8.
    """
    if b"\0" in data:
        message = "the file is binary (it holds a NUL byte): expected plain text in UTF-8"
        raise InputError(message)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = data[error.start]
        message = (
            f"byte {byte:#04x} at offset {error.start} is not UTF-8: expected plain text; convert the file to UTF-8"
        )
        raise InputError(message) from error


def read_text(path: Path) -> str:
    """Return the text of a file, every character of it.

    Raises:
        InputError: the file cannot be read, is binary, or is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}"
        raise InputError(message) from error
    return decode_text(data)


def read_txt(source: Source, options: Options) -> Iterator[Found]:
    """Yield the article of a text file, in UTF-8 or in an encoding that was named or can be told for certain.

    Raises:
        InputError: it is binary, too large, or in no such encoding.
    """
    data = limits.read_whole(source.stream, limits.MAX_RECORD_BYTES, "one article")
    decoded = decode_bytes(data, options.encoding)
    note_encoding(source, decoded.encoding, options)
    yield None, Article(source.stem, decoded.text, with_encoding({}, decoded.encoding))
