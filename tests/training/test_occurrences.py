"""How often the words of a span occur, and what that says of its technique."""

import numpy as np
import pytest

from rhetoric.annotation import CharSpan
from rhetoric.taxonomy import technique_ids
from rhetoric.training.occurrences import Occurrences, load_occurrences, n_occurrences

TEXT = "Lies! It was lies, and he lied: LIES lies, the big lie. The big\nlie."


@pytest.mark.parametrize(
    ("span", "expected"), [((0, 5), 4), ((26, 30), 1), ((43, 54), 2), ((4, 6), 0), ((32, 41), 1), ((0, 68), 1)]
)
def test_occurrences_are_of_whole_words(span, expected):
    assert n_occurrences(CharSpan(*span), TEXT) == expected


def test_evidence_is_what_the_counts_say():
    known = Occurrences((1, 2), {"often": (0, 8), "once": (8, 0)})
    for n, expected in ((0, "once"), (1, "once"), (2, "often"), (99, "often")):
        evidence = known.evidence(n, ["often", "once"])
        assert ["often", "once"][int(np.argmax(evidence))] == expected
        assert np.isfinite(evidence).all()
    np.testing.assert_allclose(known.evidence(1, ["often"]), np.log([1 / 10]), rtol=1e-6)


def test_a_technique_without_counts_is_as_likely_once_as_twice():
    known = Occurrences((1, 2), {"often": (0, 8)})
    assert known.evidence(1, ["other"]) == known.evidence(2, ["other"])


def test_seeds_know_every_technique():
    known = load_occurrences()
    assert set(known.counts) == set(technique_ids())
    assert {len(row) for row in known.counts.values()} == {len(known.bounds)}
    assert list(known.bounds) == sorted(set(known.bounds))
    names = list(technique_ids())
    assert names[int(np.argmax(known.evidence(9, names)))] == "repetition"
    assert names[int(np.argmin(known.evidence(1, names)))] == "repetition"
