"""`rhetoric annotate` into the folder of a run, `verify` and `merge`: the command line around whole corpora."""

import json
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from rhetoric.formats import read_annotations
from tests.corpus.stubs import corpus_lines, tree

FAILED = 4


@pytest.fixture
def articles(tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_text("".join(f"{line}\n" for line in corpus_lines()), encoding="utf-8")
    return path


@contextmanager
def interrupted_at(article_id):
    """Interrupt the stand-in for the model from outside: an input that said so would change when it is mended."""
    from rhetoric.pipeline import Annotator

    annotate = Annotator.annotate

    def interrupted(self, article):
        if article.id == article_id:
            raise KeyboardInterrupt
        return annotate(self, article)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Annotator, "annotate", interrupted)
        yield


def ids(path):
    return [json.loads(line)["id"] for line in path.read_bytes().splitlines()]


@pytest.mark.parametrize("out", ["run", "run/", "existing"])
def test_annotate_into_a_folder_is_a_run(rhetoric, articles, tmp_path, monkeypatch, out):
    (tmp_path / "existing").mkdir()
    monkeypatch.chdir(tmp_path)
    result = rhetoric("annotate", articles, "-o", out, "--shard-size", "10")
    folder = tmp_path / out.rstrip("/")
    assert result.code == FAILED
    assert result.err[1:] == [
        f"rhetoric: 3 of 23 articles failed: the reasons are in {out.rstrip('/')}/errors.jsonl",
        f"20 articles → {out.rstrip('/')}",
    ]
    assert sorted(tree(folder)) == [
        "articles/00000.jsonl",
        "articles/00001.jsonl",
        "articles/00002.jsonl",
        "errors.jsonl",
        "errors/00000.jsonl",
        "errors/00001.jsonl",
        "manifest.json",
        "measures/00000.parquet",
        "measures/00001.parquet",
        "measures/00002.parquet",
    ]


def test_annotate_into_a_folder_of_parquet(rhetoric, articles, tmp_path):
    rhetoric("annotate", articles, "-o", tmp_path / "rows", "--format", "parquet")
    rhetoric("annotate", articles, "-o", tmp_path / "lines")
    rows = list(read_annotations(tmp_path / "rows" / "articles" / "00000.parquet"))
    assert rows == list(read_annotations(tmp_path / "lines" / "articles" / "00000.jsonl"))


def test_annotate_into_a_file_of_parquet(rhetoric, articles, tmp_path):
    assert rhetoric("annotate", articles, "-o", tmp_path / "out.parquet").code == FAILED
    assert len(list(read_annotations(tmp_path / "out.parquet"))) == 20
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.jsonl", "out.parquet", "out.parquet.errors.jsonl"]


@pytest.mark.parametrize("out", ["run", "out.jsonl", "out.parquet"])
def test_annotate_without_text(rhetoric, articles, tmp_path, out):
    assert rhetoric("annotate", articles, "-o", tmp_path / out, "--no-text").code == FAILED
    articles.unlink()
    assert not [name for name, data in tree(tmp_path).items() if b"ferry" in data]


@pytest.mark.parametrize("out", ["run", "out.jsonl", "out.html", "out.parquet"])
def test_annotate_interrupted_goes_on_with_resume(rhetoric, articles, tmp_path, out):
    options = ["--shard-size", "4"]
    articles.write_text(articles.read_text().replace('"text": " "', '"text": "It rained."'))
    assert rhetoric("annotate", articles, "-o", tmp_path / f"once-{out}", *options).code == FAILED
    with interrupted_at("a14"):
        result = rhetoric("annotate", articles, "-o", tmp_path / out, *options)
    assert result.code == 130
    assert result.err[-1] == (
        f"rhetoric: interrupted: what was done so far is kept in {tmp_path / out}; --resume goes on"
    )
    assert (tmp_path / out).exists()
    refused = rhetoric("annotate", articles, "-o", tmp_path / out, *options)
    assert refused.code == 2
    assert "holds a run that was interrupted: give --resume" in refused.err[-1]
    result = rhetoric("annotate", articles, "-o", tmp_path / out, *options, "--resume")
    assert result.code == FAILED
    once, twice = tmp_path / f"once-{out}", tmp_path / out
    assert (tree(once) if once.is_dir() else once.read_bytes()) == (
        tree(twice) if twice.is_dir() else twice.read_bytes()
    )
    assert not (tmp_path / f"{out}.run").exists()


def test_annotate_does_not_go_on_with_a_changed_input(rhetoric, articles, tmp_path):
    with interrupted_at("a14"):
        assert rhetoric("annotate", articles, "-o", tmp_path / "run", "--shard-size", "4").code == 130
    articles.write_text(articles.read_text().replace("noon", "dusk"))
    result = rhetoric("annotate", articles, "-o", tmp_path / "run", "--shard-size", "4", "--resume")
    assert result.code == 3
    assert result.err[-1].startswith(f"rhetoric: cannot go on with {tmp_path / 'run'}: input {articles} was ")


@pytest.mark.parametrize("out", ["run", "out.jsonl"])
def test_annotate_where_nothing_could_be_read_fails(rhetoric, tmp_path, out):
    (tmp_path / "in.jsonl").write_text('{"id": "a"}\n{"id": "b"}\n')
    result = rhetoric("annotate", tmp_path / "in.jsonl", "-o", tmp_path / out)
    assert result.code == 3
    assert "no article could be read" in result.err[-1]
    assert "(and 1 more, in " in result.err[-1]
    assert not list(tmp_path.rglob("*.run"))


def test_annotate_standard_input_into_a_run(rhetoric, tmp_path):
    stdin = b'{"id": "a", "text": "It rained."}\n'
    assert rhetoric("annotate", "-", "-o", tmp_path / "run", stdin=stdin).code == 0
    assert ids(tmp_path / "run" / "articles" / "00000.jsonl") == ["a"]


def test_annotate_standard_input_into_a_run_tells_that_it_cannot_go_on(rhetoric, tmp_path):
    stdin = b'{"id": "a", "text": "It rained."}\n{"id": "b", "text": "INTERRUPT"}\n'
    result = rhetoric("annotate", "-", "-o", tmp_path / "run", "--shard-size", "1", stdin=stdin)
    assert result.code == 130
    assert "it cannot go on, as standard input and pipes cannot be read again" in result.err[-1]


def test_annotate_beside_what_it_reads(rhetoric, tmp_path):
    """A file in the folder that is read is written as the articles come; a run is refused there."""
    (tmp_path / "a.txt").write_text("It rained.")
    assert rhetoric("annotate", tmp_path, "-o", tmp_path / "out.jsonl").code == 0
    assert ids(tmp_path / "out.jsonl") == ["a"]
    result = rhetoric("annotate", tmp_path, "-o", tmp_path / "run")
    assert result.code == 2
    assert "which is read" in result.err[-1]


REFUSED = {
    "resume to stdout": ["in.jsonl", "--resume"],
    "workers to stdout": ["in.jsonl", "--workers", "2"],
    "shard of a file": ["in.jsonl", "-o", "out.jsonl", "--shard", "1/2"],
    "resume from stdin": ["-", "-o", "out.jsonl", "--resume"],
    "resume a run from stdin": ["-", "-o", "run", "--resume"],
    "workers from stdin": ["-", "-o", "out.jsonl", "--workers", "2"],
    "resume to a device": ["in.jsonl", "-o", "/dev/null", "--format", "jsonl", "--resume"],
    "ray to stdout": ["in.jsonl", "--engine", "ray"],
    "a cluster without ray": ["in.jsonl", "-o", "run", "--ray-address", "auto"],
    "no such part": ["in.jsonl", "-o", "run", "--shard", "3/2"],
    "no workers": ["in.jsonl", "-o", "run", "--workers", "0"],
    "empty shards": ["in.jsonl", "-o", "run", "--shard-size", "0"],
    "a page in a folder": ["in.jsonl", "-o", "run/", "--format", "html"],
    "a page without text": ["in.jsonl", "-o", "out.html", "--no-text"],
    "parquet to stdout": ["in.jsonl", "--format", "parquet"],
    "no folder for it": ["in.jsonl", "-o", "no/such/run"],
    "other files": ["in.jsonl", "-o", "other"],
}


@pytest.mark.parametrize("arguments", REFUSED.values(), ids=REFUSED)
def test_annotate_refuses_what_no_run_can_be(rhetoric, articles, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.docx").write_text("x")
    before = tree(tmp_path)
    result = rhetoric("annotate", *arguments)
    assert (result.code, result.out, len(result.err)) == (2, b"", 1)
    assert tree(tmp_path) == before


def test_annotate_streams_to_a_device(rhetoric, articles):
    assert rhetoric("annotate", articles, "-o", "/dev/null", "--format", "jsonl").code == FAILED


def test_annotate_reads_columns_of_other_names(rhetoric, tmp_path):
    (tmp_path / "in.csv").write_text("nr;body;paper\n7;It rained.;The Echo\n")
    options = ["--id-column", "nr", "--text-column", "body", "--outlet-column", "paper", "--delimiter", ";"]
    assert rhetoric("annotate", tmp_path / "in.csv", "-o", tmp_path / "run", *options).code == 0
    (article,) = read_annotations(tmp_path / "run" / "articles" / "00000.jsonl")
    assert (article.id, article.text, article.meta) == ("7", "It rained.", {"outlet": "The Echo"})
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_bytes())
    assert manifest["config"]["columns"] == {"id": "nr", "text": "body", "outlet": "paper"}


def test_a_part_without_articles_is_no_failure(rhetoric, tmp_path):
    (tmp_path / "in.jsonl").write_text('{"id": "a", "text": "It rained."}\n')
    result = rhetoric("annotate", tmp_path / "in.jsonl", "-o", tmp_path / "p2", "--shard", "2/2")
    assert (result.code, result.err) == (0, [f"0 articles → {tmp_path / 'p2'}"])


def test_merge_joins_parts(rhetoric, articles, tmp_path):
    options = ["--shard-size", "4"]
    rhetoric("annotate", articles, "-o", tmp_path / "once", *options)
    for i in (1, 2, 3):
        rhetoric("annotate", articles, "-o", tmp_path / f"p{i}", "--shard", f"{i}/3", *options)
    parts = [tmp_path / f"p{i}" for i in (1, 2, 3)]
    result = rhetoric("merge", *parts, "-o", tmp_path / "merged")
    assert (result.code, result.out) == (0, b"")
    assert result.err == [f"20 articles, 3 failures → {tmp_path / 'merged'}"]
    assert tree(tmp_path / "merged") == tree(tmp_path / "once")
    assert rhetoric("merge", *parts[:2], "-o", tmp_path / "other").code == 3
    assert rhetoric("merge", *parts, "-o", tmp_path / "merged").code == 2


@pytest.fixture
def tiny_run(tiny_model, articles, tmp_path):
    """A run of the command in a process of its own, with a model."""

    def run(*arguments):
        command = [sys.executable, "-m", "rhetoric", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=300)

    run.annotate = lambda out, *more: run("annotate", articles, "-o", out, "--model", tiny_model, "-q", *more)
    return run


def test_verify_proves_a_run_and_says_what_is_wrong(rhetoric, tiny_run, articles, tmp_path):
    assert tiny_run.annotate(tmp_path / "run", "--shard-size", "6").returncode == FAILED
    result = rhetoric("verify", tmp_path / "run")
    assert (result.code, result.err) == (0, [])
    assert result.out.decode().splitlines() == [
        "ok      manifest: 4",
        "ok      files as they were written: 10",
        "ok      articles, each read in full: 21",
        "ok      failures: 2",
        "ok      input articles, each accounted for exactly once: 23",
    ]
    articles.write_text(articles.read_text().replace("noon", "dusk"))
    result = rhetoric("verify", tmp_path / "run")
    assert result.code == 5
    assert f"        the input {articles} is not as it was when the run began" in result.out.decode().splitlines()
    assert result.err == [
        f"rhetoric: {tmp_path / 'run'} is not whole: 1 of 5 checks failed; run it again with --resume, or anew"
    ]
    assert rhetoric("verify", tmp_path / "run", "--no-inputs").code == 0
    assert rhetoric("verify", tmp_path).code == 3


def test_workers_write_the_same_bytes(tiny_run, tmp_path):
    assert tiny_run.annotate(tmp_path / "one", "--shard-size", "5").returncode == FAILED
    done = tiny_run.annotate(tmp_path / "two", "--shard-size", "5", "--workers", "2")
    assert done.returncode == FAILED, done.stderr
    assert tree(tmp_path / "two") == tree(tmp_path / "one")


def test_ctrl_c_in_a_run_exits_130_and_says_where_it_is_kept(tiny_model, tmp_path, checkout):
    articles = tmp_path / "in.jsonl"
    lines = (json.dumps({"id": f"a{i}", "text": "The ferry left at noon. " * 80}) for i in range(300))
    articles.write_text("".join(f"{line}\n" for line in lines))
    program = (
        "import signal, sys;"
        # A job in the background inherits that the signal is ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from rhetoric.cli.app import main; sys.exit(main())"
    )
    folder = tmp_path / "run"
    options = ["-o", str(folder), "--model", str(tiny_model), "--shard-size", "1"]
    command = [sys.executable, "-c", program, "annotate", str(articles), *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, cwd=checkout) as process:
        deadline = time.monotonic() + 200
        while not (folder / "journal.jsonl").is_file() and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=200)
    assert process.returncode == 130
    message = f"rhetoric: interrupted: what was done so far is kept in {folder}; --resume goes on\n"
    assert err.decode() == message
