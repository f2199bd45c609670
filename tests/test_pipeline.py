"""From an article to the annotated article, with a model of random weights: nonsense, but valid nonsense."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rhetoric
from rhetoric import pipeline
from rhetoric.annotation import AnnotatedArticle, Article, CharSpan, n_visible
from rhetoric.decoding.rules import DecisionRules
from rhetoric.errors import ConfigError, CoverageError, InputError, ModelError
from rhetoric.formats import Failure
from rhetoric.formats.record import from_record, to_record
from rhetoric.pipeline import N_ARTICLES_AT_ONCE, Annotator, Lists
from rhetoric.taxonomy import SENTENCE_LABELS, SOURCE_TYPES, layer_of, technique_ids

FIELDS = (
    *("id", "meta", "text", "sentences", "spans", "attributions", "headline", "paragraphs", "article", "targets"),
    *("coverage", "model"),
)
SPAN_FIELDS = {"id", "start", "end", "label", "layer", "score", "valence", "target", "voice", "attribution"}
ATTRIBUTION_FIELDS = {
    *("id", "source", "cue", "content", "quote_type", "source_type", "outlet", "actor", "stance", "via", "score"),
    "naming",
}
STORY = (
    "Harbour reopens\r\n\r\n“We waited long. The tyrant fled,” Orr said on Monday. KCNA called the army brave, and it "
    "added that nobody wept.\nThe report said so-called experts had lied: “It rains.”\n"
)
ODD_TEXTS = (
    *(
        "",
        " \r\n\t",
        "\ufeff",
        "\ufeffOrr said it rained.",
        "\ud83d lone “\udc80 said Orr.",
        "\u0301",
        "[SEP] [CLS] said",
        "x" * 500,
    ),
    *("👩‍👩‍👧 said “☀️”", "قال أور إن المطر نزل. “نعم”", "a\x00b\x1cc", "“““ ''' ``", "Orr said\r\rso", "said " * 90),
)
PIECES = [
    "Orr said ",
    "“It rains. ",
    "” ",
    "the tyrant ",
    "KCNA added ",
    "\n",
    "\r\n",
    "\ufeff",
    "\ud800",
    "😀 ",
    "e\u0301",
    "It poured. ",
]
texts = st.lists(st.sampled_from(PIECES), max_size=20).map("".join) | st.text(max_size=40)


@pytest.fixture(scope="module")
def annotator(tiny_model):
    return Annotator(tiny_model)


def assert_probabilities(scores):
    assert all(0.0 <= score <= 1.0 for score in scores)


def assert_inside(record, text):
    """Hold that a span, or null, stands on characters of the text."""
    assert record is None or 0 <= record["start"] < record["end"] <= len(text)


def assert_sentences(sentences, text, names):
    end = 0
    for sentence in sentences:
        assert_inside(sentence, text)
        assert end <= sentence["start"]
        surface = text[sentence["start"] : sentence["end"]]
        assert surface.strip() == surface
        assert tuple(sentence["scores"]) == tuple(names)
        assert_probabilities(sentence["scores"].values())
        assert set(sentence["labels"]) <= set(names)
        end = sentence["end"]
    assert sum(n_visible(text[s["start"] : s["end"]]) for s in sentences) == n_visible(text)


def assert_spans(found, text):
    attributions = {a["id"]: a for a in found["attributions"]}
    assert [s["start"] for s in found["spans"]] == sorted(s["start"] for s in found["spans"])
    assert len({s["id"] for s in found["spans"]}) == len(found["spans"])
    for span in found["spans"]:
        assert set(span) == SPAN_FIELDS
        assert_inside(span, text)
        assert_inside(span["target"], text)
        assert_probabilities([span["score"]])
        assert span["label"] in technique_ids()
        assert span["layer"] == layer_of(span["label"])
        assert span["valence"] in ("negative", "positive", "mixed", None)
        assert span["voice"] in ("author", "direct", "indirect", "scare_quote")
        holder = attributions.get(span["attribution"])
        assert (holder is None) == (span["attribution"] is None)
        assert holder is None or any(p["start"] < span["end"] and span["start"] < p["end"] for p in holder["content"])


def assert_attributions(attributions, text):
    ids = [a["id"] for a in attributions]
    assert len(set(ids)) == len(ids)
    for one in attributions:
        assert set(one) == ATTRIBUTION_FIELDS
        assert one["content"]
        for part in (one["source"], one["cue"], *one["content"]):
            assert_inside(part, text)
        assert all(a["end"] <= b["start"] for a, b in zip(one["content"], one["content"][1:], strict=False))
        assert one["quote_type"] in ("direct", "indirect", "mixed")
        assert one["source_type"] in SOURCE_TYPES
        assert one["stance"] in ("neutral", "endorsing", "distancing", "conceding")
        assert one["outlet"] is None or set(one["outlet"]) == {"name", "country", "typology"}
        assert one["via"] is None or (one["via"] in ids and one["via"] != one["id"])
        assert_probabilities([one["score"]])


def assert_wording_makes_sentences_loaded(found):
    for span in found["spans"]:
        touched = [s for s in found["sentences"] if s["start"] < span["end"] and span["start"] < s["end"]]
        assert touched
        assert span["layer"] != "wording" or all("loaded_language" in s["labels"] for s in touched)


def assert_contract(annotated: AnnotatedArticle, names=SENTENCE_LABELS):
    """Hold everything that is promised about an annotated article, in its JSON form."""
    record = json.loads(json.dumps(to_record(annotated)))
    assert tuple(record) == FIELDS
    assert record["coverage"] == 1.0
    for found, text in ((record, record["text"]), (record["headline"], record["meta"].get("title"))):
        if found is not None:
            assert_sentences(found["sentences"], text, names)
            assert_attributions(found["attributions"], text)
            assert_spans(found, text)
            assert_wording_makes_sentences_loaded(found)
    for target in record["targets"]:
        assert_inside(target, record["text"])
        assert target["valence"] in ("negative", "neutral", "positive")
        assert sum(target["scores"].values()) == pytest.approx(1.0, abs=1e-5)
    assert set(record["model"]) == {"name", "version"}
    assert from_record(record) == annotated


def test_annotate_keeps_the_contract(annotator):
    annotated = annotator.annotate(Article("a1", STORY, {"outlet": "The Echo", "page": [1, {"b": None}]}))
    assert_contract(annotated)
    assert (annotated.id, annotated.text) == ("a1", STORY)
    assert annotated.meta == {"outlet": "The Echo", "page": [1, {"b": None}]}
    # The random model is not shy, so that what is held above is held of something.
    assert annotated.spans
    assert annotated.attributions
    assert annotated.headline is None
    assert annotated.model.name == "tiny"


@pytest.mark.parametrize("backend", ["onnx", "torch"])
def test_annotate_keeps_the_contract_on_every_backend(tiny_model, backend):
    assert_contract(Annotator(tiny_model, backend=backend).annotate(STORY))


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_annotate_keeps_the_contract_for_odd_texts(annotator, text):
    assert_contract(annotator.annotate(Article("odd", text, {"title": text})))


@settings(max_examples=40)
@given(text=texts, title=texts)
def test_annotate_keeps_the_contract_for_any_text(annotator, text, title):
    assert_contract(annotator.annotate(Article("any", text, {"title": title})))


@pytest.mark.parametrize("text", ["", " ", "\r\n\t\u2028"])
def test_annotate_of_a_blank_text_finds_nothing(annotator, text):
    annotated = annotator.annotate(text)
    assert (annotated.sentences, annotated.spans, annotated.attributions) == ((), (), ())
    assert annotated.coverage == 1.0


def test_annotate_takes_a_bare_text(annotator):
    bare = annotator.annotate(STORY)
    assert bare.id == ""
    assert bare.sentences == annotator.annotate(Article("named", STORY)).sentences


@pytest.mark.parametrize("wrong", [None, 7, b"bytes", ["Orr said so."], {"id": "a", "text": "b"}])
def test_annotate_refuses_what_is_no_article(annotator, wrong):
    with pytest.raises(InputError, match=f"annotate takes a text or an Article, got {type(wrong).__name__}"):
        annotator.annotate(wrong)


def test_annotate_fails_loudly_where_a_text_was_not_read_in_full(annotator, monkeypatch):
    whole = pipeline.split_sentences
    monkeypatch.setattr(pipeline, "split_sentences", lambda text: whole(text)[1:])
    with pytest.raises(CoverageError, match="only 8 of 16 characters were read"):
        annotator.annotate("It rains. It pours.")


def test_annotate_is_the_same_every_time_and_whatever_came_before(annotator, tiny_model):
    first = annotator.annotate(STORY)
    annotator.annotate("KCNA said nothing. " * 20)
    assert annotator.annotate(STORY) == first
    assert Annotator(tiny_model).annotate(STORY) == first


def test_annotate_scores_are_plain_numbers(annotator):
    annotated = annotator.annotate(Article("a", STORY, targets=(CharSpan(0, 7),)))
    scores = [score for s in annotated.sentences for score in s.scores.values()]
    scores += [s.score for s in (*annotated.spans, *annotated.attributions)]
    scores += annotated.targets[0].scores.values()
    assert {type(score) for score in scores} == {float}


def test_pipe_yields_in_order_and_as_it_reads(annotator):
    read = []

    def stream():
        for i in range(9):
            read.append(i)
            yield Article(f"a{i}", f"Orr said {i}.")

    piped = annotator.pipe(stream())
    assert next(piped).id == "a0"
    assert len(read) <= 1 + N_ARTICLES_AT_ONCE
    assert [annotated.id for annotated in piped] == [f"a{i}" for i in range(1, 9)]


def test_try_pipe_puts_a_failure_in_the_place_of_what_cannot_be_annotated(annotator, monkeypatch):
    split = pipeline.split_sentences
    monkeypatch.setattr(pipeline, "split_sentences", lambda text: split(text)[1:] if "LOST" in text else split(text))
    unread = Failure(None, "in.jsonl", 7, "no JSON")
    items = [Article("a", "Orr left."), unread, Article("b", "LOST. Vale stayed."), Article("c", "Orr came.")]
    one, two, three, four = annotator.try_pipe(items)
    assert (one.id, four.id) == ("a", "c")
    assert two is unread
    assert (three.id, "characters were read" in three.reason) == ("b", True)


def test_pipe_agrees_with_annotate(annotator):
    articles = [Article("a", STORY), Article("b", "It rained."), Article("c", "")]
    assert list(annotator.pipe(articles)) == [annotator.annotate(article) for article in articles]


def test_lists_of_ones_own_are_read_and_name_targets(tiny_model, tmp_path):
    (tmp_path / "actors.yaml").write_text("- {name: Lin Baruti, id: Q7}\n", encoding="utf-8")
    (tmp_path / "outlets.yaml").write_text("- {name: Ruritanian Telegraph, country: RS}\n", encoding="utf-8")
    lists = Lists(outlets=tmp_path / "outlets.yaml", actors=tmp_path / "actors.yaml")
    annotator = Annotator(tiny_model, lists=lists)
    found = annotator.annotate(
        Article("a", "Baruti wept. Lin Baruti fled. Orr sang.", targets=(CharSpan(0, 6), CharSpan(30, 33)))
    )
    assert [target.actor and target.actor.id for target in found.targets] == ["Q7", None]
    assert from_record(json.loads(json.dumps(to_record(found)))) == found
    assert [outlet.name for outlet in annotator.outlets.lookup("Ruritanian Telegraph")] == ["Ruritanian Telegraph"]


def test_lists_that_cannot_be_read_are_refused(tiny_model, tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        Annotator(tiny_model, lists=Lists(actors=tmp_path / "nowhere.yaml"))


def test_headline_is_read_by_itself(annotator):
    title = "“Brave army” sang, KCNA said"
    annotated = annotator.annotate(Article("a", STORY, {"title": title}))
    assert_contract(annotated)
    alone = annotator.annotate(title)
    assert annotated.headline is not None
    assert annotated.headline.sentences == alone.sentences
    assert [s.extent for s in annotated.headline.spans] == [s.extent for s in alone.spans]
    assert annotated.sentences == annotator.annotate(STORY).sentences


@pytest.mark.parametrize("title", [None, "", "  ", 7])
def test_headline_is_none_without_a_title(annotator, title):
    assert annotator.annotate(Article("a", STORY, {"title": title})).headline is None


def mention(phrase):
    return CharSpan(STORY.index(phrase), STORY.index(phrase) + len(phrase))


def test_targets_are_answered_in_the_order_given(annotator):
    targets = (mention("KCNA"), mention("Orr"), mention("KCNA"), mention("tyrant"))
    annotated = annotator.annotate(Article("a", STORY, targets=targets))
    assert_contract(annotated)
    assert tuple(t.extent for t in annotated.targets) == targets
    assert annotated.targets[0] == annotated.targets[2]
    assert all(t.valence == max(t.scores, key=t.scores.__getitem__) for t in annotated.targets)


def test_target_without_a_word_is_neutral(annotator):
    (target,) = annotator.annotate(Article("a", STORY, targets=(mention("\r\n\r\n"),))).targets
    assert (target.valence, target.scores["neutral"]) == ("neutral", 1.0)
    (blank,) = annotator.annotate(Article("a", "   ", targets=(CharSpan(1, 2),))).targets
    assert blank.valence == "neutral"


def test_targets_do_not_change_what_else_is_found(annotator):
    with_targets = annotator.annotate(Article("a", STORY, targets=(mention("KCNA"),)))
    without = annotator.annotate(Article("a", STORY))
    assert (with_targets.sentences, with_targets.spans) == (without.sentences, without.spans)


@pytest.mark.parametrize("length", [1, 60, 150])
def test_blocks_keep_the_contract(annotator, monkeypatch, length):
    whole = annotator.annotate(STORY)
    monkeypatch.setattr(pipeline, "BLOCK_LENGTH", length)
    annotated = annotator.annotate(Article("a", STORY * 2, {"title": STORY}))
    assert_contract(annotated)
    assert [s.extent for s in annotator.annotate(STORY).sentences] == [s.extent for s in whole.sentences]


def test_blocks_read_a_block_as_an_article_of_its_own(annotator, monkeypatch):
    first, second = "Orr said it rained. " * 3, "The brave army sang for KCNA. " * 3
    alone = annotator.annotate(first)
    monkeypatch.setattr(pipeline, "BLOCK_LENGTH", len(first) - 1)
    both = annotator.annotate(first + second)
    n = len(alone.sentences)
    assert [s.scores["biased_wording"] for s in both.sentences[:n]] == [
        s.scores["biased_wording"] for s in alone.sentences
    ]
    assert [s.extent for s in both.spans if s.end <= len(first)] == [s.extent for s in alone.spans]


@pytest.mark.parametrize("length", [60, 100_000])
def test_blocks_answer_targets_in_the_order_given(annotator, monkeypatch, length):
    monkeypatch.setattr(pipeline, "BLOCK_LENGTH", length)
    early, late = mention("Orr"), mention("experts")
    forwards = annotator.annotate(Article("a", STORY, targets=(early, late))).targets
    backwards = annotator.annotate(Article("a", STORY, targets=(late, early))).targets
    assert [dict(t.scores) for t in backwards] == [dict(t.scores) for t in reversed(forwards)]


def test_thresholds_decide_the_labels_of_sentences(annotator):
    rules = annotator.rules
    never = Annotator.from_network(annotator.network, DecisionRules({}, rules.calibration, rules.temperatures))
    annotated = never.annotate(STORY)
    assert (annotated.spans, annotated.attributions) == ((), ())
    assert all(s.labels == () for s in annotated.sentences)
    always = DecisionRules({"sentence": dict.fromkeys(SENTENCE_LABELS, 0.0)})
    assert all(
        s.labels == SENTENCE_LABELS for s in Annotator.from_network(annotator.network, always).annotate(STORY).sentences
    )


def test_wording_makes_its_sentence_loaded_whatever_the_sentence_scores(annotator):
    rules = DecisionRules({"tagger": {"loaded": 0.5}, "sentence": {"loaded_language": 1.5}})
    annotated = Annotator.from_network(annotator.network, rules).annotate(STORY)
    assert_contract(annotated)
    assert any(s.layer == "wording" for s in annotated.spans)


def test_annotator_takes_a_named_set_of_thresholds(tiny_model):
    assert_contract(Annotator(tiny_model, thresholds="ptc").annotate(STORY))
    with pytest.raises(ConfigError, match="no thresholds 'strict' in model tiny: expected one of default, ptc"):
        Annotator(tiny_model, thresholds="strict")


def test_annotator_refuses_an_unknown_model():
    with pytest.raises(ModelError, match="no model 'no-such-model'"):
        Annotator("no-such-model")


def test_annotator_is_offered_by_the_package():
    assert rhetoric.Annotator is Annotator


def test_shipped_model_keeps_the_contract(shipped_model):
    annotator = Annotator(shipped_model)
    for text in (STORY, *ODD_TEXTS):
        annotated = annotator.annotate(Article("a", text, {"title": "A brave army"}))
        assert_contract(annotated, annotator.network.sentence_labels)
