"""Texts that are kept back: offsets, lengths and hashes stay, words do not."""

import copy
import pickle
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings

from rhetoric.annotation import AnnotatedArticle
from rhetoric.errors import InputError
from rhetoric.formats import dump_line, from_record, to_record
from rhetoric.formats.jsonl import load_line
from rhetoric.formats.withheld import WithheldText, check_text, text_sha256, withhold
from tests.formats.test_record import annotated_articles, full_article


@settings(max_examples=25)
@given(annotated_articles())
def test_round_trip_of_withheld_texts_loses_nothing_more(article):
    record = to_record(article, with_text=False)
    back = from_record(load_line(dump_line(record)))
    assert back == withhold(article)
    assert to_record(back) == record
    assert to_record(back, with_text=False) == record


@settings(max_examples=25)
@given(annotated_articles())
def test_what_was_found_stays_as_it_was(article):
    whole, withheld = to_record(article), to_record(article, with_text=False)
    assert withheld["text"] is None
    assert withheld["n_characters"] == len(article.text)
    assert withheld["text_sha256"] == sha256(article.text.encode("utf-8", "surrogatepass")).hexdigest()
    for name in set(whole) - {"text", "meta"}:
        assert withheld[name] == whole[name]


def test_the_title_is_text_too():
    article = replace(full_article(), meta={"title": "Tyrant flees", "outlet": "The Echo"})
    record = to_record(article, with_text=False)
    assert record["meta"] == {"title": None, "outlet": "The Echo"}
    assert (record["n_title_characters"], record["title_sha256"]) == (12, text_sha256("Tyrant flees"))
    assert b"yrant" not in dump_line(record)
    assert article.meta["title"] == "Tyrant flees"


@pytest.mark.parametrize("title", [None, 7, ["x"]])
def test_a_title_that_is_no_text_stays(title):
    record = to_record(replace(full_article(), meta={"title": title}), with_text=False)
    assert record["meta"] == {"title": title}
    assert "title_sha256" not in record


def test_offsets_of_a_withheld_text_are_checked_still():
    record = to_record(full_article(), with_text=False)
    with pytest.raises(InputError, match="outside of a text of 5 characters"):
        from_record({**record, "n_characters": 5})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"text_sha256": None}, "'text' is null"),
        ({"n_characters": "5"}, "wrong type"),
        ({"n_characters": None}, "wrong type"),
    ],
)
def test_a_null_text_without_hash_and_length_is_refused(change, expected):
    with pytest.raises(InputError, match=expected):
        from_record({**to_record(full_article(), with_text=False), **change})


def test_a_withheld_text_is_itself_alone():
    one = WithheldText(3, text_sha256("abc"))
    assert (len(one), one[1:], str(one)) == (3, "██", "███")
    assert one == WithheldText(3, text_sha256("abc"))
    assert one != WithheldText(3, text_sha256("xyz"))
    assert one != "███"
    assert len({one, WithheldText(3, text_sha256("abc"))}) == 1
    assert text_sha256(one) == text_sha256("abc")
    for copied in (copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert (copied, copied.sha256) == (one, one.sha256)


def test_check_text_refuses_what_is_withheld_alone():
    check_text(AnnotatedArticle("a", "███"))
    with pytest.raises(InputError, match="article 'a' is withheld"):
        check_text(withhold(AnnotatedArticle("a", "███")))
