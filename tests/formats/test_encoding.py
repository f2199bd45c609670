"""Encodings: told for certain, or refused; a wrong guess is worse than none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.errors import InputError, UsageError
from rhetoric.formats.encoding import Decoded, check_encoding, decode_bytes, detect_encoding

ENGLISH = (
    "“We shall rebuild the mill,” said the miller’s wife – and left. “It’s ours,” Señora Peña, of the café, added. "
    "It’ll cost £400… Mr Müller couldn’t be reached. The façade isn’t insured."
)
FRENCH = (
    "Le moulin de la rivière a brûlé lundi soir, ont déclaré les pompiers. Nos élus n’étaient pas là : "
    "« C’est une scène de misère », a dit le père du meunier, très ému, après l’été."
)
SPANISH = (
    "El molino del río ardió el lunes, dijo el señor alcalde. ¿Quién lo reconstruirá? ¡Nosotros!, respondió la niña."
)


@pytest.mark.parametrize("text", [ENGLISH, FRENCH, SPANISH], ids=["English", "French", "Spanish"])
@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "utf-8"])
def test_western_text_is_told_for_certain(text, encoding):
    data = text.encode(encoding)
    found = detect_encoding(data)
    assert found is None or data.decode(found) == text
    if text is not FRENCH:  # its û could be a Hungarian's ű
        assert found == encoding


FOREIGN = {
    "Russian": (
        "Мельница на реке сгорела в понедельник вечером. Никто не пострадал.",
        "cp1251 koi8-r cp866 mac_cyrillic",
    ),
    "Greek": ("Ο μύλος στο ποτάμι κάηκε τη Δευτέρα το βράδυ, είπε η υπηρεσία.", "cp1253 iso-8859-7 mac_greek"),
    "Czech": (
        "Mlýn na řece v pondělí večer vyhořel. Postavíme ho znovu, řekl mlynář Dvořák.",
        "cp1250 iso-8859-2 cp852",
    ),
    "Czech names": ("“It burned,” said Petr Dvořák of Plzeň. “It’s lost,” the town’s mayor said.", "cp1250"),
    "Turkish names": ("“We shall build it,” Erdoğan said – and left. “It’s ours,” said the mayor of Muş.", "cp1254"),
    "Polish": ("Młyn nad rzeką spłonął w poniedziałek wieczorem, podała straż pożarna.", "cp1250 iso-8859-2 cp852"),
    "Hungarian": ("A folyó melletti malom hétfő este leégett, közölte a tűzoltóság.", "cp1250 iso-8859-2"),
    "Icelandic": ("Myllan við ána brann á mánudagskvöld, sagði slökkvilið bæjarins.", "cp1252"),
    "Japanese": ("川沿いの製粉所が月曜の夜に全焼したと、市の消防が発表した。", "shift_jis euc_jp"),
    "Chinese": ("河边的磨坊星期一晚上烧毁了，市消防队说。没有人受伤。", "gb18030 big5"),
    "Korean": ("강가의 방앗간이 월요일 밤에 불탔다고 시 소방서가 밝혔다.", "euc_kr"),
    "Arabic": ("احترقت الطاحونة على النهر مساء الاثنين", "cp1256"),
}


@pytest.mark.parametrize("repeats", [1, 20])
@pytest.mark.parametrize(("text", "encodings"), FOREIGN.values(), ids=FOREIGN)
def test_what_cannot_be_told_is_refused(text, encodings, repeats):
    for encoding in encodings.split():
        data = (text * repeats).encode(encoding, "ignore")
        assert detect_encoding(data) is None, encoding


@pytest.mark.parametrize(
    "data",
    [
        b"caf\xe9",
        b"\x89PNG\r\n\x1a\n\0\0",
        "naïve".encode() + b" caf\xe9 and a na\xefve",  # as much UTF-8 as anything else
        "“It’s café,” he said. ".encode() * 9 + b"caf\xe9",
        bytes(range(128, 256)),
    ],
)
def test_bytes_that_could_be_anything_are_refused(data):
    assert detect_encoding(data) is None


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_utf_8_is_always_utf_8(text):
    assert decode_bytes(text.encode()) == Decoded(text, "utf-8")


@given(st.binary())
def test_decode_bytes_decodes_or_refuses(data):
    try:
        decoded = decode_bytes(data)
    except InputError:
        return
    assert decoded.text.encode(decoded.encoding) == data


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_byte_order_mark_tells_and_stays_in_the_text(encoding):
    text = "\ufeffIt rained.\r\n😀"
    assert decode_bytes(text.encode(encoding)) == Decoded(text, encoding)


def test_a_part_may_end_inside_of_a_character():
    data = "It’s a café.".encode()
    assert detect_encoding(data[:-2], is_cut=True) == "utf-8"
    assert detect_encoding("It’".encode()[:-1], is_cut=True) == "utf-8"
    assert detect_encoding("It’".encode()[:-1]) is None


@pytest.mark.parametrize(
    ("data", "encoding", "expected"),
    [
        (b"caf\xe9", None, "offset 3 is not UTF-8.*--encoding"),
        (b"a\0b", None, "binary"),
        (b"a\0b\xe9", None, "binary"),
        ("a\0b".encode("utf-16"), None, "binary"),
        (b"caf\xe9", "ascii", "not ascii.*position 3"),
        (b"a\0b", "cp1252", "binary"),
    ],
)
def test_decode_bytes_says_what_is_wrong(data, encoding, expected):
    with pytest.raises(InputError, match=expected):
        decode_bytes(data, encoding)


def test_decode_bytes_takes_the_encoding_that_was_named():
    assert decode_bytes(b"caf\xe9", "cp1252") == Decoded("café", "cp1252")
    assert decode_bytes("Dvořák".encode("cp1250"), "cp1250").text == "Dvořák"


@pytest.mark.parametrize("name", ["klingon", "", "rot13", "base64", "a\0b", "idna", "undefined"])
def test_check_encoding_refuses_what_python_does_not_have(name):
    with pytest.raises(UsageError, match="encoding"):
        check_encoding(name)


def test_check_encoding_gives_one_name():
    assert check_encoding("UTF8") == check_encoding("utf_8") == "utf-8"
