"""The documentation tells the truth: its commands run, its tables are those of the program, its links hold."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer
import yaml

import rhetoric
from rhetoric import taxonomy
from rhetoric.formats import from_record, to_record

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
MODEL = ROOT / "models" / "small" / "config.json"

FENCE = re.compile(
    r"(?:^<!-- (?P<mark>[^\n]*) -->\n)?^```(?P<language>[a-z]+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)
RUNNABLE = ("bash", "python")
MARK = re.compile(r"run|run: model|not run: \S.*|record|layers")
LINK = re.compile(r"\[[^]]*\]\((?P<target>[^)#]+)(?:#[^)]*)?\)")


@dataclass(frozen=True)
class Block:
    """A block of code of a page, and what the comment before it says about running it."""

    page: Path
    language: str
    mark: str
    code: str


def blocks(page: Path) -> Iterator[Block]:
    for match in FENCE.finditer(page.read_text(encoding="utf-8")):
        yield Block(page, match["language"], match["mark"] or "", match["code"])


def one_block(page: str, mark: str) -> str:
    return next(block.code for block in blocks(ROOT / "docs" / page) if block.mark == mark)


def rows(page: str) -> list[list[str]]:
    """Return the cells of all tables of a page; an escaped bar is no border."""
    lines = (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines()
    return [[c.strip() for c in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines if line.startswith("| ")]


def run_block(block: Block, folder: Path, names: dict[str, object]) -> None:
    if block.language == "python":
        exec(compile(block.code, block.page.name, "exec"), names)
        return
    command = ["bash", "-euo", "pipefail", "-c", block.code]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, f"{block.code}\n{done.stdout}\n{done.stderr}"


each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


@each_page
def test_page_says_of_each_block_whether_it_runs(page):
    for block in blocks(page):
        if block.language in RUNNABLE or block.mark:
            assert MARK.fullmatch(block.mark), f"{page.name}: mark this block as run or not:\n{block.code}"


@each_page
def test_page_runs(page, tmp_path, monkeypatch):
    runnable = [b for b in blocks(page) if b.language in RUNNABLE and not b.mark.startswith("not run")]
    ready = [b for b in runnable if MODEL.is_file() or b.mark != "run: model"]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    for name in ("configs", "docs", "examples"):  # pages name files as they lie in a checkout
        (tmp_path / name).symlink_to(ROOT / name)
    names: dict[str, object] = {"__name__": page.stem}
    for block in ready:
        run_block(block, tmp_path, names)
    if len(ready) < len(runnable):
        pytest.skip("models/small is not in the checkout")


@each_page
def test_page_links_to_what_is_there(page):
    targets = [match["target"] for match in LINK.finditer(page.read_text(encoding="utf-8"))]
    assert not [t for t in targets if not t.startswith("https://") and not (page.parent / t).exists()]


def test_pages_are_all_in_the_navigation():
    navigation = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    assert set(re.findall(r"[\w-]+\.md", str(navigation))) == {page.name for page in (ROOT / "docs").glob("*.md")}


@pytest.mark.parametrize("technique", taxonomy.techniques(), ids=lambda technique: technique.id)
def test_concepts_define_each_technique_as_the_seeds_do(technique):
    row = [f"`{technique.id}`", technique.name, f"`{technique.semeval}`", technique.definition, technique.example]
    assert row in rows("concepts.md")


@pytest.mark.parametrize("page", ["concepts.md", "output.md"])
@pytest.mark.parametrize("label", [*taxonomy.SENTENCE_LABELS, *taxonomy.SOURCE_TYPES, *taxonomy.VALENCES])
def test_pages_name_each_label(page, label):
    assert f"`{label}`" in (ROOT / "docs" / page).read_text(encoding="utf-8")


def test_output_example_is_a_record():
    record = json.loads(one_block("output.md", "record"))
    article = from_record(record)
    assert to_record(article) == record
    assert list(to_record(article)) == list(record)
    assert article.attributions[0].source.of(article.text) == "State radio"
    assert article.spans[0].of(article.text) == "tyrant"


def test_output_names_each_field_of_a_record():
    text = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")
    record = json.loads(one_block("output.md", "record"))
    parts = [record, record["sentences"][0], record["spans"][0], record["attributions"][0], record["model"]]
    assert not [name for part in parts for name in part if f"`{name}`" not in text]


def commands() -> dict[str, typer.core.TyperCommand]:
    """Return the commands of the program by name; those of a group with its name before them."""
    from rhetoric.cli.app import app

    found = typer.main.get_command(app).commands
    groups = {name: group.commands for name, group in found.items() if isinstance(group, typer.core.TyperGroup)}
    inner = {f"{name} {inner}": command for name, of_group in groups.items() for inner, command in of_group.items()}
    return {name: command for name, command in found.items() if name not in groups} | inner


def test_cli_page_has_a_section_for_each_command():
    sections = re.findall(
        r"^## `rhetoric ([\w ]+)`$", (ROOT / "docs" / "cli.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sorted(sections) == sorted(commands())


def test_cli_page_tells_of_each_option():
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for name, command in commands().items():
        section = text.split(f"## `rhetoric {name}`")[1].split("\n## ")[0]
        options = {
            option for p in command.params for option in (*p.opts, *p.secondary_opts) if option.startswith("-")
        } - {"--help"}
        told = set(
            re.findall(r"(?<![\w-])--?[a-z][a-z-]*", "\n".join(re.findall(r"^\| `-.*?\|", section, re.MULTILINE)))
        )
        assert told == options, name


def test_cli_page_lists_the_exit_codes_of_errors():
    from rhetoric import errors

    codes = {str(getattr(errors, name).exit_code) for name in errors.__all__} | {"0", "130"}
    assert codes == {row[0] for row in rows("cli.md") if row[0].isdigit()}


def test_commands_have_help():
    for name, command in commands().items():
        assert command.help, name
        assert not [p.name for p in command.params if not getattr(p, "help", None)], name


def test_architecture_page_has_the_tested_order_of_layers():
    from tests.test_architecture import LAYERS

    told = one_block("architecture.md", "layers").strip().split(" > ")
    assert told == [layer for layer in LAYERS if not layer.startswith("__")]


def test_architecture_page_lists_each_part_of_the_package():
    listed = {row[0].strip("`").removeprefix("rhetoric/").rstrip("/") for row in rows("architecture.md")}
    parts = [p.name for p in (ROOT / "rhetoric").iterdir() if p.suffix == ".py" or (p / "__init__.py").is_file()]
    assert not {p for p in parts if not p.startswith("__")} - listed


@each_page
def test_page_names_make_targets_that_exist(page):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    commands = re.findall(r"(?:^|`)make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(commands) <= targets


def test_ci_calls_the_command_that_the_readme_gives_for_testing():
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert "make test" in lines
    assert "make test  " in (ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_tells_scores_that_were_measured(shipped_model):
    scores = json.loads((shipped_model / "metrics.json").read_text(encoding="utf-8"))["scores"]
    measured = {f"| {s['task']} | {s['metric']} | {s['value']:.3f} [{s['low']:.3f}, {s['high']:.3f}] |" for s in scores}
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Scores\n")[2].partition("\n## ")[0]
    told = set(re.findall(r"^\| .*\].*\|$", section, re.MULTILINE))
    assert told, "the README has no scores: run `make figures`"
    assert told <= measured, "the README's scores are of another model: run `make figures`"


def test_citation_is_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == rhetoric.__version__
    assert citation["license"] == "Apache-2.0"
