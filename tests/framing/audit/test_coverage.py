"""Which measures codes can tell."""

import pytest

from rhetoric.errors import InputError
from rhetoric.framing.audit.coverage import (
    Scope,
    asked_labels,
    code_for_yes,
    part_of_measure,
    require_auditable,
    why_not_covered,
)
from rhetoric.framing.measures.definitions import Measure, read_measures

MEASURES = read_measures()
UNITY = Measure(title="Unity", unit="share", of="sentences", per="sentences", where={"labels": "call_for_unity"})
FRAME = Measure(title="Morality", unit="share", of="articles", per="articles", where={"labels": "morality"})


def scope(kind="text", unit="article", part="text", labels=("loaded_language",), is_whole=False, has_voices=False):
    return Scope(unit, part, kind, is_whole, frozenset(labels), has_voices)


@pytest.mark.parametrize(
    ("measure", "codes"),
    [
        (MEASURES["loaded_sentences"], scope()),
        (MEASURES["loaded_sentences"], scope(unit="sentence")),
        (MEASURES["loaded_sentences_lead"], scope(unit="sentence")),
        (MEASURES["loaded_sentences_own"], scope(has_voices=True)),
        (MEASURES["loaded_sentences_own"], scope(unit="sentence", has_voices=True)),
        (MEASURES["loaded_sentences_headline"], scope(part="title")),
        (MEASURES["loaded_sentences"], scope("spans")),
        (MEASURES["loaded_spans"], scope("spans", labels=("name_calling",))),
        (MEASURES["loaded_spans_own"], scope("spans", has_voices=True)),
        (MEASURES["attributions_without_source"], scope("annotations", labels=())),
        (MEASURES["loaded_spans_own"], scope("annotations", labels=("loaded_language",))),
        (UNITY, scope(labels=("call_for_unity",))),
        (FRAME, scope(labels=("morality",), is_whole=True)),
    ],
)
def test_codes_tell(measure, codes):
    assert why_not_covered(measure, codes) is None


@pytest.mark.parametrize(
    ("measure", "codes", "told"),
    [
        (MEASURES["loaded_spans"], scope(), "it counts spans, and people coded labels of sentences"),
        (MEASURES["loaded_sentences_own"], scope(), "it asks for"),
        (
            MEASURES["loaded_sentences_headline"],
            scope(),
            "it is of the titles of articles, and people coded their texts",
        ),
        (
            MEASURES["loaded_sentences"],
            scope(part="title"),
            "it is of the texts of articles, and people coded their titles",
        ),
        (
            MEASURES["loaded_spans_own"],
            scope("spans"),
            "it asks for voice, and people coded stretches with labels without",
        ),
        (MEASURES["negative_loaded_spans"], scope("spans", has_voices=True), "it asks for valence"),
        (MEASURES["attributions_without_source"], scope("spans"), "it counts attributions"),
        (UNITY, scope(), "nobody was asked for call_for_unity"),
        (UNITY, scope("spans"), "nobody was asked for call_for_unity"),
        (FRAME, scope(labels=("morality",)), "it counts articles"),
        (MEASURES["given_tone"], scope("spans"), "it counts target tone"),
    ],
)
def test_codes_do_not_tell(measure, codes, told):
    assert why_not_covered(measure, codes).startswith(told)


@pytest.mark.parametrize("name", ["loaded_spans", "loaded_sentences_headline", "attributions_without_source"])
def test_single_sentences_do_not_tell(name):
    require_auditable(name, MEASURES[name], "article")
    with pytest.raises(InputError, match="code whole articles"):
        require_auditable(name, MEASURES[name], "sentence")


def test_mentions_of_actors_cannot_be_audited():
    measure = Measure(title="Tone", unit="index", of="tone", per="mentions")
    with pytest.raises(InputError, match="cannot be audited"):
        require_auditable("tone", measure, "article")


@pytest.mark.parametrize(
    ("name", "labels", "yes"),
    [
        ("loaded_sentences", ("loaded_language",), "loaded_language"),
        (
            "loaded_sentences_own",
            ("loaded_language", "name_calling", "exaggeration_minimisation"),
            "loaded_language@author",
        ),
        ("attributions_without_source", (), None),
    ],
)
def test_what_coders_are_asked_for(name, labels, yes):
    assert asked_labels(MEASURES[name]) == labels
    assert code_for_yes(MEASURES[name]) == yes


def test_part_of_measure():
    assert part_of_measure(MEASURES["loaded_sentences_headline"]) == "title"
    assert part_of_measure(MEASURES["loaded_sentences_lead"]) == "text"
