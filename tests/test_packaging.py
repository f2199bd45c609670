import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import rhetoric

READ_TAXONOMY = """
import rhetoric
from rhetoric.resources import seeds_path
from rhetoric.taxonomy import technique_ids
print(rhetoric.__file__)
print(seeds_path("taxonomy.yaml"))
print(len(technique_ids()))
"""
READ_SEED = """
import site, sys
site.addsitedir(sys.argv[1])
from rhetoric.resources import model_path, seeds_path
print(seeds_path("taxonomy.yaml").read_text(encoding="utf-8"))
print(model_path("small"))
"""
ANNOTATE = """
from rhetoric import Annotator
found = Annotator().annotate("The tyrant spoke. It rained.")
print(found.coverage, len(found.sentences))
"""


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=bare_environment() | environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def bare_environment() -> dict[str, str]:
    kept = ("PATH", "HOME", "TMPDIR", "LANG", "SYSTEMROOT")
    return {k: os.environ[k] for k in kept if k in os.environ} | {"HF_HUB_OFFLINE": "1"}


def build(source: Path, out: Path) -> Path:
    """Build an sdist and from it the wheel, as a release does; return the wheel."""
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, source, cwd=source)
    return next(out.glob("*.whl"))


def build_editable(source: Path, out: Path) -> Path:
    out.mkdir()
    script = "import sys, hatchling.build; hatchling.build.build_editable(sys.argv[1])"
    run(sys.executable, "-c", script, out, cwd=source)
    return next(out.glob("*.whl"))


def install(wheel: Path, target: Path) -> Path:
    command = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile", "--target", target, wheel]
    run(sys.executable, *command, cwd=wheel.parent)
    return target


def names_below(wheel: Path, prefix: str) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name.removeprefix(prefix) for name in archive.namelist() if name.startswith(prefix)}


def files_below(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def wheel(checkout, tmp_path_factory):
    return build(checkout, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    return install(wheel, tmp_path_factory.mktemp("installed"))


@pytest.fixture
def small_checkout(checkout, tmp_path):
    """A checkout with two models that hold nothing but a configuration."""
    source = tmp_path / "checkout"
    ignore = shutil.ignore_patterns("__pycache__")
    for folder in ("rhetoric", "seeds"):
        shutil.copytree(checkout / folder, source / folder, ignore=ignore)
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(checkout / name, source / name)
    for model in ("small", "base"):
        (source / "models" / model).mkdir(parents=True)
        (source / "models" / model / "config.json").write_text("{}")
    return source


def test_wheel_holds_the_seeds_of_the_checkout_byte_for_byte(wheel, checkout):
    assert names_below(wheel, "rhetoric/_data/seeds/") == files_below(checkout / "seeds")
    with zipfile.ZipFile(wheel) as archive:
        for name in files_below(checkout / "seeds"):
            assert archive.read(f"rhetoric/_data/seeds/{name}") == (checkout / "seeds" / name).read_bytes()


def test_wheel_holds_the_small_model_and_no_other(wheel, shipped_model):
    assert names_below(wheel, "rhetoric/_data/models/small/") == files_below(shipped_model)
    assert {name.split("/")[0] for name in names_below(wheel, "rhetoric/_data/models/")} == {"small"}


def test_wheel_holds_every_file_of_the_package(wheel, checkout):
    inside = {name for name in names_below(wheel, "rhetoric/") if not name.startswith("_data/")}
    assert inside == {name for name in files_below(checkout / "rhetoric") if "__pycache__" not in name}
    assert "py.typed" in inside


def test_wheel_holds_the_package_the_licence_and_nothing_else_at_the_top(wheel):
    tops = {name.split("/")[0] for name in names_below(wheel, "")}
    assert tops == {"rhetoric", "rhetoric-0.1.0.dist-info"}
    assert any(name.endswith("licenses/LICENSE") for name in names_below(wheel, ""))


def test_wheel_installed_elsewhere_reads_its_own_seeds(installed, tmp_path):
    module, seed, n_techniques = run(
        sys.executable, "-c", READ_TAXONOMY, cwd=tmp_path, PYTHONPATH=str(installed)
    ).splitlines()
    assert Path(module) == installed / "rhetoric" / "__init__.py"
    assert Path(seed) == installed / "rhetoric" / "_data" / "seeds" / "taxonomy.yaml"
    assert n_techniques == "14"


@pytest.mark.usefixtures("shipped_model")
def test_wheel_installed_elsewhere_annotates(installed, tmp_path):
    printed = run(sys.executable, "-c", ANNOTATE, cwd=tmp_path, PYTHONPATH=str(installed))
    assert printed.split() == ["1.0", "2"]


def test_standard_wheel_of_two_models_ships_only_the_small_one(small_checkout, tmp_path):
    wheel = build(small_checkout, tmp_path / "dist")
    assert names_below(wheel, "rhetoric/_data/models/") == {"small/config.json"}


def test_editable_wheel_holds_no_data(small_checkout, tmp_path):
    names = names_below(build_editable(small_checkout, tmp_path / "editable"), "")
    assert not [name for name in names if "_data" in name or "seeds" in name or "models" in name]
    assert any(name.endswith(".pth") for name in names)


def test_editable_install_serves_what_the_checkout_holds_now(small_checkout, tmp_path):
    target = install(build_editable(small_checkout, tmp_path / "editable"), tmp_path / "target")
    (small_checkout / "seeds" / "taxonomy.yaml").write_text("written: after the installation")
    # -I -S: neither the environment's own installation nor its site-packages may answer instead
    seed, model = run(sys.executable, "-I", "-S", "-c", READ_SEED, target, cwd=tmp_path).splitlines()
    assert seed == "written: after the installation"
    assert Path(model) == small_checkout / "models" / "small"


def test_build_refuses_a_copy_of_the_data_inside_the_package(small_checkout, tmp_path):
    stale = small_checkout / "rhetoric" / "_data" / "seeds" / "taxonomy.yaml"
    stale.parent.mkdir(parents=True)
    stale.touch()
    with pytest.raises(AssertionError, match="delete it"):
        build(small_checkout, tmp_path / "dist")


def test_version_is_said_in_one_place(checkout, wheel):
    assert wheel.name == f"rhetoric-{rhetoric.__version__}-py3-none-any.whl"
    assert f'"{rhetoric.__version__}"' not in (checkout / "pyproject.toml").read_text(encoding="utf-8")


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_constraints_pin_everything_that_an_install_asks_for(checkout):
    lines = (checkout / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    pinned = {normalised(name): version for name, version in pins.items()}
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    asked = [project["build-system"]["requires"], project["project"]["dependencies"], *extras]
    for requirement in (Requirement(line) for group in asked for line in group):
        assert requirement.specifier.contains(pinned[normalised(requirement.name)]), requirement
    assert pinned["torch"] == "2.13.0"
