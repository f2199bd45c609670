"""Gold to windows: what is annotated is supervised once, what is not is not, and all numbers stay in the window."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rhetoric.alignment import BEGIN, INSIDE, OUTSIDE, Aligner, from_bio
from rhetoric.annotation import Article, CharSpan
from rhetoric.modeling import IGNORED, LINK_ROLES, RhetoricConfig
from rhetoric.segmentation import split_sentences
from rhetoric.training.examples import NO_WORDS, UNKNOWN, link_examples, make_examples, sentence_targets
from rhetoric.training.gold import GoldArticle, GoldAttribution, GoldLabels, GoldSpan, GoldTarget

CONFIG = RhetoricConfig(
    taggers=("loaded", "cue"),
    sentence_labels=("loaded_language", "attribution"),
    span_heads={"valence": ("negative", "positive"), "source_type": ("expert", "public")},
)
TEXT = "Orr said the tyrant fled. It rained. The brave army of Vale sang."


@pytest.fixture(scope="module")
def aligner(tiny_model):
    return Aligner.from_file(tiny_model, 48, 12)


def at(phrase, text=TEXT):
    return CharSpan(text.index(phrase), text.index(phrase) + len(phrase))


def labelled(phrase, label, beside=None):
    return GoldSpan(at(phrase).start, at(phrase).end, label, beside and at(beside))


def examples(gold, aligner):
    return list(make_examples([gold], aligner, CONFIG))


def aligned_of(gold, aligner):
    return aligner.align(gold.article.text, split_sentences(gold.article.text))


def decided_tags(found, column):
    """Return the tags of all words that windows decide, one window after the other."""
    return np.concatenate([e.tags[e.tags[:, column] != IGNORED, column] for e in found])


def test_examples_bring_back_the_spans_of_a_tagger(aligner):
    spans = (at("tyrant"), at("brave army"))
    gold = GoldArticle(Article("a", TEXT), "x", {"loaded": GoldLabels(spans), "cue": GoldLabels(())})
    found = examples(gold, aligner)
    assert len(found) > 1, "the text is to fill several windows"
    aligned = aligned_of(gold, aligner)
    assert from_bio(decided_tags(found, 0), aligned) == list(spans)
    assert not decided_tags(found, 1).any()


def test_examples_decide_every_word_of_an_annotated_layer_once(aligner):
    gold = GoldArticle(Article("a", TEXT * 4), "x", {"loaded": GoldLabels(())})
    assert len(decided_tags(examples(gold, aligner), 0)) == aligned_of(gold, aligner).n_words


def test_examples_leave_out_the_taggers_that_a_corpus_does_not_annotate(aligner):
    gold = GoldArticle(Article("a", TEXT), "x", {"cue": GoldLabels((at("said"),))})
    for example in examples(gold, aligner):
        assert (example.tags[:, 0] == IGNORED).all()
        assert (example.sentence_labels == UNKNOWN).all()
        assert not any(map(len, (*example.spans.values(), example.links)))


def test_examples_know_words_in_known_stretches_and_annotations_alone(aligner):
    labels = GoldLabels((at("tyrant"),), known=(at("It rained."),))
    found = examples(GoldArticle(Article("a", TEXT), "x", {"loaded": labels}), aligner)
    assert sorted(decided_tags(found, 0).tolist()) == sorted([BEGIN, *[OUTSIDE] * len("It rained .".split())])


def test_examples_without_any_label_are_left_out(aligner):
    assert examples(GoldArticle(Article("a", TEXT), "x"), aligner) == []
    assert examples(GoldArticle(Article("a", " "), "x", {"loaded": GoldLabels(())}), aligner) == []


def test_examples_read_context_without_learning_from_it_again(aligner):
    gold = GoldArticle(Article("a", TEXT * 3), "x", {"loaded": GoldLabels(())})
    found = examples(gold, aligner)
    n_context = [int((e.tags[:, 0] == IGNORED).sum()) for e in found]
    assert n_context[0] == 0
    assert any(n_context)
    for example, n in zip(found, n_context, strict=True):
        assert (example.tags[:n, 0] == IGNORED).all()
        assert example.sentence_bounds[0, 0] >= n


def test_example_positions_are_those_of_the_first_tokens(aligner):
    gold = GoldArticle(Article("a", TEXT), "x", {"loaded": GoldLabels(())})
    aligned = aligned_of(gold, aligner)
    for example, window in zip(examples(gold, aligner), aligner.windows(aligned), strict=True):
        assert np.array_equal(example.input_ids, aligner.window_ids(aligned, window))
        first = int(np.searchsorted(aligned.word_tokens, window.start))
        tokens = aligned.word_tokens[first : first + len(example.word_positions)]
        assert np.array_equal(example.input_ids[example.word_positions], aligned.token_ids[tokens])


def test_sentence_targets_are_one_zero_or_unknown(aligner):
    gold = GoldArticle(
        Article("a", TEXT),
        "x",
        sentence_labels={
            "loaded_language": GoldLabels((at("tyrant"), at("brave"))),
            "attribution": GoldLabels((at("said"),), known=(at("It rained."),)),
        },
    )
    values = sentence_targets(gold, aligned_of(gold, aligner), ("loaded_language", "attribution", "satire"))
    assert values.tolist() == [[1.0, 1.0, UNKNOWN], [0.0, 0.0, UNKNOWN], [1.0, UNKNOWN, UNKNOWN]]


def test_sentence_is_not_known_where_a_part_of_it_is_not(aligner):
    labels = GoldLabels((), known=(at("It rain"), at("The brave army of Vale sang.")))
    gold = GoldArticle(Article("a", TEXT), "x", sentence_labels={"attribution": labels})
    assert sentence_targets(gold, aligned_of(gold, aligner), ("attribution",)).ravel().tolist() == [
        UNKNOWN,
        UNKNOWN,
        0.0,
    ]


def test_examples_of_span_heads_read_span_companion_and_sentence(aligner):
    short = Aligner(aligner.tokenizer, 128, 12)
    gold = GoldArticle(
        Article("a", TEXT),
        "x",
        span_labels={
            "valence": (labelled("tyrant", "negative"), labelled("brave army", "positive")),
            "source_type": (labelled("Orr", "expert", "said"), labelled("Vale", "public")),
        },
    )
    aligned = aligned_of(gold, short)
    (example,) = examples(gold, short)

    def phrase(bounds):
        return aligned.span_of(*bounds).of(TEXT)

    tyrant, army = example.spans["valence"]
    assert [phrase(b) for b in (tyrant[:2], tyrant[2:4], tyrant[4:])] == [
        "tyrant",
        "tyrant",
        "Orr said the tyrant fled.",
    ]
    assert phrase(army[:2]) == "brave army"
    assert example.span_labels["valence"].tolist() == [[1.0, 0.0], [0.0, 1.0]]
    orr, vale = example.spans["source_type"]
    assert [phrase(b) for b in (orr[:2], orr[2:4])] == ["Orr", "said"]
    assert tuple(vale[2:4]) == NO_WORDS
    assert example.span_labels["source_type"].tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_examples_share_out_the_labels_of_one_span(aligner):
    spans = (labelled("tyrant", "negative"), labelled("tyrant", "positive"), labelled("tyrant", "negative"))
    found = examples(GoldArticle(Article("a", TEXT), "x", span_labels={"valence": spans}), aligner)
    rows = np.concatenate([e.span_labels["valence"] for e in found])
    assert np.allclose(rows, [[2 / 3, 1 / 3]])


def linked_phrases(gold, aligned):
    rows, labels = link_examples(gold, aligned)
    text = gold.article.text
    return {
        (LINK_ROLES[row[0]], aligned.span_of(*row[1:3]).of(text), aligned.span_of(*row[3:5]).of(text), row[5]): label
        for row, label in zip(rows.tolist(), labels.tolist(), strict=True)
    }


def test_link_examples_are_all_pairs_in_reach(aligner):
    text = "Orr said it rained. Vale added that it poured."
    attributions = tuple(
        GoldAttribution(at(source, text), at(cue, text), (at(content, text),))
        for source, cue, content in (("Orr", "said", "it rained"), ("Vale", "added", "that it poured"))
    )
    gold = GoldArticle(Article("a", text), "x", attributions=attributions)
    found = linked_phrases(gold, aligned_of(gold, aligner))
    assert found[("cue_source", "said", "Orr", 0)] == 1.0
    assert found[("cue_source", "said", "Vale", 1)] == 0.0
    assert found[("cue_content", "added", "it rained", -1)] == 0.0
    assert found[("cue_content", "added", "that it poured", 0)] == 1.0
    assert found[("content_source", "it rained", "Orr", 0)] == 1.0
    assert len(found) == 12
    assert sum(found.values()) == 6


def test_link_examples_of_targets_ask_about_every_mention(aligner):
    targets = (GoldTarget(at("brave army"), at("Vale")), GoldTarget(at("tyrant"), None))
    gold = GoldArticle(Article("a", TEXT), "x", targets=targets)
    found = {key[1:3]: label for key, label in linked_phrases(gold, aligned_of(gold, aligner)).items()}
    assert found[("brave army", "Vale")] == 1.0
    assert sum(label for (anchor, _), label in found.items() if anchor == "brave army") == 1.0
    assert sum(label for (anchor, _), label in found.items() if anchor == "tyrant") == 0.0


def test_link_examples_of_an_unannotated_article_are_none(aligner):
    gold = GoldArticle(Article("a", TEXT), "x")
    rows, labels = link_examples(gold, aligned_of(gold, aligner))
    assert (rows.shape, labels.shape) == ((0, 6), (0,))


texts = st.lists(
    st.sampled_from(
        [
            "Orr said it rained. ",
            "“Go. Now,” ",
            "Vale",
            " fled ",
            "incomprehensibilities ",
            "\n",
            "\ud800",
            "cafe\u0301 ",
        ]
    ),
    min_size=1,
    max_size=25,
).map("".join)
char_spans = st.builds(lambda start, n: CharSpan(start, start + n), st.integers(0, 150), st.integers(1, 30))
span_lists = st.lists(char_spans, max_size=5).map(tuple)


@settings(max_examples=60)
@given(text=texts, spans=span_lists, others=span_lists)
def test_examples_of_any_annotation_stay_within_their_window(aligner, text, spans, others):
    gold = GoldArticle(
        Article("a", text),
        "x",
        {"loaded": GoldLabels(spans, known=others)},
        {"attribution": GoldLabels(others, known=spans)},
        {"valence": tuple(GoldSpan(s.start, s.end, "negative") for s in spans)},
        tuple(GoldAttribution(s, o, (o, s)) for s, o in zip(spans, others, strict=False)),
        tuple(GoldTarget(s, None) for s in spans),
    )
    for example in examples(gold, aligner):
        n = len(example.word_positions)
        assert len(example.tags) == n
        assert (example.word_positions >= 1).all()
        assert (example.word_positions < len(example.input_ids) - 1).all()
        assert set(np.unique(example.tags)) <= {IGNORED, OUTSIDE, BEGIN, INSIDE}
        for bounds in (
            *(example.spans[h][:, i : i + 2] for h in example.spans for i in (0, 4)),
            example.sentence_bounds,
        ):
            assert ((bounds[:, 0] >= 0) & (bounds[:, 0] < bounds[:, 1]) & (bounds[:, 1] <= n)).all()
        for bounds in (example.links[:, 1:3], example.links[:, 3:5]):
            assert ((bounds[:, 0] >= 0) & (bounds[:, 0] < bounds[:, 1]) & (bounds[:, 1] <= n)).all()
        assert all(np.allclose(labels.sum(1), 1.0) for labels in example.span_labels.values())
