"""A small corpus in a file, and a run over it."""

import pytest

from rhetoric.corpus import Corpus, RunOptions, annotate_corpus
from tests.corpus.stubs import StubSpec, corpus_lines, lengths

STUB = StubSpec()


@pytest.fixture(autouse=True)
def _no_wait_for_the_disk(monkeypatch):
    """What is written outlives a process also if it is not synced; only a power cut would tell."""
    monkeypatch.setattr("os.fsync", lambda handle: None)


@pytest.fixture
def articles(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text("".join(f"{line}\n" for line in corpus_lines()), encoding="utf-8")
    return path


@pytest.fixture
def corpus(articles):
    return Corpus((str(articles),))


@pytest.fixture
def begin(corpus):
    """Run the corpus into a folder with the annotator that needs no model."""

    def run(folder, spec=STUB, *, corpus=corpus, engine=None, meter=None, **options):
        given = {"shard_size": 4, "side_tables": {"measures": lengths}, **options}
        others = {name: value for name, value in (("engine", engine), ("meter", meter)) if value is not None}
        return annotate_corpus(corpus, folder, spec, RunOptions(**given), **others)

    return run
