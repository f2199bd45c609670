"""A text with marks: the text stays whole, whatever lies over it."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from rhetoric.annotation import CharSpan, Sentence
from rhetoric.report.marks import Mark, Unit, render
from rhetoric.segmentation import paragraphs, split_sentences

# What an HTML parser itself changes (NUL, CR) is left out; that it changes nothing else is the point.
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("<>&\"'“”\n .A"), max_size=60)


class Reader(HTMLParser):
    """Collects the text of a page, and for each mark the text in it."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.text, self.open, self.marked = "", [], {}

    def handle_starttag(self, tag, attrs):
        self.open.append(dict(attrs))

    def handle_endtag(self, tag):
        self.open.pop()

    def handle_data(self, data):
        self.text += data
        for name in {note for attributes in self.open for note in (attributes.get("data-n") or "").split()}:
            self.marked[name] = self.marked.get(name, "") + data


def read(html):
    reader = Reader()
    reader.feed(str(html))
    reader.close()
    assert not reader.open
    return reader


def marks_of(data, text):
    offsets = st.integers(0, len(text))
    found = data.draw(st.lists(st.tuples(offsets, offsets, st.integers(0, 3)), max_size=6))
    return [Mark(CharSpan(min(a, b), max(a, b)), rank, ("x",), (f"n{i}",)) for i, (a, b, rank) in enumerate(found)]


@given(TEXTS, st.data())
def test_the_text_of_the_page_is_the_text_and_each_mark_covers_its_own(text, data):
    marks = marks_of(data, text)
    units = [Unit(s.extent, f"u{i}", "State" if i % 2 else "") for i, s in enumerate(split_sentences(text))]
    page = read(render(text, marks, paragraphs(text), units))
    assert page.text == text
    assert page.marked == {m.notes[0]: m.extent.of(text) for m in marks if len(m.extent)}


@given(TEXTS, st.data())
def test_sentences_of_any_origin_are_shown(text, data):
    offsets = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    units = [Unit(CharSpan(a, b), f"u{a}") for a, b in zip(offsets[::2], offsets[1::2], strict=False)]
    assert read(render(text, [], paragraphs(text), units)).text == text


def test_overlapping_marks_are_cut_at_every_boundary():
    marks = [Mark(CharSpan(0, 4), 0, ("quote",), ("q",), tag="1"), Mark(CharSpan(2, 6), 1, ("word",), ("w",), tag="−")]
    assert str(render("abcdef", marks, [], [])) == (
        '<span class="m quote entry" data-n="q">ab</span>'
        '<span class="m quote" data-n="q" data-tag="1"><span class="m word entry" data-n="w">cd</span></span>'
        '<span class="m word" data-n="w" data-tag="−">ef</span>'
    )


def test_marks_of_one_kind_over_the_same_words_have_lines_of_their_own():
    marks = [Mark(CharSpan(0, 2), 0, ("a",)), Mark(CharSpan(0, 2), 0, ("b",))]
    assert "deep-1" in str(render("ab", marks, [], []))


def test_the_margin_names_state_media_once_a_run():
    units = [
        Unit(Sentence(0, 2).extent, "u0", "KCNA"),
        Unit(CharSpan(3, 5), "u1", "KCNA"),
        Unit(CharSpan(6, 8), "u2", ""),
    ]
    html = str(render("A. B. C.", [], [CharSpan(0, 8)], units))
    assert html.count("state-tag") == 1
    assert html.count('class="s state"') == 2


def test_every_one_of_many_marks_is_rendered():
    text = "word " * 5_000
    marks = [Mark(CharSpan(i, i + 4), 0, ("x",), (f"n{i}",)) for i in range(0, len(text), 10)]
    assert str(render(text, marks, [], [])).count("<span") == len(marks)
