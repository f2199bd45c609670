"""Plain text: every character stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.errors import InputError
from rhetoric.formats.text import decode_text, read_text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_decode_text_keeps_every_character(text):
    assert decode_text(text.encode()) == text


def test_read_text_keeps_bom_and_line_ends(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\n")
    assert read_text(path) == "\ufeffone\r\ntwo\rthree\n"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"abc\xe9", "offset 3 is not UTF-8"),
        (b"a\0b", "binary"),
        (b"\xed\xa0\x80", "not UTF-8"),
        (b"\xff\xfea\0", "binary"),
    ],
)
def test_decode_text_refuses_what_is_not_utf8(data, expected):
    with pytest.raises(InputError, match=expected):
        decode_text(data)


def test_read_text_refuses_a_folder(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_text(tmp_path)
