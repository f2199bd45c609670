"""Codings of one text, together."""

import pytest

from rhetoric.errors import InputError
from rhetoric.formats.coded import CodedText
from rhetoric.formats.coded.codings import group_codings, require_one_codebook


def test_group_codings_joins_coders_in_the_order_of_texts():
    texts = [CodedText("b", "B", coder="ann"), CodedText("a", "A", coder="ann"), CodedText("b", "B", coder="ben")]
    assert [[(t.id, t.coder) for t in group] for group in group_codings(texts)] == [
        [("b", "ann"), ("b", "ben")],
        [("a", "ann")],
    ]


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (CodedText("a", "Another", coder="ben"), "stands for two texts"),
        (CodedText("a", "A", coder="ann"), "coder 'ann' coded the text 'a' 2 times"),
    ],
)
def test_group_codings_refuses(other, told):
    with pytest.raises(InputError, match=told):
        group_codings([CodedText("a", "A", coder="ann"), other])


def test_group_codings_asks_for_the_coders_column():
    with pytest.raises(InputError, match="no coder is named"):
        group_codings([CodedText("a", "A"), CodedText("a", "A")])


def test_require_one_codebook():
    one = [CodedText("a", "A", version="1"), CodedText("b", "B")]
    assert require_one_codebook(one) == "1"
    assert require_one_codebook(one[1:]) is None
    with pytest.raises(InputError, match="mixed: '1'"):
        require_one_codebook([*one, CodedText("c", "C", version="2")])
