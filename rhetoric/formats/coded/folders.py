"""The files of a folder of coded texts, without hidden ones, which systems and editors leave behind."""

from collections.abc import Iterator
from pathlib import Path

__all__ = ["find_files"]


def find_files(folder: Path, suffix: str) -> Iterator[Path]:
    """Yield the files below a folder that end with `suffix`, in no order; nothing whose name begins with a dot."""
    for path in folder.rglob(f"*{suffix}"):
        if not any(part.startswith(".") for part in path.relative_to(folder).parts) and path.is_file():
            yield path
