"""`rhetoric train` and `rhetoric evaluate`: what they print and write, and what becomes of broken input."""

import json
import signal
import zipfile
from contextlib import contextmanager

import pytest

from tests.training.coded_texts import rows, write_csv, write_jsonl


@pytest.fixture(autouse=True)
def fake_annotator():
    """The real annotator is wanted here."""


@pytest.fixture
def data(tmp_path):
    return write_csv(tmp_path / "data.csv", rows(80))


def test_train_prints_scores_and_writes_a_model(rhetoric, tiny_model, data, tmp_path):
    result = rhetoric("train", "--data", data, "-o", tmp_path / "mine", "--model", tiny_model, "--seeds", "2")
    assert result.code == 0, result.err
    head, _, smear, macro = result.out.decode().splitlines()
    assert head.startswith("| label | texts | precision")
    assert smear.startswith("| smear |")
    assert macro.startswith("| macro |")
    assert result.err == [
        "method frozen: 80 coded texts; fine-tuning begins to pay from about 2,000",
        f"{64} texts → {tmp_path / 'mine'} (how sure that is: {tmp_path / 'mine' / 'README.md'})",
        f"next: rhetoric annotate ARTICLES --model {tmp_path / 'mine'} -o annotated.jsonl",
    ]
    assert (tmp_path / "mine" / "README.md").is_file()
    annotated = rhetoric("annotate", "-", "--input-format", "txt", "--model", tmp_path / "mine", stdin=b"A zzz liar.")
    assert "smear" in json.loads(annotated.out)["sentences"][0]["scores"]


def test_train_takes_a_recipe(rhetoric, tiny_model, data, tmp_path):
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(f"data: [{data}]\nbase: {tiny_model}\nname: smears\nn_seeds: 1\n")
    assert rhetoric("train", recipe, "-o", tmp_path / "mine", "-q").code == 0
    assert json.loads((tmp_path / "mine" / "config.json").read_text())["added"][0]["name"] == "smears"


FAST = "{epochs: 2, encoder_rate: 0.001, head_rate: 0.01, batch_tokens: 512, rehearsal: 0.0}"


@pytest.fixture
def full_recipe(tiny_model, data, tmp_path):
    path = tmp_path / "full.yaml"
    path.write_text(f"data: [{data}]\nbase: {tiny_model}\nn_seeds: 1\nmethod: full\nfine_tuning: {FAST}\n")
    return path


def test_train_fine_tunes_and_keeps_what_there_was_at_ctrl_c(rhetoric, full_recipe, tmp_path, monkeypatch):
    @contextmanager
    def pressing(quiet, noun, total=None):
        n = 0

        def advance():
            nonlocal n
            n += 1
            if (noun, n) == ("steps", 2):
                signal.raise_signal(signal.SIGINT)

        yield advance

    with monkeypatch.context() as patched:
        patched.setattr("rhetoric.cli.train.progress", pressing)
        result = rhetoric("train", full_recipe, "-o", tmp_path / "mine")
    assert result.code == 130
    assert result.err[0] == "method full: as asked for"
    assert result.err[-1] == f"rhetoric: interrupted: {tmp_path / 'mine'} is the best so far; go on with --resume"
    assert "**Training was interrupted.**" in (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")
    refused = rhetoric("train", full_recipe, "-o", tmp_path / "mine", "-q")
    assert (refused.code, len(refused.err)) == (2, 1)
    result = rhetoric("train", full_recipe, "-o", tmp_path / "mine", "--resume", "-q")
    assert (result.code, result.err) == (0, [])
    assert result.out.decode().splitlines()[2].startswith("| smear |")
    assert not (tmp_path / "mine.work").exists()


def test_train_has_nothing_to_resume_where_the_encoder_is_frozen(rhetoric, tiny_model, data, tmp_path):
    result = rhetoric("train", "--data", data, "-o", tmp_path / "mine", "--model", tiny_model, "--resume")
    assert_refused(result, tmp_path)
    assert "a frozen head takes seconds" in result.err[0]


def test_train_learns_stretches(rhetoric, tiny_model, tmp_path):
    records = []
    for row in rows(60):
        at = row["text"].find("zzz")
        spans = [{"start": at, "end": at + 3, "label": "zed"}] if at >= 0 else []
        records.append({"id": row["id"], "text": row["text"], "spans": spans})
    data = write_jsonl(tmp_path / "d.jsonl", records)
    result = rhetoric("train", "--data", data, "--unit", "span", "-o", tmp_path / "mine", "--model", tiny_model)
    assert result.code == 0, result.err
    assert [line.split("|")[1].strip() for line in result.out.decode().splitlines()[2:]] == ["zed"] * 3
    found = rhetoric("evaluate", "--model", tmp_path / "mine", "--data", data, "--coding", "spans", "-q")
    assert found.code == 0, found.err
    assert (tmp_path / "mine" / "README.md").is_file()


def test_train_lists_rows_that_it_cannot_use(rhetoric, tiny_model, tmp_path):
    broken = [*rows(80), {"id": "bad", "text": "", "label": "smear"}]
    result = rhetoric(
        "train", "--data", write_csv(tmp_path / "d.csv", broken), "-o", tmp_path / "mine", "--model", tiny_model
    )
    assert result.code == 4
    (failure,) = map(json.loads, (tmp_path / "mine.errors.jsonl").read_text().splitlines())
    assert failure["line"] == 82
    assert "1 rows could not be used" in result.err[0]


def test_evaluate_prints_a_table_and_writes_json_and_a_picture(rhetoric, tiny_model, data, tmp_path):
    rhetoric("train", "--data", data, "-o", tmp_path / "mine", "--model", tiny_model, "-q")
    gold = write_csv(tmp_path / "gold.csv", rows(40, seed=3))
    out, plot = tmp_path / "scores.json", tmp_path / "scores.png"
    result = rhetoric("evaluate", "--model", tmp_path / "mine", "--data", gold, "-o", out, "--plot", plot)
    assert result.code == 0, result.err
    assert result.out.decode().splitlines()[2].startswith("| smear |")
    assert result.err[-1].startswith("signature: metric:labels|version:")
    assert json.loads(out.read_text())["labels"]["n_texts"] == 40
    assert json.loads(out.read_text())["n_learnt"] == 0
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_evaluate_says_where_the_model_learnt_from_the_gold(rhetoric, tiny_model, data, tmp_path):
    rhetoric("train", "--data", data, "-o", tmp_path / "mine", "--model", tiny_model, "-q")
    out = tmp_path / "scores.json"
    result = rhetoric("evaluate", "--model", tmp_path / "mine", "--data", data, "-o", out, "-q")
    n = json.loads(out.read_text())["n_learnt"]
    assert n == 64
    assert (result.code, result.err) == (
        0,
        [f"rhetoric: the model learnt from {n} of these texts: its figures flatter"],
    )


def test_evaluate_scores_spans(rhetoric, tiny_model, tmp_path):
    texts = [
        {"id": str(i), "text": row["text"], "spans": [{"start": 0, "end": 3, "label": "Doubt"}]}
        for i, row in enumerate(rows(12))
    ]
    result = rhetoric(
        "evaluate", "--model", tiny_model, "--data", write_jsonl(tmp_path / "g.jsonl", texts), "--coding", "spans", "-q"
    )
    assert result.code == 0, result.err
    lines = result.out.decode().splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:]] == ["doubt"] * 3 + ["all"] * 3


def test_evaluate_scores_annotations(rhetoric, tiny_model, tmp_path):
    (tmp_path / "a.txt").write_text("“It rains,” Orr said. Vale left.")
    rhetoric("annotate", tmp_path / "a.txt", "-o", tmp_path / "gold.jsonl", "--model", tiny_model)
    result = rhetoric("evaluate", "--model", tiny_model, "--data", tmp_path / "gold.jsonl", "--coding", "annotations")
    assert result.code == 0, result.err
    assert "| link accuracy" in result.out.decode()


def test_evaluate_scores_the_spans_of_annotations(rhetoric, tiny_model, tmp_path):
    text = "The cruel tyrant lied. Vale left."
    (tmp_path / "a.txt").write_text(text)
    gold, out = tmp_path / "gold.jsonl", tmp_path / "scores.json"
    rhetoric("annotate", tmp_path / "a.txt", "-o", gold, "--model", tiny_model)
    record = json.loads(gold.read_text())
    span = {"id": "s1", "start": 4, "end": 16, "label": "name_calling", "layer": "wording", "score": 1.0}
    record["spans"] = [span | {"valence": "negative", "target": None, "voice": "author", "attribution": None}]
    gold.write_text(json.dumps(record) + "\n")
    result = rhetoric("evaluate", "--model", tiny_model, "--data", gold, "--coding", "annotations", "-o", out)
    assert result.code == 0, result.err
    rows = json.loads(out.read_text())["spans"]
    assert [(row["label"], row["measure"], row["support"]) for row in rows] == [
        (label, measure, 1) for label in ("name_calling", "all") for measure in ("exact", "overlap", "ptc")
    ]


def change(index, **fields):
    records = rows(60)
    records[index] |= fields
    return records


def only(label):
    return [{**row, "label": label} for row in rows(60)]


def few(label, n):
    return [{**row, "label": label if i < n else row["label"]} for i, row in enumerate(rows(60))]


CODED = {
    "one class only": only("smear"),
    "no label at all": only(""),
    "two rows": rows(2),
    "no row": [],
    "a label in 3 examples": few("rare", 3),
    "a label of the model": only("attribution"),
    "two texts of one id": change(1, id="t0-0"),
    "mixed codebooks": [{**row, "codebook_version": str(i % 2)} for i, row in enumerate(rows(60))],
    "a text coded twice by nobody": [*rows(60), rows(60)[0]],
}


@pytest.mark.parametrize("case", CODED)
def test_train_refuses_data_from_which_nothing_can_be_learnt(rhetoric, tiny_model, tmp_path, case):
    path = write_csv(tmp_path / "d.csv", CODED[case] or [{"id": "", "text": "", "label": ""}])
    assert_refused(rhetoric("train", "--data", path, "-o", tmp_path / "mine", "--model", tiny_model), tmp_path)


def bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.csv", b"0" * 10_000_000)


FILES = {
    "missing.csv": None,
    "empty.csv": b"",
    "binary.csv": b"\0\1\2\3" * 99,
    "latin.csv": "id,text,label\n1,caf\u00e9,x\n".encode("latin-1"),
    "no_text.csv": b"id,texte,label\n1,x,y\n",
    "no_label.csv": b"id,text,lable\n1,x,y\n",
    "header_only.csv": b"id,text,label\n",
    "nan.csv": b"id,text,label\n1,NaN,x\n2,nan,y\n",
    "ragged.csv": b"id,text,label\n1,x\n",
    "broken.jsonl": b'{"id": 1, "text":\n',
    "list.jsonl": b"[1, 2]\n",
    "numbers.jsonl": b'{"id": "1", "text": 5, "label": "x"}\n',
    "nested.json": b"[" * 100_000,
    "not_labels.json": b'{"a": 1}',
    "model.pkl": b"\x80\x04.",
    "model.pt": b"PK\x03\x04",
    "export.zip": bomb,
    "table.parquet": b"PAR1 no table",
    "notes.docx": b"PK",
}


@pytest.mark.parametrize("name", FILES)
def test_train_refuses_files_that_are_no_coded_texts(rhetoric, tiny_model, tmp_path, name):
    path, content = tmp_path / name, FILES[name]
    if callable(content):
        content(path)
    elif content is not None:
        path.write_bytes(content)
    assert_refused(rhetoric("train", "--data", path, "-o", tmp_path / "mine", "--model", tiny_model), tmp_path)


PICKLE = b"\x80\x04."

OPTIONS = {
    "neither data nor recipe": [],
    "unknown model": ["--data", "DATA", "--model", "nowhere"],
    "a pickle as a model": ["--data", "DATA", "--model", "PICKLE"],
    "pickled weights as an encoder": ["--data", "DATA", "--method", "full", "--encoder", "PICKLED", "-q"],
    "unknown column": ["--data", "DATA", "--text-column", "txt"],
    "unknown unit": ["--data", "DATA", "--unit", "chapter"],
    "unknown format": ["--data", "DATA", "--data-format", "bratt"],
    "a name with spaces": ["--data", "DATA", "--name", "my labels"],
    "no seeds": ["--data", "DATA", "--seeds", "0"],
    "exclusive labels that are not": ["--data", "DATA", "--exclusive"],
    "a field that is not there": ["--data", "DATA", "--group-by", "paper"],
    "a recipe with an unknown key": ["RECIPE"],
    "a recipe that is missing": ["nowhere.yaml"],
    "data in the place of a recipe": ["DATA"],
    "test data that leak": ["--data", "DATA", "--test", "DATA"],
}


@pytest.mark.parametrize("case", OPTIONS)
def test_train_refuses_options_that_make_no_sense(rhetoric, tiny_model, data, tmp_path, case):
    (tmp_path / "recipe.yaml").write_text(f"data: [{data}]\nunitt: sentence\n")
    (tmp_path / "model.pkl").write_bytes(PICKLE)
    (tmp_path / "pickled").mkdir()
    (tmp_path / "pickled" / "config.json").write_text('{"model_type": "bert"}')
    (tmp_path / "pickled" / "pytorch_model.bin").write_bytes(PICKLE)
    replaced = {"DATA": str(data), "RECIPE": str(tmp_path / "recipe.yaml")}
    replaced |= {"PICKLE": str(tmp_path / "model.pkl"), "PICKLED": str(tmp_path / "pickled")}
    arguments = [replaced.get(argument, argument) for argument in OPTIONS[case]]
    model = [] if "--model" in arguments or not arguments or "RECIPE" in OPTIONS[case] else ["--model", tiny_model]
    assert_refused(rhetoric("train", *arguments, "-o", tmp_path / "mine", *model), tmp_path)


EVALUATIONS = {
    "a label that the model does not give": (rows(20), []),
    "spans past the end": (
        [{"id": "a", "text": "Orr.", "spans": [{"start": 0, "end": 99, "label": "doubt"}]}],
        ["--coding", "spans"],
    ),
    "an unknown span label": (
        [{"id": "a", "text": "Orr.", "spans": [{"start": 0, "end": 3, "label": "x"}]}],
        ["--coding", "spans"],
    ),
    "no annotated articles": ([{"id": "a", "text": "Orr."}], ["--coding", "annotations"]),
    "a picture of spans": ([{"id": "a", "text": "Orr.", "spans": []}], ["--coding", "spans", "--plot", "x.png"]),
    "a picture that is none": (rows(20), ["--plot", "scores.doc"]),
}


@pytest.mark.parametrize("case", EVALUATIONS)
def test_evaluate_refuses_gold_that_does_not_fit(rhetoric, tiny_model, tmp_path, case):
    records, options = EVALUATIONS[case]
    path = write_jsonl(tmp_path / "gold.jsonl", records)
    assert_refused(rhetoric("evaluate", "--model", tiny_model, "--data", path, *options), tmp_path)


def assert_refused(result, folder):
    assert result.code in (2, 3), result.err
    assert result.out == b""
    lines = [line for line in result.err if not line.startswith("rhetoric: failed:")]
    assert len(lines) == 1, result.err
    assert "Traceback" not in lines[0]
    assert not (folder / "mine").exists()


def test_train_tells_where_data_belong(rhetoric, data):
    result = rhetoric("train", data)
    assert result.err == [
        f"rhetoric: recipe {data} holds no keys: expected a recipe (YAML); a file of coded texts follows --data"
    ]
