"""Which texts a model has seen, as hashes in its folder: they tell that a text is among them, and hold none of it.

`training_texts.json` is written beside a model's weights when it is trained. Whoever measures the model's error reads
it: gold on texts that the model learnt from makes a model look better than it is.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from rhetoric.errors import ModelError

__all__ = [
    "TRAINING_TEXTS_FILE",
    "SeenText",
    "TextUse",
    "TrainingTexts",
    "hash_text",
    "read_training_texts",
    "write_training_texts",
]

TextUse = Literal["training", "tuning", "suggestion"]
"""What a model has seen a text for; texts that it suggested to be coded are no random sample of anything."""

TRAINING_TEXTS_FILE = "training_texts.json"
FORMAT = 1
N_DIGITS = 12
"""Of a hash: of a text that is not among 100,000 it is found among theirs with a probability of 4 in 10 billion."""
MIN_WORDS = 8
"""Of a sentence that is hashed for itself: shorter ones stand in many articles."""
MIN_SENTENCES = 2
"""Sentences of at least that length that an article shares with a text which the model saw, to be taken for it."""

SeenText = tuple[str, Iterable[str]]
"""A text and its sentences; none where the text is one sentence."""


def hash_text(text: str) -> str:
    r"""Return the hash of a text; the kind of its white space, which tools change, does not matter.

    >>> hash_text("It  rained.\r\n") == hash_text("It rained.")
    True
    """
    words = " ".join(text.split())
    return sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:N_DIGITS]


def _long_ones(sentences: Iterable[str]) -> Iterator[str]:
    yield from (hash_text(sentence) for sentence in sentences if len(sentence.split()) >= MIN_WORDS)


@dataclass(frozen=True)
class TrainingTexts:
    """The hashes of the texts that a model has seen, and of their longer sentences, by what they were used for."""

    by_use: Mapping[TextUse, frozenset[str]]

    def use_of(self, text: str, sentences: Iterable[str] = ()) -> TextUse | None:
        """Return what the model has seen a text for, None if it has not.

        A text counts as seen where all of it was, or two of its sentences of at least eight words: corpora cut passages
        from articles.

        Args:
            text: an article, or a sentence of one.
            sentences: those of the article.
        """
        whole, parts = hash_text(text), set(_long_ones(sentences))
        for use, hashes in self.by_use.items():
            if whole in hashes or len(parts & hashes) >= MIN_SENTENCES:
                return use
        return None


def write_training_texts(folder: Path, by_use: Mapping[TextUse, Iterable[SeenText]], base: Path | None = None) -> None:
    """Write the hashes of the texts that a model has seen into its folder.

    Args:
        folder: of the model.
        by_use: the texts, by what they were used for.
        base: the folder whose list the texts are added to: that of the model which this one was made from; the model's
            own, where there is none.

    Raises:
        ModelError: that list cannot be used.
    """
    known = read_training_texts(base or folder)
    hashes: dict[TextUse, set[str]] = {use: set(known.by_use.get(use, ())) if known else set() for use in by_use}
    hashes |= {use: set(old) for use, old in (known.by_use if known else {}).items() if use not in hashes}
    for use, texts in by_use.items():
        for text, sentences in texts:
            hashes[use] |= {hash_text(text), *_long_ones(sentences)}
    joined = {use: "".join(sorted(hashes[use])) for use in get_args(TextUse) if use in hashes}
    record = {"format": FORMAT, "sha256": joined}
    content = json.dumps(record, indent=0) + "\n"
    (folder / TRAINING_TEXTS_FILE).write_text(content, encoding="utf-8")


def read_training_texts(folder: Path) -> TrainingTexts | None:
    """Return the hashes of the texts that a model has seen, None where its folder does not say.

    Raises:
        ModelError: the file is there and cannot be used.
    """
    path = folder / TRAINING_TEXTS_FILE
    if not path.is_file():
        return None
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if record["format"] != FORMAT:
            message = f"{path} is of format {record['format']!r}: expected {FORMAT}; a newer version may read it"
            raise ModelError(message)
        by_use = {use: _split(record["sha256"][use]) for use in get_args(TextUse) if use in record["sha256"]}
    except (OSError, ValueError, TypeError, KeyError) as error:
        message = (
            f'{path} cannot be used ({error}): expected {{"format": 1, "sha256": {{"training": "0123456789ab…"}}}}'
        )
        raise ModelError(message) from error
    return TrainingTexts(MappingProxyType(by_use))


def _split(hashes: str) -> frozenset[str]:
    """Return hashes that stand one after the other.

    Raises:
        ValueError: they do not.
    """
    if not re.fullmatch(f"(?:[0-9a-f]{{{N_DIGITS}}})*", hashes):
        raise ValueError(f"hashes are not {N_DIGITS} hexadecimal digits each")
    return frozenset(hashes[i : i + N_DIGITS] for i in range(0, len(hashes), N_DIGITS))
