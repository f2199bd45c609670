"""BABE (Spinde et al. 2021): biased sentences and their biased words.

Its annotators marked single words ("suicide" of "suicide missions"), where the codebook marks phrases: they say which
sentences are loaded, and nothing of where a loaded span begins and ends.
"""

import ast
import csv
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from rhetoric.annotation import Article, CharSpan
from rhetoric.training.gold import GoldArticle, GoldLabels

__all__ = ["read"]

N_FOLDS = 5


def _fold(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % N_FOLDS


def _find(text: str, words: list[str]) -> tuple[CharSpan, ...]:
    """Return where the biased words stand: the corpus lists them without offsets, in any case."""
    patterns = (re.compile(rf"(?<!\w){re.escape(word.strip())}(?!\w)", re.IGNORECASE) for word in words if word.strip())
    return tuple(sorted({CharSpan(m.start(), m.end()) for p in patterns for m in p.finditer(text)}))


def read(folder: Path, split: str) -> Iterator[GoldArticle]:
    """Yield the sentences of `split`: "dev" is the fifth of the articles whose link hashes to 0, "train" the rest.

    Sentences of one article stay on one side. "No agreement" is not supervised.
    """
    with (folder / "train.csv").open(encoding="utf-8", newline="") as file:
        for i, row in enumerate(csv.DictReader(file)):
            is_dev = _fold(row["news_link"] or row["text"]) == 0
            if is_dev != (split == "dev") or row["label_bias"] not in ("Biased", "Non-biased"):
                continue
            text = row["text"]
            found = _find(text, ast.literal_eval(row["biased_words"] or "[]"))
            is_biased = row["label_bias"] == "Biased"
            whole = (CharSpan(0, len(text)),)
            # Words that some annotators marked in a sentence which the majority found unbiased are left open.
            is_loaded_known = bool(found) == is_biased
            yield GoldArticle(
                Article(f"babe-{i}", text, {"outlet": row["outlet"], "url": row["news_link"]}),
                "babe",
                group=row["news_link"] or text,
                sentence_labels={
                    "biased_wording": GoldLabels(whole if is_biased else ()),
                    **({"loaded_language": GoldLabels(found)} if is_loaded_known else {}),
                },
            )
