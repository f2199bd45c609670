"""From what was annotated to a comparison: copies are left out, stories matched, gold of another run refused."""

import json
from dataclasses import replace

import pytest
from pyarrow import parquet

from rhetoric.corpus.duplicates import DUPLICATES_FILE, Duplicate, write_duplicates
from rhetoric.corpus.manifest import Counts, Manifest, ModelFiles, ShardEntry
from rhetoric.corpus.storage import RunFolder, write_whole
from rhetoric.errors import InputError
from rhetoric.formats import to_record
from rhetoric.framing.comparing import CompareRequest, compare_annotations
from rhetoric.framing.measures.table import build_table, to_arrow
from rhetoric.framing.question import Question
from tests.framing.audit_data import World

LOADED = Question(measures=("loaded_sentences",))
PLACES = ("harbour", "orchard", "glacier", "vineyard", "quarry", "lighthouse", "meadow", "canyon", "lagoon", "forest")
PEOPLE = ("Ada Brandt", "Milo Kerr", "Ines Vara", "Tomas Hale", "Lea Novak", "Ivo Marsh")


@pytest.fixture(scope="module")
def world():
    """Articles of two outlets; of each, the first 20 tell an event that the other one tells too."""
    made = World({"Echo": 30, "Post": 24}, seed=3)
    articles = []
    for number, article in enumerate(made.articles):
        i = number if number < 30 else number - 30
        shared = i < 20
        place, person = PLACES[i % 10], PEOPLE[i % 6]
        event = f" {person} opened the {place} of {PEOPLE[i % 5]} after {i} years of {PLACES[i // 2 % 10]} works."
        own = f" A {place} {number * 7919} nobody else {number * 104729} wrote of {chr(65 + i % 26)}quel{number}."
        day = (
            f"2025-{1 + i // 5:02}-{1 + 5 * (i % 5):02}"
            if shared
            else f"2024-{1 + number % 12:02}-{1 + number % 27:02}"
        )
        text = article.text.rstrip() + (event * 4 if shared else own * 4)
        last = replace(article.sentences[-1], end=len(text))
        articles.append(
            replace(article, text=text, sentences=(*article.sentences[:-1], last), meta={**article.meta, "date": day})
        )
    made.articles = articles
    return made


def test_same_story_compares_matched_articles_and_tells_the_unmatched_share(world, tmp_path):
    run = world.write(tmp_path / "run.jsonl")
    found = compare_annotations(CompareRequest(run, LOADED, is_same_story=True))
    assert found.groups == {"Echo": 20, "Post": 20}
    (note,) = [n for n in found.notes if "no other group reports" in n]
    assert note.endswith("(Echo 33 %, Post 17 %)")
    (row,) = found.of("loaded_sentences", "story")
    assert row.n_articles == 40
    assert 15 < row.df < 20  # 20 events


def test_same_story_without_dates_is_refused(tmp_path):
    run = World({"Echo": 12, "Post": 12}).write(tmp_path / "run.jsonl")
    undated = [json.loads(line) for line in run.read_text().splitlines()]
    for record in undated:
        record["meta"]["date"] = "a Monday"
    run.write_text("".join(json.dumps(record) + "\n" for record in undated))
    with pytest.raises(InputError, match="no article has an ISO date in the field 'date'"):
        compare_annotations(CompareRequest(run, LOADED, is_same_story=True))


def test_same_story_tells_how_many_articles_have_no_date(world, tmp_path):
    run = world.write(tmp_path / "run.jsonl")
    records = [json.loads(line) for line in run.read_text().splitlines()]
    for record in records[-3:]:
        del record["meta"]["date"]
    run.write_text("".join(json.dumps(record) + "\n" for record in records))
    found = compare_annotations(CompareRequest(run, LOADED, is_same_story=True))
    assert "3 of 54 articles have no ISO date and are matched with none" in found.notes


def test_same_story_where_no_two_outlets_report_one_event_is_refused(tmp_path):
    world = World({"Echo": 12, "Post": 12})
    world.articles = [replace(a, meta={**a.meta, "date": f"20{10 + i}-01-01"}) for i, a in enumerate(world.articles)]
    with pytest.raises(InputError, match="no event is reported by two groups within three days"):
        compare_annotations(CompareRequest(world.write(tmp_path / "run.jsonl"), LOADED, is_same_story=True))


def write_run(articles, folder):
    """Write a run of annotated articles, in one shard, with its table of measures."""
    text = "".join(json.dumps(to_record(a)) + "\n" for a in articles).encode()
    files = {"articles/0.jsonl": "", "measures/0.parquet": ""}
    n = len(articles)
    write_whole(folder / "articles" / "0.jsonl", [text])
    (folder / "measures").mkdir()
    parquet.write_table(to_arrow(build_table(articles)), folder / "measures" / "0.parquet")
    manifest = Manifest(
        inputs=(),
        model=ModelFiles(name="invented", version="1", sha256=""),
        versions={},
        config={},
        shard_size=n,
        shards=(ShardEntry(index=0, n_articles=n, n_failed=0, files=files),),
        counts=Counts(items=n, articles=n, failed=0),
        complete=True,
    )
    RunFolder(folder).begin(manifest)
    return folder


def test_a_run_whose_copies_were_not_looked_for_says_so(world, tmp_path):
    file, folder = world.write(tmp_path / "run.jsonl"), write_run(world.articles, tmp_path / "run")
    found = compare_annotations(CompareRequest(folder, LOADED))
    assert any(note.startswith("copies were not looked for") for note in found.notes)
    assert not any("copies" in note for note in compare_annotations(CompareRequest(file, LOADED)).notes)
    assert not any("copies" in n for n in compare_annotations(CompareRequest(folder, LOADED, copies="keep")).notes)


def levels(found):
    return {row.contrast: (row.estimate, row.n_articles) for row in found.of("loaded_sentences", "level")}


def test_copies_are_left_out_or_share_the_weight_of_one_or_stay(world, tmp_path):
    first = [a for a in world.articles if a.meta["outlet"] == "Echo"][:5]
    copies = [replace(a, id=f"{a.id}-again-{i}") for a in first for i in range(3)]
    folder = write_run([*world.articles, *copies], tmp_path / "run")
    known = {a.id: Duplicate(a.id, None) for a in world.articles}
    known |= {a.id: Duplicate(a.id.partition("-again-")[0], a.id.partition("-again-")[0]) for a in copies}
    write_duplicates(known, folder / DUPLICATES_FILE)
    alone = levels(compare_annotations(CompareRequest(world.write(tmp_path / "run.jsonl"), LOADED)))
    dropped = compare_annotations(CompareRequest(folder, LOADED))
    weighted = compare_annotations(CompareRequest(folder, LOADED, copies="weight"))
    kept = compare_annotations(CompareRequest(folder, LOADED, copies="keep"))
    assert levels(dropped) == alone
    assert "15 of 69 articles repeat another in most of their words and are left out" in dropped.notes
    assert (
        "15 of 69 articles repeat another in most of their words and share the weight of one with it" in weighted.notes
    )
    assert levels(weighted)["Echo"] == (pytest.approx(alone["Echo"][0]), 45)
    assert levels(weighted)["Post"] == alone["Post"]
    assert levels(kept)["Echo"][0] != pytest.approx(alone["Echo"][0], abs=1e-6)
