"""Actors whom groups mention differently."""

import numpy as np
import pytest

from rhetoric.framing.actors_covered import find_differing_actors
from rhetoric.framing.comparison import compare
from rhetoric.framing.measures.definitions import read_measures
from rhetoric.framing.measures.families import make_members
from rhetoric.framing.measures.measure_table import MeasureTable
from rhetoric.framing.question import Question

N_EACH = 60
GROUPS = {"Gull": np.repeat([True, False], N_EACH), "Tern": np.repeat([False, True], N_EACH)}


def table_of(rates, n_each=N_EACH):
    """Articles of two outlets that mention actors at the rates of each."""
    rng = np.random.default_rng(5)
    known = read_measures()
    members = make_members({"mentions_{actor}": known["mentions_{actor}"]}, {"actor": {a: a.upper() for a in rates}})
    words = rng.uniform(0.3, 0.8, 2 * n_each)
    above = {f"mentions_{a}": rng.poisson(words * np.repeat(of, n_each)).astype(float) for a, of in rates.items()}
    loaded = rng.binomial(20, 0.2, 2 * n_each).astype(float)
    return MeasureTable(
        tuple(map(str, range(2 * n_each))),
        {"outlet": tuple(np.repeat(["Gull", "Tern"], n_each).tolist())},
        {**above, "loaded_sentences": loaded},
        {**dict.fromkeys(above, words), "loaded_sentences": np.full(2 * n_each, 20.0)},
        {**members, "loaded_sentences": known["loaded_sentences"]},
    )


def test_actors_who_are_mentioned_differently_are_found_the_most_mentioned_first():
    table = table_of({"kerr": (4.0, 9.0), "vale": (5.0, 5.0), "moss": (20.0, 30.0)})
    assert find_differing_actors(table, GROUPS) == ["Mentions of MOSS", "Mentions of KERR"]


def test_no_actor_is_found_without_a_list_or_with_few_articles():
    assert find_differing_actors(table_of({}), GROUPS) == []
    few = {name: rows & (np.arange(2 * N_EACH) % N_EACH < 5) for name, rows in GROUPS.items()}
    assert find_differing_actors(table_of({"kerr": (4.0, 9.0)}), few) == []


@pytest.mark.parametrize(("rates", "is_told"), [((4.0, 9.0), True), ((5.0, 5.0), False)])
def test_comparisons_tell_of_them(rates, is_told):
    notes = compare(table_of({"kerr": rates}), Question(measures=("loaded_sentences",))).notes
    assert any("differ in whom they cover (Mentions of KERR)" in note for note in notes) is is_told
