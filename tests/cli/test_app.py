"""The program as a whole: help, version, quick start, closed pipes."""

import subprocess
import sys

import pytest

import rhetoric as package
from rhetoric.cli.app import COMMANDS


def test_no_arguments_show_help(rhetoric):
    result = rhetoric()
    assert result.code == 0
    assert b"Usage: rhetoric" in result.out


def test_version(rhetoric):
    assert rhetoric("--version").out.decode() == f"rhetoric {package.__version__}\n"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.__name__)
def test_every_command_has_help(rhetoric, command):
    result = rhetoric(command.__name__, "--help")
    assert result.code == 0
    assert command.__doc__.splitlines()[0] in " ".join(result.out.decode().split())


def test_help_loads_nothing_heavy():
    program = (
        "import sys; from rhetoric.cli.app import main; main(['annotate', '--help']);"
        "heavy = {'torch', 'numpy', 'jinja2', 'rich', 'pyarrow', 'yaml', 'onnxruntime'};"
        "print(*heavy.intersection(sys.modules), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300)
    assert result.stderr == "\n"


def test_a_reader_that_goes_away_is_no_error(tmp_path, checkout):
    """`rhetoric … | head -1` on more than a pipe holds."""
    from rhetoric.annotation import AnnotatedArticle
    from rhetoric.formats import open_lines, to_record

    path = tmp_path / "in.jsonl"
    with open_lines(path) as write:
        for i in range(50):
            write(to_record(AnnotatedArticle(f"a{i}", "word " * 10_000)))
    command = [sys.executable, "-m", "rhetoric", "convert", str(path), "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=checkout) as process:
        assert process.stdout.readline().startswith(b'{"id": "a0"')
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(300) == 0
    assert err == b""
