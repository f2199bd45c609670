import numpy as np
import pytest

from rhetoric.decoding.decoder import Decoder
from rhetoric.decoding.rules import read_rules, write_rules
from rhetoric.training.gold import GoldAttribution, GoldLabels, GoldSpan
from rhetoric.training.tuning import tune
from tests.training.crafted import LABELS, crafted_heads, crafted_reading, find, log_odds

LOADED = "loaded_language"
SENTENCE = "Mayor Diaz called the plan a cowardly swindle, said Ana Roth."


def tuned(readings):
    return tune(crafted_heads(), LABELS, readings)


def tagged(tagger, true, false, corpus="codebook-passages"):
    """A reading in which the words of `tagger` have the probability `true`, and other words that of `false`."""
    right, wrong = "cowardly swindle", "the plan"
    features = [(right, tagger, log_odds(true)), (wrong, tagger, log_odds(false))]
    labels = {name: GoldLabels((find(SENTENCE, right),) if name == tagger else ()) for name in LABELS.taggers}
    known = {name: labels[name] for name in labels if corpus == "ptc" or not name.startswith("ptc")}
    attributions = None if corpus == "ptc" else ()
    return crafted_reading(SENTENCE, features, corpus, taggers=known, attributions=attributions)


@pytest.mark.parametrize(("true", "false"), [(0.22, 0.18), (0.42, 0.38), (0.72, 0.68)])
@pytest.mark.parametrize("tagger", ["loaded", "source", "cue", "content"])
def test_threshold_of_a_tagger_parts_right_from_wrong(tagger, true, false):
    threshold = tuned([tagged(tagger, true, false)])["default"].threshold("tagger", tagger)
    assert false < threshold <= true


def test_threshold_of_loaded_words_is_that_of_the_codebook_alone():
    own, other = tagged("loaded", 0.62, 0.58), tagged("loaded", 0.32, 0.28, corpus="babe")
    assert 0.58 < tuned([own, *[other] * 20])["default"].threshold("tagger", "loaded") <= 0.62


def test_thresholds_of_ptc_are_the_best_pair():
    wording, technique = tagged("ptc_wording", 0.32, 0.28, "ptc"), tagged("ptc_technique", 0.57, 0.53, "ptc")
    rules = tuned([wording, technique])["ptc"]
    assert 0.28 < rules.threshold("tagger", "ptc_wording") <= 0.32
    assert 0.53 < rules.threshold("tagger", "ptc_technique") <= 0.57


def test_sets_decide_loaded_words_by_one_definition_each():
    sets = tuned([tagged("loaded", 0.6, 0.4), tagged("ptc_wording", 0.6, 0.4, "ptc")])
    assert list(sets) == ["default", "ptc"]
    never = {name: {t for t in LABELS.taggers if rules.threshold("tagger", t) > 1} for name, rules in sets.items()}
    assert never == {"default": {"ptc_wording"}, "ptc": {"loaded"}}


def sentences(true, false, n, corpus):
    """A reading of `n` attributions, of logit `true`, and of three times as many others, of logit `false`."""
    lines = [f"Line {i} is here." for i in range(4 * n)]
    text = "\n".join(lines)
    spans = [find(text, line) for line in lines]
    features = [(span, "attribution", true if i < n else false) for i, span in enumerate(spans)]
    labels = {"sentence_labels": {"attribution": GoldLabels(tuple(spans[:n]))}, "taggers": {"loaded": GoldLabels(())}}
    return crafted_reading(text, features, corpus, base=0.0, **labels)


def attribution_rules(readings):
    """Return the threshold of attributions and their calibration."""
    rules = tuned(readings)["default"]
    return rules.threshold("sentence", "attribution"), rules.platt("sentence", "attribution").apply


@pytest.mark.parametrize(("true", "false"), [(2.0, 1.0), (-3.0, -3.5), (0.2, -5.0)])
def test_threshold_of_a_sentence_label_parts_right_from_wrong(true, false):
    threshold, probability = attribution_rules([sentences(true, false, 40, "polnear")])
    assert probability(false) < threshold <= probability(true)
    assert probability(false) < 0.05
    assert probability(true) > 0.95


def test_threshold_of_a_sentence_label_is_that_of_the_codebook_where_it_has_enough():
    readings = [sentences(3.0, 2.0, 40, "codebook-labels"), sentences(1.0, 0.0, 200, "babe")]
    threshold, probability = attribution_rules(readings)
    assert probability(2.0) < threshold <= probability(3.0)


def test_threshold_of_a_sentence_label_is_that_of_all_where_the_codebook_has_little():
    readings = [sentences(3.0, 2.0, 2, "codebook-labels"), sentences(1.0, 0.0, 200, "babe")]
    threshold, probability = attribution_rules(readings)
    assert probability(0.0) < threshold <= probability(1.0)


def test_threshold_of_a_sentence_label_without_a_sentence_is_even():
    assert tuned([tagged("loaded", 0.6, 0.4)])["default"].threshold("sentence", "attribution") == 0.5


@pytest.mark.parametrize(("margin", "n_right", "temperature"), [(np.log(9), 3, 2.0), (np.log(3), 9, 0.5)])
def test_temperature_makes_classes_as_sure_as_they_are_right(margin, n_right, temperature):
    """Of four or ten spans all but one are right: the odds are 3 or 9, and e^(margin / temperature) shall be that."""
    words = ["Vandals", "Liars", "Thieves", "Cheats", "Bullies", "Zealots", "Crooks", "Brutes", "Tyrants", "Goons"]
    text = " and ".join(words[: n_right + 1])
    found = [find(text, word) for word in words[: n_right + 1]]
    gold = tuple(GoldSpan(s.start, s.end, "negative" if i < n_right else "positive") for i, s in enumerate(found))
    features = [(s, "negative", margin) for s in found] + [(s, "positive", 0.0) for s in found]
    rules = tuned([crafted_reading(text, features, "basil", span_labels={"valence": gold})])["default"]
    assert rules.temperature("valence") == pytest.approx(temperature, abs=0.01)
    assert rules.temperature("technique") == 1.0


LINKED = "Ana Roth said the bridge fell. Nobody in Oslo had known of that, it seems."


def linked(is_source, logit):
    """A reading with a cue, its content, and a name whose link has that logit: the source of it or of another."""
    name, cue, content, other = (find(LINKED, phrase) for phrase in ("Ana Roth", "said", "the bridge fell", "it seems"))
    roles = {"source": (name,), "cue": (cue,), "content": (content, other)}
    links = [(name, "link", logit), (content, "link", 2.0), (other, "link", -2.0)]
    return crafted_reading(
        LINKED,
        [(span, role, 3.0) for role, spans in roles.items() for span in spans] + links,
        "polnear",
        taggers={role: GoldLabels(spans) for role, spans in roles.items()},
        attributions=(
            GoldAttribution(name if is_source else None, cue, (content,)),
            GoldAttribution(None if is_source else name, None, (other,)),
        ),
    )


@pytest.mark.parametrize(("true", "false"), [(2.0, -2.0), (4.0, 3.0), (-1.0, -2.0)])
def test_links_are_made_where_they_are_probable(true, false):
    readings = [linked(True, true), linked(False, false)]
    decoder = Decoder(crafted_heads(), LABELS, tuned(readings * 12)["default"])
    for reading in readings:
        found = decoder.attributions(reading.gold.article.text, reading.aligned, reading.words)
        gold = reading.gold.attributions[0]
        assert [(a.source, a.cue, a.content) for a in found if a.cue] == [(gold.source, gold.cue, gold.content)]


def test_links_are_made_where_they_are_improbable_but_worth_it():
    """A third of the links that look alike is right: F1 of the sources is 0 without them, and one half with them."""
    rules = tuned([linked(True, 2.0)] * 10 + [linked(False, 2.0)] * 20)["default"]
    probability = rules.platt("link", "cue_source").apply(2.0)
    assert 0.3 < probability < 0.4
    assert rules.threshold("link", "cue_source") <= probability


def test_score_of_a_span_is_the_rate_at_which_such_spans_are_right():
    right, wrong = tagged("loaded", 0.9, 0.1), tagged("loaded", 0.1, 0.9)
    rules = tuned([right] * 30 + [wrong] * 10)["default"]
    assert rules.platt("span", "loaded").apply(log_odds(0.9)) == pytest.approx(0.75, abs=0.02)


def test_rules_are_written_and_read_back(tmp_path):
    labelled = sentences(2.0, 1.0, 40, "babe")
    sets = tuned([tagged("loaded", 0.62, 0.58), linked(True, 2.0), linked(False, -2.0), labelled])
    write_rules(tmp_path, sets)
    assert {name: read_rules(tmp_path, name) for name in sets} == sets


def test_cost_of_a_switch_is_raised_where_it_closes_gaps_and_drops_stray_words():
    """No threshold alone lets the gap in and keeps the stray word out."""
    text = "They sold us a truly rotten old swindle, and the ferry was late again."
    gold, gap, stray = (find(text, phrase) for phrase in ("truly rotten old swindle", "rotten", "late"))
    features = [(gold, "loaded", log_odds(0.9)), (gap, "loaded", log_odds(0.35)), (stray, "loaded", log_odds(0.6))]
    reading = crafted_reading(text, features, taggers={"loaded": GoldLabels((gold,))})
    rules = tuned([reading])["default"]
    assert rules.switch_cost("loaded") > 0
    assert [s.extent for s in reading.decode(Decoder(crafted_heads(), LABELS, rules)).spans] == [gold]


def test_threshold_of_loaded_sentences_is_that_of_sentence_and_span_together():
    """The head finds all sentences alike; their spans tell them apart."""
    lines = [f"The gang of number {i} is here." for i in range(80)]
    text = "\n".join(lines)
    spans = [find(text, line) for line in lines]
    words = [find(text, f"number {i} ") for i in range(80)]
    features = [(span, "loaded_language", 0.0) for span in spans]
    features += [(word, "loaded", log_odds(0.9 if i < 20 else 0.6)) for i, word in enumerate(words)]
    gold = GoldLabels(tuple(words[:20]))
    labels = {LOADED: GoldLabels(tuple(spans[:20]))}
    reading = crafted_reading(text, features, taggers={"loaded": gold}, sentence_labels=labels)
    rules = tuned([reading])["default"]
    found = reading.decode(Decoder(crafted_heads(), LABELS, rules))
    threshold = rules.threshold("sentence", LOADED)
    assert [scores[LOADED] >= threshold for scores in found.sentence_scores] == [True] * 20 + [False] * 60
    assert rules.thresholds["agreement"] == {LOADED: threshold}
