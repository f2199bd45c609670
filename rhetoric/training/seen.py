"""What a model has seen is written into its folder: hashes of the texts that it learnt from, was tuned on or chose."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from rhetoric.formats.training_texts import SeenText, TextUse, read_training_texts, write_training_texts
from rhetoric.segmentation import split_sentences

__all__ = ["count_learnt", "record_seen"]


def record_seen(folder: Path, by_use: Mapping[TextUse, Iterable[str]], base: Path | None = None) -> None:
    """Write what a model has seen into its folder, beside what its base model has.

    Args:
        folder: of the model.
        by_use: the texts, by what they were used for.
        base: folder of the base model; None where the model itself goes on.
    """
    write_training_texts(folder, {use: _with_sentences(texts) for use, texts in by_use.items()}, base)


def count_learnt(folder: Path, texts: Iterable[str]) -> int | None:
    """Return of how many texts a model learnt, or was tuned on them; None where its folder does not say.

    Raises:
        ModelError: its list cannot be used.
    """
    seen = read_training_texts(folder)
    if seen is None:
        return None
    uses = (seen.use_of(text, sentences) for text, sentences in _with_sentences(texts))
    return sum(use in ("training", "tuning") for use in uses)


def _with_sentences(texts: Iterable[str]) -> Iterator[SeenText]:
    for text in dict.fromkeys(texts):
        yield text, (sentence.of(text) for sentence in split_sentences(text))
