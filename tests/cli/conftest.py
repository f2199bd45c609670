"""The command line with a stand-in for the model, so that what is tested is the command."""

import sys
from types import SimpleNamespace

import pytest

from rhetoric.annotation import AnnotatedArticle, ModelInfo, Sentence, Span
from rhetoric.cli.app import main
from rhetoric.errors import ConfigError, CoverageError, ModelError, RhetoricError
from rhetoric.formats import Failure
from rhetoric.pipeline import Lists


class FakeAnnotator:
    """Marks every `tyrant`; some texts make it fail in the ways in which the real one can."""

    def __init__(self, model="small", *, thresholds="default", backend="auto", lists=None):
        if model != "small":
            message = f"no model {model!r}: expected small"
            raise ModelError(message)
        if thresholds not in {"default", "ptc"}:
            message = f"no thresholds {thresholds!r}: expected default, ptc"
            raise ConfigError(message)

    def annotate(self, article):
        if "UNCOVERED" in article.text:
            message = "only half of it was read"
            raise CoverageError(message)
        if "INTERRUPT" in article.text:
            raise KeyboardInterrupt
        if "BUG" in article.text:
            message = "two\nlines"
            raise ZeroDivisionError(message)
        at = article.text.find("tyrant")
        spans = (Span(at, at + 6, label="name_calling", id="s1", valence="negative"),) if at >= 0 else ()
        whole = Sentence(0, len(article.text), {"loaded_language": 0.5}, ())
        sentences = (whole,) if article.text.strip() else ()
        return AnnotatedArticle.from_article(article, sentences=sentences, spans=spans, model=ModelInfo("fake", "1"))

    def try_pipe(self, items):
        for item in items:
            try:
                yield item if isinstance(item, Failure) else self.annotate(item)
            except RhetoricError as error:
                yield Failure(item.id, None, None, str(error))


@pytest.fixture(autouse=True)
def fake_annotator(monkeypatch):
    monkeypatch.setitem(sys.modules, "rhetoric.pipeline", SimpleNamespace(Annotator=FakeAnnotator, Lists=Lists))


@pytest.fixture
def rhetoric(capfdbinary, monkeypatch):
    """Run the command line; give its exit code, standard output and the lines on standard error."""

    def run(*arguments, stdin=b""):
        import io

        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(stdin)))
        code = main([str(a) for a in arguments])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return SimpleNamespace(code=code, out=out, err=err.decode().splitlines())

    return run
