"""What is beyond all measure is passed over, and the rest is read."""

import io

import pytest

from rhetoric.errors import InputError
from rhetoric.formats import limits


@pytest.fixture
def small_records(monkeypatch):
    monkeypatch.setattr(limits, "MAX_RECORD_BYTES", 8)


@pytest.mark.usefixtures("small_records")
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"12345678", [b"12345678"]),
        (b"1234567\n\nx\n", [b"1234567\n", b"\n", b"x\n"]),
        (b"a\n123456789\nb\n", [b"a\n", None, b"b\n"]),
        (b"12345678\nb\n", [None, b"b\n"]),
        (b"0" * 99, [None]),
        (b"0" * 99 + b"\n" + b"1" * 99 + b"\nb", [None, None, b"b"]),
    ],
)
def test_bounded_lines_yields_none_for_a_line_that_is_too_long(data, expected):
    assert list(limits.bounded_lines(io.BytesIO(data))) == expected


def test_read_whole_refuses_more_than_the_limit():
    assert limits.read_whole(io.BytesIO(b"12345678"), 8, "one article") == b"12345678"
    with pytest.raises(InputError, match="larger than 8 bytes: expected one article"):
        limits.read_whole(io.BytesIO(b"123456789"), 8, "one article")
