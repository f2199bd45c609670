"""BASIL v2 (Fan et al. 2019): lexical and informational bias spans with polarity and target."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rhetoric.annotation import Article
from rhetoric.training.gold import GoldArticle, GoldSpan

__all__ = ["read"]

POLARITIES = {"neg": "negative", "pos": "positive"}


def _sentences(record: dict[str, Any]) -> list[str]:
    body = record["body-paragraphs"]
    # Some articles hold the list itself, some its Python literal.
    paragraphs = ast.literal_eval(body) if isinstance(body, str) else body
    return [sentence for paragraph in paragraphs for sentence in paragraph]


def _lexical_spans(annotations: dict[str, Any], starts: list[int]) -> Iterator[GoldSpan]:
    for row in annotations["phrase-level-annotations"]:
        if row["bias"] == "lex" and row["id"].startswith("p") and row["polarity"] in POLARITIES:
            start = starts[int(row["id"][1:])]
            yield GoldSpan(start + int(row["start"]), start + int(row["end"]), POLARITIES[row["polarity"]])


def read(folder: Path, split: str) -> Iterator[GoldArticle]:
    """Yield the articles; BASIL is used for training alone.

    Only the polarity of its lexical spans is read. It marks few of the loaded words there are, so that what it leaves
    unmarked says nothing; and its marked sentences alone would teach that all sentences of articles are biased.
    """
    if split != "train":
        return
    for path in sorted((folder / "articles").glob("*/*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        annotated = folder / "annotations" / path.parent.name / f"{path.stem}_ann.json"
        annotations = json.loads(annotated.read_text(encoding="utf-8"))
        sentences = _sentences(record)
        starts = [0]
        for sentence in sentences:
            starts.append(starts[-1] + len(sentence) + 1)
        spans = tuple(sorted(_lexical_spans(annotations, starts)))
        yield GoldArticle(
            Article(f"basil-{path.stem}", "\n".join(sentences), {"outlet": record["source"]}),
            "basil",
            span_labels={"valence": spans},
        )
