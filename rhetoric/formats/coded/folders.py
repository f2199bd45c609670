"""The files of a folder of coded texts, without hidden ones, which systems and editors leave behind.

Corpora come as `train-articles`, `dev-articles`, `dev-labels-…` side by side: `ptc/dev` names what begins with `dev-`.
"""

import glob
from collections.abc import Iterator
from pathlib import Path

__all__ = ["find_files", "find_folders", "is_split"]


def is_split(path: Path) -> bool:
    """Return whether a path names no folder, but the beginning of some: a part of a corpus."""
    return not path.exists() and bool(find_folders(path))


def find_folders(path: Path) -> list[Path]:
    """Return the folder, or all folders whose names begin with what the path names and a hyphen, sorted."""
    if path.is_dir():
        return [path]
    return sorted(p for p in path.parent.glob(f"{glob.escape(path.name)}-*") if p.is_dir()) if path.name else []


def find_files(folder: Path, suffix: str) -> Iterator[Path]:
    """Yield the files below a folder that end with `suffix`, in no order; nothing whose name begins with a dot."""
    for path in folder.rglob(f"*{suffix}"):
        if not any(part.startswith(".") for part in path.relative_to(folder).parts) and path.is_file():
            yield path
