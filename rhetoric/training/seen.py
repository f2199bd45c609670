"""What a model has seen is written into its folder: hashes of the texts that it learnt from, was tuned on or chose."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from rhetoric.formats.training_texts import SeenText, TextUse, write_training_texts
from rhetoric.segmentation import split_sentences

__all__ = ["record_seen"]


def record_seen(folder: Path, by_use: Mapping[TextUse, Iterable[str]], base: Path | None = None) -> None:
    """Write what a model has seen into its folder, beside what its base model has.

    Args:
        folder: of the model.
        by_use: the texts, by what they were used for.
        base: folder of the base model; None where the model itself goes on.
    """
    write_training_texts(folder, {use: _with_sentences(texts) for use, texts in by_use.items()}, base)


def _with_sentences(texts: Iterable[str]) -> Iterator[SeenText]:
    for text in dict.fromkeys(texts):
        yield text, (sentence.of(text) for sentence in split_sentences(text))
