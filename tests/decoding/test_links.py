"""Linking with a scorer that knows the answer: what belongs together, whatever stands between."""

import numpy as np
import pytest

from rhetoric.decoding.links import LINK_ROLES, MAX_REACH, link_attributions, link_targets
from rhetoric.decoding.rules import DecisionRules
from rhetoric.metrics.calibration import PlattScaling

HALF = DecisionRules({"link": dict.fromkeys(LINK_ROLES, 0.5)})
SURE = 3.0
SURE_PROBABILITY = 1 / (1 + np.exp(-SURE))


class Scorer:
    """Gives the pairs that it was told of a positive logit, all others a negative one, and notes what it is asked."""

    def __init__(self, pairs, logit=SURE):
        self.logits = {(role, *anchor.bounds, *candidate.bounds): logit for role, anchor, candidate in pairs}
        self.asked = []

    def __call__(self, rows):
        self.asked += [(LINK_ROLES[row[0]], *row[1:]) for row in rows.tolist()]
        return np.array([self.logits.get((LINK_ROLES[row[0]], *row[1:5]), -SURE) for row in rows.tolist()])


@pytest.fixture
def scene(aligner, word_span):
    """Return a function that finds phrases as words: source, cue and content of one text."""

    def build(text, **phrases):
        aligned = aligner(text)
        found = {
            kind: [word_span(text, aligned, p) for p in phrases.get(kind, ())]
            for kind in ("source", "cue", "content", "doubtful_source")
        }
        return text, aligned, found

    return build


def linked(scene, pairs, rules=HALF):
    """Return the attributions as (source, cue, contents); pairs are given as (role, i-th anchor, j-th candidate)."""
    text, aligned, found = scene
    kinds = {
        "cue_source": ("cue", "source"),
        "cue_content": ("cue", "content"),
        "content_source": ("content", "source"),
    }
    candidates = {kind: [*found[kind], *(found["doubtful_source"] if kind == "source" else ())] for kind in found}
    known = [(role, candidates[kinds[role][0]][i], candidates[kinds[role][1]][j]) for role, i, j in pairs]
    attributions = [one.to_attribution("") for one in link_attributions(found, aligned, Scorer(known), rules)]

    def surface(span):
        return span and span.of(text)

    return [(surface(a.source), surface(a.cue), [piece.of(text) for piece in a.content]) for a in attributions]


def test_link_of_one_attribution(scene):
    given = scene("Orr said it rained.", source=["Orr"], cue=["said"], content=["it rained"])
    assert linked(given, [("cue_source", 0, 0), ("cue_content", 0, 0)]) == [("Orr", "said", ["it rained"])]


def test_link_takes_the_best_source_and_not_the_nearest(scene):
    given = scene("Orr, not Vale, said it rained.", source=["Orr", "Vale"], cue=["said"], content=["it rained"])
    assert linked(given, [("cue_source", 0, 0), ("cue_content", 0, 0)]) == [("Orr", "said", ["it rained"])]


def test_link_of_a_discontinuous_content_lists_its_pieces_in_order(scene):
    given = scene(
        "“It rains,” Orr said, “and pours.”", source=["Orr"], cue=["said"], content=["“and pours", "“It rains"]
    )
    pairs = [("cue_source", 0, 0), ("cue_content", 0, 0), ("cue_content", 0, 1)]
    assert linked(given, pairs) == [("Orr", "said", ["“It rains", "“and pours"])]


def test_link_lets_attributions_share_a_source(scene):
    given = scene(
        "Orr said it rained and added that it poured.",
        source=["Orr"],
        cue=["said", "added"],
        content=["it rained", "that it poured"],
    )
    pairs = [("cue_source", 0, 0), ("cue_source", 1, 0), ("cue_content", 0, 0), ("cue_content", 1, 1)]
    assert linked(given, pairs) == [("Orr", "said", ["it rained"]), ("Orr", "added", ["that it poured"])]


def test_link_lets_attributions_nest(scene):
    given = scene(
        "Orr said Vale had claimed it rained.",
        source=["Orr", "Vale"],
        cue=["said", "claimed"],
        content=["Vale had claimed it rained"],
    )
    pairs = [("cue_source", 0, 0), ("cue_source", 1, 1), ("cue_content", 0, 0), ("cue_content", 1, 0)]
    content = ["Vale had claimed it rained"]
    assert linked(given, pairs) == [("Orr", "said", content), ("Vale", "claimed", content)]


def test_link_of_a_floating_quotation_finds_its_source(scene):
    given = scene("Orr shrugged. “It rains.”", source=["Orr"], content=["“It rains"])
    assert linked(given, [("content_source", 0, 0)]) == [("Orr", None, ["“It rains"])]


def test_link_keeps_a_floating_quotation_without_source(scene):
    given = scene("“It rains.” Nobody spoke.", content=["“It rains"])
    assert linked(given, []) == [(None, None, ["“It rains"])]


def test_link_keeps_a_cue_without_source(scene):
    given = scene("It was said that it rained.", cue=["said"], content=["that it rained"])
    assert linked(given, [("cue_content", 0, 0)]) == [(None, "said", ["that it rained"])]


def test_link_gives_a_cue_without_source_a_doubtful_one(scene):
    given = scene("Voters said it rained.", doubtful_source=["Voters"], cue=["said"], content=["it rained"])
    assert linked(given, [("cue_source", 0, 0), ("cue_content", 0, 0)]) == [("Voters", "said", ["it rained"])]
    assert linked(given, [("cue_content", 0, 0)]) == [(None, "said", ["it rained"])]


def test_link_gives_a_floating_quotation_a_doubtful_source(scene):
    given = scene("Voters shrugged. “It rains.”", doubtful_source=["Voters"], content=["“It rains"])
    assert linked(given, [("content_source", 0, 0)]) == [("Voters", None, ["“It rains"])]


def test_link_prefers_a_source_to_a_doubtful_one(scene):
    given = scene(
        "Voters told Orr it rained.", source=["Orr"], doubtful_source=["Voters"], cue=["told"], content=["it rained"]
    )
    pairs = [("cue_source", 0, 0), ("cue_source", 0, 1), ("cue_content", 0, 0)]
    assert linked(given, pairs) == [("Orr", "told", ["it rained"])]


def test_link_drops_a_cue_without_content(scene):
    given = scene("Orr said so.", source=["Orr"], cue=["said"])
    assert linked(given, [("cue_source", 0, 0)]) == []


def test_link_crosses_sentences(scene):
    given = scene(
        "It rained. It poured. So said Orr.", source=["Orr"], cue=["said"], content=["It rained", "It poured"]
    )
    pairs = [("cue_source", 0, 0), ("cue_content", 0, 0), ("cue_content", 0, 1)]
    assert linked(given, pairs) == [("Orr", "said", ["It rained", "It poured"])]


def test_link_orders_attributions_by_their_content(scene):
    given = scene(
        "“It rains.” Orr said it poured. “It hails.”",
        source=["Orr"],
        cue=["said"],
        content=["“It hails", "it poured", "“It rains"],
    )
    found = linked(given, [("cue_source", 0, 0), ("cue_content", 0, 1)])
    assert [content for _, _, content in found] == [["“It rains"], ["it poured"], ["“It hails"]]


def test_link_of_nothing_is_nothing(aligner):
    nothing = {"source": [], "cue": [], "content": []}
    assert link_attributions(nothing, aligner("Nobody spoke."), Scorer([]), HALF) == []


def test_link_asks_with_the_distance_in_sentences(scene):
    _, aligned, found = scene("It rained. It poured. So said Orr.", cue=["said"], content=["It rained"])
    scorer = Scorer([])
    link_attributions(found, aligned, scorer, HALF)
    assert scorer.asked == [("cue_content", *found["cue"][0].bounds, *found["content"][0].bounds, -2)]


def test_link_does_not_ask_beyond_its_reach(scene):
    filler = "far " * (MAX_REACH // 4 + 1)
    given = scene(f"Orr {filler} said it rained.", source=["Orr"], cue=["said"], content=["it rained"])
    assert linked(given, [("cue_source", 0, 0), ("cue_content", 0, 0)]) == [(None, "said", ["it rained"])]


def test_link_thresholds_are_those_of_the_role(scene):
    given = scene("Orr said it rained.", source=["Orr"], cue=["said"], content=["it rained"])
    strict = DecisionRules({"link": {"cue_source": 0.99, "cue_content": 0.5, "content_source": 0.5}})
    assert linked(given, [("cue_source", 0, 0), ("cue_content", 0, 0)], strict) == [(None, "said", ["it rained"])]


def test_link_scores_are_calibrated(scene):
    given = scene("Orr said it rained.", source=["Orr"], cue=["said"], content=["it rained"])
    doubtful = DecisionRules(HALF.thresholds, {"link": {"cue_source": PlattScaling(1.0, -9.0)}})
    assert linked(given, [("cue_source", 0, 0), ("cue_content", 0, 0)], doubtful) == [(None, "said", ["it rained"])]


def test_link_score_is_the_probability_that_all_links_hold(scene):
    _, aligned, found = scene("Orr said it rained.", source=["Orr"], cue=["said"], content=["it rained"])
    pairs = [("cue_source", found["cue"][0], found["source"][0]), ("cue_content", found["cue"][0], found["content"][0])]
    (one,) = link_attributions(found, aligned, Scorer(pairs), HALF)
    assert one.to_attribution("q1").score == pytest.approx(SURE_PROBABILITY**2)
    assert one.to_attribution("q1").id == "q1"


TARGETS = "Orr met Vale. The tyrant fled. Crowds followed him. Nobody wept for Hill."


@pytest.fixture
def target_scene(aligner, word_span):
    aligned = aligner(TARGETS)
    return aligned, {p: word_span(TARGETS, aligned, p) for p in ("Orr", "Vale", "tyrant", "him", "Hill", "The tyrant")}


def test_link_targets_takes_the_best_mention(target_scene):
    aligned, at = target_scene
    scorer = Scorer([("loaded_target", at["tyrant"], at["him"])])
    mentions = [at["Orr"], at["Vale"], at["him"]]
    assert link_targets([at["tyrant"]], mentions, aligned, scorer, HALF) == [at["him"].span]


def test_link_targets_is_none_where_no_mention_is_likely(target_scene):
    aligned, at = target_scene
    assert link_targets([at["tyrant"]], [at["Vale"]], aligned, Scorer([]), HALF) == [None]
    assert link_targets([at["tyrant"]], [], aligned, Scorer([]), HALF) == [None]


def test_link_targets_asks_in_the_neighbouring_sentences_alone(target_scene):
    aligned, at = target_scene
    scorer = Scorer([("loaded_target", at["tyrant"], at["Hill"])])
    assert link_targets([at["tyrant"]], [at["Hill"], at["Vale"]], aligned, scorer, HALF) == [None]
    assert [row[3:5] for row in scorer.asked] == [at["Vale"].bounds]


def test_link_targets_is_not_the_span_itself(target_scene):
    aligned, at = target_scene
    scorer = Scorer([("loaded_target", at["tyrant"], at["The tyrant"])])
    assert link_targets([at["tyrant"]], [at["The tyrant"]], aligned, scorer, HALF) == [None]


def test_link_targets_answers_for_every_span_in_order(target_scene):
    aligned, at = target_scene
    scorer = Scorer([("loaded_target", at["him"], at["tyrant"])])
    assert link_targets([at["Hill"], at["him"]], [at["tyrant"]], aligned, scorer, HALF) == [None, at["tyrant"].span]
