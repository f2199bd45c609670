"""From codes to gold, by way of the files that coders give back."""

import json

import numpy as np
import pytest

from rhetoric.errors import InputError
from rhetoric.formats import dump_line, to_record
from rhetoric.formats.training_texts import write_training_texts
from rhetoric.framing.audit.auditing import EstimateRequest, estimate_audit, write_result
from rhetoric.framing.audit.code_files import CodeFiles
from rhetoric.framing.audit.design import read_design
from rhetoric.framing.audit.gold_file import read_gold
from rhetoric.framing.audit.sampling import AuditRequest, plan_audit, write_audit
from rhetoric.framing.measures.table import read_table
from tests.framing.audit_data import LOADED, World, code_csv, code_spans, read_csv, write_csv

SIZES = {"Echo": 30, "Post": 24}
SENSITIVITY = {"Echo": 0.9, "Post": 0.4}


@pytest.fixture(scope="module")
def world():
    return World(SIZES, sensitivity=SENSITIVITY, prevalence=0.35)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, world):
    """A run, and two audits of it: of articles and of sentences."""
    folder = tmp_path_factory.mktemp("audits")
    run = world.write(folder / "run.jsonl")
    for unit in ("article", "sentence"):
        request = AuditRequest(
            run, "loaded_sentences", n=20, unit=unit, sentences_per_article=6, codebook_version="1.0"
        )
        write_audit(folder / unit, plan_audit(request))
    return folder


def estimate(folder, unit, *paths, measures=(), **settings):
    files = CodeFiles(list(paths), **{k: settings.pop(k) for k in ("kind",) if k in settings})
    return estimate_audit(EstimateRequest(folder / unit, folder / "run.jsonl", files, measures, **settings))


@pytest.mark.parametrize("unit", ["article", "sentence"])
def test_codes_give_gold_and_the_errors_of_the_model(folder, tmp_path, world, unit):
    ann = code_csv(folder / unit / "to_code.csv", tmp_path / "ann.csv")
    ben = code_csv(folder / unit / "to_code_second.csv", tmp_path / "ben.csv", coder="ben")
    found = estimate(folder, unit, ann, ben)
    assert found.agreement[0].value == 1.0
    assert (found.failures, found.version) == ((), "1.0")
    assert found.n_coded == len(found.design.units)
    (diagnosis,) = found.diagnoses
    echo, post = diagnosis.outlets
    assert echo.sensitivity.low < SENSITIVITY["Echo"] < echo.sensitivity.high
    assert post.sensitivity.low < SENSITIVITY["Post"] < post.sensitivity.high
    assert post.sensitivity.high < echo.sensitivity.value
    assert diagnosis.inequality.outlets == ("Echo", "Post")
    assert diagnosis.inequality.difference.value > 0.05
    truth = {name: sum(world.truth[name, i] for i in range(len(a.sentences))) for name, a in world.by_id.items()}
    if unit == "article":
        gold = found.gold.numerators["loaded_sentences"]
        assert {n: g for n, g in zip(found.table.ids, gold, strict=True) if g == g} == {
            n: truth[n] for n in found.design.article_ids
        }


def test_the_result_is_written_beside_the_design(folder, tmp_path):
    found = estimate(folder, "article", code_csv(folder / "article" / "to_code.csv", tmp_path / "ann.csv"))
    write_result(tmp_path, found)
    record = json.loads((tmp_path / "estimate.json").read_text())
    assert record["signature"] == str(found.signature)
    assert record["agreement"][0]["value"] is None
    table = read_table(folder / "run.jsonl")
    again = read_gold(tmp_path, table, "outlet")
    assert np.array_equal(
        again.numerators["loaded_sentences"], found.gold.numerators["loaded_sentences"], equal_nan=True
    )


def test_stretches_tell_sentences_as_well(folder, tmp_path):
    by_label = estimate(folder, "article", code_csv(folder / "article" / "to_code.csv", tmp_path / "ann.csv"))
    spans = code_spans(folder / "article" / "to_code.jsonl", tmp_path / "spans.jsonl")
    found = estimate(folder, "article", spans, measures=("loaded_sentences", "loaded_spans"))
    assert [d.measure for d in found.diagnoses] == ["loaded_sentences", "loaded_spans"]
    for side in ("numerators", "denominators"):
        one, other = (getattr(r.gold, side)["loaded_sentences"] for r in (by_label, found))
        assert np.array_equal(one, other, equal_nan=True)
    assert np.array_equal(
        found.gold.numerators["loaded_spans"], found.gold.numerators["loaded_sentences"], equal_nan=True
    )
    with pytest.raises(InputError, match="asks for voice"):
        estimate(folder, "article", spans, measures=("loaded_spans_own",))


def test_voices_tell_measures_by_voice(folder, tmp_path):
    spans = code_spans(folder / "article" / "to_code.jsonl", tmp_path / "spans.jsonl", label=f"{LOADED}@own")
    labels = code_csv(folder / "sentence" / "to_code.csv", tmp_path / "ann.csv", code=f"{LOADED}@direct")
    own = ("loaded_sentences_own",)
    found = [estimate(folder, unit, path, measures=own) for unit, path in (("article", spans), ("sentence", labels))]
    sums = [
        np.nansum(r.gold.numerators["loaded_sentences_own"] - r.table.numerators["loaded_sentences_own"]) for r in found
    ]
    assert sums[0] > 0
    assert np.nansum(found[1].gold.numerators["loaded_sentences_own"]) < np.nansum(
        found[0].gold.numerators["loaded_sentences_own"]
    )


def test_articles_annotated_by_people_tell_all_measures(folder, tmp_path, world):
    path = tmp_path / "corrected.jsonl"
    design = read_design(folder / "article")
    records = [to_record(world.by_id[unit.article_id]) for unit in design.units]
    path.write_bytes(b"".join(dump_line({**r, "meta": {"coder": "ann", "codebook_version": "1.0"}}) for r in records))
    found = estimate(folder, "article", path, measures=("all",))
    assert {"loaded_sentences", "loaded_spans_own", "attributions_without_source"} < set(found.gold.numerators)
    for name, column in found.gold.numerators.items():
        audited = found.gold.audited
        assert np.array_equal(column[audited], found.table.numerators[name][audited], equal_nan=True)
    assert all(one.error.value == 0 for one in found.diagnoses[0].outlets)


def test_an_adjudicator_decides_and_is_no_coder(folder, tmp_path):
    source = folder / "article" / "to_code_second.csv"
    rest = code_csv(folder / "article" / "to_code.csv", tmp_path / "ann.csv", is_loaded=lambda text: False)
    ben = code_csv(source, tmp_path / "ben.csv", coder="ben", is_loaded=lambda text: True)
    final = code_csv(source, tmp_path / "final.csv", coder="eva")
    found = estimate(folder, "article", rest, ben, final, adjudicator="eva")
    doubled = {u.article_id for u in found.design.units if u.is_double}
    gold = dict(zip(found.table.ids, found.gold.numerators["loaded_sentences"], strict=True))
    assert all((gold[name] > 0) == (name in doubled) for name in found.design.article_ids)
    assert found.agreement[0].n_coders == 2
    assert found.agreement[0].value < 0.1


def test_what_is_not_coded_is_told(folder, tmp_path):
    rows = read_csv(code_csv(folder / "article" / "to_code.csv", tmp_path / "ann.csv"))
    rows[0]["label"] = "NA"
    found = estimate(folder, "article", write_csv(tmp_path / "codes.csv", rows))
    assert found.n_coded == len(found.design.units) - 1
    assert [failure.id for failure in found.failures] == ["u01/1", "u01"]
    assert any(note.startswith("1 of 40 units were not coded") for note in found.notes)
    assert any("to be coded twice were coded by fewer than two" in note for note in found.notes)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda row: row.update(id="u99/1"), "not in the sample"),
        (lambda row: row.update(text=row["text"] + "!"), "is not the one that was given out"),
        (lambda row: row.update(codebook_version="2"), "codebook versions are mixed"),
        (lambda row: row.update(label="loadde_language"), "did you mean 'loaded_language'"),
    ],
)
def test_codes_of_something_else_are_refused(folder, tmp_path, change, told):
    rows = read_csv(code_csv(folder / "article" / "to_code.csv", tmp_path / "ann.csv"))
    change(rows[0])
    with pytest.raises(InputError, match=told):
        estimate(folder, "article", write_csv(tmp_path / "codes.csv", rows))


def test_codes_by_another_codebook_are_refused(folder, tmp_path):
    codes = code_csv(folder / "article" / "to_code.csv", tmp_path / "ann.csv", version="2.0")
    with pytest.raises(InputError, match="by version '2.0' of the codebook: expected '1.0'"):
        estimate(folder, "article", codes)


def test_another_run_is_refused(folder, tmp_path):
    codes = code_csv(folder / "article" / "to_code.csv", tmp_path / "ann.csv")
    other = World({"Echo": 30, "Post": 25}).write(tmp_path / "run.jsonl")
    request = EstimateRequest(folder / "article", other, CodeFiles([codes]))
    with pytest.raises(InputError, match="the gold is no sample of this run: 1 articles"):
        estimate_audit(request)


def test_annotated_articles_do_not_answer_for_sentences(folder, tmp_path, world):
    path = tmp_path / "corrected.jsonl"
    unit = read_design(folder / "sentence").units[0]
    article = world.by_id[unit.article_id]
    text = article.sentences[unit.sentence].of(article.text)
    path.write_bytes(dump_line({**to_record(article), "id": unit.unit, "text": text, "sentences": [], "spans": []}))
    with pytest.raises(InputError, match="expected codes of the sentences"):
        estimate(folder, "sentence", path)


@pytest.mark.parametrize("unit", ["article", "sentence"])
@pytest.mark.parametrize("use", ["training", "suggestion"])
def test_gold_that_the_model_has_seen_is_refused(folder, tmp_path, world, unit, use):
    model = tmp_path / "mine"
    model.mkdir()
    (model / "config.json").write_text("{}")
    one = read_design(folder / unit).units[3]
    article = world.by_id[one.article_id]
    text = article.text if one.sentence is None else article.sentences[one.sentence].of(article.text)
    write_training_texts(model, {use: [(text, [])]})
    codes = code_csv(folder / unit / "to_code.csv", tmp_path / "ann.csv")
    with pytest.raises(InputError, match=rf"1 coded units were used to make the model \({one.unit} \({use}\)\)"):
        estimate(folder, unit, codes, model=model)
