"""Suggestions: uncertain before certain, different before alike, the same for one seed; and the files they go into."""

import csv
import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.annotation import Article
from rhetoric.errors import InputError, UsageError
from rhetoric.formats import read_inputs
from rhetoric.formats.table import read_csv
from rhetoric.training.suggest import suggest, uncertainty, write_suggestions

ARTICLES = [
    Article("a1", "The mill burned.", {"outlet": "Echo", "score": 7}),
    Article("a2", 'Vale said: "No, never."\nShe left.', {"tags": ["fire", "é"], "year": 1931, "seen": None}),
    Article("a3", "It rained."),
]


def bits(p):
    return 0.0 if p in (0, 1) else -p * np.log2(p) - (1 - p) * np.log2(1 - p)


@given(st.lists(st.lists(st.floats(0, 1), min_size=3, max_size=3), min_size=1, max_size=5))
def test_uncertainty_is_the_mean_of_binary_entropies(rows):
    found = uncertainty(rows)
    assert found == pytest.approx([sum(map(bits, row)) / 3 for row in rows], abs=1e-9)
    assert ((found >= 0) & (found <= 1 + 1e-12)).all()


@pytest.mark.parametrize(
    ("probabilities", "expected"),
    [
        ([[0.5, 1.5]], "from 0.5 to 1.5: expected 0 to 1"),
        ([[-0.1]], "from -0.1"),
        ([[float("nan")]], "not finite"),
        ([0.5, 0.5], r"shape \(2,\): expected one row a text"),
        (np.zeros((2, 0)), "at least one column"),
    ],
)
def test_uncertainty_refuses_what_are_no_probabilities(probabilities, expected):
    with pytest.raises(InputError, match=expected):
        uncertainty(probabilities)


def test_suggest_begins_with_the_most_uncertain():
    probabilities = [[0.01], [0.9], [0.5], [0.7]]
    assert suggest(np.eye(4), probabilities, 1, 0) == [2]
    assert set(suggest(np.eye(4), probabilities, 4, 0)) == {0, 1, 2, 3}


def test_suggest_asks_for_nothing_outside_of_the_most_uncertain():
    probabilities = np.full((40, 2), 0.02)
    probabilities[5:15] = 0.5
    features = np.hstack([np.eye(40), np.where(np.arange(40) < 15, 1.0, -1.0)[:, None]])  # the certain lie far away
    assert set(suggest(features, probabilities, 2, 1)) <= set(range(5, 15))
    assert max(suggest(features, probabilities, 3, 1)) >= 15


def test_suggest_takes_one_of_each_kind():
    features = np.repeat(np.eye(4), 5, axis=0) * np.arange(1, 21)[:, None]
    found = suggest(features, np.full((20, 1), 0.5), 4, 3)
    assert sorted(i // 5 for i in found) == [0, 1, 2, 3]


def test_suggest_looks_further_where_the_most_uncertain_are_copies():
    features = np.zeros((100, 3)) + [1.0, 0.0, 0.0]
    features[90:95], features[95:] = [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]
    probabilities = np.where(np.arange(100) < 90, 0.5, 0.01)[:, None]
    first, second, third = suggest(features, probabilities, 3, 0)
    assert first < 90
    assert {second // 5, third // 5} == {18, 19}


def test_suggest_takes_copies_when_nothing_else_is_left():
    features = np.array([[1.0, 0.0]] * 5 + [[0.0, 1.0]])
    found = suggest(features, np.full((6, 1), 0.5), 4, 0)
    assert 5 in found[:2]
    assert len(set(found)) == 4


def test_suggest_takes_two_texts_without_features_for_alike():
    features = np.array([[0.0, 0.0], [0.0, 0.0], [1.0, 0.0]])
    assert all(2 in suggest(features, np.full((3, 1), 0.5), 2, seed) for seed in range(10))


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e300])
def test_suggest_counts_directions_alone(scale):
    features = np.random.default_rng(0).normal(size=(60, 4))
    probabilities = np.random.default_rng(1).uniform(size=(60, 3))
    assert suggest(features * scale, probabilities, 8, 5) == suggest(features, probabilities, 8, 5)


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 5))
def test_suggest_returns_so_many_different_texts_as_there_are(n_texts, n, seed):
    rng = np.random.default_rng(seed)
    features, probabilities = rng.integers(-1, 2, (n_texts, 2)), rng.uniform(size=(n_texts, 2)).round(1)
    found = suggest(features, probabilities, n, seed)
    assert len(found) == len(set(found)) == min(n, n_texts)
    assert set(found) <= set(range(n_texts))
    assert found == suggest(features, probabilities, n, seed)
    assert all(type(i) is int for i in found)


def test_suggest_of_another_seed_breaks_ties_another_way():
    found = {tuple(suggest(np.eye(50), np.full((50, 1), 0.5), 3, seed)) for seed in range(5)}
    assert len(found) > 1


def test_suggest_refuses_what_does_not_fit():
    with pytest.raises(InputError, match="features of 3 texts but probabilities of 2"):
        suggest(np.eye(3), np.full((2, 1), 0.5), 1, 0)
    with pytest.raises(InputError, match="features of shape"):
        suggest(np.ones(3), np.full((3, 1), 0.5), 1, 0)
    with pytest.raises(UsageError, match="-1 suggestions"):
        suggest(np.eye(3), np.full((3, 1), 0.5), -1, 0)


def test_write_suggestions_as_lines(tmp_path):
    path = tmp_path / "next.jsonl"
    write_suggestions(path, ARTICLES, [1, 0], [0.1, 1 / 3, 0.9])
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert records == [
        {"id": "a2", "text": ARTICLES[1].text, "score": 1 / 3, "tags": ["fire", "é"], "year": 1931, "seen": None},
        {"id": "a1", "text": "The mill burned.", "score": 0.1, "outlet": "Echo"},
    ]
    assert [list(r)[:3] for r in records] == [["id", "text", "score"]] * 2
    assert "é" in path.read_text(encoding="utf-8")


def test_write_suggestions_as_a_table(tmp_path):
    path = tmp_path / "next.CSV"
    write_suggestions(path, ARTICLES, [1, 0], [0.1, 1 / 3, 0.9])
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8"), newline="")))
    assert rows == [
        ["id", "text", "score", "tags", "year", "seen", "outlet"],
        ["a2", ARTICLES[1].text, repr(1 / 3), '["fire", "é"]', "1931", "", ""],
        ["a1", "The mill burned.", "0.1", "", "", "", "Echo"],
    ]


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_write_suggestions_names_plain_texts_by_their_index(tmp_path, suffix):
    path = tmp_path / f"next{suffix}"
    write_suggestions(path, ["It rained.", "It hailed."], [1], [0.0, 0.5])
    (article,) = read_inputs([path])
    assert (article.id, article.text, float(article.meta["score"])) == ("1", "It hailed.", 0.5)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_table_of_suggestions_keeps_every_character(tmp_path_factory, texts):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    write_suggestions(path, texts, range(len(texts)), [0.0] * len(texts))
    with path.open("rb") as stream:
        assert [record["text"] for _, record in read_csv(stream, "any.csv")] == texts


@pytest.mark.parametrize(("suffix", "expected"), [(".jsonl", b""), (".csv", b"id,text,score\r\n")])
def test_write_suggestions_of_nothing(tmp_path, suffix, expected):
    path = tmp_path / f"next{suffix}"
    write_suggestions(path, ARTICLES, [], [0, 0, 0])
    assert path.read_bytes() == expected


@pytest.mark.parametrize(
    ("suffix", "text", "expected"),
    [(".csv", "bad \ud800 text", "text '1' holds a lone surrogate"), (".jsonl", "\ud83d\ude00", "surrogate pair")],
)
def test_write_suggestions_leaves_the_old_file_where_it_fails(tmp_path, suffix, text, expected):
    path = tmp_path / f"next{suffix}"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(InputError, match=expected):
        write_suggestions(path, ["fine", text], [0, 1], [0, 0])
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "chosen", "scores", "error", "expected"),
    [
        ("next.txt", [0], [0, 0, 0], UsageError, r"ends in \.jsonl or \.csv"),
        ("gone/next.csv", [0], [0, 0, 0], UsageError, "no folder"),
        ("next.csv", [3], [0, 0, 0], UsageError, "text 3 was chosen out of 3"),
        ("next.csv", [-1], [0, 0, 0], UsageError, "text -1 was chosen"),
        ("next.csv", [0], [0], InputError, "for 3 texts"),
        ("next.csv", [0], [0, 0, float("inf")], InputError, "not finite"),
    ],
)
def test_write_suggestions_refuses_what_does_not_fit(tmp_path, name, chosen, scores, error, expected):
    with pytest.raises(error, match=expected):
        write_suggestions(tmp_path / name, ARTICLES, chosen, scores)
    assert not list(tmp_path.iterdir())
