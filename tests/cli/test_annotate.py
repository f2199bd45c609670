"""`rhetoric annotate`: what comes out, and the exit code and the one line for everything that can be wrong."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from rhetoric.annotation import Article
from rhetoric.formats import read_inputs

GOOD = '{"id": "a", "text": "The tyrant fled.", "outlet": "The Echo"}\n'


def records(data):
    return [json.loads(line) for line in data.splitlines()]


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "good.jsonl"
    path.write_text(GOOD)
    return path


def test_annotate_writes_jsonl_to_stdout_and_nothing_to_stderr(rhetoric, good):
    result = rhetoric("annotate", good)
    assert (result.code, result.err) == (0, [])
    (record,) = records(result.out)
    assert record["meta"] == {"outlet": "The Echo"}
    assert record["text"][record["spans"][0]["start"] : record["spans"][0]["end"]] == "tyrant"


def test_annotate_writes_a_file_and_says_so(rhetoric, good, tmp_path):
    result = rhetoric("annotate", good, "-o", tmp_path / "out.jsonl")
    assert (result.code, result.out) == (0, b"")
    assert result.err == [f"1 article → {tmp_path / 'out.jsonl'}"]
    assert [r["id"] for r in records((tmp_path / "out.jsonl").read_bytes())] == ["a"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["good.jsonl", "out.jsonl"]


def test_annotate_quiet_says_nothing(rhetoric, good, tmp_path):
    assert rhetoric("annotate", good, "-o", tmp_path / "out.jsonl", "--quiet").err == []


def test_annotate_reads_folders_text_and_stdin_at_once(rhetoric, good, tmp_path):
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "b.txt").write_text("It rained.")
    result = rhetoric("annotate", good, folder, "-", stdin=b'{"id": "c", "text": "It snowed."}')
    assert [r["id"] for r in records(result.out)] == ["a", "sub/b", "c"]


def test_annotate_reads_text_on_stdin(rhetoric):
    result = rhetoric("annotate", "-", "--input-format", "txt", stdin="\ufeffé\r\n".encode())
    assert [(r["id"], r["text"]) for r in records(result.out)] == [("stdin", "\ufeffé\r\n")]


def test_annotate_writes_a_page(rhetoric, good, tmp_path):
    assert rhetoric("annotate", good, "-o", tmp_path / "page.html").code == 0
    assert '<span class="m wording name_calling' in (tmp_path / "page.html").read_text()


def test_annotate_format_wins_over_the_suffix(rhetoric, good, tmp_path):
    assert rhetoric("annotate", good, "-o", tmp_path / "page.txt", "--format", "html").code == 0
    assert (tmp_path / "page.txt").read_text().startswith("<!DOCTYPE html>")


def test_annotate_a_blank_text_is_a_warning(rhetoric, tmp_path):
    (tmp_path / "blank.txt").write_text(" \n")
    result = rhetoric("annotate", tmp_path / "blank.txt")
    assert result.code == 0
    assert result.err == ["rhetoric: warning: article 'blank' is blank: it has no sentences"]
    assert records(result.out)[0]["sentences"] == []


BAD_LINES = {
    "broken JSON line": '{"id": "b", "text"',
    "missing field": '{"id": "b"}',
    "wrong type": '{"id": 3, "text": "x"}',
    "id given twice": '{"id": "a", "text": "x"}',
    "target outside": '{"id": "b", "text": "x", "targets": [{"start": 0, "end": 5}]}',
    "not read in full": '{"id": "b", "text": "UNCOVERED"}',
}


@pytest.mark.parametrize("line", BAD_LINES.values(), ids=BAD_LINES)
def test_annotate_some_failed(rhetoric, tmp_path, line):
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    path.write_text(f'{GOOD}{line}\n{{"id": "c", "text": "It rained."}}\n')
    result = rhetoric("annotate", path, "-o", out)
    assert result.code == 4
    assert [r["id"] for r in records(out.read_bytes())] == ["a", "c"]
    errors = tmp_path / "out.jsonl.errors.jsonl"
    (failure,) = records(errors.read_bytes())
    assert list(failure) == ["id", "source", "line", "reason"]
    assert failure["reason"]
    assert result.err[0] == f"rhetoric: 1 of 3 articles failed: the reasons are in {errors}"


@pytest.mark.parametrize("line", BAD_LINES.values(), ids=BAD_LINES)
def test_annotate_some_failed_on_stdout(rhetoric, tmp_path, line):
    path = tmp_path / "in.jsonl"
    path.write_text(f"{GOOD}{line}\n")
    result = rhetoric("annotate", path)
    assert result.code == 4
    assert [r["id"] for r in records(result.out)] == ["a"]
    assert len(result.err) == 2
    assert result.err[0].startswith("rhetoric: failed: ")


def test_annotate_removes_the_failures_of_the_run_before(rhetoric, good, tmp_path):
    errors = tmp_path / "out.jsonl.errors.jsonl"
    errors.write_text("old")
    assert rhetoric("annotate", good, "-o", tmp_path / "out.jsonl").code == 0
    assert not errors.exists()


UNUSABLE = {
    "no record at all": ("in.jsonl", lambda p: p.write_text("\n"), "no article found"),
    "empty folder": ("in", lambda p: p.mkdir(), "holds no .txt"),
    "binary": ("in.txt", lambda p: p.write_bytes(b"\x7fELF\0"), "binary"),
    "not UTF-8": ("in.txt", lambda p: p.write_bytes(b"caf\xe9"), "not UTF-8"),
    "broken JSON": ("in.jsonl", lambda p: p.write_text("{"), "not JSON"),
    "missing field": ("in.jsonl", lambda p: p.write_text('{"id": "a"}'), "'text' is missing"),
    "wrong type": ("in.jsonl", lambda p: p.write_text('{"id": "a", "text": 1}'), "'text' is a number"),
    "missing file": ("in.txt", lambda p: None, "No such file"),
    "folder with a suffix": ("in.txt", lambda p: p.mkdir(), "holds no .txt"),
    "dangling link": ("in.jsonl", lambda p: p.symlink_to("nowhere"), "No such file"),
    "unknown suffix": ("in.doc", lambda p: p.write_text("x"), "suffix '.doc' is not known"),
    "all uncovered": ("in.txt", lambda p: p.write_text("UNCOVERED"), "only half"),
}


@pytest.mark.parametrize(("name", "make", "reason"), UNUSABLE.values(), ids=UNUSABLE)
def test_annotate_nothing_could_be_read(rhetoric, tmp_path, name, make, reason):
    make(tmp_path / name)
    out = tmp_path / "out.jsonl"
    result = rhetoric("annotate", tmp_path / name, "-o", out)
    assert result.code == 3
    assert reason in result.err[-1]
    assert all(line.startswith("rhetoric: ") for line in result.err)
    assert not out.exists()


USAGE = {
    "unknown option": ["annotate", "x", "--frobnicate"],
    "unknown format": ["annotate", "x", "--format", "pdf"],
    "unknown input format": ["annotate", "x", "--input-format", "doc"],
    "unknown backend": ["annotate", "x", "--backend", "abacus"],
    "unknown command": ["anotate", "x"],
    "no input": ["annotate"],
    "option without value": ["annotate", "x", "-o"],
    "unknown suffix": ["annotate", "x", "-o", "out.pdf"],
    "no such folder": ["annotate", "x", "-o", "no/such/folder/out.jsonl"],
    "a folder": ["annotate", "x", "-o", ".", "--format", "jsonl"],
}


@pytest.mark.parametrize("arguments", USAGE.values(), ids=USAGE)
def test_usage_errors_are_one_line(rhetoric, arguments):
    result = rhetoric(*arguments)
    assert (result.code, result.out) == (2, b"")
    assert len(result.err) == 1
    assert result.err[0].startswith("rhetoric: ")


@pytest.mark.parametrize(
    ("option", "value", "expected"), [("--model", "huge", "no model"), ("--thresholds", "x", "expected default, ptc")]
)
def test_annotate_unknown_model_or_thresholds(rhetoric, good, option, value, expected):
    result = rhetoric("annotate", good, option, value)
    assert result.code == 3
    assert len(result.err) == 1
    assert expected in result.err[0]


@pytest.mark.parametrize("name", ["out.jsonl", "out.html"])
def test_annotate_interrupted_keeps_the_work_so_far(rhetoric, tmp_path, name):
    path = tmp_path / "in.jsonl"
    path.write_text(f'{GOOD}{{"id": "b"}}\n{{"id": "c", "text": "INTERRUPT"}}\n')
    result = rhetoric("annotate", path, "-o", tmp_path / name)
    assert result.code == 130
    assert len(result.err) == 1
    assert "The " in (tmp_path / name).read_text()
    assert len(records((tmp_path / f"{name}.errors.jsonl").read_bytes())) == 1


def test_an_unexpected_error_is_one_line(rhetoric, tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("BUG")
    monkeypatch.delenv("RHETORIC_DEBUG", raising=False)
    result = rhetoric("annotate", tmp_path / "a.txt")
    assert result.code == 1
    assert len(result.err) == 1
    assert "ZeroDivisionError: two lines; please report" in result.err[0]


def test_an_unexpected_error_shows_a_traceback_when_asked(rhetoric, tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("BUG")
    monkeypatch.setenv("RHETORIC_DEBUG", "1")
    result = rhetoric("annotate", tmp_path / "a.txt")
    assert result.code == 1
    assert result.err[0].startswith("Traceback")


def test_annotate_the_examples_with_the_shipped_model(shipped_model, checkout, tmp_path):
    command = [sys.executable, "-m", "rhetoric", "annotate", checkout / "examples", "-o", tmp_path / "out.jsonl"]
    result = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=300, cwd=checkout)
    assert result.returncode == 0, result.stderr
    found = records((tmp_path / "out.jsonl").read_bytes())
    assert len(found) == sum(isinstance(item, Article) for item in read_inputs([checkout / "examples"]))
    assert all(record["coverage"] == 1.0 for record in found)
    loaded = {
        r["id"]: sum("loaded_language" in s["labels"] for s in r["sentences"]) / len(r["sentences"]) for r in found
    }
    assert loaded["harbour-fire"] < loaded["one-river"]


def test_ctrl_c_in_a_process_exits_130(checkout, tmp_path):
    """A process that waits for its input is interrupted as a terminal would."""
    program = (
        "import signal, sys, types; from tests.cli.conftest import FakeAnnotator, Lists;"
        # A job in the background inherits that the signal is ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler);"
        "sys.modules['rhetoric.pipeline'] = types.SimpleNamespace(Annotator=FakeAnnotator, Lists=Lists);"
        "from rhetoric.cli.app import main; sys.exit(main())"
    )
    out = tmp_path / "out.jsonl"
    command = [sys.executable, "-c", program, "annotate", "-", "-o", str(out)]
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=checkout, env=environment
    ) as process:
        process.stdin.write(GOOD.encode())
        process.stdin.flush()
        deadline = time.monotonic() + 200
        while not any(p.stat().st_size for p in tmp_path.glob(".out.jsonl.*")) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=200)
    assert process.returncode == 130
    assert err.decode() == "rhetoric: interrupted: what was done so far is kept\n"
    assert [r["id"] for r in records(out.read_bytes())] == ["a"]
