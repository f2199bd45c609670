"""Labels of given mentions against gold."""

import pytest

from rhetoric import Annotator
from rhetoric.annotation import Target
from rhetoric.errors import InputError
from rhetoric.formats.coded import CodedSpan, CodedText
from rhetoric.training.evaluating_targets import evaluate_targets

TEXT = "Orr met Vale. Imri slept."


@pytest.fixture(scope="module")
def annotator(tiny_model):
    return Annotator(tiny_model)


def coded(*targets, name="a", coder=None):
    return CodedText(name, TEXT, targets=tuple(CodedSpan(*one) for one in targets), coder=coder)


def test_valence_is_scored_for_any_model(annotator, monkeypatch):
    def annotate(article):
        valences = {0: "negative", 8: "positive", 14: "negative"}
        found = [Target(t.start, t.end, valences[t.start], {"negative": 0.6, "positive": 0.4}) for t in article.targets]
        return type("Annotated", (), {"text": article.text, "targets": found})

    monkeypatch.setattr(annotator, "pipe", lambda articles: map(annotate, articles))
    gold = [coded((0, 3, "negative"), (8, 12, "negative"), (14, 18, "positive"))]
    found = evaluate_targets(annotator, gold)
    scores = {one.label: one for one in found.labels.labels}
    assert {name: (one.support, one.precision.value) for name, one in scores.items()} == {
        "negative": (2, 0.5),
        "positive": (1, 0.0),
    }
    assert set(found.bins) == {"negative", "positive"}
    assert found.signature.startswith("metric:targets|version:")


def test_coders_are_joined(annotator):
    gold = [coded((0, 3, "negative"), coder="ann"), coded((0, 3, "negative"), coder="bo")]
    assert evaluate_targets(annotator, gold).labels.n_texts == 1


@pytest.mark.parametrize(
    ("gold", "message"),
    [
        ([CodedText("a", TEXT, labels=("x",))], "no mention is coded"),
        ([coded((0, 3, "hero"))], "gold has the label 'hero', which the model does not give"),
    ],
)
def test_gold_that_does_not_fit_is_refused(annotator, gold, message):
    with pytest.raises(InputError, match=message):
        evaluate_targets(annotator, gold)
