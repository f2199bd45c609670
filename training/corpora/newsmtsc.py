"""NewsMTSC (Hamborg and Donnay 2021): the sentiment of a news sentence towards a marked mention."""

import json
from collections.abc import Iterator
from pathlib import Path

from rhetoric.annotation import Article
from rhetoric.training.gold import GoldArticle, GoldSpan

__all__ = ["read"]

POLARITIES = {2.0: "negative", 4.0: "neutral", 6.0: "positive"}
FILES = {"train": "train.jsonl", "dev": "devtest_mt.jsonl"}


def read(folder: Path, split: str) -> Iterator[GoldArticle]:
    """Yield the sentences of `split` ("train", or "dev" for devtest_mt), each as an article."""
    with (folder / FILES[split]).open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            spans = tuple(GoldSpan(t["from"], t["to"], POLARITIES[t["polarity"]]) for t in row["targets"])
            article = Article(row["primary_gid"], row["sentence_normalized"])
            yield GoldArticle(article, "newsmtsc", span_labels={"target": spans})
