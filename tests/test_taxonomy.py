"""The labels: complete, consistent with each other, and those of the corpora."""

import re

import pytest

from rhetoric import taxonomy
from rhetoric.taxonomy import SENTENCE_LABELS, SOURCE_TYPES, layer_of, technique_ids, techniques

WORDING = ("loaded_language", "name_calling", "exaggeration_minimisation")
TECHNIQUE = {
    "repetition",
    "doubt",
    "appeal_to_fear",
    "flag_waving",
    "causal_oversimplification",
    "appeal_to_authority",
    "slogans",
    "black_and_white_fallacy",
    "whataboutism_straw_man_red_herring",
    "thought_terminating_cliche",
    "bandwagon_reductio_ad_hitlerum",
}


def test_techniques_of_the_wording_layer_come_in_order():
    assert technique_ids("wording") == WORDING


def test_techniques_of_the_technique_layer_are_the_other_eleven():
    assert set(technique_ids("technique")) == TECHNIQUE


def test_technique_ids_are_those_of_both_layers_once_each():
    assert sorted(technique_ids()) == sorted([*WORDING, *TECHNIQUE])


@pytest.mark.parametrize("technique", techniques(), ids=lambda t: t.id)
def test_technique_is_described_and_shown(technique):
    assert technique.layer == layer_of(technique.id)
    assert len(technique.definition.split()) > 5
    assert re.search(r"\*[^*]+\*", technique.example), "the example marks its span with asterisks"


def test_semeval_names_tell_techniques_apart():
    assert len({t.semeval for t in techniques()}) == len(techniques())


def test_semeval_names_are_those_of_the_corpus(shared):
    rows = [
        line.split("\t")
        for path in (shared / "data" / "ptc").glob("*-labels-task-flc-tc/*.labels")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert {name for _, name, *_ in rows} == {t.semeval for t in techniques()}


def test_layer_of_a_label_of_somebody_else_is_technique():
    assert layer_of("sarcasm") == "technique"


@pytest.mark.parametrize("name", [n for n in taxonomy.__all__ if n.isupper()])
def test_label_sets_hold_no_label_twice(name):
    labels = getattr(taxonomy, name)
    assert len(set(labels)) == len(labels)


def test_sentence_labels_begin_with_loaded_language():
    assert SENTENCE_LABELS[0] == "loaded_language"
    assert "state_media_quotation" in SENTENCE_LABELS


def test_source_types_are_those_that_sources_are_sorted_into():
    from rhetoric.sources import SOURCE_TYPES as sorted_into

    assert sorted(sorted_into) == sorted(SOURCE_TYPES)
