"""Words, windows and tags: every word decided once, spans that come back as they went in."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rhetoric.alignment import BEGIN, INSIDE, OUTSIDE, Aligner, decided_words, from_bio, to_bio
from rhetoric.annotation import CharSpan
from rhetoric.errors import ConfigError, ModelError
from rhetoric.segmentation import split_sentences

ODD_CHARACTERS = st.sampled_from("\ufeff\u200b\u200d\u200f\u00a0\u2028\x00\ud83d\udc80\u0301\u0489\ufe0f😀🇺🇦é…“”‘’")
PIECES = st.sampled_from(
    [
        *(
            "It rains. ",
            "Mr. Orr left",
            " the U.S. ",
            "“He said. No",
            ".” ",
            "incomprehensibilities ",
            "Jong-un's ",
            "[SEP] ",
        ),
        *(
            "\n",
            "\r\n",
            "\ufeff",
            "\ud800",
            "cafe\u0301 ",
            "👩‍👩‍👧 ",
            "❤\ufe0f",
            "هذا خبر. ",
            "これは。",
            "x" * 40,
            "y" * 150,
            "\u0301 ",
        ),
    ]
)
texts = st.text(st.characters() | ODD_CHARACTERS, max_size=60) | st.lists(PIECES, max_size=30).map("".join)
sizes = st.tuples(st.integers(4, 40), st.integers(0, 20)).filter(lambda pair: pair[1] < pair[0] - 2)


@pytest.fixture(scope="module")
def aligner(tiny_model):
    return Aligner.from_file(tiny_model, window_size=24, context_size=6)


def align(aligner, text):
    return aligner.align(text, split_sentences(text))


def words(aligner, text):
    aligned = align(aligner, text)
    return [aligned.span_of(i, i + 1).of(text) for i in range(aligned.n_words)]


@given(text=texts)
@example(text="\u0301")
@example(text="[SEP] [CLS]")
def test_align_gives_words_in_order_inside_of_their_sentences(aligner, text):
    aligned = align(aligner, text)
    end = 0
    for i in range(aligned.n_words):
        word = aligned.span_of(i, i + 1)
        assert end <= word.start < word.end
        assert aligned.sentences[aligned.word_sentences[i]].contains(word)
        assert word.of(text).strip() == word.of(text)
        end = word.end


@given(text=texts)
def test_align_gives_every_letter_and_digit_to_a_word(aligner, text):
    aligned = align(aligner, text)
    covered = {i for s, e in zip(aligned.word_starts, aligned.word_ends, strict=True) for i in range(s, e)}
    assert all(i in covered for i, character in enumerate(text) if character.isalnum())


@given(text=texts)
def test_align_starts_each_word_with_a_token_of_its_own(aligner, text):
    aligned = align(aligner, text)
    assert aligned.n_words == len(aligned.word_starts) == len(aligned.word_ends) == len(aligned.word_sentences)
    assert sorted(set(aligned.word_tokens.tolist())) == aligned.word_tokens.tolist()
    assert not aligned.n_words or aligned.word_tokens[0] == 0
    assert all(aligned.word_tokens < len(aligned.token_ids))


@given(text=texts)
def test_sentence_bounds_share_out_all_words(aligner, text):
    aligned = align(aligner, text)
    bounds = aligned.sentence_bounds.tolist()
    assert [i for first, last in bounds for i in range(first, last)] == list(range(aligned.n_words))
    assert len(bounds) == len(aligned.sentences)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jong-un's hats.", ["Jong", "-", "un", "'", "s", "hats", "."]),
        ("A cafe\u0301, yes", ["A", "cafe\u0301", ",", "yes"]),
        ("Love ❤\ufe0f it", ["Love", "❤\ufe0f", "it"]),
        ("a [SEP] b", ["a", "[", "SEP", "]", "b"]),
        ("\ufeffBOM \ud800 x", ["BOM", "x"]),
        ("İstanbul", ["İstanbul"]),
        ("", []),
    ],
)
def test_align_words_are_pre_tokens_with_their_marks(aligner, text, expected):
    assert [w.strip("\ufeff\ud800") for w in words(aligner, text) if w.strip("\ufeff\ud800")] == expected


@given(text=texts, size=sizes)
def test_windows_decide_every_word_once(tiny_model, text, size):
    aligner = Aligner.from_file(tiny_model, *size)
    aligned = align(aligner, text)
    decided = [i for window in aligner.windows(aligned) for i in range(*decided_words(aligned, window))]
    assert decided == list(range(aligned.n_words))


@given(text=texts, size=sizes)
def test_windows_are_no_longer_than_they_may_be(tiny_model, text, size):
    aligner = Aligner.from_file(tiny_model, *size)
    aligned = align(aligner, text)
    end = 0
    for window in aligner.windows(aligned):
        assert 0 <= window.start <= window.first == end < window.end
        assert window.first - window.start <= aligner.context_size
        ids = aligner.window_ids(aligned, window)
        assert len(ids) == window.end - window.start + 2 <= aligner.window_size
        assert ids.dtype == np.int64
        end = window.end
    assert end == len(aligned.token_ids)


@given(text=texts)
def test_windows_are_a_function_of_the_article_alone(tiny_model, aligner, text):
    fresh = Aligner.from_file(tiny_model, aligner.window_size, aligner.context_size)
    list(aligner.windows(align(aligner, "Another article. " * 9)))
    assert list(aligner.windows(align(aligner, text))) == list(fresh.windows(align(fresh, text)))


@given(text=texts)
def test_windows_cut_inside_of_a_sentence_only_where_it_does_not_fit(aligner, text):
    aligned = align(aligner, text)
    starts = {int(aligned.word_tokens[first]) for first, last in aligned.sentence_bounds if first < last}
    bounds = sorted(starts | {len(aligned.token_ids)})
    for window in aligner.windows(aligned):
        if window.end not in bounds:
            sentence_end = next(b for b in bounds if b > window.end)
            assert sentence_end - window.start > aligner.window_size - 2


def test_windows_context_begins_with_a_sentence(aligner):
    aligned = align(aligner, "Aa bb. Cc. Dd ee ff gg hh ii jj.")
    first, second = aligner.windows(aligned)
    assert (first.start, first.end) == (0, second.first)
    context = aligned.span_of(*np.searchsorted(aligned.word_tokens, [second.start, second.first]).tolist())
    assert context.of("Aa bb. Cc. Dd ee ff gg hh ii jj.") == "Cc."


@pytest.mark.parametrize(("window_size", "context_size"), [(2, 0), (16, 14), (16, 48), (16, -1), (0, 0)])
def test_aligner_refuses_windows_without_room(tiny_model, window_size, context_size):
    tokenizer = Aligner.from_file(tiny_model).tokenizer
    with pytest.raises(ConfigError, match=f"window_size {window_size} and context_size {context_size} do not fit"):
        Aligner(tokenizer, window_size, context_size)


def test_aligner_from_file_names_the_model_whose_windows_do_not_fit(tiny_model):
    with pytest.raises(ModelError, match=r"tiny: window_size 16 and context_size 48 do not fit"):
        Aligner.from_file(tiny_model, 16, 48)


def test_aligner_refuses_a_tokenizer_without_template(tmp_path):
    from tokenizers import Tokenizer, models

    Tokenizer(models.WordPiece({"[UNK]": 0, "a": 1}, unk_token="[UNK]")).save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(ModelError, match="adds 0 special tokens"):
        Aligner.from_file(tmp_path)


@pytest.mark.parametrize("content", [None, "", "{}", "no json"])
def test_aligner_from_file_refuses_what_is_no_tokenizer(tmp_path, content):
    if content is not None:
        (tmp_path / "tokenizer.json").write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=r"tokenizer\.json cannot be read.*copy the whole model folder"):
        Aligner.from_file(tmp_path)


@given(text=texts, span=st.builds(lambda a, n: CharSpan(a, a + n), st.integers(0, 40), st.integers(1, 20)))
def test_words_of_are_those_that_share_a_character(aligner, text, span):
    aligned = align(aligner, text)
    touched = [i for i in range(aligned.n_words) if aligned.span_of(i, i + 1).overlaps(span)]
    assert aligned.words_of(span) == ((touched[0], touched[-1] + 1) if touched else None)


@given(text=texts, data=st.data())
def test_bio_brings_back_spans_on_word_boundaries(aligner, text, data):
    aligned = align(aligner, text)
    cuts = data.draw(st.lists(st.integers(0, aligned.n_words), unique=True, max_size=8).map(sorted))
    spans = [aligned.span_of(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    assert from_bio(to_bio(spans, aligned), aligned) == spans


@given(text=texts, data=st.data())
def test_bio_tells_spans_apart_that_touch(aligner, text, data):
    aligned = align(aligner, text)
    cuts = data.draw(st.lists(st.integers(0, aligned.n_words), unique=True, max_size=8).map(sorted))
    spans = [aligned.span_of(a, b) for a, b in zip(cuts, cuts[1:], strict=False)]
    assert from_bio(to_bio(spans, aligned), aligned) == spans


@given(text=texts, data=st.data())
def test_bio_of_any_spans_covers_the_words_that_they_touch(aligner, text, data):
    aligned = align(aligner, text)
    spans = data.draw(
        st.lists(st.builds(lambda a, n: CharSpan(a, a + n), st.integers(0, 60), st.integers(1, 20)), max_size=5)
    )
    tags = to_bio(spans, aligned)
    touched = {i for span in spans for i in range(*(aligned.words_of(span) or (0, 0)))}
    assert set(np.flatnonzero(tags != OUTSIDE).tolist()) == touched


@given(text=texts, data=st.data())
def test_from_bio_reads_any_tags(aligner, text, data):
    aligned = align(aligner, text)
    tags = np.array(
        data.draw(st.lists(st.integers(0, 2), min_size=aligned.n_words, max_size=aligned.n_words)), np.int64
    )
    spans = from_bio(tags, aligned)
    assert all(one.precedes(other) for one, other in zip(spans, spans[1:], strict=False))
    assert np.array_equal(to_bio(spans, aligned) != OUTSIDE, tags != OUTSIDE)
    assert len(spans) >= int((tags == BEGIN).sum())


def test_to_bio_of_overlapping_spans_tags_their_union(aligner):
    aligned = align(aligner, "one two three four five")
    tags = to_bio([aligned.span_of(2, 4), aligned.span_of(0, 3)], aligned)
    assert tags.tolist() == [BEGIN, INSIDE, INSIDE, INSIDE, OUTSIDE]


def test_to_bio_of_spans_with_one_start_keeps_its_begin(aligner):
    aligned = align(aligner, "one two three four five")
    spans = [aligned.span_of(0, 2), aligned.span_of(2, 3), aligned.span_of(2, 5)]
    assert to_bio(spans, aligned).tolist() == [BEGIN, INSIDE, BEGIN, INSIDE, INSIDE]


def test_from_bio_begins_a_span_at_an_inside_without_begin(aligner):
    aligned = align(aligner, "one two three four")
    tags = np.array([INSIDE, OUTSIDE, INSIDE, BEGIN])
    assert [s.of("one two three four") for s in from_bio(tags, aligned)] == ["one", "three", "four"]
