"""Where the data beside the package lies: `seeds/` and `models/`.

In a checkout (and so in an editable install) they lie beside the package; in a wheel the build hook puts them
inside it. There is no third place, so that no stale copy can ever be served.
"""

from pathlib import Path

from rhetoric.errors import ModelError

__all__ = ["model_path", "models_folder", "seeds_path"]

PACKAGE = Path(__file__).resolve().parent


def _data_folder(name: str) -> Path:
    inside = PACKAGE / "_data" / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def seeds_path(*parts: str) -> Path:
    """Return the path of a file below `seeds/`."""
    return _data_folder("seeds").joinpath(*parts)


def models_folder() -> Path:
    """Return the folder of the shipped models."""
    return _data_folder("models")


def model_path(name: str | Path) -> Path:
    """Return the folder of a model, given as the name of a shipped one or as a path.

    Raises:
        ModelError: there is no such folder, or it holds no `config.json`.
    """
    for folder in (Path(name), models_folder() / name):
        if (folder / "config.json").is_file():
            return folder
    shipped = sorted(p.parent.name for p in models_folder().glob("*/config.json"))
    message = f"no model {str(name)!r}: expected a folder with a config.json, or one of {', '.join(shipped) or 'none'}"
    raise ModelError(message)
