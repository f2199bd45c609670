"""Readers of corpora: tiny folders in each corpus' format, and counts where the corpora are beside the checkout."""

import csv
import gzip
import hashlib
import json

import pytest

from rhetoric.errors import ConfigError, InputError
from rhetoric.training.gold import GoldLabels
from training import corpora
from training.corpora import babe, basil, codebook, newsmtsc, polnear, ptc


def surfaces(gold, spans):
    return [s.of(gold.article.text) for s in spans]


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8", newline="")


# PTC


PTC_TEXT = "\ufeffHarbour lost\r\n\r\nThe tyrant, a coward, fled.\r\nWho believes him? It rained.\r\n"


@pytest.fixture
def ptc_folder(tmp_path):
    rows = [("Name_Calling,Labeling", "tyrant"), ("Name_Calling,Labeling", "a coward"), ("Doubt", "Who believes him?")]
    lines = [f"article7\t{name}\t{PTC_TEXT.index(p)}\t{PTC_TEXT.index(p) + len(p)}" for name, p in rows]
    write(tmp_path / "train-articles" / "article7.txt", PTC_TEXT)
    write(tmp_path / "train-labels-task-flc-tc" / "article7.task-flc-tc.labels", "\n".join(lines) + "\n\n")
    return tmp_path


def test_ptc_offsets_count_the_mark_and_both_line_ends(ptc_folder):
    (gold,) = ptc.read(ptc_folder, "train")
    assert gold.article.text == PTC_TEXT
    assert surfaces(gold, gold.taggers["ptc_wording"].positive) == ["tyrant", "a coward"]
    assert surfaces(gold, gold.taggers["ptc_technique"].positive) == ["Who believes him?"]
    assert [s.label for s in gold.span_labels["technique"]] == ["name_calling", "name_calling", "doubt"]


def test_ptc_teaches_what_is_loaded_in_marked_lines_alone(ptc_folder):
    (gold,) = ptc.read(ptc_folder, "train")
    assert surfaces(gold, gold.taggers["loaded"].known or ()) == ["The tyrant, a coward, fled."]
    assert gold.attributions is None


def test_ptc_has_no_articles_of_a_split_that_is_not_there(ptc_folder):
    assert list(ptc.read(ptc_folder, "dev")) == []


# PolNeAR


POLNEAR_TEXT = "“It rains,” Orr said on Monday, “and pours.” Vale hopes so. Officials were told that it stopped."


def polnear_line(number, kind, *phrases):
    offsets = ";".join(f"{POLNEAR_TEXT.index(p)} {POLNEAR_TEXT.index(p) + len(p)}" for p in phrases)
    return f"T{number}\t{kind} {offsets}\t{' '.join(phrases)}"


@pytest.fixture
def polnear_folder(tmp_path):
    lines = [
        polnear_line(1, "Source", "Orr"),
        polnear_line(2, "Cue", "said on Monday"),
        polnear_line(3, "Content", "“It rains,”", "“and pours.”"),
        polnear_line(4, "Attribution", "said on Monday"),
        "E1\tAttribution:T4 Source:T1 Cue:T2 Content:T3",
        polnear_line(5, "Cue", "were told"),
        polnear_line(6, "Content", "that it stopped"),
        polnear_line(7, "Content", "Vale hopes so."),
        "E2\tAttribution:T5 Cue:T5 Content:T6 Content2:T7",
        polnear_line(8, "Discuss", "Vale"),
        "E3\tDiscuss:T8 Source:T8",
        "T9\tContent broken line",
        "A1\tNested E1",
    ]
    write(tmp_path / "train" / "text" / "echo_2020-01-02_rain.txt", POLNEAR_TEXT)
    write(tmp_path / "train" / "text" / "echo_2020-01-03_lost.txt", "Not annotated.")
    for annotator, content in (("b2", "E9\tbroken\n"), ("a1", "\n".join(lines) + "\n")):
        write(tmp_path / "train" / "attributions" / f"echo_2020-01-02_rain_{annotator}.ann", content)
    return tmp_path


def test_polnear_reads_relations_of_the_first_annotator(polnear_folder):
    (gold,) = polnear.read(polnear_folder, "train")
    one, other = gold.attributions or ()
    assert surfaces(gold, [one.source, one.cue, *one.content]) == [
        "Orr",
        "said on Monday",
        "“It rains,”",
        "“and pours.”",
    ]
    assert (other.source, surfaces(gold, [other.cue])) == (None, ["were told"])
    assert surfaces(gold, other.content) == ["Vale hopes so.", "that it stopped"]
    assert gold.article.meta == {"outlet": "echo"}


def test_polnear_supervises_the_three_taggers(polnear_folder):
    (gold,) = polnear.read(polnear_folder, "train")
    found = {name: sorted(surfaces(gold, labels.positive)) for name, labels in gold.taggers.items()}
    assert found == {
        "source": ["Orr"],
        "cue": ["said on Monday", "were told"],
        "content": sorted(["“It rains,”", "“and pours.”", "that it stopped", "Vale hopes so."]),
    }
    assert all(labels.known is None for labels in gold.taggers.values())


def test_polnear_is_sure_of_quoted_contents_and_of_sentences_without_attribution(polnear_folder):
    (gold,) = polnear.read(polnear_folder, "train")
    assert surfaces(gold, gold.sentence_labels["direct_quotation"].positive) == ["“It rains,”", "“and pours.”"]
    known = gold.sentence_labels["attribution"].known
    assert known is not None
    assert not any(part.overlaps(k) for k in known for a in gold.attributions or () for part in a.content)


# BABE


BABE_COLUMNS = ("text", "news_link", "outlet", "topic", "type", "label_bias", "label_opinion", "biased_words")


@pytest.fixture
def babe_folder(tmp_path):
    rows = [
        ("The Brave army, brave as ever, sang.", "l1", "Biased", "['brave', 'ever']"),
        ("It rained on Monday.", "l1", "Non-biased", "[]"),
        ("Embraved words stay whole.", "l2", "Biased", "['brave']"),
        ("The regime fell.", "l3", "Non-biased", "['regime']"),
        ("Nobody agreed on this.", "l4", "No agreement", "[]"),
    ]
    with (tmp_path / "train.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(BABE_COLUMNS)
        writer.writerows((text, link, "echo", "t", "left", bias, "Opinion", words) for text, link, bias, words in rows)
    return tmp_path


def babe_articles(folder):
    return {gold.article.text.split()[1]: gold for split in ("train", "dev") for gold in babe.read(folder, split)}


def test_babe_finds_its_words_in_any_case_at_word_boundaries(babe_folder):
    found = babe_articles(babe_folder)
    brave = found["Brave"]
    assert surfaces(brave, brave.sentence_labels["loaded_language"].positive) == ["Brave", "brave", "ever"]
    assert surfaces(brave, brave.sentence_labels["biased_wording"].positive) == [brave.article.text]
    assert found["rained"].sentence_labels["loaded_language"] == GoldLabels(())
    assert found["rained"].sentence_labels["biased_wording"].positive == ()


def test_babe_leaves_open_what_it_contradicts(babe_folder):
    found = babe_articles(babe_folder)
    for word in ("words", "regime"):
        assert set(found[word].sentence_labels) == {"biased_wording"}
    assert "agreed" not in found


def test_babe_says_nothing_of_where_a_loaded_span_ends(babe_folder):
    assert all(gold.taggers == {} for gold in babe_articles(babe_folder).values())


def test_babe_keeps_the_sentences_of_an_article_on_one_side(babe_folder):
    sides = [{g.article.meta["url"] for g in babe.read(babe_folder, split)} for split in ("train", "dev")]
    assert not sides[0] & sides[1]
    assert sides[0] | sides[1] == {"l1", "l2", "l3"}


# BASIL


@pytest.mark.parametrize("as_literal", [False, True])
def test_basil_offsets_stand_in_the_flattened_sentences(tmp_path, as_literal):
    paragraphs = [["The town woke.", "A tyrant spoke."], ["Heroes sang."]]
    rows = [
        {"id": "p1", "bias": "lex", "start": 2, "end": 8, "polarity": "neg"},
        {"id": "p2", "bias": "lex", "start": 0, "end": 6, "polarity": "pos"},
        {"id": "p0", "bias": "inf", "start": 0, "end": 8, "polarity": "neg"},
        {"id": "title", "bias": "lex", "start": 0, "end": 8, "polarity": "neg"},
        {"id": "p0", "bias": "lex", "start": 4, "end": 8, "polarity": ""},
    ]
    body = repr(paragraphs) if as_literal else paragraphs
    write(tmp_path / "articles" / "2020" / "u_1.json", json.dumps({"source": "Echo", "body-paragraphs": body}))
    write(tmp_path / "annotations" / "2020" / "u_1_ann.json", json.dumps({"phrase-level-annotations": rows}))
    (gold,) = basil.read(tmp_path, "train")
    assert gold.article.text == "The town woke.\nA tyrant spoke.\nHeroes sang."
    assert surfaces(gold, gold.span_labels["valence"]) == ["tyrant", "Heroes"]
    assert [s.label for s in gold.span_labels["valence"]] == ["negative", "positive"]
    assert list(basil.read(tmp_path, "dev")) == []


# NewsMTSC


def test_newsmtsc_reads_every_mention_with_its_polarity(tmp_path):
    row = {
        "primary_gid": "g1",
        "sentence_normalized": "Orr praised Vale and Hill.",
        "targets": [
            {"from": 0, "to": 3, "mention": "Orr", "polarity": 4.0},
            {"from": 12, "to": 16, "mention": "Vale", "polarity": 6.0},
            {"from": 21, "to": 25, "mention": "Hill", "polarity": 2.0},
        ],
    }
    write(tmp_path / "train.jsonl", json.dumps(row) + "\n")
    write(tmp_path / "devtest_mt.jsonl", "")
    (gold,) = newsmtsc.read(tmp_path, "train")
    spans = gold.span_labels["target"]
    assert list(zip(surfaces(gold, spans), [s.label for s in spans], strict=True)) == [
        ("Orr", "neutral"),
        ("Vale", "positive"),
        ("Hill", "negative"),
    ]
    assert list(newsmtsc.read(tmp_path, "dev")) == []


# The project's own passages


PASSAGE = "KCNA praised the brave army. “It stands,” it said."
ABP = "An opening line. Orr wept. It rained."


def coded(passage_id, text, **extra):
    return {"id": passage_id, "sha256": hashlib.sha256(text.encode()).hexdigest()[:16], **extra}


@pytest.fixture
def seeds(tmp_path, monkeypatch):
    """Seeds with one passage of each kind, and the corpora that they refer to."""
    codebook._rows.cache_clear()
    codebook._articles.cache_clear()
    monkeypatch.setattr(codebook, "seeds_path", lambda name: tmp_path / "seeds" / name)
    army = {"start": 17, "end": 27, "label": "loaded_language", "valence": "positive", "target": {"start": 0, "end": 4}}
    quoted = {
        "source": {"start": 42, "end": 44},
        "cue": {"start": 45, "end": 49},
        "content": [{"start": 29, "end": 41}],
        "source_type": "state_media",
        "outlet": "KCNA",
        "country": "KP",
        "state_media": True,
        "via": None,
    }
    passage = {"id": "own-1", "text": PASSAGE, "spans": [army], "attributions": [quoted]}
    mention = " ".join(("Before.", "KCNA said so.", "After."))
    empty = {"spans": [], "attributions": []}
    referred = [
        coded("mentions:1", mention, **empty),
        coded("abp:X1:17-26", ABP[17:26], **empty),
        coded("kcna:0:3-9", "The army sang."[3:9], **empty),
    ]
    write(tmp_path / "seeds" / "passages" / "own.jsonl", json.dumps(passage) + "\n")
    write(tmp_path / "seeds" / "labels" / "real.jsonl", "\n".join(map(json.dumps, referred)) + "\n")
    origin = {"corpus": "article-bias-prediction", "article_id": "X1"}
    lines = [
        {"prev": "", "sentence": "x", "next": "", **origin},
        {"prev": "Before.", "sentence": "KCNA said so.", "next": "After.", **origin},
    ]
    data = tmp_path / "data"
    write(data / "state-media" / "mentions-unlabelled.jsonl", "\n".join(map(json.dumps, lines)))
    (data / "outlets").mkdir(parents=True)
    for name, row in (
        ("subset_outlets", {"ID": "X1", "content_original": ABP}),
        ("kcna_2011_2012_en", {"text": "The army sang."}),
    ):
        with gzip.open(data / "outlets" / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
    yield data / "codebook"
    codebook._rows.cache_clear()
    codebook._articles.cache_clear()


def passages(folder):
    return {gold.article.id: gold for split in ("train", "dev") for gold in codebook.read(folder, split)}


def test_codebook_passages_supervise_every_layer(seeds):
    gold = passages(seeds)["own-1"]
    assert gold.corpus == "codebook-passages"
    assert surfaces(gold, gold.taggers["loaded"].positive) == ["brave army"]
    assert surfaces(gold, gold.taggers["content"].positive) == ["“It stands,”"]
    assert surfaces(gold, gold.sentence_labels["attribution"].positive) == ["said"]
    assert surfaces(gold, gold.sentence_labels["direct_quotation"].positive) == ["“It stands,”"]
    assert surfaces(gold, gold.sentence_labels["state_media_quotation"].positive) == ["said", "“It stands,”"]
    (source,) = gold.span_labels["source_type"]
    assert (source.of(PASSAGE), source.label, source.beside and source.beside.of(PASSAGE)) == (
        "it",
        "state_media",
        "said",
    )
    (target,) = gold.targets
    assert (target.span.of(PASSAGE), target.mention and target.mention.of(PASSAGE)) == ("brave army", "KCNA")


def test_codebook_passages_by_reference_are_found_in_their_corpora(seeds):
    found = passages(seeds)
    assert found["mentions:1"].article.text == "Before. KCNA said so. After."
    assert found["abp:X1:17-26"].article.text == "Orr wept."
    assert found["kcna:0:3-9"].article.text == " army "
    assert found["mentions:1"].corpus == "codebook-labels"


def test_codebook_passages_of_one_article_are_one_group(seeds):
    found = passages(seeds)
    assert found["mentions:1"].group == found["abp:X1:17-26"].group == "abp:X1"
    assert found["kcna:0:3-9"].group == "kcna:0"
    assert found["own-1"].group == "own-1"


def test_codebook_refuses_another_version_of_a_corpus(seeds):
    row = {"prev": "", "sentence": "x", "next": "", "corpus": "article-bias-prediction", "article_id": "X1"}
    write(seeds.parent / "state-media" / "mentions-unlabelled.jsonl", f"{json.dumps(row)}\n" * 2)
    with pytest.raises(InputError, match="passage mentions:1: the corpus differs from the one that was coded"):
        passages(seeds)


def test_codebook_refuses_mentions_that_are_fewer_than_those_that_were_coded(seeds):
    write(seeds.parent / "state-media" / "mentions-unlabelled.jsonl", "{}\n")
    with pytest.raises(InputError, match="passage mentions:1: the corpus differs"):
        passages(seeds)


def test_codebook_names_the_corpus_that_is_missing(seeds):
    (seeds.parent / "outlets" / "kcna_2011_2012_en.jsonl.gz").unlink()
    with pytest.raises(InputError, match="the coded passages need .*kcna_2011_2012_en"):
        passages(seeds)


# All of them


def test_read_refuses_an_unknown_corpus_with_the_nearest(tmp_path, monkeypatch):
    monkeypatch.setenv("RHETORIC_DATA", str(tmp_path))
    with pytest.raises(ConfigError, match="unknown corpus 'polnaer'; did you mean 'polnear'"):
        corpora.read("polnaer")


def test_read_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("RHETORIC_DATA", str(tmp_path))
    with pytest.raises(InputError, match="no corpus 'ptc' at"):
        corpora.read("ptc")
    (tmp_path / "ptc").mkdir()
    with pytest.raises(InputError, match="corpus 'ptc' has no train articles"):
        corpora.read("ptc")
    (tmp_path / "babe").mkdir()
    with pytest.raises(InputError, match="corpus 'babe' cannot be read"):
        corpora.read("babe")
    monkeypatch.setenv("RHETORIC_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="set RHETORIC_DATA to the folder"):
        corpora.read("ptc")


COUNTS = {
    ("ptc", "train"): 371,
    ("ptc", "dev"): 75,
    ("polnear", "train"): 840,
    ("polnear", "dev"): 84,
    ("basil", "train"): 152,
    ("newsmtsc", "train"): 7758,
    ("newsmtsc", "dev"): 721,
}


@pytest.fixture(scope="module")
def articles(shared):
    """Return a corpus of the checkout's neighbour, read once."""
    read = {}

    def of(corpus, split):
        if (corpus, split) not in read:
            read[corpus, split] = list(corpora.READERS[corpus](shared / "data" / corpus, split))
        return read[corpus, split]

    return of


@pytest.mark.parametrize(("corpus", "split"), COUNTS)
def test_counts_of_articles(articles, corpus, split):
    assert len(articles(corpus, split)) == COUNTS[corpus, split]


def test_counts_of_annotations(articles):
    def n_spans(corpus, split, head):
        return sum(len(gold.span_labels[head]) for gold in articles(corpus, split))

    assert (n_spans("ptc", "train", "technique"), n_spans("ptc", "dev", "technique")) == (6128, 1063)
    assert n_spans("newsmtsc", "train", "target") == 8739
    assert sum(len(gold.attributions) for gold in articles("polnear", "dev")) == 2192


def test_babe_counts_all_sentences_on_which_annotators_agreed(articles, shared):
    with (shared / "data" / "babe" / "train.csv").open(encoding="utf-8", newline="") as file:
        agreed = [row for row in csv.DictReader(file) if row["label_bias"] != "No agreement"]
    assert len(articles("babe", "train")) + len(articles("babe", "dev")) == len(agreed)
    assert 0.15 < len(articles("babe", "dev")) / len(agreed) < 0.25


def test_newsmtsc_offsets_are_those_of_its_mentions(articles, shared):
    with (shared / "data" / "newsmtsc" / "train.jsonl").open(encoding="utf-8") as file:
        mentions = [t["mention"] for line in file for t in json.loads(line)["targets"]]
    assert [s for gold in articles("newsmtsc", "train") for s in surfaces(gold, gold.span_labels["target"])] == mentions


def test_basil_offsets_are_those_of_its_phrases(articles, shared):
    folder = shared / "data" / "basil" / "annotations"
    rows = [
        row
        for path in sorted(folder.glob("*/*.json"))
        for row in json.loads(path.read_text(encoding="utf-8"))["phrase-level-annotations"]
    ]
    known = {row["txt"] for row in rows if row["bias"] == "lex"}
    found = [s for gold in articles("basil", "train") for s in surfaces(gold, gold.span_labels["valence"])]
    assert found
    assert set(found) <= known


def test_every_annotation_lies_in_its_text(articles):
    for corpus, split in COUNTS:
        for gold in articles(corpus, split):
            labels = (*gold.taggers.values(), *gold.sentence_labels.values())
            spans = [s for one in labels for s in one.positive]
            spans += [s for of_head in gold.span_labels.values() for s in of_head]
            assert all(s.end <= len(gold.article.text) and s.of(gold.article.text).strip() for s in spans)


def test_codebook_passages_of_the_checkout_are_found(shared, monkeypatch):
    monkeypatch.setenv("RHETORIC_DATA", str(shared / "data"))
    train, dev = corpora.read("codebook", "train"), corpora.read("codebook", "dev")
    ids = [gold.article.id for gold in (*train, *dev)]
    assert len(set(ids)) == len(ids)
    assert dev
    for gold in (*train, *dev):
        for a in gold.attributions or ():
            assert a.content
            assert all(s.end <= len(gold.article.text) for s in (a.source, a.cue, *a.content) if s)
