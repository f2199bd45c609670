"""Coded texts as they are read in training: every word once, every text where it stands."""

import numpy as np
import pytest

from rhetoric.runtime import load_network
from rhetoric.training import passages
from rhetoric.training.passages import make_chunks, read_passages, read_uncoded

TEXTS = ["The mayor left. It rained.", "A clerk rose.", "Nobody came to the quay at noon."] * 4


@pytest.fixture(scope="module")
def aligner(tiny_model):
    return load_network(tiny_model).aligner


def words_at(passage, bounds):
    return passage.aligned.span_of(*bounds).of(passage.text)


def test_texts_stand_where_their_words_are(aligner):
    (passage,) = read_passages(TEXTS[:3], [5, 6, 7], aligner)
    assert passage.rows.tolist() == [5, 6, 7]
    assert [words_at(passage, bounds) for bounds in passage.bounds.tolist()] == TEXTS[:3]


def test_words_are_read_where_the_runtime_reads_them(aligner, tiny_model):
    network = load_network(tiny_model)
    (passage,) = read_passages(["The mayor of Vel closed the ledger and left. " * 6], [0], aligner)
    assert len(passage.windows) > 1
    states = list(network.encoder.encode(passage.windows))
    found = np.stack([states[window][position] for window, position in passage.places.tolist()])
    np.testing.assert_array_equal(found, network.words(passage.aligned))


def test_texts_without_a_word_are_left_out(aligner):
    assert list(read_passages([""], [0], aligner)) == []
    (passage,) = read_passages(["", "It rained."], [3, 4], aligner)
    assert passage.rows.tolist() == [4]


def test_long_texts_are_read_in_blocks(aligner, monkeypatch):
    monkeypatch.setattr(passages, "BLOCK_LENGTH", 60)
    text = "The mayor left. A clerk rose at dawn and went. " * 5
    found = list(read_passages([text.strip()], [0], aligner))
    assert len(found) > 1
    assert "".join(words_at(p, b).replace(" ", "") for p in found for b in p.bounds.tolist()) == text.replace(" ", "")
    assert all(p.rows.tolist() == [0] for p in found)


def test_chunks_hold_each_text_once_in_each_reading(aligner):
    rows = list(range(1, 12))
    chunks = make_chunks(TEXTS, rows, aligner, 3, in_company=True)
    for reading in ("together", "alone"):
        found = [row for c in chunks for p in getattr(c, reading) for row in p.rows.tolist()]
        assert sorted(found) == rows
    assert max(len(p.rows) for c in chunks for p in c.together) == passages.COMPANY
    assert {len(p.rows) for c in chunks for p in c.alone} == {1}


def test_company_goes_by_the_seed(aligner):
    def first(seed):
        return make_chunks(TEXTS, range(12), aligner, seed, in_company=True)[0].together[0].rows.tolist()

    assert first(1) == first(1) != first(2)


def test_texts_that_stand_alone_have_one_reading(aligner):
    chunks = make_chunks(TEXTS, range(3), aligner, 3, in_company=False)
    assert len(chunks) == 3
    assert all(chunk.together is chunk.alone for chunk in chunks)


def test_uncoded_passages_hold_no_coded_text(aligner):
    (passage,) = read_uncoded("It rained.", aligner)
    assert (passage.rows.shape, passage.bounds.shape) == ((0,), (0, 2))
