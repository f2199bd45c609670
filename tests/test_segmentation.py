"""Sentences: every visible character in exactly one, whatever comes in, and cut where a reader would cut."""

import time
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rhetoric import segmentation
from rhetoric.annotation import CharSpan, n_visible
from rhetoric.segmentation import legible, paragraphs, split_sentences

MAX_SECONDS = 60
MAX_SENTENCE = 20_000
N_POLNEAR = 924

ODD_CHARACTERS = st.sampled_from(
    "\ufeff\u200b\u200d\u200f\u202e\u00a0\u2028\x85\x1c\x00\ud83d\udc80\u0301\u0489\ufe0f😀🇺🇦"
)
PIECES = st.sampled_from(
    [
        *(
            "It rains. ",
            "Mr. Orr left",
            "the U.S. ",
            "“He said. No",
            ".” ",
            '"',
            " '",
            "''",
            "``",
            "«",
            "»",
            "(",
            ") ",
            "…",
            "?!",
        ),
        *(
            "\n",
            "\r\n",
            "\n\n",
            "\r",
            "\t",
            "  ",
            "\u00a0",
            "\u2028",
            "\ufeff",
            "\ud800",
            "\udfff",
            "e\u0301",
            "👩‍👩‍👧 ",
            "☀️",
        ),
        *(
            "هذا خبر. ",
            "זו ידיעה. ",
            "\u202eabc\u202c",
            "これは。",
            "समाचार। ",
            "3.5 ",
            "5 p.m. ",
            "A. B. ",
            "...",
            ". ",
            ".A",
            "-- ",
        ),
    ]
)
plain_texts = st.text(st.characters() | ODD_CHARACTERS, max_size=80)
news_texts = st.lists(PIECES, max_size=40).map("".join)
wrapped_texts = st.lists(st.sampled_from(["word " * 14, "end of it. " * 6, "short", "", " "]), max_size=16).map(
    "\n".join
)
texts = plain_texts | news_texts | wrapped_texts


def surfaces(text: str) -> list[str]:
    return [sentence.of(text) for sentence in split_sentences(text)]


def assert_covers(text: str, spans: Sequence[CharSpan]) -> None:
    """Hold that the spans come in order, begin and end on visible characters, and hold all of those."""
    end = 0
    for span in spans:
        assert end <= span.start < span.end <= len(text)
        assert text[span.start].strip()
        assert text[span.end - 1].strip()
        end = span.end
    assert sum(n_visible(span.of(text)) for span in spans) == n_visible(text)


@given(texts)
@example("")
@example("\ufeff")
@example("\r\n\ud83d\r\n")
@example("“" * 30 + "A. B")
@example("Plan B\u00a0. Plan C\u2003! Plan D\u2028? Plan E\x85.")
def test_split_sentences_puts_every_visible_character_in_one_sentence(text):
    assert_covers(text, split_sentences(text))


@given(texts)
def test_paragraphs_hold_every_visible_character(text):
    assert_covers(text, paragraphs(text))


@given(texts)
def test_split_sentences_stay_within_paragraphs(text):
    whole = paragraphs(text)
    assert all(any(p.contains(s) for p in whole) for s in split_sentences(text))


@given(news_texts, news_texts)
def test_split_sentences_of_a_line_do_not_depend_on_the_next(text, other):
    line = text.replace("\n", " ")
    alone = split_sentences(line)
    assert split_sentences(f"{line}\n{other}")[: len(alone)] == alone


@given(texts)
def test_legible_changes_lone_surrogates_alone(text):
    readable = legible(text)
    readable.encode()
    assert len(readable) == len(text)
    assert all(
        new == old or (new == "\ufffd" and "\ud800" <= old <= "\udfff") for new, old in zip(readable, text, strict=True)
    )


def test_split_sentences_survives_a_panic_of_its_library(monkeypatch):
    class PanicException(BaseException):
        """Stands for pyo3's, which cannot be imported."""

    def panic(language, text):
        raise PanicException("end byte index 2 is not a char boundary")

    monkeypatch.setattr(segmentation, "get_sentence_boundaries", panic)
    assert surfaces("It rains. “It pours. It hails.”\nSo.") == ["It rains. “It pours.", "It hails.”", "So."]


def test_split_sentences_lets_an_interruption_through(monkeypatch):
    def interrupt(language, text):
        raise KeyboardInterrupt

    monkeypatch.setattr(segmentation, "get_sentence_boundaries", interrupt)
    with pytest.raises(KeyboardInterrupt):
        split_sentences("It rains.")


@pytest.mark.parametrize("text", ["", " ", "\r\n", "\u00a0\u2028\t", "\n" * 50])
def test_blank_text_has_no_sentence(text):
    assert split_sentences(text) == []
    assert paragraphs(text) == []


LINES = [
    (
        "Harbour reopens\nShips came in on Monday. Fees stay.\n",
        ["Harbour reopens", "Ships came in on Monday.", "Fees stay."],
    ),
    ("Storm nears\r\n\r\nMany left early. Some stayed.\r\n", ["Storm nears", "Many left early.", "Some stayed."]),
    ("By A. Reporter\n\nPORT ORR (Echo) — The port shut.", ["By A. Reporter", "PORT ORR (Echo) — The port shut."]),
    ("\ufeffA mark stands first. Then text.", ["\ufeffA mark stands first.", "Then text."]),
    ("   Leading and trailing.   ", ["Leading and trailing."]),
    ("“Go.”\n“No.”", ["“Go.”", "“No.”"]),
    ("Tail without a stop", ["Tail without a stop"]),
]

ABBREVIATIONS = [
    ("Dr. Vale met Mrs. Orr at St. Anne's. They agreed.", ["Dr. Vale met Mrs. Orr at St. Anne's.", "They agreed."]),
    ("The U.S. Army left. It had to.", ["The U.S. Army left.", "It had to."]),
    ("Prices rose 3.5 percent. Wages fell 1.2 percent.", ["Prices rose 3.5 percent.", "Wages fell 1.2 percent."]),
    (
        "It opens at 9 a.m. and shuts at 5 p.m. on Fridays. Come.",
        ["It opens at 9 a.m. and shuts at 5 p.m. on Fridays.", "Come."],
    ),
    ("Acme Inc. and Bolt Ltd. merged. Shares fell.", ["Acme Inc. and Bolt Ltd. merged.", "Shares fell."]),
    ("He cited No. 7 of the list. Nobody read it.", ["He cited No. 7 of the list.", "Nobody read it."]),
    ("J. R. Orr wrote it. A. B. Vale read it.", ["J. R. Orr wrote it.", "A. B. Vale read it."]),
    ("“Mr. Vale is gone. Gen. Orr stays,” it said.", ["“Mr. Vale is gone.", "Gen. Orr stays,” it said."]),
    ("(The U.N. Council met. It voted.) Then it rose.", ["(The U.N. Council met.", "It voted.)", "Then it rose."]),
]

QUOTATIONS = [
    ("“We stay. We build,” Orr said. Nobody clapped.", ["“We stay.", "We build,” Orr said.", "Nobody clapped."]),
    ('"We stay. We build," Orr said. Nobody clapped.', ['"We stay.', 'We build," Orr said.', "Nobody clapped."]),
    ("'We stay. We build,' Orr said. Nobody clapped.", ["'We stay.", "We build,' Orr said.", "Nobody clapped."]),
    ("``We stay. We build,'' Orr said. Nobody clapped.", ["``We stay.", "We build,'' Orr said.", "Nobody clapped."]),
    ("«We stay. We build», Orr said. Nobody clapped.", ["«We stay.", "We build», Orr said.", "Nobody clapped."]),
    ("„We stay. We build,“ Orr said. Nobody clapped.", ["„We stay.", "We build,“ Orr said.", "Nobody clapped."]),
    ("“They left.” The room fell silent.", ["“They left.”", "The room fell silent."]),
    ("“One.” “Two.” “Three.”", ["“One.”", "“Two.”", "“Three.”"]),
    ("He asked, “Is it so? Is it true?” and left.", ["He asked, “Is it so?", "Is it true?” and left."]),
    (
        "(The bridge was shut. It reopened.) Traffic flows.",
        ["(The bridge was shut.", "It reopened.)", "Traffic flows."],
    ),
    ("She said: “I waited… Then I left.” Nobody asked.", ["She said: “I waited… Then I left.”", "Nobody asked."]),
    (
        "The word ‘hero’ was used. It’s the soldiers’ word. So.",
        ["The word ‘hero’ was used.", "It’s the soldiers’ word.", "So."],
    ),
    (
        "An unbalanced “mark opens. It never shuts. The end.",
        ["An unbalanced “mark opens.", "It never shuts.", "The end."],
    ),
    (
        'An unbalanced "mark opens. It never shuts. The end.',
        ['An unbalanced "mark opens.', "It never shuts.", "The end."],
    ),
]

SCRIPTS = [
    ("هذا خبر. وصل الوفد أمس.", ["هذا خبر.", "وصل الوفد أمس."]),
    ("זו ידיעה. המשלחת הגיעה.", ["זו ידיעה.", "המשלחת הגיעה."]),
    ("これは記事です。使節団が到着した。", ["これは記事です。", "使節団が到着した。"]),
    ("यह समाचार है। दल पहुँचा।", ["यह समाचार है।", "दल पहुँचा।"]),
    ("Rain 🌧️. Fine 👩‍👩‍👧? Yes.", ["Rain 🌧️.", "Fine 👩‍👩‍👧?", "Yes."]),
    ("A cafe\u0301. An \ud83d e\u0301tude.", ["A cafe\u0301.", "An \ud83d e\u0301tude."]),
]


@pytest.mark.parametrize(("text", "expected"), [*LINES, *ABBREVIATIONS, *QUOTATIONS, *SCRIPTS])
def test_split_sentences_cuts_where_a_reader_would(text, expected):
    assert surfaces(text) == expected


@pytest.mark.xfail(strict=True, reason="known misses: a question before its speaker, numbers of a list")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“Why now?” Orr asked. Nobody knew.", ["“Why now?” Orr asked.", "Nobody knew."]),
        ("1. Open the gate. 2. Wait.", ["1. Open the gate.", "2. Wait."]),
    ],
)
def test_split_sentences_known_misses(text, expected):
    assert surfaces(text) == expected


WRAPPED = """HARBOUR NOTICE

The port authority said on Tuesday that the northern basin will
be dredged from the first week of March until the end of the
month. Ships of more than ninety metres are asked to use the
outer quay. “We will keep the channel open. Nobody will have to
wait,” the harbour master said.

Fees remain as they are, and the pilots' office keeps its hours
on all days of the week.
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_split_sentences_reads_on_over_the_lines_of_hard_wrapped_text(newline):
    found = [" ".join(s.split()) for s in surfaces(WRAPPED.replace("\n", newline))]
    assert found == [
        "HARBOUR NOTICE",
        "The port authority said on Tuesday that the northern basin will be dredged from the first week of March until"
        " the end of the month.",
        "Ships of more than ninety metres are asked to use the outer quay.",
        "“We will keep the channel open.",
        "Nobody will have to wait,” the harbour master said.",
        "Fees remain as they are, and the pilots' office keeps its hours on all days of the week.",
    ]


def test_paragraphs_of_lines_that_end_sentences_are_the_lines():
    lines = [f"The delegates of town number {i} came to the capital by the early train." for i in range(8)]
    assert [p.of("\n".join(lines)) for p in paragraphs("\n".join(lines))] == lines


LONG_UNITS = {
    "sentences of one line": "The minister said so. ",
    "quotations of one line": "“He said. No,” she wrote. ",
    "open quotations": "“He said. No. ",
    "brackets": "(a. B) ",
    "lines": "A short line.\r\n",
    "wrapped lines": "word " * 14 + "\n",
    "no white space": "x",
    "straight marks": '"',
    "stops with marks": '."',
    "surrogates": "\ud83d ",
}


@pytest.mark.parametrize("unit", LONG_UNITS.values(), ids=LONG_UNITS)
def test_split_sentences_takes_time_in_proportion_to_the_length(unit):
    text = (unit * 200_000)[:200_000]
    start = time.process_time()
    assert_covers(text, split_sentences(text))
    assert time.process_time() - start < MAX_SECONDS / 5


def test_split_sentences_of_five_megabytes():
    text = "".join(
        f"Line {i}. “It rains. It pours,” the note said.\n😀 e\u0301 هذا خبر. (a. B) \ud800\r\n" for i in range(70_000)
    )
    assert len(text) > 5_000_000
    start = time.process_time()
    assert_covers(text, split_sentences(text))
    assert time.process_time() - start < MAX_SECONDS


@settings(max_examples=20)
@example("x")
@given(st.text(st.sampled_from("ab .“”\"'()\n😀"), min_size=1, max_size=60))
def test_split_sentences_of_lines_beyond_the_longest_portion(text):
    long_text = text * (45_000 // len(text))
    sentences = split_sentences(long_text)
    assert_covers(long_text, sentences)
    # What is read at once stays short, whatever comes: a scan of a longer line would take minutes.
    assert max(map(len, sentences), default=0) <= MAX_SENTENCE


def test_split_sentences_covers_every_article_of_polnear(shared):
    paths = sorted((shared / "data" / "polnear").glob("*/text/*.txt"))
    assert len(paths) == N_POLNEAR
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            text = file.read()
        assert_covers(text, split_sentences(text))
