"""The list of the texts that a model has seen."""

import json

import pytest

from rhetoric.errors import ModelError
from rhetoric.formats.training_texts import TRAINING_TEXTS_FILE, hash_text, read_training_texts, write_training_texts

LONG = [
    "The ferry to the northern islands was cancelled for the third day in a row.",
    "Its captain said that waves of five metres had damaged the ramp.",
    "Nobody was hurt.",
    "Repairs will take until the end of the month, the harbour office said.",
]


def test_hash_does_not_tell_white_space_apart():
    assert hash_text("One\r\n two") == hash_text(" One two ")
    assert hash_text("One two") != hash_text("One Two")
    assert len(hash_text("lone \ud800")) == 12


def test_a_text_that_was_seen_is_known_by_its_use(tmp_path):
    write_training_texts(tmp_path, {"training": [("He spoke.", [])], "suggestion": [("She left.", [])]})
    texts = read_training_texts(tmp_path)
    uses = [texts.use_of(text) for text in ("He  spoke.", "She left.", "They stayed.")]
    assert uses == ["training", "suggestion", None]


@pytest.mark.parametrize(
    ("sentences", "use"),
    [
        (LONG, "training"),
        ([*LONG[:2], "Something else stood here all along, and nobody had seen it before."], "training"),
        ([LONG[0], LONG[2]], None),
        ([LONG[2]], None),
    ],
)
def test_an_article_is_seen_where_two_of_its_long_sentences_were(tmp_path, sentences, use):
    write_training_texts(tmp_path, {"training": [(" ".join(LONG), LONG)]})
    text = " ".join(["A first line.", *sentences])
    assert read_training_texts(tmp_path).use_of(text, ["A first line.", *sentences]) == use


def test_writing_again_keeps_what_was_there(tmp_path):
    write_training_texts(tmp_path, {"training": [("One.", [])]})
    write_training_texts(tmp_path, {"training": [("Two.", [])], "tuning": [("Three.", [])]})
    texts = read_training_texts(tmp_path)
    assert [texts.use_of(text) for text in ("One.", "Two.", "Three.")] == ["training", "training", "tuning"]


def test_the_file_holds_no_text(tmp_path):
    write_training_texts(tmp_path, {"training": [(" ".join(LONG), LONG)]})
    record = json.loads((tmp_path / TRAINING_TEXTS_FILE).read_text())
    assert list(record) == ["format", "sha256"]
    hashes = {hash_text(" ".join(LONG)), *(hash_text(LONG[i]) for i in (0, 1, 3))}
    assert record["sha256"]["training"] == "".join(sorted(hashes))


def test_a_folder_without_the_file_says_nothing(tmp_path):
    assert read_training_texts(tmp_path) is None


@pytest.mark.parametrize(
    "content",
    [
        *("", "[]", '{"format": 2, "sha256": {}}', '{"format": 1}', '{"format": 1, "sha256": 3}'),
        *('{"format": 1, "sha256": {"training": "0123"}}', '{"format": 1, "sha256": {"training": ["0123456789ab"]}}'),
    ],
)
def test_a_file_that_cannot_be_used_is_an_error(tmp_path, content):
    (tmp_path / TRAINING_TEXTS_FILE).write_text(content)
    with pytest.raises(ModelError, match=TRAINING_TEXTS_FILE):
        read_training_texts(tmp_path)
