"""A small corpus, and an annotator without a model: what is tested with them is the run around it.

A module of its own, so that worker processes can import it.
"""

import json
from dataclasses import dataclass

from rhetoric.annotation import AnnotatedArticle, ModelInfo, Sentence
from rhetoric.corpus.manifest import ModelFiles
from rhetoric.errors import CoverageError, RhetoricError
from rhetoric.formats import Failure

N_ITEMS = 23
"""Of the corpus; among them are two that cannot be read, one that cannot be annotated, and one without text."""


def corpus_lines(n=N_ITEMS):
    for i in range(n):
        text = f"The ferry {i} left at noon. “Nobody knew why,” said the harbour’s master {i % 7}."
        record = {"id": f"a{i}", "text": text, "outlet": f"Echo {i % 3}", "rank": i}
        if i == 5:
            yield json.dumps({"id": "a5"})
        elif i == 11:
            yield '{"id": "broken'
        elif i == 13:
            yield json.dumps({**record, "text": "UNCOVERED"})
        elif i == 17:
            yield json.dumps({**record, "text": " "})
        else:
            yield json.dumps(record, ensure_ascii=i % 2 == 0)


class StubAnnotator:
    """Finds one sentence in each text."""

    def __init__(self, interrupt_at=None, forbidden=None):
        self.interrupt_at, self.forbidden = interrupt_at, forbidden

    def annotate(self, article):
        assert article.id != self.forbidden
        if article.id == self.interrupt_at:
            raise KeyboardInterrupt
        if "UNCOVERED" in article.text:
            message = "only half of it was read"
            raise CoverageError(message)
        sentences = (Sentence(0, len(article.text), {"loaded_language": 0.25}, ()),) if article.text.strip() else ()
        return AnnotatedArticle.from_article(article, sentences=sentences, model=ModelInfo("stub", "1"))

    def try_pipe(self, items):
        for item in items:
            try:
                yield item if isinstance(item, Failure) else self.annotate(item)
            except RhetoricError as error:
                yield Failure(item.id, None, None, str(error))


@dataclass(frozen=True)
class StubSpec:
    """Stands in for an `AnnotatorSpec`."""

    sha256: str = "0" * 64
    thresholds: str = "default"
    interrupt_at: str | None = None
    forbidden: str | None = None
    can_use_gpu, actors = False, None

    def load(self):
        return StubAnnotator(self.interrupt_at, self.forbidden)

    def fingerprint(self):
        return ModelFiles(name="stub", version="1", sha256=self.sha256)

    def to_config(self):
        return {"thresholds": self.thresholds}


def lengths(articles):
    """A table beside the articles: a row each, with the length of its text."""
    import pyarrow

    return pyarrow.table({"id": [a.id for a in articles], "n": [len(a.text) for a in articles]})


def tree(folder):
    """Return the files below a folder with their bytes, hidden ones too."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
