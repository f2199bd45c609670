import pytest

from rhetoric.annotation import CharSpan
from rhetoric.formats.withheld import withhold
from rhetoric.framing.measures.parts import find_lead, has_text, passages
from rhetoric.segmentation import split_sentences
from tests.framing.annotated import article, extent, sentences, span

WRAPPED = "\n".join(
    [
        "The river rose by two metres in the night, and the lower town was",
        "under water by the time that the first boats came. The bridge held",
        "for an hour and then it fell, with the mill beside it, into the mud",
        "that the flood had brought. Nobody was hurt, and the school in the",
        "upper town took in everybody who had lost a house, or a bed, or the",
        "will to stay any longer in a place that had been built on the sand",
        "",
        "The mayor came at noon. He brought bread and a list of those who had",
        "a room to spare, and he stayed until the water was gone in the end.",
    ]
)


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("It rained.", "It rained."),
        ("It rained. It poured.\nIt stopped.", "It rained. It poured."),
        ("One. Two. Three. Four. Five.", "One. Two. Three."),
        ("One. Two. Three. Four.\nFive.", "One. Two. Three."),
        (
            "By Ann Roe\nLONDON, May 3\nIt rained. It poured.\nIt stopped.",
            "By Ann Roe\nLONDON, May 3\nIt rained. It poured.",
        ),
        ("Rain\nMore rain", "Rain"),
        ("“It rains.”\nIt stopped.", "“It rains.”"),
        ("\n \nIt rained.\r\nIt stopped.", "It rained."),
        ("By Ann Roe\nIt rained: a lot. And then\nIt stopped.", "By Ann Roe\nIt rained: a lot. And then"),
    ],
)
def test_lead_is_the_first_paragraph_or_three_sentences_of_it(text, lead):
    assert find_lead(text, split_sentences(text)).of(text) == lead


def test_lead_of_hard_wrapped_text_runs_over_line_breaks():
    assert find_lead(WRAPPED, split_sentences(WRAPPED)).of(WRAPPED) == WRAPPED.partition("\n\n")[0]


def test_lead_of_a_text_without_sentences_is_none():
    assert find_lead(" \n", ()) is None


def test_text_that_is_withheld_is_not_there():
    full = article("It rained.", title="Rain")
    text, headline = passages(withhold(full))
    assert has_text(full)
    assert not has_text(withhold(full))
    assert text.text is None
    assert headline.text is None
    assert text.part_of(CharSpan(0, 2)) == "text"


def test_text_of_a_record_with_offsets_alone_is_not_there():
    full = article("It rained.")
    assert not has_text(article("", sentences=full.sentences))
    assert not has_text(article("", sentences=(), spans=(span("It rained.", "rained"),)))


def test_blank_text_is_there():
    assert has_text(article(""))
    assert passages(article(""))[0].text == ""


def test_passages_are_text_and_headline():
    text, headline = passages(article("It rained.\nIt stopped.", title="Rain"))
    assert (text.is_headline, headline.is_headline) == (False, True)
    assert headline.text == "Rain"
    assert headline.part_of(CharSpan(0, 4)) == "headline"


def test_passage_without_a_headline_is_the_text_alone():
    assert len(passages(article("It rained."))) == 1


def test_part_is_where_a_span_begins():
    text = "It rained.\nIt stopped."
    passage = passages(article(text))[0]
    assert passage.part_of(extent(text, "rained")) == "lead"
    assert passage.part_of(CharSpan(3, len(text))) == "lead"
    assert passage.part_of(extent(text, "stopped")) == "body"


def test_words_are_what_stands_between_white_space():
    text = "It’s 3–2, e.g. at\u00a0home\t — so"
    passage = passages(article(text, sentences=sentences(text)))[0]
    assert passage.n_words([CharSpan(0, len(text))]) == 7
    assert passage.n_words([CharSpan(0, 2), CharSpan(5, 8)]) == 2
