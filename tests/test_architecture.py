"""The rules that no linter knows: which way imports point, how large a thing may be, what loads what."""

import ast
import io
import math
import re
import subprocess
import sys
import time
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "rhetoric"
LAYERS = (
    *("__main__", "cli", "__init__", "training", "report", "framing", "corpus", "pipeline", "sources", "decoding"),
    *("runtime", "modeling", "alignment", "segmentation", "formats", "metrics", "taxonomy", "annotation"),
    *("resources", "settings", "errors"),
)
"""Each may import only what stands to its right; `__init__` is the face of the library, which only the program uses."""

HEAVY = {
    "accelerate",
    "datasets",
    "matplotlib",
    "onnx",
    "onnxruntime",
    "pandas",
    "ray",
    "sklearn",
    "torch",
    "transformers",
}
MAX_MODULE_LINES = 400
MAX_FUNCTION_CODE = 50
MAX_NESTING = 3
MAX_HELP_SECONDS = 0.5
NESTING = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
MODULES = sorted(PACKAGE.rglob("*.py"))

BLOCK_TORCH = """
import sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"torch", "transformers"}:
            raise ImportError(f"{name} must not be imported on this path")

sys.meta_path.insert(0, Block())
"""


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


KNOWN = {dotted(path): path for path in MODULES}


@cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def layer_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def imported_names(path: Path) -> Iterator[tuple[str, str | None]]:
    """Yield every (module, name) that a file imports, wherever in it; the name is None for `import module`."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)


def targets(path: Path) -> set[str]:
    """Modules of the package that a file imports; `from rhetoric import __version__` needs none."""
    reached = set()
    for module, name in imported_names(path):
        submodule = f"{module}.{name}"
        if submodule in KNOWN:
            reached.add(submodule)
        elif module in KNOWN and (module, name) != ("rhetoric", "__version__"):
            reached.add(module)
    return reached - {dotted(path)}


def exported(path: Path) -> list[str] | None:
    for node in parse(path).body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            return list(ast.literal_eval(node.value))
    return None


def defined(path: Path) -> set[str]:
    """Public functions and classes of a module."""
    body = parse(path).body
    return {n.name for n in body if isinstance(n, (*FUNCTIONS, ast.ClassDef)) and not n.name.startswith("_")}


def bound(path: Path) -> set[str]:
    """Every name that a module binds at its top, under TYPE_CHECKING too."""
    names = set()
    for node in ast.walk(parse(path)):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {alias.asname or alias.name for alias in node.names}
    return names


def sort_key(name: str) -> tuple[int, str]:
    """Constants first, then classes, then the rest, each by name."""
    bare = name.lstrip("_")
    return (0 if bare.isupper() else 1 if bare[:1].isupper() else 2), name


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(parse(path)) if isinstance(node, FUNCTIONS))


def idle_lines(path: Path) -> set[int]:
    """Numbers of the lines that are blank or hold nothing but a comment."""
    source = path.read_text(encoding="utf-8")
    idle = {i for i, line in enumerate(source.splitlines(), 1) if not line.strip()}
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return idle | {t.start[0] for t in tokens if t.type == tokenize.COMMENT and t.line.strip().startswith("#")}


def n_code_lines(node: ast.FunctionDef | ast.AsyncFunctionDef, idle: set[int]) -> int:
    start = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    lines = set(range(start, (node.end_lineno or start) + 1)) - idle
    if ast.get_docstring(node, clean=False) is not None:
        lines -= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    return len(lines)


def depth(node: ast.AST) -> int:
    """How deep compound statements stand in one another; an elif chain is one level, a nested function its own."""
    depths = [0]
    for field, value in ast.iter_fields(node):
        children = value if isinstance(value, list) else [value]
        is_elif = isinstance(node, ast.If) and field == "orelse" and len(children) == 1
        for child in children:
            if isinstance(child, ast.AST) and not isinstance(child, (*FUNCTIONS, ast.ClassDef)):
                adds = isinstance(child, NESTING) and not (is_elif and isinstance(child, ast.If))
                depths.append(depth(child) + adds)
    return max(depths)


def run_python(script: str, *arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


each_module = pytest.mark.parametrize("path", MODULES, ids=dotted)


@each_module
def test_imports_point_to_lower_layers_only(path):
    own = LAYERS.index(layer_of(dotted(path)) if path.name != "__init__.py" or path.parent != PACKAGE else "__init__")
    upwards = {t for t in targets(path) if LAYERS.index(layer_of(t)) < own}
    assert not upwards, f"{dotted(path)} ({LAYERS[own]}) may not import {sorted(upwards)}"


@each_module
def test_imports_leave_out_what_is_not_installed_with_the_package(path):
    tops = {module.partition(".")[0] for module, _ in imported_names(path)}
    assert not tops & {"training", "benchmarks", "tests"}


@each_module
def test_imports_are_absolute(path):
    assert not [node for node in ast.walk(parse(path)) if isinstance(node, ast.ImportFrom) and node.level]


@each_module
def test_imports_take_only_what_a_module_exports(path):
    for module, name in imported_names(path):
        if module in KNOWN and name and f"{module}.{name}" not in KNOWN:
            assert name in (exported(KNOWN[module]) or ()), f"{dotted(path)} imports {name}, not in {module}.__all__"


def test_imports_make_no_circle():
    graph = {name: targets(path) for name, path in KNOWN.items()}
    while leaves := {name for name, reached in graph.items() if not reached & graph.keys()}:
        graph = {name: reached for name, reached in graph.items() if name not in leaves}
    assert not graph, f"in or above a circle of imports: {sorted(graph)}"


@each_module
def test_module_says_what_it_is_for(path):
    assert (ast.get_docstring(parse(path)) or "").strip()


@each_module
def test_module_exports_a_sorted_and_complete_list(path):
    names = exported(path)
    if path.name == "__main__.py" or (path.name == "__init__.py" and names is None and not defined(path)):
        return
    assert names is not None, f"{dotted(path)} has no __all__"
    assert names == sorted(set(names), key=sort_key)
    assert defined(path) <= set(names), f"public but not exported: {sorted(defined(path) - set(names))}"
    assert set(names) <= bound(path), f"exported but not there: {sorted(set(names) - bound(path))}"


@each_module
def test_module_is_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_MODULE_LINES


@each_module
def test_functions_are_short_and_shallow(path):
    idle = idle_lines(path)
    for function in functions(path):
        where = f"{dotted(path)}:{function.lineno} {function.name}"
        assert n_code_lines(function, idle) <= MAX_FUNCTION_CODE, where
        assert depth(function) <= MAX_NESTING, where


@each_module
def test_print_is_for_the_command_line_only(path):
    calls = (node.func for node in ast.walk(parse(path)) if isinstance(node, ast.Call))
    prints = [f for f in calls if isinstance(f, ast.Name) and f.id == "print"]
    assert layer_of(dotted(path)) == "cli" or not prints


def test_import_is_silent_and_loads_nothing_heavy():
    done = run_python("import sys, rhetoric; tops = {m.partition('.')[0] for m in sys.modules}; sys.exit(repr(tops))")
    assert done.stdout == ""
    assert not HEAVY & ast.literal_eval(done.stderr)


def test_import_of_unknown_name_is_an_attribute_error():
    import rhetoric

    assert set(rhetoric.__all__) <= set(dir(rhetoric))
    with pytest.raises(AttributeError, match="no_such_name"):
        rhetoric.no_such_name  # noqa: B018


def test_help_answers_at_once():
    assert fastest_help([]) < MAX_HELP_SECONDS


def test_help_of_each_command_answers_at_once():
    from rhetoric.cli.app import app

    for name, command in typer.main.get_command(app).commands.items():
        inner = [[name, one] for one in getattr(command, "commands", {})]
        for words in ([name], *inner):
            assert fastest_help(words) < MAX_HELP_SECONDS, words


def fastest_help(words: list[str]) -> float:
    """Return the best time of a few tries: a busy machine deserves a second look, a slow program fails it too."""
    best = math.inf
    for _ in range(10):
        best = min(best, seconds_of_help([*words, "--help"]))
        if best < MAX_HELP_SECONDS:
            break
    return best


def seconds_of_help(words: list[str]) -> float:
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "rhetoric", *words], cwd=ROOT, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    assert done.returncode == 0, done.stderr
    assert "Usage" in done.stdout
    return seconds


@pytest.mark.usefixtures("shipped_model")
def test_library_annotates_without_torch_and_transformers(tmp_path):
    script = "from rhetoric import Annotator; print(Annotator().annotate('The tyrant spoke. It rained.').coverage)"
    done = run_python(BLOCK_TORCH + script, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "1.0"


@pytest.mark.usefixtures("shipped_model")
@pytest.mark.parametrize("suffix", ["jsonl", "html"])
def test_command_annotates_without_torch_and_transformers(tmp_path, suffix):
    (tmp_path / "article.txt").write_text("The tyrant spoke. It rained.", encoding="utf-8")
    script = "from rhetoric.cli.app import main; sys.exit(main())"
    done = run_python(BLOCK_TORCH + script, "annotate", "article.txt", "-o", f"out.{suffix}", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "tyrant" in (tmp_path / f"out.{suffix}").read_text(encoding="utf-8")


def published_files() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True)
    names = done.stdout.decode().split("\0") if done.returncode == 0 else []
    texts = {".cff", ".css", ".html", ".j2", ".js", ".md", ".py", ".toml", ".txt", ".yaml", ".yml", ""}
    paths = (ROOT / name for name in names if name)
    return [p for p in paths if p.suffix in texts and p.name != Path(__file__).name and p.is_file()]


def test_files_speak_of_the_project_alone():
    foreign = re.compile(
        r"(?<![\w.])/(?:home|opt|root|tmp|work|mnt)/\w"  # a path of one machine
        r"|--(?:extra-)?index-url|files\.pythonhosted|pypi\.org/simple"  # an address of one registry
        r"|\bissue\s+#?\d|\((?:see\s+)?#\d+\)",  # a number in one tracker
        re.IGNORECASE,
    )
    found = [
        f"{path.relative_to(ROOT)}:{i}: {line.strip()[:100]}"
        for path in published_files()
        for i, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if foreign.search(line)
    ]
    assert not found, "\n".join(found)
