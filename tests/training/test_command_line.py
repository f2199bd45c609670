import os
import subprocess
import sys

import pytest

from training import __main__ as command

pytest.importorskip("torch")
pytest.importorskip("transformers")

RECIPE = """
name: mini
version: "1"
encoder: no/encoder
taggers: []
sentence_labels: []
span_heads: {}
corpora: {%s: {}}
"""


def call(checkout, *arguments):
    """Run the program as a user does; a process that started itself again for ever would not end."""
    environment = {name: value for name, value in os.environ.items() if name not in command.ALLOCATOR}
    line = [sys.executable, "-W", "error", "-m", "training", *map(str, arguments)]
    return subprocess.run(line, cwd=checkout, env=environment, capture_output=True, text=True, timeout=300)


def answer(monkeypatch, capsys, *arguments):
    """Return the exit code of the program in this process, and what it says."""
    monkeypatch.setattr(sys, "argv", ["training", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        command.main()
    return ended.value.code, capsys.readouterr()


def test_help_names_the_commands(checkout):
    done = call(checkout, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    for name in ("run", "finish"):
        assert f" {name} " in done.stdout


def test_bad_recipe_is_one_line_and_exit_code_3(checkout, tmp_path):
    recipe = tmp_path / "bad.yaml"
    recipe.write_text(RECIPE % "ptc" + "sed: 4\n", encoding="utf-8")
    done = call(checkout, "run", recipe)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == f"error: recipe {recipe}: unknown key 'sed'; did you mean 'seed'?\n"


@pytest.mark.parametrize("name", ["run", "finish"])
def test_missing_recipe_is_one_line_and_exit_code_3(name, tmp_path, monkeypatch, capsys):
    code, said = answer(monkeypatch, capsys, name, tmp_path / "none.yaml")
    assert (code, said.out) == (3, "")
    assert said.err.startswith(f"error: recipe {tmp_path / 'none.yaml'} cannot be read: ")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("name", ["run", "finish"])
@pytest.mark.parametrize(("corpus", "words"), [("ptcs", "unknown corpus 'ptcs'"), ("ptc", "no corpora at")])
def test_unusable_corpus_is_one_line_and_exit_code_3(name, corpus, words, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RHETORIC_DATA", str(tmp_path / "nowhere"))
    (tmp_path / "mini.yaml").write_text(RECIPE % corpus, encoding="utf-8")
    code, said = answer(monkeypatch, capsys, name, tmp_path / "mini.yaml")
    assert (code, said.out) == (3, "")
    assert said.err.startswith(f"error: {words}")
    assert said.err.count("\n") == 1


@pytest.fixture
def restarts(monkeypatch):
    """The restarts that would have been made, of a process that was called with an option of the interpreter."""
    made = []
    monkeypatch.setattr(command.os, "environ", {"PATH": "somewhere"})
    monkeypatch.setattr(command.os, "execv", lambda *call: made.append(call))
    monkeypatch.setattr(command.platform, "libc_ver", lambda: ("glibc", "2.36"))
    monkeypatch.setattr(command.sys, "orig_argv", ["python", "-X", "dev", "-m", "training", "run", "x.yaml"])
    return made


def test_restart_is_made_once_and_as_it_was_called(restarts):
    command._keep_memory()
    assert restarts == [(sys.executable, [sys.executable, "-X", "dev", "-m", "training", "run", "x.yaml"])]
    assert command.os.environ.items() >= command.ALLOCATOR.items()
    command._keep_memory()
    assert len(restarts) == 1


def test_restart_keeps_a_setting_of_the_user(restarts):
    first, *others = command.ALLOCATOR
    command.os.environ[first] = "4096"
    command._keep_memory()
    assert len(restarts) == 1
    assert command.os.environ[first] == "4096"
    assert command.os.environ.keys() >= set(others)


def test_restart_is_for_the_library_that_reads_the_settings(restarts, monkeypatch):
    monkeypatch.setattr(command.platform, "libc_ver", lambda: ("", ""))
    command._keep_memory()
    assert not restarts
    assert not command.os.environ.keys() & command.ALLOCATOR.keys()
