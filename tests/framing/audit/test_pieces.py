"""What coders see."""

import pytest

from rhetoric.annotation import AnnotatedArticle, Headline, Sentence
from rhetoric.errors import InputError
from rhetoric.framing.audit.design import AuditUnit
from rhetoric.framing.audit.pieces import document_of, part_text, sentence_pieces, text_hash

TEXT = "One. Two.\nThree. Four. Five."
PLACES = [(0, 4), (5, 9), (10, 16), (17, 22), (23, 28)]
ARTICLE = AnnotatedArticle(
    "a1",
    TEXT,
    {"title": "Six. Seven.", "outlet": "The Echo"},
    tuple(Sentence(*place) for place in PLACES),
    headline=Headline((Sentence(0, 4), Sentence(5, 11))),
)


def unit(sentence=None):
    return AuditUnit("u1", "a1", sentence, "The Echo", "low", 0.5, None, 1.0, is_double=False, text_hash="")


def test_a_whole_article_is_one_piece():
    piece = document_of(unit(), ARTICLE, "text")
    assert (piece.id, piece.text, piece.sentence, piece.title) == ("u1", TEXT, None, "Six. Seven.")


def test_an_article_is_read_sentence_by_sentence_as_well():
    pieces = sentence_pieces(unit(), ARTICLE, "text")
    assert [piece.id for piece in pieces] == ["u1/1", "u1/2", "u1/3", "u1/4", "u1/5"]
    assert (pieces[3].before, pieces[3].text, pieces[3].after) == ("Two.\nThree.", "Four.", "Five.")
    assert (pieces[0].before, pieces[-1].after) == ("", "")


def test_a_sentence_is_one_piece():
    (piece,) = sentence_pieces(unit(2), ARTICLE, "text")
    assert piece == document_of(unit(2), ARTICLE, "text")
    assert (piece.id, piece.text, piece.sentence) == ("u1", "Three.", 2)


def test_titles():
    assert document_of(unit(), ARTICLE, "title").text == "Six. Seven."
    assert [piece.text for piece in sentence_pieces(unit(), ARTICLE, "title")] == ["Six.", "Seven."]
    with pytest.raises(InputError, match="has no title"):
        part_text(AnnotatedArticle("a2", TEXT), "title")


def test_a_title_that_names_the_outlet_is_withheld():
    named = AnnotatedArticle("a1", TEXT, {"title": "Live from THE ECHO"}, ARTICLE.sentences)
    assert document_of(unit(), named, "text").title == ""


def test_hash_is_of_what_files_can_hold():
    assert text_hash("a\ud800b  c") == text_hash("a\ufffdb c")
