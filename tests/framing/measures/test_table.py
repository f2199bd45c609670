import functools
import json
import pickle

import numpy as np
import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from rhetoric.annotation import Actor, ArticleLabels, Target
from rhetoric.corpus.manifest import Manifest, ModelFiles
from rhetoric.corpus.shards import ShardResult
from rhetoric.corpus.storage import RunFolder
from rhetoric.errors import InputError
from rhetoric.formats import Failure, dump_line, to_record
from rhetoric.formats.withheld import withhold
from rhetoric.framing.measures import arrow, table
from rhetoric.framing.measures.definitions import Measure, read_measures
from rhetoric.framing.measures.table import build_table, from_arrow, join_tables, read_table, tabulate
from rhetoric.sources.actors import ActorList
from rhetoric.taxonomy import SOURCE_TYPES, technique_ids
from tests.framing.annotated import KCNA, article, attribution, extent, sentences, span

BARUTI = Actor("Lin Baruti", "Q7", "RS")
LISTED = ActorList({BARUTI: ("Lin Baruti",)})
TEXT = "Lin Baruti said that it rained.\nThe vile mayor left. He slept."
WORDS = ("Lin Baruti", "it rained", "vile", "mayor", "slept")
LONG = Measure(title="Long", unit="share", of="sentences", where={"labels": ["long"]}, per="sentences")


def make(name, i=0, **found):
    """An article that differs with `i`."""
    said = attribution(TEXT, "q1", "Lin Baruti", "said", "it rained", source_type=SOURCE_TYPES[i % 11], outlet=KCNA)
    labels = {0: ["attribution"], 1: ["loaded_language"][: i % 2], 2: ["urgent"][: i % 3]}
    return article(
        TEXT,
        name,
        title="Rain" if i % 2 else None,
        meta={"outlet": f"Echo {i % 3}", "date": f"2025-03-{i % 28 + 1:02}"},
        sentences=sentences(TEXT, labels),
        spans=(span(TEXT, "vile", valence="negative", target="mayor"),) * (i % 2),
        attributions=(said,) * (i % 4 > 0),
        **found,
    )


def assert_same(one, other):
    assert (one.ids, dict(one.meta), list(one.measures)) == (other.ids, dict(other.meta), list(other.measures))
    assert dict(one.measures) == dict(other.measures)
    for name in one.measures:
        np.testing.assert_array_equal(one.numerators[name], other.numerators[name], name)
        np.testing.assert_array_equal(one.denominators[name], other.denominators[name], name)


def pairs(made, name):
    return list(zip(made.numerators[name].tolist(), made.denominators[name].tolist(), strict=True))


def test_table_has_a_row_an_article():
    made = build_table([make("a", 1), make("b", 2)])
    assert made.ids == ("a", "b")
    assert made.meta["outlet"] == ("Echo 1", "Echo 2")
    assert pairs(made, "loaded_sentences") == [(1, 3), (0, 3)]
    assert pairs(made, "loaded_spans") == [(1, 0.012), (0, 0.012)]


def test_table_has_the_measures_of_labels_of_users_own():
    text = "It rained."
    made = build_table(
        [
            article(
                text,
                sentences=sentences(text, {0: ["urgent"]}, ("calm",)),
                spans=(span(text, "rained", "smear", "technique"),),
                paragraphs=sentences(text, {0: ["weather"]}),
                article=ArticleLabels({"climate": 0.1, "crisis": 0.9}, ("crisis",)),
                targets=(Target(0, 2, "neutral", {}, BARUTI, {"hero": 0.9, "villain": 0.1}, ("hero",)),),
            )
        ]
    )
    own = {name: pairs(made, name)[0] for name, measure in made.measures.items() if measure.family in made.families}
    assert own == {
        "sentences_calm": (0, 1),
        "sentences_urgent": (1, 1),
        "paragraphs_weather": (1, 1),
        "articles_climate": (0, 1),
        "articles_crisis": (1, 1),
        "spans_smear": (1, 0.002),
        "given_mentions_hero": (1, 1),
        "given_mentions_villain": (0, 1),
        "given_mentions_hero_Q7": (1, 1),
        "given_mentions_villain_Q7": (0, 1),
        "tone_Q7": (0, 1),
        "tone_own_Q7": (0, 1),
        "tone_indirect_Q7": (0, 0),
        "tone_direct_Q7": (0, 0),
        "mentions_Q7": (1, 0.002),
    }


def test_tone_is_positive_less_negative_over_all_mentions():
    text = "The tyrant Lin Baruti came. Lin Baruti left. “The brave Lin Baruti!” they said."
    made = article(
        text,
        spans=(
            span(text, "tyrant", valence="negative", target="Lin Baruti"),
            span(text, "brave", valence="positive", voice="direct", target=extent(text, "Lin Baruti", 2)),
        ),
        attributions=(attribution(text, "q1", "they", "said", "“The brave Lin Baruti!”"),),
    )
    found = build_table([made], actors=LISTED)
    assert pairs(found, "tone_Q7") == [(0, 3)]
    assert pairs(found, "tone_own_Q7") == [(-1, 2)]
    assert pairs(found, "tone_direct_Q7") == [(1, 1)]
    assert pairs(found, "tone_indirect_Q7") == [(0, 0)]
    assert found.measures["tone_Q7"].title == "Tone towards Lin Baruti"


def test_table_is_the_same_however_many_articles_are_counted_at_a_time(monkeypatch):
    articles = [make(f"a{i}", i) for i in range(23)]
    whole = build_table(articles, actors=LISTED)
    for n in (1, 5, 22):
        monkeypatch.setattr(table, "N_AT_ONCE", n)
        assert_same(build_table(iter(articles), actors=LISTED), whole)


def test_table_of_shards_is_that_of_all_articles():
    articles = [make(f"a{i}", i) for i in range(12)]
    parts = [from_arrow(tabulate(part, actors=LISTED)) for part in (articles[:1], articles[1:7], articles[7:])]
    assert_same(join_tables(parts), build_table(articles, actors=LISTED))


def test_table_of_no_articles_has_the_measures():
    assert len(build_table([])) == 0
    assert "loaded_sentences" in build_table([]).measures


def test_table_refuses_an_id_that_occurs_twice(monkeypatch):
    monkeypatch.setattr(table, "N_AT_ONCE", 1)
    with pytest.raises(InputError, match="the id 'a' occurs more than once"):
        build_table([make("a"), make("b"), make("a")])


def test_table_does_not_keep_titles():
    assert "title" not in build_table([make("a", 1)]).meta


def test_tabulate_travels_to_other_processes():
    made = pickle.loads(pickle.dumps(functools.partial(tabulate, measures=read_measures(), actors=LISTED)))
    assert made([make("a", 1)]).num_rows == 1


def write_lines(path, *articles):
    path.write_bytes(b"".join(dump_line(to_record(a)) for a in articles))
    return path


def test_file_of_annotated_articles_is_counted(tmp_path):
    articles = [make("a", 1), make("b", 2)]
    assert_same(read_table(write_lines(tmp_path / "a.jsonl", *articles)), build_table(articles))


def test_file_with_a_damaged_record_is_refused(tmp_path):
    path = write_lines(tmp_path / "a.jsonl", make("a"))
    path.write_bytes(path.read_bytes() + b'{"id": "b"}\n')
    with pytest.raises(InputError, match=r"a\.jsonl, line 2: .*mend or remove the record"):
        read_table(path)


def test_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="nowhere"):
        read_table(tmp_path / "nowhere.jsonl")


def test_table_as_parquet_is_read(tmp_path):
    parquet.write_table(tabulate([make("a", 1)]), tmp_path / "t.parquet")
    assert_same(read_table(tmp_path / "t.parquet"), build_table([make("a", 1)]))


def test_table_as_parquet_that_lacks_a_measure_is_refused(tmp_path):
    parquet.write_table(tabulate([make("a", 1)]), tmp_path / "t.parquet")
    with pytest.raises(InputError, match="has no measure 'long' of that definition: give the annotated articles"):
        read_table(tmp_path / "t.parquet", {"long": LONG})


def test_parquet_of_annotated_articles_is_counted(tmp_path):
    from rhetoric.formats.parquet import to_table

    articles = [make("a", 1), make("b", 2)]
    parquet.write_table(to_table(articles), tmp_path / "a.parquet")
    assert_same(read_table(tmp_path / "a.parquet"), build_table(articles))


def test_parquet_that_is_broken_is_refused(tmp_path):
    (tmp_path / "t.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(InputError, match="expected Parquet"):
        read_table(tmp_path / "t.parquet")


@pytest.fixture
def run(tmp_path):
    """A function that writes a run of shards of articles, and of the failures that there were."""

    def write(*shards, tabulated=tabulate, complete=True, failures=()):
        folder = RunFolder(tmp_path / "run")
        folder.path.mkdir()
        manifest = Manifest(
            inputs=(), model=ModelFiles(name="hand", version="1", sha256="0"), versions={}, config={}, shard_size=2
        )
        folder.begin(manifest)
        entries = []
        for i, articles in enumerate(shards):
            files = {f"articles/{i:05}.jsonl": b"".join(dump_line(to_record(a)) for a in articles)}
            if tabulated is not None:
                sink = pyarrow.BufferOutputStream()
                parquet.write_table(tabulated(articles), sink)
                files[f"measures/{i:05}.parquet"] = sink.getvalue().to_pybytes()
            if failures and not i:
                files["errors/00000.jsonl"] = b"".join(dump_line(f.to_record()) for f in failures)
            entries.append(folder.add(ShardResult(i, len(articles), len(failures) if not i else 0, files)))
        if complete:
            folder.finish(manifest.completed(tuple(entries)))
        return folder.path

    return write


@pytest.fixture
def counted(monkeypatch):
    """Which measures were counted anew from articles."""
    names = []

    def spy(articles, measures=None, actors=None):
        names.extend(measures or ())
        return build_table(articles, measures, actors)

    monkeypatch.setattr(table, "build_table", spy)
    return names


SHARDS = [make("a", 1), make("b", 2)], [make("c", 3)]
ALL = [*SHARDS[0], *SHARDS[1]]


def test_run_is_read_from_what_annotating_counted(run, counted):
    assert_same(read_table(run(*SHARDS)), build_table(ALL))
    assert counted == []


def test_run_that_is_asked_for_some_measures_gives_these(run, counted):
    wanted = {name: read_measures()[name] for name in ("loaded_spans", "content_words_{country}")}
    found = read_table(run(*SHARDS), wanted)
    assert_same(found, build_table(ALL, wanted))
    assert list(found.measures) == ["loaded_spans", "content_words_KP"]
    assert counted == []


def test_run_is_counted_for_new_measures_alone(run, counted):
    wanted = {**read_measures(), "long": LONG}
    assert_same(read_table(run(*SHARDS), wanted), build_table(ALL, wanted))
    assert counted == ["long"]


def test_run_is_counted_anew_where_a_definition_changed(run, counted):
    wanted = read_measures()
    wanted["loaded_spans"] = wanted["loaded_spans"].model_copy(update={"within": "lead"})
    assert_same(read_table(run(*SHARDS), wanted), build_table(ALL, wanted))
    assert counted == ["loaded_spans"]


def test_run_keeps_its_counts_of_words_where_new_measures_are_counted_without_the_texts(run, counted):
    shards = [[withhold(a) for a in shard] for shard in SHARDS]
    texts = {a.id: a for a in ALL}
    path = run(*shards, tabulated=lambda articles: tabulate([texts[a.id] for a in articles]))
    assert_same(
        read_table(path, {**read_measures(), "long": LONG}), build_table(ALL, {**read_measures(), "long": LONG})
    )
    assert counted == ["long"]


def test_run_is_counted_anew_after_the_rules_of_counting_changed(run, counted, monkeypatch):
    path = run(*SHARDS)
    monkeypatch.setattr(arrow, "COUNTING_VERSION", 99)
    assert_same(read_table(path), build_table(ALL))
    assert "loaded_spans" in counted


def test_run_without_a_table_is_counted(run):
    assert_same(read_table(run(*SHARDS, tabulated=None)), build_table(ALL))


def test_run_that_is_not_complete_is_counted(run, counted):
    assert_same(read_table(run(*SHARDS, complete=False)), build_table(ALL))
    assert counted


def test_run_is_counted_anew_for_mentions_by_another_list_of_actors(run, counted):
    found = read_table(run(*SHARDS), actors=LISTED)
    assert {name.partition("_")[0] for name in counted} == {"tone", "mentions"}
    assert_same(found, build_table(ALL, actors=LISTED))


def test_run_that_was_annotated_with_a_list_needs_it_no_more(run, counted):
    path = run(*SHARDS, tabulated=functools.partial(tabulate, actors=LISTED))
    assert_same(read_table(path), build_table(ALL, actors=LISTED))
    assert_same(read_table(path, actors=LISTED), build_table(ALL, actors=LISTED))
    assert counted == []


def test_run_whose_table_has_rows_of_other_articles_is_refused(run):
    texts = {"a": "x", "b": "y", "c": "z"}
    path = run(*SHARDS, tabulated=lambda articles: tabulate([make(texts[a.id]) for a in articles]))
    with pytest.raises(InputError, match="not of its articles"):
        read_table(path, {**read_measures(), "long": LONG})


def test_run_with_failures_says_how_many_are_not_counted(run, caplog):
    path = run(*SHARDS, tabulated=None, failures=[Failure("x", "in.jsonl", 3, "no text")])
    assert len(read_table(path)) == 3
    assert "1 articles of" in caplog.text
    assert "failed when annotating" in caplog.text


def test_run_with_a_damaged_article_is_refused(run):
    path = run(*SHARDS, tabulated=None)
    file = path / "articles" / "00001.jsonl"
    record = json.loads(file.read_text(encoding="utf-8"))
    del record["sentences"]
    file.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(InputError, match="mend or remove the record"):
        read_table(path)


def test_folder_that_is_no_run_is_refused(tmp_path):
    with pytest.raises(InputError, match="no folder of a run"):
        read_table(tmp_path)


@st.composite
def annotated_articles(draw, name):
    """Articles on one text, with any spans, attributions and labels in it."""
    places = st.sampled_from([extent(TEXT, words) for words in WORDS])
    labels = st.lists(st.sampled_from(["loaded_language", "attribution", "urgent"]), unique=True)
    spans = st.builds(
        lambda place, label, voice: span(
            TEXT, place.of(TEXT), label, "wording" if label in technique_ids("wording") else "technique", voice=voice
        ),
        places,
        st.sampled_from([*technique_ids(), "smear"]),
        st.sampled_from(["author", "direct", "indirect", "scare_quote"]),
    )
    said = st.builds(
        lambda source, content, kind: attribution(TEXT, "q1", source, None, content, source_type=kind),
        st.one_of(st.none(), places),
        places,
        st.sampled_from(SOURCE_TYPES),
    )
    return article(
        TEXT,
        name,
        sentences=sentences(TEXT, {i: draw(labels) for i in range(3)}),
        spans=tuple(draw(st.lists(spans, max_size=4))),
        attributions=tuple(draw(st.lists(said, max_size=3))),
    )


@given(st.data())
@settings(max_examples=20)
def test_any_articles_keep_the_laws_of_counting(data):
    articles = [data.draw(annotated_articles(f"a{i}")) for i in range(data.draw(st.integers(1, 3)))]
    whole = build_table(articles)
    assert_same(join_tables([build_table([a]) for a in articles]), whole)
    for name, measure in whole.measures.items():
        above, below = whole.numerators[name], whole.denominators[name]
        assert (np.isnan(above) == np.isnan(below)).all()
        if measure.unit == "share":
            assert ((0 <= above) & (above <= below))[~np.isnan(below)].all(), name
    voices = sum(whole.numerators[f"loaded_spans_{voice}"] for voice in ("own", "indirect", "direct"))
    np.testing.assert_array_equal(voices, whole.numerators["loaded_spans"])
