import numpy as np
import pytest

from rhetoric.annotation import CharSpan
from rhetoric.decoding.decoder import Decoder
from rhetoric.decoding.rules import DecisionRules
from rhetoric.metrics.bootstrap import SEED, interval
from rhetoric.metrics.counts import f1_of
from rhetoric.training import scoring
from rhetoric.training.gold import GoldAttribution, GoldLabels, GoldSpan
from tests.training.crafted import LABELS, crafted_heads, crafted_reading, find, log_odds

SURE = 5.0
EVEN = {
    "tagger": dict.fromkeys(LABELS.taggers, 0.5),
    "sentence": dict.fromkeys(LABELS.sentence_labels, 0.5),
    "link": dict.fromkeys(("cue_source", "cue_content", "content_source"), 0.5),
}
DECODER = Decoder(crafted_heads(), LABELS, DecisionRules(EVEN))


def test_span_f1_gives_partial_credit_over_both_taggers():
    text = "aa bb cc dd ee"
    found = [("bb", "ptc_wording", SURE), ("ee", "ptc_technique", SURE)]
    gold = {"ptc_wording": GoldLabels((find(text, "aa bb"),)), "ptc_technique": GoldLabels(())}
    score = scoring.span_f1(
        "x", [crafted_reading(text, found, taggers=gold)], DECODER, ("ptc_wording", "ptc_technique")
    )
    precision, recall = (2 / 2 + 0) / 2, 2 / 5
    assert score.value == round(2 * precision * recall / (precision + recall), 4)
    assert score.metric == "span F1 (PTC)"


REPORT = "Roth said it fell. Lund wrote it stood. They danced."


def attributed(sources):
    """A reading in which two attributions are found, each with its own source; in gold they have `sources`."""
    parts = [("Roth", "source"), ("Lund", "source"), ("said", "cue"), ("wrote", "cue")]
    contents = [("it fell", "content"), ("it stood", "content")]
    links = [("Roth", "link", SURE), ("Lund", "link", -SURE), ("it fell", "link", SURE), ("it stood", "link", SURE)]
    cues, pieces = (find(REPORT, "said"), find(REPORT, "wrote")), (find(REPORT, "it fell"), find(REPORT, "it stood"))
    named = [find(REPORT, source) if source else None for source in sources]
    gold = tuple(GoldAttribution(s, c, (p,)) for s, c, p in zip(named, cues, pieces, strict=True))
    return crafted_reading(REPORT, [(*part, SURE) for part in parts + contents] + links, attributions=gold)


def test_role_f1_compares_finished_attributions():
    """Both cues take the source whose link is probable, Roth; both take both contents."""
    found = scoring.role_f1("x", [attributed(["Roth", "Lund"])], DECODER, ("source", "cue", "piece", "content"))
    # Sources: one found of two. Pieces: two of two. Whole contents: the two pieces as one, which no gold content is.
    assert [s.value for s in found] == [round(2 / 3, 4), 1.0, 1.0, 0.0]
    assert [s.metric for s in found] == [f"{role} exact F1" for role in ("source", "cue", "piece", "content")]


def one_attribution(source):
    """A reading in which Roth is found as the source of a content, whose source in gold is `source`."""
    text = "Roth of Vale said it fell. Lund nodded."
    found = [("Roth", "source", SURE), ("said", "cue", SURE), ("it fell", "content", SURE)]
    links = [("Roth", "link", SURE), ("it fell", "link", SURE)]
    gold = GoldAttribution(find(text, source) if source else None, find(text, "said"), (find(text, "it fell"),))
    return crafted_reading(text, found + links, attributions=(gold,))


def test_link_accuracy_is_the_share_of_found_contents_whose_source_touches_the_right_one():
    sources = ["Roth", "Roth of Vale", "Lund", None]
    score = scoring.link_accuracy("x", [one_attribution(source) for source in sources], DECODER)
    assert (score.value, score.n) == (0.5, 4)


def labelled(found, gold):
    """A reading of one sentence for each probability of `found`; `gold` says 1, 0, or None for what is not known."""
    lines = [f"Line {i} is here." for i in range(len(found))]
    text = "\n".join(lines)
    spans = [find(text, line) for line in lines]
    known = tuple(s for s, g in zip(spans, gold, strict=True) if g is not None)
    positive = tuple(s for s, g in zip(spans, gold, strict=True) if g)
    features = [(s, "attribution", log_odds(p)) for s, p in zip(spans, found, strict=True)]
    return crafted_reading(text, features, sentence_labels={"attribution": GoldLabels(positive, known)})


# Three right and one wrong of four found, two missed, three rightly left out, and one of which nothing is known.
FIRST = labelled([0.9, 0.9, 0.1, 0.1, 0.1, 0.9], [1, 0, 1, 0, 0, None])
SECOND = labelled([0.6, 0.5, 0.4, 0.2], [1, 1, 1, 0])
THIRD = labelled([0.3], [None])


def test_label_f1_counts_known_sentences():
    score = scoring.label_f1("x", "attribution", [FIRST, SECOND, THIRD], DECODER)
    assert (score.value, score.n) == (round(2 * 3 / (4 + 5), 4), 3)


def test_label_f1_of_what_is_neither_there_nor_found_is_perfect():
    assert scoring.label_f1("x", "attribution", [labelled([0.1, 0.2], [0, 0])], DECODER).value == 1.0


def test_label_macro_f1_is_the_mean_of_having_and_not_having():
    score = scoring.label_macro_f1("x", "attribution", [FIRST, SECOND, THIRD], DECODER)
    assert score.value == round((2 * 3 / (4 + 5) + 2 * 3 / (5 + 4)) / 2, 4)


def test_calibration_score_is_the_gap_between_promise_and_rate():
    """Of four sentences with 0.8 two are right, of two with 0.1 none is."""
    readings = [labelled([0.8, 0.8, 0.1], [1, 0, 0]), labelled([0.8, 0.8, 0.1], [1, 0, 0]), THIRD]
    score = scoring.calibration_score("x", "attribution", readings, DECODER)
    assert score.value == pytest.approx((4 * 0.3 + 2 * 0.1) / 6, abs=1e-4)
    assert score.low <= score.value <= score.high


def classified(*spans):
    """A reading with spans of (word, gold labels, logits of doubt, slogans and repetition)."""
    text = " and ".join(word for word, _, _ in spans)
    names = LABELS.span_heads["technique"]
    logits = [(w, n, x) for w, _, of_word in spans for n, x in zip(names, of_word, strict=True)]
    places = [(find(text, word), labels) for word, labels, _ in spans]
    gold = tuple(GoldSpan(place.start, place.end, label) for place, labels in places for label in labels)
    return crafted_reading(text, logits, span_labels={"technique": gold})


ONE = classified(("aa", ["doubt"], (2, 1, 0)), ("bb", ["slogans"], (2, 1, 0)), ("cc", ["slogans"], (0, 2, 1)))
TWO = classified(("dd", ["doubt", "repetition"], (2, 1, 0)))


def test_class_micro_f1_lets_a_span_take_as_many_labels_as_it_has():
    """Right are aa, cc and one of the two of dd, which takes doubt and slogans."""
    score = scoring.class_micro_f1("x", "technique", [ONE, TWO], DECODER)
    assert (score.value, score.n) == (round(3 / 5, 4), 2)


def test_class_micro_f1_counts_a_span_that_stands_twice_with_one_label_as_two_rows():
    twice = classified(("aa", ["doubt", "doubt"], (2, 1, 0)))
    assert scoring.class_micro_f1("x", "technique", [twice], DECODER).value == 0.5


def test_class_macro_f1_is_the_mean_of_the_classes():
    score = scoring.class_macro_f1("x", "technique", [ONE, TWO], DECODER)
    doubt, slogans, repetition = 2 * 2 / (3 + 2), 2 * 1 / (2 + 2), 0
    assert score.value == round((doubt + slogans + repetition) / 3, 4)


def test_class_scores_take_articles_without_a_span():
    assert scoring.class_micro_f1("x", "technique", [ONE, crafted_reading("Nothing.")], DECODER).n == 2


def test_scores_carry_interval_seed_and_number_of_articles():
    readings = [FIRST, SECOND, FIRST, THIRD]
    score = scoring.label_f1("codebook dev", "attribution", readings, DECODER)
    rows = [[1, 2, 1, 2], [2, 2, 2, 3], [1, 2, 1, 2], [0, 0, 0, 0]]
    expected = interval(rows, f1_of)
    assert (score.task, score.metric, score.seed, score.n) == ("codebook dev", "attribution F1", SEED, 4)
    assert score.value == round(expected.value, 4)
    assert score.low < score.value < score.high
    assert (score.low, score.high) == pytest.approx((expected.low, expected.high), abs=1e-4)
    assert scoring.label_f1("codebook dev", "attribution", readings, DECODER) == score


def test_crafted_heads_say_what_is_written_into_the_words():
    """The figures above rest on it."""
    reading = crafted_reading("One two.", [("two", "cue", 1.5), ("two", "link", 2.5), ("two", "negative", 0.5)])
    words, heads = reading.words, crafted_heads()
    tags = heads.tags(words)[1, LABELS.taggers.index("cue")]
    assert tags.tolist() == pytest.approx([0.0, -30.0, 1.5])
    assert heads.links(words, np.array([[0, 0, 1, 1, 2, 0]])) == pytest.approx([2.5], abs=1e-4)
    assert heads.spans("valence", words, np.array([[1, 2, 0, 0, 0, 3]]))[0, 0] == pytest.approx(0.5, abs=1e-4)
    assert reading.aligned.words_of(CharSpan(4, 7)) == (1, 2)
