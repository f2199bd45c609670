"""Propaganda Techniques Corpus v2 (Da San Martino et al. 2020): character spans of 14 techniques."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from rhetoric.annotation import Article, CharSpan
from rhetoric.segmentation import paragraphs
from rhetoric.taxonomy import layer_of, techniques
from rhetoric.training.gold import GoldArticle, GoldLabels, GoldSpan

__all__ = ["read", "read_text"]


def read_text(path: Path) -> str:
    """Return the text of a file, line ends and BOM as they are: the offsets count them."""
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def _lines_of(text: str, spans: Iterable[CharSpan]) -> tuple[CharSpan, ...]:
    """Return the lines of `text` that `spans` touch; PTC has one sentence a line."""
    found = list(spans)
    return tuple(line for line in paragraphs(text) if any(line.overlaps(span) for span in found))


def read(folder: Path, split: str) -> Iterator[GoldArticle]:
    """Yield the articles of `split` ("train" or "dev").

    PTC calls only part of loaded wording loaded. So only its sentences with such a span teach what the codebook calls
    loaded: which of their words are, and which are not.
    """
    ids = {t.semeval: t.id for t in techniques()}
    for path in sorted((folder / f"{split}-articles").glob("article*.txt")):
        text = read_text(path)
        labels = folder / f"{split}-labels-task-flc-tc" / f"{path.stem}.task-flc-tc.labels"
        rows = [line.split("\t") for line in labels.read_text(encoding="utf-8").splitlines() if line.strip()]
        spans = tuple(sorted(GoldSpan(int(start), int(end), ids[name]) for _, name, start, end in rows))
        by_layer = {layer: tuple(s for s in spans if layer_of(s.label) == layer) for layer in ("wording", "technique")}
        yield GoldArticle(
            Article(path.stem, text),
            "ptc",
            taggers={
                **{f"ptc_{layer}": GoldLabels(found) for layer, found in by_layer.items()},
                "loaded": GoldLabels(by_layer["wording"], known=_lines_of(text, by_layer["wording"])),
            },
            sentence_labels={"persuasion_technique": GoldLabels(spans)},
            span_labels={"technique": spans},
        )
