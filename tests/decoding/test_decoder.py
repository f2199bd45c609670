"""All heads together: with heads that say what a test tells them, what is found is what was said."""

import numpy as np
import pytest

from rhetoric.alignment import AlignedArticle
from rhetoric.annotation import CharSpan, Sentence
from rhetoric.decoding.decoder import Decoder, Labels
from rhetoric.decoding.links import LINK_ROLES
from rhetoric.decoding.rules import DecisionRules
from rhetoric.metrics.calibration import PlattScaling
from rhetoric.metrics.pooling import LogPool
from rhetoric.taxonomy import technique_ids

TEXT = "Orr praised the brave army. “The tyrant fled,” KCNA said. Every patriot must sign!"
LABELS = Labels(
    ("loaded", "ptc_wording", "ptc_technique", "source", "cue", "content"),
    ("loaded_language", "attribution"),
    {
        "technique": technique_ids(),
        "valence": ("negative", "positive", "mixed"),
        "source_type": ("state_media", "named_person"),
        "target": ("negative", "neutral", "positive"),
    },
)
RULES = DecisionRules(
    {"tagger": dict.fromkeys(LABELS.taggers, 0.5), "sentence": {}, "link": dict.fromkeys(LINK_ROLES, 0.5)}
)


class Heads:
    """Heads whose logits are written down: phrases a tagger, and the best label of each span by its words."""

    def __init__(self, tagged, classes=None, links=()):
        self.tagged, self.classes, self.pairs = tagged, classes or {}, set(links)

    def tags(self, words):
        logits = np.zeros((len(words), len(LABELS.taggers), 3), np.float32)
        logits[:, :, 0] = 4.0
        for tagger, spans in self.tagged.items():
            for first, last in spans:
                column = logits[first:last, LABELS.taggers.index(tagger)]
                column[:] = (0.0, 0.0, 4.0)
                column[0] = (0.0, 4.0, 0.0)
        return logits

    def sentences(self, words, bounds):
        return np.stack([bounds[:, 0], bounds[:, 1]], axis=1).astype(np.float32)

    def spans(self, name, words, rows):
        logits = np.zeros((len(rows), len(LABELS.span_heads[name])), np.float32)
        for i, row in enumerate(rows.tolist()):
            label = self.classes.get((name, tuple(row[:2])))
            if label:
                logits[i, LABELS.span_heads[name].index(label)] = 2.0
        return logits

    def links(self, words, rows):
        return np.array([3.0 if tuple(row[:5]) in self.pairs else -3.0 for row in rows.tolist()])


@pytest.fixture
def at(aligner, word_span):
    """Return the bounds of a phrase of the text, in words."""
    aligned = aligner(TEXT)
    return lambda phrase: word_span(TEXT, aligned, phrase).bounds


@pytest.fixture
def decode(aligner):
    def run(heads, labels=LABELS, rules=RULES, targets=(), text=TEXT):
        aligned = aligner(text)
        words = np.zeros((aligned.n_words, 4), np.float32)
        return Decoder(heads, labels, rules).decode(text, aligned, words, targets)

    return run


def test_decode_wording_has_technique_valence_and_target(decode, at):
    army, tyrant = at("brave army"), at("tyrant")
    classes = {
        ("technique", army): "exaggeration_minimisation",
        ("technique", tyrant): "name_calling",
        ("valence", army): "positive",
        ("valence", tyrant): "negative",
    }
    heads = Heads({"loaded": [army, tyrant]}, classes, [(LINK_ROLES.index("loaded_target"), *tyrant, *at("KCNA"))])
    first, second = decode(heads).spans
    assert (first.of(TEXT), first.label, first.layer, first.valence) == (
        "brave army",
        "exaggeration_minimisation",
        "wording",
        "positive",
    )
    assert (second.of(TEXT), second.label, second.valence) == ("tyrant", "name_calling", "negative")
    assert first.target is None
    assert second.target is not None
    assert second.target.of(TEXT) == "KCNA"
    assert 0.5 < second.score < 1.0


def test_decode_wording_is_labelled_within_its_layer(decode, at):
    heads = Heads({"loaded": [at("tyrant")]}, {("technique", at("tyrant")): "doubt"})
    (span,) = decode(heads).spans
    assert span.label in technique_ids("wording")


def test_decode_technique_is_labelled_within_its_layer(decode, at):
    phrase = at("Every patriot must sign")
    (span,) = decode(Heads({"ptc_technique": [phrase]}, {("technique", phrase): "flag_waving"})).spans
    assert (span.of(TEXT), span.label, span.layer, span.valence) == (
        "Every patriot must sign",
        "flag_waving",
        "technique",
        None,
    )
    (span,) = decode(Heads({"ptc_technique": [phrase]}, {("technique", phrase): "name_calling"})).spans
    assert span.label in technique_ids("technique")


def test_decode_wording_loses_its_edge_marks(decode, at):
    assert [s.of(TEXT) for s in decode(Heads({"loaded": [at("brave army.")]})).spans] == ["brave army"]
    assert decode(Heads({"loaded": [at("!")]})).spans == []


def test_decode_wording_of_two_taggers_is_taken_once(decode, at):
    spans = decode(Heads({"loaded": [at("army")], "ptc_wording": [at("brave army"), at("tyrant")]})).spans
    assert [s.of(TEXT) for s in spans] == ["army", "tyrant"]


def test_decode_wording_of_a_tagger_without_threshold_is_left_out(decode, at):
    rules = DecisionRules({"tagger": {"loaded": 0.5}, "link": RULES.thresholds["link"]})
    spans = decode(Heads({"loaded": [at("army")], "ptc_wording": [at("tyrant")]}), rules=rules).spans
    assert [s.of(TEXT) for s in spans] == ["army"]


def test_decode_attributions_with_the_type_of_their_source(decode, at):
    source, cue, content = at("KCNA"), at("said"), at("The tyrant fled")
    links = [(LINK_ROLES.index("cue_source"), *cue, *source), (LINK_ROLES.index("cue_content"), *cue, *content)]
    tagged = {"source": [source], "cue": [cue], "content": [content, at("Every patriot")]}
    found = decode(Heads(tagged, {("source_type", source): "state_media"}, links))
    assert [a.content[0].of(TEXT) for a in found.attributions] == ["The tyrant fled", "Every patriot"]
    assert found.attributions[0].source == CharSpan(TEXT.index("KCNA"), TEXT.index("KCNA") + 4)
    typed, untyped = found.type_scores
    assert typed["state_media"] > typed["named_person"]
    assert sum(typed.values()) == pytest.approx(1.0)
    assert untyped == {}


def test_decode_sentence_scores_are_calibrated_by_label(decode):
    rules = DecisionRules(RULES.thresholds, {"sentence": {"attribution": PlattScaling(0.0, 2.0)}})
    scores = decode(Heads({}), rules=rules).sentence_scores
    assert len(scores) == 3
    # A sentence without a loaded span is less loaded than it looks.
    assert scores[0]["loaded_language"] == pytest.approx(LogPool().apply(0.5, 0.0))
    assert all(s["attribution"] == pytest.approx(1 / (1 + np.exp(-2.0))) for s in scores)


def test_decode_temperature_flattens_the_scores_of_a_span_head(decode, at):
    heads = Heads({}, {("target", at("KCNA")): "negative"})
    target = [CharSpan(TEXT.index("KCNA"), TEXT.index("KCNA") + 4)]
    sharp = decode(heads, targets=target).target_scores[0]["negative"]
    hot = DecisionRules(RULES.thresholds, {}, {"target": 4.0})
    assert sharp > decode(heads, rules=hot, targets=target).target_scores[0]["negative"] > 1 / 3


def test_decode_targets_are_answered_in_order(decode, at):
    heads = Heads({}, {("target", at("KCNA")): "negative", ("target", at("Orr")): "positive"})
    kcna, orr, blank = (CharSpan(TEXT.index(p), TEXT.index(p) + len(p)) for p in ("KCNA", "Orr", " "))
    scores = decode(heads, targets=[kcna, blank, orr]).target_scores
    assert [max(s, key=s.__getitem__) for s in scores] == ["negative", "neutral", "positive"]
    assert scores[1] == {"negative": 0.0, "neutral": 1.0, "positive": 0.0}


def test_decode_without_words_gives_a_row_a_sentence():
    # A visible character of which a tokenizer makes nothing.
    none = np.zeros(0, np.int64)
    aligned = AlignedArticle((Sentence(0, 1),), none, none, none, none, none)
    words = np.zeros((0, 4), np.float32)
    found = Decoder(Heads({}), LABELS, RULES).decode("\u200b", aligned, words, [CharSpan(0, 1)])
    assert found.sentence_scores == [{"loaded_language": 0.0, "attribution": 0.0}]
    assert (found.spans, found.attributions, found.type_scores) == ([], [], [])
    assert found.target_scores == [{"negative": 0.0, "neutral": 1.0, "positive": 0.0}]


def test_decode_of_a_blank_text_is_empty(decode):
    found = decode(Heads({}), text=" ")
    assert not any(vars(found).values())


def test_decode_without_heads_gives_defaults(decode, at):
    class Few(Heads):
        def tags(self, words):
            return super().tags(words)[:, :1]

        def sentences(self, words, bounds):
            return np.zeros((len(bounds), 0), np.float32)

    labels = Labels(("loaded",), (), {})
    found = decode(Few({"loaded": [at("tyrant")]}), labels=labels, targets=[CharSpan(0, 3)])
    assert [(s.label, s.valence, s.target) for s in found.spans] == [("loaded_language", None, None)]
    assert found.sentence_scores == [{}, {}, {}]
    assert found.target_scores == [{}]


def test_attributions_are_those_of_decode(aligner, at):
    heads = Heads({"content": [at("The tyrant fled")], "source": [at("Orr")]})
    aligned = aligner(TEXT)
    words = np.zeros((aligned.n_words, 4), np.float32)
    decoder = Decoder(heads, LABELS, RULES)
    assert decoder.attributions(TEXT, aligned, words) == decoder.decode(TEXT, aligned, words).attributions
