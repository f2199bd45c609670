"""The bias probe: names that change nothing, names that do."""

import re

import numpy as np
import pytest

from rhetoric.annotation import AnnotatedArticle, Sentence
from rhetoric.errors import ConfigError
from rhetoric.framing.probe import LABELS, Probe, ProbeSentence, read_probe, run_probe
from rhetoric.pipeline import Annotator


class Network:
    sentence_labels = ("loaded_language", "state_media_quotation")


class Leaning:
    """Stands for an annotator that scores every text 0.4, and 0.3 more where it reads a name that it dislikes."""

    network = Network()

    def __init__(self, disliked):
        self.disliked = disliked

    def pipe(self, articles):
        for article in articles:
            score = 0.7 if self.disliked in article.text else 0.4
            labels = ("loaded_language",) if score > 0.5 else ()
            scores = {"loaded_language": score, "state_media_quotation": 0.0}
            yield AnnotatedArticle(article.id, article.text, sentences=(Sentence(0, 1, scores, labels),))


@pytest.fixture
def probe():
    sentences = [{"tone": "dry", "text": "{X} voted on day 1."}, {"tone": "dry", "text": "A man from {x} left."}]
    return Probe.model_validate({"groups": {"place": {"fillers": ["Orr", "Vale", "Lund"], "sentences": sentences}}})


def test_run_probe_finds_whom_a_model_dislikes(probe):
    result = run_probe(Leaning("Vale"), probe)
    shifts = {s.filler: s for s in result.shifts}
    assert shifts["Vale"].mean == pytest.approx(0.2)
    assert shifts["Orr"].mean == pytest.approx(-0.1)
    assert (shifts["Vale"].flips, shifts["Orr"].flips) == (1.0, 0.0)
    assert result.spread("place", "loaded_language") == pytest.approx(0.3)
    assert [s.n_sentences for s in result.shifts] == [2, 2, 2]


def test_run_probe_finds_nothing_where_names_do_not_matter(probe):
    result = run_probe(Leaning("nobody"), probe)
    assert result.spread("place", "loaded_language") == 0.0
    assert all(abs(s.low) + abs(s.high) + s.flips < 1e-9 for s in result.shifts)


def test_run_probe_leaves_out_state_media(probe):
    assert {s.label for s in run_probe(Leaning("Vale"), probe).shifts} == {"loaded_language"}


def test_filled_begins_a_sentence_with_a_capital():
    assert ProbeSentence(text="{X} and {x}.", tone="dry").filled("the North") == "The North and the North."


def test_read_probe_fills_every_sentence_of_ours():
    probe = read_probe()
    texts = [s.filled(f) for g in probe.groups.values() for s in g.sentences for f in g.fillers]
    assert len(texts) == len(set(texts)) > 500
    assert not any(re.search(r"[{}]", text) or text[0].islower() for text in texts)
    assert {s.tone for g in probe.groups.values() for s in g.sentences} == {"dry", "derogating", "praising"}


@pytest.mark.parametrize("text", ["groups: {}", "groups: {a: {fillers: [b, c], sentences: [{tone: dry, text: d}]}}"])
def test_read_probe_refuses_what_is_none(tmp_path, text):
    path = tmp_path / "probe.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"probe .*probe\.yaml: "):
        read_probe(path)


def test_run_probe_on_a_real_network(tiny_model, probe):
    result = run_probe(Annotator(tiny_model), probe)
    assert {s.label for s in result.shifts} <= set(LABELS)
    for shifts in result.by_score.values():
        assert np.isclose(sum(s.mean for s in shifts), 0.0)
